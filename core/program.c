/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Program blobs taken apart (GP 0.7.2 A.1), and questions about what is in them.
 */
#include "core/program.h"

#include "core/gas.h"
#include "core/predecode.h"

enum { MAX_CODE = 0x7fffff00 };

/* ---- sets of positions ---- */

static unsigned ones(uint64_t word)
{
    return (unsigned)__builtin_popcountll(word);
}

/* Members below pos. */
static uint32_t rank(const struct pvm_posset *set, uint32_t pos)
{
    uint64_t below = (UINT64_C(1) << (pos % 64)) - 1;
    return set->ranks[pos / 64] + ones(set->bits[pos / 64] & below);
}

/* ---- the blob's fields ---- */

static enum pvm_status malformed(struct pvm_err *err, const char *field, size_t offset,
                                 const char *what)
{
    return pvm_fail(err, PVM_E_MALFORMED, "program blob: %s at offset %zu: %s", field, offset,
                    what);
}

/* Spans of the parts, borrowed from the blob. */
struct parts {
    uint64_t jump_count;
    unsigned jump_width;
    struct pvm_bytes jumps, code, mask;
};

static enum pvm_status split(struct pvm_bytes blob, struct parts *out, struct pvm_err *err)
{
    struct pvm_reader r = pvm_reader(blob);
    uint64_t count = pvm_read_natural(&r);
    if (r.failed)
        return malformed(err, "jump table length", 0, "cut short or not a compact natural");
    unsigned width = pvm_read_u8(&r);
    size_t code_at = r.pos;
    uint64_t code_len = pvm_read_natural(&r);
    if (r.failed)
        return malformed(err, "code length", code_at, "cut short or not a compact natural");

    size_t left = pvm_reader_left(&r);
    if (width != 0 && count > left / width)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "program blob: jump table of %llu entries of %u octets does not fit the "
                        "%zu octets left",
                        (unsigned long long)count, width, left);
    struct pvm_bytes jumps = pvm_read_span(&r, count * width);
    left = pvm_reader_left(&r);
    if (code_len > left || code_len > MAX_CODE)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "program blob: code of %llu octets does not fit the %zu octets left",
                        (unsigned long long)code_len, left);
    struct pvm_bytes code = pvm_read_span(&r, code_len);
    struct pvm_bytes mask = pvm_read_span(&r, (code_len + 7) / 8);
    left = pvm_reader_left(&r);
    if (r.failed || left != 0)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "program blob: opcode mask needs %llu octets, %zu are left after the code",
                        (unsigned long long)((code_len + 7) / 8),
                        r.failed ? pvm_reader_left(&r) : left + mask.len);
    if (code_len % 8 != 0 && mask.ptr[mask.len - 1] >> (code_len % 8) != 0)
        return malformed(err, "opcode mask", blob.len - 1, "bits set beyond the code");
    *out = (struct parts){count, width, jumps, code, mask};
    return PVM_OK;
}

/* An entry with more than 8 octets must still be below 2^64: no other encodes a position. */
static enum pvm_status check_jumps(const struct parts *parts, struct pvm_err *err)
{
    if (parts->jump_width == 0)
        return PVM_OK;
    if (parts->jump_count > MAX_CODE)
        return pvm_fail(err, PVM_E_MALFORMED, "program blob: jump table of %llu entries",
                        (unsigned long long)parts->jump_count);
    for (uint64_t i = 0; parts->jump_width > 8 && i < parts->jump_count; i++) {
        const uint8_t *entry = parts->jumps.ptr + i * parts->jump_width;
        for (unsigned k = 8; k < parts->jump_width; k++) {
            if (entry[k] != 0)
                return pvm_fail(err, PVM_E_MALFORMED,
                                "program blob: jump table entry %llu is 2^64 or more",
                                (unsigned long long)i);
        }
    }
    return PVM_OK;
}

static enum pvm_status check_bounds(const struct pvm_rules *rules, const struct parts *parts,
                                    struct pvm_err *err)
{
    if (rules->max_code != 0 && parts->code.len > rules->max_code)
        return pvm_fail(err, PVM_E_MALFORMED, "program blob: code of %zu octets, GP %s allows %u",
                        parts->code.len, rules->name, rules->max_code);
    if (rules->max_jumps != 0 && parts->jump_count > rules->max_jumps)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "program blob: jump table of %llu entries, GP %s allows %u",
                        (unsigned long long)parts->jump_count, rules->name, rules->max_jumps);
    return PVM_OK;
}

