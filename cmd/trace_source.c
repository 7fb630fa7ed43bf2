/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace_source.h"

#include "cmd/files.h"

#include <ctype.h>
#include <stdio.h>

/* ---- programs ---- */

enum pvm_status cmd_trace_blobs_load(struct cmd_trace_blobs *blobs, const struct cmd_args *args,
                                     unsigned option, struct pvm_err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < args->count; i++)
        count += args->list[i].option == option;
    *blobs = (struct cmd_trace_blobs){0};
    if (count == 0)
        return PVM_OK;
    blobs->list = pvm_alloc_zero(NULL, count, sizeof *blobs->list);
    if (blobs->list == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for --blob");
    for (size_t i = 0; i < args->count; i++) {
        if (args->list[i].option != option)
            continue;
        struct cmd_program *program = &blobs->list[blobs->count++];
        program->path = args->list[i].text;
        PVM_TRY(cmd_blob_load(program->path, -1, program, err));
    }
    return PVM_OK;
}

void cmd_trace_blobs_deinit(struct cmd_trace_blobs *blobs)
{
    for (size_t i = 0; i < blobs->count; i++)
        cmd_program_deinit(&blobs->list[i]);
    pvm_alloc_free(NULL, blobs->list);
    *blobs = (struct cmd_trace_blobs){0};
}

static enum pvm_status decode(const struct cmd_trace_source *source, const struct cmd_program *blob,
                              struct pvm_program **out, struct pvm_err *err)
{
    enum pvm_status status =
        pvm_program_new(source->profile->rules, NULL, blob->blob.program, out, err);
    return status == PVM_OK ? PVM_OK : pvm_fail_at(err, status, cmd_file_name(blob->path));
}

/* A slot without program; one that no machine runs any more is freed for it: there are as many
 * slots as machines. */
static unsigned free_slot(struct cmd_trace_known *known, const struct cmd_trace_machine *taker)
{
    bool taken[CMD_TRACE_SLOTS] = {false};
    unsigned slot = 0;
    for (unsigned i = 0; i < CMD_TRACE_MACHINES; i++)
        if (known->machines[i].used && &known->machines[i] != taker &&
            known->machines[i].slot != CMD_TRACE_NO_PROGRAM)
            taken[known->machines[i].slot] = true;
    while (slot < CMD_TRACE_SLOTS - 1 && known->slots[slot].used)
        slot++;
    if (!known->slots[slot].used)
        return slot;
    slot = 0;
    while (slot < CMD_TRACE_SLOTS - 1 && taken[slot])
        slot++;
    pvm_program_free(known->slots[slot].program);
    memset(&known->slots[slot], 0, sizeof known->slots[slot]);
    return slot;
}

enum pvm_status cmd_trace_source_program(struct cmd_trace_source *source, int64_t machine,
                                         const struct jam_hash *id, struct pvm_err *err)
{
    struct cmd_trace_known *known = &source->known;
    struct cmd_trace_machine *runner = cmd_trace_known_machine(known, machine);
    struct pvm_program *program = NULL;
    for (unsigned i = 0; i < CMD_TRACE_SLOTS; i++)
        if (known->slots[i].used && jam_hash_equal(&known->slots[i].id, id)) {
            runner->slot = (uint8_t)i;
            return PVM_OK;
        }
    size_t count = source->blobs != NULL ? source->blobs->count : 0;
    for (size_t i = 0; program == NULL && i < count; i++)
        if (jam_hash_equal(&source->blobs->list[i].id, id))
            PVM_TRY(decode(source, &source->blobs->list[i], &program, err));
    runner->slot = (uint8_t)free_slot(known, runner);
    cmd_trace_known_program(known, runner->slot, program, id);
    pvm_program_free(program);
    return PVM_OK;
}

