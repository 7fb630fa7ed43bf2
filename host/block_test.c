/* SPDX-License-Identifier: Apache-2.0 */
/* Accumulation of blocks as a whole, with services written for it: rounds, budgets, transfers by
 * version, new services, provided and extrinsic preimages, statistics. */
#include "host/accumulate_rules.h"
#include "host/block_rules.h"

#include "core/asm.h"
#include "host/hash.h"
#include "host/testing.h"

enum { SLOT = 50, GAS = 100000, REPORTS = 4, DIGESTS = 4 };

struct scene {
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_state state;
    struct jam_work_digest digests[REPORTS][DIGESTS];
    struct jam_report reports[REPORTS];
    struct jam_block_in in;
    struct jam_block_options options;
    struct jam_block_out out;
    struct pvm_buf ran; /* who ran, "10 20 | 20" */
    size_t round;
};

static void note_run(void *user, const struct jam_block_run *run)
{
    struct scene *scene = user;
    if (run->on_transfer)
        pvm_buf_text(&scene->ran, " t");
    else if (scene->ran.len > 0)
        pvm_buf_text(&scene->ran, run->round == scene->round ? " " : " | ");
    scene->round = run->round;
    pvm_buf_printf(&scene->ran, "%u", (unsigned)run->service);
    if (run->input_count > 0)
        pvm_buf_printf(&scene->ran, "(%zu)", run->input_count);
}

static void scene_init(struct scene *scene, const char *version)
{
    *scene = (struct scene){.profile = jam_profile_find(version)};
    ck_assert_ptr_nonnull(scene->profile);
    jam_params_get(scene->profile, JAM_PARAMS_TINY, &scene->params);
    jam_state_init(&scene->state, NULL);
    scene->state.rules = jam_accumulate_rules_of(scene->profile)->accounts;
    scene->state.slot = SLOT - 1;
    scene->in = (struct jam_block_in){.slot = SLOT, .reports = scene->reports};
    scene->options = (struct jam_block_options){
        .profile = scene->profile, .params = &scene->params, .ran = note_run, .user = scene};
}

static void scene_deinit(struct scene *scene)
{
    jam_state_deinit(&scene->state);
    pvm_buf_deinit(&scene->ran);
}

/* A service of 10^9 balance whose code does `body` in Accumulate and `transfer` in On-Transfer. */
static void add_service(struct scene *scene, uint32_t id, const char *body, const char *transfer)
{
    struct pvm_buf source = {0};
    struct pvm_buf blob = {0};
    struct pvm_buf diagnostics = {0};
    struct pvm_symbols symbols = {0};
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *service;
    pvm_buf_printf(&source,
                   ".metadata \"t\"\n.stack 4096\n.entry accumulate go\n.entry on_transfer sent\n"
                   ".text\ngo:\n%s\n    li a1, 0\n    ret\nsent:\n%s\n    li a1, 0\n    ret\n"
                   ".rodata\nzeros: .zero 4096\n",
                   body, transfer);
    const struct pvm_asm_options options = {
        .rules = scene->profile->rules,
        .format = PVM_BLOB_JAM,
        .file = "guest",
        .calls = jam_call_names(scene->profile),
    };
    ck_assert_msg(pvm_assemble(&options, pvm_buf_bytes(&source), &blob, &symbols, &diagnostics,
                               &err) == PVM_OK,
                  "%s", pvm_buf_str(&diagnostics));
    ck_assert(jam_state_add(&scene->state, id, &service, &err) == PVM_OK);
    service->balance = 1000000000;
    ck_assert(jam_preimage_set(service, pvm_buf_bytes(&blob), &service->code_hash, &err) == PVM_OK);
    const struct jam_request since = {.count = 1, .slots = {1}};
    ck_assert(jam_request_set(service, &service->code_hash, (uint32_t)blob.len, &since, &err) ==
              PVM_OK);
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&diagnostics);
    pvm_buf_deinit(&blob);
    pvm_buf_deinit(&source);
}

