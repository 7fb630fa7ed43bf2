; Invokes a machine 5000 times without gas.
.entry refine start
start:
    load_imm a0, child
    load_imm a1, child_end - child
    load_imm a2, 0
    ecalli machine
    load_imm s0, 5000
    fallthrough
again:
    load_imm a0, 0
    load_imm a1, frame
    ecalli invoke
    add_imm_64 s0, s0, -1
    branch_ne_imm s0, 0, again
    load_imm a1, 0
    ret
.rodata
child: .incbin "inner.pvm"
child_end:
.bss
frame: .space 112
