/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where exported segments are kept for later imports (GP 0.7.2 14.2): found by segment root and
 * index, or by the hash of the package that exported them and index. Kept in memory, or in a folder
 * that other runs can share:
 *
 *     DIR/ROOT.seg         the segments below that root, one behind the other
 *     DIR/PACKAGE.package  a line of text: "0xROOT COUNT"
 *
 * with ROOT and PACKAGE as 64 hexadecimal digits. Files are written whole or not at all. What is
 * read is checked against the root in its name.
 */
#ifndef HOST_SEGMENTS_H
#define HOST_SEGMENTS_H

#include "host/types.h"

struct jam_segments;

enum { JAM_SEGMENTS_MAX = 1 << 15 }; /* below one root: an index has 15 bits */

/* folder NULL: in memory. A folder that is not there is made; it is not read before it is asked. */
PVM_MUST_USE enum pvm_status jam_segments_new(const char *folder, const struct pvm_alloc *alloc,
                                              struct jam_segments **out, struct pvm_err *err);
void jam_segments_free(struct jam_segments *store); /* NULL is fine */

/* Keeps count segments of JAM_SEGMENT_SIZE octets, one behind the other. package (may be NULL) is
 * who exported them; what was known of it before is replaced. root may be NULL. */
PVM_MUST_USE enum pvm_status jam_segments_put(struct jam_segments *store,
                                              const struct jam_hash *package,
                                              const uint8_t *segments, size_t count,
                                              struct jam_hash *root, struct pvm_err *err);

/* Copies the segment that import names. PVM_E_MALFORMED when it is not in the store, PVM_E_IO when
 * a file cannot be read or is not what its name says. */
PVM_MUST_USE enum pvm_status jam_segments_get(struct jam_segments *store,
                                              const struct jam_import *import,
                                              uint8_t segment[JAM_SEGMENT_SIZE],
                                              struct pvm_err *err);

/* The segment root and the number of segments a package exported. */
PVM_MUST_USE enum pvm_status jam_segments_root(struct jam_segments *store,
                                               const struct jam_hash *package,
                                               struct jam_hash *root, size_t *count,
                                               struct pvm_err *err);

/* All segments below a root; borrowed until the next call on the store. */
PVM_MUST_USE enum pvm_status jam_segments_below(struct jam_segments *store,
                                                const struct jam_hash *root,
                                                struct pvm_bytes *segments, struct pvm_err *err);

#endif
