/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions: host calls that are added to those of the Gray Paper, or stand in for them. An
 * extension is a table. `pvm run --extension ./libfoo.so` finds it under the name
 * jam_extension_table; programs that embed libpvm hand it to jam_job_new.
 *
 *     static enum pvm_exit double_it(struct jam_context *ctx, struct jam_frame *frame)
 *     {
 *         (void)ctx;
 *         return jam_ext_return(frame, 2 * jam_ext_arg(frame, 7));
 *     }
 *     static const struct jam_extension_cell everywhere[] = {
 *         {.number = 200, .invocations = JAM_EVERYWHERE, .price = {.base = 10}},
 *     };
 *     static const struct jam_extension_call calls[] = {
 *         {.name = "double", .cells = everywhere, .cell_count = 1, .handler = double_it,
 *          .reads = JAM_REG(7), .writes = JAM_REG(7)},
 *     };
 *     JAM_EXTENSION_EXPORT = {
 *         .size = sizeof(struct jam_extension), .abi_version = JAM_EXTENSION_ABI_VERSION,
 *         .name = "arithmetic", .calls = calls, .call_count = 1,
 *     };
 *
 * The calls of the Gray Paper are rows of tables of this very form. Everything an extension needs
 * comes by pointer: a shared object with one links to nothing of ours.
 *
 * What a table points to must stay as long as anyone uses it. Its functions may be called from any
 * thread, for different runs at the same time; what belongs to a run lies in its state.
 */
#ifndef HOST_JAM_EXTENSION_H
#define HOST_JAM_EXTENSION_H

#include "host/jam.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of every struct and function pointer here. A table of another version is refused. */
#define JAM_EXTENSION_ABI_VERSION 1

/* What calls of the GP return in r7 (GP 0.7.2 B.1). */
#define JAM_NONE UINT64_MAX
#define JAM_WHAT (UINT64_MAX - 1)
#define JAM_OOB  (UINT64_MAX - 2)
#define JAM_WHO  (UINT64_MAX - 3)
#define JAM_FULL (UINT64_MAX - 4)
#define JAM_CORE (UINT64_MAX - 5)
#define JAM_CASH (UINT64_MAX - 6)
#define JAM_LOW  (UINT64_MAX - 7)
#define JAM_HUH  (UINT64_MAX - 8)
#define JAM_OK   UINT64_C(0)

/* A GP version as a number that grows: JAM_GP(0, 7, 2). */
#define JAM_GP(major, minor, patch) (UINT32_C(major) << 16 | UINT32_C(minor) << 8 | UINT32_C(patch))

/* Sets of registers: bit i is register i. */
#define JAM_REG(reg)          (UINT32_C(1) << (reg))
#define JAM_REGS(first, last) ((UINT32_C(2) << (last)) - (UINT32_C(1) << (first)))

/* Sets of invocations: bit i is enum jam_invocation i. */
#define JAM_IN(invocation) (UINT32_C(1) << (invocation))
#define JAM_EVERYWHERE                                                                             \
    (JAM_IN(JAM_IS_AUTHORIZED) | JAM_IN(JAM_REFINE) | JAM_IN(JAM_ACCUMULATE) |                     \
     JAM_IN(JAM_ON_TRANSFER))

enum {
    JAM_EXTENSION_NUMBERS = 1024, /* numbers of calls are below */
    JAM_EXTENSION_CALLS = 64,     /* most calls that all extensions of a run add */
    JAM_EXTENSIONS = 16,          /* most extensions of a run */
    JAM_EXTENSION_RANGES = 4,
    JAM_EXTENSION_CELLS = 64,   /* most cells of a call */
    JAM_EXTENSION_SETTINGS = 64 /* most settings of an extension */
};

struct jam_context; /* what the calls of the GP act on; nothing for others to use */
struct jam_frame;   /* one call under way */

/* ---- what a call costs ---- */

/* An amount of gas. Prices are not bounded by 2^64: too_large stands for all that no gas covers. */
struct jam_cost {
    uint64_t gas;
    bool too_large;
    /* A caller who cannot pay keeps the gas left; usually the call takes it all. */
    bool kept_if_short;
};

