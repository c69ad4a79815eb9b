#include "tests/unit/catalogue_fixture.h"

#include <stdio.h>

#include "base/buffer.h"

static void policies_are_linked_over_files(void **state)
{
    struct fixture *f = *state;
    add(f, "b.admx", NULL,
        ADMX("b", "B", USING("a", "A"),
             "<categories><category name='Inner' displayName='$(string.I)'>"
             "<parentCategory ref='a:Outer'/></category></categories>" POLICIES(
                 POLICY("P", "explainText='$(string.Help)'",
                        "<parentCategory ref='Inner'/><supportedOn ref='a:Sup'/>"))));
    add(f, "a.admx", NULL,
        ADMX("a", "A", "",
             "<supersededAdm fileName='a.adm'/>"
             "<supportedOn><products><product name='Prod' displayName='$(string.Prod)'>"
             "<majorVersion name='Prod1' displayName='x' versionIndex='4'/></product>"
             "</products><definitions><definition name='Sup' "
             "displayName='$(string.S)'><or>"
             "<range ref='Prod' minVersionIndex='4'/><reference ref='Prod1'/>"
             "<reference ref='Sup2'/></or></definition><definition name='Sup2' "
             "displayName='s2'/></definitions></supportedOn>"
             "<categories><category name='Outer' "
             "displayName='$(string.O)'/></categories>"));
    add(f, "A.adml", "en-US",
        ADML(STRING("O", "Outside") STRING("S", "At least 4") STRING("Prod", "Product"),
             ""));
    add(f, "b.ADML", "en-us",
        ADML(STRING("P", "The policy") STRING("I", "Inside")
                 STRING("Help", "How it helps"),
             ""));
    build(f, "en-US");
    assert_int_equal(f->diagnostics.n, 0);
    const struct cat_policy *p = policy(f, "b:P");
    assert_string_equal(text(f, p->id), "B:P");
    assert_string_equal(text(f, p->title), "The policy");
    assert_string_equal(text(f, p->help), "How it helps");
    size_t n;
    const struct cat_category *c = catalogue_categories(f->c, &n);
    assert_int_equal(n, 2);
    assert_string_equal(text(f, c[p->category].title), "Inside");
    assert_string_equal(text(f, c[c[p->category].parent].title), "Outside");
    assert_int_equal(c[c[p->category].parent].parent, CAT_NONE);
    const struct cat_supported *s = catalogue_supported(f->c, &n);
    const struct cat_product *products = catalogue_products(f->c, &n);
    assert_string_equal(text(f, s[p->supported_on].title), "At least 4");
    const struct cat_condition *conditions =
        catalogue_conditions(f->c) + s[p->supported_on].first_condition;
    assert_string_equal(text(f, products[conditions[0].product].title), "Product");
    assert_int_equal(conditions[0].min_version, 4);
    assert_int_equal(products[conditions[1].product].parent, conditions[0].product);
    assert_int_equal(conditions[2].product, CAT_NONE);
    assert_string_equal(text(f, s[conditions[2].definition].title), "s2");
    const struct cat_file *files = catalogue_files(f->c, &n);
    assert_int_equal(n, 2);
    assert_string_equal(text(f, files[0].name), "dir/a.admx");
    assert_string_equal(text(f, files[0].superseded_adm), "a.adm");
    assert_string_equal(text(f, files[p->file].name), "dir/b.admx");
    assert_string_equal(text(f, files[p->file].language), "en-us");
    assert_string_equal(text(f, files[p->file].ns), "B");
}

