/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/test_worker.h"

#include "cmd/files.h"
#include "host/disk.h"
#include "host/json.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_PATH = 1 << 16, FLUSH_AT = 1 << 14 };

/* A file that is being run. */
struct running {
    const struct cmd_test_worker *worker;
    struct pvm_buf *out;
    int fd; /* -1: all is kept in out */
    size_t cases;
};

/* ---- paths ---- */

void cmd_test_whole_path(const char *path, const char *folder, struct pvm_buf *out)
{
    size_t len = strlen(folder);
    if (path[0] != '/') {
        for (;;) {
            if (strncmp(path, "./", 2) == 0) {
                path += 2;
            } else if (strncmp(path, "../", 3) == 0) {
                path += 3;
                while (len > 0 && folder[--len] != '/')
                    continue;
            } else {
                break;
            }
        }
        pvm_buf_add(out, folder, len);
        if (len == 0 || folder[len - 1] != '/')
            pvm_buf_text(out, "/");
    }
    pvm_buf_text(out, path);
}

/* A message without the path in front of it: whoever prints it says the path. */
static const char *without_path(const char *message, const char *path)
{
    size_t len = strlen(path);
    if (strncmp(message, path, len) != 0 || message[len] != ':')
        return message;
    message += len + 1;
    return *message == ' ' ? message + 1 : message;
}

/* ---- octets out ---- */

static enum pvm_status write_all(int fd, struct pvm_buf *out, struct pvm_err *err)
{
    enum pvm_status status = pvm_buf_status(out, err);
    for (size_t done = 0; status == PVM_OK && done < out->len;) {
        ssize_t n = write(fd, out->ptr + done, out->len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            status = pvm_fail(err, PVM_E_IO, "a worker: %s", strerror(errno));
    }
    out->len = 0;
    return status;
}

/* ---- a file ---- */

static enum pvm_status on_case(void *user, const char *name, const struct jam_vector_result *result,
                               struct pvm_err *err)
{
    struct running *running = user;
    struct pvm_buf why = {.alloc = running->worker->options.vector.alloc};
    const struct jam_profile *profile = result->profile;
    struct cmd_test_case one = {
        .verdict = result->passed ? CMD_PASSED : CMD_FAILED,
        .name = name,
        .text = "",
        .runs = result->runs,
        .gas = result->gas,
        .changed = result->changed,
        .checked = result->checked,
        .foreign = result->foreign,
        .foreign_components = result->foreign_components,
    };
    if (profile == NULL)
        profile = running->worker->options.vector.profile;
    one.profile = cmd_test_profile_index(profile);
    PVM_TRY(pvm_buf_status(&result->why, err));
    if (result->skipped != NULL) {
        one.verdict = CMD_SKIPPED;
        one.text = result->skipped;
    } else if (!result->passed) {
        pvm_buf_add_bytes(&why, pvm_buf_bytes(&result->why));
        one.text = why.len > 0 ? pvm_buf_str(&why) : "differs, without a word about it";
    }
    cmd_test_say_case(&one, running->out);
    running->cases++;
    enum pvm_status status = pvm_buf_status(&why, err);
    pvm_buf_deinit(&why);
    if (status == PVM_OK)
        status = pvm_buf_status(running->out, err);
    if (status == PVM_OK && running->fd >= 0 && running->out->len >= FLUSH_AT)
        status = write_all(running->fd, running->out, err);
    return status;
}

/* A file that no kind takes. What is called JSON and is none is more than that: a vector cut short
 * looks so. */
static void say_none(const struct jam_suite_file *file, struct pvm_buf *out)
{
    struct jam_json_doc *doc = NULL;
    struct pvm_err err = {0};
    size_t len = strlen(file->path);
    if (len < 5 || strcmp(file->path + len - 5, ".json") != 0 ||
        jam_json_parse(file->octets, file->path, NULL, &doc, &err) == PVM_OK) {
        jam_json_free(doc);
        cmd_test_say_end(CMD_TEST_NONE, "", out);
        return;
    }
    cmd_test_say_end(CMD_TEST_FAILED, without_path(err.msg, file->path), out);
}

static void run_file(const struct cmd_test_worker *worker, const struct jam_suite_file *file,
                     int fd, struct pvm_buf *out)
{
    struct running running = {worker, out, fd, 0};
    struct jam_suite_options options = worker->options;
    struct pvm_err err = {0};
    const struct jam_suite_kind *kind = jam_suite_kind_of(file);
    if (kind == NULL) {
        say_none(file, out);
        return;
    }
    cmd_test_say_kind((unsigned)(kind - jam_suite_kinds), out);
    enum pvm_status status = kind->run(file, &options, on_case, &running, &err);
    if (status != PVM_OK)
        cmd_test_say_end(CMD_TEST_FAILED,
                         err.status != PVM_OK ? without_path(err.msg, file->path)
                                              : pvm_status_text(status),
                         out);
    else if (running.cases == 0)
        cmd_test_say_end(CMD_TEST_FAILED, "there is no test in it", out);
    else
        cmd_test_say_end(CMD_TEST_RAN, "", out);
}

static void serve_file(const struct cmd_test_worker *worker, const char *path, int fd,
                       struct pvm_buf *out)
{
    struct pvm_buf whole = {0};
    struct pvm_buf octets = {0};
    struct pvm_err err = {0};
    cmd_test_whole_path(path, worker->folder, &whole);
    const char *name = pvm_buf_str(&whole);
    enum pvm_status status = pvm_buf_status(&whole, &err);
    if (status == PVM_OK)
        status = jam_disk_read(name, CMD_FILE_LIMIT, &octets, &err);
    const struct jam_suite_file file = {name, pvm_buf_bytes(&octets)};
    if (status == PVM_OK)
        run_file(worker, &file, fd, out);
    else
        cmd_test_say_end(CMD_TEST_FAILED, without_path(err.msg, name), out);
    pvm_buf_deinit(&octets);
    pvm_buf_deinit(&whole);
}

void cmd_test_file(const struct cmd_test_worker *worker, const char *path, struct pvm_buf *out)
{
    serve_file(worker, path, -1, out);
}

/* ---- requests ---- */

void cmd_test_request(const char *path, struct pvm_buf *out)
{
    pvm_buf_add_le(out, strlen(path), 4);
    pvm_buf_text(out, path);
}

/* False at the end of the stream. */
static bool read_exactly(int fd, void *to, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = read(fd, (uint8_t *)to + done, len - done);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        if (n > 0)
            done += (size_t)n;
    }
    return true;
}

void cmd_test_serve(const struct cmd_test_worker *worker, int fd)
{
    struct pvm_buf path = {0};
    struct pvm_buf out = {0};
    uint8_t head[4];
    bool more = true;
    while (more && read_exactly(fd, head, sizeof head)) {
        size_t len = (size_t)pvm_load_le(head, 4);
        path.len = 0;
        out.len = 0;
        if (len > MAX_PATH || pvm_buf_reserve(&path, len + 1) == NULL ||
            !read_exactly(fd, path.ptr, len))
            break;
        path.len = len;
        serve_file(worker, pvm_buf_str(&path), fd, &out);
        more = write_all(fd, &out, NULL) == PVM_OK;
    }
    pvm_buf_deinit(&path);
    pvm_buf_deinit(&out);
    exit(more ? EXIT_SUCCESS : EXIT_FAILURE);
}
