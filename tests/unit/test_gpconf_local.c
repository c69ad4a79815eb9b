#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/change/undo.h"
#include "engine/gpconf.h"
#include "tests/unit/bench.h"

#define LOCAL "etc/gpconf/local.ini"

static struct gpconf_answer *answer;

static int tear_down(void **state)
{
    gpconf_answer_unref(answer);
    answer = NULL;
    return bench_tear_down(state);
}

/* The text of local.ini; NULL when there is none. */
static const char *content(struct bench *b)
{
    struct file file;
    int status = file_read(b->machine.root_fd, LOCAL, FILE_BENEATH, LIMIT_INI_FILE,
                           &b->arena, &file, NULL);
    return status ? NULL : file.bytes;
}

static int set(struct bench *b, const char *what, const char *word, unsigned flags)
{
    gpconf_answer_unref(answer);
    answer = NULL;
    return gpconf_set(b->session, what, &word, 1, flags, &answer);
}

static int unset(struct bench *b, const char *what)
{
    gpconf_answer_unref(answer);
    answer = NULL;
    return gpconf_unset(b->session, what, NULL, 0, &answer);
}

static const struct gpconf_node *told(const char *name)
{
    return gpconf_node_get(gpconf_answer_data(answer), name);
}

/* What the history knows. */
static struct history history_of(struct bench *b)
{
    struct history history;
    assert_int_equal(
        history_read(b->machine.root_fd, &b->arena, &b->diagnostics, &history), 0);
    return history;
}

static void a_set_is_a_change_that_can_be_undone(void **state)
{
    struct bench *b = *state;
    assert_int_equal(set(b, "update.mode", "manual", 0), 0);
    assert_non_null(strstr(content(b), "[update]\nmode = manual\n"));
    assert_true(gpconf_node_bool(told("changed")));
    assert_int_equal(gpconf_node_number(told("change")), 1);
    struct history history = history_of(b);
    assert_int_equal(history.n, 1);
    const struct change *change = &history.changes[0];
    assert_string_equal(change->verb, "set");
    assert_string_equal(change->steps[0].target, LOCAL);
    assert_int_equal(change->steps[0].n_claims, 1);
    assert_string_equal(change->steps[0].claims[0].setting, "update.mode");
    assert_string_equal(change->steps[0].claims[0].value, "manual");

    struct lock lock;
    const struct undo_options options = { .author = "test", .now = 1 };
    const struct change_table table = { 0 };
    struct undo_result result;
    assert_int_equal(
        lock_take(b->machine.root_fd, "test", LOCK_NO_WAIT, &b->diagnostics, &lock), 0);
    assert_int_equal(undo(&lock, &options, &table, &b->arena, &b->diagnostics, &result),
                     0);
    lock_drop(&lock);
    assert_int_equal(result.restored, 1);
    assert_null(content(b));
}

static void an_unset_is_one_too_and_says_what_is_gone(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nmode = manual\nmail = root\n");
    assert_int_equal(unset(b, "update.mode"), 0);
    assert_string_equal(content(b), "[update]\nmail = root\n");
    const struct gpconf_node *gone = gpconf_node_first(told("gone"));
    assert_string_equal(gpconf_get_text(gone, "value"), "manual");
    assert_int_equal(gpconf_node_number(gpconf_node_get(gone, "line")), 2);
    const struct change change = history_of(b).changes[0];
    assert_string_equal(change.verb, "unset");
    assert_int_equal(change.steps[0].n_claims, 1);
    assert_string_equal(change.steps[0].claims[0].setting, "update.mode");
    assert_null(change.steps[0].claims[0].value);
    assert_false(change.steps[0].claims[0].sensitive);
    assert_string_equal(gpconf_get_text(told("setting"), "state"), "default");
}

static void what_changes_nothing_leaves_no_trace(void **state)
{
    struct bench *b = *state;
    static const char ini[] = "[update]\nmode = manual\n";
    bench_put(b, LOCAL, ini);
    assert_int_equal(set(b, "update.mode", "manual", 0), 0);
    assert_false(gpconf_node_bool(told("changed")));
    assert_true(gpconf_node_bool(told("stored")));
    assert_int_equal(unset(b, "update.mail"), 0);
    assert_false(gpconf_node_bool(told("changed")));
    assert_int_equal(set(b, "update.mode", "bogus", 0), GPCONF_ERANGE);
    assert_int_equal(set(b, "update.moed", "manual", 0), GPCONF_ENOTFOUND);
    assert_non_null(answer);
    assert_string_equal(content(b), ini);
    assert_int_not_equal(access(bench_at(b, "var"), F_OK), 0);
}

