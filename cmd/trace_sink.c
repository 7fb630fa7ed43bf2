/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace_sink.h"

#include <stdio.h>

/* ---- what is known ---- */

void cmd_trace_known_program(struct cmd_trace_known *known, unsigned slot,
                             struct pvm_program *program, const struct jam_hash *id)
{
    known->slots[slot].used = true;
    known->slots[slot].program = program != NULL ? pvm_program_ref(program) : NULL;
    known->slots[slot].id = *id;
    known->octets += program != NULL ? program->code_len : 0;
    if (slot >= known->slot_count)
        known->slot_count = slot + 1;
}

void cmd_trace_known_forget(struct cmd_trace_known *known)
{
    for (unsigned i = 0; i < CMD_TRACE_SLOTS; i++)
        pvm_program_free(known->slots[i].program);
    memset(known->slots, 0, sizeof known->slots);
    known->slot_count = 0;
    known->octets = 0;
    for (unsigned i = 0; i < CMD_TRACE_MACHINES; i++)
        known->machines[i].slot = CMD_TRACE_NO_PROGRAM;
}

void cmd_trace_known_deinit(struct cmd_trace_known *known)
{
    cmd_trace_known_forget(known);
}

struct cmd_trace_machine *cmd_trace_known_machine(struct cmd_trace_known *known, int64_t id)
{
    struct cmd_trace_machine *machine = &known->machines[((uint64_t)id + 1) % CMD_TRACE_MACHINES];
    if (!machine->used || machine->id != id)
        *machine = (struct cmd_trace_machine){.used = true, .id = id, .slot = CMD_TRACE_NO_PROGRAM};
    return machine;
}

/* ---- the sink ---- */

enum cmd_trace_form cmd_trace_form_of(const char *path)
{
    static const struct {
        const char *ending;
        enum cmd_trace_form form;
    } endings[] = {
        {".jsonl", CMD_TRACE_AS_JSON}, {".json", CMD_TRACE_AS_JSON}, {".bin", CMD_TRACE_AS_BINARY}};
    size_t len = strlen(path);
    if (len >= 4 && memcmp(path + len - 4, ".zst", 4) == 0)
        len -= 4;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t size = strlen(endings[i].ending);
        if (len >= size && memcmp(path + len - size, endings[i].ending, size) == 0)
            return endings[i].form;
    }
    return CMD_TRACE_AS_TEXT;
}

enum pvm_status cmd_trace_sink_open(struct cmd_trace_sink *sink, const char *path, bool to_stderr,
                                    struct pvm_err *err)
{
    sink->known.machine = -1;
    return cmd_trace_out_open(&sink->out, path, to_stderr, err);
}

void cmd_trace_sink_deinit(struct cmd_trace_sink *sink)
{
    cmd_trace_known_deinit(&sink->known);
    pvm_buf_deinit(&sink->block);
    cmd_trace_out_deinit(&sink->out);
}

static void header(struct cmd_trace_sink *sink)
{
    const struct cmd_trace_meta *meta = &sink->meta;
    struct pvm_buf *out = &sink->out.text;
    sink->started = true;
    if (sink->meta.gp[0] == '\0' && sink->profile != NULL)
        (void)snprintf(sink->meta.gp, sizeof sink->meta.gp, "%s", sink->profile->name);
    switch (sink->form) {
    case CMD_TRACE_AS_TEXT:
        if (sink->full)
            return;
        pvm_buf_printf(out, "# trace %d gp %s %s\n", CMD_TRACE_VERSION, meta->gp, meta->run);
        if (meta->filter[0] != '\0')
            pvm_buf_printf(out, "# filter %s\n", meta->filter);
        return;
    case CMD_TRACE_AS_JSON:
        pvm_buf_printf(out, "{\"trace\":%d,\"gp\":\"%s\",\"run\":\"%s\",\"filtered\":%s}\n",
                       CMD_TRACE_VERSION, meta->gp, meta->run,
                       meta->filter[0] != '\0' ? "true" : "false");
        return;
    case CMD_TRACE_AS_BINARY:
        pvm_buf_text(out, "PVMTRACE");
        pvm_buf_add_u8(out, CMD_TRACE_VERSION);
        cmd_trace_pack_header(sink, &sink->block);
        return;
    case CMD_TRACE_FORM_COUNT:
        return;
    }
}

static void machine_text(int64_t machine, const char *none, struct pvm_buf *out)
{
    if (machine < 0)
        pvm_buf_text(out, none);
    else
        pvm_buf_printf(out, "%lld", (long long)machine);
}

