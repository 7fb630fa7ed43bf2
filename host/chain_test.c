/* SPDX-License-Identifier: Apache-2.0 */
/* The import of blocks, part by part, on a state of the tiny chain made by hand. What the public
 * traces show all the time (vector_trace_test.c) is not repeated here. */
#include "host/chain.h"

#include "host/hash.h"
#include "host/testing.h"

enum { SLOT = 50, CORES = 2, VALIDATORS = 6 };

struct scene {
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_state state;
    struct pvm_buf reports[4]; /* encoded */
    struct jam_guarantee guarantees[2];
    struct jam_assurance assurances[VALIDATORS];
    struct jam_verdict verdicts[4];
    struct jam_hash offenders[2];
    struct jam_block_preimage preimages[2];
    struct jam_chain_block block;
    struct jam_block_options options;
    struct jam_chain_out out;
};

static struct jam_hash named(char name)
{
    struct jam_hash hash;
    memset(hash.octets, name, sizeof hash.octets);
    return hash;
}

static void put(struct scene *scene, enum jam_component component, const struct pvm_buf *value)
{
    struct jam_state_key key = jam_key_component(component);
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_map_set(&scene->state.others, jam_state_key_bytes(&key), pvm_buf_bytes(value),
                          &err) == PVM_OK);
}

static void check_value(const struct scene *scene, enum jam_component component,
                        const struct pvm_buf *expected)
{
    struct jam_state_key key = jam_key_component(component);
    struct pvm_bytes value = pvm_bytes_none();
    struct pvm_buf a = {0};
    struct pvm_buf b = {0};
    ck_assert(jam_map_get(&scene->state.others, jam_state_key_bytes(&key), &value));
    pvm_buf_hex(&a, value);
    pvm_buf_hex(&b, pvm_buf_bytes(expected));
    ck_assert_str_eq(pvm_buf_str(&a), pvm_buf_str(&b));
    pvm_buf_deinit(&a);
    pvm_buf_deinit(&b);
}

static void scene_init(struct scene *scene)
{
    *scene = (struct scene){.profile = jam_profile_default};
    jam_params_get(scene->profile, JAM_PARAMS_TINY, &scene->params);
    struct pvm_err err = {.status = PVM_OK};
    jam_state_init(&scene->state, NULL);
    ck_assert(jam_state_set_accumulated(&scene->state, 12, &err) == PVM_OK);
    scene->state.slot = SLOT - 1;
    for (int i = 0; i < 4; i++)
        scene->state.entropy[i] = named((char)('0' + i));
    scene->options =
        (struct jam_block_options){.profile = scene->profile, .params = &scene->params};
    scene->block = (struct jam_chain_block){
        .slot = SLOT,
        .guarantees = scene->guarantees,
        .assurances = scene->assurances,
        .verdicts = scene->verdicts,
        .offenders = scene->offenders,
        .preimages = scene->preimages,
    };
}

static void scene_deinit(struct scene *scene)
{
    for (size_t i = 0; i < 4; i++)
        pvm_buf_deinit(&scene->reports[i]);
    jam_state_deinit(&scene->state);
}

static enum pvm_status import(struct scene *scene, struct pvm_err *err)
{
    const struct jam_chain_in in = {
        .block = &scene->block, .entropy = named('n'), .options = &scene->options};
    return jam_chain_import(&scene->state, &in, &scene->out, err);
}

static void go(struct scene *scene)
{
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(import(scene, &err) == PVM_OK, "%s", err.msg);
}

/* E of a report of package `name` on a core, for an authorizer of the same name. */
static struct pvm_bytes make_report(struct scene *scene, size_t at, char name, size_t core)
{
    const struct jam_report report = {
        .package_spec = {.hash = named(name)}, .authorizer_hash = named(name), .core_index = core};
    jam_report_encode(scene->profile, &report, &scene->reports[at]);
    return pvm_buf_bytes(&scene->reports[at]);
}

