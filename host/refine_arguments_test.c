/* SPDX-License-Identifier: Apache-2.0 */
/* The argument blobs of the recorded invocations of vectors/refine-cases follow from the work
 * package that is recorded with them (GP 0.7.0 B.3). */
#include "host/codec.h"
#include "host/disk.h"
#include "host/json.h"

#include <check.h>
#include <stdio.h>

#define FOLDER PVM_SHARED "/vectors/refine-cases/"

enum { ITEMS = 2, MAX_PATH = 512 };

static struct pvm_err err;

static void good(enum pvm_status status)
{
    ck_assert_msg(status == PVM_OK, "%s", err.msg);
}

static struct jam_json at(struct jam_json object, const char *key)
{
    struct jam_json value = jam_json_get(object, key);
    ck_assert_msg(jam_json_has(value), "no key %s", key);
    return value;
}

static uint64_t number(struct jam_json object, const char *key)
{
    uint64_t value = 0;
    good(jam_json_u64(at(object, key), UINT64_MAX, &value, &err));
    return value;
}

static struct jam_hash hash(struct jam_json object, const char *key)
{
    struct jam_hash value = {{0}};
    good(jam_json_hash(at(object, key), &value, &err));
    return value;
}

static void read_item(struct jam_json json, struct pvm_buf *payload, struct jam_work_item *item)
{
    good(jam_json_hex(at(json, "payload"), payload, &err));
    *item = (struct jam_work_item){
        .service = (uint32_t)number(json, "service"),
        .code_hash = hash(json, "code_hash"),
        .payload = pvm_buf_bytes(payload),
        .refine_gas_limit = number(json, "refine_gas_limit"),
        .accumulate_gas_limit = number(json, "accumulate_gas_limit"),
    };
}

/* Appends the arguments that the package gives. */
static void make_arguments(struct jam_json root, struct pvm_buf *args)
{
    const struct jam_profile *profile = jam_profile_find("0.7.0");
    struct jam_json from = at(root, "work_package");
    struct jam_json context = at(from, "context");
    struct pvm_buf payloads[ITEMS] = {{0}};
    struct jam_work_item items[ITEMS];
    struct jam_work_package package = {
        .auth_code_hash = hash(from, "auth_code_hash"),
        .context = {.anchor = hash(context, "anchor"),
                    .state_root = hash(context, "state_root"),
                    .beefy_root = hash(context, "beefy_root"),
                    .lookup_anchor = hash(context, "lookup_anchor"),
                    .lookup_anchor_slot = (uint32_t)number(context, "lookup_anchor_slot")},
        .items = items,
        .item_count = ITEMS,
    };
    struct jam_json item = jam_json_first(at(from, "items"));
    ck_assert_uint_eq(jam_json_count(at(from, "items")), ITEMS);
    for (unsigned i = 0; i < ITEMS; i++, item = jam_json_next(item))
        read_item(item, &payloads[i], &items[i]);
    struct jam_refine_values values = {
        .core = number(root, "core"), .item = number(root, "work_item_index"), .package = &package};
    good(jam_package_hash(profile, &package, NULL, &values.package_hash, &err));
    const char *entry = "";
    good(jam_json_text(at(root, "entry"), &entry, &err));
    if (strcmp(entry, "refine") == 0)
        profile->refine_args(&values, args);
    else
        profile->is_authorized_args(&package, values.core, args);
    for (unsigned i = 0; i < ITEMS; i++)
        pvm_buf_deinit(&payloads[i]);
}

START_TEST(follow_from_the_package)
{
    static const char *const names[] = {"duna-028-is_authorized", "duna-028-item0-auth_copy",
                                        "duna-028-item1-algo"};
    char path[MAX_PATH];
    struct pvm_buf octets = {0};
    struct pvm_buf args = {0};
    struct pvm_buf want = {0};
    struct jam_json_doc *doc;
    snprintf(path, sizeof path, "%s%s.json", FOLDER, names[_i]);
    if (!jam_disk_has(path)) {
        fprintf(stderr, "skipped: no %s\n", path);
        return;
    }
    good(jam_disk_read(path, 1 << 24, &octets, &err));
    good(jam_json_parse(pvm_buf_bytes(&octets), path, NULL, &doc, &err));
    make_arguments(jam_json_root(doc), &args);
    good(jam_json_hex(at(jam_json_root(doc), "arguments"), &want, &err));
    ck_assert(pvm_bytes_equal(pvm_buf_bytes(&args), pvm_buf_bytes(&want)));
    jam_json_free(doc);
    pvm_buf_deinit(&octets);
    pvm_buf_deinit(&args);
    pvm_buf_deinit(&want);
}
END_TEST

Suite *refine_arguments_suite(void);

Suite *refine_arguments_suite(void)
{
    Suite *suite = suite_create("host/refine_arguments");
    TCase *tests = tcase_create("recorded packages");
    tcase_add_loop_test(tests, follow_from_the_package, 0, 3);
    suite_add_tcase(suite, tests);
    return suite;
}
