/* SPDX-License-Identifier: Apache-2.0 */
#include "host/state_diff_text.h"

#include <inttypes.h>
#include <stdio.h>

enum { TEXT_MAX = 64, VALUE_SHOWN = 16, KEY_SHOWN = 32 };

static bool is_text(struct pvm_bytes octets)
{
    if (octets.len == 0 || octets.len > TEXT_MAX)
        return false;
    for (size_t i = 0; i < octets.len; i++)
        if (octets.ptr[i] < 0x20 || octets.ptr[i] > 0x7e || octets.ptr[i] == '"')
            return false;
    return true;
}

void jam_octets_text(struct pvm_bytes octets, size_t max, struct pvm_buf *out)
{
    if (is_text(octets)) {
        pvm_buf_text(out, "\"");
        pvm_buf_add_bytes(out, octets);
        pvm_buf_text(out, "\"");
        return;
    }
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, pvm_bytes(octets.ptr, octets.len < max ? octets.len : max));
    if (octets.len > max)
        pvm_buf_text(out, "...");
}

void jam_diff_group(struct jam_diff *diff, const char *fmt, ...)
{
    char text[80];
    va_list args;
    if (diff->group.len == 0 && diff->count > 0 && diff->out->len > 0 &&
        diff->out->ptr[diff->out->len - 1] != '\n')
        pvm_buf_text(diff->out, "\n");
    va_start(args, fmt);
    int len = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    diff->group.len = 0;
    if (len > 0)
        pvm_buf_text(&diff->group, text);
}

void jam_diff_begin(struct jam_diff *diff)
{
    diff->count++;
    if (diff->group.len == 0) {
        pvm_buf_text(diff->out, "; ");
        return;
    }
    pvm_buf_add_bytes(diff->out, pvm_buf_bytes(&diff->group));
    pvm_buf_text(diff->out, ": ");
    diff->group.len = 0;
}

void jam_diff_number(struct jam_diff *diff, const char *name, uint64_t before, uint64_t after)
{
    if (before == after)
        return;
    jam_diff_begin(diff);
    pvm_buf_printf(diff->out, "%s %" PRIu64 " -> %" PRIu64, name, before, after);
}

void jam_diff_amount(struct jam_diff *diff, const char *name, uint64_t before, uint64_t after)
{
    if (before == after)
        return;
    bool less = after < before;
    jam_diff_begin(diff);
    pvm_buf_printf(diff->out, "%s %s%" PRIu64, name, less ? "-" : "+",
                   less ? before - after : after - before);
}

void jam_diff_hash(struct jam_diff *diff, const char *name, const struct jam_hash *before,
                   const struct jam_hash *after)
{
    if (jam_hash_equal(before, after))
        return;
    jam_diff_begin(diff);
    pvm_buf_printf(diff->out, "%s 0x", name);
    pvm_buf_hex(diff->out, jam_hash_bytes(before));
    pvm_buf_text(diff->out, " -> 0x");
    pvm_buf_hex(diff->out, jam_hash_bytes(after));
}

static void put_size(struct pvm_buf *out, size_t len)
{
    pvm_buf_printf(out, "%zu byte%s", len, len == 1 ? "" : "s");
}

static void put_value(struct pvm_buf *out, struct pvm_bytes value)
{
    put_size(out, value.len);
    if (value.len == 0)
        return;
    pvm_buf_text(out, " 0x");
    pvm_buf_hex(out, pvm_bytes(value.ptr, value.len < VALUE_SHOWN ? value.len : VALUE_SHOWN));
    if (value.len > VALUE_SHOWN)
        pvm_buf_text(out, "...");
}

/* Where two values part, when that is not to be seen in what is shown of them. */
static void put_parting(struct pvm_buf *out, struct pvm_bytes before, struct pvm_bytes after)
{
    size_t at = 0;
    while (at < before.len && at < after.len && before.ptr[at] == after.ptr[at])
        at++;
    if (at >= VALUE_SHOWN)
        pvm_buf_printf(out, " (from byte %zu on)", at);
}

void jam_diff_value(struct jam_diff *diff, const char *name, struct pvm_bytes key,
                    const struct pvm_bytes *before, const struct pvm_bytes *after)
{
    if (before != NULL && after != NULL && pvm_bytes_equal(*before, *after))
        return;
    jam_diff_begin(diff);
    pvm_buf_printf(diff->out, "%s ", name);
    if (key.ptr != NULL) {
        jam_octets_text(key, KEY_SHOWN, diff->out);
        pvm_buf_text(diff->out, " ");
    }
    if (before == NULL)
        pvm_buf_text(diff->out, "none");
    else if (after == NULL)
        put_size(diff->out, before->len);
    else
        put_value(diff->out, *before);
    pvm_buf_text(diff->out, " -> ");
    if (after == NULL)
        pvm_buf_text(diff->out, "deleted");
    else
        put_value(diff->out, *after);
    if (before != NULL && after != NULL)
        put_parting(diff->out, *before, *after);
}
