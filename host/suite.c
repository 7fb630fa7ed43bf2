/* SPDX-License-Identifier: Apache-2.0 */
#include "host/suite.h"

#include "host/disk.h"
#include "host/suite_own.h"
#include "host/vector_case_accumulate.h"
#include "host/vector_case_refine.h"
#include "host/vector_ecalli.h"
#include "host/vector_gas.h"
#include "host/vector_keys.h"
#include "host/vector_manifest.h"
#include "host/vector_preimages.h"
#include "host/vector_program.h"
#include "host/vector_stf.h"
#include "host/vector_trace.h"

#include <stdio.h>
#include <string.h>

enum { TWIN_LIMIT = 64 << 20 };

/* ---- what binary files are known by ---- */

/* Whether a folder of the path has that name, or that name behind "stf-". */
static bool in_folder(const char *path, const char *name)
{
    size_t len = strlen(name);
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(path, '/')) {
        size_t part = (size_t)(slash - path);
        const char *from = part == len + 4 && strncmp(path, "stf-", 4) == 0 ? path + 4 : path;
        if ((size_t)(slash - from) == len && strncmp(from, name, len) == 0)
            return true;
        path = slash + 1;
    }
    return false;
}

/* Where the public vectors of a state transition lie, as in "stf/accumulate/tiny/". */
static bool in_set(const char *path, const char *name)
{
    return in_folder(path, name) && (in_folder(path, "tiny") || in_folder(path, "full"));
}

static bool is_bin(const struct jam_suite_file *file)
{
    size_t len = strlen(file->path);
    return len > 4 && strcmp(file->path + len - 4, ".bin") == 0 &&
           !jam_vector_is_text(file->octets);
}

/* Whether the same name with .json is a vector in JSON beside a binary one. */
static bool has_twin(const struct jam_suite_file *file, bool (*is_json)(struct pvm_bytes text))
{
    struct pvm_buf path = {0};
    struct pvm_buf octets = {0};
    pvm_buf_add(&path, file->path, strlen(file->path) - 4);
    pvm_buf_text(&path, ".json");
    bool has = jam_disk_read(pvm_buf_str(&path), TWIN_LIMIT, &octets, NULL) == PVM_OK &&
               is_json(pvm_buf_bytes(&octets));
    pvm_buf_deinit(&octets);
    pvm_buf_deinit(&path);
    return has;
}

/* The number that a file is named by, as in "00000012.bin": digits alone. */
static bool file_number(const char *path, uint64_t *out)
{
    enum { DIGITS = 12 };
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t len = strspn(name, "0123456789");
    uint64_t number = 0;
    if (len == 0 || len > DIGITS || name[len] != '.')
        return false;
    for (size_t i = 0; i < len; i++)
        number = number * 10 + (uint64_t)(name[i] - '0');
    *out = number;
    return true;
}

/* ---- stf/accumulate ---- */

static bool is_stf(const struct jam_suite_file *file)
{
    if (!is_bin(file))
        return jam_vector_is_text(file->octets) && jam_stf_is_json(file->octets);
    return in_set(file->path, "accumulate") || has_twin(file, jam_stf_is_json);
}

static enum pvm_status run_stf(const struct jam_suite_file *file,
                               const struct jam_suite_options *options, jam_suite_sink sink,
                               void *user, struct pvm_err *err)
{
    struct jam_stf *stf = NULL;
    PVM_TRY(jam_stf_load(file->octets, file->path, &options->vector, &stf, err));
    struct jam_vector_result result;
    jam_vector_result_init(&result, options->vector.alloc);
    result.profile = stf->profile;
    enum pvm_status status = jam_stf_run(stf, &options->vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, "", &result, err);
    jam_vector_result_deinit(&result);
    jam_stf_free(stf);
    return status;
}

/* ---- stf/preimages ---- */

/* Also what is broken, when it lies in the place of such vectors. */
static bool is_preimages(const struct jam_suite_file *file)
{
    static const char *const keys[] = {"pre_state", "post_state", NULL};
    if (!is_bin(file))
        return jam_vector_is_text(file->octets) &&
               (jam_preimages_is_json(file->octets) ||
                (in_set(file->path, "preimages") && jam_vector_keys(file->octets, keys) == 3));
    return in_set(file->path, "preimages") || has_twin(file, jam_preimages_is_json);
}

