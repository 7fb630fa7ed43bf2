; SPDX-License-Identifier: Apache-2.0
; CoreVM's service for GP 0.6.7 and 0.7.0, where Refine is not told its core.
.equ ARGS_HAVE_CORE, 0
.equ HAVE_PAGES, 1
.equ INPUT_TAGGED, 0
.equ BLESS, 7
.include "corevm.inc"
