#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/rsop/order.h"
#include "engine/rsop/rsop.h"

#define A "{AAAAAAAA-0000-0000-0000-000000000001}"
#define B "{BBBBBBBB-0000-0000-0000-000000000002}"
#define C "{CCCCCCCC-0000-0000-0000-000000000003}"
#define D "{DDDDDDDD-0000-0000-0000-000000000004}"

/* A store with the local GPO and four others, by id. Each sets the value V to its own
 * number, in both halves. */
enum { N_GPOS = 5 };
static const char *const ids[N_GPOS] = { "local", A, B, C, D };
static const char *const names[N_GPOS] = { "local", "A", "B", "C", "D" };

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct store store;
    struct order order;
};

static struct operations one_value(struct arena *arena, uint32_t number)
{
    struct operations list = { 0 };
    struct operation set = { .op = OP_SET, .key = "Software\\Policies", .name = "V" };
    set.value = value_from_number(arena, VALUE_DWORD, number);
    operations_add(&list, arena, &set);
    return list;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    arena_init(&f->arena, LIMIT_ARENA);
    diagnostics_init(&f->diagnostics, &f->arena);
    f->store.gpos = arena_array(&f->arena, N_GPOS, struct gpo);
    f->store.n_gpos = N_GPOS;
    for (uint32_t i = 0; f->store.gpos && i < N_GPOS; i++) {
        struct gpo *gpo = &f->store.gpos[i];
        *gpo = (struct gpo){ .id = ids[i], .name = names[i], .is_local = i == 0 };
        gpo->machine.state = gpo->user.state = INPUT_GOOD;
        gpo->machine.file = "machine.pol";
        gpo->user.file = "user.pol";
        gpo->machine.operations = gpo->user.operations = one_value(&f->arena, i);
    }
    *state = f;
    return 0;
}

/* Keep the first n GPOs, without the local one. */
static void keep(struct fixture *f, size_t n)
{
    f->store.gpos++;
    f->store.n_gpos = n;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    free(f);
    return 0;
}

static void build(struct fixture *f, const char *links)
{
    assert_int_equal(links_parse(links, strlen(links), "links.ini", &f->arena,
                                 &f->diagnostics, &f->store.links),
                     0);
    assert_int_equal(
        order_build(&f->store, NULL, NULL, &f->arena, &f->diagnostics, &f->order), 0);
}

/* The layers as text, weakest first, then the denials: "local A C; B blocked". */
static void assert_order(struct fixture *f, const char *expected)
{
    struct buffer text;
    buffer_init(&text, 4096);
    for (size_t i = 0; i < f->order.n_layers; i++)
        buffer_format(&text, i ? " %s" : "%s", f->order.layers[i].name);
    buffer_string(&text, ";");
    for (size_t i = 0; i < f->order.n_denied; i++)
        buffer_format(&text, " %s %s", f->order.denied[i].name,
                      denial_name(f->order.denied[i].reason));
    assert_string_equal(text.data, expected);
    buffer_done(&text);
}

#define LINKS(text)                                                                    \
    "[machine]\ncontainer = example.test/Servers/Web\nsite = Milan\n" text

static void the_local_gpo_then_site_domain_and_ous_from_the_top(void **state)
{
    struct fixture *f = *state;
    build(f, LINKS("[container example.test/Servers/Web]\nlink 1 = " A "\n"
                   "[container example.test/Servers]\nlink 1 = " B "\n"
                   "[container example.test]\nlink 1 = " C "\n"
                   "[site Milan]\nlink 1 = " D "\n"));
    assert_order(f, "local D C B A;");
    static const enum layer_kind kinds[] = { LAYER_LOCAL_GPO, LAYER_SITE, LAYER_DOMAIN,
                                             LAYER_OU, LAYER_OU };
    for (size_t i = 0; i < f->order.n_layers; i++)
        assert_int_equal(f->order.layers[i].kind, kinds[i]);
    assert_string_equal(f->order.layers[1].container, "Milan");
    assert_true(f->order.layers[1].is_site);
    assert_string_equal(f->order.layers[4].container, "example.test/Servers/Web");
    assert_int_equal(f->order.layers[4].link_order, 1);
}

static void link_order_1_is_the_strongest(void **state)
{
    struct fixture *f = *state;
    build(f,
          LINKS("[container example.test]\n"
                "link 2 = " A "\nlink 1 = " B "\nlink 10 = " C "\nlink 3 = " D "\n"));
    assert_order(f, "local C D A B;");
}

