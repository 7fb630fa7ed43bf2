/* SPDX-License-Identifier: Apache-2.0 */
/* Argument invocation, Refine and Is-Authorized from a package and state (GP 0.7.2 A.8, B.2, B.3,
 * 14.4), with guests that make the calls. */
#include "host/invoke_refine.h"

#include "host/codec.h"
#include "host/hash.h"
#include "host/merkle.h"
#include "host/testing.h"

#include <stdio.h>
#include <stdlib.h>

#define ARGS UINT64_C(0xfeff0000)

enum {
    HEAP = 0x20000, /* writable memory of a standard program without read-only data */

    GAS_LIMIT = 1000000
};

/* ---- guests ---- */

/* Ends with the output [addr, addr + len). */
static void add_end(struct test_code *code, uint64_t addr, uint64_t len)
{
    test_add(code, PVM_OP_LOAD_IMM_64, (struct pvm_operands){.a = 7, .x = addr});
    test_add(code, PVM_OP_LOAD_IMM_64, (struct pvm_operands){.a = 8, .x = len});
    test_add(code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
}

static void add_store(struct test_code *code, unsigned reg, uint64_t addr)
{
    test_add(code, PVM_OP_STORE_U64, (struct pvm_operands){.a = (uint8_t)reg, .x = addr});
}

/* A code preimage: no metadata, then a standard program with 4 writable pages. */
static void preimage_of(const struct test_code *code, struct pvm_bytes rw, struct pvm_buf *out)
{
    struct pvm_buf blob = {0};
    test_blob(code, &blob);
    struct pvm_standard parts = {
        .rw = rw, .heap_pages = 4, .stack = 4096, .code = pvm_buf_bytes(&blob)};
    pvm_buf_add_u8(out, 0);
    pvm_standard_encode(&parts, out);
    pvm_buf_deinit(&blob);
}

/* ---- a package with two items, the second of which is run ---- */

enum { OWN = 42, OTHER = 43 };

struct scene {
    struct jam_state state;
    struct jam_work_item items[2];
    struct jam_import imports[1];
    struct jam_extrinsic extrinsics[2];
    struct pvm_bytes import_data[1], extrinsic_data[2];
    struct jam_item_data data[2];
    struct jam_work_package package;
    struct jam_refine_in in;
    struct jam_params params;
    struct jam_invoke_options options;
    uint8_t segment[JAM_SEGMENT_SIZE];
};

static void scene_init(struct scene *scene, struct pvm_bytes preimage)
{
    static const struct jam_request since_5 = {.count = 1, .slots = {5}};
    struct jam_service *service;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_hash hash;
    memset(scene, 0, sizeof *scene);
    jam_state_init(&scene->state, NULL);
    ck_assert(jam_state_add(&scene->state, OWN, &service, &err) == PVM_OK);
    ck_assert(jam_preimage_set(service, preimage, &hash, &err) == PVM_OK);
    ck_assert(jam_request_set(service, &hash, (uint32_t)preimage.len, &since_5, &err) == PVM_OK);
    memset(scene->segment, 0x5e, sizeof scene->segment);
    scene->import_data[0] = pvm_bytes(scene->segment, JAM_SEGMENT_SIZE);
    scene->extrinsic_data[0] = pvm_bytes("first", 5);
    scene->extrinsic_data[1] = pvm_bytes("second!", 7);
    scene->data[0] =
        (struct jam_item_data){.extrinsics = scene->extrinsic_data, .extrinsic_count = 1};
    scene->data[1] = (struct jam_item_data){scene->import_data, 1, scene->extrinsic_data + 1, 1};
    scene->extrinsics[0].len = 5;
    scene->extrinsics[1].len = 7;
    scene->items[0] = (struct jam_work_item){.service = OTHER,
                                             .payload = pvm_bytes("zero", 4),
                                             .extrinsic = scene->extrinsics,
                                             .extrinsic_count = 1};
    scene->items[1] = (struct jam_work_item){.service = OWN,
                                             .code_hash = hash,
                                             .payload = pvm_bytes("payload", 7),
                                             .refine_gas_limit = GAS_LIMIT,
                                             .import_segments = scene->imports,
                                             .import_count = 1,
                                             .extrinsic = scene->extrinsics + 1,
                                             .extrinsic_count = 1};
    scene->package = (struct jam_work_package){.auth_code_host = OWN,
                                               .auth_code_hash = hash,
                                               .context = {.lookup_anchor_slot = 5},
                                               .authorization = pvm_bytes("token", 5),
                                               .authorizer_config = pvm_bytes("config", 6),
                                               .items = scene->items,
                                               .item_count = 2};
    scene->in = (struct jam_refine_in){.package = &scene->package,
                                       .item = 1,
                                       .core = 1,
                                       .trace = pvm_bytes("trace", 5),
                                       .data = scene->data,
                                       .state = &scene->state};
    jam_params_get(jam_profile_default, JAM_PARAMS_TINY, &scene->params);
    scene->options.params = &scene->params;
}

static struct jam_run *scene_new(struct scene *scene)
{
    struct jam_run *run;
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_refine_new(&scene->in, &scene->options, &run, &err) == PVM_OK, "%s", err.msg);
    return run;
}