/* A report of package `name` with a digest for each service, gas each. */
static void add_report(struct scene *scene, char name, uint64_t gas, const uint32_t *services,
                       size_t count)
{
    size_t at = scene->in.report_count++;
    struct jam_report *report = &scene->reports[at];
    memset(report->package_spec.hash.octets, name, JAM_HASH_SIZE);
    for (size_t i = 0; i < count; i++)
        scene->digests[at][i] =
            (struct jam_work_digest){.service_id = services[i], .accumulate_gas = gas};
    report->results = scene->digests[at];
    report->result_count = count;
}

static void one_report(struct scene *scene, char name, uint64_t gas, uint32_t service)
{
    add_report(scene, name, gas, &service, 1);
}

static void go(struct scene *scene, const char *expected)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_block_accumulate(&scene->state, &scene->in, &scene->options, &scene->out,
                                       &err) == PVM_OK,
                  "%s", err.msg);
    ck_assert_str_eq(pvm_buf_str(&scene->ran), expected);
    ck_assert_uint_eq(scene->state.slot, SLOT);
}

static const struct jam_service_stat *stat_of(const struct scene *scene, uint32_t id)
{
    for (size_t i = 0; i < scene->state.stat_count; i++)
        if (scene->state.stats[i].service == id)
            return &scene->state.stats[i];
    return NULL;
}

#define TRANSFER(to, amount, gas)                                                                  \
    "    li a0, " #to "\n    li a1, " #amount "\n    li a2, " #gas                                 \
    "\n    la a3, zeros\n    ecalli transfer\n"

/* ---- who runs ---- */

static const struct {
    const char *version;
    bool report;
    const char *ran;
    bool counted; /* is in the statistics of a block without reports */
} always[] = {
    {"0.6.3", false, "", false},        {"0.6.6", false, "", false},
    {"0.6.7", false, "", false},        {"0.7.0", false, "", false},
    {"0.7.1", false, "10", true},       {"0.7.2", false, "10", true},
    {"0.8.0", false, "10", true},       {"0.6.7", true, "10 20(1)", false},
    {"0.7.0", true, "10 20(1)", false}, {"0.7.2", true, "10 20(1)", true},
};

/* Who always accumulates does so with every block from 0.7.1 on; before, only along with reports.
 * Who only used gas is in the statistics from 0.7.1 on. */
START_TEST(always_accumulates)
{
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene, always[_i].version);
    add_service(&scene, 10, "", "");
    add_service(&scene, 20, "", "");
    ck_assert(jam_always_set(&scene.state.privileges, 10, 5000, &err) == PVM_OK);
    if (always[_i].report)
        one_report(&scene, 'a', GAS, 20);
    go(&scene, always[_i].ran);
    const struct jam_service_stat *stat = stat_of(&scene, 10);
    ck_assert(always[_i].counted == (stat != NULL));
    uint32_t date = always[_i].counted ? SLOT : 0;
    ck_assert_uint_eq(jam_state_find(&scene.state, 10)->last_accumulation_slot, date);
    if (stat != NULL) {
        ck_assert_uint_eq(stat->accumulate_count, 0);
        ck_assert_uint_gt(stat->accumulate_gas_used, 0);
    }
    scene_deinit(&scene);
}
END_TEST

/* One run a service, with all its digests. */
START_TEST(gathers_digests)
{
    static const uint32_t first[] = {20, 10, 20};
    static const uint32_t second[] = {30, 20};
    struct scene scene;
    scene_init(&scene, "0.7.2");
    add_service(&scene, 10, "", "");
    add_service(&scene, 20, "", "");
    add_report(&scene, 'a', 1000, first, 3);
    add_report(&scene, 'b', 1000, second, 2);
    go(&scene, "10(1) 20(3) 30(1)");
    ck_assert_uint_eq(scene.out.accumulated_count, 2);
    ck_assert_uint_eq(scene.out.round_count, 1);
    ck_assert_uint_eq(stat_of(&scene, 20)->accumulate_count, 3);
    /* 30 does not exist: it used nothing, but its item counts. */
    ck_assert_uint_eq(stat_of(&scene, 30)->accumulate_count, 1);
    ck_assert_uint_eq(stat_of(&scene, 30)->accumulate_gas_used, 0);
    ck_assert_ptr_null(jam_state_find(&scene.state, 30));
    ck_assert_uint_eq(scene.state.accumulated[11].count, 2);
    scene_deinit(&scene);
}
END_TEST

