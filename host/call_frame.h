/* SPDX-License-Identifier: Apache-2.0 */
/* One host call under way, as the dispatcher and the functions for handlers see it; private to
 * host/call*.c and host/extension*.c. */
#ifndef HOST_CALL_FRAME_H
#define HOST_CALL_FRAME_H

#include "host/context.h"

enum { JAM_FRAME_WRITES = 4 };

/* Octets to be written to `to` when the call goes on: out of ours, or out of a machine's memory. */
struct jam_frame_write {
    uint64_t to, len;
    const uint8_t *octets; /* NULL: out of from */
    const struct pvm_memory *from;
    uint64_t from_addr;
};

/* Fields without a comment that says otherwise are set for every call. */
struct jam_frame {
    struct jam_frame_head head;
    struct jam_context *ctx;
    struct pvm_vm *vm;
    const struct jam_call_row *row;
    const struct jam_extension_call *call; /* of row */
    struct pvm_err *err;
    enum pvm_status status;
    uint32_t set;    /* registers that get a value */
    uint64_t refund; /* gas that comes back when the call goes on */
    unsigned write_count;
    size_t scratch_used;
    uint64_t regs[PVM_REG_COUNT];                    /* those of set */
    struct jam_frame_write writes[JAM_FRAME_WRITES]; /* the first write_count */
};

/* The functions behind jam_ext_arg and so on. */
extern const struct jam_extension_api jam_extension_functions;

/* Whether the row of the call under way declares the access; else notes that in the context. */
bool jam_frame_declares(const struct jam_frame *frame, enum pvm_access access, uint64_t addr,
                        uint64_t len);

#endif
