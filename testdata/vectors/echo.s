; SPDX-License-Identifier: Apache-2.0
; The service of refine.json and manifest.json: gives back and exports four octets of the payload of
; the package's first item, zeros where there is none.
.metadata "echo", "1", "Apache-2.0", "The authors"
.entry refine start

.rodata
hash:           .u64 0x2222222222222222, 0x2222222222222222
                .u64 0x2222222222222222, 0x2222222222222222
message:        .ascii "hi"

.bss
payload:        .space 16
found:          .space 16

.text
start:
        load_imm        a0, payload
        load_imm        a1, 0
        load_imm        a2, 16
        load_imm        a3, 13          ; payload of item a4
        load_imm        a4, 0
        load_imm        a5, 0
        ecalli          fetch
        load_imm        a0, -1
        load_imm        a1, hash
        load_imm        a2, found
        load_imm        a3, 0
        load_imm        a4, 16
        ecalli          historical_lookup
        load_imm        a0, payload
        load_imm        a1, 4
        ecalli          export
        load_imm        a0, 2           ; important
        load_imm        a1, 0
        load_imm        a2, 0
        load_imm        a3, message
        load_imm        a4, 2
        ecalli          log
        load_imm        a0, payload
        load_imm        a1, 4
        jump_ind        ra, 0
