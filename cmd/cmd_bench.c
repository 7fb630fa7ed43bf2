/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pvm bench: times programs that pvm carries. Each case runs in a process of its own, so that its
 * peak memory is its own too.
 */
#include "cmd/bench.h"
#include "cmd/cmd.h"

#include <errno.h>
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
      "also time PROGRAM, the workloads in C (testdata/bench/native), and give the ratio")         \
    X(BENCH_BINDINGS, 0, "bindings", TEXT, "DIR",                                                  \
      "also time the host calls of w7 in other languages: DIR/w7-python and DIR/w7-go")

enum { BENCH_OPTIONS(CMD_OPTION_ENUM) BENCH_OPTION_COUNT };

static const struct cmd_option options[] = {BENCH_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_bench_syntax = {
    .usage = "[CASE]... [--runs N] [--quick] [--pages] [--json] [--compare FILE] [--native PROGRAM]"
             " [--bindings DIR]",
    .about = "Times are processor time: median, and how far the least and the most are from it.\n"
             "Every run's checksum is verified. \"x native\" compares the fastest runs.\n\n"
             "The cases w7-python and w7-go are programs that pvm does not carry and run only with\n"
             "--bindings; scripts/make-bindings.sh makes DIR.\n",
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
    const char *native, *bindings;
};

/* ---- in the child ---- */

static enum pvm_status run_often(const struct bench *bench, struct pvm_buf *kept,
                                 struct cmd_bench_result *result, struct pvm_err *err)
{
    const struct cmd_bench_case *row = result->row;
    uint64_t checksum = bench->quick ? row->quick_checksum : row->checksum;
    for (unsigned i = 0; i < bench->runs; i++) {
        struct cmd_bench_run run = {
            .pages = bench->pages, .bindings = bench->bindings, .kept = kept};
        PVM_TRY(row->run(row, result->n, checksum, &run, err));
        result->ns[i] = run.seconds > 0 ? (uint64_t)(run.seconds * 1e9) : 1;
        result->instructions = run.instructions;
        result->peak_kb = run.peak_kb;
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
    if (result->peak_kb == 0 && getrusage(RUSAGE_SELF, &usage) == 0)
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

static enum pvm_status measure_twin(const struct bench *bench, struct cmd_bench_result *result,
                                    struct pvm_err *err)
{
    if (bench->native == NULL || result->row->run != cmd_bench_program)
        return PVM_OK;
    const struct cmd_bench_case *row = result->row;
    const struct cmd_bench_outside how = {bench->native, row->name, result->n, -1};
    for (unsigned i = 0; i < bench->runs; i++) {
        uint64_t ns = 0;
        PVM_TRY(cmd_bench_outside(&how, bench->quick ? row->quick_checksum : row->checksum, &ns,
                                  err));
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

/* Marks the cases that are named; none are by default. */
static enum pvm_status mark_named(const struct bench *bench, bool *wanted, struct pvm_err *err)
{
    const struct cmd_args *args = &bench->cmd->args;
    for (size_t i = 0; i < args->operand_count; i++) {
        unsigned at = 0;
        while (at < CASES && strcmp(cases[at].name, args->operands[i]) != 0)
            at++;
        if (at == CASES)
            return pvm_fail(err, PVM_E_USAGE, "bench: no case \"%.80s\"", args->operands[i]);
        if (cases[at].run == cmd_bench_binding && bench->bindings == NULL)
            return pvm_fail(err, PVM_E_USAGE, "bench: %s needs --bindings DIR", cases[at].name);
        wanted[at] = true;
    }
    return PVM_OK;
}

/* Marks all cases but bindings that are not there: which those are is said, and an error when it
 * is all of them. */
static enum pvm_status mark_all(const struct bench *bench, bool *wanted, struct pvm_err *err)
{
    unsigned found = 0;
    for (unsigned i = 0; i < CASES; i++) {
        wanted[i] = cases[i].run != cmd_bench_binding;
        if (wanted[i] || bench->bindings == NULL)
            continue;
        PVM_TRY(cmd_bench_has_binding(&cases[i], bench->bindings, &wanted[i], err));
        found += wanted[i];
    }
    if (bench->bindings != NULL && found == 0)
        return pvm_fail(err, PVM_E_IO, "bench: --bindings: no w7-python and no w7-go in %.200s",
                        bench->bindings);
    for (unsigned i = 0; bench->bindings != NULL && i < CASES; i++) {
        char line[80];
        int len = snprintf(line, sizeof line, "pvm: note: bench: no %s in the folder of bindings\n",
                           cases[i].name);
        if (!wanted[i] && len > 0 && (size_t)len < sizeof line)
            cmd_stderr(pvm_bytes(line, (size_t)len));
    }
    return PVM_OK;
}

static enum pvm_status choose(const struct bench *bench, struct cmd_bench_result *list,
                              size_t *count, struct pvm_err *err)
{
    bool wanted[CASES] = {false};
    if (bench->cmd->args.operand_count != 0)
        PVM_TRY(mark_named(bench, wanted, err));
    else
        PVM_TRY(mark_all(bench, wanted, err));
    *count = 0;
    for (unsigned i = 0; i < CASES; i++)
        if (wanted[i])
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
                          cmd_args_text(&cmd->args, BENCH_NATIVE),
                          cmd_args_text(&cmd->args, BENCH_BINDINGS)};
    struct cmd_bench_result *list = pvm_alloc_zero(cmd->alloc, CASES, sizeof *list);
    if (list == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "bench: out of memory");
    enum pvm_status status = run_all(&bench, list, err);
    pvm_alloc_free(cmd->alloc, list);
    return status;
}
