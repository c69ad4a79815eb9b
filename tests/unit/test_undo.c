#include "tests/unit/change_sample.h"

#include "engine/change/mode.h"
#include "engine/change/undo.h"

#define A "etc/apt/apt.conf.d/99-gpconf.conf"
#define B "etc/systemd/system/apt-daily.timer.d/gpconf.conf"
#define C "etc/systemd/system/apt-daily-upgrade.timer.d/gpconf.conf"
#define ASIDE "var/lib/gpconf/aside/"
#define ASIDE_A ASIDE "2-etc%apt%apt.conf.d%99-gpconf.conf"
#define ASIDE_B ASIDE "1-etc%systemd%system%apt-daily.timer.d%gpconf.conf"
#define ASIDE_C ASIDE "1-etc%systemd%system%apt-daily-upgrade.timer.d%gpconf.conf"

static int take_back(struct fixture *f, uint64_t number, bool force,
                     struct undo_result *ret)
{
    struct lock lock;
    const struct undo_options options = {
        .number = number, .force = force, .now = 1700000100, .author = "root"
    };
    sample_lock(f, &lock);
    int status = undo(&lock, &options, NULL, &f->arena, &f->diagnostics, ret);
    lock_drop(&lock);
    return status;
}

static void apply_two(struct fixture *f, const char *body)
{
    struct change change = sample_change();
    sample_want(f, &change, A, body);
    sample_want(f, &change, B, body);
    assert_int_equal(sample_commit(f, &change, NULL), 0);
}

/* Somebody edits a file of ours: the label stays, and is not of these bytes. */
static void edit(struct fixture *f, const char *path, const char *body)
{
    size_t size;
    char *text = label_add("# ", "other\n", 6, &f->arena, &size);
    assert_non_null(text);
    fixture_write(f, path,
                  arena_format(&f->arena, "%.*s%s", (int)size - 6, text, body));
}

static const char *edited(struct fixture *f, const char *path)
{
    size_t size = 0;
    char *text = fixture_read(f, path, &size);
    if (!text || label_check(text, size) != LABEL_CHANGED)
        return NULL;
    return strchr(text, '\n') + 1;
}

static enum change_state state_of(struct fixture *f, uint64_t number)
{
    struct history history;
    assert_int_equal(history_read(f->root, &f->arena, &f->diagnostics, &history), 0);
    const struct change *change = history_find(&history, number);
    assert_non_null(change);
    return change->state;
}

static enum mode mode_of(struct fixture *f)
{
    struct mode_state mode;
    assert_int_equal(mode_read(f->root, &f->arena, &f->diagnostics, &mode), 0);
    return mode.mode;
}

static void what_was_there_comes_back(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    apply_two(f, "one\n");
    assert_int_equal(sample_apply(f, A, "two\n"), 0);
    assert_false(fixture_exists(f, B));
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(result.undone, 2);
    assert_int_equal(result.restored, 2);
    assert_int_equal(result.drifted, 0);
    assert_string_equal(sample_body(f, A), "one\n");
    assert_string_equal(sample_body(f, B), "one\n");
    assert_int_equal(state_of(f, 2), CHANGE_REVERTED);
    assert_int_equal(mode_of(f), MODE_HELD);
    sample_assert_clean(f);
}

static void folders_that_were_made_go_too(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    apply_two(f, "one\n");
    fixture_write(f, "etc/systemd/system/other", "foreign\n");
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_false(fixture_exists(f, "etc/apt"));
    assert_false(fixture_exists(f, "etc/systemd/system/apt-daily.timer.d"));
    assert_true(fixture_exists(f, "etc/systemd/system/other"));
}

