/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks that a text is exactly one JSON value (RFC 8259) before a tree is made of it; private to
 * json.c. What is refused beyond the RFC: half surrogate pairs, U+0000 in strings, byte order marks
 * and what exceeds the limits below.
 */
#ifndef HOST_JSON_SCAN_H
#define HOST_JSON_SCAN_H

#include "core/bytes.h"

enum {
    JAM_JSON_DEPTH = 128,          /* arrays and objects inside each other */
    JAM_JSON_NUMBER_MAX = 48,      /* characters of a number */
    JAM_JSON_VALUES_MAX = 1 << 23, /* values in a document */
    JAM_JSON_SIZE_MAX = 256 << 20  /* octets of a document */
};

/* name is what messages call the text: "name:line:column: trouble". */
PVM_MUST_USE enum pvm_status jam_json_scan(struct pvm_bytes text, const char *name,
                                           struct pvm_err *err);

/* The next number at or behind *pos in a text that passed the scan; *pos moves behind it. Empty
 * when there is none. *pos must not be inside a string. */
struct pvm_bytes jam_json_next_number(struct pvm_bytes text, size_t *pos);

#endif
