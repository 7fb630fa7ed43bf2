/* SPDX-License-Identifier: Apache-2.0 */
/* In libpvm in place of host/disk_signals.c: signals are the embedding program's own affair. */
#include "host/disk_signals.h"

void jam_disk_hold(struct jam_disk_held *held)
{
    (void)held;
}

void jam_disk_release(const struct jam_disk_held *held)
{
    (void)held;
}

bool jam_disk_interrupted(const struct jam_disk_held *held)
{
    (void)held;
    return false;
}
