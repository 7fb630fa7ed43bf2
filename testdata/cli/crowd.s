; Starts 64 machines, maps 1 GiB in each of them and lets toucher.s write to two pages of it.
.entry refine main
.rodata
child: .incbin "toucher.pvm"
length = . - child
.bss
block: .space 112
.text
main:
    load_imm s0, 0
    fallthrough
next:
    la a0, child
    li a1, length
    li a2, 0
    ecalli machine
    branch_ne a0, s0, bad
    li a1, 0x40000
    li a2, 0x40000
    li a3, 2
    ecalli pages
    branch_ne_imm a0, 0, bad
    la a1, block
    li t0, 5
    store_ind_u64 t0, [a1]
    li t0, 0xffff0000
    store_ind_u64 t0, [a1+8]
    mv a0, s0
    ecalli invoke
    branch_ne_imm a0, 0, bad
    add_imm_64 s0, s0, 1
    branch_lt_u_imm s0, 64, next
    load_imm a1, 0
    ret
bad:
    trap
