/* SPDX-License-Identifier: Apache-2.0 */
/* What logs of other implementations say, and which events filters want. */
#include "cmd/trace_filter.h"
#include "cmd/trace_source.h"

#include <check.h>

/* ---- logs ---- */

#define REGS    "[1 2 0 0 0 0 0 8 9 0 0 0 18446744073709551615]"
#define COMMAS  "[1, 2, 0, 0, 0, 0, 0, 8, 9, 0, 0, 0, 0xffffffffffffffff]"
#define UNKNOWN UINT64_C(0xdead)

struct log_case {
    const char *line;
    bool is_step;
    uint64_t step, pc, gas; /* UNKNOWN: it does not say */
    bool regs;
    enum pvm_op op;
};

static const struct log_case logs[] = {
    {"    1: PC     5 JUMP                 g=9999999 reg=" REGS, true, 1, 5, 9999999, true,
     PVM_OP_JUMP},
    {"accumulate: JUMP               step:     0 pc:  5386 gas:4999999 Registers:" REGS, true, 0,
     5386, 4999999, true, PVM_OP_JUMP},
    {"JUMP               step:     0 pc:     5 g:100000 Registers:" COMMAS, true, 0, 5, 100000,
     true, PVM_OP_JUMP},
    {"ADD_64 2 5 Gas: 9999999 Registers:" COMMAS, true, 2, 5, 9999999, true, PVM_OP_ADD_64},
    {"12:33:59.421 MOVE_REG 0 57368 Registers:" COMMAS, true, 0, 57368, UNKNOWN, true,
     PVM_OP_MOVE_REG},
    {"14:21:07.238 [main] INFO  io.x.pvm.PolkaVM -- LOAD_IMM 3 27543 Registers:" COMMAS, true, 3,
     27543, UNKNOWN, true, PVM_OP_LOAD_IMM},
    {"TRACE[04-16|19:35:47.164] boot   step=147 pc=756 opcode=ADD_IMM_64   g=9856 reg=\"" REGS "\"",
     true, 147, 756, 9856, true, PVM_OP_ADD_IMM_64},
    {"pc=0x2a gas=-1", true, UNKNOWN, 42, UINT64_MAX, false, PVM_OP_COUNT},
    {"pc = 7, regs: [1 2 3]", false, 0, 0, 0, false, PVM_OP_COUNT}, /* too few registers */
    {"Calling host function: READ 3", false, 0, 0, 0, false, PVM_OP_COUNT},
    {"gas: 5", false, 0, 0, 0, false, PVM_OP_COUNT},
    {"epc=3 gas=5", false, 0, 0, 0, false, PVM_OP_COUNT},
    {"pc=99999999999999999999 gas=5", false, 0, 0, 0, false, PVM_OP_COUNT}, /* beyond 64 bits */
    {"", false, 0, 0, 0, false, PVM_OP_COUNT},
};

START_TEST(test_logs)
{
    const struct log_case *c = &logs[_i];
    struct cmd_trace_record record = {.machine = -1, .op = PVM_OP_COUNT};
    struct cmd_trace_log log = {0};
    bool more = false;
    bool is_step = cmd_trace_read_log(&log, pvm_bytes(c->line, strlen(c->line)), &record, &more);
    ck_assert_int_eq(is_step, c->is_step);
    ck_assert(!more);
    if (!is_step)
        return;
    ck_assert_uint_eq(record.pc, c->pc);
    ck_assert_int_eq(record.has_step, c->step != UNKNOWN);
    ck_assert_int_eq(record.has_gas, c->gas != UNKNOWN);
    ck_assert(c->step == UNKNOWN || record.step == c->step);
    ck_assert(c->gas == UNKNOWN || record.gas == c->gas);
    ck_assert_uint_eq(record.known_before, c->regs ? CMD_TRACE_ALL : 0);
    ck_assert_int_eq(record.op, c->op);
    if (c->regs) {
        ck_assert_uint_eq(record.before[1], 2);
        ck_assert_uint_eq(record.before[8], 9);
        ck_assert_uint_eq(record.before[12], UINT64_MAX);
    }
}
END_TEST

START_TEST(test_polkavm)
{
    static const char *const lines[] = {
        "[TRACE polkavm::interpreter] 441182: a1 = u32 [s0]",
        "[TRACE polkavm::interpreter] a1 = u32 [0x8b760]",
        "[TRACE polkavm::interpreter] a1 = 0x1aba4",
        "[TRACE polkavm::interpreter] 441184: a0 = u32 [sp + 4]",
    };
    struct cmd_trace_record record = {.machine = -1, .op = PVM_OP_COUNT};
    struct cmd_trace_log log = {0};
    bool more = false;
    ck_assert(cmd_trace_read_log(&log, pvm_bytes(lines[0], strlen(lines[0])), &record, &more));
    ck_assert(!more);
    ck_assert_uint_eq(record.pc, 441182);
    ck_assert_str_eq(record.text, "a1 = u32 [s0]");
    more = true;
    ck_assert(!cmd_trace_read_log(&log, pvm_bytes(lines[1], strlen(lines[1])), &record, &more));
    more = true;
    ck_assert(cmd_trace_read_log(&log, pvm_bytes(lines[2], strlen(lines[2])), &record, &more));
    ck_assert(more);
    ck_assert_uint_eq(record.known_after, 1 << 8);
    ck_assert_uint_eq(record.after[8], 0x1aba4);
    ck_assert(!cmd_trace_read_log(&log, pvm_bytes(lines[3], strlen(lines[3])), &record, &more));
    ck_assert(!more);
}
END_TEST

