/* SPDX-License-Identifier: Apache-2.0 */
/* A trace's block imported, and every key-value that the import computes compared. */
#include "host/vector_compare.h"
#include "host/vector_trace.h"

/* What is compared. */
struct comparing {
    const struct jam_trace *trace;
    const struct jam_map *got;
    struct jam_vector_result *result;
};

static void count_run(void *user, const struct jam_block_run *run)
{
    struct jam_vector_result *result = user;
    result->runs++;
    result->gas += run->effects->gas_used;
}

static struct jam_state_shape shape_of(const struct jam_trace *trace)
{
    return (struct jam_state_shape){trace->profile, &trace->params};
}

static enum pvm_status state_of(const struct jam_trace *trace, const struct jam_map *keyvals,
                                struct jam_state *state, uint32_t *present, struct pvm_err *err)
{
    struct jam_state_key bad = {{0}};
    struct pvm_err own = {.status = PVM_OK};
    const struct jam_state_shape shape = shape_of(trace);
    jam_state_init(state, trace->alloc);
    enum pvm_status status = jam_state_from_keyvals(keyvals, &shape, state, present, &bad, &own);
    if (status != PVM_OK) {
        struct pvm_buf hex = {.alloc = trace->alloc};
        pvm_buf_hex(&hex, jam_state_key_bytes(&bad));
        jam_state_deinit(state);
        (void)pvm_fail(err, status, "key 0x%s: %s", pvm_buf_str(&hex), own.msg);
        pvm_buf_deinit(&hex);
    }
    return status;
}

/* ---- comparing ---- */

static bool map_equal(const struct jam_map *a, const struct jam_map *b)
{
    struct pvm_buf ignored = {0};
    bool same = a->count == b->count && jam_compare_maps(a, b, "", NULL, NULL, &ignored);
    pvm_buf_deinit(&ignored);
    return same;
}

/* Whether two maps have the same under a key, or nothing. */
static bool same_under(const struct jam_map *a, const struct jam_map *b, struct pvm_bytes key)
{
    struct pvm_bytes x;
    struct pvm_bytes y;
    bool has_x = jam_map_get(a, key, &x);
    bool has_y = jam_map_get(b, key, &y);
    return has_x == has_y && (!has_x || pvm_bytes_equal(x, y));
}

/* C(6): the newest hash comes from the block's VRF signature; the others are ours. */
static bool same_entropy(const struct comparing *c, struct pvm_bytes key)
{
    struct pvm_bytes x;
    struct pvm_bytes y;
    return jam_map_get(&c->trace->after, key, &x) && jam_map_get(c->got, key, &y) &&
           x.len == y.len && x.len >= JAM_HASH_SIZE &&
           memcmp(x.ptr + JAM_HASH_SIZE, y.ptr + JAM_HASH_SIZE, x.len - JAM_HASH_SIZE) == 0;
}

/* Compares one key of any of the three maps; false when it is not as it should be. */
static bool compare_key(struct comparing *c, struct pvm_bytes key)
{
    unsigned component = 0;
    struct jam_state_key place;
    memcpy(place.octets, key.ptr, JAM_STATE_KEY_SIZE);
    bool right = same_under(&c->trace->after, c->got, key);
    bool changed = !right || !same_under(&c->trace->before, &c->trace->after, key);
    if (changed)
        c->result->changed++;
    if (!jam_key_is_component(&place, &component) ||
        (jam_chain_foreign() & jam_state_bit(component)) == 0) {
        if (changed)
            c->result->checked++;
        return right;
    }
    if (changed) {
        c->result->foreign++;
        c->result->foreign_components |= jam_state_bit(component);
    }
    return component != JAM_STATE_ENTROPY || same_entropy(c, key);
}

