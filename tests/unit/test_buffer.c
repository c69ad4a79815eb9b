#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buffer.h"

static void appending_keeps_order_and_a_nul(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    assert_null(buffer.data);
    buffer_append(&buffer, NULL, 0);
    assert_string_equal(buffer.data, "");
    buffer_append(&buffer, "a\0b", 3);
    buffer_string(&buffer, "cd");
    buffer_char(&buffer, 'e');
    buffer_u16le(&buffer, 0x1234);
    buffer_u32le(&buffer, 0xFEDCBA98);
    buffer_format(&buffer, "%s-%04d", "x", 42);
    buffer_format(&buffer, "%s", "");
    assert_int_equal(buffer.size, 18);
    assert_memory_equal(buffer.data, "a\0bcde\x34\x12\x98\xBA\xDC\xFEx-0042", 19);
    assert_false(buffer_failed(&buffer));
    buffer_done(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.limit, 1000);
}

static void many_small_appends_grow_it(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1 << 20);
    for (int i = 0; i < 20000; i++) {
        if (i % 2)
            buffer_char(&buffer, (char)i);
        else
            buffer_format(&buffer, "%c", (char)i);
        assert_int_equal(buffer.data[buffer.size], 0);
    }
    assert_int_equal(buffer.size, 20000);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(buffer.data[i], (char)i);
    buffer_done(&buffer);
}

static void the_limit_is_exact_and_sticky(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 300; limit++) {
        struct buffer buffer;
        buffer_init(&buffer, limit);
        for (size_t i = 0; i < limit; i++)
            buffer_char(&buffer, 'x');
        buffer_append(&buffer, "", 0);
        assert_false(buffer_failed(&buffer));
        assert_int_equal(buffer.size, limit);
        buffer_char(&buffer, 'y');
        assert_true(buffer_failed(&buffer));
        assert_int_equal(buffer.size, limit);
        assert_int_equal(buffer.data[limit], 0);
        /* Nothing is added any more, not even what would fit. */
        buffer_append(&buffer, "", 0);
        buffer_format(&buffer, "%s", "");
        assert_true(buffer_failed(&buffer));
        buffer_clear(&buffer);
        assert_false(buffer_failed(&buffer));
        assert_int_equal(buffer.size, 0);
        assert_string_equal(buffer.data, "");
        buffer_format(&buffer, "%*s", (int)limit, "");
        assert_false(buffer_failed(&buffer));
        assert_int_equal(buffer.size, limit);
        buffer_format(&buffer, "z");
        assert_true(buffer_failed(&buffer));
        buffer_done(&buffer);
    }
}

static void what_is_too_large_for_memory_fails(void **state)
{
    (void)state;
    const size_t sizes[] = { SIZE_MAX,        SIZE_MAX - 1,     SIZE_MAX - 3,
                             SIZE_MAX - 4,    SIZE_MAX / 2 + 1, SIZE_MAX / 2,
                             SIZE_MAX / 2 - 1 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int empty = 0; empty < 2; empty++) {
            struct buffer buffer;
            buffer_init(&buffer, SIZE_MAX);
            if (!empty)
                buffer_string(&buffer, "abc");
            buffer_append(&buffer, "none of it is read", sizes[i]);
            assert_true(buffer_failed(&buffer));
            assert_int_equal(buffer.size, empty ? 0 : 3);
            buffer_done(&buffer);
        }
}

static void a_format_that_cannot_be_printed_fails(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, SIZE_MAX);
    /* A wide character that no text can hold. */
    buffer_format(&buffer, "%ls", L"\x7FFFFFFF");
    assert_true(buffer_failed(&buffer));
    buffer_done(&buffer);
}

static void a_zeroed_buffer_can_be_cleared_and_freed(void **state)
{
    (void)state;
    struct buffer buffer = { 0 };
    buffer_clear(&buffer);
    assert_null(buffer.data);
    buffer_char(&buffer, 'x');
    assert_true(buffer_failed(&buffer));
    buffer_done(&buffer);
    buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending_keeps_order_and_a_nul),
        cmocka_unit_test(many_small_appends_grow_it),
        cmocka_unit_test(the_limit_is_exact_and_sticky),
        cmocka_unit_test(what_is_too_large_for_memory_fails),
        cmocka_unit_test(a_format_that_cannot_be_printed_fails),
        cmocka_unit_test(a_zeroed_buffer_can_be_cleared_and_freed),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
