/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/privileges_out.h"

#include "cmd/text.h"
#include "host/accumulate_rules.h"

#include <inttypes.h>
#include <stdio.h>

enum { SHOWN = 16 };

/* One part, as text; in_effect: what the run wrote is what the state has now. */
struct part {
    const char *call, *name;
    struct pvm_buf from, to;
    bool in_effect;
};

/* Goes through the parts written that are not as they were. */
struct walk {
    const struct cmd_privileges *written;
    void (*take)(struct walk *walk, const struct part *part);
    const struct cmd *cmd;
    struct pvm_buf *out;
    struct jam_out *json;
    size_t count;
};

static void give(struct walk *walk, struct part *part)
{
    if (!pvm_bytes_equal(pvm_buf_bytes(&part->from), pvm_buf_bytes(&part->to)))
        walk->take(walk, part);
    pvm_buf_deinit(&part->from);
    pvm_buf_deinit(&part->to);
}

static void number(struct walk *walk, const char *call, const char *name, uint32_t from,
                   uint32_t to, uint32_t now)
{
    struct part part = {.call = call, .name = name, .in_effect = to == now};
    pvm_buf_printf(&part.from, "%" PRIu32, from);
    pvm_buf_printf(&part.to, "%" PRIu32, to);
    give(walk, &part);
}

static void always_text(const struct jam_privileges *privileges, struct pvm_buf *out)
{
    struct jam_always always;
    bool any = false;
    for (uint64_t from = 0; jam_always_from(privileges, from, &always);
         from = (uint64_t)always.service + 1) {
        pvm_buf_printf(out, "%s%" PRIu32 " with %" PRIu64 " gas", any ? ", " : "", always.service,
                       always.gas);
        any = true;
    }
    if (!any)
        pvm_buf_text(out, "nobody");
}

static void always(struct walk *walk)
{
    const struct cmd_privileges *written = walk->written;
    struct part part = {.call = "bless", .name = "always accumulate"};
    struct pvm_buf now = {0};
    always_text(&written->before->privileges, &part.from);
    always_text(written->effects->privileges, &part.to);
    always_text(&written->after->privileges, &now);
    part.in_effect = pvm_bytes_equal(pvm_buf_bytes(&part.to), pvm_buf_bytes(&now));
    pvm_buf_deinit(&now);
    give(walk, &part);
}

static void assigners(struct walk *walk, const char *call)
{
    const struct cmd_privileges *written = walk->written;
    const struct jam_privileges *to = written->effects->privileges;
    size_t count = to->assigners != NULL ? to->assigners->count : 0;
    for (size_t core = 0; core < count; core++) {
        char name[40];
        (void)snprintf(name, sizeof name, count == 1 ? "assigner" : "assigner of core %zu", core);
        number(walk, call, name, jam_assigner_get(&written->before->privileges, core),
               jam_assigner_get(to, core), jam_assigner_get(&written->after->privileges, core));
    }
}

static void hashes_text(struct pvm_bytes hashes, struct pvm_buf *out)
{
    if (hashes.len < JAM_HASH_SIZE) {
        pvm_buf_text(out, "none");
        return;
    }
    pvm_buf_text(out, "0x");
    pvm_buf_hex(out, pvm_bytes(hashes.ptr, JAM_HASH_SIZE));
    pvm_buf_printf(out, ", ... (%zu)", hashes.len / JAM_HASH_SIZE);
}

static void queues(struct walk *walk)
{
    const struct cmd_privileges *written = walk->written;
    struct jam_map_entry entry;
    for (bool more = jam_map_first(written->effects->auth_queues, &entry); more;
         more = jam_map_after(written->effects->auth_queues, entry.key, &entry)) {
        size_t core = (size_t)entry.key.ptr[0] << 8 | entry.key.ptr[1];
        struct pvm_bytes from = jam_core_get(&written->before->auth_queues, core);
        struct pvm_bytes now = jam_core_get(&written->after->auth_queues, core);
        char name[40];
        (void)snprintf(name, sizeof name, "queue of core %zu", core);
        struct part part = {
            .call = "assign", .name = name, .in_effect = pvm_bytes_equal(entry.value, now)};
        if (pvm_bytes_equal(from, entry.value))
            continue;
        hashes_text(from, &part.from);
        hashes_text(entry.value, &part.to);
        if (pvm_bytes_equal(pvm_buf_bytes(&part.from), pvm_buf_bytes(&part.to)))
            pvm_buf_text(&part.to, ", others");
        give(walk, &part);
    }
}

