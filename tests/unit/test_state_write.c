#include "base/status.h"
#include "tests/unit/state_fixture.h"

static void the_number_1_and_a_delete_stand_in_for_values(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'", ""));
    struct state on = enabled(f, "P");
    assert_writes(f, "P", &on, "K|V=1");
    assert_disabled_writes(f, "P", "K|V-delete");
    struct state none = { .state = STATE_NOT_CONFIGURED };
    assert_writes(f, "P", &none, "");
}

/* An inverted value, an enum, booleans: the policy that people get wrong most. */
#define AUTO_UPDATE                                                                    \
    POLICY(                                                                            \
        "AutoUpdate", "valueName='NoAutoUpdate'",                                      \
        "<enabledValue><decimal value='0'/></enabledValue>"                            \
        "<disabledValue><decimal value='1'/></disabledValue>" ELEMENTS(                \
            "<enum id='Mode' valueName='AUOptions' required='true'>"                   \
            "<item displayName='notify'><value><decimal value='2'/></value></item>"    \
            "<item displayName='install'><value><decimal value='4'/></value></item>"   \
            "</enum>"                                                                  \
            "<boolean id='Maintenance' valueName='AutomaticMaintenanceEnabled'>"       \
            "<trueValue><decimal value='1'/></trueValue></boolean>"                    \
            "<boolean id='Week' valueName='EveryWeek'>"                                \
            "<trueValue><decimal value='1'/></trueValue>"                              \
            "<falseValue><decimal value='0'/></falseValue></boolean>"))

static void fixture_a_an_inverted_value_with_an_enum_and_booleans(void **state)
{
    struct fixture *f = *state;
    define(f, AUTO_UPDATE);
    struct state on = enabled(f, "AutoUpdate");
    give(&on, 0)->choice =
        catalogue_elements(f->catalogue)[on.elements[0].element].first_choice + 1;
    give(&on, 1)->boolean = true;
    give(&on, 2)->boolean = false;
    assert_writes(f, "AutoUpdate", &on,
                  "K|NoAutoUpdate=0 K|AUOptions=4 K|AutomaticMaintenanceEnabled=1 "
                  "K|EveryWeek=0");
    struct state back = read_back(f, "AutoUpdate");
    assert_int_equal(back.state, STATE_ENABLED);
    assert_int_equal(back.elements[0].choice, on.elements[0].choice);
    assert_true(back.elements[1].is_set && back.elements[1].boolean);
    assert_true(back.elements[2].is_set && !back.elements[2].boolean);
    assert_int_equal(back.n_contradictions, 0);

    assert_disabled_writes(f, "AutoUpdate",
                           "K|NoAutoUpdate=1 K|AUOptions-delete "
                           "K|AutomaticMaintenanceEnabled-delete K|EveryWeek=0");
    assert_state(f, "AutoUpdate", STATE_DISABLED);

    assert_int_equal(state_forget(f->catalogue, policy_of(f, "AutoUpdate"), &f->arena,
                                  &f->operations),
                     0);
    assert_int_equal(f->operations.n, 0);
    assert_state(f, "AutoUpdate", STATE_NOT_CONFIGURED);
}

static void fixture_b_a_value_with_lists_on_both_sides(void **state)
{
    struct fixture *f = *state;
    define(f,
           POLICY("Heap", "valueName='Enabled'",
                  "<enabledList defaultKey='K\\Sub'>"
                  "<item valueName='Level'><value><decimal value='2'/></value></item>"
                  "<item key='Other' valueName='Text'>"
                  "<value><string>on</string></value></item></enabledList>"
                  "<disabledList>"
                  "<item valueName='Level'><value><decimal value='1'/></value></item>"
                  "<item valueName='Gone'><value><delete/></value></item>"
                  "</disabledList>"));
    struct state on = enabled(f, "Heap");
    assert_writes(f, "Heap", &on, "K|Enabled=1 K\\Sub|Level=2 Other|Text=on");
    assert_state(f, "Heap", STATE_ENABLED);
    assert_disabled_writes(f, "Heap", "K|Enabled-delete K|Level=1 K|Gone-delete");
    assert_state(f, "Heap", STATE_DISABLED);
}

