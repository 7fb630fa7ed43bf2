/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disassembly gives the same octets when assembled: 10,000 generated programs, the blobs of the
 * reference folder and the programs of its one-instruction cases.
 */
#include "core/asm_testing.h"

#include <dirent.h>

enum { PROGRAMS = 10000, MAX_CODE = 600 };

static void check_blob(const struct pvm_blob *blob, struct pvm_bytes octets, const char *what)
{
    struct pvm_err err = {0};
    struct pvm_program *program = NULL;
    struct pvm_buf text = {0};
    struct pvm_disasm_options options = {.calls = asm_test_calls()};
    ck_assert_msg(pvm_program_new(&pvm_rules_072, NULL, blob->program, &program, &err) == PVM_OK,
                  "%s: %s", what, err.msg);
    ck_assert_msg(pvm_disasm_blob(blob, program, &options, &text, &err) == PVM_OK, "%s: %s", what,
                  err.msg);
    struct asm_test t;
    asm_test_run(&t, blob->format, pvm_buf_bytes(&text));
    ck_assert_msg(t.status == PVM_OK, "%s:\n%.2000s\n%.2000s", what, pvm_buf_str(&t.diagnostics),
                  pvm_buf_str(&text));
    ck_assert_msg(pvm_bytes_equal(pvm_buf_bytes(&t.blob), octets), "%s: other octets:\n%.4000s",
                  what, pvm_buf_str(&text));
    pvm_program_free(program);
    pvm_buf_deinit(&text);
    asm_test_done(&t);
}

/* --- generated programs --- */

/* xorshift64*, so that the programs are the same everywhere. */
struct random {
    uint64_t state;
};

static uint32_t draw(struct random *r, uint32_t below)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return (uint32_t)((r->state * UINT64_C(2685821657736338717)) >> 32) % below;
}

/* A number of one of many sizes, so that every encoded length comes up. */
static uint64_t draw_number(struct random *r, unsigned bits)
{
    uint64_t value = (uint64_t)draw(r, UINT32_MAX) << 32 | draw(r, UINT32_MAX);
    unsigned keep = draw(r, bits + 1);
    value = keep == 0 ? 0 : value >> (64 - keep);
    return draw(r, 2) == 0 ? value : 0 - value;
}

struct draft {
    struct random random;
    struct pvm_buf code;
    uint8_t mask[MAX_CODE / 8 + 64];
    uint32_t starts[MAX_CODE + 64]; /* of instructions */
    uint32_t count;
};

static void mark(struct draft *d)
{
    d->mask[d->code.len / 8] |= (uint8_t)(1u << (d->code.len % 8));
    d->starts[d->count++] = (uint32_t)d->code.len;
}

/* Somewhere control might go: mostly an instruction not far away. */
static uint64_t draw_target(struct draft *d)
{
    uint32_t pc = (uint32_t)d->code.len;
    switch (draw(&d->random, 8)) {
    case 0:
        return draw(&d->random, MAX_CODE);
    case 1:
        return draw_number(&d->random, 20);
    case 2:
        return pc + draw(&d->random, 300);
    default:
        return d->starts[draw(&d->random, d->count)];
    }
}

/* A canonical instruction with operands of all sizes. */
static void add_plain(struct draft *d)
{
    enum pvm_op op = (enum pvm_op)draw(&d->random, PVM_OP_COUNT);
    if (draw(&d->random, 3) == 0)
        op = draw(&d->random, 2) == 0 ? PVM_OP_JUMP : PVM_OP_BRANCH_EQ;
    uint16_t octet = pvm_op_table[op].octet[PVM_ISA_O1];
    enum pvm_form form = (enum pvm_form)pvm_op_table[op].form;
    const char *operands = pvm_form_operands(form);
    char target = pvm_form_target(form);
    if (octet == PVM_NO_OPCODE)
        return;
    mark(d);
    struct pvm_operands ops = {0};
    ops.a = strchr(operands, 'A') != NULL ? (uint8_t)draw(&d->random, PVM_REG_COUNT) : 0;
    ops.b = strchr(operands, 'B') != NULL ? (uint8_t)draw(&d->random, PVM_REG_COUNT) : 0;
    ops.d = strchr(operands, 'D') != NULL ? (uint8_t)draw(&d->random, PVM_REG_COUNT) : 0;
    if (strchr(operands, 'X') != NULL)
        ops.x = draw_number(&d->random, form == PVM_FORM_RE ? 64 : 31);
    if (strchr(operands, 'Y') != NULL)
        ops.y = draw_number(&d->random, 31);
    if (target == 'X')
        ops.x = draw_target(d);
    if (target == 'Y')
        ops.y = draw_target(d);
    uint32_t pc = (uint32_t)d->code.len;
    pvm_buf_add_u8(&d->code, (uint8_t)octet);
    pvm_operands_encode(form, &ops, pc, &d->code);
}