static void dangling_references_cost_no_policy(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL,
        ADMX("a", "A", USING("b", "B"),
             "<categories><category name='C' displayName='c'/>\n<category name='D' "
             "displayName='d'><parentCategory "
             "ref='none'/></category></categories>" POLICIES(
                 POLICY("P1", "", "<parentCategory ref='x:C'/>") /* line 3 */
                 POLICY("P2", "", "<parentCategory ref='b:C'/>")
                     POLICY("P3", "", "<supportedOn ref='S'/>")
                         POLICY("P4", "", "<parentCategory ref='a: C '/>")
                             POLICY("P5", "", "<parentCategory ref='A:c'/>") POLICY(
                                 "P6", "presentation='$(presentation.None)'", ""))));
    add(f, "a.adml", "en-US", ADML(STRING("P2", "two"), ""));
    build(f, NULL);
    size_t n;
    catalogue_policies(f->c, &n);
    assert_int_equal(n, 6);
    assert_int_equal(told(f, "admx-dangling-category", "dir/a.admx", 2), 1);
    assert_int_equal(told(f, "admx-unknown-prefix", "dir/a.admx", 3), 1);
    assert_int_equal(told(f, "admx-dangling-category", "dir/a.admx", 4), 1);
    assert_int_equal(told(f, "admx-dangling-supported", "dir/a.admx", 5), 1);
    assert_int_equal(told(f, "admx-reference-blank", "dir/a.admx", 6), 1);
    assert_int_equal(told(f, "admx-reference-case", "dir/a.admx", 7), 1);
    assert_int_equal(told(f, "admx-dangling-presentation", "dir/a.admx", 8), 1);
    assert_int_equal(told(f, "admx-dangling-string", "dir/a.admx", 3), 1);
    assert_int_equal(told(f, "admx-dangling-string", "dir/a.admx", 4), 0);
    assert_int_equal(policy(f, "P1")->category, CAT_NONE);
    assert_int_equal(policy(f, "P2")->category, CAT_NONE);
    assert_int_equal(policy(f, "P3")->supported_on, CAT_NONE);
    assert_int_equal(policy(f, "P4")->category, 0);
    assert_int_equal(policy(f, "P5")->category, 0);
    assert_string_equal(text(f, policy(f, "P1")->title), "$(string.P1)");
    assert_string_equal(text(f, policy(f, "P2")->title), "two");
}

static void an_own_category_comes_before_one_of_the_namespace(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL,
        ADMX("a", "N", "",
             "<categories><category name='C' displayName='of a'/>"
             "<category name='E' displayName='of a'/></categories>"));
    add(f, "b.admx", NULL,
        ADMX(
            "b", "N", "",
            "<categories><category name='C' displayName='of b'/></categories>" POLICIES(
                POLICY("P", "", "<parentCategory ref='C'/>")
                    POLICY("Q", "", "<parentCategory ref='b:E'/>"))));
    build(f, NULL);
    size_t n;
    const struct cat_category *c = catalogue_categories(f->c, &n);
    assert_string_equal(text(f, c[policy(f, "P")->category].title), "of b");
    assert_string_equal(text(f, c[policy(f, "Q")->category].title), "of a");
    assert_int_equal(told(f, "admx-no-texts", "dir/a.admx", 0), 1);
}

static void circles_of_categories_are_cut(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL,
        ADMX("a", "A", "",
             "<categories><category name='X' displayName='x'><parentCategory ref='Y'/>"
             "</category><category name='Y' displayName='y'><parentCategory ref='Z'/>"
             "</category><category name='Z' displayName='z'><parentCategory ref='X'/>"
             "</category><category name='S' displayName='s'><parentCategory ref='S'/>"
             "</category><category name='T' displayName='t'><parentCategory ref='Y'/>"
             "</category></categories>"));
    build(f, NULL);
    size_t n;
    const struct cat_category *c = catalogue_categories(f->c, &n);
    assert_int_equal(n, 5);
    for (size_t i = 0; i < n; i++) {
        size_t steps = 0;
        for (uint32_t at = (uint32_t)i; at != CAT_NONE; at = c[at].parent)
            assert_true(++steps <= n);
    }
    assert_int_equal(told(f, "admx-circle", "dir/a.admx", 1), 2);
}

#define DEFINITION(name, inner)                                                        \
    "\n<definition name='" name "' displayName='" name "'><or>" inner                  \
    "</or></definition>"
#define TO(name) "<reference ref='" name "'/>"

/* The longest way from a definition; a circle never ends. */
static size_t way(const struct fixture *f, uint32_t at, size_t steps)
{
    size_t n, most = steps;
    const struct cat_supported *definitions = catalogue_supported(f->c, &n);
    assert_true(steps <= n);
    const struct cat_condition *c =
        catalogue_conditions(f->c) + definitions[at].first_condition;
    for (uint32_t i = 0; i < definitions[at].n_conditions; i++) {
        size_t m =
            c[i].definition == CAT_NONE ? steps : way(f, c[i].definition, steps + 1);
        most = m > most ? m : most;
    }
    return most;
}

static void circles_of_definitions_are_cut(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL,
        ADMX("a", "A", "",
             "<supportedOn><definitions>" DEFINITION("Self", TO("Self")) DEFINITION(
                 "X", TO("Y") TO("End")) DEFINITION("Y", TO("End") TO("Z"))
                 DEFINITION("Z", TO("Y") TO("X") TO("Self")) DEFINITION("End", "")
                     DEFINITION("Both", TO("X") TO("X")
                                            TO("End")) "</definitions></supportedOn>"));
    build(f, NULL);
    size_t n;
    catalogue_supported(f->c, &n);
    assert_int_equal(n, 6);
    static const size_t steps[] = { 0, 3, 2, 1, 0, 4 };
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(way(f, i, 0), steps[i]);
    assert_int_equal(told(f, "admx-circle", "dir/a.admx", 2), 1); /* Self */
    assert_int_equal(told(f, "admx-circle", "dir/a.admx", 5), 2); /* Z */
    assert_int_equal(f->diagnostics.n, 4);                        /* and no texts */
}

