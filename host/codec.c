/* SPDX-License-Identifier: Apache-2.0 */
#include "host/codec.h"

#include "host/hash.h"
#include "host/state.h"

static void add_hash(struct pvm_buf *out, const struct jam_hash *hash)
{
    pvm_buf_add(out, hash->octets, JAM_HASH_SIZE);
}

/* GP 0.7.2 C.2, I: an index, its top bit set when the hash is a work package's. */
static void add_imports(struct pvm_buf *out, const struct jam_work_item *item)
{
    pvm_buf_add_natural(out, item->import_count);
    for (size_t i = 0; i < item->import_count; i++) {
        const struct jam_import *import = &item->import_segments[i];
        add_hash(out, &import->tree_root);
        pvm_buf_add_le(out, import->index + (import->by_package ? UINT64_C(0x8000) : 0), 2);
    }
}

static void add_extrinsics(struct pvm_buf *out, const struct jam_work_item *item)
{
    pvm_buf_add_natural(out, item->extrinsic_count);
    for (size_t i = 0; i < item->extrinsic_count; i++) {
        add_hash(out, &item->extrinsic[i].hash);
        pvm_buf_add_le(out, item->extrinsic[i].len, 4);
    }
}

static void item_062(const struct jam_work_item *item, struct pvm_buf *out)
{
    pvm_buf_add_le(out, item->service, 4);
    add_hash(out, &item->code_hash);
    pvm_buf_add_blob(out, item->payload);
    pvm_buf_add_le(out, item->refine_gas_limit, 8);
    pvm_buf_add_le(out, item->accumulate_gas_limit, 8);
    add_imports(out, item);
    add_extrinsics(out, item);
    pvm_buf_add_le(out, item->export_count, 2);
}

static void item_070(const struct jam_work_item *item, struct pvm_buf *out)
{
    pvm_buf_add_le(out, item->service, 4);
    add_hash(out, &item->code_hash);
    pvm_buf_add_le(out, item->refine_gas_limit, 8);
    pvm_buf_add_le(out, item->accumulate_gas_limit, 8);
    pvm_buf_add_le(out, item->export_count, 2);
    pvm_buf_add_blob(out, item->payload);
    add_imports(out, item);
    add_extrinsics(out, item);
}

static void add_prerequisites(const struct jam_refine_context *context, struct pvm_buf *out)
{
    pvm_buf_add_natural(out, context->prerequisite_count);
    for (size_t i = 0; i < context->prerequisite_count; i++)
        add_hash(out, &context->prerequisites[i]);
}

void jam_context_062(const struct jam_refine_context *context, struct pvm_buf *out)
{
    add_hash(out, &context->anchor);
    add_hash(out, &context->state_root);
    add_hash(out, &context->beefy_root);
    add_hash(out, &context->lookup_anchor);
    pvm_buf_add_le(out, context->lookup_anchor_slot, 4);
    add_prerequisites(context, out);
}

/* GP 0.8.0 C.2: with the slot of one anchor and the state root of the other. */
void jam_context_080(const struct jam_refine_context *context, struct pvm_buf *out)
{
    add_hash(out, &context->anchor);
    pvm_buf_add_le(out, context->anchor_slot, 4);
    add_hash(out, &context->state_root);
    add_hash(out, &context->beefy_root);
    add_hash(out, &context->lookup_anchor);
    pvm_buf_add_le(out, context->lookup_anchor_slot, 4);
    add_hash(out, &context->lookup_anchor_state_root);
    add_prerequisites(context, out);
}

/* GP 0.6.7 C.2. */
void jam_package_062(const struct jam_work_package *package, struct pvm_buf *out)
{
    pvm_buf_add_blob(out, package->authorization);
    pvm_buf_add_le(out, package->auth_code_host, 4);
    add_hash(out, &package->auth_code_hash);
    pvm_buf_add_blob(out, package->authorizer_config);
    jam_context_062(&package->context, out);
    pvm_buf_add_natural(out, package->item_count);
    for (size_t i = 0; i < package->item_count; i++)
        item_062(&package->items[i], out);
}

/* GP 0.7.0 C.2: what varies in length went to the end. */
static void package_070(const struct jam_work_package *package,
                        void (*context)(const struct jam_refine_context *context,
                                        struct pvm_buf *out),
                        struct pvm_buf *out)
{
    pvm_buf_add_le(out, package->auth_code_host, 4);
    add_hash(out, &package->auth_code_hash);
    context(&package->context, out);
    pvm_buf_add_blob(out, package->authorization);
    pvm_buf_add_blob(out, package->authorizer_config);
    pvm_buf_add_natural(out, package->item_count);
    for (size_t i = 0; i < package->item_count; i++)
        item_070(&package->items[i], out);
}

void jam_package_070(const struct jam_work_package *package, struct pvm_buf *out)
{
    package_070(package, jam_context_062, out);
}

void jam_package_080(const struct jam_work_package *package, struct pvm_buf *out)
{
    package_070(package, jam_context_080, out);
}

void jam_authorizer_066(const struct jam_work_package *package, struct pvm_buf *out)
{
    add_hash(out, &package->auth_code_hash);
    pvm_buf_add_blob(out, package->authorizer_config);
}

