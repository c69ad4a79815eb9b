#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "engine/update/rules.h"

static struct arena arena;
static struct diagnostics diagnostics;
static struct update_config c;

/* Configure settings by policy; the fields are set by the test. */
static void configure(const enum setting_index *which, size_t n)
{
    for (size_t i = 0; i < n; i++)
        c.decisions[which[i]].source = BY_POLICY;
}
#define CONFIGURE(...)                                                                 \
    configure((const enum setting_index[]){ __VA_ARGS__ },                             \
              sizeof((const enum setting_index[]){ __VA_ARGS__ }) /                    \
                  sizeof(enum setting_index))

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    diagnostics_init(&diagnostics, &arena);
    c = (struct update_config){ .mode = MODE_AUTOMATIC,
                                .active_start = 8,
                                .active_end = 17,
                                .reboot_with_users = 1 };
    CONFIGURE(SETTING_MODE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void apply(void)
{
    rules_apply(&c, &diagnostics);
}

static void idle(enum setting_index setting, uint16_t number)
{
    assert_int_equal(c.decisions[setting].idle_by, number);
    assert_int_equal(c.decisions[setting].why != NULL, number != 0);
}

/* What was told last begins, or goes on, like this. */
static void told(const char *text)
{
    assert_non_null(diagnostics.last);
    if (!strstr(diagnostics.last->message, text))
        assert_string_equal(diagnostics.last->message, text);
}

static void restart_when_needed(void)
{
    c.reboot = REBOOT_NEEDED;
    CONFIGURE(SETTING_REBOOT);
}

static void every_rule_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (uint16_t n = 1; n <= 31; n++)
        for (uint16_t m = 1; m < n; m++)
            if (rules_find(n) && rules_find(m))
                assert_string_not_equal(rules_find(n)->text, rules_find(m)->text);
    assert_null(rules_find(0));
    assert_null(rules_find(999));
}

static void rule_1_manual_idles_the_rest(void **state)
{
    (void)state;
    c.mode = MODE_MANUAL;
    CONFIGURE(SETTING_CHECK_INTERVAL, SETTING_REBOOT_WARNING, SETTING_INSTALL_DAY,
              SETTING_MAIL);
    apply();
    idle(SETTING_CHECK_INTERVAL, 1);
    idle(SETTING_REBOOT_WARNING, 1);
    idle(SETTING_INSTALL_DAY, 2);
    idle(SETTING_MAIL, 0);
    idle(SETTING_MODE, 0);
}

static void rule_2_a_schedule_needs_automatic(void **state)
{
    (void)state;
    CONFIGURE(SETTING_INSTALL_DAY, SETTING_INSTALL_TIME, SETTING_INSTALL_WEEKS);
    apply();
    idle(SETTING_INSTALL_DAY, 0);
    c.mode = MODE_DOWNLOAD;
    apply();
    idle(SETTING_INSTALL_DAY, 2);
    idle(SETTING_INSTALL_TIME, 2);
    idle(SETTING_INSTALL_WEEKS, 2);
    assert_int_equal(diagnostics.n, 0); /* an editor writes them with every mode */
}

static void rule_26_maintenance_replaces_the_schedule(void **state)
{
    (void)state;
    c.maintenance = 1;
    CONFIGURE(SETTING_INSTALL_DAY, SETTING_INSTALL_TIME, SETTING_MAINTENANCE);
    apply();
    idle(SETTING_INSTALL_DAY, 26);
    idle(SETTING_INSTALL_TIME, 26);
    told("update.install-day and update.install-time have no effect: ");
}

static void rule_2_an_unfit_mode_is_not_automatic(void **state)
{
    (void)state;
    c.decisions[SETTING_MODE].is_unfit = true;
    CONFIGURE(SETTING_INSTALL_DAY);
    apply();
    idle(SETTING_INSTALL_DAY, 2);
}

