/* SPDX-License-Identifier: Apache-2.0 */
/* Privileges, and the shared octets they and other parts of state are kept in. */
#include "host/state.h"

struct jam_blob *jam_blob_new(const struct pvm_alloc *alloc, struct pvm_bytes bytes)
{
    struct jam_blob *blob;
    if (bytes.len > SIZE_MAX - sizeof *blob)
        return NULL;
    blob = pvm_alloc_get(alloc, sizeof *blob + bytes.len);
    if (blob == NULL)
        return NULL;
    *blob = (struct jam_blob){.refs = 1, .len = bytes.len, .alloc = alloc};
    if (bytes.len > 0 && bytes.ptr != NULL)
        memcpy(blob->octets, bytes.ptr, bytes.len);
    else if (bytes.len > 0)
        memset(blob->octets, 0, bytes.len);
    return blob;
}

struct jam_blob *jam_blob_ref(struct jam_blob *blob)
{
    if (blob != NULL)
        blob->refs++;
    return blob;
}

void jam_blob_unref(struct jam_blob *blob)
{
    if (blob != NULL && --blob->refs == 0)
        pvm_alloc_free(blob->alloc, blob);
}

static void ids_unref(struct jam_ids *ids)
{
    if (ids != NULL && --ids->refs == 0)
        pvm_alloc_free(ids->alloc, ids);
}

static struct jam_ids *ids_new(const struct pvm_alloc *alloc, const uint32_t *list, size_t count)
{
    struct jam_ids *ids;
    if (count > (SIZE_MAX - sizeof *ids) / sizeof *list)
        return NULL;
    ids = pvm_alloc_get(alloc, sizeof *ids + count * sizeof *list);
    if (ids == NULL)
        return NULL;
    *ids = (struct jam_ids){.refs = 1, .count = count, .alloc = alloc};
    if (count > 0 && list != NULL)
        memcpy(ids->id, list, count * sizeof *list);
    else if (count > 0)
        memset(ids->id, 0, count * sizeof *list);
    return ids;
}

void jam_privileges_init(struct jam_privileges *privileges, const struct pvm_alloc *alloc)
{
    *privileges = (struct jam_privileges){.manager = 0};
    jam_map_init(&privileges->always, alloc);
}

void jam_privileges_deinit(struct jam_privileges *privileges)
{
    ids_unref(privileges->assigners);
    privileges->assigners = NULL;
    jam_map_deinit(&privileges->always);
}

void jam_privileges_copy(struct jam_privileges *copy, const struct jam_privileges *privileges)
{
    *copy = *privileges;
    if (copy->assigners != NULL)
        copy->assigners->refs++;
    jam_map_copy(&copy->always, &privileges->always);
}

uint32_t jam_assigner_get(const struct jam_privileges *privileges, size_t core)
{
    const struct jam_ids *ids = privileges->assigners;
    if (ids == NULL)
        return 0;
    if (ids->count == 1)
        return ids->id[0];
    return core < ids->count ? ids->id[core] : 0;
}

enum pvm_status jam_assigners_set(struct jam_privileges *privileges, const uint32_t *ids,
                                  size_t count, struct pvm_err *err)
{
    struct jam_ids *made = ids_new(privileges->always.alloc, ids, count);
    if (made == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu assigners", count);
    ids_unref(privileges->assigners);
    privileges->assigners = made;
    return PVM_OK;
}

enum pvm_status jam_assigner_set(struct jam_privileges *privileges, size_t core, uint32_t id,
                                 struct pvm_err *err)
{
    struct jam_ids *ids = privileges->assigners;
    if (ids == NULL || core >= ids->count)
        return pvm_fail(err, PVM_E_INTERNAL, "no assigner of core %zu to replace", core);
    if (ids->refs > 1)
        PVM_TRY(jam_assigners_set(privileges, ids->id, ids->count, err));
    privileges->assigners->id[core] = id;
    return PVM_OK;
}

static struct pvm_bytes always_key(uint32_t id, uint8_t key[4])
{
    for (unsigned i = 0; i < 4; i++)
        key[i] = (uint8_t)(id >> (24 - 8 * i));
    return pvm_bytes(key, 4);
}

enum pvm_status jam_always_set(struct jam_privileges *privileges, uint32_t service, uint64_t gas,
                               struct pvm_err *err)
{
    uint8_t key[4];
    uint8_t value[8];
    pvm_store_le(value, gas, sizeof value);
    return jam_map_set(&privileges->always, always_key(service, key),
                       pvm_bytes(value, sizeof value), err);
}

bool jam_always_get(const struct jam_privileges *privileges, uint32_t service, uint64_t *gas)
{
    uint8_t key[4];
    struct pvm_bytes value;
    if (!jam_map_get(&privileges->always, always_key(service, key), &value))
        return false;
    *gas = pvm_load_le(value.ptr, 8);
    return true;
}

bool jam_always_from(const struct jam_privileges *privileges, uint64_t from, struct jam_always *out)
{
    uint8_t key[4];
    struct jam_map_entry entry;
    if (from > UINT32_MAX)
        return false;
    if (from == 0
            ? !jam_map_first(&privileges->always, &entry)
            : !jam_map_after(&privileges->always, always_key((uint32_t)(from - 1), key), &entry))
        return false;
    out->service = 0;
    for (unsigned i = 0; i < 4; i++)
        out->service = out->service << 8 | entry.key.ptr[i];
    out->gas = pvm_load_le(entry.value.ptr, 8);
    return true;
}
