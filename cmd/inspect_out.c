/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/inspect.h"

#include "cmd/files.h"
#include "host/json_out.h"

#include <inttypes.h>
#include <stdio.h>

const struct cmd_entry cmd_entries[CMD_ENTRY_COUNT] = {
    {0, "refine, is_authorized"},
    {5, "accumulate"},
    {10, "on_transfer (to GP 0.7.0)"},
};

static bool has_memory(const struct pvm_blob *blob)
{
    return blob->format != PVM_BLOB_RAW;
}

/* Whether the GP lets an invocation start here with something else than an implicit trap. */
static bool starts_at(const struct pvm_program *program, uint64_t pc)
{
    return pvm_program_is_opcode(program, pc);
}

static void text_field(const char *name, struct pvm_bytes value, struct pvm_buf *out)
{
    pvm_buf_printf(out, "  %-12s ", name);
    cmd_printable(value, out);
    pvm_buf_text(out, "\n");
}

static void text_metadata(const struct cmd *cmd, const struct cmd_inspection *in,
                          struct pvm_buf *out)
{
    const struct pvm_metadata *metadata = &in->metadata;
    struct pvm_bytes raw = in->loaded->blob.metadata;
    cmd_heading(cmd, "metadata", out);
    pvm_buf_printf(out, "  %-12s %zu octets\n", "size", raw.len);
    if (metadata->structured) {
        text_field("name", metadata->name, out);
        text_field("version", metadata->version, out);
        text_field("licence", metadata->licence, out);
        for (unsigned i = 0; i < metadata->author_count; i++)
            text_field("author", metadata->authors[i], out);
    } else if (metadata->text.len != 0) {
        text_field("text", metadata->text, out);
    } else if (raw.len != 0) {
        pvm_buf_printf(out, "  %-12s 0x", "octets");
        pvm_buf_hex(out, pvm_bytes(raw.ptr, raw.len < 64 ? raw.len : 64));
        pvm_buf_text(out, raw.len > 64 ? "...\n" : "\n");
    }
}

static void text_memory(const struct cmd *cmd, const struct cmd_inspection *in, struct pvm_buf *out)
{
    const struct pvm_standard *parts = &in->loaded->blob.standard;
    struct pvm_region regions[PVM_REGION_COUNT];
    cmd_heading(cmd, "memory", out);
    if (!pvm_standard_fits(parts)) {
        pvm_buf_text(out, "  too large for 2^32 octets of memory: every invocation panics\n");
    } else {
        pvm_standard_regions(parts, 0, regions);
        for (unsigned i = 0; i < PVM_REGION_COUNT; i++)
            pvm_buf_printf(out, "  %-12s 0x%08" PRIx64 "  %10" PRIu64 " octets  %s\n",
                           regions[i].name, regions[i].start, regions[i].size,
                           cmd_access_text(regions[i].access));
    }
    pvm_buf_printf(out,
                   "  in the blob: %zu octets of rodata, %zu of rwdata, %" PRIu32
                   " zero page%s, %" PRIu32 " octets of stack\n",
                   parts->ro.len, parts->rw.len, parts->heap_pages,
                   parts->heap_pages == 1 ? "" : "s", parts->stack);
}

static void text_code(const struct cmd *cmd, const struct cmd_inspection *in, struct pvm_buf *out)
{
    const struct pvm_program *program = in->loaded->program;
    cmd_heading(cmd, "code", out);
    pvm_buf_printf(out, "  %-12s %" PRIu32 " octets\n", "size", program->code_len);
    pvm_buf_printf(out, "  %-12s %" PRIu32 "\n", "instructions", program->instruction_count);
    pvm_buf_printf(out, "  %-12s %" PRIu32 "\n", "blocks", program->block_count);
    pvm_buf_printf(out, "  %-12s %" PRIu64 " entr%s of %u octet%s\n", "jump table",
                   program->jump_count, program->jump_count == 1 ? "y" : "ies", program->jump_width,
                   program->jump_width == 1 ? "" : "s");
}

