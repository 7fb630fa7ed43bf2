; SPDX-License-Identifier: Apache-2.0
; Makes two machines, maps and fills pages of one, looks at them, drops them; runs none. Then a call on
; a machine that is not there, and one on pages that cannot be.
.entry refine main
.rodata
child:  .hex "000005330705320009"
.bss
block:  .space 9000
.text
main:
        la              a0, child
        li              a1, 9
        li              a2, 0
        ecalli          machine
        la              a0, child
        li              a1, 9
        li              a2, 3
        ecalli          machine
        li              a0, 1
        li              a1, 32
        li              a2, 3
        li              a3, 2
        ecalli          pages
        li              a0, 1
        la              a1, child
        li              a2, 0x20ffd
        li              a3, 9
        ecalli          poke
        li              a0, 1
        la              a1, block
        li              a2, 0x20ff0
        li              a3, 5000
        ecalli          peek
        li              a0, 1
        li              a1, 33
        li              a2, 1
        li              a3, 3
        ecalli          pages
        li              a0, 1
        la              a1, child
        li              a2, 0x21000
        li              a3, 9
        ecalli          poke
        li              a0, 1
        li              a1, 32
        li              a2, 2
        li              a3, 0
        ecalli          pages
        li              a0, 0
        ecalli          expunge
        la              a0, child
        li              a1, 9
        li              a2, 7
        ecalli          machine
        li              a0, 5
        la              a1, block
        ecalli          invoke
        li              a0, 1
        li              a1, 3
        li              a2, 1
        li              a3, 2
        ecalli          pages
        la              a0, block
        li              a1, 5000
        ret
