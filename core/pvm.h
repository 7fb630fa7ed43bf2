/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpvm: the Polkadot Virtual Machine of the JAM Gray Paper (GP) inside another program.
 *
 *     struct pvm_module *module;          a program, immutable, shared by machines and threads
 *     struct pvm_machine *machine;        registers, gas, memory and position on top of one
 *
 *     pvm_module_new(blob, blob_len, NULL, &module, &err);
 *     pvm_machine_new(module, NULL, &machine, &err);
 *     pvm_set_gas(machine, 1000000);
 *     pvm_run(machine, &exit, &err);      HALT, PANIC, OOG, FAULT or HOST; run again to go on
 *     pvm_machine_free(machine);
 *     pvm_module_free(module);
 *
 * Two kinds of ending never mix. What the guest does is an enum pvm_exit, a result. What goes wrong
 * on this side is an enum pvm_status, with a message in the caller's struct pvm_err. A function
 * that fails writes none of its outputs.
 *
 * The library keeps no state of its own, installs no signal handler, never ends the process and
 * never prints. Functions may be called from any thread, on different machines at the same time;
 * one machine is for one thread at a time. Pointers given to a function are borrowed for the call
 * unless it says otherwise. Every pointer must be valid; NULL is allowed only where it says so.
 */
#ifndef CORE_PVM_H
#define CORE_PVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PVM_API      __attribute__((visibility("default")))
#define PVM_MUST_USE __attribute__((warn_unused_result))
#else
#define PVM_API
#define PVM_MUST_USE
#endif

/* Changes whenever a program built against an older header could no longer run. */
#define PVM_ABI_VERSION 1

/* The ABI version of the library that is running. */
PVM_API uint32_t pvm_abi_version(void);

/* ---- vocabulary ---- */

/* What can go wrong on this side. Of the width of an int in every function. */
enum pvm_status {
    PVM_OK = 0,
    PVM_E_USAGE = 1,     /* the caller did what the function does not allow */
    PVM_E_MALFORMED = 2, /* input that is not what it should be */
    PVM_E_IO = 3,
    PVM_E_LIMIT = 4, /* a stated limit, such as memory_limit below */
    PVM_E_MEMORY = 5,
    PVM_E_INTERNAL = 6 /* a mistake in the library */
};

/* Filled in by a function that fails: msg names the thing, its value and the place. Every function
 * of this header that takes one clears it first, so it needs no initialisation and may be used
 * again; it may be NULL. */
struct pvm_err {
    enum pvm_status status;
    char msg[320];
};

/* "out of memory" and so on; static. */
PVM_API const char *pvm_status_text(enum pvm_status status);

/* How a run ended (GP 0.7.2 A.1, epsilon). */
enum pvm_exit {
    PVM_EXIT_CONTINUE = 0, /* pvm_step: its steps are used up. In a host call: go on */
    PVM_EXIT_HALT = 1,
    PVM_EXIT_PANIC = 2,
    PVM_EXIT_OOG = 3,   /* the next instruction, or block, cannot be paid */
    PVM_EXIT_FAULT = 4, /* pvm_exit_arg: address of the page */
    PVM_EXIT_HOST = 5   /* pvm_exit_arg: the call's number, sign-extended */
};

/* "halt", "panic", "out-of-gas", "page-fault", "host-call", "continue"; static. */
PVM_API const char *pvm_exit_name(enum pvm_exit exit);

enum {
    PVM_REG_COUNT = 13,
    PVM_PAGE_SIZE = 4096,
    PVM_GUARD_SIZE = 65536 /* addresses below are never accessible: panic, not fault */
};

enum pvm_access { PVM_NO_ACCESS = 0, PVM_READ = 1, PVM_WRITE = 3 /* and read */ };

/* An access to guest memory: whether it was done, else which exit the same access by the guest
 * would have been (GP 0.7.2 A.4). */
