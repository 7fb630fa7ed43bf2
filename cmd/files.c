/* SPDX-License-Identifier: Apache-2.0 */
/* realpath is X/Open. NOLINTNEXTLINE(bugprone-reserved-identifier): that is how to ask for it. */
#define _XOPEN_SOURCE 700

#include "cmd/files.h"

#include "host/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_CHUNK = 1 << 16 };

const char *cmd_file_name(const char *path)
{
    if (path[0] == '\0')
        return "\"\"";
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static enum pvm_status fail_errno(const char *path, int error, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_IO, "%.200s: %s", path[0] != '\0' ? path : "\"\"", strerror(error));
}

static enum pvm_status too_large(const char *name, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_MALFORMED, "%.200s: larger than %zu MiB", name,
                    CMD_FILE_LIMIT >> 20);
}

static enum pvm_status read_all(int fd, const char *name, struct pvm_buf *out, struct pvm_err *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fail_errno(name, errno, err);
    if (S_ISDIR(info.st_mode))
        return fail_errno(name, EISDIR, err);
    if (S_ISREG(info.st_mode) && info.st_size > (off_t)CMD_FILE_LIMIT)
        return too_large(name, err);
    /* One octet more than expected, so that the end is seen without growing. */
    size_t chunk = S_ISREG(info.st_mode) ? (size_t)info.st_size + 1 : READ_CHUNK;
    size_t start = out->len;
    for (;;) {
        uint8_t *room = pvm_buf_reserve(out, chunk);
        if (room == NULL)
            return pvm_buf_status(out, err);
        ssize_t n = read(fd, room, chunk);
        if (n == 0)
            return PVM_OK;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(name, errno, err);
        out->len += (size_t)n;
        if (out->len - start > CMD_FILE_LIMIT)
            return too_large(name, err);
        chunk = READ_CHUNK;
    }
}

enum pvm_status cmd_read_file(const char *path, struct pvm_buf *out, struct pvm_err *err)
{
    const char *name = cmd_file_name(path);
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, name, out, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(name, errno, err);
    enum pvm_status status = read_all(fd, name, out, err);
    close(fd);
    return status;
}

bool cmd_file_exists(const char *path)
{
    return access(path, R_OK) == 0;
}

bool cmd_file_is_special(const char *path)
{
    struct stat info;
    return strcmp(path, "-") == 0 || (stat(path, &info) == 0 && !S_ISREG(info.st_mode));
}

bool cmd_file_is_same(const char *a, const char *b)
{
    struct stat one, two;
    if (cmd_file_is_special(a) || cmd_file_is_special(b))
        return false;
    if (strcmp(a, b) == 0)
        return true;
    return stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

int cmd_file_stream(const char *path)
{
    struct stat named, stream;
    if (strcmp(path, "-") == 0)
        return STDOUT_FILENO;
    if (stat(path, &named) != 0 || !S_ISREG(named.st_mode))
        return -1;
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        if (fstat(fd, &stream) == 0 && stream.st_dev == named.st_dev &&
            stream.st_ino == named.st_ino)
            return fd;
    return -1;
}

enum pvm_status cmd_read_value(const char *option, const char *value, struct pvm_buf *out,
                               struct pvm_err *err)
{
    if (value[0] == '@')
        return cmd_read_file(value + 1, out, err);
    if (value[0] != '0' || (value[1] != 'x' && value[1] != 'X'))
        return pvm_fail(err, PVM_E_USAGE,
                        "%s: expected 0x and hexadecimal digits or @FILE, got "
                        "\"%.40s\"",
                        option, value);
    size_t bad;
    if (pvm_hex_decode(value, strlen(value), out, &bad))
        return PVM_OK;
    PVM_TRY(pvm_buf_status(out, err));
    if (value[bad] == '\0')
        return pvm_fail(err, PVM_E_USAGE, "%s: odd number of hexadecimal digits", option);
    return pvm_fail(err, PVM_E_USAGE, "%s: character %zu is no hexadecimal digit", option, bad + 1);
}

static enum pvm_status write_all(int fd, const char *name, struct pvm_bytes bytes,
                                 struct pvm_err *err)
{
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t n = write(fd, bytes.ptr + done, bytes.len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return fail_errno(name, errno, err);
    }
    return PVM_OK;
}

static enum pvm_status write_through(const char *path, struct pvm_bytes bytes, struct pvm_err *err)
{
    bool to_stdout = strcmp(path, "-") == 0;
    const char *name = to_stdout ? "standard output" : path;
    int fd = to_stdout ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(name, errno, err);
    enum pvm_status status = write_all(fd, name, bytes, err);
    if (!to_stdout && close(fd) != 0 && status == PVM_OK)
        status = fail_errno(name, errno, err);
    return status;
}

enum pvm_status cmd_write_file(const char *path, struct pvm_bytes bytes, struct pvm_err *err)
{
    if (strcmp(path, "-") == 0)
        return write_through(path, bytes, err);
    struct stat info;
    if (stat(path, &info) != 0)
        return errno == ENOENT && path[0] != '\0' ? jam_disk_write(path, bytes, NULL, err)
                                                  : fail_errno(path, errno, err);
    if (S_ISDIR(info.st_mode))
        return fail_errno(path, EISDIR, err);
    if (!S_ISREG(info.st_mode))
        return write_through(path, bytes, err);
    if (access(path, W_OK) != 0)
        return fail_errno(path, errno, err);
    /* A symbolic link stays one: what it leads to is replaced. */
    char *real = realpath(path, NULL);
    if (real == NULL)
        return fail_errno(path, errno, err);
    enum pvm_status status = jam_disk_write(real, bytes, NULL, err);
    free(real);
    return status;
}

static enum pvm_status load_include(void *user, const char *from, const char *path,
                                    struct pvm_buf *out, struct pvm_buf *resolved,
                                    struct pvm_err *err)
{
    (void)user;
    const char *slash = strrchr(from, '/');
    if (path[0] != '/' && slash != NULL)
        pvm_buf_add(resolved, from, (size_t)(slash - from) + 1);
    pvm_buf_text(resolved, path);
    PVM_TRY(pvm_buf_status(resolved, err));
    const char *name = pvm_buf_str(resolved);
    PVM_TRY(pvm_buf_status(resolved, err));
    return cmd_read_file(name, out, err);
}

struct pvm_asm_files cmd_asm_files(void)
{
    return (struct pvm_asm_files){.load = load_include};
}
