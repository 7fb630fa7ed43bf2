/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debugger: a run that stops where it is told and takes commands there. Private to cmd_debug.c,
 * debug_*.c and the files of pvm run that make what is debugged.
 *
 *     reader (debug_line.c) -> commands (debug_command.c) -> debug_go.c, debug_show.c,
 * debug_info.c, debug_edit.c, debug_break.c hook of the run (debug_hook.c): counts steps, replays
 * changes, looks for stops debug_run.c: makes the run, and makes it again to go back in time
 *
 * Time is the number of instructions that all machines of the run have begun. A run does the same
 * whenever it is made again, and changes made by hand are made again at their step, so that a
 * step's number says all about the state there. While commands are taken the run stands in its
 * hook; to leave it early, its machines lose their gas.
 */
#ifndef CMD_DEBUG_H
#define CMD_DEBUG_H

#include "cmd/guest_log.h"
#include "cmd/run.h"
#include "host/fixture.h"

enum {
    CMD_DEBUG_FRAMES = 1 << 16,  /* calls kept for each machine; deeper ones are counted only */
    CMD_DEBUG_MACHINES = 1 << 12 /* machines whose calls are followed */
};

/* Which machines something holds for. */
#define CMD_DEBUG_OUTER (-1)
#define CMD_DEBUG_ANY   (-2)

/* ---- what is debugged ---- */

/* How a run is made, as often as time goes back: of a service, or of a bare program. */
struct cmd_debug_source {
    enum pvm_status (*jam)(void *user, struct jam_run **out, struct pvm_err *err); /* or: */
    /* Prepares a machine, which pvm_vm_deinit ends also on failure if vm->program is not NULL. */
    enum pvm_status (*raw)(void *user, struct pvm_vm *vm, struct pvm_err *err);
    void *user;
    const struct jam_fixture *fixture; /* NULL for raw */
    uint64_t most;                     /* raw: gas the machine may use */
};

/* ---- breakpoints ---- */

enum cmd_debug_kind {
    CMD_DEBUG_AT,     /* pc */
    CMD_DEBUG_LINE,   /* a line of source, wherever its code begins */
    CMD_DEBUG_CALL,   /* an ecalli with that number */
    CMD_DEBUG_ACCESS, /* of [from, to) */
    CMD_DEBUG_GAS,    /* gas falls to `from` or below */
    CMD_DEBUG_MACHINE /* a machine starts to run, or runs at all */
};

struct cmd_debug_break {
    unsigned id;
    enum cmd_debug_kind kind;
    bool disabled, once;
    int64_t machine;                 /* or CMD_DEBUG_OUTER, CMD_DEBUG_ANY */
    uint64_t from, to;               /* AT: pc; LINE: index of one with that line, in names */
    const struct pvm_symbols *names; /* AT, LINE: of the program it lies in; AT, NULL: any */
    bool any_call;                   /* CALL: whatever the number */
    bool read, write;                /* ACCESS */
    bool each;                       /* MACHINE: every step of it */
    char *text;                      /* how it was asked for; owned */
    char *condition;                 /* NULL: none; in text */
};

/* An access to memory that an instruction or host call has made. */
struct cmd_debug_access {
    bool written;
    int64_t machine;
    uint64_t addr, len;
    uint64_t pc;    /* of what made it */
    bool by_parent; /* which is the outer machine's, whose memory it is not */
};

/* ---- calls and returns ---- */

struct cmd_debug_frame {
    uint64_t entry; /* where it was called */
    uint64_t back;  /* address that returns to the caller lead to */
    uint64_t from;  /* pc of the call */
    uint64_t step;  /* of the call */
};

struct cmd_debug_stack {
    int64_t machine;
    struct pvm_buf frames; /* struct cmd_debug_frame, the outermost first */
    uint64_t beyond;       /* calls deeper than CMD_DEBUG_FRAMES */
    enum { CMD_DEBUG_GOES_ON, CMD_DEBUG_CALLS, CMD_DEBUG_RETURNS } move; /* last instruction's */
    uint64_t back, from, step;
    uint64_t gas; /* what the last step found, for gas marks */
    bool ran;     /* gas is known */
};

/* ---- changes by hand ---- */

enum cmd_debug_edit_kind {
    CMD_DEBUG_SET_REG,
    CMD_DEBUG_SET_PC, /* made by who drives the run */
    CMD_DEBUG_SET_GAS,
    CMD_DEBUG_SET_MEMORY,
    CMD_DEBUG_ANSWER
};

struct cmd_debug_edit {
    uint64_t step;
    enum cmd_debug_edit_kind kind;
    unsigned reg;
    uint64_t value; /* SET_MEMORY: the address */
    struct pvm_buf octets;
};