/* Octets as they come, as an instruction or as none. */
static void add_noise(struct draft *d, bool opcode)
{
    uint32_t len = draw(&d->random, 20) == 0 ? 1 + draw(&d->random, 60) : 1 + draw(&d->random, 12);
    if (opcode)
        mark(d);
    while (len-- > 0)
        pvm_buf_add_u8(&d->code, (uint8_t)draw(&d->random, 256));
}

/* Stubs such as .entry makes, or nearly. */
static void add_stubs(struct draft *d)
{
    uint32_t count = draw(&d->random, 5);
    for (uint32_t i = 0; i < count; i++) {
        mark(d);
        bool jump = draw(&d->random, 3) != 0;
        pvm_buf_add_u8(&d->code, jump ? 40 : 0);
        pvm_buf_add_le(&d->code, jump || draw(&d->random, 4) == 0 ? draw_target(d) : 0, 4);
    }
}

/* draw(kind) below `plain` of 10: a canonical instruction; the rest is noise. */
static void add_code(struct draft *d, uint32_t plain)
{
    size_t len = draw(&d->random, MAX_CODE);
    if (draw(&d->random, 3) == 0)
        add_stubs(d);
    mark(d);
    pvm_buf_add_u8(&d->code, 1);
    while (d->code.len < len) {
        uint32_t kind = draw(&d->random, 10);
        if (kind < plain)
            add_plain(d);
        else
            add_noise(d, kind % 2 == 0);
        /* Terminators make blocks, and blocks can be jumped to. */
        if (draw(&d->random, 2) == 0) {
            mark(d);
            pvm_buf_add_u8(&d->code, 1);
        }
    }
    if (plain == 0)
        d->mask[0] = (uint8_t)draw(&d->random, 256);
}

static void add_program(struct draft *d, struct pvm_buf *out)
{
    static const uint32_t plains[] = {10, 10, 9, 5, 0};
    add_code(d, plains[draw(&d->random, 5)]);
    size_t len = d->code.len;
    if (len > 5 && draw(&d->random, 4) == 0)
        len -= draw(&d->random, 5); /* cut the last instruction */
    for (size_t i = len; i < 8 * sizeof d->mask; i++)
        d->mask[i / 8] &= (uint8_t) ~(1u << (i % 8));
    uint64_t jumps[40];
    unsigned width = draw(&d->random, 10);
    uint32_t count = draw(&d->random, 2) == 0 ? draw(&d->random, 40) : 0;
    for (uint32_t i = 0; i < count; i++) {
        jumps[i] = draw(&d->random, 4) == 0 ? draw_number(&d->random, 64) : draw_target(d);
        jumps[i] &= width < 8 ? (UINT64_C(1) << (8 * width)) - 1 : UINT64_MAX;
    }
    pvm_program_encode(jumps, count, width, pvm_bytes(d->code.ptr, len), d->mask, out);
}

static void add_octets(struct draft *d, struct pvm_buf *out)
{
    uint32_t len = draw(&d->random, 300);
    bool zeros = draw(&d->random, 2) == 0;
    for (uint32_t i = 0; i < len; i++)
        pvm_buf_add_u8(out, zeros && i % 200 > 10 ? 0 : (uint8_t)draw(&d->random, 256));
}

