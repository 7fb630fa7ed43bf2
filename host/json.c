/* SPDX-License-Identifier: Apache-2.0 */
#include "host/json.h"

#include "host/json_scan.h"
#include "host/json_tree.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    NAME_SIZE = 160,
    SHOWN = 40,          /* characters of a value or key in a message */
    NAME_MAX_SHOWN = 90, /* with a path: what is wrong must fit behind both */
    PATH_MAX_SHOWN = 90,
    FEW = 16 /* members up to which each is compared with each */
};

struct jam_json_doc {
    struct jam_json_tree tree;
    cJSON *root; /* of the tree */
    struct pvm_bytes text;
    const struct pvm_alloc *alloc;
    char name[NAME_SIZE];
};

static struct pvm_bytes number_token(struct jam_json json)
{
    size_t pos = (size_t)json.node->valuedouble;
    return jam_json_next_number(json.doc->text, &pos);
}

static struct jam_json place(const struct jam_json_doc *doc, const cJSON *node)
{
    return (struct jam_json){doc, node};
}

/* The nodes from the root to the current one of a walk in the order of the text. */
struct walk {
    cJSON *path[JAM_JSON_DEPTH + 1];
    unsigned depth; /* of the current node; the root's is 0 */
};

/* Moves on to the next node in the order of the text; false at the end. */
static bool walk_next(struct walk *walk)
{
    cJSON *child = walk->path[walk->depth]->child;
    if (child != NULL && walk->depth < JAM_JSON_DEPTH) {
        walk->path[++walk->depth] = child;
        return true;
    }
    while (walk->depth > 0) {
        cJSON *next = walk->path[walk->depth]->next;
        if (next != NULL) {
            walk->path[walk->depth] = next;
            return true;
        }
        walk->depth--;
    }
    return false;
}

static bool is_word(const char *key)
{
    for (const char *c = key; *c != '\0'; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        bool digit = *c >= '0' && *c <= '9';
        if (!letter && *c != '_' && (c == key || (!digit && *c != '-')))
            return false;
    }
    return *key != '\0' && strlen(key) <= SHOWN;
}

/* Text from the document, cut to what a line of output can bear. */
static void add_shown(struct pvm_buf *out, const char *text, size_t len)
{
    size_t shown = len < SHOWN ? len : SHOWN;
    while (shown < len && shown > 0 && ((uint8_t)text[shown] & 0xc0) == 0x80)
        shown--;
    for (size_t i = 0; i < shown; i++)
        pvm_buf_add_u8(out, (uint8_t)text[i] < ' ' || text[i] == 0x7f ? '?' : (uint8_t)text[i]);
    if (shown < len)
        pvm_buf_text(out, "...");
}

static void add_step(struct pvm_buf *out, const cJSON *parent, const cJSON *node)
{
    if (cJSON_IsObject(parent)) {
        if (is_word(node->string)) {
            pvm_buf_printf(out, ".%s", node->string);
        } else {
            pvm_buf_text(out, "[\"");
            add_shown(out, node->string, strlen(node->string));
            pvm_buf_text(out, "\"]");
        }
        return;
    }
    size_t index = 0;
    for (const cJSON *other = parent->child; other != node && other != NULL; other = other->next)
        index++;
    pvm_buf_printf(out, "[%zu]", index);
}

void jam_json_path(struct jam_json json, struct pvm_buf *out)
{
    struct walk walk = {.path = {json.doc->root}};
    while (walk.path[walk.depth] != json.node && walk_next(&walk))
        continue;
    pvm_buf_text(out, "$");
    for (unsigned i = 1; i <= walk.depth; i++)
        add_step(out, walk.path[i - 1], walk.path[i]);
}

enum pvm_status jam_json_fail(struct jam_json json, struct pvm_err *err, const char *fmt, ...)
{
    char what[240];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);

    struct pvm_buf path = {.alloc = json.doc->alloc};
    jam_json_path(json, &path);
    const char *text = pvm_buf_str(&path);
    bool is_long = path.len > PATH_MAX_SHOWN;
    if (is_long)
        text += path.len - PATH_MAX_SHOWN;
    pvm_fail(err, PVM_E_MALFORMED, "%.*s: %s%s: %s", NAME_MAX_SHOWN, json.doc->name,
             is_long ? "..." : "", text, what);
    pvm_buf_deinit(&path);
    return PVM_E_MALFORMED;
}

static int compare_keys(const void *a, const void *b)
{
    const cJSON *const *left = a;
    const cJSON *const *right = b;
    return strcmp((*left)->string, (*right)->string);
}