static void elements_that_are_not_set_write_nothing(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<boolean id='B' valueName='B'/>"
                              "<decimal id='D' valueName='D'/>"
                              "<text id='T' valueName='T'/>"
                              "<multiText id='M' valueName='M'/>"
                              "<list id='L' key='K\\L'/>")));
    struct state on = enabled(f, "P");
    assert_writes(f, "P", &on, "");
    assert_disabled_writes(f, "P",
                           "K|B-delete K|D-delete K|T-delete K|M-delete "
                           "K\\L-clear-values");
}

static void numbers_are_dwords_qwords_or_text(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<decimal id='D' valueName='D' maxValue='4294967295'/>"
                              "<longDecimal id='L' key='K2' valueName='L' "
                              "maxValue='18446744073709551615'/>"
                              "<decimal id='T' valueName='T' storeAsText='true'/>"
                              "<decimal id='S' valueName='S' soft='true'/>")));
    struct state on = enabled(f, "P");
    give(&on, 0)->number = 4294967295;
    give(&on, 1)->number = UINT64_MAX;
    give(&on, 2)->number = 17;
    give(&on, 3)->number = 5;
    assert_writes(f, "P", &on,
                  "K|D=4294967295 K2|L=18446744073709551615(REG_QWORD) K|T=17 K|S~5");
    assert_disabled_writes(f, "P", "K|D-delete K2|L-delete K|T-delete K|S-delete");
}

static void text_may_be_expandable_and_lines_are_a_multi_sz(void **state)
{
    struct fixture *f = *state;
    define(f,
           POLICY("P", "",
                  ELEMENTS("<text id='A' valueName='A'/>"
                           "<text id='E' valueName='E' expandable='true' soft='true'/>"
                           "<multiText id='M' valueName='M'/>")));
    static const char *const lines[] = { "one", "", "two" };
    struct state on = enabled(f, "P");
    give(&on, 0)->text = "gr\xC3\xBC\xC3\x9F";
    give(&on, 1)->text = "%x%";
    give(&on, 2)->lines = lines;
    on.elements[2].n = 3;
    assert_writes(f, "P", &on,
                  "K|A=gr\xC3\xBC\xC3\x9F K|E~%x%(REG_EXPAND_SZ) "
                  "K|M=one; two(REG_MULTI_SZ)");
    assert_string_equal(f->diagnostics.last->code, "state-empty-line");
}

static void a_boolean_writes_its_values_and_lists(void **state)
{
    struct fixture *f = *state;
    define(f,
           POLICY("P", "",
                  ELEMENTS("<boolean id='B' valueName='B'>"
                           "<trueValue><string>yes</string></trueValue>"
                           "<falseValue><decimal value='7'/></falseValue>"
                           "<trueList><item valueName='X'><value><decimal value='1'/>"
                           "</value></item></trueList>"
                           "<falseList defaultKey='F'><item valueName='X'><value>"
                           "<delete/></value></item></falseList></boolean>")));
    struct state on = enabled(f, "P");
    give(&on, 0)->boolean = true;
    assert_writes(f, "P", &on, "K|B=yes K|X=1");
    on.elements[0].boolean = false;
    assert_writes(f, "P", &on, "K|B=7 F|X-delete");
    assert_disabled_writes(f, "P", "K|B=7 F|X-delete");
}

static void an_enum_writes_its_item_and_its_value_list(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS(
                         "<enum id='E' key='EK' valueName='E'>"
                         "<item displayName='a'><value><delete/></value></item>"
                         "<item displayName='b'><value><longDecimal value='3'/></value>"
                         "<valueList><item valueName='X'><value><string>x</string>"
                         "</value></item></valueList></item></enum>")));
    struct state on = enabled(f, "P");
    uint32_t first =
        catalogue_elements(f->catalogue)[on.elements[0].element].first_choice;
    give(&on, 0)->choice = first;
    assert_writes(f, "P", &on, "EK|E-delete");
    on.elements[0].choice = first + 1;
    assert_writes(f, "P", &on, "EK|E=3(REG_QWORD) EK|X=x");
    assert_disabled_writes(f, "P", "EK|E-delete");
}

