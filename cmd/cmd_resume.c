/* SPDX-License-Identifier: Apache-2.0 */
/* pvm resume: runs segments of a recorded run again. */
#include "cmd/cmd.h"
#include "core/opcode.h"
#include "host/json_out.h"
#include "host/seg_replay.h"

#define RESUME_OPTIONS(X)                                                                          \
    X(RESUME_SEGMENT, 's', "segment", NUMBER, "K", "begin with segment K, from 0; 0 if not said")  \
    X(RESUME_COUNT, 'n', "count", NUMBER, "N",                                                     \
      "run N segments; if not said, up to the end of the run that K belongs to")                   \
    X(RESUME_JSON, 0, "json", FLAG, NULL, "print JSON")

enum { RESUME_OPTIONS(CMD_OPTION_ENUM) RESUME_OPTION_COUNT };

static const struct cmd_option options[] = {RESUME_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_resume_syntax = {
    .usage = "DIR [--segment K] [--count N]",
    .about = "DIR was written by pvm run --segments. The machines are put into the state that\n"
             "segment K begins with, and run from there under the interpreter. Host calls get\n"
             "the answers that were recorded. After every segment the state must be the recorded\n"
             "one; exit code 1 says that it is not.\n",
    .options = options,
    .option_count = RESUME_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 1,
};

struct resume {
    struct cmd *cmd;
    struct jam_seg_directory directory;
    struct jam_seg_replay *replay;
    uint64_t first;
    struct pvm_err wrong;
};

static enum pvm_status run(struct resume *resume, struct pvm_err *err)
{
    const struct cmd_args *args = &resume->cmd->args;
    uint64_t left = cmd_args_number(args, RESUME_COUNT, UINT64_MAX);
    enum pvm_status status = PVM_OK;
    while (left > 0 && status == PVM_OK && !jam_seg_replay_over(resume->replay)) {
        status = jam_seg_replay_next(resume->replay, &resume->wrong);
        left--;
    }
    return status == PVM_OK || status == PVM_E_MALFORMED
               ? PVM_OK
               : pvm_fail(err, status, "%s", resume->wrong.msg);
}

static enum pvm_status begin(struct resume *resume, struct pvm_err *err)
{
    const struct cmd_args *args = &resume->cmd->args;
    resume->first = cmd_args_number(args, RESUME_SEGMENT, 0);
    if (cmd_args_number(args, RESUME_COUNT, 1) == 0)
        return pvm_fail(err, PVM_E_USAGE, "resume: --count 0: nothing is to be run");
    enum pvm_status status =
        jam_seg_open(args->operands[0], resume->cmd->alloc, &resume->directory, &resume->wrong);
    if (status == PVM_E_MALFORMED)
        return PVM_OK;
    if (status != PVM_OK)
        return pvm_fail(err, status, "%s", resume->wrong.msg);
    size_t count = jam_seg_segment_count(&resume->directory);
    if (resume->first >= count)
        return pvm_fail(err, PVM_E_USAGE, "resume: --segment %llu: there are %zu, from 0",
                        (unsigned long long)resume->first, count);
    PVM_TRY(jam_seg_replay_new(&resume->directory, (size_t)resume->first, &resume->replay, err));
    return run(resume, err);
}

/* ---- the report ---- */

static void print_machine_text(const struct jam_seg_machine *machine, struct pvm_buf *out)
{
    if (machine->serial == 0)
        pvm_buf_text(out, "outer machine");
    else
        pvm_buf_printf(out, "machine %llu", (unsigned long long)machine->id);
    pvm_buf_printf(out, ": pc 0x%llx, gas %llu\n", (unsigned long long)machine->at.pc,
                   (unsigned long long)machine->at.gas);
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        pvm_buf_printf(out, "  %-3s 0x%llx%s", pvm_reg_name(i),
                       (unsigned long long)machine->at.regs[i],
                       i % 4 == 3 || i + 1 == PVM_REG_COUNT ? "\n" : "");
}

static void print_text(const struct resume *resume)
{
    struct pvm_buf *out = &resume->cmd->out;
    if (resume->wrong.status != PVM_OK) {
        pvm_buf_printf(out, "wrong: %s\n", resume->wrong.msg);
        return;
    }
    const struct jam_seg_state *state = jam_seg_replay_state(resume->replay);
    uint64_t last = resume->first + jam_seg_replay_segments(resume->replay) - 1;
    const struct jam_hash *end = &jam_seg_entry(&resume->directory, (size_t)last)->end;
    pvm_buf_printf(out,
                   "segments %llu to %llu: %llu instructions, every state is the recorded one\n",
                   (unsigned long long)resume->first, (unsigned long long)last,
                   (unsigned long long)jam_seg_replay_steps(resume->replay));
    pvm_buf_printf(out, "%s\nstate 0x",
                   state->exit == PVM_EXIT_CONTINUE ? "the run goes on"
                                                    : pvm_exit_name(state->exit));
    pvm_buf_hex(out, pvm_bytes(end->octets, JAM_HASH_SIZE));
    pvm_buf_text(out, "\n");
    for (size_t i = 0; i < state->count; i++)
        print_machine_text(state->list[i], out);
}

static void print_machine_json(const struct jam_seg_machine *machine, struct jam_out *json)
{
    jam_out_object(json, NULL);
    if (machine->serial != 0)
        jam_out_number(json, "id", machine->id);
    jam_out_word(json, "pc", machine->at.pc);
    jam_out_number(json, "gas", machine->at.gas);
    jam_out_array(json, "registers");
    for (unsigned i = 0; i < PVM_REG_COUNT; i++)
        jam_out_word(json, NULL, machine->at.regs[i]);
    jam_out_end_array(json);
    jam_out_end_object(json);
}

static void print_json(const struct resume *resume)
{
    struct jam_out json = jam_out(&resume->cmd->out);
    jam_out_object(&json, NULL);
    jam_out_bool(&json, "good", resume->wrong.status == PVM_OK);
    if (resume->wrong.status != PVM_OK) {
        jam_out_text(&json, "wrong", resume->wrong.msg);
    } else {
        const struct jam_seg_state *state = jam_seg_replay_state(resume->replay);
        uint64_t count = jam_seg_replay_segments(resume->replay);
        const struct jam_seg_entry *last =
            jam_seg_entry(&resume->directory, (size_t)(resume->first + count - 1));
        jam_out_number(&json, "first", resume->first);
        jam_out_number(&json, "segments", count);
        jam_out_number(&json, "instructions", jam_seg_replay_steps(resume->replay));
        jam_out_text(&json, "exit", pvm_exit_name(state->exit));
        jam_out_hex(&json, "state", pvm_bytes(last->end.octets, JAM_HASH_SIZE));
        jam_out_array(&json, "machines");
        for (size_t i = 0; i < state->count; i++)
            print_machine_json(state->list[i], &json);
        jam_out_end_array(&json);
    }
    jam_out_end_object(&json);
    jam_out_finish(&json);
}

enum pvm_status cmd_resume(struct cmd *cmd, struct pvm_err *err)
{
    struct resume resume = {.cmd = cmd};
    enum pvm_status status = begin(&resume, err);
    if (status == PVM_OK) {
        if (cmd_args_has(&cmd->args, RESUME_JSON))
            print_json(&resume);
        else
            print_text(&resume);
        cmd->code = resume.wrong.status == PVM_OK ? CMD_EXIT_HALT : CMD_EXIT_ENDED;
        status = pvm_buf_status(&cmd->out, err);
    }
    jam_seg_replay_free(resume.replay);
    jam_seg_directory_deinit(&resume.directory);
    return status;
}
