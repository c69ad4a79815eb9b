#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/support.h"

static void expect_mode(const char *dir, const char *path, mode_t type, mode_t mode)
{
    char *full = scratch_path(dir, path);
    struct stat st;
    assert_int_equal(lstat(full, &st), 0);
    assert_int_equal(st.st_mode, type | mode);
    assert_int_equal(st.st_uid, geteuid());
    free(full);
}

static void modes_do_not_depend_on_the_umask(void **state)
{
    (void)state;
    for (mode_t mask = 0; mask <= 077; mask += 077) {
        mode_t before = umask(mask);
        char *dir = scratch_new();
        scratch_text(dir, "a/b/file", "text");
        scratch_folder(dir, "a/c");
        umask(before);
        expect_mode(dir, "", S_IFDIR, 0755);
        expect_mode(dir, "a", S_IFDIR, 0755);
        expect_mode(dir, "a/b", S_IFDIR, 0755);
        expect_mode(dir, "a/c", S_IFDIR, 0755);
        expect_mode(dir, "a/b/file", S_IFREG, 0644);
        scratch_remove(dir);
    }
}

static void removing_takes_everything_and_follows_no_link(void **state)
{
    (void)state;
    char *kept = scratch_new(), *gone = scratch_new();
    scratch_text(kept, "file", "stays");
    scratch_text(gone, "deep/er/file", "goes");
    char *link = scratch_path(gone, "deep/link"), *place = scratch_path(gone, "");
    assert_int_equal(symlink(kept, link), 0);
    scratch_remove(gone);
    assert_int_not_equal(access(place, F_OK), 0);
    expect_mode(kept, "file", S_IFREG, 0644);
    free(link);
    free(place);
    scratch_remove(kept);
}

static void a_child_that_exits_leaves_the_directory(void **state)
{
    (void)state;
    char *dir = scratch_new();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        exit(0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    expect_mode(dir, "", S_IFDIR, 0755);
    scratch_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_do_not_depend_on_the_umask),
        cmocka_unit_test(removing_takes_everything_and_follows_no_link),
        cmocka_unit_test(a_child_that_exits_leaves_the_directory),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
