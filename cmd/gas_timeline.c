/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/gas_timeline.h"

#include <inttypes.h>
#include <stdlib.h>

enum { CHART_MAX = 1 << 22 /* characters */, CYCLES_MAX = 1000000 };

/* ---- recording ---- */

/* Steps as they are observed: move_reg when decoded, the others when retired. */
static void on_step(void *user, const struct pvm_gas_step *step)
{
    struct pvm_buf *steps = user;
    pvm_buf_add(steps, step, sizeof *step);
}

static int by_position(const void *a, const void *b)
{
    const struct pvm_gas_step *left = a;
    const struct pvm_gas_step *right = b;
    return left->pc < right->pc ? -1 : left->pc > right->pc;
}

enum pvm_status cmd_timeline_make(const struct pvm_program *program, uint32_t pc,
                                  const struct pvm_alloc *alloc, struct cmd_timeline *out,
                                  struct pvm_err *err)
{
    struct pvm_buf steps = {.alloc = alloc};
    *out = (struct cmd_timeline){.alloc = alloc};
    uint64_t cost = pvm_gas_block_cost(program, pc, NULL, NULL);
    if (cost > CYCLES_MAX)
        return pvm_fail(err, PVM_E_LIMIT,
                        "the block takes %" PRIu64 " cycles; at most %d are recorded", cost,
                        CYCLES_MAX);
    out->cost = pvm_gas_block_cost(program, pc, on_step, &steps);
    enum pvm_status status = pvm_buf_status(&steps, err);
    if (status != PVM_OK) {
        pvm_buf_deinit(&steps);
        return status;
    }
    out->steps = (struct pvm_gas_step *)(void *)steps.ptr;
    out->count = steps.len / sizeof *out->steps;
    qsort(out->steps, out->count, sizeof *out->steps, by_position);
    for (size_t i = 0; i < out->count; i++) {
        const struct pvm_gas_step *step = &out->steps[i];
        uint32_t end = step->in_buffer ? step->retired : step->decoded;
        if (end >= out->columns)
            out->columns = end + 1;
    }
    return PVM_OK;
}

void cmd_timeline_deinit(struct cmd_timeline *timeline)
{
    pvm_alloc_free(timeline->alloc, timeline->steps);
    timeline->steps = NULL;
    timeline->count = 0;
}

/* ---- drawing ---- */

static char cell(const struct pvm_gas_step *step, uint32_t column)
{
    if (column == step->decoded)
        return 'D';
    if (column < step->decoded || !step->in_buffer || column > step->retired)
        return '.';
    if (column < step->started)
        return '=';
    if (column < step->finished)
        return 'e';
    if (column == step->finished)
        return 'E';
    return column < step->retired ? '-' : 'R';
}

enum pvm_status cmd_timeline_print(const struct cmd_timeline *timeline,
                                   const struct pvm_program *program,
                                   const struct pvm_disasm_options *how, const char *indent,
                                   struct pvm_buf *out, struct pvm_err *err)
{
    if (timeline->columns > CHART_MAX || timeline->count > CHART_MAX / (timeline->columns + 1))
        return pvm_fail(err, PVM_E_LIMIT,
                        "a chart of %zu instructions over %u cycles is too large to draw",
                        timeline->count, (unsigned)timeline->columns);
    for (size_t i = 0; i < timeline->count; i++) {
        const struct pvm_gas_step *step = &timeline->steps[i];
        pvm_buf_text(out, indent);
        for (uint32_t column = 0; column < timeline->columns; column++)
            pvm_buf_add_u8(out, (uint8_t)cell(step, column));
        pvm_buf_text(out, "  ");
        pvm_disasm_insn(program, step->pc, how, out);
        pvm_buf_add_u8(out, '\n');
    }
    return PVM_OK;
}
