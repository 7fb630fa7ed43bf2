; SPDX-License-Identifier: Apache-2.0
; CoreVM's service for GP 0.6.7 and 0.7.0, where Refine is not told its core.
.equ ARGS_HAVE_CORE, 0
.include "corevm.inc"
