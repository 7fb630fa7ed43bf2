/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of this computer: whole files in, whole files out. All that host/ itself reads or writes
 * goes through here. Messages begin with the path.
 */
#ifndef HOST_DISK_H
#define HOST_DISK_H

#include "core/bytes.h"

/* Appends the contents of a regular file (a link to one is fine). PVM_E_IO when there is no such
 * file, PVM_E_MALFORMED when it has more than limit octets. */
PVM_MUST_USE enum pvm_status jam_disk_read(const char *path, size_t limit, struct pvm_buf *out,
                                           struct pvm_err *err);

/* Makes path hold exactly these octets, or leaves it as it was: a temporary file beside it, fsync,
 * rename. The permissions of a file that was there stay. SIGHUP, SIGINT, SIGQUIT and SIGTERM are
 * blocked meanwhile (in this thread, unless ignored): one that comes ends the write with PVM_E_IO,
 * removes the temporary file, and is then delivered. */
PVM_MUST_USE enum pvm_status jam_disk_write(const char *path, struct pvm_bytes bytes,
                                            const struct pvm_alloc *alloc, struct pvm_err *err);

/* The same without fsync, which takes milliseconds: for one of many files whose loss in a power cut
 * whoever reads them finds. */
PVM_MUST_USE enum pvm_status jam_disk_write_part(const char *path, struct pvm_bytes bytes,
                                                 const struct pvm_alloc *alloc,
                                                 struct pvm_err *err);

/* Makes a folder unless there is one; its parent must be there. */
PVM_MUST_USE enum pvm_status jam_disk_folder(const char *path, struct pvm_err *err);

/* Whether there is anything under this name. */
bool jam_disk_has(const char *path);

#endif
