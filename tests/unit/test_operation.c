#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/operation.h"

static void operations_keep_their_order_and_content(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    struct operations list = { 0 };
    for (uint32_t i = 0; i < 10000; i++) {
        const struct operation operation = {
            .op = (enum op)(i % 6),
            .key = "Software\\Policies",
            .name = i % 2 ? NULL : "",
            .value = value_from_number(&arena, VALUE_DWORD, i),
            .origin = origin_record("Registry.pol", i + 1),
        };
        operations_add(&list, &arena, &operation);
        assert_int_equal(list.n, i + 1);
        assert_true(list.capacity >= list.n);
    }
    for (uint32_t i = 0; i < 10000; i++) {
        const struct operation *operation = &list.items[i];
        uint64_t number;
        assert_int_equal(operation->op, i % 6);
        assert_int_equal(operation->name == NULL, i % 2);
        assert_true(value_number(&operation->value, &number));
        assert_int_equal(number, i);
        assert_int_equal(operation->origin.at, i + 1);
    }
    assert_false(arena_failed(&arena));
    arena_done(&arena);
}

static void a_list_can_be_added_to_itself(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    struct operations list = { 0 };
    const struct operation first = { .op = OP_DELKEY, .key = "x" };
    operations_add(&list, &arena, &first);
    for (int i = 0; i < 100; i++)
        operations_add(&list, &arena, &list.items[0]);
    for (int i = 0; i <= 100; i++) {
        assert_int_equal(list.items[i].op, OP_DELKEY);
        assert_string_equal(list.items[i].key, "x");
    }
    arena_done(&arena);
}

static void without_memory_the_list_stays_and_the_arena_has_failed(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 10 * sizeof(struct operation));
    struct operations list = { 0 };
    for (int i = 0; i < 20; i++) {
        const struct operation operation = { .op = OP_MKKEY, .key = "x" };
        operations_add(&list, &arena, &operation);
    }
    assert_true(arena_failed(&arena));
    assert_int_equal(list.n, 8);
    assert_string_equal(list.items[7].key, "x");
    arena_done(&arena);
}

static void an_operation_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(op_name(OP_SET), "set");
    assert_string_equal(op_name(OP_SOFTSET), "soft-set");
    assert_string_equal(op_name(OP_DELETE), "delete");
    assert_string_equal(op_name(OP_CLEARVALS), "clear-values");
    assert_string_equal(op_name(OP_DELKEY), "delete-key");
    assert_string_equal(op_name(OP_MKKEY), "create-key");
}

static void a_list_with_room_stays_where_it_is(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    struct operations list = { 0 };
    const struct operation operation = { .op = OP_MKKEY, .key = "Software" };
    operations_reserve(&list, &arena, 0);
    assert_int_equal(list.capacity, 0);
    operations_reserve(&list, &arena, 100);
    const struct operation *items = list.items;
    for (size_t i = 0; i < 100; i++)
        operations_add(&list, &arena, &operation);
    assert_ptr_equal(list.items, items);
    assert_int_equal(list.n, 100);
    operations_add(&list, &arena, &operation);
    assert_int_equal(list.n, 101);
    assert_string_equal(list.items[99].key, "Software");
    assert_string_equal(list.items[100].key, "Software");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_keep_their_order_and_content),
        cmocka_unit_test(a_list_with_room_stays_where_it_is),
        cmocka_unit_test(a_list_can_be_added_to_itself),
        cmocka_unit_test(without_memory_the_list_stays_and_the_arena_has_failed),
        cmocka_unit_test(an_operation_has_a_name),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
