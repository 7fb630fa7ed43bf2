/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/tables_gp.h"

#include "cmd/table.h"
#include "host/accumulate_rules.h"
#include "host/call.h"
#include "host/codec.h"
#include "host/price.h"

#include <inttypes.h>

/* ---- host calls ---- */

/* Number and invocations of a call under one version. */
static void call_cell(struct cmd_table *table, const struct jam_extension_cell *cell)
{
    static const char letters[] = {
#define X(NAME, name, entry, letter) letter,
        JAM_INVOCATIONS(X)
#undef X
    };
    if (cell == NULL) {
        cmd_table_cell(table, "-");
        return;
    }
    cmd_table_printf(table, "%d ", cell->number);
    for (unsigned i = 0; i < sizeof letters; i++) {
        if ((cell->invocations >> i & 1) != 0)
            cmd_table_printf(table, "%c", letters[i]);
    }
    cmd_table_end(table);
}

static void price_cell(struct cmd_table *table, const struct jam_price *price)
{
    struct pvm_buf text = {0};
    jam_price_text(price, &text);
    cmd_table_cell(table, "%s", pvm_buf_str(&text));
    pvm_buf_deinit(&text);
}

static const char *const hostcalls_head[] = {
    "name",           "GP",    "0.6.2 to 0.6.4", "0.6.5",        "0.6.6",
    "0.6.7 to 0.7.2", "0.8.0", "gas to 0.7.1",   "gas of 0.7.2", "gas from 0.8.0 on",
    "inputs (0.7.2)",
};

enum { HOSTCALLS_COLUMNS = sizeof hostcalls_head / sizeof *hostcalls_head };

/* Versions that stand for the columns of numbers. */
static const uint32_t number_versions[] = {JAM_GP(0, 6, 2), JAM_GP(0, 6, 5), JAM_GP(0, 6, 6),
                                           JAM_GP(0, 6, 7), JAM_GP(0, 8, 0)};

enum { NUMBER_COLUMNS = sizeof number_versions / sizeof *number_versions };

/* Stretches of versions, from the first to the last, that stand for the columns of prices. */
static const struct {
    uint32_t first, last;
} price_versions[] = {
    {JAM_GP(0, 6, 2), JAM_GP(0, 7, 1)},
    {JAM_GP(0, 7, 2), JAM_GP(0, 7, 2)},
    {JAM_GP(0, 8, 0), UINT32_MAX},
};

enum { PRICE_COLUMNS = sizeof price_versions / sizeof *price_versions };

/* The cell of any version in a stretch; NULL: the call is in none. */
static const struct jam_extension_cell *cell_within(const struct jam_extension_call *call,
                                                    uint32_t first, uint32_t last)
{
    const struct jam_extension_cell *cell = NULL;
    for (size_t i = 0; jam_profile_at(i) != NULL; i++) {
        uint32_t version = jam_profile_at(i)->version;
        if (cell == NULL && version >= first && version <= last)
            cell = jam_call_cell(call, version);
    }
    return cell;
}

static void call_row(struct cmd_table *table, const struct jam_extension_call *call)
{
    cmd_table_cell(table, "%s", call->name);
    cmd_table_cell(table, "%s", call->letter != NULL ? call->letter : "-");
    for (unsigned i = 0; i < NUMBER_COLUMNS; i++)
        call_cell(table, jam_call_cell(call, number_versions[i]));
    for (unsigned i = 0; i < PRICE_COLUMNS; i++) {
        const struct jam_extension_cell *cell =
            cell_within(call, price_versions[i].first, price_versions[i].last);
        if (cell != NULL)
            price_cell(table, &cell->price);
        else
            cmd_table_cell(table, "-");
    }
    cmd_table_cell(table, "%s", call->inputs != NULL ? call->inputs : "-");
}

/* What any other number costs. */
static void unknown_row(struct cmd_table *table)
{
    cmd_table_cell(table, "(unknown)");
    for (unsigned i = 0; i < 1 + NUMBER_COLUMNS; i++)
        cmd_table_cell(table, "-");
    for (unsigned i = 0; i < PRICE_COLUMNS; i++) {
        const struct jam_profile *profile = NULL;
        for (size_t k = 0; jam_profile_at(k) != NULL; k++)
            if (jam_profile_at(k)->version >= price_versions[i].first &&
                jam_profile_at(k)->version <= price_versions[i].last)
                profile = jam_profile_at(k);
        cmd_table_cell(table, "%" PRIu32, profile != NULL ? profile->unknown_gas : 0);
    }
    cmd_table_cell(table, "-");
}

