/* SPDX-License-Identifier: Apache-2.0 */
#include "corevm/driver.h"

#include "host/codec.h"
#include "host/hash.h"
#include "host/invoke_refine.h"
#include "host/merkle.h"
#include "host/seg_run.h"

#include <inttypes.h>
#include <stdio.h>

/* The token that the seed's driver presents; its authorizer does not look at it. */
static const char token[] = "0x";

/* Code as a preimage: what has no metadata gets an empty one. */
static enum pvm_status code_preimage(struct pvm_bytes code, struct pvm_buf *out,
                                     struct pvm_err *err)
{
    struct pvm_blob blob;
    PVM_TRY(pvm_blob_decode(code, -1, &blob, err));
    if (blob.format == PVM_BLOB_STANDARD)
        pvm_buf_add_natural(out, 0);
    else if (blob.format != PVM_BLOB_JAM)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "a service is a standard program or a code preimage, not \"%s\"",
                        pvm_blob_format_name(blob.format));
    pvm_buf_add_bytes(out, code);
    return pvm_buf_status(out, err);
}

enum pvm_status corevm_driver_preimage(struct corevm_driver *driver, struct pvm_bytes blob,
                                       struct jam_hash *hash, struct pvm_err *err)
{
    static const struct jam_request since_0 = {.count = 1};
    struct jam_service *service = jam_state_find(&driver->state, driver->service);
    struct jam_hash key;
    if (service == NULL)
        return pvm_fail(err, PVM_E_INTERNAL, "service %" PRIu32 " is gone", driver->service);
    PVM_TRY(jam_preimage_set(service, blob, &key, err));
    PVM_TRY(jam_request_set(service, &key, (uint32_t)blob.len, &since_0, err));
    *hash = key;
    return PVM_OK;
}

static enum pvm_status fill_state(struct corevm_driver *driver, struct pvm_bytes code,
                                  struct pvm_err *err)
{
    struct jam_service *service;
    struct pvm_buf preimage = {.alloc = driver->alloc};
    PVM_TRY(jam_state_add(&driver->state, driver->service, &service, err));
    enum pvm_status status = code_preimage(code, &preimage, err);
    if (status == PVM_OK)
        status = corevm_driver_preimage(driver, pvm_buf_bytes(&preimage), &driver->code_hash, err);
    service->code_hash = driver->code_hash;
    pvm_buf_deinit(&preimage);
    return status;
}

enum pvm_status corevm_driver_init(struct corevm_driver *driver,
                                   const struct corevm_driver_options *options, struct pvm_err *err)
{
    *driver = (struct corevm_driver){
        .profile = options->profile != NULL ? options->profile : jam_profile_default,
        .alloc = options->alloc,
        .limits = options->limits,
        .service = options->service,
        .refine_gas = options->refine_gas,
        .store = options->store,
        .tape = options->tape,
        .watch = options->watch,
    };
    if (options->params != NULL)
        driver->params = *options->params;
    else
        jam_params_get(driver->profile, JAM_PARAMS_FULL, &driver->params);
    jam_state_init(&driver->state, driver->alloc);
    enum pvm_status status = fill_state(driver, options->code, err);
    if (status != PVM_OK)
        corevm_driver_deinit(driver);
    return status;
}

void corevm_driver_deinit(struct corevm_driver *driver)
{
    jam_state_deinit(&driver->state);
}

static void round_init(struct corevm_round *round, const struct pvm_alloc *alloc)
{
    *round = (struct corevm_round){.trouble.alloc = alloc,
                                   .output.alloc = alloc,
                                   .imports.alloc = alloc,
                                   .exports.alloc = alloc,
                                   .log.alloc = alloc};
    corevm_recorder_init(&round->record, alloc);
}

void corevm_round_deinit(struct corevm_round *round)
{
    pvm_buf_deinit(&round->trouble);
    pvm_buf_deinit(&round->output);
    pvm_buf_deinit(&round->imports);
    pvm_buf_deinit(&round->exports);
    pvm_buf_deinit(&round->log);
    corevm_recorder_deinit(&round->record);
}

/* ---- building the package ---- */

/* A package with one item, and what its lists point at. */
struct bundle {
    struct jam_work_package package;
    struct jam_work_item item;
    struct jam_item_data data;
    struct jam_extrinsic *extrinsics;
    struct pvm_bytes *imports;
    const struct pvm_alloc *alloc;
};

static void bundle_deinit(struct bundle *bundle)
{
    pvm_alloc_free(bundle->alloc, bundle->extrinsics);
    pvm_alloc_free(bundle->alloc, bundle->imports);
}