/* ---- the budget ---- */

/* The tiny chain's budget is 2 * 10^7 and what always-accumulators get. Each report asks for 1.2 *
 * 10^7; what a round leaves unused pays for the next. */
START_TEST(budgets_rounds)
{
    struct scene scene;
    scene_init(&scene, "0.7.2");
    add_service(&scene, 10, "", "");
    one_report(&scene, 'a', 12000000, 10);
    one_report(&scene, 'b', 12000000, 10);
    one_report(&scene, 'c', 12000000, 10);
    go(&scene, "10(1) | 10(1) | 10(1)");
    ck_assert_uint_eq(scene.out.accumulated_count, 3);
    scene_deinit(&scene);
}
END_TEST

/* A report that asks for more than there is stops the block; those behind it wait, or are lost when
 * they were immediate. */
START_TEST(stops_at_the_budget)
{
    struct scene scene;
    scene_init(&scene, "0.7.2");
    add_service(&scene, 10, "spin: jump spin", "");
    one_report(&scene, 'a', 15000000, 10);
    one_report(&scene, 'b', 15000000, 10);
    go(&scene, "10(1)");
    ck_assert_uint_eq(scene.out.ready_count, 2);
    ck_assert_uint_eq(scene.out.accumulated_count, 1);
    ck_assert_uint_eq(scene.out.gas_used, 15000000);
    ck_assert_uint_eq(scene.state.accumulated[11].count, 1);
    scene_deinit(&scene);
}
END_TEST

/* In 0.8.0 the budget also has to cover who always accumulates. */
static const struct {
    const char *version, *ran;
} covers[] = {{"0.7.2", "10(1) 20"}, {"0.8.0", "20 | 10(1)"}};

START_TEST(budget_covers)
{
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene, covers[_i].version);
    add_service(&scene, 10, "", "");
    add_service(&scene, 20, "", "");
    ck_assert(jam_always_set(&scene.state.privileges, 20, 5000000, &err) == PVM_OK);
    one_report(&scene, 'a', 22000000, 10); /* of 2 * 10^7 + 5 * 10^6 */
    go(&scene, covers[_i].ran);
    scene_deinit(&scene);
}
END_TEST

/* ---- transfers ---- */

static const struct {
    const char *version, *ran;
    uint64_t items, transfers; /* of service 20 */
    uint32_t date;
} transfers[] = {
    {"0.6.3", "10(1) t20(2) t30(1)", 0, 2, 0},    {"0.6.7", "10(1) t20(2) t30(1)", 0, 2, 0},
    {"0.7.0", "10(1) t20(2) t30(1)", 0, 2, 0},    {"0.7.1", "10(1) | 20(2) 30(1)", 0, 0, SLOT},
    {"0.7.2", "10(1) | 20(2) 30(1)", 0, 0, SLOT}, {"0.8.0", "10(1) | 20(2) 30(1)", 0, 2, SLOT},
};

START_TEST(defers_transfers)
{
    struct scene scene;
    scene_init(&scene, transfers[_i].version);
    add_service(&scene, 10, TRANSFER(20, 500, 1000) TRANSFER(30, 7, 900) TRANSFER(20, 1, 1100), "");
    add_service(&scene, 20, "", "");
    add_service(&scene, 30, "", "");
    one_report(&scene, 'a', GAS, 10);
    go(&scene, transfers[_i].ran);
    ck_assert_uint_eq(jam_state_find(&scene.state, 10)->balance, 1000000000 - 508);
    const struct jam_service *service = jam_state_find(&scene.state, 20);
    ck_assert_uint_eq(service->balance, 1000000000 + 501);
    ck_assert_uint_eq(service->last_accumulation_slot, transfers[_i].date);
    ck_assert_uint_eq(jam_state_find(&scene.state, 30)->balance, 1000000000 + 7);
    const struct jam_service_stat *stat = stat_of(&scene, 20);
    ck_assert_ptr_nonnull(stat);
    ck_assert_uint_eq(stat->accumulate_count, transfers[_i].items);
    ck_assert_uint_eq(stat->on_transfers_count, transfers[_i].transfers);
    scene_deinit(&scene);
}
END_TEST

