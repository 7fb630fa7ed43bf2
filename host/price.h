/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host call costs, from the state it is made in: a flat 10 up to GP 0.7.2 (B.4 to B.7), from
 * 0.8.0 on a table of constants and rates (GP 0.8.0 I.4.5). Columns of host/call_table.h.
 */
#ifndef HOST_PRICE_H
#define HOST_PRICE_H

#include "core/vm.h"
#include "host/heap.h"
#include "host/jam_extension.h"
#include "host/profile.h"

/* Rules that are no sum of terms, as named in the table. */
void jam_price_grow_heap(const struct jam_context *ctx, const uint64_t *regs,
                         struct jam_cost *cost);
void jam_price_fetch(const struct jam_context *ctx, const uint64_t *regs, struct jam_cost *cost);
void jam_price_pages(const struct jam_context *ctx, const uint64_t *regs, struct jam_cost *cost);
void jam_price_invoke(const struct jam_context *ctx, const uint64_t *regs, struct jam_cost *cost);

/* What two of them add, for whoever has no context: of a heap that ends before page `top`, may grow
 * to `end` and is wanted to end before `wanted`; and of gas granted to an inner machine, 0 where
 * none can be read. */
void jam_price_heap_pages(const struct jam_profile *profile, const struct jam_heap *heap,
                          uint64_t wanted, struct jam_cost *cost);
void jam_price_grant(uint64_t grant, struct jam_cost *cost);

/* What a call costs that the context's machine makes with these registers. */
struct jam_cost jam_price_of(const struct jam_price *price, const struct jam_context *ctx,
                             const uint64_t *regs);

/* The price as text: "600 + ceil(248 * r11 / 1024)". Appends. */
void jam_price_text(const struct jam_price *price, struct pvm_buf *out);

#endif
