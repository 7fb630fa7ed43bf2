; SPDX-License-Identifier: Apache-2.0
; Writes 1, 2 and 3 to one word, reads it back, and returns it: 3 in 4 octets.
.entry refine start
.macro put value
    li t1, \value
    store_ind_u32 t1, [t0]
.endmacro
start:
    la t0, word

    put 1
    put 2
    put 3
    load_ind_u32 t2, [t0]
    store_ind_u32 t2, [t0+4]
    mv a0, t0
    li a1, 4
    ret
.bss
word: .space 8