/* From 0.7.1 on a transfer may lead to another, round after round; before, not. */
START_TEST(transfers_go_on)
{
    struct scene scene;
    scene_init(&scene, "0.7.2");
    add_service(&scene, 10, TRANSFER(20, 1, 5000), "");
    add_service(&scene, 20, TRANSFER(30, 2, 3000), "");
    add_service(&scene, 30, TRANSFER(10, 3, 1000), "");
    one_report(&scene, 'a', GAS, 10);
    /* The fourth run has 1000 gas, too little to send 5000 on. */
    go(&scene, "10(1) | 20(1) | 30(1) | 10(1)");
    ck_assert_uint_eq(scene.out.round_count, 4);
    ck_assert_uint_eq(jam_state_find(&scene.state, 10)->balance, 1000000000 - 1 + 3);
    scene_deinit(&scene);
}
END_TEST

/* Transfers of On-Transfer come by source, then in the order they were made. */
static void note_inputs(void *user, const struct jam_block_run *run)
{
    struct pvm_buf *out = user;
    if (!run->on_transfer)
        return;
    for (size_t i = 0; i < run->input_count; i++)
        pvm_buf_printf(out, "%u:%u ", (unsigned)run->inputs[i].transfer->source,
                       (unsigned)run->inputs[i].transfer->amount);
}

START_TEST(sorts_transfers)
{
    static const uint32_t both[] = {11, 10};
    struct scene scene;
    scene_init(&scene, "0.7.0");
    scene.options.ran = note_inputs;
    scene.options.user = &scene.ran;
    add_service(&scene, 10, TRANSFER(20, 9, 100) TRANSFER(20, 8, 100), "");
    add_service(&scene, 11, TRANSFER(20, 1, 100) TRANSFER(20, 2, 100), "");
    add_service(&scene, 20, "", "");
    /* Two rounds: 11 first, 10 and 11 then. */
    one_report(&scene, 'a', 19000000, 11);
    add_report(&scene, 'b', 9000000, both, 2);
    go(&scene, "10:9 10:8 11:1 11:2 11:1 11:2 ");
    scene_deinit(&scene);
}
END_TEST

/* ---- what rounds make of the accounts ---- */

/* Makes itself the registrar, as far as it can see, and service 77. */
#define MAKE_77                                                                                    \
    "    li a0, 0\n    la a1, zeros\n    li a2, 0\n    li a3, %u\n    la a4, zeros\n"              \
    "    li a5, 0\n    ecalli bless\n"                                                             \
    "    la a0, zeros\n    li a1, 10\n    li a2, 0\n    li a3, 0\n    li a4, 0\n"                  \
    "    li a5, 77\n    ecalli new\n"

static void add_maker(struct scene *scene, uint32_t id)
{
    struct pvm_buf body = {0};
    pvm_buf_printf(&body, MAKE_77, (unsigned)id);
    add_service(scene, id, pvm_buf_str(&body), "");
    pvm_buf_deinit(&body);
}

START_TEST(makes_services)
{
    struct scene scene;
    scene_init(&scene, "0.7.2");
    add_maker(&scene, 10);
    one_report(&scene, 'a', GAS, 10);
    go(&scene, "10(1)");
    const struct jam_service *made = jam_state_find(&scene.state, 77);
    ck_assert_ptr_nonnull(made);
    ck_assert_uint_eq(made->parent_service, 10);
    ck_assert_uint_eq(made->creation_slot, SLOT);
    /* Its bless was none of its business. */
    ck_assert_uint_eq(scene.state.privileges.registrar, 0);
    scene_deinit(&scene);
}
END_TEST

