/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixtures that are right: what is filled in, every field of the example where it belongs, the
 * blocks of the manual page, where programs, files and imports come from, and runs made from them.
 */
#include "host/fixture.h"

#include "core/asm.h"
#include "host/disk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FOLDER PVM_TESTDATA "/fixtures"

/* H of octet 0 and relay.pvm, and of octet 0 and the authorizer of the example. */
#define RELAY_HASH  "a23b567134b35ac7d0b67680f8c76a0adb39639333fbfc00b79cd17aea70ab4f"
#define ACCEPT_HASH "dede5534e53661003d032e3ebedec693b9fa766647aeef2cc81b8eebc6ac68ae"
#define HELLO_HASH  "324dcf027dd4a30a932c441f365a25e86b173defa4b8e58948253471b81b72cf"
#define JAM_HASH    "6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7"
/* M over the one segment 000000001000 and zeros. */
#define TREE_HASH "d31ff58be66ec48693b926aa27262248889240a050c7f3b9a00ae236935fdd2a"

static struct jam_fixture *load(const char *text, const struct jam_fixture_options *options)
{
    static const struct jam_fixture_options none = {.folder = FOLDER};
    struct jam_fixture *fixture = NULL;
    struct pvm_err err = {0};
    struct pvm_bytes bytes = text != NULL ? pvm_bytes(text, strlen(text)) : pvm_bytes_none();
    ck_assert_msg(jam_fixture_load(bytes, "a.json", options != NULL ? options : &none, &fixture,
                                   &err) == PVM_OK,
                  "%s", err.msg);
    return fixture;
}

static void read_file(const char *path, struct pvm_buf *out)
{
    struct pvm_err err = {0};
    ck_assert_msg(jam_disk_read(path, 1 << 20, out, &err) == PVM_OK, "%s", err.msg);
}

static void ck_bytes(struct pvm_bytes bytes, const char *hex)
{
    struct pvm_buf text = {0};
    pvm_buf_hex(&text, bytes);
    ck_assert_str_eq(pvm_buf_str(&text), hex);
    pvm_buf_deinit(&text);
}

static void ck_hash(const struct jam_hash *hash, const char *hex)
{
    ck_bytes(jam_hash_bytes(hash), hex);
}

static void ck_hash_of(const struct jam_hash *hash, uint8_t octet)
{
    for (size_t i = 0; i < JAM_HASH_SIZE; i++)
        ck_assert_uint_eq(hash->octets[i], octet);
}

/* A segment that starts with these octets and is zero behind them. */
static void ck_segment(struct pvm_bytes segment, const char *start, size_t len)
{
    ck_assert_uint_eq(segment.len, JAM_SEGMENT_SIZE);
    ck_assert(memcmp(segment.ptr, start, len) == 0);
    for (size_t i = len; i < segment.len; i++)
        ck_assert_uint_eq(segment.ptr[i], 0);
}

static void ck_defaults(const struct jam_fixture *f)
{
    struct jam_params full;
    jam_params_get(jam_profile_default, JAM_PARAMS_FULL, &full);
    ck_assert_str_eq(f->name, "");
    ck_assert_ptr_eq(f->profile, jam_profile_default);
    ck_assert(memcmp(&f->params, &full, sizeof full) == 0);
    ck_assert_uint_eq(f->core, 0);
    ck_assert_uint_eq(f->item, 0);
    ck_assert_uint_eq(f->state.slot, 0);
    ck_assert_uint_eq(f->trace.len, 0);
    const struct jam_work_package *package = &f->package;
    ck_assert_uint_eq(package->auth_code_host, 0);
    ck_hash_of(&package->auth_code_hash, 0);
    ck_hash_of(&package->context.anchor, 0);
    ck_hash_of(&package->context.lookup_anchor, 0);
    ck_assert_uint_eq(package->context.lookup_anchor_slot, 0);
    ck_assert_uint_eq(package->context.prerequisite_count, 0);
    ck_assert_uint_eq(package->authorization.len + package->authorizer_config.len, 0);
    ck_assert_uint_eq(package->item_count, 1);
    ck_assert_ptr_eq(package->items, f->items);
    const struct jam_work_item *item = &f->items[0];
    ck_assert_uint_eq(item->service, 0);
    ck_assert_uint_eq(item->payload.len, 0);
    ck_assert_uint_eq(item->refine_gas_limit, 4999999999);
    ck_assert_uint_eq(item->accumulate_gas_limit, 9999999);
    ck_assert_uint_eq(item->import_count + item->extrinsic_count + item->export_count, 0);
    ck_assert(!f->export_counted[0]);
}

