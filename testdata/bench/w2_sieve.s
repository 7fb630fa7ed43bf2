; SPDX-License-Identifier: Apache-2.0
; n passes of the sieve of Eratosthenes over 1 MiB, an octet a number: single octets all over memory.
; The checksum is the number of primes, of all passes together.
.include "workload.inc"
SIZE = 1 << 20
.bss
        .align 4096
sieve:  .space SIZE
.text
main:
        load_ind_u64    a5, [a0]
        li              a2, 0
        li              s1, SIZE
        li              t2, 1
        fallthrough
pass:
        li              t0, 0
        fallthrough
clear:
        store_imm_ind_u64 [t0+sieve], 0
        store_imm_ind_u64 [t0+sieve+8], 0
        store_imm_ind_u64 [t0+sieve+16], 0
        store_imm_ind_u64 [t0+sieve+24], 0
        add_imm_64      t0, t0, 32
        branch_lt_u     t0, s1, clear

        li              t0, 2
        fallthrough
candidate:
        mul_64          t1, t0, t0
        branch_ge_u     t1, s1, count
        load_ind_u8     s0, [t0+sieve]
        branch_ne_imm   s0, 0, next             ; has a divisor already
        fallthrough
mark:
        store_ind_u8    t2, [t1+sieve]
        add_64          t1, t1, t0
        branch_lt_u     t1, s1, mark
        fallthrough
next:
        add_imm_64      t0, t0, 1
        jump            candidate

count:
        li              t0, 2
        fallthrough
number:
        load_ind_u8     s0, [t0+sieve]
        add_imm_64      t0, t0, 1
        xor_imm         s0, s0, 1
        add_64          a2, a2, s0
        branch_lt_u     t0, s1, number
        add_imm_64      a5, a5, -1
        branch_ne_imm   a5, 0, pass
        finish