/* GP 0.7.2 12.2: a block in which two services make the same one is invalid. */
START_TEST(refuses_conflicts)
{
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene, "0.7.2");
    add_maker(&scene, 10);
    add_maker(&scene, 11);
    one_report(&scene, 'a', GAS, 10);
    one_report(&scene, 'b', GAS, 11);
    ck_assert(jam_block_accumulate(&scene.state, &scene.in, &scene.options, &scene.out, &err) ==
              PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "services 10 and 11 both made service 77: the block is invalid");
    ck_assert_uint_eq(scene.state.count, 2);
    ck_assert_uint_eq(scene.state.slot, SLOT - 1);
    ck_assert_uint_eq(jam_state_find(&scene.state, 10)->balance, 1000000000);
    scene_deinit(&scene);
}
END_TEST

/* In rounds of their own the second finds the id taken. */
START_TEST(takes_turns)
{
    struct scene scene;
    scene_init(&scene, "0.7.2");
    add_maker(&scene, 10);
    add_maker(&scene, 11);
    one_report(&scene, 'a', 19000000, 10);
    one_report(&scene, 'b', 19000000, 11);
    go(&scene, "10(1) | 11(1)");
    ck_assert_uint_eq(jam_state_find(&scene.state, 77)->parent_service, 10);
    scene_deinit(&scene);
}
END_TEST

static void ask_for(struct scene *scene, uint32_t id, const char *text)
{
    struct jam_service *service;
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_request asked = {.count = 0};
    struct jam_hash hash = jam_hash(pvm_bytes(text, strlen(text)));
    ck_assert(jam_state_edit(&scene->state, id, &service, &err) == PVM_OK);
    ck_assert(jam_request_set(service, &hash, (uint32_t)strlen(text), &asked, &err) == PVM_OK);
}

static bool has_preimage(const struct scene *scene, uint32_t id, const char *text,
                         struct jam_request *request)
{
    struct pvm_bytes blob;
    struct jam_hash hash = jam_hash(pvm_bytes(text, strlen(text)));
    const struct jam_service *service = jam_state_find(&scene->state, id);
    return jam_preimage_get(service, &hash, &blob) &&
           pvm_bytes_equal(blob, pvm_bytes(text, strlen(text))) &&
           jam_request_get(service, &hash, (uint32_t)strlen(text), request);
}

#define PROVIDE(to)                                                                                \
    "    li a0, " #to "\n    la a1, text\n    li a2, 5\n    ecalli provide\n"                      \
    ".rodata\ntext: .ascii \"hello\"\n.text\n"

/* Two provide the same, and one for who forgets its request in the same round. */
START_TEST(provides_preimages)
{
    static const uint32_t all[] = {10, 11, 20};
    struct scene scene;
    struct jam_request request;
    scene_init(&scene, "0.7.2");
    add_service(&scene, 10, PROVIDE(20), "");
    add_service(&scene, 11, PROVIDE(20), "");
    add_service(&scene, 20, "", "");
    ask_for(&scene, 20, "hello");
    add_report(&scene, 'a', GAS, all, 3);
    go(&scene, "10(1) 11(1) 20(1)");
    ck_assert(has_preimage(&scene, 20, "hello", &request));
    ck_assert_uint_eq(request.count, 1);
    ck_assert_uint_eq(request.slots[0], SLOT);
    scene_deinit(&scene);
}
END_TEST

#define FORGET_HELLO                                                                               \
    "    la a0, hash\n    li a1, 5\n    ecalli forget\n"                                           \
    ".rodata\nhash: .hex \"%s\"\n.text\n"

START_TEST(drops_unwanted_provisions)
{
    static const uint32_t both[] = {10, 20};
    struct scene scene;
    struct jam_request request;
    struct pvm_buf hex = {0};
    struct pvm_buf body = {0};
    struct jam_hash hash = jam_hash(pvm_bytes("hello", 5));
    pvm_buf_hex(&hex, jam_hash_bytes(&hash));
    pvm_buf_printf(&body, FORGET_HELLO, pvm_buf_str(&hex));
    scene_init(&scene, "0.7.2");
    add_service(&scene, 10, PROVIDE(20), "");
    add_service(&scene, 20, pvm_buf_str(&body), "");
    ask_for(&scene, 20, "hello");
    add_report(&scene, 'a', GAS, both, 2);
    go(&scene, "10(1) 20(1)");
    ck_assert(!has_preimage(&scene, 20, "hello", &request));
    pvm_buf_deinit(&hex);
    pvm_buf_deinit(&body);
    scene_deinit(&scene);
}
END_TEST

