/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_component.h"

#include "host/report.h"

enum {
    QUEUE_OCTETS = JAM_QUEUE_LEN * JAM_HASH_SIZE,
    VALIDATOR_STATS = 6 * 4,
    CORE_STATS = 8, /* naturals of a core, GP 0.7.2 13.1 */
    CORES_MAX = UINT16_MAX,
    EPOCH_MAX = 1 << 16,
    VALIDATORS_MAX = UINT16_MAX
};

/* A component that is being read. */
struct reading {
    const struct jam_state_shape *shape;
    struct pvm_reader r;
    struct jam_state *state;
    struct pvm_err *err;
};

struct writing {
    const struct jam_state_shape *shape;
    const struct jam_state *state;
    struct pvm_buf *out;
};

/* count * size octets; the reader fails when there are not so many. */
static struct pvm_bytes take(struct pvm_reader *r, uint64_t count, size_t size)
{
    if (r->failed || count > pvm_reader_left(r) / size) {
        r->failed = true;
        return pvm_bytes_none();
    }
    return pvm_read_span(r, count * size);
}

static void take_hash(struct pvm_reader *r, struct jam_hash *out)
{
    struct pvm_bytes octets = pvm_read_span(r, JAM_HASH_SIZE);
    if (!r->failed)
        memcpy(out->octets, octets.ptr, JAM_HASH_SIZE);
}

static void put_hash(struct pvm_buf *out, const struct jam_hash *hash)
{
    pvm_buf_add(out, hash->octets, JAM_HASH_SIZE);
}

/* ---- C(1), C(2): authorizers ---- */

static enum pvm_status read_pools(struct reading *in)
{
    for (uint64_t core = 0; core < in->shape->params->core_count && !in->r.failed; core++) {
        struct pvm_bytes pool = take(&in->r, pvm_read_natural(&in->r), JAM_HASH_SIZE);
        PVM_TRY(jam_core_set(&in->state->auth_pools, (size_t)core, pool, in->err));
    }
    return PVM_OK;
}

static void write_pools(struct writing *to)
{
    for (uint64_t core = 0; core < to->shape->params->core_count; core++) {
        struct pvm_bytes pool = jam_core_get(&to->state->auth_pools, (size_t)core);
        pvm_buf_add_natural(to->out, pool.len / JAM_HASH_SIZE);
        pvm_buf_add_bytes(to->out, pool);
    }
}

static enum pvm_status read_queues(struct reading *in)
{
    for (uint64_t core = 0; core < in->shape->params->core_count && !in->r.failed; core++) {
        struct pvm_bytes queue = pvm_read_span(&in->r, QUEUE_OCTETS);
        PVM_TRY(jam_core_set(&in->state->auth_queues, (size_t)core, queue, in->err));
    }
    return PVM_OK;
}

static void write_queues(struct writing *to)
{
    for (uint64_t core = 0; core < to->shape->params->core_count; core++) {
        struct pvm_bytes queue = jam_core_get(&to->state->auth_queues, (size_t)core);
        pvm_buf_add_bytes(to->out, queue);
        pvm_buf_add_zeros(to->out, QUEUE_OCTETS - queue.len);
    }
}

/* ---- C(6), C(11): entropy and slot ---- */

static enum pvm_status read_entropy(struct reading *in)
{
    for (unsigned i = 0; i < 4; i++)
        take_hash(&in->r, &in->state->entropy[i]);
    return PVM_OK;
}

static void write_entropy(struct writing *to)
{
    for (unsigned i = 0; i < 4; i++)
        put_hash(to->out, &to->state->entropy[i]);
}

static enum pvm_status read_slot(struct reading *in)
{
    in->state->slot = (uint32_t)pvm_read_le(&in->r, 4);
    return PVM_OK;
}

static void write_slot(struct writing *to)
{
    pvm_buf_add_le(to->out, to->state->slot, 4);
}

/* ---- C(7): staging validators ---- */

static enum pvm_status read_staging(struct reading *in)
{
    bool counted = in->shape->profile->state.counted_validators;
    uint64_t count = counted ? pvm_read_natural(&in->r) : in->shape->params->validator_count;
    struct pvm_bytes octets = take(&in->r, count, JAM_VALIDATOR_SIZE);
    if (in->r.failed)
        return PVM_OK;
    struct jam_blob *blob = jam_blob_new(in->state->alloc, octets);
    if (blob == NULL)
        return pvm_fail(in->err, PVM_E_MEMORY, "no memory for %zu validators", (size_t)count);
    jam_blob_unref(in->state->staging);
    in->state->staging = blob;
    return PVM_OK;
}

