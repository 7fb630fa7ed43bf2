/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/extension.h"

#include "cmd/text.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define SYMBOL "jam_extension_table"

/* ---- loading ---- */

/* Whether an argument before "--" is an option whose value is the next one. */
static bool takes_next(const struct cmd_syntax *syntax, const char *arg)
{
    bool is_long = arg[0] == '-' && arg[1] == '-';
    if (arg[0] != '-' || arg[1] == '\0' || strchr(arg, '=') != NULL || (!is_long && arg[2] != '\0'))
        return false;
    for (unsigned i = 0; i < syntax->option_count; i++) {
        const struct cmd_option *option = &syntax->options[i];
        if (is_long ? strcmp(option->name, arg + 2) == 0 : option->letter == arg[1])
            return option->kind != CMD_KIND_FLAG;
    }
    return false;
}

/* The next value of --extension at or after argv[*at]; NULL: there is none. */
static const char *next_path(const struct cmd_syntax *syntax, int argc, char *const *argv, int *at)
{
    static const char name[] = "--" CMD_EXTENSION_OPTION;
    size_t len = sizeof name - 1;
    for (; *at < argc && strcmp(argv[*at], "--") != 0; ++*at) {
        const char *arg = argv[*at];
        if (strncmp(arg, name, len) == 0 && arg[len] == '=')
            return arg + len + 1;
        if (!takes_next(syntax, arg))
            continue;
        ++*at;
        if (strcmp(arg, name) == 0 && *at < argc)
            return argv[*at];
    }
    return NULL;
}

static bool takes_extensions(const struct cmd_syntax *syntax)
{
    for (unsigned i = 0; i < syntax->option_count; i++)
        if (strcmp(syntax->options[i].name, CMD_EXTENSION_OPTION) == 0)
            return true;
    return false;
}

/* A name without a slash would be looked for where libraries are, not here. */
static enum pvm_status open_library(struct cmd_library *library, struct pvm_err *err)
{
    struct pvm_buf path = {0};
    if (strchr(library->path, '/') == NULL)
        pvm_buf_text(&path, "./");
    pvm_buf_text(&path, library->path);
    const char *name = pvm_buf_str(&path);
    enum pvm_status status = pvm_buf_status(&path, err);
    if (status == PVM_OK) {
        /* Libraries it brings along need not bear being unloaded. */
        library->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (library->handle == NULL) {
            const char *why = dlerror();
            status = pvm_fail(err, access(name, R_OK) != 0 ? PVM_E_IO : PVM_E_MALFORMED,
                              "--extension: %.100s: %.190s", library->path,
                              why != NULL ? why : "cannot be loaded");
        }
    }
    pvm_buf_deinit(&path);
    return status;
}

static enum pvm_status load_library(struct cmd_library *library, struct pvm_err *err)
{
    struct pvm_err inner = {.status = PVM_OK};
    PVM_TRY(open_library(library, err));
    library->table = dlsym(library->handle, SYMBOL);
    if (library->table == NULL)
        return pvm_fail(err, PVM_E_MALFORMED, "--extension: %.200s: no extension: it has no %s",
                        library->path, SYMBOL);
    enum pvm_status status = jam_extension_check(library->table, &inner);
    return status == PVM_OK
               ? PVM_OK
               : pvm_fail(err, status, "--extension: %.100s: %.200s", library->path, inner.msg);
}

/* ---- options ---- */

static enum pvm_status add_setting(struct cmd_extensions *e, const struct jam_extension *table,
                                   const struct jam_extension_setting *setting, struct pvm_err *err)
{
    struct cmd_syntax *syntax = &e->syntax;
    bool taken = strcmp(setting->name, "help") == 0; /* which is in no table */
    for (unsigned i = 0; i < syntax->option_count; i++)
        taken = taken || strcmp(syntax->options[i].name, setting->name) == 0;
    if (taken)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension %.64s: setting %.64s: there is an option --%.64s already",
                        table->name, setting->name, setting->name);
    e->options[syntax->option_count++] = (struct cmd_option){
        .name = setting->name,
        .kind = setting->kind == JAM_SETTING_FLAG ? CMD_KIND_FLAG : CMD_KIND_LIST,
        .argument = setting->argument,
        .help = setting->help,
    };
    return PVM_OK;
}

