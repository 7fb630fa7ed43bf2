/* SPDX-License-Identifier: Apache-2.0 */
#include "core/alloc.h"

#include "core/space.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *pvm_alloc_resize(const struct pvm_alloc *alloc, void *ptr, size_t size)
{
    if (alloc != NULL)
        return alloc->resize(alloc->user, ptr, size);
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, size);
}

void *pvm_alloc_get(const struct pvm_alloc *alloc, size_t size)
{
    return pvm_alloc_resize(alloc, NULL, size != 0 ? size : 1);
}

/* A small block is better cleared here: glibc's calloc takes none of those that a thread just freed. */
void *pvm_alloc_zero(const struct pvm_alloc *alloc, size_t count, size_t size)
{
    enum { SMALL = 1024 };
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    size_t total = count * size != 0 ? count * size : 1;
    if (alloc == NULL && total > SMALL)
        return calloc(1, total);
    void *ptr = pvm_alloc_resize(alloc, NULL, total);
    if (ptr != NULL)
        memset(ptr, 0, total);
    return ptr;
}

void pvm_alloc_settle(const struct pvm_alloc *alloc, void *ptr, size_t size)
{
    enum { WORTH_A_CALL = 1 << 16 };
    if (alloc == NULL && ptr != NULL && size >= WORTH_A_CALL)
        pvm_space_settle(ptr, size);
}

void pvm_alloc_free(const struct pvm_alloc *alloc, void *ptr)
{
    if (ptr != NULL)
        pvm_alloc_resize(alloc, ptr, 0);
}
