/* SPDX-License-Identifier: Apache-2.0 */
/* The host calls of a run in their order, with what they were given and what they gave. */
#ifndef CMD_CALLS_H
#define CMD_CALLS_H

#include "cmd/cmd.h"
#include "host/context.h"
#include "host/json_out.h"

enum { CMD_CALLS_KEPT = 4096, CMD_CALL_ARGS = 6 };

struct cmd_call {
    const char *name; /* NULL: no call of the version */
    uint64_t number;
    bool open;
    enum pvm_exit exit;
    uint64_t args[CMD_CALL_ARGS]; /* r7 to r12 before */
    uint64_t result[2];           /* r7 and r8 after */
    uint64_t gas;                 /* charged */
};

struct cmd_calls {
    struct pvm_buf list; /* struct cmd_call, the first CMD_CALLS_KEPT */
    uint64_t count;      /* of all */
};

void cmd_calls_add(struct cmd_calls *calls, const struct jam_call_event *event);
void cmd_calls_deinit(struct cmd_calls *calls);

/* Appends what a call gave: "NONE", "OK", a number, "panic". */
void cmd_call_result(const struct cmd_call *call, struct pvm_buf *out);

void cmd_calls_text(const struct cmd *cmd, const struct cmd_calls *calls, struct pvm_buf *out);
void cmd_calls_json(const struct cmd_calls *calls, const char *key, struct jam_out *json);

#endif
