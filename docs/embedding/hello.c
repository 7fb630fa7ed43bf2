/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <pvm.h>
#include <stdio.h>

/* add_imm_64 a0, a0, 2; ecalli 1; ret. What `pvm asm -f raw` makes of it. */
static const uint8_t program[] = {0, 0, 7, 149, 119, 2, 10, 1, 50, 0, 0x29};

static enum pvm_status serve(void *user, struct pvm_machine *machine, uint64_t call,
                             enum pvm_exit *exit, struct pvm_err *err)
{
    (void)user, (void)exit, (void)err;
    printf("host call %" PRIu64 ": a0 is %" PRIu64 "\n", call, pvm_regs(machine)[7]);
    return PVM_OK;
}

int main(void)
{
    struct pvm_module *module = NULL;
    struct pvm_machine *machine = NULL;
    struct pvm_err err;
    enum pvm_exit exit;
    enum pvm_status status = pvm_module_new(program, sizeof program, NULL, &module, &err);
    if (status == PVM_OK)
        status = pvm_machine_new(module, NULL, &machine, &err);
    if (status == PVM_OK) {
        pvm_regs(machine)[0] = 0xffff0000; /* ra: returning there halts */
        pvm_regs(machine)[7] = 40;         /* a0 */
        pvm_set_gas(machine, 1000);
        status = pvm_run_with_host(machine, serve, NULL, &exit, &err);
    }
    if (status == PVM_OK)
        printf("%s, %" PRIu64 " gas left\n", pvm_exit_name(exit), pvm_gas(machine));
    else
        printf("%s\n", err.msg);
    pvm_machine_free(machine);
    pvm_module_free(module);
    return status == PVM_OK ? 0 : 1;
}
