/* SPDX-License-Identifier: Apache-2.0 */
/* info: what surrounds the machine that runs. */
#include "cmd/debug_commands.h"

#include "cmd/state_input.h"
#include "cmd/stop.h"
#include "cmd/text.h"
#include "host/call.h"
#include "host/hash.h"
#include "host/inner.h"
#include "host/state_diff.h"

#include <inttypes.h>

enum { ROWS_MAX = 256, OCTETS_SHOWN = 32 };

static enum pvm_status need_service(const struct cmd_debug *d, struct pvm_err *err)
{
    return d->jam != NULL ? PVM_OK
                          : pvm_fail(err, PVM_E_USAGE, "info: a raw program has no host around it");
}

static void more(size_t count, struct pvm_buf *out)
{
    if (count > ROWS_MAX)
        pvm_buf_printf(out, "and %zu more\n", count - ROWS_MAX);
}

static enum pvm_status tell_breakpoints(struct cmd_debug *d, const struct cmd_debug_words *words,
                                        struct pvm_err *err)
{
    (void)words;
    (void)err;
    cmd_debug_breaks_text(d, &d->cmd->out);
    return PVM_OK;
}

static enum pvm_status tell_changes(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    (void)words;
    (void)err;
    cmd_debug_edits_text(d, &d->cmd->out);
    return PVM_OK;
}

/* How often each host call was made so far, and what it cost. */
static enum pvm_status tell_calls(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    bool any = false;
    (void)words;
    PVM_TRY(need_service(d, err));
    const struct jam_context *ctx = jam_run_context(d->jam);
    for (unsigned i = 0; i < ctx->row_count; i++) {
        const struct jam_call_stat *stat = &ctx->stats[i];
        const struct jam_extension_call *call = ctx->rows[i].call;
        if (stat->count == 0)
            continue;
        any = true;
        pvm_buf_printf(out, "%-20s %" PRIu64 " call%s, gas %" PRIu64 "\n",
                       call != NULL ? call->name : "unknown", stat->count,
                       stat->count == 1 ? "" : "s", stat->gas);
    }
    if (!any)
        pvm_buf_text(out, "no host call was made yet\n");
    return PVM_OK;
}

/* ---- segments ---- */

static void segment_line(size_t index, struct pvm_bytes segment, struct pvm_buf *out)
{
    size_t len = segment.len;
    while (len > 0 && segment.ptr[len - 1] == 0)
        len--;
    pvm_buf_printf(out, "%4zu  ", index);
    jam_octets_text(pvm_bytes(segment.ptr, len), OCTETS_SHOWN, out);
    pvm_buf_text(out, len < segment.len ? ", then zeros\n" : "\n");
}

static enum pvm_status tell_exports(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    (void)words;
    PVM_TRY(need_service(d, err));
    const struct jam_context *ctx = jam_run_context(d->jam);
    if (ctx->export_count == 0)
        pvm_buf_text(out, "no segment was exported yet\n");
    for (size_t i = 0; i < ctx->export_count && i < ROWS_MAX; i++)
        segment_line(i, pvm_bytes(ctx->exports.ptr + i * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE), out);
    more(ctx->export_count, out);
    return PVM_OK;
}

static enum pvm_status tell_imports(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    const struct jam_fixture *fixture = d->source.fixture;
    (void)words;
    PVM_TRY(need_service(d, err));
    size_t count = 0;
    if (fixture != NULL && jam_run_context(d->jam)->invocation == JAM_REFINE) {
        const struct jam_item_data *data = &fixture->data[fixture->item];
        count = data->import_count;
        for (size_t i = 0; i < count && i < ROWS_MAX; i++)
            segment_line(i, data->imports[i], out);
    }
    if (count == 0)
        pvm_buf_text(out, "there are no imports\n");
    more(count, out);
    return PVM_OK;
}

/* ---- accounts ---- */

static void map_text(const struct jam_map *map, const char *title, struct pvm_buf *out)
{
    struct jam_map_entry entry;
    size_t count = 0;
    if (map->count == 0)
        return;
    pvm_buf_printf(out, "%s\n", title);
    for (bool more_left = jam_map_first(map, &entry); more_left && count < ROWS_MAX; count++) {
        pvm_buf_text(out, "    ");
        jam_octets_text(entry.key, OCTETS_SHOWN, out);
        pvm_buf_text(out, " -> ");
        jam_octets_text(entry.value, OCTETS_SHOWN, out);
        pvm_buf_printf(out, " (%zu octet%s)\n", entry.value.len, entry.value.len == 1 ? "" : "s");
        more_left = jam_map_after(map, entry.key, &entry);
    }
    more(map->count, out);
}

