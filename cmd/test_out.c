/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/test_out.h"

#include "cmd/text.h"

enum { BAR_WIDTH = 30, FLUSH_AT = 1 << 14, MAX_LINE = 400 };

void cmd_test_out_begin(struct cmd_test_out *out)
{
    struct cmd *cmd = out->cmd;
    out->path.alloc = out->name.alloc = out->group.alloc = out->text.alloc = cmd->alloc;
    out->json = jam_out(&cmd->out);
    if (out->form == CMD_TEST_TAP)
        pvm_buf_text(&cmd->out, "TAP version 13\n");
    if (out->form != CMD_TEST_JSON)
        return;
    jam_out_object(&out->json, NULL);
    jam_out_array(&out->json, "tests");
}

void cmd_test_out_deinit(struct cmd_test_out *out)
{
    cmd_junit_free(out->junit);
    pvm_buf_deinit(&out->path);
    pvm_buf_deinit(&out->name);
    pvm_buf_deinit(&out->group);
    pvm_buf_deinit(&out->text);
}

/* ---- the bar ---- */

static void clear_bar(struct cmd_test_out *out)
{
    if (out->bar)
        cmd_stderr(pvm_bytes("\r\033[K", 4));
    out->bar = false;
}

static void draw_bar(struct cmd_test_out *out)
{
    struct pvm_buf line = {0};
    if (out->total == 0)
        return;
    uint64_t steps = out->done >= out->total ? 1000 : out->done * 1000 / out->total;
    if (out->bar && steps == out->drawn)
        return;
    unsigned filled = (unsigned)(steps * BAR_WIDTH / 1000);
    pvm_buf_text(&line, "\r[");
    for (unsigned i = 0; i < BAR_WIDTH; i++)
        pvm_buf_add_u8(&line, i < filled ? '#' : '.');
    pvm_buf_printf(&line, "] %llu/%llu files, %llu failed\033[K", (unsigned long long)out->done,
                   (unsigned long long)out->total, (unsigned long long)out->failed);
    if (!line.failed)
        cmd_stderr(pvm_buf_bytes(&line));
    pvm_buf_deinit(&line);
    out->bar = true;
    out->drawn = steps;
}

static enum pvm_status flush(struct cmd_test_out *out, struct pvm_err *err)
{
    clear_bar(out);
    return cmd_flush(out->cmd, err);
}

/* ---- tests ---- */

/* Text as lines of printable characters; the first one only where that is all there is room for. */
static void set_text(struct pvm_buf *to, const char *text, bool first_only)
{
    to->len = 0;
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        if (to->len > 0)
            pvm_buf_text(to, "\n");
        bool cut = first_only && len > MAX_LINE;
        cmd_printable(pvm_bytes(text, cut ? MAX_LINE : len), to);
        if (cut)
            pvm_buf_text(to, "...");
        if (first_only)
            return;
        text += len + (text[len] == '\n');
    }
}

static void print_line(struct cmd_test_out *out, const struct cmd_test_case *one)
{
    static const char *const words[] = {"pass", "FAIL", "skip"};
    static const enum cmd_style styles[] = {CMD_GREEN, CMD_RED, CMD_YELLOW};
    struct cmd *cmd = out->cmd;
    if (one->verdict != CMD_FAILED && !out->verbose)
        return;
    pvm_buf_printf(&cmd->out, "%s%s%s %s", cmd_style(cmd, styles[one->verdict]),
                   words[one->verdict], cmd_style(cmd, CMD_PLAIN), pvm_buf_str(&out->name));
    if (one->verdict != CMD_PASSED)
        pvm_buf_printf(&cmd->out, ": %s", pvm_buf_str(&out->text));
    pvm_buf_text(&cmd->out, "\n");
    /* What else differs. */
    const char *more = strchr(one->text, '\n');
    if (one->verdict != CMD_FAILED || !out->verbose || more == NULL)
        return;
    while (*++more != '\0') {
        size_t len = strcspn(more, "\n");
        pvm_buf_text(&cmd->out, "     ");
        cmd_printable(pvm_bytes(more, len), &cmd->out);
        pvm_buf_text(&cmd->out, "\n");
        more += len;
        if (*more == '\0')
            return;
    }
}

