/* SPDX-License-Identifier: Apache-2.0 */
/* The flame graph: who called whom, and what that cost. */
#include "cmd/flame.h"
#include "cmd/picture_page.h"

enum { NODES = 1000, TABLE = 20, NAME = 200 /* octets of page */, CALLERS = 12, CALLER = 60 };

struct node {
    const char *name;
    uint64_t parent, kind, gas, own, instructions;
};

/* Where a node is drawn; [0] stands for all of the run. */
struct place {
    double left, width, used; /* in percent; used: by what it calls, so far */
    unsigned depth;
};

struct stacks {
    struct node nodes[NODES];
    struct place places[NODES + 1];
    unsigned count, depth;
};

static enum pvm_status read_node(struct jam_json json, unsigned number, struct node *out,
                                 struct pvm_err *err)
{
    static const struct jam_json_field fields[] = {
        JAM_JSON_NEEDED(struct node, name), JAM_JSON_NEEDED(struct node, parent),
        JAM_JSON_NEEDED(struct node, kind), JAM_JSON_NEEDED(struct node, gas),
        JAM_JSON_NEEDED(struct node, own),  JAM_JSON_NEEDED(struct node, instructions),
    };
    PVM_TRY(jam_json_fields(json, fields, JAM_JSON_COUNT(fields), out, err));
    if (out->parent > number)
        return jam_json_fail(jam_json_get(json, "parent"), err,
                             "expected the number of a node in front, from 1, or 0");
    return PVM_OK;
}

static void put(struct stacks *stacks, unsigned number, uint64_t total)
{
    const struct node *node = &stacks->nodes[number];
    struct place *parent = &stacks->places[node->parent];
    struct place *place = &stacks->places[number + 1];
    double width = total != 0 ? 100.0 * (double)node->gas / (double)total : 0;
    double room = parent->width - parent->used;
    width = width < room ? width : room;
    *place =
        (struct place){parent->left + parent->used, width > 0 ? width : 0, 0, parent->depth + 1};
    parent->used += place->width;
    stacks->depth = place->depth > stacks->depth ? place->depth : stacks->depth;
}

static enum pvm_status read_all(const struct cmd_picture *run, struct stacks *stacks,
                                struct pvm_err *err)
{
    stacks->places[0] = (struct place){0, 100, 0, 0};
    if (jam_json_count(run->flame) > NODES)
        return jam_json_fail(run->flame, err, "expected at most %d nodes", NODES);
    for (struct jam_json json = jam_json_first(run->flame); jam_json_has(json);
         json = jam_json_next(json)) {
        PVM_TRY(read_node(json, stacks->count, &stacks->nodes[stacks->count], err));
        put(stacks, stacks->count, run->flame_total);
        stacks->count++;
    }
    return PVM_OK;
}

/* A part of the graph, whose focus the keyboard moves (cmd/picture.js). */
static void frame(const struct place *place, uint64_t parent, unsigned look, const char *name,
                  const char *title, struct pvm_buf *out)
{
    pvm_buf_printf(out,
                   "<button role=\"treeitem\" aria-level=\"%u\" tabindex=\"%d\" class=\"c%u\" "
                   "data-p=\"%llu\" style=\"--x:%.3f;--w:%.3f;--y:%u\" title=\"",
                   place->depth + 1, place->depth == 0 ? 0 : -1, look, (unsigned long long)parent,
                   place->left, place->width, place->depth);
    cmd_html_most(out, title, 2 * NAME);
    pvm_buf_text(out, "\">");
    cmd_html_most(out, name, NAME);
    pvm_buf_text(out, "</button>\n");
}