/* Requests: hash and length, and the slots of their history. */
static void requests_text(const struct jam_map *map, struct pvm_buf *out)
{
    struct jam_map_entry entry;
    size_t count = 0;
    if (map->count == 0)
        return;
    pvm_buf_text(out, "  requests\n");
    for (bool more_left = jam_map_first(map, &entry); more_left && count < ROWS_MAX; count++) {
        pvm_buf_text(out, "    0x");
        pvm_buf_hex(out, pvm_bytes(entry.key.ptr, JAM_HASH_SIZE));
        pvm_buf_printf(out,
                       ", %" PRIu64 " octets: ", pvm_load_le(entry.key.ptr + JAM_HASH_SIZE, 4));
        for (size_t i = 0; i + 4 <= entry.value.len; i += 4)
            pvm_buf_printf(out, "%s%" PRIu64, i == 0 ? "slots " : ", ",
                           pvm_load_le(entry.value.ptr + i, 4));
        pvm_buf_text(out, entry.value.len == 0 ? "asked for\n" : "\n");
        more_left = jam_map_after(map, entry.key, &entry);
    }
    more(map->count, out);
}

/* The account as this invocation sees it now; what Refine only looks up is the package's. */
static const struct jam_service *account(const struct cmd_debug *d, uint64_t id)
{
    const struct jam_context *ctx = jam_run_context(d->jam);
    const struct jam_service *service = jam_context_account(ctx, id);
    if (service == NULL && ctx->accumulation == NULL && d->source.fixture != NULL)
        service = jam_state_find(&d->source.fixture->state, id);
    return service;
}

static enum pvm_status tell_storage(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    PVM_TRY(need_service(d, err));
    uint64_t id = jam_run_context(d->jam)->service;
    if (words->count > 3)
        return pvm_fail(err, PVM_E_USAGE, "info storage: one account may follow");
    if (words->count > 2)
        PVM_TRY(cmd_debug_value(d, words->rest[2], &id, err));
    const struct jam_service *service = account(d, id);
    if (service == NULL)
        return pvm_fail(err, PVM_E_USAGE, "info storage: there is no account %" PRIu64, id);
    pvm_buf_printf(
        out, "account %" PRIu64 ": balance %" PRIu64 ", %" PRIu32 " items, %" PRIu64 " octets\n",
        id, service->balance, service->items, service->bytes);
    map_text(&service->storage, "  storage", out);
    map_text(&service->preimages, "  preimages", out);
    requests_text(&service->requests, out);
    map_text(&service->hidden, "  known by state key only", out);
    return PVM_OK;
}

static enum pvm_status tell_log(struct cmd_debug *d, const struct cmd_debug_words *words,
                                struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    struct jam_log_line line;
    size_t at = 0;
    size_t count = 0;
    (void)words;
    PVM_TRY(need_service(d, err));
    for (; jam_run_log_next(d->jam, &at, &line); count++) {
        const char *level = cmd_log_level(line.level);
        if (level != NULL)
            pvm_buf_text(out, level);
        else
            pvm_buf_printf(out, "LEVEL%" PRIu64, line.level);
        pvm_buf_text(out, " ");
        if (line.has_target) {
            cmd_printable(line.target, out);
            pvm_buf_text(out, " ");
        }
        cmd_printable(line.message, out);
        pvm_buf_text(out, "\n");
    }
    if (count == 0)
        pvm_buf_text(out, "nothing was logged yet\n");
    return PVM_OK;
}

/* ---- machines and memory ---- */

static void machine_line(struct cmd_debug *d, const struct jam_machine *machine,
                         struct pvm_buf *out)
{
    const struct pvm_vm *vm = &machine->vm;
    pvm_buf_printf(out, "machine %" PRIu64 ": pc ", machine->id);
    cmd_position(vm->pc, cmd_debug_names(d, (int64_t)machine->id, vm), out);
    pvm_buf_printf(out, ", invoked %" PRIu64 " time%s", machine->invocations,
                   machine->invocations == 1 ? "" : "s");
    if (!d->over && d->machine == (int64_t)machine->id)
        pvm_buf_printf(out, ", runs with gas %" PRIu64, vm->gas);
    else if (machine->invocations != 0) {
        pvm_buf_text(out, ", last ");
        jam_exit_text(machine->last_exit, machine->last_arg, out);
    }
    pvm_buf_text(out, "\n");
}