void cmd_table_hostcalls(const struct jam_profile *profile, struct pvm_buf *out)
{
    pvm_buf_text(out, "Number and the invocations a host call is open in: I is-authorized, R "
                      "refine, A accumulate, T on-transfer\n(until 0.7.0). Any other number is "
                      "unknown: its price is taken and r7 is WHAT.\n\n");
    struct cmd_table table = cmd_table(HOSTCALLS_COLUMNS, out->alloc);
    for (unsigned i = 0; i < HOSTCALLS_COLUMNS; i++)
        cmd_table_cell(&table, "%s", hostcalls_head[i]);
    const struct jam_extension *extension;
    for (size_t i = 0; (extension = jam_profile_extension(profile, i)) != NULL; i++)
        for (size_t k = 0; k < extension->call_count; k++)
            call_row(&table, &extension->calls[k]);
    unknown_row(&table);
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
}

/* ---- versions ---- */

static const char *yes_no(bool value)
{
    return value ? "yes" : "-";
}

static const char *isa_name(enum pvm_isa isa)
{
    switch (isa) {
    case PVM_ISA_O1:
        return "0.6.2";
    case PVM_ISA_O2:
        return "0.8.0";
    case PVM_ISA_DRAFT:
    case PVM_ISA_COUNT:
        break;
    }
    return "?";
}

static const char *gas_model(enum pvm_gas_model model)
{
    switch (model) {
    case PVM_GAS_FLAT:
        return "1 each";
    case PVM_GAS_BLOCK:
        return "block";
    }
    return "?";
}

/* The first of the versions whose calls have the numbers of this one's. */
static const char *numbering(const struct jam_profile *p)
{
    static const char *const names[NUMBER_COLUMNS] = {"0.6.2", "0.6.5", "0.6.6", "0.6.7", "0.8.0"};
    unsigned column = 0;
    while (column + 1 < NUMBER_COLUMNS && number_versions[column + 1] <= p->version)
        column++;
    return names[column];
}

/* The version an encoding came with, from the one a row chose. */
static const char *package_form(const struct jam_profile *p)
{
    if (p->package == jam_package_062)
        return "0.6.2";
    return p->package == jam_package_070 ? "0.7.0" : "0.8.0";
}

static const char *refine_args(const struct jam_profile *p)
{
    if (p->refine_args == jam_refine_args_063)
        return "s4 y H(p) x u";
    if (p->refine_args == jam_refine_args_065)
        return "s y H(p) x u";
    return p->refine_args == jam_refine_args_066 ? "i s y H(p)" : "c i s y H(p)";
}

static const char *authorized_args(const struct jam_profile *p)
{
    return p->is_authorized_args == jam_is_authorized_args_062 ? "p c" : "c2";
}

static const char *context_form(const struct jam_profile *p)
{
    return p->context == jam_context_062 ? "0.6.2" : "0.8.0";
}

static const char *fetch_open(const struct jam_profile *p)
{
    unsigned open = jam_call_cell(&jam_call_table[JAM_CALL_FETCH], p->version)->invocations;
    return (open & 1u << JAM_ACCUMULATE) != 0 ? "all" : "refine";
}

static const char *fetch_kinds(const struct jam_profile *p)
{
    if (p->fetch_kinds[0] == JAM_FETCH_PACKAGE)
        return "0 to 7";
    return p->fetch_kinds[16] == JAM_FETCH_NOTHING ? "0 to 15" : "0 to 17";
}

/* Octets of the constants blob; 0 where no kind gives it. */
static unsigned params_size(const struct jam_profile *p)
{
    unsigned size = 0;
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++)
        size += (p->params_left_out >> i & 1) == 0 ? jam_param_table[i].width : 0;
    return p->fetch_kinds[0] == JAM_FETCH_PARAMS ? size : 0;
}

static const char *authorizer(const struct jam_profile *p)
{
    return p->authorizer == jam_authorizer_066 ? "code hash and config" : "config";
}

static const char *info_form(const struct jam_profile *p)
{
    return p->info == jam_info_062 ? "compact" : "96 octets";
}

static const char *transfer_gas(const struct jam_profile *p)
{
    return p->call.transfer_gas_late ? "if OK" : "always";
}

