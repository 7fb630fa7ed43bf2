/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Octets: a borrowed span, a growing buffer, a bounds-checked reader, little-endian integers, the
 * compact naturals of GP 0.7.2 C.1 and hexadecimal text.
 */
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include "core/alloc.h"
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A borrowed span. Never outlives the owner named where it is made; ptr may be NULL when len is 0. */
struct pvm_bytes {
    const uint8_t *ptr;
    size_t len;
};

static inline struct pvm_bytes pvm_bytes(const void *ptr, size_t len)
{
    return (struct pvm_bytes){ptr, len};
}

static inline struct pvm_bytes pvm_bytes_none(void)
{
    return (struct pvm_bytes){NULL, 0};
}

bool pvm_bytes_equal(struct pvm_bytes a, struct pvm_bytes b);
/* Order of the octets, a shorter prefix first: negative, 0 or positive. */
int pvm_bytes_compare(struct pvm_bytes a, struct pvm_bytes b);

/* A growing buffer that owns ptr. A failed growth sets `failed` and drops what was to be added;
 * builders check it once, at the end, with pvm_buf_status. Zero-initialise, or set alloc. */
struct pvm_buf {
    uint8_t *ptr;
    size_t len;
    size_t cap;
    const struct pvm_alloc *alloc;
    bool failed;
};

void pvm_buf_deinit(struct pvm_buf *buf);
/* Room for more octets after len; NULL on failure. Does not change len. */
uint8_t *pvm_buf_reserve(struct pvm_buf *buf, size_t more);
void pvm_buf_add(struct pvm_buf *buf, const void *ptr, size_t len);
void pvm_buf_add_bytes(struct pvm_buf *buf, struct pvm_bytes bytes);
void pvm_buf_add_zeros(struct pvm_buf *buf, size_t len);
void pvm_buf_add_u8(struct pvm_buf *buf, uint8_t value);
/* width octets of value, least significant first; width at most 8. */
void pvm_buf_add_le(struct pvm_buf *buf, uint64_t value, unsigned width);
/* E(value), GP 0.7.2 C.1. */
void pvm_buf_add_natural(struct pvm_buf *buf, uint64_t value);
/* E(len) followed by the octets: the GP's length-prefixed blob. */
void pvm_buf_add_blob(struct pvm_buf *buf, struct pvm_bytes bytes);
/* Text; the buffer is not terminated by these, see pvm_buf_text. */
void pvm_buf_text(struct pvm_buf *buf, const char *text);
void pvm_buf_printf(struct pvm_buf *buf, const char *fmt, ...) PVM_PRINTF(2, 3);
void pvm_buf_hex(struct pvm_buf *buf, struct pvm_bytes bytes);
/* The contents as a C string: writes a 0 octet behind them, not counted in len. "" on failure. */
const char *pvm_buf_str(struct pvm_buf *buf);
static inline struct pvm_bytes pvm_buf_bytes(const struct pvm_buf *buf)
{
    return (struct pvm_bytes){buf->ptr, buf->len};
}
/* PVM_OK, or PVM_E_MEMORY when any addition failed. */
enum pvm_status pvm_buf_status(const struct pvm_buf *buf, struct pvm_err *err);

/* A bounds-checked reader. After a failed read `failed` stays set and reads give 0 or empty. */
struct pvm_reader {
    struct pvm_bytes bytes;
    size_t pos;
    bool failed;
};

static inline struct pvm_reader pvm_reader(struct pvm_bytes bytes)
{
    return (struct pvm_reader){bytes, 0, false};
}

static inline size_t pvm_reader_left(const struct pvm_reader *r)
{
    return r->bytes.len - r->pos;
}

uint8_t pvm_read_u8(struct pvm_reader *r);
uint64_t pvm_read_le(struct pvm_reader *r, unsigned width);
/* A compact natural; a non-minimal encoding fails. */
uint64_t pvm_read_natural(struct pvm_reader *r);
struct pvm_bytes pvm_read_span(struct pvm_reader *r, uint64_t len);
/* A length-prefixed blob, borrowed from the reader's bytes. */
struct pvm_bytes pvm_read_blob(struct pvm_reader *r);

/* Little-endian integers at ptr; width 1 to 8. */
uint64_t pvm_load_le(const uint8_t *ptr, unsigned width);
void pvm_store_le(uint8_t *ptr, uint64_t value, unsigned width);

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static inline uint64_t pvm_load_le64(const uint8_t *ptr)
{
    uint64_t value;
    memcpy(&value, ptr, sizeof value);
    return value;
}
#else
static inline uint64_t pvm_load_le64(const uint8_t *ptr)
{
    return pvm_load_le(ptr, 8);
}
#endif

/* Appends the octets of hexadecimal text (with or without 0x) to buf. False, with nothing added,
 * for an odd number of digits or another character; *bad is then the offset of the trouble. */
bool pvm_hex_decode(const char *text, size_t len, struct pvm_buf *buf, size_t *bad);

#endif
