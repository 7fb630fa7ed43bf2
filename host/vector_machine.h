/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What vectors of one bare machine have in common: pages, octets and registers read out of JSON, a
 * machine run in each way the core has, and its state compared with what is expected. The first
 * difference is appended in words: "r7: expected 0x1, got 0x2".
 */
#ifndef HOST_VECTOR_MACHINE_H
#define HOST_VECTOR_MACHINE_H

#include "core/vm.h"
#include "host/arena.h"
#include "host/json.h"
#include "host/vector.h"

struct jam_page_range {
    uint64_t address, length; /* of whole pages that a guest can reach */
    bool writable;
};

struct jam_page_list {
    struct jam_page_range *list;
    size_t count;
};

/* Octets at an address, all below 2^32. */
struct jam_chunk {
    uint64_t address;
    struct pvm_bytes contents;
};

struct jam_chunk_list {
    struct jam_chunk *list;
    size_t count;
};

/* What a block costs that starts at pc. */
struct jam_block_cost {
    uint32_t pc;
    uint64_t cost;
};

struct jam_cost_list {
    struct jam_block_cost *list;
    size_t count;
};

/* ---- reading: what is wrong is PVM_E_MALFORMED with its place ---- */

/* Octets in any of the ways of jam_json_octets, kept in the arena. */
PVM_MUST_USE enum pvm_status jam_read_octets(struct jam_arena *arena, struct jam_json json,
                                             struct pvm_bytes *out, struct pvm_err *err);
/* The same, of the shape of a program blob. */
PVM_MUST_USE enum pvm_status jam_read_program(struct jam_arena *arena, struct jam_json json,
                                              struct pvm_bytes *out, struct pvm_err *err);
/* Exactly PVM_REG_COUNT numbers. */
PVM_MUST_USE enum pvm_status jam_read_regs(struct jam_json json, uint64_t regs[PVM_REG_COUNT],
                                           struct pvm_err *err);
/* The name of an exit other than "continue". */
PVM_MUST_USE enum pvm_status jam_read_exit(struct jam_json json, enum pvm_exit *out,
                                           struct pvm_err *err);
/* Whether a range is one of pages; json is where it was read. */
PVM_MUST_USE enum pvm_status
jam_check_pages(struct jam_json json, const struct jam_page_range *range, struct pvm_err *err);
/* A list of {address, length, WRITABLE}, the last one under the given key. */
PVM_MUST_USE enum pvm_status jam_read_pages(struct jam_arena *arena, struct jam_json json,
                                            const char *writable, struct jam_page_list *out,
                                            struct pvm_err *err);
/* contents of a chunk at address; json is where the address was read. */
PVM_MUST_USE enum pvm_status jam_read_chunk(struct jam_arena *arena, struct jam_json json,
                                            uint64_t address, struct jam_json contents,
                                            struct jam_chunk *out, struct pvm_err *err);
/* A list of {address, contents}. */
PVM_MUST_USE enum pvm_status jam_read_chunks(struct jam_arena *arena, struct jam_json json,
                                             struct jam_chunk_list *out, struct pvm_err *err);
/* {"PC": COST}, at least one. */
PVM_MUST_USE enum pvm_status jam_read_costs(struct jam_arena *arena, struct jam_json json,
                                            struct jam_cost_list *out, struct pvm_err *err);

/* ---- machines ---- */

/* What the machines of one run may take together. */
struct pvm_budget jam_vector_budget(const struct jam_vector_options *options);

PVM_MUST_USE enum pvm_status jam_map_pages(struct pvm_memory *memory,
                                           const struct jam_page_range *range, struct pvm_err *err);
PVM_MUST_USE enum pvm_status jam_put_memory(struct pvm_memory *memory,
                                            const struct jam_page_list *pages,
                                            const struct jam_chunk_list *chunks,
                                            struct pvm_err *err);

/* Ways to the next exit, which must not make a difference. */
enum jam_engine { JAM_ENGINE_WHOLE, JAM_ENGINE_STEPPED, JAM_ENGINE_OBSERVED, JAM_ENGINE_COUNT };

/* Appends what a difference begins with: nothing for WHOLE, else "in single steps: " and so on. */
void jam_engine_text(enum jam_engine engine, struct pvm_buf *out);

/* Runs to an exit. PVM_E_LIMIT when there is none for 10^8 instructions. */
PVM_MUST_USE enum pvm_status jam_engine_run(struct pvm_vm *vm, enum jam_engine engine,
                                            enum pvm_exit *exit, struct pvm_err *err);

/* ---- comparing: false, and the difference appended, when there is one ---- */

bool jam_same_word(const char *what, uint64_t expected, uint64_t got, struct pvm_buf *out);
bool jam_same_count(const char *what, uint64_t expected, uint64_t got, struct pvm_buf *out);
bool jam_same_text(const char *what, const char *expected, const char *got, struct pvm_buf *out);
bool jam_same_regs(const uint64_t *expected, const uint64_t *got, struct pvm_buf *out);
/* Access and octets of all pages. */
bool jam_same_memory(const struct pvm_memory *expected, const struct pvm_memory *got,
                     struct pvm_buf *out);
/* Each cost, all of blocks or of the end of the code, and that no block is left out. */
bool jam_same_costs(const struct jam_cost_list *expected, const struct pvm_program *program,
                    struct pvm_buf *out);

#endif
