/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest of real programs beside their files: what each file is, and runs of it with what they
 * come to. Bare program blobs run on a machine without host calls, standard programs as Refine
 * under the manifest's rules for the host: constants are all there is to fetch, and nothing is ever
 * looked up. A case for each program, and one for each of its runs.
 */
#ifndef HOST_VECTOR_MANIFEST_H
#define HOST_VECTOR_MANIFEST_H

#include "core/blob.h"
#include "host/suite.h"
#include "host/vector_case.h"
#include "host/vector_machine.h"

struct jam_manifest_run;

struct jam_manifest_program {
    const char *file; /* a name without folders */
    uint64_t octets;
    struct jam_hash hash;
    enum pvm_blob_format format;
    struct jam_json layout;   /* what the manifest says of the parts */
    struct jam_json metadata; /* nothing for formats without */
    struct jam_manifest_run *runs;
    size_t run_count;
};

/* Octets of memory, known by their hash. */
struct jam_manifest_memory {
    uint64_t address, length;
    struct jam_hash hash;
};

struct jam_manifest_run {
    const char *label;
    uint64_t entry, gas;
    struct jam_case_end end; /* exit is not set for bare programs */
    /* Bare programs. */
    struct jam_page_list pages;
    uint64_t regs[PVM_REG_COUNT], end_regs[PVM_REG_COUNT];
    enum pvm_exit exit;
    uint64_t pc, host_call;
    struct jam_manifest_memory *memory;
    size_t memory_count;
    /* The others. */
    struct pvm_bytes args, output_prefix;
    uint64_t output_len, export_count, log_count;
    struct jam_hash output_hash, log_hash;
    const char *last_log; /* NULL: not known */
};

struct jam_manifest {
    struct jam_case common; /* the version and constants that the rules name */
    struct jam_json_doc *doc;
    struct jam_manifest_program *programs;
    size_t program_count;
};

bool jam_manifest_is(const struct jam_suite_file *file);

/* path is the manifest's: programs are found beside it. octets and path must outlive it. */
PVM_MUST_USE enum pvm_status jam_manifest_load(struct pvm_bytes octets, const char *path,
                                               const struct jam_vector_options *options,
                                               struct jam_manifest **out, struct pvm_err *err);
void jam_manifest_free(struct jam_manifest *manifest); /* NULL is fine */

/* Whether a program's file is what the manifest says. A file that cannot be read is a difference.
 * result must be initialised. */
PVM_MUST_USE enum pvm_status jam_manifest_check(const struct jam_manifest *manifest, size_t program,
                                                const struct jam_vector_options *options,
                                                struct jam_vector_result *result,
                                                struct pvm_err *err);
/* Makes run number run (below run_count) of that program; skipped when the file is not the
 * manifest's. */
PVM_MUST_USE enum pvm_status jam_manifest_run(const struct jam_manifest *manifest, size_t program,
                                              size_t run, const struct jam_vector_options *options,
                                              struct jam_vector_result *result,
                                              struct pvm_err *err);
/* Cases are called "FILE" and "FILE: LABEL". */
PVM_MUST_USE enum pvm_status jam_manifest_suite(const struct jam_suite_file *file,
                                                const struct jam_suite_options *options,
                                                jam_suite_sink sink, void *user,
                                                struct pvm_err *err);

#endif
