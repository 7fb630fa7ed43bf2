/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the workers of `pvm test` say about a file, as messages on a stream of octets: its kind once
 * that is known, each case, and how it ended. The same octets are kept until it is the file's turn
 * to be told of.
 */
#ifndef CMD_TEST_WIRE_H
#define CMD_TEST_WIRE_H

#include "cmd/results.h"
#include "host/suite.h"

enum { CMD_TEST_PROFILES = 16 };

enum cmd_test_end {
    CMD_TEST_RAN,
    CMD_TEST_FAILED, /* could not be run to its end: text says why */
    CMD_TEST_NONE,   /* is of no known kind */
    /* Not even looked into: */
    CMD_TEST_ARCHIVE,
    CMD_TEST_HIDDEN,
    CMD_TEST_SPECIAL,
    CMD_TEST_LOOP,
    CMD_TEST_FILTERED,
    CMD_TEST_SHARD,
    CMD_TEST_END_COUNT
};

struct cmd_test_case {
    enum cmd_verdict verdict;
    unsigned profile; /* cmd_test_profile_index */
    const char *name; /* within its file; "" */
    const char *text; /* what differs, in lines, or why it was skipped; "" */
    uint64_t runs, gas;
    uint64_t changed, checked, foreign; /* as in struct jam_vector_result */
    uint32_t foreign_components;
};

enum cmd_test_message { CMD_TEST_KIND, CMD_TEST_CASE, CMD_TEST_END };

struct cmd_test_said {
    enum cmd_test_message message;
    unsigned kind;            /* KIND: index into jam_suite_kinds */
    struct cmd_test_case one; /* CASE; texts borrow from the octets */
    enum cmd_test_end end;    /* END */
    const char *text;         /* END, "" for nothing to say */
};

void cmd_test_say_kind(unsigned kind, struct pvm_buf *out);
/* Long texts are cut. */
void cmd_test_say_case(const struct cmd_test_case *one, struct pvm_buf *out);
void cmd_test_say_end(enum cmd_test_end end, const char *text, struct pvm_buf *out);

/* Octets of the first message there, 0 when it is not complete, SIZE_MAX when it can be none. */
size_t cmd_test_message_len(struct pvm_bytes octets);
/* Takes a message off; false for what is none. */
bool cmd_test_hear(struct pvm_bytes *octets, struct cmd_test_said *out);

/* Number of a profile, by jam_profile_at; a greater one for NULL, a test of no GP version. Below
 * CMD_TEST_PROFILES. */
unsigned cmd_test_profile_index(const struct jam_profile *profile);
/* Its name; "-" for none. */
const char *cmd_test_profile_name(unsigned index);
/* Rows of jam_suite_kinds. */
unsigned cmd_test_kind_count(void);

#endif
