/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ecalli_trace.h"

#include "cmd/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

static void flush(struct cmd_ecalli_trace *trace)
{
    struct pvm_buf *text = &trace->writer.text;
    size_t done = 0;
    while (trace->error == 0 && done < text->len) {
        ssize_t n = write(trace->fd, text->ptr + done, text->len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            trace->error = errno;
    }
    text->len = 0;
}

static enum pvm_status open_file(struct cmd_ecalli_trace *trace, struct pvm_err *err)
{
    int stream = cmd_file_stream(trace->path);
    if (stream >= 0)
        trace->fd = trace->to_stderr ? STDERR_FILENO : stream;
    else
        trace->fd = open(trace->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    trace->open = trace->fd >= 0 && stream < 0;
    if (trace->fd < 0)
        return pvm_fail(err, PVM_E_IO, "%.200s: %s", trace->path, strerror(errno));
    return PVM_OK;
}

static const char *params_name(const struct jam_run *run)
{
    static const char *const names[] = {[JAM_PARAMS_FULL] = "full", [JAM_PARAMS_TINY] = "tiny"};
    struct jam_params params;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        jam_params_get(jam_run_profile(run), (enum jam_param_set)i, &params);
        if (memcmp(&params, jam_run_params(run), sizeof params) == 0)
            return names[i];
    }
    return "custom";
}

/* A replay finds the version in it, see jam_ecalli_replay. */
static void describe(struct cmd_ecalli_trace *trace, struct jam_run *run)
{
    const struct jam_context *ctx = jam_run_context(run);
    pvm_buf_printf(&trace->writer.text, "comment gp %s %s %s service=%" PRIu64 "\n",
                   ctx->profile->name, params_name(run), jam_invocation_name(ctx->invocation),
                   ctx->service);
}

enum pvm_status cmd_ecalli_trace_start(struct cmd_ecalli_trace *trace, struct jam_run *run,
                                       struct pvm_err *err)
{
    if (trace->path == NULL)
        return PVM_OK;
    jam_ecalli_writer_init(&trace->writer, NULL);
    PVM_TRY(open_file(trace, err));
    trace->vm = jam_run_vm(run);
    describe(trace, run);
    if (trace->vm != NULL)
        jam_ecalli_write_start(&trace->writer, trace->code, jam_run_args(run), trace->vm);
    flush(trace);
    return PVM_OK;
}

void cmd_ecalli_trace_memory(struct cmd_ecalli_trace *trace, const struct jam_memory_event *event)
{
    if (trace->path != NULL)
        jam_ecalli_write_memory(&trace->writer, event);
}

void cmd_ecalli_trace_call(struct cmd_ecalli_trace *trace, const struct jam_call_event *event)
{
    if (trace->path == NULL)
        return;
    jam_ecalli_write_call(&trace->writer, event, trace->vm);
    flush(trace);
}

enum pvm_status cmd_ecalli_trace_end(struct cmd_ecalli_trace *trace, const struct jam_run *run,
                                     const char *failure, struct pvm_err *err)
{
    if (trace->path == NULL)
        return PVM_OK;
    if (failure != NULL)
        jam_ecalli_write_comment(&trace->writer, failure);
    else if (trace->vm == NULL)
        jam_ecalli_write_comment(&trace->writer, jam_run_result(run)->why);
    else
        jam_ecalli_write_end(&trace->writer, jam_run_result(run)->exit, trace->vm);
    flush(trace);
    if (trace->open && close(trace->fd) != 0 && trace->error == 0)
        trace->error = errno;
    enum pvm_status status = jam_ecalli_writer_status(&trace->writer, err);
    if (status == PVM_OK && trace->error != 0)
        status = pvm_fail(err, PVM_E_IO, "%.200s: %s", trace->path, strerror(trace->error));
    jam_ecalli_writer_deinit(&trace->writer);
    return status;
}
