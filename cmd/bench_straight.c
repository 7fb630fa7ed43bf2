/* SPDX-License-Identifier: Apache-2.0 */
/*
 * w8 of pvm bench: random instructions without a loop. What each does is computed here while it is
 * written, which gives the checksum.
 */
#include "cmd/bench.h"

#include <inttypes.h>

enum { WORK = 8, SLOTS = 500 }; /* registers t0 .. a5 but those of the result; words of memory */

static const char *const names[WORK] = {"t0", "t1", "t2", "s0", "s1", "a2", "a3", "a4"};

struct straight {
    uint64_t random;
    uint64_t regs[WORK];
    uint64_t memory[SLOTS];
    struct pvm_buf *out;
};

static uint32_t draw(struct straight *s, uint32_t below)
{
    s->random = s->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((s->random >> 33) % below);
}

static void three_registers(struct straight *s)
{
    static const char *const ops[] = {"add_64", "sub_64", "xor", "and", "or", "mul_64", "set_lt_u"};
    unsigned d = draw(s, WORK);
    unsigned a = draw(s, WORK);
    unsigned b = draw(s, WORK);
    unsigned op = draw(s, sizeof ops / sizeof *ops);
    uint64_t x = s->regs[a];
    uint64_t y = s->regs[b];
    const uint64_t results[] = {x + y, x - y, x ^ y, x & y, x | y, x * y, x < y};
    pvm_buf_printf(s->out, "%s %s, %s, %s\n", ops[op], names[d], names[a], names[b]);
    s->regs[d] = results[op];
}

static void immediate(struct straight *s)
{
    unsigned d = draw(s, WORK);
    unsigned a = draw(s, WORK);
    uint32_t value = draw(s, 0x7000000);
    switch (draw(s, 3)) {
    case 0:
        pvm_buf_printf(s->out, "add_imm_64 %s, %s, %" PRIu32 "\n", names[d], names[a],
                       value % 30000);
        s->regs[d] = s->regs[a] + value % 30000;
        return;
    case 1:
        pvm_buf_printf(s->out, "xor_imm %s, %s, %" PRIu32 "\n", names[d], names[a], value);
        s->regs[d] = s->regs[a] ^ value;
        return;
    case 2:
        pvm_buf_printf(s->out, "load_imm %s, %" PRIu32 "\n", names[d], value % 1000000);
        s->regs[d] = value % 1000000;
        return;
    }
}

static void access(struct straight *s)
{
    unsigned d = draw(s, WORK);
    unsigned slot = draw(s, SLOTS);
    if (draw(s, 2) == 0) {
        pvm_buf_printf(s->out, "store_u64 %s, [words+%u]\n", names[d], slot * 8);
        s->memory[slot] = s->regs[d];
    } else {
        pvm_buf_printf(s->out, "load_u64 %s, [words+%u]\n", names[d], slot * 8);
        s->regs[d] = s->memory[slot];
    }
}

/* A branch over one instruction, or the end of a block. */
static void end_of_block(struct straight *s, uint64_t number)
{
    unsigned a = draw(s, WORK);
    unsigned b = draw(s, WORK);
    if (draw(s, 2) == 0) {
        pvm_buf_text(s->out, "fallthrough\n");
        return;
    }
    pvm_buf_printf(s->out, "branch_lt_u %s, %s, l%" PRIu64 "\n", names[a], names[b], number);
    pvm_buf_printf(s->out, "add_imm_64 %s, %s, 7\nfallthrough\nl%" PRIu64 ":\n", names[a], names[a],
                   number);
    if (s->regs[a] >= s->regs[b])
        s->regs[a] += 7;
}

void cmd_bench_straight_source(uint64_t n, struct pvm_buf *out, uint64_t *checksum)
{
    struct straight s = {.random = 8, .out = out};
    pvm_buf_text(out, ".bss\nwords: .space 4000\nresult: .space 8\n.text\n");
    for (unsigned i = 0; i < WORK; i++) {
        s.regs[i] = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        pvm_buf_printf(out, "load_imm_64 %s, 0x%" PRIx64 "\n", names[i], s.regs[i]);
    }
    for (uint64_t i = 0; i < n; i++) {
        unsigned kind = draw(&s, 16);
        if (i % 8 == 7)
            end_of_block(&s, i);
        else if (kind < 9)
            three_registers(&s);
        else if (kind < 14)
            immediate(&s);
        else
            access(&s);
    }
    *checksum = s.regs[0];
    for (unsigned i = 1; i < WORK; i++) {
        pvm_buf_printf(out, "xor t0, t0, %s\n", names[i]);
        *checksum ^= s.regs[i];
    }
    pvm_buf_text(out, "la a0, result\nstore_ind_u64 t0, [a0]\nli a1, 8\nret\n");
}
