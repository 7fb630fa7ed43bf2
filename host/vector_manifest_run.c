/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of a manifest compared with what it says they are, and run. */
#include "host/codec.h"
#include "host/hash.h"
#include "host/vector_compare.h"
#include "host/vector_manifest.h"

#include <stdio.h>

/* ---- files ---- */

/* Reads a program beside the manifest. What is wrong with it is why: *good is false then. */
static enum pvm_status read_program(const struct jam_manifest *manifest,
                                    const struct jam_manifest_program *program,
                                    struct pvm_buf *octets, bool *good, struct pvm_buf *why,
                                    struct pvm_err *err)
{
    struct pvm_err own = {.status = PVM_OK};
    enum pvm_status status = jam_case_read(&manifest->common, program->file, octets, &own);
    *good = false;
    if (status != PVM_OK && status != PVM_E_IO && status != PVM_E_MALFORMED)
        return pvm_fail(err, status, "%s", own.msg);
    if (status != PVM_OK) {
        pvm_buf_text(why, own.msg);
        return PVM_OK;
    }
    struct jam_hash real = jam_hash(pvm_buf_bytes(octets));
    struct pvm_bytes want = jam_hash_bytes(&program->hash);
    struct pvm_bytes got = jam_hash_bytes(&real);
    *good = jam_same_count("octets of the file", program->octets, octets->len, why) &&
            jam_case_same_octets("hash of the file", &want, &got, why);
    return PVM_OK;
}

/* ---- what a program is made of ---- */

enum { CALLS_MAX = 256 };

/* Of the code itself. */
struct parts {
    uint64_t instructions, distinct_opcodes;
    uint64_t calls[CALLS_MAX]; /* numbers in ecalli, ascending */
    size_t call_count;
};

static void add_call(struct parts *parts, uint64_t number)
{
    size_t at = 0;
    while (at < parts->call_count && parts->calls[at] < number)
        at++;
    if ((at < parts->call_count && parts->calls[at] == number) || parts->call_count == CALLS_MAX)
        return;
    memmove(&parts->calls[at + 1], &parts->calls[at], (parts->call_count - at) * sizeof number);
    parts->calls[at] = number;
    parts->call_count++;
}

static void count_parts(const struct pvm_program *program, struct parts *parts)
{
    bool seen[256] = {false};
    memset(parts, 0, sizeof *parts);
    for (uint32_t pc = 0; pc < program->code_len; pc++) {
        struct pvm_operands operands;
        if (!pvm_program_is_opcode(program, pc))
            continue;
        parts->instructions++;
        parts->distinct_opcodes += !seen[program->code[pc]];
        seen[program->code[pc]] = true;
        if (pvm_program_op(program, pc) != PVM_OP_ECALLI)
            continue;
        pvm_program_operands(program, pc, &operands);
        add_call(parts, operands.x);
    }
}

static bool same_calls(struct jam_json list, const struct parts *parts, struct pvm_buf *why)
{
    if (!jam_same_count("numbers of host calls", jam_json_count(list), parts->call_count, why))
        return false;
    struct jam_json it = jam_json_first(list);
    for (size_t i = 0; i < parts->call_count; i++, it = jam_json_next(it)) {
        uint64_t number = 0;
        if (jam_json_u64(it, UINT64_MAX, &number, NULL) != PVM_OK ||
            !jam_same_count("number of a host call", number, parts->calls[i], why))
            return false;
    }
    return true;
}

struct layout_keys {
    uint64_t ro_data, rw_data, heap_pages, stack, code, jump_table, instructions, distinct_opcodes;
    struct jam_json ecalli_immediates;
};

static const struct jam_json_field raw_fields[] = {
    JAM_JSON_NEEDED(struct layout_keys, code),
    JAM_JSON_NEEDED(struct layout_keys, jump_table),
};

