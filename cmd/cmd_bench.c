/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pvm bench: times programs that pvm carries. Each case runs in a process of its own, so that its
 * peak memory is its own too.
 */
#include "cmd/bench.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define BENCH_OPTIONS(X)                                                                           \
    X(BENCH_RUNS, 0, "runs", NUMBER, "N",                                                          \
      "times that each case is run, 5 if not said, at most 100")                                   \
    X(BENCH_QUICK, 0, "quick", FLAG, NULL, "smaller workloads, a tenth of the time")               \
    X(BENCH_PAGES, 0, "pages", FLAG, NULL,                                                         \
      "keep guest memory in pages of the allocator, as the library does by default")               \
    X(BENCH_JSON, 0, "json", FLAG, NULL, "print JSON, for --compare")                              \
    X(BENCH_COMPARE, 0, "compare", TEXT, "FILE",                                                   \
      "also say how much faster each case is than in FILE, which --json printed")                  \
    X(BENCH_NATIVE, 0, "native", TEXT, "PROGRAM",                                                  \
      "also time PROGRAM, the workloads in C (testdata/bench/native), and give the ratio")

enum { BENCH_OPTIONS(CMD_OPTION_ENUM) BENCH_OPTION_COUNT };

static const struct cmd_option options[] = {BENCH_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_bench_syntax = {
    .usage = "[CASE]... [--runs N] [--quick] [--pages] [--json] [--compare FILE] [--native PROGRAM]",
    .about = "Times are processor time: median, and how far the least and the most are from it.\n"
             "Every run's checksum is verified. \"x native\" compares the fastest runs.\n",
    .options = options,
    .option_count = BENCH_OPTION_COUNT,
    .max_operands = 64,
};

static const struct cmd_bench_case cases[] = {
#define X(name, program, run, n, sum, quick_n, quick_sum, what)                                    \
    {name, program, run, n, sum, quick_n, quick_sum, what},
    BENCH_LIST(X)
#undef X
};

enum { CASES = sizeof cases / sizeof *cases };

struct bench {
    struct cmd *cmd;
    unsigned runs;
    bool quick, pages;
    const char *native;
};

/* ---- in the child ---- */

static enum pvm_status run_often(const struct bench *bench, struct pvm_buf *kept,
                                 struct cmd_bench_result *result, struct pvm_err *err)
{
    const struct cmd_bench_case *row = result->row;
    uint64_t checksum = bench->quick ? row->quick_checksum : row->checksum;
    for (unsigned i = 0; i < bench->runs; i++) {
        struct cmd_bench_run run = {.pages = bench->pages, .kept = kept};
        PVM_TRY(row->run(row, result->n, checksum, &run, err));
        result->ns[i] = run.seconds > 0 ? (uint64_t)(run.seconds * 1e9) : 1;
        result->instructions = run.instructions;
        result->runs = i + 1;
    }
    return PVM_OK;
}

static enum pvm_status run_case(const struct bench *bench, struct cmd_bench_result *result,
                                struct pvm_err *err)
{
    struct pvm_buf kept = {.alloc = NULL};
    enum pvm_status status = run_often(bench, &kept, result, err);
    pvm_buf_deinit(&kept);
    PVM_TRY(status);
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        result->peak_kb = (uint64_t)usage.ru_maxrss;
    return PVM_OK;
}

/* ---- in the parent ---- */

struct answer {
    enum pvm_status status;
    struct pvm_err err;
    struct cmd_bench_result result;
};

static enum pvm_status measure(const struct bench *bench, struct cmd_bench_result *result,
                               struct pvm_err *err)
{
    struct answer answer = {.result = *result};
    int fd = -1;
    pid_t pid = cmd_bench_fork(&fd);
    if (pid < 0)
        return pvm_fail(err, PVM_E_IO, "bench: no process for %s: %s", result->row->name,
                        strerror(errno));
    if (pid == 0) {
        answer.status = run_case(bench, &answer.result, &answer.err);
        _exit(cmd_bench_write(fd, &answer, sizeof answer) ? 0 : 1);
    }
    size_t got = cmd_bench_read(fd, &answer, sizeof answer);
    cmd_bench_reap(pid, fd);
    if (got != sizeof answer)
        return pvm_fail(err, PVM_E_INTERNAL, "bench: %s ended without a result", result->row->name);
    if (answer.status != PVM_OK)
        return pvm_fail(err, answer.status, "%s", answer.err.msg);
    *result = answer.result;
    return PVM_OK;
}

/* One run of the twin: "0xCHECKSUM NANOSECONDS". */
static enum pvm_status run_twin(const struct bench *bench, const struct cmd_bench_case *row,
                                uint64_t n, uint64_t *ns, struct pvm_err *err)
{
    char count[24];
    char text[128] = "";
    uint64_t checksum = 0;
    int fd = -1;
    (void)snprintf(count, sizeof count, "%" PRIu64, n);
    pid_t pid = cmd_bench_fork(&fd);
    if (pid < 0)
        return pvm_fail(err, PVM_E_IO, "bench: no process for %.200s", bench->native);
    if (pid == 0) {
        if (dup2(fd, STDOUT_FILENO) >= 0)
            (void)execl(bench->native, bench->native, row->name, count, (char *)NULL);
        _exit(127);
    }
    size_t len = cmd_bench_read(fd, text, sizeof text - 1);
    cmd_bench_reap(pid, fd);
    char *space = strchr(text, ' ');
    if (len == 0 || space == NULL || !cmd_number(text, (size_t)(space - text), &checksum) ||
        !cmd_number(space + 1, strcspn(space + 1, "\n"), ns))
        return pvm_fail(err, PVM_E_IO, "bench: %.200s %s gave no figures", bench->native,
                        row->name);
    if (checksum != (bench->quick ? row->quick_checksum : row->checksum))
        return pvm_fail(err, PVM_E_MALFORMED, "bench: %.200s %s: another checksum", bench->native,
                        row->name);
    return PVM_OK;
}

static enum pvm_status measure_twin(const struct bench *bench, struct cmd_bench_result *result,
                                    struct pvm_err *err)
{
    if (bench->native == NULL || result->row->run != cmd_bench_program)
        return PVM_OK;
    for (unsigned i = 0; i < bench->runs; i++) {
        uint64_t ns = 0;
        PVM_TRY(run_twin(bench, result->row, result->n, &ns, err));
        if (result->native_ns == 0 || ns < result->native_ns)
            result->native_ns = ns;
    }
    return PVM_OK;
}

/* ---- the command ---- */

static void progress(const struct bench *bench, const char *name, size_t at, size_t count)
{
    char line[80];
    if (!bench->cmd->progress)
        return;
    int len = name != NULL ? snprintf(line, sizeof line, "\r%zu of %zu: %-12s", at + 1, count, name)
                           : snprintf(line, sizeof line, "\r%30s\r", "");
    if (len > 0)
        cmd_stderr(pvm_bytes(line, (size_t)len));
}

static enum pvm_status choose(const struct bench *bench, struct cmd_bench_result *list,
                              size_t *count, struct pvm_err *err)
{
    const struct cmd_args *args = &bench->cmd->args;
    bool wanted[CASES] = {false};
    for (size_t i = 0; i < args->operand_count; i++) {
        unsigned at = 0;
        while (at < CASES && strcmp(cases[at].name, args->operands[i]) != 0)
            at++;
        if (at == CASES)
            return pvm_fail(err, PVM_E_USAGE, "bench: no case \"%.80s\"", args->operands[i]);
        wanted[at] = true;
    }
    *count = 0;
    for (unsigned i = 0; i < CASES; i++)
        if (wanted[i] || args->operand_count == 0)
            list[(*count)++] = (struct cmd_bench_result){
                .row = &cases[i], .n = bench->quick ? cases[i].quick_n : cases[i].n};
    return PVM_OK;
}

static enum pvm_status run_all(const struct bench *bench, struct cmd_bench_result *list,
                               struct pvm_err *err)
{
    struct cmd *cmd = bench->cmd;
    const char *old = cmd_args_text(&cmd->args, BENCH_COMPARE);
    size_t count = 0;
    PVM_TRY(choose(bench, list, &count, err));
    if (old != NULL)
        PVM_TRY(cmd_bench_compare(old, list, count, err));
    for (size_t i = 0; i < count; i++) {
        progress(bench, list[i].row->name, i, count);
        PVM_TRY(measure(bench, &list[i], err));
        PVM_TRY(measure_twin(bench, &list[i], err));
    }
    progress(bench, NULL, 0, 0);
    if (cmd_args_has(&cmd->args, BENCH_JSON))
        cmd_bench_json(list, count, &cmd->out);
    else
        cmd_bench_text(list, count, &cmd->out);
    return pvm_buf_status(&cmd->out, err);
}

enum pvm_status cmd_bench(struct cmd *cmd, struct pvm_err *err)
{
    uint64_t runs = cmd_args_number(&cmd->args, BENCH_RUNS, 5);
    if (runs == 0 || runs > CMD_BENCH_RUNS_MAX)
        return pvm_fail(err, PVM_E_USAGE, "bench: --runs: expected 1 to %d", CMD_BENCH_RUNS_MAX);
    struct bench bench = {cmd, (unsigned)runs, cmd_args_has(&cmd->args, BENCH_QUICK),
                          cmd_args_has(&cmd->args, BENCH_PAGES),
                          cmd_args_text(&cmd->args, BENCH_NATIVE)};
    struct cmd_bench_result *list = pvm_alloc_zero(cmd->alloc, CASES, sizeof *list);
    if (list == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "bench: out of memory");
    enum pvm_status status = run_all(&bench, list, err);
    pvm_alloc_free(cmd->alloc, list);
    return status;
}
