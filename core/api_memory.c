/* SPDX-License-Identifier: Apache-2.0 */
/* Of core/pvm.h: guest memory, checked, and its pages. */
#include "core/api.h"

#define TOP (UINT64_C(1) << 32)

/* ---- octets ---- */

/* Why the range is not accessible; it is known not to be. */
static enum pvm_mem_result refused(struct pvm_machine *machine, uint64_t addr, uint64_t len,
                                   enum pvm_access access)
{
    if (addr < PVM_GUARD_SIZE || addr >= TOP || len > TOP - addr)
        return PVM_MEM_PANIC;
    uint64_t page = addr - addr % PVM_PAGE_SIZE;
    while (pvm_memory_allows(&machine->vm.memory, page, 1, access))
        page += PVM_PAGE_SIZE;
    machine->vm.memory.fault = page;
    return PVM_MEM_FAULT;
}

static enum pvm_mem_result check(struct pvm_machine *machine, uint64_t addr, uint64_t len,
                                 enum pvm_access access)
{
    if (pvm_memory_allows(&machine->vm.memory, addr, len, access))
        return PVM_MEM_OK;
    return refused(machine, addr, len, access);
}

static enum pvm_mem_result load(struct pvm_machine *machine, uint64_t addr, unsigned width,
                                uint64_t *value)
{
    if (addr > TOP - width)
        return PVM_MEM_PANIC;
    return pvm_memory_load(&machine->vm.memory, (uint32_t)addr, width, value);
}

static enum pvm_mem_result store(struct pvm_machine *machine, uint64_t addr, unsigned width,
                                 uint64_t value)
{
    if (addr > TOP - width)
        return PVM_MEM_PANIC;
    return pvm_memory_store(&machine->vm.memory, (uint32_t)addr, width, value);
}

