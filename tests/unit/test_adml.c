#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "admx/adml.h"
#include "admx/text.h"
#include "base/limits.h"
#include "base/status.h"

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct adml adml;
};

static int setup(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, LIMIT_ARENA);
    diagnostics_init(&fixture.diagnostics, &fixture.arena);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    return 0;
}

static int parse(struct fixture *f, const char *text)
{
    diagnostics_init(&f->diagnostics, &f->arena);
    return adml_parse(text, strlen(text), "t.adml", &f->arena, &f->diagnostics,
                      &f->adml);
}

#define ADML(strings, presentations)                                                   \
    "<policyDefinitionResources revision='1.0' schemaVersion='1.0'><displayName>x"     \
    "</displayName><description>y</description><resources><stringTable>" strings       \
    "</stringTable><presentationTable>" presentations                                  \
    "</presentationTable></resources></policyDefinitionResources>"
#define PRESENTATION(inner) ADML("", "<presentation id='P'>" inner "</presentation>")

static const struct adml_control *control(struct fixture *f, const char *text)
{
    assert_int_equal(parse(f, text), 0);
    assert_int_equal(f->adml.n_presentations, 1);
    assert_true(f->adml.n_controls >= 1);
    return f->adml.controls;
}

static void strings_keep_their_text(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse(f, ADML("<string id='A'> a\n b&amp;<![CDATA[<c>]]></string>\n"
                      "<string id='B'/><string>no</string>",
                      "")),
        0);
    assert_string_equal(adml_string(&f->adml, "A")->text, " a\n b&<c>");
    assert_int_equal(adml_string(&f->adml, "A")->size, strlen(" a\n b&<c>"));
    assert_string_equal(adml_string(&f->adml, "B")->text, "");
    assert_int_equal(f->adml.n_strings, 2);
    assert_int_equal(f->diagnostics.warnings, 1);
    assert_string_equal(f->diagnostics.first->code, "adml-no-id");
}

static void ids_are_found_exactly_then_without_case(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse(f, ADML("<string id='abc'>1</string><string id='ABC'>2</string>"
                      "<string id='Abcd'>3</string>",
                      "<presentation id='Pr'/>")),
        0);
    assert_string_equal(adml_string(&f->adml, "abc")->text, "1");
    assert_string_equal(adml_string(&f->adml, "ABC")->text, "2");
    assert_string_equal(adml_string(&f->adml, "aBC")->text, "1");
    assert_string_equal(adml_string(&f->adml, "ABCD")->text, "3");
    assert_null(adml_string(&f->adml, "x"));
    assert_non_null(adml_presentation(&f->adml, "pR"));
    assert_null(adml_presentation(&f->adml, ""));
}

static void of_two_strings_with_one_id_the_first_counts(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        parse(f, ADML("<string id='a'>1</string>\n<string id='a'>2</string>", "")), 0);
    assert_string_equal(adml_string(&f->adml, "a")->text, "1");
    assert_int_equal(f->diagnostics.n, 1);
    assert_string_equal(f->diagnostics.first->code, "adml-duplicate");
    assert_int_equal(f->diagnostics.first->origin.at, 2);
}

static void many_strings_are_found(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 1u << 20);
    buffer_string(&text, "<policyDefinitionResources><resources><stringTable>");
    for (unsigned i = 0; i < 3000; i++)
        buffer_format(&text, "<string id='s%u'>%u</string>", i, i);
    buffer_string(&text, "</stringTable></resources></policyDefinitionResources>");
    assert_int_equal(parse(f, text.data), 0);
    for (unsigned i = 0; i < 3000; i++) {
        char id[16];
        snprintf(id, sizeof id, i % 2 ? "s%u" : "S%u", i);
        assert_int_equal(atoi(adml_string(&f->adml, id)->text), i);
    }
    buffer_done(&text);
}

