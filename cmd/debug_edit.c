/* SPDX-License-Identifier: Apache-2.0 */
/* Changes by hand. Each belongs to a step, and is made again whenever the run comes by there. */
#include "cmd/debug.h"

#include "cmd/debug_commands.h"

#include <inttypes.h>

static struct cmd_debug_edit *list_of(const struct cmd_debug *d, size_t *count)
{
    *count = d->edits.len / sizeof(struct cmd_debug_edit);
    return (struct cmd_debug_edit *)(void *)d->edits.ptr;
}

void cmd_debug_edits_deinit(struct cmd_debug *d)
{
    size_t count;
    struct cmd_debug_edit *list = list_of(d, &count);
    for (size_t i = 0; i < count; i++)
        pvm_buf_deinit(&list[i].octets);
    pvm_buf_deinit(&d->edits);
}

uint64_t cmd_debug_first_edit(const struct cmd_debug *d)
{
    size_t count;
    const struct cmd_debug_edit *list = list_of(d, &count);
    return count != 0 ? list[0].step : UINT64_MAX;
}

uint64_t cmd_debug_next_pc(const struct cmd_debug *d, uint64_t from, uint64_t *step)
{
    size_t count;
    uint64_t pc = 0;
    const struct cmd_debug_edit *list = list_of(d, &count);
    *step = UINT64_MAX;
    for (size_t i = 0; i < count && list[i].step <= *step; i++)
        if (list[i].kind == CMD_DEBUG_SET_PC && list[i].step >= from) {
            *step = list[i].step;
            pc = list[i].value;
        }
    return pc;
}

static enum pvm_status apply(struct cmd_debug *d, const struct cmd_debug_edit *edit,
                             struct pvm_err *err)
{
    struct pvm_vm *vm = cmd_debug_running(d);
    if (vm == NULL)
        return pvm_fail(err, PVM_E_USAGE, "the run has ended: go back to change something");
    switch (edit->kind) {
    case CMD_DEBUG_SET_REG:
        vm->regs[edit->reg] = edit->value;
        return PVM_OK;
    case CMD_DEBUG_SET_GAS:
        vm->gas = edit->value;
        return PVM_OK;
    case CMD_DEBUG_SET_MEMORY:
        return pvm_memory_put(&vm->memory, edit->value, pvm_buf_bytes(&edit->octets), err);
    case CMD_DEBUG_SET_PC:
        return PVM_OK;
    case CMD_DEBUG_ANSWER:
        d->answering = true;
        return PVM_OK;
    }
    return PVM_E_INTERNAL;
}

void cmd_debug_redo(struct cmd_debug *d)
{
    size_t count;
    const struct cmd_debug_edit *list = list_of(d, &count);
    for (size_t i = 0; i < count; i++) {
        struct pvm_err err = {.status = PVM_OK};
        if (list[i].step == d->step && apply(d, &list[i], &err) != PVM_OK)
            d->note = "a change could not be made again\n";
    }
}

/* Makes the change and keeps it, behind those of the same step. Takes octets over. */
static enum pvm_status make(struct cmd_debug *d, struct cmd_debug_edit *edit, struct pvm_err *err)
{
    edit->step = d->step;
    enum pvm_status status = apply(d, edit, err);
    size_t count;
    pvm_buf_add_zeros(&d->edits, status == PVM_OK ? sizeof *edit : 0);
    if (status == PVM_OK)
        status = pvm_buf_status(&d->edits, err);
    if (status != PVM_OK) {
        pvm_buf_deinit(&edit->octets);
        return status;
    }
    struct cmd_debug_edit *list = list_of(d, &count);
    size_t at = count - 1;
    while (at > 0 && list[at - 1].step > edit->step)
        at--;
    memmove(list + at + 1, list + at, (count - 1 - at) * sizeof *list);
    list[at] = *edit;
    cmd_debug_drop_marks(d, edit->step + 1);
    return PVM_OK;
}

/* ---- set ---- */

/* What is changed is the machine that runs: not while another one is shown. */
static enum pvm_status check_shown(const struct cmd_debug *d, const char *command,
                                   struct pvm_err *err)
{
    if (d->shown_machine == CMD_DEBUG_ANY || d->shown_machine == d->machine)
        return PVM_OK;
    return pvm_fail(err, PVM_E_USAGE,
                    "%.40s: only the machine that runs can be changed, and another one is shown: "
                    "see machine",
                    command);
}

/* A number of that many octets, with or without sign. */
static enum pvm_status check_fits(uint64_t number, unsigned width, struct pvm_err *err)
{
    uint64_t above = width == 8 ? 0 : number >> (8 * width - 1);
    uint64_t ones = width == 8 ? 0 : UINT64_MAX >> (8 * width - 1);
    return above <= 1 || above == ones
               ? PVM_OK
               : pvm_fail(err, PVM_E_USAGE, "set u%u: 0x%" PRIx64 " has more than %u bits",
                          8 * width, number, 8 * width);
}

