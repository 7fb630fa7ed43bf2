/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address space by itself: reserved without storage, which the system gives to the pages that are
 * touched. Where there is no such thing nothing can be reserved, and callers go without.
 */
#ifndef CORE_SPACE_H
#define CORE_SPACE_H

#include <stddef.h>
#include <stdint.h>

/* size octets, zero and writable, aligned to pages; NULL: not to be had. */
uint8_t *pvm_space_reserve(uint64_t size);
void pvm_space_release(uint8_t *space, uint64_t size);
/* Makes whole pages zero again and gives their storage back. */
void pvm_space_discard(uint8_t *pages, size_t size);
/* Storage for a block of the process at once, in large pages where there are any, instead of page by
 * page as it is touched: for what is about to be written as a whole. Changes no octet. */
void pvm_space_settle(void *block, size_t size);

#endif
