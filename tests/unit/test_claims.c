#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/providers/claims.h"
#include "tests/unit/bench.h"

#define LIST "Unattended-Upgrade::Package-Blacklist"

/* What is claimed, one line each, and what the client says. */
struct side {
    const char *key, *value, *from;
};

static struct findings found;

static int compare(struct bench *b, const struct side *claimed, size_t n_claimed,
                   const struct side *says, size_t n_says)
{
    struct change wanted = { 0 };
    struct view view = { .entries = arena_array(&b->arena, n_says, struct view_entry),
                         .n = n_says };
    struct claim *claims = arena_array(&b->arena, n_claimed, struct claim);
    for (size_t i = 0; i < n_claimed; i++)
        claims[i] = (struct claim){ .key = claimed[i].key,
                                    .value = claimed[i].value,
                                    .line = (uint32_t)i + 2 };
    for (size_t i = 0; i < n_says; i++)
        view.entries[i] =
            (struct view_entry){ says[i].key, says[i].value, says[i].from };
    struct step *step = change_add(&wanted, &b->arena, STEP_FILE);
    step->target = "etc/apt/apt.conf.d/99-gpconf.conf";
    step->claims = claims;
    step->n_claims = n_claimed;
    found = (struct findings){ 0 };
    return claims_compare(&wanted, &view, &b->arena, &found);
}
#define COMPARE(claimed, says)                                                         \
    assert_int_equal(compare(*state, claimed, sizeof(claimed) / sizeof *(claimed),     \
                             says, sizeof(says) / sizeof *(says)),                     \
                     0)

/* One letter a finding: i(n effect), d(rifted). */
static const char *states(void)
{
    static char text[64];
    for (size_t i = 0; i < found.n; i++)
        text[i] = "idpeu"[found.items[i].state];
    text[found.n] = '\0';
    return text;
}

static void what_the_client_says_as_claimed_is_in_effect(void **state)
{
    static const struct side claimed[] = { { .key = "A::B", .value = "1" },
                                           { .key = "a.timer:Persistent",
                                             .value = "true" } };
    static const struct side says[] = { { .key = "a.timer:Persistent",
                                          .value = "true" },
                                        { .key = "A::B", .value = "1" } };
    COMPARE(claimed, says);
    assert_string_equal(states(), "ii");
    assert_string_equal(found.items[0].seen, "1");
    assert_string_equal(found.items[0].file, "etc/apt/apt.conf.d/99-gpconf.conf");
    assert_null(found.items[0].why);
}

static void another_value_is_drift_and_names_who_decides(void **state)
{
    static const struct side claimed[] = { { .key = "A::B", .value = "1" } };
    static const struct side says[] = { { "A::B", "0", "etc/apt/apt.conf.d/zz:2" } };
    COMPARE(claimed, says);
    assert_string_equal(states(), "d");
    assert_string_equal(found.items[0].seen, "0");
    assert_string_equal(found.items[0].by, "etc/apt/apt.conf.d/zz:2");
    assert_non_null(found.items[0].why);
}

static void nothing_is_drift(void **state)
{
    static const struct side claimed[] = { { .key = "A::B", .value = "1" } };
    static const struct side says[] = { { "A::B", "", "zz:3" },
                                        { .key = "A::C", .value = "1" } };
    COMPARE(claimed, says);
    assert_string_equal(states(), "d");
    assert_null(found.items[0].seen);
    assert_string_equal(found.items[0].by, "zz:3");
}

static void a_list_is_in_effect_whole_and_in_order(void **state)
{
    static const struct side claimed[] = { { .key = LIST, .value = "" },
                                           { .key = LIST, .value = "a" },
                                           { .key = LIST, .value = "b" } };
    static const struct side whole[] = { { .key = LIST, .value = "" },
                                         { .key = LIST, .value = "a" },
                                         { .key = LIST, .value = "b" } };
    COMPARE(claimed, whole);
    assert_string_equal(states(), "iii");
    static const struct side turned[] = { { .key = LIST, .value = "b" },
                                          { .key = LIST, .value = "a" } };
    COMPARE(claimed, turned);
    assert_string_equal(states(), "iid");
    static const struct side shorter[] = { { .key = LIST, .value = "b" } };
    COMPARE(claimed, shorter);
    assert_string_equal(states(), "idi");
    assert_null(found.items[1].seen);
}

static void what_is_added_is_held_against_the_emptying(void **state)
{
    static const struct side claimed[] = { { .key = LIST, .value = "" },
                                           { .key = LIST, .value = "a" },
                                           { .key = LIST, .value = "b" } };
    static const struct side more[] = { { .key = LIST, .value = "a" },
                                        { LIST, "x", "zz:1" },
                                        { .key = LIST, .value = "b" } };
    COMPARE(claimed, more);
    assert_string_equal(states(), "dii");
    assert_string_equal(found.items[0].seen, "x");
    assert_string_equal(found.items[0].by, "zz:1");
    /* Once more what is there already is more as well. */
    static const struct side twice[] = { { .key = LIST, .value = "a" },
                                         { .key = LIST, .value = "b" },
                                         { .key = LIST, .value = "a" } };
    COMPARE(claimed, twice);
    assert_string_equal(states(), "dii");
    COMPARE(((const struct side[]){ { .key = LIST, .value = "a" } }), twice);
    assert_string_equal(states(), "d");
}

