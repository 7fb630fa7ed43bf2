; SPDX-License-Identifier: Apache-2.0
; CoreVM's service for GP 0.6.6, which has zero instead of pages and one assigner for all cores.
.equ ARGS_HAVE_CORE, 0
.equ HAVE_PAGES, 0
.equ INPUT_TAGGED, 0
.equ BLESS, 6
.include "corevm.inc"
