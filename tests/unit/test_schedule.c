#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/process.h"
#include "engine/providers/units.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 64 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct update_config automatic(uint32_t day, uint32_t hour, uint32_t weeks)
{
    struct update_config c = { .mode = MODE_AUTOMATIC,
                               .install_day = day,
                               .install_time = hour,
                               .install_weeks = weeks };
    for (int i = 0; i <= SETTING_INSTALL_WEEKS; i++)
        c.decisions[i].source = BY_POLICY;
    return c;
}

static const char *calendar(const struct update_config *config)
{
    struct schedule schedule;
    if (!schedule_install(config, &schedule))
        return NULL;
    return units_calendar(&schedule, &arena);
}

static void days_weeks_and_hours_become_a_calendar(void **state)
{
    (void)state;
    struct update_config c = automatic(0, 3, 0);
    assert_string_equal(calendar(&c), "*-*-* 03:00:00");
    c = automatic(3, 3, 1 << 1);
    assert_string_equal(calendar(&c), "Tue *-*-08..14 03:00:00");
    c = automatic(1, 0, 1 | 1 << 2);
    assert_string_equal(calendar(&c), "Sun *-*-01..07,15..21 00:00:00");
    c = automatic(7, 23, 1 | WEEK_EVERY);
    assert_string_equal(calendar(&c), "Sat *-*-* 23:00:00");
    c = automatic(0, 4, 1);
    assert_string_equal(calendar(&c), "*-*-01..07 04:00:00");
}

static void without_a_time_the_client_chooses(void **state)
{
    (void)state;
    struct update_config c = automatic(3, INSTALL_TIME_AUTOMATIC, 0);
    assert_null(calendar(&c));
    c = automatic(3, 3, 0);
    c.mode = MODE_NOTIFY;
    assert_null(calendar(&c));
    c = automatic(3, 3, 0);
    for (int i = SETTING_INSTALL_DAY; i <= SETTING_INSTALL_WEEKS; i++)
        c.decisions[i].idle_by = 2;
    assert_null(calendar(&c));
}

static struct update_config window(enum window_repeat repeat)
{
    struct update_config c = { .window_time = "23:30",
                               .window_date = "2026-02-10",
                               .window_repeat = repeat,
                               .window_every_days = 1,
                               .window_every_weeks = 1,
                               .window_every_months = 1,
                               .window_days = 1 << 6 | 1,
                               .window_month_day = 15,
                               .window_occurrence = 5,
                               .window_weekday = 2 };
    c.decisions[SETTING_WINDOW_TIME].source = BY_POLICY;
    return c;
}

static const char *window_calendar(const struct update_config *config)
{
    struct schedule schedule;
    if (!schedule_window(config, &schedule))
        return NULL;
    return units_calendar(&schedule, &arena);
}

static void a_window_becomes_a_calendar_where_it_can(void **state)
{
    (void)state;
    struct update_config c = window(WINDOW_DAILY);
    assert_string_equal(window_calendar(&c), "*-*-* 23:30:00");
    c.window_every_days = 3;
    assert_null(window_calendar(&c));
    c = window(WINDOW_WEEKLY);
    assert_string_equal(window_calendar(&c), "Sun,Sat *-*-* 23:30:00");
    c.window_every_weeks = 2;
    assert_null(window_calendar(&c));
    c = window(WINDOW_MONTHLY);
    assert_string_equal(window_calendar(&c), "*-*-15 23:30:00");
    c.window_monthly = 1;
    assert_string_equal(window_calendar(&c), "Tue *-*~01..07 23:30:00");
    c.window_occurrence = 2;
    c.window_every_months = 3;
    assert_string_equal(window_calendar(&c), "Tue *-02,05,08,11-08..14 23:30:00");
    c.window_every_months = 5;
    assert_null(window_calendar(&c));
    c = window(WINDOW_ONCE);
    assert_null(window_calendar(&c));
}

static void earlier_moves_the_weekday_over_midnight(void **state)
{
    (void)state;
    struct update_config c = automatic(1, 0, 0);
    struct schedule s, earlier;
    assert_true(schedule_install(&c, &s));
    assert_true(units_earlier(&s, 2, &earlier));
    assert_string_equal(units_calendar(&earlier, &arena), "Sat *-*-* 22:00:00");
    c = automatic(3, 3, 2);
    assert_true(schedule_install(&c, &s));
    assert_true(units_earlier(&s, 2, &earlier));
    assert_string_equal(units_calendar(&earlier, &arena), "Tue *-*-08..14 01:00:00");
    c = automatic(3, 1, 1);
    assert_true(schedule_install(&c, &s));
    assert_false(units_earlier(&s, 2, &earlier));
    assert_string_equal(units_calendar(&earlier, &arena), "Mon *-*-* 23:00:00");
}

/* --- systemd judges ------------------------------------------------------------ */

static const char *const zones[] = { "Europe/Rome",         "America/New_York",
                                     "Australia/Lord_Howe", "America/Havana",
                                     "Asia/Kolkata",        "UTC" };
enum { ZONES = 6, ROUNDS = 8, BATCH = 60, RUNS = 4 };

