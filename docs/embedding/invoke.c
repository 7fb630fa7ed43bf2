/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jam.h from C: Accumulate of a service on a state, what it changed, and the state after.
 *
 *     pvm asm -f jam service.s -o service.jam
 *     pvm state init --service 5 --code service.jam --balance 1000000 -o before.json
 *     ./invoke 5 <before.json >after.json
 */
#include <inttypes.h>
#include <jam.h>
#include <stdio.h>
#include <stdlib.h>

static enum pvm_status accumulate(struct jam_world *world, uint32_t service, struct pvm_err *err)
{
    struct jam_job_options options = {.size = sizeof options, .service = service};
    struct jam_transfer_input transfer = {.size = sizeof transfer, .source = 9, .amount = 100,
                                          .gas = 100000};
    struct jam_job *job;
    const char *changes = "";
    enum pvm_status status = jam_job_new(world, JAM_ACCUMULATE, &options, &job, err);
    if (status != PVM_OK)
        return status;
    status = jam_job_add_transfer(job, &transfer, err);
    if (status == PVM_OK)
        status = jam_job_run(job, err);
    if (status == PVM_OK)
        status = jam_job_changes(job, &changes, err);
    if (status == PVM_OK)
        status = jam_job_commit(job, err);
    if (status == PVM_OK)
        fprintf(stderr, "%s, %" PRIu64 " gas\n%s", jam_outcome_name(jam_job_outcome(job)),
                jam_job_gas_used(job), changes);
    jam_job_free(job);
    return status;
}

int main(int argc, char **argv)
{
    static char text[1 << 20];
    struct jam_world *world;
    struct pvm_err err;
    const uint8_t *after;
    size_t len = fread(text, 1, sizeof text, stdin);
    enum pvm_status status = jam_world_load(text, len, NULL, &world, &err);
    if (status == PVM_OK) {
        status = accumulate(world, argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0, &err);
        if (status == PVM_OK)
            status = jam_world_write(world, "own", &after, &len, &err);
        if (status == PVM_OK)
            fwrite(after, 1, len, stdout);
        jam_world_free(world);
    }
    if (status != PVM_OK)
        fprintf(stderr, "%s\n", err.msg);
    return status == PVM_OK ? 0 : 1;
}
