#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "admx/admx.h"
#include "admx/word.h"
#include "base/limits.h"
#include "base/status.h"

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct pool pool;
    struct admx admx;
};

static int setup(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, LIMIT_ARENA);
    diagnostics_init(&fixture.diagnostics, &fixture.arena);
    pool_init(&fixture.pool, 16);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    pool_done(&f->pool);
    return 0;
}

static int parse(struct fixture *f, const char *text)
{
    diagnostics_init(&f->diagnostics, &f->arena);
    return admx_parse(text, strlen(text), "t.admx", &f->arena, &f->pool,
                      &f->diagnostics, &f->admx);
}

#define HEAD                                                                           \
    "<policyDefinitions revision='1.0' schemaVersion='1.0'>"                           \
    "<policyNamespaces><target prefix='t' namespace='Test.Ns'/>"                       \
    "<using prefix='w' namespace='Other.Ns'/></policyNamespaces>"
#define POLICY(attributes, inner)                                                      \
    HEAD "<policies>\n<policy name='P' class='Machine' displayName='$(string.P)' "     \
         "key='\\Software\\T\\' " attributes ">" inner                                 \
         "</policy></policies></policyDefinitions>"
#define ELEMENTS(inner) POLICY("", "<elements>" inner "</elements>")

/* The policy of a document that has one. */
static const struct admx_policy *policy_of(struct fixture *f, const char *text)
{
    assert_int_equal(parse(f, text), 0);
    assert_int_equal(f->admx.n_policies, 1);
    return &f->admx.policies[0];
}

static void assert_text(const struct fixture *f, uint32_t offset, const char *text)
{
    assert_int_not_equal(offset, 0);
    assert_string_equal(pool_text(&f->pool, offset), text);
}

static void assert_told(const struct fixture *f, const char *code,
                        enum severity severity, uint32_t line)
{
    assert_int_equal(f->diagnostics.n, 1);
    assert_string_equal(f->diagnostics.first->code, code);
    assert_int_equal(f->diagnostics.first->severity, severity);
    assert_int_equal(f->diagnostics.first->origin.at, line);
    assert_string_equal(f->diagnostics.first->origin.file, "t.admx");
}

static void assert_item(const struct fixture *f, uint32_t at, const char *key,
                        const char *name, enum cat_literal_kind kind)
{
    assert_true(at < f->admx.n_items);
    assert_text(f, f->admx.items[at].key, key);
    assert_text(f, f->admx.items[at].value_name, name);
    assert_int_equal(f->admx.items[at].value.kind, kind);
}

static void every_word_is_found(void **state)
{
    (void)state;
    for (unsigned w = 0; w < WORD_UNKNOWN; w++)
        assert_int_equal(
            word_find(word_text((enum word)w), strlen(word_text((enum word)w))), w);
    assert_int_equal(word_find("", 0), WORD_UNKNOWN);
    assert_int_equal(word_find("policx", 6), WORD_UNKNOWN);
    assert_int_equal(word_find("aVeryLongNameThatNoTemplateHas", 30), WORD_UNKNOWN);
}

static void a_policy_has_its_attributes(void **state)
{
    struct fixture *f = *state;
    const struct admx_policy *p = policy_of(
        f,
        POLICY(
            "valueName='V' explainText='$(string.H)' presentation='$(presentation.P)' "
            "clientExtension='{1}'",
            "<parentCategory ref='w:C'/><supportedOn ref='S'/>"));
    assert_text(f, p->record.id, "Test.Ns:P");
    assert_text(f, p->record.name, "P");
    assert_text(f, p->record.ns, "Test.Ns");
    assert_int_equal(p->record.class_, CAT_MACHINE);
    assert_text(f, p->record.key, "Software\\T");
    assert_text(f, p->record.value_name, "V");
    assert_text(f, p->record.client_extension, "{1}");
    assert_int_equal(p->record.line, 2);
    assert_string_equal(p->title, "$(string.P)");
    assert_string_equal(p->help, "$(string.H)");
    assert_string_equal(p->presentation, "$(presentation.P)");
    assert_string_equal(p->category, "w:C");
    assert_string_equal(p->supported_on, "S");
    assert_int_equal(f->diagnostics.n, 0);
    assert_string_equal(f->admx.usings[0].prefix, "w");
    assert_text(f, f->admx.usings[0].ns, "Other.Ns");
}

