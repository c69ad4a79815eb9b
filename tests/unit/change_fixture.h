#ifndef GPCONF_TESTS_UNIT_CHANGE_FIXTURE_H
#define GPCONF_TESTS_UNIT_CHANGE_FIXTURE_H

/*
 * A scratch root for the tests of engine/change: an empty directory that is removed
 * afterwards, an arena, diagnostics, and the few file operations that tests need.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stdbool.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/diagnostic.h"
#include "base/status.h"

struct fixture {
    char path[64];
    int root;
    struct arena arena;
    struct diagnostics diagnostics;
};

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    snprintf(f->path, sizeof f->path, "/tmp/gpconf-change-XXXXXX");
    if (!mkdtemp(f->path) || chmod(f->path, 0755) < 0)
        return -1;
    f->root = open(f->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    arena_init(&f->arena, 256u << 20);
    diagnostics_init(&f->diagnostics, &f->arena);
    umask(022);
    *state = f;
    return f->root < 0;
}

static inline int fixture_remove_one(const char *path, const struct stat *st, int type,
                                     struct FTW *walk)
{
    (void)st, (void)type, (void)walk;
    return remove(path);
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    close(f->root);
    arena_done(&f->arena);
    int failed = nftw(f->path, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return failed;
}

/* Make the folders on the way to a path below the root. */
static inline void fixture_folders(struct fixture *f, const char *path)
{
    char copy[512];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *slash = copy; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        assert_true(mkdirat(f->root, copy, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
}

static inline void fixture_write_n(struct fixture *f, const char *path,
                                   const void *bytes, size_t size)
{
    fixture_folders(f, path);
    int fd = openat(f->root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

static inline void fixture_write(struct fixture *f, const char *path, const char *text)
{
    fixture_write_n(f, path, text, strlen(text));
}

/* The text of a file; NULL when there is none. Owned by the fixture's arena. */
static inline char *fixture_read(struct fixture *f, const char *path, size_t *ret_size)
{
    struct stat st;
    int fd = openat(f->root, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return NULL;
    assert_int_equal(fstat(fd, &st), 0);
    char *text = arena_array(&f->arena, (size_t)st.st_size + 1, char);
    assert_non_null(text);
    assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
    close(fd);
    if (ret_size)
        *ret_size = (size_t)st.st_size;
    return text;
}

static inline bool fixture_exists(struct fixture *f, const char *path)
{
    struct stat st;
    return fstatat(f->root, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Has a diagnostic with this code been added? */
static inline bool fixture_said(const struct fixture *f, const char *code)
{
    for (const struct diagnostic *d = f->diagnostics.first; d; d = d->next)
        if (strcmp(d->code, code) == 0)
            return true;
    return false;
}

/* Has a message with these words been added? */
static inline bool fixture_message(const struct fixture *f, const char *words)
{
    for (const struct diagnostic *d = f->diagnostics.first; d; d = d->next)
        if (strstr(d->message, words))
            return true;
    return false;
}

#endif
