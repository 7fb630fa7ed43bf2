/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/calls.h"

#include "cmd/text.h"

#include <inttypes.h>

enum { SHOWN = 64, FIRST_ARG = 7 };

void cmd_calls_add(struct cmd_calls *calls, const struct jam_call_event *event)
{
    struct cmd_call call = {.name = event->name,
                            .number = event->number,
                            .open = event->open,
                            .exit = event->exit,
                            .result = {event->after[FIRST_ARG], event->after[FIRST_ARG + 1]},
                            .gas = event->gas_before - event->gas_after};
    calls->count++;
    if (calls->count > CMD_CALLS_KEPT)
        return;
    memcpy(call.args, event->before + FIRST_ARG, sizeof call.args);
    pvm_buf_add(&calls->list, &call, sizeof call);
}

void cmd_calls_deinit(struct cmd_calls *calls)
{
    pvm_buf_deinit(&calls->list);
}

static const struct cmd_call *list_of(const struct cmd_calls *calls, size_t *count)
{
    *count = calls->list.len / sizeof(struct cmd_call);
    return (const struct cmd_call *)(const void *)calls->list.ptr;
}

/* Calls whose 0 means OK; that of the others is a length, an id or gas. */
static bool returns_ok(const struct cmd_call *call)
{
    static const enum jam_call_id calls[] = {
        JAM_CALL_BLESS, JAM_CALL_ASSIGN,  JAM_CALL_DESIGNATE, JAM_CALL_UPGRADE, JAM_CALL_TRANSFER,
        JAM_CALL_EJECT, JAM_CALL_SOLICIT, JAM_CALL_FORGET,    JAM_CALL_YIELD,   JAM_CALL_PROVIDE,
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (call->name != NULL && strcmp(call->name, jam_call_table[calls[i]].name) == 0)
            return true;
    return false;
}

void cmd_call_result(const struct cmd_call *call, struct pvm_buf *out)
{
    uint64_t value = call->result[0];
    const char *name = value != JAM_OK || returns_ok(call) ? jam_result_name(value) : NULL;
    if (call->exit != PVM_EXIT_CONTINUE)
        pvm_buf_text(out, pvm_exit_name(call->exit));
    else if (name != NULL)
        pvm_buf_text(out, name);
    else
        pvm_buf_printf(out, "%" PRIu64, value);
}

void cmd_calls_text(const struct cmd *cmd, const struct cmd_calls *calls, struct pvm_buf *out)
{
    size_t count;
    const struct cmd_call *list = list_of(calls, &count);
    if (count == 0)
        return;
    cmd_heading(cmd, "host calls in order", out);
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        pvm_buf_printf(out, "  %4zu %-18s ", i + 1,
                       list[i].name != NULL ? list[i].name : "unknown");
        cmd_call_result(&list[i], out);
        pvm_buf_printf(out, "%s, gas %" PRIu64 "\n", list[i].open ? "" : " (not open here)",
                       list[i].gas);
    }
    if (calls->count > SHOWN)
        pvm_buf_printf(out, "  and %" PRIu64 " more\n", calls->count - SHOWN);
}

void cmd_calls_json(const struct cmd_calls *calls, const char *key, struct jam_out *json)
{
    size_t count;
    const struct cmd_call *list = list_of(calls, &count);
    jam_out_array(json, key);
    for (size_t i = 0; i < count; i++) {
        struct pvm_buf result = {0};
        cmd_call_result(&list[i], &result);
        jam_out_object(json, NULL);
        if (list[i].name != NULL)
            jam_out_text(json, "name", list[i].name);
        else
            jam_out_null(json, "name");
        jam_out_number(json, "number", list[i].number);
        jam_out_bool(json, "open", list[i].open);
        jam_out_array(json, "arguments");
        for (unsigned k = 0; k < CMD_CALL_ARGS; k++)
            jam_out_word(json, NULL, list[i].args[k]);
        jam_out_end_array(json);
        jam_out_string(json, "result", pvm_buf_bytes(&result));
        jam_out_word(json, "r7", list[i].result[0]);
        jam_out_word(json, "r8", list[i].result[1]);
        jam_out_number(json, "gas", list[i].gas);
        jam_out_end_object(json);
        json->out->failed = json->out->failed || result.failed;
        pvm_buf_deinit(&result);
    }
    jam_out_end_array(json);
}
