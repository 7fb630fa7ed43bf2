/* SPDX-License-Identifier: Apache-2.0 */
#include "host/json_out.h"

#include <assert.h>
#include <inttypes.h>

struct jam_out jam_out(struct pvm_buf *out)
{
    return (struct jam_out){.out = out};
}

static void quoted(struct pvm_buf *out, struct pvm_bytes text)
{
    pvm_buf_text(out, "\"");
    for (size_t i = 0; i < text.len;) {
        uint8_t c = text.ptr[i];
        size_t len = jam_utf8_len((struct pvm_bytes){text.ptr + i, text.len - i});
        if (len == 0)
            pvm_buf_text(out, "\\ufffd");
        else if (c == '"' || c == '\\')
            pvm_buf_printf(out, "\\%c", c);
        else if (c == '\n')
            pvm_buf_text(out, "\\n");
        else if (c < 0x20 || c == 0x7f)
            pvm_buf_printf(out, "\\u%04x", c);
        else
            pvm_buf_add(out, text.ptr + i, len);
        i += len != 0 ? len : 1;
    }
    pvm_buf_text(out, "\"");
}

/* What stands in front of every value: comma, new line, key. */
static void member(struct jam_out *json, const char *key)
{
    if (json->depth > 0) {
        pvm_buf_text(json->out, json->filled[json->depth] ? ",\n" : "\n");
        pvm_buf_printf(json->out, "%*s", (int)(2 * json->depth), "");
    }
    json->filled[json->depth] = true;
    if (key != NULL) {
        quoted(json->out, pvm_bytes(key, strlen(key)));
        pvm_buf_text(json->out, ": ");
    }
}

static void open_level(struct jam_out *json, const char *key, const char *bracket)
{
    member(json, key);
    pvm_buf_text(json->out, bracket);
    assert(json->depth < JAM_OUT_DEPTH);
    json->depth++;
    json->filled[json->depth] = false;
}

static void close_level(struct jam_out *json, const char *bracket)
{
    bool filled = json->filled[json->depth];
    json->depth--;
    if (filled)
        pvm_buf_printf(json->out, "\n%*s", (int)(2 * json->depth), "");
    pvm_buf_text(json->out, bracket);
}

void jam_out_object(struct jam_out *json, const char *key)
{
    open_level(json, key, "{");
}

void jam_out_end_object(struct jam_out *json)
{
    close_level(json, "}");
}

void jam_out_array(struct jam_out *json, const char *key)
{
    open_level(json, key, "[");
}

void jam_out_end_array(struct jam_out *json)
{
    close_level(json, "]");
}

void jam_out_null(struct jam_out *json, const char *key)
{
    member(json, key);
    pvm_buf_text(json->out, "null");
}

void jam_out_bool(struct jam_out *json, const char *key, bool value)
{
    member(json, key);
    pvm_buf_text(json->out, value ? "true" : "false");
}

void jam_out_number(struct jam_out *json, const char *key, uint64_t value)
{
    member(json, key);
    pvm_buf_printf(json->out, "%" PRIu64, value);
}

void jam_out_word(struct jam_out *json, const char *key, uint64_t value)
{
    member(json, key);
    pvm_buf_printf(json->out, "\"0x%" PRIx64 "\"", value);
}

void jam_out_hex(struct jam_out *json, const char *key, struct pvm_bytes bytes)
{
    member(json, key);
    pvm_buf_text(json->out, "\"0x");
    pvm_buf_hex(json->out, bytes);
    pvm_buf_text(json->out, "\"");
}

void jam_out_text(struct jam_out *json, const char *key, const char *text)
{
    jam_out_string(json, key, pvm_bytes(text, strlen(text)));
}

void jam_out_string(struct jam_out *json, const char *key, struct pvm_bytes text)
{
    member(json, key);
    quoted(json->out, text);
}

void jam_out_finish(struct jam_out *json)
{
    assert(json->depth == 0);
    pvm_buf_text(json->out, "\n");
}

/* The second octet excludes overlong forms, surrogates and values above U+10FFFF. */
static bool second_fits(uint8_t first, uint8_t second)
{
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high;
}

size_t jam_utf8_len(struct pvm_bytes text)
{
    if (text.len == 0)
        return 0;
    uint8_t first = text.ptr[0];
    if (first < 0x80)
        return 1;
    size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.len < len || !second_fits(first, text.ptr[1]))
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((text.ptr[i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}
