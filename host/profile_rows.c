/* SPDX-License-Identifier: Apache-2.0 */
/* The GP versions, one row each: what is not the same in all of them. docs/gp-versions.md prints
 * and explains this table. */
#include "host/accumulate_rules.h"
#include "host/block_rules.h"
#include "host/codec.h"

/* fetch kinds by r10. Up to 0.6.5 (GP 0.6.5 B.8) fetch belongs to Refine alone; 16 and 17 are of
 * On-Transfer, which ended with 0.7.0. */
#define KINDS_062                                                                                  \
    {                                                                                              \
        JAM_FETCH_PACKAGE, JAM_FETCH_TRACE, JAM_FETCH_PAYLOAD, JAM_FETCH_EXTRINSIC,                \
            JAM_FETCH_OWN_EXTRINSIC, JAM_FETCH_IMPORT, JAM_FETCH_OWN_IMPORT, JAM_FETCH_AUTHORIZER  \
    }
#define KINDS_071                                                                                  \
    JAM_FETCH_PARAMS, JAM_FETCH_ENTROPY, JAM_FETCH_TRACE, JAM_FETCH_EXTRINSIC,                     \
        JAM_FETCH_OWN_EXTRINSIC, JAM_FETCH_IMPORT, JAM_FETCH_OWN_IMPORT, JAM_FETCH_PACKAGE,        \
        JAM_FETCH_AUTHORIZER, JAM_FETCH_TOKEN, JAM_FETCH_CONTEXT, JAM_FETCH_ITEMS, JAM_FETCH_ITEM, \
        JAM_FETCH_PAYLOAD, JAM_FETCH_INPUTS, JAM_FETCH_INPUT
#define KINDS_066 KINDS_071, JAM_FETCH_TRANSFERS, JAM_FETCH_TRANSFER

/* GP 0.8.0 B.5: the constants of validators that fetch kind 0 no longer gives. */
#define GONE_080                                                                                   \
    (UINT64_C(1) << JAM_PARAM_ticket_entries | UINT64_C(1) << JAM_PARAM_validator_count |          \
     UINT64_C(1) << JAM_PARAM_ec_piece_size | UINT64_C(1) << JAM_PARAM_segment_pieces)

enum { MAX_MACHINES_080 = 63, W_A = 64000, STACK_PAGE = 1 << 12, STACK_ZONE = 1 << 16 };

