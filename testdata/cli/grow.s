; GP 0.8.0: makes its heap a page larger, writes there, and reads it back once the host was called.
.entry refine start
start:
    load_imm a0, 0
    ecalli grow_heap
    add_imm_64 a0, a0, 1
    ecalli grow_heap
    shlo_l_imm_64 a1, a0, 12
    store_ind_u8 a0, [a1-1]
    ecalli gas
    load_ind_u8 a2, [a1-1]
    load_imm a1, 0
    jump_ind ra, 0
.data
one: .zero 1
