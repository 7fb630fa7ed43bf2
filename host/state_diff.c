/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_diff_text.h"

#include <inttypes.h>
#include <stdio.h>

enum { NAME_SIZE = 40 };

/* ---- services ---- */

static void tell_service(struct jam_diff *diff, const struct jam_service *service, bool added)
{
    jam_diff_group(diff, "service %" PRIu32, service->id);
    jam_diff_begin(diff);
    if (!added) {
        pvm_buf_text(diff->out, "deleted");
        return;
    }
    pvm_buf_printf(diff->out, "new, balance %" PRIu64 ", items %" PRIu32 ", bytes %" PRIu64,
                   service->balance, service->items, service->bytes);
}

static enum pvm_status compare_services(struct jam_diff *diff, struct pvm_err *err)
{
    const struct jam_state *a = diff->before;
    const struct jam_state *b = diff->after;
    size_t i = 0;
    size_t k = 0;
    while (i < a->count || k < b->count) {
        uint64_t left = i < a->count ? a->services[i]->id : UINT64_MAX;
        uint64_t right = k < b->count ? b->services[k]->id : UINT64_MAX;
        if (left < right) {
            tell_service(diff, a->services[i++], false);
        } else if (right < left) {
            tell_service(diff, b->services[k++], true);
        } else {
            jam_diff_group(diff, "service %" PRIu64, left);
            PVM_TRY(jam_diff_service(diff, a->services[i++], b->services[k++], err));
        }
    }
    return PVM_OK;
}

/* ---- components ---- */

static void compare_entropy(struct jam_diff *diff)
{
    char name[NAME_SIZE];
    jam_diff_group(diff, "entropy");
    for (unsigned i = 0; i < 4; i++) {
        (void)snprintf(name, sizeof name, "%u", i);
        jam_diff_hash(diff, name, &diff->before->entropy[i], &diff->after->entropy[i]);
    }
}

static void tell_always(struct jam_diff *diff, uint32_t id, const uint64_t *before,
                        const uint64_t *after)
{
    if (before != NULL && after != NULL && *before == *after)
        return;
    jam_diff_begin(diff);
    pvm_buf_printf(diff->out, "always_acc %" PRIu32 " ", id);
    if (before != NULL)
        pvm_buf_printf(diff->out, "%" PRIu64 " gas -> ", *before);
    else
        pvm_buf_text(diff->out, "none -> ");
    if (after != NULL)
        pvm_buf_printf(diff->out, "%" PRIu64 " gas", *after);
    else
        pvm_buf_text(diff->out, "deleted");
}

static void compare_privileges(struct jam_diff *diff)
{
    const struct jam_privileges *a = &diff->before->privileges;
    const struct jam_privileges *b = &diff->after->privileges;
    struct jam_always always;
    char name[NAME_SIZE];
    uint64_t gas;
    jam_diff_group(diff, "privileges");
    jam_diff_number(diff, "bless", a->manager, b->manager);
    for (size_t core = 0; core < diff->shape->params->core_count; core++) {
        (void)snprintf(name, sizeof name, "assign of core %zu", core);
        jam_diff_number(diff, name, jam_assigner_get(a, core), jam_assigner_get(b, core));
    }
    jam_diff_number(diff, "designate", a->delegator, b->delegator);
    jam_diff_number(diff, "register", a->registrar, b->registrar);
    for (uint64_t id = 0; jam_always_from(a, id, &always); id = (uint64_t)always.service + 1) {
        bool there = jam_always_get(b, always.service, &gas);
        tell_always(diff, always.service, &always.gas, there ? &gas : NULL);
    }
    for (uint64_t id = 0; jam_always_from(b, id, &always); id = (uint64_t)always.service + 1)
        if (!jam_always_get(a, always.service, &gas))
            tell_always(diff, always.service, NULL, &always.gas);
}

/* Items of one size, one behind the other: how many changed, and the first of them. What is not
 * there counts as zeros. */
static void compare_items(struct jam_diff *diff, struct pvm_bytes a, struct pvm_bytes b,
                          size_t size)
{
    static const uint8_t zero[JAM_VALIDATOR_SIZE];
    size_t count = (a.len > b.len ? a.len : b.len) / size;
    size_t changed = 0;
    size_t first = 0;
    for (size_t i = count; i-- > 0;) {
        const uint8_t *left = i < a.len / size ? a.ptr + i * size : zero;
        const uint8_t *right = i < b.len / size ? b.ptr + i * size : zero;
        if (memcmp(left, right, size) == 0)
            continue;
        changed++;
        first = i;
    }
    if (changed == 0)
        return;
    jam_diff_begin(diff);
    pvm_buf_printf(diff->out, "%zu of %zu changed, ", changed, count);
    struct pvm_bytes left = pvm_bytes(first < a.len / size ? a.ptr + first * size : zero, size);
    struct pvm_bytes right = pvm_bytes(first < b.len / size ? b.ptr + first * size : zero, size);
    pvm_buf_printf(diff->out, "entry %zu 0x", first);
    pvm_buf_hex(diff->out, pvm_bytes(left.ptr, 16));
    pvm_buf_text(diff->out, "... -> 0x");
    pvm_buf_hex(diff->out, pvm_bytes(right.ptr, 16));
    pvm_buf_text(diff->out, "...");
}