/* Outputs are a set: of two rounds with the same yield one remains. */
START_TEST(collects_outputs)
{
    struct scene scene;
    scene_init(&scene, "0.7.2");
    add_service(&scene, 10, "    la a0, zeros\n    ecalli yield\n", "");
    one_report(&scene, 'a', 19000000, 10);
    one_report(&scene, 'b', 19000000, 10);
    go(&scene, "10(1) | 10(1)");
    ck_assert_uint_eq(scene.state.output_count, 1);
    struct jam_hash root = jam_output_root(scene.state.outputs, 1);
    ck_assert(jam_hash_equal(&root, &scene.out.output_root));
    scene_deinit(&scene);
}
END_TEST

/* ---- the extrinsic's preimages ---- */

static struct jam_block_preimage preimage(uint32_t id, const char *text)
{
    return (struct jam_block_preimage){id, pvm_bytes(text, strlen(text))};
}

static const struct {
    struct {
        uint32_t service;
        const char *blob;
    } list[3];
    enum jam_preimage_rule rule;
    size_t at;
} extrinsics[] = {
    {{{10, "abc"}, {10, "b"}, {20, "abc"}}, JAM_PREIMAGES_FINE, 0},
    {{{10, "abc"}}, JAM_PREIMAGES_FINE, 0},
    {{{0, NULL}}, JAM_PREIMAGES_FINE, 0},
    {{{10, "b"}, {10, "abc"}}, JAM_PREIMAGES_UNSORTED, 1},
    {{{10, "abc"}, {10, "abc"}}, JAM_PREIMAGES_UNSORTED, 1},
    {{{10, "abc"}, {20, "abc"}, {10, "b"}}, JAM_PREIMAGES_UNSORTED, 2},
    {{{10, "abc"}, {10, "z"}}, JAM_PREIMAGES_UNNEEDED, 1},
    {{{20, "b"}}, JAM_PREIMAGES_UNNEEDED, 0},
    {{{10, "abc"}, {99, "abc"}}, JAM_PREIMAGES_UNNEEDED, 1},
    {{{10, "abc"}, {20, "had"}}, JAM_PREIMAGES_UNNEEDED, 1},
};

static void ask_scene(struct scene *scene, const char *version)
{
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *service;
    const struct jam_request since = {.count = 1, .slots = {3}};
    scene_init(scene, version);
    ck_assert(jam_state_add(&scene->state, 10, &service, &err) == PVM_OK);
    ck_assert(jam_state_add(&scene->state, 20, &service, &err) == PVM_OK);
    ask_for(scene, 10, "abc");
    ask_for(scene, 10, "b");
    ask_for(scene, 20, "abc");
    struct jam_hash hash;
    ck_assert(jam_preimage_set(service, pvm_bytes("had", 3), &hash, &err) == PVM_OK);
    ck_assert(jam_request_set(service, &hash, 3, &since, &err) == PVM_OK);
}

START_TEST(checks_preimages)
{
    struct scene scene;
    struct jam_block_preimage list[3];
    size_t count = 0;
    size_t at = 99;
    for (; count < 3 && extrinsics[_i].list[count].blob != NULL; count++)
        list[count] = preimage(extrinsics[_i].list[count].service, extrinsics[_i].list[count].blob);
    ask_scene(&scene, "0.7.2");
    enum jam_preimage_rule rule =
        jam_preimages_check(scene.profile, &scene.state, list, count, &at);
    ck_assert_int_eq(rule, extrinsics[_i].rule);
    if (rule != JAM_PREIMAGES_FINE)
        ck_assert_uint_eq(at, extrinsics[_i].at);
    ck_assert_int_eq(jam_preimages_check(scene.profile, &scene.state, list, count, NULL), rule);
    scene_deinit(&scene);
}
END_TEST

