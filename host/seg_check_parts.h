/* SPDX-License-Identifier: Apache-2.0 */
/* The check of one segment under way, shared by host/seg_check.c and host/seg_check_call.c. */
#ifndef HOST_SEG_CHECK_PARTS_H
#define HOST_SEG_CHECK_PARTS_H

#include "host/call.h"
#include "host/seg_call.h"
#include "host/seg_check.h"
#include "host/seg_state.h"

struct jam_seg_check {
    struct jam_seg_checker *checker;
    const struct jam_seg_directory *directory;
    const struct jam_profile *profile;
    const struct pvm_alloc *alloc;
    const char *name; /* of the file */
    struct jam_seg_state state;
    struct pvm_reader section[JAM_SEG_SECTION_COUNT];
    uint32_t clock;
    uint64_t last_addr;
    uint64_t steps, gas;
    uint64_t work;         /* octets that calls read, so far */
    enum pvm_exit stopped; /* how the active machine did, or the outer one at its call */
    uint64_t arg;
    struct jam_seg_call call;
    struct pvm_buf octets, note; /* of one call */
    struct pvm_err *err;
};

/* A host call under way: the caller's registers, gas and machines as they are before it. */
struct jam_seg_calling {
    const struct jam_extension_call *row; /* NULL: no call of this version that is open */
    enum jam_seg_special special;
    bool foreign; /* an extension serves it */
    const uint64_t *regs;
    struct jam_seg_machine *outer, *named; /* named: by r7; of an invoke that runs, the one that does */
    struct jam_cost cost;
    bool invoked; /* an inner machine has run, and stopped so */
    enum pvm_exit stopped;
    uint64_t left; /* of the gas that it was granted */
};

/* What must become of a call whose result follows from the state. */
struct jam_seg_expected {
    enum pvm_exit exit;           /* CONTINUE or PANIC; when it goes on: */
    uint64_t regs[PVM_REG_COUNT]; /* afterwards */
    bool reads, changes;
    struct jam_seg_read read; /* without age */
    struct jam_seg_change change;
    uint8_t invoked[JAM_INVOKE_SIZE]; /* what change.bytes of an invoke points to */
};

/* PVM_E_MALFORMED with file and text. */
enum pvm_status jam_seg_wrong(const struct jam_seg_check *check, const char *fmt, ...)
    PVM_PRINTF(2, 3);
/* Compares the age that a record gives a range accessed now. Fails also when the segment does not
 * hold the range's pages. */
PVM_MUST_USE enum pvm_status jam_seg_check_age(struct jam_seg_check *check,
                                               struct jam_seg_machine *machine, uint64_t addr,
                                               uint64_t len, uint64_t age);
/* What a memory's failed access is about. */
enum pvm_status jam_seg_check_memory(const struct jam_seg_check *check,
                                     const struct jam_seg_machine *machine);

/* host/seg_check_special.c: what a special call that was paid must do, but for what depends on the
 * octets it reads; and that, once they are in check->octets. Fails when the segment does not hold
 * the pages that say so. */
PVM_MUST_USE enum pvm_status jam_seg_expect(const struct jam_seg_check *check,
                                            const struct jam_seg_calling *c,
                                            struct jam_seg_expected *out);
void jam_seg_expect_octets(const struct jam_seg_check *check, const struct jam_seg_calling *c,
                           struct jam_seg_expected *out);

/* host/seg_check_call.c: the next record of the calls section. */
PVM_MUST_USE enum pvm_status jam_seg_check_call(struct jam_seg_check *check);

#endif
