#include "tests/unit/change_sample.h"

#include <sys/xattr.h>

#include "engine/change/history.h"
#include "engine/change/plan.h"
#include "engine/change/stage.h"

/* Plan and stage one file. */
static void stage_one(struct fixture *f, const struct lock *lock, struct change *change,
                      struct txn *ret)
{
    struct history history;
    assert_int_equal(history_read(f->root, &f->arena, &f->diagnostics, &history), 0);
    assert_int_equal(plan_make(f->root, &history, change, &f->arena, &f->diagnostics),
                     0);
    assert_int_equal(stage_prepare(change, &f->arena, ret), 0);
    assert_int_equal(stage_make(lock, ret, change, &f->arena, &f->diagnostics), 0);
}

static void a_staged_file_is_complete_and_hidden(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    struct stat st;
    struct txn txn;
    struct change change = sample_change();
    sample_want(f, &change, "etc/new/a", "one\n")->mode = 0640;
    sample_lock(f, &lock);
    stage_one(f, &lock, &change, &txn);
    const char *staged = change.steps[0].staged;
    assert_memory_equal(staged, "etc/new/.a.gpconf-", 18);
    assert_string_equal(sample_body(f, staged), "one\n");
    assert_int_equal(fstatat(f->root, staged, &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_false(fixture_exists(f, "etc/new/a"));
    assert_int_equal(stage_clear(&txn, &f->diagnostics), 0);
    assert_int_equal(stage_clear(&txn, &f->diagnostics), 0);
    assert_false(fixture_exists(f, "etc"));
    txn_close(&txn);
    lock_drop(&lock);
}

/* "user::rw-,user:7:r--,group::r--,mask::r--,other::---" as the kernel keeps it. */
static const unsigned char access_list[] = {
    2, 0, 0,    0,    1,    0,    6,    0, 0xff, 0xff, 0xff, 0xff, 2,    0,    4,
    0, 7, 0,    0,    0,    4,    0,    4, 0,    0xff, 0xff, 0xff, 0xff, 0x10, 0,
    4, 0, 0xff, 0xff, 0xff, 0xff, 0x20, 0, 0,    0,    0xff, 0xff, 0xff, 0xff
};

static void the_access_list_of_the_old_file_is_copied(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    struct txn txn;
    struct change change = sample_change();
    char path[256], value[256];
    assert_int_equal(sample_apply(f, "etc/a", "one\n"), 0);
    snprintf(path, sizeof path, "%s/etc/a", f->path);
    if (setxattr(path, "system.posix_acl_access", access_list, sizeof access_list, 0) <
        0) {
        print_message("this file system keeps no access lists\n");
        skip();
    }
    sample_want(f, &change, "etc/a", "two\n");
    sample_lock(f, &lock);
    stage_one(f, &lock, &change, &txn);
    snprintf(path, sizeof path, "%s/%s", f->path, change.steps[0].staged);
    ssize_t size = getxattr(path, "system.posix_acl_access", value, sizeof value);
    assert_int_equal(size, sizeof access_list);
    assert_int_equal(stage_clear(&txn, &f->diagnostics), 0);
    txn_close(&txn);
    lock_drop(&lock);
}

static void a_long_name_can_be_staged(void **state)
{
    struct fixture *f = *state;
    char name[256] = "etc/";
    memset(name + 4, 'x', 250);
    assert_int_equal(sample_apply(f, name, "one\n"), 0);
    assert_string_equal(sample_body(f, name), "one\n");
    sample_assert_clean(f);
}

static void a_folder_that_holds_something_stays(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    struct txn txn;
    struct change change = sample_change();
    sample_want(f, &change, "etc/new/a", "one\n");
    sample_lock(f, &lock);
    stage_one(f, &lock, &change, &txn);
    fixture_write(f, "etc/new/other", "somebody else\n");
    assert_int_equal(stage_clear(&txn, &f->diagnostics), 0);
    assert_true(fixture_exists(f, "etc/new/other"));
    sample_assert_clean(f);
    txn_close(&txn);
    lock_drop(&lock);
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_staged_file_is_complete_and_hidden),
        TEST(the_access_list_of_the_old_file_is_copied),
        TEST(a_long_name_can_be_staged),
        TEST(a_folder_that_holds_something_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
