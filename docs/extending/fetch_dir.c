/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An extension that answers the host call fetch from a folder of files, so that a service can be
 * written before there are packages and a chain to run it on. What a guest fetches as kind r10 with
 * indices r11 and r12 is the first of these files in the folder that there is:
 *
 *     KIND-R11-R12    13-0-0
 *     KIND-R11        13-0
 *     KIND            13
 *
 * When there is none, the GP's fetch answers. Kinds are those of the GP version of the run.
 *
 *     cc -shared -fPIC $(pkg-config --cflags pvm) fetch_dir.c -o fetch_dir.so
 *     pvm run --extension ./fetch_dir.so --fetch-dir DIR service.jam
 */
#include <errno.h>
#include <inttypes.h>
#include <jam_extension.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MOST = 16 << 20 };

struct folder {
    const struct pvm_alloc *alloc;
    char *path;
    uint64_t answered, passed_on;
};

static void *resize(const struct pvm_alloc *alloc, void *ptr, size_t size)
{
    return alloc->resize(alloc->user, ptr, size);
}

static enum pvm_status begin(const struct jam_extension_start *start, void **state,
                             struct pvm_err *err)
{
    const char *path = jam_ext_value(start, "fetch-dir");
    struct stat found;
    char message[200];
    if (path == NULL)
        return jam_ext_error(err, PVM_E_USAGE, "say with --fetch-dir where the files are");
    if (stat(path, &found) != 0 || !S_ISDIR(found.st_mode)) {
        (void)snprintf(message, sizeof message, "--fetch-dir: %.150s: no folder", path);
        return jam_ext_error(err, PVM_E_IO, message);
    }
    struct folder *folder = (struct folder *)resize(start->alloc, NULL, sizeof *folder);
    char *copy = (char *)resize(start->alloc, NULL, strlen(path) + 1);
    if (folder == NULL || copy == NULL) {
        (void)resize(start->alloc, folder, 0);
        (void)resize(start->alloc, copy, 0);
        return jam_ext_error(err, PVM_E_MEMORY, "out of memory");
    }
    strcpy(copy, path);
    folder->alloc = start->alloc;
    folder->path = copy;
    folder->answered = 0;
    folder->passed_on = 0;
    *state = folder;
    return PVM_OK;
}

static void end(void *state)
{
    struct folder *folder = (struct folder *)state;
    const struct pvm_alloc *alloc = folder->alloc;
    (void)resize(alloc, folder->path, 0);
    (void)resize(alloc, folder, 0);
}

static void report(void *state, const struct jam_extension_report *to)
{
    const struct folder *folder = (const struct folder *)state;
    to->text(to->user, "folder", folder->path, strlen(folder->path));
    to->number(to->user, "answered", folder->answered);
    to->number(to->user, "passed_on", folder->passed_on);
}

/* Opens the file for a fetch; NULL: there is none (ENOENT), or it can't be opened. */
static FILE *open_file(const struct folder *folder, uint64_t kind, uint64_t a, uint64_t b)
{
    char path[4096];
    for (int indices = 2; indices >= 0; indices--) {
        int len = snprintf(path, sizeof path, "%s/%" PRIu64, folder->path, kind);
        if (len < 0 || (size_t)len + 48 > sizeof path) {
            errno = ENAMETOOLONG;
            return NULL;
        }
        if (indices >= 1)
            len += snprintf(path + len, sizeof path - (size_t)len, "-%" PRIu64, a);
        if (indices == 2)
            (void)snprintf(path + len, sizeof path - (size_t)len, "-%" PRIu64, b);
        FILE *file = fopen(path, "rb");
        if (file != NULL || errno != ENOENT)
            return file;
    }
    return NULL;
}

/* The octets of a file, to be freed; NULL: it cannot be read, or there is no room for it. */
static uint8_t *read_file(const struct folder *folder, FILE *file, size_t *len)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return NULL;
    long size = ftell(file);
    if (size < 0 || size > FILE_MOST || fseek(file, 0, SEEK_SET) != 0)
        return NULL;
    uint8_t *octets = (uint8_t *)resize(folder->alloc, NULL, (size_t)size + 1);
    if (octets == NULL)
        return NULL;
    *len = fread(octets, 1, (size_t)size, file);
    return octets;
}

static enum pvm_exit call_fetch(struct jam_context *ctx, struct jam_frame *frame)
{
    struct folder *folder = (struct folder *)jam_ext_state(frame);
    size_t len = 0;
    FILE *file = open_file(folder, jam_ext_arg(frame, 10), jam_ext_arg(frame, 11),
                           jam_ext_arg(frame, 12));
    if (file == NULL && errno != ENOENT)
        return jam_ext_fail(frame, PVM_E_IO, "a file of the folder can't be opened");
    if (file == NULL) {
        folder->passed_on++;
        return jam_ext_replaced(ctx, frame);
    }
    uint8_t *octets = read_file(folder, file, &len);
    (void)fclose(file);
    if (octets == NULL)
        return jam_ext_fail(frame, PVM_E_IO, "a file of the folder can't be read");
    folder->answered++;
    enum pvm_exit exit =
        jam_ext_return_part(frame, octets, len, jam_ext_arg(frame, 7), jam_ext_arg(frame, 8),
                            jam_ext_arg(frame, 9));
    (void)resize(folder->alloc, octets, 0);
    return exit;
}

/* Number, invocations and gas are those of the GP's fetch, under every version. */
static const struct jam_extension_call calls[] = {
    {.name = "fetch",
     .inputs = "r7=out r8=offset r9=maxlen r10=kind r11,r12=indices",
     .replaces = "fetch",
     .handler = call_fetch,
     .reads = JAM_REGS(7, 12),
     .writes = JAM_REG(7),
     .memory = {{.access = PVM_WRITE, .address = 7, .scale = 1, .length = 9}}},
};

static const struct jam_extension_setting settings[] = {
    {"fetch-dir", "DIR", "where the files are that fetch answers with", JAM_SETTING_PATH},
};

JAM_EXTENSION_EXPORT = {
    .size = sizeof(struct jam_extension),
    .abi_version = JAM_EXTENSION_ABI_VERSION,
    .name = "fetch-dir",
    .about = "fetch from a folder of files",
    .calls = calls,
    .call_count = sizeof calls / sizeof calls[0],
    .settings = settings,
    .setting_count = sizeof settings / sizeof settings[0],
    .init = begin,
    .release = end,
    .report = report,
};
