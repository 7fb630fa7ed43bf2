/* SPDX-License-Identifier: Apache-2.0 */
/* The page of pvm report, section by section, and single pictures of it. */
#ifndef CMD_PICTURE_PAGE_H
#define CMD_PICTURE_PAGE_H

#include "cmd/picture_html.h"
#include "cmd/picture_read.h"

/* What a run may take of a page, in octets. No file of ours comes near it. */
enum { CMD_PAGE_MAX = 1900 * 1000 };

/* One page with all runs. Appends to out; same files, same octets. PVM_E_MALFORMED for a file that
 * says more than a page can show. */
PVM_MUST_USE enum pvm_status cmd_page(const struct cmd_picture *runs, size_t count,
                                      struct pvm_buf *out, struct pvm_err *err);

enum cmd_plot { CMD_PLOT_HEAT, CMD_PLOT_GAS };

/* One picture as an SVG file. PVM_E_USAGE when the run has none. */
PVM_MUST_USE enum pvm_status cmd_plot(const struct cmd_picture *run, enum cmd_plot what,
                                      struct pvm_buf *out, struct pvm_err *err);

/* The files cmd/picture.css and picture.js, which the build makes into these (cmd/picture.cmake).
 */
extern const char cmd_picture_css[], cmd_picture_js[];

/* ---- private to picture_*.c: sections, which append to out and fail for what a file says ---- */

typedef enum pvm_status cmd_page_fn(const struct cmd_picture *run, struct pvm_buf *out,
                                    struct pvm_err *err);

cmd_page_fn cmd_page_outcome, cmd_page_stops, cmd_page_changes, cmd_page_log; /* picture_words.c */
cmd_page_fn cmd_page_parts;                                                   /* picture_runs.c */
cmd_page_fn cmd_page_time, cmd_page_calls;                                    /* picture_time.c */
cmd_page_fn cmd_page_memory;                                                  /* picture_memory.c */
cmd_page_fn cmd_page_machines; /* picture_machines.c */
cmd_page_fn cmd_page_flame;    /* picture_stacks.c */
cmd_page_fn cmd_page_code;     /* picture_code.c */
cmd_page_fn cmd_page_corevm;   /* picture_corevm.c */

/* The gas curves, as paths in CMD_CURVE_HIGH units of height, which stand for most, and a unit of
 * width for every bin. */
enum { CMD_CURVE_HIGH = 1000 };

struct cmd_curves {
    uint64_t outer[CMD_BINS + 1], inner[CMD_BINS + 1];
    unsigned outer_count, inner_count;
    uint64_t most; /* of both */
    bool has_inner;
};

PVM_MUST_USE enum pvm_status cmd_page_curves(const struct cmd_picture *run, struct cmd_curves *out,
                                             struct pvm_err *err);
void cmd_page_curve_paths(const struct cmd_picture *run, const struct cmd_curves *curves,
                          struct pvm_buf *out);
/* Adds a row of cells for each stretch of a machine's memory, or with see only sees their counts.
 */
PVM_MUST_USE enum pvm_status cmd_page_heat(const struct cmd_picture_machine *machine, bool see,
                                           struct cmd_grid *out, struct pvm_err *err);

/* "outer machine" or "machine 3"; of a recording of several runs with the name of the run. */
PVM_MUST_USE enum pvm_status cmd_page_machine_name(const struct cmd_picture *run,
                                                   const struct cmd_picture_machine *machine,
                                                   struct pvm_buf *out, struct pvm_err *err);
bool cmd_page_is_inner(const struct cmd_picture_machine *machine);

/* Of a recording of several runs: names and beginnings of all, hidden; ", " and the name of one.
 * Nothing of others. */
PVM_MUST_USE enum pvm_status cmd_page_part_names(const struct cmd_picture *run, struct pvm_buf *out,
                                                 struct pvm_err *err);
PVM_MUST_USE enum pvm_status cmd_page_part_name(const struct cmd_picture *run, uint64_t number,
                                                struct pvm_buf *out, struct pvm_err *err);

enum { CMD_MAP_LABEL = 120 /* octets of page */ };

/* A picture of rows of cells: labels go between begin and grid. */
struct cmd_map {
    const char *label;
    const char *what; /* how a cell of a kind is called; of two kinds with a bar between */
    const char *unit; /* what cells count, in the plural */
    uint64_t columns; /* that are used */
    uint64_t bin;     /* instructions of a column; 0: columns are pages */
    const struct cmd_picture *run; /* whose parts are marked; NULL: nothing is */
};

/* Instructions that ran, and how many columns these are: the last one may be a part of one. */
uint64_t cmd_page_end(const struct cmd_picture *run);
double cmd_page_columns(const struct cmd_picture *run);

void cmd_page_map_begin(struct pvm_buf *out);
void cmd_page_map_label(struct pvm_buf *out, const char *text, const char *title);
PVM_MUST_USE enum pvm_status cmd_page_map_grid(struct pvm_buf *out, const struct cmd_grid *grid,
                                               const struct cmd_map *map, struct pvm_err *err);
/* Where the parts of a run begin, as lines over that height. */
PVM_MUST_USE enum pvm_status cmd_page_marks(const struct cmd_picture *run, unsigned high,
                                            struct pvm_buf *out, struct pvm_err *err);
/* The axis of time below it, which ends the picture. */
void cmd_page_axis(struct pvm_buf *out, const struct cmd_picture *run);

#endif
