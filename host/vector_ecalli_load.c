/* SPDX-License-Identifier: Apache-2.0 */
/* Traces of host calls: from the text's beginning to the machine at its start. */
#include "host/vector_ecalli_parts.h"

#include <stdio.h>

enum { ARGS_REGION = 3, ARGS_MAX = 1 << 24, VERSION_SIZE = 16 };

/* The version that a comment names: "gp 0.7.2" anywhere in it. */
static const struct jam_profile *version_of(struct pvm_bytes comment)
{
    for (size_t i = 0; i + 3 < comment.len; i++) {
        char name[VERSION_SIZE];
        size_t len = 0;
        if (memcmp(comment.ptr + i, "gp ", 3) != 0 || (i > 0 && comment.ptr[i - 1] != ' '))
            continue;
        for (size_t k = i + 3; k < comment.len && len < sizeof name - 1; k++) {
            if (comment.ptr[k] <= ' ')
                break;
            name[len++] = (char)comment.ptr[k];
        }
        name[len] = '\0';
        const struct jam_profile *profile = jam_profile_find(name);
        if (profile != NULL)
            return profile;
    }
    return NULL;
}

enum pvm_status jam_ecalli_replay_next(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    do {
        PVM_TRY(jam_ecalli_next(r->reader, &r->line, &r->more, err));
        if (r->more && r->line.kind == JAM_ECALLI_COMMENT && r->profile == NULL)
            r->profile = version_of(r->line.text);
    } while (r->more && r->line.kind == JAM_ECALLI_COMMENT);
    return PVM_OK;
}

static enum pvm_status expect(struct jam_ecalli_replay *r, enum jam_ecalli_kind kind,
                              struct pvm_err *err)
{
    if (!r->more)
        return pvm_fail(err, PVM_E_MALFORMED, "line %zu: the trace ends without %s",
                        r->reader->number, jam_ecalli_name(kind));
    if (r->line.kind == kind)
        return PVM_OK;
    return pvm_fail(err, PVM_E_MALFORMED, "line %zu: expected %s, got %s", r->line.number,
                    jam_ecalli_name(kind), jam_ecalli_name(r->line.kind));
}

/* Puts the program's line in front of what is wrong with it. */
static enum pvm_status at_program(const struct jam_ecalli_replay *r, enum pvm_status status,
                                  struct pvm_err *err)
{
    char place[64];
    if (status == PVM_OK)
        return PVM_OK;
    (void)snprintf(place, sizeof place, "line %zu: program", r->blob_line);
    return pvm_fail_at(err, status, place);
}

