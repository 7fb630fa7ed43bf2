/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON: what is refused and with which words, integers to the last bit, tables of fields, documents
 * that are hostile, and memory that ends.
 */
#include "host/json.h"

#include <check.h>
#include <stdlib.h>

static struct jam_json_doc *parse(const char *text)
{
    struct jam_json_doc *doc = NULL;
    struct pvm_err err = {0};
    ck_assert_msg(jam_json_parse(pvm_bytes(text, strlen(text)), "a.json", NULL, &doc, &err) ==
                      PVM_OK,
                  "%s: %s", text, err.msg);
    return doc;
}

struct bad_text {
    const char *text, *error;
};

static const struct bad_text bad_texts[] = {
    {"", "a.json:1:1: expected a value, got the end"},
    {" \n ", "a.json:2:2: expected a value, got the end"},
    {"{", "a.json:1:2: expected a key in quotes, got the end"},
    {"[", "a.json:1:2: expected a value, got the end"},
    {"[1,]", "a.json:1:4: expected a value, got ']'"},
    {"[1 2]", "a.json:1:4: expected ',' or ']', got '2'"},
    {"[1}", "a.json:1:3: expected ',' or ']', got '}'"},
    {"{\"a\"}", "a.json:1:5: expected ':', got '}'"},
    {"{\"a\":}", "a.json:1:6: expected a value, got '}'"},
    {"{\"a\":1,}", "a.json:1:8: expected a key in quotes, got '}'"},
    {"{\"a\":1]", "a.json:1:7: expected ',' or '}', got ']'"},
    {"{a:1}", "a.json:1:2: expected a key in quotes, got 'a'"},
    {"{'a':1}", "a.json:1:2: expected a key in quotes, got '''"},
    {"{} x", "a.json:1:4: expected the end, got 'x'"},
    {"{}\n\n}", "a.json:3:1: expected the end, got '}'"},
    {"\"\xc3\xa9\" x", "a.json:1:5: expected the end, got 'x'"},
    {"tru", "a.json:1:1: expected a value, got 't'"},
    {"nullx", "a.json:1:5: expected the end, got 'x'"},
    {"NaN", "a.json:1:1: expected a value, got 'N'"},
    {"// c\n1", "a.json:1:1: expected a value, got '/'"},
    {"\xef\xbb\xbf{}",
     "a.json:1:1: a byte order mark in front of the JSON; save the file as UTF-8 without it"},
    {"\xff\xfe{", "a.json:1:1: the text is UTF-16; save the file as UTF-8"},
    {"\xfe\xff", "a.json:1:1: the text is UTF-16; save the file as UTF-8"},
    {"\xef\xbb{}", "a.json:1:1: expected a value, got octet 0xef"},
    {"\v1", "a.json:1:1: expected a value, got octet 0x0b"},
    {"\"abc", "a.json:1:1: string without an end"},
    {"\"abc\\", "a.json:1:5: invalid escape"},
    {"\"a\nb\"", "a.json:1:3: expected a character of a string, got octet 0x0a"},
    {"\"\\x41\"", "a.json:1:2: invalid escape"},
    {"\"\\u12g4\"", "a.json:1:2: expected four hexadecimal digits behind \\u"},
    {"\"\\u0000\"", "a.json:1:2: U+0000 in a string"},
    {"\"\\ud800\"", "a.json:1:2: half a surrogate pair"},
    {"\"\\udc00\"", "a.json:1:2: half a surrogate pair"},
    {"\"\\ud800\\u0041\"", "a.json:1:2: half a surrogate pair"},
    {"\"\x80\"", "a.json:1:2: invalid UTF-8"},
    {"\"\xc0\xaf\"", "a.json:1:2: invalid UTF-8"},
    {"\"\xe0\x80\xaf\"", "a.json:1:2: invalid UTF-8"},
    {"\"\xed\xa0\x80\"", "a.json:1:2: invalid UTF-8"},
    {"\"\xf4\x90\x80\x80\"", "a.json:1:2: invalid UTF-8"},
    {"\"\xf0\x9f\x98\"", "a.json:1:2: invalid UTF-8"},
    {"-", "a.json:1:1: malformed number"},
    {"01", "a.json:1:1: malformed number"},
    {"-01", "a.json:1:1: malformed number"},
    {"1.", "a.json:1:1: malformed number"},
    {"1.e5", "a.json:1:1: malformed number"},
    {"1e", "a.json:1:1: malformed number"},
    {"1e+", "a.json:1:1: malformed number"},
    {".5", "a.json:1:1: expected a value, got '.'"},
    {"+1", "a.json:1:1: expected a value, got '+'"},
    {"0x10", "a.json:1:2: expected the end, got 'x'"},
    {"1000000000000000000000000000000000000000000000000",
     "a.json:1:1: number of too many characters"},
    {"{\"a\":1,\"a\":1}", "a.json: $.a: key is there twice"},
    {"{\"x\":[{\"b\":1,\"c\":2,\"b\":{}}]}", "a.json: $.x[0].b: key is there twice"},
    {"{\"a\":1,\"\\u0061\":1}", "a.json: $.a: key is there twice"},
    {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,"
     "\"l\":12,\"m\":13,\"n\":14,\"o\":15,\"p\":16,\"q\":17,\"c\":18}",
     "a.json: $.c: key is there twice"},
};

