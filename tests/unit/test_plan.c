#include "tests/unit/change_sample.h"

#include "engine/change/plan.h"

#define APT "etc/apt/apt.conf.d/99-gpconf.conf"

static int plan(struct fixture *f, struct change *change)
{
    struct history history;
    assert_int_equal(history_read(f->root, &f->arena, &f->diagnostics, &history), 0);
    return plan_make(f->root, &history, change, &f->arena, &f->diagnostics);
}

/* Plan one file of ours where something lies; the status, and the action. */
static int plan_one(struct fixture *f, const char *body, bool overwrite,
                    enum step_action *ret_action)
{
    struct change change = sample_change();
    change.overwrite = overwrite;
    sample_want(f, &change, APT, body);
    int status = plan(f, &change);
    if (!status)
        *ret_action = change.steps[0].action;
    return status;
}

static void write_ours(struct fixture *f, const char *body, bool edited)
{
    size_t size;
    char *text = label_add("# ", body, strlen(body), &f->arena, &size);
    if (edited)
        text[size - 2] ^= 1;
    fixture_write_n(f, APT, text, size);
}

static void nothing_there_is_created(void **state)
{
    struct fixture *f = *state;
    enum step_action action;
    assert_int_equal(plan_one(f, "a\n", false, &action), 0);
    assert_int_equal(action, STEP_CREATE);
    assert_int_equal(plan_one(f, NULL, false, &action), 0);
    assert_int_equal(action, STEP_KEEP);
    assert_false(fixture_exists(f, "etc"));
    assert_int_equal(f->diagnostics.n, 0);
}

static void what_is_ours_is_kept_replaced_or_removed(void **state)
{
    struct fixture *f = *state;
    enum step_action action;
    write_ours(f, "a\n", false);
    assert_int_equal(plan_one(f, "a\n", false, &action), 0);
    assert_int_equal(action, STEP_KEEP);
    assert_int_equal(plan_one(f, "b\n", false, &action), 0);
    assert_int_equal(action, STEP_REPLACE);
    assert_int_equal(plan_one(f, NULL, false, &action), 0);
    assert_int_equal(action, STEP_REMOVE);
    fchmodat(f->root, APT, 0600, 0);
    assert_int_equal(plan_one(f, "a\n", false, &action), 0);
    assert_int_equal(action, STEP_REPLACE);
}

/* Whoever takes a file away from everybody means it. */
static void a_mode_of_nothing_is_kept(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    sample_want(f, &change, APT, "a\n")->mode = 0;
    write_ours(f, "a\n", false);
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.steps[0].action, STEP_REPLACE);
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    struct stat st;
    assert_int_equal(fstatat(f->root, APT, &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0);
}

static void what_was_edited_is_refused_unless_asked_for(void **state)
{
    struct fixture *f = *state;
    enum step_action action;
    write_ours(f, "abc\n", true);
    assert_int_equal(plan_one(f, "b\n", false, &action), GPCONF_ECLIENT);
    assert_true(fixture_said(f, "change-drifted"));
    assert_int_equal(plan_one(f, "b\n", true, &action), 0);
    assert_int_equal(action, STEP_REPLACE);
    assert_int_equal(plan_one(f, NULL, false, &action), 0);
    assert_int_equal(action, STEP_KEEP);
    assert_int_equal(plan_one(f, NULL, true, &action), 0);
    assert_int_equal(action, STEP_REMOVE);
}

static void a_foreign_file_is_refused_always(void **state)
{
    struct fixture *f = *state;
    enum step_action action;
    fixture_write(f, APT, "// mine\n");
    assert_int_equal(plan_one(f, "b\n", true, &action), GPCONF_ECLIENT);
    assert_true(fixture_said(f, "change-foreign-file"));
    assert_int_equal(plan_one(f, NULL, true, &action), 0);
    assert_int_equal(action, STEP_KEEP);
}

static void what_is_no_file_is_refused_and_named(void **state)
{
    struct fixture *f = *state;
    enum step_action action;
    fixture_folders(f, APT);
    assert_int_equal(symlinkat("/etc/passwd", f->root, APT), 0);
    assert_int_equal(plan_one(f, "b\n", true, &action), GPCONF_ECLIENT);
    assert_true(fixture_message(f, "is a symbolic link"));
    assert_int_equal(unlinkat(f->root, APT, 0), 0);
    assert_int_equal(mkdirat(f->root, APT, 0755), 0);
    assert_int_equal(plan_one(f, "b\n", true, &action), GPCONF_ECLIENT);
    assert_true(fixture_message(f, "is no regular file"));
    assert_int_equal(plan_one(f, NULL, true, &action), 0);
    assert_int_equal(action, STEP_KEEP);
}

static void everything_that_is_wrong_is_named_at_once(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    fixture_write(f, "a", "foreign\n");
    fixture_write(f, "b", "foreign\n");
    sample_want(f, &change, "a", "x\n");
    sample_want(f, &change, "b", "x\n");
    sample_want(f, &change, "../c", "x\n");
    sample_want(f, &change, "d", "x\n");
    sample_want(f, &change, "d", "y\n");
    assert_int_equal(plan(f, &change), GPCONF_ECLIENT);
    assert_int_equal(f->diagnostics.errors, 4);
    assert_true(fixture_said(f, "change-bad-path"));
    assert_true(fixture_said(f, "change-twice"));
}