static struct jam_run *scene_run(struct scene *scene)
{
    struct jam_run *run = scene_new(scene);
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_run_go(run, &err) == PVM_OK, "%s", err.msg);
    return run;
}

/* ---- what a guest sees through fetch ---- */

enum { NO_VALUE = -1 };

struct sight {
    uint64_t kind, a, b;
    int len; /* in Refine; NO_VALUE: NONE */
    const char *octets;
    bool also_authorizer; /* Is-Authorized sees the same, else NONE */
};

static const char zeros[32];

static const struct sight sights[] = {
    {0, 0, 0, 134, "\x0a", true},
    {1, 0, 0, 32, zeros, false},
    {2, 0, 0, 5, "trace", false},
    {3, 0, 0, 5, "first", false},
    {3, 1, 0, 7, "second!", false},
    {3, 1, 1, NO_VALUE, NULL, false},
    {3, 2, 0, NO_VALUE, NULL, false},
    {3, UINT64_C(1) << 32, 0, NO_VALUE, NULL, false},
    {4, 0, 0, 7, "second!", false},
    {4, 1, 0, NO_VALUE, NULL, false},
    {4, UINT64_MAX, 0, NO_VALUE, NULL, false},
    {5, 1, 0, 4104, "^^^^", false},
    {5, 0, 0, NO_VALUE, NULL, false},
    {5, 1, UINT64_C(1) << 32, NO_VALUE, NULL, false},
    {6, 0, 0, 4104, "^^^^", false},
    {6, 1, 0, NO_VALUE, NULL, false},
    {8, 0, 0, 6, "config", true},
    {9, 0, 0, 5, "token", true},
    {10, 0, 0, 133, zeros, true},
    {11, 0, 0, 125, "\x02\x2b", true},
    {12, 1, 0, 62, "\x2a", true},
    {12, 2, 0, NO_VALUE, NULL, true},
    {13, 0, 0, 4, "zero", true},
    {13, 1, 0, 7, "payload", true},
    {13, 2, 0, NO_VALUE, NULL, true},
    {13, UINT64_C(1) << 32, 0, NO_VALUE, NULL, true},
    {14, 0, 0, NO_VALUE, NULL, true},
    {15, 0, 0, NO_VALUE, NULL, true},
    {16, 0, 0, NO_VALUE, NULL, true},
};

static void check_sight(const struct jam_result *result, const struct sight *sight, bool seen)
{
    ck_assert_int_eq(result->outcome, JAM_ENDED_HALT);
    ck_assert_uint_eq(result->output.len, 32);
    uint64_t r7 = pvm_load_le(result->output.ptr, 8);
    if (!seen || sight->len == NO_VALUE) {
        ck_assert_uint_eq(r7, JAM_NONE);
        return;
    }
    size_t len = strlen(sight->octets);
    ck_assert_uint_eq(r7, (uint64_t)sight->len);
    ck_assert_mem_eq(result->output.ptr + 8, sight->octets, len);
}

