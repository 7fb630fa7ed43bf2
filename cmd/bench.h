/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pvm bench measures. A row of BENCH_LIST is a case; a kind of cases has a function that
 * prepares, runs once with the clock on, and checks what came out.
 */
#ifndef CMD_BENCH_H
#define CMD_BENCH_H

#include "core/bytes.h"

#include <sys/types.h>

/* name, program or NULL, function, n, its checksum, n with --quick, its checksum, what it does.
 * Checksums are those of testdata/bench/native where there is a twin, else follow from n. */
#define BENCH_LIST(X)                                                                              \
    X("w1", "w1_fib", cmd_bench_program, 200000000, 0x708742d3132a01c5, 20000000,                  \
      0xff062e1893693fc5, "add and move in a loop")                                                \
    X("w2", "w2_sieve", cmd_bench_program, 60, 0x4b189c, 6, 0x78276, "sieve over 1 MiB of octets") \
    X("w3", "w3_collatz", cmd_bench_program, 1000000, 0x7d587b8, 100000, 0xa41730,                 \
      "unpredictable branches")                                                                    \
    X("w4", "w4_copy", cmd_bench_program, 30000, 0xea0b79bf7790d7e8, 3000, 0xb52ff4b02d64a1d4,     \
      "copies of 64 KiB")                                                                          \
    X("w5", "w5_muldiv", cmd_bench_program, 30000000, 0xfffde6c987ca8b91, 3000000,                 \
      0xfffbc47a8b9b3a18, "multiplication and division")                                           \
    X("w6", "w6_dispatch", cmd_bench_program, 30000, 0xbf25572a52fe0729, 3000, 0x9987961748155433, \
      "dynamic jumps of an interpreter in the guest")                                              \
    X("w9", "w9_blake2b", cmd_bench_program, 200000, 0x6969aeb727cd299f, 20000,                    \
      0xfd787f0f2c00a215, "BLAKE2b, state in memory")                                              \
    X("w10", "w10_fibrec", cmd_bench_program, 36, 0xe3d1b0, 31, 0x148add,                          \
      "recursion: calls, returns, stack")                                                          \
    X("w1-block", "w1_fib", cmd_bench_blocks, 200000000, 0x708742d3132a01c5, 20000000,             \
      0xff062e1893693fc5, "the same as w1 with gas by the block model of GP 0.8.0")                \
    X("w3-block", "w3_collatz", cmd_bench_blocks, 1000000, 0x7d587b8, 100000, 0xa41730,            \
      "the same as w3")                                                                            \
    X("w9-block", "w9_blake2b", cmd_bench_blocks, 200000, 0x6969aeb727cd299f, 20000,               \
      0xfd787f0f2c00a215, "the same as w9")                                                        \
    X("w7", "w7_ecalli", cmd_bench_calls, 10000000, 30000000, 1000000, 3000000,                    \
      "host calls into a C function, with three instructions each")                                \
    X("w7-jam", "w7_ecalli", cmd_bench_refine, 10000000, 30000000, 1000000, 3000000,               \
      "the host call gas, through JAM's dispatcher")                                               \
    X("w7-python", "w7_ecalli", cmd_bench_binding, 1000000, 3000000, 100000, 300000,               \
      "w7 with a Python function, through ctypes")                                                 \
    X("w7-go", "w7_ecalli", cmd_bench_binding, 1000000, 3000000, 100000, 300000,                   \
      "w7 with a Go function, through cgo")                                                        \
    X("w8", NULL, cmd_bench_straight, 300000, 0, 300000, 0,                                        \
      "straight code of 1 MB, loaded and run once")                                                \
    X("inner", "inner", cmd_bench_refine, 20000, 200030000, 2000, 2003000,                         \
      "machine, pages, poke, invoke and expunge")                                                  \
    X("w8-block", NULL, cmd_bench_straight_blocks, 300000, 0, 300000, 0,                           \
      "the same as w8 with gas by the block model")                                                \
    X("corevm", NULL, cmd_bench_corevm, 10, 0, 10, 0, "packages of CoreVM's Fibonacci loop")       \
    X("accumulate", NULL, cmd_bench_accumulate, 11, 0, 11, 0, "blocks of CoreVM's accumulate table")

/* One run. */
struct cmd_bench_run {
    bool pages;            /* asked for: guest memory without a window */
    const char *bindings;  /* folder of the programs in other languages, NULL: none */
    struct pvm_buf *kept;  /* what one run of a case prepares for the next ones */
    double seconds;        /* of this thread's processor time, or of a binding's process */
    uint64_t instructions; /* 0: not counted */
    uint64_t peak_kb;      /* of another process that did the work; 0: this one did */
};

