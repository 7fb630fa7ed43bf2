/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_case.h"

#include "host/disk.h"
#include "host/hash.h"
#include "host/vector_compare.h"
#include "host/vector_machine.h"

#include <stdio.h>

/* As much as inner machines may take, four times what GP 0.7.2 gives a refinement. */
static const uint64_t most_gas = 20000000000;
/* What one case may take of our memory, and one of its blobs. */
static const size_t case_limit = (size_t)512 << 20;
static const size_t blob_limit = (size_t)64 << 20;

void jam_case_init(struct jam_case *c, const char *path, const struct jam_vector_options *options)
{
    *c = (struct jam_case){.path = path};
    jam_arena_init(&c->arena, case_limit, options->alloc);
}

void jam_case_deinit(struct jam_case *c)
{
    jam_arena_deinit(&c->arena);
}

/* ---- octets ---- */

static bool read_digit(char c, uint8_t *out)
{
    if (c >= '0' && c <= '9')
        *out = (uint8_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *out = (uint8_t)(c - 'a' + 10);
    else
        return false;
    return true;
}

bool jam_case_hex(const char *text, size_t len, uint8_t *out)
{
    if (strncmp(text, "0x", 2) == 0)
        text += 2;
    if (strlen(text) != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        uint8_t high;
        uint8_t low;
        if (!read_digit(text[2 * i], &high) || !read_digit(text[2 * i + 1], &low))
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

enum pvm_status jam_case_read(const struct jam_case *c, const char *name, struct pvm_buf *out,
                              struct pvm_err *err)
{
    const char *slash = strrchr(c->path, '/');
    struct pvm_buf path = {.alloc = c->arena.alloc};
    pvm_buf_add(&path, c->path, slash == NULL ? 0 : (size_t)(slash - c->path) + 1);
    pvm_buf_text(&path, name);
    const char *text = pvm_buf_str(&path);
    enum pvm_status status = pvm_buf_status(&path, err);
    if (status == PVM_OK)
        status = jam_disk_read(text, blob_limit, out, err);
    pvm_buf_deinit(&path);
    return status;
}

static enum pvm_status read_blob(const struct jam_case *c, struct jam_json json, const char *name,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_err own = {.status = PVM_OK};
    struct jam_hash want;
    char file[2 * JAM_HASH_SIZE + 16];
    if (strlen(name) != 2 * (size_t)JAM_HASH_SIZE ||
        !jam_case_hex(name, JAM_HASH_SIZE, want.octets))
        return jam_json_fail(json, err, "\"%.80s\" is no hash", name);
    snprintf(file, sizeof file, "blobs/%s.bin", name);
    enum pvm_status status = jam_case_read(c, file, out, &own);
    if (status == PVM_E_MALFORMED)
        return jam_json_fail(json, err, "%s", own.msg);
    if (status != PVM_OK)
        return pvm_fail(err, status, "%s", own.msg);
    struct jam_hash real = jam_hash(pvm_buf_bytes(out));
    if (!jam_hash_equal(&real, &want))
        return jam_json_fail(json, err, "%s has another hash", file);
    return PVM_OK;
}

enum pvm_status jam_case_octets(struct jam_case *c, struct jam_json json, struct pvm_bytes *out,
                                struct pvm_err *err)
{
    static const char blob[] = "blob:";
    const char *text;
    struct pvm_buf octets = {.alloc = c->arena.alloc};
    PVM_TRY(jam_json_text(json, &text, err));
    enum pvm_status status;
    if (strncmp(text, blob, sizeof blob - 1) == 0)
        status = read_blob(c, json, text + sizeof blob - 1, &octets, err);
    else
        status = jam_json_hex(json, &octets, err);
    if (status == PVM_OK)
        status = pvm_buf_status(&octets, err);
    if (status == PVM_OK)
        status = jam_arena_copy(&c->arena, pvm_buf_bytes(&octets), out, err);
    pvm_buf_deinit(&octets);
    return status;
}

enum pvm_status jam_case_exactly(struct jam_case *c, struct jam_json json, size_t len, void *out,
                                 struct pvm_err *err)
{
    struct pvm_bytes octets;
    PVM_TRY(jam_case_octets(c, json, &octets, err));
    if (octets.len != len)
        return jam_json_fail(json, err, "expected %zu octets, got %zu", len, octets.len);
    memcpy(out, octets.ptr, len);
    return PVM_OK;
}

enum pvm_status jam_case_list(struct jam_case *c, struct jam_json json, enum jam_json_type type,
                              size_t size, void **out, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(json, type, err));
    return jam_arena_get(&c->arena, jam_json_count(json), size, out, err);
}

/* ---- what comes first ---- */

static enum pvm_status load_profile(struct jam_case *c, struct jam_json root,
                                    const struct jam_case_keys *keys,
                                    const struct jam_vector_options *options, struct pvm_err *err)
{
    bool tiny = strcmp(keys->config, "tiny") == 0;
    c->profile = options->profile != NULL ? options->profile : jam_profile_find(keys->gp_version);
    if (c->profile == NULL)
        return jam_json_fail(jam_json_get(root, "gp_version"), err, "unknown version \"%.40s\"",
                             keys->gp_version);
    if (!tiny && strcmp(keys->config, "full") != 0)
        return jam_json_fail(jam_json_get(root, "config"), err,
                             "expected \"tiny\" or \"full\", got \"%.40s\"", keys->config);
    jam_params_get(c->profile, tiny ? JAM_PARAMS_TINY : JAM_PARAMS_FULL, &c->params);
    return PVM_OK;
}

enum pvm_status jam_case_gas(struct jam_json json, uint64_t gas, struct pvm_err *err)
{
    if (gas > most_gas)
        return jam_json_fail(json, err, "%llu is more gas than the %llu that a case may take",
                             (unsigned long long)gas, (unsigned long long)most_gas);
    return PVM_OK;
}

enum pvm_status jam_case_load(struct jam_case *c, struct jam_json root,
                              const struct jam_case_keys *keys,
                              const struct jam_vector_options *options, struct pvm_err *err)
{
    uint64_t service = 0;
    int invocation = 0;
    PVM_TRY(load_profile(c, root, keys, options, err));
    while (invocation < JAM_INVOCATION_COUNT &&
           strcmp(keys->entry, jam_invocation_name((enum jam_invocation)invocation)) != 0)
        invocation++;
    if (invocation == JAM_INVOCATION_COUNT)
        return jam_json_fail(jam_json_get(root, "entry"), err, "unknown invocation \"%.40s\"",
                             keys->entry);
    c->invocation = (enum jam_invocation)invocation;
    PVM_TRY(jam_case_gas(jam_json_get(root, "gas_limit"), keys->gas_limit, err));
    c->entry = keys->entry_pc;
    c->gas = keys->gas_limit;
    if (c->invocation != JAM_IS_AUTHORIZED || jam_json_type(keys->service) != JAM_JSON_NULL)
        PVM_TRY(jam_json_u64(keys->service, UINT32_MAX, &service, err));
    c->service = (uint32_t)service;
    return jam_case_octets(c, keys->arguments, &c->args, err);
}

/* ---- how it ends ---- */

/* In the order of jam_outcome. Without code nothing runs, whatever is wrong with it. */
static const char *const exits[] = {
    [JAM_ENDED_HALT] = "halt",         [JAM_ENDED_OOG] = "out-of-gas",
    [JAM_ENDED_PANIC] = "panic",       [JAM_ENDED_BAD_EXPORTS] = "bad-exports",
    [JAM_ENDED_OVERSIZE] = "oversize", [JAM_ENDED_BAD] = "no-code",
    [JAM_ENDED_BIG] = "no-code",
};

enum pvm_status jam_case_exit(struct jam_json json, const char **out, struct pvm_err *err)
{
    const char *name;
    PVM_TRY(jam_json_text(json, &name, err));
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++) {
        if (strcmp(name, exits[i]) != 0)
            continue;
        *out = exits[i];
        return PVM_OK;
    }
    return jam_json_fail(json, err, "unknown exit \"%.40s\"", name);
}

/* The number that a key of an object is. */
static enum pvm_status read_number(struct jam_json json, uint64_t *out, struct pvm_err *err)
{
    const char *key = jam_json_key(json);
    *out = 0;
    for (const char *at = key; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || at - key >= 9)
            return jam_json_fail(json, err, "the key is no number of a call");
        *out = *out * 10 + (uint64_t)(*at - '0');
    }
    return *key != '\0' ? PVM_OK : jam_json_fail(json, err, "the key is no number of a call");
}

