/* SPDX-License-Identifier: Apache-2.0 */
/* What GP versions changed in Accumulate and On-Transfer, as data. */
#ifndef HOST_ACCUMULATE_RULES_H
#define HOST_ACCUMULATE_RULES_H

#include "host/accumulate.h"

/* Registers of bless besides the manager's, r7; 0: the version lacks the argument. */
struct jam_bless_rules {
    uint8_t assigner;  /* one for all cores */
    uint8_t assigners; /* pointer to one per core */
    uint8_t delegator, registrar, pairs, count;
    bool manager_only; /* HUH for everyone else */
};

struct jam_assign_rules {
    bool needs_assigner; /* HUH for everyone else */
    bool core_last;      /* 0.6.7: HUH is looked at before CORE */
    bool hands_over;     /* r9 becomes the core's assigner */
    bool knows_who;      /* WHO for an r9 that is no id */
};

struct jam_designate_rules {
    bool delegator_only; /* HUH for everyone else */
    bool counted;        /* r8 validators rather than V */
};

struct jam_new_rules {
    bool short_length; /* a length of 2^32 or more is a panic by the text */
    bool gratis;       /* r11, for the manager only; creation slot and parent are recorded */
    bool registrar;    /* r12: the registrar chooses ids below id_base */
};

struct jam_accumulate_rules {
    const struct jam_account_rules *accounts;
    uint32_t id_base;       /* the least id that new gives out by itself */
    uint32_t id_count;      /* how many ids there are from there on */
    bool transfer_inputs;   /* 0.7.1 on: transfers are inputs; before, On-Transfer runs */
    bool limits_code;       /* code larger than W_C does not run */
    bool inline_arguments;  /* the inputs stand in the arguments, not only their count */
    /* 0.6.3: slot and service take four octets each in the arguments, as the services published in
     * its days read them; B.4 says E(t, s, ...), which later ones took for compact naturals. */
    bool wide_arguments;
    bool wide_length_first; /* 0.8.0: a length of 2^32 or more is HUH before any panic */
    struct jam_bless_rules bless;
    struct jam_assign_rules assign;
    struct jam_designate_rules designate;
    struct jam_new_rules new;
    /* E(operand), without the octet that tells inputs apart. */
    void (*operand)(const struct jam_operand *operand, struct pvm_buf *out);
};

/* Rows of host/profile_rows.c refer to these, named after the version they came with. */
extern const struct jam_accumulate_rules jam_accumulate_063, jam_accumulate_065, jam_accumulate_066,
    jam_accumulate_067, jam_accumulate_070, jam_accumulate_071, jam_accumulate_080,
    jam_accumulate_080_vectors;

static inline const struct jam_accumulate_rules *
jam_accumulate_rules_of(const struct jam_profile *profile)
{
    return profile->accumulate;
}

#endif