/* Metadata of each kind: none, text, structured, anything. */
static void add_metadata(struct draft *d, struct pvm_buf *out)
{
    static const char *const texts[] = {"", "plain text", "quotes \" and \\", "1"};
    uint32_t kind = draw(&d->random, 4);
    if (kind == 1) {
        pvm_buf_text(out, texts[draw(&d->random, 4)]);
    } else if (kind == 2) {
        uint32_t authors = draw(&d->random, 4) == 0 ? draw(&d->random, 12) : draw(&d->random, 3);
        pvm_buf_add_u8(out, 0);
        for (uint32_t i = 0; i < 3 + authors; i++) {
            if (i == 3)
                pvm_buf_add_natural(out, authors);
            const char *text = texts[draw(&d->random, 4)];
            pvm_buf_add_blob(out, pvm_bytes(text, strlen(text)));
        }
        if (authors == 0)
            pvm_buf_add_natural(out, 0);
    } else if (kind == 3) {
        add_octets(d, out);
    }
}

static void check_generated(uint64_t seed)
{
    struct draft d = {.random = {seed * UINT64_C(0x9e3779b97f4a7c15) + 1}};
    struct pvm_buf program = {0};
    struct pvm_buf ro = {0};
    struct pvm_buf rw = {0};
    struct pvm_buf metadata = {0};
    struct pvm_buf octets = {0};
    char what[32];
    snprintf(what, sizeof what, "program %llu", (unsigned long long)seed);
    add_program(&d, &program);
    add_octets(&d, &ro);
    add_octets(&d, &rw);
    add_metadata(&d, &metadata);
    struct pvm_blob blob = {
        .format = (enum pvm_blob_format)draw(&d.random, 3),
        .program = pvm_buf_bytes(&program),
        .metadata = pvm_buf_bytes(&metadata),
        .standard = {.ro = pvm_buf_bytes(&ro),
                     .rw = pvm_buf_bytes(&rw),
                     .heap_pages = draw(&d.random, 2) == 0 ? 0 : draw(&d.random, 60000),
                     .stack = draw(&d.random, 1 << 24),
                     .code = pvm_buf_bytes(&program)},
    };
    if (blob.format == PVM_BLOB_JAM)
        pvm_buf_add_blob(&octets, blob.metadata);
    if (blob.format == PVM_BLOB_RAW)
        pvm_buf_add_bytes(&octets, blob.program);
    else
        pvm_standard_encode(&blob.standard, &octets);
    check_blob(&blob, pvm_buf_bytes(&octets), what);
    pvm_buf_deinit(&d.code);
    pvm_buf_deinit(&program);
    pvm_buf_deinit(&ro);
    pvm_buf_deinit(&rw);
    pvm_buf_deinit(&metadata);
    pvm_buf_deinit(&octets);
}

START_TEST(generated_programs)
{
    for (uint64_t seed = 0; seed < PROGRAMS; seed++)
        check_generated(seed);
}
END_TEST

/* Many jumps at distances near 128, where sizes depend on each other most. */
START_TEST(generated_layouts)
{
    struct random random = {UINT64_C(0x2545f4914f6cdd1d) + (uint64_t)_i};
    struct pvm_buf code = {0};
    uint8_t mask[1024] = {0};
    enum { BLOCKS = 120, JUMP = 3 };
    /* Blocks of a jump in a random number of octets and a few fallthroughs; targets are filled in
     * once all starts are known, and count as given whatever their octets. */
    uint32_t starts[BLOCKS];
    unsigned sizes[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++) {
        starts[i] = (uint32_t)code.len;
        sizes[i] = 1 + draw(&random, 2);
        mask[code.len / 8] |= (uint8_t)(1u << (code.len % 8));
        pvm_buf_add_u8(&code, 40);
        pvm_buf_add_zeros(&code, sizes[i]);
        for (unsigned k = draw(&random, 6); k > 0; k--) {
            mask[code.len / 8] |= (uint8_t)(1u << (code.len % 8));
            pvm_buf_add_u8(&code, 1);
        }
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        /* The block whose distance is nearest to where 1 octet ends, forward or back. */
        int64_t aim = draw(&random, 2) == 0 ? 128 : -129;
        unsigned best = i;
        for (unsigned k = 0; k < BLOCKS; k++) {
            int64_t distance = (int64_t)starts[k] - starts[i];
            bool fits = sizes[i] == 2 || (distance >= -128 && distance < 128);
            int64_t off = llabs((long long)(distance - aim));
            if (fits && off < llabs((long long)((int64_t)starts[best] - starts[i] - aim)))
                best = k;
        }
        pvm_store_le(code.ptr + starts[i] + 1, (uint64_t)((int64_t)starts[best] - starts[i]),
                     sizes[i]);
    }
    struct pvm_buf octets = {0};
    pvm_program_encode(NULL, 0, 0, pvm_buf_bytes(&code), mask, &octets);
    struct pvm_blob blob = {.format = PVM_BLOB_RAW, .program = pvm_buf_bytes(&octets)};
    check_blob(&blob, pvm_buf_bytes(&octets), "layout");
    pvm_buf_deinit(&code);
    pvm_buf_deinit(&octets);
}
END_TEST