static void values_of_every_kind_are_read(void **state)
{
    struct fixture *f = *state;
    const struct cat_policy *p =
        &policy_of(f,
                   POLICY("valueName='V'",
                          "<enabledValue><decimal value='4294967295'/></enabledValue>"
                          "<disabledValue><string> a&amp;b </string></disabledValue>"))
             ->record;
    assert_int_equal(p->enabled_value.kind, CAT_LITERAL_DECIMAL);
    assert_int_equal(p->enabled_value.number, UINT32_MAX);
    assert_int_equal(p->disabled_value.kind, CAT_LITERAL_STRING);
    assert_text(f, p->disabled_value.text, " a&b ");
    p = &policy_of(f, POLICY("",
                             "<enabledValue><longDecimal value='18446744073709551615'/>"
                             "</enabledValue><disabledValue><delete/></disabledValue>"))
             ->record;
    assert_int_equal(p->enabled_value.kind, CAT_LITERAL_LONG_DECIMAL);
    assert_true(p->enabled_value.number == UINT64_MAX);
    assert_int_equal(p->disabled_value.kind, CAT_LITERAL_DELETE);
    assert_int_equal(p->value_name, 0);
    assert_int_equal(f->diagnostics.n, 0);
}

static void lists_resolve_their_keys(void **state)
{
    struct fixture *f = *state;
    const struct cat_policy *p =
        &policy_of(
             f,
             POLICY("",
                    "<enabledList defaultKey='D'><item key='\\I' valueName='a'>"
                    "<value><decimal value='1'/></value></item>"
                    "<item valueName=''><value><delete/></value></item></enabledList>"
                    "<disabledList><item valueName='c'><decimal value='3'/></item>"
                    "</disabledList>"))
             ->record;
    assert_int_equal(p->enabled_list.n, 2);
    assert_item(f, p->enabled_list.first, "I", "a", CAT_LITERAL_DECIMAL);
    assert_item(f, p->enabled_list.first + 1, "D", "", CAT_LITERAL_DELETE);
    assert_int_equal(p->disabled_list.n, 1);
    assert_item(f, p->disabled_list.first, "Software\\T", "c", CAT_LITERAL_DECIMAL);
    assert_int_equal(f->diagnostics.n, 0);
}

static void a_boolean_has_values_and_lists(void **state)
{
    struct fixture *f = *state;
    policy_of(
        f, ELEMENTS("<boolean id='b' key='K' valueName='v'>"
                    "<trueValue><decimal value='2'/></trueValue>"
                    "<falseValue><string>no</string></falseValue>"
                    "<trueList><item valueName='t'><value><decimal value='1'/></value>"
                    "</item></trueList>"
                    "<falseList defaultKey='F'><item valueName='u'><value><delete/>"
                    "</value></item></falseList></boolean>"));
    const struct cat_element *e = &f->admx.elements[0];
    assert_int_equal(e->kind, CAT_BOOLEAN);
    assert_text(f, e->key, "K");
    assert_text(f, e->value_name, "v");
    assert_int_equal(e->true_value.number, 2);
    assert_text(f, e->false_value.text, "no");
    assert_int_equal(e->true_list.n, 1);
    assert_item(f, e->true_list.first, "K", "t", CAT_LITERAL_DECIMAL);
    assert_item(f, e->false_list.first, "F", "u", CAT_LITERAL_DELETE);
    assert_int_equal(f->diagnostics.n, 0);
}