START_TEST(everything_may_be_left_out)
{
    struct pvm_buf blob = {0};
    read_file(FOLDER "/relay.pvm", &blob);
    struct jam_fixture_options options = {.blob = pvm_buf_bytes(&blob), .invocation = JAM_REFINE};
    struct jam_fixture *f = load(_i == 0 ? NULL : "{}", &options);
    ck_defaults(f);
    ck_assert_uint_eq(f->state.count, 1);
    const struct jam_service *service = jam_state_find(&f->state, 0);
    ck_assert_ptr_nonnull(service);
    ck_assert_uint_eq(service->balance, 1000000000);
    ck_hash(&service->code_hash, RELAY_HASH);
    ck_hash(&f->items[0].code_hash, RELAY_HASH);
    struct jam_request request;
    ck_assert(jam_request_get(service, &service->code_hash, 132, &request));
    ck_assert_uint_eq(request.count, 1);
    ck_assert_uint_eq(request.slots[0], 0);
    ck_assert_uint_eq(service->items, 2);
    ck_assert_uint_eq(service->bytes, 81 + 132);
    jam_fixture_free(f);
    pvm_buf_deinit(&blob);

    f = load(_i == 0 ? NULL : "{}", NULL);
    ck_defaults(f);
    ck_assert_uint_eq(f->state.count, 0);
    ck_hash_of(&f->items[0].code_hash, 0);
    jam_fixture_free(f);
}
END_TEST

static struct jam_fixture *load_example(void)
{
    struct jam_fixture_options options = {.folder = NULL};
    struct jam_fixture *fixture = NULL;
    struct pvm_err err = {0};
    ck_assert_msg(jam_fixture_load_file(FOLDER "/example.json", &options, &fixture, &err) == PVM_OK,
                  "%s", err.msg);
    return fixture;
}

static void ck_example_item(const struct jam_fixture *f)
{
    const struct jam_work_item *item = &f->items[0];
    ck_assert_uint_eq(item->service, 7);
    ck_hash(&item->code_hash, RELAY_HASH);
    ck_bytes(item->payload, "2c20776f726c64");
    ck_assert_uint_eq(item->refine_gas_limit, 1000000);
    ck_assert_uint_eq(item->accumulate_gas_limit, 200000);
    ck_assert_uint_eq(item->export_count, 1);
    ck_assert(f->export_counted[0]);
    ck_assert_uint_eq(item->import_count, 3);
    ck_hash_of(&item->import_segments[0].tree_root, 0xaa);
    ck_assert(item->import_segments[0].by_package);
    ck_assert_uint_eq(item->import_segments[0].index, 1);
    ck_hash(&item->import_segments[1].tree_root, TREE_HASH);
    ck_assert(!item->import_segments[1].by_package);
    ck_assert_uint_eq(item->import_segments[1].index, 0);
    ck_assert(!item->import_segments[2].by_package);
    ck_assert_uint_eq(f->data[0].import_count, 3);
    ck_segment(f->data[0].imports[0], "the second segment", 18);
    ck_segment(f->data[0].imports[1], "\0\0\0\0\x10", 5);
    ck_segment(f->data[0].imports[2], "\xc0\xff\xee", 3);
    ck_assert_uint_eq(item->extrinsic_count, 1);
    ck_hash(&item->extrinsic[0].hash, HELLO_HASH);
    ck_assert_uint_eq(item->extrinsic[0].len, 5);
    ck_assert_uint_eq(f->data[0].extrinsic_count, 1);
    ck_bytes(f->data[0].extrinsics[0], "68656c6c6f");

    /* The second says little. */
    item = &f->items[1];
    ck_assert_uint_eq(item->service, 7);
    ck_hash(&item->code_hash, RELAY_HASH);
    ck_bytes(item->payload, "01");
    ck_assert_uint_eq(item->refine_gas_limit, 499999999);
    ck_assert_uint_eq(item->accumulate_gas_limit, 4999999);
    ck_assert(!f->export_counted[1]);
}

