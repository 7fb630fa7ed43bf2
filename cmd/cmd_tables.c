/* SPDX-License-Identifier: Apache-2.0 */
/* pvm tables: what the rows of core/opcode.h, host/call_table.h and host/profile.h say. */
#include "cmd/extension.h"
#include "cmd/tables_gp.h"
#include "host/profile.h"

#include <inttypes.h>

static void isa_octet(uint16_t octet, struct pvm_buf *out)
{
    if (octet == PVM_NO_OPCODE)
        pvm_buf_text(out, "| - ");
    else
        pvm_buf_printf(out, "| %u ", octet);
}

static void isa_operands(unsigned set, struct pvm_buf *out)
{
    pvm_buf_printf(out, "| %s%s%s%s ", (set & PVM_A) != 0 ? "A" : "", (set & PVM_B) != 0 ? "B" : "",
                   (set & PVM_D) != 0 ? "D" : "", set == 0 ? "-" : "");
}

static void isa_cost(const struct pvm_op_info *op, struct pvm_buf *out)
{
    static const char units[PVM_UNIT_COUNT + 1] = "ALSMD";
    if (op->cycles == PVM_CYCLES_BRANCH)
        pvm_buf_text(out, "| 1 or 20 ");
    else
        pvm_buf_printf(out, "| %u ", op->cycles);
    switch ((enum pvm_slot_rule)op->slot_rule) {
    case PVM_SLOTS_FIX:
        pvm_buf_printf(out, "| %u ", op->slots_same);
        break;
    case PVM_SLOTS_ANY:
        pvm_buf_printf(out, "| %u if a destination is a source, else %u ", op->slots_same,
                       op->slots_other);
        break;
    case PVM_SLOTS_ONE:
        pvm_buf_printf(out, "| %u if the destination is A, else %u ", op->slots_same,
                       op->slots_other);
        break;
    }
    pvm_buf_text(out, "| ");
    bool any = false;
    for (unsigned unit = 0; unit < PVM_UNIT_COUNT; unit++) {
        for (unsigned n = 0; n < op->units[unit]; n++)
            pvm_buf_add_u8(out, (uint8_t)units[unit]);
        any = any || op->units[unit] != 0;
    }
    pvm_buf_text(out, any ? " |\n" : "- |\n");
}

static void table_isa(const struct jam_profile *profile, struct pvm_buf *out)
{
    (void)profile;
    pvm_buf_text(out,
                 "| 0.6.2 to 0.7.2 | 0.8.0 | name | form | operands | ends block | reads | writes "
                 "| operation | cycles (0.8.0) | slots (0.8.0) | units (0.8.0) |\n"
                 "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (unsigned i = 0; i < PVM_OP_COUNT; i++) {
        const struct pvm_op_info *op = &pvm_op_table[i];
        enum pvm_form form = (enum pvm_form)op->form;
        isa_octet(op->octet[PVM_ISA_O1], out);
        isa_octet(op->octet[PVM_ISA_O2], out);
        pvm_buf_printf(out, "| %s | %s | %s | %s ", op->name, pvm_form_name(form),
                       pvm_form_operands(form), op->terminator != 0 ? "yes" : "-");
        isa_operands(op->reads, out);
        isa_operands(op->writes, out);
        pvm_buf_printf(out, "| %s ", op->operation);
        isa_cost(op, out);
    }
}

static void table_constants(const struct jam_profile *profile, struct pvm_buf *out)
{
    (void)profile;
    struct jam_params full, tiny;
    jam_params_get(jam_profile_default, JAM_PARAMS_FULL, &full);
    jam_params_get(jam_profile_default, JAM_PARAMS_TINY, &tiny);
    pvm_buf_text(out,
                 "| GP | name | octets | full | tiny | meaning |\n|---|---|---|---|---|---|\n");
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++) {
        const struct jam_param_info *info = &jam_param_table[i];
        pvm_buf_printf(out, "| %s | %s | %u | %" PRIu64 " | %" PRIu64 " | %s |\n", info->symbol,
                       info->name, info->width, *jam_param_at(&full, i), *jam_param_at(&tiny, i),
                       info->text);
    }
}

/* name, function, what it shows */
#define TABLES(X)                                                                                  \
    X(isa, table_isa, "the instruction set: opcodes, operands, effect, 0.8.0 costs")               \
    X(hostcalls, cmd_table_hostcalls, "host calls: numbers, permissions and prices by GP version") \
    X(profiles, cmd_table_profiles, "GP versions and how they differ")                             \
    X(constants, table_constants, "chain constants of the default version, full and tiny")

#define WORD(name, function, text) "|" #name
#define LINE(name, function, text) "  " #name ": " text "\n"

#define TABLES_OPTIONS(X)                                                                          \
    X(TABLES_EXTENSION, 0, CMD_EXTENSION_OPTION, LIST, "FILE", CMD_EXTENSION_HELP)

enum { TABLES_OPTIONS(CMD_OPTION_ENUM) TABLES_OPTION_COUNT };

static const struct cmd_option options[] = {TABLES_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_tables_syntax = {
    .usage = CMD_WORDS(TABLES(WORD)),
    .about = "tables:\n" TABLES(LINE),
    .options = options,
    .option_count = TABLES_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 1,
};
#undef WORD
#undef LINE

enum pvm_status cmd_tables(struct cmd *cmd, struct pvm_err *err)
{
    static const struct {
        const char *name;
        void (*print)(const struct jam_profile *profile, struct pvm_buf *out);
    } tables[] = {
#define X(name, function, text) {#name, function},
        TABLES(X)
#undef X
    };
    const struct jam_profile *profile = jam_profile_default;
    const char *name = cmd->args.operands[0];
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(tables[i].name, name) == 0) {
            PVM_TRY(cmd_extensions_profile(cmd, &profile, err));
            tables[i].print(profile, &cmd->out);
            return PVM_OK;
        }
    }
    return pvm_fail(err, PVM_E_USAGE, "tables: no table \"%.80s\", there are %s", name,
                    cmd_tables_syntax.usage);
}
