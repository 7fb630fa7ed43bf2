/* SPDX-License-Identifier: Apache-2.0 */
#include "corevm/driver_fib.h"

#include "corevm/guests.h"
#include "corevm/segment.h"

#include <inttypes.h>

enum {
    RECORD_SIZE = 8,
    PAGE_16 = 0x10000, /* where a child finds its operands */
    PAGE_17 = 0x11000,
    FAILURE_SIZE = 20
};

#define ENOUGH_GAS UINT64_C(1000000000)

/* Why the service gave up: number, text, what its detail is. As in corevm/guests/refine.inc. */
#define FAILURES(X)                                                                                \
    X(1, "the payload is not as it should be", "its octets")                                       \
    X(2, "the extrinsic is not as it should be", "fetch said")                                     \
    X(3, "the child's code is not there, or too long", "historical_lookup said")                   \
    X(4, "the child's code was refused", "machine said")                                           \
    X(5, "an import is missing, one too many, or has another header", "its index is")              \
    X(6, "memory of a child could not be set up", "pages, poke or peek said")                      \
    X(7, "the child panicked", "gas it had left:")                                                 \
    X(8, "the child ran out of gas", "gas it had left:")                                           \
    X(9, "the child touched a page it may not", "address")                                         \
    X(10, "a page could not be exported", "export said")

/* A child and how the service is to run it. */
struct way {
    const char *name, *text, *child;
    uint32_t function;
};

static const struct way variants[] = {
#define X(NAME, name, child, function, text) [COREVM_FIB_##NAME] = {name, text, child, function},
    COREVM_FIB_VARIANTS(X)
#undef X
};

