#include "base/status.h"
#include "tests/unit/state_fixture.h"

/* The element at index of policy P, and a value that statements fill. */
static const struct cat_element *element_at(struct fixture *f, uint32_t index)
{
    return &catalogue_elements(f->catalogue)[policy_of(f, "P")->first_element + index];
}

static int parse(struct fixture *f, uint32_t index, const char *entry, const char *text,
                 struct element_value *value)
{
    return state_parse_element(f->catalogue, element_at(f, index), entry, text,
                               origin_line("local.ini", 7), &f->arena, &f->diagnostics,
                               value);
}

static void assert_refused(struct fixture *f, uint32_t index, const char *entry,
                           const char *text, const char *code)
{
    struct element_value value = { .number = 42 };
    size_t errors = f->diagnostics.errors;
    assert_int_equal(parse(f, index, entry, text, &value), GPCONF_ERANGE);
    assert_int_equal(f->diagnostics.errors, errors + 1);
    assert_string_equal(f->diagnostics.last->code, code);
    assert_int_equal(f->diagnostics.last->origin.at, 7);
    assert_false(value.is_set);
    assert_int_equal(value.number, 42);
}

static void booleans_are_words_without_case(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "", ELEMENTS("<boolean id='B' valueName='B'/>")));
    static const char *const words[] = { "false", "TRUE", "No", "yes",
                                         "off",   "On",   "0",  "1" };
    for (size_t i = 0; i < 8; i++) {
        struct element_value value = { 0 };
        assert_int_equal(parse(f, 0, NULL, words[i], &value), 0);
        assert_true(value.is_set);
        assert_int_equal(value.boolean, i % 2);
        assert_int_equal(value.element, policy_of(f, "P")->first_element);
    }
    assert_refused(f, 0, NULL, "maybe", "state-not-boolean");
    assert_refused(f, 0, NULL, "", "state-not-boolean");
}

static void numbers_are_digits_within_bounds(void **state)
{
    struct fixture *f = *state;
    define(f,
           POLICY("P", "",
                  ELEMENTS("<decimal id='D' valueName='D' minValue='1' maxValue='255'/>"
                           "<longDecimal id='L' valueName='L' "
                           "maxValue='18446744073709551615'/>")));
    struct element_value value = { 0 };
    assert_int_equal(parse(f, 0, NULL, "255", &value), 0);
    assert_int_equal(value.number, 255);
    assert_int_equal(parse(f, 0, NULL, "0xfF", &value), 0);
    assert_int_equal(value.number, 255);
    assert_int_equal(parse(f, 1, NULL, "18446744073709551615", &value), 0);
    assert_true(value.number == UINT64_MAX);
    assert_refused(f, 1, NULL, "18446744073709551616", "state-not-number");
    assert_refused(f, 0, NULL, "256", "state-out-of-range");
    assert_refused(f, 0, NULL, "0", "state-out-of-range");
    static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1a", "0x", "0xg" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(f, 0, NULL, bad[i], "state-not-number");
}

static void an_enum_takes_a_raw_value_or_the_text_of_an_item(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS(
                         "<enum id='E' valueName='E'>"
                         "<item displayName='4'><value><decimal value='2'/></value>"
                         "</item><item displayName='Four'><value><decimal value='4'/>"
                         "</value></item><item displayName='text'><value><string>Raw"
                         "</string></value></item><item displayName='again'><value>"
                         "<decimal value='4'/></value></item><item displayName='none'>"
                         "<value><delete/></value></item></enum>")));
    uint32_t first = element_at(f, 0)->first_choice;
    static const struct {
        const char *text;
        uint32_t choice;
    } cases[] = { { "2", 0 },    { "4", 3 },     { "four", 1 }, { "RAW", 2 },
                  { "Text", 2 }, { "AGAIN", 3 }, { "none", 4 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct element_value value = { 0 };
        assert_int_equal(parse(f, 0, NULL, cases[i].text, &value), 0);
        assert_int_equal(value.choice, first + cases[i].choice);
    }
    assert_refused(f, 0, NULL, "3", "state-no-choice");
    assert_refused(f, 0, NULL, "04", "state-no-choice");
}

static void text_is_taken_as_it_is_and_measured(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "", ELEMENTS("<text id='T' valueName='T' maxLength='4'/>")));
    struct element_value value = { 0 };
    assert_int_equal(parse(f, 0, NULL, " a; ", &value), 0);
    assert_string_equal(value.text, " a; ");
    assert_refused(f, 0, NULL, "12345", "state-too-long");
}

static void lines_are_added_one_by_one_and_never_split(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<multiText id='M' valueName='M' maxStrings='2'/>")));
    struct element_value value = { 0 };
    assert_int_equal(parse(f, 0, NULL, "", &value), 0);
    assert_true(value.is_set);
    assert_int_equal(value.n, 0);
    assert_int_equal(parse(f, 0, "1", "a; b", &value), 0);
    assert_int_equal(parse(f, 0, "2", "c", &value), 0);
    assert_int_equal(value.n, 2);
    assert_string_equal(value.lines[0], "a; b");
    assert_string_equal(value.lines[1], "c");
    assert_int_equal(parse(f, 0, "3", "d", &value), GPCONF_ERANGE);
    assert_int_equal(value.n, 2);
}

static void entries_are_added_and_named_ones_replaced(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<list id='X' key='X' explicitValue='true'/>"
                              "<list id='N' key='N' valuePrefix=''/>")));
    struct element_value value = { 0 };
    assert_int_equal(parse(f, 0, "One", "1", &value), 0);
    assert_int_equal(parse(f, 0, "Two", "2", &value), 0);
    assert_int_equal(parse(f, 0, "ONE", "3", &value), 0);
    assert_int_equal(value.n, 2);
    assert_string_equal(value.entries[0].name, "ONE");
    assert_string_equal(value.entries[0].data, "3");
    assert_refused(f, 0, NULL, "x", "state-no-name");
    assert_refused(f, 0, "**del.x", "x", "state-directive");

    struct element_value numbered = { 0 };
    assert_int_equal(parse(f, 1, "1", "a", &numbered), 0);
    assert_int_equal(parse(f, 1, "2", "a", &numbered), 0);
    assert_int_equal(numbered.n, 2);
    assert_null(numbered.entries[0].name);
    assert_string_equal(numbered.entries[1].data, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(booleans_are_words_without_case),
        TEST(numbers_are_digits_within_bounds),
        TEST(an_enum_takes_a_raw_value_or_the_text_of_an_item),
        TEST(text_is_taken_as_it_is_and_measured),
        TEST(lines_are_added_one_by_one_and_never_split),
        TEST(entries_are_added_and_named_ones_replaced),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
