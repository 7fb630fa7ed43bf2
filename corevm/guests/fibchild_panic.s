; SPDX-License-Identifier: Apache-2.0
; A child that panics, after it has read its operands.
.include "fibchild.inc"

.text
start:
        sum_pages
        trap
