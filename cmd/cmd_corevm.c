/* SPDX-License-Identifier: Apache-2.0 */
/* pvm corevm: the Fibonacci loop of CoreVM, and the segments it leaves. */
#include "cmd/corevm_acc.h"
#include "cmd/corevm_out.h"
#include "cmd/files.h"
#include "cmd/load.h"
#include "cmd/picture_series.h"
#include "cmd/segments_run.h"
#include "corevm/guests.h"

#include <inttypes.h>
#include <stdio.h>

#define WORD(NAME, name, child, function, text) "|" name
#define LAYOUT(NAME, name, text)                "|" name

/* Options up to COREVM_GAS are those of `fib`, INDEX and LAYOUT those of `segment`, UNPRIVILEGED
 * that of `accumulate`. */
#define COREVM_OPTIONS(X)                                                                          \
    X(COREVM_N, 'n', "n", TEXT, "K", "fib: packages 0 to K (also written 0..K); 10 without it")    \
    X(COREVM_VARIANT, 0, "variant", CHOICE, CMD_WORDS(COREVM_FIB_VARIANTS(WORD)),                  \
      "fib: the child just runs; faults and gets its second page then; logs through the parent")   \
    X(COREVM_BY, 0, "by", CHOICE, "package|root",                                                  \
      "fib: whether imports name the package that exported them, or the segment root")             \
    X(COREVM_OUT, 'o', "out", TEXT, "DIR", "fib: keep the segments in DIR")                        \
    X(COREVM_FAULT, 0, "fault", CHOICE, CMD_WORDS(COREVM_FIB_FAULTS(WORD)),                        \
      "fib: make something go wrong with one package")                                             \
    X(COREVM_AT, 0, "at", NUMBER, "N", "fib: which package --fault is for; the last without it")   \
    X(COREVM_CHILD, 0, "child", TEXT, "FILE", "fib: another child, a raw program blob")            \
    X(COREVM_SERVICE, 0, "service", TEXT, "FILE", "fib: another service than CoreVM's")            \
    X(COREVM_SEGMENTS, 0, "segments", TEXT, "DIR",                                                 \
      "fib: record every refinement in DIR, new or empty, for pvm verify (docs/segments.md)")      \
    X(COREVM_SEGMENT_GAS, 0, "segment-gas", NUMBER, "N",                                           \
      "fib: gas after which a segment ends; " CMD_SEGMENT_GAS_TEXT " if not said")                 \
    X(COREVM_RECORD, 0, "record", TEXT, "FILE",                                                    \
      "fib: write to FILE what pvm report makes pictures of (docs/reports.md)")                    \
    X(COREVM_GAS, 0, "gas", NUMBER, "N", "fib: gas limit of each refinement")                      \
    X(COREVM_INDEX, 0, "index", NUMBER, "I", "segment: which one of the file; 0 without it")       \
    X(COREVM_LAYOUT, 0, "layout", CHOICE, CMD_WORDS(COREVM_LAYOUTS(LAYOUT)),                       \
      "segment: who wrote it, CoreVM's service here or Parity's")                                  \
    X(COREVM_UNPRIVILEGED, 0, "unprivileged", FLAG, NULL,                                          \
      "accumulate: the service holds no privilege")                                                \
    X(COREVM_GP, 0, "gp", TEXT, "VERSION", "fib, accumulate: " CMD_GP_HELP)                        \
    X(COREVM_JSON, 0, "json", FLAG, NULL, "print JSON")

enum { COREVM_OPTIONS(CMD_OPTION_ENUM) COREVM_OPTION_COUNT };

static const struct cmd_option options[] = {COREVM_OPTIONS(CMD_OPTION_ROW)};

#undef WORD
#undef LAYOUT

const struct cmd_syntax cmd_corevm_syntax = {
    .usage = "fib [--n K] [--variant V] [--by package|root] [--out DIR] [--fault F [--at N]]\n"
             "accumulate [--unprivileged]\n"
             "segment FILE [--index I] [--layout seed|parity]",
    .about =
        "fib runs work packages n = 0, 1, ... of CoreVM's service. Package n imports the pages\n"
        "that n-1 exported, computes page n in a child machine and exports all of them. It ends\n"
        "with exit code 1 when a package did not go well.\n"
        "accumulate takes their results n = 0 to 10 through blocks and prints what the host calls\n"
        "of the service's Accumulate left in its storage, and what they returned.\n"
        "segment prints a segment as header and page. FILE holds one or more of 4104 octets,\n"
        "such as the .seg files of --out.\n"
        "What there is to see, the layouts and the JSON: docs/corevm.md.\n",
    .options = options,
    .option_count = COREVM_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 2,
};

