; SPDX-License-Identifier: Apache-2.0
; A preimage's life, a step each time the service accumulates; the key "step" counts them:
;   0  ask for the preimage of the hash
;   1  look it up and keep it under the key "copy"
;   2  forget it
;   3  forget it once more, which takes it out of state when D slots have passed
; What each step returned is kept under the key "result".
.entry refine refine
.entry accumulate accumulate
.equ SELF, -1
.equ LENGTH, 5
.bss
step:   .space 8
result: .space 8
blob:   .space 8
.rodata
hash:   .hex "324dcf027dd4a30a932c441f365a25e86b173defa4b8e58948253471b81b72cf"
key_step: .ascii "step"
key_result: .ascii "result"
key_copy: .ascii "copy"
.text
refine:
        li              a1, 0
        ret
accumulate:
        li              a0, SELF
        li              a1, key_step
        li              a2, 4
        li              a3, step
        li              a4, 0
        li              a5, 1
        ecalli          read
        load_u8         s0, [step]
        branch_eq_imm   s0, 0, ask
        branch_eq_imm   s0, 1, keep
        li              a0, hash        ; 2 and 3
        li              a1, LENGTH
        ecalli          forget
        jump            next
ask:
        li              a0, hash
        li              a1, LENGTH
        ecalli          solicit
        jump            next
keep:
        li              a0, SELF
        li              a1, hash
        li              a2, blob
        li              a3, 0
        li              a4, LENGTH
        ecalli          lookup
        mv              s1, a0
        li              a0, key_copy
        li              a1, 4
        li              a2, blob
        li              a3, LENGTH
        ecalli          write
        mv              a0, s1
        fallthrough
next:
        store_u64       a0, [result]
        add_imm_64      s0, s0, 1
        store_u8        s0, [step]
        li              a0, key_result
        li              a1, 6
        li              a2, result
        li              a3, 8
        ecalli          write
        li              a0, key_step
        li              a1, 4
        li              a2, step
        li              a3, 1
        ecalli          write
        li              a1, 0
        ret
