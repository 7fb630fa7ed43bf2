/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of a directory of segments as text. For host/seg_directory.c. */
#ifndef HOST_SEG_MANIFEST_H
#define HOST_SEG_MANIFEST_H

#include "host/seg_directory.h"

#define JAM_SEG_MANIFEST "manifest.json"

/* As pvm_exit_name; CONTINUE is "unfinished". */
const char *jam_seg_outcome_name(enum pvm_exit outcome);

/* jam_invocation_name; "none" for JAM_SEG_NO_CALLS. */
const char *jam_seg_invocation_name(int32_t invocation);

/* Appends the text with its seal. */
void jam_seg_manifest_encode(const struct jam_seg_directory *directory, struct pvm_buf *out);

/* Checks the seal and fills the lists, the profile and the gas. PVM_E_MALFORMED. */
PVM_MUST_USE enum pvm_status jam_seg_manifest_decode(struct pvm_bytes text,
                                                     struct jam_seg_directory *directory,
                                                     struct pvm_err *err);

#endif