/* rate for each unit of a register, or for each 1024 units, rounded up. */
struct jam_price_term {
    uint32_t rate; /* 0: unused */
    uint8_t reg;
    bool per_1024;
};

/* A price that is no sum of terms: adds to cost, given the PVM_REG_COUNT registers. */
typedef void (*jam_price_rule)(const struct jam_context *ctx, const uint64_t *regs,
                               struct jam_cost *cost);

enum { JAM_PRICE_TERMS = 2 };

struct jam_price {
    uint64_t base;
    struct jam_price_term terms[JAM_PRICE_TERMS];
    jam_price_rule rule; /* NULL: none */
    const char *text;    /* the rule in words; NULL without one */
};

/* ---- calls ---- */

/* A call from one GP version on, until that of the next cell. */
struct jam_extension_cell {
    uint32_t since;       /* JAM_GP(...); 0: from the first on */
    int32_t number;       /* -1: these versions lack the call */
    uint32_t invocations; /* where it is open: JAM_IN(...); 0 with -1 only */
    struct jam_price price;
};

/* Memory that a call may read or write: [r, r + constant + scale * n), r and n being registers as
 * they are when the call is made. */
struct jam_extension_range {
    uint32_t access; /* PVM_READ or PVM_WRITE; 0 ends the list */
    uint32_t constant;
    uint32_t scale;
    uint8_t address, length; /* registers r and n */
};

/* Decides what becomes of a call: reads registers and memory of the guest and queues what shall
 * change, by the functions below. PVM_EXIT_CONTINUE: the queued changes are made, and the guest
 * goes on; PVM_EXIT_PANIC or PVM_EXIT_OOG: none is made, and that is how the guest ends. Nothing
 * may leave it by an exception or longjmp. */
typedef enum pvm_exit (*jam_call_fn)(struct jam_context *ctx, struct jam_frame *frame);

/* What a handler reads and writes beyond its row ends the run with PVM_E_INTERNAL: the extension is
 * to blame, not the guest. */
struct jam_extension_call {
    const char *name;     /* as in "ecalli NAME": a letter, then letters, digits and _ */
    const char *letter;   /* the GP's; NULL: none */
    const char *inputs;   /* "r7=out r8=offset", for people; NULL: says nothing */
    const char *replaces; /* NULL, or the name of a call of the GP that this one stands in for */
    const struct jam_extension_cell *cells; /* ascending by since */
    size_t cell_count; /* 0 with replaces: its numbers, invocations and prices are that call's */
    jam_call_fn handler;
    uint32_t reads, writes; /* registers: JAM_REG(...), JAM_REGS(...); writes within r7 to r12 */
    struct jam_extension_range memory[JAM_EXTENSION_RANGES];
};

/* ---- extensions ---- */

/* Something that whoever runs pvm may say: --NAME ARGUMENT on the command line, "NAME" under
 * "extensions", EXTENSION in a fixture. */
enum jam_setting_kind {
    JAM_SETTING_TEXT = 0,
    JAM_SETTING_PATH = 1, /* a file or folder: in a fixture, relative to the fixture's own folder */
    JAM_SETTING_FLAG = 2  /* said or not, without argument; in a fixture true or false */
};

struct jam_extension_setting {
    const char *name;     /* lower case letters, digits and - */
    const char *argument; /* its name in the help; NULL for a flag */
    const char *help;     /* a line */
    enum jam_setting_kind kind;
};

struct jam_extension_value {
    const char *setting;
    const char *text; /* "" for a flag; a number of a fixture as its digits */
};

/* What a run begins with. Pointers are good until the run is freed. */
struct jam_extension_start {
    size_t size;    /* sizeof(struct jam_extension_start) */
    const char *gp; /* "0.7.2" */
    enum jam_invocation invocation;
    uint32_t service;                         /* that runs; 0 in Is-Authorized */
    const struct pvm_alloc *alloc;            /* where memory should come from; never NULL */
    const struct jam_extension_value *values; /* in the order given */
    size_t value_count;
};

