/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the decoder needs to know of the interpreter; everything else is core/vm.h.
 */
#ifndef CORE_INTERP_H
#define CORE_INTERP_H

#include "core/program.h"

/* Sets the handlers of count finished records, for memory laid out in that way; the last one is a
 * charge record or a landing. */
void pvm_interp_link(enum pvm_layout layout, struct pvm_insn *insns, uint32_t count);

#endif
