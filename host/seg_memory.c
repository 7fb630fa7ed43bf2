/* SPDX-License-Identifier: Apache-2.0 */
/* The digest tree of docs/segments.md: nodes made when they are needed, dropped when alike. */
#include "host/seg_memory.h"

#include "host/hash.h"

enum kind { OPAQUE, ALIKE, BRANCH, PAGE };

struct jam_seg_node {
    struct jam_hash digest; /* of the state before */
    uint8_t kind;
    uint8_t access;        /* ALIKE, PAGE */
    uint8_t access_before; /* the same when the segment began */
    bool touched;          /* it, or something below it */
    struct jam_seg_node *child[2];
    struct jam_seg_page *page;
};

/* Pages of all machines in a segment: 1 GiB, and half as much for times. */
enum { MOST_TOUCHED = 1 << 18 };

static const uint8_t zeros[PVM_PAGE_SIZE];

/* ---- digests ---- */

static bool is_zero(const uint8_t *octets)
{
    return memcmp(octets, zeros, PVM_PAGE_SIZE) == 0;
}

static struct jam_hash page_digest(uint8_t access, const uint8_t *octets)
{
    uint8_t head[2] = {'p', access};
    return jam_hash3(pvm_bytes(head, sizeof head), pvm_bytes(octets, PVM_PAGE_SIZE),
                     pvm_bytes_none());
}

static struct jam_hash branch_digest(const struct jam_hash *left, const struct jam_hash *right)
{
    return jam_hash3(pvm_bytes("b", 1), pvm_bytes(left->octets, JAM_HASH_SIZE),
                     pvm_bytes(right->octets, JAM_HASH_SIZE));
}

void jam_seg_alike_init(struct jam_seg_alike *alike)
{
    alike->touched = 0;
    alike->walked = alike->used = 0;
    alike->limit = UINT64_MAX;
    for (unsigned access = 0; access <= PVM_WRITE; access++) {
        alike->digest[0][access] = page_digest((uint8_t)access, zeros);
        for (unsigned level = 1; level <= JAM_SEG_LEVELS; level++) {
            const struct jam_hash *below = &alike->digest[level - 1][access];
            alike->digest[level][access] = branch_digest(below, below);
        }
    }
}

/* ---- nodes ---- */

/* size octets, zeroed; counted until give_back. NULL: our memory, or the limit, is at its end. */
static void *take(struct jam_seg_memory *memory, size_t size)
{
    struct jam_seg_alike *alike = memory->alike;
    void *room = NULL;
    if (alike->used > alike->limit || size > alike->limit - alike->used)
        memory->limited = true;
    else
        room = pvm_alloc_zero(memory->alloc, 1, size);
    if (room == NULL)
        memory->failed = true;
    else
        alike->used += size;
    return room;
}

static void give_back(const struct jam_seg_memory *memory, void *room, size_t size)
{
    if (room == NULL)
        return;
    memory->alike->used -= size;
    pvm_alloc_free(memory->alloc, room);
}

static struct jam_seg_node *new_node(struct jam_seg_memory *memory, enum kind kind)
{
    struct jam_seg_node *node = take(memory, sizeof *node);
    if (node != NULL)
        node->kind = (uint8_t)kind;
    return node;
}

static struct jam_seg_node *new_alike(struct jam_seg_memory *memory, unsigned level, uint8_t access)
{
    struct jam_seg_node *node = new_node(memory, ALIKE);
    if (node != NULL) {
        node->access = node->access_before = access;
        node->digest = memory->alike->digest[level][access];
    }
    return node;
}

static void free_page(const struct jam_seg_memory *memory, struct jam_seg_page *page)
{
    if (page == NULL)
        return;
    give_back(memory, page->before, PVM_PAGE_SIZE);
    give_back(memory, page, sizeof *page);
}

/* At most JAM_SEG_LEVELS deep. */
static void free_node(const struct jam_seg_memory *memory, struct jam_seg_node *node)
{
    if (node == NULL)
        return;
    free_node(memory, node->child[0]);
    free_node(memory, node->child[1]);
    free_page(memory, node->page);
    give_back(memory, node, sizeof *node);
}

static void forget_cache(struct jam_seg_memory *memory)
{
    memset(memory->cache, 0, sizeof memory->cache);
}