/* ---- time ---- */

/* What the run is to do, and until when. */
enum cmd_debug_mode {
    CMD_DEBUG_RUN,  /* on to the next stop */
    CMD_DEBUG_SEEK, /* to step `target` and nowhere else */
    CMD_DEBUG_SCAN  /* to step `target`, to learn where the last stop before it is */
};

/* A stop that a command asks for, besides the breakpoints. */
struct cmd_debug_until {
    enum {
        CMD_DEBUG_UNTIL_NOTHING,
        CMD_DEBUG_UNTIL_STEP,  /* step `step` */
        CMD_DEBUG_UNTIL_DEPTH, /* `machine` with at most `depth` calls, or who runs it */
    } kind;
    uint64_t step;
    int64_t machine;
    uint64_t depth;
    uint64_t left; /* DEPTH: how often to get there; NOTHING: how many stops to make */
};

struct cmd_debug_reader;

struct cmd_debug {
    struct cmd *cmd;
    struct cmd_run *run;
    struct cmd_debug_source source;
    struct cmd_debug_reader *reader;

    /* The run as it is now. */
    struct jam_run *jam; /* NULL: raw */
    struct pvm_vm raw;
    uint64_t count;  /* steps begun */
    uint64_t step;   /* where it stands: of the instruction that comes, or count at the end */
    int64_t machine; /* whose instruction that is */
    int64_t machine_before;  /* and whose the one before it was */
    const struct pvm_vm *vm; /* that machine */
    enum pvm_status failed;  /* over: by a limit of ours */
    enum pvm_exit exit;      /* over, not failed */
    struct pvm_err why;      /* failed */
    bool raw_made;
    bool over;          /* it has ended */
    bool abandoned;     /* it shall end */
    bool answering;     /* the ecalli that comes was answered by hand */
    bool skipping;      /* it is sent to a mark: nobody looks */
    bool batch;         /* the first command that fails is the end */
    bool begun;         /* there is a run for commands to look at */
    bool last_known;    /* SCAN: a stop was found, at last */
    bool go;            /* a command lets the run go on */
    bool must_arrive;   /* SEEK: it is a failure when the run ends before */
    uint64_t back_left; /* reverse-next: how often it is still to be done */
    bool again;         /* it has to be made again for that */
    bool quit;          /* it is over for good */

    /* To find the way back faster: debug_marks.c. */
    struct pvm_buf marks;
    uint64_t mark_distance;
    uint64_t next_mark;       /* no mark before that step */
    struct pvm_budget states; /* that marks hold */
    uint64_t calls;           /* host calls reached */
    uint64_t since;           /* instructions of the outer machine behind the last of these */
    uint64_t from;            /* the step it was sent to without looking; 0: none */

    /* Where it goes. */
    uint64_t target, last;
    struct cmd_debug_until until;
    enum cmd_debug_mode mode;
    unsigned last_id;     /* of breakpoints */
    const char *note;     /* to be told at the next stop; static text */
    struct pvm_err error; /* of the debugger itself, or of a command that ended a batch */

    uint64_t shown; /* log lines of steps before this one were shown */
    struct cmd_log_stream log;

    struct pvm_buf breaks;   /* struct cmd_debug_break */
    struct pvm_buf stacks;   /* struct cmd_debug_stack */
    size_t stack;            /* index of the one that ran last */
    struct pvm_buf edits;    /* struct cmd_debug_edit, ascending by step */
    struct pvm_buf accesses; /* struct cmd_debug_access since the last step */

    /* Names of the program of named. */
    const struct pvm_program *named;
    const struct pvm_symbols *names;

    int64_t shown_machine; /* that registers and so on are shown of; CMD_DEBUG_ANY: who runs */
    uint64_t next_dump;    /* where x goes on */
    uint64_t next_line;    /* where list goes on, in listed; 0: around the position */
    const char *listed;    /* a file of some symbols */
};

/* ---- debug_run.c ---- */

/* Debugs what source makes until a command ends it. */
PVM_MUST_USE enum pvm_status
cmd_debug_session(struct cmd_run *run, const struct cmd_debug_source *source, struct pvm_err *err);
void cmd_debug_deinit(struct cmd_debug *d);
/* Whether an interrupt is asked for; takes it. */
bool cmd_debug_interrupted(void);