static void ck_example_service(const struct jam_fixture *f)
{
    ck_assert_uint_eq(f->state.count, 1);
    const struct jam_service *service = jam_state_find(&f->state, 7);
    ck_assert_ptr_nonnull(service);
    ck_hash(&service->code_hash, RELAY_HASH);
    ck_assert_uint_eq(service->balance, UINT64_MAX);
    ck_assert_uint_eq(service->min_item_gas, 10);
    ck_assert_uint_eq(service->min_memo_gas, 20);
    ck_assert_uint_eq(service->deposit_offset, 30);
    ck_assert_uint_eq(service->creation_slot, 1);
    ck_assert_uint_eq(service->last_accumulation_slot, 2);
    ck_assert_uint_eq(service->parent_service, 3);
    ck_assert_uint_eq(service->storage.count, 1);
    struct pvm_bytes value;
    ck_assert(jam_map_get(&service->storage, pvm_bytes("jam", 3), &value));
    ck_bytes(value, "444f54");

    struct jam_map_entry entry;
    struct jam_request request;
    unsigned seen = 0;
    for (bool more = jam_map_first(&service->preimages, &entry); more;
         more = jam_map_after(&service->preimages, entry.key, &entry)) {
        struct jam_hash hash;
        memcpy(hash.octets, entry.key.ptr, JAM_HASH_SIZE);
        ck_assert(jam_request_get(service, &hash, (uint32_t)entry.value.len, &request));
        if (entry.value.len == 3) {
            ck_hash(&hash, JAM_HASH);
            ck_bytes(entry.value, "6a616d");
            ck_assert_uint_eq(request.count, 3);
            ck_assert_uint_eq(request.slots[0], 3);
            ck_assert_uint_eq(request.slots[1], 5);
            ck_assert_uint_eq(request.slots[2], 41);
        }
        seen++;
    }
    ck_assert_uint_eq(seen, 3); /* the code, the authorizer's code, "jam" */
    struct jam_hash wanted;
    memset(wanted.octets, 6, JAM_HASH_SIZE);
    ck_assert(jam_request_get(service, &wanted, 100, &request));
    ck_assert_uint_eq(request.count, 0);
}

START_TEST(every_field_arrives)
{
    struct jam_fixture *f = load_example();
    struct jam_params tiny;
    jam_params_get(jam_profile_find("0.7.2"), JAM_PARAMS_TINY, &tiny);
    tiny.max_extrinsics = 64;
    tiny.max_imports = 128;
    ck_assert_str_eq(f->name, "relay: two items, imports of each kind");
    ck_assert_str_eq(f->profile->name, "0.7.2");
    ck_assert(memcmp(&f->params, &tiny, sizeof tiny) == 0);
    ck_assert_uint_eq(f->core, 1);
    ck_assert_uint_eq(f->item, 0);
    ck_assert_uint_eq(f->state.slot, 42);
    ck_bytes(f->trace, "0100");

    const struct jam_work_package *package = &f->package;
    ck_assert_uint_eq(package->auth_code_host, 7);
    ck_hash(&package->auth_code_hash, ACCEPT_HASH);
    ck_bytes(package->authorization, "6c6574206d6520696e");
    ck_assert_uint_eq(package->authorizer_config.len, 0);
    ck_hash_of(&package->context.anchor, 1);
    ck_hash_of(&package->context.state_root, 2);
    ck_hash_of(&package->context.beefy_root, 3);
    ck_hash_of(&package->context.lookup_anchor, 4);
    ck_assert_uint_eq(package->context.lookup_anchor_slot, 40);
    ck_assert_uint_eq(package->context.prerequisite_count, 1);
    ck_hash_of(&package->context.prerequisites[0], 5);
    ck_assert_uint_eq(package->item_count, 2);
    ck_example_item(f);
    ck_example_service(f);

    struct jam_refine_in in = jam_fixture_refine(f, 1);
    ck_assert_ptr_eq(in.package, &f->package);
    ck_assert_uint_eq(in.item, 1);
    ck_assert_uint_eq(in.core, 1);
    ck_assert_ptr_eq(in.data, f->data);
    ck_assert_ptr_eq(in.state, &f->state);
    ck_assert_uint_eq(in.export_offset, 1);
    ck_bytes(in.trace, "0100");
    jam_fixture_free(f);
}
END_TEST