static void rule_3_restart_details_need_automatic(void **state)
{
    (void)state;
    c.mode = MODE_NOTIFY;
    CONFIGURE(SETTING_REBOOT_WITH_USERS, SETTING_MISSED_INSTALL, SETTING_REBOOT_ALWAYS);
    apply();
    idle(SETTING_REBOOT_WITH_USERS, 3);
    idle(SETTING_MISSED_INSTALL, 3);
    idle(SETTING_REBOOT_ALWAYS, 3);
}

static void rule_8_sparing_users_idles_active_hours(void **state)
{
    (void)state;
    restart_when_needed();
    CONFIGURE(SETTING_ACTIVE_START, SETTING_ACTIVE_END);
    apply();
    idle(SETTING_ACTIVE_START, 0);
    assert_int_equal(diagnostics.n, 0);
    c.reboot_with_users = 0;
    CONFIGURE(SETTING_REBOOT_WITH_USERS);
    apply();
    idle(SETTING_ACTIVE_START, 8);
    idle(SETTING_ACTIVE_END, 8);
    told("update.active-hours-start and update.active-hours-end have no effect: "
         "restarts wait for nothing but that nobody is logged on");
}

static void rule_28_a_fixed_restart_has_no_time_of_day(void **state)
{
    (void)state;
    c.reboot_always = 1;
    c.reboot_time = "03:30";
    CONFIGURE(SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY, SETTING_REBOOT_TIME,
              SETTING_REBOOT_WARNING, SETTING_ACTIVE_START, SETTING_ACTIVE_END);
    apply();
    idle(SETTING_REBOOT_TIME, 28);
    idle(SETTING_REBOOT_WARNING, 28);
    idle(SETTING_ACTIVE_END, 28);
    idle(SETTING_REBOOT_DELAY, 0);
    told("update.reboot-time, update.reboot-warning, update.active-hours-start and "
         "update.active-hours-end have no effect: every installation");
}

static void rule_9_sparing_users_idles_a_fixed_restart(void **state)
{
    (void)state;
    c.reboot_always = 1;
    c.reboot_with_users = 0;
    CONFIGURE(SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY, SETTING_REBOOT_WITH_USERS);
    apply();
    idle(SETTING_REBOOT_ALWAYS, 9);
    idle(SETTING_REBOOT_DELAY, 9);
    idle(SETTING_REBOOT_WITH_USERS, 0);
}

static void a_deadline_that_no_client_follows_idles_nothing(void **state)
{
    (void)state;
    c.reboot_always = 1;
    c.maintenance = 1;
    CONFIGURE(SETTING_DEADLINE, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY);
    apply();
    idle(SETTING_REBOOT_ALWAYS, 0);
    idle(SETTING_REBOOT_DELAY, 0);
    CONFIGURE(SETTING_INSTALL_DAY, SETTING_INSTALL_TIME, SETTING_INSTALL_WEEKS);
    apply();
    idle(SETTING_INSTALL_DAY, 0);
    idle(SETTING_INSTALL_TIME, 0);
    idle(SETTING_INSTALL_WEEKS, 0);
    CONFIGURE(SETTING_MAINTENANCE);
    apply();
    idle(SETTING_MAINTENANCE, 0);
}

static void rule_27_restarting_must_be_asked_for(void **state)
{
    (void)state;
    c.reboot_time = "03:30";
    CONFIGURE(SETTING_REBOOT_TIME, SETTING_REBOOT_SPREAD, SETTING_ACTIVE_START,
              SETTING_ACTIVE_END);
    apply();
    idle(SETTING_REBOOT_TIME, 27);
    idle(SETTING_REBOOT_SPREAD, 27);
    idle(SETTING_ACTIVE_START, 27);
    told("'update.reboot = when-needed' does");
    teardown(NULL);
    setup(NULL);
    restart_when_needed();
    c.reboot_time = "03:30";
    CONFIGURE(SETTING_REBOOT_TIME);
    apply();
    idle(SETTING_REBOOT_TIME, 0);
    assert_int_equal(diagnostics.n, 0);
}

