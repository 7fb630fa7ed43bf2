; SPDX-License-Identifier: Apache-2.0
; Authorizes every package, with an empty trace.
.entry is_authorized start
start:
        li              a1, 0
        ret
