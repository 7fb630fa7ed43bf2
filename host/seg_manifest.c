/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seal is the last member and always as long:
 *
 *       "seal": "<digest of all up to here, 64 digits> <locator, 16 digits>"
 *     }
 */
#include "host/seg_manifest.h"

#include "host/json.h"
#include "host/json_out.h"

#include <stdio.h>

#define FORMAT     "pvm-segments-1"
#define SEAL       "\"seal\": \""
#define CLOSING    "\"\n}\n"
#define NO_CALLS   "none"
#define UNFINISHED "unfinished"

enum {
    DIGEST_DIGITS = 2 * JAM_HASH_SIZE,
    LOCATOR_DIGITS = 16,
    TAIL_SIZE = DIGEST_DIGITS + 1 + LOCATOR_DIGITS + sizeof CLOSING - 1
};

/* ---- writing ---- */

static void encode_seal(const struct jam_seal *seal, struct pvm_buf *out)
{
    pvm_buf_hex(out, pvm_bytes(seal->digest.octets, JAM_HASH_SIZE));
    pvm_buf_printf(out, " %016llx", (unsigned long long)seal->locator);
    pvm_buf_text(out, CLOSING);
}

static void put_hash(struct jam_out *json, const char *key, const struct jam_hash *hash)
{
    jam_out_hex(json, key, pvm_bytes(hash->octets, JAM_HASH_SIZE));
}

static void put_seal(struct jam_out *json, const struct jam_seal *seal)
{
    put_hash(json, "digest", &seal->digest);
    jam_out_number(json, "size", seal->size);
    jam_out_word(json, "locator", seal->locator);
}

const char *jam_seg_outcome_name(enum pvm_exit outcome)
{
    return outcome == PVM_EXIT_CONTINUE ? UNFINISHED : pvm_exit_name(outcome);
}

const char *jam_seg_invocation_name(int32_t invocation)
{
    return invocation == JAM_SEG_NO_CALLS ? NO_CALLS
                                          : jam_invocation_name((enum jam_invocation)invocation);
}

static void put_foreign(const struct jam_seg_directory *directory, struct jam_out *json)
{
    jam_out_array(json, "extension_calls");
    for (size_t i = 0; i < jam_seg_foreign_count(directory); i++)
        jam_out_number(json, NULL, jam_seg_foreign(directory, i));
    jam_out_end_array(json);
}