struct cmd_bench_case {
    const char *name, *program;
    enum pvm_status (*run)(const struct cmd_bench_case *row, uint64_t n, uint64_t checksum,
                           struct cmd_bench_run *out, struct pvm_err *err);
    uint64_t n, checksum, quick_n, quick_checksum;
    const char *what;
};

typedef enum pvm_status cmd_bench_fn(const struct cmd_bench_case *row, uint64_t n,
                                     uint64_t checksum, struct cmd_bench_run *out,
                                     struct pvm_err *err);

cmd_bench_fn cmd_bench_program, cmd_bench_blocks, cmd_bench_calls, cmd_bench_refine,
    cmd_bench_straight, cmd_bench_straight_blocks, cmd_bench_corevm, cmd_bench_accumulate,
    cmd_bench_binding;

/* Whether dir has the program of a case of cmd_bench_binding. */
PVM_MUST_USE enum pvm_status cmd_bench_has_binding(const struct cmd_bench_case *row,
                                                   const char *dir, bool *out, struct pvm_err *err);

/* Processor time of the calling thread in seconds. */
double cmd_bench_clock(void);

#define CMD_BENCH_FLAT  "0.7.2"
#define CMD_BENCH_BLOCK "0.8.0"

/* A program that pvm carries, assembled for one of these versions. */
PVM_MUST_USE enum pvm_status cmd_bench_blob(const char *name, const char *gp,
                                            struct pvm_bytes *out, struct pvm_err *err);

/* Source of about n instructions without a loop, and the checksum it must end with. */
void cmd_bench_straight_source(uint64_t n, struct pvm_buf *out, uint64_t *checksum);

/* Fails unless out is the 8 octets of checksum. */
PVM_MUST_USE enum pvm_status cmd_bench_check(const struct cmd_bench_case *row, struct pvm_bytes out,
                                             uint64_t checksum, struct pvm_err *err);

/* A child process with a pipe to this one, whose end is *fd on both sides; returns its id, 0 in the
 * child, -1 when there is none. */
pid_t cmd_bench_fork(int *fd);
/* Closes the pipe and waits for the child's end. */
void cmd_bench_reap(pid_t pid, int fd);
bool cmd_bench_write(int fd, const void *ptr, size_t len);
/* Reads up to len octets, or to the end; how many. */
size_t cmd_bench_read(int fd, void *ptr, size_t len);

/* A program that prints "0xCHECKSUM NANOSECONDS", called as PROGRAM [NAME] N. */
struct cmd_bench_outside {
    const char *program;
    const char *name; /* NULL: not an argument */
    uint64_t n;
    int input; /* what it reads as standard input; -1: what this process does */
};

/* Runs it once. PVM_E_IO when it prints anything else, PVM_E_MALFORMED for another checksum. */
PVM_MUST_USE enum pvm_status cmd_bench_outside(const struct cmd_bench_outside *how,
                                               uint64_t checksum, uint64_t *ns,
                                               struct pvm_err *err);

enum { CMD_BENCH_RUNS_MAX = 100 };

/* What became of a case: times in nanoseconds, in the order they were measured. */
struct cmd_bench_result {
    const struct cmd_bench_case *row;
    uint64_t n, instructions;
    unsigned runs;
    uint64_t ns[CMD_BENCH_RUNS_MAX];
    uint64_t native_ns; /* the least of as many runs of the twin; 0: none */
    uint64_t peak_kb;   /* of the process that ran this case only; 0: unknown */
    uint64_t old_ns[3]; /* median, least, most of the file compared with; 0: not in it */
};

/* Least, median and most. */
struct cmd_bench_spread {
    uint64_t least, median, most;
};

struct cmd_bench_spread cmd_bench_spread(const struct cmd_bench_result *result);

void cmd_bench_text(const struct cmd_bench_result *list, size_t count, struct pvm_buf *out);
void cmd_bench_json(const struct cmd_bench_result *list, size_t count, struct pvm_buf *out);
/* Fills in old_ns from a file that cmd_bench_json wrote; which cases it lacks is said. */
PVM_MUST_USE enum pvm_status cmd_bench_compare(const char *path, struct cmd_bench_result *list,
                                               size_t count, struct pvm_err *err);

#endif