START_TEST(bad_text_is_refused)
{
    const struct bad_text *c = &bad_texts[_i];
    struct jam_json_doc *doc = NULL;
    struct pvm_err err = {0};
    /* A copy of the exact size, so that reading past the end is noticed. */
    size_t len = strlen(c->text);
    char *text = malloc(len + (len == 0));
    ck_assert_ptr_nonnull(text);
    memcpy(text, c->text, len);
    ck_assert_int_eq(jam_json_parse(pvm_bytes(text, len), "a.json", NULL, &doc, &err),
                     PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, c->error);
    ck_assert_ptr_null(doc);
    free(text);
}
END_TEST

START_TEST(zero_octets_are_refused)
{
    struct jam_json_doc *doc = NULL;
    struct pvm_err err = {0};
    ck_assert_int_eq(jam_json_parse(pvm_bytes("{\"a\0\":1}", 8), "a.json", NULL, &doc, &err),
                     PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "a.json:1:4: expected a character of a string, got octet 0x00");
    err = (struct pvm_err){0};
    ck_assert_int_eq(jam_json_parse(pvm_bytes("1\0", 2), "a.json", NULL, &doc, &err),
                     PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "a.json:1:2: expected the end, got octet 0x00");
}
END_TEST

START_TEST(nesting_is_limited)
{
    static const char opener[] = {'[', '{'};
    struct pvm_buf text = {0};
    struct jam_json_doc *doc = NULL;
    struct pvm_err err = {0};
    for (int i = 0; i < 10000; i++)
        pvm_buf_text(&text, opener[_i] == '[' ? "[" : "{\"a\":");
    ck_assert_int_eq(jam_json_parse(pvm_buf_bytes(&text), "a.json", NULL, &doc, &err),
                     PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, opener[_i] == '[' ? "a.json:1:129: nested too deep"
                                                : "a.json:1:641: nested too deep");
    pvm_buf_deinit(&text);
}
END_TEST

START_TEST(deepest_nesting_is_read)
{
    struct pvm_buf text = {0};
    struct pvm_err err = {0};
    for (int i = 0; i < 128; i++)
        pvm_buf_text(&text, "[");
    pvm_buf_text(&text, "7");
    for (int i = 0; i < 128; i++)
        pvm_buf_text(&text, "]");
    struct jam_json_doc *doc = parse(pvm_buf_str(&text));
    struct jam_json json = jam_json_root(doc);
    for (int i = 0; i < 128; i++)
        json = jam_json_first(json);
    uint64_t value = 0;
    ck_assert_int_eq(jam_json_u64(json, 10, &value, &err), PVM_OK);
    ck_assert_uint_eq(value, 7);
    struct pvm_buf path = {0};
    jam_json_path(json, &path);
    ck_assert_uint_eq(path.len, 1 + 128 * 3);
    pvm_buf_deinit(&path);
    jam_json_free(doc);
    pvm_buf_deinit(&text);
}
END_TEST

