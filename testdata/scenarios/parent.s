; SPDX-License-Identifier: Apache-2.0
; Makes a service out of the code whose hash and length are the payload: 32 octets and 4.
.entry refine refine
.entry accumulate accumulate
.bss
buffer: .space 256
.text
refine:                                 ; returns the payload
        li              a0, buffer
        li              a1, 0
        li              a2, 256
        li              a3, 13          ; payload of the package's item a4
        li              a4, 0
        ecalli          fetch
        mv              a1, a0
        li              a0, buffer
        ret
accumulate:
        li              a0, buffer
        li              a1, 0
        li              a2, 256
        li              a3, 15          ; input a4: ends in the output of 36 octets and an empty trace
        li              a4, 0
        ecalli          fetch
        li              a1, buffer-37
        add_64          a0, a0, a1      ; where the hash is
        load_ind_u32    a1, [a0+32]     ; length of the code
        li              a2, 10          ; gas of its items, and of transfers to it
        li              a3, 10
        li              a4, 0           ; no gratis
        li              a5, 0           ; no id of our choice
        ecalli          new
        mv              s0, a0
        li              a1, 500         ; feed it, which also makes it run
        li              a2, 10000
        li              a3, buffer
        ecalli          transfer
        li              a1, 0
        ret
