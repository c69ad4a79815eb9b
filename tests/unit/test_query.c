#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/rsop/rsop.h"

/* Two layers over keys that sort awkwardly around a backslash. */
static const struct operation weak[] = {
    { .op = OP_SET, .key = "Root\\Key", .name = "b" },
    { .op = OP_SET, .key = "Root\\Key", .name = "" },
    { .op = OP_MKKEY, .key = "Root\\Key" },
    { .op = OP_SET, .key = "Root\\Key\\Sub", .name = "a" },
    { .op = OP_SET, .key = "Root\\Key Other", .name = "a" },
    { .op = OP_DELETE, .key = "Gone", .name = "a" },
};
static const struct operation strong[] = {
    { .op = OP_SET, .key = "ROOT\\KEY", .name = "A" },
    { .op = OP_CLEARVALS, .key = "Cleared" },
    { .op = OP_DELKEY, .key = "Gone" },
};

static struct arena arena;

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static int set_up(void **state)
{
    static struct rsop rsop;
    arena_init(&arena, LIMIT_ARENA);
    struct operations *lists = arena_array(&arena, 2, struct operations);
    struct layer *layers = arena_array(&arena, 2, struct layer);
    if (!lists || !layers)
        return -1;
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        operations_add(&lists[0], &arena, &weak[i]);
    for (size_t i = 0; i < sizeof strong / sizeof *strong; i++)
        operations_add(&lists[1], &arena, &strong[i]);
    layers[0].machine = &lists[0];
    layers[1].machine = &lists[1];
    struct order order = { .layers = layers, .n_layers = 2 };
    *state = &rsop;
    return rsop_merge(&order, RSOP_MACHINE, &arena, &rsop);
}

static void slots_are_found_without_case(void **state)
{
    const struct rsop *rsop = *state;
    assert_non_null(rsop_find(rsop, "root\\key", "B"));
    assert_non_null(rsop_find(rsop, "root\\key", ""));
    assert_non_null(rsop_find(rsop, "ROOT\\KEY OTHER", "A"));
    assert_null(rsop_find(rsop, "Root", "b"));
    assert_null(rsop_find(rsop, "Root\\Key", "c"));
    assert_null(rsop_find(rsop, "Root\\Key\\Su", "a"));
    assert_null(rsop_find(rsop, "", ""));
}

static void the_key_itself_is_a_slot_of_its_own(void **state)
{
    const struct rsop *rsop = *state;
    const struct slot *slot = rsop_find(rsop, "Root\\Key", NULL);
    assert_non_null(slot);
    assert_null(slot->name);
    assert_int_equal(rsop_winner(rsop, slot)->operation->op, OP_MKKEY);
    assert_null(rsop_find(rsop, "Root\\Key\\Sub", NULL));
    assert_null(rsop_find(rsop, "Root", NULL));
}

static void the_slots_of_a_key_leave_its_subkeys_out(void **state)
{
    const struct rsop *rsop = *state;
    size_t first, n;
    rsop_key(rsop, "root\\KEY", &first, &n);
    assert_int_equal(n, 4);
    assert_null(rsop->slots[first].name);
    assert_string_equal(rsop->slots[first + 1].name, "");
    assert_string_equal(rsop->slots[first + 2].name, "A");
    assert_string_equal(rsop->slots[first + 3].name, "b");
    rsop_key(rsop, "Root", &first, &n);
    assert_int_equal(n, 0);
}

static void what_was_cleared_has_no_winner_but_a_decider(void **state)
{
    const struct rsop *rsop = *state;
    const struct slot *slot = rsop_find(rsop, "Gone", "a");
    assert_null(rsop_winner(rsop, slot));
    assert_int_equal(rsop_decider(rsop, "gone", "A")->operation->op, OP_DELKEY);
}

static void a_name_that_nobody_mentions_may_be_decided_by_its_key(void **state)
{
    const struct rsop *rsop = *state;
    assert_int_equal(rsop_decider(rsop, "Cleared", "x")->operation->op, OP_CLEARVALS);
    assert_int_equal(rsop_decider(rsop, "Gone\\Far\\Below", "x")->operation->op,
                     OP_DELKEY);
    assert_int_equal(rsop_decider(rsop, "Gone\\Below", NULL)->operation->op, OP_DELKEY);
    assert_null(rsop_decider(rsop, "Cleared\\Below", "x"));
    assert_null(rsop_decider(rsop, "Gone Not", "x"));
}

static void the_operations_in_effect_come_in_processing_order(void **state)
{
    const struct rsop *rsop = *state;
    struct operations operations;
    rsop_operations(rsop, &arena, &operations);
    assert_int_equal(operations.n, 8);
    assert_string_equal(operations.items[0].name, "b");
    assert_int_equal(operations.items[7].op, OP_DELKEY);
}

static void an_empty_result_has_no_answers(void **state)
{
    (void)state;
    struct rsop rsop = { 0 };
    size_t first, n;
    assert_null(rsop_find(&rsop, "K", "V"));
    assert_null(rsop_decider(&rsop, "K", NULL));
    rsop_key(&rsop, "K", &first, &n);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_found_without_case),
        cmocka_unit_test(the_key_itself_is_a_slot_of_its_own),
        cmocka_unit_test(the_slots_of_a_key_leave_its_subkeys_out),
        cmocka_unit_test(what_was_cleared_has_no_winner_but_a_decider),
        cmocka_unit_test(a_name_that_nobody_mentions_may_be_decided_by_its_key),
        cmocka_unit_test(the_operations_in_effect_come_in_processing_order),
        cmocka_unit_test(an_empty_result_has_no_answers),
    };
    return !!cmocka_run_group_tests(tests, set_up, tear_down);
}