static void every_kind_of_control_is_read(void **state)
{
    struct fixture *f = *state;
    const struct adml_control *c = control(
        f, PRESENTATION(
               "<text> Static\n text </text>"
               "<checkBox refId='a' defaultChecked='true'>Check</checkBox>"
               "<decimalTextBox refId='b' defaultValue='7' spin='true' spinStep='2'>"
               "Number:</decimalTextBox>"
               "<longDecimalTextBox refId='c'>Long</longDecimalTextBox>"
               "<textBox refId='d'><label> La  bel </label><defaultValue> x  y "
               "</defaultValue></textBox>"
               "<comboBox refId='e' noSort='true'><label>Combo</label>"
               "<default>q</default><suggestion>q</suggestion><suggestion>r"
               "</suggestion></comboBox>"
               "<dropdownList refId='f' noSort='true' defaultItem='3'>Drop"
               "</dropdownList><listBox refId='g'/>"
               "<multiTextBox refId='h' defaultHeight='5'>Multi</multiTextBox>"));
    static const struct {
        uint32_t kind;
        const char *ref, *label;
    } expected[] = {
        { CAT_CONTROL_STATIC, NULL, "Static text" },
        { CAT_CONTROL_CHECK_BOX, "a", "Check" },
        { CAT_CONTROL_DECIMAL, "b", "Number:" },
        { CAT_CONTROL_LONG_DECIMAL, "c", "Long" },
        { CAT_CONTROL_TEXT_BOX, "d", "La bel" },
        { CAT_CONTROL_COMBO_BOX, "e", "Combo" },
        { CAT_CONTROL_DROPDOWN_LIST, "f", "Drop" },
        { CAT_CONTROL_LIST_BOX, "g", NULL },
        { CAT_CONTROL_MULTI_TEXT, "h", "Multi" },
    };
    assert_int_equal(f->diagnostics.n, 0);
    assert_int_equal(f->adml.n_controls, 9);
    assert_int_equal(f->adml.presentations[0].n, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(c[i].kind, expected[i].kind);
        if (expected[i].ref)
            assert_string_equal(c[i].ref, expected[i].ref);
        if (expected[i].label)
            assert_string_equal(c[i].label, expected[i].label);
        else
            assert_null(c[i].label);
    }
    assert_true(c[1].has_default && c[1].default_number == 1);
    assert_true(c[2].has_default && c[2].default_number == 7);
    assert_false(c[3].has_default);
    assert_string_equal(c[4].default_text, "x  y");
    assert_string_equal(c[5].default_text, "q");
    assert_true(c[5].no_sort);
    assert_int_equal(c[5].n_suggestions, 2);
    assert_string_equal(f->adml.suggestions[c[5].first_suggestion + 1], "r");
    assert_true(c[6].has_default && c[6].default_number == 3 && c[6].no_sort);
}

static void oddities_of_presentations_are_told_about(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        control(f, PRESENTATION("<decimalTextBox refId='b' defaultvalue='7'/>"))
            ->default_number,
        7);
    assert_string_equal(f->diagnostics.first->code, "admx-attribute-case");
    assert_false(
        control(f, PRESENTATION("<dropdownList refId='b' oSort='true'/>"))->no_sort);
    assert_string_equal(f->diagnostics.first->code, "admx-unknown-attribute");
    assert_false(
        control(f, PRESENTATION("<decimalTextBox refId='b' defaultValue='-1'/>"))
            ->has_default);
    assert_string_equal(f->diagnostics.first->code, "adml-bad-number");
    assert_string_equal(
        control(f, PRESENTATION("<checkBox>x</checkBox><text>y</text>"))->label, "y");
    assert_string_equal(f->diagnostics.first->code, "adml-no-ref");
    assert_string_equal(control(f, PRESENTATION("<text>a<b>c</b>d</text>"))->label,
                        "ad");
    assert_string_equal(f->diagnostics.first->code, "admx-unknown-element");
}

static void controls_of_one_presentation_are_limited(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 1u << 20);
    buffer_string(&text, "<policyDefinitionResources><resources><presentationTable>"
                         "<presentation id='p'>");
    for (unsigned i = 0; i <= LIMIT_CONTROLS; i++)
        buffer_string(&text, "<text>x</text>");
    buffer_string(&text, "</presentation></presentationTable></resources>"
                         "</policyDefinitionResources>");
    assert_int_equal(parse(f, text.data), 0);
    assert_int_equal(f->adml.n_controls, LIMIT_CONTROLS);
    assert_string_equal(f->diagnostics.first->code, "adml-limit");
    buffer_done(&text);
}

static void every_truncation_is_refused(void **state)
{
    struct fixture *f = *state;
    const char text[] = ADML("<string id='a'>1</string>",
                             "<presentation id='p'><textBox refId='d'><label>l</label>"
                             "</textBox></presentation>");
    char cut[sizeof text];
    for (size_t size = 0; size < sizeof text - 1; size++) {
        memcpy(cut, text, size);
        cut[size] = '\0';
        assert_int_equal(parse(f, cut), GPCONF_ESYNTAX);
        assert_int_equal(f->diagnostics.errors, 1);
    }
}

static void languages_are_ordered_by_nearness(void **state)
{
    static const char *const order[] = { "it-IT", "it",    "it-CH", "en-US",
                                         "",      "de-DE", "en-GB" };
    (void)state;
    for (size_t i = 0; i + 1 < sizeof order / sizeof *order; i++)
        assert_true(text_distance(order[i], "it-IT") <=
                    text_distance(order[i + 1], "it-IT"));
    assert_int_equal(text_distance("it-it", "it-IT"), 0);
    assert_int_equal(text_distance("it-IT", "it_IT.UTF-8"), 0);
    assert_int_equal(text_distance("it-IT", "it"), 1);
    assert_int_equal(text_distance("ita-IT", "it"), 4);
    assert_int_equal(text_distance("EN-us", NULL), 0);
    assert_int_equal(text_distance("en-us", "de-DE"), 2);
    assert_true(text_compare("de-DE", "fr-FR", "it-IT") < 0);
    assert_true(text_compare("de-DE", "en-US", "it-IT") > 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(strings_keep_their_text),
        T(ids_are_found_exactly_then_without_case),
        T(of_two_strings_with_one_id_the_first_counts),
        T(many_strings_are_found),
        T(every_kind_of_control_is_read),
        T(oddities_of_presentations_are_told_about),
        T(controls_of_one_presentation_are_limited),
        T(every_truncation_is_refused),
        cmocka_unit_test(languages_are_ordered_by_nearness),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
