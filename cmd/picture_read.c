/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/picture_read.h"

#include "cmd/files.h"
#include "cmd/picture_tables.h"

#define FIELD(member)  JAM_JSON_FIELD(struct cmd_picture, member)
#define NEEDED(member) JAM_JSON_NEEDED(struct cmd_picture, member)

static const struct jam_json_field picture_fields[] = {
    NEEDED(pvm_run),
    NEEDED(name),
    NEEDED(invocation),
    NEEDED(gp),
    NEEDED(outcome),
    FIELD(note_text),
    FIELD(work_result),
    FIELD(good),
    FIELD(gas_limit),
    FIELD(gas_used),
    FIELD(inner_gas_used),
    FIELD(output),
    FIELD(export_root),
    FIELD(output_size),
    FIELD(exports),
    FIELD(log),
    FIELD(changes),
    FIELD(stopped),
    FIELD(stopped_runs),
    FIELD(log_lines),
    FIELD(change_count),
    FIELD(instructions),
    FIELD(bin),
    FIELD(bins),
    FIELD(gas),
    FIELD(inner_gas),
    FIELD(calls),
    FIELD(first_calls),
    FIELD(machines),
    FIELD(calls_unlisted),
    FIELD(call_count),
    FIELD(flame_total),
    FIELD(machines_unlisted),
    FIELD(flame),
    FIELD(blocks),
    FIELD(mix),
    FIELD(corevm),
    FIELD(runs),
    FIELD(runs_unlisted),
    FIELD(change_lines),
};

/* Members that are read later, and what they must be. */
static enum pvm_status check_lists(const struct cmd_picture *picture, struct pvm_err *err)
{
    const struct jam_json lists[] = {picture->log,          picture->changes,  picture->stopped,
                                     picture->first_calls,  picture->machines, picture->calls,
                                     picture->flame,        picture->blocks,   picture->mix,
                                     picture->stopped_runs, picture->runs};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (jam_json_has(lists[i]))
            PVM_TRY(jam_json_expect(lists[i], JAM_JSON_ARRAY, err));
    return PVM_OK;
}

static enum pvm_status check(const struct cmd_picture *picture, struct pvm_err *err)
{
    struct jam_json bins = jam_json_get(picture->root, "bins");
    struct jam_json bin = jam_json_get(picture->root, "bin");
    if (picture->pvm_run != CMD_PICTURE_VERSION)
        return jam_json_fail(jam_json_get(picture->root, "pvm_run"), err,
                             "expected %d: another version of pvm wrote this", CMD_PICTURE_VERSION);
    if (picture->bins > CMD_BINS)
        return jam_json_fail(bins, err, "expected at most %d", CMD_BINS);
    if (jam_json_has(bin) && (picture->bin == 0 || picture->bin > UINT64_MAX / CMD_BINS))
        return jam_json_fail(bin, err, "expected a number of instructions");
    return check_lists(picture, err);
}

enum pvm_status cmd_picture_load(const char *path, struct cmd_picture *out, struct pvm_err *err)
{
    *out = (struct cmd_picture){.bin = 1};
    PVM_TRY(cmd_read_file(path, &out->text, err));
    PVM_TRY(jam_json_parse(pvm_buf_bytes(&out->text), cmd_file_name(path), NULL, &out->doc, err));
    out->root = jam_json_root(out->doc);
    PVM_TRY(jam_json_expect(out->root, JAM_JSON_OBJECT, err));
    if (!jam_json_has(jam_json_get(out->root, "pvm_run")))
        return jam_json_fail(out->root, err, "no run file: pvm run --record writes them");
    PVM_TRY(jam_json_fields(out->root, picture_fields, JAM_JSON_COUNT(picture_fields), out, err));
    return check(out, err);
}

void cmd_picture_deinit(struct cmd_picture *picture)
{
    jam_json_free(picture->doc);
    pvm_buf_deinit(&picture->text);
}

/* ---- members of lists ---- */

enum pvm_status cmd_picture_part(struct jam_json json, struct cmd_picture_part *out,
                                 struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct cmd_picture_part, name),
        JAM_JSON_NEEDED(struct cmd_picture_part, outcome),
        JAM_JSON_NEEDED(struct cmd_picture_part, good),
        JAM_JSON_NEEDED(struct cmd_picture_part, at),
        JAM_JSON_NEEDED(struct cmd_picture_part, gas),
        JAM_JSON_NEEDED(struct cmd_picture_part, gas_limit),
    };
    *out = (struct cmd_picture_part){0};
    return jam_json_fields(json, fields, JAM_JSON_COUNT(fields), out, err);
}

