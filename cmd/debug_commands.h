/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the debugger: one row each. Help and completion are made from this. */
#ifndef CMD_DEBUG_COMMANDS_H
#define CMD_DEBUG_COMMANDS_H

#include "cmd/debug.h"

/* function, name, other name, does an empty line repeat it, arguments, what it does */
#define CMD_DEBUG_COMMANDS(X)                                                                      \
    X(step, "step", "s", true, "[N]", "N instructions on (1), into calls and inner machines")      \
    X(next, "next", "n", true, "[N]", "N instructions on (1), over calls and inner machines")      \
    X(finish, "finish", "fin", true, "",                                                           \
      "on until the call returns; of an inner machine's "                                          \
      "outermost one, until its parent goes on")                                                   \
    X(continue, "continue", "c", true, "[N]", "on to the next stop, or the N-th")                  \
    X(advance, "advance", "adv", false, "like break", "on to that place: tbreak and continue")     \
    X(run, "run", "", false, "", "from the start on to the first stop")                            \
    X(reverse_step, "reverse-step", "rs", true, "[N]", "N instructions back (1)")                  \
    X(reverse_next, "reverse-next", "rn", true, "[N]",                                             \
      "N instructions back (1), over calls and inner machines")                                    \
    X(reverse_finish, "reverse-finish", "rfin", true, "",                                          \
      "back to the call that led here, or to what invoked the inner machine")                      \
    X(reverse_continue, "reverse-continue", "rc", true, "",                                        \
      "back to the last stop before this "                                                         \
      "one, else to the start")                                                                    \
    X(goto, "goto", "g", false, "STEP", "to that step, on or back")                                \
    X(restart, "restart", "r", false, "", "back to the start")                                     \
    X(break, "break", "b", false,                                                                  \
      "PLACE [in M] | call [NAME|NUMBER] [in M] | gas N [in M] | "                                 \
      "machine [ID] [step], each with [if CONDITION]",                                             \
      "stop there: at a position, symbol or FILE:LINE; at a host call; "                           \
      "when gas falls to N; when an inner machine starts, or at each of its steps; M is outer, "   \
      "any or an id")                                                                              \
    X(tbreak, "tbreak", "tb", false, "like break", "the same, for one stop")                       \
    X(watch, "watch", "w", false, "ADDR[:LEN] [in M] [if CONDITION]",                              \
      "stop behind what writes there")                                                             \
    X(rwatch, "rwatch", "rw", false, "ADDR[:LEN] [in M] [if CONDITION]",                           \
      "stop behind what reads there")                                                              \
    X(awatch, "awatch", "aw", false, "ADDR[:LEN] [in M] [if CONDITION]",                           \
      "stop behind what reads or writes there")                                                    \
    X(condition, "condition", "", false, "N [CONDITION]",                                          \
      "breakpoint N stops only if that holds, or always")                                          \
    X(delete, "delete", "d", false, "[N]...", "remove breakpoints, all if none is named")          \
    X(disable, "disable", "", false, "[N]...", "let breakpoints rest")                             \
    X(enable, "enable", "", false, "[N]...", "wake them")                                          \
    X(where, "where", "f", false, "", "step, machine, position and gas")                           \
    X(backtrace, "backtrace", "bt", false, "",                                                     \
      "the calls that led here, by the convention for ra")                                         \
    X(registers, "registers", "regs", false, "", "all registers")                                  \
    X(print, "print", "p", false, "VALUE",                                                         \
      "a number, register, pc, gas, step, symbol, u8[ADDR] to u64[ADDR], "                         \
      "or these with + - * & and brackets")                                                        \
    X(x, "x", "", true, "[/COUNT FORMAT SIZE] [ADDR]",                                             \
      "memory: octets, or COUNT values as x, d, "                                                  \
      "u or text s, of size b, h, w or g; instructions as i")                                      \
    X(list, "list", "l", true, "[PLACE]", "lines of source around the position or PLACE")          \
    X(disassemble, "disassemble", "dis", false, "[PLACE [COUNT]]",                                 \
      "instructions around the "                                                                   \
      "position, or from PLACE on")                                                                \
    X(machine, "machine", "m", false, "[outer|ID]", "show another machine until the run goes on")  \
    X(info, "info", "i", false, "TOPIC",                                                           \
      "tell of breakpoints, calls, changes, effects [exceptional], exports, imports, "             \
      "log, machines, memory, registers, stack, storage [ID], symbols")                            \
    X(set, "set", "", false,                                                                       \
      "REG VALUE | gas VALUE | pc PLACE | mem ADDR 0xHEX | u8|u16|u32|u64 ADDR VALUE",             \
      "change the machine that runs")                                                              \
    X(answer, "answer", "a", false, "[A0 [A1]]",                                                   \
      "take the host call here as served, with these "                                             \
      "values and what was set")                                                                   \
    X(undo, "undo", "u", false, "[N|all]", "take a change back, the last one if none is named")    \
    X(echo, "echo", "", false, "TEXT", "print TEXT")                                               \
    X(help, "help", "h", false, "[COMMAND]", "this list, or one command")                          \
    X(quit, "quit", "q", false, "", "leave")

#define X(function, name, brief, repeats, arguments, help)                                         \
    enum pvm_status cmd_debug_do_##function(                                                       \
        struct cmd_debug *d, const struct cmd_debug_words *words, struct pvm_err *err);
CMD_DEBUG_COMMANDS(X)
#undef X

/* What an accumulation has done so far. */
enum pvm_status cmd_debug_tell_effects(struct cmd_debug *d, const struct cmd_debug_words *words,
                                       struct pvm_err *err);
/* Appends the changes made by hand. */
void cmd_debug_edits_text(const struct cmd_debug *d, struct pvm_buf *out);
/* Appends the breakpoints. */
void cmd_debug_breaks_text(const struct cmd_debug *d, struct pvm_buf *out);

/* What info tells of. */
struct cmd_debug_topic {
    const char *name;
    enum pvm_status (*tell)(struct cmd_debug *d, const struct cmd_debug_words *words,
                            struct pvm_err *err);
};
extern const struct cmd_debug_topic cmd_debug_topics[];
extern const unsigned cmd_debug_topic_count;

#endif
