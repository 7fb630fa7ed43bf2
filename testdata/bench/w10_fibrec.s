; SPDX-License-Identifier: Apache-2.0
; fib(n) by recursion: calls, returns through the jump table, stack frames.
.include "workload.inc"
main:
        add_imm_64      sp, sp, -8
        store_ind_u64   ra, [sp]
        load_ind_u64    a0, [a0]
        call            fib
        mv              a2, a0
        load_ind_u64    ra, [sp]
        add_imm_64      sp, sp, 8
        finish

; a0: n, then fib(n).
fib:
        branch_lt_u_imm a0, 2, .end
        add_imm_64      sp, sp, -24
        store_ind_u64   ra, [sp+16]
        store_ind_u64   s0, [sp+8]
        mv              s0, a0
        add_imm_64      a0, a0, -1
        call            fib
        store_ind_u64   a0, [sp]
        add_imm_64      a0, s0, -2
        call            fib
        load_ind_u64    a1, [sp]
        add_64          a0, a0, a1
        load_ind_u64    ra, [sp+16]
        load_ind_u64    s0, [sp+8]
        add_imm_64      sp, sp, 24
        fallthrough
.end:
        ret
