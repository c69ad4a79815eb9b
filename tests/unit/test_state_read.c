#include "tests/unit/state_fixture.h"

#define VALUED                                                                         \
    POLICY("Valued", "valueName='V'",                                                  \
           "<enabledValue><decimal value='5'/></enabledValue>"                         \
           "<disabledValue><string>Off</string></disabledValue>" ELEMENTS(             \
               "<decimal id='D' valueName='D'/>"))
#define PLAIN                                                                          \
    POLICY("Plain", "valueName='V'", ELEMENTS("<decimal id='D' valueName='D'/>"))

static void nothing_is_not_configured(void **state)
{
    struct fixture *f = *state;
    define(f, VALUED PLAIN);
    struct state read = read_back(f, "Valued");
    assert_int_equal(read.state, STATE_NOT_CONFIGURED);
    assert_int_equal(read.n_elements, 1);
    assert_false(read.elements[0].is_set);
    assert_int_equal(read.n_contradictions, 0);
    assert_state(f, "Plain", STATE_NOT_CONFIGURED);
}

static void numbers_hold_in_a_dword_or_qword_and_text_without_case(void **state)
{
    struct fixture *f = *state;
    define(f, VALUED);
    say_number(f, "v", 5);
    assert_state(f, "Valued", STATE_ENABLED);
    say(f, OP_SET, "k", "V", value_from_number(&f->arena, VALUE_QWORD, 5));
    assert_state(f, "Valued", STATE_ENABLED);
    say(f, OP_SET, "K", "V", value_from_number(&f->arena, VALUE_DWORD_BE, 5));
    assert_state(f, "Valued", STATE_NOT_CONFIGURED);
    say_text(f, "V", "OFF");
    assert_state(f, "Valued", STATE_DISABLED);
    say(f, OP_SET, "K", "V", value_from_text(&f->arena, VALUE_EXPAND_SZ, "off"));
    assert_state(f, "Valued", STATE_DISABLED);
    say_text(f, "V", "5");
    assert_state(f, "Valued", STATE_NOT_CONFIGURED);
}

static void the_last_word_on_a_value_counts(void **state)
{
    struct fixture *f = *state;
    define(f, PLAIN);
    say_number(f, "V", 1);
    say_delete(f, "v");
    assert_state(f, "Plain", STATE_DISABLED);
    say(f, OP_SOFTSET, "K", "V", value_from_number(&f->arena, VALUE_DWORD, 1));
    assert_state(f, "Plain", STATE_ENABLED);
}

static void
a_defined_value_that_does_not_hold_decides_whatever_elements_say(void **state)
{
    struct fixture *f = *state;
    define(f, VALUED PLAIN);
    say_number(f, "D", 7);
    assert_state(f, "Valued", STATE_NOT_CONFIGURED);
    assert_state(f, "Plain", STATE_ENABLED);
}

static void an_element_that_writes_the_policys_value_decides(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     "<enabledValue><decimal value='5'/></enabledValue>" ELEMENTS(
                         "<decimal id='D' valueName='V'/>")));
    say_number(f, "V", 7);
    struct state read = read_back(f, "P");
    assert_int_equal(read.state, STATE_ENABLED);
    assert_int_equal(read.elements[0].number, 7);
    assert_int_equal(read.n_contradictions, 0);
}

static void an_element_that_says_what_the_policy_writes_anyway_is_taken(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     "<enabledList><item valueName='L'><value><decimal value='2'/>"
                     "</value></item></enabledList>" ELEMENTS(
                         "<decimal id='D' valueName='v'/><decimal id='E' "
                         "valueName='L'/><decimal id='F' valueName='F'/>")));
    say_number(f, "V", 1);
    say_number(f, "L", 2);
    say_number(f, "F", 1);
    struct state read = read_back(f, "P");
    assert_true(read.elements[0].is_set && read.elements[0].is_taken);
    assert_true(read.elements[1].is_set && read.elements[1].is_taken);
    assert_true(read.elements[2].is_set && !read.elements[2].is_taken);
    say_number(f, "V", 3);
    read = read_back(f, "P");
    assert_int_equal(read.elements[0].number, 3);
    assert_false(read.elements[0].is_taken);
}

