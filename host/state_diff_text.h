/* SPDX-License-Identifier: Apache-2.0 */
/* How differences become lines; private to state_diff*.c. */
#ifndef HOST_STATE_DIFF_TEXT_H
#define HOST_STATE_DIFF_TEXT_H

#include "host/state_diff.h"

struct jam_diff {
    const struct jam_state *before, *after;
    const struct jam_state_shape *shape;
    struct pvm_buf *out;
    struct pvm_buf group; /* what the line under way is about; empty: there is none */
    size_t count;
};

/* The following differences are about this; it is said only if there are any. */
void jam_diff_group(struct jam_diff *diff, const char *fmt, ...) PVM_PRINTF(2, 3);
/* Begins a difference, which is then appended to diff->out. */
void jam_diff_begin(struct jam_diff *diff);

/* "name 3 -> 5". */
void jam_diff_number(struct jam_diff *diff, const char *name, uint64_t before, uint64_t after);
/* "name +2" or "name -204". */
void jam_diff_amount(struct jam_diff *diff, const char *name, uint64_t before, uint64_t after);
void jam_diff_hash(struct jam_diff *diff, const char *name, const struct jam_hash *before,
                   const struct jam_hash *after);
/* "name KEY 3 bytes 0x010203 -> deleted"; NULL for what is not there. */
void jam_diff_value(struct jam_diff *diff, const char *name, struct pvm_bytes key,
                    const struct pvm_bytes *before, const struct pvm_bytes *after);

/* state_diff_service.c: accounts. */
PVM_MUST_USE enum pvm_status jam_diff_service(struct jam_diff *diff,
                                              const struct jam_service *before,
                                              const struct jam_service *after, struct pvm_err *err);

#endif
