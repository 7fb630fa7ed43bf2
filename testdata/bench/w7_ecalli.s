; SPDX-License-Identifier: Apache-2.0
; n host calls of number 0 with three instructions around each.
.include "workload.inc"
main:
        load_ind_u64    a5, [a0]
        li              a2, 0
        fallthrough
round:
        ecalli          0
        add_imm_64      a2, a2, 3
        add_imm_64      a5, a5, -1
        branch_ne_imm   a5, 0, round
        finish
