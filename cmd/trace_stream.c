/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace_stream.h"

#include "cmd/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEVEL = 3, CAPACITY = CMD_TRACE_LINE + CMD_TRACE_CHUNK };

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t size = strlen(end);
    return len >= size && strcmp(text + len - size, end) == 0;
}

static enum pvm_status fail_errno(const char *name, int error, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_IO, "%.200s: %s", name, strerror(error));
}

/* ---- out ---- */

enum pvm_status cmd_trace_out_open(struct cmd_trace_out *out, const char *path, bool to_stderr,
                                   struct pvm_err *err)
{
    *out = (struct cmd_trace_out){.name = path};
    int stream = cmd_file_stream(path);
    if (stream >= 0) {
        out->fd = to_stderr ? STDERR_FILENO : stream;
        out->name = out->fd == STDERR_FILENO ? "standard error" : "standard output";
    } else {
        out->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (out->fd < 0)
            return fail_errno(path[0] != '\0' ? path : "\"\"", errno, err);
        out->owned = true;
    }
    struct stat about;
    out->open = true;
    out->waits = fstat(out->fd, &about) != 0 || !S_ISREG(about.st_mode);
    if (!ends_with(path, ".zst"))
        return PVM_OK;
    out->zstd = ZSTD_createCCtx();
    out->packed = pvm_alloc_zero(NULL, CMD_TRACE_CHUNK, 1);
    if (out->zstd == NULL || out->packed == NULL ||
        ZSTD_isError(ZSTD_CCtx_setParameter(out->zstd, ZSTD_c_compressionLevel, LEVEL)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(out->zstd, ZSTD_c_checksumFlag, 1)))
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for %.200s", path);
    return PVM_OK;
}

/* Signals that are held back come now. */
static void let_signals_in(const struct cmd_trace_out *out)
{
    sigset_t held;
    (void)pthread_sigmask(SIG_SETMASK, out->mask, &held);
    (void)pthread_sigmask(SIG_SETMASK, &held, NULL);
}

/* How many of len octets can be written at once. A reader that takes nothing for a second would not
 * take the end of the trace either: there is no reason then to hold signals back. */
static size_t wait_for_reader(const struct cmd_trace_out *out, size_t len)
{
    static const struct timespec second = {.tv_sec = 1};
    fd_set ready;
    if (!out->waits || out->mask == NULL || out->fd >= FD_SETSIZE)
        return len;
    FD_ZERO(&ready);
    FD_SET(out->fd, &ready);
    while (pselect(out->fd + 1, NULL, &ready, NULL, &second, NULL) == 0) {
        let_signals_in(out);
        FD_SET(out->fd, &ready);
    }
    return len < PIPE_BUF ? len : PIPE_BUF;
}

static enum pvm_status put(const struct cmd_trace_out *out, const uint8_t *octets, size_t len,
                           struct pvm_err *err)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = write(out->fd, octets + done, wait_for_reader(out, len - done));
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            return fail_errno(out->name, errno, err);
    }
    return PVM_OK;
}

static enum pvm_status drain(struct cmd_trace_out *out, bool last, struct pvm_err *err)
{
    PVM_TRY(pvm_buf_status(&out->text, err));
    if (out->zstd == NULL)
        PVM_TRY(put(out, out->text.ptr, out->text.len, err));
    ZSTD_inBuffer from = {out->text.ptr, out->text.len, 0};
    bool more = out->zstd != NULL;
    while (more) {
        ZSTD_outBuffer to = {out->packed, CMD_TRACE_CHUNK, 0};
        size_t left =
            ZSTD_compressStream2(out->zstd, &to, &from, last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left))
            return pvm_fail(err, PVM_E_INTERNAL, "%.200s: zstd: %s", out->name,
                            ZSTD_getErrorName(left));
        PVM_TRY(put(out, out->packed, to.pos, err));
        more = last ? left != 0 : from.pos < from.size;
    }
    out->text.len = 0;
    return PVM_OK;
}

enum pvm_status cmd_trace_out_flow(struct cmd_trace_out *out, struct pvm_err *err)
{
    return out->text.len >= CMD_TRACE_CHUNK || out->text.failed ? drain(out, false, err) : PVM_OK;
}