static void graph(const struct stacks *stacks, uint64_t total, struct pvm_buf *out)
{
    struct pvm_buf title = {0};
    pvm_buf_text(out, "<figure><figcaption>Gas by call path: what is called stands below its "
                      "caller. Click or press Enter to enlarge a path, Escape to see all, arrow "
                      "keys to move.</figcaption>\n");
    pvm_buf_printf(
        out,
        "<div class=\"tall\"><div class=\"flame\" role=\"tree\" aria-label=\"Gas by call path\" "
        "style=\"--deep:%u\">\n",
        stacks->depth + 1);
    cmd_html_number(&title, total);
    pvm_buf_text(&title, " gas");
    frame(&stacks->places[0], 0, 0, "all", pvm_buf_str(&title), out);
    for (unsigned i = 0; i < stacks->count; i++) {
        const struct node *node = &stacks->nodes[i];
        title.len = 0;
        pvm_buf_printf(&title, "%.120s: ", node->name);
        cmd_html_number(&title, node->gas);
        pvm_buf_text(&title, " gas, ");
        cmd_html_percent(&title, node->gas, total);
        pvm_buf_text(&title, " %, of that itself ");
        cmd_html_number(&title, node->own);
        frame(&stacks->places[i + 1], node->parent, (unsigned)(node->kind % 4), node->name,
              pvm_buf_str(&title), out);
    }
    pvm_buf_text(out, "</div></div><p class=\"status\" role=\"status\"></p></figure>\n");
    if (stacks->depth > CMD_FLAME_DEPTH)
        pvm_buf_printf(out,
                       "<p class=\"more\">What is called more than %d levels deep counts for the "
                       "deepest frame.</p>\n",
                       CMD_FLAME_DEPTH);
    out->failed = out->failed || title.failed;
    pvm_buf_deinit(&title);
}

/* "main > round" for what leaf was called from, the nearest callers if there is no room for all. */
static void callers(const struct stacks *stacks, const struct node *leaf, struct pvm_buf *out)
{
    const struct node *path[CALLERS];
    unsigned count = 0;
    uint64_t at = leaf->parent;
    for (; at != 0 && count < CALLERS; at = stacks->nodes[at - 1].parent)
        path[count++] = &stacks->nodes[at - 1];
    pvm_buf_text(out, "<td><code>");
    if (at != 0)
        pvm_buf_text(out, "\xe2\x80\xa6 &gt; ");
    while (count-- > 0) {
        cmd_html_most(out, path[count]->name, CALLER);
        pvm_buf_text(out, count != 0 ? " &gt; " : "");
    }
    pvm_buf_text(out, "</code></td>");
}

/* Those that took most themselves. */
static void table(const struct stacks *stacks, uint64_t total, struct pvm_buf *out)
{
    bool shown[NODES] = {false};
    cmd_html_table(out, "Paths by their own gas",
                   "name|called from|gas|% of all|with what it calls|instructions");
    for (unsigned row = 0; row < TABLE; row++) {
        unsigned best = stacks->count;
        for (unsigned i = 0; i < stacks->count; i++)
            if (!shown[i] && stacks->nodes[i].own != 0 &&
                (best == stacks->count || stacks->nodes[i].own > stacks->nodes[best].own))
                best = i;
        if (best == stacks->count)
            break;
        const struct node *node = &stacks->nodes[best];
        shown[best] = true;
        pvm_buf_text(out, "<tr>");
        cmd_html_cell(out, node->name);
        callers(stacks, node, out);
        cmd_html_cell_number(out, node->own);
        pvm_buf_text(out, "<td class=\"n\">");
        cmd_html_percent(out, node->own, total);
        pvm_buf_text(out, "</td>");
        cmd_html_cell_number(out, node->gas);
        cmd_html_cell_number(out, node->instructions);
        pvm_buf_text(out, "</tr>\n");
    }
    cmd_html_table_end(out);
}

enum pvm_status cmd_page_flame(const struct cmd_picture *run, struct pvm_buf *out,
                               struct pvm_err *err)
{
    struct stacks *stacks = pvm_alloc_zero(NULL, 1, sizeof *stacks);
    if (stacks == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a page");
    enum pvm_status status = read_all(run, stacks, err);
    if (status == PVM_OK) {
        graph(stacks, run->flame_total, out);
        table(stacks, run->flame_total, out);
    }
    pvm_alloc_free(NULL, stacks);
    return status;
}
