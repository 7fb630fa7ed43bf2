/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole blob as source: metadata, sizes, data, jump table, code.
 */
#include "core/disasm_text.h"

#include <inttypes.h>

enum {
    LINE_OCTETS = 32,
    LINE_ENTRIES = 8,
    ZERO_RUN = 64, /* from this many zeros on .zero is shorter */
    COMMENT_COLUMN = 48,
    STUB_SIZE = 5,
    STUB_COUNT = 3,
    RO_START = 0x10000,
    RW_START = 0x20000,
    ZONE = 0x10000
};

/* --- metadata --- */

static void add_string(struct pvm_buf *out, struct pvm_bytes text)
{
    pvm_buf_add_u8(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c == '"' || c == '\\')
            pvm_buf_printf(out, "\\%c", c);
        else if (c < ' ' || c >= 0x7f)
            pvm_buf_printf(out, "\\x%02x", c);
        else
            pvm_buf_add_u8(out, c);
    }
    pvm_buf_add_u8(out, '"');
}

/* Whether the assembler's .metadata gives these octets again. */
static bool is_structured(const struct pvm_metadata *parts, struct pvm_bytes metadata,
                          const struct pvm_alloc *alloc)
{
    if (!parts->structured || parts->author_count > sizeof parts->authors / sizeof *parts->authors)
        return false;
    struct pvm_buf again = {.alloc = alloc};
    pvm_buf_add_u8(&again, 0);
    pvm_buf_add_blob(&again, parts->name);
    pvm_buf_add_blob(&again, parts->version);
    pvm_buf_add_blob(&again, parts->licence);
    pvm_buf_add_natural(&again, parts->author_count);
    for (unsigned i = 0; i < parts->author_count; i++)
        pvm_buf_add_blob(&again, parts->authors[i]);
    bool same = !again.failed && pvm_bytes_equal(pvm_buf_bytes(&again), metadata);
    pvm_buf_deinit(&again);
    return same;
}

static void add_metadata(struct pvm_buf *out, struct pvm_bytes metadata,
                         const struct pvm_alloc *alloc)
{
    struct pvm_metadata parts;
    if (metadata.len == 0)
        return;
    pvm_metadata_decode(metadata, &parts);
    if (is_structured(&parts, metadata, alloc)) {
        pvm_buf_text(out, ".metadata ");
        add_string(out, parts.name);
        pvm_buf_text(out, ", ");
        add_string(out, parts.version);
        pvm_buf_text(out, ", ");
        add_string(out, parts.licence);
        for (unsigned i = 0; i < parts.author_count; i++) {
            pvm_buf_text(out, ", ");
            add_string(out, parts.authors[i]);
        }
    } else if (parts.text.len == metadata.len) {
        pvm_buf_text(out, ".metadata ");
        add_string(out, metadata);
    } else {
        pvm_buf_text(out, ".metadata_hex \"");
        pvm_buf_hex(out, metadata);
        pvm_buf_add_u8(out, '"');
    }
    pvm_buf_add_u8(out, '\n');
}

/* --- data --- */

static size_t zeros_at(struct pvm_bytes data, size_t at)
{
    size_t end = at;
    while (end < data.len && data.ptr[end] == 0)
        end++;
    return end - at;
}

static void add_comment(struct pvm_buf *out, size_t line, uint64_t address)
{
    size_t width = out->len - line;
    static const char blanks[] = "                                                ";
    pvm_buf_add(out, blanks, width < COMMENT_COLUMN ? COMMENT_COLUMN - width : 1);
    pvm_buf_printf(out, "; 0x%" PRIx64, address);
}

static void add_data(struct pvm_buf *out, const char *section, uint64_t address,
                     struct pvm_bytes data)
{
    if (data.len == 0)
        return;
    pvm_buf_printf(out, "\n%s\n", section);
    for (size_t at = 0; at < data.len;) {
        size_t line = out->len;
        size_t len = zeros_at(data, at);
        if (len >= ZERO_RUN) {
            pvm_buf_printf(out, "    .zero %zu", len);
        } else {
            len = data.len - at < LINE_OCTETS ? data.len - at : LINE_OCTETS;
            pvm_buf_text(out, "    .hex \"");
            pvm_buf_hex(out, pvm_bytes(data.ptr + at, len));
            pvm_buf_add_u8(out, '"');
        }
        add_comment(out, line, address + at);
        pvm_buf_add_u8(out, '\n');
        at += len;
    }
}