static enum pvm_status bundle_init(struct bundle *bundle, const struct corevm_driver *driver,
                                   const struct corevm_work *work, struct pvm_err *err)
{
    const struct pvm_alloc *alloc = driver->alloc;
    *bundle = (struct bundle){.alloc = alloc};
    bundle->extrinsics =
        pvm_alloc_zero(alloc, work->extrinsic_count + 1, sizeof(struct jam_extrinsic));
    bundle->imports = pvm_alloc_zero(alloc, work->import_count + 1, sizeof(struct pvm_bytes));
    if (bundle->extrinsics == NULL || bundle->imports == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a work package");
    for (size_t i = 0; i < work->extrinsic_count; i++) {
        if (work->extrinsics[i].len > UINT32_MAX)
            return pvm_fail(err, PVM_E_USAGE, "extrinsic %zu has more than 2^32 - 1 octets", i);
        bundle->extrinsics[i].hash = jam_hash(work->extrinsics[i]);
        bundle->extrinsics[i].len = (uint32_t)work->extrinsics[i].len;
    }
    bundle->item = (struct jam_work_item){
        .service = driver->service,
        .code_hash = driver->code_hash,
        .payload = work->payload,
        .refine_gas_limit = driver->refine_gas,
        .import_segments = work->imports,
        .import_count = work->import_count,
        .extrinsic = bundle->extrinsics,
        .extrinsic_count = work->extrinsic_count,
        .export_count = work->export_count,
    };
    bundle->package = (struct jam_work_package){
        .authorization = pvm_bytes(token, sizeof token - 1),
        .items = &bundle->item,
        .item_count = 1,
    };
    bundle->data = (struct jam_item_data){.imports = bundle->imports,
                                          .import_count = work->import_count,
                                          .extrinsics = work->extrinsics,
                                          .extrinsic_count = work->extrinsic_count};
    return PVM_OK;
}

/* Fills round->imports; round->valid says whether all of them were there. */
static enum pvm_status resolve(const struct corevm_driver *driver, const struct corevm_work *work,
                               struct bundle *bundle, struct corevm_round *round,
                               struct pvm_err *err)
{
    pvm_buf_add_zeros(&round->imports, work->import_count * JAM_SEGMENT_SIZE);
    PVM_TRY(pvm_buf_status(&round->imports, err));
    for (size_t i = 0; i < work->import_count; i++) {
        struct pvm_err why = {.status = PVM_OK};
        uint8_t *segment = round->imports.ptr + i * JAM_SEGMENT_SIZE;
        enum pvm_status status = jam_segments_get(driver->store, &work->imports[i], segment, &why);
        if (status == PVM_E_MALFORMED) {
            round->imports.len = 0;
            pvm_buf_printf(&round->trouble, "import %zu: %s", i, why.msg);
            return pvm_buf_status(&round->trouble, err);
        }
        if (status != PVM_OK)
            return pvm_fail(err, status, "import %zu: %s", i, why.msg);
        if (work->tamper != NULL)
            work->tamper(work->user, i, segment);
        bundle->imports[i] = pvm_bytes(segment, JAM_SEGMENT_SIZE);
    }
    round->valid = true;
    return PVM_OK;
}

/* ---- what came of it ---- */

static void take_log(const struct jam_run *run, struct pvm_buf *out)
{
    struct jam_log_line line;
    for (size_t at = 0; jam_run_log_next(run, &at, &line);) {
        if (line.has_target) {
            pvm_buf_add_bytes(out, line.target);
            pvm_buf_text(out, ": ");
        }
        pvm_buf_add_bytes(out, line.message);
        pvm_buf_text(out, "\n");
    }
}

static enum pvm_status take_result(const struct corevm_driver *driver,
                                   const struct corevm_work *work, const struct jam_run *run,
                                   struct corevm_round *round, struct pvm_err *err)
{
    const struct jam_result *result = jam_run_result(run);
    round->ended = result->outcome;
    round->outcome =
        jam_refine_outcome(jam_run_profile(run), result, work->export_count, 0, &driver->params);
    round->gas_limit = result->gas_limit;
    round->gas_used = result->gas_used;
    round->inner_gas = result->inner_gas;
    round->exports_made = result->export_count;
    memcpy(round->calls, result->calls, sizeof round->calls);
    if (result->why != NULL)
        pvm_buf_text(&round->trouble, result->why);
    pvm_buf_add_bytes(&round->output, result->output);
    if (round->outcome == JAM_ENDED_HALT)
        pvm_buf_add(&round->exports, result->exports, result->export_count * JAM_SEGMENT_SIZE);
    else
        pvm_buf_add_zeros(&round->exports, (size_t)work->export_count * JAM_SEGMENT_SIZE);
    take_log(run, &round->log);
    PVM_TRY(corevm_recorder_status(&round->record, err));
    PVM_TRY(pvm_buf_status(&round->trouble, err));
    PVM_TRY(pvm_buf_status(&round->output, err));
    PVM_TRY(pvm_buf_status(&round->exports, err));
    PVM_TRY(pvm_buf_status(&round->log, err));
    round->export_root =
        jam_segment_root(round->exports.ptr, round->exports.len / JAM_SEGMENT_SIZE);
    return PVM_OK;
}

/* Who is told of a refinement that is recorded as segments, or watched. */
struct listeners {
    struct jam_hooks own;
    struct jam_seg_recorder *tape; /* may be NULL */
    struct jam_hooks watch;        /* functions may be NULL */
};

static void on_step(void *user, int64_t machine, const struct pvm_vm *vm)
{
    const struct listeners *listeners = user;
    if (listeners->tape != NULL)
        jam_seg_record_step(listeners->tape, machine, vm);
    if (listeners->watch.step != NULL)
        listeners->watch.step(listeners->watch.user, machine, vm);
}

static void on_call(void *user, const struct jam_call_event *event)
{
    const struct listeners *listeners = user;
    listeners->own.call(listeners->own.user, event);
    if (listeners->tape != NULL)
        jam_seg_record_call(listeners->tape, event);
    if (listeners->watch.call != NULL)
        listeners->watch.call(listeners->watch.user, event);
}

static void on_memory(void *user, const struct jam_memory_event *event)
{
    const struct listeners *listeners = user;
    if (listeners->tape != NULL)
        jam_seg_record_memory(listeners->tape, event);
    if (listeners->watch.memory != NULL)
        listeners->watch.memory(listeners->watch.user, event);
}

static enum pvm_status go(struct corevm_driver *driver, struct jam_run *run, struct pvm_err *err)
{
    char name[JAM_SEG_NAME];
    (void)snprintf(name, sizeof name, "refine %llu", (unsigned long long)driver->taped);
    driver->taped += jam_run_vm(run) != NULL;
    return jam_seg_run_go(driver->tape, run, name, err);
}

static enum pvm_status refine(struct corevm_driver *driver, const struct corevm_work *work,
                              const struct bundle *bundle, struct corevm_round *round,
                              struct pvm_err *err)
{
    struct jam_refine_in in = {
        .package = &bundle->package, .data = &bundle->data, .state = &driver->state};
    struct jam_invoke_options options = {
        .profile = driver->profile,
        .params = &driver->params,
        .alloc = driver->alloc,
        .limits = driver->limits,
        .hooks = corevm_recorder_hooks(&round->record),
    };
    struct listeners listeners = {.own = options.hooks, .tape = driver->tape};
    if (driver->watch != NULL)
        listeners.watch = driver->watch->hooks;
    if (driver->tape != NULL || driver->watch != NULL)
        options.hooks = (struct jam_hooks){
            .step = on_step, .call = on_call, .memory = on_memory, .user = &listeners};
    struct jam_run *run;
    PVM_TRY(jam_refine_new(&in, &options, &run, err));
    round->record.run = run;
    enum pvm_status status = go(driver, run, err);
    round->record.run = NULL;
    if (status == PVM_OK && driver->watch != NULL && driver->watch->ended != NULL)
        driver->watch->ended(driver->watch->hooks.user, run);
    if (status == PVM_OK)
        status = take_result(driver, work, run, round, err);
    jam_run_free(run);
    return status;
}

static enum pvm_status run(struct corevm_driver *driver, const struct corevm_work *work,
                           struct bundle *bundle, struct corevm_round *round, struct pvm_err *err)
{
    PVM_TRY(bundle_init(bundle, driver, work, err));
    PVM_TRY(jam_package_hash(driver->profile, &bundle->package, driver->alloc, &round->package_hash,
                             err));
    PVM_TRY(resolve(driver, work, bundle, round, err));
    if (!round->valid)
        return PVM_OK;
    PVM_TRY(refine(driver, work, bundle, round, err));
    return jam_segments_put(driver->store, &round->package_hash, round->exports.ptr,
                            round->exports.len / JAM_SEGMENT_SIZE, NULL, err);
}

enum pvm_status corevm_driver_run(struct corevm_driver *driver, const struct corevm_work *work,
                                  struct corevm_round *out, struct pvm_err *err)
{
    struct bundle bundle;
    round_init(out, driver->alloc);
    enum pvm_status status = run(driver, work, &bundle, out, err);
    bundle_deinit(&bundle);
    return status;
}
