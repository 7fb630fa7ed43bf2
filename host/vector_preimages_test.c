/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of preimages made by hand, in both forms: service 3 asks for "ab" and has "c". */
#include "host/vector_preimages.h"

#include "host/hash.h"
#include "host/testing.h"

struct row {
    const char *version;
    uint32_t requester;
    const char *blob;
    bool twice;      /* the same preimage again */
    unsigned error;  /* expected: 0 none, else one more than its number in binary */
    uint32_t since;  /* expected slot of "ab"; 0: it is still missing */
    const char *why; /* NULL: the vector holds */
};

static const struct row rows[] = {
    {"0.7.2", 3, "ab", false, 0, 42, NULL},
    {"0.7.0", 3, "ab", false, 0, 42, NULL},
    {"0.7.2", 3, "x", false, 1, 0, NULL},
    {"0.7.2", 4, "ab", false, 1, 0, NULL},
    {"0.7.2", 3, "c", false, 1, 0, NULL},
    {"0.7.2", 3, "ab", true, 2, 0, NULL},
    {"0.7.2", 3, "x", false, 0, 0, "the extrinsic: expected ok, got preimage_unneeded"},
    {"0.7.2", 3, "ab", false, 1, 0, "the extrinsic: expected preimage_unneeded, got ok"},
    {"0.7.2", 3, "ab", false, 0, 43, "service 3: request for 0x"},
    {"0.7.2", 3, "ab", false, 0, 0, "service 3: preimage 0x"},
};

static struct pvm_bytes text(const char *octets)
{
    return pvm_bytes(octets, strlen(octets));
}

/* ---- JSON ---- */

static void put_hash(struct pvm_buf *out, const char *blob)
{
    struct jam_hash hash = jam_hash(text(blob));
    pvm_buf_text(out, "\"hash\":\"0x");
    pvm_buf_hex(out, jam_hash_bytes(&hash));
    pvm_buf_text(out, "\"");
}

static void put_blob(struct pvm_buf *out, const char *blob)
{
    pvm_buf_text(out, "{");
    put_hash(out, blob);
    pvm_buf_text(out, ",\"blob\":\"0x");
    pvm_buf_hex(out, text(blob));
    pvm_buf_text(out, "\"}");
}

static void put_request(struct pvm_buf *out, const char *blob, uint32_t since)
{
    pvm_buf_text(out, "{\"key\":{");
    put_hash(out, blob);
    pvm_buf_printf(out, ",\"length\":%zu},\"value\":[", strlen(blob));
    if (since != 0)
        pvm_buf_printf(out, "%u", (unsigned)since);
    pvm_buf_text(out, "]}");
}

static void put_state(struct pvm_buf *out, const struct row *row, const char *name, uint32_t since,
                      size_t provided)
{
    bool new_names = strcmp(row->version, "0.7.2") == 0;
    pvm_buf_printf(out, ",\"%s\":{\"accounts\":[{\"id\":3,\"data\":{\"%s\":[", name,
                   new_names ? "preimage_blobs" : "preimages");
    put_blob(out, "c");
    if (since != 0) {
        pvm_buf_text(out, ",");
        put_blob(out, "ab");
    }
    pvm_buf_printf(out, "],\"%s\":[", new_names ? "preimage_requests" : "lookup_meta");
    put_request(out, "c", 9);
    pvm_buf_text(out, ",");
    put_request(out, "ab", since);
    pvm_buf_text(out, "]}}],\"statistics\":[");
    if (provided != 0)
        pvm_buf_printf(out, "{\"id\":3,\"record\":{\"provided_count\":1,\"provided_size\":%zu}}",
                       provided);
    pvm_buf_text(out, "]}");
}

static void put_json(struct pvm_buf *out, const struct row *row)
{
    static const char *const errors[] = {"preimage_unneeded", "preimages_not_sorted_unique"};
    pvm_buf_text(out, "{\"input\":{\"preimages\":[");
    for (int i = 0; i <= (row->twice ? 1 : 0); i++) {
        pvm_buf_printf(out, "%s{\"requester\":%u,\"blob\":\"0x", i == 0 ? "" : ",",
                       (unsigned)row->requester);
        pvm_buf_hex(out, text(row->blob));
        pvm_buf_text(out, "\"}");
    }
    pvm_buf_text(out, "],\"slot\":42},\"output\":{");
    if (row->error == 0)
        pvm_buf_text(out, "\"ok\":null}");
    else
        pvm_buf_printf(out, "\"err\":\"%s\"}", errors[row->error - 1]);
    put_state(out, row, "pre_state", 0, 0);
    put_state(out, row, "post_state", row->since, row->error == 0 ? strlen(row->blob) : 0);
    pvm_buf_text(out, "}");
}

/* ---- binary ---- */

static void add_hash(struct pvm_buf *out, const char *blob)
{
    struct jam_hash hash = jam_hash(text(blob));
    pvm_buf_add(out, hash.octets, JAM_HASH_SIZE);
}