/* Counters that the example overrides: the authorizer's code came after them. */
START_TEST(footprint_may_be_given)
{
    struct jam_fixture *f = load("{\"services\":[{\"id\":7,\"items\":99,\"bytes\":9007199254740993,"
                                 "\"storage\":[{\"key\":\"0x00\",\"value\":\"0x\"}]}]}",
                                 NULL);
    ck_assert_uint_eq(f->state.services[0]->items, 99);
    ck_assert_uint_eq(f->state.services[0]->bytes, UINT64_C(9007199254740993));
    ck_assert_uint_eq(f->items[0].service, 7);
    ck_assert_uint_eq(f->package.auth_code_host, 7);
    jam_fixture_free(f);
}
END_TEST

/* Each constant, by symbol and by name, at the greatest value it has room for. */
START_TEST(constants_are_set)
{
    const struct jam_param_info *info = &jam_param_table[_i / 2];
    uint64_t most = info->width == 8 ? UINT64_MAX : info->width == 4 ? UINT32_MAX : UINT16_MAX;
    char text[120];
    struct jam_params expected;
    if (strcmp(info->symbol, "Q") == 0) /* what these two are in GP 0.7.2 I.4.4, nothing else */
        most = 80;
    if (strcmp(info->symbol, "W_T") == 0)
        most = 128;
    snprintf(text, sizeof text, "{\"params\":{\"%s\":%llu}}",
             _i % 2 == 0 ? info->symbol : info->name, (unsigned long long)most);
    struct jam_fixture *f = load(text, NULL);
    jam_params_get(jam_profile_default, JAM_PARAMS_FULL, &expected);
    ck_assert_uint_eq(*jam_param_at(&f->params, (unsigned)_i / 2), most);
    *jam_param_at(&expected, (unsigned)_i / 2) = most;
    ck_assert(memcmp(&f->params, &expected, sizeof expected) == 0);
    jam_fixture_free(f);
}
END_TEST

struct version_case {
    const char *text, *option, *fallback, *expected;
};

static const struct version_case versions[] = {
    {"{}", NULL, NULL, "0.7.2"},
    {"{}", NULL, "0.7.1", "0.7.1"},
    {"{\"gp\":\"0.7.0\"}", NULL, "0.7.1", "0.7.0"},
    {"{\"gp\":\"0.7.0\"}", "0.7.2", "0.7.1", "0.7.2"},
    {"{\"gp\":\"9.9.9\"}", "0.7.1", NULL, "0.7.1"},
};

START_TEST(version_is_chosen)
{
    const struct version_case *c = &versions[_i];
    struct jam_fixture_options options = {
        .profile = c->option != NULL ? jam_profile_find(c->option) : NULL,
        .fallback = c->fallback != NULL ? jam_profile_find(c->fallback) : NULL,
    };
    struct jam_fixture *f = load(c->text, &options);
    ck_assert_str_eq(f->profile->name, c->expected);
    jam_fixture_free(f);
}
END_TEST

