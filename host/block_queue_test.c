/* SPDX-License-Identifier: Apache-2.0 */
#include "host/block_queue.h"

#include "host/testing.h"

/* Packages are named by letters: the hash of 'a' is 32 times that octet. */
static struct jam_hash named(char name)
{
    struct jam_hash hash;
    memset(hash.octets, name, sizeof hash.octets);
    return hash;
}

/* Lists as text: "a bxy" is package a without dependencies, then b that depends on x and y. */
static void add_entry(struct jam_ready_list *list, const char *text, size_t len)
{
    struct jam_hash package = named(text[0]);
    struct jam_hash dependencies[8];
    struct pvm_err err = {.status = PVM_OK};
    struct jam_blob *report = jam_blob_new(NULL, jam_hash_bytes(&package));
    ck_assert_ptr_nonnull(report);
    for (size_t i = 1; i < len; i++)
        dependencies[i - 1] = named(text[i]);
    ck_assert(jam_ready_add(list, NULL, report, dependencies, len - 1, &err) == PVM_OK);
    jam_blob_unref(report);
}

static struct jam_ready_list list_of(const char *text)
{
    struct jam_ready_list list = {NULL, 0, 0};
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        add_entry(&list, text, len);
        text += len + strspn(text + len, " ");
    }
    return list;
}

static void text_of(const struct jam_ready_list *list, struct pvm_buf *out)
{
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            pvm_buf_text(out, " ");
        pvm_buf_add_u8(out, list->list[i].report->octets[0]);
        for (size_t k = 0; k < list->list[i].dependencies.count; k++)
            pvm_buf_add_u8(out, list->list[i].dependencies.list[k].octets[0]);
    }
}

static void check_list(const struct jam_ready_list *list, const char *expected)
{
    struct pvm_buf text = {0};
    text_of(list, &text);
    ck_assert_str_eq(pvm_buf_str(&text), expected);
    pvm_buf_deinit(&text);
}

static size_t set_of(const char *names, struct jam_hash *set)
{
    size_t count = strlen(names);
    for (size_t i = 0; i < count; i++)
        set[i] = named(names[i]);
    return jam_hash_set_make(set, count);
}

static const struct {
    const char *list, *set, *expected;
} edits[] = {
    {"", "ab", ""},
    {"a b", "", "a b"},
    {"a bx cxy", "x", "a b cy"},
    {"a bx cxy", "yx", "a b c"},
    {"a bx cxy", "b", "a cxy"},    /* accumulated: gone, with what it waited for */
    {"ab ba", "a", "b"},           /* of two that wait for each other */
    {"aa", "a", ""},               /* of itself */
    {"a a b", "a", "b"},           /* every report of the package */
    {"axyz bzyx", "zxw", "ay by"}, /* the order stays */
};

START_TEST(edits_queues)
{
    struct jam_hash hashes[8];
    struct jam_ready_list list = list_of(edits[_i].list);
    struct jam_hash_set set = {hashes, set_of(edits[_i].set, hashes)};
    jam_queue_edit(&list, NULL, &set);
    check_list(&list, edits[_i].expected);
    jam_ready_list_deinit(&list, NULL);
}
END_TEST

static const struct {
    const char *list, *order;
} resolutions[] = {
    {"", ""},
    {"a b c", "abc"},
    {"ab bc c", "cba"}, /* a chain, last first */
    {"c bc ab", "cba"},
    {"ax b cx", "b"},         /* nobody brings x */
    {"ab ba c", "c"},         /* a circle never comes free */
    {"aa b", "b"},            /* nor what waits for itself */
    {"dc da b c a", "bcadd"}, /* c and a set both d free at once, in their order */
    {"ea eb ab b", "bea"},    /* the second e comes free before the first, which it drops */
    {"eb ea b a", "baee"},    /* both come free in the same step, and both are taken */
    {"eb exb b x", "bxee"},
    {"eb eca b ab c", "bcea"}, /* the first e drops the second */
    {"abcd bcd cd d", "dcba"},
    {"ac bc c", "cab"},
};

START_TEST(resolves_dependencies)
{
    struct jam_ready_list list = list_of(resolutions[_i].list);
    size_t order[16];
    size_t found = 99;
    char names[17] = "";
    struct pvm_err err = {.status = PVM_OK};
    ck_assert(jam_queue_resolve(list.list, list.count, NULL, order, &found, &err) == PVM_OK);
    ck_assert_uint_le(found, 16);
    for (size_t i = 0; i < found; i++)
        names[i] = (char)list.list[order[i]].report->octets[0];
    ck_assert_str_eq(names, resolutions[_i].order);
    jam_ready_list_deinit(&list, NULL);
}
END_TEST

