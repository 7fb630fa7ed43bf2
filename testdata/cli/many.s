; Starts 100 machines, each with a program of its own, and lets each run twice.
.entry refine main
.data
child: .hex "00000f38070000019577013d0704000132002121"
CHILD_LEN = . - child
.align 8
block: .zero 8 * 14
.text
main:
    load_imm s0, 0
    fallthrough
make:
    la a1, child
    store_ind_u8 s0, [a1+10]
    la a0, child
    li a1, CHILD_LEN
    li a2, 0
    ecalli machine
    add_imm_64 s0, s0, 1
    branch_lt_u_imm s0, 100, make
    load_imm s1, 0
    fallthrough
again:
    load_imm s0, 0
    fallthrough
run:
    la a1, block
    li t0, 5
    store_ind_u64 t0, [a1]
    mv a0, s0
    ecalli invoke
    add_imm_64 s0, s0, 1
    branch_lt_u_imm s0, 100, run
    add_imm_64 s1, s1, 1
    branch_lt_u_imm s1, 2, again
    load_imm a1, 0
    jump_ind ra, 0