enum pvm_status cmd_picture_call(struct jam_json json, struct cmd_picture_call *out,
                                 struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct cmd_picture_call, name),
        JAM_JSON_NEEDED(struct cmd_picture_call, number),
        JAM_JSON_NEEDED(struct cmd_picture_call, count),
        JAM_JSON_NEEDED(struct cmd_picture_call, gas),
        JAM_JSON_NEEDED(struct cmd_picture_call, bins),
    };
    return jam_json_fields(json, fields, JAM_JSON_COUNT(fields), out, err);
}

enum pvm_status cmd_picture_machine(struct jam_json json, struct cmd_picture_machine *out,
                                    struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct cmd_picture_machine, id),
        JAM_JSON_NEEDED(struct cmd_picture_machine, program),
        JAM_JSON_NEEDED(struct cmd_picture_machine, created),
        JAM_JSON_NEEDED(struct cmd_picture_machine, expunged),
        JAM_JSON_NEEDED(struct cmd_picture_machine, instructions),
        JAM_JSON_NEEDED(struct cmd_picture_machine, gas),
        JAM_JSON_NEEDED(struct cmd_picture_machine, invocations),
        JAM_JSON_NEEDED(struct cmd_picture_machine, exits),
        JAM_JSON_NEEDED(struct cmd_picture_machine, bins),
        JAM_JSON_NEEDED(struct cmd_picture_machine, map),
        JAM_JSON_NEEDED(struct cmd_picture_machine, row_pages),
        JAM_JSON_NEEDED(struct cmd_picture_machine, rows),
        JAM_JSON_FIELD(struct cmd_picture_machine, run),
        JAM_JSON_FIELD(struct cmd_picture_machine, each),
    };
    *out = (struct cmd_picture_machine){0};
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), out, err));
    PVM_TRY(jam_json_expect(out->exits, JAM_JSON_ARRAY, err));
    PVM_TRY(jam_json_expect(out->map, JAM_JSON_ARRAY, err));
    PVM_TRY(jam_json_expect(out->rows, JAM_JSON_ARRAY, err));
    if (jam_json_count(out->rows) > CMD_ROWS)
        return jam_json_fail(out->rows, err, "expected at most %d rows", CMD_ROWS);
    return PVM_OK;
}

enum pvm_status cmd_picture_row(struct jam_json json, struct cmd_picture_row *out,
                                struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct cmd_picture_row, page),
        JAM_JSON_NEEDED(struct cmd_picture_row, reads),
        JAM_JSON_NEEDED(struct cmd_picture_row, writes),
        JAM_JSON_NEEDED(struct cmd_picture_row, first),
        JAM_JSON_NEEDED(struct cmd_picture_row, last),
        JAM_JSON_NEEDED(struct cmd_picture_row, read),
        JAM_JSON_NEEDED(struct cmd_picture_row, written),
    };
    return jam_json_fields(json, fields, JAM_JSON_COUNT(fields), out, err);
}

/* ---- numbers in a text ---- */

/* A number below 2^64 at *text, which moves behind it. */
static bool take(const char **text, uint64_t *out)
{
    uint64_t value = 0;
    const char *at = *text;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    bool any = at != *text;
    *text = at;
    *out = value;
    return any;
}

/* Moves behind the character, or says that it is another one. */
static bool skip(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

enum pvm_status cmd_picture_bins(struct jam_json json, struct cmd_bins *out, struct pvm_err *err)
{
    const char *text = "";
    *out = (struct cmd_bins){{0}};
    PVM_TRY(jam_json_text(json, &text, err));
    while (*text != '\0') {
        uint64_t bin;
        uint64_t count;
        if (!take(&text, &bin) || bin >= CMD_BINS || !skip(&text, ':') || !take(&text, &count) ||
            count > UINT32_MAX || (*text != '\0' && !skip(&text, ' ')))
            return jam_json_fail(
                json, err, "expected BIN:COUNT, bins below %d, with blanks between", CMD_BINS);
        out->at[bin] = (uint32_t)count;
    }
    return PVM_OK;
}

enum pvm_status cmd_picture_values(const struct cmd_picture *picture, const char *name,
                                   const char *text, uint64_t out[CMD_BINS + 1], unsigned *count,
                                   struct pvm_err *err)
{
    for (*count = 0; text != NULL && *text != '\0'; ++*count)
        if (*count > CMD_BINS || !take(&text, &out[*count]) || (*text != '\0' && !skip(&text, ' ')))
            return jam_json_fail(jam_json_get(picture->root, name), err,
                                 "expected at most %d numbers with blanks between", CMD_BINS + 1);
    return PVM_OK;
}

enum pvm_status cmd_picture_text(struct jam_json json, const char *absent, const char **out,
                                 struct pvm_err *err)
{
    *out = absent;
    if (!jam_json_has(json) || jam_json_type(json) == JAM_JSON_NULL)
        return PVM_OK;
    return jam_json_text(json, out, err);
}
