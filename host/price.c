/* SPDX-License-Identifier: Apache-2.0 */
#include "host/price.h"

#include "host/context.h"

#include <inttypes.h>

/* ---- sums that may leave 64 bits ---- */

static void add(struct jam_cost *cost, uint64_t gas)
{
    if (gas > UINT64_MAX - cost->gas)
        cost->too_large = true;
    else
        cost->gas += gas;
}

static void add_each(struct jam_cost *cost, uint64_t rate, uint64_t count)
{
    if (rate != 0 && count > UINT64_MAX / rate)
        cost->too_large = true;
    else
        add(cost, rate * count);
}

/* M(rate, size) of GP 0.8.0 B.5: ceil(rate * size / 1024). */
static void add_size(struct jam_cost *cost, uint64_t rate, uint64_t size)
{
    add_each(cost, rate, size / 1024);
    add(cost, (rate * (size % 1024) + 1023) / 1024);
}

struct jam_cost jam_price_of(const struct jam_price *price, const struct jam_context *ctx,
                             const uint64_t *regs)
{
    struct jam_cost cost = {.gas = price->base};
    for (size_t i = 0; i < JAM_PRICE_TERMS; i++) {
        const struct jam_price_term *term = &price->terms[i];
        if (term->rate == 0)
            continue; /* and its register may be none */
        if (term->per_1024)
            add_size(&cost, term->rate, regs[term->reg]);
        else
            add_each(&cost, term->rate, regs[term->reg]);
    }
    if (price->rule != NULL)
        price->rule(ctx, regs, &cost);
    return cost;
}

/* ---- rules of their own, GP 0.8.0 B.5, B.6 and I.4.5 ---- */

enum { HEAP_BASE = 275, HEAP_PAGE = 121 };

/* The text of 0.8.0 leaves the gas of a caller who cannot pay for the pages; the official vectors
 * take it. */
void jam_price_heap_pages(const struct jam_profile *profile, const struct jam_heap *heap,
                          uint64_t wanted, struct jam_cost *cost)
{
    add(cost, HEAP_BASE);
    if (!jam_heap_grows(heap, wanted))
        return;
    add_each(cost, HEAP_PAGE, wanted - heap->top);
    cost->kept_if_short = profile->call.heap_short_keeps_gas;
}

void jam_price_grow_heap(const struct jam_context *ctx, const uint64_t *regs, struct jam_cost *cost)
{
    jam_price_heap_pages(ctx->profile, &ctx->heap, regs[7], cost);
}

/* By kind: constant and rate for each 1024 octets asked for. */
static const struct {
    uint16_t base, rate;
} fetch_prices[] = {
    {390, 0}, {103, 0}, {80, 96}, {85, 96}, {85, 96}, {171, 0}, {171, 0},   {85, 96},
    {84, 0},  {88, 0},  {111, 0}, {317, 0}, {250, 0}, {95, 96}, {287, 400}, {355, 344},
};

enum { FETCH_PRICES = sizeof fetch_prices / sizeof *fetch_prices, FETCH_NOTHING = 80 };

void jam_price_fetch(const struct jam_context *ctx, const uint64_t *regs, struct jam_cost *cost)
{
    (void)ctx;
    uint64_t kind = regs[10];
    if (kind >= FETCH_PRICES) {
        add(cost, FETCH_NOTHING);
        return;
    }
    add(cost, fetch_prices[kind].base);
    add_size(cost, fetch_prices[kind].rate, regs[9]);
}

/* By mode: constant and rate for each page. */
static const struct {
    uint16_t base, rate;
} pages_prices[] = {{212, 118}, {275, 121}, {275, 121}, {130, 29}, {130, 29}};

enum { PAGES_PRICES = sizeof pages_prices / sizeof *pages_prices, PAGES_INVALID = 80 };

void jam_price_pages(const struct jam_context *ctx, const uint64_t *regs, struct jam_cost *cost)
{
    (void)ctx;
    uint64_t mode = regs[10];
    if (mode >= PAGES_PRICES) {
        add(cost, PAGES_INVALID);
        return;
    }
    add(cost, pages_prices[mode].base);
    add_each(cost, pages_prices[mode].rate, regs[9]);
}

enum { INVOKE_BASE = 968 };

void jam_price_grant(uint64_t grant, struct jam_cost *cost)
{
    add(cost, INVOKE_BASE);
    add(cost, grant);
}

/* The gas granted to the inner machine is taken from the caller first; invoke gives back the rest.
 * No grant can be read: none is taken. */
void jam_price_invoke(const struct jam_context *ctx, const uint64_t *regs, struct jam_cost *cost)
{
    uint8_t grant[8];
    uint64_t at = regs[8];
    const struct pvm_memory *memory = &ctx->caller->memory;
    bool readable = pvm_memory_allows(memory, at, JAM_INVOKE_SIZE, PVM_WRITE);
    if (readable)
        pvm_memory_get(memory, at, grant, sizeof grant);
    jam_price_grant(readable ? pvm_load_le(grant, sizeof grant) : 0, cost);
}

/* ---- text ---- */

void jam_price_text(const struct jam_price *price, struct pvm_buf *out)
{
    if (price->rule != NULL) {
        pvm_buf_text(out, price->text != NULL ? price->text : "a rule of its own");
        return;
    }
    pvm_buf_printf(out, "%" PRIu64, price->base);
    for (size_t i = 0; i < JAM_PRICE_TERMS; i++) {
        const struct jam_price_term *term = &price->terms[i];
        if (term->rate == 0)
            continue;
        if (term->per_1024)
            pvm_buf_printf(out, " + ceil(%u * r%u / 1024)", (unsigned)term->rate, term->reg);
        else if (term->rate == 1)
            pvm_buf_printf(out, " + r%u", term->reg);
        else
            pvm_buf_printf(out, " + %u * r%u", (unsigned)term->rate, term->reg);
    }
}
