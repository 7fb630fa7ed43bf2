; What the log foreign.txt is of, a line of which is told in each of polkavm's ways: jumps that are
; resolved when they are met, sbrk, an instruction that is two steps to it, a host call, a loop.
.entry refine start
start:
    load_imm t0, 2
    load_imm a0, 0
    sbrk a0, a0
    fallthrough
again:
    add_imm_64 t0, t0, -1
    branch_ne_imm t0, 0, again
    load_imm_jump ra, 288, next
next:
    ecalli gas
    move_reg a1, a0
    store_ind_u64 a1, [sp-8]
    load_ind_u32 a2, [sp-8]
    trap
