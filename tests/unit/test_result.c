#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "engine/gpconf.h"
#include "tests/unit/bench.h"

#define LOCAL "etc/gpconf/local.ini"
#define POLICIES "etc/gpconf/policies/"
#define OTHER "{B2000000-0000-0000-0000-00000000000B}"

static struct gpconf_answer *answer;

static int tear_down(void **state)
{
    gpconf_answer_unref(answer);
    answer = NULL;
    return bench_tear_down(state);
}

static const struct gpconf_node *list_of(struct bench *b, const char *list)
{
    gpconf_answer_unref(answer);
    answer = NULL;
    assert_int_equal(gpconf_set_root(b->session, b->root), 0); /* look anew */
    assert_int_equal(gpconf_result(b->session, &answer), 0);
    const struct gpconf_node *found = gpconf_node_get(gpconf_answer_data(answer), list);
    assert_int_equal(gpconf_node_kind(found), GPCONF_LIST);
    return found;
}

/* The row of a list whose member is, or ends with, that text; NULL. */
static const struct gpconf_node *row(const struct gpconf_node *list, const char *member,
                                     const char *end)
{
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        const char *text = gpconf_get_text(n, member);
        size_t size = text ? strlen(text) : 0;
        if (size >= strlen(end) && strcmp(text + size - strlen(end), end) == 0)
            return n;
    }
    return NULL;
}

static bool is_complete(void)
{
    const struct gpconf_node *node =
        gpconf_node_get(gpconf_answer_data(answer), "complete");
    assert_int_equal(gpconf_node_kind(node), GPCONF_BOOL);
    return gpconf_node_bool(node);
}

static void a_machine_without_policy_has_empty_lists(void **state)
{
    struct bench *b = *state;
    assert_int_equal(gpconf_node_count(list_of(b, "gpos")), 0);
    assert_int_equal(gpconf_node_count(list_of(b, "policies")), 0);
    assert_int_equal(gpconf_node_count(list_of(b, "values")), 0);
    assert_true(is_complete());
}

static void layers_come_strongest_first_and_say_what_they_decide(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[update]\nmail = gpo\n", "");
    bench_put(b, LOCAL, "[update]\nmail = local\n");
    const struct gpconf_node *gpos = list_of(b, "gpos");
    assert_int_equal(gpconf_node_count(gpos), 2);
    const struct gpconf_node *first = gpconf_node_first(gpos);
    const struct gpconf_node *second = gpconf_node_next(first);
    assert_string_equal(gpconf_get_text(first, "name"), "Patching");
    assert_string_equal(gpconf_get_text(first, "id"), BENCH_GPO);
    assert_string_equal(gpconf_get_text(first, "state"), "applied");
    assert_string_equal(gpconf_get_text(first, "container"), "example.test");
    assert_int_equal(gpconf_node_number(gpconf_node_get(first, "link")), 1);
    assert_string_equal(gpconf_get_text(second, "layer"), "local-policy");
    assert_null(gpconf_node_get(second, "id"));
    assert_string_equal(gpconf_get_text(second, "state"), "superseded");
    assert_int_equal(
        gpconf_node_number(gpconf_node_get(second, "operations_in_effect")), 0);
    assert_true(gpconf_node_number(gpconf_node_get(second, "operations")) > 0);
}

static void a_layer_that_decides_something_is_applied(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[update]\nmail = gpo\n", "enforced");
    bench_put(b, LOCAL, "[update]\nmail = local\nwake = yes\n");
    const struct gpconf_node *gpos = list_of(b, "gpos");
    const struct gpconf_node *local = row(gpos, "layer", "local-policy");
    assert_string_equal(gpconf_get_text(local, "state"), "applied");
    const struct gpconf_node *gpo = row(gpos, "name", "Patching");
    assert_true(gpconf_node_bool(gpconf_node_get(gpo, "enforced")));
    int64_t all = gpconf_node_number(gpconf_node_get(local, "operations"));
    int64_t some = gpconf_node_number(gpconf_node_get(local, "operations_in_effect"));
    assert_true(some > 0 && some < all);
}

static void a_gpo_that_does_not_count_says_why(void **state)
{
    struct bench *b = *state;
    bench_put_pol(b, POLICIES OTHER "/Machine/Registry.pol", "[update]\nmail = x\n");
    bench_put(b, POLICIES "links.ini",
              "[machine]\ncontainer = example.test\n[container example.test]\n"
              "link 1 = " OTHER " disabled\nlink 2 = " BENCH_GPO "\n"
              "[gpo " OTHER "]\nname = Off\n");
    const struct gpconf_node *gpos = list_of(b, "gpos");
    const struct gpconf_node *off = row(gpos, "name", "Off");
    const struct gpconf_node *gone = row(gpos, "id", BENCH_GPO);
    assert_string_equal(gpconf_get_text(off, "state"), "denied");
    assert_string_equal(gpconf_get_text(gone, "state"), "denied");
    assert_string_not_equal(gpconf_get_text(off, "reason"),
                            gpconf_get_text(gone, "reason"));
    assert_non_null(gpconf_get_text(off, "reason_text"));
    assert_int_equal(gpconf_node_count(list_of(b, "policies")), 0);
}