START_TEST(integrates_preimages)
{
    struct scene scene;
    struct jam_request request;
    struct pvm_err err = {.status = PVM_OK};
    size_t stored = 0;
    ask_scene(&scene, _i == 0 ? "0.7.2" : "0.7.1");
    /* Those nobody asks for (any more) are left out without a word. */
    const struct jam_block_preimage list[] = {preimage(10, "abc"), preimage(10, "nobody"),
                                              preimage(20, "had"), preimage(99, "abc")};
    ck_assert(jam_preimages_integrate(scene.profile, &scene.state, list, 4, SLOT, &stored, &err) ==
              PVM_OK);
    ck_assert_uint_eq(stored, 1);
    ck_assert(has_preimage(&scene, 10, "abc", &request));
    ck_assert(request.count == 1 && request.slots[0] == SLOT);
    ck_assert(!has_preimage(&scene, 20, "abc", &request));
    ck_assert(has_preimage(&scene, 20, "had", &request));
    ck_assert(request.count == 1 && request.slots[0] == 3);
    ck_assert(jam_stats_preimages(&scene.state, list, 4, &err) == PVM_OK);
    ck_assert_uint_eq(stat_of(&scene, 10)->provided_count, 2);
    ck_assert_uint_eq(stat_of(&scene, 10)->provided_size, 9);
    scene_deinit(&scene);
}
END_TEST

/* ---- failures ---- */

START_TEST(refuses_wrong_blocks)
{
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene, "0.7.2");
    scene.in.slot = SLOT - 1;
    ck_assert(jam_block_accumulate(&scene.state, &scene.in, &scene.options, &scene.out, &err) ==
              PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "the block's slot 49 is not later than the state's, 49");
    scene.in.slot = SLOT;
    err = (struct pvm_err){.status = PVM_OK};
    ck_assert(jam_state_set_ready(&scene.state, 7, &err) == PVM_OK);
    ck_assert(jam_block_accumulate(&scene.state, &scene.in, &scene.options, &scene.out, &err) ==
              PVM_E_MALFORMED);
    scene_deinit(&scene);
}
END_TEST

/* Gas that a state gives away is no limit on what this computer spends. */
START_TEST(limits_gas)
{
    static const struct {
        const char *body; /* of a service that always accumulates with 2^63 gas */
        uint64_t limit;
        const char *error; /* NULL: none */
    } cases[] = {
        {"    fallthrough\naround: jump around\n", 100000,
         "service 10: host limit: 100000 gas are used, as much as may be"},
        {"    ecalli gas\n    load_imm_64 t0, 0x10000000000\n"
         "    fallthrough\nshort: branch_lt_u a0, t0, short\n",
         100000, NULL},
        {"    load_imm_64 t0, 40000\n    fallthrough\nagain: add_imm_64 t0, t0, -1\n"
         "    branch_ne_imm t0, 0, again\n",
         100000, NULL},
        {"    load_imm_64 t0, 60000\n    fallthrough\nagain: add_imm_64 t0, t0, -1\n"
         "    branch_ne_imm t0, 0, again\n",
         100000, "service 10: host limit: 100000 gas are used, as much as may be"},
    };
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene, "0.7.2");
    scene.options.limits.gas = cases[_i].limit;
    add_service(&scene, 10, cases[_i].body, "");
    ck_assert(jam_always_set(&scene.state.privileges, 10, UINT64_C(1) << 63, &err) == PVM_OK);
    enum pvm_status status =
        jam_block_accumulate(&scene.state, &scene.in, &scene.options, &scene.out, &err);
    if (cases[_i].error != NULL) {
        ck_assert(status == PVM_E_LIMIT);
        ck_assert_str_eq(err.msg, cases[_i].error);
        ck_assert_uint_eq(scene.state.slot, SLOT - 1);
    } else {
        ck_assert_msg(status == PVM_OK, "%s", err.msg);
    }
    scene_deinit(&scene);
}
END_TEST