/* The command's options with those of all extensions behind them. */
static enum pvm_status merge_options(struct cmd_extensions *e, const struct cmd_syntax *syntax,
                                     struct pvm_err *err)
{
    size_t count = syntax->option_count;
    for (size_t i = 0; i < e->count; i++)
        count += e->list[i].table->setting_count;
    e->options = pvm_alloc_zero(e->alloc, count, sizeof *e->options);
    if (e->options == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for %zu options", count);
    memcpy(e->options, syntax->options, syntax->option_count * sizeof *e->options);
    e->syntax = *syntax;
    e->syntax.options = e->options;
    e->own_options = syntax->option_count;
    for (size_t i = 0; i < e->count; i++) {
        const struct jam_extension *table = e->list[i].table;
        for (size_t k = 0; k < table->setting_count; k++)
            PVM_TRY(add_setting(e, table, &table->settings[k], err));
    }
    return PVM_OK;
}

/* The last one, before its options could clash with its own. */
static enum pvm_status check_name(const struct cmd_extensions *e, struct pvm_err *err)
{
    const struct cmd_library *last = &e->list[e->count - 1];
    for (size_t i = 0; i + 1 < e->count; i++)
        if (strcmp(e->list[i].table->name, last->table->name) == 0)
            return pvm_fail(err, PVM_E_MALFORMED,
                            "--extension: %.100s: extension %.64s is there already, from %.100s",
                            last->path, last->table->name, e->list[i].path);
    return PVM_OK;
}

static enum pvm_status load_all(struct cmd_extensions *e, const struct cmd_syntax *syntax, int argc,
                                char *const *argv, struct pvm_err *err)
{
    const char *path;
    for (int at = 0; (path = next_path(syntax, argc, argv, &at)) != NULL; at++) {
        if (e->count == JAM_EXTENSIONS)
            return pvm_fail(err, PVM_E_USAGE, "--extension: at most %d are possible",
                            JAM_EXTENSIONS);
        e->list[e->count++].path = path;
        PVM_TRY(load_library(&e->list[e->count - 1], err));
        PVM_TRY(check_name(e, err));
    }
    for (size_t i = 0; i < e->count; i++)
        e->uses[i].extension = e->list[i].table;
    return merge_options(e, syntax, err);
}

enum pvm_status cmd_extensions_load(const struct cmd_syntax *syntax, const struct pvm_alloc *alloc,
                                    int argc, char *const *argv, struct cmd_extensions **out,
                                    struct pvm_err *err)
{
    int at = 0;
    *out = NULL;
    if (!takes_extensions(syntax) || next_path(syntax, argc, argv, &at) == NULL)
        return PVM_OK;
    struct cmd_extensions *e = pvm_alloc_zero(alloc, 1, sizeof *e);
    if (e == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for extensions");
    *out = e;
    e->alloc = alloc;
    e->list = pvm_alloc_zero(alloc, JAM_EXTENSIONS, sizeof *e->list);
    e->uses = pvm_alloc_zero(alloc, JAM_EXTENSIONS, sizeof *e->uses);
    e->values = pvm_alloc_zero(alloc, (size_t)argc + 1, sizeof *e->values);
    if (e->list == NULL || e->uses == NULL || e->values == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for extensions");
    return load_all(e, syntax, argc, argv, err);
}

void cmd_extensions_free(struct cmd_extensions *extensions)
{
    if (extensions == NULL)
        return;
    const struct pvm_alloc *alloc = extensions->alloc;
    for (size_t i = 0; i < extensions->count; i++)
        if (extensions->list[i].handle != NULL)
            (void)dlclose(extensions->list[i].handle);
    pvm_alloc_free(alloc, extensions->list);
    pvm_alloc_free(alloc, extensions->options);
    pvm_alloc_free(alloc, extensions->uses);
    pvm_alloc_free(alloc, extensions->values);
    pvm_alloc_free(alloc, extensions);
}

/* ---- what was said ---- */

void cmd_extensions_values(struct cmd_extensions *extensions, const struct cmd_args *args)
{
    size_t used = 0;
    unsigned first = extensions->own_options;
    for (size_t i = 0; i < extensions->count; i++) {
        const struct jam_extension *table = extensions->list[i].table;
        struct jam_extension_use *use = &extensions->uses[i];
        use->values = extensions->values + used;
        for (size_t k = 0; k < args->count; k++) {
            unsigned option = args->list[k].option;
            if (option < first || option - first >= table->setting_count)
                continue;
            extensions->values[used++] = (struct jam_extension_value){
                table->settings[option - first].name, args->list[k].text};
            use->value_count++;
        }
        first += (unsigned)table->setting_count;
    }
}

enum pvm_status cmd_extensions_profile(const struct cmd *cmd, const struct jam_profile **profile,
                                       struct pvm_err *err)
{
    struct cmd_extensions *e = cmd->extensions;
    if (e == NULL)
        return PVM_OK;
    PVM_TRY(jam_profile_extend(*profile, e->uses, e->count, &e->profile, err));
    *profile = &e->profile;
    return PVM_OK;
}

const struct jam_extension_use *cmd_extensions_uses(const struct cmd *cmd, size_t *count)
{
    *count = cmd->extensions != NULL ? cmd->extensions->count : 0;
    return cmd->extensions != NULL ? cmd->extensions->uses : NULL;
}

/* ---- reports ---- */

struct section {
    struct pvm_buf *out;
};

static void text_number(void *user, const char *key, uint64_t value)
{
    struct section *section = user;
    pvm_buf_text(section->out, "  ");
    cmd_printable(pvm_bytes(key, strlen(key)), section->out);
    pvm_buf_printf(section->out, " %" PRIu64 "\n", value);
}

static void text_text(void *user, const char *key, const char *text, size_t text_len)
{
    struct section *section = user;
    pvm_buf_text(section->out, "  ");
    cmd_printable(pvm_bytes(key, strlen(key)), section->out);
    pvm_buf_text(section->out, " ");
    cmd_printable(pvm_bytes(text, text_len), section->out);
    pvm_buf_text(section->out, "\n");
}

void cmd_extensions_text(const struct cmd *cmd, const struct jam_context *ctx, struct pvm_buf *out)
{
    struct pvm_buf lines = {0};
    struct section section = {&lines};
    const struct jam_extension_report report = {
        .size = sizeof report, .user = &section, .number = text_number, .text = text_text};
    for (size_t i = 0; i < ctx->profile->extension_count; i++) {
        char title[64];
        lines.len = 0;
        if (!jam_extension_tell(ctx, i, &report) || lines.len == 0)
            continue;
        (void)snprintf(title, sizeof title, "extension %s",
                       ctx->profile->extensions[i].extension->name);
        cmd_heading(cmd, title, out);
        pvm_buf_add_bytes(out, pvm_buf_bytes(&lines));
    }
    out->failed = out->failed || lines.failed;
    pvm_buf_deinit(&lines);
}
