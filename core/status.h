/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors that are ours: bad input, a limit, an operating-system failure.
 * What a guest program does (panic, fault, out of gas) is never one of these; it is an
 * enum pvm_exit. A function that can fail returns enum pvm_status, writes its outputs only on PVM_OK
 * and leaves a message in the struct pvm_err its caller owns. The types are those of core/pvm.h.
 */
#ifndef CORE_STATUS_H
#define CORE_STATUS_H

#include "core/pvm.h"

#include <stdarg.h>

#if defined(__GNUC__)
#define PVM_PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))
#define PVM_COLD            __attribute__((cold, noinline))
#define PVM_LIKELY(x)       __builtin_expect(!!(x), 1)
#define PVM_UNLIKELY(x)     __builtin_expect(!!(x), 0)
#else
#define PVM_PRINTF(fmt, va)
#define PVM_COLD
#define PVM_LIKELY(x)   (x)
#define PVM_UNLIKELY(x) (x)
#endif

/* NAME, text, exit code of the command line */
#define PVM_STATUS_MAP(X)                                                                          \
    X(OK, "ok", 0)                                                                                 \
    X(E_USAGE, "wrong use", 2)                                                                     \
    X(E_MALFORMED, "malformed input", 3)                                                           \
    X(E_IO, "input/output error", 4)                                                               \
    X(E_LIMIT, "limit reached", 5)                                                                 \
    X(E_MEMORY, "out of memory", 5)                                                                \
    X(E_INTERNAL, "internal error", 5)

/* Exit code of the command line for a status. */
int pvm_status_code(enum pvm_status status);

/* Records status and message in err (which may be NULL) and returns status. Never allocates. The
 * first message wins: a later pvm_fail on the same pvm_err keeps the earlier text. */
enum pvm_status pvm_fail(struct pvm_err *err, enum pvm_status status, const char *fmt, ...)
    PVM_PRINTF(3, 4);

/* Puts "prefix: " in front of the message of err, once the place is known. Returns err's status. */
enum pvm_status pvm_fail_at(struct pvm_err *err, enum pvm_status status, const char *prefix);

/* Returns from the calling function when expr is not PVM_OK. */
#define PVM_TRY(expr)                                                                              \
    do {                                                                                           \
        enum pvm_status pvm_try_status_ = (expr);                                                  \
        if (PVM_UNLIKELY(pvm_try_status_ != PVM_OK))                                               \
            return pvm_try_status_;                                                                \
    } while (0)

#endif
