/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/text.h"

#include "host/json_out.h"

void cmd_heading(const struct cmd *cmd, const char *text, struct pvm_buf *out)
{
    pvm_buf_printf(out, "\n%s%s%s\n", cmd_style(cmd, CMD_BOLD), text, cmd_style(cmd, CMD_PLAIN));
}

const char *cmd_access_text(enum pvm_access access)
{
    switch (access) {
    case PVM_NO_ACCESS:
        return "-";
    case PVM_READ:
        return "r";
    case PVM_WRITE:
        return "rw";
    }
    return "?";
}

/* Whether a character steers what shows it instead of being shown: control characters, C1 included;
 * ends of lines and changes of direction that Unicode adds; and what XML cannot hold. */
static bool is_steering(struct pvm_bytes character)
{
    static const struct {
        uint8_t first[4], last[4];
    } ranges[] = {
        {"\x00", "\x1f"},
        {"\x7f", "\x7f"},
        {"\xc2\x80", "\xc2\x9f"},
        {"\xe2\x80\xa8", "\xe2\x80\xae"}, /* U+2028 to U+202E */
        {"\xe2\x81\xa6", "\xe2\x81\xa9"}, /* U+2066 to U+2069 */
        {"\xef\xbf\xbe", "\xef\xbf\xbf"}, /* U+FFFE, U+FFFF: no characters */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (character.len == strlen((const char *)ranges[i].last) &&
            memcmp(character.ptr, ranges[i].first, character.len) >= 0 &&
            memcmp(character.ptr, ranges[i].last, character.len) <= 0)
            return true;
    return false;
}

void cmd_printable(struct pvm_bytes text, struct pvm_buf *out)
{
    for (size_t i = 0; i < text.len;) {
        size_t len = jam_utf8_len((struct pvm_bytes){text.ptr + i, text.len - i});
        bool shown = len != 0 && !is_steering(pvm_bytes(text.ptr + i, len));
        len = len != 0 ? len : 1;
        for (size_t j = 0; j < len && !shown; j++)
            pvm_buf_printf(out, "\\x%02x", text.ptr[i + j]);
        if (shown)
            pvm_buf_add(out, text.ptr + i, len);
        i += len;
    }
}
