#include "engine/state/report.h"
#include "tests/unit/state_fixture.h"

#define TITLED(name, title, category, body)                                            \
    "<policy name='" name "' class='Machine' displayName='" title                      \
    "' key='K' valueName='V'><parentCategory ref='" category "'/>" body "</policy>"

/* The name of the policy that a policy is an alias of; "" when it is shown. */
static const char *alias_of(struct fixture *f, const char *name)
{
    size_t n;
    uint32_t *alias_of;
    const struct cat_policy *policies = catalogue_policies(f->catalogue, &n);
    assert_int_equal(
        report_aliases(f->catalogue, CAT_MACHINE, &f->operations, &f->arena, &alias_of),
        0);
    uint32_t alias = alias_of[policy_of(f, name) - policies];
    return alias == CAT_NONE ? "" : catalogue_text(f->catalogue, policies[alias].name);
}

static void of_two_that_read_the_same_the_first_title_is_shown(void **state)
{
    struct fixture *f = *state;
    define(f, TITLED("P", "beta", "C", "") TITLED("Q", "Alpha", "C", ""));
    assert_string_equal(alias_of(f, "P"), "");
    say_number(f, "V", 1);
    assert_string_equal(alias_of(f, "Q"), "");
    assert_string_equal(alias_of(f, "P"), "Q");
}

static void the_last_category_path_goes_first(void **state)
{
    struct fixture *f = *state;
    define(f, TITLED("P", "a", "C", "") TITLED("Q", "b", "Below", ""));
    say_number(f, "V", 1);
    assert_string_equal(alias_of(f, "Q"), "");
    assert_string_equal(alias_of(f, "P"), "Q");
}

static void a_policy_with_something_left_is_shown(void **state)
{
    struct fixture *f = *state;
    define(f, TITLED("P", "a", "C", "")
                  TITLED("Q", "b", "C", ELEMENTS("<decimal id='D' valueName='D'/>")));
    say_number(f, "V", 1);
    assert_string_equal(alias_of(f, "Q"), "P");
    say_number(f, "D", 1);
    assert_string_equal(alias_of(f, "Q"), "");
    assert_string_equal(alias_of(f, "P"), "");
}

static void a_list_takes_its_whole_key(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("A", "", ELEMENTS("<list id='L'/>"))
                  POLICY("B", "", ELEMENTS("<text id='T' valueName='x'/>")));
    say_clear(f, "K");
    say_text(f, "x", "y");
    assert_string_equal(alias_of(f, "B"), "A");
}

static void what_contradicts_a_policy_is_left_to_the_next(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("A", "valueName='V'", ELEMENTS("<decimal id='D' valueName='D'/>"))
                  POLICY("B", "", ELEMENTS("<text id='D' valueName='D'/>")));
    say_number(f, "V", 1);
    say_text(f, "D", "text");
    assert_string_equal(alias_of(f, "A"), "");
    assert_string_equal(alias_of(f, "B"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_two_that_read_the_same_the_first_title_is_shown),
        TEST(the_last_category_path_goes_first),
        TEST(a_policy_with_something_left_is_shown),
        TEST(a_list_takes_its_whole_key),
        TEST(what_contradicts_a_policy_is_left_to_the_next),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
