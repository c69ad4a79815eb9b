#include "tests/unit/catalogue_fixture.h"

#include <stdio.h>

#include "base/status.h"

static void no_files_make_an_empty_catalogue(void **state)
{
    struct fixture *f = *state;
    const struct cat_policy *found;
    size_t n = 7;
    build(f, NULL);
    catalogue_policies(f->c, &n);
    assert_int_equal(n, 0);
    assert_int_equal(catalogue_find(f->c, "x", &found), GPCONF_ENOTFOUND);
    assert_int_equal(catalogue_find_all(f->c, "x", &found, 1), 0);
    assert_int_equal(catalogue_find_value(f->c, "k", "v", &found, 1), 0);
    assert_null(catalogue_text(f->c, 0));
}

static void a_policy_defined_twice_is_listed_twice(void **state)
{
    struct fixture *f = *state;
    add(f, "z.admx", NULL, ADMX("a", "N", "", POLICIES(POLICY("P", "", ""))));
    add(f, "a.admx", NULL,
        ADMX("a", "N", "", POLICIES(POLICY("P", "", "") POLICY("p", "", ""))));
    build(f, NULL);
    size_t n;
    const struct cat_policy *p = catalogue_policies(f->c, &n), *found[4];
    assert_int_equal(n, 3);
    assert_int_equal(p[0].duplicate_of, CAT_NONE);
    assert_int_equal(p[1].duplicate_of, 0);
    assert_int_equal(p[2].duplicate_of, 0);
    assert_ptr_equal(policy(f, "P"), &p[0]);
    assert_ptr_equal(policy(f, "n:p"), &p[0]);
    assert_int_equal(catalogue_find_all(f->c, "P", found, 4), 3);
    assert_int_equal(told(f, "admx-duplicate-policy", "dir/z.admx", 2), 1);
    assert_int_equal(told(f, "admx-duplicate-policy", "dir/a.admx", 3), 1);
}

static void an_ambiguous_name_lists_its_candidates(void **state)
{
    struct fixture *f = *state;
    const struct cat_policy *found[3];
    static const char *const ns[] = { "C", "A", "B" };
    char file[3][512];
    static const char *const names[] = { "1.admx", "2.admx", "3.admx" };
    for (size_t i = 0; i < 3; i++) {
        snprintf(file[i], sizeof file[i],
                 ADMX("a", "%s", "", POLICIES(POLICY("P", "", ""))), ns[i]);
        add(f, names[i], NULL, file[i]);
    }
    build(f, NULL);
    assert_int_equal(catalogue_find(f->c, "p", &found[0]), GPCONF_ERANGE);
    assert_string_equal(text(f, policy(f, "b:P")->id), "B:P");
    assert_int_equal(catalogue_find(f->c, "D:P", &found[0]), GPCONF_ENOTFOUND);
    assert_int_equal(catalogue_find_all(f->c, "P", found, 3), 3);
    assert_string_equal(text(f, found[0]->id), "A:P");
    assert_string_equal(text(f, found[1]->id), "B:P");
    assert_string_equal(text(f, found[2]->id), "C:P");
    assert_int_equal(catalogue_find_all(f->c, "P", found, 2), 3);
    assert_string_equal(text(f, found[1]->id), "B:P");
    assert_int_equal(catalogue_find_all(f->c, "P", found, 0), 3);
}

static void who_writes_a_value_is_found(void **state)
{
    struct fixture *f = *state;
    const struct cat_policy *found[4];
    add(f, "a.admx", NULL,
        ADMX(
            "a", "A", "",
            POLICIES(
                POLICY("Own", "valueName='V'",
                       "") POLICY("List", "",
                                  "<enabledList><item key='K2' valueName='V2'><value>"
                                  "<decimal value='1'/></value></item></enabledList>")
                    POLICY("Element", "",
                           "<elements><text id='t' valueName='v'/><enum id='e' "
                           "valueName='E'><item displayName='x'><value><delete/>"
                           "</value><valueList><item valueName='X'><value><delete/>"
                           "</value></item></valueList></item></enum></elements>")
                        POLICY(
                            "Any", "",
                            "<elements><list id='l' key='K3'/><boolean id='b' key='K3' "
                            "valueName='B'/></elements>"))));
    build(f, NULL);
    assert_int_equal(catalogue_find_value(f->c, "\\k\\", "V", found, 4), 2);
    assert_string_equal(text(f, found[0]->name), "Own");
    assert_string_equal(text(f, found[1]->name), "Element");
    assert_int_equal(catalogue_find_value(f->c, "k2", "v2", found, 4), 1);
    assert_string_equal(text(f, found[0]->name), "List");
    assert_int_equal(catalogue_find_value(f->c, "K", "X", found, 4), 1);
    assert_int_equal(catalogue_find_value(f->c, "K3", "whatever", found, 4), 1);
    assert_int_equal(catalogue_find_value(f->c, "K3", "b", found, 4), 1);
    assert_string_equal(text(f, found[0]->name), "Any");
    assert_int_equal(catalogue_find_value(f->c, "K3\\sub", "b", found, 4), 0);
    assert_int_equal(catalogue_find_value(f->c, "K", "none", found, 4), 0);
    assert_int_equal(catalogue_find_value(f->c, "K", "V", found, 1), 2);
}

static void a_catalogue_lives_as_long_as_someone_holds_it(void **state)
{
    struct fixture *f = *state;
    add(f, "a.admx", NULL, ADMX("a", "A", "", POLICIES(POLICY("P", "", ""))));
    build(f, NULL);
    struct catalogue *second = catalogue_ref(f->c);
    catalogue_unref(f->c);
    f->c = second;
    policy(f, "A:P");
    catalogue_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(no_files_make_an_empty_catalogue),
        T(a_policy_defined_twice_is_listed_twice),
        T(an_ambiguous_name_lists_its_candidates),
        T(who_writes_a_value_is_found),
        T(a_catalogue_lives_as_long_as_someone_holds_it),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