static void one_item_of_a_list_is_enough(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     "<enabledList><item valueName='A'><value><decimal value='1'/>"
                     "</value></item><item valueName='B'><value><decimal value='1'/>"
                     "</value></item></enabledList><disabledList>"
                     "<item valueName='A'><value><decimal value='0'/></value></item>"
                     "<item valueName='B'><value><decimal value='1'/></value></item>"
                     "</disabledList>"));
    say_number(f, "A", 1);
    assert_state(f, "P", STATE_ENABLED);
    say_number(f, "A", 0);
    assert_state(f, "P", STATE_DISABLED);
    /* Both lists hold in part; the first would be Enabled, but this is Disabled whole. */
    say_number(f, "B", 1);
    assert_state(f, "P", STATE_DISABLED);
    say_number(f, "A", 9);
    assert_state(f, "P", STATE_ENABLED);
}

static void a_delete_is_not_the_clearing_of_a_key(void **state)
{
    struct fixture *f = *state;
    define(f, PLAIN POLICY("L", "", ELEMENTS("<list id='L'/>")));
    say_clear(f, "K");
    assert_state(f, "Plain", STATE_NOT_CONFIGURED);
    assert_state(f, "L", STATE_DISABLED);
}

#define KINDS                                                                          \
    POLICY("B", "", ELEMENTS("<boolean id='E' valueName='E'/>"))                       \
    POLICY("D", "", ELEMENTS("<decimal id='E' valueName='E'/>"))                       \
    POLICY("S", "", ELEMENTS("<decimal id='E' valueName='E' storeAsText='true'/>"))    \
    POLICY("T", "", ELEMENTS("<text id='E' valueName='E'/>"))                          \
    POLICY("M", "", ELEMENTS("<multiText id='E' valueName='E'/>"))                     \
    POLICY("E", "",                                                                    \
           ELEMENTS("<enum id='E' valueName='E'><item displayName='a'><value>"         \
                    "<decimal value='1'/></value></item></enum>"))

static void data_of_the_wrong_type_is_no_evidence(void **state)
{
    struct fixture *f = *state;
    define(f, KINDS);
    static const char *const lines[] = { "l" };
    static const char *const policies[] = { "B", "D", "S", "T", "M", "E" };
    /* One row for a DWORD, an SZ of a number, other text, lines; a column per policy. */
    static const char expected[4][7] = { "111001", "001100", "000100", "000010" };
    const struct value values[] = { value_from_number(&f->arena, VALUE_DWORD, 1),
                                    value_from_text(&f->arena, VALUE_SZ, "1"),
                                    value_from_text(&f->arena, VALUE_SZ, "1x"),
                                    value_from_lines(&f->arena, lines, 1) };
    for (size_t i = 0; i < 4; i++)
        for (size_t p = 0; p < 6; p++) {
            say_nothing(f);
            say(f, OP_SET, "K", "E", values[i]);
            struct state read = read_back(f, policies[p]);
            assert_int_equal(read.state == STATE_ENABLED, expected[i][p] == '1');
            assert_int_equal(read.elements[0].is_set, expected[i][p] == '1');
            /* What explains nothing contradicts, and so does a number that would have
             * been written as text. */
            bool number_for_text = i == 0 && p == 2;
            assert_int_equal(read.n_contradictions,
                             expected[i][p] == '0' || number_for_text);
        }
}

static void a_deleted_value_disables_by_its_element(void **state)
{
    struct fixture *f = *state;
    define(f, KINDS);
    say_delete(f, "E");
    static const char *const policies[] = { "D", "S", "T", "M", "E" };
    for (size_t p = 0; p < sizeof policies / sizeof *policies; p++)
        assert_state(f, policies[p], STATE_DISABLED);
}