static void fixture_e_an_enforced_domain_link_beats_two_ou_links(void **state)
{
    struct fixture *f = *state;
    build(f, LINKS("[container example.test]\nlink 1 = " A " enforced\n"
                   "[container example.test/Servers]\nlink 1 = " B "\n"
                   "[container example.test/Servers/Web]\nlink 1 = " C "\n"));
    assert_order(f, "local B C A; D not-linked");
    assert_int_equal(f->order.layers[3].kind, LAYER_ENFORCED);
    assert_string_equal(f->order.layers[3].container, "example.test");

    struct rsop rsop;
    assert_int_equal(rsop_merge(&f->order, RSOP_MACHINE, &f->arena, &rsop), 0);
    const struct slot *slot = rsop_find(&rsop, "Software\\Policies", "V");
    const struct contribution *winner = rsop_winner(&rsop, slot);
    assert_string_equal(rsop.layers[winner->layer].name, "A");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(rsop.log[i].fate, FATE_OUTRANKED);
}

static void of_enforced_links_the_highest_container_wins_and_the_site_most(void **state)
{
    struct fixture *f = *state;
    build(f, LINKS("[container example.test]\nlink 1 = " A " enforced\n"
                   "[container example.test/Servers]\nlink 1 = " B " enforced\n"
                   "link 2 = " C " enforced\n"
                   "[site Milan]\nlink 1 = " D " enforced\n"));
    assert_order(f, "local C B A D;");
}

static void
a_container_that_blocks_keeps_out_what_is_above_and_not_enforced(void **state)
{
    struct fixture *f = *state;
    build(f, LINKS("[site Milan]\nlink 1 = " D "\n"
                   "[container example.test]\nlink 1 = " A "\nlink 2 = " B " enforced\n"
                   "[container example.test/Servers]\nlink 1 = " C "\n"
                   "block inheritance = yes\n"));
    assert_order(f, "local C B; D blocked A blocked");
    assert_string_equal(f->order.denied[0].detail, "example.test/Servers");
    assert_string_equal(f->order.denied[0].container, "Milan");
}

static void the_container_of_the_machine_may_block_without_links(void **state)
{
    struct fixture *f = *state;
    build(f, LINKS("[container example.test]\nlink 1 = " A "\n"
                   "[container example.test/Servers/Web]\nblock inheritance = yes\n"));
    assert_order(f, "local; A blocked B not-linked C not-linked D not-linked");
}

static void a_disabled_link_does_not_count_even_enforced(void **state)
{
    struct fixture *f = *state;
    build(f, LINKS("[container example.test]\nlink 1 = " A " disabled\n"
                   "link 2 = " B " enforced disabled\nlink 3 = " C "\n"));
    assert_order(f, "local C; A link-disabled B link-disabled D not-linked");
    assert_int_equal(f->order.denied[0].link.unit, ORIGIN_LINE);
}

static void fixture_i_a_gpo_with_both_halves_disabled_does_not_count(void **state)
{
    struct fixture *f = *state;
    build(f, LINKS("[container example.test]\nlink 1 = " A "\nlink 2 = " B "\n"
                   "link 3 = " C "\n[gpo " A "]\ndisabled = both\n"
                   "[gpo " B "]\ndisabled = user\n[gpo " C "]\ndisabled = machine\n"));
    assert_order(f, "local C B; C machine-disabled B user-disabled A both-disabled "
                    "D not-linked");
    assert_null(f->order.layers[1].machine);
    assert_non_null(f->order.layers[1].user);
    assert_non_null(f->order.layers[2].machine);
    assert_null(f->order.layers[2].user);
}

static void a_link_to_a_gpo_that_is_not_deployed_is_told(void **state)
{
    struct fixture *f = *state;
    keep(f, 2);
    build(f, LINKS("[container example.test]\nlink 1 = " A "\nlink 2 = " B "\n"
                   "link 3 = " C "\n[gpo " C "]\nname = Lost\n"));
    assert_order(f, "B A; Lost not-deployed");
    assert_int_equal(f->diagnostics.warnings, 1);
    assert_string_equal(f->diagnostics.last->code, "order-not-deployed");
}

static void a_gpo_that_is_linked_elsewhere_is_not_linked_here(void **state)
{
    struct fixture *f = *state;
    keep(f, 2);
    build(f, LINKS("[container example.test/Clients]\nlink 1 = " A "\n"
                   "[container example.test/Servers/We]\nlink 1 = " A "\n"
                   "[container other.test]\nlink 1 = " A "\n"
                   "[site Rome]\nlink 1 = " A "\n"
                   "[container Milan]\nlink 1 = " A "\n"
                   "[container example.test/Servers]\nlink 1 = " B "\n"));
    assert_order(f, "B; A not-linked");
}

static void a_gpo_without_operations_is_empty(void **state)
{
    struct fixture *f = *state;
    keep(f, 2);
    f->store.gpos[0].machine.operations.n = f->store.gpos[0].user.operations.n = 0;
    f->store.gpos[1].machine.operations.n = 0;
    build(f, LINKS("[container example.test]\nlink 1 = " A "\nlink 2 = " B "\n"));
    assert_order(f, "B; A empty");
}

