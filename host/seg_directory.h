/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory of segments (docs/segments.md):
 *
 *     manifest.json          runs, segments, programs; sealed by its last line
 *     segment-00000.bin      host/seg_file.h
 *     program-HASH.bin       a program blob, by its BLAKE2b hash
 *
 * and nothing else. The manifest is written last, so a directory without one is unfinished.
 */
#ifndef HOST_SEG_DIRECTORY_H
#define HOST_SEG_DIRECTORY_H

#include "host/profile.h"
#include "host/seg_file.h"
#include "host/seg_state.h"

enum { JAM_SEG_NAME = 64, JAM_SEG_FILE_NAME = 96 };

struct jam_seg_entry {
    struct jam_seal seal;
    struct jam_hash start, end; /* digests of the states */
    uint64_t steps, gas;
};

struct jam_seg_run {
    char name[JAM_SEG_NAME];
    uint64_t segments;       /* follow those of the run before */
    int32_t invocation;      /* as struct jam_seg_state has it */
    struct jam_hash program; /* of the outer machine */
    enum pvm_exit outcome;   /* CONTINUE: it was given up behind its last segment */
};

struct jam_seg_directory {
    const struct pvm_alloc *alloc;
    struct pvm_buf path;
    const struct jam_profile *profile;
    uint64_t segment_gas;
    struct pvm_buf programs; /* struct jam_seal */
    struct pvm_buf segments; /* struct jam_seg_entry */
    struct pvm_buf runs;     /* struct jam_seg_run */
    struct pvm_buf foreign;  /* uint64_t: numbers of host calls that extensions served */
    struct jam_hash digest;  /* of the manifest, once it was read */
};

/* ---- writing ---- */

/* A new directory, or one that is empty. PVM_E_USAGE for one that is not. */
PVM_MUST_USE enum pvm_status jam_seg_create(const char *path, const struct jam_profile *profile,
                                            uint64_t segment_gas, const struct pvm_alloc *alloc,
                                            struct jam_seg_directory *out, struct pvm_err *err);
/* Writes the program's file unless it is there. */
PVM_MUST_USE enum pvm_status jam_seg_put_program(struct jam_seg_directory *directory,
                                                 struct pvm_bytes blob, struct pvm_err *err);
/* Writes the next segment's file; entry's seal is filled in. */
PVM_MUST_USE enum pvm_status jam_seg_put_segment(struct jam_seg_directory *directory,
                                                 struct pvm_bytes file,
                                                 const struct jam_seg_entry *entry,
                                                 struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_seg_put_run(struct jam_seg_directory *directory,
                                             const struct jam_seg_run *run, struct pvm_err *err);
/* Notes that an extension served host calls of this number. */
PVM_MUST_USE enum pvm_status jam_seg_put_foreign(struct jam_seg_directory *directory,
                                                 uint64_t number, struct pvm_err *err);
/* Writes the manifest. */
PVM_MUST_USE enum pvm_status jam_seg_finish(const struct jam_seg_directory *directory,
                                            struct pvm_err *err);

/* ---- reading ---- */

/* Reads and checks the manifest, and that there is no file too many. PVM_E_MALFORMED names the file
 * and what is wrong where; PVM_E_IO when there is no manifest. */
PVM_MUST_USE enum pvm_status jam_seg_open(const char *path, const struct pvm_alloc *alloc,
                                          struct jam_seg_directory *out, struct pvm_err *err);
/* That all programs are there, and of the segments first, first + stride and so on.
 * PVM_E_MALFORMED. */
PVM_MUST_USE enum pvm_status jam_seg_need(const struct jam_seg_directory *directory, uint64_t first,
                                          uint64_t stride, struct pvm_err *err);
/* Appends a file whose octets are those that were sealed. PVM_E_MALFORMED names the bit when it is
 * one. */
PVM_MUST_USE enum pvm_status jam_seg_get_segment(const struct jam_seg_directory *directory,
                                                 size_t index, struct pvm_buf *out,
                                                 struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_seg_get_program(const struct jam_seg_directory *directory,
                                                 const struct jam_hash *hash, struct pvm_buf *out,
                                                 struct pvm_err *err);

/* ---- both ---- */

void jam_seg_directory_deinit(struct jam_seg_directory *directory); /* idempotent */

size_t jam_seg_segment_count(const struct jam_seg_directory *directory);
const struct jam_seg_entry *jam_seg_entry(const struct jam_seg_directory *directory, size_t index);
size_t jam_seg_run_count(const struct jam_seg_directory *directory);
const struct jam_seg_run *jam_seg_run(const struct jam_seg_directory *directory, size_t index);
size_t jam_seg_foreign_count(const struct jam_seg_directory *directory);
uint64_t jam_seg_foreign(const struct jam_seg_directory *directory, size_t index);
bool jam_seg_is_foreign(const struct jam_seg_directory *directory, uint64_t number);
size_t jam_seg_program_count(const struct jam_seg_directory *directory);
const struct jam_seal *jam_seg_program(const struct jam_seg_directory *directory, size_t index);

void jam_seg_segment_name(size_t index, char name[JAM_SEG_FILE_NAME]);
void jam_seg_program_name(const struct jam_hash *hash, char name[JAM_SEG_FILE_NAME]);

#endif