/* Goes through the keys of a map that none of the others before it has. */
static void compare_keys(struct comparing *c, const struct jam_map *map, const struct jam_map *seen,
                         struct pvm_bytes *wrong)
{
    struct jam_map_entry entry;
    struct pvm_bytes ignored;
    for (bool more = jam_map_first(map, &entry); more; more = jam_map_after(map, entry.key, &entry))
        if ((seen == NULL || !jam_map_get(seen, entry.key, &ignored)) &&
            !compare_key(c, entry.key) && wrong->len == 0)
            *wrong = entry.key;
}

/* ---- telling ---- */

static void text_key(struct pvm_bytes key, struct pvm_buf *out)
{
    unsigned component;
    uint32_t id;
    uint8_t tail[JAM_ACCOUNT_KEY_SIZE];
    struct jam_state_key place;
    memcpy(place.octets, key.ptr, JAM_STATE_KEY_SIZE);
    if (jam_key_is_component(&place, &component)) {
        pvm_buf_printf(out, "C(%u), %s", component, jam_component_name(component));
    } else if (jam_key_is_service(&place, &id)) {
        pvm_buf_printf(out, "service %u", (unsigned)id);
    } else {
        pvm_buf_printf(out, "service %u: entry 0x", (unsigned)jam_key_split(&place, tail));
        pvm_buf_hex(out, pvm_bytes(tail, sizeof tail));
    }
}

/* The difference of a component that only the octets are known of. */
static void tell_octets(const struct comparing *c, struct pvm_bytes key, struct pvm_buf *out)
{
    struct jam_map expected;
    struct jam_map got;
    jam_map_copy(&expected, &c->trace->after);
    jam_map_copy(&got, c->got);
    /* Up to here all that is ours is the same; what is not ours is left out of the comparison. */
    for (unsigned component = 1; component < 32; component++) {
        struct jam_state_key foreign = {{(uint8_t)component}};
        bool drop = (jam_chain_foreign() & jam_state_bit(component)) != 0 &&
                    !pvm_bytes_equal(jam_state_key_bytes(&foreign), key);
        if (drop && (jam_map_remove(&expected, jam_state_key_bytes(&foreign), NULL) != PVM_OK ||
                     jam_map_remove(&got, jam_state_key_bytes(&foreign), NULL) != PVM_OK))
            out->failed = true;
    }
    if (jam_compare_maps(&expected, &got, "", text_key, NULL, out))
        text_key(key, out);
    jam_map_deinit(&expected);
    jam_map_deinit(&got);
}

/* Compares both sides read as states: false when there is nothing to tell between them. */
static enum pvm_status tell_states(const struct comparing *c, bool *told, struct pvm_err *err)
{
    struct jam_state expected;
    struct jam_state got;
    uint32_t present;
    struct pvm_buf *why = &c->result->why;
    size_t before = why->len;
    PVM_TRY(state_of(c->trace, &c->trace->after, &expected, &present, err));
    enum pvm_status status = state_of(c->trace, c->got, &got, &present, err);
    if (status == PVM_OK) {
        *told = !jam_compare_states(&expected, &got, why);
        if (!*told && !why->failed)
            why->len = before;
        jam_state_deinit(&got);
    }
    jam_state_deinit(&expected);
    return status;
}

/* Says what is wrong about a key, in terms of state where both sides can be read as such. */
static enum pvm_status tell(const struct comparing *c, struct pvm_bytes key, struct pvm_err *err)
{
    bool told = false;
    struct pvm_err own = {.status = PVM_OK};
    enum pvm_status status = tell_states(c, &told, &own);
    if (status != PVM_OK && status != PVM_E_MALFORMED)
        return pvm_fail(err, status, "%s", own.msg);
    if (!told)
        tell_octets(c, key, &c->result->why);
    return pvm_buf_status(&c->result->why, err);
}

