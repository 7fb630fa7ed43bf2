/* SPDX-License-Identifier: Apache-2.0 */
/* pvm test: replays test files of all kinds that host/suite.h knows. (A file cmd_test.c would be
 * taken for unit tests.) */
#include "cmd/load.h"
#include "cmd/test_out.h"
#include "cmd/test_pool.h"
#include "cmd/test_walk.h"
#include "cmd/test_worker.h"

#include <errno.h>
#include <fnmatch.h>
#include <unistd.h>

#define TEST_OPTIONS(X)                                                                            \
    X(TEST_GP, 0, "gp", TEXT, "VERSION", "run all under this GP version, whatever folders say")    \
    X(TEST_JOBS, 'j', "jobs", NUMBER, "N", "so many processes at a time, else one for each CPU")   \
    X(TEST_SHARD, 0, "shard", TEXT, "K/N", "only every N-th file, beginning with the K-th")        \
    X(TEST_FILTER, 0, "filter", LIST, "GLOB",                                                      \
      "only files whose path or name matches; may be repeated: any of them")                       \
    X(TEST_FROM, 0, "from", NUMBER, "K", "of traces only those numbered K or higher")              \
    X(TEST_TO, 0, "to", NUMBER, "N", "of traces only those numbered N or lower")                   \
    X(TEST_TIMEOUT, 0, "timeout", NUMBER, "SECONDS",                                               \
      "what a file may take, 600 if not said, 0 for any time")                                     \
    X(TEST_FAIL_FAST, 0, "fail-fast", FLAG, NULL, "stop at the first file with a failure")         \
    X(TEST_VERBOSE, 'v', "verbose", FLAG, NULL,                                                    \
      "a line for every test and for every file that was not run, and all that differs")           \
    X(TEST_TAP, 0, "tap", FLAG, NULL, "print the Test Anything Protocol")                          \
    X(TEST_JSON, 0, "json", FLAG, NULL, "print JSON")                                              \
    X(TEST_JUNIT, 0, "junit", TEXT, "FILE", "write JUnit's XML to FILE as well")

enum {
    TEST_OPTIONS(CMD_OPTION_ENUM) TEST_OPTION_COUNT,
    MAX_PATHS = 65536,
    MAX_JOBS = 512,
    TIMEOUT = 600
};

static const struct cmd_option options[] = {TEST_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_test_syntax = {
    .usage = "PATH... [--gp VERSION] [--jobs N] [--filter GLOB] [OPTION]...",
    .about =
        "Finds out of each file what it is and replays it: public test vectors, recorded traces,\n"
        "our tables of host calls and scenarios (docs/cli.md lists the kinds). Folders are gone\n"
        "through in the order of their names. Prints a line for each test that fails, with the\n"
        "first thing that differs, and in the end what was run, by set and GP version, and what\n"
        "was not. Ends with exit code 1 when a test fails, 3 when a file that was named is none.\n",
    .options = options,
    .option_count = TEST_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = MAX_PATHS,
};

struct test {
    struct cmd *cmd;
    struct cmd_test_worker worker;
    struct pvm_buf folder;
    struct cmd_walk *walk;
    uint64_t shard, shards, found;
    struct cmd_counts counts;
    struct cmd_test_out out;
    struct pvm_buf stranger; /* the first path that was named and is no test */
    bool stopped;
};

/* ---- which files ---- */

static bool ends_with(const char *path, const char *end)
{
    size_t len = strlen(path);
    size_t tail = strlen(end);
    return len >= tail && strcmp(path + len - tail, end) == 0;
}

static bool is_archive(const char *path)
{
    static const char *const ends[] = {".tar", ".xz",  ".gz", ".tgz", ".txz",
                                       ".bz2", ".zst", ".7z", ".zip"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(path, ends[i]))
            return true;
    return false;
}

static bool is_wanted(const struct cmd_args *args, const char *path)
{
    bool any = false;
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; i < args->count; i++) {
        if (args->list[i].option != TEST_FILTER)
            continue;
        any = true;
        if (fnmatch(args->list[i].text, path, 0) == 0 ||
            (slash != NULL && fnmatch(args->list[i].text, slash + 1, 0) == 0))
            return true;
    }
    return !any;
}

