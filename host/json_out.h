/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON into a buffer, indented, keys in the order given. Integers are written exactly,
 * whatever their size. key is NULL inside arrays and at the top.
 */
#ifndef HOST_JSON_OUT_H
#define HOST_JSON_OUT_H

#include "core/bytes.h"

enum { JAM_OUT_DEPTH = 32 };

struct jam_out {
    struct pvm_buf *out;
    unsigned depth;
    bool filled[JAM_OUT_DEPTH + 1]; /* whether a level has a member already */
};

struct jam_out jam_out(struct pvm_buf *out);

void jam_out_object(struct jam_out *json, const char *key);
void jam_out_end_object(struct jam_out *json);
void jam_out_array(struct jam_out *json, const char *key);
void jam_out_end_array(struct jam_out *json);

void jam_out_null(struct jam_out *json, const char *key);
void jam_out_bool(struct jam_out *json, const char *key, bool value);
void jam_out_number(struct jam_out *json, const char *key, uint64_t value);
/* A string "0x2a": addresses and register values. */
void jam_out_word(struct jam_out *json, const char *key, uint64_t value);
/* A string "0x" and two digits an octet. */
void jam_out_hex(struct jam_out *json, const char *key, struct pvm_bytes bytes);
void jam_out_text(struct jam_out *json, const char *key, const char *text);
/* Text from a guest or a file: octets that are no UTF-8 become U+FFFD. */
void jam_out_string(struct jam_out *json, const char *key, struct pvm_bytes text);

/* Ends the document with a newline. */
void jam_out_finish(struct jam_out *json);

/* Octets of the UTF-8 character at the start of text, 0 when there is none. */
size_t jam_utf8_len(struct pvm_bytes text);

#endif
