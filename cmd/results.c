/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/results.h"

#include "host/json_out.h"

void cmd_results_init(struct cmd_results *results, const struct pvm_alloc *alloc)
{
    *results = (struct cmd_results){.texts = {.alloc = alloc}, .list = {.alloc = alloc}};
}

void cmd_results_deinit(struct cmd_results *results)
{
    pvm_buf_deinit(&results->texts);
    pvm_buf_deinit(&results->list);
}

static size_t keep(struct cmd_results *results, const char *text)
{
    size_t at = results->texts.len;
    pvm_buf_add(&results->texts, text, strlen(text) + 1);
    return at;
}

void cmd_results_add(struct cmd_results *results, enum cmd_verdict verdict, const char *group,
                     const char *name, const char *text)
{
    struct cmd_result result = {.verdict = verdict};
    result.group = keep(results, group);
    result.name = keep(results, name);
    result.text = keep(results, text);
    pvm_buf_add(&results->list, &result, sizeof result);
    results->passed += verdict == CMD_PASSED;
    results->failed += verdict == CMD_FAILED;
    results->skipped += verdict == CMD_SKIPPED;
}

enum pvm_status cmd_results_status(const struct cmd_results *results, struct pvm_err *err)
{
    PVM_TRY(pvm_buf_status(&results->texts, err));
    return pvm_buf_status(&results->list, err);
}

static size_t count_of(const struct cmd_results *results)
{
    return results->list.len / sizeof(struct cmd_result);
}

static struct cmd_result result_at(const struct cmd_results *results, size_t index)
{
    struct cmd_result result;
    memcpy(&result, results->list.ptr + index * sizeof result, sizeof result);
    return result;
}

static const char *text_at(const struct cmd_results *results, size_t at)
{
    return (const char *)results->texts.ptr + at;
}

const char *cmd_verdict_name(enum cmd_verdict verdict)
{
    static const char *const names[] = {"passed", "failed", "skipped"};
    return names[verdict];
}

/* ---- TAP, version 13 ---- */

/* A description must not hold what begins a directive, nor end the line. */
static void tap_text(const char *text, struct pvm_buf *out)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '#' || *at == '\\')
            pvm_buf_text(out, "\\");
        pvm_buf_add_u8(out, (uint8_t)(*at == '\n' ? ' ' : *at));
    }
}

static void tap_lines(const char *text, struct pvm_buf *out)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        pvm_buf_text(out, "# ");
        pvm_buf_add(out, text, len);
        pvm_buf_text(out, "\n");
        text += len + (text[len] == '\n');
    }
}

void cmd_result_tap(size_t number, enum cmd_verdict verdict, const char *group, const char *name,
                    const char *text, struct pvm_buf *out)
{
    pvm_buf_printf(out, "%s %zu - ", verdict == CMD_FAILED ? "not ok" : "ok", number);
    tap_text(group, out);
    pvm_buf_text(out, ": ");
    tap_text(name, out);
    if (verdict == CMD_SKIPPED) {
        pvm_buf_text(out, " # SKIP ");
        tap_text(text, out);
    }
    pvm_buf_text(out, "\n");
    if (verdict == CMD_FAILED)
        tap_lines(text, out);
}

void cmd_results_tap(const struct cmd_results *results, struct pvm_buf *out)
{
    size_t count = count_of(results);
    pvm_buf_printf(out, "TAP version 13\n1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        struct cmd_result result = result_at(results, i);
        cmd_result_tap(i + 1, result.verdict, text_at(results, result.group),
                       text_at(results, result.name), text_at(results, result.text), out);
    }
}

/* ---- JUnit ---- */

/* What XML cannot hold becomes question marks: octets that are no UTF-8, control characters, U+FFFE
 * and U+FFFF. */
static void xml_text(const char *text, struct pvm_buf *out)
{
    size_t left = strlen(text);
    for (const char *at = text; left > 0;) {
        size_t len = jam_utf8_len(pvm_bytes(at, left));
        unsigned char c = (unsigned char)*at;
        bool none =
            len == 3 && (memcmp(at, "\xef\xbf\xbe", 3) == 0 || memcmp(at, "\xef\xbf\xbf", 3) == 0);
        if (c == '&')
            pvm_buf_text(out, "&amp;");
        else if (c == '<')
            pvm_buf_text(out, "&lt;");
        else if (c == '>')
            pvm_buf_text(out, "&gt;");
        else if (c == '"')
            pvm_buf_text(out, "&quot;");
        else if (len == 0 || none || (c < 0x20 && c != '\n' && c != '\t'))
            pvm_buf_text(out, "?");
        else
            pvm_buf_add(out, at, len);
        len = len != 0 ? len : 1;
        at += len;
        left -= len;
    }
}

void cmd_result_junit(enum cmd_verdict verdict, const char *group, const char *name,
                      const char *text, struct pvm_buf *out)
{
    pvm_buf_text(out, "    <testcase classname=\"");
    xml_text(group, out);
    pvm_buf_text(out, "\" name=\"");
    xml_text(name, out);
    switch (verdict) {
    case CMD_PASSED:
        pvm_buf_text(out, "\"/>\n");
        return;
    case CMD_FAILED:
        pvm_buf_text(out, "\">\n      <failure>");
        xml_text(text, out);
        pvm_buf_text(out, "</failure>\n    </testcase>\n");
        return;
    case CMD_SKIPPED:
        pvm_buf_text(out, "\">\n      <skipped message=\"");
        xml_text(text, out);
        pvm_buf_text(out, "\"/>\n    </testcase>\n");
        return;
    }
}

void cmd_results_junit(const struct cmd_results *results, const char *name, struct pvm_buf *out)
{
    size_t count = count_of(results);
    pvm_buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                      "  <testsuite name=\"");
    xml_text(name, out);
    pvm_buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n", count,
                   results->failed, results->skipped);
    for (size_t i = 0; i < count; i++) {
        struct cmd_result result = result_at(results, i);
        cmd_result_junit(result.verdict, text_at(results, result.group),
                         text_at(results, result.name), text_at(results, result.text), out);
    }
    pvm_buf_text(out, "  </testsuite>\n</testsuites>\n");
}

/* ---- JSON ---- */

void cmd_results_json(const struct cmd_results *results, struct pvm_buf *out)
{
    struct jam_out json = jam_out(out);
    jam_out_object(&json, NULL);
    jam_out_number(&json, "passed", results->passed);
    jam_out_number(&json, "failed", results->failed);
    jam_out_number(&json, "skipped", results->skipped);
    jam_out_array(&json, "tests");
    for (size_t i = 0; i < count_of(results); i++) {
        struct cmd_result result = result_at(results, i);
        const char *text = text_at(results, result.text);
        jam_out_object(&json, NULL);
        jam_out_text(&json, "group", text_at(results, result.group));
        jam_out_text(&json, "name", text_at(results, result.name));
        jam_out_text(&json, "verdict", cmd_verdict_name(result.verdict));
        if (*text != '\0')
            jam_out_string(&json, "text", pvm_bytes(text, strlen(text)));
        jam_out_end_object(&json);
    }
    jam_out_end_array(&json);
    jam_out_end_object(&json);
    jam_out_finish(&json);
}