enum pvm_mem_result {
    PVM_MEM_OK = 0,
    PVM_MEM_PANIC = 1,  /* an octet below PVM_GUARD_SIZE, or (here only) at 2^32 or above */
    PVM_MEM_FAULT = 2,  /* pvm_fault_address: the first page that does not allow it */
    PVM_MEM_NO_ROOM = 3 /* our memory, or the machine's limit, is exhausted */
};

/* Where memory comes from, per handle. resize works as realloc: ptr NULL allocates, size 0 frees
 * and returns NULL, failure returns NULL and leaves ptr as it was. Alignment as malloc's. Called by
 * the thread that uses the handle; that of a module by whichever uses one of its machines. */
struct pvm_alloc {
    void *(*resize)(void *user, void *ptr, size_t size);
    void *user;
};

/* ---- programs ---- */

struct pvm_module;

/* Zero, and NULL instead of the whole, means the default. Fields may be added behind the last one,
 * which is why the first is the size of the struct as the caller knows it. */
struct pvm_module_options {
    size_t size;                   /* sizeof(struct pvm_module_options) */
    const char *gp;                /* the GP version to run under; NULL: "0.7.2" */
    const char *format;            /* "raw", "standard" or "jam"; NULL: found out from the blob */
    const struct pvm_alloc *alloc; /* copied, user must outlive the module; NULL: libc's */
    /* 1: memory of a machine that works much of it is kept in 4 GiB of address space reserved for
     * it, not the allocator's, so that accesses are faster (docs/performance.md) */
    uint32_t window;
};

/* Decodes a blob (copied): a bare program blob (GP 0.7.2 A.1), a standard program (A.7) or a code
 * preimage, which is metadata and a standard program. *out has one reference. PVM_E_MALFORMED says
 * what is wrong where; PVM_E_USAGE is for a version or format that is not known. */
PVM_MUST_USE PVM_API enum pvm_status pvm_module_new(const void *blob, size_t blob_len,
                                                    const struct pvm_module_options *options,
                                                    struct pvm_module **out, struct pvm_err *err);
/* One more reference, to be given back by pvm_module_free; from any thread. Returns module. */
PVM_API struct pvm_module *pvm_module_ref(struct pvm_module *module);
/* Gives a reference back; NULL is fine. Machines hold their own. */
PVM_API void pvm_module_free(struct pvm_module *module);

/* "raw", "standard" or "jam"; static. */
PVM_API const char *pvm_module_format(const struct pvm_module *module);

/* Writes the instruction at pc as assembler source with a 0 octet behind it into text, cut to
 * text_size octets. Returns the length of the whole without that 0, as snprintf does; 0 when our
 * memory ended. */
PVM_API size_t pvm_instruction_text(const struct pvm_module *module, uint64_t pc, char *text,
                                    size_t text_size);

/* ---- machines ---- */

struct pvm_machine;

struct pvm_machine_options {
    size_t size;                   /* sizeof(struct pvm_machine_options) */
    const struct pvm_alloc *alloc; /* copied, user must outlive the machine; NULL: libc's */
    uint64_t memory_limit; /* octets the guest's pages may take; 0: no limit but 2^32 of them */
    const void *args;      /* arguments of a standard program; copied */
    size_t args_len;       /* at most 2^24 */
};

/* A machine at position 0 without gas. Of a standard program (and code preimage) it has memory and
 * registers as GP 0.7.2 A.7, Y, makes them; of a bare program blob zero registers and no accessible
 * memory. Takes a reference to module. */
PVM_MUST_USE PVM_API enum pvm_status pvm_machine_new(struct pvm_module *module,
                                                     const struct pvm_machine_options *options,
                                                     struct pvm_machine **out, struct pvm_err *err);
/* NULL is fine. Not from within a callback of the machine's own. */
PVM_API void pvm_machine_free(struct pvm_machine *machine);
/* Borrowed from the machine. */
PVM_API struct pvm_module *pvm_machine_module(const struct pvm_machine *machine);