enum pvm_status pvm_program_check(struct pvm_bytes blob, size_t *code_len, struct pvm_err *err)
{
    struct parts parts = {0};
    PVM_TRY(split(blob, &parts, err));
    PVM_TRY(check_jumps(&parts, err));
    *code_len = parts.code.len;
    return PVM_OK;
}

/* ---- life ---- */

static void link_jumps(struct pvm_program *p)
{
    for (uint32_t i = 0; i < p->jump_limit; i++) {
        uint64_t target = pvm_program_jump(p, i);
        if (pvm_program_is_block_start(p, target)) {
            const struct pvm_insn *to = p->insns + pvm_program_index(p, target);
            p->jumps[1 + i] = (struct pvm_jump){to, to->handler};
        }
    }
}

/* The sets of positions, in one block: all bits, all ranks, and what is left for p->recent. */
static bool allocate_sets(struct pvm_program *p)
{
    size_t words = pvm_position_words(p);
    enum { SETS = 4, RANKED = 2, WORD = SETS * sizeof(uint64_t) + RANKED * sizeof(uint32_t) };
    uint64_t *bits = pvm_alloc_zero(p->alloc, words + 1, WORD);
    if (bits == NULL)
        return false;
    pvm_alloc_settle(p->alloc, bits, words * WORD);
    uint32_t *ranks = (uint32_t *)(bits + SETS * words);
    p->recent = ranks + RANKED * words;
    p->sets = bits;
    p->opcode_mask = bits;
    p->block_starts = bits + words;
    p->records = (struct pvm_posset){bits + 2 * words, ranks};
    p->charges = (struct pvm_posset){bits + 3 * words, ranks + words};
    return true;
}

static bool allocate(struct pvm_program *p, const struct parts *parts)
{
    const struct pvm_alloc *alloc = p->alloc;
    p->code = pvm_alloc_zero(alloc, p->code_len + PVM_CODE_PAD, 1);
    pvm_alloc_settle(alloc, p->code, p->code_len);
    p->jump_octets = pvm_alloc_get(alloc, parts->jumps.len);
    p->jumps = pvm_alloc_zero(alloc, (size_t)p->jump_limit + 1, sizeof p->jumps[0]);
    return p->code != NULL && p->jump_octets != NULL && p->jumps != NULL && allocate_sets(p);
}

static void copy_parts(struct pvm_program *p, const struct parts *parts)
{
    if (parts->code.len != 0)
        memcpy(p->code, parts->code.ptr, parts->code.len);
    if (parts->jumps.len != 0)
        memcpy(p->jump_octets, parts->jumps.ptr, parts->jumps.len);
    const uint8_t *mask = parts->mask.ptr;
    size_t whole = parts->mask.len / 8;
    for (size_t i = 0; i < whole; i++)
        p->opcode_mask[i] = pvm_load_le64(mask + 8 * i);
    if (parts->mask.len % 8 != 0)
        p->opcode_mask[whole] = pvm_load_le(mask + 8 * whole, (unsigned)(parts->mask.len % 8));
}

enum { JUMPS_MAX = 1 << 30 }; /* below half of 2^32 - 2^16, the address that halts */

static enum pvm_status build(struct pvm_program *p, const struct parts *parts, struct pvm_err *err)
{
    p->code_len = (uint32_t)parts->code.len;
    p->jump_count = parts->jump_count;
    p->jump_width = parts->jump_width;
    if (parts->jump_width != 0 && parts->jump_count > JUMPS_MAX)
        return pvm_fail(err, PVM_E_LIMIT, "jump table of %llu entries, at most %d are supported",
                        (unsigned long long)parts->jump_count, JUMPS_MAX);
    p->jump_limit = parts->jump_width != 0 ? (uint32_t)parts->jump_count : 0;
    if (!allocate(p, parts))
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a program of %u octets", p->code_len);
    copy_parts(p, parts);
    PVM_TRY(pvm_predecode(p, err));
    link_jumps(p);
    return PVM_OK;
}