static void write_staging(struct writing *to)
{
    uint64_t count = to->shape->params->validator_count;
    struct pvm_bytes octets = jam_blob_bytes(to->state->staging);
    if (to->state->staging != NULL)
        count = octets.len / JAM_VALIDATOR_SIZE;
    if (to->shape->profile->state.counted_validators)
        pvm_buf_add_natural(to->out, count);
    if (to->state->staging != NULL)
        pvm_buf_add_bytes(to->out, octets);
    else
        pvm_buf_add_zeros(to->out, (size_t)count * JAM_VALIDATOR_SIZE);
}

/* ---- C(12): privileges ---- */

static size_t assigner_count(const struct jam_state_shape *shape)
{
    bool one = shape->profile->state.privileges == JAM_PRIVILEGES_062;
    return one ? 1 : (size_t)shape->params->core_count;
}

static enum pvm_status read_always(struct reading *in)
{
    uint64_t count = pvm_read_natural(&in->r);
    uint64_t least = 0;
    for (uint64_t i = 0; i < count && !in->r.failed; i++) {
        uint32_t id = (uint32_t)pvm_read_le(&in->r, 4);
        uint64_t gas = pvm_read_le(&in->r, 8);
        if (in->r.failed)
            break;
        if (id < least)
            return pvm_fail(in->err, PVM_E_MALFORMED, "always-accumulate ids do not ascend");
        least = (uint64_t)id + 1;
        PVM_TRY(jam_always_set(&in->state->privileges, id, gas, in->err));
    }
    return PVM_OK;
}

static enum pvm_status read_privileges(struct reading *in)
{
    struct jam_privileges *to = &in->state->privileges;
    size_t count = assigner_count(in->shape);
    to->manager = (uint32_t)pvm_read_le(&in->r, 4);
    struct pvm_bytes ids = take(&in->r, count, 4);
    to->delegator = (uint32_t)pvm_read_le(&in->r, 4);
    if (in->shape->profile->state.privileges == JAM_PRIVILEGES_071)
        to->registrar = (uint32_t)pvm_read_le(&in->r, 4);
    if (in->r.failed)
        return PVM_OK;
    PVM_TRY(jam_assigners_set(to, NULL, count, in->err));
    for (size_t core = 0; core < count; core++)
        PVM_TRY(jam_assigner_set(to, core, (uint32_t)pvm_load_le(ids.ptr + 4 * core, 4), in->err));
    return read_always(in);
}

static void write_privileges(struct writing *to)
{
    const struct jam_privileges *from = &to->state->privileges;
    struct jam_always always;
    pvm_buf_add_le(to->out, from->manager, 4);
    for (size_t core = 0; core < assigner_count(to->shape); core++)
        pvm_buf_add_le(to->out, jam_assigner_get(from, core), 4);
    pvm_buf_add_le(to->out, from->delegator, 4);
    if (to->shape->profile->state.privileges == JAM_PRIVILEGES_071)
        pvm_buf_add_le(to->out, from->registrar, 4);
    pvm_buf_add_natural(to->out, from->always.count);
    for (uint64_t id = 0; jam_always_from(from, id, &always); id = (uint64_t)always.service + 1) {
        pvm_buf_add_le(to->out, always.service, 4);
        pvm_buf_add_le(to->out, always.gas, 8);
    }
}

/* ---- C(13): statistics ---- */

/* The fields of a service's record that the form has, in its order. */
static unsigned stat_fields(enum jam_stats_form form)
{
    switch (form) {
    case JAM_STATS_062:
        return 0;
    case JAM_STATS_064:
        return 12;
    case JAM_STATS_071:
        return 10;
    case JAM_STATS_080:
        return 11;
    }
    return 0;
}

static const size_t stat_offsets[] = {
#define X(name) offsetof(struct jam_service_stat, name),
    JAM_SERVICE_STATS(X)
#undef X
};

static uint64_t stat_get(const struct jam_service_stat *stat, unsigned field)
{
    uint64_t value;
    memcpy(&value, (const uint8_t *)stat + stat_offsets[field], sizeof value);
    return value;
}

static void stat_set(struct jam_service_stat *stat, unsigned field, uint64_t value)
{
    memcpy((uint8_t *)stat + stat_offsets[field], &value, sizeof value);
}