static enum pvm_status load_program(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    size_t len = r->line.hex.len / 2;
    struct pvm_err why = {.status = PVM_OK};
    r->blob_line = r->line.number;
    uint8_t *room = pvm_buf_reserve(&r->blob, len);
    if (room == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a program of %zu octets", len);
    jam_ecalli_octets(&r->line, 0, room, len);
    r->blob.len = len;
    struct pvm_bytes blob = pvm_buf_bytes(&r->blob);
    /* JIP-7: the preimage of a code hash, with its metadata. */
    if (pvm_blob_decode(blob, PVM_BLOB_JAM, &r->parts, &why) == PVM_OK)
        return PVM_OK;
    return at_program(r, pvm_blob_decode(blob, -1, &r->parts, err), err);
}

/* ---- memory ---- */

enum pvm_status jam_ecalli_replay_put(struct jam_ecalli_replay *r,
                                      const struct jam_ecalli_line *line, struct pvm_err *err)
{
    uint8_t part[JAM_ECALLI_PART];
    for (uint64_t off = 0; off < line->len; off += sizeof part) {
        uint64_t left = line->len - off;
        size_t len = left < sizeof part ? (size_t)left : sizeof part;
        jam_ecalli_octets(line, off, part, len);
        PVM_TRY(pvm_memory_put(&r->vm.memory, line->addr + off, pvm_bytes(part, len), err));
    }
    return PVM_OK;
}

static uint64_t args_start(const struct jam_ecalli_replay *r)
{
    struct pvm_region regions[PVM_REGION_COUNT];
    pvm_standard_regions(&r->parts.standard, 0, regions);
    return regions[ARGS_REGION].start;
}

/* Adds to the arguments what is written to where they lie. */
static enum pvm_status add_args(struct jam_ecalli_replay *r, uint64_t start, struct pvm_err *err)
{
    const struct jam_ecalli_line *line = &r->line;
    uint64_t off = line->addr - start;
    if (off > ARGS_MAX || line->len > ARGS_MAX - off)
        return pvm_fail(err, PVM_E_MALFORMED, "line %zu: memwrite: behind the end of memory",
                        line->number);
    size_t end = (size_t)(off + line->len);
    if (end > r->args.len)
        pvm_buf_add_zeros(&r->args, end - r->args.len);
    PVM_TRY(pvm_buf_status(&r->args, err));
    if (line->len > 0)
        jam_ecalli_octets(line, 0, r->args.ptr + off, (size_t)line->len);
    return PVM_OK;
}

/* A write in front of the start, other than of arguments: a bare program gets the pages for it. */
static enum pvm_status write_before(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    const struct jam_ecalli_line *line = &r->line;
    struct pvm_memory *memory = &r->vm.memory;
    uint64_t end = line->addr + line->len;
    if (line->len == 0)
        return PVM_OK;
    if (end > UINT64_C(1) << 32)
        return pvm_fail(err, PVM_E_MALFORMED, "line %zu: memwrite: behind the end of memory",
                        line->number);
    if (r->parts.format == PVM_BLOB_RAW) {
        uint64_t first = line->addr / PVM_PAGE_SIZE;
        uint64_t last = (end - 1) / PVM_PAGE_SIZE;
        PVM_TRY(pvm_memory_map(memory, (uint32_t)first, (uint32_t)(last - first + 1), PVM_WRITE,
                               false, err));
    } else if (!pvm_memory_allows(memory, line->addr, line->len, PVM_READ)) {
        return pvm_fail(err, PVM_E_MALFORMED,
                        "line %zu: memwrite: the program has no memory at 0x%llx", line->number,
                        (unsigned long long)line->addr);
    }
    return jam_ecalli_replay_put(r, line, err);
}

/* ---- the machine ---- */

/* The entry says which invocation it is; of the two that share one, that with more host calls. */
static enum jam_invocation invocation_of(uint64_t entry)
{
    enum jam_invocation found = JAM_ACCUMULATE;
    for (unsigned i = 0; i < JAM_INVOCATION_COUNT; i++)
        if (jam_invocation_entry((enum jam_invocation)i) == entry)
            found = (enum jam_invocation)i;
    return found;
}

/* The line that is looked at is the start. */
static enum pvm_status make_machine(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    static const struct jam_hooks none;
    const struct pvm_alloc *alloc = r->options->alloc;
    struct pvm_program *program;
    jam_params_get(r->profile, JAM_PARAMS_FULL, &r->params);
    jam_context_init(&r->ctx, r->profile, &r->params, invocation_of(r->line.pc), alloc,
                     &r->options->limits, &none);
    r->has_ctx = true;
    PVM_TRY(at_program(
        r, pvm_program_new(r->profile->rules, alloc, r->parts.program, &program, err), err));
    pvm_vm_init(&r->vm, program, alloc, &r->ctx.budget);
    pvm_program_free(program);
    r->has_vm = true;
    if (r->parts.format == PVM_BLOB_RAW)
        return PVM_OK;
    PVM_TRY(at_program(
        r, pvm_standard_init(&r->parts.standard, pvm_buf_bytes(&r->args), &r->vm, err), err));
    if (r->profile->call.heap_stack_unit != 0)
        r->ctx.heap =
            jam_heap_of(&r->parts.standard, r->profile->call.heap_stack_unit, &r->vm.memory);
    return PVM_OK;
}

/* The lines between the program and the start, twice: arguments make the machine, into which goes
 * everything else. */
static enum pvm_status load_memory(struct jam_ecalli_replay *r, struct pvm_err *err)
{
    struct jam_ecalli_reader behind_program = *r->reader;
    bool raw = r->parts.format == PVM_BLOB_RAW;
    uint64_t start = raw ? UINT64_MAX : args_start(r);
    PVM_TRY(jam_ecalli_replay_next(r, err));
    while (r->more && r->line.kind == JAM_ECALLI_WRITE) {
        if (r->line.addr >= start)
            PVM_TRY(add_args(r, start, err));
        PVM_TRY(jam_ecalli_replay_next(r, err));
    }
    PVM_TRY(expect(r, JAM_ECALLI_START, err));
    PVM_TRY(make_machine(r, err));
    *r->reader = behind_program;
    PVM_TRY(jam_ecalli_replay_next(r, err));
    while (r->line.kind == JAM_ECALLI_WRITE) {
        if (r->line.addr < start)
            PVM_TRY(write_before(r, err));
        PVM_TRY(jam_ecalli_replay_next(r, err));
    }
    return PVM_OK;
}

enum pvm_status jam_ecalli_replay_load(struct jam_ecalli_replay *r, const char *path,
                                       const struct jam_vector_options *options,
                                       struct pvm_err *err)
{
    r->options = options;
    r->blob.alloc = r->args.alloc = options->alloc;
    r->profile = options->profile != NULL ? options->profile : jam_vector_profile(path);
    PVM_TRY(jam_ecalli_replay_next(r, err));
    PVM_TRY(expect(r, JAM_ECALLI_PROGRAM, err));
    if (r->profile == NULL)
        r->profile = jam_profile_default;
    PVM_TRY(load_program(r, err));
    PVM_TRY(load_memory(r, err));
    r->vm.pc = r->line.pc;
    r->vm.gas = r->line.gas;
    if (r->parts.format == PVM_BLOB_RAW)
        memcpy(r->vm.regs, r->line.regs, sizeof r->vm.regs);
    return PVM_OK;
}

void jam_ecalli_replay_deinit(struct jam_ecalli_replay *r)
{
    if (r->has_vm)
        pvm_vm_deinit(&r->vm);
    if (r->has_ctx)
        jam_context_deinit(&r->ctx);
    pvm_buf_deinit(&r->blob);
    pvm_buf_deinit(&r->args);
}