static void text_entries(const struct cmd *cmd, const struct cmd_inspection *in,
                         struct pvm_buf *out)
{
    const struct pvm_program *program = in->loaded->program;
    unsigned count = has_memory(&in->loaded->blob) ? CMD_ENTRY_COUNT : 1;
    cmd_heading(cmd, "entry points", out);
    for (unsigned i = 0; i < count; i++) {
        const char *name = has_memory(&in->loaded->blob) ? cmd_entries[i].name : "start";
        pvm_buf_printf(out, "  %-4" PRIu64 " %-26s ", cmd_entries[i].pc, name);
        if (starts_at(program, cmd_entries[i].pc))
            pvm_disasm_insn(program, cmd_entries[i].pc, &in->disasm, out);
        else
            pvm_buf_text(out, "no instruction starts here: trap");
        pvm_buf_text(out, "\n");
    }
}

static void text_calls(const struct cmd *cmd, const struct cmd_inspection *in, struct pvm_buf *out)
{
    size_t count;
    const struct cmd_call_use *list = cmd_inspect_calls(in, &count);
    char title[64];
    (void)snprintf(title, sizeof title, "host calls (GP %s)", in->profile->name);
    cmd_heading(cmd, title, out);
    if (count == 0)
        pvm_buf_text(out, "  none\n");
    for (size_t i = 0; i < count; i++)
        pvm_buf_printf(out, "  %-4" PRId64 " %-18s %" PRIu64 " instruction%s\n",
                       (int64_t)list[i].number, list[i].name != NULL ? list[i].name : "unknown",
                       list[i].count, list[i].count == 1 ? "" : "s");
    if (in->calls_unlisted != 0)
        pvm_buf_printf(out, "  and %" PRIu64 " instructions with further numbers\n",
                       in->calls_unlisted);
}

void cmd_inspect_text(const struct cmd *cmd, const struct cmd_inspection *in, struct pvm_buf *out)
{
    const struct cmd_program *loaded = in->loaded;
    pvm_buf_printf(out, "%s%s%s: ", cmd_style(cmd, CMD_BOLD), cmd_file_name(loaded->path),
                   cmd_style(cmd, CMD_PLAIN));
    pvm_buf_printf(out, "%s\n", pvm_blob_format_text(loaded->blob.format));
    pvm_buf_printf(out, "  %-12s %s\n", "format", pvm_blob_format_name(loaded->blob.format));
    pvm_buf_printf(out, "  %-12s %zu octets\n", "size", loaded->bytes.len);
    pvm_buf_printf(out, "  %-12s 0x", loaded->blob.format == PVM_BLOB_JAM ? "code hash" : "hash");
    pvm_buf_hex(out, jam_hash_bytes(&in->hash));
    pvm_buf_text(out, "\n");
    if (loaded->blob.format == PVM_BLOB_JAM)
        text_metadata(cmd, in, out);
    if (has_memory(&loaded->blob))
        text_memory(cmd, in, out);
    text_code(cmd, in, out);
    text_entries(cmd, in, out);
    text_calls(cmd, in, out);
    if (!has_memory(&loaded->blob))
        return;
    cmd_heading(cmd,
                loaded->blob.format == PVM_BLOB_JAM
                    ? "deposit of a service whose only request is this code"
                    : "deposit of a service whose only request is this code, behind empty metadata",
                out);
    pvm_buf_printf(out, "  %" PRIu64 " items, %" PRIu64 " octets: threshold balance %" PRIu64 "\n",
                   in->deposit_items, in->deposit_bytes, in->deposit);
}

static void json_metadata(struct jam_out *json, const struct cmd_inspection *in)
{
    const struct pvm_metadata *metadata = &in->metadata;
    if (in->loaded->blob.format != PVM_BLOB_JAM) {
        jam_out_null(json, "metadata");
        return;
    }
    jam_out_object(json, "metadata");
    jam_out_number(json, "size", in->loaded->blob.metadata.len);
    jam_out_bool(json, "structured", metadata->structured);
    if (metadata->structured) {
        jam_out_string(json, "name", metadata->name);
        jam_out_string(json, "version", metadata->version);
        jam_out_string(json, "licence", metadata->licence);
        jam_out_array(json, "authors");
        for (unsigned i = 0; i < metadata->author_count; i++)
            jam_out_string(json, NULL, metadata->authors[i]);
        jam_out_end_array(json);
    } else if (metadata->text.len != 0) {
        jam_out_string(json, "text", metadata->text);
    }
    jam_out_hex(json, "octets", in->loaded->blob.metadata);
    jam_out_end_object(json);
}

