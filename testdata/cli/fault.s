; Writes into its read-only data: a page fault.
.entry refine start
start:
    load_imm t0, constant
    load_imm t1, 7
writes:
    store_ind_u32 t1, [t0+2]
    jump_ind ra, 0
.rodata
constant: .hex "0102030405060708"
