/* SPDX-License-Identifier: Apache-2.0 */
#include "host/vector_manifest.h"

#include "host/vector_keys.h"

/* Octets of memory that one hash is taken over. */
static const uint64_t memory_limit = UINT64_C(64) << 20;

/* ---- keys ---- */

struct manifest_keys {
    const char *host_rules;
    struct jam_json programs;
};

static const struct jam_json_field manifest_fields[] = {
    JAM_JSON_NEEDED(struct manifest_keys, host_rules),
    JAM_JSON_NEEDED(struct manifest_keys, programs),
};

struct program_keys {
    const char *file, *format;
    uint64_t bytes;
    struct jam_json hash, raw, spi, metadata, runs;
    struct jam_json origin, licence; /* for people */
};

static const struct jam_json_field program_fields[] = {
    JAM_JSON_NEEDED(struct program_keys, file),
    JAM_JSON_NEEDED(struct program_keys, format),
    JAM_JSON_NEEDED(struct program_keys, bytes),
    JAM_JSON_ROW(struct program_keys, hash, "blake2b_256", true),
    JAM_JSON_FIELD(struct program_keys, raw),
    JAM_JSON_FIELD(struct program_keys, spi),
    JAM_JSON_FIELD(struct program_keys, metadata),
    JAM_JSON_NEEDED(struct program_keys, runs),
    JAM_JSON_FIELD(struct program_keys, origin),
    JAM_JSON_FIELD(struct program_keys, licence),
};

struct raw_run_keys {
    const char *label;
    uint64_t initial_pc, gas_limit;
    struct jam_json registers, pages, expected;
};

static const struct jam_json_field raw_run_fields[] = {
    JAM_JSON_NEEDED(struct raw_run_keys, label),
    JAM_JSON_NEEDED(struct raw_run_keys, initial_pc),
    JAM_JSON_NEEDED(struct raw_run_keys, gas_limit),
    JAM_JSON_NEEDED(struct raw_run_keys, registers),
    JAM_JSON_NEEDED(struct raw_run_keys, pages),
    JAM_JSON_NEEDED(struct raw_run_keys, expected),
};

struct raw_end_keys {
    struct jam_json exit, registers, host_call, memory;
    uint64_t pc, gas_used;
};

static const struct jam_json_field raw_end_fields[] = {
    JAM_JSON_NEEDED(struct raw_end_keys, exit),
    JAM_JSON_NEEDED(struct raw_end_keys, registers),
    JAM_JSON_NEEDED(struct raw_end_keys, host_call),
    JAM_JSON_NEEDED(struct raw_end_keys, memory),
    JAM_JSON_NEEDED(struct raw_end_keys, pc),
    JAM_JSON_NEEDED(struct raw_end_keys, gas_used),
};

struct memory_keys {
    uint64_t address, length;
    struct jam_json hash;
};

static const struct jam_json_field memory_fields[] = {
    JAM_JSON_NEEDED(struct memory_keys, address),
    JAM_JSON_NEEDED(struct memory_keys, length),
    JAM_JSON_ROW(struct memory_keys, hash, "blake2b_256", true),
};

struct run_keys {
    const char *label;
    uint64_t entry_pc, gas_limit;
    struct jam_json arguments, expected;
};

static const struct jam_json_field run_fields[] = {
    JAM_JSON_NEEDED(struct run_keys, label),     JAM_JSON_NEEDED(struct run_keys, entry_pc),
    JAM_JSON_NEEDED(struct run_keys, gas_limit), JAM_JSON_NEEDED(struct run_keys, arguments),
    JAM_JSON_NEEDED(struct run_keys, expected),
};

struct end_keys {
    struct jam_json exit, host_calls, output_prefix, output_hash, log_hash, last_log;
    uint64_t gas_used, instructions, inner_instructions, output_length, exports, log_messages;
};

