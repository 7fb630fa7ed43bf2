; SPDX-License-Identifier: Apache-2.0
; The service that invoke.c runs (pvm asm -f jam): its Accumulate keeps a greeting in storage.
.metadata "greeter"
.entry accumulate accumulate
.rodata
key:   .ascii "greeting"
value: .ascii "hello"
.text
accumulate:
    la a0, key
    li a1, 8
    la a2, value
    li a3, 5
    ecalli write
    li a0, 0
    li a1, 0
    ret