/* Refuses options of the other action. */
static enum pvm_status check_options(const struct cmd_args *args, unsigned first, unsigned last,
                                     struct pvm_err *err)
{
    for (size_t i = 0; i < args->count; i++) {
        unsigned option = args->list[i].option;
        bool common = option == COREVM_JSON || (option == COREVM_GP && first != COREVM_INDEX);
        if (!common && (option < first || option > last))
            return pvm_fail(err, PVM_E_USAGE, "corevm %s: --%s is no option of it",
                            args->operands[0], options[option].name);
    }
    return PVM_OK;
}

/* ---- fib ---- */

static enum pvm_status parse_n(const char *text, uint64_t *out, struct pvm_err *err)
{
    const char *number = text;
    if (text == NULL) {
        *out = 10;
        return PVM_OK;
    }
    if (strncmp(text, "0..", 3) == 0)
        number = text + 3;
    if (!cmd_number(number, strlen(number), out) || *out > COREVM_FIB_MAX)
        return pvm_fail(err, PVM_E_USAGE,
                        "corevm: --n: expected K or 0..K, K at most %d, got \"%.40s\"",
                        COREVM_FIB_MAX, text);
    return PVM_OK;
}

/* A line that is written over, and wiped out in the end. */
static void show_progress(void *user, uint64_t n, uint64_t last)
{
    char line[80];
    (void)user;
    int len = snprintf(line, sizeof line, "\rpackage %" PRIu64 " of %" PRIu64, n, last);
    if (len > 0)
        cmd_stderr(pvm_bytes(line, (size_t)len));
}

static enum pvm_status read_option(const struct cmd_args *args, unsigned option,
                                   struct pvm_buf *file, struct pvm_bytes *out, struct pvm_err *err)
{
    const char *path = cmd_args_text(args, option);
    if (path == NULL)
        return PVM_OK;
    PVM_TRY(cmd_read_file(path, file, err));
    if (file->len == 0)
        return pvm_fail(err, PVM_E_MALFORMED, "%.200s: empty", cmd_file_name(path));
    *out = pvm_buf_bytes(file);
    return PVM_OK;
}

static enum pvm_status fib_options(const struct cmd *cmd, struct corevm_fib_options *out,
                                   struct pvm_err *err)
{
    const struct cmd_args *args = &cmd->args;
    *out = (struct corevm_fib_options){
        .alloc = cmd->alloc,
        .variant = (enum corevm_fib_variant)cmd_args_choice(args, COREVM_VARIANT, 0),
        .by_root = cmd_args_choice(args, COREVM_BY, 0) == 1,
        .gas = cmd_args_number(args, COREVM_GAS, 0),
        .limits = {.layout = PVM_LAYOUT_WINDOW, .inner_gas = CMD_INNER_GAS},
        .fault = (enum corevm_fib_fault)cmd_args_choice(args, COREVM_FAULT, 0),
        .progress = cmd->progress ? show_progress : NULL,
    };
    PVM_TRY(cmd_profile(cmd_args_text(args, COREVM_GP), &out->profile, err));
    PVM_TRY(parse_n(cmd_args_text(args, COREVM_N), &out->last, err));
    out->fault_at = cmd_args_number(args, COREVM_AT, out->last);
    if (out->fault_at > out->last)
        return pvm_fail(err, PVM_E_USAGE, "corevm: --at %" PRIu64 ": the last package is %" PRIu64,
                        out->fault_at, out->last);
    if (cmd_args_has(args, COREVM_AT) && !cmd_args_has(args, COREVM_FAULT))
        return pvm_fail(err, PVM_E_USAGE, "corevm: --at means nothing without --fault");
    if (cmd_args_has(args, COREVM_GAS) && out->gas == 0)
        return pvm_fail(err, PVM_E_USAGE, "corevm: --gas 0: nothing can run");
    return PVM_OK;
}

