/* SPDX-License-Identifier: Apache-2.0 */
/* pvm debug: pvm run, with somebody who stops it. */
#include "cmd/debug.h"

enum { DEBUG_COMMANDS = RUN_OPTION_COUNT, DEBUG_BATCH, DEBUG_OPTION_COUNT };

static const struct cmd_option options[] = {
    RUN_OPTIONS(CMD_OPTION_ROW)
        CMD_OPTION_ROW(DEBUG_COMMANDS, 'x', "commands", LIST, "FILE",
                       "carry out the commands in FILE first; may be repeated")
            CMD_OPTION_ROW(DEBUG_BATCH, 0, "batch", FLAG, NULL,
                           "leave when the files of -x end, or at the first command that fails; "
                           "without -x commands come from standard input")};

const struct cmd_syntax cmd_debug_syntax = {
    .usage = "BLOB [OPTION OF pvm run]... [-x FILE]... [--batch]\n"
             "--fixture FILE [OPTION OF pvm run]... [-x FILE]... [--batch]",
    .about =
        "What runs, and on what, is said as for pvm run. The run stops before its first "
        "instruction\n"
        "and takes commands: break, continue, step, reverse-step, print, x, set, answer and "
        "others,\n"
        "which the command help lists and docs/debugging.md explains. At a terminal lines can be\n"
        "edited and completed; Ctrl-C stops a run that goes on for too long.\n"
        "The exit code is 0 however the run ends, and 2 when a command of a batch fails.\n",
    .options = options,
    .option_count = DEBUG_OPTION_COUNT,
    .max_operands = 1,
};

/* Other options of pvm run say what is to be made of a run that goes on to its end. */
static enum pvm_status check_options(const struct cmd_args *args, struct pvm_err *err)
{
    static const unsigned some[] = {RUN_REFINE,      RUN_IS_AUTHORIZED, RUN_ACCUMULATE,
                                    RUN_ON_TRANSFER, RUN_RAW,           RUN_FIXTURE,
                                    RUN_STATE,       RUN_SERVICE,       RUN_TRANSFER,
                                    RUN_OPERAND,     RUN_SLOT,          RUN_ENTROPY,
                                    RUN_CONFIG,      RUN_TOKEN,         RUN_AUTH_TRACE,
                                    RUN_ITEM,        RUN_CORE,          RUN_PAYLOAD,
                                    RUN_ARGS,        RUN_ENTRY,         RUN_GAS,
                                    RUN_GP,          RUN_REG,           RUN_PAGE,
                                    RUN_MEM,         RUN_SYMBOLS,       RUN_MAX_MEMORY,
                                    RUN_MAX_GAS,     RUN_MAX_INNER_GAS, RUN_EXTENSION};
    for (size_t i = 0; i < args->count; i++) {
        unsigned option = args->list[i].option;
        bool known = option >= RUN_OPTION_COUNT;
        for (size_t k = 0; k < sizeof some / sizeof *some; k++)
            known = known || some[k] == option;
        if (!known)
            return pvm_fail(err, PVM_E_USAGE, "debug: --%s is for pvm run: nothing is written here",
                            options[option].name);
    }
    return PVM_OK;
}

/* Commands and a blob cannot both be standard input. */
static enum pvm_status check_input(const struct cmd_args *args, struct pvm_err *err)
{
    bool commands = !cmd_args_has(args, DEBUG_BATCH) || !cmd_args_has(args, DEBUG_COMMANDS);
    bool taken = args->operand_count != 0 && strcmp(args->operands[0], "-") == 0;
    for (size_t i = 0; i < args->count; i++)
        taken = taken ||
                (args->list[i].option != DEBUG_COMMANDS &&
                 (strcmp(args->list[i].text, "-") == 0 || strcmp(args->list[i].text, "@-") == 0));
    if (commands && taken)
        return pvm_fail(err, PVM_E_USAGE,
                        "debug: commands come from standard input: give another file for -, or "
                        "-x FILE --batch");
    return PVM_OK;
}

enum pvm_status cmd_debug(struct cmd *cmd, struct pvm_err *err)
{
    struct cmd_debug *d = pvm_alloc_zero(NULL, 1, sizeof *d);
    if (d == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory");
    d->cmd = cmd;
    d->batch = cmd_args_has(&cmd->args, DEBUG_BATCH);
    enum pvm_status status = check_options(&cmd->args, err);
    if (status == PVM_OK)
        status = check_input(&cmd->args, err);
    if (status == PVM_OK)
        status = cmd_debug_reader_new(d, &cmd->args, DEBUG_COMMANDS, &d->reader, err);
    if (status == PVM_OK)
        status = cmd_run_debugged(cmd, d, err);
    cmd_debug_deinit(d);
    pvm_alloc_free(NULL, d);
    return status;
}