START_TEST(test_sights)
{
    const struct sight *sight = &sights[_i];
    struct test_code code = {.len = 0};
    struct pvm_buf preimage = {0};
    struct scene scene;
    test_add_call(&code, 1, (const uint64_t[6]){HEAP + 8, 0, 24, sight->kind, sight->a, sight->b});
    add_store(&code, 7, HEAP);
    add_end(&code, HEAP, 32);
    preimage_of(&code, pvm_bytes_none(), &preimage);
    scene_init(&scene, pvm_buf_bytes(&preimage));
    struct jam_run *run = scene_run(&scene);
    check_sight(jam_run_result(run), sight, true);
    jam_run_free(run);

    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_is_authorized_new(&scene.package, 1, &scene.state, &scene.options, &run, &err) ==
              PVM_OK);
    ck_assert(jam_run_go(run, &err) == PVM_OK);
    check_sight(jam_run_result(run), sight, sight->also_authorizer);
    ck_assert_uint_eq(jam_run_result(run)->gas_limit, 50000000);
    jam_run_free(run);
    jam_state_deinit(&scene.state);
    pvm_buf_deinit(&preimage);
}
END_TEST

/* Kind 7 and the arguments, octet for octet. */
START_TEST(test_arguments)
{
    struct test_code code = {.len = 0};
    struct pvm_buf preimage = {0};
    struct pvm_buf want = {0};
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    /* halts with the arguments it was given */
    test_add(&code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
    preimage_of(&code, pvm_bytes_none(), &preimage);
    scene_init(&scene, pvm_buf_bytes(&preimage));
    struct jam_run *run = scene_run(&scene);
    jam_encode_package(jam_profile_default, &scene.package, &want);
    struct jam_hash hash = jam_hash(pvm_buf_bytes(&want));
    want.len = 0;
    pvm_buf_add(&want, "\x01\x01\x2a\x07payload", 11);
    pvm_buf_add(&want, hash.octets, 32);
    ck_assert(pvm_bytes_equal(jam_run_result(run)->output, pvm_buf_bytes(&want)));
    ck_assert(pvm_bytes_equal(jam_run_args(run), pvm_buf_bytes(&want)));
    ck_assert_uint_eq(jam_run_result(run)->gas_used, 1);
    jam_run_free(run);

    scene.options.has_args = true;
    scene.options.args = pvm_bytes("raw", 3);
    run = scene_run(&scene);
    ck_assert(pvm_bytes_equal(jam_run_result(run)->output, pvm_bytes("raw", 3)));
    jam_run_free(run);
    scene.options.has_args = false;

    ck_assert(jam_is_authorized_new(&scene.package, 0x102, &scene.state, &scene.options, &run,
                                    &err) == PVM_OK);
    ck_assert(jam_run_go(run, &err) == PVM_OK);
    ck_assert(pvm_bytes_equal(jam_run_result(run)->output, pvm_bytes("\x02\x01", 2)));
    jam_run_free(run);
    jam_state_deinit(&scene.state);
    pvm_buf_deinit(&preimage);
    pvm_buf_deinit(&want);
}
END_TEST

/* ---- how runs end ---- */

START_TEST(test_ends)
{
    static const struct {
        uint64_t addr, len; /* of the output */
        uint64_t gas;
        enum jam_outcome outcome;
        uint64_t used;
        uint64_t output;
        bool unreadable;
    } rows[] = {
        {HEAP, 10, 100, JAM_ENDED_HALT, 3, 10, false},
        {HEAP, 0x4000, 100, JAM_ENDED_HALT, 3, 0x4000, false},
        {HEAP, 0x4001, 100, JAM_ENDED_HALT, 3, 0, true},
        {UINT64_MAX, 0, 100, JAM_ENDED_HALT, 3, 0, false},
        {0, 1, 100, JAM_ENDED_HALT, 3, 0, true},
        {(UINT64_C(1) << 32) + HEAP, 1, 100, JAM_ENDED_HALT, 3, 0, true},
        {HEAP, UINT64_MAX, 100, JAM_ENDED_HALT, 3, 0, true},
        {ARGS, 1, 100, JAM_ENDED_HALT, 3, 1, false},
        {HEAP, 10, 3, JAM_ENDED_HALT, 3, 10, false},
        {HEAP, 10, 2, JAM_ENDED_OOG, 2, 0, false},
        {HEAP, 10, 0, JAM_ENDED_OOG, 0, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_code code = {.len = 0};
        struct pvm_buf preimage = {0};
        struct scene scene;
        add_end(&code, rows[i].addr, rows[i].len);
        preimage_of(&code, pvm_bytes_none(), &preimage);
        scene_init(&scene, pvm_buf_bytes(&preimage));
        scene.options.has_gas = true;
        scene.options.gas = rows[i].gas;
        struct jam_run *run = scene_run(&scene);
        const struct jam_result *result = jam_run_result(run);
        ck_assert_int_eq(result->outcome, rows[i].outcome);
        ck_assert_uint_eq(result->gas_used, rows[i].used);
        ck_assert_uint_eq(result->output.len, rows[i].output);
        ck_assert(result->output_unreadable == rows[i].unreadable);
        jam_run_free(run);
        jam_state_deinit(&scene.state);
        pvm_buf_deinit(&preimage);
    }
}
END_TEST

/* A panic, a page fault and a host call that panics: no output, and exports are void. */
START_TEST(test_panics)
{
    for (int kind = 0; kind < 3; kind++) {
        struct test_code code = {.len = 0};
        struct pvm_buf preimage = {0};
        struct scene scene;
        static const struct jam_hash zero;
        test_add_call(&code, 7, (const uint64_t[6]){HEAP, 4});
        uint32_t at = code.len;
        if (kind == 0) {
            test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
        } else if (kind == 1) {
            test_add(&code, PVM_OP_LOAD_U8, (struct pvm_operands){.a = 2, .x = 0x60010});
        } else {
            test_add_call(&code, 7, (const uint64_t[6]){0x60000, 4});
            at = code.len - 2;
        }
        test_add(&code, PVM_OP_TRAP, (struct pvm_operands){.a = 0});
        preimage_of(&code, pvm_bytes_none(), &preimage);
        scene_init(&scene, pvm_buf_bytes(&preimage));
        struct jam_run *run = scene_run(&scene);
        const struct jam_result *result = jam_run_result(run);
        ck_assert_int_eq(result->outcome, JAM_ENDED_PANIC);
        ck_assert_int_eq(result->exit, kind == 1 ? PVM_EXIT_FAULT : PVM_EXIT_PANIC);
        ck_assert_uint_eq(result->output.len, 0);
        ck_assert_uint_eq(result->export_count, 0);
        ck_assert_uint_eq(result->exports_lost, 1);
        ck_assert(jam_hash_equal(&result->export_root, &zero));
        ck_assert_uint_eq(jam_run_vm(run)->exit_pc, at);
        ck_assert_uint_eq(result->gas_used, kind == 2 ? 7 + 10 + 7 + 10 : 7 + 10 + 1);
        if (kind == 1)
            ck_assert_uint_eq(jam_run_vm(run)->arg, 0x60000);
        jam_run_free(run);
        jam_state_deinit(&scene.state);
        pvm_buf_deinit(&preimage);
    }
}
END_TEST

/* ---- nothing to run ---- */

enum flaw { NO_SERVICE, NO_PREIMAGE, TOO_EARLY, NO_METADATA, TOO_BIG, NOT_STANDARD, NO_PROGRAM };

static const struct {
    enum flaw flaw;
    enum jam_outcome refine, authorize;
} flaws[] = {
    {NO_SERVICE, JAM_ENDED_BAD, JAM_ENDED_BAD},
    {NO_PREIMAGE, JAM_ENDED_BAD, JAM_ENDED_BAD},
    {TOO_EARLY, JAM_ENDED_BAD, JAM_ENDED_BAD},
    {NO_METADATA, JAM_ENDED_BAD, JAM_ENDED_BAD},
    {TOO_BIG, JAM_ENDED_BIG, JAM_ENDED_BIG},
    {NOT_STANDARD, JAM_ENDED_PANIC, JAM_ENDED_PANIC},
    {NO_PROGRAM, JAM_ENDED_PANIC, JAM_ENDED_PANIC},
};

static void make_flawed(enum flaw flaw, const struct test_code *code, struct pvm_buf *preimage)
{
    struct pvm_standard parts = {.code = pvm_bytes("\xff", 1)};
    switch (flaw) {
    case NO_METADATA:
        pvm_buf_add(preimage,
                    "\x05"
                    "abc",
                    4);
        break;
    case NOT_STANDARD:
        pvm_buf_add(preimage,
                    "\0"
                    "abc",
                    4);
        break;
    case NO_PROGRAM:
        pvm_buf_add_u8(preimage, 0);
        pvm_standard_encode(&parts, preimage);
        break;
    case NO_SERVICE:
    case NO_PREIMAGE:
    case TOO_EARLY:
    case TOO_BIG:
        preimage_of(code, pvm_bytes_none(), preimage);
        break;
    }
}

static void check_flawed(struct jam_run *run, enum jam_outcome outcome)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_run_go(run, &err) == PVM_OK);
    const struct jam_result *result = jam_run_result(run);
    ck_assert_int_eq(result->outcome, outcome);
    ck_assert_uint_eq(result->gas_used, 0);
    ck_assert_uint_eq(result->output.len, 0);
    ck_assert_ptr_nonnull(result->why);
    ck_assert_ptr_null(jam_run_vm(run));
    ck_assert(jam_run_go(run, &err) == PVM_E_USAGE);
    jam_run_free(run);
}