START_TEST(values_are_limited)
{
    struct pvm_buf text = {0};
    struct jam_json_doc *doc = NULL;
    struct pvm_err err = {0};
    pvm_buf_text(&text, "[0");
    for (int i = 0; i < 1 << 23; i++)
        pvm_buf_text(&text, ",0");
    pvm_buf_text(&text, "]");
    ck_assert_int_eq(pvm_buf_status(&text, &err), PVM_OK);
    ck_assert_int_eq(jam_json_parse(pvm_buf_bytes(&text), "a.json", NULL, &doc, &err),
                     PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "a.json:1:16777216: too many values");
    pvm_buf_deinit(&text);
}
END_TEST

START_TEST(size_is_limited)
{
    struct jam_json_doc *doc = NULL;
    struct pvm_err err = {0};
    ck_assert_int_eq(
        jam_json_parse(pvm_bytes("1", ((size_t)256 << 20) + 1), "a.json", NULL, &doc, &err),
        PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "a.json: larger than 256 MiB");
}
END_TEST

struct integer_case {
    const char *text;
    uint64_t max, value;
};

static const struct integer_case integers[] = {
    {"0", 0, 0},
    {"255", 255, 255},
    {"9007199254740993", UINT64_MAX, UINT64_C(9007199254740993)},
    {"18446744073709551615", UINT64_MAX, UINT64_MAX},
    {"18446744073709551614", UINT64_MAX, UINT64_MAX - 1},
    {"4294967295", UINT32_MAX, UINT32_MAX},
    {"\"0x0\"", UINT64_MAX, 0},
    {"\"0xffffffffffffffff\"", UINT64_MAX, UINT64_MAX},
    {"\"0XfEdCbA9876543210\"", UINT64_MAX, UINT64_C(0xfedcba9876543210)},
    {"\"0x00000000000000000000002a\"", UINT64_MAX, 42},
};

START_TEST(integers_are_exact)
{
    const struct integer_case *c = &integers[_i];
    struct jam_json_doc *doc = parse(c->text);
    struct pvm_err err = {0};
    uint64_t value = 0;
    ck_assert_msg(jam_json_u64(jam_json_root(doc), c->max, &value, &err) == PVM_OK, "%s", err.msg);
    ck_assert_uint_eq(value, c->value);
    jam_json_free(doc);
}
END_TEST

/* Numbers are matched with their characters in the order of the text, whatever stands between. */
START_TEST(numbers_find_their_text)
{
    struct jam_json_doc *doc =
        parse("{\"1\":[1,\"2 \\\" 3\",[],{}, 2 ,{\"-4\":3}],\"\\\\\":{\"a\":[[4]],\"5\":\"6\"},"
              "\"z\":5,\"\":6}");
    static const char *const paths[][4] = {
        {"1", "0"}, {"1", "4"}, {"1", "5", "-4"}, {"\\", "a", "0", "0"}, {"z"}, {""},
    };
    for (uint64_t i = 0; i < 6; i++) {
        struct jam_json json = jam_json_root(doc);
        for (size_t step = 0; step < 4 && paths[i][step] != NULL; step++) {
            if (jam_json_type(json) == JAM_JSON_OBJECT) {
                json = jam_json_get(json, paths[i][step]);
                continue;
            }
            json = jam_json_first(json);
            for (int skip = atoi(paths[i][step]); skip > 0; skip--)
                json = jam_json_next(json);
        }
        struct pvm_err err = {0};
        uint64_t value = 0;
        ck_assert_msg(jam_json_u64(json, 9, &value, &err) == PVM_OK, "%s", err.msg);
        ck_assert_uint_eq(value, i + 1);
    }
    jam_json_free(doc);
}
END_TEST

struct record {
    bool yes;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    const char *text;
    struct jam_hash hash;
    struct jam_json any;
};