/* Sends the run to a step, from wherever it is. */
void cmd_debug_seek(struct cmd_debug *d, uint64_t step);
/* Lets the run go on to the next stop. */
void cmd_debug_go_on(struct cmd_debug *d);
/* Sends the run back over count instructions, calls and inner machines. */
enum pvm_status cmd_debug_next_back(struct cmd_debug *d, uint64_t count);
/* The end of a search: sends the run to the stop it found, else to the start. */
void cmd_debug_found(struct cmd_debug *d);
/* The machine that may be changed; NULL when there is none. */
struct pvm_vm *cmd_debug_running(struct cmd_debug *d);
/* A machine of the run; NULL when it has none of that id. */
const struct pvm_vm *cmd_debug_vm(const struct cmd_debug *d, int64_t machine);

/* ---- debug_hook.c ---- */

struct jam_hooks cmd_debug_hooks(struct cmd_debug *d);
void cmd_debug_step(void *user, int64_t machine, const struct pvm_vm *vm);
/* Takes commands until one lets the run go on. */
void cmd_debug_prompt(struct cmd_debug *d);
/* A command failed: told, and in a batch the end. */
void cmd_debug_complain(struct cmd_debug *d, struct pvm_err *err);
/* What stops the run at this step, a line each; false when nothing does. */
bool cmd_debug_why(struct cmd_debug *d, struct pvm_buf *out);

/* ---- debug_break.c ---- */

size_t cmd_debug_break_count(const struct cmd_debug *d);
struct cmd_debug_break *cmd_debug_break_at(const struct cmd_debug *d, size_t index);
void cmd_debug_break_remove(struct cmd_debug *d, size_t index);
/* Removes those that are for one stop and hit at this one. */
void cmd_debug_once_gone(struct cmd_debug *d);
/* Whether it stops the run at this step; says so in out unless that is NULL. */
bool cmd_debug_break_hits(struct cmd_debug *d, const struct cmd_debug_break *b,
                          struct pvm_buf *out);
bool cmd_debug_watches(const struct cmd_debug *d);
/* Notes the access that the instruction at vm->pc is about to make, if it makes one. */
void cmd_debug_note_access(struct cmd_debug *d, int64_t machine, const struct pvm_vm *vm);

/* ---- debug_frames.c ---- */

/* The calls of a machine, NULL when it has not run. */
struct cmd_debug_stack *cmd_debug_stack_of(struct cmd_debug *d, int64_t machine);
size_t cmd_debug_depth(const struct cmd_debug_stack *stack);
const struct cmd_debug_frame *cmd_debug_frame_at(const struct cmd_debug_stack *stack, size_t index);
/* Follows a machine to its next instruction; starts: with no calls behind it. NULL: too many. */
struct cmd_debug_stack *cmd_debug_follow(struct cmd_debug *d, int64_t machine,
                                         const struct pvm_vm *vm, bool starts);
/* Notes what the instruction at vm->pc is about to do. */
void cmd_debug_look(struct cmd_debug *d, int64_t machine, const struct pvm_vm *vm);
/* The calls of the machine that runs; NULL: too many machines. */
const struct cmd_debug_stack *cmd_debug_stack_at(const struct cmd_debug *d);
void cmd_debug_forget_stacks(struct cmd_debug *d);

/* ---- debug_edit.c ---- */

/* Makes the changes of this step again. */
void cmd_debug_redo(struct cmd_debug *d);
void cmd_debug_edits_deinit(struct cmd_debug *d);

/* The position that the machine is given at the first step from `from` on; *step UINT64_MAX: none.
 */
uint64_t cmd_debug_next_pc(const struct cmd_debug *d, uint64_t from, uint64_t *step);
/* The step of the first one; UINT64_MAX: none. */
uint64_t cmd_debug_first_edit(const struct cmd_debug *d);

/* ---- debug_marks.c ---- */

/* Keeps the step that the run is at, if it is far enough from the last mark. */
void cmd_debug_mark(struct cmd_debug *d);
/* Sends a run that was just made to the last mark before its target, if there is one. */
PVM_MUST_USE enum pvm_status cmd_debug_to_mark(struct cmd_debug *d, struct pvm_err *err);
/* Forgets marks from a step on. */
void cmd_debug_drop_marks(struct cmd_debug *d, uint64_t step);
void cmd_debug_marks_deinit(struct cmd_debug *d);

/* ---- debug_words.c, debug_value.c ---- */

/* The words of a command line. */
enum { CMD_DEBUG_WORDS = 32 };
struct cmd_debug_words {
    const char *list[CMD_DEBUG_WORDS]; /* in copy */
    const char *rest[CMD_DEBUG_WORDS]; /* the line from that word on */
    unsigned count;
    struct pvm_buf copy;
};

/* PVM_E_USAGE for more words than there is room for. Deinitialised by the caller in every case. */
PVM_MUST_USE enum pvm_status cmd_debug_split(const char *line, struct cmd_debug_words *out,
                                             struct pvm_err *err);