/* Somebody took the whole folder away since the file was read. */
static void what_is_gone_with_its_folder_has_moved(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    sample_want(f, &change, "etc/gpconf/local.ini", "x\n")->expects = "0000";
    assert_int_equal(plan(f, &change), GPCONF_ECLIENT);
    assert_true(fixture_said(f, "change-target-moved"));
    change.steps[0].expects = "";
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.steps[0].action, STEP_CREATE);
}

static void our_own_places_need_no_label(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    fixture_write(f, "etc/gpconf/local.ini", "[a]\n");
    sample_want(f, &change, "etc/gpconf/local.ini", "x\n");
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.steps[0].action, STEP_REPLACE);
    assert_memory_equal(change.steps[0].before, "[a]\n", 4);
    change.steps[0].expects = "0000";
    assert_int_equal(plan(f, &change), GPCONF_ECLIENT);
    assert_true(fixture_said(f, "change-target-moved"));
    change.steps[0].expects = arena_string(&f->arena, change.steps[0].before_hash);
    assert_int_equal(plan(f, &change), 0);
    change.steps[0].expects = "";
    assert_int_equal(plan(f, &change), GPCONF_ECLIENT);
}

static void what_nobody_wants_any_more_goes_with_its_owner(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    sample_want(f, &change, "etc/a", "x\n");
    sample_want(f, &change, "etc/b", "x\n")->owner = "dnf";
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    change = sample_change();
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.n_steps, 1);
    assert_string_equal(change.steps[0].target, "etc/a");
    assert_int_equal(change.steps[0].action, STEP_REMOVE);
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.n_steps, 1);
    change = sample_change();
    change.n_complete = 0;
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.n_steps, 0);
}

static void gates_that_close_come_first(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    sample_want(f, &change, "var/lib/gpconf/changes/9", "x\n")->gate = GATE_CLOSES;
    sample_want(f, &change, "etc/a", "x\n")->gate = GATE_OPENS;
    sample_want(f, &change, "etc/b", "x\n");
    sample_want(f, &change, "etc/c", "x\n")->gate = GATE_CLOSES;
    sample_want(f, &change, "etc/d", "x\n")->gate = GATE_CLOSES;
    assert_int_equal(plan(f, &change), 0);
    const char *const order[] = { "etc/c", "etc/d", "etc/b", "etc/a",
                                  "var/lib/gpconf/changes/9" };
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(change.steps[i].target, order[i]);
}

static void missing_folders_are_made_from_the_top(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    fixture_folders(f, "etc/");
    sample_want(f, &change, "etc/x/y/z", "x\n");
    sample_want(f, &change, "etc/x/w", "x\n");
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.n_made, 2);
    assert_string_equal(change.made[0].path, "etc/x");
    assert_string_equal(change.made[1].path, "etc/x/y");
}

static void an_open_folder_is_refused(void **state)
{
    struct fixture *f = *state;
    enum step_action action;
    fixture_folders(f, APT);
    fchmodat(f->root, "etc/apt", 0777, 0);
    assert_int_equal(plan_one(f, "a\n", false, &action), GPCONF_EUNTRUSTED);
    assert_int_equal(unlinkat(f->root, "etc/apt/apt.conf.d", AT_REMOVEDIR), 0);
    assert_int_equal(plan_one(f, "a\n", false, &action), GPCONF_EUNTRUSTED);
}

/* A record that was lost: the label says what is ours. */
static void what_bears_our_label_is_put_on_record(void **state)
{
    static const struct trace traces[] = { { "etc/ours", "apt" },
                                           { "etc/foreign", "apt" },
                                           { "etc/absent", "apt" } };
    struct fixture *f = *state;
    struct change change = sample_change();
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    fixture_write(f, "etc/foreign", "mine\n");
    size_t size;
    char *text = label_add("# ", "x\n", 2, &f->arena, &size);
    fixture_write_n(f, "etc/ours", text, size);
    change.traces = traces;
    change.n_traces = 3;
    sample_want(f, &change, APT, "one\n");
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.n_steps, 2);
    assert_false(change_adopts(&change.steps[0])); /* it is on record */
    assert_int_equal(change.steps[1].action, STEP_REMOVE);
    assert_string_equal(change.steps[1].target, "etc/ours");
    assert_true(fixture_message(f, "no record of /etc/ours, which bears"));

    assert_int_equal(unlinkat(f->root, "var/lib/gpconf/changes/1", 0), 0);
    change = sample_change();
    sample_want(f, &change, APT, "one\n");
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.steps[0].action, STEP_KEEP);
    assert_true(change_adopts(&change.steps[0]));
    assert_int_equal(plan_acts(&change), 1);
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    assert_true(fixture_exists(f, "var/lib/gpconf/changes/1"));
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    assert_false(fixture_exists(f, "var/lib/gpconf/changes/2"));
    change = sample_change();
    assert_int_equal(plan(f, &change), 0);
    assert_int_equal(change.n_steps, 1); /* so it goes when nobody wants it */
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(nothing_there_is_created),
        TEST(what_is_ours_is_kept_replaced_or_removed),
        TEST(a_mode_of_nothing_is_kept),
        TEST(what_was_edited_is_refused_unless_asked_for),
        TEST(a_foreign_file_is_refused_always),
        TEST(what_is_no_file_is_refused_and_named),
        TEST(everything_that_is_wrong_is_named_at_once),
        TEST(what_is_gone_with_its_folder_has_moved),
        TEST(our_own_places_need_no_label),
        TEST(what_nobody_wants_any_more_goes_with_its_owner),
        TEST(gates_that_close_come_first),
        TEST(missing_folders_are_made_from_the_top),
        TEST(an_open_folder_is_refused),
        TEST(what_bears_our_label_is_put_on_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
