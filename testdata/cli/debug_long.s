; SPDX-License-Identifier: Apache-2.0
; Counts to 2560 with a call and a host call each time, 6 steps; after every 256 it writes the count, in
; 2 steps more.
.entry refine start
start:
    li t0, 0
    la s0, word
    mv s1, ra
    fallthrough
again:
    call count
    ecalli gas
    and_imm t1, t0, 255
    branch_ne_imm t1, 0, again
    store_ind_u32 t0, [s0]
    branch_lt_u_imm t0, 2560, again
    mv ra, s1
    ret
count:
    add_imm_64 t0, t0, 1
    ret
.bss
word: .space 4
