/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions that are wrong, one for each value of BAD, see scripts/test-extend.sh. */
#include <jam_extension.h>

enum {
    ABI = 1,      /* of another version */
    SYMBOL,       /* under another name */
    NUMBER,       /* a number of the GP */
    NAME,         /* a name of the GP */
    OPTION,       /* an option of pvm run */
    INVOCATION,   /* open in an invocation that there is not */
    INIT,         /* fails to begin */
    READS,        /* reads memory that its row does not declare */
    WRITES,       /* writes memory that its row does not declare */
    REGISTER,     /* reads a register that its row does not declare */
    RELEASE_ONLY, /* nothing wrong */
    HELP          /* an option of every command */
};

static enum pvm_exit call_odd(struct jam_context *ctx, struct jam_frame *frame)
{
    const uint8_t *octets;
    uint64_t at = jam_ext_arg(frame, BAD == REGISTER ? 11 : 7);
    (void)ctx;
    if (BAD == READS && !jam_ext_read(frame, at + 8, 4, &octets))
        return PVM_EXIT_PANIC;
    if (BAD == WRITES && !jam_ext_write(frame, at, "odd", 3))
        return PVM_EXIT_PANIC;
    return jam_ext_return(frame, JAM_OK);
}

static enum pvm_status begin(const struct jam_extension_start *start, void **state,
                             struct pvm_err *err)
{
    (void)start;
    (void)state;
    return BAD == INIT ? jam_ext_error(err, PVM_E_LIMIT, "not on a Monday") : PVM_OK;
}

static const struct jam_extension_cell cells[] = {
    {.number = BAD == NUMBER ? 6 : 500,
     .invocations = BAD == INVOCATION ? 1u << 7 : JAM_EVERYWHERE,
     .price = {.base = 1}},
};

static const struct jam_extension_call calls[] = {
    {.name = BAD == NAME ? "peek" : "odd",
     .cells = cells,
     .cell_count = 1,
     .handler = call_odd,
     .reads = JAM_REG(7),
     .writes = JAM_REG(7),
     .memory = {{.access = PVM_READ, .address = 7, .constant = 8}}},
};

static const struct jam_extension_setting settings[] = {
    {BAD == OPTION ? "gas"
     : BAD == HELP ? "help"
                   : "oddity",
     "N", "how odd", JAM_SETTING_TEXT},
};

#define TABLE                                                                                      \
    {                                                                                              \
        .size = sizeof(struct jam_extension),                                                      \
        .abi_version = BAD == ABI ? 99 : JAM_EXTENSION_ABI_VERSION, .name = "odd", .calls = calls, \
        .call_count = 1, .settings = settings, .setting_count = 1, .init = begin                   \
    }

#if BAD == 2 /* SYMBOL */
extern const struct jam_extension other_table;
JAM_EXTENSION_VISIBLE const struct jam_extension other_table = TABLE;
#else
JAM_EXTENSION_EXPORT = TABLE;
#endif
