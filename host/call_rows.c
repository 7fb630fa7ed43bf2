/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in extensions: host/call_table.h in the form of host/jam_extension.h. */
#include "host/call.h"
#include "host/price.h"

/* ---- cells ---- */

#define I         JAM_IN(JAM_IS_AUTHORIZED)
#define R         JAM_IN(JAM_REFINE)
#define A         JAM_IN(JAM_ACCUMULATE)
#define T         JAM_IN(JAM_ON_TRANSFER)
#define AT        (A | T)
#define IRA       (I | R | A)
#define IRAT      JAM_EVERYWHERE
#define C(in, no) .invocations = in, .number = no
#define NO        .invocations = 0, .number = -1

#define P(gas)             .base = gas
#define PN(gas, rate, reg) .base = gas, .terms = {{rate, reg, false}}
#define PM(gas, rate, reg) .base = gas, .terms = {{rate, reg, true}}
#define PMM(gas, rate, reg, rate2, reg2)                                                           \
    .base = gas, .terms = {{rate, reg, true}, {rate2, reg2, true}}
#define PR(name)       .rule = jam_price_##name, .text = TEXT_##name
#define TEXT_grow_heap "275; + 121 * (r7 - h) when the heap grows"
#define TEXT_fetch     "by kind r10, some with a rate on r9"
#define TEXT_pages                                                                                 \
    "mode r10 0: 212 + 118 * r9; 1, 2: 275 + 121 * r9; 3, 4: 130 + 29 * r9; other: 80"
#define TEXT_invoke "968 + gas granted; what is left of it comes back"

/* Prices before 0.8.0, to 0.7.1 and of 0.7.2. */
#define TO_071_TEN          P(10)
#define TO_071_TEN_TRANSFER PN(10, 1, 9)
#define TO_071_TEN_LOG      P(0)
#define OF_072_TEN          P(10)
#define OF_072_TEN_TRANSFER P(10)
#define OF_072_TEN_LOG      P(10)

