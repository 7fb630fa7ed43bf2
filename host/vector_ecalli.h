/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces of host calls replayed (JIP-7): the program of a trace runs from host call to host call
 * and is compared with what was recorded at each; what the host did is taken from the trace. Needs
 * no host function, so it holds a machine alone against another implementation's.
 */
#ifndef HOST_VECTOR_ECALLI_H
#define HOST_VECTOR_ECALLI_H

#include "host/ecalli_read.h"
#include "host/vector.h"

/* Replays the next trace of reader, and moves to the one behind it. path and then the trace's own
 * comments ("gp 0.7.2") say the version, unless options does. PVM_E_MALFORMED: the text is no
 * trace from there on; PVM_E_LIMIT: it takes more gas than limits.inner_gas, or else 10^10. */
PVM_MUST_USE enum pvm_status jam_ecalli_replay(struct jam_ecalli_reader *reader, const char *path,
                                               const struct jam_vector_options *options,
                                               struct jam_vector_result *result,
                                               struct pvm_err *err);

#endif
