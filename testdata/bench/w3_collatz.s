; SPDX-License-Identifier: Apache-2.0
; Steps that the numbers 1 to n take to reach 1 (halved when even, else 3x + 1), added up: branches
; that nobody can predict.
.include "workload.inc"
main:
        load_ind_u64    s1, [a0]
        li              a5, 1
        li              a2, 0
        fallthrough
number:
        mv              t0, a5
        fallthrough
step:
        branch_eq_imm   t0, 1, done
        and_imm         t1, t0, 1
        add_imm_64      a2, a2, 1
        branch_eq_imm   t1, 0, even
        mul_imm_64      t0, t0, 3
        add_imm_64      t0, t0, 1
        jump            step
even:
        shlo_r_imm_64   t0, t0, 1
        jump            step
done:
        add_imm_64      a5, a5, 1
        branch_ge_u     s1, a5, number
        finish
