/* SPDX-License-Identifier: Apache-2.0 */
/* Key-values in JSON, as lists and as the genesis state of a chain specification (JIP-4), and
 * states in binary. */
#include "host/codec.h"
#include "host/state_load.h"

enum { EPOCH_MAX = 1 << 16 };

/* ---- reading ---- */

/* The record of any service tells versions apart. */
static bool fits(const struct jam_profile *profile, const void *user)
{
    const struct jam_map *keyvals = user;
    struct jam_map_entry entry;
    struct jam_state_key key = jam_key_service(0);
    uint32_t id;
    bool more = jam_map_after(keyvals, pvm_bytes(key.octets, 1), &entry);
    for (; more; more = jam_map_after(keyvals, entry.key, &entry)) {
        memcpy(key.octets, entry.key.ptr, JAM_STATE_KEY_SIZE);
        if (jam_key_is_service(&key, &id))
            return entry.value.len == jam_record_size(profile->state.record);
    }
    return true;
}

/* Hexadecimal with or without 0x in front. */
static bool decode_hex(const char *text, struct pvm_buf *out)
{
    size_t bad;
    return pvm_hex_decode(text, strlen(text), out, &bad);
}

/* A list of key-values that is being read. */
struct list {
    struct jam_state_load *load;
    struct jam_map keyvals;
    struct pvm_buf key, value; /* of the entry being read */
    bool bare;                 /* an object of hexadecimal texts */
};

struct pair_keys {
    struct jam_json key, value;
};

static const struct jam_json_field pair_fields[] = {
    JAM_JSON_NEEDED(struct pair_keys, key),
    JAM_JSON_NEEDED(struct pair_keys, value),
};

/* "HEX": "HEX". */
static enum pvm_status read_bare(struct list *list, struct jam_json json)
{
    const char *text = NULL;
    const char *key = jam_json_key(json);
    PVM_TRY(jam_json_text(json, &text, list->load->err));
    if (!decode_hex(key, &list->key)) {
        PVM_TRY(pvm_buf_status(&list->key, list->load->err));
        return jam_json_fail(json, list->load->err, "the key is not hexadecimal");
    }
    if (!decode_hex(text, &list->value)) {
        PVM_TRY(pvm_buf_status(&list->value, list->load->err));
        return jam_json_fail(json, list->load->err,
                             "expected an even number of hexadecimal digits");
    }
    return PVM_OK;
}

/* {"key": "0x...", "value": "0x..."}, or the two in an array. */
static enum pvm_status read_pair(struct list *list, struct jam_json json)
{
    struct pair_keys keys = {.key = json};
    struct pvm_err *err = list->load->err;
    if (jam_json_type(json) == JAM_JSON_ARRAY) {
        if (jam_json_count(json) != 2)
            return jam_json_fail(json, err, "%zu values, expected a key and a value",
                                 jam_json_count(json));
        keys.key = jam_json_first(json);
        keys.value = jam_json_next(keys.key);
    } else {
        PVM_TRY(jam_json_fields(json, pair_fields, JAM_JSON_COUNT(pair_fields), &keys, err));
    }
    PVM_TRY(jam_json_hex(keys.key, &list->key, err));
    return jam_json_hex(keys.value, &list->value, err);
}

static enum pvm_status read_entry(struct list *list, struct jam_json json)
{
    list->key.len = 0;
    list->value.len = 0;
    PVM_TRY(list->bare ? read_bare(list, json) : read_pair(list, json));
    if (list->key.len != JAM_STATE_KEY_SIZE)
        return jam_json_fail(json, list->load->err, "a key of %zu octets, state keys have %d",
                             list->key.len, JAM_STATE_KEY_SIZE);
    return PVM_OK;
}

static enum pvm_status add_entry(struct list *list, struct jam_json json)
{
    struct pvm_bytes old;
    PVM_TRY(read_entry(list, json));
    if (jam_map_get(&list->keyvals, pvm_buf_bytes(&list->key), &old))
        return jam_json_fail(json, list->load->err, "this key is there already");
    return jam_map_set(&list->keyvals, pvm_buf_bytes(&list->key), pvm_buf_bytes(&list->value),
                       list->load->err);
}

