/* SPDX-License-Identifier: Apache-2.0 */
/* The binary form of accumulate vectors: their ASN.1 in JAM's codec. Most of it stands in state in
 * the same way (GP 0.7.2 D.1), and is read as if it did. */
#include "host/vector_stf.h"

#include "host/hash.h"

struct reading {
    struct pvm_reader r;
    struct jam_stf *stf;
    struct jam_state_file *file; /* the state that is being read */
    const struct pvm_alloc *alloc;
    struct pvm_err *err;
};

static enum pvm_status malformed(struct reading *in, const char *what)
{
    return pvm_fail(in->err, PVM_E_MALFORMED, "%s: wrong or cut short, at octet %zu", what,
                    in->r.pos);
}

static struct jam_hash read_hash(struct pvm_reader *r)
{
    struct jam_hash hash = {{0}};
    struct pvm_bytes bytes = pvm_read_span(r, JAM_HASH_SIZE);
    if (!r->failed)
        memcpy(hash.octets, bytes.ptr, JAM_HASH_SIZE);
    return hash;
}

/* A number of entries that each take at least one octet; else the reader fails. */
static uint64_t read_count(struct pvm_reader *r)
{
    uint64_t count = pvm_read_natural(r);
    if (count > pvm_reader_left(r))
        r->failed = true;
    return r->failed ? 0 : count;
}

/* ---- input ---- */

static enum pvm_status read_input(struct reading *in)
{
    struct jam_stf *stf = in->stf;
    stf->slot = (uint32_t)pvm_read_le(&in->r, 4);
    uint64_t count = read_count(&in->r);
    if (in->r.failed)
        return malformed(in, "input");
    stf->reports = pvm_alloc_zero(in->alloc, (size_t)count + 1, sizeof *stf->reports);
    if (stf->reports == NULL)
        return pvm_fail(in->err, PVM_E_MEMORY, "no memory for %zu reports", (size_t)count);
    for (; stf->report_count < count; stf->report_count++)
        PVM_TRY(jam_report_read(stf->profile, &in->r, in->alloc, &stf->reports[stf->report_count],
                                in->err));
    return PVM_OK;
}

static void read_output(struct reading *in)
{
    uint8_t which = pvm_read_u8(&in->r);
    in->stf->valid = which == 0;
    if (which == 0)
        in->stf->root = read_hash(&in->r);
    else if (which != 1)
        in->r.failed = true;
}

/* ---- components as they stand in state ---- */

static enum pvm_status skip_ready(struct reading *in)
{
    for (uint64_t slot = 0; slot < in->stf->params.epoch_length; slot++) {
        uint64_t count = read_count(&in->r);
        for (uint64_t i = 0; i < count; i++) {
            struct jam_report report;
            PVM_TRY(jam_report_read(in->stf->profile, &in->r, in->alloc, &report, in->err));
            jam_report_deinit(&report);
            uint64_t dependencies = read_count(&in->r);
            if (dependencies <= pvm_reader_left(&in->r) / JAM_HASH_SIZE)
                (void)pvm_read_span(&in->r, dependencies * JAM_HASH_SIZE);
            else
                in->r.failed = true;
        }
    }
    return PVM_OK;
}

static enum pvm_status skip_accumulated(struct reading *in)
{
    for (uint64_t slot = 0; slot < in->stf->params.epoch_length; slot++) {
        uint64_t count = read_count(&in->r);
        for (uint64_t i = 0; i < count && !in->r.failed; i++)
            (void)pvm_read_span(&in->r, JAM_HASH_SIZE);
    }
    return PVM_OK;
}

static enum pvm_status skip_privileges(struct reading *in)
{
    bool one = in->stf->profile->state.privileges == JAM_PRIVILEGES_062;
    bool registrar = in->stf->profile->state.privileges == JAM_PRIVILEGES_071;
    uint64_t ids = 2 + (one ? 1 : in->stf->params.core_count) + (registrar ? 1 : 0);
    (void)pvm_read_span(&in->r, 4 * ids);
    uint64_t count = read_count(&in->r);
    for (uint64_t i = 0; i < count && !in->r.failed; i++)
        (void)pvm_read_span(&in->r, 4 + 8);
    return PVM_OK;
}