static enum pvm_status tell_machines(struct cmd_debug *d, const struct cmd_debug_words *words,
                                     struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    size_t count = 0;
    (void)words;
    PVM_TRY(need_service(d, err));
    for (; jam_run_machine(d->jam, count) != NULL; count++)
        if (count < ROWS_MAX)
            machine_line(d, jam_run_machine(d->jam, count), out);
    if (count == 0)
        pvm_buf_text(out, "there are no inner machines\n");
    more(count, out);
    return PVM_OK;
}

static enum pvm_status tell_memory(struct cmd_debug *d, const struct cmd_debug_words *words,
                                   struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    int64_t machine;
    const struct pvm_vm *vm = cmd_debug_shown(d, &machine);
    enum pvm_access access;
    uint32_t page = 0;
    uint32_t pages;
    size_t count = 0;
    (void)words;
    if (vm == NULL)
        return pvm_fail(err, PVM_E_USAGE, "there is no machine %" PRId64, machine);
    while (pvm_memory_next(&vm->memory, &page, &pages, &access)) {
        uint64_t start = (uint64_t)page << PVM_PAGE_BITS;
        uint64_t size = (uint64_t)pages << PVM_PAGE_BITS;
        if (count++ < ROWS_MAX)
            pvm_buf_printf(out, "0x%08" PRIx64 " to 0x%08" PRIx64 "  %s\n", start, start + size - 1,
                           cmd_access_text(access));
        page += pages;
    }
    if (count == 0)
        pvm_buf_text(out, "nothing is mapped\n");
    more(count, out);
    return PVM_OK;
}

static enum pvm_status tell_symbols(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    struct pvm_buf *out = &d->cmd->out;
    int64_t machine;
    const struct pvm_vm *vm = cmd_debug_shown(d, &machine);
    (void)words;
    if (vm == NULL)
        return pvm_fail(err, PVM_E_USAGE, "there is no machine %" PRId64, machine);
    const struct pvm_symbols *names = cmd_debug_names(d, machine, vm);
    if (names == NULL)
        pvm_buf_text(out, "no names are known, see --symbols\n");
    for (size_t i = 0; names != NULL && i < names->count; i++)
        pvm_buf_printf(out, "0x%06" PRIx64 "  %s\n", names->list[i].pc, names->list[i].name);
    return PVM_OK;
}

/* By the names that they have elsewhere. */
static enum pvm_status tell_registers(struct cmd_debug *d, const struct cmd_debug_words *words,
                                      struct pvm_err *err)
{
    const struct cmd_debug_words none = {.list = {words->list[1]}, .count = 1};
    return cmd_debug_do_registers(d, &none, err);
}

static enum pvm_status tell_stack(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    const struct cmd_debug_words none = {.list = {words->list[1]}, .count = 1};
    return cmd_debug_do_backtrace(d, &none, err);
}

const struct cmd_debug_topic cmd_debug_topics[] = {
    {"breakpoints", tell_breakpoints},
    {"calls", tell_calls},
    {"changes", tell_changes},
    {"effects", cmd_debug_tell_effects},
    {"exports", tell_exports},
    {"imports", tell_imports},
    {"log", tell_log},
    {"machines", tell_machines},
    {"memory", tell_memory},
    {"registers", tell_registers},
    {"stack", tell_stack},
    {"storage", tell_storage},
    {"symbols", tell_symbols},
};

const unsigned cmd_debug_topic_count = sizeof cmd_debug_topics / sizeof cmd_debug_topics[0];

enum pvm_status cmd_debug_do_info(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    const struct cmd_debug_topic *found = NULL;
    if (words->count < 2)
        return pvm_fail(err, PVM_E_USAGE, "info: expected a topic, see help info");
    size_t len = strlen(words->list[1]);
    for (unsigned i = 0; i < cmd_debug_topic_count; i++) {
        if (strncmp(cmd_debug_topics[i].name, words->list[1], len) != 0)
            continue;
        if (found != NULL)
            return pvm_fail(err, PVM_E_USAGE, "info: \"%.40s\" may be %s or %s", words->list[1],
                            found->name, cmd_debug_topics[i].name);
        found = &cmd_debug_topics[i];
    }
    if (found == NULL)
        return pvm_fail(err, PVM_E_USAGE, "info: no topic \"%.40s\", see help info",
                        words->list[1]);
    if (words->count > 2 && found->tell != tell_storage && found->tell != cmd_debug_tell_effects)
        return pvm_fail(err, PVM_E_USAGE, "info %s: nothing may follow", found->name);
    return found->tell(d, words, err);
}
