/* SPDX-License-Identifier: Apache-2.0 */
#include "core/status.h"

#include <stdio.h>
#include <string.h>

const char *pvm_status_text(enum pvm_status status)
{
    switch (status) {
#define X(name, text, code)                                                                        \
    case PVM_##name:                                                                               \
        return text;
        PVM_STATUS_MAP(X)
#undef X
    }
    return "unknown status";
}

int pvm_status_code(enum pvm_status status)
{
    switch (status) {
#define X(name, text, code)                                                                        \
    case PVM_##name:                                                                               \
        return code;
        PVM_STATUS_MAP(X)
#undef X
    }
    return 5;
}

enum pvm_status pvm_fail(struct pvm_err *err, enum pvm_status status, const char *fmt, ...)
{
    if (err == NULL || err->status != PVM_OK)
        return status;
    err->status = status;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    return status;
}

enum pvm_status pvm_fail_at(struct pvm_err *err, enum pvm_status status, const char *prefix)
{
    if (err == NULL)
        return status;
    struct pvm_err inner = *err;
    err->status = status;
    snprintf(err->msg, sizeof err->msg, "%.120s: %.190s", prefix,
             inner.status != PVM_OK ? inner.msg : pvm_status_text(status));
    return status;
}