static void a_boolean_with_lists_alone_is_read_by_them(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<boolean id='B' valueName='B'><trueList>"
                              "<item valueName='X'><value><decimal value='1'/></value>"
                              "</item></trueList><falseList><item valueName='X'><value>"
                              "<decimal value='0'/></value></item></falseList>"
                              "</boolean><decimal id='D' valueName='D'/>")));
    say_number(f, "B", 1);
    assert_state(f, "P", STATE_NOT_CONFIGURED);
    say_number(f, "X", 1);
    struct state read = read_back(f, "P");
    assert_true(read.elements[0].is_set && read.elements[0].boolean);
    say_number(f, "X", 0);
    say_number(f, "D", 1);
    read = read_back(f, "P");
    assert_true(read.elements[0].is_set && !read.elements[0].boolean);
}

#define ITEM(text, value, list)                                                        \
    "<item displayName='" text "'><value>" value "</value>" list "</item>"

static void of_several_items_that_match_the_last_is_read(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<enum id='E' valueName='E'>" ITEM(
                         "a", "<decimal value='1'/>",
                         "") ITEM("b", "<decimal value='1'/>", "")
                                  ITEM("c", "<string>one</string>", "") "</enum>")));
    say_number(f, "E", 1);
    struct state read = read_back(f, "P");
    uint32_t first =
        catalogue_elements(f->catalogue)[read.elements[0].element].first_choice;
    assert_int_equal(read.elements[0].choice, first + 1);
    say_text(f, "E", "ONE");
    assert_int_equal(read_back(f, "P").elements[0].choice, first + 2);
}

static void an_item_that_holds_whole_goes_before_one_that_holds_in_part(void **state)
{
    struct fixture *f = *state;
#define WITH(x)                                                                        \
    "<valueList><item valueName='X'><value><decimal value='1'/></value></item>"        \
    "<item valueName='Y'><value><decimal value='" x "'/></value></item></valueList>"
    define(f, POLICY("P", "",
                     ELEMENTS(
                         "<enum id='E' valueName='E'>" ITEM("a", "<decimal value='1'/>",
                                                            WITH("1"))
                             ITEM("b", "<decimal value='2'/>", WITH("2")) "</enum>")));
    struct state on = enabled(f, "P");
    uint32_t first =
        catalogue_elements(f->catalogue)[on.elements[0].element].first_choice;
    give(&on, 0)->choice = first;
    assert_writes(f, "P", &on, "K|E=1 K|X=1 K|Y=1");
    assert_int_equal(read_back(f, "P").elements[0].choice, first);
    /* One entry of a list is evidence enough where nothing holds whole. */
    say_nothing(f);
    say_number(f, "X", 1);
    assert_int_equal(read_back(f, "P").elements[0].choice, first + 1);
}

static void the_entries_of_a_list_come_in_file_order(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "", ELEMENTS("<list id='L' valuePrefix='' additive='true'/>"))
                  POLICY("X", "", ELEMENTS("<list id='L' explicitValue='true'/>")));
    say_text(f, "2", "b");
    say_text(f, "10", "c");
    say_text(f, "1", "a");
    say_delete(f, "3");
    struct state read = read_back(f, "P");
    assert_int_equal(read.state, STATE_ENABLED);
    assert_int_equal(read.elements[0].n, 3);
    static const char *const data[] = { "b", "c", "a" };
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(read.elements[0].entries[i].data, data[i]);
        assert_null(read.elements[0].entries[i].name);
    }
    read = read_back(f, "X");
    assert_string_equal(read.elements[0].entries[1].name, "10");
}

static void lists_that_share_a_key_part_its_entries_by_name(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     ELEMENTS("<list id='A' valuePrefix='Item'/>"
                              "<list id='B' explicitValue='true'/>")));
    static const struct list_entry numbered[] = { { NULL, "x" }, { NULL, "y" } };
    static const struct list_entry named[] = { { "Items", "z" } };
    struct state on = enabled(f, "P");
    give(&on, 0)->entries = numbered;
    give(&on, 1)->entries = named;
    on.elements[0].n = 2;
    on.elements[1].n = 1;
    assert_writes(f, "P", &on, "K-clear-values K|V=1 K|Item1=x K|Item2=y K|Items=z");
    struct state read = read_back(f, "P");
    assert_int_equal(read.elements[0].n, 2);
    assert_int_equal(read.elements[1].n, 1);
    assert_string_equal(read.elements[1].entries[0].name, "Items");
}