/* The line that spares users binds whatever makes the client restart. */
static void sparing_users_without_a_restart_is_told_and_counts(void **state)
{
    (void)state;
    c.reboot_with_users = 0;
    CONFIGURE(SETTING_REBOOT_WITH_USERS);
    apply();
    idle(SETTING_REBOOT_WITH_USERS, 0);
    told("update.reboot-with-users only holds for restarts that the client's own");
    teardown(NULL);
    setup(NULL);
    restart_when_needed();
    c.reboot_with_users = 0;
    CONFIGURE(SETTING_REBOOT_WITH_USERS);
    apply();
    assert_int_equal(diagnostics.n, 0);
}

static void rule_30_a_restart_time_in_the_active_hours_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *time;
        uint32_t start, end;
        uint16_t rule;
    } cases[] = { { "08:00", 8, 17, 30 }, { "16:59", 8, 17, 30 },
                  { "17:00", 8, 17, 0 },  { "07:59", 8, 17, 0 },
                  { "23:30", 22, 6, 30 }, { "05:59", 22, 6, 30 },
                  { "06:00", 22, 6, 0 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        restart_when_needed();
        c.reboot_time = cases[i].time;
        c.active_start = cases[i].start;
        c.active_end = cases[i].end;
        CONFIGURE(SETTING_REBOOT_TIME, SETTING_ACTIVE_START, SETTING_ACTIVE_END);
        apply();
        idle(SETTING_REBOOT_TIME, cases[i].rule);
        idle(SETTING_ACTIVE_START, 0);
        assert_int_equal(diagnostics.n, cases[i].rule != 0);
        teardown(NULL);
        setup(NULL);
    }
}

static void rules_29_and_31_a_time_of_day_that_decides_is_told(void **state)
{
    (void)state;
    restart_when_needed();
    c.reboot_time = "03:30";
    CONFIGURE(SETTING_REBOOT_TIME, SETTING_REBOOT_WARNING);
    apply();
    idle(SETTING_REBOOT_TIME, 0);
    idle(SETTING_REBOOT_WARNING, 31);
    told("update.reboot-warning has no effect: the restart comes at a time of day");
    CONFIGURE(SETTING_WINDOW_DATE, SETTING_WINDOW_TIME);
    apply();
    idle(SETTING_REBOOT_TIME, 29);
}

static void a_rule_is_told_once_and_of_what_is_asked(void **state)
{
    (void)state;
    bool only[SETTING_COUNT] = { [SETTING_INSTALL_TIME] = true };
    c.mode = MODE_NOTIFY;
    CONFIGURE(SETTING_INSTALL_DAY, SETTING_INSTALL_TIME, SETTING_ACTIVE_START,
              SETTING_ACTIVE_END);
    apply();
    assert_int_equal(diagnostics.n, 1);
    rules_tell(&c, only, &diagnostics);
    assert_int_equal(diagnostics.n, 2);
    assert_string_equal(diagnostics.last->message,
                        "update.install-time has no effect: only update.mode automatic "
                        "installs by a schedule");
    rules_tell(&c, only, NULL);
}

static void rule_18_a_window_needs_its_start(void **state)
{
    (void)state;
    CONFIGURE(SETTING_WINDOW_HOURS, SETTING_WINDOW_DATE);
    apply();
    idle(SETTING_WINDOW_HOURS, 18);
    teardown(NULL);
    setup(NULL);
    CONFIGURE(SETTING_WINDOW_HOURS, SETTING_WINDOW_DATE, SETTING_WINDOW_TIME);
    apply();
    idle(SETTING_WINDOW_HOURS, 0);
}