enum pvm_status cmd_trace_source_version(struct cmd_trace_source *source, const char *gp,
                                         struct pvm_err *err)
{
    const struct jam_profile *profile = jam_profile_find(gp);
    if (profile == NULL)
        return cmd_trace_in_fail(&source->in, err, "it is of GP \"%.20s\", which is not known", gp);
    source->profile = profile;
    return PVM_OK;
}

/* ---- registers ---- */

unsigned cmd_trace_register(struct pvm_bytes name)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if (name.len == 2 && memcmp(name.ptr, pvm_reg_name(i), 2) == 0)
            return i;
    return PVM_REG_COUNT;
}

void cmd_trace_source_registers(struct cmd_trace_source *source, int64_t machine, unsigned set,
                                const uint64_t values[PVM_REG_COUNT])
{
    struct cmd_trace_machine *known = cmd_trace_known_machine(&source->known, machine);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        if ((set >> i & 1) != 0)
            known->regs[i] = values[i];
}

enum pvm_op cmd_trace_op_of(struct pvm_bytes text)
{
    char word[32];
    size_t len = 0;
    while (len < text.len && len < sizeof word &&
           (isalnum(text.ptr[len]) || text.ptr[len] == '_')) {
        word[len] = (char)tolower(text.ptr[len]);
        len++;
    }
    return len == 0 || len == sizeof word ? PVM_OP_COUNT : pvm_op_by_name(word, (unsigned)len);
}

void cmd_trace_source_fill(struct cmd_trace_source *source, struct cmd_trace_record *record,
                           unsigned set, const uint64_t values[PVM_REG_COUNT])
{
    struct cmd_trace_machine *machine = cmd_trace_known_machine(&source->known, record->machine);
    memcpy(record->before, machine->regs, sizeof record->before);
    cmd_trace_source_registers(source, record->machine, set, values);
    memcpy(record->after, machine->regs, sizeof record->after);
    record->known_before = source->filtered ? 0 : CMD_TRACE_ALL;
    record->known_after = source->filtered ? (uint16_t)set : CMD_TRACE_ALL;
    record->op = cmd_trace_op_of(pvm_bytes(record->text, strlen(record->text)));
    if (record->kind == CMD_TRACE_CALL)
        record->op = PVM_OP_ECALLI;
    else if (record->machine < 0)
        source->call_pc = record->pc;
    if (machine->slot == CMD_TRACE_NO_PROGRAM)
        return;
    record->id = &source->known.slots[machine->slot].id;
    record->program = source->known.slots[machine->slot].program;
    if (record->program != NULL && record->kind == CMD_TRACE_STEP)
        record->op = pvm_program_op(record->program, record->pc);
}

/* ---- the source ---- */

enum pvm_status cmd_trace_fail_line(const struct cmd_trace_source *source, const char *what,
                                    struct pvm_err *err)
{
    return cmd_trace_in_fail(&source->in, err, "line %llu: %s", (unsigned long long)source->in.line,
                             what);
}

static bool begins(const struct cmd_trace_in *in, const char *text)
{
    size_t len = strlen(text);
    return in->len - in->at >= len && memcmp(in->octets + in->at, text, len) == 0;
}

enum pvm_status cmd_trace_source_open(struct cmd_trace_source *source, const char *path,
                                      const struct jam_profile *profile,
                                      const struct cmd_trace_blobs *blobs, struct pvm_err *err)
{
    *source = (struct cmd_trace_source){.profile = profile, .blobs = blobs, .kin = CMD_TRACE_LOG};
    source->known.machine = -1;
    PVM_TRY(cmd_trace_in_open(&source->in, path, err));
    PVM_TRY(cmd_trace_in_fill(&source->in, 16, err));
    if (begins(&source->in, "\xef\xbb\xbf")) /* a mark of UTF-8 */
        source->in.at += 3;
    PVM_TRY(cmd_trace_in_fill(&source->in, 16, err));
    if (begins(&source->in, "PVMTRACE"))
        source->kin = CMD_TRACE_OURS_BINARY;
    else if (begins(&source->in, "# trace "))
        source->kin = CMD_TRACE_OURS_TEXT;
    else if (begins(&source->in, "{\"trace\":"))
        source->kin = CMD_TRACE_OURS_JSON;
    else if (blobs != NULL && blobs->count != 0)
        PVM_TRY(decode(source, &blobs->list[0], &source->only, err));
    source->in.skips = source->kin == CMD_TRACE_LOG;
    return source->kin == CMD_TRACE_OURS_BINARY ? cmd_trace_unpack_start(source, err) : PVM_OK;
}

