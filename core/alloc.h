/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where memory comes from. Every handle remembers the allocator it was made with; NULL means libc.
 * The library has no other source of memory and no global one. struct pvm_alloc is that of core/pvm.h.
 */
#ifndef CORE_ALLOC_H
#define CORE_ALLOC_H

#include "core/pvm.h"

void *pvm_alloc_get(const struct pvm_alloc *alloc, size_t size);
/* count * size octets, zeroed; NULL also when the product overflows. */
void *pvm_alloc_zero(const struct pvm_alloc *alloc, size_t count, size_t size);
void *pvm_alloc_resize(const struct pvm_alloc *alloc, void *ptr, size_t size);
/* Says of a block of at least size octets that all of it is written next: a large one of libc's gets
 * its storage at once. */
void pvm_alloc_settle(const struct pvm_alloc *alloc, void *ptr, size_t size);
void pvm_alloc_free(const struct pvm_alloc *alloc, void *ptr);

#endif
