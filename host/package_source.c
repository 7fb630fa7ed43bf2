/* SPDX-License-Identifier: Apache-2.0 */
#include "host/package_source.h"

#include "host/codec.h"
#include "host/preimage.h"

enum pvm_status jam_package_source_fill(struct jam_package_source *source,
                                        const struct jam_params *params,
                                        const struct pvm_alloc *alloc, struct pvm_err *err)
{
    const struct jam_work_package *package = source->package;
    source->params.alloc = alloc;
    source->encoded.alloc = alloc;
    source->context.alloc = alloc;
    source->authorizer.alloc = alloc;
    source->summaries.alloc = alloc;
    jam_encode_params(source->profile, params, &source->params);
    jam_encode_package(source->profile, package, &source->encoded);
    jam_encode_context(source->profile, &package->context, &source->context);
    source->profile->authorizer(package, &source->authorizer);
    pvm_buf_add_natural(&source->summaries, package->item_count);
    source->first_summary = source->summaries.len;
    for (size_t i = 0; i < package->item_count; i++)
        jam_encode_summary(&package->items[i], &source->summaries);
    PVM_TRY(pvm_buf_status(&source->params, err));
    PVM_TRY(pvm_buf_status(&source->encoded, err));
    PVM_TRY(pvm_buf_status(&source->context, err));
    PVM_TRY(pvm_buf_status(&source->authorizer, err));
    return pvm_buf_status(&source->summaries, err);
}

void jam_package_source_deinit(struct jam_package_source *source)
{
    pvm_buf_deinit(&source->params);
    pvm_buf_deinit(&source->encoded);
    pvm_buf_deinit(&source->context);
    pvm_buf_deinit(&source->authorizer);
    pvm_buf_deinit(&source->summaries);
}

static bool give(struct pvm_bytes *value, struct pvm_bytes bytes)
{
    *value = bytes;
    return true;
}

static bool give_at(struct pvm_bytes *value, const struct pvm_bytes *list, size_t count,
                    uint64_t index)
{
    return index < count && give(value, list[index]);
}

/* Data of items, which only Refine sees. */
static bool fetch_item_data(const struct jam_package_source *source, enum jam_fetch what,
                            uint64_t item, uint64_t index, struct pvm_bytes *value)
{
    if (!source->refine || item >= source->package->item_count)
        return false;
    const struct jam_item_data *data = &source->data[item];
    if (what == JAM_FETCH_EXTRINSIC)
        return give_at(value, data->extrinsics, data->extrinsic_count, index);
    return give_at(value, data->imports, data->import_count, index);
}

static bool fetch_summary(const struct jam_package_source *source, uint64_t item,
                          struct pvm_bytes *value)
{
    if (item >= source->package->item_count)
        return false;
    size_t at = source->first_summary + (size_t)item * JAM_SUMMARY_SIZE;
    return give(value, pvm_bytes(source->summaries.ptr + at, JAM_SUMMARY_SIZE));
}

/* The cases of GP 0.7.2 B.5 Omega_Y. */
static bool fetch(const struct jam_package_source *source, enum jam_fetch what, uint64_t a,
                  uint64_t b, struct pvm_bytes *value)
{
    static const struct jam_hash zero;
    const struct jam_work_package *package = source->package;
    switch (what) {
    case JAM_FETCH_PARAMS:
        return give(value, pvm_buf_bytes(&source->params));
    case JAM_FETCH_ENTROPY: /* the zero hash in Refine, GP 0.7.2 B.3 F */
        return source->refine && give(value, jam_hash_bytes(&zero));
    case JAM_FETCH_TRACE:
        return source->refine && give(value, source->trace);
    case JAM_FETCH_EXTRINSIC:
    case JAM_FETCH_IMPORT:
        return fetch_item_data(source, what, a, b, value);
    case JAM_FETCH_OWN_EXTRINSIC:
        return fetch_item_data(source, JAM_FETCH_EXTRINSIC, source->item, a, value);
    case JAM_FETCH_OWN_IMPORT:
        return fetch_item_data(source, JAM_FETCH_IMPORT, source->item, a, value);
    case JAM_FETCH_PACKAGE:
        return give(value, pvm_buf_bytes(&source->encoded));
    case JAM_FETCH_AUTHORIZER:
        return give(value, pvm_buf_bytes(&source->authorizer));
    case JAM_FETCH_TOKEN:
        return give(value, package->authorization);
    case JAM_FETCH_CONTEXT:
        return give(value, pvm_buf_bytes(&source->context));
    case JAM_FETCH_ITEMS:
        return give(value, pvm_buf_bytes(&source->summaries));
    case JAM_FETCH_ITEM:
        return fetch_summary(source, a, value);
    case JAM_FETCH_PAYLOAD:
        return a < package->item_count && give(value, package->items[a].payload);
    case JAM_FETCH_NOTHING:
    case JAM_FETCH_INPUTS: /* Accumulate's */
    case JAM_FETCH_INPUT:
    case JAM_FETCH_TRANSFERS: /* On-Transfer's */
    case JAM_FETCH_TRANSFER:
        break;
    }
    return false;
}

enum pvm_status jam_package_fetch(void *user, enum jam_fetch what, uint64_t a, uint64_t b,
                                  bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    (void)err;
    *found = fetch(user, what, a, b, value);
    return PVM_OK;
}

enum pvm_status jam_package_lookup(void *user, uint64_t service, const struct jam_hash *hash,
                                   bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    (void)err;
    const struct jam_package_source *source = user;
    const struct jam_service *account =
        source->state != NULL ? jam_state_find(source->state, service) : NULL;
    *found =
        account != NULL &&
        jam_historical_lookup(account, source->package->context.lookup_anchor_slot, hash, value);
    return PVM_OK;
}
