#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/gpo/which.h"
#include "tests/unit/bench.h"

#define A "{A1000000-0000-0000-0000-00000000000A}"
#define B "{B2000000-0000-0000-0000-00000000000B}"
#define C "{C3000000-0000-0000-0000-00000000000C}"
#define D "{D4000000-0000-0000-0000-00000000000D}"

static int set_up(void **state)
{
    int failed = bench_set_up_root(state);
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" A "/gpt.ini", "[General]\ndisplayName=One\n");
    bench_put(b, "etc/gpconf/policies/" B "/gpt.ini", "[General]\ndisplayName=Twin\n");
    bench_put(b, "etc/gpconf/policies/local/gpt.ini", "");
    bench_put(b, "etc/gpconf/policies/links.ini",
              "[gpo " C "]\nname = Twin\n[gpo " D "]\nname = Remembered\n");
    failed |= snapshot_read(&b->machine, &b->arena, &b->diagnostics, &b->snapshot);
    return failed | store_parse(&b->snapshot, &b->arena, &b->diagnostics, &b->store);
}

static void a_guid_or_a_name_says_which(void **state)
{
    struct bench *b = *state;
    struct which which;
    assert_int_equal(
        which_gpo(&b->store, "{a1000000-0000-0000-0000-00000000000a}", &which), 0);
    assert_string_equal(which.id, A);
    assert_string_equal(which.name, "One");
    assert_non_null(which.gpo);
    assert_int_equal(which_gpo(&b->store, "oNe", &which), 0);
    assert_string_equal(which.id, A);
    assert_int_equal(which_gpo(&b->store, "LOCAL", &which), 0);
    assert_true(which.gpo->is_local);
}

static void a_gpo_may_be_known_without_being_deployed(void **state)
{
    struct bench *b = *state;
    struct which which;
    assert_int_equal(which_gpo(&b->store, "remembered", &which), 0);
    assert_string_equal(which.id, D);
    assert_null(which.gpo);
    assert_int_equal(which_gpo(&b->store, D, &which), 0);
    assert_string_equal(which.name, "Remembered");
    static const char stranger[] = "{E5000000-0000-0000-0000-00000000000E}";
    assert_int_equal(which_gpo(&b->store, stranger, &which), 0);
    assert_string_equal(which.id, stranger);
    assert_null(which.gpo);
}

static void a_name_of_two_gpos_is_ambiguous(void **state)
{
    struct bench *b = *state;
    struct which which = { 0 };
    assert_int_equal(which_gpo(&b->store, "Twin", &which), GPCONF_ERANGE);
    assert_null(which.id);
    assert_true(which_named(&b->store, "Twin", 0, &which));
    assert_string_equal(which.id, B);
    assert_true(which_named(&b->store, "Twin", 1, &which));
    assert_string_equal(which.id, C);
    assert_false(which_named(&b->store, "Twin", 2, &which));
}

static void an_unknown_name_has_a_suggestion(void **state)
{
    struct bench *b = *state;
    struct which which;
    assert_int_equal(which_gpo(&b->store, "Remembred", &which), GPCONF_ENOTFOUND);
    assert_string_equal(which_meant(&b->store, "Remembred"), "Remembered");
    assert_null(which_meant(&b->store, "something else"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guid_or_a_name_says_which),
        cmocka_unit_test(a_gpo_may_be_known_without_being_deployed),
        cmocka_unit_test(a_name_of_two_gpos_is_ambiguous),
        cmocka_unit_test(an_unknown_name_has_a_suggestion),
    };
    return cmocka_run_group_tests(tests, set_up, bench_tear_down);
}