static void print_json(struct cmd_test_out *out, unsigned kind, const struct cmd_test_case *one)
{
    struct jam_out *json = &out->json;
    jam_out_object(json, NULL);
    jam_out_text(json, "set", cmd_count_set(kind));
    jam_out_text(json, "gp", cmd_test_profile_name(one->profile));
    jam_out_text(json, "file", pvm_buf_str(&out->path));
    if (one->name[0] != '\0')
        jam_out_string(json, "name", pvm_bytes(one->name, strlen(one->name)));
    jam_out_text(json, "verdict", cmd_verdict_name(one->verdict));
    if (one->text[0] != '\0')
        jam_out_string(json, "text", pvm_bytes(one->text, strlen(one->text)));
    jam_out_end_object(json);
}

enum pvm_status cmd_test_out_case(struct cmd_test_out *out, const char *path, unsigned kind,
                                  const struct cmd_test_case *one, struct pvm_err *err)
{
    out->failed += one->verdict == CMD_FAILED;
    out->number++;
    if (out->form == CMD_TEST_LINES && out->junit == NULL && one->verdict != CMD_FAILED &&
        !out->verbose)
        return PVM_OK;
    out->path.len = 0;
    cmd_printable(pvm_bytes(path, strlen(path)), &out->path);
    out->name.len = 0;
    pvm_buf_add_bytes(&out->name, pvm_buf_bytes(&out->path));
    if (one->name[0] != '\0') {
        pvm_buf_text(&out->name, ": ");
        cmd_printable(pvm_bytes(one->name, strlen(one->name)), &out->name);
    }
    out->group.len = 0;
    pvm_buf_printf(&out->group, "%s %s", cmd_count_set(kind), cmd_test_profile_name(one->profile));
    set_text(&out->text, one->text, out->form == CMD_TEST_LINES);
    const char *group = pvm_buf_str(&out->group);
    const char *name = pvm_buf_str(&out->name);
    const char *text = pvm_buf_str(&out->text);
    switch (out->form) {
    case CMD_TEST_LINES:
        print_line(out, one);
        break;
    case CMD_TEST_TAP:
        cmd_result_tap(out->number, one->verdict, group, name, text, &out->cmd->out);
        break;
    case CMD_TEST_JSON:
        print_json(out, kind, one);
        break;
    }
    if (out->junit == NULL)
        return PVM_OK;
    set_text(&out->text, one->text, false);
    cmd_result_junit(one->verdict, group, name, pvm_buf_str(&out->text), cmd_junit_buf(out->junit));
    return cmd_junit_flush(out->junit, err);
}

enum pvm_status cmd_test_out_file(struct cmd_test_out *out, const char *path, enum cmd_test_end end,
                                  struct pvm_err *err)
{
    const char *why = cmd_count_why(end);
    struct cmd *cmd = out->cmd;
    if (why != NULL && out->verbose && out->form != CMD_TEST_JSON) {
        pvm_buf_text(&cmd->out, out->form == CMD_TEST_TAP ? "# not run: " : "none ");
        cmd_printable(pvm_bytes(path, strlen(path)), &cmd->out);
        pvm_buf_printf(&cmd->out, ": %s\n", why);
    }
    PVM_TRY(pvm_buf_status(&out->path, err));
    PVM_TRY(pvm_buf_status(&out->name, err));
    PVM_TRY(pvm_buf_status(&out->group, err));
    PVM_TRY(pvm_buf_status(&out->text, err));
    out->done++;
    /* People see a failure at once; programs get octets in larger pieces. */
    bool now = out->form == CMD_TEST_LINES && cmd->out.len > 0;
    if (now || cmd->out.len >= FLUSH_AT)
        PVM_TRY(flush(out, err));
    draw_bar(out);
    return pvm_buf_status(&cmd->out, err);
}

enum pvm_status cmd_test_out_end(struct cmd_test_out *out, const struct cmd_counts *counts,
                                 bool early, struct pvm_err *err)
{
    struct cmd *cmd = out->cmd;
    switch (out->form) {
    case CMD_TEST_LINES:
        if (early)
            pvm_buf_text(&cmd->out, "stopped at the first failure\n");
        cmd_count_text(cmd, counts, "", &cmd->out);
        break;
    case CMD_TEST_TAP:
        pvm_buf_printf(&cmd->out, "1..%zu\n", out->number);
        cmd_count_text(cmd, counts, "# ", &cmd->out);
        if (early)
            pvm_buf_text(&cmd->out, "Bail out! stopped at the first failure\n");
        break;
    case CMD_TEST_JSON:
        jam_out_end_array(&out->json);
        jam_out_bool(&out->json, "stopped_early", early);
        cmd_count_json(counts, &out->json);
        jam_out_end_object(&out->json);
        jam_out_finish(&out->json);
        break;
    }
    PVM_TRY(flush(out, err));
    return out->junit != NULL ? cmd_junit_finish(out->junit, &counts->total, err) : PVM_OK;
}
