/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON into a buffer, indented, keys in the order given. Integers are written exactly,
 * whatever their size. key is NULL inside arrays and at the top.
 */
#ifndef CMD_JSON_OUT_H
#define CMD_JSON_OUT_H

#include "core/bytes.h"

enum { CMD_JSON_DEPTH = 32 };

struct cmd_json {
    struct pvm_buf *out;
    unsigned depth;
    bool filled[CMD_JSON_DEPTH + 1]; /* whether a level has a member already */
};

struct cmd_json cmd_json(struct pvm_buf *out);

void cmd_json_object(struct cmd_json *json, const char *key);
void cmd_json_end_object(struct cmd_json *json);
void cmd_json_array(struct cmd_json *json, const char *key);
void cmd_json_end_array(struct cmd_json *json);

void cmd_json_null(struct cmd_json *json, const char *key);
void cmd_json_bool(struct cmd_json *json, const char *key, bool value);
void cmd_json_number(struct cmd_json *json, const char *key, uint64_t value);
/* A string "0x2a": addresses and register values. */
void cmd_json_word(struct cmd_json *json, const char *key, uint64_t value);
/* A string "0x" and two digits an octet. */
void cmd_json_hex(struct cmd_json *json, const char *key, struct pvm_bytes bytes);
void cmd_json_text(struct cmd_json *json, const char *key, const char *text);
/* Text from a guest or a file: octets that are no UTF-8 become U+FFFD. */
void cmd_json_string(struct cmd_json *json, const char *key, struct pvm_bytes text);

/* Ends the document with a newline. */
void cmd_json_finish(struct cmd_json *json);

/* Octets of the UTF-8 character at the start of text, 0 when there is none. */
size_t cmd_utf8_len(struct pvm_bytes text);

#endif
