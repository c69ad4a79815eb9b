#include "tests/unit/change_sample.h"

#include "engine/change/history.h"
#include "engine/change/object.h"

#define ASIDE "var/lib/gpconf/aside/"

static void hash_of(const char *text, char ret[HASH_TEXT + 1])
{
    hash_content(text, strlen(text), ret);
}

static void what_is_kept_comes_back(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    struct stat st;
    char hash[HASH_TEXT + 1];
    const void *bytes;
    size_t size;
    sample_lock(f, &lock);
    hash_of("text", hash);
    assert_int_equal(object_read(f->root, hash, &f->arena, &bytes, &size),
                     GPCONF_ENOTFOUND);
    assert_int_equal(object_keep(&lock, hash, "text", 4), 0);
    assert_int_equal(object_keep(&lock, hash, "text", 4), 0);
    assert_int_equal(object_sync(&lock), 0);
    assert_int_equal(object_read(f->root, hash, &f->arena, &bytes, &size), 0);
    assert_int_equal(size, 4);
    assert_memory_equal(bytes, "text", 4);
    const char *path = arena_format(&f->arena, "var/lib/gpconf/before/%s", hash);
    assert_int_equal(fstatat(f->root, path, &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    fixture_write(f, path, "edited");
    assert_int_equal(object_read(f->root, hash, &f->arena, &bytes, &size),
                     GPCONF_EDAMAGED);
    lock_drop(&lock);
}

static void a_copy_gets_a_name_for_people(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    char hash[HASH_TEXT + 1], aside[OBJECT_ASIDE] = "?";
    sample_lock(f, &lock);
    hash_of("text", hash);
    assert_int_equal(object_aside(&lock, hash, 3, "etc/apt/99-gpconf.conf", aside), 0);
    assert_string_equal(aside, "");
    assert_int_equal(sample_entries(f, "var/lib/gpconf/aside"), 0);
    assert_int_equal(object_keep(&lock, hash, "text", 4), 0);
    assert_int_equal(object_aside(&lock, hash, 3, "etc/apt/99-gpconf.conf", aside), 0);
    assert_int_equal(object_aside(&lock, hash, 3, "etc/apt/99-gpconf.conf", aside), 0);
    assert_string_equal(aside, "3-etc%apt%99-gpconf.conf");
    assert_string_equal(fixture_read(f, ASIDE "3-etc%apt%99-gpconf.conf", NULL),
                        "text");
    lock_drop(&lock);
}

static void another_copy_gets_another_name(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    char hash[HASH_TEXT + 1], name[OBJECT_ASIDE], aside[OBJECT_ASIDE], target[400];
    sample_lock(f, &lock);
    hash_of("text", hash);
    assert_int_equal(object_keep(&lock, hash, "text", 4), 0);
    fixture_write(f, ASIDE "3-etc%apt", "older");
    fixture_write(f, ASIDE "3-etc%apt.1/file", "a folder");
    assert_int_equal(object_aside(&lock, hash, 3, "etc/apt", aside), 0);
    assert_int_equal(object_aside(&lock, hash, 3, "etc/apt", aside), 0);
    assert_string_equal(fixture_read(f, ASIDE "3-etc%apt", NULL), "older");
    assert_string_equal(aside, "3-etc%apt.2");
    assert_string_equal(fixture_read(f, ASIDE "3-etc%apt.2", NULL), "text");
    assert_int_equal(sample_entries(f, ASIDE), 3);

    memset(target, 'x', sizeof target - 1);
    memcpy(target + sizeof target - 5, "/end", 5);
    object_aside_name(UINT64_MAX, target, OBJECT_ASIDES, name);
    assert_in_range(strlen(name), 200, 255);
    assert_string_equal(strrchr(name, '%'), "%end.100");
    assert_int_equal(object_aside(&lock, hash, UINT64_MAX, target, aside), 0);
    lock_drop(&lock);
}

static void only_what_history_names_stays(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    char hash[HASH_TEXT + 1];
    assert_int_equal(sample_apply(f, "etc/a", "one\n"), 0);
    assert_int_equal(sample_apply(f, "etc/a", "two\n"), 0);
    sample_lock(f, &lock);
    hash_of("text", hash);
    assert_int_equal(object_keep(&lock, hash, "text", 4), 0);
    fixture_write(f, "var/lib/gpconf/before/new-abc", "half");
    assert_int_equal(object_sweep(&lock, &f->arena, &f->diagnostics), 0);
    assert_int_equal(sample_entries(f, "var/lib/gpconf/before"), 1);
    lock_drop(&lock);
}

static void nothing_is_swept_while_history_is_damaged(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    assert_int_equal(sample_apply(f, "etc/a", "one\n"), 0);
    assert_int_equal(sample_apply(f, "etc/a", "two\n"), 0);
    fixture_write(f, "var/lib/gpconf/changes/2", "rubbish");
    sample_lock(f, &lock);
    assert_int_equal(object_sweep(&lock, &f->arena, &f->diagnostics), GPCONF_EDAMAGED);
    assert_int_equal(sample_entries(f, "var/lib/gpconf/before"), 1);
    lock_drop(&lock);
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_comes_back),
        TEST(a_copy_gets_a_name_for_people),
        TEST(another_copy_gets_another_name),
        TEST(only_what_history_names_stays),
        TEST(nothing_is_swept_while_history_is_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