static enum pvm_status fail_duplicate(const struct jam_json_doc *doc, const cJSON *node,
                                      struct pvm_err *err)
{
    return jam_json_fail(place(doc, node), err, "key is there twice");
}

static enum pvm_status check_many_keys(const struct jam_json_doc *doc, const cJSON *object,
                                       size_t count, struct pvm_err *err)
{
    const cJSON **sorted = pvm_alloc_zero(doc->alloc, count, sizeof(const cJSON *));
    if (sorted == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "%s: no memory for %zu keys", doc->name, count);
    size_t n = 0;
    for (const cJSON *node = object->child; node != NULL; node = node->next)
        sorted[n++] = node;
    qsort(sorted, n, sizeof *sorted, compare_keys);
    enum pvm_status status = PVM_OK;
    for (size_t i = 1; i < n && status == PVM_OK; i++)
        if (compare_keys(&sorted[i - 1], &sorted[i]) == 0)
            status = fail_duplicate(doc, sorted[i], err);
    pvm_alloc_free(doc->alloc, sorted);
    return status;
}

static enum pvm_status check_keys(const struct jam_json_doc *doc, const cJSON *object,
                                  struct pvm_err *err)
{
    size_t count = jam_json_count(place(doc, object));
    if (count > FEW)
        return check_many_keys(doc, object, count, err);
    for (const cJSON *node = object->child; node != NULL; node = node->next)
        for (const cJSON *before = object->child; before != node; before = before->next)
            if (compare_keys(&before, &node) == 0)
                return fail_duplicate(doc, node, err);
    return PVM_OK;
}

static enum pvm_status check_all_keys(const struct jam_json_doc *doc, struct pvm_err *err)
{
    struct walk walk = {.path = {doc->root}};
    do {
        if (cJSON_IsObject(walk.path[walk.depth]))
            PVM_TRY(check_keys(doc, walk.path[walk.depth], err));
    } while (walk_next(&walk));
    return PVM_OK;
}

enum pvm_status jam_json_parse(struct pvm_bytes text, const char *name,
                               const struct pvm_alloc *alloc, struct jam_json_doc **out,
                               struct pvm_err *err)
{
    PVM_TRY(jam_json_scan(text, name, err));
    struct jam_json_doc *doc = pvm_alloc_zero(alloc, 1, sizeof *doc);
    if (doc == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "%.160s: no memory for a document", name);
    doc->alloc = alloc;
    doc->text = text;
    (void)snprintf(doc->name, sizeof doc->name, "%s", name);
    enum pvm_status status = PVM_OK;
    if (jam_json_tree_init(&doc->tree, text, alloc)) {
        doc->root = doc->tree.nodes;
        status = check_all_keys(doc, err);
    } else {
        status =
            pvm_fail(err, PVM_E_MEMORY, "%s: no memory for %zu octets of JSON", name, text.len);
    }
    if (status != PVM_OK) {
        jam_json_free(doc);
        return status;
    }
    *out = doc;
    return PVM_OK;
}

void jam_json_free(struct jam_json_doc *doc)
{
    if (doc == NULL)
        return;
    jam_json_tree_deinit(&doc->tree);
    pvm_alloc_free(doc->alloc, doc);
}

struct jam_json jam_json_root(const struct jam_json_doc *doc)
{
    return place(doc, doc->root);
}

enum jam_json_type jam_json_type(struct jam_json json)
{
    if (json.node == NULL)
        return JAM_JSON_NOTHING;
    if (cJSON_IsBool(json.node))
        return JAM_JSON_BOOL;
    if (cJSON_IsNumber(json.node))
        return JAM_JSON_NUMBER;
    if (cJSON_IsString(json.node))
        return JAM_JSON_STRING;
    if (cJSON_IsArray(json.node))
        return JAM_JSON_ARRAY;
    if (cJSON_IsObject(json.node))
        return JAM_JSON_OBJECT;
    return JAM_JSON_NULL;
}

const char *jam_json_type_name(enum jam_json_type type)
{
    static const char *const names[] = {"nothing",          "null",     "true or false", "a number",
                                        "a text in quotes", "an array", "an object"};
    return names[type];
}

size_t jam_json_count(struct jam_json json)
{
    size_t count = 0;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it))
        count++;
    return count;
}

struct jam_json jam_json_first(struct jam_json json)
{
    return place(json.doc, json.node != NULL ? json.node->child : NULL);
}

struct jam_json jam_json_next(struct jam_json json)
{
    return place(json.doc, json.node->next);
}

const char *jam_json_key(struct jam_json json)
{
    return json.node->string;
}

struct jam_json jam_json_get(struct jam_json object, const char *key)
{
    return place(object.doc, cJSON_GetObjectItemCaseSensitive(object.node, key));
}