/* Where a report goes: a line for each value, and a key in JSON. */
struct jam_extension_report {
    size_t size;
    void *user;
    void (*number)(void *user, const char *key, uint64_t value);
    void (*text)(void *user, const char *key, const char *text, size_t text_len);
};

struct jam_extension {
    size_t size;          /* sizeof(struct jam_extension) */
    uint32_t abi_version; /* JAM_EXTENSION_ABI_VERSION */
    const char *name;     /* lower case letters, digits and - */
    const char *about;    /* a line for people; NULL: none */
    const struct jam_extension_call *calls;
    size_t call_count;
    const struct jam_extension_setting *settings;
    size_t setting_count;
    /* Makes the state of a run, which jam_ext_state gives to handlers. A status other than PVM_OK
     * ends the run before it begins, with the message in err (jam_ext_error). NULL: no state. */
    enum pvm_status (*init)(const struct jam_extension_start *start, void **state,
                            struct pvm_err *err);
    void (*release)(void *state); /* after the run, if init was PVM_OK; NULL: nothing to do */
    /* Its section of the report, after the run; NULL: none. */
    void (*report)(void *state, const struct jam_extension_report *report);
};

/* An extension with what was said to it. */
struct jam_extension_use {
    const struct jam_extension *extension;
    const struct jam_extension_value *values;
    size_t value_count;
};

#if defined(_WIN32) || !defined(__GNUC__)
#define JAM_EXTENSION_VISIBLE
#else
#define JAM_EXTENSION_VISIBLE __attribute__((visibility("default")))
#endif

/* Begins the definition that makes a shared object an extension. */
#define JAM_EXTENSION_EXPORT                                                                       \
    extern const struct jam_extension jam_extension_table;                                         \
    JAM_EXTENSION_VISIBLE const struct jam_extension jam_extension_table

/* ---- for handlers ---- */

/* What is behind the functions below. */
struct jam_extension_api {
    size_t size;
    uint64_t (*arg)(const struct jam_frame *frame, unsigned reg);
    uint64_t (*gas)(const struct jam_frame *frame);
    bool (*charge)(struct jam_frame *frame, uint64_t gas);
    bool (*readable)(const struct jam_frame *frame, uint64_t addr, uint64_t len);
    bool (*writable)(const struct jam_frame *frame, uint64_t addr, uint64_t len);
    bool (*read)(struct jam_frame *frame, uint64_t addr, uint64_t len, const uint8_t **octets);
    bool (*write)(struct jam_frame *frame, uint64_t addr, const void *octets, size_t len);
    void (*set)(struct jam_frame *frame, unsigned reg, uint64_t value);
    bool (*work)(struct jam_frame *frame, uint64_t octets);
    enum pvm_exit (*failed)(struct jam_frame *frame, enum pvm_status status, const char *message);
    void *(*state)(const struct jam_frame *frame);
    enum pvm_exit (*replaced)(struct jam_context *ctx, struct jam_frame *frame);
};

/* What a struct jam_frame begins with. */
struct jam_frame_head {
    const struct jam_extension_api *api;
};

static inline const struct jam_extension_api *jam_ext_api(const struct jam_frame *frame)
{
    return ((const struct jam_frame_head *)(const void *)frame)->api;
}

/* What init made; NULL without init. */
static inline void *jam_ext_state(const struct jam_frame *frame)
{
    return jam_ext_api(frame)->state(frame);
}

/* A register as it was when the call was made. */
static inline uint64_t jam_ext_arg(const struct jam_frame *frame, unsigned reg)
{
    return jam_ext_api(frame)->arg(frame, reg);
}

/* The guest's gas after the price. */
static inline uint64_t jam_ext_gas(const struct jam_frame *frame)
{
    return jam_ext_api(frame)->gas(frame);
}

/* Charges more, once the outcome is known; false: out of gas, return PVM_EXIT_OOG. */
static inline bool jam_ext_charge(struct jam_frame *frame, uint64_t gas)
{
    return jam_ext_api(frame)->charge(frame, gas);
}

