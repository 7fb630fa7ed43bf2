/* SPDX-License-Identifier: Apache-2.0 */
/* pvm state: look at state files, compare them, turn one form into another. */
#include "cmd/files.h"
#include "cmd/load.h"
#include "cmd/state_show.h"
#include "host/hash.h"
#include "host/state_diff.h"

#include <inttypes.h>

/* Words of --to are in the order of enum jam_state_file_form. */
#define STATE_OPTIONS(X)                                                                           \
    X(STATE_GP, 0, "gp", TEXT, "VERSION",                                                          \
      "GP version; else what the file says or shows, PVM_GP, 0.7.2. convert: the one to write")    \
    X(STATE_BEFORE, 0, "before", FLAG, NULL,                                                       \
      "of a trace or vector, the state before its block; after it without this")                   \
    X(STATE_SERVICE, 0, "service", NUMBER, "ID", "show, init: this service")                       \
    X(STATE_JSON, 0, "json", FLAG, NULL, "show: print the own form")                               \
    X(STATE_TO, 0, "to", CHOICE, "own|stf|jip4|keyvals|binary", "convert: the form to write")      \
    X(STATE_OUT, 'o', "output", TEXT, "FILE", "convert, init: write to FILE")                      \
    X(STATE_CODE, 0, "code", TEXT, "BLOB", "init: the service's code")                             \
    X(STATE_BALANCE, 0, "balance", NUMBER, "N", "init: the service's balance; 1000000000")         \
    X(STATE_SLOT, 0, "slot", NUMBER, "N", "init: the slot it is; 0 without it")                    \
    X(STATE_PARAMS, 0, "params", CHOICE, "full|tiny", "init: the chain's constants; full")

enum { STATE_OPTIONS(CMD_OPTION_ENUM) STATE_OPTION_COUNT };

static const struct cmd_option options[] = {STATE_OPTIONS(CMD_OPTION_ROW)};

const struct cmd_syntax cmd_state_syntax = {
    .usage = "show FILE [--service ID] [--json]\n"
             "diff BEFORE AFTER\n"
             "root FILE\n"
             "convert FILE --to FORM [-o FILE]\n"
             "init [--service ID --code BLOB --balance N] [-o FILE]",
    .about = "A state is found in files of five forms, which are told apart by what is in them:\n"
             "  own      readable JSON: services, storage with its keys, privileges, queues\n"
             "  stf      the state of the public accumulate vectors\n"
             "  jip4     a chain specification\n"
             "  keyvals  31-octet keys with their values, also as the JSON of a trace\n"
             "  binary   a trace or genesis file\n"
             "diff says in words what differs, and ends with exit code 1 if anything does.\n"
             "root prints the state root. The forms: docs/state.md.\n",
    .options = options,
    .option_count = STATE_OPTION_COUNT,
    .min_operands = 1,
    .max_operands = 3,
};

static uint64_t bit(unsigned option)
{
    return UINT64_C(1) << option;
}

static enum pvm_status check(const struct cmd_args *args, size_t operands, uint64_t allowed,
                             struct pvm_err *err)
{
    const char *action = args->operands[0];
    if (args->operand_count != operands + 1)
        return pvm_fail(err, PVM_E_USAGE, "state %s: %zu file%s expected, %zu given", action,
                        operands, operands == 1 ? "" : "s", args->operand_count - 1);
    for (size_t i = 0; i < args->count; i++)
        if ((allowed & bit(args->list[i].option)) == 0)
            return pvm_fail(err, PVM_E_USAGE, "state %s: --%s is no option of it", action,
                            options[args->list[i].option].name);
    return PVM_OK;
}

