/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/state_show.h"

#include "cmd/table.h"
#include "cmd/text.h"
#include "host/state_diff.h"

#include <inttypes.h>

enum { SHOWN = 32 };

static void put_hash(struct pvm_buf *out, const struct jam_hash *hash)
{
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, jam_hash_bytes(hash));
}

static const char *form_name(enum jam_state_file_form form)
{
    switch (form) {
    case JAM_STATE_FILE_OWN:
        return "own form";
    case JAM_STATE_FILE_STF:
        return "form of the accumulate vectors";
    case JAM_STATE_FILE_JIP4:
        return "chain specification";
    case JAM_STATE_FILE_KEYVALS:
        return "key-values";
    case JAM_STATE_FILE_BINARY:
        return "binary";
    }
    return "?";
}

/* ---- the whole ---- */

static void show_services(const struct cmd *cmd, const struct jam_state_file *file,
                          struct pvm_buf *out)
{
    static const char *const titles[] = {"service", "balance",   "threshold", "items", "bytes",
                                         "storage", "preimages", "requests",  "hidden"};
    struct cmd_table table = cmd_table(sizeof titles / sizeof *titles, cmd->alloc);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        cmd_table_cell(&table, "%s", titles[i]);
    for (size_t i = 0; i < file->state.count; i++) {
        const struct jam_service *service = file->state.services[i];
        cmd_table_cell(&table, "%" PRIu32, service->id);
        cmd_table_cell(&table, "%" PRIu64, service->balance);
        cmd_table_cell(&table, "%" PRIu64, jam_threshold(service, &file->params));
        cmd_table_cell(&table, "%" PRIu32, service->items);
        cmd_table_cell(&table, "%" PRIu64, service->bytes);
        cmd_table_cell(&table, "%zu", service->storage.count);
        cmd_table_cell(&table, "%zu", service->preimages.count);
        cmd_table_cell(&table, "%zu", service->requests.count);
        cmd_table_cell(&table, "%zu", service->hidden.count);
    }
    cmd_heading(cmd, "services", out);
    cmd_table_print(&table, out);
    cmd_table_deinit(&table);
}

static void show_privileges(const struct cmd *cmd, const struct jam_state_file *file,
                            struct pvm_buf *out)
{
    const struct jam_privileges *from = &file->state.privileges;
    struct jam_always always;
    size_t cores = (size_t)file->params.core_count;
    cmd_heading(cmd, "privileges", out);
    pvm_buf_printf(out, "  bless        %" PRIu32 "\n", from->manager);
    for (size_t core = 0; core < cores; core++) {
        /* Cores with the same assigner share a line. */
        size_t last = core;
        while (last + 1 < cores && jam_assigner_get(from, last + 1) == jam_assigner_get(from, core))
            last++;
        pvm_buf_printf(out, "  assign       %" PRIu32 " (core %zu", jam_assigner_get(from, core),
                       core);
        if (last > core)
            pvm_buf_printf(out, " to %zu", last);
        pvm_buf_text(out, ")\n");
        core = last;
    }
    pvm_buf_printf(out, "  designate    %" PRIu32 "\n", from->delegator);
    if (file->profile->state.privileges == JAM_PRIVILEGES_071)
        pvm_buf_printf(out, "  register     %" PRIu32 "\n", from->registrar);
    for (uint64_t id = 0; jam_always_from(from, id, &always); id = (uint64_t)always.service + 1)
        pvm_buf_printf(out, "  always_acc   %" PRIu32 " with %" PRIu64 " gas\n", always.service,
                       always.gas);
}

