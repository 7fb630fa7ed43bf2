; Adds the numbers 1 to 10 and halts with the sum in a0.
.stack 0
    load_imm a0, 0
    load_imm a1, 10
    fallthrough
loop:
    add_64 a0, a0, a1
    add_imm_64 a1, a1, -1
    branch_ne_imm a1, 0, loop
    ret