static const struct jam_json_field record_fields[] = {
    JAM_JSON_FIELD(struct record, yes),  JAM_JSON_FIELD(struct record, u8),
    JAM_JSON_FIELD(struct record, u16),  JAM_JSON_FIELD(struct record, u32),
    JAM_JSON_FIELD(struct record, u64),  JAM_JSON_FIELD(struct record, text),
    JAM_JSON_FIELD(struct record, hash), JAM_JSON_NEEDED(struct record, any),
};

static enum pvm_status read_record(const char *text, struct record *out, struct pvm_err *err,
                                   struct jam_json_doc **doc)
{
    *doc = parse(text);
    return jam_json_fields(jam_json_root(*doc), record_fields, JAM_JSON_COUNT(record_fields), out,
                           err);
}

START_TEST(fields_are_filled)
{
    struct record r = {.u16 = 7};
    struct pvm_err err = {0};
    struct jam_json_doc *doc;
    ck_assert_msg(
        read_record("{\"note\": [1], \"yes\": true, \"u8\": 255, \"u32\": 4294967295, \"text\": "
                    "\"t\\u00e9\\ud83d\\ude00\", \"u64\": 18446744073709551615, \"any\": [null],"
                    "\"hash\": "
                    "\"0x000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\"}",
                    &r, &err, &doc) == PVM_OK,
        "%s", err.msg);
    ck_assert(r.yes);
    ck_assert_uint_eq(r.u8, 255);
    ck_assert_uint_eq(r.u16, 7);
    ck_assert_uint_eq(r.u32, UINT32_MAX);
    ck_assert_uint_eq(r.u64, UINT64_MAX);
    ck_assert_str_eq(r.text, "t\xc3\xa9\xf0\x9f\x98\x80");
    for (unsigned i = 0; i < 32; i++)
        ck_assert_uint_eq(r.hash.octets[i], i);
    ck_assert_int_eq(jam_json_type(r.any), JAM_JSON_ARRAY);
    ck_assert_int_eq(jam_json_type(jam_json_first(r.any)), JAM_JSON_NULL);
    jam_json_free(doc);
}
END_TEST

/* Of a list that no message holds, as many names as fit. */
START_TEST(many_known_names)
{
    static const struct jam_json_field fields[] = {
        {.name = "a0123456789012345678901234567890123456789"},
        {.name = "b0123456789012345678901234567890123456789"},
        {.name = "c0123456789012345678901234567890123456789"},
        {.name = "d0123456789012345678901234567890123456789"},
        {.name = "e0123456789012345678901234567890123456789"},
        {.name = "f0123456789012345678901234567890123456789"},
        {.name = "g0123456789012345678901234567890123456789"}};
    struct jam_json_doc *doc = parse("{\"x\":1}");
    struct pvm_err err = {0};
    ck_assert(jam_json_fields(jam_json_root(doc), fields, JAM_JSON_COUNT(fields), &err, &err) ==
              PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg,
                     "a.json: $.x: unknown key; known here: "
                     "a0123456789012345678901234567890123456789, "
                     "b0123456789012345678901234567890123456789, "
                     "c0123456789012345678901234567890123456789, "
                     "d0123456789012345678901234567890123456789, and 3 more");
    jam_json_free(doc);
}
END_TEST

#define LONG_KEY "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"