static const struct jam_json_field end_fields[] = {
    JAM_JSON_NEEDED(struct end_keys, exit),
    JAM_JSON_NEEDED(struct end_keys, host_calls),
    JAM_JSON_NEEDED(struct end_keys, output_prefix),
    JAM_JSON_ROW(struct end_keys, output_hash, "output_blake2b_256", true),
    JAM_JSON_ROW(struct end_keys, log_hash, "log_blake2b_256", true),
    JAM_JSON_NEEDED(struct end_keys, last_log),
    JAM_JSON_NEEDED(struct end_keys, gas_used),
    JAM_JSON_NEEDED(struct end_keys, instructions),
    JAM_JSON_NEEDED(struct end_keys, inner_instructions),
    JAM_JSON_NEEDED(struct end_keys, output_length),
    JAM_JSON_NEEDED(struct end_keys, exports),
    JAM_JSON_NEEDED(struct end_keys, log_messages),
};

#define FIELDS(json, fields, keys)                                                                 \
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), keys, err))

/* A hash without 0x, as manifests have them, or with. */
static enum pvm_status read_hash(struct jam_json json, struct jam_hash *out, struct pvm_err *err)
{
    const char *text;
    PVM_TRY(jam_json_text(json, &text, err));
    if (!jam_case_hex(text, JAM_HASH_SIZE, out->octets))
        return jam_json_fail(json, err, "\"%.80s\" is no hash", text);
    return PVM_OK;
}

/* ---- runs of bare programs ---- */

static enum pvm_status load_memory(struct jam_manifest *manifest, struct jam_json json,
                                   struct jam_manifest_run *run, struct pvm_err *err)
{
    void *list;
    PVM_TRY(
        jam_case_list(&manifest->common, json, JAM_JSON_ARRAY, sizeof *run->memory, &list, err));
    run->memory = list;
    for (struct jam_json it = jam_json_first(json); jam_json_has(it); it = jam_json_next(it)) {
        struct memory_keys keys = {.address = 0};
        struct jam_manifest_memory *memory = &run->memory[run->memory_count++];
        FIELDS(it, memory_fields, &keys);
        if (keys.length > memory_limit || keys.address > (UINT64_C(1) << 32) - keys.length)
            return jam_json_fail(it, err, "%llu octets at 0x%llx are too many",
                                 (unsigned long long)keys.length, (unsigned long long)keys.address);
        memory->address = keys.address;
        memory->length = keys.length;
        PVM_TRY(read_hash(keys.hash, &memory->hash, err));
    }
    return PVM_OK;
}

static enum pvm_status load_raw_run(struct jam_manifest *manifest, struct jam_json json,
                                    struct jam_manifest_run *run, struct pvm_err *err)
{
    struct raw_run_keys keys = {.label = ""};
    struct raw_end_keys end = {.pc = 0};
    FIELDS(json, raw_run_fields, &keys);
    FIELDS(keys.expected, raw_end_fields, &end);
    run->label = keys.label;
    run->entry = keys.initial_pc;
    run->gas = keys.gas_limit;
    PVM_TRY(jam_case_gas(jam_json_get(json, "gas_limit"), run->gas, err));
    run->pc = end.pc;
    run->end.gas_used = end.gas_used;
    PVM_TRY(jam_read_regs(keys.registers, run->regs, err));
    PVM_TRY(jam_read_pages(&manifest->common.arena, keys.pages, "writable", &run->pages, err));
    PVM_TRY(jam_read_exit(end.exit, &run->exit, err));
    PVM_TRY(jam_read_regs(end.registers, run->end_regs, err));
    if ((run->exit == PVM_EXIT_HOST) != (jam_json_type(end.host_call) != JAM_JSON_NULL))
        return jam_json_fail(end.host_call, err, "host_call belongs to exit host-call");
    if (run->exit == PVM_EXIT_HOST)
        PVM_TRY(jam_json_u64(end.host_call, UINT64_MAX, &run->host_call, err));
    return load_memory(manifest, end.memory, run, err);
}

