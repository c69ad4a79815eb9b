#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "policies/links.h"
#include "tests/unit/bench.h"

#define A "{A1000000-0000-0000-0000-000000000001}"
#define B "{B2000000-0000-0000-0000-000000000002}"
#define C "{C3000000-0000-0000-0000-000000000003}"
#define D "{D4000000-0000-0000-0000-000000000004}"

static int parse(struct bench *b, const char *text, struct links *ret)
{
    bench_forget(b);
    return links_parse(text, strlen(text), "links.ini", &b->arena, &b->diagnostics,
                       ret);
}

static const char whole[] = "[machine]\n"
                            "container = example.test/Servers/Web\n"
                            "site = Milan\n"
                            "[site Milan]\n"
                            "link 1 = " D "\n"
                            "[container example.test]\n"
                            "link 2 = " B "\n"
                            "link 1 = " A " enforced ; the strongest\n"
                            "[container example.test/Servers]\n"
                            "link 1 = " B "  disabled\tEnforced\n"
                            "block inheritance = yes\n"
                            "[container example.test/Servers/Web]\n"
                            "[gpo " B "]\n"
                            "name = Servers-Patching\n"
                            "disabled = user\n";

static void the_whole_form_is_read(void **state)
{
    struct bench *b = *state;
    struct links links;
    assert_int_equal(parse(b, whole, &links), 0);
    assert_string_equal(links.machine_container, "example.test/Servers/Web");
    assert_string_equal(links.machine_site, "Milan");
    assert_int_equal(links.n_containers, 4);
    const struct container *top = links_container(&links, "EXAMPLE.test", false);
    assert_non_null(top);
    assert_int_equal(top->n_links, 2);
    assert_string_equal(top->links[0].gpo, A);
    assert_true(top->links[0].enforced && !top->links[0].disabled);
    assert_int_equal(top->links[0].origin.at, 8);
    assert_int_equal(top->links[1].order, 2);
    const struct container *servers =
        links_container(&links, "example.test/servers", false);
    assert_true(servers->block_inheritance);
    assert_true(servers->links[0].enforced && servers->links[0].disabled);
    assert_int_equal(
        links_container(&links, "example.test/Servers/Web", false)->n_links, 0);
    assert_non_null(links_container(&links, "milan", true));
    assert_null(links_container(&links, "milan", false));
    const struct link_gpo *gpo =
        links_gpo(&links, "{b2000000-0000-0000-0000-000000000002}");
    assert_string_equal(gpo->name, "Servers-Patching");
    assert_true(gpo->user_disabled && !gpo->machine_disabled);
    assert_null(links_gpo(&links, A));
}

static void an_empty_file_links_nothing(void **state)
{
    struct links links;
    assert_int_equal(parse(*state, "", &links), 0);
    assert_int_equal(links.n_containers, 0);
    assert_null(links.machine_container);
}

static void sections_may_repeat_but_orders_may_not(void **state)
{
    struct bench *b = *state;
    struct links links;
    assert_int_equal(
        parse(b, "[container x]\nlink 1 = " A "\n[container  X]\nlink 2 = " B, &links),
        0);
    assert_int_equal(links.n_containers, 1);
    assert_int_equal(links.containers[0].n_links, 2);
    assert_int_equal(
        parse(b, "[container x]\nlink 1 = " A "\n[container  X]\nlink  1 = " B, &links),
        GPCONF_ESYNTAX);
    assert_non_null(strstr(b->diagnostics.last->message, "link order 1"));
    assert_int_equal(
        parse(b, "[container x]\nlink 1 = " A "\nlink 3 = " B "\nlink 2 = " A, &links),
        GPCONF_ESYNTAX);
    assert_non_null(strstr(b->diagnostics.last->message, "linked in line"));
}

