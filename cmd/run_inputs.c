/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_inputs.h"

#include "cmd/files.h"
#include "host/hash.h"

#include <stdio.h>

enum { MOST = 256 << 20, FIELD_MAX = 16 };

/* One "name=value" of an option. */
struct field {
    const char *option; /* "--transfer" */
    char name[FIELD_MAX];
    struct pvm_buf value; /* text */
};

/* A way to read an option's fields: take is called with each; known lists the names. */
struct reader {
    const char *option, *known;
    enum pvm_status (*take)(struct cmd_inputs *inputs, const struct field *field, void *out,
                            struct pvm_err *err);
};

static enum pvm_status unknown(const struct field *field, const char *known, struct pvm_err *err)
{
    return pvm_fail(err, PVM_E_USAGE, "%s: unknown field \"%.40s\", known: %s", field->option,
                    field->name, known);
}

static enum pvm_status take_number(const struct field *field, uint64_t max, uint64_t *out,
                                   struct pvm_err *err)
{
    const char *text = (const char *)field->value.ptr;
    if (!cmd_number(text, field->value.len, out) || *out > max)
        return pvm_fail(err, PVM_E_USAGE,
                        "%s: %s: expected a number of at most %llu, got \"%.40s\"", field->option,
                        field->name, (unsigned long long)max, text);
    return PVM_OK;
}

static enum pvm_status take_octets(struct cmd_inputs *inputs, const struct field *field,
                                   struct pvm_bytes *out, struct pvm_err *err)
{
    struct pvm_buf octets = {0};
    char what[64];
    (void)snprintf(what, sizeof what, "%s: %s", field->option, field->name);
    enum pvm_status status = cmd_read_value(what, (const char *)field->value.ptr, &octets, err);
    if (status == PVM_OK)
        status = jam_arena_copy(&inputs->arena, pvm_buf_bytes(&octets), out, err);
    pvm_buf_deinit(&octets);
    return status;
}

static enum pvm_status take_hash(struct cmd_inputs *inputs, const struct field *field,
                                 struct jam_hash *out, struct pvm_err *err)
{
    struct pvm_bytes octets;
    PVM_TRY(take_octets(inputs, field, &octets, err));
    if (octets.len != JAM_HASH_SIZE)
        return pvm_fail(err, PVM_E_USAGE, "%s: %s: expected 32 octets, got %zu", field->option,
                        field->name, octets.len);
    memcpy(out->octets, octets.ptr, JAM_HASH_SIZE);
    return PVM_OK;
}

static bool is(const struct field *field, const char *name)
{
    return strcmp(field->name, name) == 0;
}

/* ---- transfers ---- */

#define TRANSFER_FIELDS "from, to, amount, memo, gas"

static enum pvm_status take_memo(struct cmd_inputs *inputs, const struct field *field,
                                 struct jam_transfer *transfer, struct pvm_err *err)
{
    struct pvm_bytes memo;
    PVM_TRY(take_octets(inputs, field, &memo, err));
    if (memo.len > JAM_MEMO_SIZE)
        return pvm_fail(err, PVM_E_USAGE, "%s: memo: %zu octets, a memo has %d", field->option,
                        memo.len, JAM_MEMO_SIZE);
    if (memo.len > 0)
        memcpy(transfer->memo, memo.ptr, memo.len);
    return PVM_OK;
}

static enum pvm_status take_transfer(struct cmd_inputs *inputs, const struct field *field,
                                     void *out, struct pvm_err *err)
{
    struct jam_transfer *transfer = out;
    uint64_t id = 0;
    if (is(field, "amount"))
        return take_number(field, UINT64_MAX, &transfer->amount, err);
    if (is(field, "gas"))
        return take_number(field, UINT64_MAX, &transfer->gas, err);
    if (is(field, "memo"))
        return take_memo(inputs, field, transfer, err);
    if (!is(field, "from") && !is(field, "to"))
        return unknown(field, TRANSFER_FIELDS, err);
    PVM_TRY(take_number(field, UINT32_MAX, &id, err));
    *(is(field, "from") ? &transfer->source : &transfer->destination) = (uint32_t)id;
    return PVM_OK;
}

/* ---- operands ---- */

#define OPERAND_FIELDS                                                                             \
    "package, exports-root, authorizer, payload-hash, payload, gas, result, trace"

/* Octets, or the name of a work error. */
static enum pvm_status take_result(struct cmd_inputs *inputs, const struct field *field,
                                   struct jam_operand *operand, struct pvm_err *err)
{
    static const char *const names[] = {
#define X(NAME, name, octet, text) [JAM_ENDED_##NAME] = name,
        JAM_OUTCOMES(X)
#undef X
    };
    const char *text = (const char *)field->value.ptr;
    operand->output = pvm_bytes_none();
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], text) == 0) {
            operand->result = (enum jam_outcome)i;
            return PVM_OK;
        }
    if (text[0] != '@' && strncmp(text, "0x", 2) != 0)
        return pvm_fail(err, PVM_E_USAGE,
                        "%s: result: expected 0xHEX, @FILE or one of halt, out-of-gas, panic, "
                        "bad-exports, oversize, bad, big, got \"%.40s\"",
                        field->option, text);
    operand->result = JAM_ENDED_HALT;
    return take_octets(inputs, field, &operand->output, err);
}

