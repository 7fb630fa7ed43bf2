/* SPDX-License-Identifier: Apache-2.0 */
/* What an accumulation changed, a line each: "service 7: balance 1000 -> 900". */
#include "host/accumulate_context.h"
#include "host/table_parts.h"

#include <inttypes.h>
#include <stdio.h>

struct lines {
    const struct jam_table_setup *setup;
    struct pvm_buf *out;
    uint32_t id; /* of the service under way */
};

static void begin(const struct lines *lines, const char *what)
{
    pvm_buf_printf(lines->out, "service %" PRIu32 ": %s", lines->id, what);
}

static void tell_number(const struct lines *lines, const char *name, uint64_t before,
                        uint64_t after)
{
    if (before == after)
        return;
    begin(lines, name);
    pvm_buf_printf(lines->out, " %" PRIu64 " -> %" PRIu64 "\n", before, after);
}

static void tell_hash(const struct lines *lines, const char *name, const struct jam_hash *before,
                      const struct jam_hash *after)
{
    if (jam_hash_equal(before, after))
        return;
    begin(lines, name);
    pvm_buf_text(lines->out, " ");
    jam_table_show(jam_hash_bytes(before), lines->out);
    pvm_buf_text(lines->out, " -> ");
    jam_table_show(jam_hash_bytes(after), lines->out);
    pvm_buf_text(lines->out, "\n");
}

static void tell_fields(const struct lines *lines, const struct jam_service *a,
                        const struct jam_service *b)
{
    tell_hash(lines, "code_hash", &a->code_hash, &b->code_hash);
    tell_number(lines, "balance", a->balance, b->balance);
    tell_number(lines, "min_item_gas", a->min_item_gas, b->min_item_gas);
    tell_number(lines, "min_memo_gas", a->min_memo_gas, b->min_memo_gas);
    tell_number(lines, "items", a->items, b->items);
    tell_number(lines, "bytes", a->bytes, b->bytes);
    tell_number(lines, "deposit_offset", a->deposit_offset, b->deposit_offset);
    tell_number(lines, "creation_slot", a->creation_slot, b->creation_slot);
    tell_number(lines, "last_accumulation_slot", a->last_accumulation_slot,
                b->last_accumulation_slot);
    tell_number(lines, "parent_service", a->parent_service, b->parent_service);
}

/* ---- maps ---- */

/* How a map's entries are shown. */
struct kind {
    void (*key)(struct pvm_bytes key, struct pvm_buf *out);
    void (*value)(struct pvm_bytes value, struct pvm_buf *out);
};

static void show_storage_key(struct pvm_bytes key, struct pvm_buf *out)
{
    pvm_buf_text(out, "storage ");
    jam_table_show(key, out);
}

static void show_preimage_key(struct pvm_bytes key, struct pvm_buf *out)
{
    pvm_buf_text(out, "preimage ");
    jam_table_show(key, out);
}

static void show_request_key(struct pvm_bytes key, struct pvm_buf *out)
{
    pvm_buf_text(out, "request ");
    jam_table_show(pvm_bytes(key.ptr, JAM_HASH_SIZE), out);
    pvm_buf_printf(out, " length %" PRIu64, pvm_load_le(key.ptr + JAM_HASH_SIZE, 4));
}

static void show_slots(struct pvm_bytes slots, struct pvm_buf *out)
{
    pvm_buf_text(out, "[");
    for (size_t i = 0; i + 4 <= slots.len; i += 4)
        pvm_buf_printf(out, "%s%" PRIu64, i == 0 ? "" : ", ", pvm_load_le(slots.ptr + i, 4));
    pvm_buf_text(out, "]");
}

static const struct kind storage_kind = {show_storage_key, jam_table_show};
static const struct kind preimage_kind = {show_preimage_key, jam_table_show};
static const struct kind request_kind = {show_request_key, show_slots};

static void tell_entry(const struct lines *lines, const struct kind *kind, struct pvm_bytes key,
                       const struct pvm_bytes *before, const struct pvm_bytes *after)
{
    const struct pvm_bytes *sides[2] = {before, after};
    begin(lines, "");
    kind->key(key, lines->out);
    pvm_buf_text(lines->out, ": ");
    for (unsigned i = 0; i < 2; i++) {
        if (sides[i] == NULL)
            pvm_buf_text(lines->out, "none");
        else
            kind->value(*sides[i], lines->out);
        pvm_buf_text(lines->out, i == 0 ? " -> " : "\n");
    }
}

static void tell_map(const struct lines *lines, const struct kind *kind,
                     const struct jam_map *before, const struct jam_map *after)
{
    struct jam_map_entry entry;
    struct pvm_bytes other;
    for (bool more = jam_map_first(before, &entry); more;
         more = jam_map_after(before, entry.key, &entry)) {
        bool there = jam_map_get(after, entry.key, &other);
        if (!there || !pvm_bytes_equal(entry.value, other))
            tell_entry(lines, kind, entry.key, &entry.value, there ? &other : NULL);
    }
    for (bool more = jam_map_first(after, &entry); more;
         more = jam_map_after(after, entry.key, &entry))
        if (!jam_map_get(before, entry.key, &other))
            tell_entry(lines, kind, entry.key, NULL, &entry.value);
}