/* What becomes of a file without looking into it; RAN: it is looked into. */
static enum cmd_test_end judge(struct test *test, const struct cmd_walk_entry *entry)
{
    switch (entry->found) {
    case CMD_WALK_HIDDEN:
        return CMD_TEST_HIDDEN;
    case CMD_WALK_LOOP:
        return CMD_TEST_LOOP;
    case CMD_WALK_END:
    case CMD_WALK_FILE:
    case CMD_WALK_SPECIAL:
    case CMD_WALK_BROKEN:
        break;
    }
    if (!is_wanted(&test->cmd->args, entry->path))
        return CMD_TEST_FILTERED;
    if (test->found++ % test->shards != test->shard - 1)
        return CMD_TEST_SHARD;
    if (entry->found == CMD_WALK_BROKEN)
        return CMD_TEST_FAILED;
    if (entry->found == CMD_WALK_SPECIAL)
        return CMD_TEST_SPECIAL;
    return is_archive(entry->path) ? CMD_TEST_ARCHIVE : CMD_TEST_RAN;
}

static enum pvm_status next(void *user, struct cmd_test_job *job, bool *more, struct pvm_err *err)
{
    struct test *test = user;
    struct cmd_walk_entry entry;
    PVM_TRY(cmd_walk_next(test->walk, &entry, err));
    *more = entry.found != CMD_WALK_END;
    if (!*more)
        return PVM_OK;
    pvm_buf_text(&job->path, entry.path);
    job->named = entry.named;
    enum cmd_test_end end = judge(test, &entry);
    job->settled = end != CMD_TEST_RAN;
    if (job->settled)
        cmd_test_say_end(end, entry.why != NULL ? entry.why : "", &job->said);
    return PVM_OK;
}

/* For the bar: goes through the files once without running any. */
static enum pvm_status count_files(struct test *test, struct pvm_err *err)
{
    struct cmd_walk *walk;
    struct cmd_walk_entry entry;
    const struct cmd_args *args = &test->cmd->args;
    PVM_TRY(cmd_walk_new(args->operands, args->operand_count, test->cmd->alloc, &walk, err));
    enum pvm_status status;
    do {
        status = cmd_walk_next(walk, &entry, err);
        test->out.total += status == PVM_OK && entry.found != CMD_WALK_END;
    } while (status == PVM_OK && entry.found != CMD_WALK_END);
    cmd_walk_free(walk);
    return status;
}

/* ---- what came of them ---- */

/* The version a file that could not be run would have been run under. */
static unsigned version_of(const struct test *test, const char *path, struct pvm_err *err)
{
    struct pvm_buf whole = {.alloc = test->cmd->alloc};
    const struct jam_profile *profile = test->worker.options.vector.profile;
    cmd_test_whole_path(path, test->worker.folder, &whole);
    if (profile == NULL && pvm_buf_status(&whole, err) == PVM_OK)
        profile = jam_vector_profile(pvm_buf_str(&whole));
    pvm_buf_deinit(&whole);
    return cmd_test_profile_index(profile != NULL ? profile : jam_profile_default);
}

static enum pvm_status tell_case(struct test *test, const char *path, unsigned kind,
                                 const struct cmd_test_case *one, struct pvm_err *err)
{
    cmd_count_case(&test->counts, kind, one);
    return cmd_test_out_case(&test->out, path, kind, one, err);
}

static enum pvm_status tell_end(struct test *test, const struct cmd_test_job *job, const char *path,
                                unsigned kind, const struct cmd_test_said *said,
                                struct pvm_err *err)
{
    cmd_count_file(&test->counts, path, said->end);
    if (said->end == CMD_TEST_FAILED) {
        struct cmd_test_case one = {.verdict = CMD_FAILED, .name = "", .text = said->text};
        one.profile = version_of(test, path, err);
        PVM_TRY(tell_case(test, path, kind, &one, err));
    }
    bool strange = said->end == CMD_TEST_NONE || said->end == CMD_TEST_ARCHIVE ||
                   said->end == CMD_TEST_SPECIAL;
    if (job->named && strange && test->stranger.len == 0)
        pvm_buf_printf(&test->stranger, "%s: %s", path,
                       said->end == CMD_TEST_NONE      ? "no kind of test file that pvm knows"
                       : said->end == CMD_TEST_ARCHIVE ? "an archive: unpack it first"
                                                       : "no regular file");
    return cmd_test_out_file(&test->out, path, said->end, err);
}