static void an_enabled_policy_with_a_cleared_list_has_an_empty_one(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'", ELEMENTS("<list id='L' key='L'/>")));
    say_number(f, "V", 1);
    assert_false(read_back(f, "P").elements[0].is_set);
    say_clear(f, "L");
    struct state read = read_back(f, "P");
    assert_true(read.elements[0].is_set);
    assert_int_equal(read.elements[0].n, 0);
}

static void what_the_state_would_not_have_written_contradicts_it(void **state)
{
    struct fixture *f = *state;
    define(f, VALUED);
    say_text(f, "V", "Off");
    say_number(f, "Unrelated", 1);
    say_number(f, "D", 7);
    struct state read = read_back(f, "Valued");
    assert_int_equal(read.state, STATE_DISABLED);
    assert_int_equal(read.n_contradictions, 1);
    assert_ptr_equal(read.contradictions[0], &f->operations.items[2]);
    assert_false(read.elements[0].is_set);
    /* Deleted as Disabled deletes it, it is part of the state. */
    say_delete(f, "D");
    assert_int_equal(read_back(f, "Valued").n_contradictions, 0);
}

static void a_mixture_of_two_gpos_is_enabled_with_a_contradiction(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     ELEMENTS("<decimal id='D' valueName='D'/>"
                              "<text id='T' valueName='T'/>")));
    say_number(f, "V", 1);
    say_number(f, "D", 3);
    say_delete(f, "T");
    struct state read = read_back(f, "P");
    assert_int_equal(read.state, STATE_ENABLED);
    assert_int_equal(read.elements[0].number, 3);
    assert_int_equal(read.n_contradictions, 1);
    assert_ptr_equal(read.contradictions[0], &f->operations.items[2]);
}

static void
a_disabled_policy_that_looks_like_a_part_of_enabled_is_disabled(void **state)
{
    struct fixture *f = *state;
    /* A deleted value is an entry of the item's list, and what Disabled writes. */
    define(
        f,
        POLICY("P", "",
               ELEMENTS("<enum id='E' valueName='E'>" ITEM(
                   "own", "<decimal value='9'/>",
                   "<valueList><item valueName='E'><value><delete/></value>"
                   "</item></valueList>") "</enum><decimal id='D' valueName='D'/>")));
    assert_disabled_writes(f, "P", "K|E-delete K|D-delete");
    assert_state(f, "P", STATE_DISABLED);
    say_number(f, "D", 4);
    struct state read = read_back(f, "P");
    assert_int_equal(read.state, STATE_ENABLED);
    assert_true(read.elements[0].is_set);
    assert_int_equal(read.elements[1].number, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_not_configured),
        TEST(numbers_hold_in_a_dword_or_qword_and_text_without_case),
        TEST(the_last_word_on_a_value_counts),
        TEST(a_defined_value_that_does_not_hold_decides_whatever_elements_say),
        TEST(an_element_that_writes_the_policys_value_decides),
        TEST(an_element_that_says_what_the_policy_writes_anyway_is_taken),
        TEST(one_item_of_a_list_is_enough),
        TEST(a_delete_is_not_the_clearing_of_a_key),
        TEST(data_of_the_wrong_type_is_no_evidence),
        TEST(a_deleted_value_disables_by_its_element),
        TEST(a_boolean_with_lists_alone_is_read_by_them),
        TEST(of_several_items_that_match_the_last_is_read),
        TEST(an_item_that_holds_whole_goes_before_one_that_holds_in_part),
        TEST(the_entries_of_a_list_come_in_file_order),
        TEST(lists_that_share_a_key_part_its_entries_by_name),
        TEST(an_enabled_policy_with_a_cleared_list_has_an_empty_one),
        TEST(what_the_state_would_not_have_written_contradicts_it),
        TEST(a_mixture_of_two_gpos_is_enabled_with_a_contradiction),
        TEST(a_disabled_policy_that_looks_like_a_part_of_enabled_is_disabled),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
