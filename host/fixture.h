/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixtures: JSON that says what an invocation is run on, described in docs/fixtures.md. A work
 * package with everything it refers to, services, chain constants; all of it may be left out. What
 * is left out is filled in, hashes are computed, references are resolved; what is given and cannot
 * be right is an error with its JSON path.
 */
#ifndef HOST_FIXTURE_H
#define HOST_FIXTURE_H

#include "host/arena.h"
#include "host/invoke_refine.h"
#include "host/report.h"
#include "host/segments.h"

/* Appends the contents of a file that a fixture names. */
typedef enum pvm_status (*jam_fixture_read_fn)(void *user, const char *path, struct pvm_buf *out,
                                               struct pvm_err *err);

struct jam_fixture_options {
    const struct jam_profile *profile;  /* instead of the fixture's; NULL: none */
    const struct jam_profile *fallback; /* when neither says one; NULL: jam_profile_default */
    /* A program from elsewhere, a standard program or a code preimage. It becomes the code of the
     * item's service or, for JAM_IS_AUTHORIZED, of the authorizer, whatever the fixture says that
     * is. ptr NULL: none. Copied. */
    struct pvm_bytes blob;
    enum jam_invocation invocation; /* matters only to blob */
    bool has_item, has_core;        /* instead of the fixture's */
    uint64_t item, core;
    bool has_service; /* whose the item is, instead of the fixture's */
    uint32_t service;
    /* Services are added to those of this state, which stays as it is; its slot and these constants
     * are those of a fixture that says none. Both may be NULL. */
    const struct jam_state *state;
    const struct jam_params *params;
    /* The hash of a package that the fixture calls by name, {"package": NAME}; NULL: none has one. */
    bool (*named)(void *user, const char *name, struct jam_hash *hash);
    /* Extensions of runs and of assembler source in the fixture, with values that go before the
     * fixture's own; borrowed until the fixture is freed. */
    const struct jam_extension_use *extensions;
    size_t extension_count;
    struct jam_segments *store; /* asked for imports first; may be NULL */
    const char *folder;         /* where relative file names start; NULL: the current one */
    jam_fixture_read_fn read;   /* NULL: from disk, regular files, relative to folder */
    void *user;                 /* for read and named */
    const struct pvm_alloc *alloc;
};

/* What a bundle snapshot has besides: docs/fixtures.md. */
struct jam_snapshot {
    bool given;
    size_t proof_count;      /* imports that a justification was checked for */
    struct pvm_bytes report; /* E(report) under the fixture's version; empty: there is none */
};

enum { JAM_DEPTH_UNKNOWN = 255 };

/* Everything is owned by the fixture. package.items and data are items and data below. */
struct jam_fixture {
    const char *name; /* "" when the fixture has none */
    const struct jam_profile *profile; /* with extensions: &extended */
    struct jam_profile extended;
    struct jam_params params;
    uint64_t core;
    size_t item; /* the one that is run; below package.item_count */
    struct jam_work_package package;
    struct jam_work_item *items;
    struct jam_item_data *data;
    bool *export_counted; /* by item: whether the fixture says how many segments it exports */
    /* By item, then import: how deep the tree is that the segment is a leaf of. */
    uint8_t **depths;
    /* Segment roots of packages that imports name, ascending; as given where they are. */
    struct jam_root_lookup *lookup;
    size_t lookup_count, lookup_cap;
    struct pvm_bytes trace;
    struct jam_snapshot snapshot;
    struct jam_state state;
    struct jam_arena arena;
};

/* text.ptr NULL: no fixture, everything is filled in. name is what messages call it.
 * PVM_E_MALFORMED when it is wrong, PVM_E_IO when a file it names cannot be read, PVM_E_USAGE when
 * an option asks for an item or core that is not there. */
PVM_MUST_USE enum pvm_status jam_fixture_load(struct pvm_bytes text, const char *name,
                                              const struct jam_fixture_options *options,
                                              struct jam_fixture **out, struct pvm_err *err);
/* The fixture in a file; relative names in it start at its folder unless options says otherwise. */
PVM_MUST_USE enum pvm_status jam_fixture_load_file(const char *path,
                                                   const struct jam_fixture_options *options,
                                                   struct jam_fixture **out, struct pvm_err *err);
void jam_fixture_free(struct jam_fixture *fixture); /* NULL is fine */

/* What Refine of an item is made from; borrows from the fixture. Exports of the items before are as
 * many as their export_count. */
struct jam_refine_in jam_fixture_refine(const struct jam_fixture *fixture, size_t item);

#endif