START_TEST(test_flaws)
{
    struct test_code code = {.len = 0};
    struct pvm_buf preimage = {0};
    struct scene scene;
    struct jam_run *run;
    struct pvm_err err = {.status = PVM_OK};
    test_add(&code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
    make_flawed(flaws[_i].flaw, &code, &preimage);
    scene_init(&scene, pvm_buf_bytes(&preimage));
    if (flaws[_i].flaw == NO_SERVICE) {
        scene.items[1].service = OTHER;
        scene.package.auth_code_host = OTHER;
    } else if (flaws[_i].flaw == NO_PREIMAGE) {
        scene.items[1].code_hash.octets[0] ^= 1;
        scene.package.auth_code_hash.octets[0] ^= 1;
    } else if (flaws[_i].flaw == TOO_EARLY) {
        scene.package.context.lookup_anchor_slot = 4;
    } else if (flaws[_i].flaw == TOO_BIG) {
        scene.params.max_service_code = preimage.len - 1;
        scene.params.max_authorizer_code = preimage.len - 2;
    }
    ck_assert(jam_refine_new(&scene.in, &scene.options, &run, &err) == PVM_OK);
    check_flawed(run, flaws[_i].refine);
    ck_assert(jam_is_authorized_new(&scene.package, 0, &scene.state, &scene.options, &run, &err) ==
              PVM_OK);
    check_flawed(run, flaws[_i].authorize);
    jam_state_deinit(&scene.state);
    pvm_buf_deinit(&preimage);
}
END_TEST

/* At exactly the limits code still runs: W_C counts the metadata, W_A does not. */
START_TEST(test_largest)
{
    struct test_code code = {.len = 0};
    struct pvm_buf preimage = {0};
    struct scene scene;
    struct jam_run *run;
    struct pvm_err err = {.status = PVM_OK};
    test_add(&code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
    preimage_of(&code, pvm_bytes_none(), &preimage);
    scene_init(&scene, pvm_buf_bytes(&preimage));
    scene.params.max_service_code = preimage.len;
    scene.params.max_authorizer_code = preimage.len - 1;
    run = scene_run(&scene);
    ck_assert_int_eq(jam_run_result(run)->outcome, JAM_ENDED_HALT);
    jam_run_free(run);
    ck_assert(jam_is_authorized_new(&scene.package, 0, &scene.state, &scene.options, &run, &err) ==
              PVM_OK);
    ck_assert(jam_run_go(run, &err) == PVM_OK);
    ck_assert_int_eq(jam_run_result(run)->outcome, JAM_ENDED_HALT);
    jam_run_free(run);
    scene.in.item = 2;
    ck_assert(jam_refine_new(&scene.in, &scene.options, &run, &err) == PVM_E_USAGE);
    jam_state_deinit(&scene.state);
    pvm_buf_deinit(&preimage);
}
END_TEST

/* ---- what the report says, GP 0.7.2 14.4 ---- */

START_TEST(test_report)
{
    static const struct {
        enum jam_outcome outcome;
        size_t output, exports;
        uint64_t promised, before;
        enum jam_outcome report;
    } rows[] = {
        {JAM_ENDED_HALT, 10, 2, 2, 0, JAM_ENDED_HALT},
        {JAM_ENDED_HALT, 10, 2, 1, 0, JAM_ENDED_BAD_EXPORTS},
        {JAM_ENDED_HALT, 10, 2, 3, 0, JAM_ENDED_BAD_EXPORTS},
        {JAM_ENDED_HALT, 49152, 2, 2, 0, JAM_ENDED_HALT},
        {JAM_ENDED_HALT, 49153, 2, 2, 0, JAM_ENDED_OVERSIZE},
        {JAM_ENDED_HALT, 49153, 2, 1, 0, JAM_ENDED_OVERSIZE},
        {JAM_ENDED_HALT, 10, 2, 2, 49142, JAM_ENDED_HALT},
        {JAM_ENDED_HALT, 10, 2, 2, 49143, JAM_ENDED_OVERSIZE},
        {JAM_ENDED_HALT, 10, 2, 2, UINT64_MAX, JAM_ENDED_OVERSIZE},
        {JAM_ENDED_PANIC, 0, 0, 0, 0, JAM_ENDED_PANIC},
        {JAM_ENDED_PANIC, 0, 0, 1, 0, JAM_ENDED_BAD_EXPORTS},
        {JAM_ENDED_OOG, 0, 0, 0, 49152, JAM_ENDED_OOG},
        {JAM_ENDED_BIG, 0, 0, 0, 0, JAM_ENDED_BIG},
    };
    struct jam_params params;
    jam_params_get(jam_profile_default, JAM_PARAMS_FULL, &params);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jam_result result = {.outcome = rows[i].outcome,
                                    .output = {NULL, rows[i].output},
                                    .export_count = rows[i].exports};
        ck_assert_int_eq(jam_refine_outcome(jam_profile_default, &result, rows[i].promised,
                                            rows[i].before, &params),
                         rows[i].report);
        /* Up to 0.6.5 nothing is oversize. */
        enum jam_outcome old = jam_refine_outcome(jam_profile_find("0.6.5"), &result,
                                                  rows[i].promised, rows[i].before, &params);
        if (rows[i].report != JAM_ENDED_OVERSIZE)
            ck_assert_int_eq(old, rows[i].report);
        else
            ck_assert_int_eq(old, rows[i].exports == rows[i].promised ? JAM_ENDED_HALT
                                                                      : JAM_ENDED_BAD_EXPORTS);
    }
}
END_TEST

/* ---- a guest that uses all of Refine ---- */

enum { BLOCK = HEAP + 0x1000, RESULTS = HEAP + 0x2000, INNER_PAGE = 0x30 };

struct step {
    uint64_t call, args[6], r7;
};

/* Makes a machine of the blob at HEAP, gives it a page, runs it, reads its answer and exports it.
 */
static size_t steps(struct step out[16], uint64_t blob_len)
{
    const uint64_t page = (uint64_t)INNER_PAGE * 4096;
    const struct step all[] = {
        {8, {HEAP, blob_len, 0}, 0},
        {11, {0, INNER_PAGE, 1, 2}, JAM_OK},
        {10, {0, ARGS, page, 2}, JAM_OK},
        {1, {HEAP + 0x800, 0, 7, 13, 1}, 7},
        {12, {0, BLOCK}, JAM_INNER_HOST},
        {12, {0, BLOCK}, JAM_INNER_HALT},
        {9, {0, HEAP + 0x900, page, 8}, JAM_OK},
        {7, {HEAP + 0x900, 8}, 3},
        {7, {HEAP + 0x900, 3}, 4},
        {100, {2, 0, 0, HEAP + 0x800, 7}, JAM_WHAT},
        {6, {UINT64_MAX, HEAP, HEAP, 0, 0}, JAM_NONE},
        {13, {0}, 0},
        {13, {0}, JAM_WHO},
        {55, {0}, JAM_WHAT},
    };
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}

/* The inner program: makes call 9, then stores 0x0102 at its page and halts. */
static void inner_blob(struct pvm_buf *out)
{
    struct test_code code = {.len = 0};
    test_add(&code, PVM_OP_ECALLI, (struct pvm_operands){.x = 9});
    test_add(&code, PVM_OP_STORE_IMM_U16,
             (struct pvm_operands){.x = (uint64_t)INNER_PAGE * 4096 + 4, .y = 0x0102});
    test_add(&code, PVM_OP_LOAD_IMM_64, (struct pvm_operands){.a = 0, .x = 0xffff0000});
    test_add(&code, PVM_OP_JUMP_IND, (struct pvm_operands){.a = 0});
    test_blob(&code, out);
}

static void whole_guest(struct pvm_buf *preimage)
{
    struct test_code code = {.len = 0};
    struct pvm_buf data = {0};
    struct step list[16];
    inner_blob(&data);
    size_t count = steps(list, data.len);
    test_add(&code, PVM_OP_LOAD_IMM, (struct pvm_operands){.a = 2, .x = 100});
    add_store(&code, 2, BLOCK);
    for (size_t i = 0; i < count; i++) {
        test_add_call(&code, list[i].call, list[i].args);
        add_store(&code, 7, RESULTS + 8 * i);
    }
    add_end(&code, RESULTS, 8 * count);
    preimage_of(&code, pvm_buf_bytes(&data), preimage);
    pvm_buf_deinit(&data);
}

enum { WHOLE_CALLS = 14 };

/* Stops before host call number `calls` (0: at none), then runs on to the end. */
static void go_cut(struct jam_run *run, int calls)
{
    struct pvm_err err = {.status = PVM_OK};
    struct step list[16];
    bool ended = false;
    ck_assert_uint_eq(steps(list, 0), WHOLE_CALLS);
    for (int i = 0; i < calls; i++) {
        ck_assert_msg(jam_run_some(run, UINT64_MAX, &ended, &err) == PVM_OK, "%s", err.msg);
        ck_assert(!ended && jam_run_at_call(run));
        ck_assert_uint_eq(jam_run_vm(run)->arg, list[i].call);
        /* 2 instructions to begin with, 7 to the call, 1 behind it */
        ck_assert_uint_eq(jam_run_vm(run)->gas, GAS_LIMIT - 9 - 18 * (uint64_t)i);
    }
    ck_assert_msg(jam_run_go(run, &err) == PVM_OK, "%s", err.msg);
    ck_assert(!jam_run_at_call(run));
    ck_assert(jam_run_go(run, &err) == PVM_E_USAGE);
    ck_assert(jam_run_some(run, 1, &ended, &err) == PVM_E_USAGE);
}

/* All the same whether or not it was stopped at a host call on the way. */
START_TEST(test_whole)
{
    struct pvm_buf preimage = {0};
    struct step list[16];
    struct scene scene;
    whole_guest(&preimage);
    scene_init(&scene, pvm_buf_bytes(&preimage));
    scene.in.export_offset = 3;
    struct jam_run *run = scene_new(&scene);
    go_cut(run, _i);
    const struct jam_result *result = jam_run_result(run);
    size_t count = steps(list, 0);
    ck_assert_int_eq(result->outcome, JAM_ENDED_HALT);
    ck_assert_uint_eq(result->output.len, 8 * count);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(pvm_load_le(result->output.ptr + 8 * i, 8) == list[i].r7, "call %zu: %llx", i,
                      (unsigned long long)pvm_load_le(result->output.ptr + 8 * i, 8));
    /* 2 + 14 * 8 + 3 instructions, 14 calls */
    ck_assert_uint_eq(result->gas_used, 2 + count * 8 + 3 + 10 * count);
    ck_assert_uint_eq(result->inner_gas, 4);
    ck_assert_uint_eq(result->export_count, 2);
    /* arguments start with core 1, item 1 */
    static const uint8_t exported[] = {1, 1, 0, 0, 2, 1, 0, 0};
    uint8_t want[2 * JAM_SEGMENT_SIZE] = {0};
    memcpy(want, exported, 8);
    memcpy(want + JAM_SEGMENT_SIZE, exported, 3);
    ck_assert_mem_eq(result->exports, want, sizeof want);
    struct jam_hash root = jam_segment_root(want, 2);
    ck_assert(jam_hash_equal(&result->export_root, &root));
    size_t pos = 0;
    struct jam_log_line line;
    ck_assert(jam_run_log_next(run, &pos, &line));
    ck_assert(pvm_bytes_equal(line.message, pvm_bytes("payload", 7)));
    ck_assert_uint_eq(result->calls[JAM_CALL_INVOKE].count, 2);
    ck_assert_uint_eq(result->calls[JAM_CALL_COUNT].count, 1);
    ck_assert_ptr_null(jam_run_bad_machine(run));
    jam_run_free(run);
    jam_state_deinit(&scene.state);
    pvm_buf_deinit(&preimage);
}
END_TEST

/* The n-th allocation fails, for every n: an error of ours, nothing leaks, nothing crashes. */
START_TEST(test_no_memory)
{
    struct pvm_buf preimage = {0};
    struct scene scene;
    whole_guest(&preimage);
    scene_init(&scene, pvm_buf_bytes(&preimage));
    size_t after = 0;
    for (;; after++) {
        struct test_failing failing = {.after = after};
        struct pvm_alloc alloc = {test_failing_resize, &failing};
        struct jam_run *run = NULL;
        struct pvm_err err = {.status = PVM_OK};
        scene.options.alloc = &alloc;
        enum pvm_status status = jam_refine_new(&scene.in, &scene.options, &run, &err);
        if (status == PVM_OK)
            status = jam_run_go(run, &err);
        jam_run_free(run);
        if (status == PVM_OK)
            break;
        ck_assert_msg(status == PVM_E_MEMORY, "allocation %zu: %d %s", after, (int)status, err.msg);
        ck_assert_uint_gt(strlen(err.msg), 0);
    }
    ck_assert_uint_gt(after, 20);
    jam_state_deinit(&scene.state);
    pvm_buf_deinit(&preimage);
}
END_TEST

/* ---- observers ---- */

struct seen {
    size_t outer, inner, calls, lines;
};

static void see_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    struct seen *seen = user;
    (void)vm;
    if (machine < 0)
        seen->outer++;
    else
        seen->inner++;
}

