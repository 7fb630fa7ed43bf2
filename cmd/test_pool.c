/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/test_pool.h"

#include "cmd/test_worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { WINDOW = 16, /* files there are for each worker */ READ_CHUNK = 1 << 16 };

struct slot {
    pid_t pid;
    int fd;                   /* -1: no worker */
    struct cmd_test_job *job; /* NULL: it waits */
    struct pvm_buf in;        /* said, but no message yet */
    int64_t deadline;         /* milliseconds */
    bool late;
};

struct pool {
    const struct cmd_pool_work *work;
    struct slot *slots;
    struct pollfd *polls;
    struct cmd_test_job *ring;
    size_t ring_size, head, tail; /* head: next to be told of; tail: next to be found */
    bool ended;                   /* there are no more files */
    bool stopped;
};

/* ---- workers ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* So that no worker outlives a pvm that is killed. Elsewhere it does, until its file ends. */
static void end_with(pid_t parent)
{
#ifdef __linux__
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() != parent)
        _exit(EXIT_FAILURE);
#else
    (void)parent;
#endif
}

/* In the new process: no other worker's stream may stay open here. */
static void become_worker(struct pool *pool, pid_t parent, const int fds[2])
{
    end_with(parent);
    for (unsigned i = 0; i < pool->work->workers; i++)
        if (pool->slots[i].fd >= 0)
            close(pool->slots[i].fd);
    close(fds[0]);
    pool->work->serve(pool->work->user, fds[1]);
    _exit(EXIT_FAILURE);
}

static enum pvm_status start(struct pool *pool, struct slot *slot, struct pvm_err *err)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        return pvm_fail(err, PVM_E_LIMIT, "no channel to a worker: %s", strerror(errno));
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become_worker(pool, parent, fds);
    int error = errno;
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return pvm_fail(err, PVM_E_LIMIT, "no process for a worker: %s", strerror(error));
    }
    slot->pid = pid;
    slot->fd = fds[0];
    slot->in.len = 0;
    slot->late = false;
    return PVM_OK;
}

