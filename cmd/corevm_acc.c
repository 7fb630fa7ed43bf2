/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/corevm_acc.h"

#include "cmd/table.h"
#include "host/json_out.h"

#include <inttypes.h>
#include <stdio.h>

enum { FIRST_RESULT = 1, INFO_KEY = 8, GAS_KEY = 9 };

/* ---- cells ---- */

/* A host call's result as the seed's table writes it: a name, or k+2^32*x for a query. */
static void put_result(uint64_t value, struct pvm_buf *out)
{
    const char *name = value != 0 ? jam_result_name(value) : NULL;
    if (name != NULL)
        pvm_buf_text(out, name);
    else if (value >> 32 != 0 && value >> 56 == 0)
        pvm_buf_printf(out, "%" PRIu32 "+2^32*%" PRIu64, (uint32_t)value, value >> 32);
    else
        pvm_buf_printf(out, "%" PRIu64, value);
}

static void put_cell(const struct corevm_acc_row *row, unsigned key, struct pvm_buf *out)
{
    const struct corevm_acc_value *value = &row->keys[key];
    if (!value->there)
        return;
    uint64_t number = pvm_load_le(value->octets, value->len < 8 ? value->len : 8);
    if (key == 0)
        pvm_buf_printf(out, "FIB result_%" PRIu32, (uint32_t)number);
    else if (key == INFO_KEY || key == GAS_KEY)
        pvm_buf_printf(out, "%" PRIu64, number);
    else
        put_result(number, out);
}

static void put_request(const struct corevm_acc_row *row, struct pvm_buf *out)
{
    if (!row->requested) {
        pvm_buf_text(out, "none");
        return;
    }
    pvm_buf_text(out, "[");
    for (unsigned i = 0; i < row->request.count; i++)
        pvm_buf_printf(out, "%s%" PRIu32, i != 0 ? "," : "", row->request.slots[i]);
    pvm_buf_text(out, "]");
}

/* "forget HUH, query 0, assign OK (discarded)": the calls of the row itself, without the writes that
 * keep their results. */
static void put_calls(const struct corevm_acc_row *row, struct pvm_buf *out)
{
    size_t count;
    const struct corevm_acc_call *calls = corevm_acc_calls(row, &count);
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        bool keeps = strcmp(calls[i].name, "write") == 0 && calls[i].args[1] == 1;
        if (keeps)
            continue;
        pvm_buf_printf(out, "%s%s ", first ? "" : ", ", calls[i].name);
        put_result(calls[i].result, out);
        if (calls[i].discarded)
            pvm_buf_text(out, " (OK but discarded: not privileged)");
        first = false;
    }
}

/* ---- text ---- */

static const struct corevm_acc_offer *offer_before(const struct corevm_acc *acc, uint64_t n)
{
    for (size_t i = 0; i < COREVM_ACC_OFFERS; i++) {
        if (acc->offers[i].after + 1 == n)
            return &acc->offers[i];
    }
    return NULL;
}

static void put_table(struct pvm_buf *cell, struct cmd_table *table)
{
    cmd_table_cell(table, "%s", pvm_buf_str(cell));
    cell->len = 0;
}

static void print_storage(const struct corevm_acc *acc, struct pvm_buf *out)
{
    struct cmd_table table = cmd_table(4 + COREVM_ACC_KEYS - 2, out->alloc);
    struct pvm_buf cell = {.alloc = out->alloc};
    cmd_table_cell(&table, "n");
    cmd_table_cell(&table, "Slot");
    cmd_table_cell(&table, "EP in");
    for (unsigned key = 0; key < COREVM_ACC_KEYS; key++) {
        if (key != 3 && key != 4)
            cmd_table_cell(&table, "Key %u", key);
    }
    cmd_table_cell(&table, "jam");
    for (size_t i = 0; i < COREVM_ACC_ROWS; i++) {
        const struct corevm_acc_row *row = &acc->rows[i];
        const struct corevm_acc_offer *offer = offer_before(acc, row->n);
        cmd_table_cell(&table, "%" PRIu64, row->n);
        cmd_table_cell(&table, "%" PRIu32, row->slot);
        cmd_table_cell(&table, "%s",
                       offer == NULL                       ? ""
                       : offer->rule == JAM_PREIMAGES_FINE ? "\"jam\" in"
                                                           : "\"jam\" refused");
        for (unsigned key = 0; key < COREVM_ACC_KEYS; key++) {
            if (key == 3 || key == 4)
                continue;
            put_cell(row, key, &cell);
            put_table(&cell, &table);
        }
        pvm_buf_add(&cell, row->jam.octets, row->jam.there ? row->jam.len : 0);
        put_table(&cell, &table);
    }
    pvm_buf_text(out, "Storage of the service after each block\n");
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
    pvm_buf_deinit(&cell);
}

static void print_calls(const struct corevm_acc *acc, struct pvm_buf *out)
{
    struct cmd_table table = cmd_table(8, out->alloc);
    struct pvm_buf cell = {.alloc = out->alloc};
    static const char *const titles[] = {"n",     "Outcome", "Gas",    "Yield",
                                         "Items", "Octets",  "Request", "Host calls"};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        cmd_table_cell(&table, "%s", titles[i]);
    for (size_t i = 0; i < COREVM_ACC_ROWS; i++) {
        const struct corevm_acc_row *row = &acc->rows[i];
        cmd_table_cell(&table, "%" PRIu64, row->n);
        cmd_table_cell(&table, "%s%s", jam_outcome_name(row->outcome),
                       row->outcome == JAM_ENDED_HALT ? ""
                       : row->checkpointed            ? ", back to the checkpoint"
                                                      : ", all reverted");
        cmd_table_cell(&table, "%" PRIu64, row->gas_used);
        if (row->yielded)
            pvm_buf_hex(&cell, pvm_bytes(row->yield.octets, 4));
        put_table(&cell, &table);
        cmd_table_cell(&table, "%" PRIu32, row->items);
        cmd_table_cell(&table, "%" PRIu64, row->bytes);
        put_request(row, &cell);
        put_table(&cell, &table);
        put_calls(row, &cell);
        put_table(&cell, &table);
    }
    pvm_buf_text(out, "\nWhat the rows did\n");
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
    pvm_buf_deinit(&cell);
}

