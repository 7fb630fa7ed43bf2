; SPDX-License-Identifier: Apache-2.0
; A service that is written before its chain exists: returns its payload behind a greeting that it
; takes from extrinsic 3 of item 0.
.metadata "greets"
.entry refine start
start:
        la      a0, text
        li      a1, 0
        li      a2, 64
        li      a3, 3           ; an extrinsic: of item a4, number a5
        li      a4, 0
        li      a5, 3
        ecalli  fetch
        branch_eq_imm a0, -1, nothing
        mv      s0, a0
        add_imm_64 a0, s0, text
        li      a1, 0
        li      a2, 64
        li      a3, 13          ; the payload of item a4
        ecalli  fetch
        add_64  a1, a0, s0
        la      a0, text
        ret
nothing:
        li      a1, 0
        ret
.bss
text:   .space  256