static enum pvm_status read_component(struct reading *in, enum jam_component component,
                                      enum pvm_status (*skip)(struct reading *))
{
    size_t from = in->r.pos;
    const struct jam_state_shape shape = jam_state_file_shape(in->file);
    PVM_TRY(skip(in));
    if (in->r.failed)
        return malformed(in, jam_component_name(component));
    in->file->present |= jam_state_bit(component);
    return jam_component_decode(&shape, component,
                                pvm_bytes(in->r.bytes.ptr + from, in->r.pos - from),
                                &in->file->state, in->err);
}

/* ---- accounts ---- */

/* An account that is being read. */
struct account {
    struct reading *in;
    struct jam_service *service;
};

static enum pvm_status twice(const struct account *account, const char *what)
{
    return pvm_fail(account->in->err, PVM_E_MALFORMED, "service %u: %s is there twice",
                    (unsigned)account->service->id, what);
}

static enum pvm_status read_storage(struct account *account)
{
    struct pvm_bytes old;
    struct pvm_bytes key = pvm_read_blob(&account->in->r);
    struct pvm_bytes value = pvm_read_blob(&account->in->r);
    if (account->in->r.failed)
        return PVM_OK;
    if (jam_map_get(&account->service->storage, key, &old))
        return twice(account, "a key of storage");
    return jam_map_set(&account->service->storage, key, value, account->in->err);
}

static enum pvm_status add_request(struct account *account, const struct jam_hash *hash,
                                   uint32_t len, const struct jam_request *request)
{
    struct jam_request old;
    if (jam_request_get(account->service, hash, len, &old))
        return twice(account, "a request");
    return jam_request_set(account->service, hash, len, request, account->in->err);
}

/* *hash and *blob are of no meaning when the reader has failed. */
static enum pvm_status read_blob(struct account *account, struct jam_hash *hash,
                                 struct pvm_bytes *blob)
{
    struct pvm_bytes old;
    *hash = read_hash(&account->in->r);
    *blob = pvm_read_blob(&account->in->r);
    if (account->in->r.failed)
        return PVM_OK;
    struct jam_hash own = jam_hash(*blob);
    if (!jam_hash_equal(&own, hash))
        return pvm_fail(account->in->err, PVM_E_MALFORMED, "service %u: a blob has another hash",
                        (unsigned)account->service->id);
    if (jam_map_get(&account->service->preimages, jam_hash_bytes(hash), &old))
        return twice(account, "a blob");
    return jam_map_set(&account->service->preimages, jam_hash_bytes(hash), *blob, account->in->err);
}

static enum pvm_status read_preimage(struct account *account)
{
    struct jam_hash hash;
    struct pvm_bytes blob;
    return read_blob(account, &hash, &blob);
}

/* To 0.7.0 a vector leaves requests out: its preimages are there since slot 0. */
static enum pvm_status read_provided(struct account *account)
{
    static const struct jam_request since_0 = {.count = 1};
    struct jam_hash hash;
    struct pvm_bytes blob;
    PVM_TRY(read_blob(account, &hash, &blob));
    if (account->in->r.failed || blob.len > UINT32_MAX)
        return PVM_OK;
    return add_request(account, &hash, (uint32_t)blob.len, &since_0);
}

static void read_slots(struct pvm_reader *r, struct jam_request *request)
{
    uint64_t count = pvm_read_natural(r);
    *request = (struct jam_request){.count = 0};
    if (count > 3)
        r->failed = true;
    while (request->count < count && !r->failed)
        request->slots[request->count++] = (uint32_t)pvm_read_le(r, 4);
}

static enum pvm_status read_status(struct account *account)
{
    struct jam_request request;
    struct pvm_bytes blob;
    struct jam_hash hash = read_hash(&account->in->r);
    read_slots(&account->in->r, &request);
    if (account->in->r.failed ||
        !jam_map_get(&account->service->preimages, jam_hash_bytes(&hash), &blob))
        return malformed(account->in, "preimage status");
    return add_request(account, &hash, (uint32_t)blob.len, &request);
}

static enum pvm_status read_request(struct account *account)
{
    struct jam_request request;
    struct jam_hash hash = read_hash(&account->in->r);
    uint32_t len = (uint32_t)pvm_read_le(&account->in->r, 4);
    read_slots(&account->in->r, &request);
    if (account->in->r.failed)
        return PVM_OK;
    return add_request(account, &hash, len, &request);
}

static enum pvm_status read_each(struct account *account, enum pvm_status (*read)(struct account *))
{
    uint64_t count = read_count(&account->in->r);
    for (uint64_t i = 0; i < count && !account->in->r.failed; i++)
        PVM_TRY(read(account));
    return PVM_OK;
}