/* Waits for a worker whose stream ended; returns how it ended, as waitpid has it. */
static int reap(struct slot *slot)
{
    int status = 0;
    close(slot->fd);
    slot->fd = -1;
    while (waitpid(slot->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static void settle(struct slot *slot)
{
    slot->job->settled = true;
    slot->job = NULL;
}

/* A worker is gone. Its file, if it had one, has failed. */
static enum pvm_status lose(const struct pool *pool, struct slot *slot, struct pvm_err *err)
{
    struct cmd_test_job *job = slot->job;
    struct pvm_buf why = {.alloc = pool->work->alloc};
    int status = reap(slot);
    if (job == NULL)
        return PVM_OK;
    if (slot->late)
        pvm_buf_printf(&why, "took more than %llu seconds",
                       (unsigned long long)pool->work->timeout);
    else if (WIFSIGNALED(status))
        pvm_buf_printf(&why, "the worker that ran it was ended by signal %d (%s)", WTERMSIG(status),
                       strsignal(WTERMSIG(status)));
    else
        pvm_buf_printf(&why, "the worker that ran it ended with exit code %d", WEXITSTATUS(status));
    cmd_test_say_end(CMD_TEST_FAILED, pvm_buf_str(&why), &job->said);
    settle(slot);
    enum pvm_status memory = pvm_buf_status(&why, err);
    pvm_buf_deinit(&why);
    return memory;
}

/* False when the worker is gone. */
static bool send_all(int fd, struct pvm_bytes octets)
{
    while (octets.len > 0) {
        ssize_t n = send(fd, octets.ptr, octets.len, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            octets = pvm_bytes(octets.ptr + n, octets.len - (size_t)n);
    }
    return true;
}

/* Hands a file to a worker that waits, starting one where there is none. One that went away while
 * it waited is replaced once. */
static enum pvm_status hand_out(struct pool *pool, struct slot *slot, struct cmd_test_job *job,
                                struct pvm_err *err)
{
    struct pvm_buf request = {.alloc = pool->work->alloc};
    cmd_test_request(pvm_buf_str(&job->path), &request);
    enum pvm_status status = pvm_buf_status(&request, err);
    bool sent = false;
    for (unsigned attempt = 0; status == PVM_OK && !sent && attempt < 2; attempt++) {
        if (slot->fd < 0)
            status = start(pool, slot, err);
        if (status != PVM_OK)
            break;
        sent = send_all(slot->fd, pvm_buf_bytes(&request));
        if (!sent)
            (void)reap(slot);
    }
    pvm_buf_deinit(&request);
    if (status == PVM_OK && !sent)
        status = pvm_fail(err, PVM_E_INTERNAL, "workers end before they are given a file");
    if (status == PVM_OK) {
        slot->job = job;
        slot->deadline = now_ms() + (int64_t)pool->work->timeout * 1000;
    }
    return status;
}

/* ---- what workers say ---- */

/* Moves complete messages to the file; false for what a worker never says. */
static bool take_messages(struct slot *slot)
{
    size_t len;
    struct pvm_bytes left = pvm_buf_bytes(&slot->in);
    while ((len = cmd_test_message_len(left)) != 0) {
        if (len == SIZE_MAX || slot->job == NULL)
            return false;
        pvm_buf_add(&slot->job->said, left.ptr, len);
        if (left.ptr[4] == CMD_TEST_END)
            settle(slot);
        left = pvm_bytes(left.ptr + len, left.len - len);
    }
    if (left.len > 0)
        memmove(slot->in.ptr, left.ptr, left.len);
    slot->in.len = left.len;
    return true;
}

static enum pvm_status hear(struct pool *pool, struct slot *slot, struct pvm_err *err)
{
    uint8_t *room = pvm_buf_reserve(&slot->in, READ_CHUNK);
    if (room == NULL)
        return pvm_buf_status(&slot->in, err);
    ssize_t n = read(slot->fd, room, READ_CHUNK);
    if (n < 0 && errno == EINTR)
        return PVM_OK;
    if (n <= 0)
        return lose(pool, slot, err);
    slot->in.len += (size_t)n;
    if (take_messages(slot))
        return PVM_OK;
    kill(slot->pid, SIGKILL);
    return lose(pool, slot, err);
}

/* Milliseconds until the first deadline, -1 without one. Ends the workers that are past theirs. */
static int time_left(struct pool *pool)
{
    int64_t least = -1;
    int64_t now = now_ms();
    for (unsigned i = 0; pool->work->timeout != 0 && i < pool->work->workers; i++) {
        struct slot *slot = &pool->slots[i];
        if (slot->fd < 0 || slot->job == NULL || slot->late)
            continue;
        int64_t left = slot->deadline - now;
        if (left <= 0) {
            slot->late = true;
            kill(slot->pid, SIGKILL);
        } else if (least < 0 || left < least) {
            least = left;
        }
    }
    return least > 3600000 ? 3600000 : (int)least;
}

static enum pvm_status wait_for_workers(struct pool *pool, struct pvm_err *err)
{
    unsigned count = pool->work->workers;
    int timeout = time_left(pool);
    for (unsigned i = 0; i < count; i++)
        pool->polls[i] = (struct pollfd){.fd = pool->slots[i].fd, .events = POLLIN};
    if (poll(pool->polls, count, timeout) < 0 && errno != EINTR)
        return pvm_fail(err, PVM_E_IO, "waiting for workers: %s", strerror(errno));
    for (unsigned i = 0; i < count; i++)
        if (pool->slots[i].fd >= 0 && pool->polls[i].revents != 0)
            PVM_TRY(hear(pool, &pool->slots[i], err));
    return PVM_OK;
}

/* ---- files in order ---- */

static struct slot *waiting_slot(const struct pool *pool)
{
    for (unsigned i = 0; i < pool->work->workers; i++)
        if (pool->slots[i].job == NULL)
            return &pool->slots[i];
    return NULL;
}

static enum pvm_status find_and_hand_out(struct pool *pool, struct pvm_err *err)
{
    struct slot *slot;
    while (!pool->ended && pool->tail - pool->head < pool->ring_size &&
           (slot = waiting_slot(pool)) != NULL) {
        struct cmd_test_job *job = &pool->ring[pool->tail % pool->ring_size];
        bool more = false;
        job->path.len = 0;
        job->said.len = 0;
        job->named = false;
        job->settled = false;
        PVM_TRY(pool->work->next(pool->work->user, job, &more, err));
        if (!more) {
            pool->ended = true;
            return PVM_OK;
        }
        PVM_TRY(pvm_buf_status(&job->path, err));
        pool->tail++;
        if (!job->settled)
            PVM_TRY(hand_out(pool, slot, job, err));
    }
    return PVM_OK;
}

static enum pvm_status tell_settled(struct pool *pool, struct pvm_err *err)
{
    while (!pool->stopped && pool->head < pool->tail) {
        struct cmd_test_job *job = &pool->ring[pool->head % pool->ring_size];
        if (!job->settled)
            return PVM_OK;
        PVM_TRY(pvm_buf_status(&job->said, err));
        PVM_TRY(pool->work->tell(pool->work->user, job, &pool->stopped, err));
        /* One that said much does not keep its room. */
        pvm_buf_deinit(&job->said);
        pool->head++;
    }
    return PVM_OK;
}

static enum pvm_status loop(struct pool *pool, struct pvm_err *err)
{
    for (;;) {
        PVM_TRY(find_and_hand_out(pool, err));
        PVM_TRY(tell_settled(pool, err));
        if (pool->stopped || (pool->ended && pool->head == pool->tail))
            return PVM_OK;
        bool busy = false;
        for (unsigned i = 0; i < pool->work->workers; i++)
            busy = busy || pool->slots[i].job != NULL;
        if (busy)
            PVM_TRY(wait_for_workers(pool, err));
    }
}

/* ---- from start to end ---- */

/* Ends the workers: those that wait by themselves when their stream ends, the others by force. */
static enum pvm_status end_workers(struct pool *pool, enum pvm_status status, struct pvm_err *err)
{
    for (unsigned i = 0; i < pool->work->workers; i++) {
        struct slot *slot = &pool->slots[i];
        bool waited = slot->job == NULL;
        if (slot->fd < 0)
            continue;
        if (!waited)
            kill(slot->pid, SIGKILL);
        int ended = reap(slot);
        if (waited && WIFEXITED(ended) && WEXITSTATUS(ended) != 0 && status == PVM_OK)
            status = pvm_fail(err, PVM_E_INTERNAL, "a worker ended with exit code %d",
                              WEXITSTATUS(ended));
    }
    return status;
}

static void pool_deinit(struct pool *pool)
{
    const struct pvm_alloc *alloc = pool->work->alloc;
    for (unsigned i = 0; pool->slots != NULL && i < pool->work->workers; i++)
        pvm_buf_deinit(&pool->slots[i].in);
    for (size_t i = 0; pool->ring != NULL && i < pool->ring_size; i++) {
        pvm_buf_deinit(&pool->ring[i].path);
        pvm_buf_deinit(&pool->ring[i].said);
    }
    pvm_alloc_free(alloc, pool->slots);
    pvm_alloc_free(alloc, pool->polls);
    pvm_alloc_free(alloc, pool->ring);
}

enum pvm_status cmd_pool_run(const struct cmd_pool_work *work, struct pvm_err *err)
{
    struct pool pool = {.work = work, .ring_size = (size_t)work->workers * WINDOW};
    enum pvm_status status = PVM_OK;
    pool.slots = pvm_alloc_zero(work->alloc, work->workers, sizeof *pool.slots);
    pool.polls = pvm_alloc_zero(work->alloc, work->workers, sizeof *pool.polls);
    pool.ring = pvm_alloc_zero(work->alloc, pool.ring_size, sizeof *pool.ring);
    if (pool.slots == NULL || pool.polls == NULL || pool.ring == NULL) {
        status = pvm_fail(err, PVM_E_MEMORY, "no memory for %u workers", work->workers);
    } else {
        for (unsigned i = 0; i < work->workers; i++)
            pool.slots[i] = (struct slot){.fd = -1, .in = {.alloc = work->alloc}};
        for (size_t i = 0; i < pool.ring_size; i++) {
            pool.ring[i].path.alloc = work->alloc;
            pool.ring[i].said.alloc = work->alloc;
        }
        status = end_workers(&pool, loop(&pool, err), err);
    }
    pool_deinit(&pool);
    return status;
}
