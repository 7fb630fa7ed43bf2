/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories that somebody changed. By chance: ten thousand bits anywhere, each found and named. And
 * on purpose: bits of a segment with everything sealed again, so that only what the segment says can
 * give it away; and runs that never were. The run has inner machines, calls that go well and calls
 * that do not, and all but one of them follow from the state.
 */
#include "host/invoke.h"
#include "host/seg_call.h"
#include "host/seg_check.h"
#include "host/seg_record.h"
#include "host/testing.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PATH = 300,
    SEGMENT_GAS = 70,
    BLOB = 0x10000,      /* the inner program */
    PLACES = 0x30000,    /* writable: what invokes take, by kind, and room */
    LOOPS = 0x30100,     /* an invoke of the endless loop */
    ROOM = 0x30400,
    INNER = 0x20,        /* a page */
    LOOP_GAS = 5,
    LOOP_AT = 1          /* position of the loop in the inner program */
};

#ifdef NDEBUG
enum { FLIPS = 10000, SEALED_FLIPS = 6000 };
#else
enum { FLIPS = 1500, SEALED_FLIPS = 1500 };
#endif

/* ---- chance ---- */

static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* ---- a run ---- */

struct forge {
    char folder[PATH];
    struct jam_seg_directory directory;
    struct jam_seg_recorder *recorder;
    struct jam_seg_checker *checker;
};

static void on_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    jam_seg_record_step(user, machine, vm);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    jam_seg_record_call(user, event);
}

static void on_memory(void *user, const struct jam_memory_event *event)
{
    jam_seg_record_memory(user, event);
}

/* A trap; behind it an endless loop; behind that one that counts r9 down with a load and a store
 * each time, and halts. */
static uint32_t inner_program(struct pvm_buf *blob)
{
    struct test_code code = {.len = 0};
    test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
    uint32_t loop = test_add(&code, PVM_OP_JUMP, (struct pvm_operands){.x = LOOP_AT});
    ck_assert_uint_eq(loop, LOOP_AT);
    uint32_t entry = test_add(&code, PVM_OP_LOAD_IND_U64,
                              (struct pvm_operands){.a = 8, .b = 10, .x = 0});
    test_add(&code, PVM_OP_ADD_64, (struct pvm_operands){.a = 8, .b = 9, .d = 8});
    test_add(&code, PVM_OP_STORE_IND_U64, (struct pvm_operands){.a = 8, .b = 10, .x = 0});
    test_add(&code, PVM_OP_ADD_IMM_64,
             (struct pvm_operands){.a = 9, .b = 9, .x = UINT64_MAX});
    test_add(&code, PVM_OP_BRANCH_NE_IMM, (struct pvm_operands){.a = 9, .x = 0, .y = entry});
    test_add(&code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0, .x = 0});
    test_blob(&code, blob);
    return entry;
}

static void add_call(struct test_code *code, enum jam_call_id id, const uint64_t args[6])
{
    test_add_call(code, (uint64_t)jam_call_number(jam_profile_default, id), args);
}

static void outer_program(struct test_code *code, size_t blob_len, uint64_t entry)
{
    const struct {
        enum jam_call_id id;
        uint64_t args[6];
    } calls[] = {
        {JAM_CALL_GAS, {0}},
        {JAM_CALL_MACHINE, {BLOB, blob_len, entry}},
        {JAM_CALL_MACHINE, {BLOB, 3, 0}},                     /* HUH */
        {JAM_CALL_MACHINE, {BLOB, blob_len, LOOP_AT}},        /* 1 */
        {JAM_CALL_PAGES, {0, INNER, 2, 2}},                   /* OK */
        {JAM_CALL_PAGES, {0, 3, 1, 2}},                       /* HUH: too low */
        {JAM_CALL_PAGES, {0, INNER + 2, 1, 3}},               /* HUH: not accessible */
        {JAM_CALL_PAGES, {7, INNER, 1, 2}},                   /* WHO */
        {JAM_CALL_POKE, {0, BLOB, INNER * PVM_PAGE_SIZE, 16}},
        {JAM_CALL_POKE, {0, BLOB, 0x50000, 16}},              /* OOB */
        {JAM_CALL_INVOKE, {0, PLACES}},
        {JAM_CALL_PEEK, {0, ROOM, INNER * PVM_PAGE_SIZE, 8}},
        {JAM_CALL_PEEK, {0, ROOM, 0x50000, 8}},               /* OOB */
        {JAM_CALL_INVOKE, {1, LOOPS}},                        /* out of gas */
        {JAM_CALL_INVOKE, {5, LOOPS}},                        /* WHO */
        {JAM_CALL_LOG, {1, 0, 0, BLOB, 4}},
        {JAM_CALL_HISTORICAL_LOOKUP, {0, BLOB, ROOM, 0, 10}}, /* NONE, up to JAM's state */
        {JAM_CALL_EXPUNGE, {0}},
        {JAM_CALL_EXPUNGE, {0}},                              /* WHO */
    };
    static const uint64_t none[6];
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        add_call(code, calls[i].id, calls[i].args);
    test_add_call(code, 77, none); /* WHAT */
    test_add(code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0, .x = 0});
}

