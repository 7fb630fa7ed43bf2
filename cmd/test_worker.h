/* SPDX-License-Identifier: Apache-2.0 */
/* A worker of `pvm test`: a process that is handed paths of files and says how each went, until
 * nobody listens any more. */
#ifndef CMD_TEST_WORKER_H
#define CMD_TEST_WORKER_H

#include "cmd/test_wire.h"

struct cmd_test_worker {
    struct jam_suite_options options;
    const char *folder; /* the current one, which paths that are not absolute start at */
};

/* Appends the path a file is looked at under: an absolute one, so that a version or a set that the
 * current folder is named after counts. */
void cmd_test_whole_path(const char *path, const char *folder, struct pvm_buf *out);

/* Runs one file and appends what there is to say about it, its end included. */
void cmd_test_file(const struct cmd_test_worker *worker, const char *path, struct pvm_buf *out);

/* Serves requests, each a length in 4 octets and a path, until fd ends. Never returns. */
_Noreturn void cmd_test_serve(const struct cmd_test_worker *worker, int fd);
void cmd_test_request(const char *path, struct pvm_buf *out);

#endif
