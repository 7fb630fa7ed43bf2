/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the decoder needs to know of the interpreter; everything else is core/vm.h.
 */
#ifndef CORE_INTERP_H
#define CORE_INTERP_H

/* What goes into pvm_insn.handler, by record operation: PVM_REC_COUNT entries, static. */
const void *const *pvm_interp_handlers(void);

#endif
