/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

enum { HELP_COLUMN = 30, WORD_LIMIT = 40 };

/* The value of a digit, 16 for anything else. */
static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

bool cmd_number(const char *text, size_t len, uint64_t *out)
{
    bool hex = len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint64_t base = hex ? 16 : 10;
    uint64_t value = 0;
    if (len == 0)
        return false;
    for (size_t i = hex ? 2 : 0; i < len; i++) {
        uint64_t digit = digit_value(text[i]);
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    *out = value;
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned cmd_distance(const char *a, const char *b)
{
    unsigned rows[3][WORD_LIMIT + 1]; /* of the two prefixes of a before this one, and this one */
    size_t len_a = strlen(a);
    size_t len_b = strlen(b);
    if (len_a > WORD_LIMIT || len_b > WORD_LIMIT)
        return UINT32_MAX;
    for (unsigned j = 0; j <= len_b; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= len_a; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        const unsigned *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= len_b; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[len_a % 3][len_b];
}

bool cmd_is_near(const char *typed, const char *word, unsigned *best)
{
    unsigned distance = cmd_distance(typed, word);
    size_t len = strlen(typed);
    /* The beginning of a word is as good as one wrong letter. */
    if (len >= 2 && strncmp(typed, word, len) == 0)
        distance = 1;
    if (distance > 1 + len / 4 || distance >= *best)
        return false;
    *best = distance;
    return true;
}

static enum pvm_status unknown_option(const struct cmd_syntax *syntax, const char *arg,
                                      struct pvm_err *err)
{
    char name[WORD_LIMIT + 1];
    size_t dashes = strspn(arg, "-");
    size_t len = strcspn(arg + dashes, "=");
    const char *hint = NULL;
    unsigned best = UINT32_MAX;
    if (len <= WORD_LIMIT) {
        memcpy(name, arg + dashes, len);
        name[len] = '\0';
        if (cmd_is_near(name, "help", &best))
            hint = "help";
        for (unsigned i = 0; i < syntax->option_count; i++) {
            if (cmd_is_near(name, syntax->options[i].name, &best))
                hint = syntax->options[i].name;
        }
    }
    int shown = (int)(dashes + len);
    if (hint != NULL)
        return pvm_fail(err, PVM_E_USAGE, "unknown option %.*s, did you mean --%s?", shown, arg,
                        hint);
    return pvm_fail(err, PVM_E_USAGE, "unknown option %.*s", shown, arg);
}

/* The position of the word text among the words of "a|b|c"; false when it is none of them. */
static bool choice_index(const char *words, const char *text, unsigned *index)
{
    size_t len = strlen(text);
    *index = 0;
    for (const char *at = words;; at++, ++*index) {
        size_t word = strcspn(at, "|");
        if (word == len && strncmp(at, text, len) == 0)
            return true;
        at += word;
        if (*at == '\0')
            return false;
    }
}

static enum pvm_status add_value(struct cmd_args *args, unsigned option, const char *text,
                                 struct pvm_err *err)
{
    const struct cmd_option *row = &args->syntax->options[option];
    struct cmd_arg *arg = &args->list[args->count];
    *arg = (struct cmd_arg){.option = option, .text = text};
    unsigned index;
    switch (row->kind) {
    case CMD_KIND_NUMBER:
        if (!cmd_number(text, strlen(text), &arg->number))
            return pvm_fail(err, PVM_E_USAGE,
                            "--%s: expected a decimal or 0x number below 2^64, got \"%.80s\"",
                            row->name, text);
        break;
    case CMD_KIND_CHOICE:
        if (!choice_index(row->argument, text, &index))
            return pvm_fail(err, PVM_E_USAGE, "--%s: expected %s, got \"%.80s\"", row->name,
                            row->argument, text);
        arg->number = index;
        break;
    case CMD_KIND_FLAG:
    case CMD_KIND_TEXT:
    case CMD_KIND_LIST:
        break;
    }
    args->count++;
    return PVM_OK;
}

/* Index of a long option whose name has len characters, option_count when there is none. */
static unsigned find_long(const struct cmd_syntax *syntax, const char *name, size_t len)
{
    unsigned i = 0;
    while (i < syntax->option_count && (strlen(syntax->options[i].name) != len ||
                                        strncmp(syntax->options[i].name, name, len) != 0))
        i++;
    return i;
}

static unsigned find_letter(const struct cmd_syntax *syntax, char letter)
{
    unsigned i = 0;
    while (i < syntax->option_count && syntax->options[i].letter != letter)
        i++;
    return i;
}

/* Takes the option argv[*at]; *at moves on when its value is the next argument. */
static enum pvm_status take_option(struct cmd_args *args, int argc, char *const *argv, int *at,
                                   struct pvm_err *err)
{
    const struct cmd_syntax *syntax = args->syntax;
    const char *arg = argv[*at];
    bool is_long = arg[1] == '-';
    size_t len = is_long ? strcspn(arg + 2, "=") : 1;
    unsigned option = is_long ? find_long(syntax, arg + 2, len) : find_letter(syntax, arg[1]);
    if (option == syntax->option_count)
        return unknown_option(syntax, arg, err);

    const struct cmd_option *row = &syntax->options[option];
    const char *rest = arg + (is_long ? 2 : 1) + len;
    if (row->kind == CMD_KIND_FLAG) {
        if (*rest != '\0')
            return pvm_fail(err, PVM_E_USAGE, "--%s takes no value, got \"%.80s\"", row->name,
                            rest);
        return add_value(args, option, "", err);
    }
    if (*rest != '\0')
        return add_value(args, option, rest + (*rest == '='), err);
    if (*at + 1 == argc)
        return pvm_fail(err, PVM_E_USAGE, "--%s needs a value: %s", row->name, row->argument);
    ++*at;
    return add_value(args, option, argv[*at], err);
}

static enum pvm_status check_operands(const struct cmd_args *args, struct pvm_err *err)
{
    const struct cmd_syntax *syntax = args->syntax;
    if (args->operand_count > syntax->max_operands)
        return pvm_fail(err, PVM_E_USAGE, "unexpected argument \"%.80s\"",
                        args->operands[syntax->max_operands]);
    if (args->operand_count < syntax->min_operands) {
        int first = (int)strcspn(syntax->usage, "\n");
        return pvm_fail(err, PVM_E_USAGE, "an argument is missing, expected: %.*s", first,
                        syntax->usage);
    }
    return PVM_OK;
}

enum pvm_status cmd_args_parse(const struct cmd_syntax *syntax, const struct pvm_alloc *alloc,
                               int argc, char *const *argv, struct cmd_args *out,
                               struct pvm_err *err)
{
    *out = (struct cmd_args){.syntax = syntax};
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            out->help = true;
            return PVM_OK;
        }
    }
    out->list = pvm_alloc_zero(alloc, (size_t)argc + 1, sizeof *out->list);
    out->operands = pvm_alloc_zero(alloc, (size_t)argc + 1, sizeof *out->operands);
    if (out->list == NULL || out->operands == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for %d arguments", argc);

    bool options = true;
    for (int i = 0; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1] != '\0')
            PVM_TRY(take_option(out, argc, argv, &i, err));
        else
            out->operands[out->operand_count++] = argv[i];
    }
    return check_operands(out, err);
}

