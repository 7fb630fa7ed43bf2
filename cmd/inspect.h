/* SPDX-License-Identifier: Apache-2.0 */
/* What pvm inspect found out about a blob, and its two ways of saying it. */
#ifndef CMD_INSPECT_H
#define CMD_INSPECT_H

#include "cmd/load.h"
#include "cmd/text.h"
#include "core/disasm.h"

struct cmd_call_use {
    uint64_t number;  /* immediate of the ecalli */
    uint64_t count;   /* instructions that have it */
    const char *name; /* NULL: no call of this version */
};

enum { CMD_CALLS_LISTED = 1024 };

struct cmd_inspection {
    const struct cmd_program *loaded;
    const struct jam_profile *profile;
    struct pvm_disasm_options disasm;
    struct jam_hash hash; /* of the whole file: its code hash if it is a preimage */
    struct pvm_metadata metadata;
    struct pvm_buf calls;    /* struct cmd_call_use, ascending, at most CMD_CALLS_LISTED */
    uint64_t calls_unlisted; /* instructions with numbers beyond those */
    uint64_t deposit_items, deposit_bytes, deposit;
};

static inline const struct cmd_call_use *cmd_inspect_calls(const struct cmd_inspection *in,
                                                           size_t *count)
{
    *count = in->calls.len / sizeof(struct cmd_call_use);
    return (const struct cmd_call_use *)(const void *)in->calls.ptr;
}

/* A place where an invocation starts. */
struct cmd_entry {
    uint64_t pc;
    const char *name; /* "refine, is_authorized" */
};

enum { CMD_ENTRY_COUNT = 3 };

extern const struct cmd_entry cmd_entries[CMD_ENTRY_COUNT];

void cmd_inspect_text(const struct cmd *cmd, const struct cmd_inspection *in, struct pvm_buf *out);
void cmd_inspect_json(const struct cmd_inspection *in, struct pvm_buf *out);

#endif