/* Every block of JSON on the manual page. */
START_TEST(manual_page_is_right)
{
    static const char open[] = "\n```json\n";
    static const char close[] = "\n```\n";
    struct pvm_buf page = {0};
    read_file(PVM_TESTDATA "/../docs/fixtures.md", &page);
    const char *at = pvm_buf_str(&page);
    struct jam_fixture_options options = {.folder = FOLDER};
    int blocks = 0;
    while ((at = strstr(at, open)) != NULL) {
        at += strlen(open);
        const char *end = strstr(at, close);
        ck_assert_ptr_nonnull(end);
        struct jam_fixture *fixture = NULL;
        struct pvm_err err = {0};
        ck_assert_msg(jam_fixture_load(pvm_bytes(at, (size_t)(end - at)), "docs/fixtures.md",
                                       &options, &fixture, &err) == PVM_OK,
                      "block %d: %s", blocks, err.msg);
        jam_fixture_free(fixture);
        blocks++;
        at = end;
    }
    ck_assert_int_ge(blocks, 5);
    pvm_buf_deinit(&page);
}
END_TEST

/* The page names every constant. */
START_TEST(manual_page_lists_the_constants)
{
    struct pvm_buf page = {0};
    read_file(PVM_TESTDATA "/../docs/fixtures.md", &page);
    for (unsigned i = 0; i < JAM_PARAM_COUNT; i++) {
        char entry[80];
        snprintf(entry, sizeof entry, "`%s`", jam_param_table[i].name);
        const char *found = strstr(pvm_buf_str(&page), entry);
        ck_assert_msg(found != NULL, "%s is missing", entry);
    }
    pvm_buf_deinit(&page);
}
END_TEST

START_TEST(program_takes_its_place)
{
    struct pvm_buf blob = {0};
    read_file(FOLDER "/relay.pvm", &blob);
    static const char text[] =
        "{\"item\":1,\"authorizer\":{\"code\":\"0x01\"},\"services\":[{\"id\":5,\"code\":\"0x02\"}]"
        ",\"work_package\":{\"auth_code_host\":9,\"items\":[{\"service\":5},{\"service\":6}]}}";
    struct jam_fixture_options options = {.blob = pvm_buf_bytes(&blob), .invocation = JAM_REFINE};
    struct jam_fixture *f = load(text, &options);
    ck_assert_uint_eq(f->state.count, 3);
    ck_hash(&jam_state_find(&f->state, 6)->code_hash, RELAY_HASH);
    ck_hash(&f->items[1].code_hash, RELAY_HASH);
    ck_assert(memcmp(&f->items[0].code_hash, &f->items[1].code_hash, JAM_HASH_SIZE) != 0);
    jam_fixture_free(f);

    /* An item from the command line, whose service has code of its own. */
    options.has_item = true;
    options.item = 0;
    f = load(text, &options);
    ck_assert_ptr_null(jam_state_find(&f->state, 6));
    ck_hash(&f->items[0].code_hash, RELAY_HASH);
    ck_assert_uint_eq(jam_state_find(&f->state, 5)->preimages.count, 2);
    jam_fixture_free(f);

    options.invocation = JAM_IS_AUTHORIZED;
    f = load(text, &options);
    ck_assert_ptr_null(jam_state_find(&f->state, 6));
    ck_hash(&f->package.auth_code_hash, RELAY_HASH);
    ck_assert_uint_eq(jam_state_find(&f->state, 9)->preimages.count, 1);
    jam_fixture_free(f);
    pvm_buf_deinit(&blob);
}
END_TEST

/* Code with metadata of its own, and what is no program, stay as they are. */
START_TEST(code_is_made_a_preimage)
{
    struct jam_fixture *f = load("{\"services\":[{\"id\":1,\"code\":\"@relay.pvm\"},"
                                 "{\"id\":2,\"code\":\"0x6a616d\"},{\"id\":3,\"code\":"
                                 "\"0x00000000000000000000000106000000000002320001\"}]}",
                                 NULL);
    ck_hash(&jam_state_find(&f->state, 1)->code_hash, RELAY_HASH);
    ck_hash(&jam_state_find(&f->state, 2)->code_hash, JAM_HASH);
    ck_hash(&jam_state_find(&f->state, 3)->code_hash, ACCEPT_HASH);
    jam_fixture_free(f);
}
END_TEST

