/* SPDX-License-Identifier: Apache-2.0 */
/* What tests over archives of vectors share: unpacking one into a folder of its own with tar, and
 * going through its files. */
#ifndef HOST_VECTOR_TESTING_H
#define HOST_VECTOR_TESTING_H

#include "host/disk.h"

#include <check.h>
#include <dirent.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEST_PATH = 512, TEST_FILES = 1024 };

extern char **environ;

static inline bool test_spawn(char *const argv[])
{
    pid_t pid;
    int status;
    return posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) == 0 &&
           waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Unpacks PVM_SHARED/vectors/archive into a new folder. False, with a word about it, when there is
 * no such archive. */
static inline bool test_unpack(const char *archive, char folder[TEST_PATH])
{
    char path[2 * TEST_PATH];
    char extract[] = "-xJf";
    char into[] = "-C";
    char tar[] = "tar";
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/vectors/%s", PVM_SHARED, archive);
    if (!jam_disk_has(path)) {
        fprintf(stderr, "skipped: no %s\n", path);
        return false;
    }
    snprintf(folder, TEST_PATH, "%s/pvm-vectors-XXXXXX", base != NULL ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_msg(test_spawn((char *const[]){tar, extract, path, into, folder, NULL}),
                  "tar does not unpack %s", path);
    return true;
}

static inline void test_remove(char folder[TEST_PATH])
{
    char rm[] = "rm";
    char all[] = "-rf";
    ck_assert(test_spawn((char *const[]){rm, all, folder, NULL}));
}

static inline int test_compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Calls run for each file of folder/sub whose name ends so, in order; returns how many. */
static inline size_t test_each(const char *folder, const char *sub, const char *ending,
                               void (*run)(const char *path, void *user), void *user)
{
    char path[4 * TEST_PATH];
    char *names[TEST_FILES];
    size_t count = 0;
    snprintf(path, sizeof path, "%s/%s", folder, sub);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        size_t len = strlen(entry->d_name);
        if (len < strlen(ending) || strcmp(entry->d_name + len - strlen(ending), ending) != 0)
            continue;
        ck_assert_uint_lt(count, TEST_FILES);
        names[count] = malloc(len + 1);
        ck_assert_ptr_nonnull(names[count]);
        memcpy(names[count++], entry->d_name, len + 1);
    }
    closedir(dir);
    qsort(names, count, sizeof *names, test_compare_names);
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", folder, sub, names[i]);
        run(path, user);
        free(names[i]);
    }
    return count;
}

#endif
