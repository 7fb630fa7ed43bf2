; SPDX-License-Identifier: Apache-2.0
; A child that never ends: its gas does.
.include "fibchild.inc"

.text
start:
        sum_pages
        fallthrough
forever:
        jump            forever
