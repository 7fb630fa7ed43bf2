/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the rows of a table under the versions and in the invocations they are of, both ways. */
#include "host/accumulate_rules.h"
#include "host/table_parts.h"

enum { GUEST_REST = 10000 };

struct runner {
    const struct jam_table *table;
    unsigned ways;
    jam_table_case_fn each;
    void *user;
    struct pvm_buf text;
};

typedef enum pvm_status (*make_fn)(const struct jam_table_setup *setup, uint64_t gas,
                                   struct jam_table_seen *out, struct pvm_err *err);
typedef void (*compare_fn)(const struct jam_table_setup *setup, const struct jam_table_want *want,
                           const struct jam_table_seen *seen, const char *prefix,
                           struct pvm_buf *out);

/* Makes the calls in one way with so much gas. What stops us (memory, a limit) is the row's failure
 * as well. */
static enum pvm_status make(const struct jam_table_setup *setup, const struct jam_table_want *want,
                            make_fn how, uint64_t gas, compare_fn compare, const char *prefix,
                            struct pvm_buf *out, struct pvm_err *err)
{
    struct jam_table_seen seen;
    struct pvm_err inner = {.status = PVM_OK};
    jam_table_seen_init(&seen, setup->view->table->alloc);
    enum pvm_status status = how(setup, gas, &seen, &inner);
    if (status == PVM_OK)
        compare(setup, want, &seen, prefix, out);
    else if (status == PVM_E_MEMORY || status == PVM_E_MALFORMED)
        pvm_fail(err, status, "%s", inner.msg);
    else
        pvm_buf_printf(out, "%s%s\n", prefix, inner.msg);
    jam_table_seen_deinit(&seen);
    return status == PVM_E_MEMORY || status == PVM_E_MALFORMED ? status : PVM_OK;
}

/* A row is also made with exactly the gas it takes, and with one unit less. */
static enum pvm_status straight(const struct jam_table_setup *setup,
                                const struct jam_table_want *want, struct pvm_buf *out,
                                struct pvm_err *err)
{
    make_fn how = jam_table_direct;
    PVM_TRY(make(setup, want, how, setup->gas, jam_table_compare, "direct: ", out, err));
    if (want->exit == PVM_EXIT_OOG || want->needs == 0)
        return PVM_OK;
    PVM_TRY(make(setup, want, how, want->needs, jam_table_compare,
                 "direct, exactly enough gas: ", out, err));
    return make(setup, want, how, want->needs - 1, jam_table_compare_short,
                "direct, one unit of gas short: ", out, err);
}

/* A guest has to go on behind its call, which takes gas of its own. */
static enum pvm_status by_guest(const struct jam_table_setup *setup,
                                const struct jam_table_want *want, struct pvm_buf *out,
                                struct pvm_err *err)
{
    make_fn how = jam_table_by_guest;
    bool short_of_gas = want->exit == PVM_EXIT_OOG;
    uint64_t gas = setup->gas;
    if (!short_of_gas && gas - want->needs < GUEST_REST)
        gas = want->needs + GUEST_REST;
    PVM_TRY(make(setup, want, how, gas, jam_table_compare, "guest: ", out, err));
    PVM_TRY(make(setup, want, jam_table_by_parts, gas, jam_table_compare, "guest, in parts: ", out,
                 err));
    if (short_of_gas || want->needs == 0)
        return PVM_OK;
    return make(setup, want, how, want->needs - 1, jam_table_compare_short,
                "guest, one unit of gas short: ", out, err);
}

static enum pvm_status both_ways(const struct runner *runner, const struct jam_table_setup *setup,
                                 struct pvm_buf *out, struct pvm_err *err)
{
    struct jam_table_want want;
    enum pvm_status status = jam_table_want_init(setup, &want, err);
    if (status == PVM_OK && want.exit != PVM_EXIT_OOG && want.needs > setup->gas)
        status = jam_json_fail(setup->view->json, err, "the row's gas does not pay for its call");
    if (status == PVM_OK && (runner->ways & JAM_TABLE_DIRECT) != 0)
        status = straight(setup, &want, out, err);
    if (status == PVM_OK && (runner->ways & JAM_TABLE_GUEST) != 0)
        status = by_guest(setup, &want, out, err);
    jam_table_want_deinit(&want);
    return status;
}

