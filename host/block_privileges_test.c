/* SPDX-License-Identifier: Apache-2.0 */
/* Whose writing of a privileged part counts, by version. */
#include "host/block_rules.h"

#include "host/testing.h"

/* The chain before the round: services 1 to 4 hold a privilege each, 5 the second core's. */
enum {
    MANAGER = 1,
    DELEGATOR = 2,
    REGISTRAR = 3,
    ASSIGNER0 = 4,
    ASSIGNER1 = 5,
    NOBODY = 9,
    CORES = 2
};

/* What one run leaves; 0 is "as it was". */
struct left {
    uint32_t service;
    uint32_t manager, delegator, registrar, assigner0, assigner1, always;
    char queue0, queue1, staging; /* hashes and keys of this octet */
};

struct scene {
    struct jam_state old, next;
    struct jam_round_run runs[5];
    struct jam_privileges privileges[5];
    struct jam_map queues[5];
    struct jam_blob *staging[5];
    struct jam_round_runs list;
};

static void set_base(struct jam_privileges *privileges, size_t assigners)
{
    static const uint32_t ids[] = {ASSIGNER0, ASSIGNER1};
    struct pvm_err err = {.status = PVM_OK};
    privileges->manager = MANAGER;
    privileges->delegator = DELEGATOR;
    privileges->registrar = REGISTRAR;
    ck_assert(jam_assigners_set(privileges, ids, assigners, &err) == PVM_OK);
    ck_assert(jam_always_set(privileges, 100, 7, &err) == PVM_OK);
}

static void set_queue(struct jam_map *queues, size_t core, char octet)
{
    uint8_t hashes[JAM_QUEUE_LEN * JAM_HASH_SIZE];
    struct pvm_err err = {.status = PVM_OK};
    memset(hashes, octet, sizeof hashes);
    ck_assert(jam_core_set(queues, core, pvm_bytes(hashes, sizeof hashes), &err) == PVM_OK);
}

static struct jam_blob *staging_of(char octet)
{
    uint8_t keys[JAM_VALIDATOR_SIZE];
    memset(keys, octet, sizeof keys);
    return jam_blob_new(NULL, pvm_bytes(keys, sizeof keys));
}

static void put(uint32_t *to, uint32_t value, unsigned *wrote, unsigned bit)
{
    if (value == 0)
        return;
    *to = value;
    *wrote |= bit;
}

static void add_run(struct scene *scene, const struct left *left, size_t assigners)
{
    size_t at = scene->list.count++;
    struct jam_privileges *privileges = &scene->privileges[at];
    struct jam_effects *effects = &scene->runs[at].effects;
    struct pvm_err err = {.status = PVM_OK};
    jam_privileges_init(privileges, NULL);
    set_base(privileges, assigners);
    jam_map_init(&scene->queues[at], NULL);
    scene->runs[at].service = left->service;
    put(&privileges->manager, left->manager, &effects->wrote, JAM_WROTE_PRIVILEGES);
    put(&privileges->delegator, left->delegator, &effects->wrote, JAM_WROTE_PRIVILEGES);
    put(&privileges->registrar, left->registrar, &effects->wrote, JAM_WROTE_PRIVILEGES);
    put(&privileges->assigners->id[0], left->assigner0, &effects->wrote, JAM_WROTE_ASSIGNERS);
    if (assigners > 1)
        put(&privileges->assigners->id[1], left->assigner1, &effects->wrote, JAM_WROTE_ASSIGNERS);
    if (left->always != 0) {
        ck_assert(jam_always_set(privileges, left->always, 1, &err) == PVM_OK);
        effects->wrote |= JAM_WROTE_PRIVILEGES;
    }
    effects->privileges = privileges;
    if (left->queue0 != 0)
        set_queue(&scene->queues[at], 0, left->queue0);
    if (left->queue1 != 0)
        set_queue(&scene->queues[at], 1, left->queue1);
    if (scene->queues[at].count > 0)
        effects->wrote |= JAM_WROTE_QUEUES;
    effects->auth_queues = &scene->queues[at];
    if (left->staging != 0) {
        scene->staging[at] = staging_of(left->staging);
        effects->staging = scene->staging[at];
        effects->wrote |= JAM_WROTE_STAGING;
    }
}