enum pvm_status jam_seg_memory_init(struct jam_seg_memory *memory,
                                    struct jam_seg_alike *alike,
                                    const struct pvm_alloc *alloc, struct pvm_err *err)
{
    *memory = (struct jam_seg_memory){.alloc = alloc, .alike = alike};
    memory->root = new_alike(memory, JAM_SEG_LEVELS, PVM_NO_ACCESS);
    if (memory->root == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a digest tree");
    return PVM_OK;
}

void jam_seg_memory_deinit(struct jam_seg_memory *memory)
{
    free_node(memory, memory->root);
    *memory = (struct jam_seg_memory){.alloc = memory->alloc, .alike = memory->alike};
}

/* Gives an ALIKE node children of its kind. */
static bool split(struct jam_seg_memory *memory, struct jam_seg_node *node, unsigned level)
{
    struct jam_seg_node *child[2];
    for (unsigned i = 0; i < 2; i++) {
        child[i] = new_alike(memory, level - 1, node->access_before);
        if (child[i] == NULL) {
            if (i == 1)
                free_node(memory, child[0]);
            return false;
        }
        child[i]->access = node->access;
        child[i]->touched = node->touched;
    }
    node->kind = BRANCH;
    node->child[0] = child[0];
    node->child[1] = child[1];
    return true;
}

/* Makes an ALIKE node of level 0 a PAGE. */
static bool materialise(struct jam_seg_memory *memory, struct jam_seg_node *node)
{
    node->page = take(memory, sizeof *node->page);
    if (node->page == NULL)
        return false;
    node->kind = PAGE;
    return true;
}

/* The node of a page, made if need be, touched with all above it. */
static struct jam_seg_node *find(struct jam_seg_memory *memory, uint32_t number)
{
    struct jam_seg_node *node = memory->root;
    for (unsigned level = JAM_SEG_LEVELS; level > 0; level--) {
        if (node->kind == ALIKE && !split(memory, node, level))
            return NULL;
        node->touched = true;
        if (node->kind == OPAQUE)
            break;
        node = node->child[number >> (level - 1) & 1];
    }
    if (node->kind == OPAQUE) {
        memory->opaque = true;
        memory->missing = number;
        return NULL;
    }
    bool fresh = !node->touched || node->kind == ALIKE;
    if (fresh && memory->alike->touched >= MOST_TOUCHED) {
        memory->failed = memory->limited = true;
        return NULL;
    }
    if (node->kind == ALIKE && !materialise(memory, node))
        return NULL;
    memory->alike->touched += fresh;
    node->touched = true;
    return node;
}

/* Before the octets of a page change for the first time. */
static bool keep_before(struct jam_seg_memory *memory, struct jam_seg_page *page)
{
    if (page->before != NULL)
        return true;
    page->before = take(memory, PVM_PAGE_SIZE);
    if (page->before == NULL)
        return false;
    memcpy(page->before, page->octets, PVM_PAGE_SIZE);
    return true;
}

struct jam_seg_page *jam_seg_memory_page(struct jam_seg_memory *memory, uint32_t number, bool write)
{
    unsigned slot = number % JAM_SEG_CACHE;
    struct jam_seg_node *node = memory->cache[slot];
    if (node == NULL || memory->cached[slot] != number) {
        node = find(memory, number);
        if (node == NULL)
            return NULL;
        memory->cache[slot] = node;
        memory->cached[slot] = number;
    }
    if (write && !keep_before(memory, node->page))
        return NULL;
    return node->page;
}

enum pvm_access jam_seg_memory_access(struct jam_seg_memory *memory, uint32_t number)
{
    unsigned slot = number % JAM_SEG_CACHE;
    const struct jam_seg_node *node = memory->cache[slot];
    if (node != NULL && memory->cached[slot] == number)
        return (enum pvm_access)node->access;
    node = memory->root;
    for (unsigned level = JAM_SEG_LEVELS; level > 0 && node->kind == BRANCH; level--)
        node = node->child[number >> (level - 1) & 1];
    if (node->kind != OPAQUE)
        return (enum pvm_access)node->access;
    memory->opaque = true;
    memory->missing = number;
    return PVM_NO_ACCESS;
}

/* ---- ranges ---- */

/* The part of a range that lies in the page of addr. */
static uint64_t part_of(uint64_t addr, uint64_t len)
{
    uint64_t room = PVM_PAGE_SIZE - addr % PVM_PAGE_SIZE;
    return len < room ? len : room;
}

bool jam_seg_memory_put(struct jam_seg_memory *memory, uint64_t addr, struct pvm_bytes bytes)
{
    while (bytes.len > 0) {
        size_t part = (size_t)part_of(addr, bytes.len);
        struct jam_seg_page *page =
            jam_seg_memory_page(memory, (uint32_t)(addr >> PVM_PAGE_BITS), true);
        if (page == NULL)
            return false;
        memcpy(page->octets + addr % PVM_PAGE_SIZE, bytes.ptr, part);
        bytes = pvm_bytes(bytes.ptr + part, bytes.len - part);
        addr += part;
    }
    return true;
}

bool jam_seg_memory_get(struct jam_seg_memory *memory, uint64_t addr, uint8_t *out, uint64_t len)
{
    while (len > 0) {
        size_t part = (size_t)part_of(addr, len);
        const struct jam_seg_page *page =
            jam_seg_memory_page(memory, (uint32_t)(addr >> PVM_PAGE_BITS), false);
        if (page == NULL)
            return false;
        memcpy(out, page->octets + addr % PVM_PAGE_SIZE, part);
        out += part;
        addr += part;
        len -= part;
    }
    return true;
}

bool jam_seg_memory_stamp(struct jam_seg_memory *memory, uint64_t addr, uint64_t len, uint32_t now,
                          uint32_t *last)
{
    *last = 0;
    while (len > 0) {
        uint64_t part = part_of(addr, len);
        struct jam_seg_page *page =
            jam_seg_memory_page(memory, (uint32_t)(addr >> PVM_PAGE_BITS), false);
        if (page == NULL)
            return false;
        uint64_t first = addr % PVM_PAGE_SIZE / 8;
        uint64_t end = (addr % PVM_PAGE_SIZE + part + 7) / 8;
        for (uint64_t word = first; word < end; word++) {
            if (page->stamps[word] > *last)
                *last = page->stamps[word];
            page->stamps[word] = now;
        }
        addr += part;
        len -= part;
    }
    return true;
}

struct looking {
    struct jam_seg_memory *memory;
    uint64_t first, end; /* pages */
    uint8_t access;
};

/* At most JAM_SEG_LEVELS deep; node covers 2^level pages from base on. */
static bool look_node(const struct looking *l, struct jam_seg_node *node, unsigned level,
                      uint64_t base)
{
    uint64_t size = UINT64_C(1) << level;
    l->memory->alike->walked++;
    if (l->end <= base || l->first >= base + size)
        return true;
    l->memory->alike->touched += node->kind == PAGE && !node->touched;
    node->touched = true;
    if (node->kind == BRANCH)
        return look_node(l, node->child[0], level - 1, base) &&
               look_node(l, node->child[1], level - 1, base + size / 2);
    if (node->kind != OPAQUE)
        return (node->access & l->access) == l->access;
    l->memory->opaque = true;
    l->memory->missing = (uint32_t)(l->first > base ? l->first : base);
    return false;
}

bool jam_seg_memory_allows(struct jam_seg_memory *memory, uint64_t addr, uint64_t len,
                         enum pvm_access access)
{
    const uint64_t end = UINT64_C(1) << 32;
    if (len == 0)
        return true;
    if (addr >= end || len > end - addr)
        return false;
    const struct looking looking = {memory, addr >> PVM_PAGE_BITS,
                                    ((addr + len - 1) >> PVM_PAGE_BITS) + 1, (uint8_t)access};
    return look_node(&looking, memory->root, JAM_SEG_LEVELS, 0);
}

struct mapping {
    struct jam_seg_memory *memory;
    uint64_t first, end;
    uint8_t access;
    bool zero;
};

/* At most JAM_SEG_LEVELS deep; node covers 2^level pages from base on. */
static bool map_node(const struct mapping *m, struct jam_seg_node *node, unsigned level,
                     uint64_t base)
{
    uint64_t size = UINT64_C(1) << level;
    m->memory->alike->walked++;
    if (m->end <= base || m->first >= base + size)
        return true;
    bool inside = m->first <= base && m->end >= base + size;
    if (node->kind == ALIKE && !inside && !split(m->memory, node, level))
        return false;
    m->memory->alike->touched += node->kind == PAGE && !node->touched;
    node->touched = true;
    switch ((enum kind)node->kind) {
    case OPAQUE:
        m->memory->opaque = true;
        m->memory->missing = (uint32_t)base;
        return false;
    case ALIKE:
        node->access = m->access;
        return true;
    case BRANCH:
        return map_node(m, node->child[0], level - 1, base) &&
               map_node(m, node->child[1], level - 1, base + size / 2);
    case PAGE:
        break;
    }
    node->access = m->access;
    if (m->zero) {
        if (!keep_before(m->memory, node->page))
            return false;
        memset(node->page->octets, 0, PVM_PAGE_SIZE);
    }
    return true;
}

bool jam_seg_memory_map(struct jam_seg_memory *memory, uint32_t page, uint32_t count,
                        enum pvm_access access, bool zero)
{
    const struct mapping mapping = {memory, page, (uint64_t)page + count, (uint8_t)access, zero};
    return count == 0 || map_node(&mapping, memory->root, JAM_SEG_LEVELS, 0);
}

enum pvm_status jam_seg_memory_take(struct jam_seg_memory *memory, const struct pvm_memory *from,
                                    struct pvm_err *err)
{
    const uint8_t *octets;
    uint32_t page = 0, count;
    enum pvm_access access;
    size_t touched = memory->alike->touched;
    bool good = true;
    for (; pvm_memory_next(from, &page, &count, &access); page += count)
        good = good && jam_seg_memory_map(memory, page, count, access, false);
    for (page = 0; good && pvm_memory_next_stored(from, &page, &octets); page++) {
        if (pvm_memory_access(from, page) != PVM_NO_ACCESS && !is_zero(octets))
            good = jam_seg_memory_put(memory, (uint64_t)page << PVM_PAGE_BITS,
                                      pvm_bytes(octets, PVM_PAGE_SIZE));
        memory->alike->touched = touched;
    }
    if (!good)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for a copy of the guest's");
    jam_seg_memory_close(memory);
    return PVM_OK;
}

/* ---- proofs ---- */

static void prove(const struct jam_seg_node *node, struct pvm_buf *out)
{
    const struct jam_seg_page *page = node->page;
    const uint8_t *before = NULL;
    if (page != NULL)
        before = page->before != NULL ? page->before : page->octets;
    if (node->kind == ALIKE || (node->touched && before != NULL && is_zero(before))) {
        pvm_buf_add_u8(out, (uint8_t)(ALIKE | node->access_before << 4));
    } else if (!node->touched) {
        pvm_buf_add_u8(out, OPAQUE);
        pvm_buf_add(out, node->digest.octets, JAM_HASH_SIZE);
    } else if (node->kind == BRANCH) {
        pvm_buf_add_u8(out, BRANCH);
        prove(node->child[0], out);
        prove(node->child[1], out);
    } else {
        pvm_buf_add_u8(out, (uint8_t)(PAGE | node->access_before << 4));
        pvm_buf_add(out, before, PVM_PAGE_SIZE);
    }
}

void jam_seg_memory_prove(const struct jam_seg_memory *memory, struct pvm_buf *out)
{
    prove(memory->root, out);
}

static enum pvm_status read_node(struct jam_seg_memory *memory, struct pvm_reader *r,
                                 unsigned level, struct jam_seg_node **out, struct pvm_err *err);

static enum pvm_status read_body(struct jam_seg_memory *memory, struct pvm_reader *r,
                                 unsigned level, struct jam_seg_node *node, struct pvm_err *err)
{
    struct pvm_bytes octets;
    switch ((enum kind)node->kind) {
    case OPAQUE:
        octets = pvm_read_span(r, JAM_HASH_SIZE);
        if (!r->failed)
            memcpy(node->digest.octets, octets.ptr, JAM_HASH_SIZE);
        break;
    case ALIKE:
        node->digest = memory->alike->digest[level][node->access];
        break;
    case BRANCH:
        PVM_TRY(read_node(memory, r, level - 1, &node->child[0], err));
        PVM_TRY(read_node(memory, r, level - 1, &node->child[1], err));
        node->digest = branch_digest(&node->child[0]->digest, &node->child[1]->digest);
        break;
    case PAGE:
        octets = pvm_read_span(r, PVM_PAGE_SIZE);
        if (!r->failed && !materialise(memory, node))
            return pvm_fail(err, PVM_E_MEMORY, "no memory for the pages of a segment");
        if (!r->failed) {
            memcpy(node->page->octets, octets.ptr, PVM_PAGE_SIZE);
            node->digest = page_digest(node->access, octets.ptr);
        }
        break;
    }
    if (r->failed)
        return pvm_fail(err, PVM_E_MALFORMED, "the pages are cut short");
    return PVM_OK;
}

static enum pvm_status read_node(struct jam_seg_memory *memory, struct pvm_reader *r,
                                 unsigned level, struct jam_seg_node **out, struct pvm_err *err)
{
    uint8_t tag = pvm_read_u8(r);
    uint8_t access = tag >> 4;
    enum kind kind = (enum kind)(tag & 15);
    bool holds = kind == ALIKE || kind == PAGE;
    if (r->failed || kind > PAGE || (level == 0 && kind == BRANCH) ||
        (level != 0 && kind == PAGE) || access > PVM_WRITE || access == 2 ||
        (!holds && access != 0))
        return pvm_fail(err, PVM_E_MALFORMED, "octet %zu of the pages is no node of level %u",
                        r->pos - !r->failed, level);
    struct jam_seg_node *node = new_node(memory, kind);
    *out = node; /* owned by the tree from here on, whatever comes */
    if (node == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for the pages of a segment");
    node->access = node->access_before = access;
    return read_body(memory, r, level, node, err);
}

enum pvm_status jam_seg_memory_read(struct jam_seg_memory *memory, struct pvm_reader *reader,
                                    struct pvm_err *err)
{
    free_node(memory, memory->root);
    memory->root = NULL;
    forget_cache(memory);
    return read_node(memory, reader, JAM_SEG_LEVELS, &memory->root, err);
}

struct visit {
    jam_seg_visit_fn visit;
    void *user;
};

static bool visit_node(const struct visit *v, const struct jam_seg_node *node, unsigned level,
                       uint32_t base)
{
    uint32_t size = UINT32_C(1) << level;
    switch ((enum kind)node->kind) {
    case OPAQUE:
        return true;
    case ALIKE:
    case PAGE:
        return v->visit(v->user, base, size, (enum pvm_access)node->access,
                        node->page != NULL ? node->page->octets : NULL);
    case BRANCH:
        break;
    }
    return visit_node(v, node->child[0], level - 1, base) &&
           visit_node(v, node->child[1], level - 1, base + size / 2);
}

void jam_seg_memory_visit(const struct jam_seg_memory *memory, jam_seg_visit_fn visit, void *user)
{
    const struct visit v = {visit, user};
    visit_node(&v, memory->root, JAM_SEG_LEVELS, 0);
}

/* ---- the end of a segment ---- */

static void close_page(const struct jam_seg_memory *memory, struct jam_seg_node *node)
{
    struct jam_seg_page *page = node->page;
    bool changed = node->access != node->access_before ||
                   (page->before != NULL && memcmp(page->before, page->octets, PVM_PAGE_SIZE) != 0);
    if (is_zero(page->octets)) {
        free_page(memory, page);
        node->page = NULL;
        node->kind = ALIKE;
        node->digest = memory->alike->digest[0][node->access];
        return;
    }
    if (changed)
        node->digest = page_digest(node->access, page->octets);
    give_back(memory, page->before, PVM_PAGE_SIZE);
    page->before = NULL;
    memset(page->stamps, 0, sizeof page->stamps);
}

static void close_node(const struct jam_seg_memory *memory, struct jam_seg_node *node,
                       unsigned level)
{
    if (!node->touched)
        return;
    if (node->kind == PAGE)
        close_page(memory, node);
    if (node->kind == BRANCH) {
        struct jam_seg_node *left = node->child[0];
        struct jam_seg_node *right = node->child[1];
        close_node(memory, left, level - 1);
        close_node(memory, right, level - 1);
        if (left->kind == ALIKE && right->kind == ALIKE && left->access == right->access) {
            node->kind = ALIKE;
            node->access = left->access;
            free_node(memory, left);
            free_node(memory, right);
            node->child[0] = node->child[1] = NULL;
        } else {
            node->digest = branch_digest(&left->digest, &right->digest);
        }
    }
    if (node->kind == ALIKE)
        node->digest = memory->alike->digest[level][node->access];
    node->access_before = node->access;
    node->touched = false;
}

void jam_seg_memory_close(struct jam_seg_memory *memory)
{
    forget_cache(memory);
    close_node(memory, memory->root, JAM_SEG_LEVELS);
}

const struct jam_hash *jam_seg_memory_root(const struct jam_seg_memory *memory)
{
    return &memory->root->digest;
}