static enum pvm_status compare(const struct jam_trace *trace, const struct jam_map *got,
                               struct jam_vector_result *result, struct pvm_err *err)
{
    struct comparing c = {trace, got, result};
    struct pvm_bytes wrong = pvm_bytes_none();
    compare_keys(&c, &trace->after, NULL, &wrong);
    compare_keys(&c, &trace->before, &trace->after, &wrong);
    /* What only we have: it would have been found if it were in before. */
    struct jam_map_entry entry;
    struct pvm_bytes ignored;
    for (bool more = jam_map_first(got, &entry); more; more = jam_map_after(got, entry.key, &entry))
        if (!jam_map_get(&trace->after, entry.key, &ignored) &&
            !jam_map_get(&trace->before, entry.key, &ignored) && !compare_key(&c, entry.key) &&
            wrong.len == 0)
            wrong = entry.key;
    result->passed = wrong.len == 0;
    return result->passed ? PVM_OK : tell(&c, wrong, err);
}

/* ---- running ---- */

/* eta0' is taken from the state after: it is an output of the block's VRF signature. */
static bool entropy_after(const struct jam_trace *trace, struct jam_hash *out)
{
    struct pvm_bytes value;
    struct jam_state_key key = jam_key_component(JAM_STATE_ENTROPY);
    if (!jam_map_get(&trace->after, jam_state_key_bytes(&key), &value) || value.len < JAM_HASH_SIZE)
        return false;
    memcpy(out->octets, value.ptr, JAM_HASH_SIZE);
    return true;
}

static enum pvm_status import(const struct jam_trace *trace, const struct jam_chain_block *block,
                              const struct jam_vector_options *options, struct jam_state *state,
                              struct jam_vector_result *result, struct pvm_err *err)
{
    struct pvm_err own = {.status = PVM_OK};
    struct jam_chain_out out;
    const struct jam_block_options block_options = {
        .profile = trace->profile,
        .params = &trace->params,
        .limits = options->limits,
        .ran = count_run,
        .user = result,
    };
    struct jam_chain_in in = {.block = block, .options = &block_options};
    if (!entropy_after(trace, &in.entropy))
        return pvm_fail(err, PVM_E_MALFORMED, "the state after has no entropy");
    enum pvm_status status = jam_chain_import(state, &in, &out, &own);
    if (status == PVM_E_MALFORMED)
        pvm_buf_printf(&result->why, "the block is invalid: %s", own.msg);
    else if (status != PVM_OK)
        return pvm_fail(err, status, "%s", own.msg);
    return PVM_OK;
}

static enum pvm_status run_on(const struct jam_trace *trace, const struct jam_chain_block *block,
                              const struct jam_vector_options *options, struct jam_state *state,
                              uint32_t present, struct jam_vector_result *result,
                              struct pvm_err *err)
{
    struct jam_map got;
    const struct jam_state_shape shape = shape_of(trace);
    PVM_TRY(import(trace, block, options, state, result, err));
    if (result->why.len > 0)
        return pvm_buf_status(&result->why, err);
    jam_map_init(&got, trace->alloc);
    enum pvm_status status = jam_state_to_keyvals(state, &shape, present, &got, err);
    if (status == PVM_OK)
        status = compare(trace, &got, result, err);
    jam_map_deinit(&got);
    return status;
}

enum pvm_status jam_trace_run(const struct jam_trace *trace,
                              const struct jam_vector_options *options,
                              struct jam_vector_result *result, struct pvm_err *err)
{
    struct jam_chain_block block;
    struct jam_state state;
    uint32_t present;
    struct pvm_reader r = pvm_reader(pvm_buf_bytes(&trace->block));
    if (trace->before.count == 0)
        result->skipped = "there is no state before it: a genesis block";
    else if (map_equal(&trace->before, &trace->after))
        result->skipped = "the block was refused: the state stays as it is";
    if (result->skipped != NULL) {
        result->passed = true;
        return PVM_OK;
    }
    PVM_TRY(jam_chain_block_read(trace->profile, &trace->params, &r, trace->alloc, &block, err));
    enum pvm_status status = state_of(trace, &trace->before, &state, &present, err);
    if (status == PVM_OK) {
        status = run_on(trace, &block, options, &state, present, result, err);
        jam_state_deinit(&state);
    }
    jam_chain_block_deinit(&block);
    return status;
}