/* How many diagnostics there are, and whether the first one begins so. */
static void tells(size_t n, const char *text)
{
    const struct gpconf_diagnostic *list;
    assert_int_equal(gpconf_answer_diagnostics(answer, &list), n);
    if (n && strncmp(list[0].message, text, strlen(text)) != 0)
        assert_string_equal(list[0].message, text);
}

static void what_the_choice_idles_is_told_and_only_that(void **state)
{
    struct bench *b = *state;
    bench_put(b, "var/lib/dpkg/status",
              "Package: apt\nStatus: install ok installed\nVersion: 2.6.1\n\n"
              "Package: unattended-upgrades\nStatus: install ok installed\n"
              "Version: 2.9.1\n\n");
    bench_put(b, LOCAL,
              "[update]\nmode = automatic\ninstall-day = monday\ninstall-time = 3\n"
              "active-hours-start = 8\nactive-hours-end = 17\nreboot-time = 12:00\n");
    assert_int_equal(set(b, "update.mail", "root", 0), 0);
    tells(0, "");
    /* Nothing asked for restarts before; now there is one other reason. */
    assert_int_equal(set(b, "update.reboot", "when-needed", 0), 0);
    tells(1, "update.reboot-time has no effect: it lies within the active hours");
    assert_int_equal(set(b, "update.reboot-time", "13:00", 0), 0);
    tells(1, "update.reboot-time has no effect: it lies within the active hours");
    assert_int_equal(set(b, "update.mode", "notify", 0), 0);
    tells(1, "update.install-day and update.install-time have no effect: ");
    assert_int_equal(unset(b, "update.reboot"), 0);
    tells(1, "update.reboot-time, update.active-hours-start and "
             "update.active-hours-end have no effect: nothing asks for restarts");
}

static void what_the_client_cannot_do_is_told_with_the_choice(void **state)
{
    struct bench *b = *state;
    bench_put(b, "var/lib/dpkg/status",
              "Package: apt\nStatus: install ok installed\nVersion: 2.6.1\n\n"
              "Package: unattended-upgrades\nStatus: install ok installed\n"
              "Version: 2.9.1\n\n");
    assert_int_equal(set(b, "update.deadline", "3", 0), 0);
    tells(1, "update.deadline cannot be done with apt: ");
    assert_int_equal(set(b, "update.mail", "root", 0), 0);
    tells(0, "");
}

static void a_damaged_file_is_left_alone(void **state)
{
    struct bench *b = *state;
    bench_put(b, LOCAL, "[update]\nnonsense\n");
    assert_int_equal(set(b, "update.mode", "manual", 0), GPCONF_ESYNTAX);
    const struct gpconf_diagnostic *list;
    assert_true(gpconf_answer_diagnostics(answer, &list) > 0);
    assert_int_equal(list[0].at, 2);
    assert_string_equal(content(b), "[update]\nnonsense\n");
    bench_put(b, LOCAL, "[update]\n");
    bench_put(b, "etc/gpconf/limits.ini", "nonsense\n");
    assert_int_equal(gpconf_set_root(b->session, b->root), 0); /* look anew */
    assert_int_equal(set(b, "update.mode", "manual", 0), GPCONF_ESYNTAX);
    assert_string_equal(content(b), "[update]\n");
}

static void a_busy_machine_is_not_written(void **state)
{
    struct bench *b = *state;
    struct lock lock;
    assert_int_equal(
        lock_take(b->machine.root_fd, "test", LOCK_NO_WAIT, &b->diagnostics, &lock), 0);
    bench_put(b, LOCAL, "[update]\nmode = manual\n");
    /* What needs no writing needs no lock. */
    assert_int_equal(set(b, "update.mode", "manual", 0), 0);
    assert_int_equal(unset(b, "update.mail"), 0);
    lock_drop(&lock);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, bench_set_up_session, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_set_is_a_change_that_can_be_undone),
        TEST(an_unset_is_one_too_and_says_what_is_gone),
        TEST(what_changes_nothing_leaves_no_trace),
        TEST(what_the_choice_idles_is_told_and_only_that),
        TEST(what_the_client_cannot_do_is_told_with_the_choice),
        TEST(a_damaged_file_is_left_alone),
        TEST(a_busy_machine_is_not_written),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
