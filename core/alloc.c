/* SPDX-License-Identifier: Apache-2.0 */
#include "core/alloc.h"

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

void *pvm_alloc_zero(const struct pvm_alloc *alloc, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    size_t total = count * size != 0 ? count * size : 1;
    if (alloc == NULL)
        return calloc(1, total);
    void *ptr = alloc->resize(alloc->user, NULL, total);
    if (ptr != NULL)
        memset(ptr, 0, total);
    return ptr;
}

void pvm_alloc_free(const struct pvm_alloc *alloc, void *ptr)
{
    if (ptr != NULL)
        pvm_alloc_resize(alloc, ptr, 0);
}