static void put_lists(const struct jam_seg_directory *directory, struct jam_out *json)
{
    jam_out_array(json, "programs");
    for (size_t i = 0; i < jam_seg_program_count(directory); i++) {
        jam_out_object(json, NULL);
        put_seal(json, jam_seg_program(directory, i));
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_array(json, "runs");
    for (size_t i = 0; i < jam_seg_run_count(directory); i++) {
        const struct jam_seg_run *run = jam_seg_run(directory, i);
        jam_out_object(json, NULL);
        jam_out_text(json, "name", run->name);
        jam_out_text(json, "invocation", jam_seg_invocation_name(run->invocation));
        put_hash(json, "program", &run->program);
        jam_out_number(json, "segments", run->segments);
        jam_out_text(json, "outcome", jam_seg_outcome_name(run->outcome));
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
    jam_out_array(json, "segments");
    for (size_t i = 0; i < jam_seg_segment_count(directory); i++) {
        const struct jam_seg_entry *entry = jam_seg_entry(directory, i);
        jam_out_object(json, NULL);
        put_seal(json, &entry->seal);
        put_hash(json, "start", &entry->start);
        put_hash(json, "end", &entry->end);
        jam_out_number(json, "steps", entry->steps);
        jam_out_number(json, "gas", entry->gas);
        jam_out_end_object(json);
    }
    jam_out_end_array(json);
}

void jam_seg_manifest_encode(const struct jam_seg_directory *directory, struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    jam_out_object(&json, NULL);
    jam_out_text(&json, "format", FORMAT);
    jam_out_text(&json, "gp", directory->profile->name);
    jam_out_number(&json, "segment_gas", directory->segment_gas);
    put_foreign(directory, &json);
    put_lists(directory, &json);
    pvm_buf_text(out, ",\n  " SEAL);
    struct jam_seal seal = jam_seal_of(pvm_buf_bytes(out));
    encode_seal(&seal, out);
}

/* ---- the seal ---- */

static uint64_t read_digits(const uint8_t *text, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++) {
        uint8_t c = text[i];
        uint64_t digit = c >= '0' && c <= '9' ? (uint64_t)(c - '0') : (uint64_t)(c - 'a') + 10;
        value = value << 4 | (digit & 15);
    }
    return value;
}

/* The number of octets in which two tails differ; the first of them. */
static size_t differences(const uint8_t *a, const uint8_t *b, size_t *first)
{
    size_t count = 0;
    for (size_t i = TAIL_SIZE; i-- > 0;)
        if (a[i] != b[i]) {
            *first = i;
            count++;
        }
    return count;
}

static enum pvm_status flipped(size_t octet, unsigned changed, struct pvm_err *err)
{
    unsigned bit = 0;
    while ((changed >> bit & 1) == 0)
        bit++;
    if (changed >> bit != 1)
        return pvm_fail(err, PVM_E_MALFORMED, JAM_SEG_MANIFEST ": octet %zu was changed", octet);
    return pvm_fail(err, PVM_E_MALFORMED, JAM_SEG_MANIFEST ": bit %u of octet %zu was flipped", bit,
                    octet);
}

/* Either the text is not what the seal says, or the seal itself was changed. */
static enum pvm_status broken(struct pvm_bytes body, const uint8_t *tail, const uint8_t *right,
                              struct pvm_err *err)
{
    size_t at = 0;
    if (differences(tail, right, &at) == 1)
        return flipped(body.len + at, tail[at] ^ right[at], err);
    struct jam_seal seal = {.size = body.len};
    for (unsigned i = 0; i < JAM_HASH_SIZE; i++)
        seal.digest.octets[i] = (uint8_t)read_digits(tail + (size_t)2 * i, 2);
    seal.locator = read_digits(tail + DIGEST_DIGITS + 1, LOCATOR_DIGITS);
    uint64_t bit = jam_seal_find(&seal, body);
    if (bit != UINT64_MAX)
        return flipped((size_t)(bit / 8), 1u << bit % 8, err);
    return pvm_fail(err, PVM_E_MALFORMED,
                    JAM_SEG_MANIFEST ": more than one bit was changed, or it was cut short");
}

static enum pvm_status check_seal(struct pvm_bytes text, struct pvm_err *err)
{
    if (text.len < TAIL_SIZE)
        return pvm_fail(err, PVM_E_MALFORMED, JAM_SEG_MANIFEST ": cut short");
    struct pvm_bytes body = pvm_bytes(text.ptr, text.len - TAIL_SIZE);
    struct jam_seal seal = jam_seal_of(body);
    struct pvm_buf right = {0};
    encode_seal(&seal, &right);
    enum pvm_status status = pvm_buf_status(&right, err);
    if (status == PVM_OK && memcmp(right.ptr, text.ptr + body.len, TAIL_SIZE) != 0)
        status = broken(body, text.ptr + body.len, right.ptr, err);
    pvm_buf_deinit(&right);
    return status;
}

/* ---- reading ---- */

struct manifest_keys {
    const char *format, *gp, *seal;
    uint64_t segment_gas;
    struct jam_json extension_calls, programs, runs, segments;
};

static const struct jam_json_field manifest_fields[] = {
    JAM_JSON_NEEDED(struct manifest_keys, format),
    JAM_JSON_NEEDED(struct manifest_keys, gp),
    JAM_JSON_NEEDED(struct manifest_keys, segment_gas),
    JAM_JSON_NEEDED(struct manifest_keys, extension_calls),
    JAM_JSON_NEEDED(struct manifest_keys, programs),
    JAM_JSON_NEEDED(struct manifest_keys, runs),
    JAM_JSON_NEEDED(struct manifest_keys, segments),
    JAM_JSON_NEEDED(struct manifest_keys, seal),
};

struct entry_keys {
    struct jam_hash digest, start, end;
    uint64_t size, locator, steps, gas;
};

static const struct jam_json_field program_fields[] = {
    JAM_JSON_NEEDED(struct entry_keys, digest),
    JAM_JSON_NEEDED(struct entry_keys, size),
    JAM_JSON_NEEDED(struct entry_keys, locator),
};

static const struct jam_json_field segment_fields[] = {
    JAM_JSON_NEEDED(struct entry_keys, digest),  JAM_JSON_NEEDED(struct entry_keys, size),
    JAM_JSON_NEEDED(struct entry_keys, locator), JAM_JSON_NEEDED(struct entry_keys, start),
    JAM_JSON_NEEDED(struct entry_keys, end),     JAM_JSON_NEEDED(struct entry_keys, steps),
    JAM_JSON_NEEDED(struct entry_keys, gas),
};

struct run_keys {
    const char *name, *invocation, *outcome;
    struct jam_hash program;
    uint64_t segments;
};

static const struct jam_json_field run_fields[] = {
    JAM_JSON_NEEDED(struct run_keys, name),
    JAM_JSON_NEEDED(struct run_keys, invocation),
    JAM_JSON_NEEDED(struct run_keys, program),
    JAM_JSON_NEEDED(struct run_keys, segments),
    JAM_JSON_NEEDED(struct run_keys, outcome),
};

static enum pvm_status read_programs(struct jam_json list, struct pvm_buf *out, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        struct entry_keys keys = {0};
        PVM_TRY(jam_json_fields(it, program_fields, JAM_JSON_COUNT(program_fields), &keys, err));
        struct jam_seal seal = {keys.size, keys.digest, keys.locator};
        pvm_buf_add(out, &seal, sizeof seal);
    }
    return pvm_buf_status(out, err);
}

