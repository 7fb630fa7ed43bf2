/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bytes.h"

#include <stdio.h>

bool pvm_bytes_equal(struct pvm_bytes a, struct pvm_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int pvm_bytes_compare(struct pvm_bytes a, struct pvm_bytes b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common != 0 ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

void pvm_buf_deinit(struct pvm_buf *buf)
{
    pvm_alloc_free(buf->alloc, buf->ptr);
    *buf = (struct pvm_buf){.alloc = buf->alloc};
}

uint8_t *pvm_buf_reserve(struct pvm_buf *buf, size_t more)
{
    if (buf->failed)
        return NULL;
    if (more <= buf->cap - buf->len && buf->ptr != NULL)
        return buf->ptr + buf->len;
    size_t need;
    if (more > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) {
        buf->failed = true;
        return NULL;
    }
    need = buf->len + more;
    size_t cap = buf->cap < 64 ? 64 : buf->cap * 2;
    if (cap < need)
        cap = need;
    uint8_t *ptr = pvm_alloc_resize(buf->alloc, buf->ptr, cap);
    if (ptr == NULL) {
        buf->failed = true;
        return NULL;
    }
    buf->ptr = ptr;
    buf->cap = cap;
    return ptr + buf->len;
}

void pvm_buf_add(struct pvm_buf *buf, const void *ptr, size_t len)
{
    uint8_t *room = pvm_buf_reserve(buf, len);
    if (room == NULL || len == 0)
        return;
    memcpy(room, ptr, len);
    buf->len += len;
}

void pvm_buf_add_bytes(struct pvm_buf *buf, struct pvm_bytes bytes)
{
    pvm_buf_add(buf, bytes.ptr, bytes.len);
}

void pvm_buf_add_zeros(struct pvm_buf *buf, size_t len)
{
    uint8_t *room = pvm_buf_reserve(buf, len);
    if (room == NULL || len == 0)
        return;
    memset(room, 0, len);
    buf->len += len;
}

void pvm_buf_add_u8(struct pvm_buf *buf, uint8_t value)
{
    pvm_buf_add(buf, &value, 1);
}

void pvm_buf_add_le(struct pvm_buf *buf, uint64_t value, unsigned width)
{
    uint8_t octets[8];
    pvm_store_le(octets, value, width);
    pvm_buf_add(buf, octets, width);
}

void pvm_buf_add_natural(struct pvm_buf *buf, uint64_t value)
{
    unsigned extra = 0;
    while (extra < 8 && value >= (uint64_t)1 << (7 * (extra + 1)))
        extra++;
    if (extra == 8) {
        pvm_buf_add_u8(buf, 0xff);
    } else {
        uint64_t head = 256u - (1u << (8 - extra));
        pvm_buf_add_u8(buf, (uint8_t)(head + (value >> (8 * extra))));
    }
    pvm_buf_add_le(buf, value, extra);
}

void pvm_buf_add_blob(struct pvm_buf *buf, struct pvm_bytes bytes)
{
    pvm_buf_add_natural(buf, bytes.len);
    pvm_buf_add_bytes(buf, bytes);
}

void pvm_buf_text(struct pvm_buf *buf, const char *text)
{
    pvm_buf_add(buf, text, strlen(text));
}

void pvm_buf_printf(struct pvm_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    uint8_t *room = len < 0 ? NULL : pvm_buf_reserve(buf, (size_t)len + 1);
    if (room != NULL) {
        vsnprintf((char *)room, (size_t)len + 1, fmt, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void pvm_buf_hex(struct pvm_buf *buf, struct pvm_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    if (bytes.len > SIZE_MAX / 8) {
        buf->failed = true;
        return;
    }
    uint8_t *room = pvm_buf_reserve(buf, bytes.len * 2);
    if (room == NULL)
        return;
    for (size_t i = 0; i < bytes.len; i++) {
        room[2 * i] = (uint8_t)digits[bytes.ptr[i] >> 4];
        room[2 * i + 1] = (uint8_t)digits[bytes.ptr[i] & 15];
    }
    buf->len += bytes.len * 2;
}

const char *pvm_buf_str(struct pvm_buf *buf)
{
    uint8_t *end = pvm_buf_reserve(buf, 1);
    if (end == NULL)
        return "";
    *end = 0;
    return (const char *)buf->ptr;
}

enum pvm_status pvm_buf_status(const struct pvm_buf *buf, struct pvm_err *err)
{
    if (!buf->failed)
        return PVM_OK;
    return pvm_fail(err, PVM_E_MEMORY, "out of memory while building %zu octets", buf->len);
}

uint64_t pvm_load_le(const uint8_t *ptr, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)ptr[i] << (8 * i);
    return value;
}

void pvm_store_le(uint8_t *ptr, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        ptr[i] = (uint8_t)(value >> (8 * i));
}

struct pvm_bytes pvm_read_span(struct pvm_reader *r, uint64_t len)
{
    if (r->failed || len > pvm_reader_left(r)) {
        r->failed = true;
        return pvm_bytes_none();
    }
    struct pvm_bytes span = {r->bytes.ptr + r->pos, (size_t)len};
    r->pos += (size_t)len;
    return span;
}

uint64_t pvm_read_le(struct pvm_reader *r, unsigned width)
{
    struct pvm_bytes span = pvm_read_span(r, width);
    return span.len == width ? pvm_load_le(span.ptr, width) : 0;
}

uint8_t pvm_read_u8(struct pvm_reader *r)
{
    return (uint8_t)pvm_read_le(r, 1);
}

uint64_t pvm_read_natural(struct pvm_reader *r)
{
    uint8_t head = pvm_read_u8(r);
    unsigned extra = 0;
    while (extra < 8 && (head & (0x80u >> extra)) != 0)
        extra++;
    uint64_t value = pvm_read_le(r, extra);
    if (extra < 8) {
        uint64_t top = head & (0x7fu >> extra);
        value |= extra < 8 ? top << (8 * extra) : 0;
    }
    if (r->failed)
        return 0;
    if (extra > 0 && value < (uint64_t)1 << (7 * extra)) {
        r->failed = true;
        return 0;
    }
    return value;
}

struct pvm_bytes pvm_read_blob(struct pvm_reader *r)
{
    uint64_t len = pvm_read_natural(r);
    return pvm_read_span(r, len);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool pvm_hex_decode(const char *text, size_t len, struct pvm_buf *buf, size_t *bad)
{
    size_t start = len >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 2 : 0;
    for (size_t i = start; i < len; i++) {
        if (hex_digit(text[i]) < 0) {
            *bad = i;
            return false;
        }
    }
    if ((len - start) % 2 != 0) {
        *bad = len;
        return false;
    }
    uint8_t *room = pvm_buf_reserve(buf, (len - start) / 2);
    if (room == NULL) {
        *bad = 0;
        return false;
    }
    for (size_t i = start; i < len; i += 2)
        *room++ = (uint8_t)(hex_digit(text[i]) << 4 | hex_digit(text[i + 1]));
    buf->len += (len - start) / 2;
    return true;
}