static void rules_19_and_20_the_more_precise_choice_of_sources_decides(void **state)
{
    (void)state;
    CONFIGURE(SETTING_OPTIONAL, SETTING_RECOMMENDED);
    apply();
    idle(SETTING_RECOMMENDED, 19);
    CONFIGURE(SETTING_ALLOWED_ORIGINS, SETTING_OTHER_PRODUCTS);
    apply();
    idle(SETTING_OPTIONAL, 20);
    idle(SETTING_OTHER_PRODUCTS, 20);
}

static void rule_21_a_report_needs_an_address(void **state)
{
    (void)state;
    CONFIGURE(SETTING_MAIL_REPORT, SETTING_MAIL_SENDER);
    apply();
    idle(SETTING_MAIL_REPORT, 21);
}

static void rule_22_never_restarting_idles_how(void **state)
{
    (void)state;
    c.reboot = REBOOT_NEVER;
    CONFIGURE(SETTING_REBOOT, SETTING_REBOOT_TIME, SETTING_ACTIVE_START,
              SETTING_ACTIVE_END, SETTING_REBOOT_SPREAD);
    apply();
    idle(SETTING_REBOOT_TIME, 22);
    idle(SETTING_ACTIVE_END, 22);
    idle(SETTING_REBOOT_SPREAD, 22);
}

static void rule_23_the_stronger_of_two_decides(void **state)
{
    (void)state;
    CONFIGURE(SETTING_ON_BATTERY, SETTING_CART, SETTING_BANDWIDTH_FOREGROUND);
    apply();
    idle(SETTING_CART, 23);
    idle(SETTING_BANDWIDTH_FOREGROUND, 0);
}

static void rules_24_and_25_active_hours_have_two_ends_and_a_length(void **state)
{
    (void)state;
    restart_when_needed();
    CONFIGURE(SETTING_ACTIVE_START);
    apply();
    idle(SETTING_ACTIVE_START, 24);
    teardown(NULL);
    setup(NULL);
    restart_when_needed();
    CONFIGURE(SETTING_ACTIVE_START, SETTING_ACTIVE_END);
    c.active_start = 22;
    c.active_end = 6;
    apply();
    idle(SETTING_ACTIVE_START, 0);
    c.active_end = 17; /* 19 hours */
    apply();
    idle(SETTING_ACTIVE_START, 25);
}

static void what_nobody_configured_is_not_idled(void **state)
{
    (void)state;
    c.mode = MODE_MANUAL;
    c.decisions[SETTING_INSTALL_TIME].source = BY_LOCAL;
    c.decisions[SETTING_INSTALL_TIME].is_off = true;
    apply();
    idle(SETTING_INSTALL_DAY, 0);
    idle(SETTING_INSTALL_TIME, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_rule_has_a_text_of_its_own),
        TEST(rule_1_manual_idles_the_rest),
        TEST(rule_2_a_schedule_needs_automatic),
        TEST(rule_2_an_unfit_mode_is_not_automatic),
        TEST(rule_3_restart_details_need_automatic),
        TEST(rule_26_maintenance_replaces_the_schedule),
        TEST(rule_8_sparing_users_idles_active_hours),
        TEST(rule_28_a_fixed_restart_has_no_time_of_day),
        TEST(rule_9_sparing_users_idles_a_fixed_restart),
        TEST(a_deadline_that_no_client_follows_idles_nothing),
        TEST(rule_27_restarting_must_be_asked_for),
        TEST(sparing_users_without_a_restart_is_told_and_counts),
        TEST(rule_30_a_restart_time_in_the_active_hours_is_told),
        TEST(rules_29_and_31_a_time_of_day_that_decides_is_told),
        TEST(a_rule_is_told_once_and_of_what_is_asked),
        TEST(rule_18_a_window_needs_its_start),
        TEST(rules_19_and_20_the_more_precise_choice_of_sources_decides),
        TEST(rule_21_a_report_needs_an_address),
        TEST(rule_22_never_restarting_idles_how),
        TEST(rule_23_the_stronger_of_two_decides),
        TEST(rules_24_and_25_active_hours_have_two_ends_and_a_length),
        TEST(what_nobody_configured_is_not_idled),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