static void see_call(void *user, const struct jam_call_event *event)
{
    (void)event;
    ((struct seen *)user)->calls++;
}

static void see_line(void *user, const struct jam_log_line *line)
{
    (void)line;
    ((struct seen *)user)->lines++;
}

START_TEST(test_observers)
{
    struct pvm_buf preimage = {0};
    struct scene scene;
    struct seen seen = {.outer = 0};
    struct step list[16];
    size_t count = steps(list, 0);
    whole_guest(&preimage);
    scene_init(&scene, pvm_buf_bytes(&preimage));
    scene.options.hooks =
        (struct jam_hooks){.step = see_step, .log = see_line, .call = see_call, .user = &seen};
    struct jam_run *run = scene_run(&scene);
    ck_assert_uint_eq(jam_run_result(run)->gas_used, 2 + count * 8 + 3 + 10 * count);
    ck_assert_uint_eq(seen.outer, 2 + count * 8 + 3);
    ck_assert_uint_eq(seen.inner, 4);
    ck_assert_uint_eq(seen.calls, count);
    ck_assert_uint_eq(seen.lines, 1);
    jam_run_free(run);
    jam_state_deinit(&scene.state);
    pvm_buf_deinit(&preimage);
}
END_TEST

START_TEST(test_texts)
{
    static const struct {
        enum pvm_exit exit;
        uint64_t arg;
        const char *text;
    } rows[] = {
        {PVM_EXIT_HALT, 0, "halt"},
        {PVM_EXIT_FAULT, 0x12000, "page-fault at 0x12000"},
        {PVM_EXIT_HOST, 3, "host-call 3"},
        {PVM_EXIT_HOST, UINT64_MAX, "host-call -1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pvm_buf buf = {0};
        jam_exit_text(rows[i].exit, rows[i].arg, &buf);
        ck_assert_str_eq(pvm_buf_str(&buf), rows[i].text);
        pvm_buf_deinit(&buf);
    }
    ck_assert_str_eq(jam_outcome_name(JAM_ENDED_BAD_EXPORTS), "bad-exports");
    ck_assert_str_eq(jam_invocation_name(JAM_REFINE), "refine");
    ck_assert_uint_eq(jam_invocation_entry(JAM_ACCUMULATE), 5);
}
END_TEST

Suite *invoke_refine_suite(void);

Suite *invoke_refine_suite(void)
{
    Suite *suite = suite_create("host/invoke_refine");
    TCase *tests = tcase_create("runs");
    tcase_add_loop_test(tests, test_sights, 0, sizeof sights / sizeof *sights);
    tcase_add_test(tests, test_arguments);
    tcase_add_test(tests, test_ends);
    tcase_add_test(tests, test_panics);
    tcase_add_loop_test(tests, test_flaws, 0, sizeof flaws / sizeof *flaws);
    tcase_add_test(tests, test_largest);
    tcase_add_test(tests, test_report);
    tcase_add_loop_test(tests, test_whole, 0, WHOLE_CALLS + 1);
    tcase_add_test(tests, test_no_memory);
    tcase_add_test(tests, test_observers);
    tcase_add_test(tests, test_texts);
    suite_add_tcase(suite, tests);
    return suite;
}