static const struct jam_json_field standard_fields[] = {
    JAM_JSON_NEEDED(struct layout_keys, ro_data),
    JAM_JSON_NEEDED(struct layout_keys, rw_data),
    JAM_JSON_NEEDED(struct layout_keys, heap_pages),
    JAM_JSON_NEEDED(struct layout_keys, stack),
    JAM_JSON_NEEDED(struct layout_keys, code),
    JAM_JSON_NEEDED(struct layout_keys, jump_table),
    JAM_JSON_NEEDED(struct layout_keys, instructions),
    JAM_JSON_NEEDED(struct layout_keys, distinct_opcodes),
    JAM_JSON_NEEDED(struct layout_keys, ecalli_immediates),
};

static bool same_standard(const struct layout_keys *keys, const struct pvm_blob *blob,
                          const struct pvm_program *program, struct pvm_buf *why)
{
    const struct pvm_standard *standard = &blob->standard;
    struct parts parts;
    count_parts(program, &parts);
    return jam_same_count("read-only data", keys->ro_data, standard->ro.len, why) &&
           jam_same_count("read-write data", keys->rw_data, standard->rw.len, why) &&
           jam_same_count("heap pages", keys->heap_pages, standard->heap_pages, why) &&
           jam_same_count("stack", keys->stack, standard->stack, why) &&
           jam_same_count("instructions", keys->instructions, parts.instructions, why) &&
           jam_same_count("distinct opcodes", keys->distinct_opcodes, parts.distinct_opcodes,
                          why) &&
           same_calls(keys->ecalli_immediates, &parts, why);
}

static enum pvm_status compare_layout(const struct jam_manifest *manifest,
                                      const struct jam_manifest_program *program,
                                      const struct pvm_blob *blob, struct jam_vector_result *result,
                                      struct pvm_err *err)
{
    struct layout_keys keys = {.code = 0};
    struct pvm_program *code;
    struct pvm_buf *why = &result->why;
    bool raw = program->format == PVM_BLOB_RAW;
    if (raw)
        PVM_TRY(
            jam_json_fields(program->layout, raw_fields, JAM_JSON_COUNT(raw_fields), &keys, err));
    else
        PVM_TRY(jam_json_fields(program->layout, standard_fields, JAM_JSON_COUNT(standard_fields),
                                &keys, err));
    PVM_TRY(pvm_program_new(manifest->common.profile->rules, manifest->common.arena.alloc,
                            blob->program, &code, err));
    result->passed = jam_same_count("octets of code", keys.code, code->code_len, why) &&
                     jam_same_count("jump table", keys.jump_table, code->jump_count, why) &&
                     (raw || same_standard(&keys, blob, code, why));
    pvm_program_free(code);
    return PVM_OK;
}

/* ---- metadata ---- */

struct metadata_keys {
    const char *name, *version, *license;
    struct jam_json authors;
};

static const struct jam_json_field metadata_fields[] = {
    JAM_JSON_NEEDED(struct metadata_keys, name),
    JAM_JSON_NEEDED(struct metadata_keys, version),
    JAM_JSON_NEEDED(struct metadata_keys, license),
    JAM_JSON_NEEDED(struct metadata_keys, authors),
};

static bool same_name(const char *what, const char *expected, struct pvm_bytes got,
                      struct pvm_buf *why)
{
    struct pvm_bytes want = pvm_bytes(expected, strlen(expected));
    return jam_case_same_octets(what, &want, &got, why);
}

/* Free text, or what SDKs write. */
static enum pvm_status compare_metadata(struct jam_json json, struct pvm_bytes octets,
                                        struct jam_vector_result *result, struct pvm_err *err)
{
    struct metadata_keys keys = {.name = ""};
    struct pvm_metadata got;
    struct pvm_buf *why = &result->why;
    if (jam_json_type(json) == JAM_JSON_STRING) {
        PVM_TRY(jam_json_text(json, &keys.name, err));
        result->passed = same_name("metadata", keys.name, octets, why);
        return PVM_OK;
    }
    PVM_TRY(jam_json_fields(json, metadata_fields, JAM_JSON_COUNT(metadata_fields), &keys, err));
    pvm_metadata_decode(octets, &got);
    result->passed =
        jam_same_count("authors", jam_json_count(keys.authors), got.author_count, why) &&
        same_name("name", keys.name, got.name, why) &&
        same_name("version", keys.version, got.version, why) &&
        same_name("licence", keys.license, got.licence, why);
    struct jam_json it = jam_json_first(keys.authors);
    for (size_t i = 0; result->passed && i < got.author_count; i++, it = jam_json_next(it)) {
        const char *author;
        PVM_TRY(jam_json_text(it, &author, err));
        result->passed = same_name("author", author, got.authors[i], why);
    }
    return PVM_OK;
}

