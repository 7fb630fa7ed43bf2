/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios as test results: TAP and JUnit, a case for each round and one for the end. */
#include "cmd/scenario_out.h"
#include "cmd/text.h"
#include "cmd/work_package_out.h"

/* A '#' would begin a directive. */
static void tap_name(struct pvm_buf *out, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '#' || *name == '\\')
            pvm_buf_text(out, "\\");
        pvm_buf_add_u8(out, (uint8_t)((unsigned char)*name < 0x20 ? ' ' : *name));
    }
}

void cmd_scenario_tap(const struct cmd_scenario_case *cases, size_t count, struct pvm_buf *out)
{
    pvm_buf_printf(out, "TAP version 13\n1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        pvm_buf_printf(out, "%s %zu - ", cases[i].failure_count == 0 ? "ok" : "not ok", i + 1);
        tap_name(out, cases[i].name);
        pvm_buf_text(out, "\n");
        cmd_lines_text(cases[i].failures, "# ", out);
    }
}

/* Octets that XML 1.0 has no place for become '?'. */
static void xml_text(struct pvm_buf *out, struct pvm_bytes text)
{
    while (text.len > 0) {
        size_t len = jam_utf8_len(text);
        uint8_t octet = text.ptr[0];
        if (octet == '<')
            pvm_buf_text(out, "&lt;");
        else if (octet == '>')
            pvm_buf_text(out, "&gt;");
        else if (octet == '&')
            pvm_buf_text(out, "&amp;");
        else if (octet == '"')
            pvm_buf_text(out, "&quot;");
        else if (len == 0 || (octet < 0x20 && octet != '\n') || octet == 0x7f)
            pvm_buf_text(out, "?");
        else
            pvm_buf_add(out, text.ptr, len);
        len = len == 0 ? 1 : len;
        text = pvm_bytes(text.ptr + len, text.len - len);
    }
}

void cmd_scenario_junit(const char *suite, const struct cmd_scenario_case *cases, size_t count,
                        struct pvm_buf *out)
{
    size_t failed = 0;
    for (size_t i = 0; i < count; i++)
        failed += cases[i].failure_count != 0;
    pvm_buf_text(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"");
    xml_text(out, pvm_bytes(suite, strlen(suite)));
    pvm_buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\">\n", count, failed);
    for (size_t i = 0; i < count; i++) {
        pvm_buf_text(out, "    <testcase name=\"");
        xml_text(out, pvm_bytes(cases[i].name, strlen(cases[i].name)));
        if (cases[i].failure_count == 0) {
            pvm_buf_text(out, "\"/>\n");
            continue;
        }
        pvm_buf_printf(out, "\">\n      <failure message=\"%zu difference%s\">",
                       cases[i].failure_count, cases[i].failure_count == 1 ? "" : "s");
        xml_text(out, cases[i].failures);
        pvm_buf_text(out, "</failure>\n    </testcase>\n");
    }
    pvm_buf_text(out, "  </testsuite>\n</testsuites>\n");
}
