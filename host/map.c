/* SPDX-License-Identifier: Apache-2.0 */
#include "host/map.h"

#include <assert.h>

/* An AVL tree; key and value stand behind the node in one allocation. */
struct jam_map_node {
    struct jam_map_node *child[2];
    size_t key_len, value_len;
    int height;
    uint8_t octets[];
};

/* Enough for more nodes than any address space holds: an AVL tree of height 92 has over 2^63. */
enum { MAX_HEIGHT = 96 };

static struct pvm_bytes key_of(const struct jam_map_node *node)
{
    return pvm_bytes(node->octets, node->key_len);
}

static struct pvm_bytes value_of(const struct jam_map_node *node)
{
    return pvm_bytes(node->octets + node->key_len, node->value_len);
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

static struct jam_map_node *balance(struct jam_map_node *node)
{
    int lean = height_of(node->child[1]) - height_of(node->child[0]);
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

/* The links from the root to a key. path[0] is the root's link; *path[depth] is the key's node or
 * the empty place for it. */
struct path {
    struct jam_map_node **links[MAX_HEIGHT];
    int depth;
};

static bool find(struct jam_map *map, struct pvm_bytes key, struct path *path)
{
    path->depth = 0;
    path->links[0] = &map->root;
    while (*path->links[path->depth] != NULL) {
        struct jam_map_node *node = *path->links[path->depth];
        int order = pvm_bytes_compare(key, key_of(node));
        if (order == 0)
            return true;
        path->links[++path->depth] = &node->child[order > 0];
    }
    return false;
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
    /* Unlinks leaf by leaf along the left spine, by rotation, without a stack. */
    struct jam_map_node *node = map->root;
    while (node != NULL) {
        struct jam_map_node *left = node->child[0];
        if (left != NULL) {
            node->child[0] = left->child[1];
            left->child[1] = node;
            node = left;
        } else {
            struct jam_map_node *right = node->child[1];
            pvm_alloc_free(map->alloc, node);
            node = right;
        }
    }
    map->root = NULL;
    map->count = 0;
}

bool jam_map_get(const struct jam_map *map, struct pvm_bytes key, struct pvm_bytes *value)
{
    const struct jam_map_node *node = map->root;
    while (node != NULL) {
        int order = pvm_bytes_compare(key, key_of(node));
        if (order == 0) {
            *value = value_of(node);
            return true;
        }
        node = node->child[order > 0];
    }
    return false;
}

enum pvm_status jam_map_set(struct jam_map *map, struct pvm_bytes key, struct pvm_bytes value,
                            struct pvm_err *err)
{
    struct jam_map_node *node = NULL;
    if (key.len <= SIZE_MAX - sizeof *node && value.len <= SIZE_MAX - sizeof *node - key.len)
        node = pvm_alloc_get(map->alloc, sizeof *node + key.len + value.len);
    if (node == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a map entry of %zu octets", value.len);
    *node = (struct jam_map_node){.key_len = key.len, .value_len = value.len, .height = 1};
    if (key.len > 0)
        memcpy(node->octets, key.ptr, key.len);
    if (value.len > 0)
        memcpy(node->octets + key.len, value.ptr, value.len);

    struct path path;
    if (find(map, key, &path)) {
        struct jam_map_node *old = *path.links[path.depth];
        node->child[0] = old->child[0];
        node->child[1] = old->child[1];
        node->height = old->height;
        *path.links[path.depth] = node;
        pvm_alloc_free(map->alloc, old);
        return PVM_OK;
    }
    *path.links[path.depth] = node;
    map->count++;
    rebalance(&path, path.depth - 1);
    return PVM_OK;
}

bool jam_map_remove(struct jam_map *map, struct pvm_bytes key)
{
    struct path path;
    if (!find(map, key, &path))
        return false;
    int at = path.depth;
    struct jam_map_node *node = *path.links[at];
    if (node->child[0] == NULL || node->child[1] == NULL) {
        *path.links[at] = node->child[node->child[0] == NULL];
        rebalance(&path, at);
    } else {
        /* The next greater node takes its place. */
        path.links[++path.depth] = &node->child[1];
        while ((*path.links[path.depth])->child[0] != NULL) {
            struct jam_map_node *down = *path.links[path.depth];
            path.links[++path.depth] = &down->child[0];
        }
        struct jam_map_node *next = *path.links[path.depth];
        *path.links[path.depth] = next->child[1];
        next->child[0] = node->child[0];
        next->child[1] = node->child[1];
        next->height = node->height;
        *path.links[at] = next;
        /* The link below node was inside it, and is now inside next. */
        path.links[at + 1] = &next->child[1];
        rebalance(&path, path.depth);
    }
    pvm_alloc_free(map->alloc, node);
    map->count--;
    return true;
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