/* Opens what --segments asks for. */
static enum pvm_status fib_segments(const struct cmd_args *args, struct corevm_fib_options *how,
                                    struct cmd_segments *segments, struct pvm_err *err)
{
    if (cmd_args_has(args, COREVM_SEGMENT_GAS) && !cmd_args_has(args, COREVM_SEGMENTS))
        return pvm_fail(err, PVM_E_USAGE, "corevm: --segment-gas means nothing without --segments");
    PVM_TRY(cmd_segments_open(segments, cmd_args_text(args, COREVM_SEGMENTS),
                              cmd_args_number(args, COREVM_SEGMENT_GAS, CMD_SEGMENT_GAS), err));
    how->tape = segments->recorder;
    return PVM_OK;
}

/* What --record works with. */
struct recording {
    struct cmd_series series;
    struct corevm_watch watch;
};

/* Runs get their names when it is known which package was refined (cmd/picture_corevm_write.c). */
static void on_end(void *user, const struct jam_run *run)
{
    const struct jam_result *result = jam_run_result(run);
    cmd_series_ended(user, run,
                     (struct cmd_record_part){.name = "",
                                              .outcome = jam_outcome_name(result->outcome),
                                              .good = result->outcome == JAM_ENDED_HALT,
                                              .goes_on = true});
}

/* Names for the code of the guests that pvm carries. */
static enum pvm_status add_names(struct cmd_symbols *symbols, struct pvm_err *err)
{
    for (size_t i = 0; i < corevm_guest_count; i++)
        if (corevm_guest_table[i].symbols.len != 0)
            PVM_TRY(cmd_symbols_put(symbols, corevm_guest_table[i].symbols,
                                    corevm_guest_table[i].blob, err));
    return PVM_OK;
}

static enum pvm_status start_recording(const struct cmd_args *args, struct corevm_fib_options *how,
                                       struct recording *recording, struct pvm_err *err)
{
    if (!cmd_args_has(args, COREVM_RECORD))
        return PVM_OK;
    PVM_TRY(cmd_record_check(args, COREVM_RECORD, "corevm: ", err));
    PVM_TRY(add_names(&recording->series.symbols, err));
    PVM_TRY(cmd_series_init(&recording->series, how->profile, err));
    recording->watch =
        (struct corevm_watch){.hooks = cmd_series_hooks(&recording->series), .ended = on_end};
    how->watch = &recording->watch;
    return PVM_OK;
}

static enum pvm_status fib_run(struct cmd *cmd, const struct corevm_fib_options *how,
                               struct recording *recording, struct pvm_err *err)
{
    struct corevm_fib fib;
    enum pvm_status status = corevm_fib_run(how, &fib, err);
    if (how->progress != NULL)
        cmd_stderr(pvm_bytes("\r\033[K", 4));
    if (status == PVM_OK && recording->series.record != NULL)
        status = cmd_record_write_fib(&recording->series, cmd_args_text(&cmd->args, COREVM_RECORD),
                                      how, &fib, err);
    if (status == PVM_OK) {
        if (cmd_args_has(&cmd->args, COREVM_JSON))
            cmd_corevm_fib_json(how, &fib, &cmd->out);
        else
            cmd_corevm_fib_text(cmd, how, &fib, &cmd->out);
        cmd->code = corevm_fib_good(&fib) ? CMD_EXIT_HALT : CMD_EXIT_ENDED;
    }
    corevm_fib_deinit(&fib);
    return status;
}

static enum pvm_status act_fib(struct cmd *cmd, struct pvm_err *err)
{
    struct corevm_fib_options how;
    struct jam_segments *store = NULL;
    struct cmd_segments segments = {0};
    struct recording recording = {0};
    struct pvm_buf child = {.alloc = cmd->alloc};
    struct pvm_buf service = {.alloc = cmd->alloc};
    if (cmd->args.operand_count > 1)
        return pvm_fail(err, PVM_E_USAGE, "corevm fib: takes no argument, got \"%.80s\"",
                        cmd->args.operands[1]);
    PVM_TRY(fib_options(cmd, &how, err));
    enum pvm_status status = read_option(&cmd->args, COREVM_CHILD, &child, &how.child, err);
    if (status == PVM_OK)
        status = read_option(&cmd->args, COREVM_SERVICE, &service, &how.service, err);
    if (status == PVM_OK)
        status = jam_segments_new(cmd_args_text(&cmd->args, COREVM_OUT), cmd->alloc, &store, err);
    if (status == PVM_OK)
        status = fib_segments(&cmd->args, &how, &segments, err);
    if (status == PVM_OK)
        status = start_recording(&cmd->args, &how, &recording, err);
    if (status == PVM_OK) {
        how.store = store;
        status = fib_run(cmd, &how, &recording, err);
        status = cmd_segments_close(&segments, status, err);
        if (status == PVM_E_MALFORMED && how.service.len != 0)
            pvm_fail_at(err, status, cmd_args_text(&cmd->args, COREVM_SERVICE));
    }
    cmd_series_deinit(&recording.series);
    cmd_segments_deinit(&segments);
    jam_segments_free(store);
    pvm_buf_deinit(&child);
    pvm_buf_deinit(&service);
    return status;
}