static enum pvm_status check_mapped(const struct cmd_debug *d, uint64_t addr, uint64_t len,
                                    struct pvm_err *err)
{
    if (addr >> 32 != 0 || len > (UINT64_C(1) << 32) - addr)
        return pvm_fail(err, PVM_E_USAGE, "set: 0x%" PRIx64 " and what follows is not in 2^32",
                        addr);
    for (uint64_t page = addr >> PVM_PAGE_BITS; page << PVM_PAGE_BITS < addr + len; page++)
        if (pvm_memory_access(&d->vm->memory, (uint32_t)page) == PVM_NO_ACCESS)
            return pvm_fail(err, PVM_E_USAGE, "set: nothing is mapped at 0x%08" PRIx64,
                            page << PVM_PAGE_BITS > addr ? page << PVM_PAGE_BITS : addr);
    return PVM_OK;
}

static enum pvm_status set_memory(struct cmd_debug *d, const char *address, const char *value,
                                  unsigned width, struct pvm_err *err)
{
    struct cmd_debug_edit edit = {.kind = CMD_DEBUG_SET_MEMORY};
    uint64_t number;
    size_t bad;
    PVM_TRY(cmd_debug_value(d, address, &edit.value, err));
    if (width != 0) {
        PVM_TRY(cmd_debug_value(d, value, &number, err));
        PVM_TRY(check_fits(number, width, err));
        pvm_buf_add_le(&edit.octets, number, width);
    } else if (strncmp(value, "0x", 2) != 0 || value[2] == '\0' ||
               !pvm_hex_decode(value, strlen(value), &edit.octets, &bad)) {
        pvm_buf_deinit(&edit.octets);
        return pvm_fail(err, PVM_E_USAGE, "set mem: expected octets such as 0x00ff, got \"%.80s\"",
                        value);
    }
    enum pvm_status status = d->over ? PVM_OK : check_mapped(d, edit.value, edit.octets.len, err);
    if (status != PVM_OK) {
        pvm_buf_deinit(&edit.octets);
        return status;
    }
    return make(d, &edit, err);
}

/* Another position: the machine goes on there when it comes to this step again, which is done at
 * once. */
static enum pvm_status set_pc(struct cmd_debug *d, uint64_t pc, struct pvm_err *err)
{
    struct cmd_debug_edit edit = {.kind = CMD_DEBUG_SET_PC, .value = pc};
    if (!d->over && d->machine >= 0)
        return pvm_fail(err, PVM_E_USAGE, "set pc: an inner machine's position is its parent's");
    if (!d->over && !pvm_program_is_opcode(d->vm->program, pc))
        return pvm_fail(err, PVM_E_USAGE, "set pc: 0x%" PRIx64 " is no instruction", pc);
    PVM_TRY(make(d, &edit, err));
    cmd_debug_seek(d, d->step);
    d->again = true;
    return PVM_OK;
}

/* "a0 1", "a0=1", "$a0 = 1": a register, gas or pc. */
static enum pvm_status set_register(struct cmd_debug *d, const char *text, struct pvm_err *err)
{
    struct cmd_debug_edit edit = {.kind = CMD_DEBUG_SET_REG};
    size_t len = strcspn(text, " \t=");
    const char *value = text + len + strspn(text + len, " \t");
    bool dollar = *text == '$';
    value += *value == '=';
    edit.reg = cmd_debug_register(text, len);
    bool gas = len == 3u + dollar && strncmp(text + dollar, "gas", 3) == 0;
    bool pc = len == 2u + dollar && strncmp(text + dollar, "pc", 2) == 0;
    if (edit.reg == PVM_REG_COUNT && !gas && !pc)
        return pvm_fail(err, PVM_E_USAGE,
                        "set: \"%.*s\" is no register, nor gas, pc, mem, u8, u16, u32 or u64",
                        (int)(len < 80 ? len : 80), text);
    if (value[strspn(value, " \t")] == '\0')
        return pvm_fail(err, PVM_E_USAGE, "set: expected what to change, and to what");
    if (pc) {
        const struct pvm_symbols *names;
        PVM_TRY(cmd_debug_place(d, value, &edit.value, &names, err));
        return set_pc(d, edit.value, err);
    }
    PVM_TRY(cmd_debug_value(d, value, &edit.value, err));
    if (gas)
        edit.kind = CMD_DEBUG_SET_GAS;
    return make(d, &edit, err);
}