static void a_policy_names_the_layer_that_decided_and_its_elements(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[policy Proxy]\nstate = disabled\n", "");
    bench_put(b, LOCAL,
              "[policy ExcludedPackages]\nExcludedPackages.1 = docker-ce\n"
              "[policy Proxy]\nProxy = http://proxy.example.test\n");
    const struct gpconf_node *policies = list_of(b, "policies");
    const struct gpconf_node *excluded = row(policies, "id", ":ExcludedPackages");
    assert_string_equal(gpconf_get_text(excluded, "state"), "enabled");
    assert_string_equal(gpconf_get_text(excluded, "class"), "machine");
    const struct gpconf_node *origin = gpconf_node_get(excluded, "origin");
    assert_string_equal(gpconf_get_text(origin, "layer"), "local-policy");
    assert_int_equal(gpconf_node_number(gpconf_node_get(origin, "line")), 2);
    const struct gpconf_node *element =
        row(gpconf_node_get(excluded, "elements"), "id", "ExcludedPackages");
    assert_string_equal(gpconf_get_text(element, "state"), "set");
    assert_int_equal(gpconf_node_count(gpconf_node_get(element, "value")), 1);

    const struct gpconf_node *proxy = row(policies, "id", ":Proxy");
    assert_string_equal(gpconf_get_text(proxy, "state"), "disabled");
    assert_null(gpconf_node_get(proxy, "elements"));
    assert_string_equal(gpconf_get_text(gpconf_node_get(proxy, "origin"), "name"),
                        "Patching");
    /* What a configured policy explains stands nowhere else. */
    assert_int_equal(gpconf_node_count(list_of(b, "values")), 0);
}

/* PReg, version 1, and one record: [Software\Own;Name;REG_DWORD;4;7] */
static const unsigned char own[] =
    "PReg\1\0\0\0[\0S\0o\0f\0t\0w\0a\0r\0e\0\\\0O\0w\0n\0\0\0;\0N\0a\0m\0e\0\0\0;\0"
    "\4\0\0\0;\0\4\0\0\0;\0\7\0\0\0]";

static void a_value_that_no_template_explains_is_listed_as_it_is(void **state)
{
    struct bench *b = *state;
    bench_put_n(b, POLICIES "local/User/Registry.pol", own, sizeof own);
    const struct gpconf_node *value = gpconf_node_first(list_of(b, "values"));
    assert_string_equal(gpconf_get_text(value, "class"), "user");
    assert_string_equal(gpconf_get_text(value, "op"), "set");
    assert_string_equal(gpconf_get_text(value, "key"), "Software\\Own");
    assert_string_equal(gpconf_get_text(value, "name"), "Name");
    assert_int_equal(gpconf_node_number(gpconf_node_get(value, "data")), 7);
    const struct gpconf_node *origin = gpconf_node_get(value, "origin");
    assert_int_equal(gpconf_node_number(gpconf_node_get(origin, "record")), 1);
    assert_non_null(strstr(gpconf_get_text(origin, "file"), "Registry.pol"));

    chmod(bench_at(b, POLICIES "local/User/Registry.pol"), 0600);
    value = gpconf_node_first(list_of(b, "values"));
    assert_null(gpconf_node_get(value, "data"));
    assert_true(gpconf_node_bool(gpconf_node_get(value, "redacted")));
}

static void what_could_not_be_read_makes_it_incomplete(void **state)
{
    struct bench *b = *state;
    static const char pol[] = POLICIES BENCH_GPO "/Machine/Registry.pol";
    bench_link_gpo(b, "[update]\nmail = root\n", "");
    list_of(b, "gpos");
    assert_true(is_complete());
    bench_put(b, pol, "junk");
    list_of(b, "gpos");
    assert_false(is_complete());
    bench_put_pol(b, pol, "[update]\nmail = root\n");
    bench_put(b, LOCAL, "nonsense\n");
    list_of(b, "gpos");
    assert_false(is_complete());
    /* A copy from when it was whole is as good. */
    bench_put(b, "var/lib/gpconf/last-good/local.ini", "[update]\nwake = yes\n");
    list_of(b, "gpos");
    assert_true(is_complete());
    bench_put(b, POLICIES "links.ini", "nonsense\n");
    list_of(b, "gpos");
    assert_false(is_complete());
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, bench_set_up_session, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_machine_without_policy_has_empty_lists),
        TEST(layers_come_strongest_first_and_say_what_they_decide),
        TEST(a_layer_that_decides_something_is_applied),
        TEST(a_gpo_that_does_not_count_says_why),
        TEST(a_policy_names_the_layer_that_decided_and_its_elements),
        TEST(a_value_that_no_template_explains_is_listed_as_it_is),
        TEST(what_could_not_be_read_makes_it_incomplete),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
