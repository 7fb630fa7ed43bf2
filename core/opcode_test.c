/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instruction table: consistent in itself, and equal row by row to the lists of opcodes and of
 * gas costs in the reference folder, where that is present.
 */
#include "core/opcode.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(counts)
{
    unsigned first = 0, second = 0;
    for (unsigned op = 0; op < PVM_OP_COUNT; op++) {
        first += pvm_op_table[op].octet[PVM_ISA_O1] != PVM_NO_OPCODE;
        second += pvm_op_table[op].octet[PVM_ISA_O2] != PVM_NO_OPCODE;
    }
    /* GP 0.7.2 A.5 and GP 0.8.0 A.5: 0.8.0 drops sbrk and adds unlikely. */
    ck_assert_uint_eq(PVM_OP_COUNT, 140);
    ck_assert_uint_eq(first, 139);
    ck_assert_uint_eq(second, 139);
}
END_TEST

START_TEST(octets_are_unique_and_found)
{
    enum pvm_isa isa = (enum pvm_isa)_i;
    unsigned owners[256] = {0};
    for (unsigned op = 0; op < PVM_OP_COUNT; op++) {
        unsigned octet = pvm_op_table[op].octet[isa];
        if (octet == PVM_NO_OPCODE)
            continue;
        ck_assert_uint_lt(octet, 256);
        owners[octet]++;
        ck_assert_uint_eq(pvm_op_of_octet(isa, (uint8_t)octet), op);
    }
    for (unsigned octet = 0; octet < 256; octet++) {
        ck_assert_uint_le(owners[octet], 1);
        enum pvm_op op = pvm_op_of_octet(isa, (uint8_t)octet);
        ck_assert_int_eq(op != PVM_OP_COUNT, owners[octet] == 1);
        ck_assert_uint_eq(pvm_op_octets(isa)[octet], owners[octet] ? op + 1u : 0);
    }
}
END_TEST

START_TEST(names_find_their_row)
{
    for (unsigned op = 0; op < PVM_OP_COUNT; op++) {
        const char *name = pvm_op_table[op].name;
        unsigned len = (unsigned)strlen(name);
        ck_assert_uint_eq(pvm_op_by_name(name, len), op);
        ck_assert_uint_eq(pvm_op_by_name(name, len - 1) == op, 0);
    }
    ck_assert_uint_eq(pvm_op_by_name("nop", 3), PVM_OP_COUNT);
    ck_assert_uint_eq(pvm_op_by_name("", 0), PVM_OP_COUNT);
}
END_TEST

/* A row reads and writes only registers that its form encodes. */
START_TEST(registers_belong_to_the_form)
{
    for (unsigned op = 0; op < PVM_OP_COUNT; op++) {
        const struct pvm_op_info *info = &pvm_op_table[op];
        const char *operands = pvm_form_operands((enum pvm_form)info->form);
        unsigned has = (strchr(operands, 'A') != NULL ? PVM_A : 0u) |
                       (strchr(operands, 'B') != NULL ? PVM_B : 0u) |
                       (strchr(operands, 'D') != NULL ? PVM_D : 0u);
        ck_assert_msg(((info->reads | info->writes) & ~has) == 0, "%s uses a register too many",
                      info->name);
    }
}
END_TEST

START_TEST(register_names)
{
    static const char *const names[] = {"ra", "sp", "t0", "t1", "t2", "s0", "s1",
                                        "a0", "a1", "a2", "a3", "a4", "a5"};
    for (unsigned reg = 0; reg < PVM_REG_COUNT; reg++)
        ck_assert_str_eq(pvm_reg_name(reg), names[reg]);
    ck_assert_str_eq(pvm_reg_name(PVM_REG_COUNT), "?");
}
END_TEST

enum { CELL_COUNT = 16, CELL_SIZE = 160 };

struct row {
    char cells[CELL_COUNT][CELL_SIZE];
};

/* Splits a line of comma-separated values; a cell may stand in double quotes. */
static void split(const char *line, struct row *row)
{
    memset(row, 0, sizeof *row);
    unsigned cell = 0;
    size_t len = 0;
    int quoted = 0;
    for (const char *p = line; *p != 0 && *p != '\n' && *p != '\r'; p++) {
        if (*p == '"') {
            quoted = !quoted;
        } else if (*p == ',' && !quoted) {
            cell++;
            len = 0;
            ck_assert_uint_lt(cell, CELL_COUNT);
        } else {
            ck_assert_uint_lt(len, CELL_SIZE - 1);
            row->cells[cell][len++] = *p;
        }
    }
}

/* Calls check for each row but the first. Without the file, prints that it is skipped. */
static void each_row(const char *path, unsigned expected, void (*check)(const struct row *row))
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        printf("SKIP opcode rows: %s is absent\n", path);
        return;
    }
    char line[1024];
    unsigned rows = 0;
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        struct row row;
        split(line, &row);
        check(&row);
        rows++;
    }
    fclose(file);
    ck_assert_uint_eq(rows, expected);
}

