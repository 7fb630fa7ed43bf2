/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What commands that read programs have in common: the GP version asked for, the blob with its
 * decoded program, and the symbol files that name its addresses.
 */
#ifndef CMD_LOAD_H
#define CMD_LOAD_H

#include "cmd/cmd.h"
#include "core/blob.h"
#include "core/symbols.h"
#include "host/profile.h"

/* What outer and inner machines may use unless asked otherwise: minutes at most, where the
 * library's own limit would be hours. */
#define CMD_MAX_GAS        UINT64_C(20000000000)
#define CMD_MAX_GAS_TEXT   "20000000000"
#define CMD_INNER_GAS      UINT64_C(20000000000)
#define CMD_INNER_GAS_TEXT "20000000000"

/* Rows of option tables that several commands share. */
#define CMD_GP_HELP "GP version; else that of the environment variable PVM_GP, else 0.7.2"

/* PVM_E_USAGE when one of these options, which are limits, is 0. command stands in front of the
 * message, unless NULL. */
enum pvm_status cmd_limits_check(const struct cmd_args *args, const char *command,
                                 const struct cmd_option *options, const unsigned *limits,
                                 size_t count, struct pvm_err *err);
/* Lets a message of PVM_E_LIMIT end with the options that say the limits; returns status. */
enum pvm_status cmd_limit_hint(enum pvm_status status, const char *options, struct pvm_err *err);

/* The profile a version names; name NULL: PVM_GP, else the default. PVM_E_USAGE lists the versions
 * there are. */
PVM_MUST_USE enum pvm_status cmd_profile(const char *name, const struct jam_profile **out,
                                         struct pvm_err *err);

struct cmd_program {
    const char *path;     /* borrowed */
    struct pvm_buf bytes; /* the file; blob borrows from it */
    struct pvm_blob blob;
    struct jam_hash id;          /* of the program blob, see cmd_program_id */
    struct pvm_program *program; /* NULL unless asked for */
};

/* Reads a blob and takes it apart. force: an enum pvm_blob_format, or negative to find the format
 * by content. Errors name the file. out is deinitialised by the caller in every case. */
PVM_MUST_USE enum pvm_status cmd_blob_load(const char *path, int force, struct cmd_program *out,
                                           struct pvm_err *err);
/* The same, and the program decoded. */
PVM_MUST_USE enum pvm_status cmd_program_load(const char *path, int force,
                                              const struct jam_profile *profile,
                                              struct cmd_program *out, struct pvm_err *err);
void cmd_program_deinit(struct cmd_program *program);

/* Appends the blob that a program was made from (GP 0.7.2 A.1). */
void cmd_program_blob(const struct pvm_program *program, struct pvm_buf *out);
/* Which program a symbol file belongs to: H of the program blob (GP 0.7.2 A.1). The file says so in
 * the comment "# program 0x..." that pvm asm writes. */
PVM_MUST_USE enum pvm_status cmd_program_id(const struct pvm_program *program, struct jam_hash *out,
                                            struct pvm_err *err);
#define CMD_SYMBOLS_TAG "# program 0x"

struct cmd_symbol_file {
    struct pvm_symbols symbols;
    bool tagged; /* id is known */
    struct jam_hash id;
};

/* Symbol files of a run, for the program itself and for those it starts. */
struct cmd_symbols {
    struct cmd_symbol_file *list;
    size_t count;
};

void cmd_symbols_deinit(struct cmd_symbols *symbols);
PVM_MUST_USE enum pvm_status cmd_symbols_add(struct cmd_symbols *symbols, const char *path,
                                             struct pvm_err *err);
/* Symbols as text, of the program in a blob of any form. */
PVM_MUST_USE enum pvm_status cmd_symbols_put(struct cmd_symbols *symbols, struct pvm_bytes text,
                                             struct pvm_bytes blob, struct pvm_err *err);
/* Adds BLOB.sym when it is there and tagged with this very program; silent otherwise. */
PVM_MUST_USE enum pvm_status cmd_symbols_beside(struct cmd_symbols *symbols,
                                                const struct cmd_program *program,
                                                struct pvm_err *err);
/* Every value of the list option, then the file beside the blob if there was none. */
PVM_MUST_USE enum pvm_status cmd_symbols_of(struct cmd_symbols *symbols,
                                            const struct cmd_args *args, unsigned option,
                                            const struct cmd_program *program, struct pvm_err *err);

/* The symbols tagged with a program's id, else, for the main program, those without a tag. NULL
 * when there are none. */
const struct pvm_symbols *cmd_symbols_find(const struct cmd_symbols *symbols,
                                           const struct jam_hash *id, bool is_main);
/* The same for a program without its blob. */
const struct pvm_symbols *cmd_symbols_of_program(const struct cmd_symbols *symbols,
                                                 const struct pvm_program *program, bool is_main);

#endif
