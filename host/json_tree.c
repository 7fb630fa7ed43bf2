/* SPDX-License-Identifier: Apache-2.0 */
#include "host/json_tree.h"

#include "host/json_scan.h"

struct build {
    struct pvm_bytes text;
    size_t pos;
    cJSON *node;  /* the next free one */
    char *string; /* where the next string goes */
    unsigned depth;
    cJSON *open[JAM_JSON_DEPTH]; /* arrays and objects that are not finished */
    cJSON *last[JAM_JSON_DEPTH]; /* the last member of each so far, NULL: none */
};

static uint8_t here(const struct build *b)
{
    return b->text.ptr[b->pos];
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct build *b)
{
    while (b->pos < b->text.len && is_blank(here(b)))
        b->pos++;
}

/* Behind the string that starts at pos. */
static size_t string_end(struct pvm_bytes text, size_t pos)
{
    for (pos++; text.ptr[pos] != '"'; pos++)
        pos += text.ptr[pos] == '\\';
    return pos + 1;
}

/* ---- strings ---- */

static uint32_t unit(const struct build *b)
{
    uint32_t value = 0;
    for (size_t i = 2; i < 6; i++) {
        uint8_t c = b->text.ptr[b->pos + i];
        value = value * 16 + (c <= '9' ? c - (uint32_t)'0' : (c | 0x20) - (uint32_t)'a' + 10);
    }
    return value;
}

static void add(struct build *b, uint32_t octet)
{
    *b->string++ = (char)octet;
}

static void add_wide(struct build *b, uint32_t code)
{
    static const uint32_t heads[] = {0, 0xc0, 0xe0, 0xf0};
    unsigned more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    add(b, heads[more] | code >> (6 * more));
    while (more-- > 0)
        add(b, 0x80 | (code >> (6 * more) & 0x3f));
}

static void add_unit(struct build *b)
{
    uint32_t code = unit(b);
    b->pos += 6;
    if (code >= 0xd800 && code < 0xdc00) {
        code = 0x10000 + ((code - 0xd800) << 10) + (unit(b) - 0xdc00);
        b->pos += 6;
    }
    add_wide(b, code);
}

static void add_escape(struct build *b)
{
    static const char written[] = "bfnrt";
    static const char meant[] = "\b\f\n\r\t";
    uint8_t c = b->text.ptr[b->pos + 1];
    if (c == 'u') {
        add_unit(b);
        return;
    }
    const char *found = strchr(written, c);
    add(b, found != NULL ? (uint8_t)meant[found - written] : c);
    b->pos += 2;
}

/* The string at pos, which moves behind it. */
static char *take_string(struct build *b)
{
    char *start = b->string;
    b->pos++;
    while (here(b) != '"') {
        if (here(b) == '\\')
            add_escape(b);
        else
            add(b, b->text.ptr[b->pos++]);
    }
    b->pos++;
    add(b, 0);
    return start;
}

/* ---- values ---- */

/* A new node, with its key, among the members of what is open. */
static cJSON *take_node(struct build *b)
{
    cJSON *node = b->node++;
    if (b->depth == 0)
        return node;
    cJSON *parent = b->open[b->depth - 1];
    cJSON **last = &b->last[b->depth - 1];
    if (*last == NULL)
        parent->child = node;
    else
        (*last)->next = node;
    node->prev = *last;
    *last = node;
    if (parent->type == cJSON_Object) {
        node->string = take_string(b);
        skip_blanks(b);
        b->pos++; /* the colon */
        skip_blanks(b);
    }
    return node;
}

static void take_word(struct build *b, cJSON *node)
{
    node->type = here(b) == 't' ? cJSON_True : here(b) == 'f' ? cJSON_False : cJSON_NULL;
    b->pos += node->type == cJSON_False ? 5 : 4;
}

static void take_value(struct build *b, cJSON *node)
{
    uint8_t c = here(b);
    if (c == '{' || c == '[') {
        node->type = c == '{' ? cJSON_Object : cJSON_Array;
        b->open[b->depth] = node;
        b->last[b->depth++] = NULL;
        b->pos++;
    } else if (c == '"') {
        node->type = cJSON_String;
        node->valuestring = take_string(b);
    } else if (c == 't' || c == 'f' || c == 'n') {
        take_word(b, node);
    } else {
        node->type = cJSON_Number;
        node->valuedouble = (double)b->pos;
        (void)jam_json_next_number(b->text, &b->pos);
    }
}

static void build(struct build *b)
{
    do {
        skip_blanks(b);
        uint8_t c = here(b);
        if (c == '}' || c == ']') {
            b->depth--;
            b->pos++;
        } else if (c == ',') {
            b->pos++;
        } else {
            take_value(b, take_node(b));
        }
    } while (b->depth > 0);
}

/* A value stands at the start, behind a comma or as the first of an array or object; a string with
 * the 0 octet behind it is never longer than it is written. */
static void count(struct pvm_bytes text, size_t *values, size_t *octets)
{
    *values = 1;
    *octets = 0;
    for (size_t pos = 0; pos < text.len;) {
        uint8_t c = text.ptr[pos];
        size_t end = c == '"' ? string_end(text, pos) : pos + 1;
        if (c == '"')
            *octets += end - pos;
        *values += c == ',' || c == '[' || c == '{';
        pos = end;
    }
}

bool jam_json_tree_init(struct jam_json_tree *tree, struct pvm_bytes text,
                        const struct pvm_alloc *alloc)
{
    size_t values;
    size_t octets;
    count(text, &values, &octets);
    tree->alloc = alloc;
    tree->nodes = pvm_alloc_zero(alloc, values, sizeof *tree->nodes);
    tree->strings = pvm_alloc_get(alloc, octets);
    if (tree->nodes == NULL || tree->strings == NULL) {
        jam_json_tree_deinit(tree);
        return false;
    }
    struct build b = {.text = text, .node = tree->nodes, .string = tree->strings};
    build(&b);
    return true;
}

void jam_json_tree_deinit(struct jam_json_tree *tree)
{
    pvm_alloc_free(tree->alloc, tree->nodes);
    pvm_alloc_free(tree->alloc, tree->strings);
    tree->nodes = NULL;
    tree->strings = NULL;
}