static const struct way faults[] = {
#define X(NAME, name, child, function, text)                                                       \
    [COREVM_FIB_FAULT_##NAME] = {name, text, child, function},
    COREVM_FIB_FAULTS(X)
#undef X
};

const char *corevm_fib_variant_name(enum corevm_fib_variant variant)
{
    return variants[variant].name;
}

const char *corevm_fib_fault_name(enum corevm_fib_fault fault)
{
    return faults[fault].name;
}

/* ---- the packages ---- */

/* What one package of the loop needs until it is refined. */
struct parts {
    uint32_t function;
    struct pvm_bytes extrinsic;
    struct corevm_work work;
    uint32_t was, became; /* first word of the corrupted import */
};

/* The loop under way. */
struct loop {
    const struct corevm_fib_options *options;
    struct corevm_driver driver;
    struct pvm_buf extrinsic, faulty; /* hash and length of a child's code */
    struct pvm_buf payload;
    struct jam_import *imports; /* room for `last` and one more */
};

/* n + 2 records, all alike, one for each child and one for the parent. */
static enum pvm_status make_payload(struct loop *loop, uint64_t n, uint32_t function,
                                    struct pvm_err *err)
{
    loop->payload.len = 0;
    for (uint64_t i = 0; i < n + 2; i++) {
        pvm_buf_add_le(&loop->payload, n, RECORD_SIZE / 2);
        pvm_buf_add_le(&loop->payload, function, RECORD_SIZE / 2);
    }
    return pvm_buf_status(&loop->payload, err);
}

/* Every page that the round before exported, in order. */
static size_t make_imports(struct loop *loop, const struct corevm_fib_round *before)
{
    if (before == NULL)
        return 0;
    const struct corevm_round *round = &before->round;
    for (size_t i = 0; i < before->export_count; i++) {
        loop->imports[i] = (struct jam_import){
            .tree_root = loop->options->by_root ? round->export_root : round->package_hash,
            .by_package = !loop->options->by_root,
            .index = (uint16_t)i,
        };
    }
    return before->export_count;
}

static void corrupt_last(void *user, size_t index, uint8_t *segment)
{
    struct parts *parts = user;
    if (index + 1 != parts->work.import_count)
        return;
    parts->was = (uint32_t)pvm_load_le(segment + COREVM_HEADER_SIZE, 4);
    parts->became = parts->was ^ 1;
    pvm_store_le(segment + COREVM_HEADER_SIZE, parts->became, 4);
}

static void make_faulty(struct loop *loop, struct parts *parts)
{
    switch (loop->options->fault) {
    case COREVM_FIB_FAULT_NONE:
        break;
    case COREVM_FIB_FAULT_EXPORT_COUNT:
        parts->work.export_count++;
        break;
    case COREVM_FIB_FAULT_MISSING: /* one behind the last */
        loop->imports[parts->work.import_count - 1].index++;
        break;
    case COREVM_FIB_FAULT_CORRUPT:
        parts->work.tamper = corrupt_last;
        parts->work.user = parts;
        break;
    case COREVM_FIB_FAULT_PANIC:
    case COREVM_FIB_FAULT_GAS:
    case COREVM_FIB_FAULT_READ_ONLY:
    case COREVM_FIB_FAULT_POKE:
        parts->function = faults[loop->options->fault].function;
        parts->extrinsic = pvm_buf_bytes(&loop->faulty);
        break;
    }
}

static enum pvm_status make_parts(struct loop *loop, uint64_t n,
                                  const struct corevm_fib_round *before, struct parts *out,
                                  struct pvm_err *err)
{
    *out = (struct parts){.function = variants[loop->options->variant].function,
                          .extrinsic = pvm_buf_bytes(&loop->extrinsic)};
    out->work = (struct corevm_work){
        .extrinsics = &out->extrinsic,
        .extrinsic_count = 1,
        .imports = loop->imports,
        .import_count = make_imports(loop, before),
        .export_count = (uint16_t)(n + 1),
    };
    if (n == loop->options->fault_at)
        make_faulty(loop, out);
    PVM_TRY(make_payload(loop, n, out->function, err));
    out->work.payload = pvm_buf_bytes(&loop->payload);
    return PVM_OK;
}

/* ---- what came of them ---- */

static enum pvm_status take_pages(struct corevm_fib_round *out, struct pvm_err *err)
{
    const struct corevm_round *round = &out->round;
    out->import_count = round->imports.len / JAM_SEGMENT_SIZE;
    out->export_count = round->exports.len / JAM_SEGMENT_SIZE;
    size_t count = out->import_count + out->export_count;
    out->pages = pvm_alloc_zero(round->output.alloc, count + 1, sizeof *out->pages);
    if (out->pages == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for %zu pages", count);
    for (size_t i = 0; i < count; i++) {
        struct corevm_segment segment;
        const uint8_t *at = i < out->import_count
                                ? round->imports.ptr + i * JAM_SEGMENT_SIZE
                                : round->exports.ptr + (i - out->import_count) * JAM_SEGMENT_SIZE;
        corevm_segment_read(COREVM_SEED, at, &segment);
        out->pages[i] = (struct corevm_fib_page){segment.machine, segment.page, segment.value};
    }
    return PVM_OK;
}

/* Whether a machine had been invoked before a number of invocations had ended. */
static bool ran_before(const struct corevm_recorder *record, uint64_t machine, size_t end)
{
    size_t count;
    const struct corevm_invocation *list = corevm_invocations(record, &count);
    for (size_t i = 0; i < count && i < end; i++) {
        if (list[i].machine == machine)
            return true;
    }
    return false;
}

/* What a machine had at an address, and where that came from. */
static struct corevm_fib_term operand(const struct corevm_fib_round *round, uint64_t machine,
                                      uint64_t address)
{
    const struct corevm_recorder *record = &round->round.record;
    const struct corevm_placement *placement = corevm_placement_at(record, machine, address);
    if (placement == NULL)
        return (struct corevm_fib_term){0};
    struct corevm_fib_term term = {
        .known = true,
        .is_default = placement->origin == COREVM_OWN,
        .on_demand = ran_before(record, machine, placement->invocation),
        .value = placement->value,
        .machine = placement->index,
    };
    if (placement->origin == COREVM_IMPORT && placement->index < round->import_count)
        term.machine = round->pages[placement->index].machine;
    return term;
}

static void take_terms(struct corevm_fib_round *round)
{
    size_t count;
    const struct corevm_invocation *list = corevm_invocations(&round->round.record, &count);
    if (count == 0)
        return;
    uint64_t machine = list[count - 1].machine;
    round->terms[1] = operand(round, machine, PAGE_17);
    round->terms[2] = operand(round, machine, PAGE_16);
    if (round->export_count == 0 || round->round.outcome != JAM_ENDED_HALT)
        return;
    const struct corevm_fib_page *page =
        &round->pages[round->import_count + round->export_count - 1];
    round->terms[0] =
        (struct corevm_fib_term){.known = true, .value = page->value, .machine = page->machine};
}

static bool is_failure(struct pvm_bytes output)
{
    return output.len == FAILURE_SIZE && memcmp(output.ptr, "fail", 4) == 0;
}

/* A detail is a host call's result, a number or an address. */
static void say_detail(uint64_t value, struct pvm_buf *out)
{
    const char *name = jam_result_name(value);
    if (name != NULL && value != 0)
        pvm_buf_text(out, name);
    else if (value >= PAGE_16)
        pvm_buf_printf(out, "0x%" PRIx64, value);
    else
        pvm_buf_printf(out, "%" PRIu64, value);
}

static void say_failure(struct pvm_bytes output, struct pvm_buf *out)
{
    static const struct {
        uint32_t number;
        const char *text, *detail;
    } failures[] = {
#define X(number, text, detail) {number, text, detail},
        FAILURES(X)
#undef X
    };
    uint64_t reason = pvm_load_le(output.ptr + 8, 4);
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (failures[i].number == reason) {
            pvm_buf_printf(out, "%s (%s ", failures[i].text, failures[i].detail);
            say_detail(pvm_load_le(output.ptr + 12, 8), out);
            pvm_buf_text(out, ")");
            return;
        }
    }
    pvm_buf_printf(out, "the service failed with reason %" PRIu64, reason);
}

/* A panic exports nothing, and the report then says bad-exports (GP 0.7.2 14.4): both are told. */
static void say_outcome(const struct corevm_round *round, uint16_t announced, struct pvm_buf *out)
{
    if (round->ended != JAM_ENDED_HALT) {
        pvm_buf_printf(out, "the service %s", jam_outcome_text(round->ended));
        if (round->trouble.len != 0) {
            pvm_buf_text(out, " (");
            pvm_buf_add_bytes(out, pvm_buf_bytes(&round->trouble));
            pvm_buf_text(out, ")");
        }
    }
    if (out->len != 0)
        pvm_buf_text(out, "; ");
    pvm_buf_printf(out, "the work report says %s", jam_outcome_name(round->outcome));
    if (round->outcome == JAM_ENDED_BAD_EXPORTS)
        pvm_buf_printf(out, ": %zu segments exported, %u announced", round->exports_made,
                       (unsigned)announced);
}

/* Says in words what is wrong with a round, if anything is. */
static void judge(const struct parts *parts, struct corevm_fib_round *out)
{
    const struct corevm_round *round = &out->round;
    struct pvm_bytes output = pvm_buf_bytes(&round->output);
    if (!round->valid) {
        pvm_buf_text(&out->trouble, "the work package is invalid: ");
        pvm_buf_add_bytes(&out->trouble, pvm_buf_bytes(&round->trouble));
        return;
    }
    if (is_failure(output))
        say_failure(output, &out->trouble);
    else if (round->outcome == JAM_ENDED_HALT && output.len != COREVM_FIB_OUTPUT)
        pvm_buf_printf(&out->trouble, "the service returned %zu octets instead of %d", output.len,
                       COREVM_FIB_OUTPUT);
    if (round->outcome != JAM_ENDED_HALT)
        say_outcome(round, parts->work.export_count, &out->trouble);
    else if (out->trouble.len == 0 && parts->was != parts->became)
        pvm_buf_printf(&out->trouble,
                       "import %" PRIu64 " was corrupted on its way: its page begins with %" PRIu32
                       " instead of %" PRIu32 ", and the result is %" PRIu64,
                       out->n - 1, parts->became, parts->was, pvm_load_le(output.ptr + 4, 4));
    out->good = out->trouble.len == 0;
}

/* ---- the loop ---- */

static enum pvm_status run_package(struct loop *loop, uint64_t n,
                                   const struct corevm_fib_round *before,
                                   struct corevm_fib_round *out, struct pvm_err *err)
{
    struct parts parts;
    *out = (struct corevm_fib_round){.n = n, .trouble.alloc = loop->options->alloc};
    PVM_TRY(make_parts(loop, n, before, &parts, err));
    PVM_TRY(corevm_driver_run(&loop->driver, &parts.work, &out->round, err));
    PVM_TRY(take_pages(out, err));
    take_terms(out);
    judge(&parts, out);
    pvm_buf_deinit(&out->round.imports);
    pvm_buf_deinit(&out->round.exports);
    return pvm_buf_status(&out->trouble, err);
}

/* The first package of the seed's driver: no payload, so the service returns its extrinsic, the
 * child's code hash and length, which its Accumulate would ask for. */
static enum pvm_status run_init(struct loop *loop, struct corevm_round *out, struct pvm_err *err)
{
    struct pvm_bytes extrinsic = pvm_buf_bytes(&loop->extrinsic);
    struct corevm_work work = {.extrinsics = &extrinsic, .extrinsic_count = 1};
    return corevm_driver_run(&loop->driver, &work, out, err);
}

static enum pvm_status run_all(struct loop *loop, struct corevm_fib *out, struct pvm_err *err)
{
    const struct corevm_fib_options *options = loop->options;
    PVM_TRY(run_init(loop, &out->init, err));
    const struct corevm_fib_round *before = NULL;
    for (uint64_t n = 0; n <= options->last; n++) {
        struct corevm_fib_round *round = &out->list[out->count++];
        PVM_TRY(run_package(loop, n, before, round, err));
        if (options->progress != NULL)
            options->progress(options->user, n, options->last);
        if (!round->round.valid || round->round.outcome != JAM_ENDED_HALT)
            break;
        before = round;
    }
    return PVM_OK;
}

/* Makes code a preimage of the service and names it as an extrinsic does. */
static enum pvm_status add_child(struct loop *loop, struct pvm_bytes code,
                                 struct pvm_buf *extrinsic, struct pvm_err *err)
{
    struct jam_hash hash;
    PVM_TRY(corevm_driver_preimage(&loop->driver, code, &hash, err));
    pvm_buf_add_bytes(extrinsic, jam_hash_bytes(&hash));
    pvm_buf_add_le(extrinsic, code.len, 4);
    return pvm_buf_status(extrinsic, err);
}

static enum pvm_status start(struct loop *loop, struct jam_segments *store, struct pvm_err *err)
{
    const struct corevm_fib_options *options = loop->options;
    struct pvm_bytes child = options->child;
    struct corevm_driver_options driver = {
        .profile = options->profile != NULL ? options->profile : jam_profile_default,
        .alloc = options->alloc,
        .code = options->service,
        .service = COREVM_FIB_SERVICE,
        .refine_gas = options->gas != 0 ? options->gas : ENOUGH_GAS,
        .store = store,
        .limits = options->limits,
        .tape = options->tape,
        .watch = options->watch,
    };
    if (driver.code.len == 0)
        PVM_TRY(corevm_service_code(driver.profile, &driver.code, err));
    if (child.len == 0)
        child = corevm_child_code(variants[options->variant].child);
    PVM_TRY(corevm_driver_init(&loop->driver, &driver, err));
    PVM_TRY(add_child(loop, child, &loop->extrinsic, err));
    const char *faulty = faults[options->fault].child;
    return faulty == NULL ? PVM_OK : add_child(loop, corevm_child_code(faulty), &loop->faulty, err);
}

static enum pvm_status run_with(const struct corevm_fib_options *options,
                                struct jam_segments *store, struct corevm_fib *out,
                                struct pvm_err *err)
{
    const struct pvm_alloc *alloc = options->alloc;
    struct loop loop = {.options = options,
                        .extrinsic.alloc = alloc,
                        .faulty.alloc = alloc,
                        .payload.alloc = alloc};
    size_t rounds = (size_t)options->last + 1;
    out->list = pvm_alloc_zero(alloc, rounds, sizeof *out->list);
    loop.imports = pvm_alloc_zero(alloc, rounds, sizeof *loop.imports);
    enum pvm_status status = PVM_OK;
    if (out->list == NULL || loop.imports == NULL)
        status = pvm_fail(err, PVM_E_MEMORY, "no memory for %zu packages", rounds);
    if (status == PVM_OK)
        status = start(&loop, store, err);
    if (status == PVM_OK)
        status = run_all(&loop, out, err);
    corevm_driver_deinit(&loop.driver);
    pvm_buf_deinit(&loop.extrinsic);
    pvm_buf_deinit(&loop.faulty);
    pvm_buf_deinit(&loop.payload);
    pvm_alloc_free(alloc, loop.imports);
    return status;
}

enum pvm_status corevm_fib_run(const struct corevm_fib_options *options, struct corevm_fib *out,
                               struct pvm_err *err)
{
    *out = (struct corevm_fib){.alloc = options->alloc};
    if (options->last > COREVM_FIB_MAX)
        return pvm_fail(err, PVM_E_USAGE, "n is at most %d", COREVM_FIB_MAX);
    bool needs_import =
        options->fault == COREVM_FIB_FAULT_MISSING || options->fault == COREVM_FIB_FAULT_CORRUPT;
    if (needs_import && options->fault_at == 0)
        return pvm_fail(err, PVM_E_USAGE, "package 0 has no imports, so none can be at fault");
    if (options->store != NULL)
        return run_with(options, options->store, out, err);
    struct jam_segments *store;
    PVM_TRY(jam_segments_new(NULL, options->alloc, &store, err));
    enum pvm_status status = run_with(options, store, out, err);
    jam_segments_free(store);
    return status;
}

void corevm_fib_deinit(struct corevm_fib *fib)
{
    corevm_round_deinit(&fib->init);
    for (size_t i = 0; i < fib->count; i++) {
        corevm_round_deinit(&fib->list[i].round);
        pvm_alloc_free(fib->alloc, fib->list[i].pages);
        pvm_buf_deinit(&fib->list[i].trouble);
    }
    pvm_alloc_free(fib->alloc, fib->list);
    *fib = (struct corevm_fib){.alloc = fib->alloc};
}

bool corevm_fib_good(const struct corevm_fib *fib)
{
    for (size_t i = 0; i < fib->count; i++) {
        if (!fib->list[i].good)
            return false;
    }
    return true;
}
