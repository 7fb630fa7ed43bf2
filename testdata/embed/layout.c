/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes, offsets and values that programs built against the headers rely on, where pointers have 64
 * bits. To change one is to change PVM_ABI_VERSION.
 */
#include <jam.h>
#include <jam_extension.h>
#include <pvm.h>

_Static_assert(PVM_ABI_VERSION == 1, "");

_Static_assert(sizeof(enum pvm_status) == 4 && sizeof(enum pvm_exit) == 4, "");
_Static_assert(sizeof(enum pvm_access) == 4 && sizeof(enum pvm_mem_result) == 4, "");
_Static_assert(PVM_OK == 0 && PVM_E_USAGE == 1 && PVM_E_MALFORMED == 2 && PVM_E_IO == 3, "");
_Static_assert(PVM_E_LIMIT == 4 && PVM_E_MEMORY == 5 && PVM_E_INTERNAL == 6, "");
_Static_assert(PVM_EXIT_CONTINUE == 0 && PVM_EXIT_HALT == 1 && PVM_EXIT_PANIC == 2, "");
_Static_assert(PVM_EXIT_OOG == 3 && PVM_EXIT_FAULT == 4 && PVM_EXIT_HOST == 5, "");
_Static_assert(PVM_NO_ACCESS == 0 && PVM_READ == 1 && PVM_WRITE == 3, "");
_Static_assert(PVM_MEM_OK == 0 && PVM_MEM_PANIC == 1, "");
_Static_assert(PVM_MEM_FAULT == 2 && PVM_MEM_NO_ROOM == 3, "");
_Static_assert(PVM_REG_COUNT == 13 && PVM_PAGE_SIZE == 4096 && PVM_GUARD_SIZE == 65536, "");

_Static_assert(sizeof(enum jam_invocation) == 4 && sizeof(enum jam_outcome) == 4, "");
_Static_assert(JAM_IS_AUTHORIZED == 0 && JAM_REFINE == 1 && JAM_ACCUMULATE == 2, "");
_Static_assert(JAM_ON_TRANSFER == 3, "");
_Static_assert(JAM_ENDED_HALT == 0 && JAM_ENDED_OOG == 1 && JAM_ENDED_PANIC == 2, "");
_Static_assert(JAM_ENDED_BAD_EXPORTS == 3 && JAM_ENDED_OVERSIZE == 4, "");
_Static_assert(JAM_ENDED_BAD == 5 && JAM_ENDED_BIG == 6, "");

#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct pvm_err) == 324 && offsetof(struct pvm_err, msg) == 4, "");
_Static_assert(sizeof(struct pvm_alloc) == 16 && offsetof(struct pvm_alloc, user) == 8, "");
_Static_assert(sizeof(struct pvm_module_options) == 40, "");
_Static_assert(offsetof(struct pvm_module_options, gp) == 8, "");
_Static_assert(offsetof(struct pvm_module_options, format) == 16, "");
_Static_assert(offsetof(struct pvm_module_options, alloc) == 24, "");
_Static_assert(offsetof(struct pvm_module_options, window) == 32, "");
_Static_assert(sizeof(struct pvm_machine_options) == 40, "");
_Static_assert(offsetof(struct pvm_machine_options, alloc) == 8, "");
_Static_assert(offsetof(struct pvm_machine_options, memory_limit) == 16, "");
_Static_assert(offsetof(struct pvm_machine_options, args) == 24, "");
_Static_assert(offsetof(struct pvm_machine_options, args_len) == 32, "");
_Static_assert(sizeof(struct jam_world_options) == 40, "");
_Static_assert(offsetof(struct jam_world_options, before) == 32, "");
_Static_assert(sizeof(struct jam_job_options) == 112, "");
_Static_assert(offsetof(struct jam_job_options, blob) == 24, "");
_Static_assert(offsetof(struct jam_job_options, service) == 40, "");
_Static_assert(offsetof(struct jam_job_options, entropy) == 48, "");
_Static_assert(offsetof(struct jam_job_options, user) == 88, "");
_Static_assert(offsetof(struct jam_job_options, extensions) == 96, "");
_Static_assert(sizeof(struct jam_host_call) == 56, "");
_Static_assert(sizeof(struct jam_transfer_input) == 48, "");
_Static_assert(sizeof(struct jam_operand_input) == 88, "");
_Static_assert(sizeof(struct jam_sent) == 152, "");

/* Extensions: to change one of these is to change JAM_EXTENSION_ABI_VERSION. */
_Static_assert(JAM_EXTENSION_ABI_VERSION == 1, "");
_Static_assert(sizeof(struct jam_extension) == 88, "");
_Static_assert(offsetof(struct jam_extension, name) == 16, "");
_Static_assert(offsetof(struct jam_extension, init) == 64, "");
_Static_assert(sizeof(struct jam_extension_call) == 128, "");
_Static_assert(offsetof(struct jam_extension_call, handler) == 48, "");
_Static_assert(offsetof(struct jam_extension_call, memory) == 64, "");
_Static_assert(sizeof(struct jam_extension_range) == 16, "");
_Static_assert(sizeof(struct jam_extension_cell) == 56, "");
_Static_assert(offsetof(struct jam_extension_cell, price) == 16, "");
_Static_assert(sizeof(struct jam_price) == 40 && sizeof(struct jam_cost) == 16, "");
_Static_assert(sizeof(struct jam_extension_setting) == 32, "");
_Static_assert(sizeof(struct jam_extension_value) == 16, "");
_Static_assert(sizeof(struct jam_extension_start) == 48, "");
_Static_assert(sizeof(struct jam_extension_report) == 32, "");
_Static_assert(sizeof(struct jam_extension_use) == 24, "");
_Static_assert(sizeof(struct jam_extension_api) == 104, "");
#endif
