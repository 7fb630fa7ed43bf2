/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/test_wire.h"

/* A message: 4 octets of length of what follows, 1 of enum cmd_test_message, then its fields, texts
 * with 4 octets of length in front and a 0 octet behind them. */
enum { HEAD = 5, MAX_TEXT = 1 << 15, MAX_MESSAGE = 4 * MAX_TEXT, NUMBERS = 5 };

static size_t begin(enum cmd_test_message message, struct pvm_buf *out)
{
    size_t at = out->len;
    pvm_buf_add_le(out, 0, 4);
    pvm_buf_add_u8(out, (uint8_t)message);
    return at;
}

static void finish(size_t at, struct pvm_buf *out)
{
    if (!out->failed)
        pvm_store_le(out->ptr + at, out->len - at - 4, 4);
}

static void add_text(const char *text, struct pvm_buf *out)
{
    size_t len = strlen(text);
    if (len > MAX_TEXT)
        len = MAX_TEXT;
    pvm_buf_add_le(out, len, 4);
    pvm_buf_add(out, text, len);
    pvm_buf_add_u8(out, 0);
}

void cmd_test_say_kind(unsigned kind, struct pvm_buf *out)
{
    size_t at = begin(CMD_TEST_KIND, out);
    pvm_buf_add_le(out, kind, 4);
    finish(at, out);
}

void cmd_test_say_case(const struct cmd_test_case *one, struct pvm_buf *out)
{
    const uint64_t numbers[NUMBERS] = {one->runs, one->gas, one->changed, one->checked,
                                       one->foreign};
    size_t at = begin(CMD_TEST_CASE, out);
    pvm_buf_add_u8(out, (uint8_t)one->verdict);
    pvm_buf_add_u8(out, (uint8_t)one->profile);
    for (unsigned i = 0; i < NUMBERS; i++)
        pvm_buf_add_le(out, numbers[i], 8);
    pvm_buf_add_le(out, one->foreign_components, 4);
    add_text(one->name, out);
    add_text(one->text, out);
    finish(at, out);
}

void cmd_test_say_end(enum cmd_test_end end, const char *text, struct pvm_buf *out)
{
    size_t at = begin(CMD_TEST_END, out);
    pvm_buf_add_u8(out, (uint8_t)end);
    add_text(text, out);
    finish(at, out);
}

size_t cmd_test_message_len(struct pvm_bytes octets)
{
    if (octets.len < HEAD)
        return 0;
    uint64_t len = pvm_load_le(octets.ptr, 4);
    if (len == 0 || len > MAX_MESSAGE || octets.ptr[4] > CMD_TEST_END)
        return SIZE_MAX;
    return octets.len - 4 < len ? 0 : 4 + (size_t)len;
}

static const char *read_text(struct pvm_reader *r)
{
    uint64_t len = pvm_read_le(r, 4);
    const char *text = (const char *)r->bytes.ptr + r->pos;
    (void)pvm_read_span(r, len);
    if (pvm_read_u8(r) != 0)
        r->failed = true;
    return r->failed ? "" : text;
}

static void read_case(struct pvm_reader *r, struct cmd_test_case *one)
{
    uint64_t *const numbers[NUMBERS] = {&one->runs, &one->gas, &one->changed, &one->checked,
                                        &one->foreign};
    uint8_t verdict = pvm_read_u8(r);
    one->profile = pvm_read_u8(r);
    for (unsigned i = 0; i < NUMBERS; i++)
        *numbers[i] = pvm_read_le(r, 8);
    one->foreign_components = (uint32_t)pvm_read_le(r, 4);
    one->name = read_text(r);
    one->text = read_text(r);
    if (verdict > CMD_SKIPPED || one->profile >= CMD_TEST_PROFILES)
        r->failed = true;
    else
        one->verdict = (enum cmd_verdict)verdict;
}

static void read_end(struct pvm_reader *r, struct cmd_test_said *out)
{
    uint8_t end = pvm_read_u8(r);
    out->text = read_text(r);
    if (end >= CMD_TEST_END_COUNT)
        r->failed = true;
    else
        out->end = (enum cmd_test_end)end;
}

bool cmd_test_hear(struct pvm_bytes *octets, struct cmd_test_said *out)
{
    size_t len = cmd_test_message_len(*octets);
    if (len == 0 || len == SIZE_MAX)
        return false;
    struct pvm_reader r = pvm_reader(pvm_bytes(octets->ptr + HEAD, len - HEAD));
    *out = (struct cmd_test_said){.message = (enum cmd_test_message)octets->ptr[4]};
    switch (out->message) {
    case CMD_TEST_KIND:
        out->kind = (unsigned)pvm_read_le(&r, 4);
        r.failed = r.failed || out->kind >= cmd_test_kind_count();
        break;
    case CMD_TEST_CASE:
        read_case(&r, &out->one);
        break;
    case CMD_TEST_END:
        read_end(&r, out);
        break;
    }
    *octets = pvm_bytes(octets->ptr + len, octets->len - len);
    return !r.failed && pvm_reader_left(&r) == 0;
}

unsigned cmd_test_profile_index(const struct jam_profile *profile)
{
    unsigned index = 0;
    while (jam_profile_at(index) != NULL && jam_profile_at(index) != profile)
        index++;
    return index < CMD_TEST_PROFILES ? index : CMD_TEST_PROFILES - 1;
}

const char *cmd_test_profile_name(unsigned index)
{
    const struct jam_profile *profile = jam_profile_at(index);
    return profile != NULL ? profile->name : "-";
}

unsigned cmd_test_kind_count(void)
{
    unsigned count = 0;
    while (jam_suite_kinds[count].name != NULL)
        count++;
    return count;
}