/* As long as a file can hold: nobody walks it by recursion. */
static void a_long_circle_of_definitions_is_cut_at_its_end(void **state)
{
    enum { LENGTH = 50000 };
    struct fixture *f = *state;
    struct buffer all;
    buffer_init(&all, LIMIT_TEMPLATE_FILE);
    buffer_string(&all, "<policyDefinitions><policyNamespaces><target prefix='a' "
                        "namespace='A'/></policyNamespaces><supportedOn><definitions>");
    for (unsigned i = 0; i < LENGTH; i++)
        buffer_format(&all,
                      "<definition name='D%u' displayName='d'><or><reference "
                      "ref='D%u'/></or></definition>",
                      i, (i + 1) % LENGTH);
    buffer_string(&all, "</definitions></supportedOn></policyDefinitions>");
    buffer_char(&all, '\0');
    assert_false(buffer_failed(&all));
    add(f, "a.admx", NULL, (const char *)all.data);
    build(f, NULL);
    size_t n, steps = 0;
    const struct cat_supported *definitions = catalogue_supported(f->c, &n);
    assert_int_equal(n, LENGTH);
    for (uint32_t at = 0; at != CAT_NONE && steps <= LENGTH; steps++)
        at = catalogue_conditions(f->c)[definitions[at].first_condition].definition;
    assert_int_equal(steps, LENGTH);
    buffer_done(&all);
}

static void a_title_of_blanks_is_the_name(void **state)
{
    struct fixture *f = *state;
    size_t n;
    add(f, "a.admx", NULL,
        ADMX("a", "A", "",
             "<categories><category name='C' displayName=' '/></categories>" POLICIES(
                 POLICY("P", "", ""))));
    add(f, "a.adml", "en-US", ADML(STRING("P", "\n  \n"), ""));
    build(f, NULL);
    assert_string_equal(text(f, policy(f, "P")->title), "P");
    assert_string_equal(text(f, catalogue_categories(f->c, &n)->title), "C");
}

/* The texts of a range, each in angle brackets. */
static const char *joined(struct fixture *f, const struct cat_texts *texts)
{
    const char *all = "";
    for (uint32_t i = 0; i < texts->n; i++)
        all = arena_format(&f->arena, "%s<%s>", all,
                           text(f, catalogue_texts(f->c)[texts->first + i]));
    return all;
}

static void what_to_read_and_to_search_for_is_kept(void **state)
{
    struct fixture *f = *state;
    size_t n;
    add(f, "a.admx", NULL,
        ADMX("a", "A", "",
             "<categories><category name='C'><seeAlso>c</seeAlso>"
             "<keywords>box</keywords></category></categories>" POLICIES(
                 POLICY("P", "",
                        "<seeAlso>\n  https://example.test/?a&amp;b\n</seeAlso>"
                        "<seeAlso> </seeAlso><seeAlso>$(string.S)</seeAlso>"
                        "<keywords>reboot\tagain<b>not this</b></keywords>"
                        "<keywords>$(string.none)</keywords>")
                     POLICY("Q", "", "<seeAlso>q</seeAlso>") POLICY("R", "", ""))));
    add(f, "a.adml", "en-US",
        ADML(STRING("S", "A book") STRING("P", "p") STRING("Q", "q") STRING("R", "r"),
             ""));
    build(f, NULL);
    const struct cat_policy *p = policy(f, "P"), *q = policy(f, "Q");
    assert_string_equal(joined(f, &p->see_also), "<https://example.test/?a&b><A book>");
    assert_string_equal(joined(f, &p->keywords), "<reboot again><$(string.none)>");
    assert_string_equal(joined(f, &q->see_also), "<q>");
    assert_string_equal(joined(f, &q->keywords), "");
    assert_int_equal(policy(f, "R")->see_also.n, 0);
    const struct cat_category *c = catalogue_categories(f->c, &n);
    assert_string_equal(joined(f, &c->see_also), "<c>");
    assert_string_equal(joined(f, &c->keywords), "<box>");
    assert_int_equal(told(f, "admx-dangling-string", "dir/a.admx", 2), 1);
}

