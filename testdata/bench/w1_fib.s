; SPDX-License-Identifier: Apache-2.0
; n rounds of the Fibonacci sequence in 64 bits: five instructions a round, nothing but registers.
.include "workload.inc"
main:
        load_ind_u64    a5, [a0]
        li              a2, 0
        li              a3, 1
        fallthrough
round:
        add_64          a4, a2, a3
        mv              a2, a3
        mv              a3, a4
        add_imm_64      a5, a5, -1
        branch_ne_imm   a5, 0, round
        finish