static void add_request(struct pvm_buf *out, const char *blob, uint32_t since)
{
    add_hash(out, blob);
    pvm_buf_add_le(out, strlen(blob), 4);
    pvm_buf_add_u8(out, since != 0 ? 1 : 0);
    if (since != 0)
        pvm_buf_add_le(out, since, 4);
}

static void add_state(struct pvm_buf *out, const struct row *row, uint32_t since, size_t provided)
{
    pvm_buf_add_u8(out, 1);
    pvm_buf_add_le(out, 3, 4);
    pvm_buf_add_u8(out, since != 0 ? 2 : 1);
    add_hash(out, "c");
    pvm_buf_add_blob(out, text("c"));
    if (since != 0) {
        add_hash(out, "ab");
        pvm_buf_add_blob(out, text("ab"));
    }
    pvm_buf_add_u8(out, 2);
    add_request(out, "c", 9);
    add_request(out, "ab", since);
    pvm_buf_add_u8(out, provided != 0 ? 1 : 0);
    if (provided == 0)
        return;
    pvm_buf_add_le(out, 3, 4);
    pvm_buf_add_u8(out, 1);
    pvm_buf_add_u8(out, (uint8_t)provided);
    pvm_buf_add_zeros(out, strcmp(row->version, "0.7.2") == 0 ? 8 : 10);
}

static void put_binary(struct pvm_buf *out, const struct row *row)
{
    pvm_buf_add_u8(out, row->twice ? 2 : 1);
    for (int i = 0; i <= (row->twice ? 1 : 0); i++) {
        pvm_buf_add_le(out, row->requester, 4);
        pvm_buf_add_blob(out, text(row->blob));
    }
    pvm_buf_add_le(out, 42, 4);
    add_state(out, row, 0, 0);
    pvm_buf_add_u8(out, row->error == 0 ? 0 : 1);
    if (row->error != 0)
        pvm_buf_add_u8(out, (uint8_t)(row->error - 1));
    add_state(out, row, row->since, row->error == 0 ? strlen(row->blob) : 0);
}

/* ---- tests ---- */

static void replay(const struct row *row, const struct pvm_buf *octets)
{
    const struct jam_vector_options options = {.profile = jam_profile_find(row->version)};
    struct jam_preimages_vector *vector;
    struct jam_vector_result result;
    struct pvm_err err = {.status = PVM_OK};
    ck_assert_msg(jam_preimages_load(pvm_buf_bytes(octets), "v", &options, &vector, &err) == PVM_OK,
                  "%s", err.msg);
    jam_vector_result_init(&result, NULL);
    ck_assert_msg(jam_preimages_run(vector, &result, &err) == PVM_OK, "%s", err.msg);
    const char *why = pvm_buf_str(&result.why);
    ck_assert_msg(result.passed == (row->why == NULL), "%s", why);
    if (row->why != NULL)
        ck_assert_msg(strncmp(why, row->why, strlen(row->why)) == 0, "%s", why);
    jam_vector_result_deinit(&result);
    jam_preimages_free(vector);
}

START_TEST(replays)
{
    struct pvm_buf octets = {0};
    put_json(&octets, &rows[_i]);
    ck_assert(jam_preimages_is_json(pvm_buf_bytes(&octets)));
    replay(&rows[_i], &octets);
    octets.len = 0;
    put_binary(&octets, &rows[_i]);
    replay(&rows[_i], &octets);
    pvm_buf_deinit(&octets);
}
END_TEST

/* Cut anywhere, or with an octet more: refused. Changed anywhere: refused or read. */
START_TEST(refuses_damaged_files)
{
    const struct jam_vector_options options = {.profile = jam_profile_find("0.7.2")};
    struct jam_preimages_vector *vector;
    struct pvm_buf octets = {0};
    if (_i == 0)
        put_json(&octets, &rows[0]);
    else
        put_binary(&octets, &rows[0]);
    for (size_t len = 0; len < octets.len; len++)
        ck_assert(jam_preimages_load(pvm_bytes(octets.ptr, len), "v", &options, &vector, NULL) ==
                  PVM_E_MALFORMED);
    for (size_t at = 0; at < octets.len; at++) {
        octets.ptr[at] ^= 0xff;
        if (jam_preimages_load(pvm_buf_bytes(&octets), "v", &options, &vector, NULL) == PVM_OK)
            jam_preimages_free(vector);
        octets.ptr[at] ^= 0xff;
    }
    pvm_buf_add_u8(&octets, '0');
    ck_assert(jam_preimages_load(pvm_buf_bytes(&octets), "v", &options, &vector, NULL) ==
              PVM_E_MALFORMED);
    pvm_buf_deinit(&octets);
}
END_TEST

Suite *vector_preimages_suite(void);
Suite *vector_preimages_suite(void)
{
    Suite *suite = suite_create("vector_preimages");
    TCase *tcase = tcase_create("vectors");
    tcase_add_loop_test(tcase, replays, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(tcase, refuses_damaged_files, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
