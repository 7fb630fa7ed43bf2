/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host calls. Each is one function that decides: it reads arguments, looks at the context and
 * queues what shall happen to registers and memory. The dispatcher charges gas before and commits
 * after, and only when the call goes on; a panic changes nothing but gas (GP 0.7.2 A.6, B.4).
 */
#ifndef HOST_CALL_H
#define HOST_CALL_H

#include "core/vm.h"
#include "host/call_table.h"
#include "host/jam_extension.h"
#include "host/profile.h"

/* What became of an inner machine, GP 0.7.2 B.1. */
enum jam_inner_result {
    JAM_INNER_HALT,
    JAM_INNER_PANIC,
    JAM_INNER_FAULT,
    JAM_INNER_HOST,
    JAM_INNER_OOG
};

/* "NONE", "WHAT", ..., "OK" for 0; NULL for anything else. */
const char *jam_result_name(uint64_t value);

enum { JAM_INVOKE_SIZE = 8 * (1 + PVM_REG_COUNT) }; /* gas and registers, as invoke takes them */

enum jam_call_id {
#define X(NAME, ...) JAM_CALL_##NAME,
    JAM_CALLS(X)
#undef X
        JAM_CALL_COUNT
};

/* One row per call of host/call_table.h, in that order: the calls of the four built-in extensions
 * one behind the other. */
extern const struct jam_extension_call jam_call_table[JAM_CALL_COUNT];
extern const struct jam_extension jam_extension_general, jam_extension_refine,
    jam_extension_accumulate, jam_extension_jip1;

enum { JAM_BUILTIN_EXTENSIONS = 4 };

/* The extensions of a profile, the built-in ones first; NULL when index is past the end. */
const struct jam_extension *jam_profile_extension(const struct jam_profile *profile, size_t index);

/* What a call is under a GP version (JAM_GP): NULL when that version lacks it. */
const struct jam_extension_cell *jam_call_cell(const struct jam_extension_call *call,
                                               uint32_t version);
/* The number of a call of the GP under a profile; -1: none. */
int32_t jam_call_number(const struct jam_profile *profile, enum jam_call_id id);
/* The call of the GP a number stands for under a profile, whatever the invocation; JAM_CALL_COUNT:
 * none. */
enum jam_call_id jam_call_of_number(const struct jam_profile *profile, uint64_t number);
enum jam_call_id jam_call_by_name(const char *name, size_t len);
/* The row of a number under a profile, whatever the invocation; NULL for one that is no call. */
const struct jam_extension_call *jam_call_of(const struct jam_profile *profile, uint64_t number);
/* Whether the row lets a call with these registers access all of [addr, addr + len). */
bool jam_call_declares(const struct jam_extension_call *call, const uint64_t *regs,
                       enum pvm_access access, uint64_t addr, uint64_t len);
/* The name of a number under a profile, whatever the invocation; NULL for one that is no call. */
const char *jam_call_name(const struct jam_profile *profile, uint64_t number);

/* Executes the host call vm stopped at (vm->arg) and says how to go on: PVM_EXIT_CONTINUE,
 * PVM_EXIT_PANIC or PVM_EXIT_OOG (gas is then 0). A status other than PVM_OK ends the run. */
PVM_MUST_USE enum pvm_status jam_call_dispatch(struct jam_context *ctx, struct pvm_vm *vm,
                                               enum pvm_exit *exit, struct pvm_err *err);

/* What the dispatcher would charge for a call that vm makes now. */
struct jam_cost jam_call_cost(struct jam_context *ctx, const struct pvm_vm *vm, uint64_t number);

/* ---- for handlers ---- */

uint64_t jam_arg(const struct jam_frame *frame, unsigned reg);
uint64_t jam_gas(const struct jam_frame *frame); /* after the price */

/* Whether all of [addr, addr + len) may be read, or written. */
bool jam_mem_readable(const struct jam_frame *frame, uint64_t addr, uint64_t len);
bool jam_mem_writable(const struct jam_frame *frame, uint64_t addr, uint64_t len);

