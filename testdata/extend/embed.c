/* SPDX-License-Identifier: Apache-2.0 */
/* A program with libpvm and an extension in it: runs the service in the file that its argument names
 * as Refine, prints how that ended, the output in hexadecimal, and what the extension reports. */
#include <jam.h>
#include <jam_extension.h>
#include <stdio.h>
#include <stdlib.h>

extern const struct jam_extension jam_extension_table;

static int fail(const struct pvm_err *err)
{
    fprintf(stderr, "embed: %s\n", err->msg);
    return 1;
}

/* Runs a job; returns an exit code. */
static int run(struct jam_job *job)
{
    struct pvm_err err;
    const char *report;
    size_t len;
    if (jam_job_run(job, &err) != PVM_OK || jam_job_report(job, &report, &err) != PVM_OK)
        return fail(&err);
    const uint8_t *output = jam_job_output(job, &len);
    printf("%s ", jam_outcome_name(jam_job_outcome(job)));
    for (size_t i = 0; i < len; i++)
        printf("%02x", output[i]);
    printf("\n%s", report);
    return 0;
}

int main(int argc, char **argv)
{
    static char blob[65536];
    const struct jam_extension_use use = {&jam_extension_table, NULL, 0};
    struct jam_job_options options = {
        .size = sizeof options, .blob = blob, .extensions = &use, .extension_count = 1};
    struct jam_world *world;
    struct jam_job *job;
    struct pvm_err err;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL)
        return 2;
    options.blob_len = fread(blob, 1, sizeof blob, file);
    (void)fclose(file);
    if (jam_world_new(NULL, &world, &err) != PVM_OK)
        return fail(&err);
    if (jam_job_new(world, JAM_REFINE, &options, &job, &err) != PVM_OK)
        return fail(&err);
    int code = run(job);
    jam_job_free(job);
    jam_world_free(world);
    return code;
}