static void scene_init(struct scene *scene, const struct left *runs, size_t assigners)
{
    struct pvm_err err = {.status = PVM_OK};
    *scene = (struct scene){.list = {NULL, 0}};
    scene->list.list = scene->runs;
    jam_state_init(&scene->old, NULL);
    set_base(&scene->old.privileges, assigners);
    set_queue(&scene->old.auth_queues, 0, '-');
    set_queue(&scene->old.auth_queues, 1, '-');
    scene->old.staging = staging_of('-');
    for (size_t i = 0; i < 5 && runs[i].service != 0; i++)
        add_run(scene, &runs[i], assigners);
    ck_assert(jam_state_copy(&scene->next, &scene->old, &err) == PVM_OK);
}

static void scene_deinit(struct scene *scene)
{
    for (size_t i = 0; i < scene->list.count; i++) {
        jam_privileges_deinit(&scene->privileges[i]);
        jam_map_deinit(&scene->queues[i]);
        jam_blob_unref(scene->staging[i]);
    }
    jam_state_deinit(&scene->old);
    jam_state_deinit(&scene->next);
}

/* The state as text: manager, delegator, registrar, assigners, who always accumulates, queues,
 * staging set. */
static void text_of(const struct jam_state *state, struct pvm_buf *out)
{
    const struct jam_privileges *privileges = &state->privileges;
    struct jam_always always;
    pvm_buf_printf(out, "m%u v%u r%u a%u,%u z", (unsigned)privileges->manager,
                   (unsigned)privileges->delegator, (unsigned)privileges->registrar,
                   (unsigned)jam_assigner_get(privileges, 0),
                   (unsigned)jam_assigner_get(privileges, 1));
    for (uint64_t id = 0; jam_always_from(privileges, id, &always);
         id = (uint64_t)always.service + 1)
        pvm_buf_printf(out, "%s%u", id == 0 ? "" : ",", (unsigned)always.service);
    pvm_buf_printf(out, " q%c%c i%c", jam_core_get(&state->auth_queues, 0).ptr[0],
                   jam_core_get(&state->auth_queues, 1).ptr[0], state->staging->octets[0]);
}

#define BASE_062 "m1 v2 r3 a4,4 z100 q-- i-"
#define BASE_067 "m1 v2 r3 a4,5 z100 q-- i-"

static const struct {
    jam_privileges_merge merge;
    size_t assigners;
    struct left runs[5]; /* ascending by service */
    const char *expected;
} cases[] = {
    /* Nobody of interest ran. */
    {jam_merge_062,
     1,
     {{.service = NOBODY, .manager = 9, .staging = 'X', .queue0 = 'X'}},
     BASE_062},
    {jam_merge_064,
     1,
     {{.service = NOBODY, .manager = 9, .staging = 'X', .queue0 = 'X'}},
     BASE_062},
    {jam_merge_067,
     2,
     {{.service = NOBODY, .manager = 9, .staging = 'X', .queue0 = 'X'}},
     BASE_067},
    {jam_merge_071,
     2,
     {{.service = NOBODY, .manager = 9, .staging = 'X', .queue0 = 'X'}},
     BASE_067},

    /* To 0.6.6 the manager's bless sets everything. */
    {jam_merge_064,
     1,
     {{.service = MANAGER, .manager = 6, .delegator = 7, .assigner0 = 8, .always = 200}},
     "m6 v7 r3 a8,8 z100,200 q-- i-"},
    /* The delegator designates, the assigner assigns any core; since 0.6.4. */
    {jam_merge_064,
     1,
     {{.service = DELEGATOR, .staging = 'D', .queue0 = 'D'},
      {.service = ASSIGNER0, .staging = 'A', .queue0 = 'A', .queue1 = 'A'}},
     "m1 v2 r3 a4,4 z100 qAA iD"},
    /* Before, the equations name each other's. */
    {jam_merge_062,
     1,
     {{.service = DELEGATOR, .staging = 'D', .queue0 = 'D'},
      {.service = ASSIGNER0, .staging = 'A', .queue0 = 'A', .queue1 = 'A'}},
     "m1 v2 r3 a4,4 z100 qD- iA"},

    /* 0.6.7: cores have assigners of their own, who can only speak for theirs. */
    {jam_merge_067,
     2,
     {{.service = ASSIGNER0, .assigner0 = 8, .assigner1 = 8, .queue0 = 'A', .queue1 = 'A'},
      {.service = ASSIGNER1, .queue1 = 'B'}},
     "m1 v2 r3 a8,5 z100 qAB i-"},
    /* Whom the manager names decides, if it runs: then nothing new unless it says so. */
    {jam_merge_067,
     2,
     {{.service = MANAGER, .manager = 6, .delegator = 7, .assigner0 = 8, .always = 200}},
     "m6 v7 r3 a8,5 z100,200 q-- i-"},
    {jam_merge_067,
     2,
     {{.service = MANAGER, .delegator = 7, .assigner0 = 8, .assigner1 = 8},
      {.service = 7},
      {.service = 8, .assigner0 = 6}},
     "m1 v2 r3 a6,5 z100 q-- i-"},
    {jam_merge_067,
     2,
     {{.service = MANAGER, .delegator = MANAGER, .assigner0 = MANAGER, .assigner1 = MANAGER}},
     "m1 v1 r3 a1,1 z100 q-- i-"},
    {jam_merge_067,
     2,
     {{.service = MANAGER, .assigner0 = 8, .delegator = 8},
      {.service = 8, .assigner0 = 7, .delegator = 6, .manager = 9, .staging = 'X'}},
     "m1 v6 r3 a7,5 z100 q-- i-"},
    {jam_merge_067,
     2,
     {{.service = DELEGATOR, .delegator = 8, .staging = 'D'}},
     "m1 v8 r3 a4,5 z100 q-- iD"},

    /* 0.7.1: the manager's choice, else the holder's. */
    {jam_merge_071,
     2,
     {{.service = MANAGER,
       .manager = 6,
       .delegator = 7,
       .registrar = 10,
       .assigner0 = 8,
       .always = 200}},
     "m6 v7 r10 a8,5 z100,200 q-- i-"},
    {jam_merge_071,
     2,
     {{.service = DELEGATOR, .delegator = 20, .registrar = 20, .manager = 20, .staging = 'D'},
      {.service = REGISTRAR, .registrar = 30, .delegator = 30},
      {.service = ASSIGNER0, .assigner0 = 40, .assigner1 = 40, .queue0 = 'A', .queue1 = 'A'},
      {.service = ASSIGNER1, .assigner0 = 50, .assigner1 = 50, .queue1 = 'B'}},
     "m1 v20 r30 a40,50 z100 qAB iD"},
    {jam_merge_071,
     2,
     {{.service = MANAGER, .delegator = 11, .assigner0 = 12, .registrar = 13},
      {.service = DELEGATOR, .delegator = 20, .staging = 'D'},
      {.service = REGISTRAR, .registrar = 30},
      {.service = ASSIGNER0, .assigner0 = 40, .queue0 = 'A'}},
     "m1 v11 r13 a12,5 z100 qA- iD"},
    /* Only a manager's always-accumulators count. */
    {jam_merge_071, 2, {{.service = DELEGATOR, .always = 300}}, BASE_067},
};

