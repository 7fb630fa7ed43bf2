/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State files, described in docs/state.md: our own readable JSON, the state of the public
 * accumulate vectors, chain specifications (JIP-4), lists of key-values, and the binary states of
 * traces. What a file is shows in its contents.
 *
 *     struct jam_state_file *file;
 *     jam_state_load_file("S.json", &options, &file, err);
 *     ... file->state, file->profile, file->params
 *     jam_state_write(file, JAM_STATE_FILE_OWN, &text, err);
 *     jam_state_file_free(file);
 */
#ifndef HOST_STATE_FILE_H
#define HOST_STATE_FILE_H

#include "host/fixture.h"
#include "host/json.h"
#include "host/state_binary.h"
#include "host/state_keyvals.h"

enum jam_state_file_form {
    JAM_STATE_FILE_OWN,
    JAM_STATE_FILE_STF,
    JAM_STATE_FILE_JIP4,
    JAM_STATE_FILE_KEYVALS,
    JAM_STATE_FILE_BINARY
};

struct jam_state_options {
    const struct jam_profile *profile;  /* instead of what the file says or shows; NULL: none */
    const struct jam_profile *fallback; /* if the file leaves it open; NULL: jam_profile_default */
    const struct jam_params *params;    /* if an own state says none; NULL: the full set */
    enum jam_state_pick pick;           /* of a trace or vector */
    const char *folder;                 /* where relative file names start; NULL: the current one */
    jam_fixture_read_fn read;           /* as in jam_fixture_options */
    void *user;
    const struct pvm_alloc *alloc;
};

/* Everything is owned by the file. */
struct jam_state_file {
    enum jam_state_file_form form; /* it was read in */
    const struct jam_profile *profile;
    struct jam_params params;
    uint32_t present; /* components that were said, jam_state_bit of each */
    struct jam_state state;
    /* Of a chain specification: kept for writing one. */
    struct pvm_buf id, header; /* text; header in hexadecimal */
    struct pvm_buf bootnodes;  /* texts, a 0 octet behind each */
};

/* name is what messages call the text. PVM_E_MALFORMED when it is wrong, PVM_E_IO when a file that
 * it names cannot be read. */
PVM_MUST_USE enum pvm_status jam_state_load(struct pvm_bytes text, const char *name,
                                            const struct jam_state_options *options,
                                            struct jam_state_file **out, struct pvm_err *err);
/* A state that is part of a document; as in jam_state_load. */
PVM_MUST_USE enum pvm_status jam_state_load_json(struct jam_json json, const char *name,
                                                 const struct jam_state_options *options,
                                                 struct jam_state_file **out, struct pvm_err *err);
/* The state in a file; relative names in it start at its folder unless options says otherwise. */
PVM_MUST_USE enum pvm_status jam_state_load_file(const char *path,
                                                 const struct jam_state_options *options,
                                                 struct jam_state_file **out, struct pvm_err *err);
/* An empty state. */
PVM_MUST_USE enum pvm_status jam_state_file_new(const struct jam_profile *profile,
                                                const struct jam_params *params,
                                                const struct pvm_alloc *alloc,
                                                struct jam_state_file **out, struct pvm_err *err);
void jam_state_file_free(struct jam_state_file *file); /* NULL is fine */

static inline struct jam_state_shape jam_state_file_shape(const struct jam_state_file *file)
{
    return (struct jam_state_shape){file->profile, &file->params};
}

/* The same state under another GP version: what that one lacks is dropped, items and bytes are
 * counted as it counts them. Components that are not taken apart stay as they are. PVM_E_USAGE when
 * state keys would change that cannot be computed. */
PVM_MUST_USE enum pvm_status jam_state_reversion(const struct jam_state_file *file,
                                                 const struct jam_profile *profile,
                                                 struct jam_state_file **out, struct pvm_err *err);

/* Appends one service as the own form writes it. */
void jam_state_write_service(const struct jam_state_file *file, const struct jam_service *service,
                             struct pvm_buf *out);

/* Appends the state in a form. What is appended depends on nothing but the state, profile, params
 * and present, and is read back as the same state. PVM_E_USAGE for what the form cannot say. */
PVM_MUST_USE enum pvm_status jam_state_write(const struct jam_state_file *file,
                                             enum jam_state_file_form form, struct pvm_buf *out,
                                             struct pvm_err *err);

#endif
