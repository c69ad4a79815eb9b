#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/facts/collect.h"
#include "tests/unit/bench.h"

#define MARK "run/reboot-required"

static struct facts collect(struct bench *b)
{
    struct facts facts;
    assert_int_equal(facts_collect(&b->machine, &b->arena, &b->diagnostics, &facts), 0);
    return facts;
}

static void a_machine_without_the_mark_needs_no_restart(void **state)
{
    struct bench *b = *state;
    bench_put(b, MARK ".pkgs", "libc6\n");
    struct facts facts = collect(b);
    assert_false(facts.restart_needed);
    assert_int_equal(facts.n_restart_packages, 0);
}

static void the_packages_that_want_a_restart_are_named_once(void **state)
{
    struct bench *b = *state;
    bench_put(b, MARK, "*** System restart required ***\n");
    bench_put(b, MARK ".pkgs", "linux-image-amd64\nlibc6\n\nlibc6\ndbus");
    struct facts facts = collect(b);
    assert_true(facts.restart_needed);
    assert_int_equal(facts.n_restart_packages, 3);
    assert_string_equal(facts.restart_packages[0], "linux-image-amd64");
    assert_string_equal(facts.restart_packages[1], "libc6");
    assert_string_equal(facts.restart_packages[2], "dbus");
}

static void a_restart_may_be_needed_by_nobody_in_particular(void **state)
{
    struct bench *b = *state;
    bench_put(b, MARK, "");
    struct facts facts = collect(b);
    assert_true(facts.restart_needed);
    assert_int_equal(facts.n_restart_packages, 0);
}

static void without_a_zone_the_machine_is_in_utc(void **state)
{
    struct facts facts = collect(*state);
    assert_null(facts.zone);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, bench_set_up_root, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_machine_without_the_mark_needs_no_restart),
        TEST(the_packages_that_want_a_restart_are_named_once),
        TEST(a_restart_may_be_needed_by_nobody_in_particular),
        TEST(without_a_zone_the_machine_is_in_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