static void a_damaged_half_costs_itself_alone(void **state)
{
    struct fixture *f = *state;
    keep(f, 2);
    f->store.gpos[0].machine.state = INPUT_DAMAGED;
    f->store.gpos[1].machine.state = f->store.gpos[1].user.state = INPUT_DAMAGED;
    build(f, LINKS("[container example.test]\nlink 1 = " A "\nlink 2 = " B "\n"));
    assert_order(f, "A; B damaged B damaged A damaged");
    assert_null(f->order.layers[0].machine);
    assert_string_equal(f->order.denied[0].detail, "machine.pol");
    assert_string_equal(f->order.denied[1].detail, "user.pol");
}

static void a_last_good_copy_counts(void **state)
{
    struct fixture *f = *state;
    keep(f, 1);
    f->store.gpos[0].machine.state = INPUT_LAST_GOOD;
    build(f, LINKS("[container example.test]\nlink 1 = " A "\n"));
    assert_order(f, "A;");
    assert_non_null(f->order.layers[0].machine);
}

static void a_gpo_linked_twice_counts_twice(void **state)
{
    struct fixture *f = *state;
    keep(f, 2);
    build(f,
          LINKS("[container example.test]\nlink 1 = " A "\n"
                "[container example.test/Servers]\nlink 1 = " B "\nlink 2 = " A "\n"));
    assert_order(f, "A A B;");
}

static void containers_sites_and_gpos_compare_without_case(void **state)
{
    struct fixture *f = *state;
    keep(f, 2);
    build(f, "[machine]\ncontainer = EXAMPLE.test/servers/web\nsite = MILAN\n"
             "[container Example.Test/SERVERS]\n"
             "link 1 = {aaaaaaaa-0000-0000-0000-000000000001}\n"
             "[site milan]\nlink 1 = " B "\n");
    assert_order(f, "B A;");
    assert_string_equal(f->order.layers[1].container, "Example.Test/SERVERS");
}

static void a_machine_that_stands_nowhere_has_the_local_gpo_alone(void **state)
{
    struct fixture *f = *state;
    build(f, "[container example.test]\nlink 1 = " A "\n");
    assert_order(f, "local; A not-linked B not-linked C not-linked D not-linked");
}

static void local_policy_is_weakest_and_what_is_granted_above_the_links(void **state)
{
    struct fixture *f = *state;
    keep(f, 2);
    const char *links =
        LINKS("[container example.test]\nlink 1 = " A "\nlink 2 = " B " enforced\n");
    struct operations said = one_value(&f->arena, 100), nothing = { 0 };
    struct local_policy local = { .machine = &said };
    struct local_policy granted = { .machine = &said, .user = &said };
    struct local_policy empty = { .machine = &nothing };
    assert_int_equal(links_parse(links, strlen(links), "links.ini", &f->arena,
                                 &f->diagnostics, &f->store.links),
                     0);
    assert_int_equal(
        order_build(&f->store, &local, &granted, &f->arena, &f->diagnostics, &f->order),
        0);
    assert_order(f, "local policy A granted local policy B;");
    assert_int_equal(f->order.layers[0].kind, LAYER_LOCAL_POLICY);
    assert_null(f->order.layers[0].user);
    assert_int_equal(f->order.layers[2].kind, LAYER_GRANTED);
    assert_non_null(f->order.layers[2].user);

    assert_int_equal(
        order_build(&f->store, &empty, NULL, &f->arena, &f->diagnostics, &f->order), 0);
    assert_order(f, "A B;");
}

static void every_reason_and_kind_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i <= DENIED_NOT_LINKED; i++) {
        assert_non_null(denial_name((enum denial)i));
        assert_non_null(denial_text((enum denial)i));
    }
    assert_string_equal(layer_kind_name(LAYER_ENFORCED), "enforced");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_local_gpo_then_site_domain_and_ous_from_the_top),
        TEST(link_order_1_is_the_strongest),
        TEST(fixture_e_an_enforced_domain_link_beats_two_ou_links),
        TEST(of_enforced_links_the_highest_container_wins_and_the_site_most),
        TEST(a_container_that_blocks_keeps_out_what_is_above_and_not_enforced),
        TEST(the_container_of_the_machine_may_block_without_links),
        TEST(a_disabled_link_does_not_count_even_enforced),
        TEST(fixture_i_a_gpo_with_both_halves_disabled_does_not_count),
        TEST(a_link_to_a_gpo_that_is_not_deployed_is_told),
        TEST(a_gpo_that_is_linked_elsewhere_is_not_linked_here),
        TEST(a_gpo_without_operations_is_empty),
        TEST(a_damaged_half_costs_itself_alone),
        TEST(a_last_good_copy_counts),
        TEST(a_gpo_linked_twice_counts_twice),
        TEST(containers_sites_and_gpos_compare_without_case),
        TEST(a_machine_that_stands_nowhere_has_the_local_gpo_alone),
        TEST(local_policy_is_weakest_and_what_is_granted_above_the_links),
        TEST(every_reason_and_kind_has_a_name),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