static void show_queues(const struct cmd *cmd, const struct jam_state *state, struct pvm_buf *out)
{
    size_t reports = 0;
    size_t packages = 0;
    for (size_t i = 0; i < state->ready_count; i++)
        reports += state->ready[i].count;
    for (size_t i = 0; i < state->accumulated_count; i++)
        packages += state->accumulated[i].count;
    cmd_heading(cmd, "accumulation", out);
    pvm_buf_printf(out, "  ready        %zu reports in %zu slots\n", reports, state->ready_count);
    pvm_buf_printf(out, "  accumulated  %zu packages in %zu slots\n", packages,
                   state->accumulated_count);
    pvm_buf_printf(out, "  outputs      %zu\n", state->output_count);
    pvm_buf_printf(out, "  statistics   of %zu services\n", state->stat_count);
    pvm_buf_printf(out, "  pools        of %zu cores\n", state->auth_pools.count);
    pvm_buf_printf(out, "  queues       of %zu cores\n", state->auth_queues.count);
    pvm_buf_printf(out, "  staging      %zu validators\n",
                   jam_blob_bytes(state->staging).len / JAM_VALIDATOR_SIZE);
}

static void show_others(const struct cmd *cmd, const struct jam_state *state, struct pvm_buf *out)
{
    struct jam_map_entry entry;
    struct jam_state_key key;
    unsigned number;
    if (state->others.count == 0)
        return;
    cmd_heading(cmd, "not taken apart", out);
    bool more = jam_map_first(&state->others, &entry);
    for (; more; more = jam_map_after(&state->others, entry.key, &entry)) {
        memcpy(key.octets, entry.key.ptr, JAM_STATE_KEY_SIZE);
        if (jam_key_is_component(&key, &number)) {
            pvm_buf_printf(out, "  C(%u)  %s%s, %zu octets\n", number, number < 10 ? " " : "",
                           jam_component_name(number), entry.value.len);
            continue;
        }
        pvm_buf_text(out, "  0x");
        pvm_buf_hex(out, entry.key);
        pvm_buf_printf(out, ", %zu octets\n", entry.value.len);
    }
}

enum pvm_status cmd_state_show(const struct cmd *cmd, const struct jam_state_file *file,
                               const char *name, struct pvm_buf *out, struct pvm_err *err)
{
    struct jam_state_shape shape = jam_state_file_shape(file);
    struct jam_hash root;
    PVM_TRY(jam_state_root(&file->state, &shape, file->present, &root, err));
    pvm_buf_printf(out, "state %s, GP %s, %s\n", name, file->profile->name, form_name(file->form));
    pvm_buf_printf(out, "  chain        %" PRIu64 " cores, %" PRIu64 " slots an epoch\n",
                   file->params.core_count, file->params.epoch_length);
    pvm_buf_printf(out, "  slot         %" PRIu32 "\n", file->state.slot);
    pvm_buf_text(out, "  entropy      ");
    put_hash(out, &file->state.entropy[0]);
    pvm_buf_text(out, "\n  root         ");
    put_hash(out, &root);
    pvm_buf_text(out, "\n");
    show_services(cmd, file, out);
    show_privileges(cmd, file, out);
    show_queues(cmd, &file->state, out);
    show_others(cmd, &file->state, out);
    return PVM_OK;
}

/* ---- one service ---- */

static void put_value(struct pvm_buf *out, struct pvm_bytes value)
{
    if (value.len == 0) {
        pvm_buf_text(out, "empty\n");
        return;
    }
    jam_octets_text(value, SHOWN, out);
    pvm_buf_printf(out, " (%zu octets)\n", value.len);
}

static void show_storage(const struct cmd *cmd, const struct jam_service *service,
                         struct pvm_buf *out)
{
    struct jam_map_entry entry;
    cmd_heading(cmd, "storage", out);
    bool more = jam_map_first(&service->storage, &entry);
    if (!more)
        pvm_buf_text(out, "  none\n");
    for (; more; more = jam_map_after(&service->storage, entry.key, &entry)) {
        pvm_buf_text(out, "  ");
        jam_octets_text(entry.key, SHOWN, out);
        pvm_buf_text(out, "  ");
        put_value(out, entry.value);
    }
}

