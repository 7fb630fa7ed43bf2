/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of tables of host calls share; private to table.c and table_*.c. */
#ifndef HOST_TABLE_PARTS_H
#define HOST_TABLE_PARTS_H

#include "host/accumulate.h"
#include "host/direct.h"
#include "host/fixture_load.h"
#include "host/state_file.h"
#include "host/table.h"

/* Fields that a row may have, and that the table, its base and the parts by version may say for it.
 * field, name */
#define JAM_TABLE_FIELDS(X)                                                                        \
    X(context, "context")                                                                          \
    X(call, "call")                                                                                \
    X(first, "first")                                                                              \
    X(args, "args")                                                                                \
    X(gas, "gas")                                                                                  \
    X(service, "service")                                                                          \
    X(slot, "slot")                                                                                \
    X(entropy, "entropy")                                                                          \
    X(state, "state")                                                                              \
    X(fixture, "fixture")                                                                          \
    X(operands, "operands")                                                                        \
    X(transfers, "transfers")                                                                      \
    X(memory, "memory")                                                                            \
    X(patch, "patch")                                                                              \
    X(end, "end")                                                                                  \
    X(result, "result")                                                                            \
    X(r8, "r8")                                                                                    \
    X(price, "price")                                                                              \
    X(needs, "needs")                                                                              \
    X(short_gas, "short")                                                                          \
    X(writes, "writes")                                                                            \
    X(changes, "changes")

struct jam_table_layer {
#define X(field, name) struct jam_json field;
    JAM_TABLE_FIELDS(X)
#undef X
};

/* What only a row and a table have besides. */
struct jam_table_row {
    struct jam_table_layer layer;
    const char *name;
    struct jam_json gp, by;
};

struct jam_table_head {
    struct jam_table_layer layer;
    const char *name, *base;
    struct jam_json gp, by, words, answers, rows;
};

struct jam_table {
    const struct pvm_alloc *alloc;
    struct pvm_buf path, folder;
    struct pvm_buf text, base_text, base_path;
    struct jam_json_doc *doc, *base_doc;
    struct jam_table_head head, base;
    bool has_base;
};

enum { JAM_TABLE_LAYERS = 64, JAM_TABLE_WORD_DEPTH = 16, JAM_TABLE_ARGS = 6 };

/* A row under one version: layers of fields, those that go before last. */
struct jam_table_view {
    const struct jam_table *table;
    const struct jam_profile *profile;
    unsigned version; /* its index */
    size_t index;     /* of the row */
    struct jam_json json;
    struct jam_table_row row;
    const char *left_out; /* why the row does not run; NULL: it does */
    struct jam_table_layer layers[JAM_TABLE_LAYERS];
    size_t layer_count;
};

/* table.c */
PVM_MUST_USE enum pvm_status jam_table_row_read(struct jam_json json, struct jam_table_row *out,
                                                struct pvm_err *err);