static void add_standard(struct pvm_buf *out, const struct pvm_standard *parts)
{
    pvm_buf_printf(out, ".stack %" PRIu32 "\n", parts->stack);
    pvm_buf_printf(out, ".heap %" PRIu32 "\n", parts->heap_pages);
    uint64_t ro_zone = (parts->ro.len + (uint64_t)ZONE - 1) / ZONE * ZONE;
    add_data(out, ".rodata", RO_START, parts->ro);
    add_data(out, ".data", RW_START + ro_zone, parts->rw);
}

/* --- jump table --- */

/* A code position in a list: by label only where the assembler lets it be a jump target. */
static void add_position(struct pvm_buf *out, const struct pvm_disasm_text *text, uint64_t pc)
{
    const struct pvm_symbol *label = pvm_symbols_at(&text->labels, pc);
    if (label != NULL && pvm_program_is_block_start(text->program, pc))
        pvm_buf_text(out, label->name);
    else
        pvm_buf_printf(out, "@0x%" PRIx64, pc);
}

static unsigned least_width(const struct pvm_program *program)
{
    unsigned width = program->jump_limit != 0 ? 1 : 0;
    for (uint32_t i = 0; i < program->jump_limit; i++) {
        uint64_t entry = pvm_program_jump(program, i);
        while (width < 8 && entry >> (8 * width) != 0)
            width++;
    }
    return width;
}

static void add_jump_table(struct pvm_buf *out, const struct pvm_disasm_text *text)
{
    const struct pvm_program *program = text->program;
    if (program->jump_width == 0 && program->jump_count != 0) {
        pvm_buf_printf(out, "\n.jump_empty %" PRIu64 "\n", program->jump_count);
        return;
    }
    bool width = least_width(program) != program->jump_width;
    if (width || program->jump_limit != 0)
        pvm_buf_add_u8(out, '\n');
    if (width)
        pvm_buf_printf(out, ".jump_width %u\n", program->jump_width);
    for (uint32_t i = 0; i < program->jump_limit; i++) {
        pvm_buf_text(out, i % LINE_ENTRIES == 0 ? ".jumptable " : ", ");
        add_position(out, text, pvm_program_jump(program, i));
        if (i % LINE_ENTRIES == LINE_ENTRIES - 1 || i + 1 == program->jump_limit)
            pvm_buf_add_u8(out, '\n');
    }
}

/* --- code --- */

/* What .entry makes: a jump with 4 octets of distance, or for a missing entry a trap and zeros. */
static enum pvm_op stub_at(const struct pvm_program *program, uint32_t pc)
{
    if (!pvm_program_is_opcode(program, pc) || pc + STUB_SIZE > program->code_len ||
        pvm_program_skip(program, pc) != STUB_SIZE - 1)
        return PVM_OP_COUNT;
    enum pvm_op op = pvm_op_of_octet(program->rules->isa, program->code[pc]);
    bool zeros = pvm_load_le(program->code + pc + 1, STUB_SIZE - 1) == 0;
    return op == PVM_OP_JUMP || (op == PVM_OP_TRAP && zeros) ? op : PVM_OP_COUNT;
}

static uint32_t stub_count(const struct pvm_program *program)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < STUB_COUNT; i++) {
        enum pvm_op op = stub_at(program, i * STUB_SIZE);
        if (op == PVM_OP_COUNT)
            break;
        if (op == PVM_OP_JUMP)
            count = i + 1;
    }
    return count;
}

static void add_entries(struct pvm_buf *out, const struct pvm_disasm_text *text)
{
    static const char *const names[] = {"refine", "accumulate", "on_transfer"};
    for (uint32_t i = 0; i < STUB_COUNT && i * STUB_SIZE < text->start; i++) {
        struct pvm_operands ops = {0};
        if (stub_at(text->program, i * STUB_SIZE) != PVM_OP_JUMP)
            continue;
        pvm_program_operands(text->program, i * STUB_SIZE, &ops);
        pvm_buf_printf(out, ".entry %s ", names[i]);
        add_position(out, text, ops.x);
        pvm_buf_add_u8(out, '\n');
    }
}

