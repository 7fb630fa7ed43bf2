/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/test_junit.h"

#include "cmd/files.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 16, HEAD_SIZE = 256 };

/* While tests run the text goes to a file without a name: it may be long, and nothing is left of a
 * run that is interrupted. */
struct cmd_junit {
    const struct pvm_alloc *alloc;
    const char *path;
    struct pvm_buf text; /* behind what is in spool */
    FILE *spool;
    size_t spooled;
};

static enum pvm_status fail_errno(const char *path, int error, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_IO, "%.200s: %s", path, strerror(error));
}

/* Whether it looks as if path could be written to in the end. */
static enum pvm_status check_path(const char *path, struct pvm_err *err)
{
    struct stat info;
    struct pvm_buf folder = {0};
    if (strcmp(path, "-") == 0)
        return PVM_OK;
    if (stat(path, &info) == 0) {
        int error = S_ISDIR(info.st_mode) ? EISDIR : access(path, W_OK) != 0 ? errno : 0;
        return error == 0 ? PVM_OK : fail_errno(path, error, err);
    }
    if (errno != ENOENT || path[0] == '\0')
        return fail_errno(cmd_file_name(path), errno, err);
    const char *slash = strrchr(path, '/');
    if (slash != NULL)
        pvm_buf_add(&folder, path, (size_t)(slash - path) + 1);
    else
        pvm_buf_text(&folder, ".");
    enum pvm_status status = pvm_buf_status(&folder, err);
    if (status == PVM_OK && access(pvm_buf_str(&folder), W_OK | X_OK) != 0)
        status = fail_errno(path, errno, err);
    pvm_buf_deinit(&folder);
    return status;
}

enum pvm_status cmd_junit_new(const char *path, const struct pvm_alloc *alloc,
                              struct cmd_junit **out, struct pvm_err *err)
{
    PVM_TRY(check_path(path, err));
    struct cmd_junit *junit = pvm_alloc_zero(alloc, 1, sizeof *junit);
    if (junit == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a JUnit file");
    junit->alloc = alloc;
    junit->path = path;
    junit->text.alloc = alloc;
    junit->spool = tmpfile();
    if (junit->spool == NULL) {
        cmd_junit_free(junit);
        return fail_errno("a temporary file", errno, err);
    }
    pvm_buf_add_zeros(&junit->text, HEAD_SIZE);
    *out = junit;
    return PVM_OK;
}

void cmd_junit_free(struct cmd_junit *junit)
{
    if (junit == NULL)
        return;
    if (junit->spool != NULL)
        (void)fclose(junit->spool);
    pvm_buf_deinit(&junit->text);
    pvm_alloc_free(junit->alloc, junit);
}

/* ---- text ---- */

struct pvm_buf *cmd_junit_buf(struct cmd_junit *junit)
{
    return &junit->text;
}

/* Moves the text to the spool, at a place. */
static enum pvm_status spool_at(struct cmd_junit *junit, size_t place, struct pvm_err *err)
{
    PVM_TRY(pvm_buf_status(&junit->text, err));
    for (size_t done = 0; done < junit->text.len;) {
        ssize_t n = pwrite(fileno(junit->spool), junit->text.ptr + done, junit->text.len - done,
                           (off_t)(place + done));
        if (n < 0 && errno != EINTR)
            return fail_errno("a temporary file", errno, err);
        if (n > 0)
            done += (size_t)n;
    }
    junit->text.len = 0;
    return PVM_OK;
}

static enum pvm_status spool(struct cmd_junit *junit, struct pvm_err *err)
{
    size_t len = junit->text.len;
    PVM_TRY(spool_at(junit, junit->spooled, err));
    junit->spooled += len;
    return PVM_OK;
}

enum pvm_status cmd_junit_flush(struct cmd_junit *junit, struct pvm_err *err)
{
    return junit->text.len < FLUSH_AT ? PVM_OK : spool(junit, err);
}

/* The head, made as long as the room that was left for it with blanks inside its last tag. */
static void head(const struct cmd_count_row *total, struct pvm_buf *out)
{
    static const char end[] = ">\n";
    pvm_buf_printf(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        "  <testsuite name=\"pvm test\" tests=\"%llu\" failures=\"%llu\" skipped=\"%llu\"",
        (unsigned long long)(total->passed + total->failed + total->skipped),
        (unsigned long long)total->failed, (unsigned long long)total->skipped);
    while (!out->failed && out->len < HEAD_SIZE - (sizeof end - 1))
        pvm_buf_text(out, " ");
    pvm_buf_text(out, end);
}

enum pvm_status cmd_junit_finish(struct cmd_junit *junit, const struct cmd_count_row *total,
                                 struct pvm_err *err)
{
    pvm_buf_text(&junit->text, "  </testsuite>\n</testsuites>\n");
    PVM_TRY(spool(junit, err));
    head(total, &junit->text);
    PVM_TRY(spool_at(junit, 0, err));
    void *text = mmap(NULL, junit->spooled, PROT_READ, MAP_PRIVATE, fileno(junit->spool), 0);
    if (text == MAP_FAILED)
        return fail_errno("a temporary file", errno, err);
    enum pvm_status status = cmd_write_file(junit->path, pvm_bytes(text, junit->spooled), err);
    (void)munmap(text, junit->spooled);
    return status;
}
