#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/apt_render_fixture.h"

static void second_tuesday(void **state)
{
    (void)state;
    static const char *const packages[] = { "linux-image-*", "libstdc++6", "nginx" };
    c.mode = MODE_AUTOMATIC;
    c.install_day = 3;
    c.install_weeks = 1 << 1;
    c.excluded_packages = (struct config_list){ packages, 3 };
    c.recommended = 0;
    c.reboot = REBOOT_NEEDED;
    c.mail = "root";
    c.mail_report = MAIL_ON_ERROR;
    CONFIGURE(SETTING_MODE, SETTING_INSTALL_DAY, SETTING_INSTALL_TIME,
              SETTING_INSTALL_WEEKS, SETTING_EXCLUDED_PACKAGES, SETTING_RECOMMENDED,
              SETTING_REBOOT, SETTING_MAIL, SETTING_MAIL_REPORT);
    render("second-tuesday", 3);
    assert_int_equal(plan.steps[0].gate, GATE_OPENS);
    assert_string_equal(claim("apt-daily-upgrade.timer:OnCalendar")->value,
                        "Tue *-*-08..14 03:00:00");
}

static void midnight_with_an_interval(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.install_time = 0;
    c.check_interval = 6;
    c.wake = 1;
    c.on_battery = 1;
    c.decisions[SETTING_MISSED_INSTALL].source = BY_POLICY;
    c.decisions[SETTING_MISSED_INSTALL].is_off = true;
    CONFIGURE(SETTING_MODE, SETTING_INSTALL_TIME, SETTING_CHECK_INTERVAL, SETTING_WAKE,
              SETTING_ON_BATTERY);
    render("midnight", 5);
    assert_string_equal(claim("apt-daily.timer:OnCalendar")->value, "*-*-* 00/6:00:00");
    assert_int_equal(claim("apt-daily.timer:OnCalendar")->fidelity, FIDELITY_EXACT);
}

static void an_automatic_time_keeps_the_distribution_s_timers(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.install_time = INSTALL_TIME_AUTOMATIC;
    CONFIGURE(SETTING_MODE, SETTING_INSTALL_DAY, SETTING_INSTALL_TIME);
    render("automatic-time", 1);
}

static void a_weekly_window(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.window_date = "2026-11-01";
    c.window_time = "23:30";
    c.window_repeat = WINDOW_WEEKLY;
    c.window_every_weeks = 1;
    c.window_days = 1 << 6;
    CONFIGURE(SETTING_MODE, SETTING_WINDOW_DATE, SETTING_WINDOW_TIME);
    render("window", 3);
}

static void a_window_that_no_timer_can_say_installs_nothing(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.window_date = "2026-11-01";
    c.window_time = "23:30";
    c.window_repeat = WINDOW_DAILY;
    c.window_every_days = 3;
    CONFIGURE(SETTING_MODE, SETTING_WINDOW_DATE, SETTING_WINDOW_TIME);
    render("window-odd", 1);
    assert_string_equal(claim("APT::Periodic::Unattended-Upgrade")->value, "0");
    assert_string_equal(diagnostics.first->code, "apt-window");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(second_tuesday),
        TEST(midnight_with_an_interval),
        TEST(an_automatic_time_keeps_the_distribution_s_timers),
        TEST(a_weekly_window),
        TEST(a_window_that_no_timer_can_say_installs_nothing),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