void jam_authorizer_072(const struct jam_work_package *package, struct pvm_buf *out)
{
    pvm_buf_add_bytes(out, package->authorizer_config);
}

/* What follows the service in GP 0.6.5 B.3. The text writes the payload without its length, which
 * no guest could take apart; every implementation wrote the length. */
static void refine_rest_062(const struct jam_refine_values *values, struct pvm_buf *out)
{
    const struct jam_work_package *package = values->package;
    pvm_buf_add_blob(out, package->items[values->item].payload);
    add_hash(out, &values->package_hash);
    jam_context_062(&package->context, out);
    add_hash(out, &package->auth_code_hash);
}

/* The published services of this version read four octets of service id. */
void jam_refine_args_063(const struct jam_refine_values *values, struct pvm_buf *out)
{
    pvm_buf_add_le(out, values->package->items[values->item].service, 4);
    refine_rest_062(values, out);
}

void jam_refine_args_065(const struct jam_refine_values *values, struct pvm_buf *out)
{
    pvm_buf_add_natural(out, values->package->items[values->item].service);
    refine_rest_062(values, out);
}

void jam_refine_args_066(const struct jam_refine_values *values, struct pvm_buf *out)
{
    const struct jam_work_item *item = &values->package->items[values->item];
    pvm_buf_add_natural(out, values->item);
    pvm_buf_add_natural(out, item->service);
    pvm_buf_add_blob(out, item->payload);
    add_hash(out, &values->package_hash);
}

void jam_refine_args_071(const struct jam_refine_values *values, struct pvm_buf *out)
{
    pvm_buf_add_natural(out, values->core);
    jam_refine_args_066(values, out);
}

void jam_is_authorized_args_062(const struct jam_work_package *package, uint64_t core,
                                struct pvm_buf *out)
{
    jam_package_062(package, out);
    pvm_buf_add_natural(out, core);
}

void jam_is_authorized_args_066(const struct jam_work_package *package, uint64_t core,
                                struct pvm_buf *out)
{
    (void)package;
    pvm_buf_add_le(out, core, 2);
}

/* GP 0.6.6 B.6 Omega_I: compact naturals. */
void jam_info_062(const struct jam_service *account, uint64_t threshold, struct pvm_buf *out)
{
    add_hash(out, &account->code_hash);
    pvm_buf_add_natural(out, account->balance);
    pvm_buf_add_natural(out, threshold);
    pvm_buf_add_natural(out, account->min_item_gas);
    pvm_buf_add_natural(out, account->min_memo_gas);
    pvm_buf_add_natural(out, account->bytes);
    pvm_buf_add_natural(out, account->items);
}

/* GP 0.7.2 B.5 Omega_I: 96 octets. */
void jam_info_067(const struct jam_service *account, uint64_t threshold, struct pvm_buf *out)
{
    add_hash(out, &account->code_hash);
    pvm_buf_add_le(out, account->balance, 8);
    pvm_buf_add_le(out, threshold, 8);
    pvm_buf_add_le(out, account->min_item_gas, 8);
    pvm_buf_add_le(out, account->min_memo_gas, 8);
    pvm_buf_add_le(out, account->bytes, 8);
    pvm_buf_add_le(out, account->items, 4);
    pvm_buf_add_le(out, account->deposit_offset, 8);
    pvm_buf_add_le(out, account->creation_slot, 4);
    pvm_buf_add_le(out, account->last_accumulation_slot, 4);
    pvm_buf_add_le(out, account->parent_service, 4);
}

void jam_encode_package(const struct jam_profile *profile, const struct jam_work_package *package,
                        struct pvm_buf *out)
{
    profile->package(package, out);
}

void jam_encode_context(const struct jam_profile *profile, const struct jam_refine_context *context,
                        struct pvm_buf *out)
{
    profile->context(context, out);
}

void jam_encode_summary(const struct jam_work_item *item, struct pvm_buf *out)
{
    pvm_buf_add_le(out, item->service, 4);
    add_hash(out, &item->code_hash);
    pvm_buf_add_le(out, item->refine_gas_limit, 8);
    pvm_buf_add_le(out, item->accumulate_gas_limit, 8);
    pvm_buf_add_le(out, item->export_count, 2);
    pvm_buf_add_le(out, item->import_count, 2);
    pvm_buf_add_le(out, item->extrinsic_count, 2);
    pvm_buf_add_le(out, item->payload.len, 4);
}

void jam_encode_params(const struct jam_profile *profile, const struct jam_params *params,
                       struct pvm_buf *out)
{
    struct jam_params all = *params;
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++) {
        if ((profile->params_left_out >> i & 1) == 0)
            pvm_buf_add_le(out, *jam_param_at(&all, i), jam_param_table[i].width);
    }
}

enum pvm_status jam_package_hash(const struct jam_profile *profile,
                                 const struct jam_work_package *package,
                                 const struct pvm_alloc *alloc, struct jam_hash *out,
                                 struct pvm_err *err)
{
    struct pvm_buf buf = {.alloc = alloc};
    jam_encode_package(profile, package, &buf);
    enum pvm_status status = pvm_buf_status(&buf, err);
    if (status == PVM_OK)
        *out = jam_hash(pvm_buf_bytes(&buf));
    pvm_buf_deinit(&buf);
    return status;
}