START_TEST(merges)
{
    struct scene scene;
    struct pvm_buf text = {0};
    struct pvm_err err = {.status = PVM_OK};
    scene_init(&scene, cases[_i].runs, cases[_i].assigners);
    ck_assert_msg(cases[_i].merge(&scene.next, &scene.old, &scene.list, CORES, &err) == PVM_OK,
                  "%s", err.msg);
    text_of(&scene.next, &text);
    ck_assert_str_eq(pvm_buf_str(&text), cases[_i].expected);
    text.len = 0;
    text_of(&scene.old, &text);
    ck_assert_str_eq(pvm_buf_str(&text), cases[_i].assigners == 1 ? BASE_062 : BASE_067);
    pvm_buf_deinit(&text);
    scene_deinit(&scene);
}
END_TEST

static const struct {
    const char *version;
    jam_privileges_merge merge;
    bool transfers_loop;
} versions[] = {
    {"0.6.3", jam_merge_062, false},        {"0.6.5", jam_merge_064, false},
    {"0.6.6", jam_merge_064, false},        {"0.6.7", jam_merge_067, false},
    {"0.7.0", jam_merge_067, false},        {"0.7.1", jam_merge_071, true},
    {"0.7.2", jam_merge_071, true},         {"0.8.0", jam_merge_071, true},
    {"0.8.0-vectors", jam_merge_071, true},
};

START_TEST(versions_choose)
{
    const struct jam_profile *profile = jam_profile_find(versions[_i].version);
    ck_assert_ptr_nonnull(profile);
    ck_assert(profile->block->merge == versions[_i].merge);
    ck_assert(profile->block->transfers_loop == versions[_i].transfers_loop);
}
END_TEST

Suite *block_privileges_suite(void);
Suite *block_privileges_suite(void)
{
    Suite *suite = suite_create("block_privileges");
    TCase *tcase = tcase_create("merge");
    tcase_add_loop_test(tcase, merges, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tcase, versions_choose, 0, sizeof versions / sizeof *versions);
    suite_add_tcase(suite, tcase);
    return suite;
}