static void tell_account(struct lines *lines, const struct jam_account_change *change)
{
    static const struct jam_service nobody;
    const struct jam_service *before = jam_state_find(lines->setup->state, change->id);
    lines->id = change->id;
    if (change->service == NULL) {
        begin(lines, "removed\n");
        return;
    }
    if (before == NULL) {
        begin(lines, "new\n");
        before = &nobody;
    }
    tell_fields(lines, before, change->service);
    tell_map(lines, &storage_kind, &before->storage, &change->service->storage);
    tell_map(lines, &preimage_kind, &before->preimages, &change->service->preimages);
    tell_map(lines, &request_kind, &before->requests, &change->service->requests);
}

/* ---- the rest ---- */

static void tell_lists(const struct lines *lines, const struct jam_effects *effects)
{
    for (size_t i = 0; i < effects->transfer_count; i++) {
        const struct jam_transfer *transfer = &effects->transfers[i];
        pvm_buf_printf(lines->out,
                       "transfer %" PRIu32 " -> %" PRIu32 ": amount %" PRIu64 ", gas %" PRIu64
                       ", memo ",
                       transfer->source, transfer->destination, transfer->amount, transfer->gas);
        jam_table_show(pvm_bytes(transfer->memo, JAM_MEMO_SIZE), lines->out);
        pvm_buf_text(lines->out, "\n");
    }
    for (size_t i = 0; i < effects->provision_count; i++) {
        pvm_buf_printf(lines->out, "provide %" PRIu32 ": ", effects->provisions[i].service);
        jam_table_show(effects->provisions[i].blob, lines->out);
        pvm_buf_text(lines->out, "\n");
    }
    if (effects->has_yield) {
        pvm_buf_text(lines->out, "yield ");
        jam_table_show(jam_hash_bytes(&effects->yield), lines->out);
        pvm_buf_text(lines->out, "\n");
    }
}

static void tell_holder(const struct lines *lines, const char *name, uint32_t before,
                        uint32_t after)
{
    if (before != after)
        pvm_buf_printf(lines->out, "%s %" PRIu32 " -> %" PRIu32 "\n", name, before, after);
}

static void tell_always(const struct lines *lines, const struct jam_privileges *before,
                        const struct jam_privileges *after)
{
    struct jam_always always;
    uint64_t gas;
    for (uint64_t id = 0; jam_always_from(before, id, &always); id = (uint64_t)always.service + 1)
        if (!jam_always_get(after, always.service, &gas))
            pvm_buf_printf(lines->out, "always %" PRIu32 ": %" PRIu64 " -> none\n", always.service,
                           always.gas);
    for (uint64_t id = 0; jam_always_from(after, id, &always); id = (uint64_t)always.service + 1) {
        if (!jam_always_get(before, always.service, &gas))
            pvm_buf_printf(lines->out, "always %" PRIu32 ": none -> %" PRIu64 "\n", always.service,
                           always.gas);
        else if (gas != always.gas)
            pvm_buf_printf(lines->out, "always %" PRIu32 ": %" PRIu64 " -> %" PRIu64 "\n",
                           always.service, gas, always.gas);
    }
}

static void tell_privileges(const struct lines *lines, const struct jam_privileges *after)
{
    const struct jam_table_setup *setup = lines->setup;
    const struct jam_privileges *before = &setup->state->privileges;
    bool one = setup->view->profile->state.privileges == JAM_PRIVILEGES_062;
    size_t cores = one ? 1 : (size_t)setup->params->core_count;
    tell_holder(lines, "manager", before->manager, after->manager);
    for (size_t core = 0; core < cores; core++) {
        char name[48] = "assigner";
        if (!one)
            (void)snprintf(name, sizeof name, "assigner of core %zu:", core);
        tell_holder(lines, name, jam_assigner_get(before, core), jam_assigner_get(after, core));
    }
    tell_holder(lines, "delegator", before->delegator, after->delegator);
    tell_holder(lines, "registrar", before->registrar, after->registrar);
    tell_always(lines, before, after);
}

static void tell_queues(const struct lines *lines, const struct jam_effects *effects)
{
    for (size_t core = 0; core < lines->setup->params->core_count; core++) {
        struct pvm_bytes queue = jam_core_get(effects->auth_queues, core);
        if (queue.len == 0)
            continue;
        pvm_buf_printf(lines->out, "queue of core %zu: ", core);
        jam_table_show(queue, lines->out);
        pvm_buf_text(lines->out, "\n");
    }
    if ((effects->wrote & JAM_WROTE_STAGING) != 0) {
        pvm_buf_text(lines->out, "validators: ");
        jam_table_show(jam_blob_bytes(effects->staging), lines->out);
        pvm_buf_text(lines->out, "\n");
    }
}

enum pvm_status jam_table_effects(const struct jam_table_setup *setup, struct jam_run *run,
                                  struct pvm_buf *out, struct pvm_err *err)
{
    struct lines lines = {.setup = setup, .out = out};
    struct jam_effects effects;
    PVM_TRY(jam_accumulate_effects(run, &effects, err));
    for (size_t i = 0; i < effects.account_count; i++)
        tell_account(&lines, &effects.accounts[i]);
    tell_lists(&lines, &effects);
    if (setup->context == JAM_ON_TRANSFER)
        return PVM_OK;
    if ((effects.wrote & (JAM_WROTE_PRIVILEGES | JAM_WROTE_ASSIGNERS)) != 0)
        tell_privileges(&lines, effects.privileges);
    tell_queues(&lines, &effects);
    return PVM_OK;
}