static void record(struct forge *forge)
{
    struct test_code code = {.len = 0};
    struct pvm_buf inner = {0}, outer = {0};
    uint8_t places[0x200] = {0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_run *run;
    uint64_t entry = inner_program(&inner);
    outer_program(&code, inner.len, entry);
    test_blob(&code, &outer);
    pvm_store_le(places, 1000, 8);
    pvm_store_le(places + 8 * (1 + 0), UINT64_C(0xffff0000), 8);
    pvm_store_le(places + 8 * (1 + 9), 30, 8);
    pvm_store_le(places + 8 * (1 + 10), INNER * PVM_PAGE_SIZE + 3, 8);
    pvm_store_le(places + (LOOPS - PLACES), LOOP_GAS, 8);
    const struct pvm_standard program = {
        .ro = pvm_buf_bytes(&inner),
        .rw = pvm_bytes(places, sizeof places),
        .heap_pages = 1,
        .stack = PVM_PAGE_SIZE,
        .code = pvm_buf_bytes(&outer),
    };
    ck_assert_msg(jam_seg_create(forge->folder, jam_profile_default, SEGMENT_GAS, NULL,
                                 &forge->directory, &err) == PVM_OK,
                  "%s", err.msg);
    ck_assert(jam_seg_recorder_new(&forge->directory, &forge->recorder, &err) == PVM_OK);
    const struct jam_run_config config = {
        .invocation = JAM_REFINE,
        .program = &program,
        .gas = 100000,
        .hooks = {on_step, NULL, on_call, on_memory, forge->recorder},
    };
    ck_assert_msg(jam_run_new(&config, &run, &err) == PVM_OK, "%s", err.msg);
    ck_assert(jam_seg_record_begin(forge->recorder, "refine", jam_run_vm(run),
                                   jam_run_context(run), &err) == PVM_OK);
    ck_assert_msg(jam_run_go(run, &err) == PVM_OK, "%s", err.msg);
    ck_assert_int_eq(jam_run_result(run)->exit, PVM_EXIT_HALT);
    ck_assert_msg(jam_seg_record_end(forge->recorder, PVM_EXIT_HALT, &err) == PVM_OK,
                  "%s", err.msg);
    ck_assert_msg(jam_seg_finish(&forge->directory, &err) == PVM_OK, "%s", err.msg);
    jam_run_free(run);
    pvm_buf_deinit(&inner);
    pvm_buf_deinit(&outer);
}

static void begin(struct forge *forge)
{
    const char *tmp = getenv("TMPDIR");
    struct pvm_err err = {.status = PVM_OK};
    (void)snprintf(forge->folder, PATH, "%.100s/pvm-forge-XXXXXX", tmp != NULL ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(forge->folder));
    record(forge);
    ck_assert(jam_seg_checker_new(&forge->directory, &forge->checker, &err) == PVM_OK);
    for (size_t i = 0; i < jam_seg_segment_count(&forge->directory); i++)
        ck_assert_msg(jam_seg_check(forge->checker, i, &err) == PVM_OK, "%s", err.msg);
}

static void end(struct forge *forge)
{
    char path[2 * PATH];
    DIR *dir = opendir(forge->folder);
    struct dirent *entry;
    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        (void)snprintf(path, sizeof path, "%s/%.200s", forge->folder, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(dir);
    ck_assert_int_eq(rmdir(forge->folder), 0);
    jam_seg_checker_free(forge->checker);
    jam_seg_recorder_free(forge->recorder);
    jam_seg_directory_deinit(&forge->directory);
}

/* ---- files ---- */

static FILE *open_file(const struct forge *forge, const char *name, const char *how)
{
    char path[2 * PATH];
    (void)snprintf(path, sizeof path, "%s/%.200s", forge->folder, name);
    FILE *file = fopen(path, how);
    ck_assert_ptr_nonnull(file);
    return file;
}

static void flip(const struct forge *forge, const char *name, uint64_t bit)
{
    FILE *file = open_file(forge, name, "r+b");
    ck_assert(fseek(file, (long)(bit / 8), SEEK_SET) == 0);
    int octet = fgetc(file);
    ck_assert(octet != EOF && fseek(file, (long)(bit / 8), SEEK_SET) == 0);
    ck_assert(fputc(octet ^ 1 << bit % 8, file) != EOF);
    ck_assert(fclose(file) == 0);
}

static void read_segment(const struct forge *forge, size_t index, struct pvm_buf *out)
{
    ck_assert(jam_seg_get_segment(&forge->directory, index, out, NULL) == PVM_OK);
}

static struct jam_seg_entry *entry_of(struct forge *forge, size_t index)
{
    return (struct jam_seg_entry *)(void *)forge->directory.segments.ptr + index;
}

/* Puts octets in a segment's place, sealed as whoever writes a manifest can; what is wrong then. */
static struct pvm_err check_forged(struct forge *forge, size_t index, struct pvm_bytes file)
{
    char name[JAM_SEG_FILE_NAME];
    struct pvm_err err = {.status = PVM_OK};
    struct jam_seg_entry *entry = entry_of(forge, index);
    jam_seg_segment_name(index, name);
    FILE *to = open_file(forge, name, "wb");
    ck_assert_uint_eq(fwrite(file.ptr, 1, file.len, to), file.len);
    ck_assert(fclose(to) == 0);
    entry->seal = jam_seal_of(file);
    if (jam_seg_check_chain(&forge->directory, &err) == PVM_OK &&
        jam_seg_check(forge->checker, index, &err) == PVM_OK)
        ck_assert_int_eq(err.status, PVM_OK);
    return err;
}

/* ---- by chance ---- */

static enum pvm_status check_all(const struct forge *forge, struct pvm_err *err)
{
    struct jam_seg_directory directory = {0};
    struct jam_seg_checker *checker = NULL;
    enum pvm_status status = jam_seg_open(forge->folder, NULL, &directory, err);
    if (status != PVM_OK)
        return status;
    status = jam_seg_need(&directory, 0, 1, err);
    if (status == PVM_OK)
        status = jam_seg_check_chain(&directory, err);
    if (status == PVM_OK)
        status = jam_seg_check_programs(&directory, err);
    if (status == PVM_OK)
        status = jam_seg_checker_new(&directory, &checker, err);
    for (size_t i = 0; i < jam_seg_segment_count(&directory) && status == PVM_OK; i++)
        status = jam_seg_check(checker, i, err);
    jam_seg_checker_free(checker);
    jam_seg_directory_deinit(&directory);
    return status;
}

/* Half of the bits anywhere, half with each file as likely, so that small files get theirs. */
static void choose(uint64_t *chance, const uint64_t *sizes, size_t count, size_t *file,
                   uint64_t *bit)
{
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += sizes[i];
    *file = draw(chance) % count;
    *bit = draw(chance) % (8 * sizes[*file]);
    if (draw(chance) % 2 == 0)
        return;
    *bit = draw(chance) % (8 * all);
    for (*file = 0; *bit >= 8 * sizes[*file]; ++*file)
        *bit -= 8 * sizes[*file];
}

START_TEST(test_flips)
{
    enum { FILES = 64 };
    char names[FILES][JAM_SEG_FILE_NAME] = {"manifest.json"};
    uint64_t sizes[FILES];
    size_t count = 1;
    uint64_t chance = 1;
    struct forge forge = {.checker = NULL};
    struct pvm_err err = {.status = PVM_OK};
    begin(&forge);
    for (size_t i = 0; i < jam_seg_segment_count(&forge.directory) && count < FILES; i++)
        jam_seg_segment_name(i, names[count++]);
    for (size_t i = 0; i < jam_seg_program_count(&forge.directory) && count < FILES; i++)
        jam_seg_program_name(&jam_seg_program(&forge.directory, i)->digest, names[count++]);
    ck_assert_uint_eq(count, 1 + jam_seg_segment_count(&forge.directory) +
                                 jam_seg_program_count(&forge.directory));
    for (size_t i = 0; i < count; i++) {
        FILE *file = open_file(&forge, names[i], "rb");
        ck_assert(fseek(file, 0, SEEK_END) == 0);
        sizes[i] = (uint64_t)ftell(file);
        (void)fclose(file);
    }
    ck_assert_msg(check_all(&forge, &err) == PVM_OK, "%s", err.msg);
    for (unsigned i = 0; i < FLIPS; i++) {
        char want[200];
        size_t file;
        uint64_t bit;
        choose(&chance, sizes, count, &file, &bit);
        flip(&forge, names[file], bit);
        err = (struct pvm_err){.status = PVM_OK};
        (void)snprintf(want, sizeof want, "%s: bit %u of octet %llu was flipped", names[file],
                       (unsigned)(bit % 8), (unsigned long long)(bit / 8));
        if (check_all(&forge, &err) != PVM_E_MALFORMED || strstr(err.msg, want) != err.msg)
            ck_abort_msg("wanted \"%s\", got \"%s\"", want, err.msg);
        flip(&forge, names[file], bit);
    }
    err = (struct pvm_err){.status = PVM_OK};
    ck_assert_msg(check_all(&forge, &err) == PVM_OK, "%s", err.msg);
    end(&forge);
}
END_TEST

/* ---- on purpose ---- */

static const char only_digest[] = "the state it ends with has another digest";

/* Where a section begins in its file. */
static size_t section_at(struct pvm_bytes file, const struct jam_seg_parts *parts,
                         enum jam_seg_section section)
{
    return (size_t)(parts->section[section].ptr - file.ptr);
}

/* Bits of a section, sealed again. In all but the calls the records themselves tell; of the calls,
 * what JAM's state answered and the gas of a machine that does not run out are in the end's digest
 * alone. Returns how many bits were. */
static unsigned flip_section(struct forge *forge, size_t index, enum jam_seg_section section,
                             unsigned count)
{
    struct pvm_buf file = {0};
    struct jam_seg_parts parts;
    uint64_t chance = 100 * index + section;
    unsigned late = 0;
    read_segment(forge, index, &file);
    struct pvm_bytes octets = pvm_buf_bytes(&file);
    ck_assert(jam_seg_parts_decode(octets, &parts, NULL) == PVM_OK);
    uint64_t bits = 8 * (uint64_t)parts.section[section].len;
    size_t at = section_at(octets, &parts, section);
    for (uint64_t i = 0; i < count && i < bits; i++) {
        uint64_t bit = count < bits ? draw(&chance) % bits : i;
        file.ptr[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct pvm_err err = check_forged(forge, index, octets);
        if (err.status == PVM_OK)
            ck_abort_msg("segment %zu, section %s: bit %llu was changed and nothing said",
                         index, jam_seg_section_name(section), (unsigned long long)bit);
        late += strstr(err.msg, only_digest) != NULL;
        file.ptr[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    struct pvm_err err = check_forged(forge, index, octets);
    ck_assert_msg(err.status == PVM_OK, "%s", err.msg);
    pvm_buf_deinit(&file);
    return late;
}

START_TEST(test_sealed_flips)
{
    struct forge forge = {.checker = NULL};
    begin(&forge);
    size_t segments = jam_seg_segment_count(&forge.directory);
    unsigned share = SEALED_FLIPS / (JAM_SEG_SECTION_COUNT * (unsigned)segments);
    unsigned late = 0;
    ck_assert_uint_gt(segments, 3);
    for (size_t i = 0; i < segments; i++)
        for (unsigned k = 0; k < JAM_SEG_SECTION_COUNT; k++) {
            unsigned only = flip_section(&forge, i, (enum jam_seg_section)k, share);
            ck_assert_msg(only == 0 || k == JAM_SEG_CALLS, "section %s of segment %zu: %u bits",
                          jam_seg_section_name((enum jam_seg_section)k), i, only);
            late += only;
        }
    /* The lookup's answer has 9 octets and a mask; gas of two invokes, 2 and 1. */
    ck_assert_uint_lt(late, 8 * 14);
    end(&forge);
}
END_TEST

/* The digests at the head, with a manifest that says the same. */
START_TEST(test_sealed_heads)
{
    struct forge forge = {.checker = NULL};
    begin(&forge);
    for (size_t i = 0; i < jam_seg_segment_count(&forge.directory); i++) {
        struct pvm_buf file = {0};
        read_segment(&forge, i, &file);
        for (size_t at = 8; at < 8 + 2 * JAM_HASH_SIZE; at += 7) {
            struct jam_seg_entry right = *entry_of(&forge, i);
            file.ptr[at] ^= 4;
            memcpy(&entry_of(&forge, i)->start, file.ptr + 8, JAM_HASH_SIZE);
            memcpy(&entry_of(&forge, i)->end, file.ptr + 8 + JAM_HASH_SIZE, JAM_HASH_SIZE);
            struct pvm_err err = check_forged(&forge, i, pvm_buf_bytes(&file));
            ck_assert_int_eq(err.status, PVM_E_MALFORMED);
            file.ptr[at] ^= 4;
            *entry_of(&forge, i) = right;
        }
        pvm_buf_deinit(&file);
    }
    end(&forge);
}
END_TEST

/* What a state that no run begins with is called. */
static const struct {
    const char *name, *says;
} beginnings[] = {
    {"halted before it began", "it begins behind the end of the run"},
    {"has run before", "does not begin as one"},
    {"has called before", "does not begin as one"},
    {"has paid for its first block", "does not begin as one"},
    {"of another version", "is not the manifest's"},
    {"of another invocation", "is not the manifest's"},
    {"of another program", "is not the manifest's"},
};

static void spoil(struct jam_seg_state *state, int which)
{
    switch (which) {
    case 0:
        state->exit = PVM_EXIT_HALT;
        break;
    case 1:
        state->steps = 1;
        break;
    case 2:
        state->context.octets[5] = 1;
        break;
    case 3:
        state->list[0]->at.paid = true;
        break;
    case 4:
        state->profile = jam_profile_find("0.8.0");
        break;
    case 5:
        state->invocation = JAM_ACCUMULATE;
        break;
    default:
        state->list[0]->program.octets[0] ^= 1;
    }
}

/* A segment in which nothing happens, from a state to the same state, as the whole of a run. */
START_TEST(test_beginning)
{
    static const uint8_t no_programs[1];
    struct forge forge = {.checker = NULL};
    struct pvm_buf file = {0}, state = {0}, forged = {0};
    struct jam_seg_parts parts;
    struct jam_seg_state s;
    begin(&forge);
    read_segment(&forge, 0, &file);
    ck_assert(jam_seg_parts_decode(pvm_buf_bytes(&file), &parts, NULL) == PVM_OK);
    jam_seg_state_init(&s, NULL);
    ck_assert(jam_seg_state_decode(&s, parts.section[JAM_SEG_STATE], NULL) == PVM_OK);
    struct pvm_reader pages = pvm_reader(parts.section[JAM_SEG_PAGES]);
    ck_assert(jam_seg_memory_read(&s.list[0]->memory, &pages, NULL) == PVM_OK);
    spoil(&s, _i);
    jam_seg_state_encode(&s, &state);
    struct jam_seg_parts made = {.section = {[JAM_SEG_PAGES] = parts.section[JAM_SEG_PAGES]}};
    made.section[JAM_SEG_STATE] = pvm_buf_bytes(&state);
    made.section[JAM_SEG_PROGRAM] = pvm_bytes(no_programs, 1);
    ck_assert(jam_seg_state_digest(&s, &made.start, NULL) == PVM_OK);
    made.end = made.start;
    jam_seg_parts_encode(&made, &forged);
    *entry_of(&forge, 0) = (struct jam_seg_entry){.start = made.start, .end = made.end};
    struct jam_seg_run *run = (struct jam_seg_run *)(void *)forge.directory.runs.ptr;
    run->segments = 1;
    run->outcome = s.exit;
    forge.directory.segments.len = sizeof(struct jam_seg_entry);
    struct pvm_err err = check_forged(&forge, 0, pvm_buf_bytes(&forged));
    ck_assert_msg(err.status == PVM_E_MALFORMED && strstr(err.msg, beginnings[_i].says) != NULL,
                  "%s: \"%s\"", beginnings[_i].name, err.msg);
    jam_seg_state_deinit(&s);
    pvm_buf_deinit(&file);
    pvm_buf_deinit(&state);
    pvm_buf_deinit(&forged);
    end(&forge);
}
END_TEST

/* ---- a child that runs out too early ---- */

/* The calls section with one unit of gas less for the machine that is entered last. Registers are
 * taken as differences from zeros, which they are encoded as. */
static bool poorer(struct pvm_bytes calls, struct pvm_buf *out)
{
    static const uint64_t zeros[PVM_REG_COUNT];
    struct pvm_reader reader = pvm_reader(calls);
    struct jam_seg_call call = {.enter = false};
    bool found = false;
    while (pvm_reader_left(&reader) > 0) {
        ck_assert(jam_seg_call_decode(&reader, zeros, &call));
        if (call.enter && call.gas == LOOP_GAS) {
            call.gas--;
            found = true;
        }
        jam_seg_call_encode(&call, zeros, out);
    }
    jam_seg_call_deinit(&call);
    return found;
}

/* The runs with one instruction less for the machine that ran out. */
static void shorter(struct pvm_bytes runs, struct pvm_buf *out)
{
    struct pvm_reader reader = pvm_reader(runs);
    while (pvm_reader_left(&reader) > 0) {
        uint64_t serial = pvm_read_natural(&reader);
        uint64_t count = pvm_read_natural(&reader);
        uint8_t exit = pvm_read_u8(&reader);
        pvm_buf_add_natural(out, serial);
        pvm_buf_add_natural(out, exit == PVM_EXIT_OOG ? count - 1 : count);
        pvm_buf_add_u8(out, exit);
        if (exit == PVM_EXIT_FAULT || exit == PVM_EXIT_HOST)
            pvm_buf_add_natural(out, pvm_read_natural(&reader));
    }
}

/* The steps without one of the loop's, which are all the same octet. */
static void without_one(struct pvm_bytes steps, struct pvm_buf *out)
{
    static const uint8_t loop[LOOP_GAS] = {1, 1, 1, 1, 1}; /* -1, folded */
    for (size_t at = 0; at + sizeof loop <= steps.len; at++) {
        if (memcmp(steps.ptr + at, loop, sizeof loop) != 0)
            continue;
        pvm_buf_add(out, steps.ptr, at);
        pvm_buf_add(out, steps.ptr + at + 1, steps.len - at - 1);
        return;
    }
    ck_abort_msg("the loop's steps are not there");
}

START_TEST(test_early_end)
{
    struct forge forge = {.checker = NULL};
    bool found = false;
    begin(&forge);
    for (size_t i = 0; i < jam_seg_segment_count(&forge.directory) && !found; i++) {
        struct pvm_buf file = {0}, calls = {0}, runs = {0}, steps = {0}, forged = {0};
        struct jam_seg_parts parts;
        read_segment(&forge, i, &file);
        ck_assert(jam_seg_parts_decode(pvm_buf_bytes(&file), &parts, NULL) == PVM_OK);
        found = poorer(parts.section[JAM_SEG_CALLS], &calls);
        if (found) {
            shorter(parts.section[JAM_SEG_RUNS], &runs);
            without_one(parts.section[JAM_SEG_STEPS], &steps);
            parts.section[JAM_SEG_CALLS] = pvm_buf_bytes(&calls);
            parts.section[JAM_SEG_RUNS] = pvm_buf_bytes(&runs);
            parts.section[JAM_SEG_STEPS] = pvm_buf_bytes(&steps);
            jam_seg_parts_encode(&parts, &forged);
            struct pvm_err err = check_forged(&forge, i, pvm_buf_bytes(&forged));
            ck_assert_msg(strstr(err.msg, "ran out of less gas than it is granted") != NULL,
                          "\"%s\"", err.msg);
        }
        struct pvm_buf *bufs[] = {&file, &calls, &runs, &steps, &forged};
        for (size_t k = 0; k < sizeof bufs / sizeof *bufs; k++)
            pvm_buf_deinit(bufs[k]);
    }
    ck_assert(found);
    end(&forge);
}
END_TEST

Suite *seg_forge_suite(void);

Suite *seg_forge_suite(void)
{
    Suite *suite = suite_create("seg_forge");
    TCase *tests = tcase_create("seg_forge");
    tcase_add_test(tests, test_flips);
    tcase_add_test(tests, test_sealed_flips);
    tcase_add_test(tests, test_sealed_heads);
    tcase_add_loop_test(tests, test_beginning, 0, sizeof beginnings / sizeof *beginnings);
    tcase_add_test(tests, test_early_end);
    suite_add_tcase(suite, tests);
    return suite;
}
