#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "policies/limits.h"
#include "tests/unit/bench.h"

static int parse(struct bench *b, const char *text, struct machine_limits *ret)
{
    bench_forget(b);
    return limits_parse(text, strlen(text), "limits.ini", &b->arena, &b->diagnostics,
                        ret);
}

static void an_empty_file_limits_nothing(void **state)
{
    struct machine_limits limits;
    assert_int_equal(parse(*state, "", &limits), 0);
    assert_false(limits.security_required || limits.has_greatest_deferral ||
                 limits.sources_fixed || limits.has_restart_hours);
    assert_int_equal(parse(*state, "# none yet\n[limits]\n", &limits), 0);
}

static void every_limit_is_read_with_its_line(void **state)
{
    struct machine_limits limits;
    assert_int_equal(parse(*state,
                           "[limits]\nsecurity updates = required\n"
                           "greatest deferral = 14 ; days\nSources = fixed\n"
                           "restart hours = 22-05\n",
                           &limits),
                     0);
    assert_true(limits.security_required && limits.sources_fixed);
    assert_int_equal(limits.greatest_deferral, 14);
    assert_int_equal(limits.restart_from, 22);
    assert_int_equal(limits.restart_to, 5);
    assert_int_equal(limits.security_origin.at, 2);
    assert_int_equal(limits.deferral_origin.at, 3);
    assert_int_equal(limits.sources_origin.at, 4);
    assert_int_equal(limits.restart_origin.at, 5);
    assert_int_equal(parse(*state, "[limits]\ngreatest deferral = 0", &limits), 0);
    assert_true(limits.has_greatest_deferral);
    assert_int_equal(parse(*state, "[limits]\ngreatest deferral = 365", &limits), 0);
}

static void anything_not_understood_is_damage(void **state)
{
    struct bench *b = *state;
    static const char *const bad[] = {
        "security updates = yes",
        "greatest deferral = 366",
        "greatest deferral = ",
        "greatest deferral = 14d",
        "greatest deferral = -1",
        "sources = free",
        "restart hours = 22",
        "restart hours = 22-24",
        "restart hours = 5-5",
        "restart hours = 22-05x",
        "restart hours = -5",
        "sauces = fixed",
        "sources = fixed\nSOURCES = fixed",
        "sources",
        "[other]\nsources = fixed",
        "greatest deferral = 0014",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct machine_limits limits = { .greatest_deferral = 4711 };
        const char *text = arena_format(&b->arena, "[limits]\n%s\n", bad[i]);
        assert_int_equal(parse(b, text, &limits), GPCONF_ESYNTAX);
        assert_int_equal(limits.greatest_deferral, 4711);
        assert_int_equal(b->diagnostics.errors, 1);
        assert_true(b->diagnostics.first->origin.at >= 2);
    }
}

static void every_truncation_is_whole_or_damaged(void **state)
{
    struct bench *b = *state;
    static const char text[] = "[limits]\nsources = fixed\nrestart hours = 22-05\n";
    for (size_t size = 0; size < sizeof text - 1; size++) {
        struct machine_limits limits;
        char *copy = malloc(size ? size : 1);
        memcpy(copy, text, size);
        bench_forget(b);
        int status = limits_parse(copy, size, "f", &b->arena, &b->diagnostics, &limits);
        assert_int_equal(status != 0, b->diagnostics.errors != 0);
        free(copy);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_empty_file_limits_nothing),
        T(every_limit_is_read_with_its_line),
        T(anything_not_understood_is_damage),
        T(every_truncation_is_whole_or_damaged),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
