#include "tests/unit/state_fixture.h"

static void forget(struct fixture *f, const char *policy)
{
    assert_int_equal(
        state_forget(f->catalogue, policy_of(f, policy), &f->arena, &f->operations), 0);
}

static void everything_the_policy_could_have_written_goes(void **state)
{
    struct fixture *f = *state;
    define(f,
           POLICY("P", "valueName='V'",
                  "<enabledList><item key='EL' valueName='e'><value><delete/></value>"
                  "</item></enabledList><disabledList><item key='DL' valueName='d'>"
                  "<value><delete/></value></item></disabledList>" ELEMENTS(
                      "<boolean id='B' valueName='B'><trueList><item valueName='TL'>"
                      "<value><delete/></value></item></trueList></boolean>"
                      "<enum id='E' valueName='E'><item displayName='x'><value>"
                      "<decimal value='1'/></value><valueList><item valueName='VL'>"
                      "<value><delete/></value></item></valueList></item></enum>"
                      "<list id='L' key='List'/>")));
    static const char *const names[] = { "v", "B", "TL", "E", "VL" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        say_number(f, names[i], 77);
    say(f, OP_SET, "el", "E", value_from_number(&f->arena, VALUE_DWORD, 1));
    say(f, OP_DELETE, "DL", "d", (struct value){ 0 });
    say_clear(f, "List");
    say(f, OP_SET, "List", "anything", value_from_text(&f->arena, VALUE_SZ, "x"));
    forget(f, "P");
    assert_string_equal(as_text(f), "");
}

static void what_is_not_of_the_policy_stays_in_order(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'", ELEMENTS("<list id='L' key='List'/>")));
    say_number(f, "Other", 1);
    say_number(f, "V", 1);
    say_clear(f, "K");
    say(f, OP_SET, "List\\Sub", "x", value_from_number(&f->arena, VALUE_DWORD, 2));
    say(f, OP_MKKEY, "List", NULL, (struct value){ 0 });
    say_delete(f, "v");
    say(f, OP_DELKEY, "List", NULL, (struct value){ 0 });
    forget(f, "P");
    assert_string_equal(as_text(f), "K|Other=1 K-clear-values List\\Sub|x=2 "
                                    "List-create-key List-delete-key");
}

static void what_a_configured_sibling_claims_stays(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='P'",
                     ELEMENTS("<decimal id='S' valueName='Shared'/>"))
                  POLICY("Q", "valueName='Q'",
                         ELEMENTS("<decimal id='S' valueName='shared'/>")));
    say_number(f, "P", 1);
    say_number(f, "Shared", 3);
    say_number(f, "Q", 1);
    forget(f, "P");
    assert_string_equal(as_text(f), "K|Shared=3 K|Q=1");
    forget(f, "Q");
    assert_string_equal(as_text(f), "");
}

static void a_sibling_that_is_not_configured_claims_nothing(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='P'",
                     ELEMENTS("<decimal id='S' valueName='Shared'/>"))
                  POLICY("Q", "valueName='Q'",
                         "<enabledValue><decimal value='1'/></enabledValue>" ELEMENTS(
                             "<decimal id='S' valueName='Shared'/>"
                             "<decimal id='R' valueName='R'/>")));
    say_number(f, "P", 1);
    say_number(f, "Shared", 3);
    say_number(f, "R", 3);
    forget(f, "P");
    assert_string_equal(as_text(f), "K|R=3");
}

static void the_same_values_under_another_name_are_no_claim(void **state)
{
    struct fixture *f = *state;
    define(
        f,
        POLICY("P", "valueName='V'", "") POLICY(
            "Q", "valueName='V'",
            "") "<policy name='U' class='User' displayName='u' key='K' valueName='V'>"
                "<parentCategory ref='C'/><elements><decimal id='O' valueName='O'/>"
                "</elements></policy>");
    say_number(f, "V", 1);
    say_number(f, "O", 1);
    forget(f, "P");
    assert_string_equal(as_text(f), "K|O=1");
}

static void a_cleared_key_stays_with_the_list_that_claims_it(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "", ELEMENTS("<list id='L' key='List'/>"))
                  POLICY("Q", "valueName='Q'", ELEMENTS("<list id='L' key='List'/>")));
    say_clear(f, "List");
    say(f, OP_SET, "List", "1", value_from_text(&f->arena, VALUE_SZ, "x"));
    say_number(f, "Q", 1);
    forget(f, "P");
    assert_string_equal(as_text(f), "List-clear-values List|1=x K|Q=1");
    forget(f, "Q");
    /* Now P alone reads the list; it has nothing else, and so no claim. */
    assert_string_equal(as_text(f), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_the_policy_could_have_written_goes),
        TEST(what_is_not_of_the_policy_stays_in_order),
        TEST(what_a_configured_sibling_claims_stays),
        TEST(a_sibling_that_is_not_configured_claims_nothing),
        TEST(the_same_values_under_another_name_are_no_claim),
        TEST(a_cleared_key_stays_with_the_list_that_claims_it),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
