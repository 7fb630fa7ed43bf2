/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_compare.h"

#include "host/report.h"

enum { SHOWN = 40 };

void jam_text_octets(const struct pvm_bytes *octets, struct pvm_buf *out)
{
    if (octets == NULL) {
        pvm_buf_text(out, "none");
        return;
    }
    pvm_buf_printf(out, "%zu byte%s", octets->len, octets->len == 1 ? "" : "s");
    if (octets->len == 0)
        return;
    pvm_buf_text(out, " 0x");
    pvm_buf_hex(out, pvm_bytes(octets->ptr, octets->len < SHOWN ? octets->len : SHOWN));
    if (octets->len > SHOWN)
        pvm_buf_text(out, "...");
}

static void text_hex(struct pvm_bytes octets, struct pvm_buf *out)
{
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, pvm_bytes(octets.ptr, octets.len < SHOWN ? octets.len : SHOWN));
    if (octets.len > SHOWN)
        pvm_buf_text(out, "...");
}

static void put_value(const struct pvm_bytes *value, jam_octets_text text, struct pvm_buf *out)
{
    if (value == NULL || text == NULL)
        jam_text_octets(value, out);
    else
        text(*value, out);
}

/* What is expected and what is there. Octets that begin alike are shown from where they part. */
static void put_both(const struct pvm_bytes *expected, const struct pvm_bytes *got,
                     jam_octets_text text, struct pvm_buf *out)
{
    size_t same = 0;
    if (expected != NULL && got != NULL)
        while (same < expected->len && same < got->len && expected->ptr[same] == got->ptr[same])
            same++;
    if (text == NULL && same >= SHOWN / 2) {
        pvm_buf_printf(out, ": expected %zu bytes, got %zu, from byte %zu on ", expected->len,
                       got->len, same);
        text_hex(pvm_bytes(expected->ptr + same, expected->len - same), out);
        pvm_buf_text(out, ", got ");
        text_hex(pvm_bytes(got->ptr + same, got->len - same), out);
        return;
    }
    pvm_buf_text(out, ": expected ");
    put_value(expected, text, out);
    pvm_buf_text(out, ", got ");
    put_value(got, text, out);
}

bool jam_compare_maps(const struct jam_map *expected, const struct jam_map *got, const char *what,
                      jam_octets_text key_text, jam_octets_text value_text, struct pvm_buf *out)
{
    struct jam_map_entry a;
    struct jam_map_entry b;
    bool has_a = jam_map_first(expected, &a);
    bool has_b = jam_map_first(got, &b);
    while (has_a || has_b) {
        int order = !has_b ? -1 : !has_a ? 1 : pvm_bytes_compare(a.key, b.key);
        if (order != 0 || !pvm_bytes_equal(a.value, b.value)) {
            struct pvm_bytes key = order <= 0 ? a.key : b.key;
            pvm_buf_text(out, what);
            (key_text != NULL ? key_text : text_hex)(key, out);
            put_both(order <= 0 ? &a.value : NULL, order >= 0 ? &b.value : NULL, value_text, out);
            return false;
        }
        has_a = jam_map_after(expected, a.key, &a);
        has_b = jam_map_after(got, b.key, &b);
    }
    return true;
}

/* ---- plain values ---- */

static bool same_number(const char *what, uint64_t expected, uint64_t got, struct pvm_buf *out)
{
    if (expected == got)
        return true;
    pvm_buf_printf(out, "%s: expected %llu, got %llu", what, (unsigned long long)expected,
                   (unsigned long long)got);
    return false;
}

static bool same_hash(const char *what, const struct jam_hash *expected, const struct jam_hash *got,
                      struct pvm_buf *out)
{
    if (jam_hash_equal(expected, got))
        return true;
    pvm_buf_printf(out, "%s: expected ", what);
    text_hex(jam_hash_bytes(expected), out);
    pvm_buf_text(out, ", got ");
    text_hex(jam_hash_bytes(got), out);
    return false;
}

/* ---- accounts ---- */

static void text_request_key(struct pvm_bytes key, struct pvm_buf *out)
{
    if (key.len != JAM_HASH_SIZE + 4) {
        text_hex(key, out);
        return;
    }
    text_hex(pvm_bytes(key.ptr, JAM_HASH_SIZE), out);
    pvm_buf_printf(out, " of %llu bytes",
                   (unsigned long long)pvm_load_le(key.ptr + JAM_HASH_SIZE, 4));
}

static void text_slots(struct pvm_bytes value, struct pvm_buf *out)
{
    pvm_buf_text(out, "slots [");
    for (size_t i = 0; i + 4 <= value.len; i += 4)
        pvm_buf_printf(out, "%s%llu", i == 0 ? "" : ", ",
                       (unsigned long long)pvm_load_le(value.ptr + i, 4));
    pvm_buf_text(out, "]");
}