/* ---- filters ---- */

enum event { LOAD, STORE, CALL };

struct filter_case {
    const char *first, *second; /* second may be NULL */
    bool load, store, call;
};

/* The load: machine 3, pc 0x20, 4 octets at 0x1000. The store: outer machine, pc 0x30, 8 octets at
 * 0x2000, behind the symbols outer at 0x28 and outer.inner at 0x2c. The call: pc 0x40, behind last,
 * which wrote 16 octets at 0x1ff8. */
static const struct filter_case filters[] = {
    {"pc=0x20", NULL, true, false, false},
    {"pc=33..0x40", NULL, false, true, true},
    {"pc=0x20|0x40", NULL, true, false, true},
    {"!pc=0x20", NULL, false, true, true},
    {"op=load_ind_u32", NULL, true, false, false},
    {"op=ecalli", NULL, false, false, true},
    {"class=load|store", NULL, true, true, false},
    {"class=host", NULL, false, false, true},
    {"calls", NULL, false, false, true},
    {"!calls", NULL, true, true, false},
    {"mem=0x1003", NULL, true, false, false},
    {"mem=0x1004", NULL, false, false, false},
    {"mem=0xfff..0x1000", NULL, true, false, false},
    {"mem=0x2007", NULL, false, true, true},
    {"mem=0x2008..0xffff", NULL, false, false, false},
    {"mem=0x1ff8", NULL, false, false, true},
    {"machine=3", NULL, true, false, false},
    {"machine=-", NULL, false, true, true},
    {"machine=inner", NULL, true, false, false},
    {"machine=0..2", NULL, false, false, false},
    {"machine=outer|3", NULL, true, true, true},
    {"machine=-,!calls", NULL, false, true, false},
    {"machine=3", "calls", true, false, true},
    {"machine=3,calls", "pc=0x30", false, true, false},
    {"symbol=outer", NULL, false, true, false},
    {"symbol=outer.inner", NULL, false, true, false},
    {"symbol=last", NULL, false, false, true},
    {"symbol=outer|last", NULL, false, true, true},
};

static struct cmd_trace_record event_of(enum event event)
{
    struct cmd_trace_record record = {.kind = CMD_TRACE_STEP, .machine = -1};
    switch (event) {
    case LOAD:
        record.machine = 3;
        record.pc = 0x20;
        record.op = PVM_OP_LOAD_IND_U32;
        record.access = (struct cmd_trace_access){.width = 4, .addr = 0x1000};
        break;
    case STORE:
        record.pc = 0x30;
        record.op = PVM_OP_STORE_U64;
        record.access = (struct cmd_trace_access){.width = 8, .written = true, .addr = 0x2000};
        break;
    case CALL:
        record.kind = CMD_TRACE_CALL;
        record.pc = 0x40;
        record.op = PVM_OP_ECALLI;
        record.range_count = 1;
        record.ranges[0] = (struct cmd_trace_range){.written = true, .addr = 0x1ff8, .len = 16};
        break;
    }
    return record;
}

START_TEST(test_filters)
{
    const struct filter_case *c = &filters[_i];
    static const char table[] = "0x28 outer\n0x2c outer.inner\n0x38 last\n";
    struct cmd_trace_filter filter = {0};
    struct pvm_symbols names = {0};
    struct pvm_err err = {0};
    struct cmd_trace_record load = event_of(LOAD), store = event_of(STORE), call = event_of(CALL);
    ck_assert_int_eq(pvm_symbols_parse(pvm_bytes(table, sizeof table - 1), &names, &err), PVM_OK);
    ck_assert_int_eq(cmd_trace_filter_add(&filter, "f", c->first, &err), PVM_OK);
    if (c->second != NULL)
        ck_assert_int_eq(cmd_trace_filter_add(&filter, "f", c->second, &err), PVM_OK);
    ck_assert_int_eq(cmd_trace_filter_wants(&filter, &load, NULL), c->load);
    ck_assert_int_eq(cmd_trace_filter_wants(&filter, &store, &names), c->store);
    ck_assert_int_eq(cmd_trace_filter_wants(&filter, &call, &names), c->call);
    pvm_symbols_deinit(&names);
}
END_TEST

static const char *const bad_filters[] = {
    "",        "pc",      "pc=",       "pc=1..",       "pc=2..1",    "pc=x",    "op=",
    "op=ADD_", "class=x", "machine=x", "mem=-1",       "calls=",     "!",       "what=1",
    "pc=1,",   ",pc=1",   "pc=1||2",   "machine=1..x", "pc=1 ,pc=2", "symbol=",
};

START_TEST(test_bad_filters)
{
    struct cmd_trace_filter filter = {0};
    struct pvm_err err = {0};
    ck_assert_int_eq(cmd_trace_filter_add(&filter, "--f", bad_filters[_i], &err), PVM_E_USAGE);
    ck_assert_int_eq(strncmp(err.msg, "--f: ", 5), 0);
}
END_TEST

Suite *trace_read_suite(void);

Suite *trace_read_suite(void)
{
    Suite *suite = suite_create("trace_read");
    TCase *tc = tcase_create("trace_read");
    tcase_add_loop_test(tc, test_logs, 0, sizeof logs / sizeof *logs);
    tcase_add_test(tc, test_polkavm);
    tcase_add_loop_test(tc, test_filters, 0, sizeof filters / sizeof *filters);
    tcase_add_loop_test(tc, test_bad_filters, 0, sizeof bad_filters / sizeof *bad_filters);
    suite_add_tcase(suite, tc);
    return suite;
}