/* Says which program a machine runs. */
static void say_program(struct cmd_trace_sink *sink, int64_t machine, unsigned slot)
{
    struct pvm_buf *out = &sink->out.text;
    struct pvm_bytes id = jam_hash_bytes(&sink->known.slots[slot].id);
    if (sink->form == CMD_TRACE_AS_BINARY) {
        cmd_trace_pack_machine(machine, slot, &sink->block);
        return;
    }
    if (sink->full)
        return;
    pvm_buf_text(out, sink->form == CMD_TRACE_AS_TEXT ? "# machine " : "{\"machine\":");
    machine_text(machine, sink->form == CMD_TRACE_AS_TEXT ? "-" : "null", out);
    pvm_buf_text(out, sink->form == CMD_TRACE_AS_TEXT ? " program 0x" : ",\"program\":\"0x");
    pvm_buf_hex(out, id);
    pvm_buf_text(out, sink->form == CMD_TRACE_AS_TEXT ? "\n" : "\"}\n");
}

/* Says registers that the events before do not tell; not where these are not all there. */
static void say_registers(struct cmd_trace_sink *sink, const struct cmd_trace_machine *machine,
                          const struct cmd_trace_record *record)
{
    struct pvm_buf *out = &sink->out.text;
    if (sink->form == CMD_TRACE_AS_BINARY || sink->full || sink->meta.filter[0] != '\0' ||
        record->known_before != CMD_TRACE_ALL ||
        memcmp(machine->regs, record->before, sizeof machine->regs) == 0)
        return;
    if (sink->form == CMD_TRACE_AS_TEXT) {
        pvm_buf_text(out, "# registers ");
        machine_text(record->machine, "-", out);
        cmd_trace_changes(machine->regs, record->before, CMD_TRACE_ALL, out);
        pvm_buf_text(out, "\n");
        return;
    }
    pvm_buf_text(out, "{\"machine\":");
    machine_text(record->machine, "null", out);
    pvm_buf_text(out, ",\"registers\":[");
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        pvm_buf_printf(out, "%s\"0x%llx\"", i == 0 ? "" : ",",
                       (unsigned long long)record->before[i]);
    pvm_buf_text(out, "]}\n");
}

static bool is_in_slot(const struct cmd_trace_known *known, unsigned slot,
                       const struct cmd_trace_record *record)
{
    if (slot >= CMD_TRACE_SLOTS || !known->slots[slot].used)
        return false;
    if (record->program != NULL)
        return known->slots[slot].program == record->program;
    return jam_hash_equal(&known->slots[slot].id, record->id);
}

/* A slot that has the same program, decoded another time; it keeps the later one. */
static bool find_again(struct cmd_trace_known *known, const struct cmd_trace_record *record,
                       const struct jam_hash *id, unsigned *slot)
{
    for (*slot = 0; *slot < known->slot_count; ++*slot)
        if (jam_hash_equal(&known->slots[*slot].id, id))
            break;
    if (*slot == known->slot_count ||
        (known->slots[*slot].program == NULL) != (record->program == NULL))
        return false;
    if (record->program != NULL) {
        pvm_program_free(known->slots[*slot].program);
        known->slots[*slot].program = pvm_program_ref(record->program);
    }
    return true;
}

static enum pvm_status add_slot(struct cmd_trace_sink *sink, const struct cmd_trace_record *record,
                                const struct jam_hash *id, unsigned *slot, struct pvm_err *err)
{
    struct cmd_trace_known *known = &sink->known;
    size_t octets = record->program != NULL ? record->program->code_len : 0;
    if (octets > CMD_TRACE_OCTETS)
        return pvm_fail(err, PVM_E_LIMIT, "trace: a program of %zu octets, %d at most", octets,
                        CMD_TRACE_OCTETS);
    if (known->slot_count == CMD_TRACE_SLOTS || octets > CMD_TRACE_OCTETS - known->octets) {
        cmd_trace_known_forget(known);
        if (sink->form == CMD_TRACE_AS_BINARY)
            pvm_buf_add_u8(&sink->block, CMD_TRACE_TAG_FORGET);
    }
    *slot = known->slot_count;
    cmd_trace_known_program(known, *slot, record->program, id);
    if (sink->symbols != NULL)
        known->slots[*slot].names = cmd_symbols_find(sink->symbols, id, record->machine < 0);
    if (sink->form == CMD_TRACE_AS_BINARY)
        cmd_trace_pack_program(*slot, id, record->program, &sink->block);
    return PVM_OK;
}

