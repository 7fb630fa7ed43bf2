/* SPDX-License-Identifier: Apache-2.0 */
/* CoreVM's Fibonacci loop as a run file: pvm corevm fib --record. */
#include "cmd/corevm_out.h"
#include "cmd/picture_parts.h"
#include "cmd/picture_series.h"

#include <inttypes.h>
#include <stdio.h>

enum { INVOCATIONS = 32, LOG_OCTETS = 400 };

/* ---- a round ---- */

/* Pages by the machine of their headers, as far as a picture has room: with values what they hold,
 * else 1. */
static void write_pages(struct jam_out *json, const char *key, const struct corevm_fib_page *pages,
                        size_t count, bool values)
{
    struct pvm_buf text = {0};
    for (size_t i = 0; i < count; i++)
        if (pages[i].machine < CMD_BINS)
            pvm_buf_printf(&text, "%s%" PRIu32 ":%" PRIu32, text.len != 0 ? " " : "",
                           pages[i].machine, values ? pages[i].value : UINT32_C(1));
    jam_out_string(json, key, pvm_buf_bytes(&text));
    json->out->failed = json->out->failed || text.failed;
    pvm_buf_deinit(&text);
}

static void write_term(struct jam_out *json, const struct corevm_fib_term *term)
{
    struct pvm_buf text = {0};
    if (term->known && term->is_default)
        pvm_buf_printf(&text, "%" PRIu32 " (default_%" PRIu32 "_page", term->value, term->value);
    else if (term->known)
        pvm_buf_printf(&text, "%" PRIu32 " (page_%" PRIu64, term->value, term->machine);
    if (term->known)
        pvm_buf_text(&text, term->on_demand ? ", on demand)" : ")");
    jam_out_string(json, NULL, pvm_buf_bytes(&text));
    json->out->failed = json->out->failed || text.failed;
    pvm_buf_deinit(&text);
}

static void write_invocations(struct jam_out *json, const struct corevm_round *round)
{
    size_t count;
    struct pvm_buf text = {0};
    const struct corevm_invocation *list = corevm_invocations(&round->record, &count);
    for (size_t i = 0; i < count && i < INVOCATIONS; i++)
        pvm_buf_printf(&text, "%s%s", i != 0 ? " " : "", cmd_corevm_inner_name(list[i].result));
    jam_out_string(json, "child", pvm_buf_bytes(&text));
    json->out->failed = json->out->failed || text.failed;
    pvm_buf_deinit(&text);
}

static void write_round(struct jam_out *json, const struct corevm_fib_round *round)
{
    const struct corevm_fib_page *exports = round->pages + round->import_count;
    bool halted = round->round.valid && round->round.outcome == JAM_ENDED_HALT;
    size_t exported = halted ? round->export_count : 0;
    jam_out_object(json, NULL);
    jam_out_number(json, "n", round->n);
    jam_out_bool(json, "good", round->good);
    jam_out_text(json, "outcome",
                 round->round.valid ? jam_outcome_name(round->round.outcome) : "invalid");
    jam_out_number(json, "gas", round->round.gas_used);
    jam_out_number(json, "inner_gas", round->round.inner_gas);
    if (round->round.valid)
        jam_out_hex(json, "root", jam_hash_bytes(&round->round.export_root));
    else
        jam_out_text(json, "root", "none");
    write_invocations(json, &round->round);
    write_pages(json, "imported", round->pages, round->import_count, false);
    write_pages(json, "exported", exports, exported, false);
    write_pages(json, "values", exports, exported, true);
    jam_out_array(json, "terms");
    for (unsigned i = 0; i < 3; i++)
        write_term(json, &round->terms[i]);
    jam_out_end_array(json);
    cmd_picture_text_json(json, "trouble", pvm_buf_bytes(&round->trouble), LOG_OCTETS);
    jam_out_end_object(json);
}

void cmd_picture_corevm_json(const struct corevm_fib *fib, struct jam_out *json)
{
    jam_out_array(json, "corevm");
    for (size_t i = 0; i < fib->count; i++)
        write_round(json, &fib->list[i]);
    jam_out_end_array(json);
}

/* ---- all of them ---- */

static void write_log(struct jam_out *json, const struct corevm_fib *fib)
{
    uint64_t lines = 0;
    jam_out_array(json, "log");
    for (size_t i = 0; i < fib->count; i++)
        cmd_picture_log_json(json, pvm_buf_bytes(&fib->list[i].round.log), &lines);
    jam_out_end_array(json);
    jam_out_number(json, "log_lines", lines);
}

/* What went wrong first, and with which package. */
static void write_trouble(struct jam_out *json, const struct corevm_fib *fib)
{
    struct pvm_buf text = {0};
    for (size_t i = 0; i < fib->count && text.len == 0; i++)
        if (!fib->list[i].good)
            pvm_buf_printf(&text, "package n = %" PRIu64 ": %s", fib->list[i].n,
                           pvm_buf_str(&fib->list[i].trouble));
    if (text.len != 0)
        cmd_picture_text_json(json, "note_text", pvm_buf_bytes(&text), LOG_OCTETS);
    json->out->failed = json->out->failed || text.failed;
    pvm_buf_deinit(&text);
}

static void write_outcome(struct jam_out *json, const struct corevm_fib_options *options,
                          const struct corevm_fib *fib)
{
    const struct corevm_fib_round *last = fib->count != 0 ? &fib->list[fib->count - 1] : NULL;
    struct pvm_buf name = {0};
    uint64_t used = fib->init.gas_used;
    uint64_t inner = fib->init.inner_gas;
    for (size_t i = 0; i < fib->count; i++) {
        used += fib->list[i].round.gas_used;
        inner += fib->list[i].round.inner_gas;
    }
    pvm_buf_printf(&name, "CoreVM's Fibonacci loop (%s, n = 0 to %" PRIu64 ")",
                   corevm_fib_variant_name(options->variant), options->last);
    jam_out_string(json, "name", pvm_buf_bytes(&name));
    jam_out_text(json, "invocation", "refine");
    jam_out_text(json, "gp", options->profile->name);
    jam_out_text(json, "outcome",
                 last == NULL         ? "nothing ran"
                 : !last->round.valid ? "invalid"
                                      : jam_outcome_name(last->round.outcome));
    jam_out_bool(json, "good", corevm_fib_good(fib));
    write_trouble(json, fib);
    jam_out_number(json, "gas_used", used);
    jam_out_number(json, "inner_gas_used", inner);
    json->out->failed = json->out->failed || name.failed;
    pvm_buf_deinit(&name);
}

/* Packages that could not be refined are no runs. */
static void name_runs(struct cmd_record *record, const struct corevm_fib *fib)
{
    uint64_t number = 0;
    if (fib->init.valid)
        cmd_record_name(record, number++, "init");
    for (size_t i = 0; i < fib->count; i++) {
        char name[CMD_RECORD_NAME];
        (void)snprintf(name, sizeof name, "n = %" PRIu64, fib->list[i].n);
        if (fib->list[i].round.valid)
            cmd_record_name(record, number++, name);
    }
}

enum pvm_status cmd_record_write_fib(struct cmd_series *series, const char *path,
                                     const struct corevm_fib_options *options,
                                     const struct corevm_fib *fib, struct pvm_err *err)
{
    name_runs(series->record, fib);
    struct jam_out *json = cmd_series_json(series);
    write_outcome(json, options, fib);
    write_log(json, fib);
    cmd_picture_corevm_json(fib, json);
    return cmd_series_save(series, path, err);
}
