/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* anonymous mappings are not in POSIX */
#include "core/space.h"

#include <string.h>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#endif

#if defined(MAP_ANONYMOUS) && defined(MAP_NORESERVE) && SIZE_MAX > UINT32_MAX
uint8_t *pvm_space_reserve(uint64_t size)
{
    void *space = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return space != MAP_FAILED ? space : NULL;
}

void pvm_space_release(uint8_t *space, uint64_t size)
{
    (void)munmap(space, size);
}

void pvm_space_discard(uint8_t *pages, size_t size)
{
#ifdef __linux__
    if (madvise(pages, size, MADV_DONTNEED) == 0)
        return;
#endif
    memset(pages, 0, size);
}
#else
uint8_t *pvm_space_reserve(uint64_t size)
{
    (void)size;
    return NULL;
}

void pvm_space_release(uint8_t *space, uint64_t size)
{
    (void)space;
    (void)size;
}

void pvm_space_discard(uint8_t *pages, size_t size)
{
    memset(pages, 0, size);
}
#endif