void cmd_trace_source_deinit(struct cmd_trace_source *source)
{
    cmd_trace_in_deinit(&source->in);
    cmd_trace_known_deinit(&source->known);
    pvm_buf_deinit(&source->block);
    cmd_trace_log_deinit(&source->log);
    pvm_program_free(source->only);
    source->only = NULL;
}

static void blank(struct cmd_trace_record *record)
{
    memset(record, 0, sizeof *record);
    record->machine = -1;
    record->op = PVM_OP_COUNT;
}

static enum pvm_status next_line(struct cmd_trace_source *source, struct cmd_trace_record *record,
                                 bool *more, struct pvm_err *err)
{
    bool is_event = false;
    while (!is_event && !source->ended) {
        struct pvm_bytes line;
        PVM_TRY(cmd_trace_in_line(&source->in, &line, more, err));
        if (!*more)
            return cmd_trace_in_fail(&source->in, err, "it is cut off: its end is missing");
        blank(record);
        PVM_TRY(source->kin == CMD_TRACE_OURS_TEXT
                    ? cmd_trace_read_text(source, line, record, &is_event, err)
                    : cmd_trace_read_json(source, line, record, &is_event, err));
    }
    *more = is_event;
    return PVM_OK;
}

/* Lines of a log: an instruction may go on in the lines behind it. */
static enum pvm_status next_log(struct cmd_trace_source *source, struct cmd_trace_record *record,
                                bool *more, struct pvm_err *err)
{
    bool some = source->pending;
    if (some)
        *record = source->next;
    source->pending = false;
    for (;;) {
        struct pvm_bytes line;
        bool adds = some;
        PVM_TRY(cmd_trace_in_line(&source->in, &line, more, err));
        if (!*more)
            break;
        if (some && cmd_trace_read_log(&source->log, line, record, &adds) && adds)
            continue;
        blank(&source->next);
        adds = false;
        if (!cmd_trace_read_log(&source->log, line, &source->next, &adds))
            continue;
        if (source->log.wrong != NULL)
            return cmd_trace_fail_line(source, source->log.wrong, err);
        source->pending = some;
        if (some)
            break;
        *record = source->next;
        some = true;
    }
    *more = some;
    if (!some && source->count == 0)
        return cmd_trace_in_fail(&source->in, err,
                                 "neither a trace of pvm nor a log with a line that tells of an "
                                 "instruction");
    if (some && source->only != NULL) {
        record->program = source->only;
        record->op = pvm_program_op(source->only, record->pc);
    }
    return PVM_OK;
}

enum pvm_status cmd_trace_source_next(struct cmd_trace_source *source,
                                      struct cmd_trace_record *record, bool *more,
                                      struct pvm_err *err)
{
    *more = false;
    switch (source->kin) {
    case CMD_TRACE_OURS_TEXT:
    case CMD_TRACE_OURS_JSON:
        PVM_TRY(next_line(source, record, more, err));
        break;
    case CMD_TRACE_OURS_BINARY:
        PVM_TRY(cmd_trace_unpack(source, record, more, err));
        break;
    case CMD_TRACE_LOG:
        PVM_TRY(next_log(source, record, more, err));
        break;
    }
    source->count += *more;
    if (!*more || record->kind != CMD_TRACE_END)
        return PVM_OK;
    return cmd_trace_in_end(&source->in, err);
}
