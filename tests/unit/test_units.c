#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/providers/units.h"

/* That systemd agrees with the expressions is in test_schedule.c. */

static void sets_become_ranges(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct schedule s = { 1 | 1 << 6, 0x7fu << 1 | 1u << 15, false, 1 | 1 << 11, 4, 5 };
    assert_string_equal(units_calendar(&s, &arena),
                        "Sun,Sat *-01,12-01..07,15 04:05:00");
    s = (struct schedule){ 1 << 2, 0x7fu << 1, true, SCHEDULE_ALL_MONTHS, 23, 30 };
    assert_string_equal(units_calendar(&s, &arena), "Tue *-*~01..07 23:30:00");
    arena_done(&arena);
}

static void without_memory_there_is_no_expression(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct schedule s = {
        SCHEDULE_ALL_WEEKDAYS, SCHEDULE_ALL_DAYS, false, SCHEDULE_ALL_MONTHS, 3, 0
    };
    assert_null(units_calendar(&s, &arena));
    assert_true(arena_failed(&arena));
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_become_ranges),
        cmocka_unit_test(without_memory_there_is_no_expression),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