/* Skips what statistics say of validators and cores. */
static void skip_stats(const struct jam_state_shape *shape, struct pvm_reader *r)
{
    for (unsigned epoch = 0; epoch < 2; epoch++) {
        bool counted = shape->profile->state.counted_validators;
        uint64_t count = counted ? pvm_read_natural(r) : shape->params->validator_count;
        (void)take(r, count, VALIDATOR_STATS);
    }
    for (uint64_t i = 0; i < CORE_STATS * shape->params->core_count && !r->failed; i++)
        (void)pvm_read_natural(r);
}

static enum pvm_status read_stats(struct reading *in)
{
    unsigned fields = stat_fields(in->shape->profile->state.stats);
    uint64_t least = 0;
    struct jam_service_stat *stat;
    skip_stats(in->shape, &in->r);
    uint64_t count = pvm_read_natural(&in->r);
    in->state->stat_count = 0;
    for (uint64_t i = 0; i < count && !in->r.failed; i++) {
        uint32_t id = (uint32_t)pvm_read_le(&in->r, 4);
        if (in->r.failed)
            break;
        if (id < least)
            return pvm_fail(in->err, PVM_E_MALFORMED, "ids of services do not ascend");
        least = (uint64_t)id + 1;
        PVM_TRY(jam_state_stat(in->state, id, &stat, in->err));
        for (unsigned field = 0; field < fields; field++)
            stat_set(stat, field, pvm_read_natural(&in->r));
    }
    return PVM_OK;
}

struct pvm_bytes jam_component_stats_head(const struct jam_state_shape *shape,
                                          struct pvm_bytes value)
{
    struct pvm_reader r = pvm_reader(value);
    skip_stats(shape, &r);
    return r.failed ? pvm_bytes_none() : pvm_bytes(value.ptr, r.pos);
}

/* What stands in front of the services: as it was read, or zeros. */
static void write_stats_head(struct writing *to)
{
    struct jam_state_key key = jam_key_component(JAM_STATE_STATISTICS);
    struct pvm_bytes whole = pvm_bytes_none();
    uint64_t validators = to->shape->params->validator_count;
    if (jam_map_get(&to->state->others, jam_state_key_bytes(&key), &whole))
        whole = jam_component_stats_head(to->shape, whole);
    if (whole.len > 0) {
        pvm_buf_add_bytes(to->out, whole);
        return;
    }
    for (unsigned epoch = 0; epoch < 2; epoch++) {
        if (to->shape->profile->state.counted_validators)
            pvm_buf_add_natural(to->out, validators);
        pvm_buf_add_zeros(to->out, (size_t)validators * VALIDATOR_STATS);
    }
    pvm_buf_add_zeros(to->out, CORE_STATS * (size_t)to->shape->params->core_count);
}

static void write_stats(struct writing *to)
{
    unsigned fields = stat_fields(to->shape->profile->state.stats);
    write_stats_head(to);
    pvm_buf_add_natural(to->out, to->state->stat_count);
    for (size_t i = 0; i < to->state->stat_count; i++) {
        const struct jam_service_stat *stat = &to->state->stats[i];
        pvm_buf_add_le(to->out, stat->service, 4);
        for (unsigned field = 0; field < fields; field++)
            pvm_buf_add_natural(to->out, stat_get(stat, field));
    }
}

/* ---- C(14), C(15), C(16): what was and will be accumulated ---- */

static enum pvm_status add_report(struct reading *in, struct jam_ready_list *list)
{
    struct jam_report report;
    PVM_TRY(jam_report_read(in->shape->profile, &in->r, in->state->alloc, &report, in->err));
    enum pvm_status status = PVM_E_MEMORY;
    struct jam_blob *blob = jam_blob_new(in->state->alloc, report.encoded);
    jam_report_deinit(&report);
    if (blob != NULL)
        status = jam_ready_add(list, in->state->alloc, blob, NULL, 0, in->err);
    else
        pvm_fail(in->err, status, "no memory for a report");
    jam_blob_unref(blob);
    return status;
}

static enum pvm_status read_ready_entry(struct reading *in, struct jam_ready_list *list)
{
    PVM_TRY(add_report(in, list));
    struct jam_hash_list *dependencies = &list->list[list->count - 1].dependencies;
    uint64_t count = pvm_read_natural(&in->r);
    struct pvm_bytes hashes = take(&in->r, count, JAM_HASH_SIZE);
    for (uint64_t i = 0; i < count && !in->r.failed; i++) {
        struct jam_hash hash;
        memcpy(hash.octets, hashes.ptr + i * JAM_HASH_SIZE, JAM_HASH_SIZE);
        PVM_TRY(jam_hash_list_add(dependencies, in->state->alloc, &hash, in->err));
    }
    return PVM_OK;
}

