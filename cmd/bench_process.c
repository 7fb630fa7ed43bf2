/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes of pvm bench, each with a pipe to its parent. */
#include "cmd/bench.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

bool cmd_bench_write(int fd, const void *ptr, size_t len)
{
    const char *at = ptr;
    while (len != 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    return true;
}

size_t cmd_bench_read(int fd, void *ptr, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = read(fd, (char *)ptr + done, len - done);
        if (n == 0 || (n < 0 && errno != EINTR))
            break;
        if (n > 0)
            done += (size_t)n;
    }
    return done;
}

pid_t cmd_bench_fork(int *fd)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    pid_t pid = fork();
    if (pid < 0) {
        (void)close(ends[0]);
        (void)close(ends[1]);
        return -1;
    }
    *fd = pid == 0 ? ends[1] : ends[0];
    (void)close(pid == 0 ? ends[0] : ends[1]);
    return pid;
}

void cmd_bench_reap(pid_t pid, int fd)
{
    (void)close(fd);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}