static const struct zone *load(const char *name)
{
    char path[200];
    static char bytes[65536];
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    struct zone *zone;
    assert_int_equal(zone_parse(bytes, n, &arena, &zone), 0);
    return zone;
}

static uint32_t seed = 20261124;
static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static struct schedule random_schedule(void)
{
    struct schedule s = { SCHEDULE_ALL_WEEKDAYS, SCHEDULE_ALL_DAYS, false,
                          SCHEDULE_ALL_MONTHS,   draw(24),          draw(4) * 15 };
    if (draw(4))
        s.hour = draw(4); /* where the clocks change */
    if (draw(2))
        s.weekdays = 1 + draw(127);
    if (draw(2))
        s.days = 0x7fu << (7 * draw(4) + 1) | 0x7fu << (7 * draw(4) + 1);
    s.from_end = draw(4) == 0;
    if (s.from_end)
        s.days = 0x7fu << (7 * draw(4) + 1);
    if (!draw(4))
        s.months = 1 + draw(4095);
    return s;
}

/* Read "(in UTC): Sun 2026-03-29 00:30:00 UTC", or "Next elapse" in UTC itself. */
static bool read_run(const char *line, bool is_utc, int64_t *ret)
{
    const char *at = strstr(line, "(in UTC): ");
    if (!at && is_utc)
        at = strstr(line, "Next elapse: ");
    if (!at && is_utc)
        at = strstr(line, "Iter"); /* "Iter. #2: ", in systemd 257 "Iteration #2: " */
    if (!at)
        return false;
    at = strchr(at, ':');
    int year, month, day, hour, minute, second;
    if (sscanf(at + 1, " %*s %d-%d-%d %d:%d:%d UTC", &year, &month, &day, &hour,
               &minute, &second) != 6)
        return false;
    *ret = civil_days(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 +
           second;
    return true;
}

static void judge(const char *zone_name, const struct zone *zone, int64_t now)
{
    struct schedule schedules[BATCH];
    const char *arguments[BATCH + 6];
    size_t n = 0;
    arguments[n++] = "/usr/bin/systemd-analyze";
    arguments[n++] = "calendar";
    arguments[n++] = arena_format(&arena, "--iterations=%d", RUNS);
    arguments[n++] = arena_format(&arena, "--base-time=@%lld", (long long)now);
    for (size_t i = 0; i < BATCH; i++) {
        schedules[i] = random_schedule();
        arguments[n++] = units_calendar(&schedules[i], &arena);
    }
    arguments[n] = NULL;
    const char *environment[] = { arena_format(&arena, "TZ=%s", zone_name), NULL };
    struct process_result result;
    struct process process = { .arguments = arguments,
                               .environment = environment,
                               .seconds = 60 };
    assert_int_equal(process_run(&process, &arena, &result), 0);
    if (result.exit_status != 0)
        fail_msg("systemd-analyze: %s", result.errors);

    char *rest = NULL;
    size_t i = 0, run = 0, count = 0;
    int64_t runs[RUNS];
    struct facts facts = { .now = now, .zone = zone };
    bool started = false;
    for (char *line = strtok_r(result.output, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strstr(line, "Original form:") || strstr(line, "Normalized form:")) {
            if (strstr(line, "Normalized form:")) {
                assert_true(!started || run == count);
                i += started;
                started = true;
                run = 0;
                count = schedule_next(&schedules[i], &facts, runs, RUNS);
            }
            continue;
        }
        int64_t at;
        if (!read_run(line, !strcmp(zone_name, "UTC"), &at))
            continue;
        if (run >= count || runs[run] != at)
            fail_msg("%s, from %lld: %s, run %zu: systemd says %lld, not %lld",
                     zone_name, (long long)now, units_calendar(&schedules[i], &arena),
                     run, (long long)at, run < count ? (long long)runs[run] : -1);
        run++;
    }
    assert_int_equal(i, BATCH - 1);
    assert_int_equal(run, count);
}

static void systemd_agrees_with_the_next_runs(void **state)
{
    (void)state;
    if (access("/usr/bin/systemd-analyze", X_OK) != 0 || !load("Europe/Rome")) {
        print_message("no systemd-analyze or no time zone database here\n");
        skip();
    }
    for (size_t z = 0; z < ZONES; z++)
        for (int round = 0; round < ROUNDS; round++) {
            /* Days before both changes of clocks, and any day of twenty years. */
            static const int month_days[][2] = { { 3, 28 },  { 3, 7 }, { 10, 24 },
                                                 { 10, 31 }, { 4, 4 }, { 10, 3 } };
            int64_t now = round < 6 ? civil_days(2026, month_days[round][0],
                                                 month_days[round][1]) *
                                              SECONDS_PER_DAY +
                                          draw(86400)
                                    : (int64_t)draw(1u << 24) * 40 + 1500000000;
            judge(zones[z], load(zones[z]), now);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(days_weeks_and_hours_become_a_calendar, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(without_a_time_the_client_chooses, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_window_becomes_a_calendar_where_it_can, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(earlier_moves_the_weekday_over_midnight, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(systemd_agrees_with_the_next_runs, setup,
                                        teardown),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
