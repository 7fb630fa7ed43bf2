; Adds up 10, 9, ... 1 and returns the sum in 8 octets.
.metadata "sum of ten"
.entry refine start
start:
    load_imm t0, 10
    fallthrough
again:
    add_64 t1, t1, t0
    add_imm_64 t0, t0, -1
    branch_ne_imm t0, 0, again
    store_u64 t1, result
    load_imm a0, result
    load_imm a1, 8
    jump_ind ra, 0
.bss
result: .space 8