enum pvm_status jam_case_calls(struct jam_case *c, struct jam_json json, struct jam_case_end *end,
                               struct pvm_err *err)
{
    void *list;
    PVM_TRY(jam_case_list(c, json, JAM_JSON_OBJECT, sizeof *end->calls, &list, err));
    end->calls = list;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_case_call *call = &end->calls[end->call_count++];
        PVM_TRY(read_number(it, &call->number, err));
        PVM_TRY(jam_json_u64(it, UINT64_MAX, &call->count, err));
    }
    return PVM_OK;
}

bool jam_case_same_end(const struct jam_case_end *end, const struct jam_result *result,
                       struct pvm_buf *why)
{
    return jam_same_text("exit", end->exit, exits[result->outcome], why) &&
           jam_same_count("gas", end->gas_used, result->gas_used, why);
}

/* Numbers that are no call of the version are counted together. */
static bool same_counts(const struct jam_profile *profile, const struct jam_case_end *end,
                        const struct jam_result *result, struct pvm_buf *why)
{
    uint64_t expected[JAM_CALL_COUNT + 1] = {0};
    for (size_t i = 0; i < end->call_count; i++)
        expected[jam_call_of_number(profile, end->calls[i].number)] += end->calls[i].count;
    for (unsigned id = 0; id <= JAM_CALL_COUNT; id++) {
        char what[64];
        snprintf(what, sizeof what, "calls of %s",
                 id < JAM_CALL_COUNT ? jam_call_table[id].name : "unknown numbers");
        if (!jam_same_count(what, expected[id], result->calls[id].count, why))
            return false;
    }
    return true;
}

bool jam_case_same_calls(const struct jam_profile *profile, const struct jam_case_end *end,
                         const struct jam_result *result, struct pvm_buf *why)
{
    uint64_t charged = 0;
    for (unsigned id = 0; id <= JAM_CALL_COUNT; id++)
        charged += result->calls[id].gas;
    return same_counts(profile, end, result, why) &&
           (!end->has_instructions ||
            jam_same_count("instructions", end->instructions, result->gas_used - charged, why)) &&
           (!end->has_inner || jam_same_count("instructions of inner machines", end->inner_gas,
                                              result->inner_gas, why));
}

bool jam_case_same_octets(const char *what, const struct pvm_bytes *expected,
                          const struct pvm_bytes *got, struct pvm_buf *why)
{
    if (expected == NULL ? got == NULL : got != NULL && pvm_bytes_equal(*expected, *got))
        return true;
    pvm_buf_printf(why, "%s: expected ", what);
    jam_text_octets(expected, why);
    pvm_buf_text(why, ", got ");
    jam_text_octets(got, why);
    return false;
}