enum pvm_status cmd_debug_do_set(struct cmd_debug *d, const struct cmd_debug_words *words,
                                 struct pvm_err *err)
{
    static const struct {
        const char *name;
        unsigned width;
    } kinds[] = {{"mem", 0}, {"u8", 1}, {"u16", 2}, {"u32", 4}, {"u64", 8}};
    if (words->count < 2)
        return pvm_fail(err, PVM_E_USAGE, "set: expected what to change, and to what");
    PVM_TRY(check_shown(d, "set", err));
    const char *what = words->list[1];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(what, kinds[i].name) != 0)
            continue;
        if (words->count != 4)
            return pvm_fail(err, PVM_E_USAGE, "set %s: expected an address and a value", what);
        return set_memory(d, words->list[2], words->list[3], kinds[i].width, err);
    }
    bool word = strcmp(what, "var") == 0 && words->count > 2;
    return set_register(d, words->rest[word ? 2 : 1], err);
}

/* ---- answer ---- */

enum pvm_status cmd_debug_do_answer(struct cmd_debug *d, const struct cmd_debug_words *words,
                                    struct pvm_err *err)
{
    if (d->over || pvm_program_op(d->vm->program, d->vm->pc) != PVM_OP_ECALLI)
        return pvm_fail(err, PVM_E_USAGE, "answer: the run is at no host call");
    if (d->machine >= 0)
        return pvm_fail(err, PVM_E_USAGE,
                        "answer: what an inner machine calls goes to the machine that invoked it");
    PVM_TRY(check_shown(d, "answer", err));
    if (words->count > 3)
        return pvm_fail(err, PVM_E_USAGE, "answer: at most values for a0 and a1 may follow");
    for (unsigned i = 1; i < words->count; i++) {
        struct cmd_debug_edit edit = {.kind = CMD_DEBUG_SET_REG, .reg = 6 + i};
        PVM_TRY(cmd_debug_value(d, words->list[i], &edit.value, err));
        PVM_TRY(make(d, &edit, err));
    }
    struct cmd_debug_edit edit = {.kind = CMD_DEBUG_ANSWER};
    PVM_TRY(make(d, &edit, err));
    d->mode = CMD_DEBUG_RUN;
    d->until.kind = CMD_DEBUG_UNTIL_STEP;
    d->until.step = d->step + 1;
    d->go = true;
    return PVM_OK;
}

/* ---- what was changed ---- */

void cmd_debug_edits_text(const struct cmd_debug *d, struct pvm_buf *out)
{
    size_t count;
    const struct cmd_debug_edit *list = list_of(d, &count);
    if (count == 0)
        pvm_buf_text(out, "nothing was changed\n");
    for (size_t i = 0; i < count; i++) {
        const struct cmd_debug_edit *edit = &list[i];
        pvm_buf_printf(out, "%3zu  step %" PRIu64 ": ", i + 1, edit->step);
        switch (edit->kind) {
        case CMD_DEBUG_SET_REG:
            pvm_buf_printf(out, "%s = 0x%" PRIx64 "\n", pvm_reg_name(edit->reg), edit->value);
            break;
        case CMD_DEBUG_SET_PC:
            pvm_buf_printf(out, "pc = 0x%" PRIx64 "\n", edit->value);
            break;
        case CMD_DEBUG_SET_GAS:
            pvm_buf_printf(out, "gas = %" PRIu64 "\n", edit->value);
            break;
        case CMD_DEBUG_SET_MEMORY:
            pvm_buf_printf(out, "%zu octet%s at 0x%08" PRIx64 "\n", edit->octets.len,
                           edit->octets.len == 1 ? "" : "s", edit->value);
            break;
        case CMD_DEBUG_ANSWER:
            pvm_buf_text(out, "host call answered\n");
            break;
        }
    }
}

static void drop(struct cmd_debug *d, size_t index)
{
    size_t count;
    struct cmd_debug_edit *list = list_of(d, &count);
    cmd_debug_drop_marks(d, list[index].step);
    pvm_buf_deinit(&list[index].octets);
    memmove(list + index, list + index + 1, (count - index - 1) * sizeof *list);
    d->edits.len -= sizeof *list;
}

enum pvm_status cmd_debug_do_undo(struct cmd_debug *d, const struct cmd_debug_words *words,
                                  struct pvm_err *err)
{
    size_t count;
    uint64_t number;
    (void)list_of(d, &count);
    if (words->count == 2 && strcmp(words->list[1], "all") == 0) {
        while (count > 0)
            drop(d, --count);
    } else {
        number = count;
        if (words->count > 1)
            PVM_TRY(cmd_debug_value(d, words->rest[1], &number, err));
        if (number < 1 || number > count)
            return pvm_fail(err, PVM_E_USAGE,
                            "undo: there is no change %" PRIu64 ", see info changes", number);
        drop(d, (size_t)number - 1);
    }
    cmd_debug_seek(d, d->step);
    d->again = true;
    return PVM_OK;
}