static const char *inner_pages(const struct jam_profile *p)
{
    return jam_call_number(p, JAM_CALL_PAGES) < 0 ? "zero, void" : "pages";
}

static const char *heap_stack(const struct jam_profile *p)
{
    if (p->call.heap_stack_unit == 0)
        return "-";
    return p->call.heap_stack_unit == PVM_PAGE_SIZE ? "to a page" : "to 2^16";
}

static uint64_t call_gas(const struct jam_profile *p, enum jam_call_id call)
{
    return jam_call_cell(&jam_call_table[call], p->version)->price.base;
}

static bool flat_gas(const struct jam_profile *p)
{
    return call_gas(p, JAM_CALL_GAS) == p->unknown_gas;
}

static const char *accumulate_args(const struct jam_profile *p)
{
    if (p->accumulate->wide_arguments)
        return "t4 s4 inputs";
    return p->accumulate->inline_arguments ? "t s inputs" : "t s count";
}

static const char *bless_args(const struct jam_profile *p)
{
    const struct jam_bless_rules *bless = &p->accumulate->bless;
    if (bless->registrar != 0)
        return "m a* v r z* n";
    return bless->assigners != 0 ? "m a* v z* n" : "m a v z* n";
}

static const char *new_args(const struct jam_profile *p)
{
    if (p->accumulate->new.registrar)
        return "c* l g m f i";
    return p->accumulate->new.gratis ? "c* l g m f" : "c* l g m";
}

static const char *storage_octets(const struct jam_profile *p)
{
    return p->accumulate->accounts->counts_key ? "34 + key + value" : "32 + value";
}

static bool has_provide(const struct jam_profile *p)
{
    return jam_call_number(p, JAM_CALL_PROVIDE) >= 0;
}

static uint64_t record_octets(const struct jam_profile *p)
{
    static const uint8_t sizes[] = {
        [JAM_RECORD_062] = 68, [JAM_RECORD_067] = 88, [JAM_RECORD_071] = 89};
    return sizes[p->state.record];
}

/* 0 and UINT64_MAX stand for "none". */
static void number_cell(struct cmd_table *table, uint64_t value)
{
    if (value == 0 || value == UINT64_MAX)
        cmd_table_cell(table, "-");
    else
        cmd_table_cell(table, "%" PRIu64, value);
}

