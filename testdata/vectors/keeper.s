; SPDX-License-Identifier: Apache-2.0
; The service of accumulate.json: an effect of each kind that one call can have.
.metadata "keeper"
.entry accumulate start

.rodata
key:            .ascii "k"
value:          .ascii "bcd"
hash:           .u64 0x1111111111111111, 0x1111111111111111
                .u64 0x1111111111111111, 0x1111111111111111
memo:           .ascii "memo"
                .space 124

.text
start:
        load_imm        a0, key
        load_imm        a1, 1
        load_imm        a2, value
        load_imm        a3, 3
        ecalli          write
        load_imm        a0, hash
        load_imm        a1, 2
        ecalli          solicit
        load_imm        a0, hash
        ecalli          yield
        load_imm        a0, -1
        load_imm        a1, value
        load_imm        a2, 3
        ecalli          provide
        load_imm        a0, 7
        load_imm        a1, 50
        load_imm        a2, 100
        load_imm        a3, memo
        ecalli          transfer
        load_imm        a0, 0
        load_imm        a1, 0
        jump_ind        ra, 0