/* Reads a state. With by_file the version is what the file says or shows rather than --gp. */
static enum pvm_status load(const struct cmd *cmd, const char *path, bool by_file,
                            struct jam_state_file **out, struct pvm_err *err)
{
    const struct cmd_args *args = &cmd->args;
    struct jam_state_options how = {.alloc = cmd->alloc};
    struct pvm_buf text = {.alloc = cmd->alloc};
    PVM_TRY(cmd_profile(cmd_args_text(args, STATE_GP), &how.fallback, err));
    if (cmd_args_has(args, STATE_GP) && !by_file)
        how.profile = how.fallback;
    how.pick = cmd_args_has(args, STATE_BEFORE) ? JAM_STATE_BEFORE : JAM_STATE_AFTER;
    if (strcmp(path, "-") != 0)
        return jam_state_load_file(path, &how, out, err);
    enum pvm_status status = cmd_read_file(path, &text, err);
    if (status == PVM_OK)
        status = jam_state_load(pvm_buf_bytes(&text), cmd_file_name(path), &how, out, err);
    pvm_buf_deinit(&text);
    return status;
}

/* ---- show, root, diff ---- */

static enum pvm_status show(struct cmd *cmd, const struct jam_state_file *file, struct pvm_err *err)
{
    const struct cmd_args *args = &cmd->args;
    bool json = cmd_args_has(args, STATE_JSON);
    if (!cmd_args_has(args, STATE_SERVICE))
        return json ? jam_state_write(file, JAM_STATE_FILE_OWN, &cmd->out, err)
                    : cmd_state_show(cmd, file, cmd_file_name(args->operands[1]), &cmd->out, err);
    uint64_t id = cmd_args_number(args, STATE_SERVICE, 0);
    const struct jam_service *service = jam_state_find(&file->state, id);
    if (service == NULL)
        return pvm_fail(err, PVM_E_USAGE, "%.200s: no service %" PRIu64,
                        cmd_file_name(args->operands[1]), id);
    if (json)
        jam_state_write_service(file, service, &cmd->out);
    else
        cmd_state_show_service(cmd, file, service, &cmd->out);
    return PVM_OK;
}

static enum pvm_status act_show(struct cmd *cmd, struct pvm_err *err)
{
    struct jam_state_file *file = NULL;
    PVM_TRY(check(&cmd->args, 1,
                  bit(STATE_GP) | bit(STATE_BEFORE) | bit(STATE_SERVICE) | bit(STATE_JSON), err));
    PVM_TRY(load(cmd, cmd->args.operands[1], false, &file, err));
    enum pvm_status status = show(cmd, file, err);
    jam_state_file_free(file);
    return status;
}

static enum pvm_status act_root(struct cmd *cmd, struct pvm_err *err)
{
    struct jam_state_file *file = NULL;
    struct jam_hash root;
    PVM_TRY(check(&cmd->args, 1, bit(STATE_GP) | bit(STATE_BEFORE), err));
    PVM_TRY(load(cmd, cmd->args.operands[1], false, &file, err));
    struct jam_state_shape shape = jam_state_file_shape(file);
    enum pvm_status status = jam_state_root(&file->state, &shape, file->present, &root, err);
    jam_state_file_free(file);
    PVM_TRY(status);
    pvm_buf_text(&cmd->out, "0x");
    pvm_buf_hex(&cmd->out, jam_hash_bytes(&root));
    pvm_buf_text(&cmd->out, "\n");
    return PVM_OK;
}

static enum pvm_status diff(struct cmd *cmd, const struct jam_state_file *before,
                            const struct jam_state_file *after, struct pvm_err *err)
{
    size_t count = 0;
    struct jam_state_shape shape = jam_state_file_shape(before);
    if (before->profile != after->profile)
        return pvm_fail(err, PVM_E_USAGE, "state diff: one state is of GP %s, one of %s, see --gp",
                        before->profile->name, after->profile->name);
    PVM_TRY(jam_state_diff(&before->state, &after->state, &shape, &cmd->out, &count, err));
    cmd->code = count == 0 ? CMD_EXIT_HALT : CMD_EXIT_ENDED;
    return PVM_OK;
}

