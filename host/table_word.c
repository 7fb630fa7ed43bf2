/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and numbers of tables of host calls: "0.6.3..0.6.6", "2^32 - 1", "hash_a + 4". */
#include "host/table_parts.h"

/* ---- versions ---- */

static bool find_version(const char *text, size_t len, unsigned *out)
{
    const struct jam_profile *profile;
    for (unsigned i = 0; (profile = jam_profile_at(i)) != NULL; i++) {
        if (strlen(profile->name) == len && memcmp(profile->name, text, len) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static size_t trim(const char **text, size_t len)
{
    while (len > 0 && (*text)[0] == ' ') {
        (*text)++;
        len--;
    }
    while (len > 0 && (*text)[len - 1] == ' ')
        len--;
    return len;
}

/* One version, or FIRST..LAST with either left out. */
static bool add_range(const char *text, size_t len, uint32_t *out)
{
    unsigned first = 0;
    unsigned last = 0;
    size_t dots = 0;
    len = trim(&text, len);
    while (jam_profile_at(last + 1) != NULL)
        last++;
    while (dots + 1 < len && (text[dots] != '.' || text[dots + 1] != '.'))
        dots++;
    if (dots + 1 >= len) {
        if (!find_version(text, len, &first))
            return false;
        last = first;
    } else {
        if (dots > 0 && !find_version(text, dots, &first))
            return false;
        if (dots + 2 < len && !find_version(text + dots + 2, len - dots - 2, &last))
            return false;
    }
    for (unsigned i = first; i <= last; i++)
        *out |= UINT32_C(1) << i;
    return first <= last;
}

enum pvm_status jam_table_versions_text(struct jam_json json, const char *text, uint32_t *out,
                                        struct pvm_err *err)
{
    uint32_t set = 0;
    if (strcmp(text, "all") == 0) {
        *out = UINT32_MAX;
        return PVM_OK;
    }
    for (const char *at = text;;) {
        size_t len = strcspn(at, ",");
        if (!add_range(at, len, &set))
            return jam_json_fail(json, err, "\"%.60s\" is no list of GP versions", text);
        if (at[len] == '\0')
            break;
        at += len + 1;
    }
    *out = set;
    return PVM_OK;
}

enum pvm_status jam_table_versions(struct jam_json json, uint32_t *out, struct pvm_err *err)
{
    const char *text = NULL;
    uint32_t set = 0;
    if (jam_json_type(json) != JAM_JSON_ARRAY) {
        PVM_TRY(jam_json_text(json, &text, err));
        return jam_table_versions_text(json, text, out, err);
    }
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        uint32_t more = 0;
        PVM_TRY(jam_json_text(it, &text, err));
        PVM_TRY(jam_table_versions_text(it, text, &more, err));
        set |= more;
    }
    *out = set;
    return PVM_OK;
}

enum pvm_status jam_table_by_version(const struct jam_table_view *view, struct jam_json json,
                                     struct jam_json *out, struct pvm_err *err)
{
    *out = json;
    if (jam_json_type(json) != JAM_JSON_OBJECT)
        return PVM_OK;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        uint32_t versions = 0;
        PVM_TRY(jam_table_versions_text(it, jam_json_key(it), &versions, err));
        if ((versions & UINT32_C(1) << view->version) != 0) {
            *out = it;
            return PVM_OK;
        }
    }
    return jam_json_fail(json, err, "nothing for GP %s", view->profile->name);
}

/* ---- expressions: sums of products of numbers and names, mod 2^64 ---- */

struct parser {
    const struct jam_table_view *view;
    struct jam_json json;
    const char *text, *at, *end;
    unsigned depth;
    struct pvm_err *err;
};

static enum pvm_status eval(struct parser *outer, struct jam_json json, const char *text,
                            size_t len, unsigned depth, uint64_t *out, struct pvm_err *err);

bool jam_table_result(const char *name, size_t len, uint64_t *out)
{
    static const uint64_t results[] = {JAM_OK,   JAM_NONE, JAM_WHAT, JAM_OOB, JAM_WHO,
                                       JAM_FULL, JAM_CORE, JAM_CASH, JAM_LOW, JAM_HUH};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        const char *known = jam_result_name(results[i]);
        if (strlen(known) == len && memcmp(known, name, len) == 0) {
            *out = results[i];
            return true;
        }
    }
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip(struct parser *p)
{
    while (p->at < p->end && *p->at == ' ')
        p->at++;
}

static enum pvm_status bad(const struct parser *p, const char *what)
{
    return jam_json_fail(p->json, p->err, "%s in \"%.*s\"", what, (int)(p->end - p->text), p->text);
}

static int digit_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

static enum pvm_status number(struct parser *p, uint64_t *out)
{
    uint64_t base = 10;
    const char *start = p->at;
    *out = 0;
    if (p->end - p->at > 2 && p->at[0] == '0' && p->at[1] == 'x') {
        base = 16;
        start = p->at += 2;
    }
    while (p->at < p->end && (uint64_t)digit_value(*p->at) < base) {
        uint64_t digit = (uint64_t)digit_value(*p->at++);
        if (*out > (UINT64_MAX - digit) / base)
            return bad(p, "number of 2^64 or more");
        *out = *out * base + digit;
    }
    return p->at == start || (p->at < p->end && is_letter(*p->at)) ? bad(p, "no number") : PVM_OK;
}

/* Words of the table, of the one it builds on, results, pieces of memory. */
static enum pvm_status name(struct parser *p, uint64_t *out)
{
    const struct jam_table *table = p->view->table;
    const struct jam_json lists[2] = {table->head.words,
                                      table->has_base ? table->base.words : table->head.words};
    const char *start = p->at;
    bool found = false;
    while (p->at < p->end && (is_letter(*p->at) || is_digit(*p->at)))
        p->at++;
    size_t len = (size_t)(p->at - start);
    for (size_t i = 0; i < 2; i++) {
        for (struct jam_json it = jam_json_first(lists[i]); jam_json_has(it);
             it = jam_json_next(it)) {
            struct jam_json value;
            const char *text = NULL;
            const char *key = jam_json_key(it);
            if (key == NULL || strlen(key) != len || memcmp(key, start, len) != 0)
                continue;
            PVM_TRY(jam_table_by_version(p->view, it, &value, p->err));
            if (jam_json_type(value) != JAM_JSON_STRING)
                return jam_json_u64(value, UINT64_MAX, out, p->err);
            PVM_TRY(jam_json_text(value, &text, p->err));
            return eval(p, value, text, strlen(text), p->depth + 1, out, p->err);
        }
    }
    if (jam_table_result(start, len, out))
        return PVM_OK;
    PVM_TRY(jam_table_address(p->view, start, len, p->depth + 1, &found, out, p->err));
    if (found)
        return PVM_OK;
    return jam_json_fail(p->json, p->err, "unknown name \"%.*s\"", (int)(len < 60 ? len : 60),
                         start);
}

static enum pvm_status factor(struct parser *p, uint64_t *out)
{
    skip(p);
    if (p->at < p->end && is_letter(*p->at))
        return name(p, out);
    if (p->at == p->end || !is_digit(*p->at))
        return bad(p, "no number or name");
    PVM_TRY(number(p, out));
    skip(p);
    if (p->at == p->end || *p->at != '^')
        return PVM_OK;
    uint64_t exponent = 0;
    uint64_t power = 1;
    p->at++;
    skip(p);
    PVM_TRY(number(p, &exponent));
    if (exponent > 64)
        return bad(p, "exponent above 64");
    for (uint64_t i = 0; i < exponent; i++)
        power *= *out;
    *out = power;
    return PVM_OK;
}

static enum pvm_status product(struct parser *p, uint64_t *out)
{
    uint64_t next = 0;
    PVM_TRY(factor(p, out));
    for (skip(p); p->at < p->end && *p->at == '*'; skip(p)) {
        p->at++;
        PVM_TRY(factor(p, &next));
        *out *= next;
    }
    return PVM_OK;
}

static enum pvm_status eval(struct parser *outer, struct jam_json json, const char *text,
                            size_t len, unsigned depth, uint64_t *out, struct pvm_err *err)
{
    struct parser p = {outer->view, json, text, text, text + len, depth, err};
    uint64_t sum = 0;
    uint64_t next = 0;
    if (depth > JAM_TABLE_WORD_DEPTH)
        return jam_json_fail(json, err, "words that lead to themselves");
    PVM_TRY(product(&p, &sum));
    for (skip(&p); p.at < p.end && (*p.at == '+' || *p.at == '-'); skip(&p)) {
        bool minus = *p.at++ == '-';
        PVM_TRY(product(&p, &next));
        sum = minus ? sum - next : sum + next;
    }
    if (p.at != p.end)
        return bad(&p, "unexpected characters");
    *out = sum;
    return PVM_OK;
}

enum pvm_status jam_table_eval(const struct jam_table_view *view, struct jam_json json,
                               const char *text, size_t len, unsigned depth, uint64_t *out,
                               struct pvm_err *err)
{
    struct parser outer = {.view = view};
    return eval(&outer, json, text, len, depth, out, err);
}

enum pvm_status jam_table_word(const struct jam_table_view *view, struct jam_json json,
                               uint64_t *out, struct pvm_err *err)
{
    const char *text = NULL;
    if (jam_json_type(json) != JAM_JSON_STRING)
        return jam_json_u64(json, UINT64_MAX, out, err);
    PVM_TRY(jam_json_text(json, &text, err));
    return jam_table_eval(view, json, text, strlen(text), 0, out, err);
}

enum pvm_status jam_table_get_word(const struct jam_table_view *view, size_t offset,
                                   uint64_t absent, uint64_t *out, struct pvm_err *err)
{
    struct jam_json json = jam_table_get(view, offset);
    *out = absent;
    return jam_json_has(json) ? jam_table_word(view, json, out, err) : PVM_OK;
}
