/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* anonymous mappings are not in POSIX */
#include "core/space.h"

#include <stdbool.h>
#include <string.h>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>
#endif

/* A page touched is a page taken, not a huge one. */
#if defined(MAP_ANONYMOUS) && defined(MADV_NOHUGEPAGE)
static void keep_small(void *space, uint64_t size)
{
    (void)madvise(space, size, MADV_NOHUGEPAGE);
}
#else
static void keep_small(void *space, uint64_t size)
{
    (void)space;
    (void)size;
}
#endif

/* The system rounds a size up to pages of its own. */
#ifdef __linux__
static bool give_back(uint8_t *pages, size_t size)
{
    long unit = sysconf(_SC_PAGESIZE);
    return unit > 0 && size % (size_t)unit == 0 && madvise(pages, size, MADV_DONTNEED) == 0;
}
#else
static bool give_back(uint8_t *pages, size_t size)
{
    (void)pages;
    (void)size;
    return false;
}
#endif

#if defined(MAP_ANONYMOUS) && defined(MAP_NORESERVE) && SIZE_MAX > UINT32_MAX
uint8_t *pvm_space_reserve(uint64_t size)
{
    void *space = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space == MAP_FAILED)
        return NULL;
    keep_small(space, size);
    return space;
}

void pvm_space_release(uint8_t *space, uint64_t size)
{
    (void)munmap(space, size);
}
#else
uint8_t *pvm_space_reserve(uint64_t size)
{
    (void)keep_small;
    (void)size;
    return NULL;
}

void pvm_space_release(uint8_t *space, uint64_t size)
{
    (void)space;
    (void)size;
}

#endif

#if defined(__linux__) && defined(MADV_POPULATE_WRITE) && defined(MADV_HUGEPAGE)
void pvm_space_settle(void *block, size_t size)
{
    enum { LARGE = 2 << 20 };
    long unit = sysconf(_SC_PAGESIZE);
    size_t before = unit > 0 ? -(uintptr_t)block % (size_t)unit : size;
    if (before >= size)
        return;
    uint8_t *pages = (uint8_t *)block + before;
    size_t whole = (size - before) / (size_t)unit * (size_t)unit;
    if (whole >= LARGE)
        (void)madvise(pages, whole, MADV_HUGEPAGE);
    (void)madvise(pages, whole, MADV_POPULATE_WRITE);
}
#else
void pvm_space_settle(void *block, size_t size)
{
    (void)block;
    (void)size;
}
#endif

void pvm_space_discard(uint8_t *pages, size_t size)
{
    if (!give_back(pages, size))
        memset(pages, 0, size);
}