static enum pvm_status act_diff(struct cmd *cmd, struct pvm_err *err)
{
    struct jam_state_file *before = NULL;
    struct jam_state_file *after = NULL;
    PVM_TRY(check(&cmd->args, 2, bit(STATE_GP) | bit(STATE_BEFORE), err));
    PVM_TRY(load(cmd, cmd->args.operands[1], false, &before, err));
    enum pvm_status status = load(cmd, cmd->args.operands[2], false, &after, err);
    if (status == PVM_OK)
        status = diff(cmd, before, after, err);
    jam_state_file_free(before);
    jam_state_file_free(after);
    return status;
}

/* ---- convert, init ---- */

static enum pvm_status write_out(struct cmd *cmd, const struct jam_state_file *file,
                                 enum jam_state_file_form form, struct pvm_err *err)
{
    const char *path = cmd_args_text(&cmd->args, STATE_OUT);
    struct pvm_buf text = {.alloc = cmd->alloc};
    enum pvm_status status = jam_state_write(file, form, &text, err);
    if (status == PVM_OK && path != NULL)
        status = cmd_write_file(path, pvm_buf_bytes(&text), err);
    if (status == PVM_OK && path == NULL)
        pvm_buf_add_bytes(&cmd->out, pvm_buf_bytes(&text));
    pvm_buf_deinit(&text);
    return status;
}

static enum pvm_status convert(struct cmd *cmd, const struct jam_state_file *file,
                               struct pvm_err *err)
{
    const struct jam_profile *profile = file->profile;
    struct jam_state_file *other = NULL;
    unsigned form = cmd_args_choice(&cmd->args, STATE_TO, JAM_STATE_FILE_OWN);
    if (cmd_args_has(&cmd->args, STATE_GP))
        PVM_TRY(cmd_profile(cmd_args_text(&cmd->args, STATE_GP), &profile, err));
    if (profile == file->profile)
        return write_out(cmd, file, (enum jam_state_file_form)form, err);
    PVM_TRY(jam_state_reversion(file, profile, &other, err));
    enum pvm_status status = write_out(cmd, other, (enum jam_state_file_form)form, err);
    jam_state_file_free(other);
    return status;
}

static enum pvm_status act_convert(struct cmd *cmd, struct pvm_err *err)
{
    struct jam_state_file *file = NULL;
    PVM_TRY(check(&cmd->args, 1, bit(STATE_GP) | bit(STATE_BEFORE) | bit(STATE_TO) | bit(STATE_OUT),
                  err));
    if (!cmd_args_has(&cmd->args, STATE_TO))
        return pvm_fail(err, PVM_E_USAGE, "state convert: --to FORM is missing");
    PVM_TRY(load(cmd, cmd->args.operands[1], true, &file, err));
    enum pvm_status status = convert(cmd, file, err);
    jam_state_file_free(file);
    return status;
}

/* A code preimage from a blob: a bare standard program gets the metadata it lacks. */
static enum pvm_status read_code(const struct cmd *cmd, const char *path, struct pvm_buf *code,
                                 struct pvm_err *err)
{
    struct cmd_program program = {.path = path};
    enum pvm_status status = cmd_blob_load(path, -1, &program, err);
    if (status == PVM_OK && program.blob.format == PVM_BLOB_RAW)
        status = pvm_fail(err, PVM_E_MALFORMED,
                          "%.200s: a bare program, a service is a standard program (GP 0.7.2 A.7)",
                          cmd_file_name(path));
    if (status == PVM_OK) {
        code->alloc = cmd->alloc;
        if (program.blob.format == PVM_BLOB_STANDARD)
            pvm_buf_add_u8(code, 0);
        pvm_buf_add_bytes(code, pvm_buf_bytes(&program.bytes));
        status = pvm_buf_status(code, err);
    }
    cmd_program_deinit(&program);
    return status;
}