/* Runs until an exit other than CONTINUE, from where the machine stands:
 *   HALT, PANIC  pc at the instruction
 *   OOG          pc at the instruction not executed, nothing of it charged
 *   FAULT        pc at the instruction: map the page and run again, and it is tried again
 *   HOST         pc behind the ecalli: serve the call and run again
 * Registers, gas and memory are exact in every case. PVM_E_MEMORY and PVM_E_LIMIT (no room for a
 * page) end the machine: it can be looked at and freed, and running it again fails. PVM_E_USAGE:
 * called from within a callback of the machine's own, or after its end. */
PVM_MUST_USE PVM_API enum pvm_status pvm_run(struct pvm_machine *machine, enum pvm_exit *exit,
                                             struct pvm_err *err);
/* The same for at most steps instructions; CONTINUE when they are used up. */
PVM_MUST_USE PVM_API enum pvm_status pvm_step(struct pvm_machine *machine, uint64_t steps,
                                              enum pvm_exit *exit, struct pvm_err *err);

/* Serves one host call. *exit is CONTINUE at the start: leave it to go on, or set how the run shall
 * end (HOST hands the call to the caller of pvm_run_with_host; what is no exit is PVM_E_USAGE). A
 * status other than PVM_OK ends the run with that status, and with the message in err; the machine
 * stays as it is and can be run on. May do everything to the machine except run or free it, and
 * must not leave by an exception or longjmp. */
typedef enum pvm_status (*pvm_host_fn)(void *user, struct pvm_machine *machine, uint64_t call,
                                       enum pvm_exit *exit, struct pvm_err *err);
/* As pvm_run, with host calls served by host (GP 0.7.2 A.6, Psi_H): they cost what it takes. */
PVM_MUST_USE PVM_API enum pvm_status pvm_run_with_host(struct pvm_machine *machine,
                                                       pvm_host_fn host, void *user,
                                                       enum pvm_exit *exit, struct pvm_err *err);

/* Of the last exit: what it says beside its name, and the instruction that it happened at. */
PVM_API uint64_t pvm_exit_arg(const struct pvm_machine *machine);
PVM_API uint64_t pvm_exit_pc(const struct pvm_machine *machine);

/* The PVM_REG_COUNT registers, in place: what is written there is what the guest goes on with.
 * Valid as long as the machine. */
PVM_API uint64_t *pvm_regs(struct pvm_machine *machine);
PVM_API uint64_t pvm_gas(const struct pvm_machine *machine);
PVM_API void pvm_set_gas(struct pvm_machine *machine, uint64_t gas);
/* Takes gas away; false, and all of it is gone, when there is less. */
PVM_MUST_USE PVM_API bool pvm_charge(struct pvm_machine *machine, uint64_t gas);
/* Where the next run starts. */
PVM_API uint64_t pvm_pc(const struct pvm_machine *machine);
PVM_API void pvm_set_pc(struct pvm_machine *machine, uint64_t pc);

/* Called before each instruction, pvm_pc being its position, with registers, gas and memory as it
 * finds them. Must not change, run or free the machine. */
typedef void (*pvm_step_fn)(void *user, struct pvm_machine *machine);
/* Observes the runs from now on, which get slower; step NULL ends that. */
PVM_API void pvm_observe(struct pvm_machine *machine, pvm_step_fn step, void *user);

/* ---- memory ---- */

/* One value, little endian, at [addr, addr + width); never wraps. *value is set on PVM_MEM_OK. */
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_load_u8(struct pvm_machine *machine, uint64_t addr,
                                                     uint8_t *value);
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_load_u16(struct pvm_machine *machine, uint64_t addr,
                                                      uint16_t *value);
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_load_u32(struct pvm_machine *machine, uint64_t addr,
                                                      uint32_t *value);
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_load_u64(struct pvm_machine *machine, uint64_t addr,
                                                      uint64_t *value);
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_store_u8(struct pvm_machine *machine, uint64_t addr,
                                                      uint8_t value);
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_store_u16(struct pvm_machine *machine, uint64_t addr,
                                                       uint16_t value);
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_store_u32(struct pvm_machine *machine, uint64_t addr,
                                                       uint32_t value);
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_store_u64(struct pvm_machine *machine, uint64_t addr,
                                                       uint64_t value);