enum pvm_status pvm_program_new_in(const struct pvm_rules *rules, enum pvm_layout layout,
                                   const struct pvm_alloc *alloc, struct pvm_bytes blob,
                                   struct pvm_program **out, struct pvm_err *err)
{
    struct parts parts = {0};
    PVM_TRY(split(blob, &parts, err));
    PVM_TRY(check_jumps(&parts, err));
    PVM_TRY(check_bounds(rules, &parts, err));
    struct pvm_program *p = pvm_alloc_zero(alloc, 1, sizeof *p);
    if (p == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a program");
    p->rules = rules;
    p->layout = layout;
    p->alloc = alloc;
    p->refs = 1;
    enum pvm_status status = build(p, &parts, err);
    if (status != PVM_OK) {
        pvm_program_free(p);
        return status;
    }
    *out = p;
    return PVM_OK;
}

enum pvm_status pvm_program_new(const struct pvm_rules *rules, const struct pvm_alloc *alloc,
                                struct pvm_bytes blob, struct pvm_program **out,
                                struct pvm_err *err)
{
    return pvm_program_new_in(rules, PVM_LAYOUT_PAGES, alloc, blob, out, err);
}

struct pvm_program *pvm_program_ref(struct pvm_program *program)
{
    program->refs++;
    return program;
}

void pvm_program_free(struct pvm_program *program)
{
    if (program == NULL || --program->refs != 0)
        return;
    const struct pvm_alloc *alloc = program->alloc;
    pvm_alloc_free(alloc, program->code);
    pvm_alloc_free(alloc, program->sets);
    pvm_alloc_free(alloc, program->jump_octets);
    pvm_alloc_free(alloc, program->jumps);
    pvm_alloc_free(alloc, program->insns);
    pvm_alloc_free(alloc, program->literals);
    pvm_alloc_free(alloc, program);
}

void pvm_program_encode(const uint64_t *jumps, uint64_t jump_count, unsigned jump_width,
                        struct pvm_bytes code, const uint8_t *mask, struct pvm_buf *out)
{
    pvm_buf_add_natural(out, jump_count);
    pvm_buf_add_u8(out, (uint8_t)jump_width);
    pvm_buf_add_natural(out, code.len);
    for (uint64_t i = 0; jump_width != 0 && i < jump_count; i++) {
        pvm_buf_add_le(out, jumps[i], jump_width < 8 ? jump_width : 8);
        pvm_buf_add_zeros(out, jump_width > 8 ? jump_width - 8 : 0);
    }
    pvm_buf_add_bytes(out, code);
    pvm_buf_add(out, mask, (code.len + 7) / 8);
}

/* ---- questions ---- */

unsigned pvm_program_skip(const struct pvm_program *program, uint32_t pc)
{
    struct pvm_opcode_walk walk = pvm_opcode_walk(program, pc + 1);
    uint32_t skip = pvm_opcode_next(&walk) - pc - 1;
    return skip < PVM_MAX_SKIP ? skip : PVM_MAX_SKIP;
}

bool pvm_program_is_opcode(const struct pvm_program *program, uint64_t pc)
{
    return pc < program->code_len && pvm_position_in(program->opcode_mask, pc);
}

bool pvm_program_is_block_start(const struct pvm_program *program, uint64_t pc)
{
    return pc < program->code_len && pvm_position_in(program->block_starts, pc);
}

enum pvm_op pvm_program_op(const struct pvm_program *program, uint64_t pc)
{
    if (!pvm_program_is_opcode(program, pc))
        return PVM_OP_TRAP;
    enum pvm_op op = pvm_op_of_octet(program->rules->isa, program->code[pc]);
    return op != PVM_OP_COUNT ? op : PVM_OP_TRAP;
}

void pvm_program_operands(const struct pvm_program *program, uint32_t pc, struct pvm_operands *out)
{
    enum pvm_op op = pvm_program_op(program, pc);
    pvm_operands_decode((enum pvm_form)pvm_op_table[op].form, program->code, pc,
                        pvm_program_skip(program, pc), out);
}

uint64_t pvm_program_jump(const struct pvm_program *program, uint64_t i)
{
    unsigned width = program->jump_width;
    if (width == 0)
        return 0;
    return pvm_load_le(program->jump_octets + i * width, width < 8 ? width : 8);
}

const struct pvm_insn *pvm_program_jump_record(const struct pvm_program *program, uint32_t addr)
{
    uint32_t nth = addr / 2 - 1;
    if (addr == 0 || addr % 2 != 0 || nth >= program->jump_count)
        return NULL;
    if (nth < program->jump_limit)
        return program->jumps[1 + nth].to;
    return pvm_program_is_block_start(program, 0) ? program->insns + pvm_program_index(program, 0)
                                                  : NULL;
}

uint32_t pvm_program_index(const struct pvm_program *program, uint64_t pc)
{
    if (pc > program->code_len || !pvm_position_in(program->records.bits, pc))
        return 0;
    uint32_t pos = (uint32_t)pc;
    return 1 + rank(&program->records, pos) + rank(&program->charges, pos) +
           pvm_position_in(program->charges.bits, pos);
}

/* Index of the first record at or behind the first position of a word. */
static uint32_t first_index(const struct pvm_program *program, uint32_t word)
{
    return 1 + program->records.ranks[word] + program->charges.ranks[word];
}

/* Position of a record that lies in the word. */
static uint32_t position_in(const struct pvm_program *program, uint32_t word, uint32_t index)
{
    uint32_t at = first_index(program, word);
    uint64_t records = program->records.bits[word];
    for (; records != 0; records &= records - 1) {
        uint32_t pos = word * 64 + (uint32_t)__builtin_ctzll(records);
        at += pvm_position_in(program->charges.bits, pos);
        if (at >= index)
            return pos;
        at++;
    }
    return program->code_len;
}

uint32_t pvm_program_position(const struct pvm_program *program, uint32_t index)
{
    uint32_t low = 0, high = pvm_position_words(program);
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (first_index(program, mid) <= index)
            low = mid;
        else
            high = mid;
    }
    return position_in(program, low, index);
}

