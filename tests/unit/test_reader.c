#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/reader.h"

static void numbers_are_little_endian(void **state)
{
    (void)state;
    const unsigned char bytes[] = { 0x34, 0x12, 0x98, 0xBA, 0xDC, 0xFE, 0xFF, 0x80 };
    struct reader reader = reader_init(bytes, sizeof bytes);
    assert_int_equal(reader_u16le(&reader), 0x1234);
    assert_int_equal(reader_u32le(&reader), 0xFEDCBA98);
    assert_int_equal(reader_left(&reader), 2);
    assert_false(reader_end(&reader));
    assert_int_equal(reader_u16le(&reader), 0x80FF);
    assert_true(reader_end(&reader));
    assert_false(reader_bad(&reader));
    assert_int_equal(reader_left(&reader), 0);
}

static void bytes_are_borrowed(void **state)
{
    (void)state;
    const char bytes[] = "abcdef";
    struct reader reader = reader_init(bytes, 6);
    assert_ptr_equal(reader_bytes(&reader, 2), bytes);
    assert_ptr_equal(reader_bytes(&reader, 0), bytes + 2);
    assert_ptr_equal(reader_bytes(&reader, 4), bytes + 6 - 4);
    assert_ptr_equal(reader_bytes(&reader, 0), bytes + 6);
    assert_false(reader_bad(&reader));
}

/* Whatever is asked of it, a bad reader stays where it is. */
static void expect_stuck(struct reader *reader, size_t at)
{
    assert_true(reader_bad(reader));
    assert_true(reader_end(reader));
    assert_int_equal(reader_left(reader), 0);
    assert_int_equal(reader_u16le(reader), 0);
    assert_int_equal(reader_u32le(reader), 0);
    assert_null(reader_bytes(reader, 0));
    assert_null(reader_bytes(reader, 1));
    reader_expect_u16le(reader, 0);
    reader_expect_u16le(reader, 'a');
    assert_true(reader_bad(reader));
    assert_int_equal(reader->at, at);
}

static void too_few_bytes_make_it_bad_for_good(void **state)
{
    (void)state;
    for (size_t size = 0; size < 4; size++) {
        /* On the heap, so that a sanitizer sees reading past the end. */
        unsigned char *bytes = calloc(size + !size, 1);
        struct reader reader = reader_init(bytes, size);
        assert_int_equal(reader_u32le(&reader), 0);
        expect_stuck(&reader, 0);
        reader = reader_init(bytes, size);
        assert_null(reader_bytes(&reader, size + 1));
        expect_stuck(&reader, 0);
        reader = reader_init(bytes, size);
        assert_null(reader_bytes(&reader, SIZE_MAX));
        expect_stuck(&reader, 0);
        reader = reader_init(bytes, size);
        if (size >= 2)
            assert_int_equal(reader_u16le(&reader), 0);
        size_t at = reader.at;
        assert_false(reader_bad(&reader));
        assert_int_equal(reader_u16le(&reader), 0);
        expect_stuck(&reader, at);
        free(bytes);
    }
}

static void an_expected_unit_is_gone_over(void **state)
{
    (void)state;
    const unsigned char bytes[] = { '[', 0, 0, 0, ']', 1 };
    struct reader reader = reader_init(bytes, sizeof bytes);
    reader_expect_u16le(&reader, '[');
    reader_expect_u16le(&reader, 0);
    assert_int_equal(reader.at, 4);
    assert_false(reader_bad(&reader));
    reader_expect_u16le(&reader, ']');
    expect_stuck(&reader, 4);
    /* At the end there is no unit, not even 0. */
    reader = reader_init(bytes, 3);
    reader_expect_u16le(&reader, '[');
    reader_expect_u16le(&reader, 0);
    expect_stuck(&reader, 2);
}

static void nothing_at_all_is_an_empty_input(void **state)
{
    (void)state;
    struct reader reader = reader_init(NULL, 0);
    assert_true(reader_end(&reader));
    assert_false(reader_bad(&reader));
    assert_non_null(reader_bytes(&reader, 0));
    assert_false(reader_bad(&reader));
    assert_null(reader_bytes(&reader, 1));
    expect_stuck(&reader, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(bytes_are_borrowed),
        cmocka_unit_test(too_few_bytes_make_it_bad_for_good),
        cmocka_unit_test(an_expected_unit_is_gone_over),
        cmocka_unit_test(nothing_at_all_is_an_empty_input),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
