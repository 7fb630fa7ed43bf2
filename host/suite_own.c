/* SPDX-License-Identifier: Apache-2.0 */
#include "host/suite_own.h"

#include "host/json.h"
#include "host/scenario.h"
#include "host/table.h"

/* What a run of either kind hands its cases to, and what stopped that. */
struct own_run {
    const struct jam_suite_options *options;
    jam_suite_sink sink;
    void *user;
    struct pvm_buf name;
    struct pvm_err err;
};

static void own_run_init(struct own_run *run, const struct jam_suite_options *options,
                         jam_suite_sink sink, void *user)
{
    *run = (struct own_run){.options = options, .sink = sink, .user = user};
    run->name.alloc = options->vector.alloc;
}

/* Status is that of the replay itself; what the sink or our memory ended goes before it. */
static enum pvm_status own_run_end(struct own_run *run, enum pvm_status status, struct pvm_err *err)
{
    pvm_buf_deinit(&run->name);
    if (run->err.status == PVM_OK)
        return status;
    return pvm_fail(err, run->err.status, "%s", run->err.msg);
}

/* The case that run->name names. */
static void give(struct own_run *run, const struct jam_profile *profile, bool passed,
                 struct pvm_bytes why, const char *skipped)
{
    struct jam_vector_result result;
    if (run->err.status != PVM_OK)
        return;
    jam_vector_result_init(&result, run->options->vector.alloc);
    result.passed = passed;
    result.profile = profile;
    result.skipped = skipped;
    result.runs = 1;
    pvm_buf_add_bytes(&result.why, why);
    const char *name = pvm_buf_str(&run->name);
    if (pvm_buf_status(&result.why, &run->err) == PVM_OK &&
        pvm_buf_status(&run->name, &run->err) == PVM_OK) {
        enum pvm_status status = run->sink(run->user, name, &result, &run->err);
        run->err.status = status;
    }
    jam_vector_result_deinit(&result);
    run->name.len = 0;
}

/* ---- tables ---- */

static struct jam_json_doc *parsed(const struct jam_suite_file *file)
{
    struct jam_json_doc *doc = NULL;
    if (!jam_vector_is_text(file->octets) ||
        jam_json_parse(file->octets, file->path, NULL, &doc, NULL) != PVM_OK)
        return NULL;
    return doc;
}

bool jam_suite_is_table(const struct jam_suite_file *file)
{
    struct jam_json_doc *doc = parsed(file);
    if (doc == NULL)
        return false;
    bool is = jam_json_type(jam_json_get(jam_json_root(doc), "rows")) == JAM_JSON_ARRAY;
    jam_json_free(doc);
    return is;
}

static void on_case(void *user, const struct jam_table_case *made)
{
    struct own_run *run = user;
    bool left_out = made->verdict == JAM_TABLE_LEFT_OUT;
    pvm_buf_printf(&run->name, "%s, %s, row %zu: %s [%s]", made->profile->name,
                   jam_invocation_name(made->context), made->index + 1, made->name, made->call);
    give(run, made->profile, made->verdict != JAM_TABLE_FAILED,
         pvm_bytes(made->text, strlen(made->text)), left_out ? made->text : NULL);
}

enum pvm_status jam_suite_run_table(const struct jam_suite_file *file,
                                    const struct jam_suite_options *options, jam_suite_sink sink,
                                    void *user, struct pvm_err *err)
{
    struct own_run run;
    struct jam_table *table;
    const struct jam_table_options how = {.profile = options->vector.profile};
    PVM_TRY(jam_table_load_file(file->path, options->vector.alloc, &table, err));
    own_run_init(&run, options, sink, user);
    enum pvm_status status = jam_table_run(table, &how, on_case, &run, err);
    jam_table_free(table);
    return own_run_end(&run, status, err);
}

/* ---- scenarios ---- */

bool jam_suite_is_scenario(const struct jam_suite_file *file)
{
    struct jam_json_doc *doc = parsed(file);
    if (doc == NULL)
        return false;
    struct jam_json root = jam_json_root(doc);
    bool is =
        jam_json_type(jam_json_get(root, "rounds")) == JAM_JSON_ARRAY &&
        (jam_json_has(jam_json_get(root, "name")) || jam_json_has(jam_json_get(root, "gp")) ||
         jam_json_has(jam_json_get(root, "params")) || jam_json_has(jam_json_get(root, "state")));
    jam_json_free(doc);
    return is;
}

static void on_round(void *user, const struct jam_scenario_round *round)
{
    struct own_run *run = user;
    pvm_buf_printf(&run->name, "round %zu%s%s", round->index, round->name[0] != '\0' ? ": " : "",
                   round->name);
    give(run, round->profile, round->failure_count == 0, round->failures, NULL);
}

enum pvm_status jam_suite_run_scenario(const struct jam_suite_file *file,
                                       const struct jam_suite_options *options, jam_suite_sink sink,
                                       void *user, struct pvm_err *err)
{
    struct own_run run;
    struct jam_scenario_out out;
    struct pvm_buf folder = {.alloc = options->vector.alloc};
    const char *slash = strrchr(file->path, '/');
    if (slash != NULL)
        pvm_buf_add(&folder, file->path, (size_t)(slash - file->path) + 1);
    else
        pvm_buf_text(&folder, ".");
    own_run_init(&run, options, sink, user);
    const struct jam_scenario_options how = {
        .profile = options->vector.profile,
        .folder = pvm_buf_str(&folder),
        .limits = options->vector.limits,
        .alloc = options->vector.alloc,
        .round = on_round,
        .user = &run,
    };
    enum pvm_status status = pvm_buf_status(&folder, err);
    if (status == PVM_OK) {
        status = jam_scenario_run(file->octets, file->path, &how, &out, err);
        if (status == PVM_OK) {
            pvm_buf_text(&run.name, "end");
            give(&run, out.file->profile, out.final_failure_count == 0,
                 pvm_buf_bytes(&out.failures), NULL);
        }
        jam_scenario_out_deinit(&out);
    }
    pvm_buf_deinit(&folder);
    return own_run_end(&run, status, err);
}