/* What stands there, as a reader of the file sees it: scalars themselves, else their type. */
static void add_found(struct jam_json json, struct pvm_buf *out)
{
    switch (jam_json_type(json)) {
    case JAM_JSON_NUMBER:
        pvm_buf_add_bytes(out, number_token(json));
        break;
    case JAM_JSON_STRING:
        pvm_buf_text(out, "the text \"");
        add_shown(out, json.node->valuestring, strlen(json.node->valuestring));
        pvm_buf_text(out, "\"");
        break;
    case JAM_JSON_BOOL:
        pvm_buf_text(out, cJSON_IsTrue(json.node) ? "true" : "false");
        break;
    case JAM_JSON_NOTHING:
    case JAM_JSON_NULL:
    case JAM_JSON_ARRAY:
    case JAM_JSON_OBJECT:
        pvm_buf_text(out, jam_json_type_name(jam_json_type(json)));
        break;
    }
}

static enum pvm_status fail_value(struct jam_json json, const char *what, struct pvm_err *err)
{
    struct pvm_buf got = {.alloc = json.doc->alloc};
    add_found(json, &got);
    jam_json_fail(json, err, "expected %s, got %s", what, pvm_buf_str(&got));
    pvm_buf_deinit(&got);
    return PVM_E_MALFORMED;
}

enum pvm_status jam_json_expect(struct jam_json json, enum jam_json_type type, struct pvm_err *err)
{
    if (jam_json_type(json) == type)
        return PVM_OK;
    return fail_value(json, jam_json_type_name(type), err);
}

/* Digits of a base up to 16 below 2^64; text must not be empty. */
static bool parse_digits(struct pvm_bytes text, unsigned base, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digits = "0123456789abcdef";
        uint8_t c = text.ptr[i];
        const char *digit = strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
        if (c == 0 || digit == NULL || (unsigned)(digit - digits) >= base)
            return false;
        uint64_t unit = (uint64_t)(digit - digits);
        if (value > (UINT64_MAX - unit) / base)
            return false;
        value = value * base + unit;
    }
    *out = value;
    return text.len > 0;
}

static bool is_prefixed(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

static bool parse_integer(struct jam_json json, uint64_t *out)
{
    enum jam_json_type type = jam_json_type(json);
    if (type == JAM_JSON_NUMBER)
        return parse_digits(number_token(json), 10, out);
    if (type != JAM_JSON_STRING)
        return false;
    const char *text = json.node->valuestring;
    return is_prefixed(text) && parse_digits(pvm_bytes(text + 2, strlen(text + 2)), 16, out);
}

enum pvm_status jam_json_u64(struct jam_json json, uint64_t max, uint64_t *out, struct pvm_err *err)
{
    char what[64];
    uint64_t value = 0;
    if (max == UINT64_MAX)
        (void)snprintf(what, sizeof what, "a whole number from 0 to 2^64 - 1");
    else if (max == UINT32_MAX)
        (void)snprintf(what, sizeof what, "a whole number from 0 to 2^32 - 1");
    else
        (void)snprintf(what, sizeof what, "a whole number from 0 to %llu", (unsigned long long)max);
    if (!parse_integer(json, &value) || value > max)
        return fail_value(json, what, err);
    *out = value;
    return PVM_OK;
}

enum pvm_status jam_json_bool(struct jam_json json, bool *out, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(json, JAM_JSON_BOOL, err));
    *out = cJSON_IsTrue(json.node);
    return PVM_OK;
}

enum pvm_status jam_json_text(struct jam_json json, const char **out, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(json, JAM_JSON_STRING, err));
    *out = json.node->valuestring;
    return PVM_OK;
}

enum pvm_status jam_json_hex(struct jam_json json, struct pvm_buf *out, struct pvm_err *err)
{
    if (jam_json_type(json) != JAM_JSON_STRING || !is_prefixed(json.node->valuestring))
        return fail_value(json, "0x and hexadecimal digits in quotes", err);
    const char *text = json.node->valuestring;
    size_t len = strlen(text);
    size_t bad = 0;
    if (pvm_hex_decode(text, len, out, &bad))
        return PVM_OK;
    PVM_TRY(pvm_buf_status(out, err));
    if (bad == len)
        return jam_json_fail(json, err, "odd number of hexadecimal digits (%zu)", len - 2);
    return jam_json_fail(json, err, "character %zu is no hexadecimal digit", bad + 1);
}

