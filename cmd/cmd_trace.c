/* SPDX-License-Identifier: Apache-2.0 */
/* pvm trace: traces of pvm run --trace, and logs of other implementations, afterwards. */
#include "cmd/cmd.h"
#include "cmd/files.h"
#include "cmd/text.h"
#include "cmd/trace_diff.h"
#include "cmd/trace_filter.h"
#include "cmd/trace_stats.h"

#include <inttypes.h>

#define PART_WORD(NAME, text) "|" text

#define TRACE_OPTIONS(X)                                                                           \
    X(TRACE_OUTPUT, 'o', "output", TEXT, "FILE",                                                   \
      "show, convert: write to FILE, packed if it ends with .zst, instead of standard output")     \
    X(TRACE_FORM, 'f', "form", CHOICE, CMD_WORDS(CMD_TRACE_FORMS(CMD_TRACE_FORM_WORD)),            \
      "convert: the form; if not said by FILE's ending, .txt, .jsonl or .bin")                     \
    X(TRACE_FULL, 0, "full", FLAG, NULL, "show, convert: text with all registers in every line")   \
    X(TRACE_FILTER, 0, "filter", LIST, "TERM,...",                                                 \
      "show, convert, stats: only what all terms allow, as pvm run --trace-filter")                \
    X(TRACE_FROM, 0, "from", NUMBER, "STEP", "show, convert, stats: from this step on")            \
    X(TRACE_COUNT, 0, "count", NUMBER, "N", "show, convert, stats: at most N events")              \
    X(TRACE_CONTEXT, 'c', "context", NUMBER, "N", "diff: lines around where they part; 5")         \
    X(TRACE_IGNORE, 0, "ignore", LIST, CMD_WORDS(CMD_TRACE_PARTS(PART_WORD)),                      \
      "diff: do not compare that; may be repeated")                                                \
    X(TRACE_BLOB, 0, "blob", LIST, "BLOB",                                                         \
      "a program that the traces are of, for its disassembly and for the binary form")             \
    X(TRACE_SYMBOLS, 0, "symbols", LIST, "FILE",                                                   \
      "names of addresses, from pvm asm; without it from BLOB.sym")                                \
    X(TRACE_GP, 0, "gp", TEXT, "VERSION", "of logs that do not say it; " CMD_GP_HELP)

enum { TRACE_OPTIONS(CMD_OPTION_ENUM) TRACE_OPTION_COUNT };

