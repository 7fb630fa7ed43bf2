/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/pages.h"

/* Text in which nothing means anything to troff; a line end stays one. */
static void plain(struct pvm_buf *out, const char *text, size_t len)
{
    bool line_start = true;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (line_start && (c == '.' || c == '\''))
            pvm_buf_text(out, "\\&");
        if (c == '\\')
            pvm_buf_text(out, "\\e");
        else if (c == '-')
            pvm_buf_text(out, "\\-");
        else
            pvm_buf_add_u8(out, (uint8_t)c);
        line_start = c == '\n';
    }
}

static void text(struct pvm_buf *out, const char *s)
{
    plain(out, s, strlen(s));
}

static void heading(struct pvm_buf *out, const char *title)
{
    pvm_buf_printf(out, ".SH %s\n", title);
}

/* .TH: title in capitals, section, date (none), source, manual. */
static void title(struct pvm_buf *out, const char *name, const char *version)
{
    pvm_buf_text(out, ".TH \"PVM");
    if (name != NULL)
        pvm_buf_text(out, "\\-");
    for (; name != NULL && *name != '\0'; name++)
        pvm_buf_add_u8(out, (uint8_t)(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name));
    pvm_buf_printf(out, "\" 1 \"\" \"pvm %s\" \"JAM services offline\"\n", version);
}

static void option(struct pvm_buf *out, const struct cmd_option *row)
{
    pvm_buf_text(out, ".TP\n");
    if (row->letter != 0)
        pvm_buf_printf(out, "\\fB\\-%c\\fR, ", row->letter);
    pvm_buf_text(out, "\\fB\\-\\-");
    text(out, row->name);
    pvm_buf_text(out, "\\fR");
    if (row->argument != NULL) {
        pvm_buf_text(out, " \\fI");
        text(out, row->argument);
        pvm_buf_text(out, "\\fR");
    }
    pvm_buf_text(out, "\n");
    text(out, row->help);
    pvm_buf_text(out, "\n");
}

static void synopsis(struct pvm_buf *out, const struct cmd_row *row)
{
    heading(out, "SYNOPSIS");
    const char *usage = row->syntax->usage;
    do {
        size_t len = strcspn(usage, "\n");
        pvm_buf_printf(out, "\\fBpvm %s\\fR ", row->name);
        plain(out, usage, len);
        pvm_buf_text(out, "\n.br\n");
        usage += len + (usage[len] == '\n');
    } while (*usage != '\0');
}

static void exit_status(struct pvm_buf *out)
{
    heading(out, "EXIT STATUS");
#define X(NAME, code, when)                                                                        \
    pvm_buf_printf(out, ".TP\n%d\n", code);                                                        \
    text(out, when "\n");
    CMD_EXIT_CODES(X)
#undef X
}

static void page_of_command(const struct cmd_row *row, struct pvm_buf *out)
{
    static const struct cmd_option help = {"help", 'h', CMD_KIND_FLAG, NULL, "print a summary"};
    heading(out, "NAME");
    pvm_buf_printf(out, "pvm\\-%s \\- ", row->name);
    text(out, row->help);
    pvm_buf_text(out, "\n");
    synopsis(out, row);
    if (row->syntax->about != NULL) {
        heading(out, "DESCRIPTION");
        pvm_buf_text(out, ".nf\n");
        text(out, row->syntax->about);
        pvm_buf_text(out, ".fi\n");
    }
    heading(out, "OPTIONS");
    for (unsigned i = 0; i < row->syntax->option_count; i++)
        option(out, &row->syntax->options[i]);
    option(out, &help);
    exit_status(out);
    heading(out, "SEE ALSO");
    pvm_buf_text(out, "\\fBpvm\\fR(1)\n");
}

static void page_of_pvm(struct pvm_buf *out)
{
    heading(out, "NAME");
    pvm_buf_text(
        out, "pvm \\- run JAM services, programs of the Gray Paper's virtual machine, offline\n");
    heading(out, "SYNOPSIS");
    pvm_buf_text(out, "\\fBpvm\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n.br\n"
                      "\\fBpvm\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR\n");
    heading(out, "COMMANDS");
    for (unsigned i = 0; i < cmd_row_count; i++) {
        pvm_buf_printf(out, ".TP\n\\fB%s\\fR\n", cmd_rows[i].name);
        text(out, cmd_rows[i].help);
        pvm_buf_text(out, "\n");
    }
    heading(out, "ENVIRONMENT");
    pvm_buf_text(out,
                 ".TP\n\\fBPVM_GP\\fR\nversion of the Gray Paper, where \\-\\-gp is not given\n"
                 ".TP\n\\fBNO_COLOR\\fR\nno colour, whatever it is set to\n");
    exit_status(out);
    heading(out, "SEE ALSO");
    for (unsigned i = 0; i < cmd_row_count; i++)
        pvm_buf_printf(out, "%s\\fBpvm\\-%s\\fR(1)", i != 0 ? ",\n" : "", cmd_rows[i].name);
    pvm_buf_text(out, "\n");
}

void cmd_man(const struct cmd_row *row, const char *version, struct pvm_buf *out)
{
    title(out, row != NULL ? row->name : NULL, version);
    if (row != NULL)
        page_of_command(row, out);
    else
        page_of_pvm(out);
}
