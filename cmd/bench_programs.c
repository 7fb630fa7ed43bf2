/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of pvm bench that run in one machine, through the public header as an embedder would. */
#include "cmd/bench.h"
#include "core/asm.h"
#include "corevm/guests.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#define PLENTY (UINT64_C(1) << 62)

enum { BLOCK = 1 << 16 };

double cmd_bench_clock(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
        return 0;
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

enum pvm_status cmd_bench_blob(const char *name, const char *gp, struct pvm_bytes *out,
                               struct pvm_err *err)
{
    for (size_t i = 0; i < corevm_guest_count; i++) {
        const struct corevm_guest *guest = &corevm_guest_table[i];
        if (strcmp(guest->name, name) == 0 && strcmp(guest->gp, gp) == 0) {
            *out = guest->blob;
            return PVM_OK;
        }
    }
    return pvm_fail(err, PVM_E_INTERNAL, "bench: no program %s", name);
}

enum pvm_status cmd_bench_check(const struct cmd_bench_case *row, struct pvm_bytes out,
                                uint64_t checksum, struct pvm_err *err)
{
    uint64_t got = out.len == 8 ? pvm_load_le(out.ptr, 8) : 0;
    if (out.len == 8 && got == checksum)
        return PVM_OK;
    return pvm_fail(err, PVM_E_INTERNAL,
                    "bench: %s: checksum 0x%016" PRIx64 " instead of 0x%016" PRIx64, row->name, got,
                    checksum);
}

static enum pvm_status check(const struct cmd_bench_case *row, struct pvm_machine *machine,
                             enum pvm_exit exit, uint64_t checksum, struct pvm_err *err)
{
    uint8_t octets[8];
    const uint64_t *regs = pvm_regs(machine);
    if (exit != PVM_EXIT_HALT || regs[8] != sizeof octets ||
        pvm_read(machine, regs[7], octets, sizeof octets) != PVM_MEM_OK)
        return pvm_fail(err, PVM_E_INTERNAL, "bench: %s: ended by %s, without a checksum",
                        row->name, pvm_exit_name(exit));
    return cmd_bench_check(row, pvm_bytes(octets, sizeof octets), checksum, err);
}

static enum pvm_status serve(void *user, struct pvm_machine *machine, uint64_t call,
                             enum pvm_exit *exit, struct pvm_err *err)
{
    uint64_t *served = user;
    (void)machine;
    (void)exit;
    (void)err;
    *served += 1 + call;
    return PVM_OK;
}

/* Runs a machine of module with the clock on. */
static enum pvm_status go(const struct cmd_bench_case *row, struct pvm_module *module, uint64_t n,
                          uint64_t checksum, struct cmd_bench_run *out, struct pvm_err *err)
{
    uint8_t args[8];
    pvm_store_le(args, n, sizeof args);
    struct pvm_machine_options how = {.size = sizeof how, .args = args, .args_len = sizeof args};
    struct pvm_machine *machine;
    uint64_t served = 0;
    enum pvm_exit exit = PVM_EXIT_CONTINUE;
    double start = cmd_bench_clock();
    PVM_TRY(pvm_machine_new(module, &how, &machine, err));
    pvm_set_gas(machine, PLENTY);
    enum pvm_status status = pvm_run_with_host(machine, serve, &served, &exit, err);
    out->seconds += cmd_bench_clock() - start;
    out->instructions = PLENTY - pvm_gas(machine);
    if (status == PVM_OK)
        status = check(row, machine, exit, checksum, err);
    pvm_machine_free(machine);
    return status;
}

static struct pvm_module_options options_for(const struct cmd_bench_run *run, const char *gp)
{
    return (struct pvm_module_options){
        .size = sizeof(struct pvm_module_options), .gp = gp, .window = !run->pages};
}

static enum pvm_status under(const char *gp, const struct cmd_bench_case *row, uint64_t n,
                             uint64_t checksum, struct cmd_bench_run *out, struct pvm_err *err)
{
    const struct pvm_module_options how = options_for(out, gp);
    struct pvm_bytes blob = pvm_bytes_none();
    struct pvm_module *module;
    PVM_TRY(cmd_bench_blob(row->program, gp, &blob, err));
    PVM_TRY(pvm_module_new(blob.ptr, blob.len, &how, &module, err));
    enum pvm_status status = go(row, module, n, checksum, out, err);
    pvm_module_free(module);
    return status;
}

enum pvm_status cmd_bench_program(const struct cmd_bench_case *row, uint64_t n, uint64_t checksum,
                                  struct cmd_bench_run *out, struct pvm_err *err)
{
    return under(CMD_BENCH_FLAT, row, n, checksum, out, err);
}

enum pvm_status cmd_bench_blocks(const struct cmd_bench_case *row, uint64_t n, uint64_t checksum,
                                 struct cmd_bench_run *out, struct pvm_err *err)
{
    PVM_TRY(under(CMD_BENCH_BLOCK, row, n, checksum, out, err));
    out->instructions = 0; /* gas does not count them */
    return PVM_OK;
}

enum pvm_status cmd_bench_calls(const struct cmd_bench_case *row, uint64_t n, uint64_t checksum,
                                struct cmd_bench_run *out, struct pvm_err *err)
{
    PVM_TRY(cmd_bench_program(row, n, checksum, out, err));
    out->instructions = 0; /* calls are what counts */
    return PVM_OK;
}

static enum pvm_status load_and_run(const struct cmd_bench_case *row, const char *gp,
                                    struct pvm_bytes blob, uint64_t checksum,
                                    struct cmd_bench_run *out, struct pvm_err *err)
{
    const struct pvm_module_options how = options_for(out, gp);
    struct pvm_module *module;
    double start = cmd_bench_clock();
    PVM_TRY(pvm_module_new(blob.ptr, blob.len, &how, &module, err));
    out->seconds = cmd_bench_clock() - start;
    enum pvm_status status = go(row, module, 0, checksum, out, err);
    pvm_module_free(module);
    return status;
}

/* The checksum in 8 octets, then the blob. */
static enum pvm_status assemble(const struct pvm_rules *rules, uint64_t n, struct pvm_buf *out,
                                struct pvm_err *err)
{
    struct pvm_buf source = {0};
    struct pvm_buf blob = {0};
    struct pvm_buf diagnostics = {0};
    struct pvm_symbols symbols = {0};
    struct pvm_asm_options how = {.rules = rules, .format = PVM_BLOB_STANDARD, .file = "w8"};
    uint64_t checksum = 0;
    cmd_bench_straight_source(n, &source, &checksum);
    enum pvm_status status = pvm_buf_status(&source, err);
    if (status == PVM_OK)
        status = pvm_assemble(&how, pvm_buf_bytes(&source), &blob, &symbols, &diagnostics, err);
    pvm_buf_add_le(out, checksum, 8);
    pvm_buf_add_bytes(out, pvm_buf_bytes(&blob));
    pvm_symbols_deinit(&symbols);
    pvm_buf_deinit(&diagnostics);
    pvm_buf_deinit(&source);
    pvm_buf_deinit(&blob);
    return status == PVM_OK ? pvm_buf_status(out, err) : status;
}

/* Assembles in another process, whose memory is not counted. */
static enum pvm_status assemble_apart(const struct pvm_rules *rules, uint64_t n,
                                      struct pvm_buf *out, struct pvm_err *err)
{
    int fd = -1;
    pid_t pid = cmd_bench_fork(&fd);
    if (pid < 0)
        return pvm_fail(err, PVM_E_IO, "bench: no process to assemble in");
    if (pid == 0) {
        bool good =
            assemble(rules, n, out, err) == PVM_OK && cmd_bench_write(fd, out->ptr, out->len);
        _exit(good ? 0 : 1);
    }
    size_t got = 1;
    while (got != 0) {
        uint8_t *room = pvm_buf_reserve(out, BLOCK);
        got = room != NULL ? cmd_bench_read(fd, room, BLOCK) : 0;
        out->len += got;
    }
    cmd_bench_reap(pid, fd);
    if (out->len <= 8)
        return pvm_fail(err, PVM_E_INTERNAL, "bench: w8 was not assembled");
    return pvm_buf_status(out, err);
}

static enum pvm_status straight(const struct cmd_bench_case *row, const struct pvm_rules *rules,
                                const char *gp, uint64_t n, struct cmd_bench_run *out,
                                struct pvm_err *err)
{
    const struct pvm_buf *made = out->kept;
    if (made->len == 0)
        PVM_TRY(assemble_apart(rules, n, out->kept, err));
    return load_and_run(row, gp, pvm_bytes(made->ptr + 8, made->len - 8), pvm_load_le(made->ptr, 8),
                        out, err);
}

enum pvm_status cmd_bench_straight(const struct cmd_bench_case *row, uint64_t n, uint64_t checksum,
                                   struct cmd_bench_run *out, struct pvm_err *err)
{
    (void)checksum;
    return straight(row, &pvm_rules_072, CMD_BENCH_FLAT, n, out, err);
}

enum pvm_status cmd_bench_straight_blocks(const struct cmd_bench_case *row, uint64_t n,
                                          uint64_t checksum, struct cmd_bench_run *out,
                                          struct pvm_err *err)
{
    (void)checksum;
    PVM_TRY(straight(row, &pvm_rules_table[PVM_RULES_080], CMD_BENCH_BLOCK, n, out, err));
    out->instructions = 0; /* gas does not count them */
    return PVM_OK;
}
