/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs of other implementations, as JAM teams exchange them: whatever stands around it, a line is
 * of an instruction when it names a position and at least one of step, gas, registers or mnemonic.
 *
 *     1: PC     5 JUMP                 g=9999999 reg=[4294901760 4278059008 0 ...]
 *     accumulate: JUMP               step:     0 pc:  5386 gas:4999999 Registers:[4294901760 ...]
 *     JUMP 1 5 Gas: 19999999 Registers:[4294901760, 4278059008, ...]
 *     TRACE[04-16|19:35] x  step=147 pc=756 opcode=ADD_IMM_64 g=9856 reg="[10 42 ...]"
 *
 * Lines of polkavm tell what was compiled, with its position, and by number what is carried out:
 *
 *     [DEBUG polkavm::interpreter]   [5]: 7968: sp = sp + 0xffffffffffffff50
 *     [TRACE polkavm::interpreter::raw_handlers] [4]: charge_gas: 9 (9999 -> 9990)
 *     [TRACE polkavm::interpreter::raw_handlers] [5]: sp = sp + 0xffffffffffffff50
 *     [TRACE polkavm::interpreter]   sp = 0xfefdff50
 *
 * or the position itself, in older ones:
 *
 *     [TRACE polkavm::interpreter] 441199: s1 = s1 - 1
 *     [TRACE polkavm::interpreter] s1 = 0x30
 */
#ifndef CMD_TRACE_LOG_H
#define CMD_TRACE_LOG_H

#include "cmd/trace_record.h"

/* Numbers of what polkavm compiles that are kept; of a longer log the rest is passed over. */
enum { CMD_TRACE_COMPILED = 1 << 22 };

/* What lines before tell of those that follow. Zero-initialised: nothing. */
struct cmd_trace_log {
    /* By number, the position of a compiled instruction and 1; 0: there is none. */
    uint32_t *places;
    size_t place_count, place_room;
    /* What was there when the block was charged that comes. */
    bool has_gas;
    uint64_t gas;
    /* The number behind the one that was carried out last, and whether that was an instruction: of
     * a jump that has to be resolved it comes again. */
    uint64_t next;
    bool may_repeat;
    /* What lines before have told. */
    bool tells_gas, tells_registers;
    /* What of a line that told an instruction cannot be right; NULL: nothing. */
    const char *wrong;
};

void cmd_trace_log_deinit(struct cmd_trace_log *log);

/* Whether a line of a log is of an instruction, and what it says of it; or with *more, says more
 * (*more) of the instruction that record is already. A line is none of an instruction that lacks
 * what those before tell; where it has it, but not so that it can be read, log->wrong says what. */
bool cmd_trace_read_log(struct cmd_trace_log *log, struct pvm_bytes line,
                        struct cmd_trace_record *record, bool *more);

/* ---- the styles, for trace_read_log.c ---- */

/* Of the text behind the name of polkavm's interpreter. */
bool cmd_trace_read_polkavm(struct cmd_trace_log *log, struct pvm_bytes text,
                            struct cmd_trace_record *record, bool *more);

static inline bool cmd_trace_is_word(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The octet at i, 0 behind the end. */
static inline uint8_t cmd_trace_octet(struct pvm_bytes text, size_t i)
{
    return i < text.len ? text.ptr[i] : 0;
}

/* A number at i, sign and 0x allowed, that no letter follows; *end is behind it. */
bool cmd_trace_number(struct pvm_bytes text, size_t i, uint64_t *out, size_t *end);

#endif