/* Long chains take time that grows with them, not with their square. */
START_TEST(resolves_long_chains)
{
    enum { LENGTH = 20000 };
    struct jam_ready_list list = {NULL, 0, 0};
    struct pvm_err err = {.status = PVM_OK};
    size_t found = 0;
    size_t *order = pvm_alloc_zero(NULL, LENGTH, sizeof *order);
    for (uint32_t i = 0; i < LENGTH; i++) {
        struct jam_hash package = {{0}};
        struct jam_hash next = {{0}};
        pvm_store_le(package.octets, i, 4);
        pvm_store_le(next.octets, i + 1, 4);
        struct jam_blob *report = jam_blob_new(NULL, jam_hash_bytes(&package));
        ck_assert(jam_ready_add(&list, NULL, report, &next, i + 1 < LENGTH ? 1 : 0, &err) ==
                  PVM_OK);
        jam_blob_unref(report);
    }
    ck_assert(jam_queue_resolve(list.list, list.count, NULL, order, &found, &err) == PVM_OK);
    ck_assert_uint_eq(found, LENGTH);
    for (size_t i = 0; i < LENGTH; i++)
        ck_assert_uint_eq(order[i], LENGTH - 1 - i);
    pvm_alloc_free(NULL, order);
    jam_ready_list_deinit(&list, NULL);
}
END_TEST

/* ---- a block's queue ---- */

enum { EPOCH = 12, REPORTS = 4 };

struct scene {
    const struct jam_profile *profile;
    struct jam_params params;
    struct jam_state state;
    struct jam_hash dependencies[REPORTS][4];
    struct jam_report reports[REPORTS];
    struct jam_block_in in;
};

static void scene_init(struct scene *scene)
{
    struct pvm_err err = {.status = PVM_OK};
    *scene = (struct scene){.profile = jam_profile_default};
    jam_params_get(scene->profile, JAM_PARAMS_TINY, &scene->params);
    jam_state_init(&scene->state, NULL);
    ck_assert(jam_state_set_ready(&scene->state, EPOCH, &err) == PVM_OK);
    ck_assert(jam_state_set_accumulated(&scene->state, EPOCH, &err) == PVM_OK);
    scene->in.reports = scene->reports;
}

/* "bxY": package b, prerequisite x, and Y as a package that imports name. */
static void scene_report(struct scene *scene, const char *text)
{
    struct jam_report *report = &scene->reports[scene->in.report_count];
    struct jam_hash *dependencies = scene->dependencies[scene->in.report_count++];
    report->package_spec.hash = named(text[0]);
    report->context.prerequisites = dependencies;
    for (const char *at = text + 1; *at != '\0'; at++)
        dependencies[report->context.prerequisite_count++] = named(*at);
}

/* A report that state can hold: its package and nothing else of interest. */
static void scene_ready(struct scene *scene, size_t slot, const char *text)
{
    struct jam_hash dependencies[8];
    struct jam_report report = {.package_spec = {.hash = named(text[0])}};
    struct pvm_buf octets = {0};
    struct pvm_err err = {.status = PVM_OK};
    size_t count = set_of(text + 1, dependencies);
    jam_report_encode(scene->profile, &report, &octets);
    struct jam_blob *blob = jam_blob_new(NULL, pvm_buf_bytes(&octets));
    ck_assert(jam_ready_add(&scene->state.ready[slot], NULL, blob, dependencies, count, &err) ==
              PVM_OK);
    jam_blob_unref(blob);
    pvm_buf_deinit(&octets);
}

static void scene_accumulated(struct scene *scene, size_t slot, const char *names)
{
    struct pvm_err err = {.status = PVM_OK};
    for (; *names != '\0'; names++) {
        struct jam_hash hash = named(*names);
        ck_assert(jam_hash_list_add(&scene->state.accumulated[slot], NULL, &hash, &err) == PVM_OK);
    }
}

/* Runs the queue for a slot with all, or all but the last `left`, of W* accumulated. */
static void scene_go(struct scene *scene, uint32_t slot, size_t left, const char *expected)
{
    struct jam_queue queue;
    struct pvm_err err = {.status = PVM_OK};
    char names[32] = "";
    scene->in.slot = slot;
    ck_assert_msg(jam_queue_init(&queue, scene->profile, &scene->params, &scene->state, &scene->in,
                                 &err) == PVM_OK,
                  "%s", err.msg);
    for (size_t i = 0; i < queue.count; i++)
        names[i] = (char)queue.order[i]->package_spec.hash.octets[0];
    ck_assert_str_eq(names, expected);
    ck_assert(jam_queue_finish(&queue, &scene->state, queue.count - left, slot, &err) == PVM_OK);
    scene->state.slot = slot;
    scene->in.report_count = 0;
    jam_queue_deinit(&queue);
}

