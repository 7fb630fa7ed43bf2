; SPDX-License-Identifier: Apache-2.0
; Uses the calls of hash.c, compares with what is known (RFC 7693's way of hashing "abc", to 32
; octets; XXH3's reference implementation), and returns the BLAKE2b hash of its payload. What is not
; as it should be is a trap.
.metadata "hashes"
.entry refine start
start:
        la      a0, abc
        li      a1, 3
        la      a2, hash
        li      a3, 32
        ecalli  blake2b
        branch_ne_imm a0, 0, wrong
        li      s0, 0
        fallthrough
compare:
        load_ind_u8 t0, [s0+hash]
        load_ind_u8 t1, [s0+known]
        branch_ne t0, t1, wrong
        add_imm_64 s0, s0, 1
        branch_ne_imm s0, 32, compare

        la      a0, abc
        li      a1, 3
        li      a2, 0
        ecalli  xxh3
        load_imm_64 t0, 0x78af5f94892f3950
        branch_ne a0, t0, wrong

        la      a0, abc
        li      a1, 3
        la      a2, hash
        li      a3, 65          ; more than BLAKE2b gives
        ecalli  blake2b
        branch_ne_imm a0, -9, wrong

        la      a0, payload
        li      a1, 0
        li      a2, 4096
        li      a3, 13
        li      a4, 0
        ecalli  fetch
        mv      a1, a0
        la      a0, payload
        la      a2, hash
        li      a3, 32
        ecalli  blake2b
        la      a0, hash
        li      a1, 32
        ret
wrong:
        trap
.rodata
abc:    .ascii  "abc"
known:  .hex    "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
.bss
hash:   .space  64
payload: .space 4096
