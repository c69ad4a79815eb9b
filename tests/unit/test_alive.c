#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/rsop/alive.h"

static void an_empty_set_has_no_next(void **state)
{
    (void)state;
    static const size_t bounds[] = { 0, 1, 63, 64, 65, 4095, 4096, 4097, 300000 };
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct arena arena;
        arena_init(&arena, LIMIT_ARENA);
        struct alive alive;
        assert_int_equal(alive_init(&alive, bounds[i], &arena), 0);
        for (size_t at = 0; at <= bounds[i]; at += at / 8 + 1)
            assert_int_equal(alive_next(&alive, at, bounds[i]), bounds[i]);
        arena_done(&arena);
    }
}

static void the_next_member_is_found_as_by_looking_at_each(void **state)
{
    (void)state;
    enum { BOUND = 4096 * 3 + 7 };
    static bool member[BOUND];
    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    struct alive alive;
    assert_int_equal(alive_init(&alive, BOUND, &arena), 0);
    uint32_t seed = 1;
    for (size_t i = 0; i < 60000; i++) {
        seed = seed * 1664525 + 1013904223;
        size_t at = (seed >> 8) % BOUND;
        /* Mostly removals, so that the set stays sparse. */
        member[at] = seed >> 30 == 0;
        if (member[at])
            alive_add(&alive, at);
        else
            for (size_t j = at; j < at + 200 && j < BOUND; j++) {
                member[j] = false;
                alive_remove(&alive, j);
            }
        size_t from = (seed >> 4) % BOUND, end = from + (seed >> 20);
        end = end < BOUND ? end : BOUND;
        size_t expected = from;
        while (expected < end && !member[expected])
            expected++;
        assert_int_equal(alive_next(&alive, from, end), expected);
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_has_no_next),
        cmocka_unit_test(the_next_member_is_found_as_by_looking_at_each),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
