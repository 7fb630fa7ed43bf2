/* SPDX-License-Identifier: Apache-2.0 */
#include "host/disk.h"

#include "host/disk_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static enum pvm_status fail_io(const char *path, int error, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_IO, "%.200s: %s", path, strerror(error));
}

static enum pvm_status too_large(const char *path, size_t limit, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_MALFORMED, "%.200s: larger than %zu octets", path, limit);
}

static enum pvm_status read_open(int fd, const char *path, size_t limit, struct pvm_buf *out,
                                 struct pvm_err *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fail_io(path, errno, err);
    if (!S_ISREG(info.st_mode))
        return pvm_fail(err, PVM_E_IO, "%.200s: no regular file", path);
    if (info.st_size < 0 || (uintmax_t)info.st_size > limit)
        return too_large(path, limit, err);
    size_t start = out->len;
    /* One octet more than the file has, so that the end shows without growing. */
    size_t room = (size_t)info.st_size + 1;
    for (;;) {
        uint8_t *to = pvm_buf_reserve(out, room);
        if (to == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "%.200s: no memory for %zu octets", path, room);
        ssize_t n = read(fd, to, room);
        if (n == 0)
            return PVM_OK;
        if (n < 0 && errno != EINTR)
            return fail_io(path, errno, err);
        if (n > 0)
            out->len += (size_t)n;
        if (out->len - start > limit)
            return too_large(path, limit, err);
        room = 4096;
    }
}

enum pvm_status jam_disk_read(const char *path, size_t limit, struct pvm_buf *out,
                              struct pvm_err *err)
{
    /* Not to wait for whoever writes into a pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail_io(path, errno, err);
    enum pvm_status status = read_open(fd, path, limit, out, err);
    close(fd);
    return status;
}

static enum pvm_status write_all(int fd, const char *path, struct pvm_bytes bytes,
                                 const struct jam_disk_held *held, struct pvm_err *err)
{
    const size_t piece = (size_t)1 << 20;
    size_t done = 0;
    while (done < bytes.len) {
        size_t left = bytes.len - done;
        if (jam_disk_interrupted(held))
            return fail_io(path, EINTR, err);
        ssize_t n = write(fd, bytes.ptr + done, left < piece ? left : piece);
        if (n < 0 && errno != EINTR)
            return fail_io(path, errno, err);
        if (n > 0)
            done += (size_t)n;
    }
    return PVM_OK;
}

static enum pvm_status sync_file(int fd, const char *path, struct pvm_err *err)
{
    return fsync(fd) == 0 ? PVM_OK : fail_io(path, errno, err);
}

/* Makes a rename outlive a power cut; best effort, as not every file system can. */
static void sync_folder_of(const char *path, struct pvm_buf *name)
{
    const char *slash = strrchr(path, '/');
    name->len = 0;
    if (slash == NULL)
        pvm_buf_text(name, ".");
    else
        pvm_buf_add(name, path, slash == path ? 1 : (size_t)(slash - path));
    int fd = open(pvm_buf_str(name), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

/* A new file beside path; its name is left in *name. */
static int open_beside(const char *path, struct pvm_buf *name)
{
    enum { TRIES = 1000 };
    for (int i = 0; i < TRIES; i++) {
        name->len = 0;
        pvm_buf_printf(name, "%s.%ld-%d", path, (long)getpid(), i);
        int fd = open(pvm_buf_str(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* A file that is replaced keeps who may read and write it. */
static enum pvm_status keep_mode(int fd, const char *path, struct pvm_err *err)
{
    struct stat old;
    if (stat(path, &old) != 0 || !S_ISREG(old.st_mode))
        return PVM_OK;
    return fchmod(fd, old.st_mode & 0777) == 0 ? PVM_OK : fail_io(path, errno, err);
}

enum lasting { UNTIL_POWER_CUT, FOR_GOOD };

/* The whole of it, while signals are held. */
static enum pvm_status replace(const char *path, struct pvm_bytes bytes, enum lasting lasting,
                               const struct jam_disk_held *held, struct pvm_buf *name,
                               struct pvm_err *err)
{
    int fd = open_beside(path, name);
    if (fd < 0) {
        int error = errno;
        PVM_TRY(pvm_buf_status(name, err));
        return fail_io(path, error, err);
    }
    enum pvm_status status = keep_mode(fd, path, err);
    if (status == PVM_OK)
        status = write_all(fd, path, bytes, held, err);
    if (status == PVM_OK && lasting == FOR_GOOD)
        status = sync_file(fd, path, err);
    if (close(fd) != 0 && status == PVM_OK)
        status = fail_io(path, errno, err);
    if (status == PVM_OK && rename(pvm_buf_str(name), path) != 0)
        status = fail_io(path, errno, err);
    if (status == PVM_OK && lasting == FOR_GOOD)
        sync_folder_of(path, name);
    if (status != PVM_OK)
        (void)unlink(pvm_buf_str(name));
    return status;
}

static enum pvm_status write_held(const char *path, struct pvm_bytes bytes, enum lasting lasting,
                                  const struct pvm_alloc *alloc, struct pvm_err *err)
{
    struct pvm_buf name = {.alloc = alloc};
    struct jam_disk_held held;
    jam_disk_hold(&held);
    enum pvm_status status = replace(path, bytes, lasting, &held, &name, err);
    pvm_buf_deinit(&name);
    jam_disk_release(&held);
    return status;
}

enum pvm_status jam_disk_write(const char *path, struct pvm_bytes bytes,
                               const struct pvm_alloc *alloc, struct pvm_err *err)
{
    return write_held(path, bytes, FOR_GOOD, alloc, err);
}

enum pvm_status jam_disk_write_part(const char *path, struct pvm_bytes bytes,
                                    const struct pvm_alloc *alloc, struct pvm_err *err)
{
    return write_held(path, bytes, UNTIL_POWER_CUT, alloc, err);
}

enum pvm_status jam_disk_folder(const char *path, struct pvm_err *err)
{
    struct stat info;
    if (mkdir(path, 0777) == 0)
        return PVM_OK;
    if (errno != EEXIST)
        return fail_io(path, errno, err);
    if (stat(path, &info) != 0)
        return fail_io(path, errno, err);
    return S_ISDIR(info.st_mode) ? PVM_OK : fail_io(path, ENOTDIR, err);
}

bool jam_disk_has(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}