static void the_names_of_a_list_are_its_own_or_numbered_or_the_data(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<list id='E' key='E' explicitValue='true' "
                              "expandable='true'/>"
                              "<list id='N' key='N' valuePrefix=''/>"
                              "<list id='X' key='X' valuePrefix='Pre' additive='true'/>"
                              "<list id='D' key='D'/>")));
    static const struct list_entry explicit_entries[] = { { "name", "data" } };
    static const struct list_entry entries[] = { { NULL, "x" }, { NULL, "y" } };
    struct state on = enabled(f, "P");
    for (size_t i = 0; i < 4; i++) {
        give(&on, i)->entries = i ? entries : explicit_entries;
        on.elements[i].n = i ? 2 : 1;
    }
    assert_writes(f, "P", &on,
                  "E-clear-values E|name=data(REG_EXPAND_SZ) "
                  "N-clear-values N|1=x N|2=y X|Pre1=x X|Pre2=y "
                  "D-clear-values D|x=x D|y=y");
    assert_disabled_writes(f, "P",
                           "E-clear-values N-clear-values X-clear-values "
                           "D-clear-values");
}

static void an_empty_list_only_clears(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'", ELEMENTS("<list id='L' key='L'/>")));
    struct state on = enabled(f, "P");
    give(&on, 0);
    assert_writes(f, "P", &on, "K|V=1 L-clear-values");
}

static void a_list_on_the_policys_own_key_clears_it_first(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     "<enabledList><item key='Z' valueName='z'><value><decimal "
                     "value='1'/></value></item></enabledList>" ELEMENTS(
                         "<text id='T' key='Z' valueName='T'/>"
                         "<list id='L' valuePrefix=''/><list id='M' key='Z' "
                         "valuePrefix='m'/>")));
    static const struct list_entry entries[] = { { NULL, "x" } };
    struct state on = enabled(f, "P");
    give(&on, 0)->text = "t";
    give(&on, 1)->entries = give(&on, 2)->entries = entries;
    on.elements[1].n = on.elements[2].n = 1;
    assert_writes(f, "P", &on,
                  "K-clear-values K|V=1 Z-clear-values Z|z=1 Z|T=t K|1=x Z|m1=x");
    struct state back = read_back(f, "P");
    assert_int_equal(back.elements[1].n, 1);
    assert_string_equal(back.elements[1].entries[0].data, "x");
    assert_disabled_writes(f, "P",
                           "K-clear-values K|V-delete Z-clear-values Z|T-delete");
}

static void disabling_leaves_alone_what_the_policy_itself_wrote(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     "<disabledValue><decimal value='0'/></disabledValue>"
                     "<disabledList><item valueName='X'><value><decimal value='9'/>"
                     "</value></item></disabledList>" ELEMENTS(
                         "<decimal id='D' valueName='v'/><decimal id='X' "
                         "valueName='X'/><decimal id='Y' valueName='Y'/>")));
    assert_disabled_writes(f, "P", "K|V=0 K|X=9 K|Y-delete");
    /* Also when a list has put its clearing before it. */
    define(f, POLICY("P", "valueName='V'",
                     "<disabledValue><decimal value='0'/></disabledValue>" ELEMENTS(
                         "<list id='L'/><decimal id='D' valueName='V'/>")));
    assert_disabled_writes(f, "P", "K-clear-values K|V=0");
}

static void an_empty_string_is_a_value(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     "<enabledValue><string></string></enabledValue>"
                     "<disabledValue><string>x</string></disabledValue>"));
    struct state on = enabled(f, "P");
    assert_writes(f, "P", &on, "K|V=");
    assert_state(f, "P", STATE_ENABLED);
}

