; Gives inner.pvm to `machine`, runs it with 100 gas, and traps when it does not halt.
.entry refine start
start:
    load_imm a0, child
    load_imm a1, child_end - child
    load_imm a2, 0
    ecalli machine
    load_imm t0, 100
    store_u64 t0, frame
    load_imm a1, frame
    ecalli invoke
    branch_ne_imm a0, 0, failed
    load_imm a0, 0
    load_imm a1, 0
    jump_ind ra, 0
failed:
    trap
.rodata
child: .incbin "inner.pvm"
child_end:
.bss
frame: .space 112