static enum pvm_status run_preimages(const struct jam_suite_file *file,
                                     const struct jam_suite_options *options, jam_suite_sink sink,
                                     void *user, struct pvm_err *err)
{
    struct jam_preimages_vector *vector = NULL;
    PVM_TRY(jam_preimages_load(file->octets, file->path, &options->vector, &vector, err));
    struct jam_vector_result result;
    jam_vector_result_init(&result, options->vector.alloc);
    result.profile = vector->profile;
    enum pvm_status status = jam_preimages_run(vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, "", &result, err);
    jam_vector_result_deinit(&result);
    jam_preimages_free(vector);
    return status;
}

/* ---- traces of blocks ---- */

/* Also what is broken, when its name is a trace's. */
static bool is_trace(const struct jam_suite_file *file)
{
    uint64_t number;
    if (!is_bin(file))
        return jam_vector_is_text(file->octets) && jam_trace_is(file->octets);
    return file_number(file->path, &number) || jam_trace_is(file->octets);
}

static enum pvm_status leave_out(const struct jam_suite_options *options, jam_suite_sink sink,
                                 void *user, struct pvm_err *err)
{
    struct jam_vector_result result;
    jam_vector_result_init(&result, options->vector.alloc);
    result.passed = true;
    result.skipped = "its number is not among those asked for";
    enum pvm_status status = sink(user, "", &result, err);
    jam_vector_result_deinit(&result);
    return status;
}

static enum pvm_status run_trace(const struct jam_suite_file *file,
                                 const struct jam_suite_options *options, jam_suite_sink sink,
                                 void *user, struct pvm_err *err)
{
    struct jam_trace *trace = NULL;
    uint64_t number;
    if (file_number(file->path, &number) &&
        (number < options->from || (options->to != 0 && number > options->to)))
        return leave_out(options, sink, user, err);
    PVM_TRY(jam_trace_load(file->octets, file->path, &options->vector, &trace, err));
    struct jam_vector_result result;
    jam_vector_result_init(&result, options->vector.alloc);
    result.profile = trace->profile;
    enum pvm_status status = jam_trace_run(trace, &options->vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, "", &result, err);
    jam_vector_result_deinit(&result);
    jam_trace_free(trace);
    return status;
}

/* ---- traces of host calls ---- */

static bool is_ecalli(const struct jam_suite_file *file)
{
    return jam_ecalli_is(file->octets);
}

/* A log may hold several, which are then numbered. */
static enum pvm_status run_ecalli(const struct jam_suite_file *file,
                                  const struct jam_suite_options *options, jam_suite_sink sink,
                                  void *user, struct pvm_err *err)
{
    struct jam_ecalli_reader reader = jam_ecalli_reader(file->octets);
    size_t count = jam_ecalli_count(file->octets);
    enum pvm_status status = PVM_OK;
    for (size_t i = 0; i < count && status == PVM_OK; i++) {
        char name[24] = "";
        struct jam_vector_result result;
        if (count > 1)
            (void)snprintf(name, sizeof name, "%zu", i + 1);
        jam_vector_result_init(&result, options->vector.alloc);
        status = jam_ecalli_replay(&reader, file->path, &options->vector, &result, err);
        if (status == PVM_OK)
            status = sink(user, name, &result, err);
        jam_vector_result_deinit(&result);
    }
    return status;
}

/* ---- all of them ---- */

const struct jam_suite_kind jam_suite_kinds[] = {
    {"pvm-programs", jam_program_vector_is, jam_program_vector_suite},
    {"pvm-gas-blocks", jam_gas_vector_is, jam_gas_vector_suite},
    {"accumulate-cases", jam_accumulate_case_is, jam_accumulate_case_suite},
    {"refine-cases", jam_refine_case_is, jam_refine_case_suite},
    {"programs", jam_manifest_is, jam_manifest_suite},
    {"ecalli-traces", is_ecalli, run_ecalli},
    {"traces", is_trace, run_trace},
    {"stf-accumulate", is_stf, run_stf},
    {"stf-preimages", is_preimages, run_preimages},
    {"host-calls", jam_suite_is_table, jam_suite_run_table},
    {"scenarios", jam_suite_is_scenario, jam_suite_run_scenario},
    {NULL, NULL, NULL},
};

const struct jam_suite_kind *jam_suite_kind_of(const struct jam_suite_file *file)
{
    for (const struct jam_suite_kind *kind = jam_suite_kinds; kind->name != NULL; kind++)
        if (kind->is(file))
            return kind;
    return NULL;
}
