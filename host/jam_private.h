/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind the handles of host/jam.h; used by host/jam_*.c only.
 */
#ifndef HOST_JAM_PRIVATE_H
#define HOST_JAM_PRIVATE_H

#include "core/api.h"
#include "host/accumulate.h"
#include "host/jam.h"
#include "host/state_file.h"

struct jam_world {
    struct pvm_alloc own_alloc;
    const struct pvm_alloc *alloc; /* NULL: libc's; else &own_alloc */
    struct jam_state_file *file;
    struct pvm_buf text;   /* what jam_world_write gave out */
    uint64_t commit_count; /* how often the state has become another */
};

struct jam_job {
    struct jam_world *world;
    enum jam_invocation invocation;
    struct jam_job_options options; /* pointers lead into the arena */
    struct jam_arena arena;         /* copies of what the caller gave */
    struct jam_fixture *fixture;    /* its state is the one before */
    struct pvm_blob blob;           /* of options.blob, if there is one */
    struct jam_input *inputs;       /* transfers first */
    size_t input_count, transfer_count, input_cap;
    struct jam_accumulate_in in;
    bool running;               /* and this may be one of its callbacks */
    struct jam_run *run;        /* NULL: has not run to its end */
    struct jam_effects effects; /* of Accumulate and On-Transfer; borrow from run */
    struct pvm_buf changes;     /* text of jam_job_changes */
    struct pvm_buf report;      /* text of jam_job_report */
    uint64_t commit_count;      /* of the world when the job was made */
    bool committed;
};

static inline bool jam_job_changes_state(const struct jam_job *job)
{
    return job->invocation == JAM_ACCUMULATE || job->invocation == JAM_ON_TRANSFER;
}

/* Fails for a text that names a file; a jam_fixture_read_fn. */
enum pvm_status jam_read_nothing(void *user, const char *path, struct pvm_buf *out,
                                 struct pvm_err *err);

#endif
