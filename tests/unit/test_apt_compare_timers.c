#include "tests/unit/apt_compare_fixture.h"

static void what_systemd_has_not_read_is_pending(void **state)
{
    all_is_well(*state);
    instead("apt-daily-upgrade.timer:reload", "yes");
    compare(*state);
    assert_int_equal(finding("apt-daily-upgrade.timer:OnCalendar")->state,
                     FINDING_PENDING);
    assert_int_equal(finding("apt-daily.timer:OnCalendar")->state, FINDING_IN_EFFECT);
}

static void a_timer_that_does_not_wait_is_an_error(void **state)
{
    static const struct {
        const char *key, *value, *advice;
    } cases[] = {
        { "apt-daily-upgrade.timer:enabled", "masked", "unmask" },
        { "apt-daily-upgrade.timer:enabled", "disabled", "enable --now" },
        { "apt-daily-upgrade.timer:enabled", "not-found", "package apt" },
        { "apt-daily-upgrade.timer:active", "inactive", "systemctl start" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        view.n = 0;
        all_is_well(*state);
        instead(cases[i].key, cases[i].value);
        compare(*state);
        assert_only(cases[i].key, FINDING_ERROR);
        assert_non_null(strstr(finding(cases[i].key)->why, cases[i].advice));
    }
    view.n = 0;
    all_is_well(*state);
    instead("apt-daily-upgrade.timer:active", NULL);
    compare(*state);
    assert_only("apt-daily-upgrade.timer:enabled", FINDING_UNKNOWN);
}

static void runs_at_other_times_are_drift(void **state)
{
    all_is_well(*state);
    instead("apt-daily-upgrade.timer:next", "1796702400");
    compare(*state);
    assert_only("apt-daily-upgrade.timer:next", FINDING_DRIFTED);
    assert_string_equal(finding("apt-daily-upgrade.timer:next")->seen,
                        "2026-12-08 04:00");
    assert_non_null(
        strstr(finding("apt-daily-upgrade.timer:next")->why, "2026-12-08 03:00"));
    instead("apt-daily-upgrade.timer:next", NULL);
    compare(*state);
    assert_only("apt-daily-upgrade.timer:next", FINDING_DRIFTED);
    assert_null(finding("apt-daily-upgrade.timer:next")->seen);
}

static void the_timers_own_next_run_is_held_to_the_minute(void **state)
{
    /* What the distribution's own file says is taken back by ours. */
    say(*state, "apt-daily-upgrade.timer:RandomizedDelaySec", "");
    all_is_well(*state);
    instead("apt-daily-upgrade.timer:elapses", "1796698740");
    compare(*state);
    assert_int_equal(count(FINDING_DRIFTED), 0);
    instead("apt-daily-upgrade.timer:elapses", "1796698739");
    compare(*state);
    assert_only("apt-daily-upgrade.timer:elapses", FINDING_DRIFTED);
}

static void another_occasion_to_run_is_drift(void **state)
{
    struct bench *b = *state;
    all_is_well(b);
    observe_add(&view, &b->arena, "apt-daily-upgrade.timer:OnBootSec", "1min",
                "etc/systemd/system/apt-daily-upgrade.timer.d/60.conf:2");
    say(b, "apt-daily-upgrade.timer:OnFailure", "x.service");
    compare(b);
    assert_only("apt-daily-upgrade.timer:OnBootSec", FINDING_DRIFTED);
    assert_string_equal(finding("apt-daily-upgrade.timer:OnBootSec")->by,
                        "etc/systemd/system/apt-daily-upgrade.timer.d/60.conf:2");
}

static void a_line_of_ours_that_systemd_refuses_is_an_error(void **state)
{
    all_is_well(*state);
    say(*state, "apt-daily-upgrade.timer:verify",
        "/etc/systemd/system/apt-daily-upgrade.timer.d/50-gpconf.conf:4: Failed");
    compare(*state);
    assert_only("apt-daily-upgrade.timer:OnCalendar", FINDING_ERROR);
    assert_non_null(finding("apt-daily-upgrade.timer:OnCalendar")->file);
    /* Not of a line that another file's number names. */
    view.n = 0;
    all_is_well(*state);
    say(*state, "apt-daily-upgrade.timer:verify",
        "/etc/systemd/system/apt-daily-upgrade.timer.d/60.conf:4: Failed");
    compare(*state);
    assert_int_equal(count(FINDING_ERROR), 0);
}

/* --- The real readers, on a root that was written to as an apply would ---------------- */

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_systemd_has_not_read_is_pending),
        TEST(a_timer_that_does_not_wait_is_an_error),
        TEST(runs_at_other_times_are_drift),
        TEST(the_timers_own_next_run_is_held_to_the_minute),
        TEST(another_occasion_to_run_is_drift),
        TEST(a_line_of_ours_that_systemd_refuses_is_an_error),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
