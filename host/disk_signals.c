/* SPDX-License-Identifier: Apache-2.0 */
#include "host/disk_signals.h"

#include <stddef.h>

static const int enders[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

enum { ENDERS = sizeof enders / sizeof *enders };

void jam_disk_hold(struct jam_disk_held *held)
{
    sigset_t add;
    (void)sigemptyset(&add);
    (void)sigemptyset(&held->waiting);
    for (size_t i = 0; i < ENDERS; i++) {
        struct sigaction action;
        if (sigaction(enders[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            (void)sigaddset(&add, enders[i]);
    }
    (void)pthread_sigmask(SIG_BLOCK, &add, &held->before);
    for (size_t i = 0; i < ENDERS; i++)
        if (sigismember(&add, enders[i]) == 1 && sigismember(&held->before, enders[i]) == 0)
            (void)sigaddset(&held->waiting, enders[i]);
}

void jam_disk_release(const struct jam_disk_held *held)
{
    (void)pthread_sigmask(SIG_SETMASK, &held->before, NULL);
}

bool jam_disk_interrupted(const struct jam_disk_held *held)
{
    sigset_t pending;
    if (sigpending(&pending) != 0)
        return false;
    for (size_t i = 0; i < ENDERS; i++)
        if (sigismember(&pending, enders[i]) == 1 && sigismember(&held->waiting, enders[i]) == 1)
            return true;
    return false;
}