/* The octets there, until the call ends; false when they may not be read (the guest's panic) or
 * when our memory ended (noted in the frame: just return). */
bool jam_mem_in(struct jam_frame *frame, uint64_t addr, uint64_t len, struct pvm_bytes *out);

/* Queues a write; bytes must live until the call ends. False when addr may not be written. */
bool jam_mem_out(struct jam_frame *frame, uint64_t addr, struct pvm_bytes bytes);
/* The same with octets out of another machine's memory, known to be there. */
bool jam_mem_out_from(struct jam_frame *frame, uint64_t addr, const struct pvm_memory *from,
                      uint64_t from_addr, uint64_t len);
/* Copies checked octets into another machine's memory, now. False: our memory ended. */
bool jam_mem_copy(struct jam_frame *frame, uint64_t addr, uint64_t len, struct pvm_memory *to,
                  uint64_t to_addr);

/* Makes pages of the calling machine writable, now; their octets stay. Not PVM_OK: our memory
 * ended. */
enum pvm_status jam_mem_open(struct jam_frame *frame, uint32_t page, uint32_t count);

/* Queues a value for a register; false when the row does not declare it (noted in the frame). */
bool jam_set(struct jam_frame *frame, unsigned reg, uint64_t value);
/* Queue r7 (and r8) and go on. */
enum pvm_exit jam_return(struct jam_frame *frame, uint64_t r7);
enum pvm_exit jam_return2(struct jam_frame *frame, uint64_t r7, uint64_t r8);
/* Go on with no register changed. */
enum pvm_exit jam_return_nothing(struct jam_frame *frame);

/* The end shared by all calls that give a value out: octets [off, off + max) of value, cut to its
 * length, go to addr and the whole length to r7; NONE when there is no value. Panics when the part
 * can't be written. */
enum pvm_exit jam_return_part(struct jam_frame *frame, bool found, struct pvm_bytes value,
                              uint64_t addr, uint64_t off, uint64_t max);

/* Charges more, once the outcome is known; false: out of gas, return PVM_EXIT_OOG. */
bool jam_charge(struct jam_frame *frame, uint64_t gas);

/* Gas that comes back once the call has gone through, of what its price took. */
void jam_refund(struct jam_frame *frame, uint64_t gas);

/* Ends the run with a status of ours (a limit, out of memory); return what it returns. */
enum pvm_exit jam_abort(struct jam_frame *frame, enum pvm_status status, const char *fmt, ...)
    PVM_PRINTF(3, 4);
/* The same when status is not PVM_OK and jam_call_err(frame) was already written. */
enum pvm_exit jam_abort_with(struct jam_frame *frame, enum pvm_status status);
struct pvm_err *jam_call_err(struct jam_frame *frame);
/* Room for len octets of scratch until the call ends; NULL: our memory ended, just return. */
uint8_t *jam_scratch(struct jam_frame *frame, uint64_t len);
/* The same as an empty buffer, for a few octets that are encoded. */
struct pvm_buf *jam_scratch_buf(struct jam_frame *frame);
/* Counts octets of host work against jam_limits.work; false: limit reached, just return. */
bool jam_work(struct jam_frame *frame, uint64_t octets);

/* The handlers, as named in host/call_table.h. */
enum pvm_exit jam_call_gas(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_grow_heap(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_fetch(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_log(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_lookup(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_read(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_write(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_info(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_historical_lookup(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_export(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_machine(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_peek(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_poke(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_pages(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_zero(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_void(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_invoke(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_expunge(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_bless(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_assign(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_designate(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_checkpoint(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_new(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_upgrade(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_transfer(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_eject(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_query(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_solicit(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_forget(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_yield(struct jam_context *ctx, struct jam_frame *frame);
enum pvm_exit jam_call_provide(struct jam_context *ctx, struct jam_frame *frame);

#endif
