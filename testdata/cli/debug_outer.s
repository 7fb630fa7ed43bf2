; SPDX-License-Identifier: Apache-2.0
; Runs debug_deep.pvm 8 times up to its call. Between the runs it looks into the machine's memory, exports
; what it finds, logs, changes a word there, and makes and removes another machine.
.entry refine start
start:
    load_imm a0, child
    load_imm a1, child_end - child
    load_imm a2, 0
    ecalli machine
    load_imm a0, 0
    load_imm a1, 0x40
    load_imm a2, 1
    load_imm a3, 2
    ecalli pages
    load_imm s0, 8
    fallthrough
again:
    load_imm t0, 100000
    store_u64 t0, frame
    load_imm a0, 0
    load_imm a1, frame
    ecalli invoke
    load_imm a0, 0
    load_imm a1, word
    load_imm a2, 0x40000
    load_imm a3, 8
    ecalli peek
    load_imm a0, word
    load_imm a1, 8
    ecalli export
    load_imm a0, 2
    load_imm a1, 0
    load_imm a2, 0
    load_imm a3, text
    load_imm a4, 2
    ecalli log
    load_imm a0, 0
    load_imm a1, text
    load_imm a2, 0x40010
    load_imm a3, 2
    ecalli poke
    load_imm a0, child
    load_imm a1, child_end - child
    load_imm a2, 0
    ecalli machine
    ecalli expunge
    add_imm_64 s0, s0, -1
    branch_ne_imm s0, 0, again
    load_imm a0, 0
    load_imm a1, 0
    jump_ind ra, 0
.rodata
child: .incbin "debug_deep.pvm"
child_end:
text: .ascii "hi"
.bss
frame: .space 112
word: .space 8
