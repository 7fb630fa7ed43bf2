/* SPDX-License-Identifier: Apache-2.0 */
#include "host/chain_block.h"

#include "host/testing.h"

#include <stdlib.h>

/* Long octets are written v96 in both forms: 96 octets 'v'; in JSON behind an @. */
static void repeat(char octet, size_t count, struct pvm_buf *out)
{
    for (size_t i = 0; i < count; i++)
        pvm_buf_add_u8(out, (uint8_t)octet);
}

/* A JSON template with its @ words replaced by hexadecimal strings, ' by ". */
static void json_of(const char *text, struct pvm_buf *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            pvm_buf_text(out, "\"");
        } else if (*text == '@') {
            struct pvm_buf octets = {0};
            char *end;
            char octet = text[1];
            repeat(octet, strtoul(text + 2, &end, 10), &octets);
            pvm_buf_text(out, "\"0x");
            pvm_buf_hex(out, pvm_buf_bytes(&octets));
            pvm_buf_text(out, "\"");
            pvm_buf_deinit(&octets);
            text = end - 1;
        } else {
            pvm_buf_add_u8(out, (uint8_t)*text);
        }
    }
}

/* Words: v96, or hexadecimal behind a dot. */
static void octets_of(const char *text, struct pvm_buf *out)
{
    size_t bad;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (*text == '.')
            ck_assert(pvm_hex_decode(text + 1, len - 1, out, &bad));
        else
            repeat(*text, strtoul(text + 1, NULL, 10), out);
        text += len + strspn(text + len, " ");
    }
}

#define HEAD_JSON                                                                                  \
    "{'header':{'parent':@p32,'parent_state_root':@r32,'extrinsic_hash':@x32,'slot':258,"

#define MARKS_JSON                                                                                 \
    "'epoch_mark':{'entropy':@e32,'tickets_entropy':@t32,'validators':["                           \
    "{'bandersnatch':@a32,'ed25519':@A32},{'bandersnatch':@b32,'ed25519':@B32},"                   \
    "{'bandersnatch':@c32,'ed25519':@C32},{'bandersnatch':@d32,'ed25519':@D32},"                   \
    "{'bandersnatch':@e32,'ed25519':@E32},{'bandersnatch':@f32,'ed25519':@F32}]},"                 \
    "'tickets_mark':[{'id':@032,'attempt':0},{'id':@132,'attempt':1},"                             \
    "{'id':@232,'attempt':0},{'id':@332,'attempt':1},{'id':@432,'attempt':0},"                     \
    "{'id':@532,'attempt':1},{'id':@632,'attempt':0},{'id':@732,'attempt':1},"                     \
    "{'id':@832,'attempt':0},{'id':@932,'attempt':1},{'id':@z32,'attempt':0},"                     \
    "{'id':@y32,'attempt':1}],"

#define TAIL_JSON                                                                                  \
    "'author_index':5,'entropy_source':@v96,'offenders_mark':[@o32,@O32],'seal':@s96},"            \
    "'extrinsic':{'tickets':[{'attempt':2,'signature':@T784}],"                                    \
    "'preimages':[{'requester':7,'blob':'0x616263'},{'requester':8,'blob':'0x'}],"                 \
    "'guarantees':[{'report':{'package_spec':{'hash':@h32,'length':7,'erasure_root':@u32,"         \
    "'exports_root':@e32,'exports_count':1},'context':{'anchor':@a32,'state_root':@s32,"           \
    "'beefy_root':@b32,'lookup_anchor':@l32,'lookup_anchor_slot':3,'prerequisites':[]},"           \
    "'core_index':1,'authorizer_hash':@A32,'auth_gas_used':2,'auth_output':'0x',"                  \
    "'segment_root_lookup':[],'results':[]},'slot':257,'signatures':["                             \
    "{'validator_index':3,'signature':@g64},{'validator_index':4,'signature':@G64}]}],"            \
    "'assurances':[{'anchor':@p32,'bitfield':'0x03','validator_index':0,'signature':@k64},"        \
    "{'anchor':@p32,'bitfield':'0x02','validator_index':5,'signature':@K64}],"                     \
    "'disputes':{'verdicts':[{'target':@w32,'age':9,'votes':["                                     \
    "{'vote':true,'index':0,'signature':@n64},{'vote':false,'index':1,'signature':@n64},"          \
    "{'vote':true,'index':2,'signature':@n64},{'vote':false,'index':3,'signature':@n64},"          \
    "{'vote':false,'index':4,'signature':@n64}]}],"                                                \
    "'culprits':[{'target':@w32,'key':@o32,'signature':@m64}],"                                    \
    "'faults':[{'target':@w32,'vote':true,'key':@O32,'signature':@m64}]}}}"

#define HEAD "p32 r32 x32 .02010000 "
#define MARKS                                                                                      \
    ".01 e32 t32 a32 A32 b32 B32 c32 C32 d32 D32 e32 E32 f32 F32 "                                 \
    ".01 032 .00 132 .01 232 .00 332 .01 432 .00 532 .01 632 .00 732 .01 832 .00 "                 \
    "932 .01 z32 .00 y32 .01 "
