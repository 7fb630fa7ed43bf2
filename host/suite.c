/* SPDX-License-Identifier: Apache-2.0 */
#include "host/suite.h"

#include "host/vector_preimages.h"
#include "host/vector_stf.h"
#include "host/vector_trace.h"

#include <string.h>

/* Whether a folder of the path, or the start of one, has that name. */
static bool path_has(const char *path, const char *folder)
{
    return strstr(path, folder) != NULL;
}

/* ---- stf/accumulate ---- */

static bool is_stf(const struct jam_suite_file *file)
{
    if (jam_vector_is_text(file->octets))
        return jam_stf_is_json(file->octets);
    return path_has(file->path, "accumulate") && !jam_trace_is(file->octets);
}

static enum pvm_status run_stf(const struct jam_suite_file *file,
                               const struct jam_suite_options *options, jam_suite_sink sink,
                               void *user, struct pvm_err *err)
{
    struct jam_stf *stf = NULL;
    PVM_TRY(jam_stf_load(file->octets, file->path, &options->vector, &stf, err));
    struct jam_vector_result result;
    jam_vector_result_init(&result, options->vector.alloc);
    enum pvm_status status = jam_stf_run(stf, &options->vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, "", &result, err);
    jam_vector_result_deinit(&result);
    jam_stf_free(stf);
    return status;
}

/* ---- stf/preimages ---- */

static bool is_preimages(const struct jam_suite_file *file)
{
    if (jam_vector_is_text(file->octets))
        return jam_preimages_is_json(file->octets);
    return path_has(file->path, "preimages/") && !jam_trace_is(file->octets);
}

static enum pvm_status run_preimages(const struct jam_suite_file *file,
                                     const struct jam_suite_options *options, jam_suite_sink sink,
                                     void *user, struct pvm_err *err)
{
    struct jam_preimages_vector *vector = NULL;
    PVM_TRY(jam_preimages_load(file->octets, file->path, &options->vector, &vector, err));
    struct jam_vector_result result;
    jam_vector_result_init(&result, options->vector.alloc);
    enum pvm_status status = jam_preimages_run(vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, "", &result, err);
    jam_vector_result_deinit(&result);
    jam_preimages_free(vector);
    return status;
}

/* ---- traces of blocks ---- */

static bool is_trace(const struct jam_suite_file *file)
{
    return jam_trace_is(file->octets);
}

static enum pvm_status run_trace(const struct jam_suite_file *file,
                                 const struct jam_suite_options *options, jam_suite_sink sink,
                                 void *user, struct pvm_err *err)
{
    struct jam_trace *trace = NULL;
    PVM_TRY(jam_trace_load(file->octets, file->path, &options->vector, &trace, err));
    struct jam_vector_result result;
    jam_vector_result_init(&result, options->vector.alloc);
    enum pvm_status status = jam_trace_run(trace, &options->vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, "", &result, err);
    jam_vector_result_deinit(&result);
    jam_trace_free(trace);
    return status;
}

/* ---- all of them ---- */

const struct jam_suite_kind jam_suite_kinds[] = {
    {"traces", is_trace, run_trace},
    {"stf-accumulate", is_stf, run_stf},
    {"stf-preimages", is_preimages, run_preimages},
    {NULL, NULL, NULL},
};

const struct jam_suite_kind *jam_suite_kind_of(const struct jam_suite_file *file)
{
    for (const struct jam_suite_kind *kind = jam_suite_kinds; kind->name != NULL; kind++)
        if (kind->is(file))
            return kind;
    return NULL;
}
