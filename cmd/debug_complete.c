/* SPDX-License-Identifier: Apache-2.0 */
/* What the word being typed may go on as. */
#include "cmd/debug_commands.h"

#include "host/call.h"

#include <stdio.h>

enum { SYMBOLS_MAX = 4096 };

static void offer(const char *name, const char *typed, struct pvm_buf *out)
{
    if (strncmp(name, typed, strlen(typed)) != 0)
        return;
    pvm_buf_text(out, name);
    pvm_buf_add_u8(out, 0);
}

static void offer_commands(const char *typed, struct pvm_buf *out)
{
    for (unsigned i = 0; i < cmd_debug_command_count; i++)
        offer(cmd_debug_commands[i].name, typed, out);
}

static void offer_symbols(const struct cmd_debug *d, const char *typed, struct pvm_buf *out)
{
    for (size_t i = 0; i < d->run->symbols.count; i++) {
        const struct pvm_symbols *names = &d->run->symbols.list[i].symbols;
        for (size_t k = 0; k < names->count && k < SYMBOLS_MAX; k++)
            offer(names->list[k].name, typed, out);
    }
}

static void offer_calls(const char *typed, struct pvm_buf *out)
{
    for (unsigned i = 0; i < JAM_CALL_COUNT; i++)
        offer(jam_call_table[i].name, typed, out);
}

static void offer_registers(const char *typed, struct pvm_buf *out)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        offer(pvm_reg_name(i), typed, out);
}

static void offer_breaks(const struct cmd_debug *d, const char *typed, struct pvm_buf *out)
{
    for (size_t i = 0; i < cmd_debug_break_count(d); i++) {
        char number[16];
        (void)snprintf(number, sizeof number, "%u", cmd_debug_break_at(d, i)->id);
        offer(number, typed, out);
    }
}

/* Files of source, once something of a name is typed. */
static void offer_files(const struct cmd_debug *d, const char *typed, struct pvm_buf *out)
{
    for (size_t i = 0; *typed != '\0' && i < d->run->symbols.count; i++) {
        const struct pvm_lines *lines = &d->run->symbols.list[i].symbols.lines;
        for (size_t k = 0; k < lines->file_count && k < SYMBOLS_MAX; k++)
            offer(lines->files[k], typed, out);
    }
}

/* Behind a command: what its arguments may be. */
static void offer_arguments(const struct cmd_debug *d, const char *command, const char *before,
                            const char *typed, struct pvm_buf *out)
{
    if (strcmp(command, "help") == 0) {
        offer_commands(typed, out);
    } else if (strcmp(command, "info") == 0) {
        for (unsigned i = 0; i < cmd_debug_topic_count && strcmp(before, command) == 0; i++)
            offer(cmd_debug_topics[i].name, typed, out);
    } else if (strcmp(command, "delete") == 0 || strcmp(command, "enable") == 0 ||
               strcmp(command, "disable") == 0 || strcmp(command, "condition") == 0) {
        offer_breaks(d, typed, out);
    } else if (strcmp(before, "call") == 0) {
        offer_calls(typed, out);
    } else if (strcmp(before, "in") == 0 || strcmp(command, "machine") == 0) {
        offer("outer", typed, out);
        offer("any", typed, out);
    } else if (strcmp(command, "set") == 0 && strcmp(before, "set") == 0) {
        static const char *const kinds[] = {"gas", "pc", "mem", "u8", "u16", "u32", "u64"};
        offer_registers(typed, out);
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            offer(kinds[i], typed, out);
    } else {
        if (strstr(command, "break") != NULL && strcmp(before, command) == 0) {
            offer("call", typed, out);
            offer("gas", typed, out);
            offer("machine", typed, out);
        }
        if (strcmp(command, "print") == 0) {
            offer_registers(typed, out);
            offer("pc", typed, out);
            offer("gas", typed, out);
            offer("step", typed, out);
        } else {
            offer_files(d, typed, out);
        }
        offer_symbols(d, typed, out);
    }
}

void cmd_debug_complete(const struct cmd_debug *d, const char *text, size_t *start,
                        struct pvm_buf *out)
{
    struct cmd_debug_words words;
    const struct cmd_debug_command *command;
    size_t len = strlen(text);
    *start = len;
    while (*start > 0 && text[*start - 1] != ' ' && text[*start - 1] != '\t')
        --*start;
    if (cmd_debug_split(text, &words, NULL) == PVM_OK) {
        unsigned done = words.count - (*start < len && words.count > 0);
        if (done == 0) {
            offer_commands(text + *start, out);
        } else if (cmd_debug_find(words.list[0], &command, NULL) == PVM_OK) {
            const char *before = done > 1 ? words.list[done - 1] : command->name;
            offer_arguments(d, command->name, before, text + *start, out);
        }
    }
    cmd_debug_words_deinit(&words);
}