/* Whether the guest might read, or write, all of [addr, addr + len). The empty range always. */
static inline bool jam_ext_readable(const struct jam_frame *frame, uint64_t addr, uint64_t len)
{
    return jam_ext_api(frame)->readable(frame, addr, len);
}

static inline bool jam_ext_writable(const struct jam_frame *frame, uint64_t addr, uint64_t len)
{
    return jam_ext_api(frame)->writable(frame, addr, len);
}

/* The octets at [addr, addr + len), until the call ends. False when the guest may not read them:
 * its panic, return PVM_EXIT_PANIC; that is also right when our memory or a limit ended, or the row
 * does not declare the range, for then the run ends with that. */
static inline bool jam_ext_read(struct jam_frame *frame, uint64_t addr, uint64_t len,
                                const uint8_t **octets)
{
    return jam_ext_api(frame)->read(frame, addr, len, octets);
}

/* Queues octets (copied) to be written to addr; at most four writes a call. False as in
 * jam_ext_read. */
static inline bool jam_ext_write(struct jam_frame *frame, uint64_t addr, const void *octets,
                                 size_t len)
{
    return jam_ext_api(frame)->write(frame, addr, octets, len);
}

/* Queues a value for one of r7 to r12. */
static inline void jam_ext_set(struct jam_frame *frame, unsigned reg, uint64_t value)
{
    jam_ext_api(frame)->set(frame, reg, value);
}

/* The usual end: a result in r7. */
static inline enum pvm_exit jam_ext_return(struct jam_frame *frame, uint64_t r7)
{
    jam_ext_set(frame, 7, r7);
    return PVM_EXIT_CONTINUE;
}

/* The end of the GP's calls that give a value out: octets [off, off + max) of it, cut to its
 * length, go to addr and the whole length to r7. */
static inline enum pvm_exit jam_ext_return_part(struct jam_frame *frame, const void *octets,
                                                size_t len, uint64_t addr, uint64_t off,
                                                uint64_t max)
{
    size_t start = off < len ? (size_t)off : len;
    size_t part = max < len - start ? (size_t)max : len - start;
    const uint8_t *from = part != 0 ? (const uint8_t *)octets + start : NULL;
    if (!jam_ext_write(frame, addr, from, part))
        return PVM_EXIT_PANIC;
    return jam_ext_return(frame, len);
}

/* Counts octets that are copied, hashed and the like against what one run may take of this
 * computer; reads and writes count by themselves. False as in jam_ext_read. */
static inline bool jam_ext_work(struct jam_frame *frame, uint64_t octets)
{
    return jam_ext_api(frame)->work(frame, octets);
}

/* Ends the run with a status and message of the extension's; return what it returns. */
static inline enum pvm_exit jam_ext_fail(struct jam_frame *frame, enum pvm_status status,
                                         const char *message)
{
    return jam_ext_api(frame)->failed(frame, status, message);
}

/* Of a row that replaces a call of the GP: lets that one answer; return what it returns. */
static inline enum pvm_exit jam_ext_replaced(struct jam_context *ctx, struct jam_frame *frame)
{
    return jam_ext_api(frame)->replaced(ctx, frame);
}

/* ---- for init ---- */

/* The last value that a setting was given; NULL: none. */
static inline const char *jam_ext_value(const struct jam_extension_start *start,
                                        const char *setting)
{
    for (size_t i = start->value_count; i > 0; i--) {
        const char *a = start->values[i - 1].setting;
        const char *b = setting;
        while (*a != '\0' && *a == *b) {
            a++;
            b++;
        }
        if (*a == *b)
            return start->values[i - 1].text;
    }
    return NULL;
}

/* Puts a message, which is cut to the room there is, into err. Returns status. */
static inline enum pvm_status jam_ext_error(struct pvm_err *err, enum pvm_status status,
                                            const char *message)
{
    size_t i = 0;
    err->status = status;
    for (; message[i] != '\0' && i + 1 < sizeof err->msg; i++)
        err->msg[i] = message[i];
    err->msg[i] = '\0';
    return status;
}

#ifdef __cplusplus
}
#endif

#endif