static enum pvm_status read_contents(struct account *account)
{
    PVM_TRY(read_each(account, read_storage));
    switch (account->in->stf->profile->state.stf) {
    case JAM_STF_062:
        return read_each(account, read_provided);
    case JAM_STF_071:
        PVM_TRY(read_each(account, read_preimage));
        return read_each(account, read_status);
    case JAM_STF_072:
        PVM_TRY(read_each(account, read_preimage));
        return read_each(account, read_request);
    }
    return PVM_OK;
}

static enum pvm_status read_account(struct reading *in)
{
    struct account account = {in, NULL};
    enum jam_record_form form = in->stf->profile->state.record;
    uint32_t id = (uint32_t)pvm_read_le(&in->r, 4);
    struct pvm_bytes record = pvm_read_span(&in->r, jam_record_size(form));
    if (in->r.failed)
        return malformed(in, "account");
    PVM_TRY(jam_state_add(&in->file->state, id, &account.service, in->err));
    PVM_TRY(read_contents(&account));
    /* Last: what was added counted itself, but what the vector says is right. */
    if (in->r.failed || !jam_record_decode(form, record, account.service))
        return malformed(in, "account");
    return PVM_OK;
}

/* ---- the whole ---- */

static enum pvm_status read_state(struct reading *in, struct jam_state_file **out)
{
    PVM_TRY(jam_state_file_new(in->stf->profile, &in->stf->params, in->alloc, out, in->err));
    in->file = *out;
    in->file->state.slot = (uint32_t)pvm_read_le(&in->r, 4);
    in->file->state.entropy[0] = read_hash(&in->r);
    in->file->present = jam_state_bit(JAM_STATE_SLOT) | jam_state_bit(JAM_STATE_ENTROPY);
    PVM_TRY(read_component(in, JAM_STATE_READY, skip_ready));
    PVM_TRY(read_component(in, JAM_STATE_ACCUMULATED, skip_accumulated));
    PVM_TRY(read_component(in, JAM_STATE_PRIVILEGES, skip_privileges));
    PVM_TRY(jam_vector_read_stats(in->stf->profile, &in->r, &in->file->state, in->err));
    uint64_t count = read_count(&in->r);
    for (uint64_t i = 0; i < count; i++)
        PVM_TRY(read_account(in));
    return in->r.failed ? malformed(in, "accounts") : PVM_OK;
}

static enum pvm_status read_whole(struct reading *in)
{
    PVM_TRY(read_input(in));
    PVM_TRY(read_state(in, &in->stf->before));
    read_output(in);
    if (in->r.failed)
        return malformed(in, "output");
    PVM_TRY(read_state(in, &in->stf->after));
    if (pvm_reader_left(&in->r) != 0)
        return pvm_fail(in->err, PVM_E_MALFORMED, "%zu octets behind the vector's end",
                        pvm_reader_left(&in->r));
    return PVM_OK;
}

static void drop(struct jam_stf *stf)
{
    for (size_t i = 0; i < stf->report_count; i++)
        jam_report_deinit(&stf->reports[i]);
    pvm_alloc_free(stf->encoded.alloc, stf->reports);
    jam_state_file_free(stf->before);
    jam_state_file_free(stf->after);
    stf->reports = NULL;
    stf->report_count = 0;
    stf->before = stf->after = NULL;
}

/* Nothing in a vector says which of the two sets of constants it is for, but only one of them fits:
 * lists of as many slots as an epoch has bear no length. */
enum pvm_status jam_stf_decode(struct pvm_bytes octets, struct jam_stf *stf,
                               const struct pvm_alloc *alloc, struct pvm_err *err)
{
    static const enum jam_param_set sets[] = {JAM_PARAMS_TINY, JAM_PARAMS_FULL};
    struct pvm_err first = {.status = PVM_OK};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct pvm_err own = {.status = PVM_OK};
        struct reading in = {.r = pvm_reader(octets), .stf = stf, .alloc = alloc, .err = &own};
        jam_params_get(stf->profile, sets[i], &stf->params);
        enum pvm_status status = read_whole(&in);
        if (status == PVM_OK)
            return PVM_OK;
        drop(stf);
        if (status != PVM_E_MALFORMED)
            return pvm_fail(err, status, "%s", own.msg);
        if (i == 0)
            first = own;
    }
    return pvm_fail(err, PVM_E_MALFORMED, "no accumulate vector of GP %s: %s", stf->profile->name,
                    first.msg);
}