START_TEST(wrong_hashes_may_be_kept)
{
    static const char ones[] = "1111111111111111111111111111111111111111111111111111111111111111";
    char text[1200];
    snprintf(text, sizeof text,
             "{\"unchecked\":true,\"services\":[{\"id\":0,\"code\":\"0x01\",\"code_hash\":\"0x%s\","
             "\"preimages\":[{\"blob\":\"0x02\",\"hash\":\"0x%s\"}]}],\"authorizer\":{\"code\":"
             "\"0x03\"},\"work_package\":{\"auth_code_hash\":\"0x%s\",\"items\":[{\"code_hash\":"
             "\"0x%s\",\"extrinsic\":[{\"hash\":\"0x%s\",\"len\":9,\"data\":\"0x\"}]}]}}",
             ones, ones, ones, ones, ones);
    struct jam_fixture *f = load(text, NULL);
    struct pvm_bytes blob;
    ck_hash_of(&f->package.auth_code_hash, 0x11);
    ck_hash_of(&f->items[0].code_hash, 0x11);
    ck_hash_of(&f->items[0].extrinsic[0].hash, 0x11);
    ck_assert_uint_eq(f->items[0].extrinsic[0].len, 9);
    ck_assert_uint_eq(f->data[0].extrinsics[0].len, 0);
    ck_hash_of(&f->state.services[0]->code_hash, 0x11);
    ck_assert(jam_map_get(&f->state.services[0]->preimages, jam_hash_bytes(&f->items[0].code_hash),
                          &blob));
    ck_bytes(blob, "02");
    jam_fixture_free(f);
}
END_TEST

START_TEST(bundle_lists_make_the_manifest)
{
    struct jam_fixture *f =
        load("{\"work_package\":{\"items\":[{\"extrinsic\":[{},{\"len\":5}],\"import_segments\":[{"
             "\"package_hash\":\"0x" JAM_HASH "\",\"index\":9}]},{}]},\"extrinsics\":[[\"0x01\","
             "{\"text\":\"hello\"}],[\"0x\"]],\"import_segments\":[[\"0x07\"],[\"0x000000001000\","
             "\"0x\"]]}",
             NULL);
    ck_assert_uint_eq(f->items[0].extrinsic_count, 2);
    ck_assert_uint_eq(f->items[0].extrinsic[0].len, 1);
    ck_hash(&f->items[0].extrinsic[1].hash, HELLO_HASH);
    ck_bytes(f->data[0].extrinsics[1], "68656c6c6f");
    ck_assert_uint_eq(f->items[0].import_count, 1);
    ck_hash(&f->items[0].import_segments[0].tree_root, JAM_HASH);
    ck_assert(f->items[0].import_segments[0].by_package);
    ck_assert_uint_eq(f->items[0].import_segments[0].index, 9);
    ck_segment(f->data[0].imports[0], "\7", 1);
    ck_assert_uint_eq(f->items[1].extrinsic_count, 1);
    ck_assert_uint_eq(f->items[1].extrinsic[0].len, 0);
    ck_assert_uint_eq(f->items[1].import_count, 2);
    ck_hash(&f->items[1].import_segments[0].tree_root, TREE_HASH);
    ck_assert(!f->items[1].import_segments[0].by_package);
    ck_segment(f->data[1].imports[0], "\0\0\0\0\x10", 5);
    jam_fixture_free(f);
}
END_TEST

static enum pvm_status give_file(void *user, const char *path, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    const char *wanted = user;
    if (strcmp(path, wanted) != 0)
        return pvm_fail(err, PVM_E_IO, "%s: not this one", path);
    pvm_buf_text(out, "contents");
    return PVM_OK;
}