/* C(10) with a report a core, its package named by a letter (' ': none), and their slots. */
static void pending_of(struct scene *scene, const char names[CORES], const uint32_t slots[CORES],
                       struct pvm_buf *out)
{
    for (size_t core = 0; core < CORES; core++) {
        struct pvm_buf report = {0};
        const struct jam_report made = {.package_spec = {.hash = named(names[core])},
                                        .authorizer_hash = named(names[core]),
                                        .core_index = core};
        pvm_buf_add_u8(out, names[core] == ' ' ? 0 : 1);
        if (names[core] != ' ') {
            jam_report_encode(scene->profile, &made, &report);
            pvm_buf_add_bytes(out, pvm_buf_bytes(&report));
            pvm_buf_add_le(out, slots[core], 4);
        }
        pvm_buf_deinit(&report);
    }
}

static void put_pending(struct scene *scene, const char names[CORES], uint32_t a, uint32_t b)
{
    struct pvm_buf value = {0};
    const uint32_t slots[CORES] = {a, b};
    pending_of(scene, names, slots, &value);
    put(scene, JAM_STATE_PENDING, &value);
    pvm_buf_deinit(&value);
}

static void check_pending(struct scene *scene, const char names[CORES], uint32_t a, uint32_t b)
{
    struct pvm_buf value = {0};
    const uint32_t slots[CORES] = {a, b};
    pending_of(scene, names, slots, &value);
    check_value(scene, JAM_STATE_PENDING, &value);
    pvm_buf_deinit(&value);
}

/* The first `count` validators assure what bits say. */
static void assure(struct scene *scene, size_t count, const uint8_t *bits)
{
    for (size_t i = 0; i < count; i++)
        scene->assurances[i] = (struct jam_assurance){pvm_bytes(bits, 1), (uint16_t)i};
    scene->block.assurance_count = count;
}

static void guarantee(struct scene *scene, char name, size_t core)
{
    size_t at = scene->block.guarantee_count++;
    struct pvm_err err = {.status = PVM_OK};
    struct pvm_bytes encoded = make_report(scene, at, name, core);
    scene->guarantees[at].slot = SLOT;
    scene->guarantees[at].encoded = encoded;
    ck_assert(jam_report_decode(scene->profile, encoded, NULL, &scene->guarantees[at].report,
                                &err) == PVM_OK);
}

static void drop_guarantees(struct scene *scene)
{
    for (size_t i = 0; i < scene->block.guarantee_count; i++)
        jam_report_deinit(&scene->guarantees[i].report);
}

/* ---- pending reports ---- */

static const struct {
    size_t assurers;
    uint8_t bits;
    uint32_t since; /* of both */
    size_t available;
    const char *left;
} availabilities[] = {
    {0, 3, 49, 0, "ab"}, {4, 3, 49, 0, "ab"}, /* two thirds are not more than two thirds */
    {5, 3, 49, 2, "  "}, {5, 1, 49, 1, " b"}, {6, 2, 49, 1, "a "},
    {0, 3, 46, 0, "ab"}, {0, 3, 45, 0, "  "}, /* U = 5 slots */
    {5, 1, 45, 1, "  "},                      /* late, but available all the same */
};

START_TEST(makes_reports_available)
{
    struct scene scene;
    scene_init(&scene);
    put_pending(&scene, "ab", availabilities[_i].since, availabilities[_i].since);
    assure(&scene, availabilities[_i].assurers, &availabilities[_i].bits);
    go(&scene);
    check_pending(&scene, availabilities[_i].left, availabilities[_i].since,
                  availabilities[_i].since);
    ck_assert_uint_eq(scene.out.available_count, availabilities[_i].available);
    ck_assert_uint_eq(scene.state.accumulated[11].count, availabilities[_i].available);
    scene_deinit(&scene);
}
END_TEST