static void a_misspelt_word_damages_the_file(void **state)
{
    struct bench *b = *state;
    static const char *const bad[] = {
        "[container x]\nlink 1 = " A " enforce",
        "[container x]\nlink 0 = " A,
        "[container x]\nlink 01 = " A,
        "[container x]\nlink = " A,
        "[container x]\nlink one = " A,
        "[container x]\nlink 10001 = " A,
        "[container x]\nlnik 1 = " A,
        "[container x]\nlink 1 = Servers",
        "[container x]\nlink 1 =",
        "[container x]\nblock inheritance = perhaps",
        "[container x/]\n",
        "[container x//y]\n",
        "[container]\n",
        "[contaner x]\n",
        "[site]\n",
        "[gpo Servers]\n",
        "[gpo " A "]\ndisabled = computer",
        "[gpo " A "]\nnmae = x",
        "[machine]\nou = x",
        "[machine]\ncontainer = /x",
        "[machine]\nsite =",
        "link 1 = " A,
        "garbage",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct links links = { .n_gpos = 4711 };
        assert_int_equal(parse(b, bad[i], &links), GPCONF_ESYNTAX);
        assert_int_equal(links.n_gpos, 4711);
        assert_true(b->diagnostics.errors > 0);
        assert_true(b->diagnostics.first->origin.at > 0);
    }
}

static void more_links_than_the_limit_are_refused(void **state)
{
    struct bench *b = *state;
    struct links links;
    struct buffer text;
    buffer_init(&text, LIMIT_INI_FILE);
    for (unsigned i = 0; i <= LIMIT_LINKS; i++) {
        if (i % 5000 == 0)
            buffer_format(&text, "[container c%u]\n", i);
        buffer_format(&text, "link %u={%08X-0000-0000-0000-000000000000}\n",
                      i % 5000 + 1, i);
    }
    size_t size = text.size;
    assert_int_equal(parse(b, text.data, &links), GPCONF_ELIMIT);
    text.data[size - sizeof "[container c10000]\nlink 1={00000000-0000-0000-0000-"
                            "000000000000}"] = '\0';
    assert_int_equal(parse(b, text.data, &links), 0);
    assert_int_equal(links.n_containers, 2);
    buffer_done(&text);
}

static void every_truncation_is_read_or_damaged(void **state)
{
    struct bench *b = *state;
    for (size_t size = 0; size < sizeof whole; size++) {
        struct links links;
        char *copy = malloc(size ? size : 1);
        memcpy(copy, whole, size);
        bench_forget(b);
        int status = links_parse(copy, size, "f", &b->arena, &b->diagnostics, &links);
        assert_int_equal(status != 0, b->diagnostics.errors != 0);
        free(copy);
    }
}

static void a_guid_has_its_shape(void **state)
{
    (void)state;
    assert_true(links_is_guid("{31B2F340-016D-11D2-945F-00c04fb984f9}"));
    assert_false(links_is_guid("31B2F340-016D-11D2-945F-00C04FB984F9"));
    assert_false(links_is_guid("{31B2F340-016D-11D2-945F-00C04FB984F9"));
    assert_false(links_is_guid("{31B2F340-016D-11D2-945F-00C04FB984F9}x"));
    assert_false(links_is_guid("{31B2F340_016D-11D2-945F-00C04FB984F9}"));
    assert_false(links_is_guid("{31B2F34G-016D-11D2-945F-00C04FB984F9}"));
    assert_false(links_is_guid(""));
    assert_false(links_is_guid("../../../../../../../../../etc/passwd12"));
}

/* ---- editing ---- */

static const char *result(struct bench *b, int status, struct buffer *to,
                          const char *why)
{
    if (status) {
        assert_int_equal(to->size, 0);
        assert_non_null(why);
    }
    const char *copy = status ? gpconf_status_name(status)
                              : arena_string_n(&b->arena, to->data, to->size);
    buffer_done(to);
    return copy;
}

static const char *added(struct bench *b, const char *text, const char *gpo,
                         struct link_place place)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, LIMIT_INI_FILE);
    int status = links_add(text, strlen(text), gpo, &place, &b->arena, &to, &why);
    return result(b, status, &to, why);
}

static const char *removed(struct bench *b, const char *text, const char *gpo,
                           const char *container)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, LIMIT_INI_FILE);
    int status =
        links_remove(text, strlen(text), gpo, container, false, &b->arena, &to, &why);
    return result(b, status, &to, why);
}