static enum pvm_status add_service(const struct cmd *cmd, struct jam_state_file *file,
                                   struct pvm_bytes code, struct pvm_err *err)
{
    const struct cmd_args *args = &cmd->args;
    uint64_t id = cmd_args_number(args, STATE_SERVICE, 0);
    struct jam_request request = {.count = 1, .slots = {file->state.slot}};
    struct jam_service *service = NULL;
    struct jam_hash hash;
    if (id > UINT32_MAX)
        return pvm_fail(err, PVM_E_USAGE, "state init: --service %" PRIu64 ": ids are below 2^32",
                        id);
    PVM_TRY(jam_state_add(&file->state, (uint32_t)id, &service, err));
    service->balance = cmd_args_number(args, STATE_BALANCE, 1000000000);
    service->creation_slot = file->state.slot;
    if (code.ptr == NULL)
        return PVM_OK;
    PVM_TRY(jam_preimage_set(service, code, &hash, err));
    service->code_hash = hash;
    return jam_request_set(service, &hash, (uint32_t)code.len, &request, err);
}

static enum pvm_status fill(const struct cmd *cmd, struct jam_state_file *file, struct pvm_err *err)
{
    const struct cmd_args *args = &cmd->args;
    const char *path = cmd_args_text(args, STATE_CODE);
    struct pvm_buf code = {.alloc = cmd->alloc};
    uint64_t slot = cmd_args_number(args, STATE_SLOT, 0);
    size_t epoch = (size_t)file->params.epoch_length;
    if (slot > UINT32_MAX)
        return pvm_fail(err, PVM_E_USAGE, "state init: --slot %" PRIu64 ": slots are below 2^32",
                        slot);
    file->state.slot = (uint32_t)slot;
    file->present = jam_state_bit(JAM_STATE_SLOT) | jam_state_bit(JAM_STATE_ENTROPY) |
                    jam_state_bit(JAM_STATE_PRIVILEGES);
    PVM_TRY(jam_state_set_ready(&file->state, epoch, err));
    PVM_TRY(jam_state_set_accumulated(&file->state, epoch, err));
    if (!cmd_args_has(args, STATE_SERVICE) && path == NULL)
        return PVM_OK;
    enum pvm_status status = path != NULL ? read_code(cmd, path, &code, err) : PVM_OK;
    if (status == PVM_OK)
        status = add_service(cmd, file, pvm_buf_bytes(&code), err);
    pvm_buf_deinit(&code);
    return status;
}

static enum pvm_status act_init(struct cmd *cmd, struct pvm_err *err)
{
    const struct jam_profile *profile = NULL;
    struct jam_params params;
    struct jam_state_file *file = NULL;
    PVM_TRY(check(&cmd->args, 0,
                  bit(STATE_GP) | bit(STATE_SERVICE) | bit(STATE_CODE) | bit(STATE_BALANCE) |
                      bit(STATE_SLOT) | bit(STATE_PARAMS) | bit(STATE_OUT),
                  err));
    PVM_TRY(cmd_profile(cmd_args_text(&cmd->args, STATE_GP), &profile, err));
    bool tiny = cmd_args_choice(&cmd->args, STATE_PARAMS, 0) == 1;
    jam_params_get(profile, tiny ? JAM_PARAMS_TINY : JAM_PARAMS_FULL, &params);
    PVM_TRY(jam_state_file_new(profile, &params, cmd->alloc, &file, err));
    enum pvm_status status = fill(cmd, file, err);
    if (status == PVM_OK)
        status = write_out(cmd, file, JAM_STATE_FILE_OWN, err);
    jam_state_file_free(file);
    return status;
}

enum pvm_status cmd_state(struct cmd *cmd, struct pvm_err *err)
{
    static const struct {
        const char *name;
        enum pvm_status (*act)(struct cmd *cmd, struct pvm_err *err);
    } actions[] = {
        {"show", act_show},       {"diff", act_diff}, {"root", act_root},
        {"convert", act_convert}, {"init", act_init},
    };
    const char *name = cmd->args.operands[0];
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].act(cmd, err);
    return pvm_fail(err, PVM_E_USAGE,
                    "state: no action \"%.80s\", there are show, diff, root, convert and init",
                    name);
}