static void compare_cores(struct jam_diff *diff, const char *name, const struct jam_map *a,
                          const struct jam_map *b)
{
    for (size_t core = 0; core < diff->shape->params->core_count; core++) {
        jam_diff_group(diff, "authorizer %s of core %zu", name, core);
        compare_items(diff, jam_core_get(a, core), jam_core_get(b, core), JAM_HASH_SIZE);
    }
}

static void compare_staging(struct jam_diff *diff)
{
    jam_diff_group(diff, "staging validators");
    compare_items(diff, jam_blob_bytes(diff->before->staging), jam_blob_bytes(diff->after->staging),
                  JAM_VALIDATOR_SIZE);
}

static bool same_hashes(const struct jam_hash_list *a, const struct jam_hash_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!jam_hash_equal(&a->list[i], &b->list[i]))
            return false;
    return true;
}

static bool same_ready(const struct jam_ready_list *a, const struct jam_ready_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!pvm_bytes_equal(jam_blob_bytes(a->list[i].report),
                             jam_blob_bytes(b->list[i].report)) ||
            !same_hashes(&a->list[i].dependencies, &b->list[i].dependencies))
            return false;
    return true;
}

/* "slot 3 1 report -> 2 reports" */
static void tell_list(struct jam_diff *diff, size_t slot, const char *what, size_t before,
                      size_t after)
{
    jam_diff_begin(diff);
    pvm_buf_printf(diff->out, "slot %zu ", slot);
    if (before == after)
        pvm_buf_printf(diff->out, "%zu %s%s changed", before, what, before == 1 ? "" : "s");
    else
        pvm_buf_printf(diff->out, "%zu %s%s -> %zu", before, what, before == 1 ? "" : "s", after);
}

static void compare_ready(struct jam_diff *diff)
{
    static const struct jam_ready_list none;
    const struct jam_state *a = diff->before;
    const struct jam_state *b = diff->after;
    jam_diff_group(diff, "ready queue");
    for (size_t slot = 0; slot < a->ready_count || slot < b->ready_count; slot++) {
        const struct jam_ready_list *left = slot < a->ready_count ? &a->ready[slot] : &none;
        const struct jam_ready_list *right = slot < b->ready_count ? &b->ready[slot] : &none;
        if (!same_ready(left, right))
            tell_list(diff, slot, "report", left->count, right->count);
    }
}

static void compare_accumulated(struct jam_diff *diff)
{
    static const struct jam_hash_list none;
    const struct jam_state *a = diff->before;
    const struct jam_state *b = diff->after;
    jam_diff_group(diff, "accumulation history");
    for (size_t slot = 0; slot < a->accumulated_count || slot < b->accumulated_count; slot++) {
        const struct jam_hash_list *left =
            slot < a->accumulated_count ? &a->accumulated[slot] : &none;
        const struct jam_hash_list *right =
            slot < b->accumulated_count ? &b->accumulated[slot] : &none;
        if (!same_hashes(left, right))
            tell_list(diff, slot, "package", left->count, right->count);
    }
}

static void compare_stat(struct jam_diff *diff, uint32_t id, const struct jam_service_stat *a,
                         const struct jam_service_stat *b)
{
    jam_diff_group(diff, "statistics of service %" PRIu32, id);
#define X(name) jam_diff_number(diff, #name, a->name, b->name);
    JAM_SERVICE_STATS(X)
#undef X
}

static void compare_stats(struct jam_diff *diff)
{
    static const struct jam_service_stat none;
    const struct jam_state *a = diff->before;
    const struct jam_state *b = diff->after;
    size_t i = 0;
    size_t k = 0;
    while (i < a->stat_count || k < b->stat_count) {
        uint64_t left = i < a->stat_count ? a->stats[i].service : UINT64_MAX;
        uint64_t right = k < b->stat_count ? b->stats[k].service : UINT64_MAX;
        uint64_t id = left < right ? left : right;
        compare_stat(diff, (uint32_t)id, left == id ? &a->stats[i] : &none,
                     right == id ? &b->stats[k] : &none);
        i += left == id;
        k += right == id;
    }
}

static int yield_order(const struct jam_yield *a, const struct jam_yield *b)
{
    if (a->service != b->service)
        return a->service < b->service ? -1 : 1;
    return memcmp(a->hash.octets, b->hash.octets, JAM_HASH_SIZE);
}

