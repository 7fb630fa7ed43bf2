/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of a subcommand as a table. A command writes its rows once,
 *
 *     #define ASM_OPTIONS(X)                                                       \
 *         X(ASM_OUTPUT, 'o', "output", TEXT, "FILE", "write the result to FILE")
 *
 * and makes from them the enum that names its options and the array that parsing, help, man pages
 * and completions read:
 *
 *     enum { ASM_OPTIONS(CMD_OPTION_ENUM) ASM_OPTION_COUNT };
 *     static const struct cmd_option options[] = {ASM_OPTIONS(CMD_OPTION_ROW)};
 *
 * --help needs no row; every command has it.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "core/bytes.h"

enum cmd_kind {
    CMD_KIND_FLAG,   /* no argument */
    CMD_KIND_TEXT,   /* any argument */
    CMD_KIND_NUMBER, /* decimal or 0x-hexadecimal, below 2^64 */
    CMD_KIND_CHOICE, /* one of the words that argument lists as a|b|c */
    CMD_KIND_LIST    /* any argument; the option may be repeated and every value counts */
};

struct cmd_option {
    const char *name; /* long name without dashes */
    char letter;      /* short name, 0 for none */
    enum cmd_kind kind;
    const char *argument; /* its name in the help, NULL for flags */
    const char *help;
};

/* The words of a CHOICE made from a list of rows: each row adds "|word", and CMD_WORDS drops the
 * first bar. */
#define CMD_WORDS(rows) (&(rows)[1])

#define CMD_OPTION_ENUM(id, letter, name, kind, argument, help) id,
#define CMD_OPTION_ROW(id, letter, name, kind, argument, help)                                     \
    [id] = {name, letter, CMD_KIND_##kind, argument, help},

struct cmd_syntax {
    const char *usage; /* what follows "pvm NAME "; further forms each on a line of their own */
    const char *about; /* paragraphs behind the options in the help, NULL for none */
    const struct cmd_option *options;
    unsigned option_count;
    unsigned min_operands, max_operands;
};

struct cmd_arg {
    unsigned option; /* index into the command's table */
    const char *text;
    uint64_t number; /* NUMBER only */
};

/* A parsed command line; texts borrow from argv. */
struct cmd_args {
    const struct cmd_syntax *syntax;
    struct cmd_arg *list; /* in the order given */
    size_t count;
    const char **operands;
    size_t operand_count;
    bool help; /* --help or -h stood among them */
};

/* Parses argv[0 .. argc) (without program and command name). Options and operands may be mixed;
 * "--" ends the options, "-" is an operand. PVM_E_USAGE names the argument that is wrong and,
 * for an unknown option, the nearest one. With --help nothing else is checked. */
PVM_MUST_USE enum pvm_status cmd_args_parse(const struct cmd_syntax *syntax,
                                            const struct pvm_alloc *alloc, int argc,
                                            char *const *argv, struct cmd_args *out,
                                            struct pvm_err *err);
void cmd_args_deinit(struct cmd_args *args, const struct pvm_alloc *alloc);

/* The last value given for an option wins. */
bool cmd_args_has(const struct cmd_args *args, unsigned option);
/* NULL when absent, "" for a flag. */
const char *cmd_args_text(const struct cmd_args *args, unsigned option);
uint64_t cmd_args_number(const struct cmd_args *args, unsigned option, uint64_t absent);
/* Which word of a CHOICE was given, from 0; absent when none was. */
unsigned cmd_args_choice(const struct cmd_args *args, unsigned option, unsigned absent);

/* Appends the usage lines, the options and about. */
void cmd_syntax_help(const char *name, const struct cmd_syntax *syntax, struct pvm_buf *out);

/* A number below 2^64: decimal, or hexadecimal after 0x. Nothing may stand around it. */
bool cmd_number(const char *text, size_t len, uint64_t *out);

/* Edits between two words, one for a letter added, left out, changed or swapped with the next; for
 * hints. */
unsigned cmd_distance(const char *a, const char *b);
/* Whether a distance is small enough to suggest word for typed. */
bool cmd_is_near(const char *typed, const char *word, unsigned *best);

#endif
