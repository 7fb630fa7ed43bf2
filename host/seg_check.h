/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks segments (docs/segments.md) without the interpreter: each on its own, and that they follow
 * on one another. What a host call answered is taken as recorded, unless it is about machines and
 * their memory.
 */
#ifndef HOST_SEG_CHECK_H
#define HOST_SEG_CHECK_H

#include "host/seg_directory.h"

/* Remembers programs between segments. */
struct jam_seg_checker;

/* directory is borrowed. */
PVM_MUST_USE enum pvm_status jam_seg_checker_new(const struct jam_seg_directory *directory,
                                                 struct jam_seg_checker **out, struct pvm_err *err);
void jam_seg_checker_free(struct jam_seg_checker *checker); /* NULL is fine */

/* PVM_E_MALFORMED names the file and what in it is not so. */
PVM_MUST_USE enum pvm_status jam_seg_check(struct jam_seg_checker *checker, size_t index,
                                           struct pvm_err *err);
/* That the octets of every program are those that were sealed, whether they ran or not. */
PVM_MUST_USE enum pvm_status jam_seg_check_programs(const struct jam_seg_directory *directory,
                                                    struct pvm_err *err);
/* That the segments of each run follow on one another, by the digests of the manifest. */
PVM_MUST_USE enum pvm_status jam_seg_check_chain(const struct jam_seg_directory *directory,
                                                 struct pvm_err *err);

#endif