/* kind of cell, name, what differs, the value of p */
#define PROFILE_ROWS(X)                                                                            \
    X(TEXT, opcodes, "opcode numbers of", isa_name(p->rules->isa))                                 \
    X(TEXT, gas, "gas of instructions", gas_model(p->rules->gas))                                  \
    X(TEXT, strict, "code and branches checked before use", yes_no(p->rules->strict))              \
    X(TEXT, cmov, "cmov waits for its destination (gas)",                                          \
      yes_no(p->rules->cmov_reads_destination))                                                    \
    X(NUMBER, code, "most octets of code", p->rules->max_code)                                     \
    X(NUMBER, jumps, "most jump-table entries", p->rules->max_jumps)                               \
    X(TEXT, calls, "host-call numbers of", numbering(p))                                           \
    X(TEXT, call_gas, "gas of host calls", flat_gas(p) ? "10" : "table")                           \
    X(NUMBER, unknown_gas, "gas of an unknown call", p->unknown_gas)                               \
    X(NUMBER, log_gas, "gas of log", call_gas(p, JAM_CALL_LOG))                                    \
    X(TEXT, log, "log returns WHAT", yes_no(p->call.log_returns_what))                             \
    X(TEXT, transfer, "transfer adds r9 gas", transfer_gas(p))                                     \
    X(TEXT, fetch, "fetch in", fetch_open(p))                                                      \
    X(TEXT, kinds, "fetch kinds", fetch_kinds(p))                                                  \
    X(NUMBER, constants, "octets of the constants (fetch 0)", params_size(p))                      \
    X(TEXT, authorizer, "authorizer (fetch 8, once 7)", authorizer(p))                             \
    X(TEXT, info, "info record", info_form(p))                                                     \
    X(TEXT, window, "info takes offset and length", yes_no(p->call.info_window))                   \
    X(TEXT, memory, "inner memory by", inner_pages(p))                                             \
    X(NUMBER, machines, "most inner machines", p->call.max_machines)                               \
    X(TEXT, inner_gas, "invoke charges inner gas", yes_no(p->call.inner_gas_charged))              \
    X(TEXT, heap, "grow_heap: stack rounded", heap_stack(p))                                       \
    X(TEXT, short_heap, "grow_heap: gas stays if short", yes_no(p->call.heap_short_keeps_gas))     \
    X(TEXT, refine, "refine arguments", refine_args(p))                                            \
    X(TEXT, authorized, "is-authorized arguments", authorized_args(p))                             \
    X(TEXT, package, "work package as in", package_form(p))                                        \
    X(TEXT, context, "work context as in", context_form(p))                                        \
    X(TEXT, oversize, "oversize is a work error", yes_no(p->oversize))                             \
    X(NUMBER, w_a, "W_A", p->constants.max_authorizer_code)                                        \
    X(NUMBER, w_b, "W_B", p->constants.max_bundle_size)                                            \
    X(NUMBER, d, "D (full)", p->constants.preimage_expunge_period)                                 \
    X(TEXT, accumulate, "accumulate arguments", accumulate_args(p))                                \
    X(TEXT, transfers, "transfers go to",                                                          \
      p->accumulate->transfer_inputs ? "accumulate" : "on-transfer")                               \
    X(TEXT, code_limit, "W_C limits accumulate", yes_no(p->accumulate->limits_code))               \
    X(TEXT, provide, "provide", yes_no(has_provide(p)))                                            \
    X(TEXT, bless, "bless takes", bless_args(p))                                                   \
    X(TEXT, manager, "bless is the manager's (HUH)", yes_no(p->accumulate->bless.manager_only))    \
    X(TEXT, assigner, "assign is the assigner's (HUH)",                                            \
      yes_no(p->accumulate->assign.needs_assigner))                                                \
    X(TEXT, delegator, "designate is the delegator's (HUH)",                                       \
      yes_no(p->accumulate->designate.delegator_only))                                             \
    X(TEXT, counted, "designate takes a count", yes_no(p->accumulate->designate.counted))          \
    X(TEXT, fresh, "new takes", new_args(p))                                                       \
    X(NUMBER, ids, "least id that new gives out", p->accumulate->id_base)                          \
    X(TEXT, wide, "length over 2^32 is HUH at once", yes_no(p->accumulate->wide_length_first))     \
    X(TEXT, footprint, "octets of a storage item", storage_octets(p))                              \
    X(TEXT, gratis, "gratis lowers the threshold", yes_no(p->accumulate->accounts->gratis))        \
    X(NUMBER, record, "octets of an account record", record_octets(p))

#define X(kind, name, label, value)                                                                \
    static void cell_##name(struct cmd_table *table, const struct jam_profile *p)                  \
    {                                                                                              \
        CELL_##kind(table, value);                                                                 \
    }
#define CELL_TEXT(table, value)   cmd_table_cell(table, "%s", value)
#define CELL_NUMBER(table, value) number_cell(table, value)
PROFILE_ROWS(X)
#undef X

static const struct {
    const char *label;
    void (*cell)(struct cmd_table *table, const struct jam_profile *p);
} profile_rows[] = {
#define X(kind, name, label, value) {label, cell_##name},
    PROFILE_ROWS(X)
#undef X
};

void cmd_table_profiles(const struct jam_profile *profile, struct pvm_buf *out)
{
    (void)profile;
    unsigned versions = 0;
    while (jam_profile_at(versions) != NULL)
        versions++;
    struct cmd_table table = cmd_table(1 + versions, out->alloc);
    cmd_table_cell(&table, "GP version");
    for (unsigned i = 0; i < versions; i++)
        cmd_table_cell(&table, "%s", jam_profile_at(i)->name);
    for (size_t row = 0; row < sizeof profile_rows / sizeof *profile_rows; row++) {
        cmd_table_cell(&table, "%s", profile_rows[row].label);
        for (unsigned i = 0; i < versions; i++)
            profile_rows[row].cell(&table, jam_profile_at(i));
    }
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
    pvm_buf_printf(out,
                   "\nThe version meant when none is said is %s. Arguments: c core, i item, s "
                   "service, t slot, y payload with\nits length, p work package, x context, u code "
                   "hash of the authorizer; a number behind a letter is its octets,\nothers are "
                   "compact; a star is a pointer. A dash is no, none or no bound.\n",
                   jam_profile_default->name);
}
