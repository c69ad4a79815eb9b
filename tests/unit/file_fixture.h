#ifndef GPCONF_TESTS_UNIT_FILE_FIXTURE_H
#define GPCONF_TESTS_UNIT_FILE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "tests/unit/support.h"

/* Every test has a scratch directory, a descriptor of it and an arena. */
static struct arena arena;
static char *dir;
static int fd;
static const char *why;

static inline int begin(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    dir = scratch_new();
    fd = scratch_open(dir);
    why = NULL;
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    close(fd);
    scratch_remove(dir);
    arena_done(&arena);
    return 0;
}

static inline int read_at(const char *path, enum file_check check, struct file *ret)
{
    return file_read(fd, path, check, 1000, &arena, ret, &why);
}

/* The status of reading, which fails with the reason. */
static inline void refuses(const char *path, enum file_check check, int status,
                           const char *reason)
{
    struct file file = { .size = 77 };
    why = NULL;
    assert_int_equal(read_at(path, check, &file), status);
    assert_non_null(why);
    assert_string_equal(why, reason);
    assert_int_equal(file.size, 77);
    /* Nobody has to ask for the reason. */
    assert_int_equal(file_read(fd, path, check, 1000, &arena, &file, NULL), status);
}

static inline void refuses_beneath(const char *path, int status, const char *reason)
{
    refuses(path, FILE_BENEATH, status, reason);
    refuses(path, FILE_TRUSTED, status, reason);
}

static inline void set_mode(const char *path, mode_t mode)
{
    char *full = scratch_path(dir, path);
    assert_int_equal(chmod(full, mode), 0);
    free(full);
}

static inline void link_to(const char *target, const char *path)
{
    char *full = scratch_path(dir, path);
    assert_int_equal(symlink(target, full), 0);
    free(full);
}

#endif
