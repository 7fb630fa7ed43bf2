; SPDX-License-Identifier: Apache-2.0
; The guest of the examples: a bare program (pvm asm -f raw). a0 says what it does.
;
; Host calls: 1 adds up the a1 numbers of 8 octets at a0; 2 is one that the host refuses;
; 3 one in which the host's own code goes wrong; 4 does nothing.
shared = 0x20000            ; a buffer of the host's, one page
far    = 0x50000            ; not accessible at first

    branch_eq_imm a0, 1, panic
    branch_eq_imm a0, 2, forever
    branch_eq_imm a0, 3, fault
    branch_eq_imm a0, 4, refused
    branch_eq_imm a0, 5, raised
    branch_eq_imm a0, 6, calls

; Writes 0, 2, ... 18 to the buffer, has them added up, writes the sum behind them.
    load_imm t0, shared
    load_imm t1, 0
    fallthrough
fill:
    add_64 t2, t1, t1
    store_ind_u64 t2, [t0]
    add_imm_64 t0, t0, 8
    add_imm_64 t1, t1, 1
    branch_ne_imm t1, 10, fill
    load_imm a0, shared
    load_imm a1, 10
    ecalli 1
    store_u64 a0, [shared + 80]
    ret

panic:
    trap
forever:
    jump forever
fault:
    load_u64 a0, [far + 8]
    ret
refused:
    ecalli 2
    ret
raised:
    ecalli 3
    ret
calls:
    ecalli 4
    jump calls