enum pvm_status jam_json_octets(struct jam_json json, struct pvm_buf *out, struct pvm_err *err)
{
    if (jam_json_type(json) != JAM_JSON_ARRAY)
        return jam_json_hex(json, out, err);
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        uint64_t octet = 0;
        PVM_TRY(jam_json_u64(it, UINT8_MAX, &octet, err));
        pvm_buf_add_u8(out, (uint8_t)octet);
    }
    return pvm_buf_status(out, err);
}

enum pvm_status jam_json_hash(struct jam_json json, struct jam_hash *out, struct pvm_err *err)
{
    struct pvm_buf octets = {.alloc = json.doc->alloc};
    enum pvm_status status = jam_json_hex(json, &octets, err);
    if (status == PVM_OK) {
        if (octets.len == JAM_HASH_SIZE)
            memcpy(out->octets, octets.ptr, JAM_HASH_SIZE);
        else
            status = jam_json_fail(json, err, "expected a hash of %d octets, got %zu",
                                   JAM_HASH_SIZE, octets.len);
    }
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status put_integer(struct jam_json json, enum jam_json_slot slot, void *to,
                                   struct pvm_err *err)
{
    static const uint64_t limits[] = {
        [JAM_JSON_SLOT_U8] = UINT8_MAX,
        [JAM_JSON_SLOT_U16] = UINT16_MAX,
        [JAM_JSON_SLOT_U32] = UINT32_MAX,
        [JAM_JSON_SLOT_U64] = UINT64_MAX,
    };
    uint64_t value = 0;
    PVM_TRY(jam_json_u64(json, limits[slot], &value, err));
    if (slot == JAM_JSON_SLOT_U8)
        *(uint8_t *)to = (uint8_t)value;
    else if (slot == JAM_JSON_SLOT_U16)
        *(uint16_t *)to = (uint16_t)value;
    else if (slot == JAM_JSON_SLOT_U32)
        *(uint32_t *)to = (uint32_t)value;
    else
        *(uint64_t *)to = value;
    return PVM_OK;
}

static enum pvm_status put_field(struct jam_json json, enum jam_json_slot slot, void *to,
                                 struct pvm_err *err)
{
    switch (slot) {
    case JAM_JSON_SLOT_BOOL:
        return jam_json_bool(json, to, err);
    case JAM_JSON_SLOT_U8:
    case JAM_JSON_SLOT_U16:
    case JAM_JSON_SLOT_U32:
    case JAM_JSON_SLOT_U64:
        return put_integer(json, slot, to, err);
    case JAM_JSON_SLOT_TEXT:
        return jam_json_text(json, to, err);
    case JAM_JSON_SLOT_HASH:
        return jam_json_hash(json, to, err);
    case JAM_JSON_SLOT_ANY:
        memcpy(to, &json, sizeof json);
        return PVM_OK;
    }
    return pvm_fail(err, PVM_E_INTERNAL, "%s: field of an unknown kind", json.doc->name);
}

static const struct jam_json_field *find_field(const struct jam_json_field *fields, size_t count,
                                               const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

enum { KNOWN_MAX = 200 }; /* octets of names in a message, which has room for a path as well */

static enum pvm_status fail_unknown(struct jam_json json, const struct jam_json_field *fields,
                                    size_t count, struct pvm_err *err)
{
    struct pvm_buf known = {.alloc = json.doc->alloc};
    for (size_t i = 0; i < count; i++) {
        if (known.len + strlen(fields[i].name) > KNOWN_MAX) {
            pvm_buf_printf(&known, ", and %zu more", count - i);
            break;
        }
        pvm_buf_printf(&known, "%s%s", i == 0 ? "" : ", ", fields[i].name);
    }
    jam_json_fail(json, err, "unknown key; known here: %s", pvm_buf_str(&known));
    pvm_buf_deinit(&known);
    return PVM_E_MALFORMED;
}

enum pvm_status jam_json_fields(struct jam_json object, const struct jam_json_field *fields,
                                size_t count, void *out, struct pvm_err *err)
{
    PVM_TRY(jam_json_expect(object, JAM_JSON_OBJECT, err));
    for (struct jam_json it = jam_json_first(object); jam_json_has(it); it = jam_json_next(it)) {
        const struct jam_json_field *field = find_field(fields, count, jam_json_key(it));
        if (field != NULL)
            PVM_TRY(put_field(it, field->slot, (char *)out + field->offset, err));
        else if (strcmp(jam_json_key(it), "note") != 0)
            return fail_unknown(it, fields, count, err);
    }
    for (size_t i = 0; i < count; i++)
        if (fields[i].needed && !jam_json_has(jam_json_get(object, fields[i].name)))
            return jam_json_fail(object, err, "\"%s\" is missing", fields[i].name);
    return PVM_OK;
}