/* Octets that belong to no instruction, from pc up to the next opcode. Returns their end. */
static uint32_t add_stray(struct pvm_buf *out, const struct pvm_program *program, uint32_t pc)
{
    uint32_t end = pc;
    while (end < program->code_len && !pvm_program_is_opcode(program, end) &&
           end - pc < LINE_OCTETS)
        end++;
    size_t line = out->len;
    pvm_buf_text(out, "    .hex \"");
    pvm_buf_hex(out, pvm_bytes(program->code + pc, end - pc));
    pvm_buf_add_u8(out, '"');
    add_comment(out, line, pc);
    pvm_buf_text(out, "  no instruction\n");
    return end;
}

static void add_labels(struct pvm_buf *out, const struct pvm_disasm_text *text, uint32_t pc)
{
    const struct pvm_symbols *labels = &text->labels;
    const struct pvm_symbol *label = pvm_symbols_at(labels, pc);
    while (label != NULL && label < labels->list + labels->count && label->pc == pc) {
        pvm_buf_printf(out, "%s:\n", label->name);
        label++;
    }
}

static void add_line(struct pvm_buf *out, const struct pvm_disasm_text *text, uint32_t pc)
{
    struct pvm_disasm_options options = {.calls = text->options->calls, .symbols = &text->labels};
    size_t line = out->len;
    pvm_buf_text(out, "    ");
    if (!pvm_disasm_bit(text->literal, pc)) {
        pvm_disasm_insn(text->program, pc, &options, out);
        add_comment(out, line, pc);
    } else {
        pvm_buf_text(out, ".insn \"");
        pvm_buf_hex(out, pvm_disasm_octets(text->program, pc));
        pvm_buf_add_u8(out, '"');
        add_comment(out, line, pc);
        pvm_buf_text(out, "  ");
        pvm_disasm_insn(text->program, pc, &options, out);
    }
    pvm_buf_add_u8(out, '\n');
}

static void add_code(struct pvm_buf *out, const struct pvm_disasm_text *text)
{
    const struct pvm_program *program = text->program;
    pvm_buf_text(out, "\n.text\n");
    for (uint32_t pc = text->start; pc < program->code_len;) {
        if (!pvm_program_is_opcode(program, pc)) {
            pc = add_stray(out, program, pc);
            continue;
        }
        add_labels(out, text, pc);
        add_line(out, text, pc);
        pc += 1 + pvm_program_skip(program, pc);
    }
}

static void add_blob(struct pvm_buf *out, const struct pvm_blob *blob,
                     const struct pvm_disasm_text *text)
{
    pvm_buf_printf(out, "; %s\n", pvm_blob_format_text(blob->format));
    if (blob->format == PVM_BLOB_JAM)
        add_metadata(out, blob->metadata, text->labels.alloc);
    if (blob->format == PVM_BLOB_JAM || blob->format == PVM_BLOB_STANDARD)
        add_standard(out, &blob->standard);
    add_jump_table(out, text);
    if (text->start != 0)
        pvm_buf_add_u8(out, '\n');
    add_entries(out, text);
    add_code(out, text);
}

enum pvm_status pvm_disasm_blob(const struct pvm_blob *blob, const struct pvm_program *program,
                                const struct pvm_disasm_options *options, struct pvm_buf *out,
                                struct pvm_err *err)
{
    bool service = blob->format == PVM_BLOB_JAM || blob->format == PVM_BLOB_STANDARD;
    struct pvm_disasm_text text = {
        .program = program,
        .options = options,
        .labels = {.alloc = program->alloc},
        .start = service ? stub_count(program) * STUB_SIZE : 0,
    };
    enum pvm_status status = pvm_disasm_text_init(&text, err);
    if (status == PVM_OK)
        add_blob(out, blob, &text);
    pvm_disasm_text_deinit(&text);
    return status != PVM_OK ? status : pvm_buf_status(out, err);
}
