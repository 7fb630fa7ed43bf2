; SPDX-License-Identifier: Apache-2.0
; CoreVM's service for GP 0.7.1, 0.7.2 and 0.8.0.
.equ ARGS_HAVE_CORE, 1
.equ HAVE_PAGES, 1
.equ INPUT_TAGGED, 1
.equ BLESS, 8
.include "corevm.inc"