/* ---- runs of standard programs ---- */

static enum pvm_status load_end(struct jam_manifest *manifest, struct jam_json json,
                                struct jam_manifest_run *run, struct pvm_err *err)
{
    struct end_keys keys = {.gas_used = 0};
    FIELDS(json, end_fields, &keys);
    run->end = (struct jam_case_end){.gas_used = keys.gas_used,
                                     .instructions = keys.instructions,
                                     .inner_gas = keys.inner_instructions,
                                     .has_instructions = true,
                                     .has_inner = true};
    run->output_len = keys.output_length;
    run->export_count = keys.exports;
    run->log_count = keys.log_messages;
    PVM_TRY(jam_case_exit(keys.exit, &run->end.exit, err));
    PVM_TRY(jam_case_calls(&manifest->common, keys.host_calls, &run->end, err));
    PVM_TRY(jam_case_octets(&manifest->common, keys.output_prefix, &run->output_prefix, err));
    PVM_TRY(read_hash(keys.output_hash, &run->output_hash, err));
    PVM_TRY(read_hash(keys.log_hash, &run->log_hash, err));
    if (jam_json_type(keys.last_log) != JAM_JSON_NULL)
        PVM_TRY(jam_json_text(keys.last_log, &run->last_log, err));
    return PVM_OK;
}

static enum pvm_status load_run(struct jam_manifest *manifest, struct jam_json json,
                                struct jam_manifest_run *run, struct pvm_err *err)
{
    struct run_keys keys = {.label = ""};
    FIELDS(json, run_fields, &keys);
    run->label = keys.label;
    run->entry = keys.entry_pc;
    run->gas = keys.gas_limit;
    PVM_TRY(jam_case_gas(jam_json_get(json, "gas_limit"), run->gas, err));
    PVM_TRY(jam_case_octets(&manifest->common, keys.arguments, &run->args, err));
    return load_end(manifest, keys.expected, run, err);
}

/* ---- programs ---- */

static enum pvm_status load_format(struct jam_json json, const struct program_keys *keys,
                                   struct jam_manifest_program *program, struct pvm_err *err)
{
    static const struct {
        const char *name;
        enum pvm_blob_format format;
    } formats[] = {
        {"raw", PVM_BLOB_RAW}, {"spi", PVM_BLOB_STANDARD}, {"metadata+spi", PVM_BLOB_JAM}};
    size_t i = 0;
    size_t count = sizeof formats / sizeof *formats;
    while (i < count && strcmp(keys->format, formats[i].name) != 0)
        i++;
    if (i == count)
        return jam_json_fail(jam_json_get(json, "format"), err, "unknown format \"%.40s\"",
                             keys->format);
    program->format = formats[i].format;
    bool raw = program->format == PVM_BLOB_RAW;
    program->layout = raw ? keys->raw : keys->spi;
    program->metadata = keys->metadata;
    if (jam_json_has(keys->raw) != raw || jam_json_has(keys->spi) == raw ||
        jam_json_has(keys->metadata) != (program->format == PVM_BLOB_JAM))
        return jam_json_fail(json, err, "a program of format %s has other parts", keys->format);
    return PVM_OK;
}

