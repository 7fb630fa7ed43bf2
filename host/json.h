/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON with errors that say where: "a.json: $.work_package.items[0].payload: expected
 * 0x and hexadecimal digits in quotes, got 7". Integers are exact to 2^64 - 1, duplicate and
 * unknown keys are errors, and what the text nests, counts and weighs is limited. Nothing else uses
 * cJSON.
 *
 * A struct jam_json is a place in a document: copied freely, valid as long as the document. An
 * object is best read as a table of fields into a struct:
 *
 *     struct account {
 *         uint64_t balance;
 *         struct jam_hash code_hash;
 *         struct jam_json storage;
 *     };
 *     static const struct jam_json_field fields[] = {
 *         JAM_JSON_FIELD(struct account, balance),
 *         JAM_JSON_NEEDED(struct account, code_hash),
 *         JAM_JSON_FIELD(struct account, storage),
 *     };
 *     struct account account = {.balance = 100};
 *     PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), &account, err));
 */
#ifndef HOST_JSON_H
#define HOST_JSON_H

#include "host/types.h"

#include <stddef.h>

struct cJSON;
struct jam_json_doc;

struct jam_json {
    const struct jam_json_doc *doc;
    const struct cJSON *node; /* NULL: nothing there */
};

enum jam_json_type {
    JAM_JSON_NOTHING,
    JAM_JSON_NULL,
    JAM_JSON_BOOL,
    JAM_JSON_NUMBER,
    JAM_JSON_STRING,
    JAM_JSON_ARRAY,
    JAM_JSON_OBJECT
};

/* text is borrowed until jam_json_free. name is what messages call it, and is copied.
 * PVM_E_MALFORMED: "name:line:column: ..." for what is no JSON, or the path of a duplicate key. */
PVM_MUST_USE enum pvm_status jam_json_parse(struct pvm_bytes text, const char *name,
                                            const struct pvm_alloc *alloc,
                                            struct jam_json_doc **out, struct pvm_err *err);
void jam_json_free(struct jam_json_doc *doc); /* NULL is fine */
struct jam_json jam_json_root(const struct jam_json_doc *doc);

static inline bool jam_json_has(struct jam_json json)
{
    return json.node != NULL;
}

enum jam_json_type jam_json_type(struct jam_json json);
/* "a text in quotes", "a number", ...; "nothing" for no value. */
const char *jam_json_type_name(enum jam_json_type type);

/* PVM_E_MALFORMED with document, path and what. Static text without formatting of its own is best
 * begun in lower case: it stands behind "PATH: ". */
enum pvm_status jam_json_fail(struct jam_json json, struct pvm_err *err, const char *fmt, ...)
    PVM_PRINTF(3, 4);
/* Appends "$.items[0].payload"; keys that are no plain words stand in quotes. */
void jam_json_path(struct jam_json json, struct pvm_buf *out);

/* Fails unless the value has this type. */
PVM_MUST_USE enum pvm_status jam_json_expect(struct jam_json json, enum jam_json_type type,
                                             struct pvm_err *err);

/* Members of an array or object, in the order of the text: 0 and nothing for other values. */
size_t jam_json_count(struct jam_json json);
struct jam_json jam_json_first(struct jam_json json);
struct jam_json jam_json_next(struct jam_json json);
/* The key a member of an object stands under; NULL elsewhere. Lives as long as the document. */
const char *jam_json_key(struct jam_json json);
struct jam_json jam_json_get(struct jam_json object, const char *key);

/* Scalars. Integers may also be strings "0x2a". Outputs are written on success only. */
PVM_MUST_USE enum pvm_status jam_json_u64(struct jam_json json, uint64_t max, uint64_t *out,
                                          struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_json_bool(struct jam_json json, bool *out, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_json_text(struct jam_json json, const char **out,
                                           struct pvm_err *err);
/* Appends the octets of a string "0x..." of any length, none included. */
PVM_MUST_USE enum pvm_status jam_json_hex(struct jam_json json, struct pvm_buf *out,
                                          struct pvm_err *err);
/* The same, or an array of numbers below 256. */
PVM_MUST_USE enum pvm_status jam_json_octets(struct jam_json json, struct pvm_buf *out,
                                             struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_json_hash(struct jam_json json, struct jam_hash *out,
                                           struct pvm_err *err);

/* Where a field goes; found out from the type of the struct's member. A member of type struct
 * jam_json takes any value, to be read later. */
enum jam_json_slot {
    JAM_JSON_SLOT_BOOL,
    JAM_JSON_SLOT_U8,
    JAM_JSON_SLOT_U16,
    JAM_JSON_SLOT_U32,
    JAM_JSON_SLOT_U64,
    JAM_JSON_SLOT_TEXT,
    JAM_JSON_SLOT_HASH,
    JAM_JSON_SLOT_ANY
};

struct jam_json_field {
    const char *name;
    enum jam_json_slot slot;
    bool needed;
    size_t offset;
};

#define JAM_JSON_SLOT(member)                                                                      \
    _Generic((member),                                                                             \
        bool: JAM_JSON_SLOT_BOOL,                                                                  \
        uint8_t: JAM_JSON_SLOT_U8,                                                                 \
        uint16_t: JAM_JSON_SLOT_U16,                                                               \
        uint32_t: JAM_JSON_SLOT_U32,                                                               \
        uint64_t: JAM_JSON_SLOT_U64,                                                               \
        const char *: JAM_JSON_SLOT_TEXT,                                                          \
        struct jam_hash: JAM_JSON_SLOT_HASH,                                                       \
        struct jam_json: JAM_JSON_SLOT_ANY)
#define JAM_JSON_ROW(type, member, name, needed)                                                   \
    {                                                                                              \
        name, JAM_JSON_SLOT(((type *)NULL)->member), needed, offsetof(type, member)                \
    }
#define JAM_JSON_FIELD(type, member)  JAM_JSON_ROW(type, member, #member, false)
#define JAM_JSON_NEEDED(type, member) JAM_JSON_ROW(type, member, #member, true)
#define JAM_JSON_COUNT(fields)        (sizeof(fields) / sizeof *(fields))

/* Fills the members of *out that the object has; the others keep their value. An unknown key is an
 * error, except "note", which is for people; so is the absence of a needed field. */
PVM_MUST_USE enum pvm_status jam_json_fields(struct jam_json object,
                                             const struct jam_json_field *fields, size_t count,
                                             void *out, struct pvm_err *err);

#endif
