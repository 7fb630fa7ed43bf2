/* SPDX-License-Identifier: Apache-2.0 */
#include "host/scenario_compare.h"

#include "host/state_diff.h"

#include <inttypes.h>
#include <stdio.h>

enum { SHOWN = 40 };

struct pvm_err *jam_expect_err(const struct jam_expect_place *place)
{
    return place->expecting->scenario->err;
}

void jam_expect_begin(const struct jam_expect_place *place, const char *what)
{
    place->expecting->failure_count++;
    pvm_buf_printf(place->expecting->failures, "%s%s%s: expected ", place->text,
                   place->text[0] != '\0' && what[0] != '\0' ? " " : "", what);
}

enum pvm_status jam_expect_number(const struct jam_expect_place *place, const char *what,
                                  struct jam_json json, uint64_t got)
{
    uint64_t expected;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_u64(json, UINT64_MAX, &expected, jam_expect_err(place)));
    place->expecting->check_count++;
    if (expected == got)
        return PVM_OK;
    jam_expect_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%" PRIu64 ", got %" PRIu64 "\n", expected, got);
    return PVM_OK;
}

enum pvm_status jam_expect_text(const struct jam_expect_place *place, const char *what,
                                struct jam_json json, const char *got)
{
    const char *expected = NULL;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_text(json, &expected, jam_expect_err(place)));
    place->expecting->check_count++;
    if (strcmp(expected, got) == 0)
        return PVM_OK;
    jam_expect_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%.80s, got %s\n", expected, got);
    return PVM_OK;
}

enum pvm_status jam_expect_truth(const struct jam_expect_place *place, const char *what,
                                 struct jam_json json, bool got)
{
    bool expected;
    if (!jam_json_has(json))
        return PVM_OK;
    PVM_TRY(jam_json_bool(json, &expected, jam_expect_err(place)));
    place->expecting->check_count++;
    if (expected == got)
        return PVM_OK;
    jam_expect_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%s, got %s\n", expected ? "yes" : "no",
                   got ? "yes" : "no");
    return PVM_OK;
}

static void octets_text(struct pvm_buf *out, const struct pvm_bytes *octets)
{
    if (octets == NULL)
        pvm_buf_text(out, "none");
    else if (octets->len == 0)
        pvm_buf_text(out, "empty");
    else
        jam_octets_text(*octets, SHOWN, out);
}

/* null stands for nothing there; so does got NULL. */
enum pvm_status jam_expect_octets(const struct jam_expect_place *place, const char *what,
                                  struct jam_json json, const struct pvm_bytes *got)
{
    struct jam_expecting *expecting = place->expecting;
    struct pvm_bytes expected = pvm_bytes_none();
    if (!jam_json_has(json))
        return PVM_OK;
    bool none = jam_json_type(json) == JAM_JSON_NULL;
    if (!none)
        PVM_TRY(jam_fixture_octets(&expecting->scenario->load, json, &expected));
    expecting->check_count++;
    if (none ? got == NULL : got != NULL && pvm_bytes_equal(expected, *got))
        return PVM_OK;
    jam_expect_begin(place, what);
    octets_text(expecting->failures, none ? NULL : &expected);
    pvm_buf_text(expecting->failures, ", got ");
    octets_text(expecting->failures, got);
    pvm_buf_text(expecting->failures, "\n");
    return PVM_OK;
}

enum pvm_status jam_expect_hash(const struct jam_expect_place *place, const char *what,
                                struct jam_json json, const struct jam_hash *got)
{
    struct pvm_bytes span = got != NULL ? jam_hash_bytes(got) : pvm_bytes_none();
    return jam_expect_octets(place, what, json, got != NULL ? &span : NULL);
}

/* How many entries a list has; the first of both are then compared one by one. */
enum pvm_status jam_expect_counts(const struct jam_expect_place *place, const char *what,
                                  struct jam_json list, size_t got)
{
    PVM_TRY(jam_json_expect(list, JAM_JSON_ARRAY, jam_expect_err(place)));
    place->expecting->check_count++;
    if (jam_json_count(list) == got)
        return PVM_OK;
    jam_expect_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%zu, got %zu\n", jam_json_count(list), got);
    return PVM_OK;
}

struct jam_expect_place jam_expect_at(struct jam_expecting *expecting, const char *fmt, ...)
{
    struct jam_expect_place place = {.expecting = expecting};
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(place.text, sizeof place.text, fmt, args);
    va_end(args);
    return place;
}
