/* SPDX-License-Identifier: Apache-2.0 */
/* pvm run on a bare program blob: one machine, its state from options or a vector file. */
#include "cmd/debug.h"
#include "cmd/files.h"
#include "cmd/raw_fixture.h"
#include "cmd/run.h"
#include "host/hash.h"

#include <inttypes.h>

#include <stdio.h>

#define RAW_GAS     UINT64_C(1000000000)
#define RAW_HALT    UINT64_C(0xffff0000)
#define RAW_BUDGET  ((uint64_t)4 << 30)
#define MEMORY_SIZE (UINT64_C(1) << 32)

/* "a0" or "r7"; PVM_REG_COUNT when it is no register. */
static unsigned find_register(const char *name, size_t len)
{
    for (unsigned i = 0; i < PVM_REG_COUNT; i++) {
        const char *known = pvm_reg_name(i);
        if (strlen(known) == len && strncmp(known, name, len) == 0)
            return i;
    }
    unsigned number = 0;
    if (len < 2 || len > 3 || name[0] != 'r' || (len == 3 && name[1] == '0'))
        return PVM_REG_COUNT;
    for (size_t i = 1; i < len; i++) {
        if (name[i] < '0' || name[i] > '9')
            return PVM_REG_COUNT;
        number = number * 10 + (unsigned)(name[i] - '0');
    }
    return number < PVM_REG_COUNT ? number : PVM_REG_COUNT;
}

static enum pvm_status set_register(const char *text, struct pvm_vm *vm, struct pvm_err *err)
{
    size_t len = strcspn(text, "=");
    unsigned reg = find_register(text, len);
    if (text[len] != '=' || reg == PVM_REG_COUNT ||
        !cmd_number(text + len + 1, strlen(text + len + 1), &vm->regs[reg]))
        return pvm_fail(err, PVM_E_USAGE,
                        "--reg: expected a register, = and a number below 2^64, got \"%.80s\"",
                        text);
    return PVM_OK;
}

static enum pvm_status map_pages(const char *text, struct pvm_vm *vm, struct pvm_err *err)
{
    uint64_t address, len;
    const char *rest;
    PVM_TRY(cmd_run_address("page", text, &address, &rest, err));
    size_t digits = strcspn(rest, ":");
    bool writable = strcmp(rest + digits, ":rw") == 0;
    if (!cmd_number(rest, digits, &len) || (!writable && strcmp(rest + digits, ":ro") != 0))
        return pvm_fail(err, PVM_E_USAGE,
                        "--page: expected ADDR:LEN:ro or ADDR:LEN:rw, got "
                        "\"%.80s\"",
                        text);
    if (len > MEMORY_SIZE - address || (address | len) % PVM_PAGE_SIZE != 0)
        return pvm_fail(err, PVM_E_USAGE,
                        "--page: %.80s is no range of whole pages of %d octets in 2^32", text,
                        PVM_PAGE_SIZE);
    return pvm_memory_map(&vm->memory, (uint32_t)(address >> PVM_PAGE_BITS),
                          (uint32_t)(len >> PVM_PAGE_BITS), writable ? PVM_WRITE : PVM_READ, true,
                          err);
}

static enum pvm_status put_octets(const char *text, struct pvm_vm *vm, struct pvm_err *err)
{
    uint64_t address;
    const char *rest;
    struct pvm_buf octets = {0};
    PVM_TRY(cmd_run_address("mem", text, &address, &rest, err));
    enum pvm_status status = cmd_read_value("--mem", rest, &octets, err);
    if (status == PVM_OK && octets.len > MEMORY_SIZE - address)
        status =
            pvm_fail(err, PVM_E_USAGE, "--mem: %zu octets at 0x%" PRIx64 " do not fit into 2^32",
                     octets.len, address);
    if (status == PVM_OK)
        status = pvm_memory_put(&vm->memory, address, pvm_buf_bytes(&octets), err);
    pvm_buf_deinit(&octets);
    return status;
}

/* Options in the order given: pages first, so that their zeros do not overwrite contents. */
static enum pvm_status apply_options(const struct cmd_args *args, struct pvm_vm *vm,
                                     struct pvm_err *err)
{
    for (size_t i = 0; i < args->count; i++) {
        const struct cmd_arg *arg = &args->list[i];
        if (arg->option == RUN_PAGE)
            PVM_TRY(map_pages(arg->text, vm, err));
        if (arg->option == RUN_REG)
            PVM_TRY(set_register(arg->text, vm, err));
    }
    for (size_t i = 0; i < args->count; i++) {
        if (args->list[i].option == RUN_MEM)
            PVM_TRY(put_octets(args->list[i].text, vm, err));
    }
    return PVM_OK;
}

static void on_step(void *user, const struct pvm_vm *vm)
{
    struct cmd_run *run = user;
    cmd_trace_step(&run->trace, -1, vm);
    cmd_flame_step(&run->flame, -1, vm);
    cmd_segments_step(&run->segments, -1, vm);
    cmd_record_step(run->record, -1, vm);
}

static enum pvm_status prepare(struct cmd_run *run, const struct cmd_raw_fixture *fixture,
                               struct pvm_vm *vm, struct pvm_err *err)
{
    vm->regs[0] = RAW_HALT;
    vm->gas = RAW_GAS;
    if (fixture->doc != NULL)
        PVM_TRY(cmd_raw_fixture_apply(fixture, vm, err));
    PVM_TRY(apply_options(run->args, vm, err));
    PVM_TRY(cmd_run_entry(run, vm->pc, &vm->pc, err));
    vm->gas = cmd_args_number(run->args, RUN_GAS, vm->gas);
    if (run->trace.on || run->flame.on || cmd_segments_on(&run->segments))
        vm->observer = (struct pvm_observer){on_step, run};
    return PVM_OK;
}