static bool same_fields(const struct jam_service *expected, const struct jam_service *got,
                        struct pvm_buf *out)
{
#define SAME(field) same_number(#field, expected->field, got->field, out)
    return same_hash("code_hash", &expected->code_hash, &got->code_hash, out) && SAME(balance) &&
           SAME(min_item_gas) && SAME(min_memo_gas) && SAME(bytes) && SAME(items) &&
           SAME(deposit_offset) && SAME(creation_slot) && SAME(last_accumulation_slot) &&
           SAME(parent_service);
#undef SAME
}

static bool same_account(const struct jam_service *expected, const struct jam_service *got,
                         struct pvm_buf *out)
{
    /* What a service stores comes first: it says more than the counters that follow from it. */
    return jam_compare_maps(&expected->storage, &got->storage, "storage ", NULL, NULL, out) &&
           jam_compare_maps(&expected->preimages, &got->preimages, "preimage ", NULL, NULL, out) &&
           jam_compare_maps(&expected->requests, &got->requests, "request for ", text_request_key,
                            text_slots, out) &&
           jam_compare_maps(&expected->hidden, &got->hidden, "entry ", NULL, NULL, out) &&
           same_fields(expected, got, out);
}

static bool same_services(const struct jam_state *expected, const struct jam_state *got,
                          struct pvm_buf *out)
{
    size_t i = 0;
    size_t k = 0;
    while (i < expected->count || k < got->count) {
        const struct jam_service *a = i < expected->count ? expected->services[i] : NULL;
        const struct jam_service *b = k < got->count ? got->services[k] : NULL;
        if (a != NULL && (b == NULL || a->id < b->id)) {
            pvm_buf_printf(out, "service %u: expected, but it is not there", (unsigned)a->id);
            return false;
        }
        if (a == NULL || b == NULL || b->id < a->id) {
            pvm_buf_printf(out, "service %u: there, but not expected",
                           b != NULL ? (unsigned)b->id : 0);
            return false;
        }
        size_t before = out->len;
        pvm_buf_printf(out, "service %u: ", (unsigned)a->id);
        if (!same_account(a, b, out))
            return false;
        if (!out->failed)
            out->len = before;
        i++;
        k++;
    }
    return true;
}

/* ---- privileges, queues, staging set ---- */

static void text_id(struct pvm_bytes key, struct pvm_buf *out)
{
    uint64_t id = 0;
    for (size_t i = 0; i < key.len && i < 4; i++)
        id = id << 8 | key.ptr[i];
    pvm_buf_printf(out, "%llu", (unsigned long long)id);
}

static void text_gas(struct pvm_bytes value, struct pvm_buf *out)
{
    pvm_buf_printf(out, "gas %llu",
                   (unsigned long long)(value.len == 8 ? pvm_load_le(value.ptr, 8) : 0));
}

static bool same_privileges(const struct jam_privileges *expected, const struct jam_privileges *got,
                            struct pvm_buf *out)
{
    size_t cores = expected->assigners != NULL ? expected->assigners->count : 0;
    if (got->assigners != NULL && got->assigners->count > cores)
        cores = got->assigners->count;
    if (!same_number("manager", expected->manager, got->manager, out) ||
        !same_number("delegator", expected->delegator, got->delegator, out) ||
        !same_number("registrar", expected->registrar, got->registrar, out))
        return false;
    for (size_t core = 0; core < cores; core++)
        if (jam_assigner_get(expected, core) != jam_assigner_get(got, core)) {
            pvm_buf_printf(out, "assigner of core %zu: expected %u, got %u", core,
                           (unsigned)jam_assigner_get(expected, core),
                           (unsigned)jam_assigner_get(got, core));
            return false;
        }
    return jam_compare_maps(&expected->always, &got->always, "always-accumulating service ",
                            text_id, text_gas, out);
}

static bool same_staging(const struct jam_blob *expected, const struct jam_blob *got,
                         struct pvm_buf *out)
{
    struct pvm_bytes a = jam_blob_bytes(expected);
    struct pvm_bytes b = jam_blob_bytes(got);
    if (pvm_bytes_equal(a, b))
        return true;
    size_t at = 0;
    while (at < a.len && at < b.len && a.ptr[at] == b.ptr[at])
        at++;
    pvm_buf_printf(out, "staging set: validator %zu differs", at / JAM_VALIDATOR_SIZE);
    return false;
}

/* ---- ready queue and history ---- */

static void text_hashes(const struct jam_hash_list *list, struct pvm_buf *out)
{
    pvm_buf_text(out, "[");
    for (size_t i = 0; i < list->count && i < 4; i++) {
        pvm_buf_text(out, i == 0 ? "" : ", ");
        text_hex(jam_hash_bytes(&list->list[i]), out);
    }
    pvm_buf_text(out, list->count > 4 ? ", ...]" : "]");
}

