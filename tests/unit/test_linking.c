#include "tests/unit/change_fixture.h"

#include "base/machine.h"
#include "engine/change/commit.h"
#include "engine/gpo/linking.h"

#define A "{A1000000-0000-0000-0000-00000000000A}"
#define LINKS "etc/gpconf/policies/links.ini"

static int begin(struct fixture *f, struct linking *ret)
{
    struct machine machine;
    struct snapshot *snapshot = arena_new(&f->arena, struct snapshot);
    assert_int_equal(machine_open(f->path, &machine), 0);
    assert_int_equal(snapshot_read(&machine, &f->arena, NULL, snapshot), 0);
    machine_done(&machine);
    return linking_open(snapshot, LINKS, &f->arena, &f->diagnostics, ret);
}

static int commit(struct fixture *f, const struct linking *linking)
{
    struct lock lock;
    struct change change = {
        .at = 1700000000, .verb = "link", .author = "root", .owner = "gpconf"
    };
    assert_int_equal(linking_finish(linking, &change), 0);
    assert_int_equal(lock_take(f->root, "test", 0, &f->diagnostics, &lock), 0);
    int status = change_commit(&lock, &change, NULL, &f->arena, &f->diagnostics);
    lock_drop(&lock);
    return status ? status : (int)change.number;
}

static void edits_follow_each_other_and_are_one_step(void **state)
{
    struct fixture *f = *state;
    struct linking l;
    assert_int_equal(begin(f, &l), 0);
    assert_int_equal(linking_place(&l, "x/y", false), 0);
    assert_int_equal(linking_add(&l, A, &(struct link_place){ .container = "x" }), 0);
    assert_int_equal(linking_name(&l, A, "One"), 0);
    assert_int_equal(commit(f, &l), 1);
    static const char text[] = "[machine]\ncontainer = x/y\n"
                               "\n[container x]\nlink 1 = " A "\n"
                               "\n[gpo " A "]\nname = One\n";
    assert_string_equal(fixture_read(f, LINKS, NULL), text);
    assert_string_equal(fixture_read(f, "var/lib/gpconf/last-good/links.ini", NULL),
                        text);
    assert_int_equal(begin(f, &l), 0);
    assert_int_equal(linking_remove(&l, A, "x", false), 0);
    assert_int_equal(commit(f, &l), 2);
    assert_int_equal(begin(f, &l), 0);
    assert_int_equal(linking_remove(&l, A, "x", false), GPCONF_ENOTFOUND);
    assert_true(fixture_message(f, "the GPO is not linked there, changing nothing"));
}

static void an_edit_that_changes_nothing_is_no_step(void **state)
{
    struct fixture *f = *state;
    struct linking l;
    struct change change = { 0 };
    fixture_write(f, LINKS, "[container x]\nlink 1 = " A "\n");
    assert_int_equal(begin(f, &l), 0);
    assert_int_equal(linking_add(&l, A, &(struct link_place){ .container = "x" }), 0);
    assert_int_equal(linking_finish(&l, &change), 0);
    assert_int_equal(change.n_steps, 0);
}

static void what_somebody_wrote_meanwhile_is_not_overwritten(void **state)
{
    struct fixture *f = *state;
    struct linking l;
    fixture_write(f, LINKS, "; one\n");
    assert_int_equal(fchmodat(f->root, LINKS, 0640, 0), 0);
    assert_int_equal(begin(f, &l), 0);
    assert_int_equal(linking_place(&l, "x", false), 0);
    fixture_write(f, LINKS, "; two\n");
    assert_int_equal(commit(f, &l), GPCONF_ECLIENT);
    assert_string_equal(fixture_read(f, LINKS, NULL), "; two\n");
    assert_int_equal(begin(f, &l), 0);
    assert_int_equal(linking_place(&l, "x", false), 0);
    assert_int_equal(commit(f, &l), 1);
    struct stat st;
    assert_int_equal(fstatat(f->root, LINKS, &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

static void a_damaged_or_distrusted_file_is_not_edited(void **state)
{
    struct fixture *f = *state;
    struct linking l;
    fixture_write(f, LINKS, "[container x]\nlnk 1 = " A "\n");
    assert_int_equal(begin(f, &l), GPCONF_ESYNTAX);
    assert_true(fixture_message(f, "unknown key 'lnk 1'"));
    assert_true(fixture_message(f, "must be repaired first, changing nothing"));
    fixture_write(f, LINKS, "");
    assert_int_equal(fchmodat(f->root, LINKS, 0666, 0), 0);
    assert_int_equal(begin(f, &l), GPCONF_EUNTRUSTED);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        T(edits_follow_each_other_and_are_one_step),
        T(an_edit_that_changes_nothing_is_no_step),
        T(what_somebody_wrote_meanwhile_is_not_overwritten),
        T(a_damaged_or_distrusted_file_is_not_edited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