enum pvm_status cmd_trace_out_close(struct cmd_trace_out *out, struct pvm_err *err)
{
    if (!out->open)
        return PVM_OK;
    enum pvm_status status = drain(out, true, err);
    if (out->owned && close(out->fd) != 0 && status == PVM_OK)
        status = fail_errno(out->name, errno, err);
    out->owned = false;
    cmd_trace_out_deinit(out);
    return status;
}

void cmd_trace_out_deinit(struct cmd_trace_out *out)
{
    if (out->owned)
        close(out->fd);
    if (out->zstd != NULL)
        ZSTD_freeCCtx(out->zstd);
    pvm_alloc_free(NULL, out->packed);
    pvm_buf_deinit(&out->text);
    *out = (struct cmd_trace_out){.name = out->name};
}

/* ---- in ---- */

enum pvm_status cmd_trace_in_fail(const struct cmd_trace_in *in, struct pvm_err *err,
                                  const char *fmt, ...)
{
    char message[200];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return pvm_fail(err, PVM_E_MALFORMED, "%.100s: %s", in->name, message);
}

static enum pvm_status read_some(const struct cmd_trace_in *in, uint8_t *to, size_t room,
                                 size_t *got, struct pvm_err *err)
{
    for (;;) {
        ssize_t n = read(in->fd, to, room);
        *got = n > 0 ? (size_t)n : 0;
        if (n >= 0)
            return PVM_OK;
        if (errno != EINTR)
            return fail_errno(in->name, errno, err);
    }
}

/* Reads what is packed, once what is there is used up; *dry: there is no more. */
static enum pvm_status refill(struct cmd_trace_in *in, bool *dry, struct pvm_err *err)
{
    if (in->from.pos == in->from.size && !in->packed_ended) {
        in->from = (ZSTD_inBuffer){in->packed, 0, 0};
        PVM_TRY(read_some(in, in->packed, CMD_TRACE_CHUNK, &in->from.size, err));
        in->packed_ended = in->from.size == 0;
    }
    *dry = in->packed_ended && in->from.pos == in->from.size;
    return PVM_OK;
}

static enum pvm_status unpack_some(struct cmd_trace_in *in, ZSTD_outBuffer *to, bool dry,
                                   struct pvm_err *err)
{
    size_t start = to->pos;
    size_t left = ZSTD_decompressStream(in->zstd, to, &in->from);
    if (ZSTD_isError(left))
        return cmd_trace_in_fail(in, err, "zstd: %s", ZSTD_getErrorName(left));
    in->zstd_left = left;
    if (dry && to->pos == start && left != 0)
        return cmd_trace_in_fail(in, err, "zstd data ends in the middle of a frame");
    return PVM_OK;
}

/* Unpacks what the file has next into octets. */
static enum pvm_status unpack(struct cmd_trace_in *in, struct pvm_err *err)
{
    ZSTD_outBuffer to = {in->octets, CAPACITY, in->len};
    while (to.pos == in->len && !in->ended) {
        bool dry;
        PVM_TRY(refill(in, &dry, err));
        in->ended = dry && in->zstd_left == 0;
        if (!in->ended)
            PVM_TRY(unpack_some(in, &to, dry, err));
    }
    in->len = to.pos;
    return PVM_OK;
}

enum pvm_status cmd_trace_in_end(struct cmd_trace_in *in, struct pvm_err *err)
{
    size_t got = 1;
    in->at = in->len = 0;
    while (in->zstd_left != 0) {
        ZSTD_outBuffer to = {in->octets, CAPACITY, 0};
        bool dry;
        PVM_TRY(refill(in, &dry, err));
        PVM_TRY(unpack_some(in, &to, dry, err));
    }
    while (!in->owned && got != 0)
        PVM_TRY(read_some(in, in->octets, CAPACITY, &got, err));
    return PVM_OK;
}