static enum pvm_status take_operand(struct cmd_inputs *inputs, const struct field *field, void *out,
                                    struct pvm_err *err)
{
    struct jam_operand *operand = out;
    struct pvm_bytes payload;
    if (is(field, "package"))
        return take_hash(inputs, field, &operand->package_hash, err);
    if (is(field, "exports-root"))
        return take_hash(inputs, field, &operand->exports_root, err);
    if (is(field, "authorizer"))
        return take_hash(inputs, field, &operand->authorizer_hash, err);
    if (is(field, "payload-hash"))
        return take_hash(inputs, field, &operand->payload_hash, err);
    if (is(field, "gas"))
        return take_number(field, UINT64_MAX, &operand->gas_limit, err);
    if (is(field, "result"))
        return take_result(inputs, field, operand, err);
    if (is(field, "trace"))
        return take_octets(inputs, field, &operand->trace, err);
    if (!is(field, "payload"))
        return unknown(field, OPERAND_FIELDS, err);
    PVM_TRY(take_octets(inputs, field, &payload, err));
    operand->payload_hash = jam_hash(payload);
    return PVM_OK;
}

/* ---- all of them ---- */

static const struct reader transfer_reader = {"--transfer", TRANSFER_FIELDS, take_transfer};
static const struct reader operand_reader = {"--operand", OPERAND_FIELDS, take_operand};

/* The field that begins at text, up to a comma or the end. */
static enum pvm_status read_field(struct cmd_inputs *inputs, const struct reader *reader,
                                  const char *text, size_t len, void *out, struct pvm_err *err)
{
    struct field field = {.option = reader->option};
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals != NULL ? (size_t)(equals - text) : len;
    if (equals == NULL)
        return pvm_fail(err, PVM_E_USAGE, "%s: expected NAME=VALUE, got \"%.*s\"", reader->option,
                        len < 80 ? (int)len : 80, text);
    if (name_len >= sizeof field.name)
        name_len = sizeof field.name - 1; /* no field has so long a name */
    memcpy(field.name, text, name_len);
    pvm_buf_add(&field.value, equals + 1, len - (size_t)(equals + 1 - text));
    (void)pvm_buf_str(&field.value);
    enum pvm_status status = pvm_buf_status(&field.value, err);
    if (status == PVM_OK)
        status = reader->take(inputs, &field, out, err);
    pvm_buf_deinit(&field.value);
    return status;
}

static enum pvm_status read_fields(struct cmd_inputs *inputs, const struct reader *reader,
                                   const char *text, void *out, struct pvm_err *err)
{
    while (*text != '\0') {
        size_t len = strcspn(text, ",");
        PVM_TRY(read_field(inputs, reader, text, len, out, err));
        text += len + (text[len] == ',');
    }
    return PVM_OK;
}

static size_t count_of(const struct cmd_args *args, unsigned option)
{
    size_t count = 0;
    for (size_t i = 0; i < args->count; i++)
        count += args->list[i].option == option;
    return count;
}

static uint64_t add_sat(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static enum pvm_status parse_transfer(struct cmd_inputs *inputs, const char *text,
                                      const struct cmd_inputs_absent *absent, struct pvm_err *err)
{
    void *room;
    PVM_TRY(jam_arena_get(&inputs->arena, 1, sizeof(struct jam_transfer), &room, err));
    struct jam_transfer *transfer = room;
    *transfer = (struct jam_transfer){
        .source = absent->service, .destination = absent->service, .gas = absent->transfer_gas};
    PVM_TRY(read_fields(inputs, &transfer_reader, text, transfer, err));
    if (transfer->destination != absent->service)
        return pvm_fail(err, PVM_E_USAGE, "--transfer: to %u, but it is service %u that runs",
                        (unsigned)transfer->destination, (unsigned)absent->service);
    inputs->gas = add_sat(inputs->gas, transfer->gas);
    inputs->list[inputs->count++].transfer = transfer;
    return PVM_OK;
}

static enum pvm_status parse_operand(struct cmd_inputs *inputs, const char *text,
                                     const struct cmd_inputs_absent *absent, struct pvm_err *err)
{
    void *room;
    PVM_TRY(jam_arena_get(&inputs->arena, 1, sizeof(struct jam_operand), &room, err));
    struct jam_operand *operand = room;
    *operand = (struct jam_operand){.payload_hash = jam_hash(pvm_bytes_none()),
                                    .gas_limit = absent->operand_gas,
                                    .result = JAM_ENDED_HALT};
    PVM_TRY(read_fields(inputs, &operand_reader, text, operand, err));
    inputs->gas = add_sat(inputs->gas, operand->gas_limit);
    inputs->list[inputs->count++].operand = operand;
    return PVM_OK;
}

enum pvm_status cmd_inputs_parse(const struct cmd_args *args,
                                 const struct cmd_inputs_absent *absent, struct cmd_inputs *out,
                                 struct pvm_err *err)
{
    void *list;
    *out = (struct cmd_inputs){.count = 0};
    jam_arena_init(&out->arena, MOST, NULL);
    out->transfer_count = count_of(args, RUN_TRANSFER);
    size_t count = out->transfer_count + count_of(args, RUN_OPERAND);
    PVM_TRY(jam_arena_get(&out->arena, count, sizeof *out->list, &list, err));
    out->list = list;
    for (size_t i = 0; i < args->count; i++)
        if (args->list[i].option == RUN_TRANSFER)
            PVM_TRY(parse_transfer(out, args->list[i].text, absent, err));
    for (size_t i = 0; i < args->count; i++)
        if (args->list[i].option == RUN_OPERAND)
            PVM_TRY(parse_operand(out, args->list[i].text, absent, err));
    return PVM_OK;
}

void cmd_inputs_deinit(struct cmd_inputs *inputs)
{
    jam_arena_deinit(&inputs->arena);
}
