/* SPDX-License-Identifier: Apache-2.0 */
/* pvm report: pages and single pictures of recorded runs. */
#include "cmd/cmd.h"
#include "cmd/files.h"
#include "cmd/picture_page.h"

enum { RUNS = 64 };

#define REPORT_OPTIONS(X)                                                                          \
    X(REPORT_OUTPUT, 'o', "output", TEXT, "FILE", "write the page to FILE, one file of HTML")      \
    X(REPORT_PLOT, 0, "plot", TEXT, "FILE", "write one picture of RUN to FILE, as SVG")            \
    X(REPORT_OF, 0, "of", CHOICE, "heat|gas",                                                      \
      "what --plot draws: memory over time, as when nothing is said, or the gas used")

enum { REPORT_OPTIONS(CMD_OPTION_ENUM) REPORT_OPTION_COUNT };

static const struct cmd_option options[] = {REPORT_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_report_syntax = {
    .usage = "RUN... -o FILE\n"
             "RUN --plot FILE [--of heat|gas]",
    .about = "A RUN is a file that --record of pvm run, corevm fib, scenario run or work-package\n"
             "run wrote. The page shows every RUN: outcome, gas, host calls, memory over time,\n"
             "machines, flame graph, hottest code, changes of state and log. It needs nothing but\n"
             "a browser (docs/reports.md).\n",
    .options = options,
    .option_count = REPORT_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = RUNS,
};

static enum pvm_status write_page(const struct cmd_args *args, const struct cmd_picture *runs,
                                  struct pvm_buf *text, struct pvm_err *err)
{
    const char *path = cmd_args_text(args, REPORT_OUTPUT);
    if (path == NULL)
        return PVM_OK;
    text->len = 0;
    PVM_TRY(cmd_page(runs, args->operand_count, text, err));
    return cmd_write_file(path, pvm_buf_bytes(text), err);
}

static enum pvm_status write_plot(const struct cmd_args *args, const struct cmd_picture *runs,
                                  struct pvm_buf *text, struct pvm_err *err)
{
    const char *path = cmd_args_text(args, REPORT_PLOT);
    if (path == NULL)
        return PVM_OK;
    text->len = 0;
    PVM_TRY(cmd_plot(&runs[0], (enum cmd_plot)cmd_args_choice(args, REPORT_OF, CMD_PLOT_HEAT), text,
                     err));
    return cmd_write_file(path, pvm_buf_bytes(text), err);
}

static enum pvm_status check(const struct cmd_args *args, struct pvm_err *err)
{
    bool plot = cmd_args_has(args, REPORT_PLOT);
    if (!plot && !cmd_args_has(args, REPORT_OUTPUT))
        return pvm_fail(err, PVM_E_USAGE, "report: neither -o nor --plot says where to write");
    if (!plot && cmd_args_has(args, REPORT_OF))
        return pvm_fail(err, PVM_E_USAGE, "report: --of means nothing without --plot");
    if (plot && args->operand_count != 1)
        return pvm_fail(err, PVM_E_USAGE, "report: --plot is for one RUN, %zu are given",
                        args->operand_count);
    return PVM_OK;
}

enum pvm_status cmd_report(struct cmd *cmd, struct pvm_err *err)
{
    const struct cmd_args *args = &cmd->args;
    struct pvm_buf text = {.alloc = cmd->alloc};
    size_t loaded = 0;
    PVM_TRY(check(args, err));
    struct cmd_picture *runs = pvm_alloc_zero(cmd->alloc, args->operand_count, sizeof *runs);
    if (runs == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for %zu runs", args->operand_count);
    enum pvm_status status = PVM_OK;
    while (status == PVM_OK && loaded < args->operand_count) {
        status = cmd_picture_load(args->operands[loaded], &runs[loaded], err);
        loaded++;
    }
    if (status == PVM_OK)
        status = write_page(args, runs, &text, err);
    if (status == PVM_OK)
        status = write_plot(args, runs, &text, err);
    while (loaded-- > 0)
        cmd_picture_deinit(&runs[loaded]);
    pvm_alloc_free(cmd->alloc, runs);
    pvm_buf_deinit(&text);
    return status;
}