static enum pvm_status read_ready(struct reading *in)
{
    uint64_t slots = in->shape->params->epoch_length;
    PVM_TRY(jam_state_set_ready(in->state, (size_t)slots, in->err));
    for (uint64_t slot = 0; slot < slots && !in->r.failed; slot++) {
        uint64_t count = pvm_read_natural(&in->r);
        for (uint64_t i = 0; i < count && !in->r.failed; i++)
            PVM_TRY(read_ready_entry(in, &in->state->ready[slot]));
    }
    return PVM_OK;
}

static void write_ready(struct writing *to)
{
    for (uint64_t slot = 0; slot < to->shape->params->epoch_length; slot++) {
        static const struct jam_ready_list none;
        const struct jam_ready_list *list =
            slot < to->state->ready_count ? &to->state->ready[slot] : &none;
        pvm_buf_add_natural(to->out, list->count);
        for (size_t i = 0; i < list->count; i++) {
            const struct jam_ready *ready = &list->list[i];
            pvm_buf_add_bytes(to->out, jam_blob_bytes(ready->report));
            pvm_buf_add_natural(to->out, ready->dependencies.count);
            for (size_t k = 0; k < ready->dependencies.count; k++)
                put_hash(to->out, &ready->dependencies.list[k]);
        }
    }
}

static enum pvm_status read_accumulated(struct reading *in)
{
    uint64_t slots = in->shape->params->epoch_length;
    PVM_TRY(jam_state_set_accumulated(in->state, (size_t)slots, in->err));
    for (uint64_t slot = 0; slot < slots && !in->r.failed; slot++) {
        uint64_t count = pvm_read_natural(&in->r);
        for (uint64_t i = 0; i < count && !in->r.failed; i++) {
            struct jam_hash hash = {{0}};
            take_hash(&in->r, &hash);
            if (!in->r.failed)
                PVM_TRY(jam_hash_list_add(&in->state->accumulated[slot], in->state->alloc, &hash,
                                          in->err));
        }
    }
    return PVM_OK;
}

static void write_accumulated(struct writing *to)
{
    for (uint64_t slot = 0; slot < to->shape->params->epoch_length; slot++) {
        static const struct jam_hash_list none;
        const struct jam_hash_list *list =
            slot < to->state->accumulated_count ? &to->state->accumulated[slot] : &none;
        pvm_buf_add_natural(to->out, list->count);
        for (size_t i = 0; i < list->count; i++)
            put_hash(to->out, &list->list[i]);
    }
}

static enum pvm_status read_outputs(struct reading *in)
{
    uint64_t count = pvm_read_natural(&in->r);
    in->state->output_count = 0;
    for (uint64_t i = 0; i < count && !in->r.failed; i++) {
        struct jam_yield yield = {(uint32_t)pvm_read_le(&in->r, 4), {{0}}};
        take_hash(&in->r, &yield.hash);
        if (in->r.failed)
            break;
        const struct jam_yield *last = i > 0 ? &in->state->outputs[i - 1] : NULL;
        if (last != NULL && (yield.service < last->service ||
                             (yield.service == last->service &&
                              memcmp(yield.hash.octets, last->hash.octets, JAM_HASH_SIZE) < 0)))
            return pvm_fail(in->err, PVM_E_MALFORMED, "entries do not ascend");
        PVM_TRY(jam_state_add_output(in->state, yield.service, &yield.hash, in->err));
    }
    return PVM_OK;
}

static void write_outputs(struct writing *to)
{
    pvm_buf_add_natural(to->out, to->state->output_count);
    for (size_t i = 0; i < to->state->output_count; i++) {
        pvm_buf_add_le(to->out, to->state->outputs[i].service, 4);
        put_hash(to->out, &to->state->outputs[i].hash);
    }
}

/* ---- all ---- */

