/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpvm from C: a buffer shared with the guest, host calls served here, and every way a run can
 * end.
 *
 *     pvm asm -f raw guest.s -o guest.pvm
 *     cc example.c $(pkg-config --cflags --libs pvm) -o example && ./example guest.pvm
 *
 * With a number behind the file it measures what a host call costs instead.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <pvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SHARED = 0x20000, FAR = 0x50000, A0 = 7, A1 = 8, GAS = 1000, CALL_GAS = 10 };

/* ---- memory, counted ---- */

static void *resize(void *user, void *ptr, size_t size)
{
    long *live = user;
    if (size == 0) {
        *live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    void *got = realloc(ptr, size);
    *live += got != NULL && ptr == NULL;
    return got;
}

/* ---- host calls ---- */

struct host {
    uint8_t buffer[PVM_PAGE_SIZE]; /* the guest's page at SHARED */
};

static enum pvm_status fail(struct pvm_err *err, enum pvm_status status, const char *msg)
{
    err->status = status;
    snprintf(err->msg, sizeof err->msg, "%s", msg);
    return status;
}

/* Little endian, as the guest is. */
static uint64_t load(const uint8_t *at)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

/* a0 := the sum of the a1 numbers at a0, which lie in the buffer: nothing is copied. */
static enum pvm_exit sum(struct host *host, uint64_t *regs)
{
    uint64_t offset = regs[A0] - SHARED;
    uint64_t count = regs[A1];
    if (offset > sizeof host->buffer || count > (sizeof host->buffer - offset) / 8)
        return PVM_EXIT_PANIC;
    regs[A0] = 0;
    for (uint64_t i = 0; i < count; i++)
        regs[A0] += load(host->buffer + offset + 8 * i);
    return PVM_EXIT_CONTINUE;
}

static enum pvm_status serve(void *user, struct pvm_machine *machine, uint64_t call,
                             enum pvm_exit *exit, struct pvm_err *err)
{
    if (call == 4)
        return PVM_OK;
    if (!pvm_charge(machine, CALL_GAS)) {
        *exit = PVM_EXIT_OOG;
        return PVM_OK;
    }
    switch (call) {
    case 1:
        *exit = sum(user, pvm_regs(machine));
        return PVM_OK;
    case 2:
        return fail(err, PVM_E_USAGE, "refused by the host");
    case 3: /* C has no exceptions; where it has, they end here */
        return fail(err, PVM_E_INTERNAL, "the host went wrong");
    default:
        *exit = PVM_EXIT_PANIC;
        return PVM_OK;
    }
}

/* ---- scenarios ---- */

/* A machine whose a0 says what the guest shall do. */
static struct pvm_machine *start(struct pvm_module *module, const struct pvm_alloc *alloc,
                                 struct host *host, uint64_t what, struct pvm_err *err)
{
    struct pvm_machine_options options = {.size = sizeof options, .alloc = alloc};
    struct pvm_machine *machine;
    if (pvm_machine_new(module, &options, &machine, err) != PVM_OK)
        return NULL;
    if (pvm_lend(machine, SHARED, host->buffer, sizeof host->buffer, err) != PVM_OK) {
        pvm_machine_free(machine);
        return NULL;
    }
    pvm_regs(machine)[0] = 0xffff0000; /* ra: returning there halts */
    pvm_regs(machine)[A0] = what;
    pvm_set_gas(machine, GAS);
    return machine;
}

/* Answers a page fault by mapping the page, then goes on. */
static enum pvm_status map_and_go_on(struct pvm_machine *machine, struct host *host,
                                     enum pvm_exit *exit, struct pvm_err *err)
{
    printf("page-fault at 0x%" PRIx64 ", then ", pvm_exit_arg(machine));
    enum pvm_status status =
        pvm_map(machine, pvm_exit_arg(machine), PVM_PAGE_SIZE, PVM_WRITE, err);
    if (status != PVM_OK || pvm_store_u64(machine, FAR + 8, 7) != PVM_MEM_OK)
        return status;
    return pvm_run_with_host(machine, serve, host, exit, err);
}

static void run(struct pvm_machine *machine, struct host *host, struct pvm_err *err)
{
    enum pvm_exit exit;
    enum pvm_status status = pvm_run_with_host(machine, serve, host, &exit, err);
    if (status == PVM_OK && exit == PVM_EXIT_FAULT)
        status = map_and_go_on(machine, host, &exit, err);
    if (status != PVM_OK) {
        /* The machine stands behind the call that failed and can go on. */
        printf("error \"%s\", then ", err->msg);
        status = pvm_run_with_host(machine, serve, host, &exit, err);
    }
    if (status != PVM_OK)
        printf("error \"%s\"", err->msg);
    else if (exit == PVM_EXIT_HALT)
        printf("halt, a0 = %" PRIu64, pvm_regs(machine)[A0]);
    else
        printf("%s at %" PRIu64, pvm_exit_name(exit), pvm_pc(machine));
    printf(", gas %" PRIu64 "\n", pvm_gas(machine));
}

static int scenarios(struct pvm_module *module, const struct pvm_alloc *alloc, struct pvm_err *err)
{
    static const char *const names[] = {"sum", "panic", "forever", "fault", "refused", "raised"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        struct host host = {{0}};
        struct pvm_machine *machine = start(module, alloc, &host, i, err);
        if (machine == NULL)
            return 1;
        printf("%s: ", names[i]);
        run(machine, &host, err);
        if (i == 0)
            printf("in the buffer: %" PRIu64 "\n", load(host.buffer + 80));
        pvm_machine_free(machine);
    }
    return 0;
}

/* Lets the guest make host calls until its gas ends: two instructions and a call each. */
static int measure(struct pvm_module *module, struct host *host, uint64_t rounds,
                   struct pvm_err *err)
{
    struct pvm_machine *machine = start(module, NULL, host, 6, err);
    struct timespec from, to;
    enum pvm_exit exit;
    if (machine == NULL)
        return 1;
    pvm_set_gas(machine, 2 * rounds);
    clock_gettime(CLOCK_MONOTONIC, &from);
    enum pvm_status status = pvm_run_with_host(machine, serve, host, &exit, err);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
    printf("%.1f ns a host call\n", ns / (double)rounds);
    pvm_machine_free(machine);
    return status == PVM_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    uint8_t blob[4096];
    struct pvm_module *module;
    struct pvm_err err;
    struct host host = {{0}};
    long live = 0;
    const struct pvm_alloc alloc = {resize, &live};
    struct pvm_module_options options = {.size = sizeof options, .alloc = &alloc};
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL)
        return 2;
    size_t len = fread(blob, 1, sizeof blob, file);
    fclose(file);
    if (pvm_module_new(blob, len, &options, &module, &err) != PVM_OK) {
        printf("%s\n", err.msg);
        return 3;
    }
    int code = argc > 2 ? measure(module, &host, strtoul(argv[2], NULL, 10), &err)
                        : scenarios(module, &alloc, &err);
    pvm_module_free(module);
    printf("%ld blocks not freed\n", live);
    return code;
}
