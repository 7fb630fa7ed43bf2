/* SPDX-License-Identifier: Apache-2.0 */
#include "host/block_rules.h"

#define RULES_071                                                                                  \
    .chain = JAM_CHAIN_070, .merge = jam_merge_071, .transfers_loop = true, .stats_of_gas = true,  \
    .dates_accounts = true

const struct jam_block_rules jam_block_062 = {
    .chain = JAM_CHAIN_062, .merge = jam_merge_062, .preimage_absent = true};
const struct jam_block_rules jam_block_064 = {
    .chain = JAM_CHAIN_064, .merge = jam_merge_064, .preimage_absent = true};
const struct jam_block_rules jam_block_067 = {.chain = JAM_CHAIN_067,
                                              .merge = jam_merge_067,
                                              .dates_accounts = true,
                                              .preimage_absent = true};
const struct jam_block_rules jam_block_070 = {.chain = JAM_CHAIN_070,
                                              .merge = jam_merge_067,
                                              .dates_accounts = true,
                                              .preimage_absent = true};
/* The text of 0.7.1 (12.3) still leaves out of the statistics who only used gas; its public vectors
 * do as 0.7.2 does. */
const struct jam_block_rules jam_block_071 = {RULES_071, .preimage_absent = true};
const struct jam_block_rules jam_block_072 = {RULES_071};
const struct jam_block_rules jam_block_080 = {
    .chain = JAM_CHAIN_080,
    .merge = jam_merge_071,
    .transfers_loop = true,
    .stats_of_gas = true,
    .dates_accounts = true,
    .budget_covers_all = true,
    .stats_of_transfers = true,
};
