/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/state_input.h"

#include "cmd/files.h"
#include "cmd/load.h"

enum pvm_status cmd_state_load(const struct cmd *cmd, const char *path, const char *gp,
                               struct jam_state_file **out, struct pvm_err *err)
{
    struct jam_state_options how = {.alloc = cmd->alloc};
    struct pvm_buf text = {.alloc = cmd->alloc};
    PVM_TRY(cmd_profile(gp, &how.fallback, err));
    if (gp != NULL)
        how.profile = how.fallback;
    if (strcmp(path, "-") != 0)
        return jam_state_load_file(path, &how, out, err);
    enum pvm_status status = cmd_read_file(path, &text, err);
    if (status == PVM_OK)
        status = jam_state_load(pvm_buf_bytes(&text), cmd_file_name(path), &how, out, err);
    pvm_buf_deinit(&text);
    return status;
}

enum pvm_status cmd_state_save(const struct cmd *cmd, const char *path,
                               const struct jam_state_file *file, struct pvm_err *err)
{
    struct pvm_buf text = {.alloc = cmd->alloc};
    enum pvm_status status = jam_state_write(file, file->form, &text, err);
    if (status == PVM_OK)
        status = cmd_write_file(path, pvm_buf_bytes(&text), err);
    pvm_buf_deinit(&text);
    return status;
}

void cmd_hash_text(const struct jam_hash *hash, struct pvm_buf *out)
{
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, jam_hash_bytes(hash));
}

void cmd_octets_text(struct pvm_bytes octets, size_t max, struct pvm_buf *out)
{
    size_t shown = octets.len < max ? octets.len : max;
    if (octets.len == 0) {
        pvm_buf_text(out, "empty");
        return;
    }
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, pvm_bytes(octets.ptr, shown));
    if (shown < octets.len)
        pvm_buf_printf(out, "... (%zu octets)", octets.len);
}
