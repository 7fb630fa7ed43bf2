/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the fixture loader share; private to fixture.c and fixture_*.c. */
#ifndef HOST_FIXTURE_LOAD_H
#define HOST_FIXTURE_LOAD_H

#include "host/fixture.h"
#include "host/json.h"

struct jam_fixture_load {
    struct jam_fixture *out;
    const char *name; /* of the text */
    const struct jam_fixture_options *options;
    struct jam_segments *store; /* the fixture's own; NULL: none */
    bool unchecked;             /* hashes and lengths stay as given even when wrong */
    uint32_t slot;
    struct pvm_err *err;
};

/* Values that are octets: "0x...", "@FILE" or an object. Owned by the fixture. */
PVM_MUST_USE enum pvm_status jam_fixture_octets(struct jam_fixture_load *load, struct jam_json json,
                                                struct pvm_bytes *out);
/* The same padded with zeros to JAM_SEGMENT_SIZE. */
PVM_MUST_USE enum pvm_status jam_fixture_segment(struct jam_fixture_load *load,
                                                 struct jam_json json, struct pvm_bytes *out);
/* A program as state holds it: a standard program gets empty metadata in front. */
PVM_MUST_USE enum pvm_status jam_fixture_code(struct jam_fixture_load *load, struct pvm_bytes bytes,
                                              struct pvm_bytes *preimage);

/* The contents of a file that the options' read finds. */
PVM_MUST_USE enum pvm_status jam_fixture_file(const struct jam_fixture_load *load, const char *path,
                                              struct pvm_buf *out, struct pvm_err *err);
/* fixture_made.c: octets as an object: {"text": ...}, {"asm": FILE}, ... */
PVM_MUST_USE enum pvm_status jam_fixture_made(struct jam_fixture_load *load, struct jam_json json,
                                              struct pvm_buf *out);

/* Members of an array; 0 when json is nothing. */
PVM_MUST_USE enum pvm_status jam_fixture_count(struct jam_fixture_load *load, struct jam_json json,
                                               size_t max, size_t *count);
PVM_MUST_USE enum pvm_status jam_fixture_get(struct jam_fixture_load *load, size_t count,
                                             size_t size, void **out);

/* *hash is what json says, or real when json is nothing. Fails when they differ, unless that is
 * allowed; what names the thing that was hashed. */
PVM_MUST_USE enum pvm_status jam_fixture_hash(struct jam_fixture_load *load, struct jam_json json,
                                              const struct jam_hash *real, const char *what,
                                              struct jam_hash *hash);

/* Puts "DOCUMENT: PATH: " in front of an error that came without; returns its status. */
enum pvm_status jam_fixture_fail_in(struct jam_fixture_load *load, struct jam_json json,
                                    const struct pvm_err *inner);

/* fixture.c */
PVM_MUST_USE enum pvm_status jam_fixture_profile(struct jam_fixture_load *load,
                                                 struct jam_json json);
/* fixture_extensions.c: makes the profile one with the options' extensions and with what json, the
 * fixture's "extensions", says to them. */
PVM_MUST_USE enum pvm_status jam_fixture_extensions(struct jam_fixture_load *load,
                                                    struct jam_json json);
PVM_MUST_USE enum pvm_status jam_fixture_core(struct jam_fixture_load *load, struct jam_json json);
/* A fixture that is part of a document. Without a file's own folder: options say where names start.
 */
PVM_MUST_USE enum pvm_status jam_fixture_load_json(struct jam_json json, const char *name,
                                                   const struct jam_fixture_options *options,
                                                   struct jam_fixture **out, struct pvm_err *err);

/* fixture_params.c */
PVM_MUST_USE enum pvm_status jam_fixture_params(struct jam_fixture_load *load,
                                                struct jam_json json);
/* fixture_segments.c: the fixture's own store. */
PVM_MUST_USE enum pvm_status jam_fixture_store(struct jam_fixture_load *load, struct jam_json json);
/* The segment an import names, from either store, and the depth of its tree. The root of a package
 * becomes known. */
PVM_MUST_USE enum pvm_status jam_fixture_resolve(struct jam_fixture_load *load,
                                                 struct jam_json json,
                                                 const struct jam_import *import,
                                                 struct pvm_bytes *segment, uint8_t *depth);
/* fixture_lookup.c: segment roots by package: reads those given. */
PVM_MUST_USE enum pvm_status jam_fixture_lookup(struct jam_fixture_load *load,
                                                struct jam_json json);
/* NULL when the package's is not known. */
const struct jam_hash *jam_fixture_root_of(const struct jam_fixture *fixture,
                                           const struct jam_hash *package);
/* A package: its hash, or {"package": NAME} where options have names. */
PVM_MUST_USE enum pvm_status jam_fixture_package_id(struct jam_fixture_load *load,
                                                    struct jam_json json, struct jam_hash *out);
/* Adds one, at its place, unless it is known. */
PVM_MUST_USE enum pvm_status jam_fixture_add_root(struct jam_fixture_load *load,
                                                  const struct jam_hash *package,
                                                  const struct jam_hash *root);

/* fixture_state.c */
PVM_MUST_USE enum pvm_status jam_fixture_services(struct jam_fixture_load *load,
                                                  struct jam_json json);
/* Gives a service, made if need be, a preimage that is available since slot 0. */
PVM_MUST_USE enum pvm_status jam_fixture_add_code(struct jam_fixture_load *load, uint32_t service,
                                                  struct pvm_bytes preimage, struct jam_hash *hash);

/* fixture_package.c */
struct jam_fixture_package_keys {
    struct jam_json work_package, extrinsics, import_segments, authorizer;
};
PVM_MUST_USE enum pvm_status jam_fixture_package(struct jam_fixture_load *load,
                                                 const struct jam_fixture_package_keys *keys,
                                                 uint64_t item);

/* fixture_snapshot.c: a bundle snapshot in place of a fixture. */
PVM_MUST_USE enum pvm_status jam_fixture_snapshot(struct jam_fixture_load *load,
                                                  struct jam_json root);

/* fixture_item.c: everything of an item but its code hash. */
struct jam_fixture_item_keys {
    uint32_t service;
    struct jam_json code_hash, payload, refine_gas_limit, accumulate_gas_limit;
    struct jam_json import_segments, extrinsic, export_count;
    struct jam_json extrinsics, imports; /* data of the two, from outside the item; or nothing */
};
PVM_MUST_USE enum pvm_status jam_fixture_item(struct jam_fixture_load *load,
                                              const struct jam_fixture_item_keys *keys,
                                              size_t index);

#endif