/* From each version on in which anything changed about host calls. */
#define X(NAME, name, letter, c062, c065, c066, c067, c080, flat, gas, ...)                        \
    static const struct jam_extension_cell cells_##NAME[] = {                                      \
        {.since = 0, c062, .price = {TO_071_##flat}},                                              \
        {.since = JAM_GP(0, 6, 5), c065, .price = {TO_071_##flat}},                                \
        {.since = JAM_GP(0, 6, 6), c066, .price = {TO_071_##flat}},                                \
        {.since = JAM_GP(0, 6, 7), c067, .price = {TO_071_##flat}},                                \
        {.since = JAM_GP(0, 7, 2), c067, .price = {OF_072_##flat}},                                \
        {.since = JAM_GP(0, 8, 0), c080, .price = {gas}},                                          \
    };
JAM_CALLS(X)
#undef X

/* ---- calls ---- */

#define NONE           0
#define S(first, last) JAM_REGS(first, last)
#define W7             JAM_REG(7)
#define W78            JAM_REGS(7, 8)
#define M0                                                                                         \
    {                                                                                              \
        .access = 0                                                                                \
    }
#define M1(a)       a
#define M2(a, b)    a, b
#define M3(a, b, c) a, b, c
#define IN(reg, octets)                                                                            \
    {                                                                                              \
        .access = PVM_READ, .address = reg, .constant = octets                                     \
    }
#define INS(reg, size, count)                                                                      \
    {                                                                                              \
        .access = PVM_READ, .address = reg, .scale = size, .length = count                         \
    }
#define INN(reg, len) INS(reg, 1, len)
#define OUTC(reg, octets)                                                                          \
    {                                                                                              \
        .access = PVM_WRITE, .address = reg, .constant = octets                                    \
    }
#define OUT(reg, len)                                                                              \
    {                                                                                              \
        .access = PVM_WRITE, .address = reg, .scale = 1, .length = len                             \
    }

/* Constants of two octets, times an entry: JAM_PARAMS of host/profile.h, GP 0.7.2 I.4.4. */
#define CORES      (4 * UINT16_MAX)
#define QUEUE      (32 * UINT16_MAX)
#define VALIDATORS (336 * UINT16_MAX)

const struct jam_extension_call jam_call_table[JAM_CALL_COUNT] = {
#define X(NAME, call, gp, c062, c065, c066, c067, c080, flat, gas, function, from, to, ranges,     \
          takes)                                                                                   \
    {.name = #call,                                                                                \
     .letter = gp,                                                                                 \
     .inputs = takes,                                                                              \
     .cells = cells_##NAME,                                                                        \
     .cell_count = sizeof cells_##NAME / sizeof *cells_##NAME,                                     \
     .handler = function,                                                                          \
     .reads = from,                                                                                \
     .writes = to,                                                                                 \
     .memory = {ranges}},
    JAM_CALLS(X)
#undef X
};

/* ---- extensions ---- */

#define ONE(...) +1
#define EXTENSION(set, text, first, count_of)                                                      \
    const struct jam_extension jam_extension_##set = {                                             \
        .size = sizeof(struct jam_extension),                                                      \
        .abi_version = JAM_EXTENSION_ABI_VERSION,                                                  \
        .name = #set,                                                                              \
        .about = text,                                                                             \
        .calls = jam_call_table + (first),                                                         \
        .call_count = 0 count_of(ONE),                                                             \
    }
EXTENSION(general, "calls of more than one invocation", JAM_CALL_GAS, JAM_CALLS_GENERAL);
EXTENSION(refine, "calls of Refine", JAM_CALL_HISTORICAL_LOOKUP, JAM_CALLS_REFINE);
EXTENSION(accumulate, "calls of Accumulate", JAM_CALL_BLESS, JAM_CALLS_ACCUMULATE);
EXTENSION(jip1, "JIP-1's log", JAM_CALL_LOG, JAM_CALLS_JIP1);

const struct jam_extension *jam_profile_extension(const struct jam_profile *profile, size_t index)
{
    static const struct jam_extension *const builtin[JAM_BUILTIN_EXTENSIONS] = {
        &jam_extension_general, &jam_extension_refine, &jam_extension_accumulate,
        &jam_extension_jip1};
    if (index < JAM_BUILTIN_EXTENSIONS)
        return builtin[index];
    index -= JAM_BUILTIN_EXTENSIONS;
    return index < profile->extension_count ? profile->extensions[index].extension : NULL;
}

/* ---- names and numbers ---- */

enum jam_call_id jam_call_by_name(const char *name, size_t len)
{
    for (unsigned i = 0; i < JAM_CALL_COUNT; i++) {
        const char *own = jam_call_table[i].name;
        if (strlen(own) == len && memcmp(own, name, len) == 0)
            return (enum jam_call_id)i;
    }
    return JAM_CALL_COUNT;
}

const struct jam_extension_cell *jam_call_cell(const struct jam_extension_call *call,
                                               uint32_t version)
{
    const struct jam_extension_cell *found = NULL;
    if (call->cell_count == 0 && call->replaces != NULL)
        call = &jam_call_table[jam_call_by_name(call->replaces, strlen(call->replaces))];
    for (size_t i = 0; i < call->cell_count && call->cells[i].since <= version; i++)
        found = &call->cells[i];
    return found != NULL && found->number >= 0 ? found : NULL;
}

int32_t jam_call_number(const struct jam_profile *profile, enum jam_call_id id)
{
    const struct jam_extension_cell *cell = jam_call_cell(&jam_call_table[id], profile->version);
    return cell != NULL ? cell->number : -1;
}

enum jam_call_id jam_call_of_number(const struct jam_profile *profile, uint64_t number)
{
    unsigned id = 0;
    while (
        id < JAM_CALL_COUNT &&
        (number > INT32_MAX || jam_call_number(profile, (enum jam_call_id)id) != (int32_t)number))
        id++;
    return (enum jam_call_id)id;
}

const struct jam_extension_call *jam_call_of(const struct jam_profile *profile, uint64_t number)
{
    const struct jam_extension *extension;
    const struct jam_extension_call *found = NULL;
    for (size_t i = 0; (extension = jam_profile_extension(profile, i)) != NULL; i++) {
        for (size_t k = 0; k < extension->call_count; k++) {
            const struct jam_extension_cell *cell =
                jam_call_cell(&extension->calls[k], profile->version);
            if (cell != NULL && (uint64_t)cell->number == number)
                found = &extension->calls[k]; /* what stands in for another comes later */
        }
    }
    return found;
}

const char *jam_call_name(const struct jam_profile *profile, uint64_t number)
{
    const struct jam_extension_call *call = jam_call_of(profile, number);
    return call != NULL ? call->name : NULL;
}
