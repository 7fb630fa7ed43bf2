/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals that would end the program (SIGHUP, SIGINT, SIGQUIT, SIGTERM) are held back while there
 * is a temporary file, which nobody would remove then, and looked for between the pieces of a long
 * write. For host/disk.c, and for what pvm itself writes piece by piece. Libpvm leaves signals
 * alone: host/library/disk_quiet.c.
 */
#ifndef HOST_DISK_SIGNALS_H
#define HOST_DISK_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct jam_disk_held {
    sigset_t before;  /* the mask to return to */
    sigset_t waiting; /* those that only we hold back */
};

/* In the calling thread; not those that are ignored. */
void jam_disk_hold(struct jam_disk_held *held);
/* Whether one came that is held back. */
bool jam_disk_interrupted(const struct jam_disk_held *held);
/* One that came in the meantime comes now. */
void jam_disk_release(const struct jam_disk_held *held);

#endif