enum pvm_status cmd_trace_in_fill(struct cmd_trace_in *in, size_t count, struct pvm_err *err)
{
    if (in->len - in->at < count && in->at != 0) {
        memmove(in->octets, in->octets + in->at, in->len - in->at);
        in->len -= in->at;
        in->at = 0;
    }
    while (in->len - in->at < count && !in->ended) {
        if (in->zstd != NULL) {
            PVM_TRY(unpack(in, err));
            continue;
        }
        size_t got;
        PVM_TRY(read_some(in, in->octets + in->len, CAPACITY - in->len, &got, err));
        in->len += got;
        in->ended = got == 0;
    }
    return PVM_OK;
}

static enum pvm_status start_zstd(struct cmd_trace_in *in, struct pvm_err *err)
{
    static const uint8_t magic[4] = {0x28, 0xb5, 0x2f, 0xfd};
    PVM_TRY(cmd_trace_in_fill(in, sizeof magic, err));
    if (in->len < sizeof magic || memcmp(in->octets, magic, sizeof magic) != 0)
        return PVM_OK;
    in->zstd = ZSTD_createDCtx();
    in->packed = pvm_alloc_zero(NULL, CAPACITY, 1);
    if (in->zstd == NULL || in->packed == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for %.200s", in->name);
    memcpy(in->packed, in->octets, in->len);
    in->from = (ZSTD_inBuffer){in->packed, in->len, 0};
    in->packed_ended = in->ended;
    in->len = in->at = 0;
    in->ended = false;
    return PVM_OK;
}

enum pvm_status cmd_trace_in_open(struct cmd_trace_in *in, const char *path, struct pvm_err *err)
{
    *in = (struct cmd_trace_in){.name = cmd_file_name(path), .fd = STDIN_FILENO};
    if (strcmp(path, "-") != 0) {
        in->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (in->fd < 0)
            return fail_errno(in->name, errno, err);
        in->owned = true;
    }
    in->octets = pvm_alloc_zero(NULL, CAPACITY, 1);
    if (in->octets == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for %.200s", in->name);
    return start_zstd(in, err);
}

void cmd_trace_in_deinit(struct cmd_trace_in *in)
{
    if (in->owned)
        close(in->fd);
    in->owned = false;
    ZSTD_freeDCtx(in->zstd);
    in->zstd = NULL;
    pvm_alloc_free(NULL, in->packed);
    pvm_alloc_free(NULL, in->octets);
    in->packed = in->octets = NULL;
}

/* Passes over the rest of a line, its newline too. */
static enum pvm_status skip_line(struct cmd_trace_in *in, struct pvm_err *err)
{
    const uint8_t *end = NULL;
    do {
        in->at = in->len;
        PVM_TRY(cmd_trace_in_fill(in, 1, err));
        if (in->len != in->at)
            end = memchr(in->octets + in->at, '\n', in->len - in->at);
    } while (end == NULL && in->len != in->at);
    if (end != NULL)
        in->at = (size_t)(end - in->octets) + 1;
    return PVM_OK;
}

enum pvm_status cmd_trace_in_line(struct cmd_trace_in *in, struct pvm_bytes *line, bool *more,
                                  struct pvm_err *err)
{
    const uint8_t *end = NULL;
    size_t want = 1;
    for (;;) {
        PVM_TRY(cmd_trace_in_fill(in, want, err));
        size_t there = in->len - in->at;
        end = there > 0 ? memchr(in->octets + in->at, '\n', there) : NULL;
        if (end != NULL || there < want)
            break;
        if (there >= CMD_TRACE_LINE && in->skips) {
            in->line++;
            *more = true;
            *line = pvm_bytes("", 0);
            return skip_line(in, err);
        }
        if (there >= CMD_TRACE_LINE)
            return cmd_trace_in_fail(in, err, "line %llu: longer than %d octets, no trace",
                                     (unsigned long long)in->line + 1, CMD_TRACE_LINE);
        want = there + 1;
    }
    const uint8_t *start = in->octets + in->at;
    size_t len = end != NULL ? (size_t)(end - start) : in->len - in->at;
    *more = end != NULL || len != 0;
    in->at += len + (end != NULL);
    in->line += *more;
    while (len > 0 && start[len - 1] == '\r')
        len--;
    *line = pvm_bytes(start, len);
    return PVM_OK;
}