static void staging(struct walk *walk)
{
    const struct cmd_privileges *written = walk->written;
    struct pvm_bytes from = jam_blob_bytes(written->before->staging);
    struct pvm_bytes to = jam_blob_bytes(written->effects->staging);
    struct part part = {.call = "designate", .name = "staging set"};
    part.in_effect = pvm_bytes_equal(to, jam_blob_bytes(written->after->staging));
    if (pvm_bytes_equal(from, to))
        return;
    pvm_buf_printf(&part.from, "%zu validators", from.len / JAM_VALIDATOR_SIZE);
    pvm_buf_printf(&part.to, "%zu others", to.len / JAM_VALIDATOR_SIZE);
    give(walk, &part);
}

static void go(struct walk *walk)
{
    const struct cmd_privileges *written = walk->written;
    const struct jam_effects *effects = written->effects;
    const struct jam_privileges *from = &written->before->privileges;
    const struct jam_privileges *to = effects->privileges;
    const struct jam_privileges *now = &written->after->privileges;
    if ((effects->wrote & JAM_WROTE_PRIVILEGES) != 0) {
        number(walk, "bless", "manager", from->manager, to->manager, now->manager);
        number(walk, "bless", "delegator", from->delegator, to->delegator, now->delegator);
        if (jam_accumulate_rules_of(written->profile)->bless.registrar != 0)
            number(walk, "bless", "registrar", from->registrar, to->registrar, now->registrar);
        always(walk);
    }
    if ((effects->wrote & (JAM_WROTE_PRIVILEGES | JAM_WROTE_ASSIGNERS)) != 0)
        assigners(walk, (effects->wrote & JAM_WROTE_PRIVILEGES) != 0 ? "bless" : "assign");
    if ((effects->wrote & JAM_WROTE_QUEUES) != 0)
        queues(walk);
    if ((effects->wrote & JAM_WROTE_STAGING) != 0)
        staging(walk);
}

static void take_text(struct walk *walk, const struct part *part)
{
    if (walk->count++ >= SHOWN)
        return;
    pvm_buf_printf(walk->out, "  %-9s %s ", part->call, part->name);
    pvm_buf_add_bytes(walk->out, pvm_buf_bytes(&part->from));
    pvm_buf_text(walk->out, " -> ");
    pvm_buf_add_bytes(walk->out, pvm_buf_bytes(&part->to));
    if (part->in_effect)
        pvm_buf_text(walk->out, ": in effect\n");
    else
        pvm_buf_printf(walk->out,
                       ": %sreturned OK but discarded%s, service %" PRIu32
                       " does not hold the privilege\n",
                       cmd_style(walk->cmd, CMD_YELLOW), cmd_style(walk->cmd, CMD_PLAIN),
                       walk->written->service);
}

void cmd_privileges_text(const struct cmd *cmd, const struct cmd_privileges *written,
                         struct pvm_buf *out)
{
    struct walk walk = {.written = written, .take = take_text, .cmd = cmd, .out = out};
    if (written->effects->wrote == 0)
        return;
    cmd_heading(cmd, "privileges written", out);
    go(&walk);
    if (walk.count == 0)
        pvm_buf_text(out, "  as they were\n");
    if (walk.count > SHOWN)
        pvm_buf_printf(out, "  and %zu more\n", walk.count - SHOWN);
}

static void take_json(struct walk *walk, const struct part *part)
{
    jam_out_object(walk->json, NULL);
    jam_out_text(walk->json, "call", part->call);
    jam_out_text(walk->json, "what", part->name);
    jam_out_string(walk->json, "from", pvm_buf_bytes(&part->from));
    jam_out_string(walk->json, "to", pvm_buf_bytes(&part->to));
    jam_out_bool(walk->json, "in_effect", part->in_effect);
    jam_out_end_object(walk->json);
}

void cmd_privileges_json(const struct cmd_privileges *written, const char *key,
                         struct jam_out *json)
{
    struct walk walk = {.written = written, .take = take_json, .json = json};
    jam_out_array(json, key);
    go(&walk);
    jam_out_end_array(json);
}