/* The state of the key-values. What is wrong with one of them is said of its place in json. */
static enum pvm_status take(struct list *list, struct jam_json json, bool has_params)
{
    struct jam_state_load *load = list->load;
    struct jam_state_key bad = {{0}};
    struct pvm_err inner = {0};
    if (!has_params)
        jam_keyvals_params(load->out->profile, &list->keyvals, &load->out->params);
    struct jam_state_shape shape = jam_state_file_shape(load->out);
    enum pvm_status status = jam_state_from_keyvals(&list->keyvals, &shape, load->state,
                                                    &load->out->present, &bad, &inner);
    if (status == PVM_OK)
        return PVM_OK;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        PVM_TRY(read_entry(list, it));
        if (pvm_bytes_equal(pvm_buf_bytes(&list->key), jam_state_key_bytes(&bad)))
            return jam_load_fail_in(load, it, &inner);
    }
    pvm_fail(load->err, status, "%s", inner.msg);
    return pvm_fail_at(load->err, status, load->name);
}

static enum pvm_status check_root(struct list *list, struct jam_json json)
{
    struct jam_hash said = {{0}};
    struct pvm_buf text = {.alloc = list->load->state->alloc};
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_hash(json, &said, list->load->err));
    struct jam_hash own = jam_keyvals_root(&list->keyvals);
    if (jam_hash_equal(&said, &own))
        return PVM_OK;
    pvm_buf_hex(&text, jam_hash_bytes(&own));
    enum pvm_status status = jam_json_fail(
        json, list->load->err, "the root of the key-values is 0x%s", pvm_buf_str(&text));
    pvm_buf_deinit(&text);
    return status;
}

static void list_init(struct list *list, struct jam_state_load *load, bool bare)
{
    const struct pvm_alloc *alloc = load->state->alloc;
    *list = (struct list){.load = load, .key.alloc = alloc, .value.alloc = alloc, .bare = bare};
    jam_map_init(&list->keyvals, alloc);
}

static void list_deinit(struct list *list)
{
    jam_map_deinit(&list->keyvals);
    pvm_buf_deinit(&list->key);
    pvm_buf_deinit(&list->value);
}

static enum pvm_status read_all(struct list *list, struct jam_json json)
{
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        PVM_TRY(add_entry(list, it));
    return PVM_OK;
}

enum pvm_status jam_load_keyvals(struct jam_state_load *load, struct jam_json json,
                                 struct jam_json root)
{
    static const struct jam_json nothing;
    struct list list;
    PVM_TRY(jam_json_expect(json, JAM_JSON_ARRAY, load->err));
    load->out->form = JAM_STATE_FILE_KEYVALS;
    list_init(&list, load, false);
    enum pvm_status status = read_all(&list, json);
    if (status == PVM_OK)
        status = check_root(&list, root);
    if (status == PVM_OK)
        status = jam_load_profile(load, nothing, fits, &list.keyvals);
    if (status == PVM_OK)
        status = take(&list, json, false);
    list_deinit(&list);
    return status;
}

struct jip4_keys {
    struct jam_json id, bootnodes, genesis_header, genesis_state, protocol_parameters;
};

static const struct jam_json_field jip4_fields[] = {
    JAM_JSON_FIELD(struct jip4_keys, id),
    JAM_JSON_FIELD(struct jip4_keys, bootnodes),
    JAM_JSON_FIELD(struct jip4_keys, genesis_header),
    JAM_JSON_NEEDED(struct jip4_keys, genesis_state),
    JAM_JSON_FIELD(struct jip4_keys, protocol_parameters),
};

static enum pvm_status copy_text(struct jam_state_load *load, struct jam_json json,
                                 struct pvm_buf *out)
{
    const char *text = "";
    if (jam_json_has(json))
        PVM_TRY(jam_json_text(json, &text, load->err));
    pvm_buf_text(out, text);
    return pvm_buf_status(out, load->err);
}