static void folders_that_went_come_back_as_they_were(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    struct stat st;
    assert_int_equal(sample_apply(f, A, "one\n"), 0);
    assert_int_equal(fchmodat(f->root, "etc/apt", 0750, 0), 0);
    assert_int_equal(fchmodat(f->root, "etc/apt/apt.conf.d", 02711, 0), 0);
    if (geteuid() == 0)
        assert_int_equal(fchownat(f->root, "etc/apt", 0, 12, 0), 0);
    assert_int_equal(take_back(f, 1, false, &result), 0);
    assert_false(fixture_exists(f, "etc/apt"));
    assert_int_equal(take_back(f, 2, false, &result), 0);
    assert_int_equal(fstatat(f->root, "etc/apt", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
    assert_int_equal(st.st_gid, geteuid() == 0 ? 12 : getegid());
    assert_int_equal(fstatat(f->root, "etc/apt/apt.conf.d", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 02711);
    assert_int_equal(fstatat(f->root, "etc", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0755);
}

static void undoing_twice_goes_back_twice(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    assert_int_equal(sample_apply(f, A, "one\n"), 0);
    assert_int_equal(sample_apply(f, A, "two\n"), 0);
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_string_equal(sample_body(f, A), "one\n");
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(result.undone, 1);
    assert_false(fixture_exists(f, A));
    assert_int_equal(take_back(f, 0, false, &result), GPCONF_ENOTFOUND);
    assert_int_equal(take_back(f, 1, false, &result), 0);
    assert_int_equal(result.undone_by, 4);
    assert_int_equal(result.restored, 0);
    assert_true(fixture_message(f, "change 1 was taken back already, by change 4"));
    assert_int_equal(take_back(f, 77, false, &result), GPCONF_ENOTFOUND);
}

static void an_undo_can_be_undone(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    assert_int_equal(sample_apply(f, A, "one\n"), 0);
    assert_int_equal(sample_apply(f, A, "two\n"), 0);
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(take_back(f, result.change->number, false, &result), 0);
    assert_string_equal(sample_body(f, A), "two\n");
    assert_int_equal(state_of(f, 2), CHANGE_KEPT);
    assert_int_equal(take_back(f, 2, false, &result), 0);
    assert_string_equal(sample_body(f, A), "one\n");
}

static void what_drifted_is_left_alone(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    apply_two(f, "one\n");
    apply_two(f, "two\n");
    edit(f, A, "edited\n");
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(result.drifted, 1);
    assert_int_equal(result.restored, 1);
    assert_true(fixture_said(f, "change-drifted"));
    assert_string_equal(edited(f, A), "edited\n");
    assert_string_equal(sample_body(f, B), "one\n");
    assert_int_equal(take_back(f, 2, true, &result), 0);
    assert_string_equal(sample_body(f, A), "one\n");
    assert_string_equal(edited(f, ASIDE_A), "edited\n");
    sample_assert_clean(f);
}

static void files_of_one_name_are_all_kept_aside(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    struct change change = sample_change();
    sample_want(f, &change, B, "one\n");
    sample_want(f, &change, C, "one\n");
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    edit(f, B, "edited\n");
    edit(f, C, "too\n");
    assert_int_equal(take_back(f, 1, true, &result), 0);
    assert_int_equal(result.restored, 2);
    assert_false(fixture_exists(f, B));
    assert_false(fixture_exists(f, C));
    assert_string_equal(edited(f, ASIDE_B), "edited\n");
    assert_string_equal(edited(f, ASIDE_C), "too\n");
}

static void what_is_kept_aside_is_never_overwritten(void **state)
{
    static const char *const edits[] = { "edited\n", "again\n", "edited\n" };
    struct fixture *f = *state;
    struct undo_result result;
    assert_int_equal(sample_apply(f, A, "one\n"), 0);
    assert_int_equal(sample_apply(f, A, "two\n"), 0);
    for (size_t i = 0; i < 3; i++) {
        edit(f, A, edits[i]);
        assert_int_equal(take_back(f, 2, true, &result), 0);
        assert_string_equal(sample_body(f, A), "one\n");
    }
    assert_string_equal(edited(f, ASIDE_A), "edited\n");
    assert_string_equal(edited(f, ASIDE_A ".1"), "again\n");
    assert_int_equal(sample_entries(f, ASIDE), 2);
}

static void force_is_not_for_the_files_of_others(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    apply_two(f, "one\n");
    fixture_write(f, A, "somebody's own\n");
    edit(f, B, "edited\n");
    assert_int_equal(take_back(f, 1, true, &result), 0);
    assert_int_equal(result.drifted, 1);
    assert_int_equal(result.restored, 1);
    assert_true(fixture_message(f, "somebody else's file now"));
    assert_string_equal(fixture_read(f, A, NULL), "somebody's own\n");
    assert_false(fixture_exists(f, B));
    assert_int_equal(sample_entries(f, ASIDE), 1);
    assert_int_equal(unlinkat(f->root, A, 0), 0);
}

static void a_file_of_ours_needs_no_label_to_be_forced(void **state)
{
    static const char target[] = "etc/gpconf/local.ini";
    struct fixture *f = *state;
    struct undo_result result;
    assert_int_equal(sample_apply(f, target, "one\n"), 0);
    fixture_write(f, target, "no label\n");
    assert_int_equal(take_back(f, 1, true, &result), 0);
    assert_int_equal(result.restored, 1);
    assert_false(fixture_exists(f, target));
}

static void when_all_has_drifted_nothing_is_recorded(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    assert_int_equal(sample_apply(f, A, "one\n"), 0);
    edit(f, A, "edited\n");
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(result.drifted, 1);
    assert_int_equal(state_of(f, 1), CHANGE_KEPT);
    assert_int_equal(mode_of(f), MODE_AUDIT);
    assert_int_equal(unlinkat(f->root, A, 0),
                     0); /* gone is as before: nothing drifts */
    assert_int_equal(take_back(f, 0, true, &result), 0);
    assert_int_equal(state_of(f, 1), CHANGE_REVERTED);
}

static void a_newer_change_that_stays_is_named(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    struct change change = sample_change();
    apply_two(f, "one\n");
    apply_two(f, "two\n");
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(result.undone, 2);
    change.verb = "enforce";
    change.overwrite = true;
    assert_int_equal(mode_step(&change,
                               (struct mode_state){ MODE_ENFORCING, MODE_ENFORCING },
                               &f->arena),
                     0);
    change.complete = NULL;
    change.n_complete = 0;
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    assert_false(fixture_said(f, "change-passed-over"));
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(result.undone, 1);
    assert_true(fixture_message(
        f, "change 4 ('enforce') is newer and wrote no file that could be put back"));
    assert_false(fixture_message(f, "change 3"));
}

static void a_lost_copy_stops_the_undo(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    apply_two(f, "one\n");
    apply_two(f, "two\n");
    int dir = openat(f->root, "var/lib/gpconf/before", O_RDONLY | O_CLOEXEC);
    DIR *stream = fdopendir(dir);
    for (const struct dirent *d; (d = readdir(stream));)
        unlinkat(dir, d->d_name, 0);
    closedir(stream);
    assert_int_equal(take_back(f, 0, false, &result), GPCONF_ENOTFOUND);
    assert_true(fixture_said(f, "change-copy-lost"));
    assert_string_equal(sample_body(f, A), "two\n");
}

/* A change of two files, and one that builds on the second. */
static void what_a_later_change_builds_on_stays_whole(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    struct change later = sample_change();
    apply_two(f, "one\n");
    later.n_complete = 0;
    sample_want(f, &later, B, "two\n");
    assert_int_equal(sample_commit(f, &later, NULL), 0);
    assert_int_equal(take_back(f, 1, false, &result), 0);
    assert_int_equal(result.builder, 2);
    assert_int_equal(result.restored, 0);
    assert_int_equal(result.drifted, 0);
    assert_int_equal(result.change->n_steps, 0);
    assert_true(fixture_message(f, "change 2 ('apply') builds on change 1 here, "
                                   "changing nothing; 'gpconf undo 2' first"));
    assert_string_equal(sample_body(f, A), "one\n");
    assert_string_equal(sample_body(f, B), "two\n");
    assert_int_equal(state_of(f, 1), CHANGE_KEPT);
    assert_int_equal(mode_of(f), MODE_AUDIT);
    assert_int_equal(take_back(f, 2, false, &result), 0);
    assert_int_equal(take_back(f, 1, false, &result), 0);
    assert_int_equal(result.restored, 2);
    assert_false(fixture_exists(f, A));
}

static void the_newest_that_builds_on_it_goes_first(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    struct change later = sample_change();
    apply_two(f, "one\n");
    later.n_complete = 0;
    sample_want(f, &later, B, "two\n");
    assert_int_equal(sample_commit(f, &later, NULL), 0);
    later = sample_change();
    later.n_complete = 0;
    sample_want(f, &later, A, "three\n");
    assert_int_equal(sample_commit(f, &later, NULL), 0);
    assert_int_equal(take_back(f, 1, false, &result), 0);
    assert_int_equal(result.builder, 3);
    assert_int_equal(take_back(f, 3, false, &result), 0);
    assert_int_equal(take_back(f, 1, false, &result), 0);
    assert_int_equal(result.builder, 2);
}

static void force_takes_back_what_others_build_on(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    assert_int_equal(sample_apply(f, A, "one\n"), 0);
    assert_int_equal(sample_apply(f, A, "two\n"), 0);
    assert_int_equal(take_back(f, 1, true, &result), 0);
    assert_int_equal(result.builder, 0);
    assert_int_equal(result.restored, 1);
    assert_false(fixture_exists(f, A));
    assert_true(fixture_message(f, "what is there now is kept as /" ASIDE
                                   "1-etc%apt%apt.conf.d%99-gpconf.conf"));
    assert_int_equal(take_back(f, 2, false, &result), 0);
    assert_int_equal(result.builder, 3);
    assert_int_equal(result.restored, 0);
}

static void what_drifted_after_a_later_undo_has_only_drifted(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    apply_two(f, "one\n");
    apply_two(f, "two\n");
    assert_int_equal(take_back(f, 2, false, &result), 0);
    edit(f, A, "edited\n");
    assert_int_equal(take_back(f, 1, false, &result), 0);
    assert_int_equal(result.builder, 0);
    assert_int_equal(result.drifted, 1);
    assert_int_equal(result.restored, 1);
}

static void a_change_that_was_taken_back_in_part_is_built_on(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    apply_two(f, "one\n");
    apply_two(f, "two\n");
    edit(f, A, "edited\n");
    assert_int_equal(take_back(f, 2, false, &result), 0);
    assert_int_equal(state_of(f, 2), CHANGE_PARTLY);
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(result.builder, 2);
    assert_int_equal(result.undone, 1);
    assert_true(fixture_message(f, "only in part, changing nothing; 'gpconf undo 2 "
                                   "--force' first"));
    assert_int_equal(take_back(f, 2, true, &result), 0);
    assert_int_equal(state_of(f, 2), CHANGE_REVERTED);
    assert_int_equal(take_back(f, 0, false, &result), 0);
    assert_int_equal(result.undone, 1);
    assert_int_equal(result.restored, 2);
}

/* Who goes on with an undo in part takes nothing from a change that came after it. */
static void what_was_put_back_and_written_since_stays(void **state)
{
    struct fixture *f = *state;
    struct undo_result result;
    struct change later = sample_change();
    apply_two(f, "one\n");
    apply_two(f, "two\n");
    edit(f, A, "edited\n");
    assert_int_equal(take_back(f, 2, false, &result), 0);
    later.n_complete = 0;
    sample_want(f, &later, B, "three\n");
    assert_int_equal(sample_commit(f, &later, NULL), 0);
    assert_int_equal(take_back(f, 2, true, &result), 0);
    assert_int_equal(result.restored, 1);
    assert_string_equal(sample_body(f, A), "one\n");
    assert_string_equal(sample_body(f, B), "three\n");
}

static struct change provisional(struct fixture *f, const char *body)
{
    struct change change = sample_change();
    sample_want(f, &change, A, body);
    change.keep_by = 1700000600;
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    assert_int_equal(change.state, CHANGE_PROVISIONAL);
    return change;
}

static void expire(struct fixture *f, int64_t now, bool at_boot)
{
    struct lock lock;
    sample_lock(f, &lock);
    assert_int_equal(
        undo_expired(&lock, now, at_boot, NULL, &f->arena, &f->diagnostics), 0);
    lock_drop(&lock);
}

static void what_nobody_confirmed_goes_even_if_it_drifted(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(sample_apply(f, A, "one\n"), 0);
    struct change change = provisional(f, "two\n");
    expire(f, 1700000599, false);
    assert_int_equal(state_of(f, change.number), CHANGE_PROVISIONAL);
    edit(f, A, "edited\n");
    expire(f, 1700000600, false);
    assert_int_equal(state_of(f, change.number), CHANGE_REVERTED);
    assert_string_equal(sample_body(f, A), "one\n");
    change = provisional(f, "three\n");
    expire(f, 0, true);
    assert_int_equal(state_of(f, change.number), CHANGE_REVERTED);
}

static void what_was_confirmed_stays(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    struct change change = provisional(f, "two\n");
    const struct undo_options options = { .number = change.number, .now = 1700000001 };
    sample_lock(f, &lock);
    assert_int_equal(undo_not(&lock, &options, NULL, &f->arena, &f->diagnostics), 0);
    assert_int_equal(undo_not(&lock, &options, NULL, &f->arena, &f->diagnostics),
                     GPCONF_EINVAL);
    lock_drop(&lock);
    expire(f, 1800000000, true);
    assert_int_equal(state_of(f, change.number), CHANGE_KEPT);
    assert_string_equal(sample_body(f, A), "two\n");
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_was_there_comes_back),
        TEST(folders_that_were_made_go_too),
        TEST(folders_that_went_come_back_as_they_were),
        TEST(undoing_twice_goes_back_twice),
        TEST(an_undo_can_be_undone),
        TEST(what_drifted_is_left_alone),
        TEST(files_of_one_name_are_all_kept_aside),
        TEST(what_is_kept_aside_is_never_overwritten),
        TEST(force_is_not_for_the_files_of_others),
        TEST(a_file_of_ours_needs_no_label_to_be_forced),
        TEST(when_all_has_drifted_nothing_is_recorded),
        TEST(a_newer_change_that_stays_is_named),
        TEST(a_lost_copy_stops_the_undo),
        TEST(what_a_later_change_builds_on_stays_whole),
        TEST(the_newest_that_builds_on_it_goes_first),
        TEST(force_takes_back_what_others_build_on),
        TEST(what_drifted_after_a_later_undo_has_only_drifted),
        TEST(a_change_that_was_taken_back_in_part_is_built_on),
        TEST(what_was_put_back_and_written_since_stays),
        TEST(what_nobody_confirmed_goes_even_if_it_drifted),
        TEST(what_was_confirmed_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