static void numbers_have_declared_and_default_limits(void **state)
{
    struct fixture *f = *state;
    policy_of(f, ELEMENTS("<decimal id='a' valueName='v'/>"
                          "<decimal id='b' valueName='v' minValue='1' maxValue='9' "
                          "required='true' soft='1' storeAsText='true'/>"
                          "<longDecimal id='c' valueName='v'/>"));
    const struct cat_element *e = f->admx.elements;
    assert_int_equal(e[0].min_value, 0);
    assert_true(e[0].max_value == UINT32_MAX);
    assert_int_equal(e[0].flags, 0);
    assert_text(f, e[0].key, "Software\\T");
    assert_int_equal(e[1].min_value, 1);
    assert_int_equal(e[1].max_value, 9);
    assert_int_equal(e[1].flags,
                     CAT_REQUIRED | CAT_SOFT | CAT_STORE_AS_TEXT | CAT_MAX_DECLARED);
    assert_int_equal(e[2].kind, CAT_LONG_DECIMAL);
    assert_true(e[2].max_value == UINT64_MAX);
    assert_int_equal(f->diagnostics.n, 0);
}

static void texts_and_lists_have_their_attributes(void **state)
{
    struct fixture *f = *state;
    policy_of(f,
              ELEMENTS("<text id='a' valueName='v' maxLength='10' expandable='true'/>"
                       "<multiText id='b' valueName='v' maxLength='20' maxStrings='3'/>"
                       "<list id='c' key='L' additive='true' valuePrefix=''/>"
                       "<list id='d' explicitValue='true' expandable='true'/>"));
    const struct cat_element *e = f->admx.elements;
    assert_int_equal(e[0].kind, CAT_TEXT);
    assert_int_equal(e[0].max_length, 10);
    assert_int_equal(e[0].flags, CAT_EXPANDABLE);
    assert_int_equal(e[1].kind, CAT_MULTI_TEXT);
    assert_int_equal(e[1].max_length, 20);
    assert_int_equal(e[1].max_strings, 3);
    assert_int_equal(e[2].kind, CAT_LIST);
    assert_int_equal(e[2].flags, CAT_ADDITIVE | CAT_VALUE_PREFIX);
    assert_text(f, e[2].value_prefix, "");
    assert_int_equal(e[2].value_name, 0);
    assert_int_equal(e[3].flags, CAT_EXPLICIT_VALUE | CAT_EXPANDABLE);
    assert_int_equal(f->diagnostics.n, 0);
}

static void an_enum_has_choices_with_lists(void **state)
{
    struct fixture *f = *state;
    policy_of(
        f,
        ELEMENTS("<enum id='e' key='E' valueName='v'>"
                 "<item displayName='$(string.A)'><value><decimal value='1'/></value>"
                 "</item>\n"
                 "<item displayName='B'><value><string>x</string></value>"
                 "<valueList><item valueName='n'><value><decimal value='7'/></value>"
                 "</item></valueList></item>"
                 "<item displayName='C'><valueList defaultKey='D'>"
                 "<item valueName='m'><value><delete/></value></item></valueList>"
                 "<value><decimal value='3'/></value></item></enum>"));
    const struct cat_element *e = &f->admx.elements[0];
    const struct admx_choice *c = f->admx.choices;
    assert_int_equal(e->n_choices, 3);
    assert_string_equal(c[0].text, "$(string.A)");
    assert_int_equal(c[0].record.value.number, 1);
    assert_int_equal(c[0].record.line, 2);
    assert_int_equal(c[1].record.line, 3);
    assert_text(f, c[1].record.value.text, "x");
    assert_int_equal(c[1].record.values.n, 1);
    assert_item(f, c[1].record.values.first, "E", "n", CAT_LITERAL_DECIMAL);
    /* The value may stand behind the list. */
    assert_int_equal(c[2].record.value.number, 3);
    assert_item(f, c[2].record.values.first, "D", "m", CAT_LITERAL_DELETE);
    assert_int_equal(f->diagnostics.n, 0);
}