static enum pvm_status read_segments(struct jam_json list, struct pvm_buf *out, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        struct entry_keys keys = {0};
        PVM_TRY(jam_json_fields(it, segment_fields, JAM_JSON_COUNT(segment_fields), &keys, err));
        struct jam_seg_entry entry = {
            {keys.size, keys.digest, keys.locator}, keys.start, keys.end, keys.steps, keys.gas};
        pvm_buf_add(out, &entry, sizeof entry);
    }
    return pvm_buf_status(out, err);
}

static enum pvm_status read_outcome(struct jam_json json, const char *text, enum pvm_exit *out,
                                    struct pvm_err *err)
{
    for (int exit = PVM_EXIT_CONTINUE; exit <= PVM_EXIT_HOST; exit++) {
        *out = (enum pvm_exit)exit;
        if (strcmp(text, jam_seg_outcome_name(*out)) == 0)
            return PVM_OK;
    }
    return jam_json_fail(json, err, "no outcome: \"%.40s\"", text);
}

static enum pvm_status read_invocation(struct jam_json json, const char *text, int32_t *out,
                                       struct pvm_err *err)
{
    for (*out = JAM_SEG_NO_CALLS; *out < JAM_INVOCATION_COUNT; ++*out)
        if (strcmp(text, jam_seg_invocation_name(*out)) == 0)
            return PVM_OK;
    return jam_json_fail(json, err, "no invocation: \"%.40s\"", text);
}

static enum pvm_status read_foreign(struct jam_json list, struct jam_seg_directory *directory,
                                    struct pvm_err *err)
{
    uint64_t number;
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        PVM_TRY(jam_json_u64(it, JAM_EXTENSION_NUMBERS - 1, &number, err));
        PVM_TRY(jam_seg_put_foreign(directory, number, err));
    }
    return PVM_OK;
}

/* Names are shown to people. */
static bool is_name(const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return len > 0 && len < JAM_SEG_NAME;
}

/* left: segments that no run before has. */
static enum pvm_status read_run(struct jam_json json, uint64_t left, struct jam_seg_run *run,
                                struct pvm_err *err)
{
    struct run_keys keys = {0};
    PVM_TRY(jam_json_fields(json, run_fields, JAM_JSON_COUNT(run_fields), &keys, err));
    PVM_TRY(read_invocation(json, keys.invocation, &run->invocation, err));
    PVM_TRY(read_outcome(json, keys.outcome, &run->outcome, err));
    if (!is_name(keys.name))
        return jam_json_fail(json, err, "no name: 1 to %d printable characters of ASCII",
                             JAM_SEG_NAME - 1);
    if (keys.segments == 0 || keys.segments > left)
        return jam_json_fail(json, err, "%llu segments, %llu are left",
                             (unsigned long long)keys.segments, (unsigned long long)left);
    run->program = keys.program;
    run->segments = keys.segments;
    (void)snprintf(run->name, sizeof run->name, "%s", keys.name);
    return PVM_OK;
}

static enum pvm_status read_runs(struct jam_json list, struct jam_seg_directory *directory,
                                 struct pvm_err *err)
{
    uint64_t left = jam_seg_segment_count(directory);
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_seg_run run = {.outcome = PVM_EXIT_CONTINUE};
        PVM_TRY(read_run(it, left, &run, err));
        left -= run.segments;
        pvm_buf_add(&directory->runs, &run, sizeof run);
    }
    PVM_TRY(pvm_buf_status(&directory->runs, err));
    if (directory->runs.len == 0)
        return jam_json_fail(list, err, "nothing was run");
    if (left != 0)
        return jam_json_fail(list, err, "%llu segments belong to no run", (unsigned long long)left);
    return PVM_OK;
}

static enum pvm_status read_manifest(struct jam_json json, struct jam_seg_directory *directory,
                                     struct pvm_err *err)
{
    struct manifest_keys keys = {0};
    PVM_TRY(jam_json_fields(json, manifest_fields, JAM_JSON_COUNT(manifest_fields), &keys, err));
    if (strcmp(keys.format, FORMAT) != 0)
        return jam_json_fail(json, err, "format is \"%.40s\", not \"" FORMAT "\"", keys.format);
    directory->profile = jam_profile_find(keys.gp);
    if (directory->profile == NULL)
        return jam_json_fail(json, err, "unknown GP version \"%.40s\"", keys.gp);
    directory->segment_gas = keys.segment_gas;
    PVM_TRY(read_foreign(keys.extension_calls, directory, err));
    PVM_TRY(read_programs(keys.programs, &directory->programs, err));
    PVM_TRY(read_segments(keys.segments, &directory->segments, err));
    return read_runs(keys.runs, directory, err);
}

enum pvm_status jam_seg_manifest_decode(struct pvm_bytes text, struct jam_seg_directory *directory,
                                        struct pvm_err *err)
{
    struct jam_json_doc *doc = NULL;
    PVM_TRY(check_seal(text, err));
    PVM_TRY(jam_json_parse(text, JAM_SEG_MANIFEST, directory->alloc, &doc, err));
    enum pvm_status status = read_manifest(jam_json_root(doc), directory, err);
    jam_json_free(doc);
    return status;
}
