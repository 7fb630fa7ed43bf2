/* SPDX-License-Identifier: Apache-2.0 */
#include "host/map.h"

#include <assert.h>

/* Key and value; shared by all nodes that are copies of each other. */
struct entry {
    size_t refs, key_len, value_len;
    uint8_t octets[];
};

/* A node of an AVL tree. refs counts the maps and nodes that point at it; what more than one do is
 * not changed. A node below a shared one is shared too, whatever its own count. */
struct jam_map_node {
    size_t refs;
    struct jam_map_node *child[2];
    struct entry *entry;
    int height;
};

/* Enough for more nodes than any address space holds: an AVL tree of height 92 has over 2^63. */
enum { MAX_HEIGHT = 96 };

static struct pvm_bytes key_of(const struct jam_map_node *node)
{
    return pvm_bytes(node->entry->octets, node->entry->key_len);
}

static struct pvm_bytes value_of(const struct jam_map_node *node)
{
    const struct entry *entry = node->entry;
    return pvm_bytes(entry->octets + entry->key_len, entry->value_len);
}

static void entry_unref(const struct pvm_alloc *alloc, struct entry *entry)
{
    if (--entry->refs == 0)
        pvm_alloc_free(alloc, entry);
}

static void node_unref(const struct pvm_alloc *alloc, struct jam_map_node *node)
{
    if (node == NULL || --node->refs > 0)
        return;
    node_unref(alloc, node->child[0]);
    node_unref(alloc, node->child[1]);
    entry_unref(alloc, node->entry);
    pvm_alloc_free(alloc, node);
}

static int height_of(const struct jam_map_node *node)
{
    return node == NULL ? 0 : node->height;
}

static void measure(struct jam_map_node *node)
{
    int left = height_of(node->child[0]);
    int right = height_of(node->child[1]);
    node->height = 1 + (left > right ? left : right);
}

/* Lifts the child on the given side above node. */
static struct jam_map_node *rotate(struct jam_map_node *node, int side)
{
    struct jam_map_node *top = node->child[side];
    assert(top != NULL);
    node->child[side] = top->child[!side];
    top->child[!side] = node;
    measure(node);
    measure(top);
    return top;
}

/* How much taller the right side is. */
static int lean_of(const struct jam_map_node *node)
{
    return height_of(node->child[1]) - height_of(node->child[0]);
}

static struct jam_map_node *balance(struct jam_map_node *node)
{
    int lean = lean_of(node);
    if (lean >= -1 && lean <= 1) {
        measure(node);
        return node;
    }
    int side = lean > 0;
    struct jam_map_node *child = node->child[side];
    assert(child != NULL);
    if (height_of(child->child[!side]) > height_of(child->child[side]))
        node->child[side] = rotate(child, !side);
    return rotate(node, side);
}

/* Makes the node at a link, inside a node that is not shared, fit for changes. What the map holds
 * stays the same. */
static bool own(const struct pvm_alloc *alloc, struct jam_map_node **link)
{
    struct jam_map_node *node = *link;
    assert(node != NULL);
    if (node->refs == 1)
        return true;
    struct jam_map_node *copy = pvm_alloc_get(alloc, sizeof *copy);
    if (copy == NULL)
        return false;
    *copy = *node;
    copy->refs = 1;
    copy->entry->refs++;
    for (int i = 0; i < 2; i++)
        if (copy->child[i] != NULL)
            copy->child[i]->refs++;
    node->refs--;
    *link = copy;
    return true;
}

/* The links from the root to a key. path[0] is the root's link; *path[depth] is the key's node or
 * the empty place for it. */
struct path {
    struct jam_map_node **links[MAX_HEIGHT];
    int depth;
    bool found, failed; /* failed: our memory ended, nothing has changed */
};

/* Finds a key and owns the nodes on the way. */
static void descend(struct jam_map *map, struct pvm_bytes key, struct path *path)
{
    path->depth = 0;
    path->found = false;
    path->failed = false;
    path->links[0] = &map->root;
    while (*path->links[path->depth] != NULL) {
        if (!own(map->alloc, path->links[path->depth])) {
            path->failed = true;
            return;
        }
        struct jam_map_node *node = *path->links[path->depth];
        int order = pvm_bytes_compare(key, key_of(node));
        if (order == 0) {
            path->found = true;
            return;
        }
        path->links[++path->depth] = &node->child[order > 0];
    }
}

static void rebalance(struct path *path, int from)
{
    for (int i = from; i >= 0; i--)
        if (*path->links[i] != NULL)
            *path->links[i] = balance(*path->links[i]);
}

void jam_map_init(struct jam_map *map, const struct pvm_alloc *alloc)
{
    *map = (struct jam_map){.alloc = alloc};
}

void jam_map_deinit(struct jam_map *map)
{
    node_unref(map->alloc, map->root);
    map->root = NULL;
    map->count = 0;
    map->octets = 0;
}

void jam_map_copy(struct jam_map *copy, const struct jam_map *map)
{
    *copy = *map;
    if (copy->root != NULL)
        copy->root->refs++;
}

static const struct jam_map_node *find(const struct jam_map *map, struct pvm_bytes key)
{
    const struct jam_map_node *node = map->root;
    while (node != NULL) {
        int order = pvm_bytes_compare(key, key_of(node));
        if (order == 0)
            break;
        node = node->child[order > 0];
    }
    return node;
}

bool jam_map_get(const struct jam_map *map, struct pvm_bytes key, struct pvm_bytes *value)
{
    const struct jam_map_node *node = find(map, key);
    if (node == NULL)
        return false;
    *value = value_of(node);
    return true;
}

