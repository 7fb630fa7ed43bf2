/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios: the examples hold and give the same state each time, dependencies and delays, pools,
 * every rule that refuses, expectations that do not hold, scenarios that are wrong, and memory that
 * ends.
 */
#include "host/scenario.h"

#include "host/disk.h"
#include "host/testing.h"

#include <check.h>

#define FOLDER PVM_TESTDATA "/scenarios"

/* What observers collect: rounds, and all failures in their order. */
struct seen {
    size_t rounds;
    struct pvm_buf failures;
};

static void on_round(void *user, const struct jam_scenario_round *round)
{
    struct seen *seen = user;
    ck_assert_uint_eq(round->index, seen->rounds);
    seen->rounds++;
    pvm_buf_add_bytes(&seen->failures, round->failures);
}

static enum pvm_status play(const char *text, const struct pvm_alloc *alloc, struct seen *seen,
                            struct jam_scenario_out *out, struct pvm_err *err)
{
    const struct jam_scenario_options how = {
        .folder = FOLDER, .alloc = alloc, .round = on_round, .user = seen};
    *seen = (struct seen){.rounds = 0};
    return jam_scenario_run(pvm_bytes(text, strlen(text)), "a.json", &how, out, err);
}

/* ---- the examples ---- */

static const struct {
    const char *name;
    size_t rounds;
} examples[] = {{"transfers.json", 2}, {"preimage.json", 5}, {"create.json", 3}};

