/* SPDX-License-Identifier: Apache-2.0 */
/* pvm verify: checks a directory of segments with several processes. */
#include "cmd/cmd.h"
#include "host/call.h"
#include "host/json_out.h"
#include "host/seg_check.h"
#include "host/seg_manifest.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_JOBS = 256 };

#define VERIFY_OPTIONS(X)                                                                          \
    X(VERIFY_JOBS, 'j', "jobs", NUMBER, "N",                                                       \
      "check that many segments at a time; as many as there are processors if not said")           \
    X(VERIFY_SHARD, 0, "shard", TEXT, "K/N",                                                       \
      "check only every N-th segment, from the K-th on (K from 1)")                                \
    X(VERIFY_JSON, 0, "json", FLAG, NULL, "print JSON")

enum { VERIFY_OPTIONS(CMD_OPTION_ENUM) VERIFY_OPTION_COUNT };

static const struct cmd_option options[] = {VERIFY_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_verify_syntax = {
    .usage = "DIR [--jobs N] [--shard K/N]",
    .about = "DIR was written by pvm run --segments. Every segment is checked on its own, without\n"
             "the interpreter, and that they follow on one another. With --shard different\n"
             "computers check different segments; all shards together are the whole.\n"
             "Exit code 1 says that something is wrong, and the message which file and where.\n"
             "What is checked, and what it proves: docs/segments.md.\n",
    .options = options,
    .option_count = VERIFY_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 1,
};

struct verify {
    struct cmd *cmd;
    struct jam_seg_directory directory;
    uint64_t first, stride; /* segments first, first + stride, ... */
    uint64_t jobs;
    uint64_t checked, steps, gas;
    struct pvm_err wrong; /* the first thing that is; status PVM_OK for none */
};

/* What a process says of one segment, or of its whole share when it could not go on. */
struct verdict {
    uint64_t index;
    struct pvm_err err;
};

_Static_assert(sizeof(struct verdict) <= 512, "written to a pipe at one go (_POSIX_PIPE_BUF)");

/* ---- options ---- */

static enum pvm_status parse_shard(struct verify *verify, struct pvm_err *err)
{
    const char *text = cmd_args_text(&verify->cmd->args, VERIFY_SHARD);
    uint64_t k = 1;
    verify->stride = 1;
    if (text != NULL) {
        size_t len = strcspn(text, "/");
        if (text[len] != '/' || !cmd_number(text, len, &k) ||
            !cmd_number(text + len + 1, strlen(text + len + 1), &verify->stride) || k == 0 ||
            k > verify->stride)
            return pvm_fail(err, PVM_E_USAGE,
                            "verify: --shard: expected K/N with K from 1 to N, got \"%.40s\"",
                            text);
    }
    verify->first = k - 1;
    return PVM_OK;
}

static enum pvm_status parse_jobs(struct verify *verify, struct pvm_err *err)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t absent = processors > 0 ? (uint64_t)processors : 1;
    verify->jobs = cmd_args_number(&verify->cmd->args, VERIFY_JOBS, absent);
    if (verify->jobs == 0)
        return pvm_fail(err, PVM_E_USAGE, "verify: --jobs 0: nothing can be checked");
    if (verify->jobs > MOST_JOBS)
        verify->jobs = MOST_JOBS;
    return PVM_OK;
}

/* ---- the processes ---- */

static bool tell(int to, const struct verdict *verdict)
{
    ssize_t n;
    do
        n = write(to, verdict, sizeof *verdict);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof *verdict;
}

/* Checks the share of one process and ends it. */
static _Noreturn void work(const struct verify *verify, uint64_t job, int to)
{
    struct jam_seg_checker *checker = NULL;
    struct verdict verdict = {.index = UINT64_MAX};
    uint64_t step = verify->stride * verify->jobs;
    uint64_t count = jam_seg_segment_count(&verify->directory);
    if (jam_seg_checker_new(&verify->directory, &checker, &verdict.err) != PVM_OK)
        _exit(tell(to, &verdict) ? 0 : 1);
    for (uint64_t i = verify->first + verify->stride * job; i < count; i += step) {
        verdict = (struct verdict){.index = i};
        (void)!jam_seg_check(checker, (size_t)i, &verdict.err);
        if (!tell(to, &verdict))
            _exit(1);
    }
    jam_seg_checker_free(checker);
    _exit(0);
}

/* Takes what the processes say until they all closed the pipe. Of several things that are wrong the
 * one in the first segment counts. */