START_TEST(places_guarantees)
{
    static const uint8_t bits = 1;
    struct scene scene;
    scene_init(&scene);
    put_pending(&scene, "ab", 49, 45);
    assure(&scene, 6, &bits);
    guarantee(&scene, 'c', 0); /* whose report is available now */
    guarantee(&scene, 'd', 1); /* whose report is too late */
    go(&scene);
    check_pending(&scene, "cd", SLOT, SLOT);
    drop_guarantees(&scene);
    scene_deinit(&scene);
}
END_TEST

START_TEST(refuses_taken_cores)
{
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene);
    put_pending(&scene, "ab", 49, 49);
    guarantee(&scene, 'c', 1);
    ck_assert(import(&scene, &err) == PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "guarantee 0: core 1 is taken");
    check_pending(&scene, "ab", 49, 49);
    ck_assert_uint_eq(scene.state.slot, SLOT - 1);
    drop_guarantees(&scene);
    scene.block.guarantee_count = 0;
    scene_deinit(&scene);
}
END_TEST

/* ---- disputes ---- */

static void sets_of(const char *good, const char *bad, const char *wonky, const char *offenders,
                    struct pvm_buf *out)
{
    const char *const sets[] = {good, bad, wonky, offenders};
    for (size_t i = 0; i < 4; i++) {
        pvm_buf_add_natural(out, strlen(sets[i]));
        for (const char *at = sets[i]; *at != '\0'; at++) {
            struct jam_hash hash = named(*at);
            pvm_buf_add(out, hash.octets, JAM_HASH_SIZE);
        }
    }
}

START_TEST(files_verdicts)
{
    struct scene scene;
    struct pvm_buf value = {0};
    scene_init(&scene);
    sets_of("g", "b", "", "x", &value);
    put(&scene, JAM_STATE_DISPUTES, &value);
    scene.verdicts[0] = (struct jam_verdict){named('a'), 4, 5};
    scene.verdicts[1] = (struct jam_verdict){named('c'), 4, 0};
    scene.verdicts[2] = (struct jam_verdict){named('h'), 4, 5};
    scene.verdicts[3] = (struct jam_verdict){named('w'), 4, 2};
    scene.block.verdict_count = 4;
    scene.offenders[0] = named('z');
    scene.offenders[1] = named('e');
    scene.block.offender_count = 2;
    go(&scene);
    value.len = 0;
    sets_of("agh", "bc", "w", "exz", &value);
    check_value(&scene, JAM_STATE_DISPUTES, &value);
    pvm_buf_deinit(&value);
    scene_deinit(&scene);
}
END_TEST

static const struct {
    size_t positive;
    const char *left;
} judgements[] = {{0, " b"}, {2, " b"}, {5, "ab"}};

START_TEST(drops_judged_reports)
{
    struct scene scene;
    scene_init(&scene);
    put_pending(&scene, "ab", 49, 49);
    struct jam_hash hash = jam_hash(make_report(&scene, 0, 'a', 0));
    scene.verdicts[0] = (struct jam_verdict){hash, 4, judgements[_i].positive};
    scene.block.verdict_count = 1;
    go(&scene);
    check_pending(&scene, judgements[_i].left, 49, 49);
    scene_deinit(&scene);
}
END_TEST

/* ---- pools ---- */

static void put_hashes(struct jam_map *map, size_t core, const char *names)
{
    struct pvm_buf hashes = {0};
    struct pvm_err err = {.status = PVM_OK};
    for (; *names != '\0'; names++) {
        struct jam_hash hash = named(*names);
        pvm_buf_add(&hashes, hash.octets, JAM_HASH_SIZE);
    }
    ck_assert(jam_core_set(map, core, pvm_buf_bytes(&hashes), &err) == PVM_OK);
    pvm_buf_deinit(&hashes);
}