#define NO_MARKS ".00 .00 "
#define REPORT   "h32 .07000000 u32 e32 .0100 a32 s32 b32 l32 .03000000 .00 .01 A32 .02 .00 .00 .00 "
#define REPORT_067                                                                                 \
    "h32 .07000000 u32 e32 .0100 a32 s32 b32 l32 .03000000 .00 .01 A32 .00 .00 .00 .02 "
#define EXTRINSIC(report)                                                                          \
    ".01 .02 T784 .02 .07000000 .03 .616263 .08000000 .00 "                                        \
    ".01 " report ".01010000 .02 .0300 g64 .0400 G64 "                                             \
    ".02 p32 .03 .0000 k64 p32 .02 .0500 K64 "                                                     \
    ".01 w32 .09000000 .01 .0000 n64 .00 .0100 n64 .01 .0200 n64 .00 .0300 n64 .00 .0400 n64 "     \
    ".01 w32 o32 m64 .01 w32 .01 O32 m64"

static const struct {
    const char *version, *json, *octets;
    bool marks;
} blocks[] = {
    {"0.7.2", HEAD_JSON MARKS_JSON TAIL_JSON,
     HEAD MARKS ".0500 v96 .02 o32 O32 s96 " EXTRINSIC(REPORT), true},
    {"0.7.0", HEAD_JSON TAIL_JSON, HEAD NO_MARKS ".0500 v96 .02 o32 O32 s96 " EXTRINSIC(REPORT),
     false},
    {"0.6.7", HEAD_JSON "'epoch_mark':null,'tickets_mark':null," TAIL_JSON,
     HEAD NO_MARKS ".02 o32 O32 .0500 v96 s96 " EXTRINSIC(REPORT_067), false},
};

static void write_json(size_t which, struct pvm_buf *out)
{
    struct pvm_buf text = {0};
    struct jam_json_doc *doc;
    struct pvm_err err = {.status = PVM_OK};
    json_of(blocks[which].json, &text);
    ck_assert_msg(jam_json_parse(pvm_buf_bytes(&text), "block", NULL, &doc, &err) == PVM_OK, "%s",
                  err.msg);
    ck_assert_msg(jam_chain_block_from_json(jam_profile_find(blocks[which].version),
                                            jam_json_root(doc), out, &err) == PVM_OK,
                  "%s", err.msg);
    jam_json_free(doc);
    pvm_buf_deinit(&text);
}

START_TEST(writes_json_as_octets)
{
    struct pvm_buf got = {0};
    struct pvm_buf expected = {0};
    write_json((size_t)_i, &got);
    octets_of(blocks[_i].octets, &expected);
    size_t at = 0;
    while (at < got.len && at < expected.len && got.ptr[at] == expected.ptr[at])
        at++;
    ck_assert_msg(got.len == expected.len && at == got.len, "octet %zu of %zu, %zu", at,
                  expected.len, got.len);
    pvm_buf_deinit(&got);
    pvm_buf_deinit(&expected);
}
END_TEST

START_TEST(takes_blocks_apart)
{
    struct pvm_buf octets = {0};
    struct jam_chain_block block;
    struct jam_params params;
    struct pvm_err err = {.status = PVM_OK};
    const struct jam_profile *profile = jam_profile_find(blocks[_i].version);
    octets_of(blocks[_i].octets, &octets);
    jam_params_get(profile, JAM_PARAMS_TINY, &params);
    struct pvm_reader reader = pvm_reader(pvm_buf_bytes(&octets));
    ck_assert_msg(jam_chain_block_read(profile, &params, &reader, NULL, &block, &err) == PVM_OK,
                  "%s", err.msg);
    ck_assert_uint_eq(pvm_reader_left(&reader), 0);
    ck_assert_uint_eq(block.slot, 258);
    ck_assert_uint_eq(block.author, 5);
    ck_assert(block.has_epoch_mark == blocks[_i].marks &&
              block.has_tickets_mark == blocks[_i].marks);
    ck_assert_uint_eq(block.parent_state_root.octets[0], 'r');
    ck_assert_uint_eq(block.header.ptr[block.header.len - 1], 's');
    ck_assert_uint_eq(block.header.ptr[block.header.len], 1);
    ck_assert_uint_eq(block.ticket_count, 1);
    ck_assert_uint_eq(block.preimage_count, 2);
    ck_assert_uint_eq(block.preimages[0].service, 7);
    ck_assert(pvm_bytes_equal(block.preimages[0].blob, pvm_bytes("abc", 3)));
    ck_assert_uint_eq(block.guarantee_count, 1);
    ck_assert_uint_eq(block.guarantees[0].slot, 257);
    ck_assert_uint_eq(block.guarantees[0].signer_count, 2);
    ck_assert_uint_eq(block.guarantees[0].signers[1], 4);
    ck_assert_uint_eq(block.guarantees[0].report.core_index, 1);
    ck_assert_uint_eq(block.guarantees[0].report.auth_gas_used, 2);
    ck_assert_uint_eq(block.assurance_count, 2);
    ck_assert(jam_assurance_has(&block.assurances[0], 0));
    ck_assert(!jam_assurance_has(&block.assurances[1], 0));
    ck_assert(jam_assurance_has(&block.assurances[1], 1));
    ck_assert(!jam_assurance_has(&block.assurances[1], 8));
    ck_assert_uint_eq(block.assurances[1].validator, 5);
    ck_assert_uint_eq(block.verdict_count, 1);
    ck_assert_uint_eq(block.verdicts[0].positive, 2);
    ck_assert_uint_eq(block.verdicts[0].age, 9);
    ck_assert_uint_eq(block.offender_count, 2);
    ck_assert_uint_eq(block.offenders[0].octets[0], 'o');
    ck_assert_uint_eq(block.offenders[1].octets[0], 'O');
    jam_chain_block_deinit(&block);
    jam_chain_block_deinit(&block);
    pvm_buf_deinit(&octets);
}
END_TEST