static void an_enum_item_may_lack_its_value_wrapper(void **state)
{
    struct fixture *f = *state;
    policy_of(
        f, ELEMENTS("<enum id='e' valueName='v'>"
                    "<item displayName='A'><decimal value='1'/></item>"
                    "<item displayName='B'><string>x</string></item>"
                    "<item displayName='C'><valueList><item valueName='n'>"
                    "<decimal value='7'/></item></valueList><delete/></item></enum>"));
    const struct admx_choice *c = f->admx.choices;
    assert_int_equal(c[0].record.value.number, 1);
    assert_text(f, c[1].record.value.text, "x");
    assert_int_equal(c[2].record.value.kind, CAT_LITERAL_DELETE);
    assert_int_equal(f->admx.items[0].value.number, 7);
}

static void supported_on_is_read(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse(f, HEAD "<supportedOn><products>"
                      "<product name='A' displayName='$(string.A)'>"
                      "<majorVersion name='A1' displayName='a' versionIndex='1'>"
                      "<minorVersion name='A11' displayName='b' versionIndex='11'/>"
                      "<minorVersion name='A12' displayName='b' versionIndex='12'/>"
                      "</majorVersion><majorVersion name='A2' displayName='a' "
                      "versionIndex='2'/></product><product name='B' displayName='b'/>"
                      "</products><definitions>"
                      "<definition name='D1' displayName='d'><and><range ref='A' "
                      "minVersionIndex='1'/><reference ref='w:B'/></and></definition>"
                      "<definition name='D2' displayName='d'><or><range ref='A' "
                      "maxVersionIndex='3'/></or></definition>"
                      "</definitions></supportedOn></policyDefinitions>"),
        0);
    assert_int_equal(f->admx.n_products, 6);
    static const uint32_t parents[] = { CAT_NONE, 0, 1, 1, 0, CAT_NONE };
    static const uint32_t versions[] = { 0, 1, 11, 12, 2, 0 };
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(f->admx.products[i].record.parent, parents[i]);
        assert_int_equal(f->admx.products[i].record.version, versions[i]);
    }
    const struct admx_supported *s = f->admx.supported;
    const struct admx_condition *c = f->admx.conditions;
    assert_int_equal(f->admx.n_supported, 2);
    assert_int_equal(s[0].record.all, 1);
    assert_int_equal(s[0].record.n_conditions, 2);
    assert_int_equal(s[1].record.all, 0);
    assert_int_equal(s[1].record.first_condition, 2);
    assert_int_equal(c[0].record.is_range, 1);
    assert_int_equal(c[0].record.min_version, 1);
    assert_int_equal(c[0].record.max_version, UINT32_MAX);
    assert_int_equal(c[1].record.is_range, 0);
    assert_string_equal(c[1].ref, "w:B");
    assert_int_equal(c[2].record.max_version, 3);
    assert_int_equal(f->diagnostics.n, 0);
}

static void categories_and_superseded_files_are_read(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse(f, HEAD "<supersededAdm fileName='old.adm'/><resources "
                      "minRequiredRevision='1.0'/><categories>"
                      "<category name='C' displayName='$(string.C)' explainText='x'>"
                      "<parentCategory ref='w:D'/></category></categories>"
                      "</policyDefinitions>"),
        0);
    assert_text(f, f->admx.superseded, "old.adm");
    assert_int_equal(f->admx.n_categories, 1);
    assert_text(f, f->admx.categories[0].record.id, "Test.Ns:C");
    assert_string_equal(f->admx.categories[0].parent, "w:D");
    assert_string_equal(f->admx.categories[0].help, "x");
    assert_int_equal(f->diagnostics.n, 0);
}

static void an_attribute_in_the_wrong_case_is_used_with_a_note(void **state)
{
    struct fixture *f = *state;
    policy_of(f, ELEMENTS("<decimal id='a' valuename='v' maxValue='9'/>"));
    assert_text(f, f->admx.elements[0].value_name, "v");
    assert_told(f, "admx-attribute-case", SEVERITY_NOTE, 2);
    policy_of(f, ELEMENTS("<decimal id='a' valuename='w' valueName='v'/>"));
    assert_text(f, f->admx.elements[0].value_name, "v");
    assert_told(f, "admx-unknown-attribute", SEVERITY_WARNING, 2);
}