/* --- the reference folder --- */

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name);
    return len > strlen(end) && strcmp(name + len - strlen(end), end) == 0;
}

static void check_file(const char *path)
{
    struct pvm_buf octets = {0};
    struct pvm_blob blob;
    struct pvm_err err = {0};
    ck_assert(asm_test_read(path, &octets));
    ck_assert_msg(pvm_blob_decode(pvm_buf_bytes(&octets), -1, &blob, &err) == PVM_OK, "%s: %s",
                  path, err.msg);
    check_blob(&blob, pvm_buf_bytes(&octets), path);
    pvm_buf_deinit(&octets);
}

/* The numbers of the "program" array of a case. */
static void check_case(const char *path)
{
    struct pvm_buf text = {0};
    struct pvm_buf octets = {0};
    ck_assert(asm_test_read(path, &text));
    const char *at = strstr(pvm_buf_str(&text), "\"program\"");
    ck_assert_msg(at != NULL, "%s has no program", path);
    at = strchr(at, '[');
    ck_assert_ptr_nonnull(at);
    while (*at != 0 && *at != ']') {
        char *end;
        pvm_buf_add_u8(&octets, (uint8_t)strtoul(at + 1, &end, 10));
        at = end + strspn(end, " \t\r\n");
    }
    struct pvm_blob blob = {.format = PVM_BLOB_RAW, .program = pvm_buf_bytes(&octets)};
    check_blob(&blob, pvm_buf_bytes(&octets), path);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&octets);
}

static const struct {
    const char *folder, *ending;
    void (*check)(const char *path);
    unsigned least; /* files in it */
} folders[] = {
    {"vectors/programs", ".jam", check_file, 15},
    {"vectors/programs", ".pvm", check_file, 2},
    {"vectors/pvm-programs/programs", ".json", check_case, 213},
    {"vectors/pvm-programs/deviating", ".json", check_case, 13},
    {"vectors/pvm-programs/extra", ".json", check_case, 5},
    {"vectors/pvm-gas-blocks/programs", ".json", check_case, 200},
    {"vectors/pvm-gas-blocks/integration", ".json", check_case, 2},
};

START_TEST(reference_programs)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", PVM_SHARED, folders[_i].folder);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        printf("skipped: no %s\n", path);
        return;
    }
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!ends_with(entry->d_name, folders[_i].ending))
            continue;
        snprintf(path, sizeof path, "%s/%s/%.200s", PVM_SHARED, folders[_i].folder, entry->d_name);
        folders[_i].check(path);
        count++;
    }
    closedir(folder);
    ck_assert_uint_ge(count, folders[_i].least);
}
END_TEST

Suite *disasm_roundtrip_suite(void);

Suite *disasm_roundtrip_suite(void)
{
    Suite *suite = suite_create("disasm_roundtrip");
    TCase *cases = tcase_create("identity");
    tcase_add_test(cases, generated_programs);
    tcase_add_loop_test(cases, generated_layouts, 0, 300);
    tcase_add_loop_test(cases, reference_programs, 0, (int)(sizeof folders / sizeof *folders));
    suite_add_tcase(suite, cases);
    return suite;
}