static void check_pool(const struct scene *scene, size_t core, const char *expected)
{
    char names[16] = "";
    struct pvm_bytes pool = jam_core_get(&scene->state.auth_pools, core);
    for (size_t i = 0; i < pool.len / JAM_HASH_SIZE; i++)
        names[i] = (char)pool.ptr[i * JAM_HASH_SIZE];
    ck_assert_str_eq(names, expected);
}

START_TEST(moves_pools_on)
{
    struct scene scene;
    char queue[JAM_QUEUE_LEN + 1];
    scene_init(&scene);
    put_pending(&scene, "  ", 0, 0);
    for (size_t i = 0; i < JAM_QUEUE_LEN; i++)
        queue[i] = (char)('!' + (char)i);
    queue[JAM_QUEUE_LEN] = '\0';
    put_hashes(&scene.state.auth_queues, 0, queue);
    put_hashes(&scene.state.auth_queues, 1, queue);
    put_hashes(&scene.state.auth_pools, 0, "abcbefgh");
    put_hashes(&scene.state.auth_pools, 1, "abcdefgh");
    guarantee(&scene, 'b', 0); /* takes the first b */
    go(&scene);
    check_pool(&scene, 0, "acbefghS"); /* '!' + 50 */
    check_pool(&scene, 1, "bcdefghS");
    drop_guarantees(&scene);
    scene.block.guarantee_count = 0;
    scene.block.slot = JAM_QUEUE_LEN; /* around the queue */
    go(&scene);
    check_pool(&scene, 0, "cbefghS!");
    scene_deinit(&scene);
}
END_TEST

/* ---- validators and entropy ---- */

static void put_validators(struct scene *scene, enum jam_component component, char name,
                           size_t behind)
{
    struct pvm_buf value = {0};
    for (size_t i = 0; i < VALIDATORS * (size_t)JAM_VALIDATOR_SIZE + behind; i++)
        pvm_buf_add_u8(&value, (uint8_t)name);
    put(scene, component, &value);
    pvm_buf_deinit(&value);
}

static char validators_of(const struct scene *scene, enum jam_component component)
{
    struct jam_state_key key = jam_key_component(component);
    struct pvm_bytes value = pvm_bytes_none();
    ck_assert(jam_map_get(&scene->state.others, jam_state_key_bytes(&key), &value));
    ck_assert_uint_eq(value.len, VALIDATORS * (size_t)JAM_VALIDATOR_SIZE);
    return (char)value.ptr[0];
}

static const struct {
    uint32_t before, slot;
    char active, previous;
    const char *entropy;
} epochs[] = {
    {49, 50, 'a', 'p', "n123"},
    {47, 48, 'g', 'a', "n012"},
    {40, 59, 'g', 'a', "n012"},
    {49, 59, 'a', 'p', "n123"},
};

START_TEST(rotates_validators)
{
    struct scene scene;
    char entropy[5] = "";
    scene_init(&scene);
    put_validators(&scene, JAM_STATE_SAFROLE, 'g', 1000);
    put_validators(&scene, JAM_STATE_ACTIVE, 'a', 0);
    put_validators(&scene, JAM_STATE_PREVIOUS, 'p', 0);
    scene.state.slot = epochs[_i].before;
    scene.block.slot = epochs[_i].slot;
    go(&scene);
    ck_assert_int_eq(validators_of(&scene, JAM_STATE_ACTIVE), epochs[_i].active);
    ck_assert_int_eq(validators_of(&scene, JAM_STATE_PREVIOUS), epochs[_i].previous);
    for (size_t i = 0; i < 4; i++)
        entropy[i] = (char)scene.state.entropy[i].octets[0];
    ck_assert_str_eq(entropy, epochs[_i].entropy);
    scene_deinit(&scene);
}
END_TEST

/* ---- failures ---- */

START_TEST(refuses_unwanted_preimages)
{
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene);
    scene.preimages[0] = (struct jam_block_preimage){7, pvm_bytes("x", 1)};
    scene.block.preimage_count = 1;
    ck_assert(import(&scene, &err) == PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg,
                     "preimage 0, for service 7: the service does not ask for this preimage");
    ck_assert_int_eq(scene.out.preimages, JAM_PREIMAGES_UNNEEDED);
    scene_deinit(&scene);
}
END_TEST