static void an_unknown_attribute_is_ignored_with_a_warning(void **state)
{
    struct fixture *f = *state;
    policy_of(f, POLICY("Area='x'", ""));
    assert_told(f, "admx-unknown-attribute", SEVERITY_WARNING, 2);
    policy_of(f, ELEMENTS("<text id='a' valueName='v' minValue='1'/>"));
    assert_told(f, "admx-unknown-attribute", SEVERITY_WARNING, 2);
    policy_of(f, ELEMENTS("<boolean id='a' valueName='v' required='true' "
                          "clientExtension='{}'/>"));
    assert_int_equal(f->diagnostics.n, 0);
    assert_int_equal(f->admx.elements[0].flags, 0);
}

static void a_value_name_on_a_list_is_ignored(void **state)
{
    struct fixture *f = *state;
    policy_of(f, ELEMENTS("<list id='a' valueName='v'/>"));
    assert_told(f, "admx-list-value-name", SEVERITY_WARNING, 2);
    assert_int_equal(f->admx.elements[0].value_name, 0);
}

static void bad_numbers_are_told_and_ignored(void **state)
{
    static const char *const bad[] = {
        "-123.000", "", " ", "1.0", "4294967296", "-1", "0x10", "18446744073709551616",
        "1 2"
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 ELEMENTS("<decimal id='a' valueName='v' minValue='%s'/>"), bad[i]);
        policy_of(f, text);
        assert_told(f, "admx-bad-number", SEVERITY_WARNING, 2);
        assert_int_equal(f->admx.elements[0].min_value, 0);
        snprintf(text, sizeof text,
                 POLICY("valueName='V'",
                        "<enabledValue><decimal value='%s'/></enabledValue>"),
                 bad[i]);
        assert_int_equal(policy_of(f, text)->record.enabled_value.kind,
                         CAT_LITERAL_ABSENT);
        assert_told(f, "admx-bad-number", SEVERITY_WARNING, 2);
    }
    policy_of(f, ELEMENTS("<decimal id='a' valueName='v' minValue=' 007 '/>"));
    assert_int_equal(f->admx.elements[0].min_value, 7);
    assert_int_equal(f->diagnostics.n, 0);
}

static void a_range_that_is_empty_is_ignored(void **state)
{
    struct fixture *f = *state;
    policy_of(f, ELEMENTS("<decimal id='a' valueName='v' minValue='5' maxValue='4'/>"));
    assert_told(f, "admx-empty-range", SEVERITY_WARNING, 2);
    assert_int_equal(f->admx.elements[0].min_value, 0);
    assert_true(f->admx.elements[0].max_value == UINT32_MAX);
    assert_int_equal(f->admx.elements[0].flags, 0);
}

static void unknown_elements_are_left_out_whole(void **state)
{
    struct fixture *f = *state;
    policy_of(f, ELEMENTS("<wheel id='w'><text id='no' valueName='v'/></wheel>"
                          "<text id='yes' valueName='v'/>"));
    assert_told(f, "admx-unknown-element", SEVERITY_WARNING, 2);
    assert_int_equal(f->admx.n_elements, 1);
    assert_int_equal(parse(f, "<html><policies/></html>"), 0);
    assert_int_equal(f->admx.n_policies, 0);
    assert_int_equal(f->diagnostics.warnings, 2);
}

static void elements_without_a_value_name_are_left_out(void **state)
{
    struct fixture *f = *state;
    policy_of(f,
              ELEMENTS("<enum id='a'><item displayName='x'><value><decimal value='1'/>"
                       "</value></item></enum><text id='b' valueName=''/>"));
    assert_told(f, "admx-no-value-name", SEVERITY_WARNING, 2);
    assert_int_equal(f->admx.n_elements, 1);
    assert_text(f, f->admx.elements[0].value_name, "");
    assert_int_equal(f->admx.n_choices, 0);
}

static void a_policy_with_an_empty_value_name_has_none(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(policy_of(f, POLICY("valueName=''", ""))->record.value_name, 0);
}