static void put_request(struct pvm_buf *out, const struct jam_service *service,
                        const struct jam_hash *hash, uint32_t len)
{
    struct jam_request request;
    if (!jam_request_get(service, hash, len, &request)) {
        pvm_buf_text(out, "not requested\n");
        return;
    }
    pvm_buf_text(out, "[");
    for (unsigned i = 0; i < request.count; i++)
        pvm_buf_printf(out, "%s%" PRIu32, i > 0 ? ", " : "", request.slots[i]);
    pvm_buf_text(out, "]\n");
}

static void show_preimages(const struct cmd *cmd, const struct jam_service *service,
                           struct pvm_buf *out)
{
    struct jam_map_entry entry;
    struct jam_hash hash;
    cmd_heading(cmd, "preimages", out);
    bool more = jam_map_first(&service->preimages, &entry);
    if (!more)
        pvm_buf_text(out, "  none\n");
    for (; more; more = jam_map_after(&service->preimages, entry.key, &entry)) {
        memcpy(hash.octets, entry.key.ptr, JAM_HASH_SIZE);
        pvm_buf_text(out, "  ");
        put_hash(out, &hash);
        pvm_buf_printf(out, "  %zu octets, ", entry.value.len);
        put_request(out, service, &hash, (uint32_t)entry.value.len);
    }
}

/* Requests whose preimage is not there. */
static void show_requests(const struct cmd *cmd, const struct jam_service *service,
                          struct pvm_buf *out)
{
    struct jam_map_entry entry;
    struct jam_hash hash;
    struct pvm_bytes blob;
    bool any = false;
    bool more = jam_map_first(&service->requests, &entry);
    for (; more; more = jam_map_after(&service->requests, entry.key, &entry)) {
        memcpy(hash.octets, entry.key.ptr, JAM_HASH_SIZE);
        uint32_t len = (uint32_t)pvm_load_le(entry.key.ptr + JAM_HASH_SIZE, 4);
        if (jam_preimage_get(service, &hash, &blob) && blob.len == len)
            continue;
        if (!any)
            cmd_heading(cmd, "requests without preimage", out);
        any = true;
        pvm_buf_text(out, "  ");
        put_hash(out, &hash);
        pvm_buf_printf(out, "  %" PRIu32 " octets, ", len);
        put_request(out, service, &hash, len);
    }
}

static void show_hidden(const struct cmd *cmd, const struct jam_service *service,
                        struct pvm_buf *out)
{
    struct jam_map_entry entry;
    if (service->hidden.count == 0)
        return;
    cmd_heading(cmd, "known by state key only", out);
    bool more = jam_map_first(&service->hidden, &entry);
    for (; more; more = jam_map_after(&service->hidden, entry.key, &entry)) {
        struct jam_state_key key = jam_key_join(service->id, entry.key.ptr);
        pvm_buf_text(out, "  0x");
        pvm_buf_hex(out, jam_state_key_bytes(&key));
        pvm_buf_text(out, "  ");
        put_value(out, entry.value);
    }
}

void cmd_state_show_service(const struct cmd *cmd, const struct jam_state_file *file,
                            const struct jam_service *service, struct pvm_buf *out)
{
    pvm_buf_printf(out, "service %" PRIu32 "\n  code         ", service->id);
    put_hash(out, &service->code_hash);
    pvm_buf_printf(out, "\n  balance      %" PRIu64 ", threshold %" PRIu64 "\n", service->balance,
                   jam_threshold(service, &file->params));
    pvm_buf_printf(out, "  footprint    %" PRIu32 " items, %" PRIu64 " bytes, gratis %" PRIu64 "\n",
                   service->items, service->bytes, service->deposit_offset);
    pvm_buf_printf(out, "  least gas    %" PRIu64 " an item, %" PRIu64 " a transfer\n",
                   service->min_item_gas, service->min_memo_gas);
    pvm_buf_printf(out, "  created      slot %" PRIu32 " by service %" PRIu32 "\n",
                   service->creation_slot, service->parent_service);
    pvm_buf_printf(out, "  accumulated  slot %" PRIu32 "\n", service->last_accumulation_slot);
    show_storage(cmd, service, out);
    show_preimages(cmd, service, out);
    show_requests(cmd, service, out);
    show_hidden(cmd, service, out);
}
