/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of pvm bench that need JAM around the machine: host calls, inner machines, whole services.
 */
#include "cmd/bench.h"
#include "corevm/driver_acc.h"
#include "host/invoke.h"

#define PLENTY (UINT64_C(1) << 62)

enum pvm_status cmd_bench_refine(const struct cmd_bench_case *row, uint64_t n, uint64_t checksum,
                                 struct cmd_bench_run *out, struct pvm_err *err)
{
    struct pvm_bytes blob = pvm_bytes_none();
    struct pvm_standard program;
    struct jam_run *run;
    uint8_t args[8];
    pvm_store_le(args, n, sizeof args);
    PVM_TRY(cmd_bench_blob(row->program, CMD_BENCH_FLAT, &blob, err));
    PVM_TRY(pvm_standard_decode(blob, &program, err));
    const struct jam_run_config config = {.invocation = JAM_REFINE,
                                          .program = &program,
                                          .gas = PLENTY,
                                          .limits = {.layout = out->pages ? PVM_LAYOUT_PAGES
                                                                          : PVM_LAYOUT_WINDOW},
                                          .args = pvm_bytes(args, sizeof args)};
    PVM_TRY(jam_run_new(&config, &run, err));
    double start = cmd_bench_clock();
    enum pvm_status status = jam_run_go(run, err);
    out->seconds = cmd_bench_clock() - start;
    if (status == PVM_OK)
        status = cmd_bench_check(row, jam_run_result(run)->output, checksum, err);
    jam_run_free(run);
    return status;
}

enum pvm_status cmd_bench_corevm(const struct cmd_bench_case *row, uint64_t n, uint64_t checksum,
                                 struct cmd_bench_run *out, struct pvm_err *err)
{
    const struct corevm_fib_options how = {.last = n - 1};
    struct corevm_fib fib;
    (void)checksum;
    double start = cmd_bench_clock();
    PVM_TRY(corevm_fib_run(&how, &fib, err));
    out->seconds = cmd_bench_clock() - start;
    enum pvm_status status = PVM_OK;
    if (fib.count != n || !corevm_fib_good(&fib))
        status = pvm_fail(err, PVM_E_INTERNAL, "bench: %s: a package failed", row->name);
    corevm_fib_deinit(&fib);
    return status;
}

/* The table lets every third block panic behind its checkpoint. */
static enum jam_outcome wanted(size_t n)
{
    return n % 3 == 0 ? JAM_ENDED_PANIC : JAM_ENDED_HALT;
}

enum pvm_status cmd_bench_accumulate(const struct cmd_bench_case *row, uint64_t n,
                                     uint64_t checksum, struct cmd_bench_run *out,
                                     struct pvm_err *err)
{
    const struct corevm_acc_options how = {.profile = NULL};
    struct corevm_acc *acc = pvm_alloc_zero(NULL, 1, sizeof *acc);
    (void)checksum;
    if (acc == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "bench: %s: out of memory", row->name);
    double start = cmd_bench_clock();
    enum pvm_status status = corevm_acc_run(&how, acc, err);
    out->seconds = cmd_bench_clock() - start;
    for (size_t i = 0; status == PVM_OK && i < n; i++)
        if (i >= COREVM_ACC_ROWS || acc->rows[i].outcome != wanted(i))
            status = pvm_fail(err, PVM_E_INTERNAL, "bench: %s: block %zu failed", row->name, i);
    corevm_acc_deinit(acc);
    pvm_alloc_free(NULL, acc);
    return status;
}