static void tell_output(struct jam_diff *diff, const struct jam_yield *yield, bool added)
{
    jam_diff_begin(diff);
    pvm_buf_printf(diff->out, "service %" PRIu32 " 0x", yield->service);
    pvm_buf_hex(diff->out, jam_hash_bytes(&yield->hash));
    pvm_buf_text(diff->out, added ? " new" : " gone");
}

static void compare_outputs(struct jam_diff *diff)
{
    const struct jam_state *a = diff->before;
    const struct jam_state *b = diff->after;
    size_t i = 0;
    size_t k = 0;
    jam_diff_group(diff, "accumulation outputs");
    while (i < a->output_count || k < b->output_count) {
        int order = i == a->output_count   ? 1
                    : k == b->output_count ? -1
                                           : yield_order(&a->outputs[i], &b->outputs[k]);
        if (order < 0)
            tell_output(diff, &a->outputs[i], false);
        if (order > 0)
            tell_output(diff, &b->outputs[k], true);
        i += order <= 0;
        k += order >= 0;
    }
}

/* The name of a key-value that was not taken apart. */
static void other_group(struct jam_diff *diff, struct pvm_bytes octets)
{
    struct jam_state_key key;
    unsigned number;
    memcpy(key.octets, octets.ptr, JAM_STATE_KEY_SIZE);
    if (jam_key_is_component(&key, &number))
        jam_diff_group(diff, "%s, C(%u)", jam_component_name(number), number);
    else
        jam_diff_group(diff, "other key-values");
}

static bool all_zero(struct pvm_bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        if (octets.ptr[i] != 0)
            return false;
    return true;
}

static void compare_other(struct jam_diff *diff, struct pvm_bytes key,
                          const struct pvm_bytes *before, const struct pvm_bytes *after)
{
    struct jam_state_key statistics = jam_key_component(JAM_STATE_STATISTICS);
    struct pvm_bytes heads[2];
    other_group(diff, key);
    if (!jam_component_known(diff->shape->profile, JAM_STATE_STATISTICS) ||
        !pvm_bytes_equal(key, jam_state_key_bytes(&statistics))) {
        jam_diff_value(diff, "value of", key, before, after);
        return;
    }
    /* The services in it are compared by name; what is not there is zeros. */
    heads[0] = before != NULL ? jam_component_stats_head(diff->shape, *before) : pvm_bytes_none();
    heads[1] = after != NULL ? jam_component_stats_head(diff->shape, *after) : pvm_bytes_none();
    if ((before != NULL && after != NULL) || !all_zero(heads[before == NULL]))
        jam_diff_value(diff, "of validators and cores", pvm_bytes_none(),
                       before != NULL ? &heads[0] : NULL, after != NULL ? &heads[1] : NULL);
}

static void compare_others(struct jam_diff *diff)
{
    const struct jam_map *a = &diff->before->others;
    const struct jam_map *b = &diff->after->others;
    struct jam_map_entry entry;
    struct pvm_bytes other;
    bool more = jam_map_first(a, &entry);
    for (; more; more = jam_map_after(a, entry.key, &entry)) {
        bool there = jam_map_get(b, entry.key, &other);
        compare_other(diff, entry.key, &entry.value, there ? &other : NULL);
    }
    more = jam_map_first(b, &entry);
    for (; more; more = jam_map_after(b, entry.key, &entry))
        if (!jam_map_get(a, entry.key, &other))
            compare_other(diff, entry.key, NULL, &entry.value);
}

static enum pvm_status compare_all(struct jam_diff *diff, struct pvm_err *err)
{
    PVM_TRY(compare_services(diff, err));
    jam_diff_group(diff, "time");
    jam_diff_number(diff, "slot", diff->before->slot, diff->after->slot);
    compare_entropy(diff);
    compare_privileges(diff);
    compare_cores(diff, "pool", &diff->before->auth_pools, &diff->after->auth_pools);
    compare_cores(diff, "queue", &diff->before->auth_queues, &diff->after->auth_queues);
    compare_staging(diff);
    compare_ready(diff);
    compare_accumulated(diff);
    compare_stats(diff);
    compare_outputs(diff);
    compare_others(diff);
    jam_diff_group(diff, "end");
    return PVM_OK;
}

enum pvm_status jam_state_diff(const struct jam_state *before, const struct jam_state *after,
                               const struct jam_state_shape *shape, struct pvm_buf *out,
                               size_t *count, struct pvm_err *err)
{
    struct jam_diff diff = {.before = before,
                            .after = after,
                            .shape = shape,
                            .out = out,
                            .group = {.alloc = before->alloc}};
    enum pvm_status status = compare_all(&diff, err);
    if (diff.group.failed)
        out->failed = true;
    pvm_buf_deinit(&diff.group);
    *count = diff.count;
    return status == PVM_OK ? pvm_buf_status(out, err) : status;
}
