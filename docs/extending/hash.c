/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An extension with two host calls that hash:
 *
 *     blake2b  200   BLAKE2b of r8 octets at r7; r10 octets of it, 1 to 64, go to r9. r7 is OK, or HUH
 *                    when r10 is something else
 *     xxh3     201   r7 becomes the 64-bit XXH3, with seed r9, of r8 octets at r7
 *
 *     cc -shared -fPIC $(pkg-config --cflags pvm) hash.c -o hash.so -lb2 -lxxhash
 */
#include <blake2.h>
#include <jam_extension.h>
#include <xxhash.h>

enum { BLAKE2B_MOST = 64 };

/* What a run's report tells. */
struct totals {
    const struct pvm_alloc *alloc;
    uint64_t calls, octets;
};

static enum pvm_status begin(const struct jam_extension_start *start, void **state,
                             struct pvm_err *err)
{
    struct totals *totals =
        (struct totals *)start->alloc->resize(start->alloc->user, NULL, sizeof *totals);
    if (totals == NULL)
        return jam_ext_error(err, PVM_E_MEMORY, "out of memory");
    totals->alloc = start->alloc;
    totals->calls = 0;
    totals->octets = 0;
    *state = totals;
    return PVM_OK;
}

static void end(void *state)
{
    struct totals *totals = (struct totals *)state;
    (void)totals->alloc->resize(totals->alloc->user, totals, 0);
}

static void report(void *state, const struct jam_extension_report *to)
{
    const struct totals *totals = (const struct totals *)state;
    to->number(to->user, "calls", totals->calls);
    to->number(to->user, "octets", totals->octets);
}

/* The octets to be hashed, counted. False: return PVM_EXIT_PANIC. */
static bool take(struct jam_frame *frame, const uint8_t **octets)
{
    struct totals *totals = (struct totals *)jam_ext_state(frame);
    uint64_t len = jam_ext_arg(frame, 8);
    if (!jam_ext_read(frame, jam_ext_arg(frame, 7), len, octets) || !jam_ext_work(frame, len))
        return false;
    totals->calls++;
    totals->octets += len;
    return true;
}

static enum pvm_exit call_blake2b(struct jam_context *ctx, struct jam_frame *frame)
{
    uint8_t hash[BLAKE2B_MOST];
    uint64_t size = jam_ext_arg(frame, 10);
    const uint8_t *octets;
    (void)ctx;
    if (!take(frame, &octets))
        return PVM_EXIT_PANIC;
    if (size == 0 || size > BLAKE2B_MOST)
        return jam_ext_return(frame, JAM_HUH);
    if (blake2b(hash, octets, NULL, (size_t)size, (size_t)jam_ext_arg(frame, 8), 0) != 0)
        return jam_ext_fail(frame, PVM_E_INTERNAL, "libb2 does not hash");
    if (!jam_ext_write(frame, jam_ext_arg(frame, 9), hash, (size_t)size))
        return PVM_EXIT_PANIC;
    return jam_ext_return(frame, JAM_OK);
}

static enum pvm_exit call_xxh3(struct jam_context *ctx, struct jam_frame *frame)
{
    const uint8_t *octets;
    (void)ctx;
    if (!take(frame, &octets))
        return PVM_EXIT_PANIC;
    return jam_ext_return(frame, XXH3_64bits_withSeed(octets, (size_t)jam_ext_arg(frame, 8),
                                                      jam_ext_arg(frame, 9)));
}

/* Gas: a constant, and a rate for each 1024 octets in r8. */
static const struct jam_extension_cell blake2b_cells[] = {
    {.number = 200,
     .invocations = JAM_EVERYWHERE,
     .price = {.base = 500, .terms = {{2000, 8, true}}}},
};
static const struct jam_extension_cell xxh3_cells[] = {
    {.number = 201,
     .invocations = JAM_EVERYWHERE,
     .price = {.base = 100, .terms = {{100, 8, true}}}},
};

static const struct jam_extension_call calls[] = {
    {.name = "blake2b",
     .inputs = "r7=data r8=len r9=out r10=size",
     .cells = blake2b_cells,
     .cell_count = 1,
     .handler = call_blake2b,
     .reads = JAM_REGS(7, 10),
     .writes = JAM_REG(7),
     .memory = {{.access = PVM_READ, .address = 7, .scale = 1, .length = 8},
                {.access = PVM_WRITE, .address = 9, .scale = 1, .length = 10}}},
    {.name = "xxh3",
     .inputs = "r7=data r8=len r9=seed",
     .cells = xxh3_cells,
     .cell_count = 1,
     .handler = call_xxh3,
     .reads = JAM_REGS(7, 9),
     .writes = JAM_REG(7),
     .memory = {{.access = PVM_READ, .address = 7, .scale = 1, .length = 8}}},
};

JAM_EXTENSION_EXPORT = {
    .size = sizeof(struct jam_extension),
    .abi_version = JAM_EXTENSION_ABI_VERSION,
    .name = "hash",
    .about = "BLAKE2b by libb2 and XXH3 by xxHash",
    .calls = calls,
    .call_count = sizeof calls / sizeof calls[0],
    .init = begin,
    .release = end,
    .report = report,
};
