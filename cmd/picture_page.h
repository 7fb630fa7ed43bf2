/* SPDX-License-Identifier: Apache-2.0 */
/* The page of pvm report, section by section, and single pictures of it. */
#ifndef CMD_PICTURE_PAGE_H
#define CMD_PICTURE_PAGE_H

#include "cmd/picture_html.h"
#include "cmd/picture_read.h"

/* One page with all runs. Appends to out; same files, same octets. */
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
cmd_page_fn cmd_page_time, cmd_page_calls;                                    /* picture_time.c */
cmd_page_fn cmd_page_memory;                                                  /* picture_memory.c */
cmd_page_fn cmd_page_machines; /* picture_machines.c */
cmd_page_fn cmd_page_flame;    /* picture_stacks.c */
cmd_page_fn cmd_page_code;     /* picture_code.c */
cmd_page_fn cmd_page_corevm;   /* picture_corevm.c */

/* Paths of the gas curves in CMD_CURVE_HIGH units of height and a unit of width for every bin;
 * *most is what the height stands for. */
enum { CMD_CURVE_HIGH = 1000 };
PVM_MUST_USE enum pvm_status cmd_page_curves(const struct cmd_picture *run, struct pvm_buf *out,
                                             uint64_t *most, uint64_t *inner, struct pvm_err *err);
/* Adds a row of cells for each stretch of a machine's memory, or with see only sees their counts.
 */
PVM_MUST_USE enum pvm_status cmd_page_heat(const struct cmd_picture_machine *machine, bool see,
                                           struct cmd_grid *out, struct pvm_err *err);

/* "outer machine" or "machine 3". */
PVM_MUST_USE enum pvm_status cmd_page_machine_name(const struct cmd_picture_machine *machine,
                                                   struct pvm_buf *out, struct pvm_err *err);

/* A picture of rows of cells: labels go between begin and grid. columns is how many are used. */
void cmd_page_map_begin(struct pvm_buf *out);
void cmd_page_map_label(struct pvm_buf *out, const char *text, const char *title);
void cmd_page_map_grid(struct pvm_buf *out, const struct cmd_grid *grid, uint64_t columns,
                       const char *label);
/* The axis of time below it, which ends the picture. */
void cmd_page_axis(struct pvm_buf *out, const struct cmd_picture *run);

#endif
