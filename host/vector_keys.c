/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_keys.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks(struct pvm_bytes text, size_t at)
{
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    return at;
}

/* The contents of the string that opens at `at`, which moves behind it; to the end of the text when
 * it is not closed. */
static struct pvm_bytes read_string(struct pvm_bytes text, size_t *at)
{
    size_t start = ++*at;
    while (*at < text.len && text.ptr[*at] != '"')
        *at += text.ptr[*at] == '\\' ? 2 : 1;
    size_t end = *at < text.len ? *at : text.len;
    *at = end + 1;
    return pvm_bytes(text.ptr + start, end - start);
}

static uint32_t bit_of(const char *const *keys, struct pvm_bytes key)
{
    for (unsigned i = 0; keys[i] != NULL; i++)
        if (strlen(keys[i]) == key.len && memcmp(keys[i], key.ptr, key.len) == 0)
            return UINT32_C(1) << i;
    return 0;
}

uint32_t jam_vector_keys(struct pvm_bytes text, const char *const *keys)
{
    uint32_t found = 0;
    size_t depth = 0;
    size_t at = skip_blanks(text, 0);
    if (at == text.len || text.ptr[at] != '{')
        return 0;
    while (at < text.len) {
        uint8_t c = text.ptr[at];
        if (c == '"') {
            struct pvm_bytes string = read_string(text, &at);
            at = skip_blanks(text, at < text.len ? at : text.len);
            if (depth == 1 && at < text.len && text.ptr[at] == ':')
                found |= bit_of(keys, string);
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        if ((c == '}' || c == ']') && --depth == 0)
            break;
        at++;
    }
    return found;
}

bool jam_vector_has(struct jam_json object, const char *key, const char *inner)
{
    struct jam_json json = jam_json_get(object, key);
    return jam_json_type(json) == JAM_JSON_OBJECT && jam_json_has(jam_json_get(json, inner));
}