void cmd_args_deinit(struct cmd_args *args, const struct pvm_alloc *alloc)
{
    pvm_alloc_free(alloc, args->list);
    pvm_alloc_free(alloc, args->operands);
    *args = (struct cmd_args){0};
}

static const struct cmd_arg *last(const struct cmd_args *args, unsigned option)
{
    for (size_t i = args->count; i > 0; i--) {
        if (args->list[i - 1].option == option)
            return &args->list[i - 1];
    }
    return NULL;
}

bool cmd_args_has(const struct cmd_args *args, unsigned option)
{
    return last(args, option) != NULL;
}

const char *cmd_args_text(const struct cmd_args *args, unsigned option)
{
    const struct cmd_arg *arg = last(args, option);
    return arg != NULL ? arg->text : NULL;
}

uint64_t cmd_args_number(const struct cmd_args *args, unsigned option, uint64_t absent)
{
    const struct cmd_arg *arg = last(args, option);
    return arg != NULL ? arg->number : absent;
}

unsigned cmd_args_choice(const struct cmd_args *args, unsigned option, unsigned absent)
{
    return (unsigned)cmd_args_number(args, option, absent);
}

/* One option of the help: its names, then its text wrapped in a column of its own. */
static void option_help(char letter, const char *name, const char *argument, const char *help,
                        struct pvm_buf *out)
{
    size_t start = out->len;
    if (letter != 0)
        pvm_buf_printf(out, "  -%c, --%s", letter, name);
    else
        pvm_buf_printf(out, "      --%s", name);
    if (argument != NULL)
        pvm_buf_printf(out, " %s", argument);

    size_t column = out->len - start;
    bool fresh = column >= HELP_COLUMN;
    if (fresh)
        pvm_buf_text(out, "\n");
    while (*help != '\0') {
        size_t room = 100 - HELP_COLUMN;
        size_t len = strlen(help);
        if (len > room) {
            len = room;
            while (len > 0 && help[len] != ' ')
                len--;
            len = len > 0 ? len : room;
        }
        pvm_buf_printf(out, "%*s%.*s\n", fresh ? HELP_COLUMN : (int)(HELP_COLUMN - column), "",
                       (int)len, help);
        fresh = true;
        help += len;
        help += strspn(help, " ");
    }
}

void cmd_syntax_help(const char *name, const struct cmd_syntax *syntax, struct pvm_buf *out)
{
    const char *usage = syntax->usage;
    for (bool first = true; first || *usage != '\0'; first = false) {
        int len = (int)strcspn(usage, "\n");
        pvm_buf_printf(out, "%s pvm %s%s%.*s\n", first ? "usage:" : "      ", name,
                       len != 0 ? " " : "", len, usage);
        usage += len + (usage[len] == '\n');
    }
    pvm_buf_text(out, "\noptions:\n");
    for (unsigned i = 0; i < syntax->option_count; i++) {
        const struct cmd_option *row = &syntax->options[i];
        option_help(row->letter, row->name, row->argument, row->help, out);
    }
    option_help('h', "help", NULL, "print this help", out);
    if (syntax->about != NULL)
        pvm_buf_printf(out, "\n%s", syntax->about);
}