/* The octets [addr, addr + len), all or, when one is not accessible, none; 0 octets always go.
 * After NO_ROOM in the middle of a write its first pages may have been written. */
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_read(struct pvm_machine *machine, uint64_t addr,
                                                  void *octets, size_t len);
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_write(struct pvm_machine *machine, uint64_t addr,
                                                   const void *octets, size_t len);
/* The page of the last access, by the guest or through these functions, that ended with FAULT. */
PVM_API uint64_t pvm_fault_address(const struct pvm_machine *machine);

/* The octet at addr in place, and how many of the octets from there on are in one piece in this
 * computer's memory, at most to the end of the page. Valid until the page is mapped, lent or
 * protected anew, or first written to. */
PVM_MUST_USE PVM_API enum pvm_mem_result pvm_view(struct pvm_machine *machine, uint64_t addr,
                                                  const uint8_t **octets, size_t *len);

/* Pages. addr and size are multiples of PVM_PAGE_SIZE, the range lies within
 * [PVM_GUARD_SIZE, 2^32): else PVM_E_USAGE. */

/* Fresh pages of zeros with this access; what was there is gone, a buffer lent there is given
 * back. Pages take storage when they are first written. After PVM_E_MEMORY or PVM_E_LIMIT only the
 * first part of the range may have been mapped. */
PVM_MUST_USE PVM_API enum pvm_status pvm_map(struct pvm_machine *machine, uint64_t addr,
                                             uint64_t size, enum pvm_access access,
                                             struct pvm_err *err);
/* Another access to pages that keep their contents. Fails as pvm_map does. */
PVM_MUST_USE PVM_API enum pvm_status pvm_protect(struct pvm_machine *machine, uint64_t addr,
                                                 uint64_t size, enum pvm_access access,
                                                 struct pvm_err *err);
/* Makes buffer (of any alignment) the storage of writable pages: what either side writes, the other
 * reads at once. Until the pages are mapped or lent anew, or the machine is freed, the buffer must
 * stay. Costs nothing of memory_limit but tables. On failure nothing has changed. */
PVM_MUST_USE PVM_API enum pvm_status pvm_lend(struct pvm_machine *machine, uint64_t addr,
                                              void *buffer, size_t size, struct pvm_err *err);
/* The same for pages the guest may only read. The buffer is never written: should its pages be made
 * writable later, the guest writes to copies of them. */
PVM_MUST_USE PVM_API enum pvm_status pvm_lend_const(struct pvm_machine *machine, uint64_t addr,
                                                    const void *buffer, size_t size,
                                                    struct pvm_err *err);
/* The access of the page that addr lies in; PVM_NO_ACCESS outside 2^32. */
PVM_API enum pvm_access pvm_page_access(const struct pvm_machine *machine, uint64_t addr);
/* The next stretch of pages with the same access other than none, at or after *addr: true, with
 * *addr its start, *size and *access; false when there is none. */
PVM_API bool pvm_next_region(const struct pvm_machine *machine, uint64_t *addr, uint64_t *size,
                             enum pvm_access *access);

/* The heap that the instruction sbrk grows: it ends at top and never passes limit, both at most
 * 2^32 - 1. A standard program comes with one, a bare program blob with none (0, 0). PVM_E_USAGE:
 * top beyond limit. */
PVM_MUST_USE PVM_API enum pvm_status pvm_set_heap(struct pvm_machine *machine, uint64_t top,
                                                  uint64_t limit, struct pvm_err *err);
PVM_API uint64_t pvm_heap_top(const struct pvm_machine *machine);

#ifdef __cplusplus
}
#endif

#endif