static enum pvm_status load_program(struct jam_manifest *manifest, struct jam_json json,
                                    struct jam_manifest_program *program, struct pvm_err *err)
{
    struct program_keys keys = {.file = ""};
    void *runs;
    FIELDS(json, program_fields, &keys);
    program->file = keys.file;
    program->octets = keys.bytes;
    if (*keys.file == '\0' || strchr(keys.file, '/') != NULL)
        return jam_json_fail(jam_json_get(json, "file"), err, "expected the name of a file here");
    PVM_TRY(read_hash(keys.hash, &program->hash, err));
    PVM_TRY(load_format(json, &keys, program, err));
    PVM_TRY(jam_json_expect(keys.runs, JAM_JSON_ARRAY, err));
    PVM_TRY(jam_arena_get(&manifest->common.arena, jam_json_count(keys.runs), sizeof *program->runs,
                          &runs, err));
    program->runs = runs;
    for (struct jam_json it = jam_json_first(keys.runs); jam_json_has(it); it = jam_json_next(it)) {
        struct jam_manifest_run *run = &program->runs[program->run_count++];
        PVM_TRY(program->format == PVM_BLOB_RAW ? load_raw_run(manifest, it, run, err)
                                                : load_run(manifest, it, run, err));
    }
    return PVM_OK;
}

/* ---- the manifest ---- */

/* The version that rules name, "GP 0.7.2"; NULL: none. */
static const struct jam_profile *named_profile(const char *rules)
{
    const struct jam_profile *profile;
    for (const char *at = strstr(rules, "GP "); at != NULL; at = strstr(at, "GP ")) {
        at += strlen("GP ");
        for (size_t i = 0; (profile = jam_profile_at(i)) != NULL; i++)
            if (strncmp(at, profile->name, strlen(profile->name)) == 0)
                return profile;
    }
    return NULL;
}

static enum pvm_status load_document(struct jam_manifest *manifest, struct jam_json root,
                                     const struct jam_vector_options *options, struct pvm_err *err)
{
    struct manifest_keys keys = {.host_rules = ""};
    struct jam_case *common = &manifest->common;
    void *list;
    FIELDS(root, manifest_fields, &keys);
    common->profile = options->profile != NULL ? options->profile : named_profile(keys.host_rules);
    if (common->profile == NULL)
        return jam_json_fail(jam_json_get(root, "host_rules"), err,
                             "they name no version such as GP 0.7.2");
    jam_params_get(common->profile,
                   strstr(keys.host_rules, "tiny") != NULL ? JAM_PARAMS_TINY : JAM_PARAMS_FULL,
                   &common->params);
    PVM_TRY(jam_case_list(common, keys.programs, JAM_JSON_ARRAY, sizeof *manifest->programs, &list,
                          err));
    manifest->programs = list;
    if (jam_json_count(keys.programs) == 0)
        return jam_json_fail(keys.programs, err, "there are no programs");
    for (struct jam_json it = jam_json_first(keys.programs); jam_json_has(it);
         it = jam_json_next(it))
        PVM_TRY(load_program(manifest, it, &manifest->programs[manifest->program_count++], err));
    return PVM_OK;
}

enum pvm_status jam_manifest_load(struct pvm_bytes octets, const char *path,
                                  const struct jam_vector_options *options,
                                  struct jam_manifest **out, struct pvm_err *err)
{
    struct jam_manifest *manifest = pvm_alloc_zero(options->alloc, 1, sizeof *manifest);
    if (manifest == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a manifest");
    jam_case_init(&manifest->common, path, options);
    enum pvm_status status = jam_json_parse(octets, path, options->alloc, &manifest->doc, err);
    if (status == PVM_OK)
        status = load_document(manifest, jam_json_root(manifest->doc), options, err);
    if (status != PVM_OK) {
        jam_manifest_free(manifest);
        return status;
    }
    *out = manifest;
    return PVM_OK;
}

void jam_manifest_free(struct jam_manifest *manifest)
{
    if (manifest == NULL)
        return;
    const struct pvm_alloc *alloc = manifest->common.arena.alloc;
    jam_json_free(manifest->doc);
    jam_case_deinit(&manifest->common);
    pvm_alloc_free(alloc, manifest);
}

bool jam_manifest_is(const struct jam_suite_file *file)
{
    static const char *const keys[] = {"host_rules", "programs", "gp_version", NULL};
    uint32_t has = jam_vector_keys(file->octets, keys);
    return (has & 4) == 0 && (has & 1) != 0;
}