static const struct {
    const char *name;
    enum pvm_status (*read)(struct reading *in);
    void (*write)(struct writing *to);
} components[] = {
    [JAM_STATE_POOLS] = {"authorizer pools", read_pools, write_pools},
    [JAM_STATE_QUEUES] = {"authorizer queues", read_queues, write_queues},
    [JAM_STATE_RECENT] = {"recent history", NULL, NULL},
    [JAM_STATE_SAFROLE] = {"block production", NULL, NULL},
    [JAM_STATE_DISPUTES] = {"disputes", NULL, NULL},
    [JAM_STATE_ENTROPY] = {"entropy", read_entropy, write_entropy},
    [JAM_STATE_STAGING] = {"staging validators", read_staging, write_staging},
    [JAM_STATE_ACTIVE] = {"active validators", NULL, NULL},
    [JAM_STATE_PREVIOUS] = {"previous validators", NULL, NULL},
    [JAM_STATE_PENDING] = {"pending reports", NULL, NULL},
    [JAM_STATE_SLOT] = {"slot", read_slot, write_slot},
    [JAM_STATE_PRIVILEGES] = {"privileges", read_privileges, write_privileges},
    [JAM_STATE_STATISTICS] = {"statistics", read_stats, write_stats},
    [JAM_STATE_READY] = {"ready queue", read_ready, write_ready},
    [JAM_STATE_ACCUMULATED] = {"accumulation history", read_accumulated, write_accumulated},
    [JAM_STATE_OUTPUTS] = {"accumulation outputs", read_outputs, write_outputs},
};

enum { COMPONENT_COUNT = sizeof components / sizeof *components };

bool jam_component_known(const struct jam_profile *profile, unsigned number)
{
    if (number >= COMPONENT_COUNT || components[number].read == NULL)
        return false;
    if (number == JAM_STATE_OUTPUTS)
        return profile->state.outputs;
    return number != JAM_STATE_STATISTICS || profile->state.stats != JAM_STATS_062;
}

const char *jam_component_name(unsigned number)
{
    return number < COMPONENT_COUNT && components[number].name != NULL ? components[number].name
                                                                       : "component";
}

enum pvm_status jam_component_decode(const struct jam_state_shape *shape, unsigned number,
                                     struct pvm_bytes value, struct jam_state *state,
                                     struct pvm_err *err)
{
    struct reading in = {shape, pvm_reader(value), state, err};
    PVM_TRY(components[number].read(&in));
    if (in.r.failed)
        return pvm_fail(err, PVM_E_MALFORMED, "%s: no value of GP %s with %zu octets",
                        components[number].name, shape->profile->name, value.len);
    if (pvm_reader_left(&in.r) > 0)
        return pvm_fail(err, PVM_E_MALFORMED, "%s: %zu octets too many", components[number].name,
                        pvm_reader_left(&in.r));
    return PVM_OK;
}

enum pvm_status jam_component_encode(const struct jam_state_shape *shape, unsigned number,
                                     const struct jam_state *state, struct pvm_buf *out,
                                     struct pvm_err *err)
{
    struct writing to = {shape, state, out};
    components[number].write(&to);
    return pvm_buf_status(out, err);
}

bool jam_component_fits_cores(const struct jam_profile *profile, struct pvm_bytes privileges,
                              uint64_t cores)
{
    enum jam_privileges_form form = profile->state.privileges;
    struct pvm_reader r = pvm_reader(privileges);
    uint64_t ids = form == JAM_PRIVILEGES_062 ? 3 : 2 + cores + (form == JAM_PRIVILEGES_071);
    (void)take(&r, ids, 4);
    (void)take(&r, pvm_read_natural(&r), 4 + 8);
    return !r.failed && pvm_reader_left(&r) == 0;
}

/* How many lists of hashes a value is; 0 when it is none. */
static uint64_t count_lists(struct pvm_bytes value)
{
    struct pvm_reader r = pvm_reader(value);
    uint64_t count = 0;
    while (!r.failed && pvm_reader_left(&r) > 0) {
        (void)take(&r, pvm_read_natural(&r), JAM_HASH_SIZE);
        count++;
    }
    return r.failed ? 0 : count;
}

void jam_component_measure(const struct jam_profile *profile, struct pvm_bytes queues,
                           struct pvm_bytes accumulated, struct pvm_bytes staging,
                           struct jam_params *params)
{
    uint64_t cores = queues.len / QUEUE_OCTETS;
    uint64_t epoch = count_lists(accumulated);
    uint64_t validators = staging.len / JAM_VALIDATOR_SIZE;
    if (cores > 0 && cores <= CORES_MAX && queues.len % QUEUE_OCTETS == 0)
        params->core_count = cores;
    if (epoch > 0 && epoch <= EPOCH_MAX)
        params->epoch_length = epoch;
    if (profile->state.counted_validators)
        return;
    if (validators > 0 && validators <= VALIDATORS_MAX && staging.len % JAM_VALIDATOR_SIZE == 0)
        params->validator_count = validators;
}