/* Whether the row is one of the version: by its own list, else the table's. */
PVM_MUST_USE enum pvm_status jam_table_row_has(const struct jam_table *table,
                                               const struct jam_table_row *row, unsigned version,
                                               bool *out, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_table_view(const struct jam_table *table, struct jam_json row,
                                            size_t index, unsigned version,
                                            struct jam_table_view *out, struct pvm_err *err);
struct jam_json jam_table_get(const struct jam_table_view *view, size_t offset);
#define JAM_TABLE_GET(view, field) jam_table_get(view, offsetof(struct jam_table_layer, field))
/* A text, NULL when nothing says one. */
PVM_MUST_USE enum pvm_status jam_table_get_text(const struct jam_table_view *view, size_t offset,
                                                const char **out, struct pvm_err *err);
/* The invocations that a row is of, as bits. */
PVM_MUST_USE enum pvm_status jam_table_contexts(const struct jam_table_view *view, unsigned *out,
                                                struct pvm_err *err);

/* table_word.c: versions and numbers. */
/* "all", "0.6.3..0.6.6, 0.7.1.." or a list of such texts, as bits of profile indices. */
PVM_MUST_USE enum pvm_status jam_table_versions(struct jam_json json, uint32_t *out,
                                                struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_table_versions_text(struct jam_json json, const char *text,
                                                     uint32_t *out, struct pvm_err *err);
/* In an object whose keys are versions, the value of this one's; json itself when it is no object.
 */
PVM_MUST_USE enum pvm_status jam_table_by_version(const struct jam_table_view *view,
                                                  struct jam_json json, struct jam_json *out,
                                                  struct pvm_err *err);
/* A number, or a text that is an expression. depth: how many names led here. */
PVM_MUST_USE enum pvm_status jam_table_word(const struct jam_table_view *view, struct jam_json json,
                                            uint64_t *out, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_table_eval(const struct jam_table_view *view, struct jam_json json,
                                            const char *text, size_t len, unsigned depth,
                                            uint64_t *out, struct pvm_err *err);
/* The same for a field; absent when nothing says one. */
PVM_MUST_USE enum pvm_status jam_table_get_word(const struct jam_table_view *view, size_t offset,
                                                uint64_t absent, uint64_t *out,
                                                struct pvm_err *err);
/* A result by its name: "NONE" and so on. */
bool jam_table_result(const char *name, size_t len, uint64_t *out);

/* table_octets.c */
/* Appends octets in any of the forms that docs/tables.md lists. */
PVM_MUST_USE enum pvm_status jam_table_octets(const struct jam_table_view *view,
                                              struct jam_json json, struct pvm_buf *out,
                                              struct pvm_err *err);
/* Appends them as lines of changes show them. */
void jam_table_show(struct pvm_bytes octets, struct pvm_buf *out);

/* table_memory.c */
struct jam_table_memory {
    struct pvm_buf ro, rw; /* whole pages */
    uint32_t stack;
    uint64_t rw_start;
};

PVM_MUST_USE enum pvm_status jam_table_memory_init(const struct jam_table_view *view,
                                                   struct jam_table_memory *out,
                                                   struct pvm_err *err);
void jam_table_memory_deinit(struct jam_table_memory *memory);
/* Puts a list of {at, is} over memory. */
PVM_MUST_USE enum pvm_status jam_table_memory_put(const struct jam_table_view *view,
                                                  struct jam_json list,
                                                  struct jam_table_memory *memory,
                                                  struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_table_memory_copy(const struct jam_table_memory *memory,
                                                   struct jam_table_memory *out,
                                                   struct pvm_err *err);
/* The address that a piece of memory has by name; false when none is called so. */
PVM_MUST_USE enum pvm_status jam_table_address(const struct jam_table_view *view, const char *name,
                                               size_t len, unsigned depth, bool *found,
                                               uint64_t *out, struct pvm_err *err);

/* table_calls.c: the calls of a row, the row's own last. */
struct jam_table_call {
    struct jam_json json; /* where it stands, for messages */
    uint64_t number;
    uint64_t args[JAM_TABLE_ARGS];
    bool has_result; /* of a first call */
    uint64_t result;
};

struct jam_table_calls {
    struct jam_table_call *list;
    size_t count;
    const char *name; /* of the row's own, as the table writes it */
    const struct pvm_alloc *alloc;
};

PVM_MUST_USE enum pvm_status jam_table_calls_init(const struct jam_table_view *view,
                                                  struct jam_table_calls *out, struct pvm_err *err);
void jam_table_calls_deinit(struct jam_table_calls *calls);

/* table_patch.c: changes a state as a table's patches say. */
PVM_MUST_USE enum pvm_status jam_table_patch(const struct jam_table_view *view,
                                             struct jam_json json, const struct jam_params *params,
                                             struct jam_state *state, struct pvm_err *err);

/* table_setup.c: what a row starts from. */
struct jam_table_setup {
    const struct jam_table_view *view;
    enum jam_invocation context;
    struct jam_state_file *file; /* of Accumulate and On-Transfer */
    struct jam_fixture *fixture; /* of Refine and Is-Authorized */
    struct jam_state *state;     /* one of theirs */
    const struct jam_params *params;
    uint32_t service, slot;
    struct jam_hash entropy;
    struct jam_arena arena;
    struct jam_input *inputs;
    size_t input_count;
    struct jam_table_memory memory;
    struct jam_table_calls calls;
    uint64_t gas; /* when the row's own call is made */
    bool panics;  /* the run ends in a panic behind the calls */
};

/* out is deinitialised by the caller in every case. */
PVM_MUST_USE enum pvm_status jam_table_setup_init(const struct jam_table_view *view,
                                                  enum jam_invocation context,
                                                  struct jam_table_setup *out, struct pvm_err *err);
void jam_table_setup_deinit(struct jam_table_setup *setup);
/* A run of the program under these hooks. */
PVM_MUST_USE enum pvm_status jam_table_setup_run(const struct jam_table_setup *setup,
                                                 const struct pvm_standard *program, uint64_t gas,
                                                 const struct jam_hooks *hooks,
                                                 struct jam_run **out, struct pvm_err *err);

/* table_guest.c: appends the program blob that makes the calls. Results go to the stack. */
PVM_MUST_USE enum pvm_status jam_table_guest(const struct jam_table_setup *setup,
                                             struct pvm_buf *out, struct pvm_err *err);
/* Where r7 and r8 go: 16 octets. */
uint64_t jam_table_guest_results(const struct jam_table_setup *setup);

/* table_changes.c: appends what a finished run changed, a line each. */
PVM_MUST_USE enum pvm_status jam_table_changes(const struct jam_table_setup *setup,
                                               struct jam_run *run,
                                               const struct pvm_standard *program,
                                               struct pvm_buf *out, struct pvm_err *err);
/* table_changes_state.c */
PVM_MUST_USE enum pvm_status jam_table_effects(const struct jam_table_setup *setup,
                                               struct jam_run *run, struct pvm_buf *out,
                                               struct pvm_err *err);

/* table_seen.c: what came of a row in one way. */
struct jam_table_seen {
    bool made; /* the row's own call was reached */
    enum pvm_exit exit;
    uint64_t before[PVM_REG_COUNT], after[PVM_REG_COUNT];
    uint64_t gas_before, gas_after;
    bool has_output; /* a guest's: r7 and r8 as it stored them */
    uint64_t output[2];
    struct pvm_buf changes;
    struct jam_table_memory memory; /* octets in the end */
    struct pvm_buf trouble;         /* what went wrong on the way there, lines */
};

void jam_table_seen_init(struct jam_table_seen *seen, const struct pvm_alloc *alloc);
void jam_table_seen_deinit(struct jam_table_seen *seen);
/* Makes the row's calls, its own with this much gas. */
PVM_MUST_USE enum pvm_status jam_table_direct(const struct jam_table_setup *setup, uint64_t gas,
                                              struct jam_table_seen *out, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_table_by_guest(const struct jam_table_setup *setup, uint64_t gas,
                                                struct jam_table_seen *out, struct pvm_err *err);
/* The same, stopped at every instruction and host call and run on. */
PVM_MUST_USE enum pvm_status jam_table_by_parts(const struct jam_table_setup *setup, uint64_t gas,
                                                struct jam_table_seen *out, struct pvm_err *err);

/* table_want.c: what the row says must come of it. */
struct jam_table_want {
    enum pvm_exit exit;
    bool gas_result; /* r7 is the gas left */
    uint64_t r7, r8;
    uint64_t price, needs;
    bool keeps_gas; /* out of gas leaves what there was */
    struct jam_table_memory memory;
    struct pvm_buf changes;
};

PVM_MUST_USE enum pvm_status jam_table_want_init(const struct jam_table_setup *setup,
                                                 struct jam_table_want *out, struct pvm_err *err);
void jam_table_want_deinit(struct jam_table_want *want);
/* Appends lines of what differs, each behind prefix. */
void jam_table_compare(const struct jam_table_setup *setup, const struct jam_table_want *want,
                       const struct jam_table_seen *seen, const char *prefix, struct pvm_buf *out);
/* The same for a call that is one unit of gas short. */
void jam_table_compare_short(const struct jam_table_setup *setup, const struct jam_table_want *want,
                             const struct jam_table_seen *seen, const char *prefix,
                             struct pvm_buf *out);

#endif
