; SPDX-License-Identifier: Apache-2.0
; main calls leaf twice and twice a function that calls leaf once; leaf is 2 instructions.
.entry refine main
main:
        add_imm_64      sp, sp, -8
        store_ind_u64   ra, [sp]
        call            leaf
        call            middle
        call            leaf
        call            middle
        ecalli          gas
        load_ind_u64    ra, [sp]
        li              a1, 0
        ret
middle:
        add_imm_64      sp, sp, -8
        store_ind_u64   ra, [sp]
        call            leaf
        load_ind_u64    ra, [sp]
        add_imm_64      sp, sp, 8
        ret
leaf:
        li              t0, 1
        ret
