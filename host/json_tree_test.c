/* SPDX-License-Identifier: Apache-2.0 */
/* The trees made here against those of cJSON's own parser. */
#include "host/json_tree.h"

#include "host/json_scan.h"

#include <check.h>
#include <stdlib.h>

/* Sets numbers to what cJSON reads there, as far as it can. */
static void read_numbers(cJSON *node, const char *text)
{
    for (; node != NULL; node = node->next) {
        if (cJSON_IsNumber(node))
            node->valuedouble = strtod(text + (size_t)node->valuedouble, NULL);
        read_numbers(node->child, text);
    }
}

static const char *const texts[] = {
    "0",
    " -12.5e3 ",
    "\"\"",
    "true",
    "\tnull\r\n",
    "[]",
    "{ }",
    "[[],{},[[]],\"\",false]",
    "[1,2,[3,[4,5]],6]",
    "{\"a\":{\"b\":[{\"c\":1},{\"d\":2}],\"e\":null},\"f\":\"g\"}",
    "{\"\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
    "[\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\\u007f\\u0080\\u07ff\\u0800\\uffff\"]",
    "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\", \"],{\\\"\"]",
    "{\"x\\ny\":[true,false,null],\"1,2\":{\"[\":3}}",
    "[\"a\",\"b\\\\\",\"\\\\\\\"\",\"c\"]",
    " { \"a\" : 1 , \"b\" : [ 2 , \"three\" ] } ",
};

START_TEST(trees_are_those_of_cjson)
{
    const char *text = texts[_i];
    struct pvm_bytes octets = pvm_bytes(text, strlen(text));
    struct jam_json_tree tree;
    ck_assert(jam_json_scan(octets, "t", NULL) == PVM_OK);
    cJSON *want = cJSON_Parse(text);
    ck_assert_ptr_nonnull(want);
    ck_assert(jam_json_tree_init(&tree, octets, NULL));
    read_numbers(tree.nodes, text);
    char *got_text = cJSON_Print(tree.nodes);
    char *want_text = cJSON_Print(want);
    ck_assert_str_eq(got_text, want_text);
    ck_assert(cJSON_Compare(tree.nodes, want, true));
    cJSON_free(got_text);
    cJSON_free(want_text);
    cJSON_Delete(want);
    jam_json_tree_deinit(&tree);
    jam_json_tree_deinit(&tree);
}
END_TEST

START_TEST(nesting_goes_to_its_limit)
{
    char text[2 * JAM_JSON_DEPTH + 1] = {0};
    struct jam_json_tree tree;
    memset(text, '[', JAM_JSON_DEPTH);
    memset(text + JAM_JSON_DEPTH, ']', JAM_JSON_DEPTH);
    ck_assert(jam_json_scan(pvm_bytes(text, strlen(text)), "t", NULL) == PVM_OK);
    ck_assert(jam_json_tree_init(&tree, pvm_bytes(text, strlen(text)), NULL));
    size_t depth = 0;
    for (const cJSON *node = tree.nodes; node != NULL; node = node->child)
        depth++;
    ck_assert_uint_eq(depth, JAM_JSON_DEPTH);
    jam_json_tree_deinit(&tree);
}
END_TEST

static void *refuse(void *user, void *ptr, size_t size)
{
    unsigned *left = user;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    return *left > 0 ? (*left)--, realloc(ptr, size) : NULL;
}

START_TEST(memory_may_end)
{
    unsigned left = (unsigned)_i;
    const struct pvm_alloc alloc = {refuse, &left};
    struct jam_json_tree tree;
    ck_assert(jam_json_tree_init(&tree, pvm_bytes("[\"a\"]", 5), &alloc) == (_i == 2));
    jam_json_tree_deinit(&tree);
}
END_TEST

Suite *json_tree_suite(void);

Suite *json_tree_suite(void)
{
    Suite *s = suite_create("json_tree");
    TCase *tc = tcase_create("json_tree");
    tcase_add_loop_test(tc, trees_are_those_of_cjson, 0, sizeof texts / sizeof *texts);
    tcase_add_test(tc, nesting_goes_to_its_limit);
    tcase_add_loop_test(tc, memory_may_end, 0, 3);
    suite_add_tcase(s, tc);
    return s;
}
