/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions besides the built-in ones, from their tables to the end of a run. A profile that
 * extends another has their host calls, too; whoever is given it, an assembler as well as a run,
 * knows them.
 *
 *     jam_extension_check(extension, err);              the table by itself
 *     jam_profile_extend(profile, uses, count, &mine, err);   and beside the others
 */
#ifndef HOST_EXTENSION_H
#define HOST_EXTENSION_H

#include "host/context.h"
#include "host/json_out.h"

/* PVM_E_MALFORMED for a table that is none, of another ABI version, or wrong; names extension, call
 * or setting. */
PVM_MUST_USE enum pvm_status jam_extension_check(const struct jam_extension *extension,
                                                 struct pvm_err *err);

/* The base with more extensions. Their tables, uses and what base borrows are borrowed. Checks each
 * table; PVM_E_MALFORMED too when two names clash, or two numbers under this version; PVM_E_USAGE
 * for a value without a setting. */
PVM_MUST_USE enum pvm_status jam_profile_extend(const struct jam_profile *base,
                                                const struct jam_extension_use *uses, size_t count,
                                                struct jam_profile *out, struct pvm_err *err);

/* The setting of a name; NULL: there is none. */
const struct jam_extension_setting *jam_extension_setting_of(const struct jam_extension *extension,
                                                             const char *name);

/* Makes the states of a run's extensions. On failure, and in the end, jam_extensions_end releases
 * those that were made; idempotent. */
PVM_MUST_USE enum pvm_status jam_extensions_begin(struct jam_context *ctx, struct pvm_err *err);
void jam_extensions_end(struct jam_context *ctx);

/* Has the extension with this index among those of the profile report on the run; false: it has
 * nothing to report. */
bool jam_extension_tell(const struct jam_context *ctx, size_t index,
                        const struct jam_extension_report *report);
/* All that extensions report: an object {"NAME": {"KEY": VALUE, ...}, ...} under key. */
void jam_extensions_json(const struct jam_context *ctx, const char *key, struct jam_out *json);

#endif
