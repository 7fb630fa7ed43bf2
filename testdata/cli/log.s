; Logs a line, exports one segment and asks for gas and for a call nobody knows.
.entry refine start
start:
    load_imm a0, 2
    load_imm a1, target
    load_imm a2, 4
    load_imm a3, message
    load_imm a4, 5
    ecalli log
    load_imm a0, segment
    load_imm a1, 8
    ecalli export
    ecalli gas
    ecalli 77
    load_imm a0, message
    load_imm a1, 5
    jump_ind ra, 0
.rodata
target: .ascii "test"
message: .ascii "hello"
segment: .hex "0102030405060708"
