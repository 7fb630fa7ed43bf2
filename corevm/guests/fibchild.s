; SPDX-License-Identifier: Apache-2.0
; The child of CoreVM's Fibonacci loop: adds the first words of its operand pages. A raw program; no
; stack, no host call.
.include "fibchild.inc"

.text
start:
        sum_pages
        give_result
