/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of a JSON text that passed jam_json_scan, in cJSON's nodes but made here: cJSON's own
 * parser takes its memory from one place for the whole process, and writes to a variable that all
 * threads share. Private to json.c.
 */
#ifndef HOST_JSON_TREE_H
#define HOST_JSON_TREE_H

#include "core/bytes.h"

#include <cjson/cJSON.h>

struct jam_json_tree {
    cJSON *nodes;  /* in the order of the text, the root first */
    char *strings; /* keys and strings, each with a 0 octet behind it */
    const struct pvm_alloc *alloc;
};

/* The valuedouble of a number is the offset of its characters in the text: at most
 * JAM_JSON_SIZE_MAX and so exact. False when memory ended. */
bool jam_json_tree_init(struct jam_json_tree *tree, struct pvm_bytes text,
                        const struct pvm_alloc *alloc);
void jam_json_tree_deinit(struct jam_json_tree *tree); /* idempotent */

#endif
