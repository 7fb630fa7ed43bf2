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

bool jam_expect_good(struct jam_expecting *expecting, enum pvm_status status)
{
    if (expecting->status == PVM_OK)
        expecting->status = status;
    return expecting->status == PVM_OK;
}

/* Whether there is a value to be compared, and status, of reading it, is fine. */
static bool is_read(const struct jam_expect_place *place, enum pvm_status status)
{
    if (!jam_expect_good(place->expecting, status))
        return false;
    place->expecting->check_count++;
    return true;
}

void jam_expect_begin(const struct jam_expect_place *place, const char *what)
{
    place->expecting->failure_count++;
    pvm_buf_printf(place->expecting->failures, "%s%s%s: expected ", place->text,
                   place->text[0] != '\0' && what[0] != '\0' ? " " : "", what);
}

void jam_expect_number(const struct jam_expect_place *place, const char *what, struct jam_json json,
                       uint64_t got)
{
    uint64_t expected = 0;
    if (!jam_json_has(json) ||
        !is_read(place, jam_json_u64(json, UINT64_MAX, &expected, jam_expect_err(place))) ||
        expected == got)
        return;
    jam_expect_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%" PRIu64 ", got %" PRIu64 "\n", expected, got);
}

void jam_expect_text(const struct jam_expect_place *place, const char *what, struct jam_json json,
                     const char *got)
{
    const char *expected = NULL;
    if (!jam_json_has(json) ||
        !is_read(place, jam_json_text(json, &expected, jam_expect_err(place))) ||
        strcmp(expected, got) == 0)
        return;
    jam_expect_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%.80s, got %s\n", expected, got);
}

void jam_expect_truth(const struct jam_expect_place *place, const char *what, struct jam_json json,
                      bool got)
{
    bool expected = false;
    if (!jam_json_has(json) ||
        !is_read(place, jam_json_bool(json, &expected, jam_expect_err(place))) || expected == got)
        return;
    jam_expect_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%s, got %s\n", expected ? "yes" : "no",
                   got ? "yes" : "no");
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
void jam_expect_octets(const struct jam_expect_place *place, const char *what, struct jam_json json,
                       const struct pvm_bytes *got)
{
    struct jam_expecting *expecting = place->expecting;
    struct pvm_bytes expected = pvm_bytes_none();
    bool none = jam_json_type(json) == JAM_JSON_NULL;
    if (!jam_json_has(json) ||
        !is_read(place,
                 none ? PVM_OK : jam_fixture_octets(&expecting->scenario->load, json, &expected)))
        return;
    if (none ? got == NULL : got != NULL && pvm_bytes_equal(expected, *got))
        return;
    jam_expect_begin(place, what);
    octets_text(expecting->failures, none ? NULL : &expected);
    pvm_buf_text(expecting->failures, ", got ");
    octets_text(expecting->failures, got);
    pvm_buf_text(expecting->failures, "\n");
}

void jam_expect_hash(const struct jam_expect_place *place, const char *what, struct jam_json json,
                     const struct jam_hash *got)
{
    struct pvm_bytes span = got != NULL ? jam_hash_bytes(got) : pvm_bytes_none();
    jam_expect_octets(place, what, json, got != NULL ? &span : NULL);
}

/* How many entries a list has; the first of both are then compared one by one. */
void jam_expect_counts(const struct jam_expect_place *place, const char *what, struct jam_json list,
                       size_t got)
{
    if (!is_read(place, jam_json_expect(list, JAM_JSON_ARRAY, jam_expect_err(place))) ||
        jam_json_count(list) == got)
        return;
    jam_expect_begin(place, what);
    pvm_buf_printf(place->expecting->failures, "%zu, got %zu\n", jam_json_count(list), got);
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
