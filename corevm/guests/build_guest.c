/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of the build: assembles guests and writes them as C arrays, so that pvm carries them.
 *
 *     build_guest OUT.c NAME:FORMAT:GP:SOURCE...
 *
 * FORMAT is raw, standard or jam. The rows of the table that OUT.c defines (corevm/guests.h) are in
 * the order given.
 */
#include "core/asm.h"
#include "host/profile.h"

#include <stdio.h>
#include <stdlib.h>

struct guest {
    char name[64], format[16], gp[16];
    const char *source;
};

static bool field(const char **at, char *out, size_t size)
{
    const char *end = strchr(*at, ':');
    if (end == NULL || (size_t)(end - *at) >= size)
        return false;
    memcpy(out, *at, (size_t)(end - *at));
    out[end - *at] = '\0';
    *at = end + 1;
    return true;
}

static bool parse(const char *arg, struct guest *out)
{
    if (!field(&arg, out->name, sizeof out->name) ||
        !field(&arg, out->format, sizeof out->format) || !field(&arg, out->gp, sizeof out->gp))
        return false;
    out->source = arg;
    return true;
}

static enum pvm_status read_file(const char *path, struct pvm_buf *out, struct pvm_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return pvm_fail(err, PVM_E_IO, "%.200s: cannot be opened", path);
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        pvm_buf_add(out, block, got);
    bool bad = ferror(file) != 0;
    (void)fclose(file);
    if (bad)
        return pvm_fail(err, PVM_E_IO, "%.200s: cannot be read", path);
    return pvm_buf_status(out, err);
}

/* Included files stand beside the including one. */
static enum pvm_status load(void *user, const char *from, const char *path, struct pvm_buf *out,
                            struct pvm_buf *resolved, struct pvm_err *err)
{
    (void)user;
    const char *slash = strrchr(from, '/');
    if (slash != NULL)
        pvm_buf_add(resolved, from, (size_t)(slash - from) + 1);
    pvm_buf_text(resolved, path);
    const char *name = pvm_buf_str(resolved);
    PVM_TRY(pvm_buf_status(resolved, err));
    return read_file(name, out, err);
}

static enum pvm_status assemble(const struct guest *guest, struct pvm_buf *blob,
                                struct pvm_buf *names, struct pvm_err *err)
{
    static const char *const formats[] = {"raw", "standard", "jam"};
    struct pvm_asm_options options = {.file = guest->source, .files = {load, NULL}};
    unsigned format = 0;
    while (format < 3 && strcmp(guest->format, formats[format]) != 0)
        format++;
    const struct jam_profile *profile = jam_profile_find(guest->gp);
    if (format == 3 || profile == NULL)
        return pvm_fail(err, PVM_E_USAGE, "no format %s, or no GP %s", guest->format, guest->gp);
    options.format = (enum pvm_blob_format)format;
    options.rules = profile->rules;
    options.calls = jam_call_names(profile);

    struct pvm_buf source = {0};
    struct pvm_buf diagnostics = {0};
    struct pvm_symbols symbols = {0};
    enum pvm_status status = read_file(guest->source, &source, err);
    if (status == PVM_OK)
        status = pvm_assemble(&options, pvm_buf_bytes(&source), blob, &symbols, &diagnostics, err);
    pvm_symbols_write(&symbols, names);
    (void)fputs(pvm_buf_str(&diagnostics), stderr);
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&diagnostics);
    pvm_buf_deinit(&source);
    return status;
}

static void write_array(const char *what, unsigned index, struct pvm_bytes blob,
                        struct pvm_buf *out)
{
    pvm_buf_printf(out, "\nstatic const uint8_t %s_%u[%zu] = {", what, index, blob.len);
    for (size_t i = 0; i < blob.len; i++)
        pvm_buf_printf(out, "%s%u,", i % 20 == 0 ? "\n    " : "", blob.ptr[i]);
    pvm_buf_text(out, "\n};\n");
}

static enum pvm_status build(int count, char **args, struct pvm_buf *out, struct pvm_err *err)
{
    struct pvm_buf rows = {0};
    enum pvm_status status = PVM_OK;
    pvm_buf_text(out, "/* Written by corevm/guests/build_guest.c; not to be edited. */\n"
                      "#include \"corevm/guests.h\"\n");
    for (int i = 0; i < count && status == PVM_OK; i++) {
        struct guest guest;
        struct pvm_buf blob = {0};
        struct pvm_buf names = {0};
        if (!parse(args[i], &guest))
            status = pvm_fail(err, PVM_E_USAGE, "%.200s: not NAME:FORMAT:GP:SOURCE", args[i]);
        else
            status = assemble(&guest, &blob, &names, err);
        if (status == PVM_OK)
            status = pvm_buf_status(&names, err);
        if (status == PVM_OK) {
            write_array("guest", (unsigned)i, pvm_buf_bytes(&blob), out);
            write_array("names", (unsigned)i, pvm_buf_bytes(&names), out);
            pvm_buf_printf(&rows,
                           "    {\"%s\", \"%s\", {guest_%d, sizeof guest_%d}, "
                           "{names_%d, sizeof names_%d}},\n",
                           guest.name, guest.gp, i, i, i, i);
        }
        pvm_buf_deinit(&names);
        pvm_buf_deinit(&blob);
    }
    pvm_buf_text(out, "\nconst struct corevm_guest corevm_guest_table[] = {\n");
    pvm_buf_add_bytes(out, pvm_buf_bytes(&rows));
    pvm_buf_printf(out, "};\n\nconst size_t corevm_guest_count = %d;\n", count);
    if (status == PVM_OK)
        status = pvm_buf_status(&rows, err);
    pvm_buf_deinit(&rows);
    return status == PVM_OK ? pvm_buf_status(out, err) : status;
}

static enum pvm_status write_file(const char *path, struct pvm_bytes bytes, struct pvm_err *err)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return pvm_fail(err, PVM_E_IO, "%.200s: cannot be written", path);
    bool good = fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
    if (fclose(file) != 0 || !good)
        return pvm_fail(err, PVM_E_IO, "%.200s: not written", path);
    return PVM_OK;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        (void)fprintf(stderr, "usage: build_guest OUT.c NAME:FORMAT:GP:SOURCE...\n");
        return EXIT_FAILURE;
    }
    struct pvm_err err = {0};
    struct pvm_buf out = {0};
    enum pvm_status status = build(argc - 2, argv + 2, &out, &err);
    if (status == PVM_OK)
        status = write_file(argv[1], pvm_buf_bytes(&out), &err);
    pvm_buf_deinit(&out);
    if (status != PVM_OK)
        (void)fprintf(stderr, "build_guest: %s\n", err.msg);
    return status == PVM_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
