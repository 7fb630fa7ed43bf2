/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_input.h"

#include "cmd/files.h"

/* Where the file names in a fixture start: the folder of its own file. */
static void folder_of(const char *path, struct pvm_buf *out)
{
    const char *slash = strrchr(path, '/');
    if (slash != NULL)
        pvm_buf_add(out, path, slash == path ? 1 : (size_t)(slash - path));
    else
        pvm_buf_text(out, ".");
}

enum pvm_status cmd_fixture_load(const char *path, struct jam_fixture_options *how,
                                 struct jam_fixture **out, struct pvm_err *err)
{
    if (path == NULL)
        return jam_fixture_load(pvm_bytes_none(), "no fixture", how, out, err);
    struct pvm_buf text = {0};
    struct pvm_buf folder = {0};
    folder_of(path, &folder);
    how->folder = pvm_buf_str(&folder);
    enum pvm_status status = pvm_buf_status(&folder, err);
    if (status == PVM_OK)
        status = cmd_read_file(path, &text, err);
    if (status == PVM_OK && text.len == 0)
        status = pvm_fail(err, PVM_E_MALFORMED, "%.200s: empty", cmd_file_name(path));
    if (status == PVM_OK)
        status = jam_fixture_load(pvm_buf_bytes(&text), cmd_file_name(path), how, out, err);
    pvm_buf_deinit(&text);
    pvm_buf_deinit(&folder);
    return status;
}

enum pvm_status cmd_run_input_load(struct cmd_run *run, enum jam_invocation invocation,
                                   struct cmd_run_input *out, struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    const char *payload = cmd_args_text(args, RUN_PAYLOAD);
    struct jam_fixture_options how = {
        .profile = cmd_args_has(args, RUN_GP) ? run->profile : NULL,
        .fallback = run->profile,
        .blob = pvm_buf_bytes(&run->loaded.bytes),
        .invocation = invocation,
        .has_item = cmd_args_has(args, RUN_ITEM),
        .has_core = cmd_args_has(args, RUN_CORE),
        .item = cmd_args_number(args, RUN_ITEM, 0),
        .core = cmd_args_number(args, RUN_CORE, 0),
    };
    *out = (struct cmd_run_input){0};
    PVM_TRY(cmd_fixture_load(cmd_args_text(args, RUN_FIXTURE), &how, &out->fixture, err));
    run->profile = out->fixture->profile;
    if (payload != NULL) {
        PVM_TRY(cmd_read_value("run: --payload", payload, &out->payload, err));
        out->fixture->items[out->fixture->item].payload = pvm_buf_bytes(&out->payload);
    }
    if (cmd_args_has(args, RUN_ARGS))
        PVM_TRY(cmd_read_value("run: --args", cmd_args_text(args, RUN_ARGS), &out->args, err));
    return PVM_OK;
}

void cmd_run_input_deinit(struct cmd_run_input *input)
{
    jam_fixture_free(input->fixture);
    pvm_buf_deinit(&input->args);
    pvm_buf_deinit(&input->payload);
}