static void a_member_that_replaces_another_is_one_finding(void **state)
{
    static const struct side claimed[] = { { .key = LIST, .value = "" },
                                           { .key = LIST, .value = "a" } };
    static const struct side other[] = { { LIST, "x", "zz:1" } };
    COMPARE(claimed, other);
    assert_string_equal(states(), "id");
    assert_string_equal(found.items[1].seen, "x");
}

static void an_emptied_list_that_somebody_fills_is_drift(void **state)
{
    static const struct side claimed[] = { { .key = "a.service:ConditionACPower",
                                             .value = "" } };
    static const struct side filled[] = { { "a.service:ConditionACPower", "true",
                                            "a.service.d/60.conf:2" } };
    COMPARE(claimed, filled);
    assert_string_equal(states(), "d");
    assert_string_equal(found.items[0].by, "a.service.d/60.conf:2");
    COMPARE(claimed,
            ((const struct side[]){ { .key = "a.service:Condition", .value = "x" } }));
    assert_string_equal(states(), "i");
}

static void apt_keys_have_no_case_and_members_may_have_names(void **state)
{
    static const struct side claimed[] = {
        { .key = LIST, .value = "" }, { .key = "b.timer:Persistent", .value = "true" }
    };
    static const struct side says[] = {
        { .key = "unattended-upgrade::package-blacklist::mine", .value = "x" },
        { .key = LIST "::mine::deeper", .value = "y" },
        { .key = "b.timer:persistent", .value = "true" },
    };
    COMPARE(claimed, says);
    assert_string_equal(states(), "dd");
    assert_string_equal(found.items[0].seen, "x");
    assert_null(found.items[1].seen);
}

/* One line that does what three settings ask is one member. */
static void claims_of_one_line_are_one_member(void **state)
{
    struct bench *b = *state;
    struct claim claims[] = {
        { .key = "a.timer:OnCalendar", .value = "", .line = 3 },
        { .key = "a.timer:OnCalendar", .value = "x", .line = 4 },
        { .key = "a.timer:OnCalendar", .value = "x", .line = 4 }
    };
    struct change wanted = { 0 };
    struct step *step = change_add(&wanted, &b->arena, STEP_FILE);
    step->target = "t";
    step->claims = claims;
    step->n_claims = 3;
    struct view_entry entry = { .key = "a.timer:OnCalendar", .value = "x" };
    struct view view = { .entries = &entry, .n = 1 };
    assert_int_equal(claims_compare(&wanted, &view, &b->arena, &found), 0);
    assert_string_equal(states(), "iii");
    entry.value = "y";
    assert_int_equal(claims_compare(&wanted, &view, &b->arena, &found), 0);
    assert_string_equal(states(), "idd");
    assert_ptr_equal(found.items[2].claim, &claims[2]);
}

static void what_is_unsupported_makes_no_finding(void **state)
{
    struct bench *b = *state;
    struct claim claims[] = { { .key = "update.deferral",
                                .fidelity = FIDELITY_UNSUPPORTED },
                              { .key = "A::B", .value = "1", .line = 2 } };
    struct change wanted = { 0 };
    struct step *step = change_add(&wanted, &b->arena, STEP_FILE);
    step->claims = claims;
    step->n_claims = 2;
    struct view view = { 0 };
    assert_int_equal(claims_compare(&wanted, &view, &b->arena, &found), 0);
    assert_string_equal(states(), "d");
    assert_ptr_equal(found.items[0].claim, &claims[1]);
}

static void without_memory_there_are_no_findings(void **state)
{
    struct bench *b = *state;
    b->arena.limit = b->arena.used;
    struct claim claim = { .key = "A::B", .value = "1", .line = 2 };
    struct step step = { .claims = &claim, .n_claims = 1 };
    struct change wanted = { .steps = &step, .n_steps = 1 };
    struct view view = { 0 };
    found = (struct findings){ 0 };
    /* The block that the arena has is used up as well. */
    while (arena_alloc(&b->arena, 1, 64))
        ;
    assert_int_equal(claims_compare(&wanted, &view, &b->arena, &found), GPCONF_ENOMEM);
    assert_int_equal(found.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_client_says_as_claimed_is_in_effect),
        TEST(another_value_is_drift_and_names_who_decides),
        TEST(nothing_is_drift),
        TEST(a_list_is_in_effect_whole_and_in_order),
        TEST(what_is_added_is_held_against_the_emptying),
        TEST(a_member_that_replaces_another_is_one_finding),
        TEST(an_emptied_list_that_somebody_fills_is_drift),
        TEST(apt_keys_have_no_case_and_members_may_have_names),
        TEST(claims_of_one_line_are_one_member),
        TEST(what_is_unsupported_makes_no_finding),
        TEST(without_memory_there_are_no_findings),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
