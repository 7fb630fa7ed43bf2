/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host call costs, from the state it is made in: a flat 10 up to GP 0.7.2 (B.4 to B.7), from
 * 0.8.0 on a table of constants and rates (GP 0.8.0 I.4.5). Columns of host/call_table.h.
 */
#ifndef HOST_PRICE_H
#define HOST_PRICE_H

#include "core/vm.h"
#include "host/profile.h"

struct jam_context;

/* An amount of gas. Prices are not bounded by 2^64: too_large stands for all that no gas covers. */
struct jam_cost {
    uint64_t gas;
    bool too_large;
    /* A caller who cannot pay keeps the gas left; usually the call takes it all. */
    bool kept_if_short;
};

/* rate for each unit of a register, or for each 1024 units, rounded up. */
struct jam_price_term {
    uint32_t rate;
    uint8_t reg;
    bool per_1024;
};

/* A price that is no sum of terms; adds to cost. */
typedef void (*jam_price_rule)(const struct jam_context *ctx, const struct pvm_vm *vm,
                               struct jam_cost *cost);

enum { JAM_PRICE_TERMS = 2 };

struct jam_price {
    uint64_t base;
    struct jam_price_term terms[JAM_PRICE_TERMS]; /* rate 0: unused */
    jam_price_rule rule;                          /* NULL: none */
    const char *text;                             /* the rule in words */
};

/* Lists of prices by enum jam_call_id and, last, that of a call that is unknown or not open. */
extern const struct jam_price *const jam_prices_062; /* 0.6.2 to 0.7.1 */
extern const struct jam_price *const jam_prices_072;
extern const struct jam_price *const jam_prices_080;

struct jam_cost jam_price_of(const struct jam_price *price, const struct jam_context *ctx,
                             const struct pvm_vm *vm);

/* The price as text: "600 + ceil(248 * r11 / 1024)". Appends. */
void jam_price_text(const struct jam_price *price, struct pvm_buf *out);

#endif