/* ---- segment ---- */

static enum pvm_status act_segment(struct cmd *cmd, struct pvm_err *err)
{
    if (cmd->args.operand_count != 2)
        return pvm_fail(err, PVM_E_USAGE, "corevm segment: no file given");
    const char *path = cmd->args.operands[1];
    struct pvm_buf file = {.alloc = cmd->alloc};
    uint64_t index = cmd_args_number(&cmd->args, COREVM_INDEX, 0);
    enum pvm_status status = cmd_read_file(path, &file, err);
    size_t count = file.len / JAM_SEGMENT_SIZE;
    if (status == PVM_OK && (count == 0 || file.len % JAM_SEGMENT_SIZE != 0))
        status = pvm_fail(err, PVM_E_MALFORMED, "%.200s: %zu octets, not a multiple of %d",
                          cmd_file_name(path), file.len, JAM_SEGMENT_SIZE);
    if (status == PVM_OK && index >= count)
        status = pvm_fail(err, PVM_E_USAGE, "%.200s: no segment %" PRIu64 ", there are %zu",
                          cmd_file_name(path), index, count);
    if (status == PVM_OK) {
        struct cmd_segment segment = {
            .layout = (enum corevm_layout)cmd_args_choice(&cmd->args, COREVM_LAYOUT, 0),
            .index = (size_t)index,
            .count = count,
            .octets = file.ptr + (size_t)index * JAM_SEGMENT_SIZE,
        };
        if (cmd_args_has(&cmd->args, COREVM_JSON))
            cmd_corevm_segment_json(&segment, &cmd->out);
        else
            cmd_corevm_segment_text(cmd, &segment, &cmd->out);
    }
    pvm_buf_deinit(&file);
    return status;
}

/* ---- accumulate ---- */

static enum pvm_status act_accumulate(struct cmd *cmd, struct pvm_err *err)
{
    struct corevm_acc_options how = {.alloc = cmd->alloc,
                                     .unprivileged = cmd_args_has(&cmd->args, COREVM_UNPRIVILEGED)};
    if (cmd->args.operand_count > 1)
        return pvm_fail(err, PVM_E_USAGE, "corevm accumulate: takes no argument, got \"%.80s\"",
                        cmd->args.operands[1]);
    PVM_TRY(cmd_profile(cmd_args_text(&cmd->args, COREVM_GP), &how.profile, err));
    struct corevm_acc acc;
    enum pvm_status status = corevm_acc_run(&how, &acc, err);
    if (status == PVM_OK && cmd_args_has(&cmd->args, COREVM_JSON))
        cmd_corevm_acc_json(&acc, &cmd->out);
    else if (status == PVM_OK)
        cmd_corevm_acc_text(cmd, &acc, &cmd->out);
    corevm_acc_deinit(&acc);
    return status;
}

enum pvm_status cmd_corevm(struct cmd *cmd, struct pvm_err *err)
{
    const char *action = cmd->args.operands[0];
    if (strcmp(action, "fib") == 0) {
        PVM_TRY(check_options(&cmd->args, COREVM_N, COREVM_GAS, err));
        return act_fib(cmd, err);
    }
    if (strcmp(action, "accumulate") == 0) {
        PVM_TRY(check_options(&cmd->args, COREVM_UNPRIVILEGED, COREVM_UNPRIVILEGED, err));
        return act_accumulate(cmd, err);
    }
    if (strcmp(action, "segment") == 0) {
        PVM_TRY(check_options(&cmd->args, COREVM_INDEX, COREVM_LAYOUT, err));
        return act_segment(cmd, err);
    }
    return pvm_fail(err, PVM_E_USAGE, "corevm: \"%.80s\" is neither fib, accumulate nor segment",
                    action);
}