START_TEST(withstands_any_octets)
{
    static const uint8_t values[] = {0x01, 0x7f, 0xff};
    struct pvm_buf octets = {0};
    struct jam_chain_block block;
    struct jam_params params;
    const struct jam_profile *profile = jam_profile_find(blocks[_i].version);
    octets_of(blocks[_i].octets, &octets);
    jam_params_get(profile, JAM_PARAMS_TINY, &params);
    for (size_t len = 0; len < octets.len; len++) {
        struct pvm_err err = {.status = PVM_OK};
        struct pvm_reader reader = pvm_reader(pvm_bytes(octets.ptr, len));
        ck_assert(jam_chain_block_read(profile, &params, &reader, NULL, &block, &err) ==
                  PVM_E_MALFORMED);
    }
    for (size_t at = 0; at < octets.len; at++) {
        uint8_t old = octets.ptr[at];
        for (size_t i = 0; i < sizeof values; i++) {
            octets.ptr[at] = values[i];
            struct pvm_reader reader = pvm_reader(pvm_buf_bytes(&octets));
            if (jam_chain_block_read(profile, &params, &reader, NULL, &block, NULL) == PVM_OK)
                jam_chain_block_deinit(&block);
        }
        octets.ptr[at] = old;
    }
    pvm_buf_deinit(&octets);
}
END_TEST

static const struct {
    const char *from, *to, *message;
} wrong[] = {
    {"'slot':258", "'slot':-1", "$.header.slot: "},
    {"'seal':@s96", "'seal':@s95", "$.header.seal: expected 96 octets, got 95"},
    {"'author_index':5,", "", "$.header"},
    {"'requester':7", "'requester':4294967296", "$.extrinsic.preimages[0].requester: "},
    {"'signature':@G64", "'signature':@G63", "$.extrinsic.guarantees[0].signatures[1].signature: "},
    {"'vote':true,'index':0", "'vote':1,'index':0", "$.extrinsic.disputes.verdicts[0].votes[0]."},
    {"'faults':[", "'faults':3,'x':[", "$.extrinsic.disputes"},
};

START_TEST(says_where_json_is_wrong)
{
    struct pvm_buf template = {0};
    struct pvm_buf text = {0};
    struct pvm_buf out = {0};
    struct jam_json_doc *doc;
    struct pvm_err err = {.status = PVM_OK};
    const char *json = blocks[0].json;
    const char *at = strstr(json, wrong[_i].from);
    ck_assert_ptr_nonnull(at);
    pvm_buf_add(&template, json, (size_t)(at - json));
    pvm_buf_text(&template, wrong[_i].to);
    pvm_buf_text(&template, at + strlen(wrong[_i].from));
    json_of(pvm_buf_str(&template), &text);
    ck_assert_msg(jam_json_parse(pvm_buf_bytes(&text), "b", NULL, &doc, &err) == PVM_OK, "%s",
                  err.msg);
    ck_assert(jam_chain_block_from_json(jam_profile_default, jam_json_root(doc), &out, &err) ==
              PVM_E_MALFORMED);
    ck_assert_msg(strstr(err.msg, wrong[_i].message) != NULL, "%s", err.msg);
    jam_json_free(doc);
    pvm_buf_deinit(&template);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&out);
}
END_TEST

#define LOOP(test, table) tcase_add_loop_test(tcase, test, 0, sizeof table / sizeof *table)

Suite *chain_block_suite(void);
Suite *chain_block_suite(void)
{
    Suite *suite = suite_create("chain_block");
    TCase *tcase = tcase_create("block");
    LOOP(writes_json_as_octets, blocks);
    LOOP(takes_blocks_apart, blocks);
    LOOP(withstands_any_octets, blocks);
    LOOP(says_where_json_is_wrong, wrong);
    suite_add_tcase(suite, tcase);
    return suite;
}