/* The limit is on the block: who comes second has what the first left. */
START_TEST(limits_gas_of_all)
{
    static const char body[] =
        "    load_imm_64 t0, 20000\n    fallthrough\nagain: add_imm_64 t0, t0, -1\n"
        "    branch_ne_imm t0, 0, again\n";
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene, "0.7.2");
    scene.options.limits.gas = 90000 - 20000 * (uint64_t)_i;
    add_service(&scene, 10, body, "");
    add_service(&scene, 20, body, "");
    ck_assert(jam_always_set(&scene.state.privileges, 10, UINT64_C(1) << 63, &err) == PVM_OK);
    ck_assert(jam_always_set(&scene.state.privileges, 20, UINT64_C(1) << 63, &err) == PVM_OK);
    enum pvm_status status =
        jam_block_accumulate(&scene.state, &scene.in, &scene.options, &scene.out, &err);
    ck_assert(status == (_i == 0 ? PVM_OK : PVM_E_LIMIT));
    if (_i == 1)
        ck_assert_ptr_nonnull(strstr(err.msg, "service 20: host limit: "));
    scene_deinit(&scene);
}
END_TEST

/* Every allocation fails once: the state stays as it was, and nothing leaks. */
START_TEST(survives_failed_allocations)
{
    static const uint32_t both[] = {10, 20};
    size_t after = 0;
    enum pvm_status status = PVM_E_MEMORY;
    for (; status != PVM_OK; after++) {
        struct scene scene;
        struct pvm_err err = {.status = PVM_OK};
        struct test_failing failing = {SIZE_MAX, 0};
        const struct pvm_alloc alloc = {test_failing_resize, &failing};
        ck_assert_uint_lt(after, 5000);
        scene_init(&scene, _i == 0 ? "0.7.2" : "0.7.0");
        jam_state_deinit(&scene.state);
        jam_state_init(&scene.state, &alloc);
        scene.state.rules = jam_accumulate_rules_of(scene.profile)->accounts;
        scene.state.slot = SLOT - 1;
        scene.options.ran = NULL;
        add_service(&scene, 10, TRANSFER(20, 5, 1000), "");
        add_service(&scene, 20, "    la a0, zeros\n    ecalli yield\n", "");
        add_report(&scene, 'a', GAS, both, 2);
        scene.reports[0].context.prerequisites = &scene.reports[1].package_spec.hash;
        scene.reports[0].context.prerequisite_count = 1;
        one_report(&scene, 'b', GAS, 10);
        failing = (struct test_failing){after, 0};
        status = jam_block_accumulate(&scene.state, &scene.in, &scene.options, &scene.out, &err);
        failing.after = SIZE_MAX;
        ck_assert(status == PVM_OK || status == PVM_E_MEMORY);
        ck_assert_uint_eq(scene.state.slot, status == PVM_OK ? SLOT : SLOT - 1);
        ck_assert(status == PVM_OK ||
                  jam_state_find(&scene.state, 10)->balance == UINT64_C(1000000000));
        scene_deinit(&scene);
    }
    ck_assert_uint_gt(after, 50);
}
END_TEST

#define LOOP(tcase, test, table) tcase_add_loop_test(tcase, test, 0, sizeof table / sizeof *table)

Suite *block_suite(void);
Suite *block_suite(void)
{
    Suite *suite = suite_create("block");
    TCase *tcase = tcase_create("rounds");
    LOOP(tcase, always_accumulates, always);
    tcase_add_test(tcase, gathers_digests);
    tcase_add_test(tcase, budgets_rounds);
    tcase_add_test(tcase, stops_at_the_budget);
    LOOP(tcase, budget_covers, covers);
    LOOP(tcase, defers_transfers, transfers);
    tcase_add_test(tcase, transfers_go_on);
    tcase_add_test(tcase, sorts_transfers);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("merge");
    tcase_add_test(tcase, makes_services);
    tcase_add_test(tcase, refuses_conflicts);
    tcase_add_test(tcase, takes_turns);
    tcase_add_test(tcase, provides_preimages);
    tcase_add_test(tcase, drops_unwanted_provisions);
    tcase_add_test(tcase, collects_outputs);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("preimages");
    LOOP(tcase, checks_preimages, extrinsics);
    tcase_add_loop_test(tcase, integrates_preimages, 0, 2);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("failures");
    tcase_add_test(tcase, refuses_wrong_blocks);
    tcase_add_loop_test(tcase, limits_gas, 0, 4);
    tcase_add_loop_test(tcase, limits_gas_of_all, 0, 2);
    tcase_add_loop_test(tcase, survives_failed_allocations, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