static void running_out_of_memory_is_no_smaller_result(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     ELEMENTS("<list id='L' valuePrefix='p'/>"
                              "<multiText id='M' valueName='M'/>"
                              "<text id='T' valueName='T'/>")));
    static const char *const lines[] = { "one", "two" };
    static const struct list_entry entries[] = { { NULL, "x" }, { NULL, "y" } };
    struct state on = enabled(f, "P");
    give(&on, 0)->entries = entries;
    give(&on, 1)->lines = lines;
    give(&on, 2)->text = "text";
    on.elements[0].n = on.elements[1].n = 2;
    int written = GPCONF_ENOMEM, read = GPCONF_ENOMEM;
    for (size_t limit = 0; written < 0 || read < 0; limit += 16) {
        struct arena arena;
        arena_init(&arena, limit);
        struct operations operations = { 0 };
        struct state_view *view;
        struct state back;
        written = state_write(f->catalogue, policy_of(f, "P"), &on, origin_file("f"),
                              &arena, NULL, &operations);
        assert_true(written == 0 || written == GPCONF_ENOMEM);
        read = written == 0 ? state_view_build(&operations, &arena, &view) : written;
        if (read == 0)
            read = state_read(f->catalogue, policy_of(f, "P"), view, &arena, &back);
        assert_true(read == 0 || read == GPCONF_ENOMEM);
        assert_true(limit < 1 << 20);
        arena_done(&arena);
    }
}

static void what_is_written_names_the_line_that_asked_for_it(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'", ELEMENTS("<list id='L'/>")));
    assert_disabled_writes(f, "P", "K-clear-values K|V-delete");
    for (size_t i = 0; i < f->operations.n; i++)
        assert_int_equal(f->operations.items[i].origin.at, 3);
}

/* ---- what the template does not allow ---- */

static void assert_refused(struct fixture *f, const struct state *state,
                           const char *code, const char *says)
{
    assert_int_equal(write_status(f, "P", state), GPCONF_ERANGE);
    assert_int_equal(f->operations.n, 0);
    assert_string_equal(f->diagnostics.last->code, code);
    assert_non_null(strstr(f->diagnostics.last->message, says));
    assert_non_null(strstr(f->diagnostics.last->message, "T:P"));
    assert_int_equal(f->diagnostics.last->origin.at, 3);
}

static void numbers_are_held_to_the_bounds_of_the_template(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "valueName='V'",
                     ELEMENTS("<decimal id='Bound' valueName='D' minValue='2' "
                              "maxValue='30'/><decimal id='Open' valueName='O'/>")));
    struct state on = enabled(f, "P");
    static const uint64_t refused[] = { 0, 1, 31, UINT64_MAX };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        give(&on, 0)->number = refused[i];
        assert_refused(f, &on, "state-out-of-range", "'Bound'");
        assert_refused(f, &on, "state-out-of-range", "not between 2 and 30");
    }
    give(&on, 0)->number = 30;
    assert_int_equal(write_status(f, "P", &on), 0);
    size_t warnings = f->diagnostics.warnings;
    give(&on, 1)->number = 9999;
    assert_int_equal(write_status(f, "P", &on), 0);
    assert_int_equal(f->diagnostics.warnings, warnings);
    give(&on, 1)->number = UINT32_MAX;
    assert_int_equal(write_status(f, "P", &on), 0);
    assert_int_equal(f->diagnostics.warnings, warnings + 1);
    give(&on, 1)->number = UINT64_C(1) << 32;
    assert_refused(f, &on, "state-out-of-range", "'Open'");
}

static void what_is_required_must_be_set_and_not_empty(void **state)
{
    struct fixture *f = *state;
    define(f,
           POLICY("P", "", ELEMENTS("<text id='T' valueName='T' required='true'/>")));
    struct state on = enabled(f, "P");
    assert_refused(f, &on, "state-required", "not set");
    give(&on, 0)->text = "";
    assert_refused(f, &on, "state-required", "empty");
    assert_disabled_writes(f, "P", "K|T-delete");
}