/* Validators that did nothing, cores without a count, no service. */
static void put_statistics(struct scene *scene)
{
    enum { RECORD = 24, CORE_COUNTS = 8 };
    struct pvm_buf value = {0};
    pvm_buf_add_zeros(&value, (size_t)2 * VALIDATORS * RECORD + (size_t)CORES * CORE_COUNTS);
    put(scene, JAM_STATE_STATISTICS, &value);
    pvm_buf_deinit(&value);
}

/* Statistics, the ready queue and the history of a state appear only where they were before. */
START_TEST(adds_no_components)
{
    static const uint8_t bits = 1;
    struct scene scene;
    struct pvm_err err = {.status = PVM_OK};
    struct jam_service *service;
    scene_init(&scene);
    ck_assert(jam_state_set_accumulated(&scene.state, 0, &err) == PVM_OK);
    ck_assert(jam_state_add(&scene.state, 7, &service, &err) == PVM_OK);
    struct jam_hash wanted = jam_hash(pvm_bytes("x", 1));
    const struct jam_request request = {.count = 0};
    ck_assert(jam_request_set(service, &wanted, 1, &request, &err) == PVM_OK);
    if (_i == 1)
        put_statistics(&scene);
    put_pending(&scene, "ab", 49, 49);
    assure(&scene, 6, &bits);
    scene.preimages[0] = (struct jam_block_preimage){7, pvm_bytes("x", 1)};
    scene.block.preimage_count = 1;
    go(&scene);
    ck_assert_uint_eq(scene.out.available_count, 1);
    ck_assert_uint_eq(scene.state.stat_count, (unsigned)_i);
    ck_assert_uint_eq(scene.state.ready_count, 0);
    ck_assert_uint_eq(scene.state.accumulated_count, 0);
    scene_deinit(&scene);
}
END_TEST

/* Components that are cut short, or have too much. */
static const enum jam_component components[] = {JAM_STATE_PENDING, JAM_STATE_DISPUTES,
                                                JAM_STATE_ACTIVE, JAM_STATE_RECENT,
                                                JAM_STATE_STATISTICS};

START_TEST(refuses_wrong_components)
{
    static const size_t lengths[] = {0, 1, 5, 200};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct scene scene;
        struct pvm_buf value = {0};
        struct pvm_err err = {.status = PVM_OK};
        scene_init(&scene);
        for (size_t k = 0; k < lengths[i]; k++)
            pvm_buf_add_u8(&value, 1);
        put(&scene, components[_i], &value);
        ck_assert(import(&scene, &err) == PVM_E_MALFORMED);
        ck_assert_ptr_nonnull(strstr(err.msg, "C("));
        ck_assert_uint_eq(scene.state.slot, SLOT - 1);
        pvm_buf_deinit(&value);
        scene_deinit(&scene);
    }
}
END_TEST

#define LOOP(test, table) tcase_add_loop_test(tcase, test, 0, sizeof table / sizeof *table)

Suite *chain_suite(void);
Suite *chain_suite(void)
{
    Suite *suite = suite_create("chain");
    TCase *tcase = tcase_create("import");
    LOOP(makes_reports_available, availabilities);
    tcase_add_test(tcase, places_guarantees);
    tcase_add_test(tcase, refuses_taken_cores);
    tcase_add_test(tcase, files_verdicts);
    LOOP(drops_judged_reports, judgements);
    tcase_add_test(tcase, moves_pools_on);
    LOOP(rotates_validators, epochs);
    tcase_add_test(tcase, refuses_unwanted_preimages);
    tcase_add_loop_test(tcase, adds_no_components, 0, 2);
    LOOP(refuses_wrong_components, components);
    suite_add_tcase(suite, tcase);
    return suite;
}