static const struct jam_profile rows[] = {
    {
        .name = "0.6.3",
        .accumulate = &jam_accumulate_063,
        .block = &jam_block_062,
        .rules = &pvm_rules_072,
        .version = JAM_GP(0, 6, 3),
        .unknown_gas = 10,
        .constants = {12 << 20, UINT64_MAX, 28800},
        .fetch_kinds = KINDS_062,
        .state = {JAM_RECORD_062, JAM_PRIVILEGES_062, JAM_REPORT_062, JAM_STATS_062, JAM_STF_062,
                  .outputs = false},
        .info = jam_info_062,
        .package = jam_package_062,
        .context = jam_context_062,
        .authorizer = jam_authorizer_072,
        .refine_args = jam_refine_args_063,
        .is_authorized_args = jam_is_authorized_args_062,
    },
    {
        .name = "0.6.5",
        .accumulate = &jam_accumulate_065,
        .block = &jam_block_064,
        .rules = &pvm_rules_072,
        .version = JAM_GP(0, 6, 5),
        .unknown_gas = 10,
        .constants = {12 << 20, UINT64_MAX, 19200},
        .fetch_kinds = KINDS_062,
        .state = {JAM_RECORD_062, JAM_PRIVILEGES_062, JAM_REPORT_064, JAM_STATS_064, JAM_STF_062,
                  .outputs = false},
        .info = jam_info_062,
        .package = jam_package_062,
        .context = jam_context_062,
        .authorizer = jam_authorizer_072,
        .refine_args = jam_refine_args_065,
        .is_authorized_args = jam_is_authorized_args_062,
    },
    {
        .name = "0.6.6",
        .accumulate = &jam_accumulate_066,
        .block = &jam_block_064,
        .rules = &pvm_rules_072,
        .version = JAM_GP(0, 6, 6),
        .unknown_gas = 10,
        .constants = {12 << 20, W_A, 19200},
        .fetch_kinds = {KINDS_066},
        .oversize = true,
        .state = {JAM_RECORD_062, JAM_PRIVILEGES_062, JAM_REPORT_064, JAM_STATS_064, JAM_STF_062,
                  .outputs = false},
        .info = jam_info_062,
        .package = jam_package_062,
        .context = jam_context_062,
        .authorizer = jam_authorizer_066,
        .refine_args = jam_refine_args_066,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.6.7",
        .accumulate = &jam_accumulate_067,
        .block = &jam_block_067,
        .rules = &pvm_rules_072,
        .version = JAM_GP(0, 6, 7),
        .unknown_gas = 10,
        .constants = {13794305, W_A, 19200},
        .fetch_kinds = {KINDS_066},
        .oversize = true,
        .state = {JAM_RECORD_067, JAM_PRIVILEGES_067, JAM_REPORT_064, JAM_STATS_064, JAM_STF_062,
                  .outputs = true},
        .info = jam_info_067,
        .call = {.info_window = true},
        .package = jam_package_062,
        .context = jam_context_062,
        .authorizer = jam_authorizer_066,
        .refine_args = jam_refine_args_066,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.7.0",
        .accumulate = &jam_accumulate_070,
        .block = &jam_block_070,
        .rules = &pvm_rules_072,
        .version = JAM_GP(0, 7, 0),
        .unknown_gas = 10,
        .constants = {13794305, W_A, 19200},
        .fetch_kinds = {KINDS_066},
        .oversize = true,
        .state = {JAM_RECORD_067, JAM_PRIVILEGES_067, JAM_REPORT_070, JAM_STATS_064, JAM_STF_062,
                  .outputs = true},
        .info = jam_info_067,
        .call = {.info_window = true},
        .package = jam_package_070,
        .context = jam_context_062,
        .authorizer = jam_authorizer_066,
        .refine_args = jam_refine_args_066,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.7.1",
        .accumulate = &jam_accumulate_071,
        .block = &jam_block_071,
        .rules = &pvm_rules_072,
        .version = JAM_GP(0, 7, 1),
        .unknown_gas = 10,
        .constants = {13794305, W_A, 19200},
        .fetch_kinds = {KINDS_071},
        .oversize = true,
        .state = {JAM_RECORD_071, JAM_PRIVILEGES_071, JAM_REPORT_070, JAM_STATS_071, JAM_STF_071,
                  .outputs = true},
        .info = jam_info_067,
        .call = {.info_window = true},
        .package = jam_package_070,
        .context = jam_context_062,
        .authorizer = jam_authorizer_066,
        .refine_args = jam_refine_args_071,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.7.2",
        .accumulate = &jam_accumulate_071,
        .block = &jam_block_072,
        .rules = &pvm_rules_072,
        .version = JAM_GP(0, 7, 2),
        .unknown_gas = 10,
        .constants = {13791360, W_A, 19200},
        .fetch_kinds = {KINDS_071},
        .oversize = true,
        .state = {JAM_RECORD_071, JAM_PRIVILEGES_071, JAM_REPORT_070, JAM_STATS_071, JAM_STF_072,
                  .outputs = true},
        .info = jam_info_067,
        .call = {.info_window = true, .log_returns_what = true, .transfer_gas_late = true},
        .package = jam_package_070,
        .context = jam_context_062,
        .authorizer = jam_authorizer_072,
        .refine_args = jam_refine_args_071,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.8.0",
        .accumulate = &jam_accumulate_080,
        .block = &jam_block_080,
        .rules = &pvm_rules_table[PVM_RULES_080],
        .version = JAM_GP(0, 8, 0),
        .unknown_gas = 1000,
        .constants = {13791360, W_A, 19200},
        .fetch_kinds = {KINDS_071},
        .params_left_out = GONE_080,
        .oversize = true,
        .state = {JAM_RECORD_071, JAM_PRIVILEGES_071, JAM_REPORT_080, JAM_STATS_080, JAM_STF_072,
                  .outputs = true, .counted_validators = true},
        .info = jam_info_067,
        .call = {.info_window = true,
                 .log_returns_what = true,
                 .transfer_gas_late = true,
                 .inner_gas_charged = true,
                 .max_machines = MAX_MACHINES_080,
                 .heap_stack_unit = STACK_PAGE,
                 .heap_short_keeps_gas = true},
        .package = jam_package_080,
        .context = jam_context_080,
        .authorizer = jam_authorizer_072,
        .refine_args = jam_refine_args_071,
        .is_authorized_args = jam_is_authorized_args_066,
    },
    {
        .name = "0.8.0-vectors",
        .accumulate = &jam_accumulate_080_vectors,
        .block = &jam_block_080,
        .rules = &pvm_rules_table[PVM_RULES_080_VECTORS],
        .version = JAM_GP(0, 8, 0),
        .unknown_gas = 1000,
        .constants = {13791360, W_A, 19200},
        .fetch_kinds = {KINDS_071},
        .params_left_out = GONE_080,
        .oversize = true,
        .state = {JAM_RECORD_071, JAM_PRIVILEGES_071, JAM_REPORT_080, JAM_STATS_080, JAM_STF_072,
                  .outputs = true, .counted_validators = true},
        .info = jam_info_067,
        .call = {.info_window = true,
                 .log_returns_what = true,
                 .transfer_gas_late = true,
                 .inner_gas_charged = true,
                 .max_machines = MAX_MACHINES_080,
                 .heap_stack_unit = STACK_ZONE},
        .package = jam_package_080,
        .context = jam_context_080,
        .authorizer = jam_authorizer_072,
        .refine_args = jam_refine_args_071,
        .is_authorized_args = jam_is_authorized_args_066,
    },
};

enum { ROW_COUNT = sizeof rows / sizeof *rows, DEFAULT_ROW = 6 };

const struct jam_profile *const jam_profile_default = &rows[DEFAULT_ROW];

const struct jam_profile *jam_profile_find(const char *name)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

const struct jam_profile *jam_profile_at(size_t index)
{
    return index < ROW_COUNT ? &rows[index] : NULL;
}