static void a_first_link_makes_its_section(void **state)
{
    struct bench *b = *state;
    assert_string_equal(added(b, "", A, (struct link_place){ .container = "x/Y z" }),
                        "[container x/Y z]\nlink 1 = " A "\n");
    assert_string_equal(added(b, "; mine\n", A,
                              (struct link_place){ .container = "Milan",
                                                   .is_site = true,
                                                   .order = 7,
                                                   .enforced = true }),
                        "; mine\n\n[site Milan]\nlink 1 = " A " enforced\n");
}

static void a_new_link_is_the_weakest_unless_it_has_an_order(void **state)
{
    struct bench *b = *state;
    static const char text[] = "[Container  x]\n"
                               "link 1 = " A " ; baseline\n"
                               "Link 2 = " B " enforced\n"
                               "link 5 = " D "\n"
                               "; end\n";
    assert_string_equal(added(b, text, C, (struct link_place){ .container = "X" }),
                        "[Container  x]\n"
                        "link 1 = " A " ; baseline\n"
                        "Link 2 = " B " enforced\n"
                        "link 5 = " D "\n"
                        "link 6 = " C "\n"
                        "; end\n");
    assert_string_equal(
        added(b, text, C,
              (struct link_place){ .container = "x", .order = 1, .disabled = true }),
        "[Container  x]\n"
        "link 2 = " A " ; baseline\n"
        "link 3 = " B " enforced\n"
        "link 5 = " D "\n"
        "link 1 = " C " disabled\n"
        "; end\n");
    assert_string_equal(
        added(b, text, C, (struct link_place){ .container = "x", .order = 3 }),
        "[Container  x]\n"
        "link 1 = " A " ; baseline\n"
        "Link 2 = " B " enforced\n"
        "link 5 = " D "\n"
        "link 3 = " C "\n"
        "; end\n");
}

static void linking_again_changes_the_link(void **state)
{
    struct bench *b = *state;
    static const char text[] = "[container x]\nlink 1 = " A " ; one\nlink 2 = " B "\n";
    assert_string_equal(
        added(b, text, A, (struct link_place){ .container = "x", .enforced = true }),
        "[container x]\nlink 1 = " A " enforced ; one\nlink 2 = " B "\n");
    assert_string_equal(
        added(b, text, B, (struct link_place){ .container = "x", .order = 1 }),
        "[container x]\nlink 2 = " A " ; one\nlink 1 = " B "\n");
}

static void removing_a_link_closes_the_gap(void **state)
{
    struct bench *b = *state;
    static const char text[] = "[container x]\n"
                               "link 3 = " C " ; three\n"
                               "link 1 = " A "\n"
                               "link 2 = " B "\n"
                               "block inheritance = no\n";
    assert_string_equal(removed(b, text, A, "X"), "[container x]\n"
                                                  "link 2 = " C " ; three\n"
                                                  "link 1 = " B "\n"
                                                  "block inheritance = no\n");
    assert_string_equal(removed(b, text, C, "x"), "[container x]\n"
                                                  "link 1 = " A "\n"
                                                  "link 2 = " B "\n"
                                                  "block inheritance = no\n");
    assert_string_equal(removed(b, text, D, "x"), "GPCONF_ENOTFOUND");
    assert_string_equal(removed(b, text, A, "y"), "GPCONF_ENOTFOUND");
}

static void a_damaged_file_or_an_unfit_name_is_not_edited(void **state)
{
    struct bench *b = *state;
    assert_string_equal(added(b, "[x]\n", A, (struct link_place){ .container = "x" }),
                        "GPCONF_ESYNTAX");
    assert_string_equal(added(b, "", "A", (struct link_place){ .container = "x" }),
                        "GPCONF_ERANGE");
    assert_string_equal(added(b, "", A, (struct link_place){ .container = "x]" }),
                        "GPCONF_ERANGE");
    assert_string_equal(added(b, "", A, (struct link_place){ .container = "x//y" }),
                        "GPCONF_ERANGE");
    assert_string_equal(added(b, "", A, (struct link_place){ .container = "" }),
                        "GPCONF_ERANGE");
}