static const struct cmd_option options[] = {TRACE_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_trace_syntax = {
    .usage = "diff A B [--context N] [--ignore gas|registers|calls|names]... [--blob BLOB]...\n"
             "show FILE [--filter TERM,...] [--from STEP] [--count N] [OPTION]...\n"
             "stats FILE [--filter TERM,...]\n"
             "convert FILE -o FILE [--form FORM] [--blob BLOB]...",
    .about =
        "Traces are those of pvm run --trace in any form, packed with zstd or not, or logs of\n"
        "other implementations with a line an instruction; - is standard input. diff compares\n"
        "what both say and shows where they first part: exit code 1. Files of any size are\n"
        "read in constant memory. Forms, filters and logs: docs/traces.md.\n",
    .options = options,
    .option_count = TRACE_OPTION_COUNT,
    .min_operands = 2,
    .max_operands = 3,
};

/* What the actions have in common. */
struct work {
    struct cmd *cmd;
    const struct cmd_args *args;
    const struct jam_profile *profile;
    struct cmd_trace_blobs blobs;
    struct cmd_symbols symbols;
    struct cmd_trace_filter filter;
    struct cmd_trace_source a, b;
};

#define BIT(option) (UINT32_C(1) << (option))

static enum pvm_status check(const struct cmd_args *args, size_t operands, uint32_t allowed,
                             struct pvm_err *err)
{
    const char *action = args->operands[0];
    if (args->operand_count != operands + 1)
        return pvm_fail(err, PVM_E_USAGE, "trace %s: %zu file%s expected, %zu given", action,
                        operands, operands == 1 ? "" : "s", args->operand_count - 1);
    allowed |= BIT(TRACE_BLOB) | BIT(TRACE_SYMBOLS) | BIT(TRACE_GP);
    for (size_t i = 0; i < args->count; i++)
        if ((allowed & BIT(args->list[i].option)) == 0)
            return pvm_fail(err, PVM_E_USAGE, "trace %s: --%s is no option of it", action,
                            options[args->list[i].option].name);
    return PVM_OK;
}

static enum pvm_status load_symbols(struct work *work, struct pvm_err *err)
{
    for (size_t i = 0; i < work->args->count; i++)
        if (work->args->list[i].option == TRACE_SYMBOLS)
            PVM_TRY(cmd_symbols_add(&work->symbols, work->args->list[i].text, err));
    for (size_t i = 0; work->symbols.count == 0 && i < work->blobs.count; i++)
        PVM_TRY(cmd_symbols_beside(&work->symbols, &work->blobs.list[i], err));
    return PVM_OK;
}

static enum pvm_status prepare(struct work *work, struct pvm_err *err)
{
    const struct cmd_args *args = work->args;
    PVM_TRY(cmd_profile(cmd_args_text(args, TRACE_GP), &work->profile, err));
    PVM_TRY(cmd_trace_blobs_load(&work->blobs, args, TRACE_BLOB, err));
    PVM_TRY(load_symbols(work, err));
    for (size_t i = 0; i < args->count; i++)
        if (args->list[i].option == TRACE_FILTER)
            PVM_TRY(
                cmd_trace_filter_add(&work->filter, "trace: --filter", args->list[i].text, err));
    return cmd_trace_filter_check(&work->filter, "trace: --filter", &work->symbols, err);
}

/* ---- going through one trace ---- */

struct walk {
    struct work *work;
    uint64_t from, left;
    bool started;
    struct pvm_program *program; /* that names are of; one reference */
    const struct pvm_symbols *names;
    struct cmd_trace_record line; /* of a log, the last one that told all registers */
    bool has_line;
};

/* A line of a log that tells all registers is taken to tell what is after the instruction, as those
 * that are known do: what it changed follows from the line before, if that is of the same run. */
static void settle(struct walk *walk, struct cmd_trace_record *record)
{
    if (walk->work->a.kin != CMD_TRACE_LOG || record->known_before != CMD_TRACE_ALL)
        return;
    const struct cmd_trace_record said = *record;
    const struct cmd_trace_record *line = &walk->line;
    bool follows = walk->has_line && line->machine == said.machine &&
                   !(said.has_step && said.step <= line->step);
    memcpy(record->after, said.before, sizeof record->after);
    record->known_before = 0;
    record->known_after = CMD_TRACE_ALL;
    for (unsigned i = 0; follows && i < PVM_REG_COUNT; i++)
        if (line->before[i] == said.before[i])
            record->known_after &= (uint16_t) ~(1U << i);
    /* Behind a host call gas may have changed in between. */
    record->has_gas = record->has_cost =
        follows && line->has_gas && said.has_gas && line->op != PVM_OP_ECALLI;
    if (record->has_gas)
        record->gas = line->gas;
    record->cost = record->gas - said.gas;
    walk->line = said;
    walk->has_line = true;
}

static const struct pvm_symbols *names_of(struct walk *walk, const struct cmd_trace_record *record)
{
    if (record->program == NULL || !cmd_trace_filter_names(&walk->work->filter))
        return NULL;
    if (record->program != walk->program) {
        pvm_program_free(walk->program);
        walk->program = pvm_program_ref(record->program);
        walk->names =
            cmd_symbols_of_program(&walk->work->symbols, record->program, record->machine < 0);
    }
    return walk->names;
}

/* The next event that is wanted; *more false: there is none. */
static enum pvm_status next_wanted(struct walk *walk, struct cmd_trace_record *record, bool *more,
                                   struct pvm_err *err)
{
    for (;;) {
        PVM_TRY(cmd_trace_source_next(&walk->work->a, record, more, err));
        if (!*more || record->kind == CMD_TRACE_END)
            return PVM_OK;
        settle(walk, record);
        walk->started = walk->started || walk->from == 0 ||
                        (record->kind == CMD_TRACE_STEP && record->step >= walk->from);
        if (!walk->started ||
            !cmd_trace_filter_wants(&walk->work->filter, record, names_of(walk, record)))
            continue;
        *more = walk->left != 0;
        walk->left -= *more;
        return PVM_OK;
    }
}

static struct walk start_walk(struct work *work)
{
    return (struct walk){
        .work = work,
        .from = cmd_args_number(work->args, TRACE_FROM, 0),
        .left = cmd_args_number(work->args, TRACE_COUNT, UINT64_MAX),
    };
}

static void describe(const struct work *work, struct cmd_trace_meta *out)
{
    const struct cmd_trace_source *source = &work->a;
    *out = source->meta;
    bool part = work->filter.filters != 0 || cmd_args_has(work->args, TRACE_FROM) ||
                cmd_args_has(work->args, TRACE_COUNT);
    if (source->kin == CMD_TRACE_LOG)
        memcpy(out->run, "log", sizeof "log");
    if (out->filter[0] == '\0' && (part || source->kin == CMD_TRACE_LOG))
        memcpy(out->filter, "part", sizeof "part");
}

static void note_place(struct cmd_trace_record *last, const struct cmd_trace_record *record)
{
    last->kind = record->kind;
    last->pc = record->pc;
    last->gas = record->has_gas ? record->gas : 0;
    if (record->has_step)
        last->step = record->step;
}

/* The end of what is only a part: where its last event was. */
static enum pvm_status end_part(struct cmd_trace_sink *sink, const struct cmd_trace_record *last,
                                struct pvm_err *err)
{
    struct cmd_trace_record end = {.kind = CMD_TRACE_END,
                                   .has_gas = true,
                                   .has_step = true,
                                   .machine = -1,
                                   .step = last->step,
                                   .pc = last->pc,
                                   .gas = last->gas,
                                   .op = PVM_OP_COUNT};
    if (last->kind == CMD_TRACE_END)
        return PVM_OK;
    cmd_trace_set_text(&end, pvm_bytes(CMD_TRACE_PART, strlen(CMD_TRACE_PART)));
    return cmd_trace_sink_add(sink, &end, err);
}

/* Copies from the source; a trace that is broken further on gives what stands before. */
static enum pvm_status pour(struct work *work, struct cmd_trace_sink *sink, struct pvm_err *err)
{
    struct walk walk = start_walk(work);
    struct cmd_trace_record record = {.kind = CMD_TRACE_STEP};
    struct cmd_trace_record last = record;
    bool more = true;
    enum pvm_status status = PVM_OK;
    bool described = false;
    while (status == PVM_OK && more) {
        status = next_wanted(&walk, &record, &more, err);
        if (status != PVM_OK)
            break;
        if (!described)
            describe(work, &sink->meta);
        described = true;
        sink->profile = work->a.profile;
        if (more)
            status = cmd_trace_sink_add(sink, &record, err);
        if (more)
            note_place(&last, &record);
    }
    if (status == PVM_OK)
        status = end_part(sink, &last, err);
    pvm_program_free(walk.program);
    if (status == PVM_E_MALFORMED) {
        struct pvm_err ignored = {0};
        if (sink->started && sink->form != CMD_TRACE_AS_BINARY)
            (void)!cmd_trace_sink_close(sink, &ignored);
        return status;
    }
    return status == PVM_OK ? cmd_trace_sink_close(sink, err) : status;
}

static enum pvm_status copy(struct work *work, bool form_of_path, struct pvm_err *err)
{
    const struct cmd_args *args = work->args;
    const char *path = cmd_args_has(args, TRACE_OUTPUT) ? cmd_args_text(args, TRACE_OUTPUT) : "-";
    struct cmd_trace_sink sink = {.symbols = &work->symbols};
    if (cmd_file_is_same(path, args->operands[1]))
        return pvm_fail(err, PVM_E_USAGE, "trace: %.200s: would be overwritten by its own output",
                        path);
    sink.form = (enum cmd_trace_form)cmd_args_choice(
        args, TRACE_FORM, form_of_path ? cmd_trace_form_of(path) : CMD_TRACE_AS_TEXT);
    sink.full = cmd_args_has(args, TRACE_FULL);
    if (sink.full && sink.form != CMD_TRACE_AS_TEXT)
        return pvm_fail(err, PVM_E_USAGE, "trace: --full is for the form text");
    PVM_TRY(cmd_trace_source_open(&work->a, args->operands[1], work->profile, &work->blobs, err));
    enum pvm_status status = cmd_trace_sink_open(&sink, path, false, err);
    if (status == PVM_OK)
        status = pour(work, &sink, err);
    cmd_trace_sink_deinit(&sink);
    return status;
}

/* ---- actions ---- */

static enum pvm_status act_show(struct work *work, struct pvm_err *err)
{
    PVM_TRY(check(work->args, 1,
                  BIT(TRACE_OUTPUT) | BIT(TRACE_FULL) | BIT(TRACE_FILTER) | BIT(TRACE_FROM) |
                      BIT(TRACE_COUNT),
                  err));
    PVM_TRY(prepare(work, err));
    return copy(work, false, err);
}

static enum pvm_status act_convert(struct work *work, struct pvm_err *err)
{
    PVM_TRY(check(work->args, 1,
                  BIT(TRACE_OUTPUT) | BIT(TRACE_FORM) | BIT(TRACE_FULL) | BIT(TRACE_FILTER) |
                      BIT(TRACE_FROM) | BIT(TRACE_COUNT),
                  err));
    if (!cmd_args_has(work->args, TRACE_OUTPUT))
        return pvm_fail(err, PVM_E_USAGE, "trace convert: -o FILE is missing");
    PVM_TRY(prepare(work, err));
    return copy(work, true, err);
}

static enum pvm_status count_all(struct work *work, struct cmd_trace_stats *stats,
                                 struct pvm_err *err)
{
    struct walk walk = start_walk(work);
    struct cmd_trace_record record;
    bool more = true;
    enum pvm_status status = PVM_OK;
    while (status == PVM_OK && more) {
        status = next_wanted(&walk, &record, &more, err);
        if (status == PVM_OK && more)
            cmd_trace_stats_add(stats, &record);
    }
    pvm_program_free(walk.program);
    return status;
}

static enum pvm_status act_stats(struct work *work, struct pvm_err *err)
{
    struct cmd_trace_stats *stats = NULL;
    const struct cmd_args *args = work->args;
    struct pvm_buf *out = &work->cmd->out;
    PVM_TRY(check(args, 1, BIT(TRACE_FILTER) | BIT(TRACE_FROM) | BIT(TRACE_COUNT), err));
    PVM_TRY(prepare(work, err));
    PVM_TRY(cmd_trace_source_open(&work->a, args->operands[1], work->profile, &work->blobs, err));
    stats = pvm_alloc_zero(NULL, 1, sizeof *stats);
    if (stats == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for statistics");
    enum pvm_status status = cmd_trace_stats_init(stats, err);
    if (status == PVM_OK)
        status = count_all(work, stats, err);
    /* Of a trace that is broken further on what stands before. */
    if (status == PVM_OK || (status == PVM_E_MALFORMED && stats->steps + stats->calls != 0)) {
        cmd_printable(pvm_bytes(work->a.in.name, strlen(work->a.in.name)), out);
        pvm_buf_text(out, "\n");
        cmd_trace_stats_text(stats, out);
    }
    cmd_trace_stats_deinit(stats);
    pvm_alloc_free(NULL, stats);
    return status;
}

static enum pvm_status read_ignored(const struct cmd_args *args, unsigned *out, struct pvm_err *err)
{
    static const char *const names[] = {
#define X(NAME, text) text,
        CMD_TRACE_PARTS(X)
#undef X
    };
    for (size_t i = 0; i < args->count; i++) {
        unsigned part = 0;
        if (args->list[i].option != TRACE_IGNORE)
            continue;
        while (part < CMD_TRACE_PART_COUNT && strcmp(names[part], args->list[i].text) != 0)
            part++;
        if (part == CMD_TRACE_PART_COUNT)
            return pvm_fail(err, PVM_E_USAGE, "trace diff: --ignore: expected %s, got \"%.40s\"",
                            options[TRACE_IGNORE].argument, args->list[i].text);
        *out |= 1U << part;
    }
    return PVM_OK;
}

static enum pvm_status act_diff(struct work *work, struct pvm_err *err)
{
    const struct cmd_args *args = work->args;
    struct cmd *cmd = work->cmd;
    struct cmd_trace_compared compared;
    uint64_t context = cmd_args_number(args, TRACE_CONTEXT, 5);
    struct cmd_trace_diff_options how = {.symbols = &work->symbols};
    PVM_TRY(check(args, 2, BIT(TRACE_CONTEXT) | BIT(TRACE_IGNORE), err));
    PVM_TRY(read_ignored(args, &how.ignored, err));
    if (context > CMD_TRACE_CONTEXT)
        return pvm_fail(err, PVM_E_USAGE, "trace diff: --context %" PRIu64 ": at most %d", context,
                        CMD_TRACE_CONTEXT);
    if (strcmp(args->operands[1], "-") == 0 && strcmp(args->operands[2], "-") == 0)
        return pvm_fail(err, PVM_E_USAGE, "trace diff: both are standard input");
    PVM_TRY(prepare(work, err));
    PVM_TRY(cmd_trace_source_open(&work->a, args->operands[1], work->profile, &work->blobs, err));
    PVM_TRY(cmd_trace_source_open(&work->b, args->operands[2], work->profile, &work->blobs, err));
    how.context = (unsigned)context;
    enum pvm_status status = cmd_trace_diff(&work->a, &work->b, &how, &compared, &cmd->out, err);
    bool broken = status == PVM_E_MALFORMED && compared.steps + compared.calls != 0;
    if (compared.differ)
        cmd->code = CMD_EXIT_ENDED;
    else if (status == PVM_OK || broken)
        pvm_buf_printf(&cmd->out,
                       "no difference in %" PRIu64 " instructions and %" PRIu64 " host calls%s\n",
                       compared.steps, compared.calls, broken ? " up to where one is broken" : "");
    return status;
}

static enum pvm_status act(struct work *work, struct pvm_err *err)
{
    static const struct {
        const char *name;
        enum pvm_status (*act)(struct work *work, struct pvm_err *err);
    } actions[] = {
        {"diff", act_diff}, {"show", act_show}, {"stats", act_stats}, {"convert", act_convert}};
    const char *name = work->args->operands[0];
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].act(work, err);
    return pvm_fail(err, PVM_E_USAGE,
                    "trace: no action \"%.80s\", there are diff, show, stats and convert", name);
}

enum pvm_status cmd_trace(struct cmd *cmd, struct pvm_err *err)
{
    struct work *work = pvm_alloc_zero(NULL, 1, sizeof *work);
    if (work == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a trace");
    work->cmd = cmd;
    work->args = &cmd->args;
    enum pvm_status status = act(work, err);
    cmd_trace_source_deinit(&work->a);
    cmd_trace_source_deinit(&work->b);
    cmd_symbols_deinit(&work->symbols);
    cmd_trace_blobs_deinit(&work->blobs);
    pvm_alloc_free(NULL, work);
    return status;
}
