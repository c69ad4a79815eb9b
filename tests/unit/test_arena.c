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

static void what_is_too_large_for_memory_fails(void **state)
{
    (void)state;
    /* Sizes whose sum with a header or a NUL would wrap to a small one. */
    for (size_t less = 0; less < 100; less++) {
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        assert_null(arena_alloc(&arena, 1, SIZE_MAX - less));
        assert_true(arena_failed(&arena));
        arena_done(&arena);
        assert_null(arena_string_n(&arena, "none of it is read", SIZE_MAX - less));
        assert_true(arena_failed(&arena));
        arena_done(&arena);
        assert_null(arena_copy(&arena, "none of it is read", SIZE_MAX / 2 - less));
        assert_true(arena_failed(&arena));
        arena_done(&arena);
        size_t capacity = 0;
        assert_null(arena_grow(&arena, NULL, SIZE_MAX / 4 - less, 4, &capacity));
        assert_int_equal(capacity, 0);
        arena_done(&arena);
    }
}

static void the_limit_is_exact(void **state)
{
    (void)state;
    /* Objects take 16 bytes here, whatever their size below that. */
    for (size_t objects = 0; objects < 700; objects++) {
        struct arena arena;
        arena_init(&arena, objects * 16 + objects % 16);
        for (size_t i = 0; i < objects; i++)
            assert_non_null(arena_alloc(&arena, 1, i % 17));
        assert_int_equal(arena.used, objects * 16);
        assert_null(arena_alloc(&arena, 1, 0));
        assert_true(arena_failed(&arena));
        assert_int_equal(arena.used, objects * 16);
        arena_done(&arena);
        assert_false(arena_failed(&arena));
        assert_int_equal(arena.used, 0);
    }
}

static void after_a_failure_nothing_succeeds(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64);
    int numbers[4] = { 1, 2, 3, 4 };
    size_t capacity = 4;
    assert_null(arena_alloc(&arena, 1, 65));
    assert_null(arena_copy(&arena, "x", 1));
    assert_null(arena_string(&arena, "x"));
    assert_null(arena_format(&arena, "x"));
    assert_null(arena_grow(&arena, numbers, 2, sizeof *numbers, &capacity));
    assert_int_equal(arena.used, 0);
    arena_done(&arena);
    arena_done(&arena);
    struct arena zeroed = { 0 };
    assert_null(arena_alloc(&zeroed, 0, 0));
    arena_done(&zeroed);
}

static void copies_are_of_the_bytes_and_of_nothing_for_nothing(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_null(arena_copy(&arena, NULL, 5));
    assert_null(arena_string(&arena, NULL));
    assert_null(arena_string_n(&arena, NULL, 5));
    assert_false(arena_failed(&arena));
    assert_non_null(arena_copy(&arena, "", 0));
    assert_memory_equal(arena_copy(&arena, "a\0b", 3), "a\0b", 3);
    assert_memory_equal(arena_string_n(&arena, "a\0bcd", 3), "a\0b", 4);
    assert_string_equal(arena_string_n(&arena, "abc", 0), "");
    assert_string_equal(arena_string(&arena, "abc"), "abc");
    char *dirty = arena_alloc(&arena, 1, 3000); /* formatted text may be long */
    memset(dirty, 'x', 2999);
    assert_string_equal(arena_format(&arena, "%s", dirty), dirty);
    /* A wide character that no text can hold. */
    assert_null(arena_format(&arena, "%ls", L"\x7FFFFFFF"));
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
    assert_true(b == a + 16 || b == a + 32); /* a sanitizer keeps a gap */
    assert_string_equal(arena_format(&arena, "%s-%d", "x", 7), "x-7");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(going_over_the_limit_fails_for_good),
        cmocka_unit_test(a_product_that_overflows_fails),
        cmocka_unit_test(what_is_too_large_for_memory_fails),
        cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(after_a_failure_nothing_succeeds),
        cmocka_unit_test(copies_are_of_the_bytes_and_of_nothing_for_nothing),
        cmocka_unit_test(growing_keeps_the_content),
        cmocka_unit_test(large_objects_do_not_waste_the_current_block),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
