; SPDX-License-Identifier: Apache-2.0
; n compressions of BLAKE2b (RFC 7693) without a loop inside, which is some 2,400 instructions in a
; row with the state in memory. The message stays, the counter is n, n - 1, ... 1.
.include "workload.inc"
.equ IV0, 0x6a09e667f3bcc908
.equ IV1, 0xbb67ae8584caa73b
.equ IV2, 0x3c6ef372fe94f82b
.equ IV3, 0xa54ff53a5f1d36f1
.equ IV4, 0x510e527fade682d1
.equ IV5, 0x9b05688c2b3e6c1f
.equ IV6, 0x1f83d9abfb41bd6b
.equ IV7, 0x5be0cd19137e2179
.data
        .align 16
work:   .zero 128
block:  .u64 1 * MULTIPLIER, 2 * MULTIPLIER, 3 * MULTIPLIER, 4 * MULTIPLIER
        .u64 5 * MULTIPLIER, 6 * MULTIPLIER, 7 * MULTIPLIER, 8 * MULTIPLIER
        .u64 9 * MULTIPLIER, 10 * MULTIPLIER, 11 * MULTIPLIER, 12 * MULTIPLIER
        .u64 13 * MULTIPLIER, 14 * MULTIPLIER, 15 * MULTIPLIER, 16 * MULTIPLIER
state:  .u64 IV0, IV1, IV2, IV3, IV4, IV5, IV6, IV7
init:   .u64 IV0, IV1, IV2, IV3, IV4, IV5, IV6, IV7
BLOCK = block - work                            ; from a4 on
STATE = state - work
INIT = init - work

; Half of a G: the four words are in t0, t1, t2 and s0.
.macro half word, by1, by2
        load_ind_u64    s1, [a4 + BLOCK + 8 * \word]
        add_64          t0, t0, t1
        add_64          t0, t0, s1
        xor             s0, s0, t0
        rot_r_64_imm    s0, s0, \by1
        add_64          t2, t2, s0
        xor             t1, t1, t2
        rot_r_64_imm    t1, t1, \by2
.endmacro
.macro g a, b, c, d, x, y
        load_ind_u64    t0, [a4 + 8 * \a]
        load_ind_u64    t1, [a4 + 8 * \b]
        load_ind_u64    t2, [a4 + 8 * \c]
        load_ind_u64    s0, [a4 + 8 * \d]
        half \x, 32, 24
        half \y, 16, 63
        store_ind_u64   t0, [a4 + 8 * \a]
        store_ind_u64   t1, [a4 + 8 * \b]
        store_ind_u64   t2, [a4 + 8 * \c]
        store_ind_u64   s0, [a4 + 8 * \d]
.endmacro
; Columns, then diagonals.
.macro mix m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, ma, mb, mc, md, me, mf
        g 0, 4, 8, 12, \m0, \m1
        g 1, 5, 9, 13, \m2, \m3
        g 2, 6, 10, 14, \m4, \m5
        g 3, 7, 11, 15, \m6, \m7
        g 0, 5, 10, 15, \m8, \m9
        g 1, 6, 11, 12, \ma, \mb
        g 2, 7, 8, 13, \mc, \md
        g 3, 4, 9, 14, \me, \mf
.endmacro
.macro start word
        load_ind_u64    t0, [a4 + STATE + 8 * \word]
        store_ind_u64   t0, [a4 + 8 * \word]
        load_ind_u64    t1, [a4 + INIT + 8 * \word]
.if \word == 4
        xor             t1, t1, a5              ; the counter
.endif
        store_ind_u64   t1, [a4 + 64 + 8 * \word]
.endmacro
.macro fold word
        load_ind_u64    t0, [a4 + STATE + 8 * \word]
        load_ind_u64    t1, [a4 + 8 * \word]
        load_ind_u64    t2, [a4 + 64 + 8 * \word]
        xor             t0, t0, t1
        xor             t0, t0, t2
        store_ind_u64   t0, [a4 + STATE + 8 * \word]
.endmacro
.macro sum word
        load_ind_u64    t0, [a4 + STATE + 8 * \word]
        xor             a2, a2, t0
.endmacro
.macro eight what
        \what 0
        \what 1
        \what 2
        \what 3
        \what 4
        \what 5
        \what 6
        \what 7
.endmacro

.text
main:
        load_ind_u64    a5, [a0]
        la              a4, work
        fallthrough
compress:
        eight start
        mix 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        mix 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3
        mix 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4
        mix 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8
        mix 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13
        mix 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9
        mix 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11
        mix 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10
        mix 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5
        mix 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0
        mix 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        mix 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3
        eight fold
        add_imm_64      a5, a5, -1
        branch_ne_imm   a5, 0, compress
        li              a2, 0
        eight sum
        finish