uint32_t pvm_program_position_after(const struct pvm_program *program, uint32_t index, uint32_t pos)
{
    uint32_t word = pos / 64, words = pvm_position_words(program);
    while (word + 1 < words && first_index(program, word + 1) <= index)
        word++;
    return position_in(program, word, index);
}

struct pvm_segment pvm_program_segment(const struct pvm_program *program, uint32_t index)
{
    uint32_t pos = pvm_program_position(program, index);
    uint32_t word = pos / 64;
    uint64_t upto = pos % 64 == 63 ? ~UINT64_C(0) : (UINT64_C(1) << (pos % 64 + 1)) - 1;
    uint64_t bits = program->charges.bits[word] & upto;
    if (bits == 0) {
        /* The last word before this one that has a charge: ranks grow behind it. */
        uint32_t want = program->charges.ranks[word];
        uint32_t low = 0, high = word;
        while (high - low > 1) {
            uint32_t mid = low + (high - low) / 2;
            if (program->charges.ranks[mid] < want)
                low = mid;
            else
                high = mid;
        }
        word = low;
        bits = program->charges.bits[word];
    }
    uint32_t start = word * 64 + 63 - (uint32_t)__builtin_clzll(bits);
    uint32_t first = pvm_program_index(program, start);
    return (struct pvm_segment){first, program->insns[first - 1].count};
}

bool pvm_program_may_start(const struct pvm_program *program, uint64_t pc)
{
    if (!program->rules->strict)
        return true;
    return program->valid && pvm_program_is_opcode(program, pc);
}

uint32_t pvm_program_block_of(const struct pvm_program *program, uint32_t pc)
{
    uint32_t word = pc / 64;
    uint64_t bits = program->block_starts[word] & (UINT64_MAX >> (63 - pc % 64));
    while (bits == 0) {
        if (word == 0)
            return 0;
        bits = program->block_starts[--word];
    }
    return word * 64 + 63 - (uint32_t)__builtin_clzll(bits);
}

/* Position of a record by that of another, which is often not far before it. */
static uint32_t position_from(const struct pvm_program *program, uint32_t index, uint32_t pos)
{
    enum { NEAR = 4 }; /* words */
    uint32_t word = pos / 64, words = pvm_position_words(program);
    if (word + NEAR < words && first_index(program, word) <= index &&
        index < first_index(program, word + NEAR))
        return pvm_program_position_after(program, index, pos);
    return pvm_program_position(program, index);
}

uint64_t pvm_program_cost(const struct pvm_program *program, uint32_t index)
{
    uint32_t *cell = &program->insns[index - 1].cost;
    uint32_t kept = __atomic_load_n(cell, __ATOMIC_RELAXED);
    if (kept != PVM_COST_UNKNOWN)
        return kept;
    uint32_t recent = __atomic_load_n(program->recent, __ATOMIC_RELAXED);
    uint32_t pos = position_from(program, index, recent);
    __atomic_store_n(program->recent, pos, __ATOMIC_RELAXED);
    uint32_t start = pvm_program_block_of(program, pos);
    uint64_t cost = start == pos ? pvm_gas_cost_of(program, index, pos, NULL, NULL)
                                 : pvm_gas_block_cost(program, start, NULL, NULL);
    if (cost <= PVM_COST_LIMIT)
        __atomic_store_n(cell, (uint32_t)cost, __ATOMIC_RELAXED);
    return cost;
}
