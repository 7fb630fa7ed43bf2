; SPDX-License-Identifier: Apache-2.0
; Starts a machine with two instructions, load_imm a0, 5 and ret, and runs it.
.entry refine main
.rodata
child:  .hex "000005330705320009"
.data
block:  .u64 100, 0xffff0000            ; gas, ra
        .zero 8 * 12
.text
main:
        la              a0, child
        li              a1, 9
        li              a2, 0
        ecalli          machine
        la              a1, block
        ecalli          invoke
        li              a1, 0
        ret