/* Where the seed's table says what cannot be. */
static void print_notes(const struct corevm_acc *acc, struct pvm_buf *out)
{
    pvm_buf_text(out, "\nWhere the seed's table cannot come true\n");
    for (size_t i = 0; i < COREVM_ACC_OFFERS; i++) {
        const struct corevm_acc_offer *offer = &acc->offers[i];
        if (offer->rule == JAM_PREIMAGES_FINE)
            continue;
        pvm_buf_printf(out,
                       "- row %" PRIu64 ": the preimage \"jam\" offered in slot %" PRIu32
                       " is refused, %s: %s. The block goes on without it.\n",
                       offer->after + 1, offer->slot, jam_preimage_rule_name(offer->rule),
                       jam_preimage_rule_text(offer->rule));
    }
    pvm_buf_text(out, "- row 9, key 0: the row panics without a checkpoint, so all of it is "
                      "reverted (GP 0.7.2 B.4, the collapse):\n  the keys keep what row 8 left.\n");
}

void cmd_corevm_acc_text(const struct cmd *cmd, const struct corevm_acc *acc, struct pvm_buf *out)
{
    (void)cmd;
    pvm_buf_printf(out, "CoreVM's Accumulate, GP %s, %s\n\n", acc->profile->name,
                   acc->unprivileged ? "without privileges" : "as manager and core 0's assigner");
    print_storage(acc, out);
    print_calls(acc, out);
    print_notes(acc, out);
}

/* ---- JSON ---- */

static void json_calls(struct jam_out *json, const struct corevm_acc_row *row)
{
    size_t count;
    const struct corevm_acc_call *calls = corevm_acc_calls(row, &count);
    jam_out_array(json, "host_calls");
    for (size_t i = 0; i < count; i++) {
        const char *name = calls[i].result != 0 ? jam_result_name(calls[i].result) : NULL;
        jam_out_object(json, NULL);
        jam_out_text(json, "name", calls[i].name);
        jam_out_array(json, "args");
        for (size_t k = 0; k < sizeof calls[i].args / sizeof calls[i].args[0]; k++)
            jam_out_word(json, NULL, calls[i].args[k]);
        jam_out_end_array(json);
        jam_out_number(json, "result", calls[i].result);
        if (name != NULL)
            jam_out_text(json, "result_name", name);
        jam_out_bool(json, "discarded", calls[i].discarded);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

static void json_storage(struct jam_out *json, const struct corevm_acc_row *row)
{
    jam_out_object(json, "storage");
    for (unsigned key = 0; key < COREVM_ACC_KEYS; key++) {
        char name[8];
        snprintf(name, sizeof name, "0x%02x", key & 0xff);
        if (row->keys[key].there)
            jam_out_hex(json, name, pvm_bytes(row->keys[key].octets, row->keys[key].len));
    }
    if (row->jam.there)
        jam_out_hex(json, "0x6a616d", pvm_bytes(row->jam.octets, row->jam.len));
    jam_out_end_object(json);
}

static void json_row(struct jam_out *json, const struct corevm_acc_row *row)
{
    jam_out_object(json, NULL);
    jam_out_number(json, "n", row->n);
    jam_out_number(json, "slot", row->slot);
    jam_out_text(json, "outcome", jam_outcome_name(row->outcome));
    jam_out_bool(json, "checkpointed", row->checkpointed);
    jam_out_number(json, "gas_used", row->gas_used);
    if (row->yielded)
        jam_out_hex(json, "yield", jam_hash_bytes(&row->yield));
    else
        jam_out_null(json, "yield");
    json_storage(json, row);
    jam_out_number(json, "items", row->items);
    jam_out_number(json, "bytes", row->bytes);
    if (row->requested) {
        jam_out_array(json, "request");
        for (unsigned i = 0; i < row->request.count; i++)
            jam_out_number(json, NULL, row->request.slots[i]);
        jam_out_end_array(json);
    } else {
        jam_out_null(json, "request");
    }
    json_calls(json, row);
    jam_out_end_object(json);
}

void cmd_corevm_acc_json(const struct corevm_acc *acc, struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    jam_out_object(&json, NULL);
    jam_out_text(&json, "gp", acc->profile->name);
    jam_out_bool(&json, "privileged", !acc->unprivileged);
    jam_out_array(&json, "preimages");
    for (size_t i = 0; i < COREVM_ACC_OFFERS; i++) {
        jam_out_object(&json, NULL);
        jam_out_number(&json, "slot", acc->offers[i].slot);
        jam_out_text(&json, "rule", jam_preimage_rule_name(acc->offers[i].rule));
        jam_out_end_object(&json);
    }
    jam_out_end_array(&json);
    jam_out_array(&json, "rows");
    for (size_t i = 0; i < COREVM_ACC_ROWS; i++)
        json_row(&json, &acc->rows[i]);
    jam_out_end_array(&json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
}