/* The slot of the event's program, which gets one if it has none. */
static enum pvm_status slot_of(struct cmd_trace_sink *sink, const struct cmd_trace_record *record,
                               unsigned *slot, struct pvm_err *err)
{
    struct cmd_trace_known *known = &sink->known;
    struct jam_hash id;
    for (*slot = 0; *slot < known->slot_count; ++*slot)
        if (is_in_slot(known, *slot, record))
            return PVM_OK;
    if (record->id != NULL)
        id = *record->id;
    else
        PVM_TRY(cmd_program_id(record->program, &id, err));
    return find_again(known, record, &id, slot) ? PVM_OK : add_slot(sink, record, &id, slot, err);
}

static enum pvm_status introduce(struct cmd_trace_sink *sink, struct cmd_trace_machine *machine,
                                 const struct cmd_trace_record *record, struct pvm_err *err)
{
    unsigned slot;
    if (record->program == NULL && record->id == NULL)
        return PVM_OK;
    if (is_in_slot(&sink->known, machine->slot, record))
        return PVM_OK;
    PVM_TRY(slot_of(sink, record, &slot, err));
    machine->slot = (uint8_t)slot;
    say_program(sink, record->machine, slot);
    return PVM_OK;
}

static enum pvm_status check_binary(const struct cmd_trace_record *record, struct pvm_err *err)
{
    bool whole = record->known_before == CMD_TRACE_ALL && record->known_after == CMD_TRACE_ALL &&
                 record->has_gas && record->has_cost && record->has_step;
    if (record->kind == CMD_TRACE_STEP && (record->program == NULL || record->op >= PVM_OP_COUNT))
        return pvm_fail(err, PVM_E_USAGE,
                        "trace: the binary form needs the programs, see --blob: that of step %llu "
                        "is not known",
                        (unsigned long long)record->step);
    if (record->kind == CMD_TRACE_STEP && !whole)
        return pvm_fail(err, PVM_E_USAGE,
                        "trace: the binary form needs all registers and gas, which the trace does "
                        "not say of step %llu",
                        (unsigned long long)record->step);
    return PVM_OK;
}

static void follow(struct cmd_trace_known *known, struct cmd_trace_machine *machine,
                   const struct cmd_trace_record *record)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if ((record->known_after >> i & 1) != 0)
            machine->regs[i] = record->after[i];
    known->machine = record->machine;
}

enum pvm_status cmd_trace_sink_add(struct cmd_trace_sink *sink,
                                   const struct cmd_trace_record *record, struct pvm_err *err)
{
    struct cmd_trace_known *known = &sink->known;
    struct pvm_buf *out = &sink->out.text;
    if (!sink->started)
        header(sink);
    struct cmd_trace_machine *machine = NULL;
    if (record->kind != CMD_TRACE_END) {
        machine = cmd_trace_known_machine(known, record->machine);
        if (record->kind == CMD_TRACE_STEP)
            PVM_TRY(introduce(sink, machine, record, err));
        say_registers(sink, machine, record);
    }
    const struct pvm_symbols *names = NULL;
    if (machine != NULL && machine->slot != CMD_TRACE_NO_PROGRAM)
        names = known->slots[machine->slot].names;
    switch (sink->form) {
    case CMD_TRACE_AS_TEXT:
        if (sink->full)
            cmd_trace_text_full(record, out);
        else
            cmd_trace_text(sink, record, names, out);
        break;
    case CMD_TRACE_AS_JSON:
        cmd_trace_json(sink, record, names, out);
        break;
    case CMD_TRACE_AS_BINARY:
        PVM_TRY(check_binary(record, err));
        cmd_trace_pack(known, record, &sink->block);
        cmd_trace_pack_blocks(&sink->block, false, out);
        PVM_TRY(pvm_buf_status(&sink->block, err));
        break;
    case CMD_TRACE_FORM_COUNT:
        break;
    }
    if (machine != NULL)
        follow(known, machine, record);
    return cmd_trace_out_flow(&sink->out, err);
}

enum pvm_status cmd_trace_sink_close(struct cmd_trace_sink *sink, struct pvm_err *err)
{
    if (!sink->out.open)
        return PVM_OK;
    if (!sink->started)
        header(sink);
    if (sink->form == CMD_TRACE_AS_BINARY)
        cmd_trace_pack_blocks(&sink->block, true, &sink->out.text);
    PVM_TRY(pvm_buf_status(&sink->block, err));
    return cmd_trace_out_close(&sink->out, err);
}