static enum pvm_status tell(void *user, struct cmd_test_job *job, bool *stop, struct pvm_err *err)
{
    struct test *test = user;
    struct cmd_test_said said;
    struct pvm_bytes left = pvm_buf_bytes(&job->said);
    const char *path = pvm_buf_str(&job->path);
    unsigned kind = UINT32_MAX;
    while (left.len > 0) {
        if (!cmd_test_hear(&left, &said))
            return pvm_fail(err, PVM_E_INTERNAL, "%.200s: a worker said what none says", path);
        switch (said.message) {
        case CMD_TEST_KIND:
            kind = said.kind;
            break;
        case CMD_TEST_CASE:
            PVM_TRY(tell_case(test, path, kind, &said.one, err));
            break;
        case CMD_TEST_END:
            PVM_TRY(tell_end(test, job, path, kind, &said, err));
            break;
        }
    }
    test->stopped = test->counts.total.failed > 0 && cmd_args_has(&test->cmd->args, TEST_FAIL_FAST);
    *stop = test->stopped;
    return PVM_OK;
}

static void serve(void *user, int fd)
{
    const struct test *test = user;
    cmd_test_serve(&test->worker, fd);
}

/* ---- the command line ---- */

static enum pvm_status read_shard(struct test *test, struct pvm_err *err)
{
    const char *text = cmd_args_text(&test->cmd->args, TEST_SHARD);
    test->shard = test->shards = 1;
    if (text == NULL)
        return PVM_OK;
    const char *slash = strchr(text, '/');
    if (slash == NULL || !cmd_number(text, (size_t)(slash - text), &test->shard) ||
        !cmd_number(slash + 1, strlen(slash + 1), &test->shards) || test->shard == 0 ||
        test->shard > test->shards)
        return pvm_fail(err, PVM_E_USAGE,
                        "test: --shard: expected K/N with K from 1 to N, got \"%.40s\"", text);
    return PVM_OK;
}

static enum pvm_status read_numbers(struct test *test, struct cmd_pool_work *work,
                                    struct pvm_err *err)
{
    const struct cmd_args *args = &test->cmd->args;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t jobs = cmd_args_number(args, TEST_JOBS, online > 0 ? (uint64_t)online : 1);
    struct jam_suite_options *how = &test->worker.options;
    how->from = cmd_args_number(args, TEST_FROM, 0);
    how->to = cmd_args_number(args, TEST_TO, 0);
    work->timeout = cmd_args_number(args, TEST_TIMEOUT, TIMEOUT);
    if (!cmd_args_has(args, TEST_JOBS) && jobs > MAX_JOBS)
        jobs = MAX_JOBS;
    if (jobs == 0 || jobs > MAX_JOBS)
        return pvm_fail(err, PVM_E_USAGE, "test: --jobs: 1 to %d, got %llu", MAX_JOBS,
                        (unsigned long long)jobs);
    if (cmd_args_has(args, TEST_TO) && (how->to == 0 || how->to < how->from))
        return pvm_fail(err, PVM_E_USAGE, "test: no trace is numbered from %llu to %llu",
                        (unsigned long long)how->from, (unsigned long long)how->to);
    if (work->timeout > UINT32_MAX)
        work->timeout = 0;
    work->workers = (unsigned)jobs;
    return PVM_OK;
}

static enum pvm_status read_folder(struct test *test, struct pvm_err *err)
{
    enum { MAX_FOLDER = 1 << 16 };
    for (size_t size = 1024; size <= MAX_FOLDER; size *= 2) {
        uint8_t *room = pvm_buf_reserve(&test->folder, size);
        PVM_TRY(pvm_buf_status(&test->folder, err));
        if (getcwd((char *)room, size) != NULL) {
            test->worker.folder = (const char *)room;
            return PVM_OK;
        }
        if (errno != ERANGE)
            break;
    }
    return pvm_fail(err, PVM_E_IO, "the current folder: %s", strerror(errno));
}

