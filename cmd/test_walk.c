/* SPDX-License-Identifier: Apache-2.0 */
/* lstat of links. NOLINTNEXTLINE(bugprone-reserved-identifier): that is how to ask for it. */
#define _XOPEN_SOURCE 700

#include "cmd/test_walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    MAX_DEPTH = 256, /* folders within folders */
    MAX_LINKS = 2    /* links to folders on the way to a file */
};

/* A folder that is being gone through. */
struct level {
    struct pvm_buf names; /* each ended by a 0 octet */
    const char **sorted;
    size_t count, next;
    size_t path_len; /* of the folder, with a slash behind it */
    dev_t dev;
    ino_t ino;
    unsigned links;
};

struct cmd_walk {
    const struct pvm_alloc *alloc;
    const char *const *paths;
    size_t path_count, path_next;
    struct pvm_buf path;
    struct level levels[MAX_DEPTH];
    unsigned depth;
};

enum pvm_status cmd_walk_new(const char *const *paths, size_t count, const struct pvm_alloc *alloc,
                             struct cmd_walk **out, struct pvm_err *err)
{
    struct cmd_walk *walk = pvm_alloc_zero(alloc, 1, sizeof *walk);
    if (walk == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory to go through folders");
    walk->alloc = alloc;
    walk->paths = paths;
    walk->path_count = count;
    walk->path.alloc = alloc;
    *out = walk;
    return PVM_OK;
}

static void level_deinit(struct level *level, const struct pvm_alloc *alloc)
{
    pvm_buf_deinit(&level->names);
    pvm_alloc_free(alloc, level->sorted);
    *level = (struct level){.count = 0};
}

void cmd_walk_free(struct cmd_walk *walk)
{
    if (walk == NULL)
        return;
    for (unsigned i = 0; i < walk->depth; i++)
        level_deinit(&walk->levels[i], walk->alloc);
    pvm_buf_deinit(&walk->path);
    pvm_alloc_free(walk->alloc, walk);
}

/* ---- a folder's names ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Zero, or errno. */
static int read_names(const char *path, struct level *level)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return errno;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        pvm_buf_add(&level->names, entry->d_name, strlen(entry->d_name) + 1);
        level->count++;
    }
    int error = errno;
    closedir(dir);
    return error;
}

static enum pvm_status sort_names(struct level *level, const struct pvm_alloc *alloc,
                                  struct pvm_err *err)
{
    PVM_TRY(pvm_buf_status(&level->names, err));
    level->sorted = pvm_alloc_zero(alloc, level->count + 1, sizeof *level->sorted);
    if (level->sorted == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "no memory for the names of %zu files", level->count);
    const char *name = (const char *)level->names.ptr;
    for (size_t i = 0; i < level->count; i++) {
        level->sorted[i] = name;
        name += strlen(name) + 1;
    }
    qsort(level->sorted, level->count, sizeof *level->sorted, compare_names);
    return PVM_OK;
}

/* Whether the folder is one of those that lead to it. */
static bool is_above(const struct cmd_walk *walk, const struct stat *info)
{
    for (unsigned i = 0; i < walk->depth; i++)
        if (walk->levels[i].dev == info->st_dev && walk->levels[i].ino == info->st_ino)
            return true;
    return false;
}

static bool is_link(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
}

/* Goes into the folder that walk->path names. found is END when that was done. */
static enum pvm_status enter(struct cmd_walk *walk, const struct stat *info,
                             struct cmd_walk_entry *out, struct pvm_err *err)
{
    const char *path = pvm_buf_str(&walk->path);
    unsigned links = walk->depth > 0 ? walk->levels[walk->depth - 1].links : 0;
    links += walk->depth > 0 && is_link(path);
    if (links > MAX_LINKS || is_above(walk, info)) {
        out->found = CMD_WALK_LOOP;
        return PVM_OK;
    }
    if (walk->depth == MAX_DEPTH) {
        out->found = CMD_WALK_BROKEN;
        out->why = "within too many other folders";
        return PVM_OK;
    }
    struct level *level = &walk->levels[walk->depth];
    *level = (struct level){.names = {.alloc = walk->alloc}, .links = links};
    level->dev = info->st_dev;
    level->ino = info->st_ino;
    int error = read_names(path, level);
    enum pvm_status status = sort_names(level, walk->alloc, err);
    if (status == PVM_OK && error == 0) {
        if (walk->path.ptr[walk->path.len - 1] != '/')
            pvm_buf_text(&walk->path, "/");
        level->path_len = walk->path.len;
        walk->depth++;
        return pvm_buf_status(&walk->path, err);
    }
    level_deinit(level, walk->alloc);
    out->found = CMD_WALK_BROKEN;
    out->why = strerror(error);
    return status;
}

/* ---- stepping ---- */

/* Puts the next name into walk->path; false at the end. */
static bool step(struct cmd_walk *walk, struct cmd_walk_entry *out)
{
    while (walk->depth > 0) {
        struct level *level = &walk->levels[walk->depth - 1];
        if (level->next < level->count) {
            const char *name = level->sorted[level->next++];
            walk->path.len = level->path_len;
            pvm_buf_text(&walk->path, name);
            out->found = name[0] == '.' ? CMD_WALK_HIDDEN : CMD_WALK_FILE;
            return true;
        }
        level_deinit(level, walk->alloc);
        walk->depth--;
    }
    if (walk->path_next == walk->path_count)
        return false;
    walk->path.len = 0;
    pvm_buf_text(&walk->path, walk->paths[walk->path_next++]);
    out->found = CMD_WALK_FILE;
    out->named = true;
    return true;
}

enum pvm_status cmd_walk_next(struct cmd_walk *walk, struct cmd_walk_entry *out,
                              struct pvm_err *err)
{
    struct stat info;
    for (;;) {
        *out = (struct cmd_walk_entry){.found = CMD_WALK_END};
        if (!step(walk, out))
            return PVM_OK;
        out->path = pvm_buf_str(&walk->path);
        PVM_TRY(pvm_buf_status(&walk->path, err));
        if (out->found == CMD_WALK_HIDDEN)
            return PVM_OK;
        if (stat(out->path, &info) != 0) {
            out->found = CMD_WALK_BROKEN;
            out->why = strerror(errno);
            return PVM_OK;
        }
        if (S_ISREG(info.st_mode))
            return PVM_OK;
        out->found = CMD_WALK_SPECIAL;
        if (!S_ISDIR(info.st_mode))
            return PVM_OK;
        out->found = CMD_WALK_END;
        PVM_TRY(enter(walk, &info, out, err));
        if (out->found != CMD_WALK_END)
            return PVM_OK;
    }
}
