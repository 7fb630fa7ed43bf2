; The service of service.log: two host calls, of which one reads memory and one writes it.
;   pc 0    trap
;   pc 5    jump to start, at pc 10
.metadata "by hand"
.entry accumulate start
start:
    load_imm a1, text
    load_imm a2, 4
    ecalli 100
    load_imm a0, room
    load_imm a2, 2
    ecalli 1
    load_u8 a3, room
    add_imm_64 a3, a3, 0x100
    add_64 a4, a3, a0
    jump_ind ra, 0
.data
text: .ascii "abcd"
room: .space 4
