#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/facts/zone.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 16 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static const char *const zones[] = { "Europe/Rome",         "America/New_York",
                                     "Australia/Lord_Howe", "Asia/Kolkata",
                                     "America/Havana",      "Africa/Casablanca",
                                     "Pacific/Apia",        "Asia/Tehran",
                                     "Europe/Dublin",       "Etc/UTC" };

static size_t load(const char *name, char *to, size_t max)
{
    char path[200];
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    size_t n = fread(to, 1, max, file);
    fclose(file);
    return n;
}

/* The C library is the judge. */
static void wall_time_is_what_the_c_library_says(void **state)
{
    (void)state;
    static char bytes[65536];
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        size_t size = load(zones[z], bytes, sizeof bytes);
        if (size == 0) {
            print_message("no time zone database here\n");
            skip();
        }
        struct zone *zone;
        assert_int_equal(zone_parse(bytes, size, &arena, &zone), 0);
        setenv("TZ", zones[z], 1);
        tzset();
        /* Every 40 h 29 min from 1968 to 2060: both sides of every change. */
        for (int64_t t = -60000000; t < 2840000000; t += 20820 * 7) {
            time_t instant = (time_t)t;
            struct tm tm;
            assert_non_null(localtime_r(&instant, &tm));
            int64_t wall = civil_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) *
                               SECONDS_PER_DAY +
                           tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
            if (zone_wall(zone, t) != wall)
                fail_msg("%s at %lld: %lld, not %lld", zones[z], (long long)t,
                         (long long)zone_wall(zone, t), (long long)wall);
            struct civil c = civil_from_days(wall_day(wall));
            assert_int_equal(c.weekday, tm.tm_wday);
            assert_int_equal(c.day, tm.tm_mday);
            assert_int_equal(c.month, tm.tm_mon + 1);
            int64_t instants[2];
            int n = zone_instants(zone, wall, instants);
            assert_true(n > 0 && (instants[0] == t || (n == 2 && instants[1] == t)));
        }
    }
    unsetenv("TZ");
    tzset();
}

static void a_gap_has_no_instant_and_an_overlap_two(void **state)
{
    (void)state;
    static char bytes[65536];
    size_t size = load("Europe/Rome", bytes, sizeof bytes);
    if (size == 0)
        skip();
    struct zone *zone;
    assert_int_equal(zone_parse(bytes, size, &arena, &zone), 0);
    int64_t instants[2];
    int64_t gap = civil_days(2026, 3, 29) * SECONDS_PER_DAY + 2 * 3600 + 1800;
    assert_int_equal(zone_instants(zone, gap, instants), 0);
    assert_int_equal(zone_instants(zone, gap + 3600, instants), 1);
    int64_t twice = civil_days(2026, 10, 25) * SECONDS_PER_DAY + 2 * 3600 + 1800;
    assert_int_equal(zone_instants(zone, twice, instants), 2);
    assert_int_equal(instants[1] - instants[0], 3600);
    assert_int_equal(zone_wall(zone, instants[0]), twice);
    assert_int_equal(zone_wall(zone, instants[1]), twice);
}

static void a_cut_file_is_refused_or_harmless(void **state)
{
    (void)state;
    static char bytes[65536];
    size_t size = load("Europe/Rome", bytes, sizeof bytes);
    if (size == 0)
        skip();
    for (size_t n = 0; n < size; n++) {
        char *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, bytes, n);
        struct zone *zone;
        assert_int_equal(zone_parse(copy, n, &arena, &zone), GPCONF_ESYNTAX);
        free(copy);
    }
}

static void no_zone_is_utc(void **state)
{
    (void)state;
    int64_t instants[2];
    assert_int_equal(zone_wall(NULL, 12345), 12345);
    assert_int_equal(zone_instants(NULL, 12345, instants), 1);
    assert_int_equal(instants[0], 12345);
}

static void days_and_dates_agree(void **state)
{
    (void)state;
    assert_int_equal(civil_days(1970, 1, 1), 0);
    assert_int_equal(civil_from_days(0).weekday, 4);
    for (int64_t day = -200000; day < 200000; day++) {
        struct civil c = civil_from_days(day);
        assert_int_equal(civil_days(c.year, c.month, c.day), day);
    }
    assert_int_equal(civil_month_days(2024, 2), 29);
    assert_int_equal(civil_month_days(2100, 2), 28);
    assert_int_equal(civil_month_days(2026, 12), 31);
    assert_int_equal(wall_day(-1), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(wall_time_is_what_the_c_library_says, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_gap_has_no_instant_and_an_overlap_two, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_cut_file_is_refused_or_harmless, setup,
                                        teardown),
        cmocka_unit_test(no_zone_is_utc),
        cmocka_unit_test(days_and_dates_agree),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