/* With gas beyond --max-gas kept out of the machine's sight; an observer must see it, so that the
 * limit is on instructions then. */
static enum pvm_status run_capped(const struct cmd_run *run, struct pvm_vm *vm, enum pvm_exit *exit,
                                  struct pvm_err *err)
{
    uint64_t most = cmd_run_max_gas(run->args);
    uint64_t kept = vm->gas > most ? vm->gas - most : 0;
    bool watched = vm->observer.step != NULL && kept != 0;
    if (!watched)
        vm->gas -= kept;
    PVM_TRY(watched ? pvm_vm_step(vm, most, exit, err) : pvm_vm_run(vm, exit, err));
    if (!watched)
        vm->gas += kept;
    if (watched ? *exit == PVM_EXIT_CONTINUE : *exit == PVM_EXIT_OOG && kept != 0)
        return pvm_fail(err, PVM_E_LIMIT,
                        "host limit: %llu gas are used, as much as may be; --max-gas allows more",
                        (unsigned long long)most);
    return PVM_OK;
}

static enum pvm_status go(struct cmd_run *run, const struct cmd_raw_fixture *fixture,
                          struct pvm_vm *vm, struct pvm_err *err)
{
    enum pvm_exit exit;
    PVM_TRY(prepare(run, fixture, vm, err));
    uint64_t limit = vm->gas;
    struct cmd_report *report = &run->report;
    report->file = run->name;
    report->mode = "raw";
    report->profile = run->profile;
    report->vm = vm;
    report->gas_limit = limit;
    PVM_TRY(cmd_segments_begin(&run->segments, run->profile, "raw", vm, err));
    enum pvm_status status = run_capped(run, vm, &exit, err);
    report->gas_left = vm->gas;
    if (status == PVM_OK)
        status = cmd_segments_end(&run->segments, exit, err);
    else if (status == PVM_E_LIMIT)
        (void)!cmd_segments_end(&run->segments, PVM_EXIT_CONTINUE, NULL);
    status = cmd_segments_close(&run->segments, status, err);
    if (status == PVM_E_LIMIT)
        return cmd_run_limited(run, err);
    if (status != PVM_OK)
        return status;
    PVM_TRY(cmd_flame_end(&run->flame, err));
    report->outcome = pvm_exit_name(exit);
    report->good = exit == PVM_EXIT_HALT;
    cmd_report_stops(report, exit, &run->symbols, &run->loaded.id);
    return cmd_run_report(run, err);
}

/* What the debugger makes machines from. */
struct making {
    struct cmd_run *run;
    const struct cmd_raw_fixture *fixture;
    struct pvm_program *program;
    struct pvm_budget budget;
};

static enum pvm_status make_again(void *user, struct pvm_vm *vm, struct pvm_err *err)
{
    struct making *making = user;
    making->budget.used = 0;
    pvm_vm_init(vm, making->program, NULL, &making->budget);
    return prepare(making->run, making->fixture, vm, err);
}

static enum pvm_status debug(struct cmd_run *run, const struct cmd_raw_fixture *fixture,
                             struct pvm_program *program, const struct pvm_budget *budget,
                             struct pvm_err *err)
{
    struct making making = {run, fixture, program, *budget};
    struct cmd_debug_source source = {
        .raw = make_again, .user = &making, .most = cmd_run_max_gas(run->args)};
    return cmd_debug_session(run, &source, err);
}

static enum pvm_status fail_program(const struct cmd_run *run, enum pvm_status status,
                                    struct pvm_err *err)
{
    char place[200];
    (void)snprintf(place, sizeof place, "%.180s%s", cmd_file_name(run->name),
                   run->loaded.path == NULL ? ": $.program" : "");
    return pvm_fail_at(err, status, place);
}

static enum pvm_status with_program(struct cmd_run *run, const struct cmd_raw_fixture *fixture,
                                    struct pvm_bytes blob, struct pvm_err *err)
{
    struct pvm_program *program;
    enum pvm_status status =
        pvm_program_new_in(run->profile->rules, PVM_LAYOUT_WINDOW, NULL, blob, &program, err);
    if (status != PVM_OK)
        return fail_program(run, status, err);
    struct pvm_budget budget = {.limit =
                                    (size_t)cmd_args_number(run->args, RUN_MAX_MEMORY, RAW_BUDGET)};
    if (run->debug != NULL) {
        status = debug(run, fixture, program, &budget, err);
        pvm_program_free(program);
        return status;
    }
    struct pvm_vm vm;
    pvm_vm_init(&vm, program, NULL, &budget);
    pvm_program_free(program);
    status = go(run, fixture, &vm, err);
    pvm_vm_deinit(&vm);
    return status;
}

enum pvm_status cmd_run_raw(struct cmd_run *run, struct pvm_err *err)
{
    struct cmd_raw_fixture fixture = {0};
    struct pvm_buf blob = {0};
    const char *path = cmd_args_text(run->args, RUN_FIXTURE);
    enum pvm_status status = PVM_OK;
    if (path != NULL)
        status = cmd_raw_fixture_load(path, RAW_GAS, &fixture, err);
    if (status == PVM_OK && run->loaded.path == NULL) {
        status = cmd_raw_fixture_program(&fixture, &blob, err);
        run->loaded.id = jam_hash(pvm_buf_bytes(&blob));
    }
    if (status == PVM_OK)
        status = with_program(
            run, &fixture,
            run->loaded.path != NULL ? run->loaded.blob.program : pvm_buf_bytes(&blob), err);
    cmd_raw_fixture_deinit(&fixture);
    pvm_buf_deinit(&blob);
    return status;
}
