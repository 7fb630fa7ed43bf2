; SPDX-License-Identifier: Apache-2.0
; Makes the call of bad.c, on memory of its own.
.metadata "odd"
.entry refine start
start:
        la      a0, room
        ecalli  500
        li      a1, 0
        ret
.bss
room:   .space 64