static bool same_hashes(const struct jam_hash_list *expected, const struct jam_hash_list *got,
                        struct pvm_buf *out)
{
    if (expected->count == got->count &&
        (got->count == 0 || memcmp(expected->list, got->list, got->count * sizeof *got->list) == 0))
        return true;
    pvm_buf_text(out, "expected ");
    text_hashes(expected, out);
    pvm_buf_text(out, ", got ");
    text_hashes(got, out);
    return false;
}

static void text_package(const struct jam_ready *entry, struct pvm_buf *out)
{
    struct jam_hash package;
    if (jam_report_package_hash(jam_blob_bytes(entry->report), &package))
        text_hex(jam_hash_bytes(&package), out);
}

static bool same_ready_entry(const struct jam_ready *expected, const struct jam_ready *got,
                             struct pvm_buf *out)
{
    if (pvm_bytes_equal(jam_blob_bytes(expected->report), jam_blob_bytes(got->report))) {
        pvm_buf_text(out, "dependencies: ");
        return same_hashes(&expected->dependencies, &got->dependencies, out);
    }
    pvm_buf_text(out, "expected package ");
    text_package(expected, out);
    pvm_buf_text(out, ", got ");
    text_package(got, out);
    return false;
}

static bool same_ready(const struct jam_ready_list *expected, const struct jam_ready_list *got,
                       size_t slot, struct pvm_buf *out)
{
    size_t before = out->len;
    pvm_buf_printf(out, "ready queue, slot %zu: ", slot);
    if (!same_number("reports", expected->count, got->count, out))
        return false;
    for (size_t i = 0; i < got->count; i++) {
        size_t here = out->len;
        pvm_buf_printf(out, "report %zu: ", i);
        if (!same_ready_entry(&expected->list[i], &got->list[i], out))
            return false;
        if (!out->failed)
            out->len = here;
    }
    if (!out->failed)
        out->len = before;
    return true;
}

static bool same_queues(const struct jam_state *expected, const struct jam_state *got,
                        struct pvm_buf *out)
{
    if (!same_number("slots of the ready queue", expected->ready_count, got->ready_count, out) ||
        !same_number("slots of the history", expected->accumulated_count, got->accumulated_count,
                     out))
        return false;
    for (size_t i = 0; i < got->ready_count; i++)
        if (!same_ready(&expected->ready[i], &got->ready[i], i, out))
            return false;
    for (size_t i = 0; i < got->accumulated_count; i++) {
        size_t before = out->len;
        pvm_buf_printf(out, "accumulated packages, slot %zu: ", i);
        if (!same_hashes(&expected->accumulated[i], &got->accumulated[i], out))
            return false;
        if (!out->failed)
            out->len = before;
    }
    return true;
}

/* ---- statistics ---- */

static bool same_stat(const struct jam_service_stat *expected, const struct jam_service_stat *got,
                      struct pvm_buf *out)
{
#define X(name)                                                                                    \
    if (!same_number(#name, expected->name, got->name, out))                                       \
        return false;
    JAM_SERVICE_STATS(X)
#undef X
    return true;
}

static bool same_stats(const struct jam_state *expected, const struct jam_state *got,
                       struct pvm_buf *out)
{
    for (size_t i = 0; i < expected->stat_count || i < got->stat_count; i++) {
        const struct jam_service_stat *a = i < expected->stat_count ? &expected->stats[i] : NULL;
        const struct jam_service_stat *b = i < got->stat_count ? &got->stats[i] : NULL;
        if (a != NULL && (b == NULL || a->service < b->service)) {
            pvm_buf_printf(out, "statistics of service %u: expected, but not there",
                           (unsigned)a->service);
            return false;
        }
        if (a == NULL || b == NULL || b->service < a->service) {
            pvm_buf_printf(out, "statistics of service %u: there, but not expected",
                           b != NULL ? (unsigned)b->service : 0);
            return false;
        }
        size_t before = out->len;
        pvm_buf_printf(out, "statistics of service %u: ", (unsigned)a->service);
        if (!same_stat(a, b, out))
            return false;
        if (!out->failed)
            out->len = before;
    }
    return true;
}

bool jam_compare_states(const struct jam_state *expected, const struct jam_state *got,
                        struct pvm_buf *out)
{
    return same_services(expected, got, out) &&
           same_privileges(&expected->privileges, &got->privileges, out) &&
           jam_compare_maps(&expected->auth_queues, &got->auth_queues, "authorizer queue of core ",
                            text_id, NULL, out) &&
           same_staging(expected->staging, got->staging, out) && same_queues(expected, got, out) &&
           same_stats(expected, got, out) &&
           same_hash("entropy", &expected->entropy[0], &got->entropy[0], out) &&
           same_number("slot", expected->slot, got->slot, out);
}
