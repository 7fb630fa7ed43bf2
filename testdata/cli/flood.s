; Logs 100 lines of 64 KiB that can't be printed.
.heap 16
.entry refine start
start:
    load_imm s0, 100
    fallthrough
again:
    load_imm a0, 2
    load_imm a1, 0
    load_imm a2, 0
    load_imm a3, 0x20000
    load_imm a4, 0x10000
    ecalli log
    add_imm_64 s0, s0, -1
    branch_ne_imm s0, 0, again
    load_imm a1, 0
    ret