static const char *placed(struct bench *b, const char *text, const char *container,
                          bool is_site)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, LIMIT_INI_FILE);
    int status =
        links_place(text, strlen(text), container, is_site, &b->arena, &to, &why);
    return result(b, status, &to, why);
}

static void where_the_machine_stands_is_written(void **state)
{
    struct bench *b = *state;
    assert_string_equal(placed(b, "", "x/y", false), "[machine]\ncontainer = x/y\n");
    assert_string_equal(
        placed(b, "[Machine]\ncontainer = x ; here\n; end\n", "Milan", true),
        "[Machine]\ncontainer = x ; here\nsite = Milan\n; end\n");
    assert_string_equal(placed(b, "[machine]\ncontainer = x ; here\n", "z", false),
                        "[machine]\ncontainer = z ; here\n");
    assert_string_equal(placed(b, "", "x//y", false), "GPCONF_ERANGE");
    assert_string_equal(placed(b, "[x]\n", "x", false), "GPCONF_ESYNTAX");
}

static const char *named(struct bench *b, const char *text, const char *gpo,
                         const char *name)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, LIMIT_INI_FILE);
    int status = links_name(text, strlen(text), gpo, name, &b->arena, &to, &why);
    return result(b, status, &to, why);
}

static void a_gpo_gets_a_name(void **state)
{
    struct bench *b = *state;
    assert_string_equal(named(b, "", A, "Servers"), "[gpo " A "]\nname = Servers\n");
    assert_string_equal(
        named(b, "[GPO   " A "]\nname = Old ; mine\ndisabled = user\n", A, "New"),
        "[GPO   " A "]\nname = New ; mine\ndisabled = user\n");
    assert_string_equal(named(b, "", "local", "Servers"), "GPCONF_ERANGE");
    assert_string_equal(named(b, "", A, "a\nb"), "GPCONF_ERANGE");
}

static const char *forgotten(struct bench *b, const char *text, const char *gpo)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, LIMIT_INI_FILE);
    int status = links_forget(text, strlen(text), gpo, &b->arena, &to, &why);
    return result(b, status, &to, why);
}

static void a_gpo_is_forgotten_with_all_its_links(void **state)
{
    struct bench *b = *state;
    static const char text[] = "; mine\n"
                               "[container x]\n"
                               "link 1 = " A " enforced\n"
                               "link 2 = " B " ; stays\n"
                               "[site Milan]\n"
                               "link 1 = " A "\n"
                               "[gpo " A "]\n"
                               "name = One\n"
                               "[gpo   " A "]\n"
                               "disabled = both\n"
                               "[gpo " B "]\n"
                               "name = Two\n";
    assert_string_equal(forgotten(b, text, A), "; mine\n"
                                               "[container x]\n"
                                               "link 1 = " B " ; stays\n"
                                               "[site Milan]\n"
                                               "[gpo " B "]\n"
                                               "name = Two\n");
    assert_string_equal(forgotten(b, text, D), text);
    assert_string_equal(forgotten(b, "[gpo " A "]\n; mine\nname = One\n", A),
                        "; mine\n");
    assert_string_equal(forgotten(b, "; mine\r\n\r\n[gpo " A "]\r\n", A), "; mine\r\n");
    assert_string_equal(forgotten(b, "[x]\n", A), "GPCONF_ESYNTAX");
}

#define T(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_whole_form_is_read),
        T(an_empty_file_links_nothing),
        T(sections_may_repeat_but_orders_may_not),
        T(a_misspelt_word_damages_the_file),
        T(more_links_than_the_limit_are_refused),
        T(every_truncation_is_read_or_damaged),
        T(a_guid_has_its_shape),
        T(a_first_link_makes_its_section),
        T(a_new_link_is_the_weakest_unless_it_has_an_order),
        T(linking_again_changes_the_link),
        T(removing_a_link_closes_the_gap),
        T(a_damaged_file_or_an_unfit_name_is_not_edited),
        T(where_the_machine_stands_is_written),
        T(a_gpo_gets_a_name),
        T(a_gpo_is_forgotten_with_all_its_links),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