static enum pvm_status compare_blob(const struct jam_manifest *manifest,
                                    const struct jam_manifest_program *program,
                                    struct pvm_bytes octets, struct jam_vector_result *result,
                                    struct pvm_err *err)
{
    struct pvm_err own = {.status = PVM_OK};
    struct pvm_blob blob;
    if (pvm_blob_decode(octets, -1, &blob, &own) != PVM_OK) {
        pvm_buf_text(&result->why, own.msg);
        return PVM_OK;
    }
    result->passed = jam_same_text("format", pvm_blob_format_name(program->format),
                                   pvm_blob_format_name(blob.format), &result->why);
    if (result->passed)
        PVM_TRY(compare_layout(manifest, program, &blob, result, err));
    if (result->passed && program->format == PVM_BLOB_JAM)
        PVM_TRY(compare_metadata(program->metadata, blob.metadata, result, err));
    return PVM_OK;
}

enum pvm_status jam_manifest_check(const struct jam_manifest *manifest, size_t program,
                                   const struct jam_vector_options *options,
                                   struct jam_vector_result *result, struct pvm_err *err)
{
    const struct jam_manifest_program *of = &manifest->programs[program];
    struct pvm_buf octets = {.alloc = options->alloc};
    bool good;
    result->profile = manifest->common.profile;
    enum pvm_status status = read_program(manifest, of, &octets, &good, &result->why, err);
    if (status == PVM_OK && good)
        status = compare_blob(manifest, of, pvm_buf_bytes(&octets), result, err);
    pvm_buf_deinit(&octets);
    return status != PVM_OK ? status : pvm_buf_status(&result->why, err);
}

/* ---- runs of bare programs ---- */

static enum pvm_status compare_memory(const struct jam_manifest_run *run,
                                      const struct pvm_memory *memory,
                                      struct jam_vector_result *result, struct pvm_err *err)
{
    for (size_t i = 0; i < run->memory_count && result->passed; i++) {
        const struct jam_manifest_memory *part = &run->memory[i];
        char what[64];
        uint8_t *copy = pvm_alloc_zero(memory->alloc, (size_t)part->length + 1, 1);
        if (copy == NULL)
            return pvm_fail(err, PVM_E_MEMORY, "no memory for a guest's");
        pvm_memory_get(memory, part->address, copy, (size_t)part->length);
        struct jam_hash real = jam_hash(pvm_bytes(copy, (size_t)part->length));
        struct pvm_bytes want = jam_hash_bytes(&part->hash);
        struct pvm_bytes got = jam_hash_bytes(&real);
        pvm_alloc_free(memory->alloc, copy);
        snprintf(what, sizeof what, "hash of memory at 0x%llx", (unsigned long long)part->address);
        result->passed = jam_case_same_octets(what, &want, &got, &result->why);
    }
    return PVM_OK;
}

static enum pvm_status play(const struct jam_manifest_run *run, struct pvm_vm *vm,
                            struct jam_vector_result *result, struct pvm_err *err)
{
    static const struct jam_chunk_list nothing;
    struct pvm_buf *why = &result->why;
    enum pvm_exit exit;
    memcpy(vm->regs, run->regs, sizeof vm->regs);
    vm->pc = run->entry;
    vm->gas = run->gas;
    PVM_TRY(jam_put_memory(&vm->memory, &run->pages, &nothing, err));
    PVM_TRY(pvm_vm_run(vm, &exit, err));
    result->runs++;
    result->gas += run->gas - vm->gas;
    result->passed =
        jam_same_text("exit", pvm_exit_name(run->exit), pvm_exit_name(exit), why) &&
        jam_same_count("pc", run->pc, vm->pc, why) &&
        jam_same_count("gas", run->end.gas_used, run->gas - vm->gas, why) &&
        jam_same_regs(run->end_regs, vm->regs, why) &&
        (exit != PVM_EXIT_HOST || jam_same_count("host call", run->host_call, vm->arg, why));
    return compare_memory(run, &vm->memory, result, err);
}