static struct entry *entry_new(const struct pvm_alloc *alloc, struct pvm_bytes key,
                               struct pvm_bytes value)
{
    struct entry *entry;
    if (key.len > SIZE_MAX - sizeof *entry || value.len > SIZE_MAX - sizeof *entry - key.len)
        return NULL;
    entry = pvm_alloc_get(alloc, sizeof *entry + key.len + value.len);
    if (entry == NULL)
        return NULL;
    *entry = (struct entry){.refs = 1, .key_len = key.len, .value_len = value.len};
    if (key.len > 0)
        memcpy(entry->octets, key.ptr, key.len);
    if (value.len > 0)
        memcpy(entry->octets + key.len, value.ptr, value.len);
    return entry;
}

/* Puts entry in the place that path leads to; false: our memory ended. */
static bool place(struct jam_map *map, struct path *path, struct entry *entry)
{
    struct jam_map_node **link = path->links[path->depth];
    if (path->found) {
        map->octets -= value_of(*link).len;
        entry_unref(map->alloc, (*link)->entry);
        (*link)->entry = entry;
        map->octets += entry->value_len;
        return true;
    }
    struct jam_map_node *node = pvm_alloc_get(map->alloc, sizeof *node);
    if (node == NULL)
        return false;
    *node = (struct jam_map_node){.refs = 1, .entry = entry, .height = 1};
    *link = node;
    map->count++;
    map->octets += entry->key_len + entry->value_len;
    rebalance(path, path->depth - 1);
    return true;
}

enum pvm_status jam_map_set(struct jam_map *map, struct pvm_bytes key, struct pvm_bytes value,
                            struct pvm_err *err)
{
    struct path path;
    struct entry *entry = entry_new(map->alloc, key, value);
    if (entry != NULL) {
        descend(map, key, &path);
        if (!path.failed && place(map, &path, entry))
            return PVM_OK;
        pvm_alloc_free(map->alloc, entry);
    }
    return pvm_fail(err, PVM_E_MEMORY, "no memory for a map entry of %zu octets", value.len);
}

/* Extends path from a node with two children to the next greater node. */
static bool descend_next(struct jam_map *map, struct path *path)
{
    struct jam_map_node *node = *path->links[path->depth];
    path->links[++path->depth] = &node->child[1];
    for (;;) {
        if (!own(map->alloc, path->links[path->depth]))
            return false;
        struct jam_map_node *down = *path->links[path->depth];
        if (down->child[0] == NULL)
            return true;
        path->links[++path->depth] = &down->child[0];
    }
}

/* Owns what rotations can touch when the end of path loses a node: where the other side of a node
 * is the taller one, its top, and the top's inner child when that is taller than the outer. */
static bool own_siblings(struct jam_map *map, const struct path *path)
{
    for (int i = 0; i < path->depth; i++) {
        struct jam_map_node *node = *path->links[i];
        int side = path->links[i + 1] == &node->child[0]; /* the other side */
        if (lean_of(node) != (side ? 1 : -1))
            continue;
        struct jam_map_node **link = &node->child[side];
        if (!own(map->alloc, link))
            return false;
        struct jam_map_node **inner = &(*link)->child[!side];
        if (height_of(*inner) > height_of((*link)->child[side]) && !own(map->alloc, inner))
            return false;
    }
    return true;
}

/* Takes the node at `at` out of path, whose end is that node or the next greater one. */
static void unlink_node(struct path *path, int at)
{
    struct jam_map_node *node = *path->links[at];
    if (path->depth == at) {
        *path->links[at] = node->child[node->child[0] == NULL];
    } else {
        struct jam_map_node *next = *path->links[path->depth];
        *path->links[path->depth] = next->child[1];
        next->child[0] = node->child[0];
        next->child[1] = node->child[1];
        next->height = node->height;
        *path->links[at] = next;
        /* The link below node was inside it, and is now inside next. */
        path->links[at + 1] = &next->child[1];
    }
    rebalance(path, path->depth);
}

enum pvm_status jam_map_remove(struct jam_map *map, struct pvm_bytes key, struct pvm_err *err)
{
    struct path path;
    if (find(map, key) == NULL)
        return PVM_OK;
    descend(map, key, &path);
    if (path.failed)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to part a map from its copy");
    int at = path.depth;
    struct jam_map_node *node = *path.links[at];
    assert(node != NULL);
    if ((node->child[0] != NULL && node->child[1] != NULL && !descend_next(map, &path)) ||
        !own_siblings(map, &path))
        return pvm_fail(err, PVM_E_MEMORY, "no memory to part a map from its copy");
    unlink_node(&path, at);
    map->count--;
    map->octets -= node->entry->key_len + node->entry->value_len;
    entry_unref(map->alloc, node->entry);
    pvm_alloc_free(map->alloc, node);
    return PVM_OK;
}

static bool give(const struct jam_map_node *node, struct jam_map_entry *out)
{
    if (node == NULL)
        return false;
    *out = (struct jam_map_entry){key_of(node), value_of(node)};
    return true;
}

bool jam_map_first(const struct jam_map *map, struct jam_map_entry *out)
{
    const struct jam_map_node *node = map->root;
    while (node != NULL && node->child[0] != NULL)
        node = node->child[0];
    return give(node, out);
}

bool jam_map_after(const struct jam_map *map, struct pvm_bytes key, struct jam_map_entry *out)
{
    const struct jam_map_node *best = NULL;
    const struct jam_map_node *node = map->root;
    while (node != NULL) {
        if (pvm_bytes_compare(key, key_of(node)) < 0) {
            best = node;
            node = node->child[0];
        } else {
            node = node->child[1];
        }
    }
    return give(best, out);
}
