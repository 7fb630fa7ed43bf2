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

void cmd_printable(struct pvm_bytes text, struct pvm_buf *out)
{
    for (size_t i = 0; i < text.len;) {
        uint8_t c = text.ptr[i];
        size_t len = jam_utf8_len((struct pvm_bytes){text.ptr + i, text.len - i});
        /* C1 control characters steer terminals too. */
        bool control = c < 0x20 || c == 0x7f || (len == 2 && c == 0xc2 && text.ptr[i + 1] < 0xa0);
        if (len == 0 || control) {
            pvm_buf_printf(out, "\\x%02x", c);
            i++;
            continue;
        }
        pvm_buf_add(out, text.ptr + i, len);
        i += len;
    }
}