static void json_memory(struct jam_out *json, const struct cmd_inspection *in)
{
    const struct pvm_standard *parts = &in->loaded->blob.standard;
    if (!has_memory(&in->loaded->blob)) {
        jam_out_null(json, "memory");
        return;
    }
    jam_out_object(json, "memory");
    jam_out_bool(json, "fits", pvm_standard_fits(parts));
    jam_out_number(json, "rodata", parts->ro.len);
    jam_out_number(json, "rwdata", parts->rw.len);
    jam_out_number(json, "heap_pages", parts->heap_pages);
    jam_out_number(json, "stack", parts->stack);
    jam_out_array(json, "regions");
    if (pvm_standard_fits(parts)) {
        struct pvm_region regions[PVM_REGION_COUNT];
        pvm_standard_regions(parts, 0, regions);
        for (unsigned i = 0; i < PVM_REGION_COUNT; i++) {
            jam_out_object(json, NULL);
            jam_out_text(json, "name", regions[i].name);
            jam_out_word(json, "start", regions[i].start);
            jam_out_number(json, "size", regions[i].size);
            jam_out_text(json, "access", cmd_access_text(regions[i].access));
            jam_out_end_object(json);
        }
    }
    jam_out_end_array(json);
    jam_out_end_object(json);
}

static void json_code(struct jam_out *json, const struct cmd_inspection *in)
{
    const struct pvm_program *program = in->loaded->program;
    jam_out_object(json, "code");
    jam_out_number(json, "size", program->code_len);
    jam_out_number(json, "instructions", program->instruction_count);
    jam_out_number(json, "blocks", program->block_count);
    jam_out_number(json, "jump_entries", program->jump_count);
    jam_out_number(json, "jump_width", program->jump_width);
    jam_out_end_object(json);
    jam_out_array(json, "entries");
    unsigned count = has_memory(&in->loaded->blob) ? CMD_ENTRY_COUNT : 1;
    for (unsigned i = 0; i < count; i++) {
        struct pvm_buf text = {0};
        jam_out_object(json, NULL);
        jam_out_number(json, "pc", cmd_entries[i].pc);
        jam_out_bool(json, "instruction", starts_at(program, cmd_entries[i].pc));
        pvm_disasm_insn(program, cmd_entries[i].pc, &in->disasm, &text);
        jam_out_string(json, "text", pvm_buf_bytes(&text));
        jam_out_end_object(json);
        pvm_buf_deinit(&text);
    }
    jam_out_end_array(json);
}

static void json_calls(struct jam_out *json, const struct cmd_inspection *in)
{
    size_t count;
    const struct cmd_call_use *list = cmd_inspect_calls(in, &count);
    jam_out_array(json, "host_calls");
    for (size_t i = 0; i < count; i++) {
        jam_out_object(json, NULL);
        jam_out_number(json, "number", list[i].number);
        if (list[i].name != NULL)
            jam_out_text(json, "name", list[i].name);
        else
            jam_out_null(json, "name");
        jam_out_number(json, "instructions", list[i].count);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_number(json, "host_calls_unlisted", in->calls_unlisted);
}

void cmd_inspect_json(const struct cmd_inspection *in, struct pvm_buf *out)
{
    const struct cmd_program *loaded = in->loaded;
    struct jam_out json = jam_out(out);
    jam_out_object(&json, NULL);
    jam_out_text(&json, "file", cmd_file_name(loaded->path));
    jam_out_text(&json, "gp", in->profile->name);
    jam_out_text(&json, "format", pvm_blob_format_name(loaded->blob.format));
    jam_out_number(&json, "size", loaded->bytes.len);
    jam_out_hex(&json, "hash", jam_hash_bytes(&in->hash));
    json_metadata(&json, in);
    json_memory(&json, in);
    json_code(&json, in);
    json_calls(&json, in);
    if (has_memory(&loaded->blob)) {
        jam_out_object(&json, "deposit");
        jam_out_number(&json, "items", in->deposit_items);
        jam_out_number(&json, "octets", in->deposit_bytes);
        jam_out_number(&json, "threshold", in->deposit);
        jam_out_end_object(&json);
    } else {
        jam_out_null(&json, "deposit");
    }
    jam_out_end_object(&json);
    jam_out_finish(&json);
}
