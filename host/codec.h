/* SPDX-License-Identifier: Apache-2.0 */
/* GP encodings of host types (GP 0.7.2 C.2), by profile where versions differ. Each appends. */
#ifndef HOST_CODEC_H
#define HOST_CODEC_H

#include "host/profile.h"

void jam_encode_package(const struct jam_profile *profile, const struct jam_work_package *package,
                        struct pvm_buf *out);
void jam_encode_context(const struct jam_profile *profile, const struct jam_refine_context *context,
                        struct pvm_buf *out);

/* S(w): JAM_SUMMARY_SIZE octets (GP 0.7.2 B.5, fetch). */
void jam_encode_summary(const struct jam_work_item *item, struct pvm_buf *out);

/* The chain's constants as fetch kind 0 gives them. */
void jam_encode_params(const struct jam_profile *profile, const struct jam_params *params,
                       struct pvm_buf *out);

/* H(E(package)). */
PVM_MUST_USE enum pvm_status jam_package_hash(const struct jam_profile *profile,
                                              const struct jam_work_package *package,
                                              const struct pvm_alloc *alloc, struct jam_hash *out,
                                              struct pvm_err *err);

/* The encodings that profiles choose from, named after the version they came with. */
void jam_package_062(const struct jam_work_package *package, struct pvm_buf *out);
void jam_package_070(const struct jam_work_package *package, struct pvm_buf *out);
void jam_package_080(const struct jam_work_package *package, struct pvm_buf *out);
void jam_context_062(const struct jam_refine_context *context, struct pvm_buf *out);
void jam_context_080(const struct jam_refine_context *context, struct pvm_buf *out);
void jam_authorizer_066(const struct jam_work_package *package, struct pvm_buf *out);
void jam_authorizer_072(const struct jam_work_package *package, struct pvm_buf *out);
void jam_refine_args_063(const struct jam_refine_values *values, struct pvm_buf *out);
void jam_refine_args_065(const struct jam_refine_values *values, struct pvm_buf *out);
void jam_refine_args_066(const struct jam_refine_values *values, struct pvm_buf *out);
void jam_refine_args_071(const struct jam_refine_values *values, struct pvm_buf *out);
void jam_is_authorized_args_062(const struct jam_work_package *package, uint64_t core,
                                struct pvm_buf *out);
void jam_is_authorized_args_066(const struct jam_work_package *package, uint64_t core,
                                struct pvm_buf *out);
void jam_info_062(const struct jam_service *account, uint64_t threshold, struct pvm_buf *out);
void jam_info_067(const struct jam_service *account, uint64_t threshold, struct pvm_buf *out);

#endif
