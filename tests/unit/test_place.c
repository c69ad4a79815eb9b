#include "tests/unit/change_fixture.h"

#include "engine/change/place.h"

static int open_place(struct fixture *f, const char *dir)
{
    int fd = place_open(f->root, dir, &f->diagnostics);
    if (fd >= 0)
        close(fd);
    return fd < 0 ? fd : 0;
}

static void a_path_is_split_and_bad_ones_are_refused(void **state)
{
    struct fixture *f = *state;
    const char *dir, *name;
    assert_int_equal(place_split("etc/apt/x", &f->arena, &dir, &name), 0);
    assert_string_equal(dir, "etc/apt");
    assert_string_equal(name, "x");
    assert_int_equal(place_split("x", &f->arena, &dir, &name), 0);
    assert_string_equal(dir, "");
    const char *const bad[] = {
        "", "/etc", "etc/", "a//b", "a/../b", "./a", "a/.", ".."
    };
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(place_split(bad[i], &f->arena, &dir, &name), GPCONF_EINVAL);
}

static void a_missing_folder_is_not_found_quietly(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(open_place(f, "etc/apt"), GPCONF_ENOTFOUND);
    assert_int_equal(f->diagnostics.n, 0);
    assert_int_equal(open_place(f, ""), 0);
}

static void open_folders_are_refused(void **state)
{
    struct fixture *f = *state;
    fixture_folders(f, "etc/apt/apt.conf.d/");
    assert_int_equal(open_place(f, "etc/apt/apt.conf.d"), 0);
    fchmodat(f->root, "etc/apt/apt.conf.d", 0775, 0);
    assert_int_equal(open_place(f, "etc/apt/apt.conf.d"), GPCONF_EUNTRUSTED);
    fchmodat(f->root, "etc/apt/apt.conf.d", 0755, 0);
    fchmodat(f->root, "etc", 0757, 0);
    assert_int_equal(open_place(f, "etc/apt/apt.conf.d"), GPCONF_EUNTRUSTED);
    assert_true(fixture_said(f, "change-untrusted-folder"));
}

static void a_link_leads_only_to_folders_that_are_closed_too(void **state)
{
    struct fixture *f = *state;
    fixture_folders(f, "srv/open/apt/");
    fixture_folders(f, "etc/");
    assert_int_equal(symlinkat("/srv/open/apt", f->root, "etc/apt"), 0);
    assert_int_equal(open_place(f, "etc/apt"), 0);
    fchmodat(f->root, "srv/open", 0777, 0);
    assert_int_equal(open_place(f, "etc/apt"), GPCONF_EUNTRUSTED);
}

static void an_identity_tells_content_mode_and_kind(void **state)
{
    struct fixture *f = *state;
    struct identity a, b;
    fixture_write(f, "a", "text");
    int fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(place_identity(fd, "a", &a), 0);
    assert_int_equal(a.kind, PLACE_FILE);
    const char *text = identity_text(&a, &f->arena);
    assert_true(identity_parse(text, &b));
    assert_true(identity_same(&a, &b));
    char *copy = arena_string(&f->arena, text);
    for (size_t n = strlen(copy); n-- > 0;) {
        copy[n] = '\0'; /* shorter numbers are numbers still, everything else is bad */
        if (identity_parse(copy, &b))
            assert_false(identity_same(&a, &b) && n < HASH_TEXT);
    }
    fchmodat(f->root, "a", 0600, 0);
    assert_int_equal(place_identity(fd, "a", &b), 0);
    assert_false(identity_same(&a, &b));
    assert_int_equal(place_identity(fd, "b", &b), 0);
    assert_int_equal(b.kind, PLACE_ABSENT);
    assert_int_equal(symlinkat("a", f->root, "b"), 0);
    assert_int_equal(place_identity(fd, "b", &b), 0);
    assert_int_equal(b.kind, PLACE_OTHER);
    assert_false(identity_same(&b, &b));
    close(fd);
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_path_is_split_and_bad_ones_are_refused),
        TEST(a_missing_folder_is_not_found_quietly),
        TEST(open_folders_are_refused),
        TEST(a_link_leads_only_to_folders_that_are_closed_too),
        TEST(an_identity_tells_content_mode_and_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
