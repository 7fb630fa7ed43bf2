/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs outside pvm that pvm bench times: the native twins, and what serves the host calls of w7
 * in other languages (docs/embedding/bench.py, docs/embedding/go/bench).
 */
#include "cmd/bench.h"
#include "cmd/cmd.h"
#include "cmd/files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void become(const struct cmd_bench_outside *how, int output)
{
    char count[24];
    (void)snprintf(count, sizeof count, "%" PRIu64, how->n);
    if (dup2(output, STDOUT_FILENO) < 0 || (how->input >= 0 && dup2(how->input, STDIN_FILENO) < 0))
        return;
    if (how->name != NULL)
        (void)execl(how->program, how->program, how->name, count, (char *)NULL);
    else
        (void)execl(how->program, how->program, count, (char *)NULL);
}

enum pvm_status cmd_bench_outside(const struct cmd_bench_outside *how, uint64_t checksum,
                                  uint64_t *ns, struct pvm_err *err)
{
    char text[128] = "";
    uint64_t got = 0;
    int fd = -1;
    const char *space = how->name != NULL ? " " : "";
    const char *name = how->name != NULL ? how->name : "";
    pid_t pid = cmd_bench_fork(&fd);
    if (pid < 0)
        return pvm_fail(err, PVM_E_IO, "bench: no process for %.200s", how->program);
    if (pid == 0) {
        become(how, fd);
        _exit(127);
    }
    size_t len = cmd_bench_read(fd, text, sizeof text - 1);
    cmd_bench_reap(pid, fd);
    const char *gap = strchr(text, ' ');
    if (len == 0 || gap == NULL || !cmd_number(text, (size_t)(gap - text), &got) ||
        !cmd_number(gap + 1, strcspn(gap + 1, "\n"), ns) || *ns > INT64_MAX)
        return pvm_fail(err, PVM_E_IO, "bench: %.200s%s%s gave no figures", how->program, space,
                        name);
    if (got != checksum)
        return pvm_fail(err, PVM_E_MALFORMED, "bench: %.200s%s%s: another checksum", how->program,
                        space, name);
    return PVM_OK;
}

/* ---- bindings ---- */

static enum pvm_status path_of(const struct cmd_bench_case *row, const char *dir,
                               struct pvm_buf *out, const char **path, struct pvm_err *err)
{
    pvm_buf_printf(out, "%s/%s", dir, row->name);
    *path = pvm_buf_str(out);
    return pvm_buf_status(out, err);
}

enum pvm_status cmd_bench_has_binding(const struct cmd_bench_case *row, const char *dir, bool *out,
                                      struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = NULL};
    const char *path;
    enum pvm_status status = path_of(row, dir, &text, &path, err);
    *out = status == PVM_OK && cmd_file_exists(path);
    pvm_buf_deinit(&text);
    return status;
}

/* The program goes in as a file without a name, which ends with its last descriptor. */
static enum pvm_status feed(const char *path, const struct cmd_bench_case *row, uint64_t n,
                            uint64_t checksum, uint64_t *ns, struct pvm_err *err)
{
    struct pvm_bytes blob = pvm_bytes_none();
    PVM_TRY(cmd_bench_blob(row->program, CMD_BENCH_FLAT, &blob, err));
    FILE *file = tmpfile();
    enum pvm_status status = PVM_OK;
    if (file == NULL || fwrite(blob.ptr, 1, blob.len, file) != blob.len || fflush(file) != 0 ||
        lseek(fileno(file), 0, SEEK_SET) != 0)
        status = pvm_fail(err, PVM_E_IO, "bench: no temporary file for %s: %s", row->name,
                          strerror(errno));
    const struct cmd_bench_outside how = {
        .program = path, .n = n, .input = file != NULL ? fileno(file) : -1};
    if (status == PVM_OK)
        status = cmd_bench_outside(&how, checksum, ns, err);
    if (file != NULL)
        (void)fclose(file);
    return status;
}

enum pvm_status cmd_bench_binding(const struct cmd_bench_case *row, uint64_t n, uint64_t checksum,
                                  struct cmd_bench_run *out, struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = NULL};
    const char *path;
    struct rusage usage;
    uint64_t ns = 0;
    enum pvm_status status = path_of(row, out->bindings, &text, &path, err);
    if (status == PVM_OK)
        status = feed(path, row, n, checksum, &ns, err);
    pvm_buf_deinit(&text);
    out->seconds = (double)ns * 1e-9;
    if (getrusage(RUSAGE_CHILDREN, &usage) == 0)
        out->peak_kb = (uint64_t)usage.ru_maxrss;
    return status;
}