static void a_class_that_is_none_is_read_as_both(void **state)
{
    struct fixture *f = *state;
    const char text[] = HEAD "<policies><policy name='P' class='Computer' key='K'/>"
                             "<policy name='Q' class='user' key='K'/>"
                             "<policy name='R' class='Both' key='K'/>"
                             "</policies></policyDefinitions>";
    assert_int_equal(parse(f, text), 0);
    assert_told(f, "admx-bad-class", SEVERITY_WARNING, 1);
    assert_int_equal(f->admx.policies[0].record.class_, CAT_BOTH);
    assert_int_equal(f->admx.policies[1].record.class_, CAT_USER);
    assert_int_equal(f->admx.policies[2].record.class_, CAT_BOTH);
}

static void a_second_list_and_a_list_in_a_list_are_left_out(void **state)
{
    struct fixture *f = *state;
    const struct admx_policy *p = policy_of(
        f, POLICY("",
                  "<enabledList><item valueName='a'><valueList><item valueName='b'/>"
                  "</valueList><value><decimal value='1'/></value></item></enabledList>"
                  "<enabledList><item valueName='c'/></enabledList>"));
    assert_int_equal(f->diagnostics.warnings, 2);
    assert_int_equal(p->record.enabled_list.n, 1);
    assert_int_equal(f->admx.n_items, 1);
    assert_int_equal(f->admx.items[0].value.number, 1);
}

static void elements_of_one_policy_are_limited(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 1u << 20);
    buffer_string(&text,
                  HEAD "<policies><policy name='P' class='User' key='K'><elements>");
    for (unsigned i = 0; i <= LIMIT_POLICY_ELEMENTS; i++)
        buffer_string(&text, "<text id='a' valueName='v'/>");
    buffer_string(&text, "</elements></policy></policies></policyDefinitions>");
    assert_int_equal(parse(f, text.data), 0);
    assert_int_equal(f->admx.policies[0].record.n_elements, LIMIT_POLICY_ELEMENTS);
    assert_told(f, "admx-limit", SEVERITY_WARNING, 1);
    buffer_done(&text);
}

static void a_file_without_a_target_is_told_about(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(parse(f, "<policyDefinitions/>"), 0);
    assert_told(f, "admx-target", SEVERITY_WARNING, 0);
}

static void every_truncation_is_refused(void **state)
{
    struct fixture *f = *state;
    const char text[] = POLICY(
        "valueName='V'", "<enabledValue><string>x</string></enabledValue><elements>"
                         "<enum id='e' valueName='v'><item displayName='A'><value>"
                         "<delete/></value></item></enum></elements>");
    char cut[sizeof text];
    for (size_t size = 0; size < sizeof text - 1; size++) {
        memcpy(cut, text, size);
        cut[size] = '\0';
        assert_int_equal(parse(f, cut), GPCONF_ESYNTAX);
        assert_int_equal(f->diagnostics.errors, 1);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found),
        T(a_policy_has_its_attributes),
        T(values_of_every_kind_are_read),
        T(lists_resolve_their_keys),
        T(a_boolean_has_values_and_lists),
        T(numbers_have_declared_and_default_limits),
        T(texts_and_lists_have_their_attributes),
        T(an_enum_has_choices_with_lists),
        T(an_enum_item_may_lack_its_value_wrapper),
        T(supported_on_is_read),
        T(categories_and_superseded_files_are_read),
        T(an_attribute_in_the_wrong_case_is_used_with_a_note),
        T(an_unknown_attribute_is_ignored_with_a_warning),
        T(a_value_name_on_a_list_is_ignored),
        T(bad_numbers_are_told_and_ignored),
        T(a_range_that_is_empty_is_ignored),
        T(unknown_elements_are_left_out_whole),
        T(elements_without_a_value_name_are_left_out),
        T(a_policy_with_an_empty_value_name_has_none),
        T(a_class_that_is_none_is_read_as_both),
        T(a_second_list_and_a_list_in_a_list_are_left_out),
        T(elements_of_one_policy_are_limited),
        T(a_file_without_a_target_is_told_about),
        T(every_truncation_is_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
