; SPDX-License-Identifier: Apache-2.0
; Sends 100 and a memo to service 2 each time it accumulates. Refine returns nothing.
.entry refine refine
.entry accumulate accumulate
.rodata
memo:   .ascii "for bread"
        .space 119
.text
refine:
        li              a1, 0
        ret
accumulate:
        li              a0, 2           ; to
        li              a1, 100         ; amount
        li              a2, 1000        ; gas for whoever gets it
        li              a3, memo
        ecalli          transfer
        li              a1, 0
        ret