static void check_history(const struct scene *scene, size_t slot, const char *expected)
{
    char names[32] = "";
    for (size_t i = 0; i < scene->state.accumulated[slot].count; i++)
        names[i] = (char)scene->state.accumulated[slot].list[i].octets[0];
    ck_assert_str_eq(names, expected);
}

START_TEST(parts_a_block)
{
    struct scene scene;
    scene_init(&scene);
    scene.state.slot = 40;
    scene_accumulated(&scene, 3, "x");
    scene_report(&scene, "cb"); /* waits for b */
    scene_report(&scene, "a");  /* immediate */
    scene_report(&scene, "bx"); /* x is long accumulated: free after the immediate ones */
    scene_report(&scene, "dz"); /* z is unknown */
    scene_go(&scene, 41, 0, "abc");
    check_history(&scene, 2, "x");
    check_history(&scene, 11, "abc");
    check_list(&scene.state.ready[41 % EPOCH], "dz");
    jam_state_deinit(&scene.state);
}
END_TEST

/* omega is read from the block's own place on, once around. */
START_TEST(reads_around_the_epoch)
{
    struct scene scene;
    scene_init(&scene);
    scene.state.slot = 40; /* place 4; the block's is 5 */
    scene_ready(&scene, 4, "d");
    scene_ready(&scene, 5, "a");
    scene_ready(&scene, 0, "c");
    scene_ready(&scene, 11, "b");
    scene_report(&scene, "ea");
    scene_report(&scene, "f");
    scene_go(&scene, 41, 0, "fabcde");
    jam_state_deinit(&scene.state);
}
END_TEST

/* What the budget left stays, free, and comes first in the next block. */
START_TEST(keeps_what_is_left)
{
    struct scene scene;
    scene_init(&scene);
    scene.state.slot = 40;
    scene_report(&scene, "a");
    scene_report(&scene, "ba");
    scene_report(&scene, "cb");
    scene_go(&scene, 41, 1, "abc");
    check_list(&scene.state.ready[5], "c");
    scene_report(&scene, "d");
    scene_go(&scene, 42, 0, "dc");
    check_list(&scene.state.ready[5], "");
    check_history(&scene, 10, "ab");
    check_history(&scene, 11, "cd");
    jam_state_deinit(&scene.state);
}
END_TEST

/* Places of slots that no block had are emptied. */
START_TEST(forgets_skipped_slots)
{
    struct scene scene;
    scene_init(&scene);
    scene.state.slot = 40; /* place 4 */
    for (size_t i = 0; i < EPOCH; i++) {
        char text[] = {(char)('a' + (char)i), '?', '\0'};
        scene_ready(&scene, i, text);
    }
    scene_go(&scene, 43, 0, ""); /* place 7; 5 and 6 were skipped */
    check_list(&scene.state.ready[4], "e?");
    check_list(&scene.state.ready[5], "");
    check_list(&scene.state.ready[6], "");
    check_list(&scene.state.ready[7], "");
    check_list(&scene.state.ready[8], "i?");
    scene_go(&scene, 43 + 5 * EPOCH, 0, "");
    for (size_t i = 0; i < EPOCH; i++)
        check_list(&scene.state.ready[i], "");
    jam_state_deinit(&scene.state);
}
END_TEST

/* A report whose package was accumulated since it was made ready is never accumulated again. */
START_TEST(drops_repeated_packages)
{
    struct scene scene;
    scene_init(&scene);
    scene.state.slot = 40;
    scene_accumulated(&scene, 7, "p");
    scene_ready(&scene, 2, "a?");
    scene_report(&scene, "pq"); /* again, by another report */
    scene_report(&scene, "a");
    scene_go(&scene, 41, 0, "a");
    check_list(&scene.state.ready[2], "");
    check_list(&scene.state.ready[5], "");
    jam_state_deinit(&scene.state);
}
END_TEST

Suite *block_queue_suite(void);
Suite *block_queue_suite(void)
{
    Suite *suite = suite_create("block_queue");
    TCase *tcase = tcase_create("queue");
    tcase_add_loop_test(tcase, edits_queues, 0, sizeof edits / sizeof *edits);
    tcase_add_loop_test(tcase, resolves_dependencies, 0, sizeof resolutions / sizeof *resolutions);
    tcase_add_test(tcase, resolves_long_chains);
    tcase_add_test(tcase, parts_a_block);
    tcase_add_test(tcase, reads_around_the_epoch);
    tcase_add_test(tcase, keeps_what_is_left);
    tcase_add_test(tcase, forgets_skipped_slots);
    tcase_add_test(tcase, drops_repeated_packages);
    suite_add_tcase(suite, tcase);
    return suite;
}
