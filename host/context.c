/* SPDX-License-Identifier: Apache-2.0 */
#include "host/extension.h"

_Static_assert(JAM_ROWS <= UINT8_MAX + 1, "by_number holds them");

static uint64_t or_default(uint64_t value, uint64_t otherwise)
{
    return value != 0 ? value : otherwise;
}

static bool is_flat(const struct jam_price *price)
{
    for (size_t i = 0; i < JAM_PRICE_TERMS; i++)
        if (price->terms[i].rate != 0)
            return false;
    return price->rule == NULL;
}

/* Puts a call into its row. */
static void bind_call(struct jam_context *ctx, unsigned index,
                      const struct jam_extension *extension, const struct jam_extension_call *call)
{
    const struct jam_extension_cell *cell = jam_call_cell(call, ctx->profile->version);
    struct jam_call_row *row = &ctx->rows[index];
    row->call = call;
    row->extension = extension;
    row->price = &ctx->unknown_price;
    row->flat = true;
    ctx->stats[index].name = call->name;
    if (cell == NULL)
        return;
    if ((cell->invocations >> ctx->invocation & 1) != 0) {
        row->handler = call->handler;
        row->price = &cell->price;
        row->flat = is_flat(row->price);
    }
    if (call->replaces != NULL)
        row->replaced = &ctx->rows[ctx->by_number[cell->number]];
    ctx->stats[index].number = (uint64_t)cell->number;
    ctx->by_number[cell->number] = (uint8_t)index;
}

/* jam_profile_extend has seen to it that there is room. */
static void bind_calls(struct jam_context *ctx)
{
    const struct jam_extension *extension;
    unsigned index = 0;
    ctx->unknown_price.base = ctx->profile->unknown_gas;
    ctx->rows[JAM_ROW_UNKNOWN].price = &ctx->unknown_price;
    ctx->rows[JAM_ROW_UNKNOWN].flat = true;
    memset(ctx->by_number, JAM_ROW_UNKNOWN, sizeof ctx->by_number);
    for (size_t i = 0; (extension = jam_profile_extension(ctx->profile, i)) != NULL; i++) {
        if (i == JAM_BUILTIN_EXTENSIONS)
            index = JAM_ROW_UNKNOWN + 1;
        for (size_t k = 0; k < extension->call_count; k++)
            bind_call(ctx, index++, extension, &extension->calls[k]);
    }
    ctx->row_count = index > JAM_ROW_UNKNOWN ? index : JAM_ROW_UNKNOWN + 1;
}

void jam_context_init(struct jam_context *ctx, const struct jam_profile *profile,
                      const struct jam_params *params, enum jam_invocation invocation,
                      const struct pvm_alloc *alloc, const struct jam_limits *limits,
                      const struct jam_hooks *hooks)
{
    *ctx = (struct jam_context){.invocation = invocation,
                                .profile = profile,
                                .params = params,
                                .alloc = alloc,
                                .hooks = *hooks};
    ctx->limits.layout = limits->layout;
    ctx->limits.memory = or_default(limits->memory, UINT64_C(1) << 32);
    ctx->limits.gas = or_default(limits->gas, UINT64_MAX);
    ctx->limits.inner_gas = or_default(limits->inner_gas, UINT64_C(20000000000));
    ctx->limits.work = or_default(limits->work, UINT64_C(1) << 36);
    ctx->limits.log = or_default(limits->log, UINT64_C(1) << 24);
    ctx->limits.log_line = or_default(limits->log_line, UINT64_C(1) << 16);
    ctx->limits.state = or_default(limits->state, UINT64_C(1) << 30);
    ctx->budget.limit = ctx->limits.memory > SIZE_MAX ? SIZE_MAX : (size_t)ctx->limits.memory;
    bind_calls(ctx);
    jam_arena_init(&ctx->lent, SIZE_MAX, alloc);
    jam_machines_init(&ctx->machines, profile->rules, alloc, &ctx->budget, &ctx->hooks);
    ctx->machines.layout = limits->layout;
    ctx->exports.alloc = alloc;
    ctx->log.alloc = alloc;
    for (size_t i = 0; i < JAM_SCRATCH_COUNT; i++)
        ctx->scratch[i].alloc = alloc;
}

void jam_context_deinit(struct jam_context *ctx)
{
    jam_extensions_end(ctx);
    jam_machines_deinit(&ctx->machines);
    pvm_buf_deinit(&ctx->exports);
    pvm_buf_deinit(&ctx->log);
    for (size_t i = 0; i < JAM_SCRATCH_COUNT; i++)
        pvm_buf_deinit(&ctx->scratch[i]);
    jam_arena_deinit(&ctx->lent);
}

/* A kept line: level (8 octets), whether it has a target (1), then target and message, each behind
 * its length. */
bool jam_context_log(struct jam_context *ctx, const struct jam_log_line *line)
{
    uint64_t room = ctx->limits.log - ctx->log.len;
    if (line->target.len > room || line->message.len + 32 > room - line->target.len) {
        ctx->log_dropped++;
        return true;
    }
    pvm_buf_add_le(&ctx->log, line->level, 8);
    pvm_buf_add_u8(&ctx->log, line->has_target);
    pvm_buf_add_blob(&ctx->log, line->target);
    pvm_buf_add_blob(&ctx->log, line->message);
    ctx->log_count++;
    return !ctx->log.failed;
}

bool jam_context_log_next(const struct jam_context *ctx, size_t *at, struct jam_log_line *line)
{
    struct pvm_reader reader = pvm_reader(pvm_buf_bytes(&ctx->log));
    reader.pos = *at;
    if (pvm_reader_left(&reader) == 0)
        return false;
    line->level = pvm_read_le(&reader, 8);
    line->has_target = pvm_read_u8(&reader) != 0;
    line->target = pvm_read_blob(&reader);
    line->message = pvm_read_blob(&reader);
    *at = reader.pos;
    return !reader.failed;
}