static enum pvm_status run_raw(const struct jam_manifest *manifest,
                               const struct jam_manifest_run *run, const struct pvm_blob *blob,
                               const struct jam_vector_options *options,
                               struct jam_vector_result *result, struct pvm_err *err)
{
    struct pvm_program *program;
    struct pvm_vm vm;
    struct pvm_budget budget = jam_vector_budget(options);
    PVM_TRY(pvm_program_new(manifest->common.profile->rules, options->alloc, blob->program,
                            &program, err));
    pvm_vm_init(&vm, program, options->alloc, &budget);
    pvm_program_free(program);
    enum pvm_status status = play(run, &vm, result, err);
    pvm_vm_deinit(&vm);
    return status;
}

/* ---- runs of standard programs ---- */

/* All there is to fetch are the constants. */
static enum pvm_status fetch_constants(void *user, enum jam_fetch what, uint64_t a, uint64_t b,
                                       bool *found, struct pvm_bytes *value, struct pvm_err *err)
{
    (void)a;
    (void)b;
    (void)err;
    *found = what == JAM_FETCH_PARAMS;
    *value = pvm_buf_bytes(user);
    return PVM_OK;
}

static bool same_hash_of(const char *what, const struct jam_hash *expected, struct pvm_bytes octets,
                         struct pvm_buf *why)
{
    struct jam_hash real = jam_hash(octets);
    struct pvm_bytes want = jam_hash_bytes(expected);
    struct pvm_bytes got = jam_hash_bytes(&real);
    return jam_case_same_octets(what, &want, &got, why);
}

/* All messages, a newline behind each. */
static enum pvm_status compare_log(const struct jam_manifest_run *run, const struct jam_run *got,
                                   struct jam_vector_result *result, struct pvm_err *err)
{
    const struct jam_result *end = jam_run_result(got);
    struct pvm_buf *why = &result->why;
    struct pvm_buf all = {.alloc = why->alloc};
    struct jam_log_line line = {.level = 0};
    size_t at = 0;
    if (end->log_dropped > 0)
        return pvm_fail(err, PVM_E_LIMIT, "the log is too large to keep");
    while (jam_run_log_next(got, &at, &line)) {
        pvm_buf_add_bytes(&all, line.message);
        pvm_buf_add_u8(&all, '\n');
    }
    enum pvm_status status = pvm_buf_status(&all, err);
    if (status == PVM_OK)
        result->passed = jam_same_count("messages logged", run->log_count, end->log_count, why) &&
                         (run->last_log == NULL ||
                          same_name("last message", run->last_log, line.message, why)) &&
                         same_hash_of("hash of the log", &run->log_hash, pvm_buf_bytes(&all), why);
    pvm_buf_deinit(&all);
    return status;
}

static bool same_output(const struct jam_manifest_run *run, const struct jam_result *got,
                        struct pvm_buf *why)
{
    struct pvm_bytes output = got->output;
    struct pvm_bytes prefix = pvm_bytes(
        output.ptr, output.len < run->output_prefix.len ? output.len : run->output_prefix.len);
    return jam_same_count("octets of output", run->output_len, output.len, why) &&
           jam_case_same_octets("output begins", &run->output_prefix, &prefix, why) &&
           same_hash_of("hash of the output", &run->output_hash, output, why);
}

static enum pvm_status go(const struct jam_manifest *manifest, const struct jam_manifest_run *run,
                          const struct jam_run_config *config, struct jam_vector_result *result,
                          struct pvm_err *err)
{
    struct jam_run *got;
    PVM_TRY(jam_run_new(config, &got, err));
    enum pvm_status status = jam_run_go(got, err);
    if (status == PVM_OK) {
        const struct jam_result *end = jam_run_result(got);
        result->runs++;
        result->gas += end->gas_used;
        result->passed =
            jam_case_same_end(&run->end, end, &result->why) &&
            same_output(run, end, &result->why) &&
            jam_same_count("exports", run->export_count, end->export_count, &result->why) &&
            jam_case_same_calls(manifest->common.profile, &run->end, end, &result->why);
        if (result->passed)
            status = compare_log(run, got, result, err);
    }
    jam_run_free(got);
    return status;
}