START_TEST(files_may_come_from_elsewhere)
{
    char wanted[] = "sub/file.bin";
    struct jam_fixture_options options = {.read = give_file, .user = wanted, .folder = "unused"};
    struct jam_fixture *f =
        load("{\"work_package\":{\"authorization\":\"@sub/file.bin\"}}", &options);
    ck_bytes(f->package.authorization, "636f6e74656e7473");
    jam_fixture_free(f);

    static const char text[] = "{\"work_package\":{\"authorization\":\"@sub/file.txt\"}}";
    struct pvm_err err = {0};
    ck_assert_int_eq(jam_fixture_load(pvm_bytes(text, strlen(text)), "a.json", &options, &f, &err),
                     PVM_E_IO);
    ck_assert_str_eq(err.msg, "a.json: $.work_package.authorization: sub/file.txt: not this one");
}
END_TEST

/* Imports come from the caller's store and from a folder, in that order. */
START_TEST(imports_come_from_stores)
{
    char folder[] = "/tmp/fixture_test_XXXXXX";
    char path[128];
    char text[640];
    struct pvm_err err = {0};
    struct jam_segments *stores[2];
    struct jam_hash packages[2] = {{{1}}, {{2}}};
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int i = 0; i < 2; i++) {
        uint8_t segment[JAM_SEGMENT_SIZE] = {(uint8_t)(i + 1)};
        ck_assert_int_eq(jam_segments_new(i == 0 ? NULL : folder, NULL, &stores[i], &err), PVM_OK);
        ck_assert_int_eq(jam_segments_put(stores[i], &packages[i], segment, 1, NULL, &err), PVM_OK);
    }
    snprintf(text, sizeof text,
             "{\"segments\":\"%s\",\"work_package\":{\"items\":[{\"import_segments\":["
             "{\"package_hash\":\"0x01%062d\"},{\"tree_root\":\"0x02%062d\",\"index\":32768}]}]}}",
             strrchr(folder, '/') + 1, 0, 0);
    struct jam_fixture_options options = {.store = stores[0], .folder = "/tmp"};
    struct jam_fixture *f = load(text, &options);
    ck_segment(f->data[0].imports[0], "\1", 1);
    ck_segment(f->data[0].imports[1], "\2", 1);
    ck_assert(f->items[0].import_segments[1].by_package);
    ck_assert_uint_eq(f->items[0].import_segments[1].index, 0);
    jam_fixture_free(f);

    struct jam_hash root;
    size_t count;
    ck_assert_int_eq(jam_segments_root(stores[1], &packages[1], &root, &count, &err), PVM_OK);
    struct pvm_buf hex = {0};
    pvm_buf_hex(&hex, jam_hash_bytes(&root));
    snprintf(path, sizeof path, "%s/%s.seg", folder, pvm_buf_str(&hex));
    ck_assert_int_eq(unlink(path), 0);
    snprintf(path, sizeof path, "%s/02%062d.package", folder, 0);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    pvm_buf_deinit(&hex);
    jam_segments_free(stores[0]);
    jam_segments_free(stores[1]);
}
END_TEST

static void refine(const struct jam_fixture *f, size_t item, const char *output,
                   size_t export_count, enum jam_outcome in_report)
{
    struct jam_refine_in in = jam_fixture_refine(f, item);
    struct jam_invoke_options options = {.profile = f->profile, .params = &f->params};
    struct jam_run *run = NULL;
    struct pvm_err err = {0};
    ck_assert_msg(jam_refine_new(&in, &options, &run, &err) == PVM_OK, "%s", err.msg);
    ck_assert_msg(jam_run_go(run, &err) == PVM_OK, "%s", err.msg);
    const struct jam_result *result = jam_run_result(run);
    ck_assert_int_eq(result->outcome, JAM_ENDED_HALT);
    ck_bytes(result->output, output);
    ck_assert_uint_eq(result->export_count, export_count);
    if (export_count > 0)
        ck_segment(pvm_bytes(result->exports, JAM_SEGMENT_SIZE), "the second segment", 18);
    ck_assert_int_eq(jam_refine_outcome(f->profile, result, f->items[item].export_count,
                                        f->trace.len, &f->params),
                     in_report);
    jam_run_free(run);
}