static void controls_belong_to_their_elements(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL,
        ADMX("a", "A", "",
             POLICIES(
                 POLICY(
                     "P", "presentation='$(presentation.Pr)'",
                     "<elements><text id='one' valueName='v'/><enum id='two' "
                     "valueName='w'><item displayName='$(string.I)'><value><decimal "
                     "value='1'/></value></item></enum><text id='three' valueName='x'/>"
                     "</elements>")
                     POLICY("Q", "presentation='$(presentation.Pr)'",
                            "<elements><text id='Three' valueName='x'/></elements>"))));
    add(f, "a.adml", "en-US",
        ADML(
            STRING("I", "Item") STRING("P", "p") STRING("Q", "q"),
            "<presentation id='Pr'><text>Hello</text><comboBox refId='three'>"
            "<label>Three</label><suggestion>s1</suggestion><suggestion>s2</suggestion>"
            "</comboBox>\n<textBox "
            "refId='one'><label>One</label></textBox></presentation>"));
    build(f, NULL);
    const struct cat_policy *p = policy(f, "P"), *q = policy(f, "Q");
    const struct cat_element *e = catalogue_elements(f->c);
    const struct cat_control *c = catalogue_controls(f->c) + p->first_control;
    assert_int_equal(p->n_controls, 3);
    assert_int_equal(c[0].kind, CAT_CONTROL_STATIC);
    assert_int_equal(c[0].element, CAT_NONE);
    assert_string_equal(text(f, c[0].label), "Hello");
    assert_int_equal(c[1].element, p->first_element + 2);
    assert_int_equal(c[2].element, p->first_element);
    assert_int_equal(e[p->first_element].control, p->first_control + 2);
    assert_int_equal(e[p->first_element + 1].control, CAT_NONE);
    assert_int_equal(e[p->first_element + 2].control, p->first_control + 1);
    assert_int_equal(c[1].suggestions.n, 2);
    assert_string_equal(text(f, catalogue_texts(f->c)[c[1].suggestions.first + 1]),
                        "s2");
    assert_string_equal(
        text(f, catalogue_choices(f->c)[e[p->first_element + 1].first_choice].text),
        "Item");
    /* Found without case; what it has no element for is told with file and line. */
    c = catalogue_controls(f->c) + q->first_control;
    assert_int_equal(c[1].element, q->first_element);
    assert_int_equal(c[2].element, CAT_NONE);
    assert_int_equal(told(f, "adml-dangling-control", "dir/en-US/a.adml", 2), 1);
    assert_int_equal(f->diagnostics.n, 1);
}

static void ranges_of_several_files_do_not_mix(void **state)
{
    struct fixture *f = *state;
    char file[4][2048];
    static const char *const names[] = { "1.admx", "2.admx", "3.admx", "4.admx" };
    for (int i = 0; i < 4; i++) {
        snprintf(
            file[i], sizeof file[i],
            ADMX("a", "N%d", "",
                 POLICIES(POLICY(
                     "P%d", "",
                     "<enabledList><item valueName='a%d'><value><decimal value='%d'/>"
                     "</value></item></enabledList><elements><enum id='e' "
                     "valueName='v%d'><item displayName='c%d'><value><decimal "
                     "value='%d'/></value><valueList><item valueName='l%d'><value>"
                     "<delete/></value></item></valueList></item></enum></elements>"))),
            i, i, i, i, i, i, i, i, i);
        add(f, names[i], NULL, file[i]);
    }
    build(f, NULL);
    size_t n;
    const struct cat_policy *p = catalogue_policies(f->c, &n);
    assert_int_equal(n, 4);
    for (uint32_t i = 0; i < 4; i++) {
        const struct cat_element *e = &catalogue_elements(f->c)[p[i].first_element];
        const struct cat_choice *c = &catalogue_choices(f->c)[e->first_choice];
        const struct cat_list_item *items = catalogue_list_items(f->c);
        assert_int_equal(items[p[i].enabled_list.first].value.number, i);
        assert_int_equal(text(f, e->value_name)[1] - '0', i);
        assert_int_equal(text(f, c->text)[1] - '0', i);
        assert_int_equal(text(f, items[c->values.first].value_name)[1] - '0', i);
        assert_int_equal(p[i].file, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(policies_are_linked_over_files),
        T(dangling_references_cost_no_policy),
        T(an_own_category_comes_before_one_of_the_namespace),
        T(circles_of_categories_are_cut),
        T(circles_of_definitions_are_cut),
        T(a_long_circle_of_definitions_is_cut_at_its_end),
        T(a_title_of_blanks_is_the_name),
        T(what_to_read_and_to_search_for_is_kept),
        T(controls_belong_to_their_elements),
        T(ranges_of_several_files_do_not_mix),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