static const struct bad_text bad_records[] = {
    {"[]", "a.json: $: expected an object, got an array"},
    {"1", "a.json: $: expected an object, got 1"},
    {"{}", "a.json: $: \"any\" is missing"},
    {"{\"any\":1,\"other\":2}",
     "a.json: $.other: unknown key; known here: yes, u8, u16, u32, u64, text, hash, any"},
    {"{\"any\":1,\"Any\":2}",
     "a.json: $.Any: unknown key; known here: yes, u8, u16, u32, u64, text, hash, any"},
    {"{\"a b\":2}",
     "a.json: $[\"a b\"]: unknown key; known here: yes, u8, u16, u32, u64, text, hash, any"},
    {"{\"\\u001b[1m\":2}",
     "a.json: $[\"?[1m\"]: unknown key; known here: yes, u8, u16, u32, u64, text, hash, any"},
    {"{\"" LONG_KEY "\":2}",
     "a.json: $[\"abcdefghijklmnopqrstuvwxyzabcdefghijklmn...\"]: unknown key; known here: yes, "
     "u8, u16, u32, u64, text, hash, any"},
    {"{\"yes\":1}", "a.json: $.yes: expected true or false, got 1"},
    {"{\"yes\":\"true\"}", "a.json: $.yes: expected true or false, got the text \"true\""},
    {"{\"u8\":256}", "a.json: $.u8: expected a whole number from 0 to 255, got 256"},
    {"{\"u8\":\"0x100\"}",
     "a.json: $.u8: expected a whole number from 0 to 255, got the text \"0x100\""},
    {"{\"u16\":65536}", "a.json: $.u16: expected a whole number from 0 to 65535, got 65536"},
    {"{\"u32\":4294967296}",
     "a.json: $.u32: expected a whole number from 0 to 2^32 - 1, got 4294967296"},
    {"{\"u64\":18446744073709551616}",
     "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got 18446744073709551616"},
    {"{\"u64\":\"0x10000000000000000\"}", "a.json: $.u64: expected a whole number from 0 to 2^64 - "
                                          "1, got the text \"0x10000000000000000\""},
    {"{\"u64\":\"0x\"}",
     "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got the text \"0x\""},
    {"{\"u64\":\"0xg\"}",
     "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got the text \"0xg\""},
    {"{\"u64\":\"12\"}",
     "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got the text \"12\""},
    {"{\"u64\":-1}", "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got -1"},
    {"{\"u64\":-0}", "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got -0"},
    {"{\"u64\":1.5}", "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got 1.5"},
    {"{\"u64\":1e3}", "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got 1e3"},
    {"{\"u64\":1e999}", "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got 1e999"},
    {"{\"u64\":null}", "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got null"},
    {"{\"u64\":{}}", "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got an object"},
    {"{\"u64\":true}", "a.json: $.u64: expected a whole number from 0 to 2^64 - 1, got true"},
    {"{\"text\":5}", "a.json: $.text: expected a text in quotes, got 5"},
    {"{\"hash\":5}", "a.json: $.hash: expected 0x and hexadecimal digits in quotes, got 5"},
    {"{\"hash\":\"\"}",
     "a.json: $.hash: expected 0x and hexadecimal digits in quotes, got the text \"\""},
    {"{\"hash\":\"abcd\"}",
     "a.json: $.hash: expected 0x and hexadecimal digits in quotes, got the text \"abcd\""},
    {"{\"hash\":\"0x\"}", "a.json: $.hash: expected a hash of 32 octets, got 0"},
    {"{\"hash\":\"0x0011\"}", "a.json: $.hash: expected a hash of 32 octets, got 2"},
    {"{\"hash\":\"0x001\"}", "a.json: $.hash: odd number of hexadecimal digits (3)"},
    {"{\"hash\":\"0x00zz\"}", "a.json: $.hash: character 5 is no hexadecimal digit"},
};

START_TEST(bad_record_is_refused)
{
    const struct bad_text *c = &bad_records[_i];
    struct record r = {0};
    struct pvm_err err = {0};
    struct jam_json_doc *doc;
    ck_assert_int_eq(read_record(c->text, &r, &err, &doc), PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, c->error);
    jam_json_free(doc);
}
END_TEST

START_TEST(paths_name_the_place)
{
    struct jam_json_doc *doc =
        parse("{\"work_package\":{\"items\":[{},{\"payload\":[0,1]}]},\"9\":{\"a.b\":[[3]]}}");
    struct jam_json items = jam_json_get(jam_json_get(jam_json_root(doc), "work_package"), "items");
    struct jam_json payload = jam_json_get(jam_json_next(jam_json_first(items)), "payload");
    struct pvm_err err = {0};
    struct pvm_buf out = {0};
    ck_assert_uint_eq(jam_json_count(items), 2);
    ck_assert_uint_eq(jam_json_count(payload), 2);
    ck_assert_str_eq(jam_json_key(payload), "payload");
    ck_assert_int_eq(jam_json_hex(payload, &out, &err), PVM_E_MALFORMED);
    ck_assert_str_eq(err.msg, "a.json: $.work_package.items[1].payload: expected 0x and "
                              "hexadecimal digits in quotes, got an array");
    ck_assert_int_eq(jam_json_octets(payload, &out, &err), PVM_OK);
    ck_assert_uint_eq(out.len, 2);
    ck_assert_uint_eq(out.ptr[1], 1);
    out.len = 0;
    jam_json_path(
        jam_json_first(jam_json_first(jam_json_get(jam_json_get(jam_json_root(doc), "9"), "a.b"))),
        &out);
    ck_assert_str_eq(pvm_buf_str(&out), "$[\"9\"][\"a.b\"][0][0]");
    pvm_buf_deinit(&out);
    jam_json_free(doc);
}
END_TEST