static enum pvm_status run_standard(const struct jam_manifest *manifest,
                                    const struct jam_manifest_run *run, const struct pvm_blob *blob,
                                    const struct jam_vector_options *options,
                                    struct jam_vector_result *result, struct pvm_err *err)
{
    const struct jam_case *common = &manifest->common;
    struct pvm_buf constants = {.alloc = options->alloc};
    jam_encode_params(common->profile, &common->params, &constants);
    enum pvm_status status = pvm_buf_status(&constants, err);
    const struct jam_run_config config = {
        .profile = common->profile,
        .params = &common->params,
        .alloc = options->alloc,
        .invocation = JAM_REFINE,
        .program = &blob->standard,
        .entry = run->entry,
        .gas = run->gas,
        .args = run->args,
        .sources = {fetch_constants, NULL, &constants},
        .limits = options->limits,
    };
    if (status == PVM_OK)
        status = go(manifest, run, &config, result, err);
    pvm_buf_deinit(&constants);
    return status;
}

/* ---- either ---- */

enum pvm_status jam_manifest_run(const struct jam_manifest *manifest, size_t program, size_t run,
                                 const struct jam_vector_options *options,
                                 struct jam_vector_result *result, struct pvm_err *err)
{
    const struct jam_manifest_program *of = &manifest->programs[program];
    struct pvm_buf octets = {.alloc = options->alloc};
    struct pvm_blob blob;
    bool good;
    result->profile = manifest->common.profile;
    enum pvm_status status = read_program(manifest, of, &octets, &good, &result->why, err);
    good = good && pvm_blob_decode(pvm_buf_bytes(&octets), (int)of->format, &blob, NULL) == PVM_OK;
    if (status == PVM_OK && !good) {
        result->passed = true;
        result->skipped = "the program's file is not as the manifest says";
    } else if (status == PVM_OK) {
        status = of->format == PVM_BLOB_RAW
                     ? run_raw(manifest, &of->runs[run], &blob, options, result, err)
                     : run_standard(manifest, &of->runs[run], &blob, options, result, err);
    }
    pvm_buf_deinit(&octets);
    return status != PVM_OK ? status : pvm_buf_status(&result->why, err);
}

/* ---- as a kind of file ---- */

/* One case: the program itself, or its run before number run. */
static enum pvm_status replay(const struct jam_manifest *manifest, size_t program, size_t run,
                              const struct jam_suite_options *options, jam_suite_sink sink,
                              void *user, struct pvm_err *err)
{
    const struct jam_manifest_program *of = &manifest->programs[program];
    struct jam_vector_result result;
    struct pvm_buf name = {.alloc = options->vector.alloc};
    jam_vector_result_init(&result, options->vector.alloc);
    pvm_buf_text(&name, of->file);
    if (run > 0)
        pvm_buf_printf(&name, ": %s", of->runs[run - 1].label);
    enum pvm_status status =
        run == 0 ? jam_manifest_check(manifest, program, &options->vector, &result, err)
                 : jam_manifest_run(manifest, program, run - 1, &options->vector, &result, err);
    if (status == PVM_OK)
        status = sink(user, pvm_buf_str(&name), &result, err);
    else
        pvm_fail_at(err, status, pvm_buf_str(&name));
    pvm_buf_deinit(&name);
    jam_vector_result_deinit(&result);
    return status;
}

enum pvm_status jam_manifest_suite(const struct jam_suite_file *file,
                                   const struct jam_suite_options *options, jam_suite_sink sink,
                                   void *user, struct pvm_err *err)
{
    struct jam_manifest *manifest;
    PVM_TRY(jam_manifest_load(file->octets, file->path, &options->vector, &manifest, err));
    enum pvm_status status = PVM_OK;
    for (size_t i = 0; i < manifest->program_count && status == PVM_OK; i++)
        for (size_t run = 0; run <= manifest->programs[i].run_count && status == PVM_OK; run++)
            status = replay(manifest, i, run, options, sink, user, err);
    jam_manifest_free(manifest);
    return status;
}
