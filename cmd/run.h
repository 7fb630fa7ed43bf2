/* SPDX-License-Identifier: Apache-2.0 */
/* pvm run, its options and its two kinds of run. */
#ifndef CMD_RUN_H
#define CMD_RUN_H

#include "cmd/extension.h"
#include "cmd/flame.h"
#include "cmd/picture_record.h"
#include "cmd/report.h"
#include "cmd/segments_run.h"
#include "cmd/trace.h"

#define RUN_OPTIONS(X)                                                                             \
    X(RUN_REFINE, 0, "refine", FLAG, NULL,                                                         \
      "run the program as a service's Refine; what is done with a service when nothing is said")   \
    X(RUN_IS_AUTHORIZED, 0, "is-authorized", FLAG, NULL, "run it as an authorizer")                \
    X(RUN_ACCUMULATE, 0, "accumulate", FLAG, NULL, "run it as a service's Accumulate")             \
    X(RUN_ON_TRANSFER, 0, "on-transfer", FLAG, NULL,                                               \
      "run it as a service's On-Transfer, which GP versions to 0.7.0 have")                        \
    X(RUN_RAW, 0, "raw", FLAG, NULL,                                                               \
      "run it as a bare program blob; what is done with one when nothing is said")                 \
    X(RUN_FIXTURE, 0, "fixture", TEXT, "FILE",                                                     \
      "work package, services and segments (docs/fixtures.md); of a raw program its initial "      \
      "state "                                                                                     \
      "under the names of the public pvm-programs vectors")                                        \
    X(RUN_STATE, 0, "state", TEXT, "FILE",                                                         \
      "state to run on, of any form (docs/state.md); services of a fixture are added to it")       \
    X(RUN_WRITE_STATE, 0, "write-state", TEXT, "FILE",                                             \
      "accumulate, on-transfer: write the state after the run to FILE")                            \
    X(RUN_SERVICE, 0, "service", NUMBER, "ID",                                                     \
      "the service that runs; the item's, else the first of the state, else 0")                    \
    X(RUN_TRANSFER, 0, "transfer", LIST, "from=ID,amount=N,memo=0xHEX|@FILE,gas=N",                \
      "accumulate (0.7.1 on), on-transfer: a deferred transfer to the service")                    \
    X(RUN_OPERAND, 0, "operand", LIST, "result=0xHEX|@FILE|ERROR,gas=N,...",                       \
      "accumulate: a work result; also package, exports-root, authorizer, payload-hash (or "       \
      "payload) and trace")                                                                        \
    X(RUN_SLOT, 0, "slot", NUMBER, "N",                                                            \
      "accumulate, on-transfer: the block's slot; the one after the state's")                      \
    X(RUN_ENTROPY, 0, "entropy", TEXT, "0xHASH",                                                   \
      "accumulate, on-transfer: eta_0 after the block; the state's if not said")                   \
    X(RUN_CONFIG, 0, "config", TEXT, "0xHEX|@FILE", "the package's authorizer configuration")      \
    X(RUN_TOKEN, 0, "token", TEXT, "0xHEX|@FILE", "the package's authorization token")             \
    X(RUN_AUTH_TRACE, 0, "auth-trace", TEXT, "0xHEX|@FILE", "refine: the authorizer's output")     \
    X(RUN_ITEM, 0, "item", NUMBER, "N", "work item of the fixture's package, from 0")              \
    X(RUN_CORE, 0, "core", NUMBER, "N", "core the package runs on")                                \
    X(RUN_PAYLOAD, 0, "payload", TEXT, "0xHEX|@FILE", "payload of the work item")                  \
    X(RUN_ARGS, 0, "args", TEXT, "0xHEX|@FILE",                                                    \
      "raw argument octets, instead of those made from the package")                               \
    X(RUN_ENTRY, 0, "entry", TEXT, "PC|NAME",                                                      \
      "position to start at: a number, a symbol, or refine, is_authorized, accumulate, "           \
      "on_transfer")                                                                               \
    X(RUN_GAS, 0, "gas", NUMBER, "N", "gas limit, instead of the work item's")                     \
    X(RUN_GP, 0, "gp", TEXT, "VERSION", CMD_GP_HELP)                                               \
    X(RUN_EXTENSION, 0, CMD_EXTENSION_OPTION, LIST, "FILE", CMD_EXTENSION_HELP)                    \
    X(RUN_REG, 0, "reg", LIST, "REG=VALUE", "raw: a register's initial value, r7=9 or a0=0x2a")    \
    X(RUN_PAGE, 0, "page", LIST, "ADDR:LEN:ro|rw", "raw: make a range of pages accessible")        \
    X(RUN_MEM, 0, "mem", LIST, "ADDR:0xHEX|@FILE", "raw: put octets into memory")                  \
    X(RUN_DUMP, 0, "dump", LIST, "ADDR:LEN", "show a range of the memory after the run")           \
    X(RUN_MAX_MEMORY, 0, "max-memory", NUMBER, "OCTETS",                                           \
      "what all machines together may take of this computer's memory, 4 GiB if not said")          \
    X(RUN_MAX_GAS, 0, "max-gas", NUMBER, "N",                                                      \
      "gas that the machine may use, however much it is given; " CMD_MAX_GAS_TEXT                  \
      " if not said, or what --gas says if that is more")                                          \
    X(RUN_MAX_INNER_GAS, 0, "max-inner-gas", NUMBER, "N",                                          \
      "gas that inner machines may use together, which the outer one does not "                    \
      "pay; " CMD_INNER_GAS_TEXT " if not said")                                                   \
    X(RUN_SYMBOLS, 0, "symbols", LIST, "FILE",                                                     \
      "names of addresses, from pvm asm, for the program and the machines it starts; without it "  \
      "from BLOB.sym if it belongs to BLOB")                                                       \
    X(RUN_TRACE, 0, "trace", TEXT, "FILE",                                                         \
      "write every instruction and host call to FILE, packed if it ends with .zst; - is standard " \
      "output, with --json standard error (docs/traces.md)")                                       \
    X(RUN_TRACE_FORM, 0, "trace-form", CHOICE, CMD_WORDS(CMD_TRACE_FORMS(CMD_TRACE_FORM_WORD)),    \
      "the trace's form; if not said by FILE's ending, .txt, .jsonl or .bin, else text")           \
    X(RUN_TRACE_FULL, 0, "trace-full", FLAG, NULL,                                                 \
      "trace in text as JAM teams exchange it: instructions only, all registers in every line")    \
    X(RUN_TRACE_FILTER, 0, "trace-filter", LIST, "TERM,...",                                       \
      "trace only what all terms allow, [!]pc=A..B, symbol=NAME, op=NAME, class=NAME, mem=A..B, "  \
      "machine=-|inner|N, calls; of several filters any")                                          \
    X(RUN_TRACE_LAST, 0, "trace-last", NUMBER, "N",                                                \
      "keep the last N events and write them, to --trace or standard output, only if the run "     \
      "ends badly")                                                                                \
    X(RUN_ECALLI_TRACE, 0, "ecalli-trace", TEXT, "FILE",                                           \
      "write to FILE what every host call was given and did, as other tools read it (JIP-7)")      \
    X(RUN_SEGMENTS, 0, "segments", TEXT, "DIR",                                                    \
      "record the run in DIR, new or empty, as segments that pvm verify checks "                   \
      "(docs/segments.md)")                                                                        \
    X(RUN_SEGMENT_GAS, 0, "segment-gas", NUMBER, "N",                                              \
      "gas after which a segment ends; " CMD_SEGMENT_GAS_TEXT " if not said")                      \
    X(RUN_PROFILE, 0, "profile", TEXT, "FILE",                                                     \
      "write to FILE where gas and instructions went, for speedscope")                             \
    X(RUN_FOLDED, 0, "profile-folded", TEXT, "FILE",                                               \
      "write to FILE the gas of every call path, for flame graphs")                                \
    X(RUN_STATS, 0, "stats", FLAG, NULL,                                                           \
      "print instruction mix, hottest blocks and pages touched; with --json on standard error")    \
    X(RUN_RECORD, 0, "record", TEXT, "FILE",                                                       \
      "write to FILE what pvm report makes pictures of (docs/reports.md)")                         \
    X(RUN_JSON, 0, "json", FLAG, NULL, "report as JSON (docs/cli.md)")