/* A path longer than a line keeps its end, which says most. */
START_TEST(long_paths_keep_their_end)
{
    struct jam_json_doc *doc = parse("{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":{"
                                     "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\":{"
                                     "\"cccccccccccccccccccccccccccccccccccccccc\":{\"d\":1}}}}");
    struct jam_json json = jam_json_root(doc);
    while (jam_json_type(json) == JAM_JSON_OBJECT)
        json = jam_json_first(json);
    struct pvm_err err = {0};
    jam_json_fail(json, &err, "no");
    ck_assert_str_eq(err.msg, "a.json: ...aaaaaa."
                              "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."
                              "cccccccccccccccccccccccccccccccccccccccc.d: no");
    jam_json_free(doc);
}
END_TEST

struct stingy {
    int left;
};

static void *stingy_resize(void *user, void *ptr, size_t size)
{
    struct stingy *stingy = user;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    if (stingy->left == 0)
        return NULL;
    stingy->left--;
    return realloc(ptr, size);
}

START_TEST(memory_may_end)
{
    static const char text[] = "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,"
                               "\"i\":9,\"j\":10,\"k\":11,\"l\":12,\"m\":13,\"n\":14,\"o\":15,"
                               "\"p\":16,\"q\":\"0x00\"}";
    struct jam_json_doc *doc = NULL;
    enum pvm_status status = PVM_E_MEMORY;
    int granted = 0;
    for (; status != PVM_OK; granted++) {
        struct stingy stingy = {granted};
        struct pvm_alloc alloc = {stingy_resize, &stingy};
        struct pvm_err err = {0};
        status = jam_json_parse(pvm_bytes(text, strlen(text)), "a.json", &alloc, &doc, &err);
        ck_assert(status == PVM_OK || status == PVM_E_MEMORY);
        ck_assert(status == PVM_OK || err.msg[0] != '\0');
        if (status != PVM_OK)
            continue;
        /* Without memory the message is poorer, and still one. */
        struct jam_hash hash;
        stingy.left = 0;
        ck_assert_int_ne(jam_json_hash(jam_json_get(jam_json_root(doc), "q"), &hash, &err), PVM_OK);
        ck_assert(err.msg[0] != '\0');
        jam_json_free(doc);
    }
    ck_assert_int_eq(granted, 5); /* the document, values, strings and sorted keys */
}
END_TEST

Suite *json_suite(void);
Suite *json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("json");
    tcase_add_loop_test(tc, bad_text_is_refused, 0, sizeof bad_texts / sizeof *bad_texts);
    tcase_add_test(tc, zero_octets_are_refused);
    tcase_add_loop_test(tc, nesting_is_limited, 0, 2);
    tcase_add_test(tc, deepest_nesting_is_read);
    tcase_add_test(tc, values_are_limited);
    tcase_add_test(tc, size_is_limited);
    tcase_add_loop_test(tc, integers_are_exact, 0, sizeof integers / sizeof *integers);
    tcase_add_test(tc, numbers_find_their_text);
    tcase_add_test(tc, fields_are_filled);
    tcase_add_loop_test(tc, bad_record_is_refused, 0, sizeof bad_records / sizeof *bad_records);
    tcase_add_test(tc, many_known_names);
    tcase_add_test(tc, paths_name_the_place);
    tcase_add_test(tc, long_paths_keep_their_end);
    tcase_add_test(tc, memory_may_end);
    suite_add_tcase(suite, tc);
    return suite;
}