void cmd_debug_words_deinit(struct cmd_debug_words *words);

/* A number, register, pc, gas, step, symbol, number in memory, or what is made of these.
 * PVM_E_MALFORMED: of memory that may not be read. */
PVM_MUST_USE enum pvm_status cmd_debug_value(struct cmd_debug *d, const char *text, uint64_t *out,
                                             struct pvm_err *err);
/* A position: the same, but a bare word is a symbol first. names: of the program it was found in,
 * NULL for a number. */
PVM_MUST_USE enum pvm_status cmd_debug_place(struct cmd_debug *d, const char *text, uint64_t *out,
                                             const struct pvm_symbols **names, struct pvm_err *err);
/* Whether a comparison, or several, hold. */
PVM_MUST_USE enum pvm_status cmd_debug_condition(struct cmd_debug *d, const char *text, bool *out,
                                                 struct pvm_err *err);
/* A line of source, "FILE:LINE" or ":LINE": the first that has code, from that on; index is that
 * of a place with that line. PVM_OK with *names NULL: text is nothing like that. */
PVM_MUST_USE enum pvm_status cmd_debug_source_line(struct cmd_debug *d, const char *text,
                                                   uint64_t *index,
                                                   const struct pvm_symbols **names,
                                                   struct pvm_err *err);
/* "outer", "any" or an id. */
PVM_MUST_USE enum pvm_status cmd_debug_machine_word(const char *text, int64_t *out,
                                                    struct pvm_err *err);
/* Register of a name, a0 or r7; PVM_REG_COUNT when it is none. */
unsigned cmd_debug_register(const char *name, size_t len);

/* ---- debug_show.c ---- */

const struct pvm_symbols *cmd_debug_names(struct cmd_debug *d, int64_t machine,
                                          const struct pvm_vm *vm);
/* The machine that commands show: the one chosen, or the one that runs. NULL: it is gone. */
const struct pvm_vm *cmd_debug_shown(struct cmd_debug *d, int64_t *machine);
/* "outer machine", "machine 3". */
void cmd_debug_machine_text(int64_t machine, struct pvm_buf *out);
/* Instructions of the machine shown: from pc on, or if none is given from where it is. */
PVM_MUST_USE enum pvm_status cmd_debug_instructions(struct cmd_debug *d, bool given, uint64_t pc,
                                                    uint64_t count, struct pvm_err *err);
/* Step, machine, gas, and the instruction that comes; or how the run ended. */
void cmd_debug_where(struct cmd_debug *d, struct pvm_buf *out);

/* ---- debug_command.c ---- */

typedef enum pvm_status (*cmd_debug_fn)(struct cmd_debug *d, const struct cmd_debug_words *words,
                                        struct pvm_err *err);

struct cmd_debug_command {
    const char *name;
    const char *brief; /* another name, or "" */
    cmd_debug_fn run;
    const char *arguments;
    const char *help;
    bool repeats; /* an empty line does it again */
};

extern const struct cmd_debug_command cmd_debug_commands[];
extern const unsigned cmd_debug_command_count;

/* Carries out a line. */
PVM_MUST_USE enum pvm_status cmd_debug_command(struct cmd_debug *d, const char *line,
                                               struct pvm_err *err);
/* The command that a word names: in full, by its other name, or by a beginning no other has. */
PVM_MUST_USE enum pvm_status cmd_debug_find(const char *word, const struct cmd_debug_command **out,
                                            struct pvm_err *err);

/* ---- debug_line.c ---- */

/* Lines from the files of a list option, then, unless batch, from standard input. */
PVM_MUST_USE enum pvm_status cmd_debug_reader_new(struct cmd_debug *d, const struct cmd_args *args,
                                                  unsigned option, struct cmd_debug_reader **out,
                                                  struct pvm_err *err);
void cmd_debug_reader_free(struct cmd_debug_reader *reader);
/* The next line, valid until the next call; false at the end of all. */
bool cmd_debug_read(struct cmd_debug_reader *reader, const char **line);
/* "commands.txt:3", "standard input:3"; NULL for a line typed at a terminal. */
const char *cmd_debug_read_where(struct cmd_debug_reader *reader);
/* Drops the rest of the file of commands that the last line came from. */
void cmd_debug_read_skip(struct cmd_debug_reader *reader);

/* Appends what a word at the end of text may go on as, each ended by a 0 octet; *start is where the
 * word begins. */
void cmd_debug_complete(const struct cmd_debug *d, const char *text, size_t *start,
                        struct pvm_buf *out);

#endif