#define ACCESSORS(bits)                                                                            \
    enum pvm_mem_result pvm_load_u##bits(struct pvm_machine *machine, uint64_t addr,               \
                                         uint##bits##_t *value)                                    \
    {                                                                                              \
        uint64_t wide;                                                                             \
        enum pvm_mem_result result = load(machine, addr, (bits) / 8, &wide);                       \
        if (result == PVM_MEM_OK)                                                                  \
            *value = (uint##bits##_t)wide;                                                         \
        return result;                                                                             \
    }                                                                                              \
    enum pvm_mem_result pvm_store_u##bits(struct pvm_machine *machine, uint64_t addr,              \
                                          uint##bits##_t value)                                    \
    {                                                                                              \
        return store(machine, addr, (bits) / 8, value);                                            \
    }

ACCESSORS(8)
ACCESSORS(16)
ACCESSORS(32)
ACCESSORS(64)

#undef ACCESSORS

enum pvm_mem_result pvm_read(struct pvm_machine *machine, uint64_t addr, void *octets, size_t len)
{
    enum pvm_mem_result result = check(machine, addr, len, PVM_READ);
    if (result == PVM_MEM_OK && len != 0)
        pvm_memory_get(&machine->vm.memory, addr, octets, len);
    return result;
}

enum pvm_mem_result pvm_write(struct pvm_machine *machine, uint64_t addr, const void *octets,
                              size_t len)
{
    enum pvm_mem_result result = check(machine, addr, len, PVM_WRITE);
    if (result != PVM_MEM_OK || len == 0)
        return result;
    if (pvm_memory_put(&machine->vm.memory, addr, pvm_bytes(octets, len), NULL) != PVM_OK)
        return PVM_MEM_NO_ROOM;
    return PVM_MEM_OK;
}

uint64_t pvm_fault_address(const struct pvm_machine *machine)
{
    return machine->vm.memory.fault;
}

enum pvm_mem_result pvm_view(struct pvm_machine *machine, uint64_t addr, const uint8_t **octets,
                             size_t *len)
{
    enum pvm_mem_result result = check(machine, addr, 1, PVM_READ);
    if (result != PVM_MEM_OK)
        return result;
    pvm_memory_settle(&machine->vm.memory);
    *len = (size_t)(PVM_PAGE_SIZE - addr % PVM_PAGE_SIZE);
    *octets = pvm_memory_view(&machine->vm.memory, addr, *len);
    return PVM_MEM_OK;
}

/* ---- pages ---- */

static enum pvm_status check_pages(uint64_t addr, uint64_t size, struct pvm_err *err)
{
    pvm_err_clear(err);
    if (addr % PVM_PAGE_SIZE != 0 || size % PVM_PAGE_SIZE != 0)
        return pvm_fail(err, PVM_E_USAGE, "0x%llx octets at 0x%llx are not whole pages of 0x%x",
                        (unsigned long long)size, (unsigned long long)addr, PVM_PAGE_SIZE);
    if (addr < PVM_GUARD_SIZE || addr > TOP || size > TOP - addr)
        return pvm_fail(err, PVM_E_USAGE, "0x%llx octets at 0x%llx are not within [0x%x, 2^32)",
                        (unsigned long long)size, (unsigned long long)addr, PVM_GUARD_SIZE);
    return PVM_OK;
}

static enum pvm_status check_access(enum pvm_access access, struct pvm_err *err)
{
    switch (access) {
    case PVM_NO_ACCESS:
    case PVM_READ:
    case PVM_WRITE:
        return PVM_OK;
    }
    return pvm_fail(err, PVM_E_USAGE, "%d is no access", (int)access);
}

static enum pvm_status map(struct pvm_machine *machine, uint64_t addr, uint64_t size,
                           enum pvm_access access, bool zero, struct pvm_err *err)
{
    PVM_TRY(check_pages(addr, size, err));
    PVM_TRY(check_access(access, err));
    return pvm_memory_map(&machine->vm.memory, (uint32_t)(addr / PVM_PAGE_SIZE),
                          (uint32_t)(size / PVM_PAGE_SIZE), access, zero, err);
}

enum pvm_status pvm_map(struct pvm_machine *machine, uint64_t addr, uint64_t size,
                        enum pvm_access access, struct pvm_err *err)
{
    return map(machine, addr, size, access, true, err);
}

enum pvm_status pvm_protect(struct pvm_machine *machine, uint64_t addr, uint64_t size,
                            enum pvm_access access, struct pvm_err *err)
{
    return map(machine, addr, size, access, false, err);
}

enum pvm_status pvm_lend(struct pvm_machine *machine, uint64_t addr, void *buffer, size_t size,
                         struct pvm_err *err)
{
    PVM_TRY(check_pages(addr, size, err));
    return pvm_memory_back(&machine->vm.memory, (uint32_t)(addr / PVM_PAGE_SIZE),
                           (uint32_t)(size / PVM_PAGE_SIZE), buffer, err);
}

enum pvm_status pvm_lend_const(struct pvm_machine *machine, uint64_t addr, const void *buffer,
                               size_t size, struct pvm_err *err)
{
    PVM_TRY(check_pages(addr, size, err));
    return pvm_memory_back_const(&machine->vm.memory, (uint32_t)(addr / PVM_PAGE_SIZE),
                                 (uint32_t)(size / PVM_PAGE_SIZE), buffer, err);
}

enum pvm_access pvm_page_access(const struct pvm_machine *machine, uint64_t addr)
{
    if (addr >= TOP)
        return PVM_NO_ACCESS;
    return pvm_memory_access(&machine->vm.memory, (uint32_t)(addr / PVM_PAGE_SIZE));
}

bool pvm_next_region(const struct pvm_machine *machine, uint64_t *addr, uint64_t *size,
                     enum pvm_access *access)
{
    uint32_t page, count;
    if (*addr >= TOP)
        return false;
    page = (uint32_t)((*addr + PVM_PAGE_SIZE - 1) / PVM_PAGE_SIZE);
    if (!pvm_memory_next(&machine->vm.memory, &page, &count, access))
        return false;
    *addr = (uint64_t)page * PVM_PAGE_SIZE;
    *size = (uint64_t)count * PVM_PAGE_SIZE;
    return true;
}
