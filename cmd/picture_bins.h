/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts over the time of a run whose length nobody knows: a fixed number of bins of 2^n
 * instructions each. When they are full, neighbours merge and n grows. The same for addresses: a
 * fixed number of rows of 2^n pages each, of which only those exist that were touched.
 */
#ifndef CMD_PICTURE_BINS_H
#define CMD_PICTURE_BINS_H

#include "core/bytes.h"

enum {
    CMD_BINS = 256, /* of time; more than half of them are used by any run longer than that */
    CMD_ROWS = 96,  /* of addresses */
    CMD_ROW_SLOTS = 256
};

/* Instructions of all machines together, in the order they ran. */
struct cmd_clock {
    uint64_t now;   /* instructions begun */
    unsigned shift; /* a bin is 2^shift instructions */
};

struct cmd_bins {
    uint32_t at[CMD_BINS]; /* saturating */
};

/* Neighbours become one: their sums, or the value of the first. */
void cmd_bins_fold(struct cmd_bins *bins);
void cmd_bins_fold_values(uint64_t values[CMD_BINS]);
void cmd_bins_add(struct cmd_bins *bins, unsigned bin, uint32_t count);

/* A stretch of addresses. */
struct cmd_heat_row {
    uint32_t group;       /* first page >> shift */
    uint64_t count[2];    /* reads, writes */
    uint64_t first, last; /* when it was touched */
    struct cmd_bins bins[2];
};

/* What a machine read and wrote. Zero-initialised: nothing yet. */
struct cmd_heat {
    unsigned shift; /* a row is 2^shift pages */
    unsigned row_count;
    unsigned room;                /* rows there is memory for, at most CMD_ROWS */
    struct cmd_heat_row *rows;    /* NULL before the first access */
    uint8_t slots[CMD_ROW_SLOTS]; /* 1 + row by group, 0: none */
    unsigned last;                /* the row that was touched last */
};

void cmd_heat_deinit(struct cmd_heat *heat);
void cmd_heat_fold(struct cmd_heat *heat);
/* An access to [addr, addr + len), len not 0, at a time in that bin. False: our memory ended. */
bool cmd_heat_touch(struct cmd_heat *heat, bool write, uint64_t addr, uint64_t len, uint64_t now,
                    unsigned bin);

#endif
