; SPDX-License-Identifier: Apache-2.0
; CoreVM's service for GP 0.7.1 and 0.7.2.
.equ ARGS_HAVE_CORE, 1
.include "corevm.inc"