static const struct pvm_op_info *find(const char *name)
{
    enum pvm_op op = pvm_op_by_name(name, (unsigned)strlen(name));
    ck_assert_msg(op != PVM_OP_COUNT, "no row for %s", name);
    return &pvm_op_table[op];
}

static unsigned octet_of(const char *cell)
{
    return *cell != 0 ? (unsigned)strtoul(cell, NULL, 10) : PVM_NO_OPCODE;
}

static unsigned registers_of(const char *cell)
{
    return (strchr(cell, 'A') != NULL ? PVM_A : 0u) | (strchr(cell, 'B') != NULL ? PVM_B : 0u) |
           (strchr(cell, 'D') != NULL ? PVM_D : 0u);
}

static void check_opcode_row(const struct row *row)
{
    const struct pvm_op_info *info = find(row->cells[0]);
    const char *name = info->name;
    ck_assert_msg(info->octet[PVM_ISA_O1] == octet_of(row->cells[1]), "%s: octet O1", name);
    ck_assert_msg(info->octet[PVM_ISA_O2] == octet_of(row->cells[2]), "%s: octet O2", name);
    ck_assert_msg(strcmp(pvm_form_name((enum pvm_form)info->form), row->cells[4]) == 0, "%s: form",
                  name);
    ck_assert_msg(info->reads == registers_of(row->cells[5]), "%s: registers read", name);
    ck_assert_msg(info->writes == registers_of(row->cells[6]), "%s: registers written", name);
    ck_assert_msg(info->terminator == octet_of(row->cells[7]), "%s: terminator", name);
}

START_TEST(opcodes_csv)
{
    each_row(PVM_SHARED "/opcodes.csv", PVM_OP_COUNT, check_opcode_row);
}
END_TEST

/* "2", "P(1,2)": the first number when source and destination overlap, "PS(2,3)": the same looking
 * at the first source only. */
static void check_slots(const struct pvm_op_info *info, const char *cell)
{
    unsigned same = 0, other = 0;
    enum pvm_slot_rule rule = PVM_SLOTS_FIX;
    if (sscanf(cell, "PS(%u,%u)", &same, &other) == 2)
        rule = PVM_SLOTS_ONE;
    else if (sscanf(cell, "P(%u,%u)", &same, &other) == 2)
        rule = PVM_SLOTS_ANY;
    else
        same = other = octet_of(cell);
    ck_assert_msg(info->slot_rule == rule && info->slots_same == same && info->slots_other == other,
                  "%s: decode slots", info->name);
}

/* "25", "BR(1|20)" and "MEM(25=L2Hit;37=L3Hit)", of which GP 0.8.0 takes the first. */
static unsigned cycles_of(const char *cell)
{
    if (strncmp(cell, "BR", 2) == 0)
        return PVM_CYCLES_BRANCH;
    return octet_of(strncmp(cell, "MEM(", 4) == 0 ? cell + 4 : cell);
}

static void check_gas_row(const struct row *row)
{
    const struct pvm_op_info *info = find(row->cells[0]);
    const char *name = info->name;
    ck_assert_msg(info->octet[PVM_ISA_O2] == octet_of(row->cells[1]), "%s: octet", name);
    ck_assert_msg(info->cycles == cycles_of(row->cells[2]), "%s: cycles", name);
    check_slots(info, row->cells[3]);
    for (unsigned unit = 0; unit < PVM_UNIT_COUNT; unit++)
        ck_assert_msg(info->units[unit] == octet_of(row->cells[4 + unit]), "%s: unit %u", name,
                      unit);
    ck_assert_msg(info->reads == registers_of(row->cells[9]), "%s: registers read", name);
    ck_assert_msg(info->writes == registers_of(row->cells[10]), "%s: registers written", name);
    ck_assert_msg(info->terminator == octet_of(row->cells[11]), "%s: terminator", name);
}

START_TEST(gas08_csv)
{
    each_row(PVM_SHARED "/gas08.csv", PVM_OP_COUNT - 1, check_gas_row);
}
END_TEST

Suite *opcode_suite(void);

Suite *opcode_suite(void)
{
    Suite *suite = suite_create("opcode");
    TCase *tests = tcase_create("opcode");
    tcase_add_test(tests, counts);
    tcase_add_loop_test(tests, octets_are_unique_and_found, 0, PVM_ISA_COUNT);
    tcase_add_test(tests, names_find_their_row);
    tcase_add_test(tests, registers_belong_to_the_form);
    tcase_add_test(tests, register_names);
    tcase_add_test(tests, opcodes_csv);
    tcase_add_test(tests, gas08_csv);
    suite_add_tcase(suite, tests);
    return suite;
}
