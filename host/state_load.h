/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers and writers of state files share; private to state_*.c. */
#ifndef HOST_STATE_LOAD_H
#define HOST_STATE_LOAD_H

#include "host/fixture_load.h"
#include "host/json_out.h"
#include "host/state_file.h"

struct jam_state_load {
    const struct jam_state_options *options;
    const char *name; /* of the text */
    struct jam_state_file *out;
    /* Reads values and services, into a state that becomes out's in the end. */
    struct jam_fixture_load values;
    struct jam_state *state; /* that one */
    struct pvm_err *err;
};

/* Puts the version into the file: what options says, else what the file says (said, may be nothing,
 * or a text), else the fallback if `fits` accepts it, else the newest that it does. */
typedef bool (*jam_profile_fits_fn)(const struct jam_profile *profile, const void *user);
PVM_MUST_USE enum pvm_status jam_load_profile(struct jam_state_load *load, struct jam_json said,
                                              jam_profile_fits_fn fits, const void *user);

/* Adds what is wrong to json's place, for errors that came without. Returns the status. */
enum pvm_status jam_load_fail_in(struct jam_state_load *load, struct jam_json json,
                                 const struct pvm_err *inner);

/* The forms: each reads the object or list at json. */
PVM_MUST_USE enum pvm_status jam_load_own(struct jam_state_load *load, struct jam_json json);
PVM_MUST_USE enum pvm_status jam_load_stf(struct jam_state_load *load, struct jam_json json);
PVM_MUST_USE enum pvm_status jam_load_jip4(struct jam_state_load *load, struct jam_json json);
/* root: "state_root", or nothing. */
PVM_MUST_USE enum pvm_status jam_load_keyvals(struct jam_state_load *load, struct jam_json list,
                                              struct jam_json root);
PVM_MUST_USE enum pvm_status jam_load_binary(struct jam_state_load *load, struct pvm_bytes bytes);

/* Parts that the own form and that of the vectors have in common; json may be nothing. Each sets
 * its bit of present. Lists by slot may be fewer than an epoch has: the last ready ones and the
 * first accumulated ones are empty then. */
PVM_MUST_USE enum pvm_status jam_load_privileges(struct jam_state_load *load, struct jam_json json);
PVM_MUST_USE enum pvm_status jam_load_ready(struct jam_state_load *load, struct jam_json json);
PVM_MUST_USE enum pvm_status jam_load_accumulated(struct jam_state_load *load,
                                                  struct jam_json json);
PVM_MUST_USE enum pvm_status jam_load_stats(struct jam_state_load *load, struct jam_json json);

/* The writers. shorten: leave out what such shorter lists leave out. */
void jam_put_privileges(const struct jam_state_file *file, struct jam_out *json);
void jam_put_ready(const struct jam_state_file *file, bool shorten, struct jam_out *json);
void jam_put_accumulated(const struct jam_state_file *file, bool shorten, struct jam_out *json);
void jam_put_stats(const struct jam_state_file *file, struct jam_out *json);
void jam_put_own(const struct jam_state_file *file, struct jam_out *json);
PVM_MUST_USE enum pvm_status jam_put_stf(const struct jam_state_file *file, struct jam_out *json,
                                         struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_put_keyvals(const struct jam_state_file *file,
                                             struct jam_out *json, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_put_jip4(const struct jam_state_file *file, struct jam_out *json,
                                          struct pvm_err *err);

#endif