static void text_and_lines_are_held_to_their_length(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<text id='T' valueName='T' maxLength='3'/>"
                              "<multiText id='M' valueName='M' maxLength='2' "
                              "maxStrings='2'/>")));
    static const char *const three[] = { "a", "b", "c" };
    static const char *const wide[] = { "abc" };
    struct state on = enabled(f, "P");
    give(&on, 0)->text = "\xC3\xA4\xC3\xB6\xC3\xBC"; /* three characters, six bytes */
    assert_int_equal(write_status(f, "P", &on), 0);
    give(&on, 0)->text = "abcd";
    assert_refused(f, &on, "state-too-long", "4 characters");
    on.elements[0].is_set = false;
    give(&on, 1)->lines = three;
    on.elements[1].n = 3;
    assert_refused(f, &on, "state-too-many-lines", "3 lines");
    give(&on, 1)->lines = wide;
    on.elements[1].n = 1;
    assert_refused(f, &on, "state-too-long", "line 1");
}

static void entries_need_names_of_their_own_that_are_no_directives(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "", ELEMENTS("<list id='L' key='L' explicitValue='true'/>")));
    static const struct list_entry doubled[] = { { "a", "1" },
                                                 { "b", "2" },
                                                 { "A", "3" } };
    static const struct list_entry nameless[] = { { NULL, "1" } };
    static const struct list_entry directive[] = { { "**del.x", "1" } };
    struct state on = enabled(f, "P");
    give(&on, 0)->entries = doubled;
    on.elements[0].n = 3;
    assert_refused(f, &on, "state-double-name", "'L'");
    on.elements[0].n = 1;
    on.elements[0].entries = nameless;
    assert_refused(f, &on, "state-no-name", "'L'");
    on.elements[0].entries = directive;
    assert_refused(f, &on, "state-directive", "**");
}

static void a_choice_must_be_one_of_the_element(void **state)
{
    struct fixture *f = *state;
    define(f, AUTO_UPDATE POLICY("P", "",
                                 ELEMENTS("<enum id='E' valueName='E'><item "
                                          "displayName='a'><value><decimal value='1'/>"
                                          "</value></item></enum>")));
    struct state on = enabled(f, "P");
    uint32_t first =
        catalogue_elements(f->catalogue)[on.elements[0].element].first_choice;
    give(&on, 0)->choice = first + 1;
    assert_refused(f, &on, "state-no-choice", "'E'");
    on.elements[0].choice = first - 1;
    assert_refused(f, &on, "state-no-choice", "'E'");
}

static void every_fault_is_told(void **state)
{
    struct fixture *f = *state;
    define(f, POLICY("P", "",
                     ELEMENTS("<decimal id='A' valueName='A' maxValue='1'/>"
                              "<text id='B' valueName='B' required='true'/>")));
    struct state on = enabled(f, "P");
    give(&on, 0)->number = 2;
    size_t before = f->diagnostics.errors;
    assert_int_equal(write_status(f, "P", &on), GPCONF_ERANGE);
    assert_int_equal(f->diagnostics.errors, before + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_number_1_and_a_delete_stand_in_for_values),
        TEST(fixture_a_an_inverted_value_with_an_enum_and_booleans),
        TEST(fixture_b_a_value_with_lists_on_both_sides),
        TEST(elements_that_are_not_set_write_nothing),
        TEST(numbers_are_dwords_qwords_or_text),
        TEST(text_may_be_expandable_and_lines_are_a_multi_sz),
        TEST(a_boolean_writes_its_values_and_lists),
        TEST(an_enum_writes_its_item_and_its_value_list),
        TEST(the_names_of_a_list_are_its_own_or_numbered_or_the_data),
        TEST(an_empty_list_only_clears),
        TEST(a_list_on_the_policys_own_key_clears_it_first),
        TEST(disabling_leaves_alone_what_the_policy_itself_wrote),
        TEST(an_empty_string_is_a_value),
        TEST(running_out_of_memory_is_no_smaller_result),
        TEST(what_is_written_names_the_line_that_asked_for_it),
        TEST(numbers_are_held_to_the_bounds_of_the_template),
        TEST(what_is_required_must_be_set_and_not_empty),
        TEST(text_and_lines_are_held_to_their_length),
        TEST(entries_need_names_of_their_own_that_are_no_directives),
        TEST(a_choice_must_be_one_of_the_element),
        TEST(every_fault_is_told),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