static enum pvm_status listen(struct verify *verify, int from, struct pvm_err *err)
{
    uint64_t worst = UINT64_MAX;
    for (;;) {
        struct verdict verdict;
        ssize_t n = read(from, &verdict, sizeof verdict);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return pvm_fail(err, PVM_E_IO, "verify: pipe: %s", strerror(errno));
        if (n != (ssize_t)sizeof verdict)
            return PVM_OK;
        if (verdict.index < jam_seg_segment_count(&verify->directory)) {
            const struct jam_seg_entry *entry =
                jam_seg_entry(&verify->directory, (size_t)verdict.index);
            verify->checked++;
            verify->steps += entry->steps;
            verify->gas += entry->gas;
        }
        bool first = verify->wrong.status == PVM_OK || verdict.index < worst;
        if (verdict.err.status != PVM_OK && first) {
            worst = verdict.index;
            verify->wrong = verdict.err;
        }
    }
}

/* Whether all processes ended well. */
static bool reap(const pid_t *workers, uint64_t count)
{
    bool good = true;
    for (uint64_t i = 0; i < count; i++) {
        int status = 0;
        pid_t pid;
        do
            pid = waitpid(workers[i], &status, 0);
        while (pid < 0 && errno == EINTR);
        good = good && pid == workers[i] && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return good;
}

static uint64_t share_size(const struct verify *verify)
{
    uint64_t count = jam_seg_segment_count(&verify->directory);
    return verify->first < count ? (count - verify->first - 1) / verify->stride + 1 : 0;
}

static enum pvm_status share_out(struct verify *verify, struct pvm_err *err)
{
    pid_t workers[MOST_JOBS];
    uint64_t started = 0;
    int ends[2];
    enum pvm_status status = PVM_OK;
    if (pipe(ends) != 0)
        return pvm_fail(err, PVM_E_IO, "verify: pipe: %s", strerror(errno));
    while (started < verify->jobs && status == PVM_OK) {
        pid_t pid = fork();
        if (pid == 0) {
            (void)close(ends[0]);
            work(verify, started, ends[1]);
        }
        if (pid < 0)
            status =
                pvm_fail(err, PVM_E_IO, "verify: a process cannot be started: %s", strerror(errno));
        else
            workers[started++] = pid;
    }
    (void)close(ends[1]);
    if (status == PVM_OK)
        status = listen(verify, ends[0], err);
    (void)close(ends[0]);
    bool good = reap(workers, started);
    if (status == PVM_OK && verify->wrong.status == PVM_OK &&
        (!good || verify->checked != share_size(verify)))
        status = pvm_fail(err, PVM_E_INTERNAL, "verify: a process ended before its time");
    return status;
}

/* ---- the report ---- */

/* Whether a segment is one of the share. */
static bool is_checked(const struct verify *verify, uint64_t index)
{
    return index >= verify->first && (index - verify->first) % verify->stride == 0;
}

static void print_json(const struct verify *verify)
{
    struct jam_out json = jam_out(&verify->cmd->out);
    jam_out_object(&json, NULL);
    jam_out_bool(&json, "good", verify->wrong.status == PVM_OK);
    if (verify->wrong.status != PVM_OK)
        jam_out_text(&json, "wrong", verify->wrong.msg);
    jam_out_number(&json, "segments", jam_seg_segment_count(&verify->directory));
    jam_out_number(&json, "checked", verify->checked);
    jam_out_number(&json, "instructions", verify->steps);
    jam_out_number(&json, "gas", verify->gas);
    jam_out_hex(&json, "manifest", pvm_bytes(verify->directory.digest.octets, JAM_HASH_SIZE));
    jam_out_array(&json, "extension_calls");
    for (size_t i = 0; i < jam_seg_foreign_count(&verify->directory); i++)
        jam_out_number(&json, NULL, jam_seg_foreign(&verify->directory, i));
    jam_out_end_array(&json);
    jam_out_array(&json, "runs");
    size_t at = 0;
    for (size_t i = 0; i < jam_seg_run_count(&verify->directory); i++) {
        const struct jam_seg_run *run = jam_seg_run(&verify->directory, i);
        const struct jam_seg_entry *first = jam_seg_entry(&verify->directory, at);
        at += (size_t)run->segments;
        const struct jam_seg_entry *last = jam_seg_entry(&verify->directory, at - 1);
        jam_out_object(&json, NULL);
        jam_out_text(&json, "name", run->name);
        jam_out_text(&json, "invocation", jam_seg_invocation_name(run->invocation));
        jam_out_text(&json, "outcome", jam_seg_outcome_name(run->outcome));
        jam_out_bool(&json, "outcome_checked", is_checked(verify, at - 1));
        jam_out_number(&json, "segments", run->segments);
        jam_out_hex(&json, "program", pvm_bytes(run->program.octets, JAM_HASH_SIZE));
        jam_out_hex(&json, "start", pvm_bytes(first->start.octets, JAM_HASH_SIZE));
        jam_out_hex(&json, "end", pvm_bytes(last->end.octets, JAM_HASH_SIZE));
        jam_out_end_object(&json);
    }
    jam_out_end_array(&json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
}

static void print_digest(struct pvm_buf *out, const char *what, const struct jam_hash *hash)
{
    pvm_buf_printf(out, "  %-8s 0x", what);
    pvm_buf_hex(out, pvm_bytes(hash->octets, JAM_HASH_SIZE));
    pvm_buf_text(out, "\n");
}

static void print_foreign(const struct verify *verify, struct pvm_buf *out)
{
    size_t count = jam_seg_foreign_count(&verify->directory);
    for (size_t i = 0; i < count; i++) {
        uint64_t number = jam_seg_foreign(&verify->directory, i);
        const char *name = jam_call_name(verify->directory.profile, number);
        pvm_buf_printf(out, "%s%llu", i == 0 ? "taken as recorded: calls of extensions, " : ", ",
                       (unsigned long long)number);
        if (name != NULL)
            pvm_buf_printf(out, " (instead of %s)", name);
    }
    pvm_buf_text(out, count != 0 ? "\n" : "");
}

static void print_text(const struct verify *verify)
{
    struct pvm_buf *out = &verify->cmd->out;
    if (verify->wrong.status != PVM_OK) {
        pvm_buf_printf(out, "wrong: %s\n", verify->wrong.msg);
        return;
    }
    pvm_buf_printf(out, "%llu of %zu segments are good: %llu instructions, %llu gas\n",
                   (unsigned long long)verify->checked, jam_seg_segment_count(&verify->directory),
                   (unsigned long long)verify->steps, (unsigned long long)verify->gas);
    size_t at = 0;
    for (size_t i = 0; i < jam_seg_run_count(&verify->directory); i++) {
        const struct jam_seg_run *run = jam_seg_run(&verify->directory, i);
        pvm_buf_printf(out, "%s, GP %s: %s%s\n", run->name, verify->directory.profile->name,
                       jam_seg_outcome_name(run->outcome),
                       is_checked(verify, at + run->segments - 1) ? "" : " (not in this shard)");
        print_digest(out, "program", &run->program);
        print_digest(out, "start", &jam_seg_entry(&verify->directory, at)->start);
        at += (size_t)run->segments;
        print_digest(out, "end", &jam_seg_entry(&verify->directory, at - 1)->end);
    }
    print_foreign(verify, out);
    pvm_buf_text(out, "manifest 0x");
    pvm_buf_hex(out, pvm_bytes(verify->directory.digest.octets, JAM_HASH_SIZE));
    pvm_buf_text(out, "\n");
}

/* What is wrong with an input file is what the command is asked for. */
static enum pvm_status check(struct verify *verify, struct pvm_err *err)
{
    const char *path = verify->cmd->args.operands[0];
    struct pvm_err why = {.status = PVM_OK};
    enum pvm_status status = jam_seg_open(path, verify->cmd->alloc, &verify->directory, &why);
    if (status == PVM_OK)
        status = jam_seg_need(&verify->directory, verify->first, verify->stride, &why);
    if (status == PVM_OK)
        status = jam_seg_check_chain(&verify->directory, &why);
    if (status == PVM_OK)
        status = jam_seg_check_programs(&verify->directory, &why);
    if (status == PVM_OK) {
        uint64_t share = share_size(verify);
        verify->jobs = share < verify->jobs ? share : verify->jobs;
        status = share_out(verify, &why);
    } else if (status == PVM_E_MALFORMED) {
        verify->wrong = why;
        return PVM_OK;
    }
    if (status != PVM_OK)
        return pvm_fail(err, status, "%s", why.msg);
    if (verify->wrong.status != PVM_OK && verify->wrong.status != PVM_E_MALFORMED)
        return pvm_fail(err, verify->wrong.status, "%s", verify->wrong.msg);
    return PVM_OK;
}

enum pvm_status cmd_verify(struct cmd *cmd, struct pvm_err *err)
{
    struct verify verify = {.cmd = cmd};
    PVM_TRY(parse_shard(&verify, err));
    PVM_TRY(parse_jobs(&verify, err));
    enum pvm_status status = check(&verify, err);
    if (status == PVM_OK) {
        if (cmd_args_has(&cmd->args, VERIFY_JSON))
            print_json(&verify);
        else
            print_text(&verify);
        cmd->code = verify.wrong.status == PVM_OK ? CMD_EXIT_HALT : CMD_EXIT_ENDED;
        status = pvm_buf_status(&cmd->out, err);
    }
    jam_seg_directory_deinit(&verify.directory);
    return status;
}
