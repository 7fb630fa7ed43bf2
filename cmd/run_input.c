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

/* Octets of an option, if it is given. */
static enum pvm_status read_octets(const struct cmd_args *args, unsigned option, const char *name,
                                   struct pvm_buf *out, struct pvm_bytes *target,
                                   struct pvm_err *err)
{
    const char *text = cmd_args_text(args, option);
    if (text == NULL)
        return PVM_OK;
    PVM_TRY(cmd_read_value(name, text, out, err));
    *target = pvm_buf_bytes(out);
    return PVM_OK;
}

static enum pvm_status read_overrides(const struct cmd_args *args, struct cmd_run_input *out,
                                      struct pvm_err *err)
{
    struct jam_fixture *fixture = out->fixture;
    PVM_TRY(read_octets(args, RUN_PAYLOAD, "--payload", &out->payload,
                        &fixture->items[fixture->item].payload, err));
    PVM_TRY(read_octets(args, RUN_CONFIG, "--config", &out->config,
                        &fixture->package.authorizer_config, err));
    PVM_TRY(
        read_octets(args, RUN_TOKEN, "--token", &out->token, &fixture->package.authorization, err));
    PVM_TRY(read_octets(args, RUN_AUTH_TRACE, "--auth-trace", &out->trace, &fixture->trace, err));
    if (cmd_args_has(args, RUN_ARGS))
        PVM_TRY(cmd_read_value("--args", cmd_args_text(args, RUN_ARGS), &out->args, err));
    return PVM_OK;
}

static enum pvm_status load_state(struct cmd_run *run, struct jam_fixture_options *how,
                                  struct cmd_run_input *out, struct pvm_err *err)
{
    const char *path = cmd_args_text(run->args, RUN_STATE);
    const char *fixture = cmd_args_text(run->args, RUN_FIXTURE);
    if (path == NULL)
        return PVM_OK;
    if (fixture != NULL && strcmp(path, "-") == 0 && strcmp(fixture, "-") == 0)
        return pvm_fail(err, PVM_E_USAGE, "--state and --fixture cannot both be standard input");
    PVM_TRY(cmd_state_load(run->cmd, path, cmd_args_text(run->args, RUN_GP), &out->state, err));
    how->state = &out->state->state;
    how->params = &out->state->params;
    how->fallback = out->state->profile;
    return PVM_OK;
}

static enum pvm_status check_versions(const struct cmd_run_input *input, struct pvm_err *err)
{
    if (input->state == NULL ||
        strcmp(input->state->profile->name, input->fixture->profile->name) == 0)
        return PVM_OK;
    return pvm_fail(err, PVM_E_USAGE, "the state is of GP %s, the fixture of %s, see --gp",
                    input->state->profile->name, input->fixture->profile->name);
}

enum pvm_status cmd_run_input_load(struct cmd_run *run, enum jam_invocation invocation,
                                   struct cmd_run_input *out, struct pvm_err *err)
{
    const struct cmd_args *args = run->args;
    uint64_t service = cmd_args_number(args, RUN_SERVICE, 0);
    bool block = invocation == JAM_ACCUMULATE || invocation == JAM_ON_TRANSFER;
    *out = (struct cmd_run_input){0};
    if (service > UINT32_MAX)
        return pvm_fail(err, PVM_E_USAGE, "--service: ids are below 2^32");
    struct jam_fixture_options how = {
        .profile = cmd_args_has(args, RUN_GP) ? run->profile : NULL,
        .fallback = run->profile,
        .invocation = invocation,
        .has_item = cmd_args_has(args, RUN_ITEM),
        .has_core = cmd_args_has(args, RUN_CORE),
        .has_service = cmd_args_has(args, RUN_SERVICE),
        .item = cmd_args_number(args, RUN_ITEM, 0),
        .core = cmd_args_number(args, RUN_CORE, 0),
        .service = (uint32_t)service,
    };
    how.extensions = cmd_extensions_uses(run->cmd, &how.extension_count);
    PVM_TRY(load_state(run, &how, out, err));
    if (!block || out->state == NULL) /* else BLOB runs in a state that stays as it is */
        how.blob = pvm_buf_bytes(&run->loaded.bytes);
    PVM_TRY(cmd_fixture_load(cmd_args_text(args, RUN_FIXTURE), &how, &out->fixture, err));
    run->profile = out->fixture->profile;
    PVM_TRY(check_versions(out, err));
    return read_overrides(args, out, err);
}

void cmd_run_input_deinit(struct cmd_run_input *input)
{
    jam_fixture_free(input->fixture);
    jam_state_file_free(input->state);
    pvm_buf_deinit(&input->args);
    pvm_buf_deinit(&input->payload);
    pvm_buf_deinit(&input->config);
    pvm_buf_deinit(&input->token);
    pvm_buf_deinit(&input->trace);
}
