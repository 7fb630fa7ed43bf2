/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: one row per subcommand, what every subcommand is handed, and the exit codes.
 * A subcommand lives in cmd_<name>.c, which defines two things: the function of its row and, under
 * the function's name followed by _syntax, its options (cmd/options.h). Dispatch, help and
 * completions are made from this list and those tables.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "cmd/options.h"
#include "core/bytes.h"

/* name, function, one line of help */
#define CMD_LIST(X)                                                                                \
    X("run", cmd_run, "run a program and report what it did and where it stopped")                 \
    X("debug", cmd_debug, "stop a run where you want, look around, go on and back")                \
    X("inspect", cmd_inspect, "say what a blob is: format, segments, code, calls, deposit")        \
    X("disasm", cmd_disasm, "turn a blob into assembler source")                                   \
    X("asm", cmd_asm, "turn assembler source into a blob")                                         \
    X("gas", cmd_gas, "show what each block of a program costs, and why")                          \
    X("state", cmd_state, "show, compare and convert states, compute their roots")                 \
    X("work-package", cmd_work_package, "run a work package and print its work report")            \
    X("test", cmd_test, "replay test vectors and traces, whole folders of them")                   \
    X("replay", cmd_replay, "run tables of host calls and compare with what they expect")          \
    X("scenario", cmd_scenario, "play rounds of packages and blocks on a state")                   \
    X("verify", cmd_verify, "check the segments of a recorded run without the interpreter")        \
    X("trace", cmd_trace, "compare, show and convert traces of runs")                              \
    X("resume", cmd_resume, "run segments of a recorded run again")                                \
    X("report", cmd_report, "make a page of pictures of recorded runs")                            \
    X("corevm", cmd_corevm, "run the Fibonacci loop of CoreVM, show segments")                     \
    X("bench", cmd_bench, "time the workloads that pvm carries")                                   \
    X("tables", cmd_tables, "print the tables the program is built from, as Markdown")             \
    X("help", cmd_help, "explain pvm or one of its commands")                                      \
    X("version", cmd_version, "print the version")

/* code, when */
#define CMD_EXIT_CODES(X)                                                                          \
    X(HALT, 0, "the guest halted, or the command did what was asked")                              \
    X(ENDED, 1, "the guest ended otherwise (panic, out of gas, page fault), or a test failed")     \
    X(USAGE, 2, "the command line is wrong")                                                       \
    X(MALFORMED, 3, "an input file is malformed")                                                  \
    X(IO, 4, "a file or stream could not be read or written")                                      \
    X(INTERNAL, 5, "out of memory, a limit of pvm, or a mistake in it")

enum cmd_exit_code {
#define X(NAME, code, when) CMD_EXIT_##NAME = code,
    CMD_EXIT_CODES(X)
#undef X
};

struct cmd_extensions;

struct cmd {
    const struct pvm_alloc *alloc; /* NULL: libc */
    struct cmd_args args;
    struct cmd_extensions *extensions; /* cmd/extension.h; NULL: none */
    struct pvm_buf out; /* standard output; written by cmd_flush and when the command ends */
    bool colour;        /* out goes to a terminal that wants colour */
    bool progress;      /* standard error is a terminal */
    int code;           /* exit code when the function returns PVM_OK */
};

/* A row of CMD_LIST. The function's status decides the exit code unless it is PVM_OK; then
 * cmd->code does. It prints no error itself: err carries the line. */
struct cmd_row {
    const char *name;
    enum pvm_status (*run)(struct cmd *cmd, struct pvm_err *err);
    const struct cmd_syntax *syntax;
    const char *help;
};

#define X(name, function, help)                                                                    \
    enum pvm_status function(struct cmd *cmd, struct pvm_err *err);                                \
    extern const struct cmd_syntax function##_syntax;
CMD_LIST(X)
#undef X

extern const struct cmd_row cmd_rows[];
extern const unsigned cmd_row_count;

/* The row of a name, NULL when there is none. */
const struct cmd_row *cmd_find(const char *name);
/* Fails with the nearest name as a hint. */
PVM_MUST_USE enum pvm_status cmd_unknown(const char *name, struct pvm_err *err);

/* Help for all of pvm, and for one command. */
void cmd_help_all(struct pvm_buf *out);
void cmd_help_row(const struct cmd_row *row, struct pvm_buf *out);

/* Writes what cmd->out holds to standard output and empties it. PVM_E_IO for a full disk, a closed
 * pipe and the like. */
PVM_MUST_USE enum pvm_status cmd_flush(struct cmd *cmd, struct pvm_err *err);

/* Writes text to standard error as it is (diagnostics, guest log lines); errors are ignored. */
void cmd_stderr(struct pvm_bytes text);

/* Writes "pvm: message" to standard error, control characters made visible so that it stays one
 * line. */
void cmd_print_error(const char *message);

/* Prints the error and ends the process with its exit code. Only for callbacks that have no other
 * way to stop what calls them. */
_Noreturn void cmd_die(const struct pvm_err *err);

enum cmd_style { CMD_PLAIN, CMD_BOLD, CMD_DIM, CMD_RED, CMD_GREEN, CMD_YELLOW };

/* The escape sequence that switches to a style; "" where there is no colour. */
const char *cmd_style(const struct cmd *cmd, enum cmd_style style);

#endif