START_TEST(example_runs)
{
    struct jam_fixture *f = load_example();
    refine(f, 0, "68656c6c6f2c20776f726c64", 1, JAM_ENDED_HALT);
    refine(f, 1, "2c20776f726c64", 0, JAM_ENDED_HALT);
    /* The package as a whole stays valid, the item's result is an error. */
    f->items[0].export_count = 2;
    refine(f, 0, "68656c6c6f2c20776f726c64", 1, JAM_ENDED_BAD_EXPORTS);
    jam_fixture_free(f);
}
END_TEST

START_TEST(example_service_is_its_source)
{
    struct pvm_buf source = {0}, made = {0}, blob = {0}, diagnostics = {0};
    struct pvm_symbols symbols = {0};
    struct pvm_err err = {0};
    read_file(FOLDER "/relay.s", &source);
    read_file(FOLDER "/relay.pvm", &blob);
    struct pvm_asm_options options = {
        .rules = jam_profile_default->rules,
        .format = PVM_BLOB_STANDARD,
        .file = "relay.s",
        .calls = jam_call_names(jam_profile_default),
    };
    ck_assert_msg(pvm_assemble(&options, pvm_buf_bytes(&source), &made, &symbols, &diagnostics,
                               &err) == PVM_OK,
                  "%s", err.msg);
    ck_assert(pvm_bytes_equal(pvm_buf_bytes(&made), pvm_buf_bytes(&blob)));
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&source);
    pvm_buf_deinit(&made);
    pvm_buf_deinit(&blob);
    pvm_buf_deinit(&diagnostics);
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
    struct pvm_buf text = {0};
    read_file(FOLDER "/example.json", &text);
    enum pvm_status status = PVM_E_MEMORY;
    int granted = 0;
    for (; status != PVM_OK; granted++) {
        struct stingy stingy = {granted};
        struct pvm_alloc alloc = {stingy_resize, &stingy};
        struct jam_fixture_options options = {.folder = FOLDER, .alloc = &alloc};
        struct jam_fixture *fixture = NULL;
        struct pvm_err err = {0};
        status = jam_fixture_load(pvm_buf_bytes(&text), "a.json", &options, &fixture, &err);
        ck_assert_msg(status == PVM_OK || status == PVM_E_MEMORY, "%d: %s", granted, err.msg);
        ck_assert(status == PVM_OK || err.msg[0] != '\0');
        jam_fixture_free(fixture);
    }
    ck_assert_int_gt(granted, 50);
    pvm_buf_deinit(&text);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

Suite *fixture_suite(void);

Suite *fixture_suite(void)
{
    Suite *suite = suite_create("fixture");
    TCase *tests = tcase_create("fixture");
    tcase_add_loop_test(tests, everything_may_be_left_out, 0, 2);
    tcase_add_test(tests, every_field_arrives);
    tcase_add_test(tests, footprint_may_be_given);
    tcase_add_loop_test(tests, constants_are_set, 0, 2 * JAM_PARAM_COUNT);
    tcase_add_loop_test(tests, version_is_chosen, 0, COUNT(versions));
    tcase_add_test(tests, manual_page_is_right);
    tcase_add_test(tests, manual_page_lists_the_constants);
    tcase_add_test(tests, program_takes_its_place);
    tcase_add_test(tests, code_is_made_a_preimage);
    tcase_add_test(tests, wrong_hashes_may_be_kept);
    tcase_add_test(tests, bundle_lists_make_the_manifest);
    tcase_add_test(tests, files_may_come_from_elsewhere);
    tcase_add_test(tests, imports_come_from_stores);
    tcase_add_test(tests, example_runs);
    tcase_add_test(tests, example_service_is_its_source);
    tcase_add_test(tests, memory_may_end);
    suite_add_tcase(suite, tests);
    return suite;
}