static void report(struct runner *runner, const struct jam_table_view *view,
                   enum jam_invocation context, const char *call)
{
    struct jam_table_case made = {.index = view->index,
                                  .name = view->row.name,
                                  .call = call,
                                  .context = context,
                                  .profile = view->profile,
                                  .verdict = JAM_TABLE_PASSED,
                                  .text = pvm_buf_str(&runner->text)};
    if (view->left_out != NULL) {
        made.verdict = JAM_TABLE_LEFT_OUT;
        made.text = view->left_out;
    } else if (runner->text.len > 0) {
        made.verdict = JAM_TABLE_FAILED;
    }
    runner->each(runner->user, &made);
}

static const char *call_name(const struct jam_table_view *view)
{
    const char *name = NULL;
    struct jam_json json = JAM_TABLE_GET(view, call);
    if (jam_json_type(json) != JAM_JSON_STRING || jam_json_text(json, &name, NULL) != PVM_OK)
        return "unknown";
    return jam_call_by_name(name, strlen(name)) != JAM_CALL_COUNT ? name : "unknown";
}

static enum pvm_status run_in(struct runner *runner, const struct jam_table_view *view,
                              enum jam_invocation context, struct pvm_err *err)
{
    struct jam_table_setup setup;
    enum pvm_status status = PVM_OK;
    runner->text.len = 0;
    if (context == JAM_ON_TRANSFER && jam_accumulate_rules_of(view->profile)->transfer_inputs)
        return PVM_OK;
    if (view->left_out == NULL) {
        status = jam_table_setup_init(view, context, &setup, err);
        if (status == PVM_OK)
            status = both_ways(runner, &setup, &runner->text, err);
        jam_table_setup_deinit(&setup);
    }
    if (status == PVM_OK)
        status = pvm_buf_status(&runner->text, err);
    if (status == PVM_OK)
        report(runner, view, context, call_name(view));
    return status;
}

static enum pvm_status run_row(struct runner *runner, struct jam_table_view *view,
                               struct jam_json row, size_t index, unsigned version,
                               struct pvm_err *err)
{
    unsigned contexts = 0;
    bool has = false;
    PVM_TRY(jam_table_view(runner->table, row, index, version, view, err));
    PVM_TRY(jam_table_row_has(runner->table, &view->row, version, &has, err));
    if (!has)
        return PVM_OK;
    PVM_TRY(jam_table_contexts(view, &contexts, err));
    for (unsigned i = 0; i < JAM_INVOCATION_COUNT; i++)
        if ((contexts & 1u << i) != 0)
            PVM_TRY(run_in(runner, view, (enum jam_invocation)i, err));
    return PVM_OK;
}

enum pvm_status jam_table_run(const struct jam_table *table,
                              const struct jam_table_options *options, jam_table_case_fn each,
                              void *user, struct pvm_err *err)
{
    unsigned ways = options->ways != 0 ? options->ways : JAM_TABLE_DIRECT | JAM_TABLE_GUEST;
    struct runner runner = {table, ways, each, user, {.alloc = table->alloc}};
    struct jam_table_view *view = pvm_alloc_zero(table->alloc, 1, sizeof *view);
    enum pvm_status status = PVM_OK;
    size_t index = 0;
    if (view == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a row");
    for (struct jam_json it = jam_json_first(table->head.rows);
         status == PVM_OK && jam_json_has(it); it = jam_json_next(it), index++)
        for (unsigned version = 0; status == PVM_OK && jam_profile_at(version) != NULL; version++)
            if (options->profile == NULL || options->profile == jam_profile_at(version))
                status = run_row(&runner, view, it, index, version, err);
    pvm_buf_deinit(&runner.text);
    pvm_alloc_free(table->alloc, view);
    return status;
}
