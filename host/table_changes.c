/* SPDX-License-Identifier: Apache-2.0 */
/* What a finished run changed besides state, a line each: pages, exports, inner machines, log. */
#include "host/table_parts.h"

#include <inttypes.h>
#include <stdio.h>

enum { TABLE_PAGES = 1024 }; /* of an entry of a memory's directory */

static bool is_zero(const struct pvm_memory *memory, uint64_t page)
{
    static const uint8_t zeros[PVM_PAGE_SIZE];
    uint8_t octets[PVM_PAGE_SIZE];
    pvm_memory_get(memory, page * PVM_PAGE_SIZE, octets, sizeof octets);
    return memcmp(octets, zeros, sizeof octets) == 0;
}

/* How many pages from this one on are zero, of at most count. */
static uint64_t zeros_from(const struct pvm_memory *memory, uint64_t page, uint64_t count)
{
    uint64_t zeros = 0;
    while (zeros < count) {
        uint64_t at = page + zeros;
        if (memory->directory == NULL || memory->directory[at / TABLE_PAGES] == NULL)
            zeros += TABLE_PAGES - at % TABLE_PAGES;
        else if (is_zero(memory, at))
            zeros++;
        else
            break;
    }
    return zeros < count ? zeros : count;
}

/* Pages of one access: what is in each of them that has something in it, and how many are empty
 * before it. */
static void tell_pages(const char *prefix, const struct pvm_memory *memory, uint64_t page,
                       uint64_t count, enum pvm_access access, struct pvm_buf *out)
{
    const char *word = access == PVM_WRITE ? "writable" : "readable";
    while (count > 0) {
        uint8_t octets[PVM_PAGE_SIZE];
        uint64_t empty = zeros_from(memory, page, count);
        if (empty > 1)
            pvm_buf_printf(out, "%spages %" PRIu64 " to %" PRIu64 " %s: zeros\n", prefix, page,
                           page + empty - 1, word);
        else if (empty == 1)
            pvm_buf_printf(out, "%spage %" PRIu64 " %s: zeros\n", prefix, page, word);
        page += empty;
        count -= empty;
        if (count == 0)
            break;
        pvm_memory_get(memory, page * PVM_PAGE_SIZE, octets, sizeof octets);
        pvm_buf_printf(out, "%spage %" PRIu64 " %s: ", prefix, page, word);
        jam_table_show(pvm_bytes(octets, sizeof octets), out);
        pvm_buf_text(out, "\n");
        page++;
        count--;
    }
}

/* ---- pages that the machine did not have in the beginning ---- */

static void tell_new_pages(struct jam_run *run, const struct pvm_standard *program,
                           struct pvm_buf *out)
{
    const struct pvm_vm *vm = jam_run_vm(run);
    struct pvm_region regions[PVM_REGION_COUNT];
    uint32_t page = 0;
    uint32_t count = 0;
    enum pvm_access access;
    pvm_standard_regions(program, jam_run_args(run).len, regions);
    while (pvm_memory_next(&vm->memory, &page, &count, &access)) {
        uint64_t first = page;
        uint64_t end = (uint64_t)page + count;
        for (unsigned i = 0; i < PVM_REGION_COUNT; i++) {
            uint64_t start = regions[i].start / PVM_PAGE_SIZE;
            uint64_t behind = start + regions[i].size / PVM_PAGE_SIZE;
            if (regions[i].size > 0 && start <= first && first < behind)
                first = behind < end ? behind : end;
        }
        tell_pages("", &vm->memory, first, end - first, access, out);
        page += count;
    }
}

/* ---- refinement ---- */

static void tell_exports(const struct jam_table_setup *setup, struct jam_run *run,
                         struct pvm_buf *out)
{
    const struct jam_result *result = jam_run_result(run);
    uint64_t offset = jam_fixture_refine(setup->fixture, setup->fixture->item).export_offset;
    for (size_t i = 0; i < result->export_count; i++) {
        pvm_buf_printf(out, "export %" PRIu64 ": ", offset + i);
        jam_table_show(pvm_bytes(result->exports + i * JAM_SEGMENT_SIZE, JAM_SEGMENT_SIZE), out);
        pvm_buf_text(out, "\n");
    }
}

static void tell_machines(const struct jam_run *run, struct pvm_buf *out)
{
    const struct jam_machine *machine;
    for (size_t i = 0; (machine = jam_run_machine(run, i)) != NULL; i++) {
        char prefix[48];
        uint32_t page = 0;
        uint32_t count = 0;
        enum pvm_access access;
        (void)snprintf(prefix, sizeof prefix, "machine %" PRIu64 ": ", machine->id);
        pvm_buf_printf(out, "%spc %" PRIu64 "\n", prefix, machine->vm.pc);
        for (; pvm_memory_next(&machine->vm.memory, &page, &count, &access); page += count)
            tell_pages(prefix, &machine->vm.memory, page, count, access, out);
    }
}

/* ---- all of it ---- */

static void tell_log(const struct jam_run *run, struct pvm_buf *out)
{
    struct jam_log_line line;
    for (size_t at = 0; jam_run_log_next(run, &at, &line);) {
        pvm_buf_printf(out, "log %" PRIu64 " ", line.level);
        if (line.has_target) {
            jam_table_show(line.target, out);
            pvm_buf_text(out, " ");
        }
        jam_table_show(line.message, out);
        pvm_buf_text(out, "\n");
    }
}

enum pvm_status jam_table_changes(const struct jam_table_setup *setup, struct jam_run *run,
                                  const struct pvm_standard *program, struct pvm_buf *out,
                                  struct pvm_err *err)
{
    switch (setup->context) {
    case JAM_ACCUMULATE:
    case JAM_ON_TRANSFER:
        PVM_TRY(jam_table_effects(setup, run, out, err));
        break;
    case JAM_REFINE:
        tell_exports(setup, run, out);
        tell_machines(run, out);
        break;
    case JAM_IS_AUTHORIZED:
        break;
    }
    tell_new_pages(run, program, out);
    tell_log(run, out);
    return pvm_buf_status(out, err);
}
