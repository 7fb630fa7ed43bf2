; SPDX-License-Identifier: Apache-2.0
; A raw program for debug_outer.s: counts, stores each count into a page of its own, and calls its parent
; after every 1024, in 6 steps a round and 2 more.
begin:
    load_imm s0, 0x40000
    fallthrough
again:
    add_imm_64 t0, t0, 1
    and_imm t1, t0, 0xff8
    add_64 t2, s0, t1
    store_ind_u64 t0, [t2]
    and_imm t1, t0, 1023
    branch_ne_imm t1, 0, again
    ecalli 5
    jump again
