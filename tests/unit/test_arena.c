#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t size = 0; size < 300; size++) {
        char *memory = arena_alloc(&arena, 1, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % sizeof(void *), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xAA, size);
    }
    arena_done(&arena);
}

static void going_over_the_limit_fails_for_good(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    assert_non_null(arena_alloc(&arena, 1, 4000));
    assert_null(arena_alloc(&arena, 1, 200));
    assert_true(arena_failed(&arena));
    assert_null(arena_alloc(&arena, 1, 1));
    arena_done(&arena);
}

static void a_product_that_overflows_fails(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_alloc(&arena, SIZE_MAX / 2, 3));
    assert_true(arena_failed(&arena));
    arena_done(&arena);
}

static void growing_keeps_the_content(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    int *numbers = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 1000; i++) {
        numbers = arena_grow(&arena, numbers, (size_t)i, sizeof *numbers, &capacity);
        assert_non_null(numbers);
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    arena_done(&arena);
}

static void large_objects_do_not_waste_the_current_block(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 24);
    char *a = arena_alloc(&arena, 1, 16);
    assert_non_null(arena_alloc(&arena, 1, 1 << 20));
    char *b = arena_alloc(&arena, 1, 16);
    assert_ptr_equal(b, a + 16);
    assert_string_equal(arena_format(&arena, "%s-%d", "x", 7), "x-7");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(going_over_the_limit_fails_for_good),
        cmocka_unit_test(a_product_that_overflows_fails),
        cmocka_unit_test(growing_keeps_the_content),
        cmocka_unit_test(large_objects_do_not_waste_the_current_block),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
