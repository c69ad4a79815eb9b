#include "tests/unit/catalogue_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/status.h"

static void the_language_falls_back_string_by_string(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL,
        ADMX("a", "A", "",
             POLICIES(POLICY("S1", "", "") POLICY("S2", "", "") POLICY("S3", "", "")
                          POLICY("S4", "", "") POLICY("S5", "", "")
                              POLICY("S6", "", ""))));
    add(f, "a.adml", "de-DE", ADML(STRING("S5", "de") STRING("S1", "de"), ""));
    add(f, "a.adml", "", ADML(STRING("S4", "beside") STRING("S1", "beside"), ""));
    add(f, "a.adml", "en-US", ADML(STRING("S3", "en") STRING("S4x", "en"), ""));
    add(f, "a.adml", "it-CH", ADML(STRING("S2", "it-CH") STRING("S3x", "it-CH"), ""));
    add(f, "a.adml", "it-it", ADML(STRING("s1", "it-IT"), ""));
    build(f, "it-IT");
    static const char *const expected[] = { "it-IT",  "it-CH", "en",
                                            "beside", "de",    "$(string.S6)" };
    size_t n;
    const struct cat_policy *p = catalogue_policies(f->c, &n);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(text(f, p[i].title), expected[i]);
    assert_string_equal(text(f, catalogue_files(f->c, &n)->language), "it-it");
    assert_int_equal(f->diagnostics.n, 1);
    build(f, "fr-FR");
    assert_string_equal(text(f, catalogue_policies(f->c, &n)->title), "beside");
    assert_string_equal(text(f, catalogue_files(f->c, &n)->language), "en-US");
}

static void a_broken_adml_costs_only_its_language(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL, ADMX("a", "A", "", POLICIES(POLICY("P", "", ""))));
    add(f, "a.adml", "it-IT", "<policyDefinitionResources>");
    add(f, "a.adml", "en-US", ADML(STRING("P", "en"), ""));
    build(f, "it-IT");
    size_t n;
    assert_string_equal(text(f, policy(f, "P")->title), "en");
    assert_string_equal(text(f, catalogue_files(f->c, &n)->language), "en-US");
    assert_int_equal(f->diagnostics.errors, 1);
    assert_string_equal(f->diagnostics.first->origin.file, "dir/it-IT/a.adml");
}

static void a_broken_admx_costs_only_itself(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL, ADMX("a", "A", "", POLICIES(POLICY("P", "", ""))) "x");
    add(f, "b.admx", NULL, ADMX("b", "B", "", POLICIES(POLICY("P", "", ""))));
    build(f, NULL);
    size_t n;
    assert_string_equal(text(f, policy(f, "P")->id), "B:P");
    catalogue_files(f->c, &n);
    assert_int_equal(n, 1);
    assert_int_equal(f->diagnostics.errors, 1);
}

/* What is told of a file that another one takes the place of. */
static const struct diagnostic *duplicate(const struct fixture *f, const char *file)
{
    const struct diagnostic *d = f->diagnostics.first;
    while (d && (strcmp(d->code, "admx-duplicate-file") || !d->origin.file ||
                 strcmp(d->origin.file, file)))
        d = d->next;
    assert_non_null(d);
    return d;
}

static void of_two_files_with_one_name_the_first_decides(void **state)
{
    struct fixture *f = *state;
    add(f, "Net.admx", NULL, ADMX("a", "A", "", POLICIES(POLICY("P", "", ""))));
    add(f, "net.admx", NULL, ADMX("b", "B", "", POLICIES(POLICY("Q", "", ""))));
    build(f, NULL);
    size_t n;
    catalogue_policies(f->c, &n);
    assert_int_equal(n, 1);
    policy(f, "A:P");
    assert_int_equal(duplicate(f, "dir/net.admx")->severity, SEVERITY_WARNING);
}

static void a_file_over_one_of_a_weaker_folder_is_no_warning(void **state)
{
    struct fixture *f = *state;
    add(f, "net.admx", NULL, ADMX("a", "A", "", POLICIES(POLICY("P", "", ""))));
    add(f, "Net.admx", NULL, ADMX("b", "B", "", POLICIES(POLICY("Q", "", ""))));
    add(f, "net.admx", NULL, ADMX("c", "C", "", POLICIES(POLICY("R", "", ""))));
    f->files[1].path = "dirs/Net.admx";
    f->files[2].path = "net.admx";
    build(f, NULL);
    policy(f, "A:P");
    assert_int_equal(duplicate(f, "dirs/Net.admx")->severity, SEVERITY_NOTE);
    assert_int_equal(duplicate(f, "net.admx")->severity, SEVERITY_NOTE);
    assert_non_null(strstr(duplicate(f, "net.admx")->message, "'dir/net.admx'"));
}

static void too_many_files_are_refused(void **state)
{
    struct fixture *f = *state;
    static struct template_file files[LIMIT_TEMPLATE_FILES + 1];
    assert_int_equal(
        catalogue_build(files, LIMIT_TEMPLATE_FILES + 1, NULL, &f->diagnostics, &f->c),
        GPCONF_ELIMIT);
    assert_int_equal(f->diagnostics.errors, 1);
}

static void a_catalogue_over_the_limit_is_refused(void **state)
{
    struct fixture *f = *state;
    struct buffer admx, adml;
    buffer_init(&admx, 64u << 20);
    buffer_init(&adml, 64u << 20);
    buffer_string(&admx, "<policyDefinitions><policies>");
    for (unsigned i = 0; i < 8000; i++)
        buffer_format(&admx,
                      "<policy name='p%u' class='User' key='k' "
                      "presentation='$(presentation.p)'/>",
                      i);
    buffer_string(&admx, "</policies></policyDefinitions>");
    buffer_string(&adml, "<policyDefinitionResources><resources><presentationTable>"
                         "<presentation id='p'>");
    for (unsigned i = 0; i < LIMIT_CONTROLS; i++)
        buffer_string(&adml, "<text>x</text>");
    buffer_string(&adml, "</presentation></presentationTable></resources>"
                         "</policyDefinitionResources>");
    add(f, "a.admx", NULL, admx.data);
    add(f, "a.adml", "en-US", adml.data);
    assert_int_equal(catalogue_build(f->files, f->n, NULL, &f->diagnostics, &f->c),
                     GPCONF_ELIMIT);
    assert_int_equal(f->diagnostics.errors, 1);
    buffer_done(&admx);
    buffer_done(&adml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_language_falls_back_string_by_string),
        T(a_broken_adml_costs_only_its_language),
        T(a_broken_admx_costs_only_itself),
        T(of_two_files_with_one_name_the_first_decides),
        T(a_file_over_one_of_a_weaker_folder_is_no_warning),
        T(too_many_files_are_refused),
        T(a_catalogue_over_the_limit_is_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