static enum pvm_status check_paths(const struct cmd_args *args, struct pvm_err *err)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        const char *path = args->operands[i];
        if (strcmp(path, "-") == 0)
            return pvm_fail(err, PVM_E_USAGE,
                            "test: standard input has no name to tell a version by; "
                            "name files and folders");
        if (access(path, F_OK) != 0)
            return pvm_fail(err, PVM_E_IO, "%.200s: %s", path[0] != '\0' ? path : "\"\"",
                            strerror(errno));
    }
    return PVM_OK;
}

static enum pvm_status prepare(struct test *test, struct cmd_pool_work *work, struct pvm_err *err)
{
    struct cmd *cmd = test->cmd;
    const struct cmd_args *args = &cmd->args;
    if (cmd_args_has(args, TEST_TAP) && cmd_args_has(args, TEST_JSON))
        return pvm_fail(err, PVM_E_USAGE, "test: --tap and --json exclude each other");
    PVM_TRY(read_shard(test, err));
    PVM_TRY(read_numbers(test, work, err));
    if (cmd_args_has(args, TEST_GP))
        PVM_TRY(
            cmd_profile(cmd_args_text(args, TEST_GP), &test->worker.options.vector.profile, err));
    PVM_TRY(check_paths(args, err));
    PVM_TRY(read_folder(test, err));
    if (cmd_args_has(args, TEST_JUNIT))
        PVM_TRY(cmd_junit_new(cmd_args_text(args, TEST_JUNIT), cmd->alloc, &test->out.junit, err));
    test->out.form = cmd_args_has(args, TEST_TAP)    ? CMD_TEST_TAP
                     : cmd_args_has(args, TEST_JSON) ? CMD_TEST_JSON
                                                     : CMD_TEST_LINES;
    test->out.verbose = cmd_args_has(args, TEST_VERBOSE);
    if (cmd->progress)
        PVM_TRY(count_files(test, err));
    return cmd_walk_new(args->operands, args->operand_count, cmd->alloc, &test->walk, err);
}

/* ---- the whole ---- */

static enum pvm_status finish(struct test *test, struct pvm_err *err)
{
    const struct cmd_counts *counts = &test->counts;
    const struct cmd_count_row *total = &counts->total;
    PVM_TRY(cmd_test_out_end(&test->out, counts, test->stopped, err));
    if (test->stranger.len > 0)
        return pvm_fail(err, PVM_E_MALFORMED, "%s", pvm_buf_str(&test->stranger));
    if (total->passed == 0 && total->failed == 0 && total->skipped == 0 && test->shards == 1)
        return pvm_fail(err, PVM_E_MALFORMED, "no test was found");
    test->cmd->code = total->failed > 0 ? CMD_EXIT_ENDED : CMD_EXIT_HALT;
    return PVM_OK;
}

enum pvm_status cmd_test(struct cmd *cmd, struct pvm_err *err)
{
    struct test *test = pvm_alloc_zero(cmd->alloc, 1, sizeof *test);
    struct cmd_pool_work work = {.next = next, .tell = tell, .serve = serve, .user = test};
    if (test == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to count tests");
    work.alloc = cmd->alloc;
    test->cmd = cmd;
    test->out.cmd = cmd;
    test->folder.alloc = cmd->alloc;
    test->stranger.alloc = cmd->alloc;
    enum pvm_status status = prepare(test, &work, err);
    if (status == PVM_OK) {
        cmd_test_out_begin(&test->out);
        status = cmd_pool_run(&work, err);
    }
    if (status == PVM_OK)
        status = finish(test, err);
    cmd_walk_free(test->walk);
    cmd_test_out_deinit(&test->out);
    pvm_buf_deinit(&test->stranger);
    pvm_buf_deinit(&test->folder);
    pvm_alloc_free(cmd->alloc, test);
    return status;
}
