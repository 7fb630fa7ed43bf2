/* SPDX-License-Identifier: Apache-2.0 */
#include "host/accumulate_rules.h"

/* ---- operands, GP 0.7.2 C.2; each version's order ---- */

static void add_hash(struct pvm_buf *out, const struct jam_hash *hash)
{
    pvm_buf_add(out, hash->octets, JAM_HASH_SIZE);
}

/* O of GP 0.7.2 C.2: the octet of the outcome, and the output of one that is good. */
static void add_result(struct pvm_buf *out, const struct jam_operand *operand, uint8_t octet)
{
    pvm_buf_add_u8(out, octet);
    if (operand->result == JAM_ENDED_HALT)
        pvm_buf_add_blob(out, operand->output);
}

static const uint8_t octets_066[] = {
#define X(NAME, name, octet, text) [JAM_ENDED_##NAME] = octet,
    JAM_OUTCOMES(X)
#undef X
};

/* Before 0.6.6 nothing was oversize, and what follows it had the octet before. */
static const uint8_t octets_063[] = {
    [JAM_ENDED_HALT] = 0,        [JAM_ENDED_OOG] = 1,      [JAM_ENDED_PANIC] = 2,
    [JAM_ENDED_BAD_EXPORTS] = 3, [JAM_ENDED_OVERSIZE] = 3, [JAM_ENDED_BAD] = 4,
    [JAM_ENDED_BIG] = 5,
};

static void operand_063(const struct jam_operand *operand, struct pvm_buf *out)
{
    add_hash(out, &operand->package_hash);
    add_hash(out, &operand->exports_root);
    add_hash(out, &operand->authorizer_hash);
    pvm_buf_add_blob(out, operand->trace);
    add_hash(out, &operand->payload_hash);
    add_result(out, operand, octets_063[operand->result]);
}

static void operand_065(const struct jam_operand *operand, struct pvm_buf *out)
{
    add_hash(out, &operand->package_hash);
    add_hash(out, &operand->exports_root);
    add_hash(out, &operand->authorizer_hash);
    pvm_buf_add_blob(out, operand->trace);
    add_hash(out, &operand->payload_hash);
    pvm_buf_add_natural(out, operand->gas_limit);
    add_result(out, operand, octets_063[operand->result]);
}

static void operand_066(const struct jam_operand *operand, struct pvm_buf *out)
{
    add_hash(out, &operand->package_hash);
    add_hash(out, &operand->exports_root);
    add_hash(out, &operand->authorizer_hash);
    add_hash(out, &operand->payload_hash);
    pvm_buf_add_natural(out, operand->gas_limit);
    add_result(out, operand, octets_066[operand->result]);
    pvm_buf_add_blob(out, operand->trace);
}

/* ---- the rows ---- */

/* GP 0.7.2 B.4: ids from 2^8 to 2^32 - 2^8; from 0.7.1 on from 2^16 (S, I.4.4). */
#define IDS_062 .id_base = UINT32_C(1) << 8, .id_count = UINT32_MAX - (UINT32_C(1) << 9) + 1
#define IDS_071                                                                                    \
    .id_base = UINT32_C(1) << 16,                                                                  \
    .id_count = UINT32_MAX - (UINT32_C(1) << 16) - (UINT32_C(1) << 8) + 1

#define BLESS_062                                                                                  \
    {                                                                                              \
        .assigner = 8, .delegator = 9, .pairs = 10, .count = 11                                    \
    }
#define BLESS_067                                                                                  \
    {                                                                                              \
        .assigners = 8, .delegator = 9, .pairs = 10, .count = 11, .manager_only = true             \
    }
#define BLESS_071                                                                                  \
    {                                                                                              \
        .assigners = 8, .delegator = 9, .registrar = 10, .pairs = 11, .count = 12                  \
    }
#define BLESS_080                                                                                  \
    {                                                                                              \
        .assigners = 8, .delegator = 9, .registrar = 10, .pairs = 11, .count = 12,                 \
        .manager_only = true                                                                       \
    }

#define ASSIGN_067                                                                                 \
    {                                                                                              \
        .needs_assigner = true, .core_last = true, .hands_over = true                              \
    }
#define ASSIGN_070                                                                                 \
    {                                                                                              \
        .needs_assigner = true, .hands_over = true                                                 \
    }
#define ASSIGN_071                                                                                 \
    {                                                                                              \
        .needs_assigner = true, .hands_over = true, .knows_who = true                              \
    }

#define RULES_066                                                                                  \
    .accounts = &jam_account_rules_062, IDS_062, .bless = BLESS_062, .new = {.short_length = true}
#define RULES_067                                                                                  \
    .accounts = &jam_account_rules_067, IDS_062, .limits_code = true, .bless = BLESS_067,          \
    .designate = {.delegator_only = true}, .new = {.short_length = true, .gratis = true},          \
    .operand = operand_066
#define RULES_071                                                                                  \
    .accounts = &jam_account_rules_067, IDS_071, .limits_code = true, .transfer_inputs = true,     \
    .assign = ASSIGN_071, .new = {.short_length = true, .gratis = true, .registrar = true},        \
    .operand = operand_066
#define RULES_080                                                                                  \
    RULES_071, .wide_length_first = true, .designate = {.delegator_only = true, .counted = true}

const struct jam_accumulate_rules jam_accumulate_063 = {
    .accounts = &jam_account_rules_062,
    IDS_062,
    .inline_arguments = true,
    .wide_arguments = true,
    .bless = BLESS_062,
    .operand = operand_063,
};

const struct jam_accumulate_rules jam_accumulate_065 = {RULES_066, .inline_arguments = true,
                                                        .operand = operand_065};
const struct jam_accumulate_rules jam_accumulate_066 = {RULES_066, .limits_code = true,
                                                        .operand = operand_066};
const struct jam_accumulate_rules jam_accumulate_067 = {RULES_067, .assign = ASSIGN_067};
const struct jam_accumulate_rules jam_accumulate_070 = {RULES_067, .assign = ASSIGN_070};
const struct jam_accumulate_rules jam_accumulate_071 = {RULES_071, .bless = BLESS_071,
                                                        .designate = {.delegator_only = true}};
const struct jam_accumulate_rules jam_accumulate_080 = {RULES_080, .bless = BLESS_080};
const struct jam_accumulate_rules jam_accumulate_080_vectors = {RULES_080, .bless = BLESS_071};

/* ---- encodings ---- */

/* GP 0.7.2 C.2: source, destination, amount, memo, gas. */
void jam_encode_transfer(const struct jam_transfer *transfer, struct pvm_buf *out)
{
    pvm_buf_add_le(out, transfer->source, 4);
    pvm_buf_add_le(out, transfer->destination, 4);
    pvm_buf_add_le(out, transfer->amount, 8);
    pvm_buf_add(out, transfer->memo, JAM_MEMO_SIZE);
    pvm_buf_add_le(out, transfer->gas, 8);
}

enum { OPERAND_OCTET = 0, TRANSFER_OCTET = 1 };

void jam_encode_input(const struct jam_profile *profile, const struct jam_input *input,
                      struct pvm_buf *out)
{
    const struct jam_accumulate_rules *rules = profile->accumulate;
    if (input->transfer != NULL) {
        if (rules->transfer_inputs)
            pvm_buf_add_u8(out, TRANSFER_OCTET);
        jam_encode_transfer(input->transfer, out);
        return;
    }
    if (rules->transfer_inputs)
        pvm_buf_add_u8(out, OPERAND_OCTET);
    rules->operand(input->operand, out);
}