static void play_example(const char *name, size_t rounds, struct pvm_buf *state)
{
    struct pvm_buf path = {0};
    struct pvm_buf text = {0};
    struct pvm_err err = {0};
    struct seen seen;
    struct jam_scenario_out out;
    pvm_buf_printf(&path, "%s/%s", FOLDER, name);
    ck_assert_msg(jam_disk_read(pvm_buf_str(&path), 1 << 20, &text, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(play(pvm_buf_str(&text), NULL, &seen, &out, &err) == PVM_OK, "%s", err.msg);
    ck_assert_str_eq(pvm_buf_str(&seen.failures), "");
    ck_assert_uint_eq(out.failure_count, 0);
    ck_assert_uint_gt(out.check_count, rounds);
    ck_assert_uint_eq(seen.rounds, rounds);
    ck_assert_uint_eq(out.round_count, rounds);
    ck_assert(jam_state_write(out.file, JAM_STATE_FILE_OWN, state, &err) == PVM_OK);
    jam_scenario_out_deinit(&out);
    jam_scenario_out_deinit(&out);
    pvm_buf_deinit(&seen.failures);
    pvm_buf_deinit(&path);
    pvm_buf_deinit(&text);
}

/* State written and read back is the same octets. */
static void ck_round_trip(struct pvm_bytes text)
{
    const struct jam_state_options how = {.folder = FOLDER};
    struct jam_state_file *file;
    struct pvm_buf again = {0};
    struct pvm_err err = {0};
    ck_assert_msg(jam_state_load(text, "state", &how, &file, &err) == PVM_OK, "%s", err.msg);
    ck_assert(jam_state_write(file, JAM_STATE_FILE_OWN, &again, &err) == PVM_OK);
    ck_assert(pvm_bytes_equal(text, pvm_buf_bytes(&again)));
    pvm_buf_deinit(&again);
    jam_state_file_free(file);
}

START_TEST(example_holds_and_repeats)
{
    struct pvm_buf first = {0};
    struct pvm_buf second = {0};
    play_example(examples[_i].name, examples[_i].rounds, &first);
    play_example(examples[_i].name, examples[_i].rounds, &second);
    ck_assert(pvm_bytes_equal(pvm_buf_bytes(&first), pvm_buf_bytes(&second)));
    ck_round_trip(pvm_buf_bytes(&first));
    pvm_buf_deinit(&first);
    pvm_buf_deinit(&second);
}
END_TEST

/* ---- scenarios that differ from what they say, and how ---- */

#define AUTH "\"authorizer\":{\"code\":{\"asm\":\"authorizer.s\"}}"
#define STATE                                                                                      \
    "\"state\":{\"services\":[{\"id\":1,\"code\":{\"asm\":\"payer.s\"},\"min_item_gas\":50}]}"
#define FULL(state, rounds) "{\"params\":\"tiny\"," state ",\"rounds\":[" rounds "]}"
#define SCENARIO(rounds)    FULL(STATE, rounds)
/* A package for service 1; more of its keys, and of its context. */
#define ITEM(more, context)                                                                        \
    "{" more AUTH ",\"work_package\":{\"context\":{" context "},\"items\":[{\"service\":1}]}}"
#define PACKAGE               ITEM("", "")
#define ROUND(packages, rest) "{\"packages\":[" packages "]" rest "}"
#define REFUSED(rule)         ",\"expect\":{\"packages\":[{\"refused\":\"" rule "\"}]}"
#define HASH_1                "0x0101010101010101010101010101010101010101010101010101010101010101"

static const struct {
    const char *text, *failures;
} cases[] = {
    {SCENARIO(""), ""},
    {SCENARIO("{}"), ""},
    {SCENARIO(ROUND(PACKAGE, ",\"expect\":{\"accumulated\":1}")), ""},
    /* What is refused is a difference unless it is expected. */
    {SCENARIO(ROUND("{" AUTH ",\"work_package\":{\"items\":[{\"service\":2}]}}",
                    REFUSED("bad_service_id"))),
     ""},
    {SCENARIO(ROUND("{" AUTH ",\"work_package\":{\"items\":[{\"service\":2}]}}", "")),
     "packages[0]: refused: bad_service_id: there is no service of this id\n"},
    {SCENARIO(ROUND("{" AUTH ",\"work_package\":{\"items\":[{\"service\":2}]}}",
                    ",\"expect\":{\"packages\":[{}]}")),
     "packages[0]: expected not to be refused, got bad_service_id: there is no service of this "
     "id\n"},
    {SCENARIO(ROUND(PACKAGE, REFUSED("bad_service_id"))),
     "packages[0] refused: expected bad_service_id, got ok\n"},
    {SCENARIO(ROUND("{\"unchecked\":true," AUTH
                    ",\"work_package\":{\"items\":[{\"service\":1,\"code_hash\":\"" HASH_1 "\"}]}}",
                    ",\"expect\":{\"packages\":[{\"results\":[{\"outcome\":\"bad\"}]}],\"runs\":[{"
                    "\"outcome\":\"halt\",\"operands\":1}]}")),
     ""},
    {SCENARIO(ROUND("{" AUTH
                    ",\"work_package\":{\"items\":[{\"service\":1,\"accumulate_gas_limit\":49}]}}",
                    REFUSED("service_item_gas_too_low"))),
     ""},
    {SCENARIO(
         ROUND("{" AUTH
               ",\"work_package\":{\"items\":[{\"service\":1,\"accumulate_gas_limit\":10000000}]}}",
               REFUSED("work_report_gas_too_high"))),
     ""},
    {SCENARIO(ROUND("{\"work_package\":{\"items\":[{\"service\":1}]}}", REFUSED("not_authorized"))),
     ""},
    {SCENARIO(ROUND(ITEM("", "\"prerequisites\":[\"" HASH_1 "\"]"), REFUSED("dependency_missing"))),
     ""},
    {SCENARIO(ROUND(ITEM("", "\"prerequisites\":[\"" HASH_1 "\",\"" HASH_1 "\",\"" HASH_1
                             "\",\"" HASH_1 "\",\"" HASH_1 "\",\"" HASH_1 "\",\"" HASH_1
                             "\",\"" HASH_1 "\",\"" HASH_1 "\"]"),
                    REFUSED("too_many_dependencies"))),
     ""},
    /* Two for one core; the same twice. */
    {SCENARIO(
         ROUND(ITEM("\"core\":1,", "") "," ITEM("\"core\":1,", "\"beefy_root\":\"" HASH_1 "\""),
               ",\"expect\":{\"packages\":[{},{\"refused\":\"core_engaged\"}]}")),
     ""},
    {SCENARIO(ROUND(ITEM("\"slot\":0,", "") "," ITEM("\"slot\":0,", ""),
                    ",\"expect\":{\"packages\":[{},{\"refused\":\"duplicate_package\"}]}")),
     ""},
    {SCENARIO(ROUND(ITEM("\"slot\":0,", ""), "") "," ROUND(ITEM("\"slot\":0,", ""),
                                                           REFUSED("duplicate_package"))),
     ""},
    /* A report that waits: for its prerequisite, which becomes available two rounds later. */
    {SCENARIO(ROUND("{\"delay\":2,\"package\":" ITEM("\"name\":\"a\",", "") "}," ITEM(
                        "", "\"prerequisites\":[{\"package\":\"a\"}]"),
                    ",\"expect\":{\"reports\":1,\"ready\":0,\"accumulated\":0,\"waiting\":1,"
                    "\"runs\":[]}") ",{\"expect\":{\"reports\":0,\"waiting\":1}},{\"expect\":{"
                                    "\"reports\":1,\"ready\":2,\"accumulated\":2,\"waiting\":0,"
                                    "\"runs\":[{\"service\":1,\"operands\":2}]}}"),
     ""},
    /* Preimages: by their order, and by who asks for them. */
    {SCENARIO("{\"preimages\":[{\"service\":1,\"blob\":\"0x01\"}]}"),
     "preimages[0]: refused: preimage_unneeded: the service does not ask for this preimage\n"},
    {FULL("\"state\":{\"services\":[{\"id\":1,\"requests\":[{\"hash\":"
          "\"0x0ce8d4ef4dd7cd8d62dfded9d4edb0a774ae6a41929a74da23109e8f11139c87\",\"length\":0,"
          "\"slots\":[]}]}]}",
          "{\"preimages\":[{\"service\":2,\"blob\":\"0x\"},{\"service\":1,\"blob\":\"0x\"}],"
          "\"expect\":{\"preimages\":[\"preimage_unneeded\",\"preimage_unneeded\"]}}"),
     ""},
    /* Pools, where the state has them: the authorizer leaves when it is used, and the queue's next
     * one comes. */
    {FULL(
         "\"state\":{\"auth_pools\":[[]],\"services\":[{\"id\":1,\"code\":{\"asm\":\"payer.s\"}}]}",
         ROUND(PACKAGE, REFUSED("core_unauthorized"))),
     ""},
    /* What is wrong about a run, a service, storage, a request. */
    {SCENARIO(ROUND(PACKAGE, ",\"expect\":{\"runs\":[{\"service\":2,\"outcome\":\"panic\",\"on_"
                             "transfer\":true,\"context\":\"exceptional\",\"yield\":\"" HASH_1
                             "\",\"made\":1,\"new_services\":[5]}]}")),
     "runs[0] service: expected 2, got 1\nruns[0] on_transfer: expected yes, got no\nruns[0] "
     "outcome: expected panic, got halt\nruns[0] context: expected exceptional, got "
     "regular\nruns[0] yield: expected " HASH_1
     ", got none\nruns[0] made: expected 1, got 0\nruns[0] new_services: expected 1, got 0\n"},
    {SCENARIO("{\"expect\":{\"services\":[{\"id\":1,\"balance\":1,\"storage\":[{\"key\":\"0x01\","
              "\"value\":\"0x02\"}],\"requests\":[{\"hash\":\"" HASH_1
              "\",\"length\":3,\"slots\":[1,2]}],\"preimages\":[{\"hash\":\"" HASH_1
              "\",\"blob\":\"0x\"}]},{\"id\":2},{\"id\":1,\"exists\":false}],\"privileges\":{"
              "\"manager\":1,\"assigners\":[0,4]},\"yields\":[{\"service\":1,\"hash\":\"" HASH_1
              "\"}]}}"),
     "yields: expected 1, got 0\nservice 1 balance: expected 1, got 1000000000\nservice 1 storage "
     "0x01: expected 0x02, got none\nservice 1 request " HASH_1
     " length 3: expected [1, 2], got none\nservice 1 preimage " HASH_1
     ": expected empty, got none\nservice 2: expected to exist\nservice 1: expected not to "
     "exist\nprivileges manager: expected 1, got 0\nprivileges: assigner of core 1: expected 4, "
     "got 0\n"},
    {SCENARIO(ROUND(PACKAGE,
                    ",\"expect\":{\"packages\":[{\"trace\":\"0x01\",\"length\":0,\"exports\":1,"
                    "\"results\":[{\"outcome\":\"panic\",\"output\":null,\"gas_used\":1},{}]}]}")),
     "packages[0] trace: expected 0x01, got empty\npackages[0] exports: expected 1, got "
     "0\npackages[0] length: expected 0, got 229\npackages[0] results: expected 2, got "
     "1\npackages[0].results[0] outcome: expected panic, got halt\npackages[0].results[0] output: "
     "expected none, got empty\npackages[0].results[0] gas_used: expected 1, got 3\n"},
};

START_TEST(what_differs_is_told)
{
    struct seen seen;
    struct jam_scenario_out out;
    struct pvm_err err = {0};
    ck_assert_msg(play(cases[_i].text, NULL, &seen, &out, &err) == PVM_OK, "%s", err.msg);
    pvm_buf_add_bytes(&seen.failures, pvm_buf_bytes(&out.failures));
    ck_assert_str_eq(pvm_buf_str(&seen.failures), cases[_i].failures);
    ck_assert_int_eq(out.failure_count == 0, cases[_i].failures[0] == '\0');
    jam_scenario_out_deinit(&out);
    pvm_buf_deinit(&seen.failures);
}
END_TEST

/* ---- pools ---- */

static void fill(struct pvm_buf *text, const char *pool, const char *rounds)
{
    text->len = 0;
    pvm_buf_printf(text,
                   "{\"params\":\"tiny\",\"state\":{\"auth_pools\":[[%s]],\"services\":[{\"id\":1,"
                   "\"code\":{\"asm\":\"payer.s\"}}]},\"rounds\":[%s]}",
                   pool, rounds);
}

static void note_hash(void *user, const struct jam_scenario_round *round)
{
    struct pvm_buf *out = user;
    ck_assert_int_eq(round->packages[0].rule, JAM_PACKAGE_FINE);
    pvm_buf_text(out, "\"0x");
    pvm_buf_hex(out, jam_hash_bytes(&round->packages[0].out.report.authorizer_hash));
    pvm_buf_text(out, "\"");
}

/* The authorizer of PACKAGE, as a state without pools takes it. */
static void find_authorizer(struct pvm_buf *out)
{
    const char *text = SCENARIO(ROUND(PACKAGE, ""));
    const struct jam_scenario_options how = {.folder = FOLDER, .round = note_hash, .user = out};
    struct jam_scenario_out played;
    struct pvm_err err = {0};
    ck_assert(jam_scenario_run(pvm_bytes(text, strlen(text)), "a", &how, &played, &err) == PVM_OK);
    jam_scenario_out_deinit(&played);
}

START_TEST(used_authorizer_leaves_the_pool)
{
    struct pvm_buf hash = {0};
    struct pvm_buf text = {0};
    struct pvm_buf twice = {0};
    struct pvm_err err = {0};
    struct seen seen;
    struct jam_scenario_out out;
    find_authorizer(&hash);
    fill(&text, pvm_buf_str(&hash),
         ROUND(PACKAGE, ",\"expect\":{\"accumulated\":1}") "," ROUND(PACKAGE,
                                                                     REFUSED("core_unauthorized")));
    ck_assert_msg(play(pvm_buf_str(&text), NULL, &seen, &out, &err) == PVM_OK, "%s", err.msg);
    ck_assert_str_eq(pvm_buf_str(&seen.failures), "");
    /* One zero hash for each block, from a queue that is not known. */
    ck_assert_uint_eq(jam_core_get(&out.file->state.auth_pools, 0).len, 2 * JAM_HASH_SIZE);
    jam_scenario_out_deinit(&out);
    pvm_buf_deinit(&seen.failures);
    pvm_buf_printf(&twice, "%s,%s", pvm_buf_str(&hash), pvm_buf_str(&hash));
    fill(
        &text, pvm_buf_str(&twice),
        ROUND(PACKAGE, "") "," ROUND(PACKAGE, "") "," ROUND(PACKAGE, REFUSED("core_unauthorized")));
    ck_assert_msg(play(pvm_buf_str(&text), NULL, &seen, &out, &err) == PVM_OK, "%s", err.msg);
    ck_assert_str_eq(pvm_buf_str(&seen.failures), "");
    jam_scenario_out_deinit(&out);
    pvm_buf_deinit(&seen.failures);
    pvm_buf_deinit(&twice);
    pvm_buf_deinit(&hash);
    pvm_buf_deinit(&text);
}
END_TEST

/* ---- scenarios that are wrong ---- */

static const struct {
    const char *text, *error;
} wrong[] = {
    {"", "a.json:1:1: expected a value, got the end"},
    {"[]", "a.json: $: expected an object, got an array"},
    {"{}", "a.json: $: \"rounds\" is missing"},
    {"{\"rounds\":{}}", "a.json: $.rounds: expected an array, got an object"},
    {"{\"rounds\":[1]}", "a.json: $.rounds[0]: expected an object, got 1"},
    {"{\"rounds\":[{\"slot\":0}]}",
     "a.json: $.rounds[0].slot: slot 0 is not later than the state's, 0"},
    {"{\"rounds\":[{\"slot\":4294967296}]}", NULL},
    {"{\"rounds\":[{\"entropy\":\"0x\"}]}",
     "a.json: $.rounds[0].entropy: expected a hash of 32 octets, got 0"},
    {"{\"rounds\":[],\"expect\":{\"runs\":[]}}",
     "a.json: $.expect.runs: can be expected of a round only"},
    {"{\"rounds\":[],\"gp\":\"0.1\"}", NULL},
    {"{\"rounds\":[],\"state\":{\"slots\":1}}", NULL},
    {"{\"state\":{\"slot\":4294967295},\"rounds\":[{}]}",
     "a.json: $.rounds[0]: the state's slot is 2^32 - 1, there is none after it"},
    {"{\"params\":{\"preset\":\"tiny\",\"E\":0},\"rounds\":[{}]}",
     "a.json: $.params: an epoch of 0 slots, a block needs 1 to 65536"},
    {"{\"params\":{\"preset\":\"tiny\",\"E\":1000000000},\"rounds\":[{}]}",
     "a.json: $.params: an epoch of 1000000000 slots, a block needs 1 to 65536"},
    {"{\"state\":{\"params\":{\"preset\":\"tiny\",\"E\":0}},\"rounds\":[{}]}",
     "a.json: $.state: an epoch of 0 slots, a block needs 1 to 65536"},
    {SCENARIO("{\"packages\":[{\"services\":[]}]}"),
     "a.json: $.rounds[0].packages[0].services: in a scenario the state says this"},
    {SCENARIO("{\"packages\":[{\"gp\":\"0.7.2\"}]}"),
     "a.json: $.rounds[0].packages[0].gp: in a scenario the state says this"},
    {SCENARIO("{\"packages\":[5]}"),
     "a.json: $.rounds[0].packages[0]: expected a text in quotes, got 5"},
    {SCENARIO("{\"packages\":[{\"core\":2}]}"),
     "a.json: $.rounds[0].packages[0].core: there is no core 2, the chain has 2"},
    {SCENARIO("{\"packages\":[{\"package\":{},\"delay\":65537}]}"),
     "a.json: $.rounds[0].packages[0].delay: at most 65536 rounds"},
    {SCENARIO("{\"packages\":[{\"package\":{},\"late\":1}]}"),
     "a.json: $.rounds[0].packages[0].late: unknown key; known here: package, delay"},
    {SCENARIO(ROUND(ITEM("", "\"prerequisites\":[{\"package\":\"x\"}]"), "")),
     "a.json: $.rounds[0].packages[0].work_package.context.prerequisites[0]: no package before "
     "this one is called \"x\""},
    {SCENARIO(ROUND(ITEM("\"name\":\"x\",", "") "," ITEM("\"name\":\"x\",", ""), "")),
     "a.json: $.rounds[0].packages[1]: a package before this one is called \"x\", too"},
    {SCENARIO("{\"preimages\":[{\"blob\":\"0x\"}]}"),
     "a.json: $.rounds[0].preimages[0]: \"service\" is missing"},
    {SCENARIO("{\"reports\":[{}]}"), NULL},
    {SCENARIO("{\"expect\":{\"services\":[{\"balance\":1}]}}"),
     "a.json: $.rounds[0].expect.services[0]: \"id\" is missing"},
    {SCENARIO("{\"expect\":{\"gas_used\":\"many\"}}"), NULL},
    {SCENARIO("{\"expect\":{\"yields\":{}}}"),
     "a.json: $.rounds[0].expect.yields: expected an array, got an object"},
    {SCENARIO("{\"expect\":{\"services\":[{\"id\":1,\"storage\":[{\"key\":{\"join\":[1]},\"value\":"
              "null}]}]}}"),
     "a.json: $.rounds[0].expect.services[0].storage[0].key.join[0]: expected 0x and hexadecimal "
     "digits in quotes, got 1"},
    {SCENARIO("{\"expect\":{\"services\":[{\"id\":1,\"storage\":[{\"key\":{\"asm\":\"till.s\","
              "\"text\":\"\"},\"value\":null}]}]}}"),
     NULL},
};

START_TEST(wrong_scenario_is_refused)
{
    struct seen seen;
    struct jam_scenario_out out;
    struct pvm_err err = {0};
    ck_assert_int_eq(play(wrong[_i].text, NULL, &seen, &out, &err), PVM_E_MALFORMED);
    if (wrong[_i].error != NULL)
        ck_assert_str_eq(err.msg, wrong[_i].error);
    else
        ck_assert_msg(strncmp(err.msg, "a.json: $.", 10) == 0, "%s", err.msg);
    jam_scenario_out_deinit(&out);
    pvm_buf_deinit(&seen.failures);
}
END_TEST

/* ---- memory ---- */

START_TEST(memory_may_end_anywhere)
{
    const char *text = SCENARIO("{\"packages\":[{\"delay\":1,\"package\":" ITEM(
        "\"name\":\"a\",",
        "") "}]},{\"preimages\":[{\"service\":1,\"blob\":\"0x01\"}],\"expect\":{\"yields\":[]}}");
    struct test_failing failing = {SIZE_MAX, 0};
    const struct pvm_alloc alloc = {test_failing_resize, &failing};
    for (size_t after = 0;; after += 1 + after / 16) {
        struct pvm_err err = {0};
        struct seen seen;
        struct jam_scenario_out out;
        failing = (struct test_failing){after, 0};
        enum pvm_status status = play(text, &alloc, &seen, &out, &err);
        bool done = failing.made <= after;
        failing.after = SIZE_MAX;
        ck_assert_msg(status == (done ? PVM_OK : PVM_E_MEMORY), "%zu: %d %s", after, status,
                      err.msg);
        jam_scenario_out_deinit(&out);
        pvm_buf_deinit(&seen.failures);
        if (done)
            break;
    }
}
END_TEST

Suite *scenario_suite(void);

Suite *scenario_suite(void)
{
    Suite *suite = suite_create("scenario");
    TCase *tests = tcase_create("all");
    tcase_add_loop_test(tests, example_holds_and_repeats, 0,
                        (int)(sizeof examples / sizeof *examples));
    tcase_add_loop_test(tests, what_differs_is_told, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tests, used_authorizer_leaves_the_pool);
    tcase_add_loop_test(tests, wrong_scenario_is_refused, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(tests, memory_may_end_anywhere);
    suite_add_tcase(suite, tests);
    return suite;
}