static enum pvm_status copy_bootnodes(struct jam_state_load *load, struct jam_json list)
{
    struct pvm_buf *out = &load->out->bootnodes;
    if (!jam_json_has(list))
        return PVM_OK;
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, load->err));
    for (struct jam_json it = jam_json_first(list); jam_json_has(it); it = jam_json_next(it)) {
        const char *text = NULL;
        PVM_TRY(jam_json_text(it, &text, load->err));
        pvm_buf_add(out, text, strlen(text) + 1);
    }
    return pvm_buf_status(out, load->err);
}

/* False for anything but the constants that fetch kind 0 gives, of a chain that we can hold. */
static bool decode_params(const struct jam_profile *profile, struct pvm_bytes octets,
                          struct jam_params *params)
{
    struct pvm_reader r = pvm_reader(octets);
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++)
        if ((profile->params_left_out >> i & 1) == 0)
            *jam_param_at(params, i) = pvm_read_le(&r, jam_param_table[i].width);
    return !r.failed && pvm_reader_left(&r) == 0 && params->epoch_length <= EPOCH_MAX &&
           params->auth_queue_size == JAM_QUEUE_LEN && params->memo_size == JAM_MEMO_SIZE;
}

/* The constants, encoded as fetch kind 0 gives them. */
static enum pvm_status read_params(struct jam_state_load *load, struct jam_json json)
{
    const char *text = NULL;
    struct pvm_buf octets = {.alloc = load->state->alloc};
    PVM_TRY(jam_json_text(json, &text, load->err));
    bool good = decode_hex(text, &octets);
    if (good)
        good = decode_params(load->out->profile, pvm_buf_bytes(&octets), &load->out->params);
    enum pvm_status status = pvm_buf_status(&octets, load->err);
    if (status == PVM_OK && !good)
        status = jam_json_fail(json, load->err, "no constants of GP %s", load->out->profile->name);
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status read_spec(struct list *list, const struct jip4_keys *keys)
{
    static const struct jam_json nothing;
    struct jam_state_load *load = list->load;
    bool has_params = jam_json_has(keys->protocol_parameters);
    PVM_TRY(read_all(list, keys->genesis_state));
    PVM_TRY(jam_load_profile(load, nothing, fits, &list->keyvals));
    if (has_params) {
        jam_params_get(load->out->profile, JAM_PARAMS_FULL, &load->out->params);
        PVM_TRY(read_params(load, keys->protocol_parameters));
    }
    return take(list, keys->genesis_state, has_params);
}

enum pvm_status jam_load_jip4(struct jam_state_load *load, struct jam_json json)
{
    static const struct jip4_keys none;
    struct jip4_keys keys = none;
    struct list list;
    PVM_TRY(jam_json_fields(json, jip4_fields, JAM_JSON_COUNT(jip4_fields), &keys, load->err));
    PVM_TRY(jam_json_expect(keys.genesis_state, JAM_JSON_OBJECT, load->err));
    PVM_TRY(copy_text(load, keys.id, &load->out->id));
    PVM_TRY(copy_bootnodes(load, keys.bootnodes));
    PVM_TRY(copy_text(load, keys.genesis_header, &load->out->header));
    load->out->form = JAM_STATE_FILE_JIP4;
    list_init(&list, load, true);
    enum pvm_status status = read_spec(&list, &keys);
    list_deinit(&list);
    return status;
}

enum pvm_status jam_load_binary(struct jam_state_load *load, struct pvm_bytes bytes)
{
    static const struct jam_json nothing;
    struct list list;
    load->out->form = JAM_STATE_FILE_BINARY;
    list_init(&list, load, false);
    enum pvm_status status =
        jam_state_binary_read(bytes, load->options->pick, &list.keyvals, load->err);
    if (status == PVM_E_MALFORMED)
        pvm_fail_at(load->err, status, load->name);
    if (status == PVM_OK)
        status = jam_load_profile(load, nothing, fits, &list.keyvals);
    if (status == PVM_OK)
        status = take(&list, nothing, false);
    list_deinit(&list);
    return status;
}

/* ---- writing ---- */

static enum pvm_status to_keyvals(const struct jam_state_file *file, struct jam_map *keyvals,
                                  struct pvm_err *err)
{
    struct jam_state_shape shape = jam_state_file_shape(file);
    return jam_state_to_keyvals(&file->state, &shape, file->present, keyvals, err);
}

enum pvm_status jam_put_keyvals(const struct jam_state_file *file, struct jam_out *json,
                                struct pvm_err *err)
{
    struct jam_map keyvals;
    struct jam_map_entry entry;
    jam_map_init(&keyvals, file->state.alloc);
    enum pvm_status status = to_keyvals(file, &keyvals, err);
    if (status == PVM_OK) {
        struct jam_hash root = jam_keyvals_root(&keyvals);
        jam_out_object(json, NULL);
        jam_out_hex(json, "state_root", jam_hash_bytes(&root));
        jam_out_array(json, "keyvals");
        bool more = jam_map_first(&keyvals, &entry);
        for (; more; more = jam_map_after(&keyvals, entry.key, &entry)) {
            jam_out_object(json, NULL);
            jam_out_hex(json, "key", entry.key);
            jam_out_hex(json, "value", entry.value);
            jam_out_end_object(json);
        }
        jam_out_end_array(json);
        jam_out_end_object(json);
    }
    jam_map_deinit(&keyvals);
    return status;
}

/* A member whose value is digits without 0x, as JIP-4 writes octets. */
static void put_bare(struct jam_out *json, struct pvm_bytes key, struct pvm_bytes value,
                     struct pvm_buf *name, struct pvm_buf *text)
{
    name->len = 0;
    text->len = 0;
    pvm_buf_hex(name, key);
    pvm_buf_hex(text, value);
    jam_out_string(json, pvm_buf_str(name), pvm_buf_bytes(text));
}

static void put_bootnodes(const struct jam_state_file *file, struct jam_out *json)
{
    const struct pvm_buf *list = &file->bootnodes;
    if (list->len == 0)
        return;
    jam_out_array(json, "bootnodes");
    for (size_t at = 0; at < list->len;) {
        const char *text = (const char *)list->ptr + at;
        jam_out_text(json, NULL, text);
        at += strlen(text) + 1;
    }
    jam_out_end_array(json);
}

static void put_spec(const struct jam_state_file *file, const struct jam_map *keyvals,
                     struct pvm_buf *name, struct pvm_buf *text, struct jam_out *json)
{
    struct jam_map_entry entry;
    struct pvm_buf params = {.alloc = file->state.alloc};
    jam_encode_params(file->profile, &file->params, &params);
    pvm_buf_hex(text, pvm_buf_bytes(&params));
    jam_out_object(json, NULL);
    jam_out_string(json, "id", file->id.len > 0 ? pvm_buf_bytes(&file->id) : pvm_bytes("pvm", 3));
    put_bootnodes(file, json);
    jam_out_string(json, "genesis_header", pvm_buf_bytes(&file->header));
    jam_out_object(json, "genesis_state");
    struct pvm_buf member = {.alloc = file->state.alloc};
    bool more = jam_map_first(keyvals, &entry);
    for (; more; more = jam_map_after(keyvals, entry.key, &entry))
        put_bare(json, entry.key, entry.value, name, &member);
    jam_out_end_object(json);
    jam_out_string(json, "protocol_parameters", pvm_buf_bytes(text));
    jam_out_end_object(json);
    json->out->failed = json->out->failed || name->failed || text->failed || member.failed;
    pvm_buf_deinit(&member);
    pvm_buf_deinit(&params);
}

enum pvm_status jam_put_jip4(const struct jam_state_file *file, struct jam_out *json,
                             struct pvm_err *err)
{
    struct jam_map keyvals;
    struct pvm_buf name = {.alloc = file->state.alloc};
    struct pvm_buf text = {.alloc = file->state.alloc};
    jam_map_init(&keyvals, file->state.alloc);
    enum pvm_status status = to_keyvals(file, &keyvals, err);
    if (status == PVM_OK)
        put_spec(file, &keyvals, &name, &text, json);
    pvm_buf_deinit(&name);
    pvm_buf_deinit(&text);
    jam_map_deinit(&keyvals);
    return status;
}
