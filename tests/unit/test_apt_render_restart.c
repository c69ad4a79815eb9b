#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/apt_render_fixture.h"

static void active_hours_restart_at_their_end(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot = REBOOT_NEEDED;
    c.reboot_time = "12:30"; /* within the active hours */
    c.active_start = 8;
    c.active_end = 17;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT, SETTING_REBOOT_TIME, SETTING_ACTIVE_START,
              SETTING_ACTIVE_END);
    render("active-hours", 1);
    assert_string_equal(claim("Unattended-Upgrade::Automatic-Reboot-Time")->value,
                        "17:00");
}

static void a_fixed_restart_ignores_users(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot_always = 1;
    c.reboot_delay = 30;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY);
    render("fixed-restart", 1);
}

static void sparing_users(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot_with_users = 0;
    c.reboot = REBOOT_NEEDED;
    c.reboot_warning = 10;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT, SETTING_REBOOT_WITH_USERS,
              SETTING_REBOOT_WARNING);
    render("sparing-users", 1);
}

static void a_month_without_restarts(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot = REBOOT_NEEDED;
    c.rebootless_months = 1 << 10;
    c.rebootless_now = true;
    c.rebootless_held = 1;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT, SETTING_REBOOTLESS_MONTHS);
    render("rebootless", 1);
    assert_string_equal(claim("Unattended-Upgrade::Automatic-Reboot")->value, "false");
}

static void restart_hours_of_the_machine_move_the_restart(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot = REBOOT_NEEDED;
    c.has_restart_hours = true;
    c.restart_from = 22;
    c.restart_to = 5;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_string_equal(claim("Unattended-Upgrade::Automatic-Reboot-Time")->value,
                        "22:00");
}

static void without_an_hour_to_restart_there_is_no_restart(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot = REBOOT_NEEDED;
    c.has_restart_hours = true;
    c.restart_from = 9;
    c.restart_to = 12;
    c.active_start = 8;
    c.active_end = 17;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT, SETTING_ACTIVE_START, SETTING_ACTIVE_END);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_string_equal(claim("Unattended-Upgrade::Automatic-Reboot")->value, "false");
    assert_string_equal(diagnostics.first->code, "apt-no-restart");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(active_hours_restart_at_their_end),
        TEST(a_fixed_restart_ignores_users),
        TEST(sparing_users),
        TEST(a_month_without_restarts),
        TEST(restart_hours_of_the_machine_move_the_restart),
        TEST(without_an_hour_to_restart_there_is_no_restart),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