enum { RUN_OPTIONS(CMD_OPTION_ENUM) RUN_OPTION_COUNT };

enum run_mode {
    RUN_AS_RAW,
    RUN_AS_REFINE,
    RUN_AS_IS_AUTHORIZED,
    RUN_AS_ACCUMULATE,
    RUN_AS_TRANSFER
};

struct cmd_debug;

/* Everything a run is made from, and what is left of it. */
struct cmd_run {
    struct cmd *cmd;
    const struct cmd_args *args;
    const struct jam_profile *profile;
    const char *name;          /* what the report calls it: the blob's file, else the fixture's */
    struct cmd_program loaded; /* path NULL: no BLOB was given */
    struct cmd_symbols symbols;
    struct cmd_trace trace;
    struct cmd_flame flame;
    struct cmd_segments segments;
    struct cmd_record *record; /* NULL: nothing is recorded */
    struct cmd_report report;
    struct cmd_debug *debug; /* cmd/debug.h; NULL: the run goes on to its end */
};

/* Makes what the command line says, for the debugger to run. */
PVM_MUST_USE enum pvm_status cmd_run_debugged(struct cmd *cmd, struct cmd_debug *debug,
                                              struct pvm_err *err);

/* The position --entry names; absent when it was not given. PVM_E_USAGE for an unknown name. */
PVM_MUST_USE enum pvm_status cmd_run_entry(const struct cmd_run *run, uint64_t absent,
                                           uint64_t *out, struct pvm_err *err);

/* Runs, prints the report and sets cmd->code. */
PVM_MUST_USE enum pvm_status cmd_run_service(struct cmd_run *run, enum jam_invocation invocation,
                                             struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_run_accumulate(struct cmd_run *run, enum jam_invocation invocation,
                                                struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_run_raw(struct cmd_run *run, struct pvm_err *err);

/* Fills the report's dumps from --dump, prints the report and sets the exit code. */
PVM_MUST_USE enum pvm_status cmd_run_report(struct cmd_run *run, struct pvm_err *err);

/* Prints where a run stopped that a limit of ours ended, which err tells: its status returns. */
PVM_MUST_USE enum pvm_status cmd_run_limited(struct cmd_run *run, struct pvm_err *err);

/* Of struct jam_limits, what --max-gas says or its default. */
uint64_t cmd_run_max_gas(const struct cmd_args *args);

/* "ADDR:" at the start of an option's value; *rest is what follows. */
PVM_MUST_USE enum pvm_status cmd_run_address(const char *option, const char *text,
                                             uint64_t *address, const char **rest,
                                             struct pvm_err *err);

#endif
