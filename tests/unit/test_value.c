#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/value.h"

static struct arena arena;
static struct buffer buffer;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    buffer_init(&buffer, 1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_done(&buffer);
    arena_done(&arena);
    return 0;
}

static struct value value(uint32_t type, const void *data, uint32_t size)
{
    return (struct value){ .type = type, .size = size, .data = data };
}

static const char *printed(struct value value)
{
    buffer_clear(&buffer);
    buffer_append(&buffer, "", 0);
    value_print(&value, &buffer);
    assert_false(buffer_failed(&buffer));
    return buffer.data;
}

static void a_type_has_the_name_of_the_registry(void **state)
{
    (void)state;
    assert_string_equal(value_type_name(VALUE_NONE), "REG_NONE");
    assert_string_equal(value_type_name(VALUE_SZ), "REG_SZ");
    assert_string_equal(value_type_name(VALUE_EXPAND_SZ), "REG_EXPAND_SZ");
    assert_string_equal(value_type_name(VALUE_BINARY), "REG_BINARY");
    assert_string_equal(value_type_name(VALUE_DWORD), "REG_DWORD");
    assert_string_equal(value_type_name(VALUE_DWORD_BE), "REG_DWORD_BIG_ENDIAN");
    assert_string_equal(value_type_name(6), "REG_LINK");
    assert_string_equal(value_type_name(VALUE_MULTI_SZ), "REG_MULTI_SZ");
    assert_string_equal(value_type_name(VALUE_QWORD), "REG_QWORD");
    assert_null(value_type_name(12));
    assert_null(value_type_name(UINT32_MAX));
}

static void a_number_needs_its_size_and_its_type(void **state)
{
    (void)state;
    const unsigned char bytes[] = { 0x80, 2, 3, 4, 5, 6, 7, 0xFF };
    for (uint32_t type = 0; type < 14; type++)
        for (uint32_t size = 0; size <= 8; size++) {
            struct value v = value(type, size ? bytes : NULL, size);
            uint64_t number = 99;
            bool is = value_number(&v, &number);
            if (type == VALUE_DWORD && size == 4)
                assert_int_equal(number, 0x04030280);
            else if (type == VALUE_DWORD_BE && size == 4)
                assert_int_equal(number, 0x80020304);
            else if (type == VALUE_QWORD && size == 8)
                assert_true(number == 0xFF07060504030280);
            else
                assert_int_equal(number, 99);
            assert_int_equal(is, number != 99);
        }
}

static void a_number_survives(void **state)
{
    (void)state;
    static const uint64_t numbers[] = { 0, 1, 255, 256, 0x80000000, UINT32_MAX };
    static const enum value_type types[] = { VALUE_DWORD, VALUE_DWORD_BE, VALUE_QWORD };
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            struct value v = value_from_number(&arena, types[t], numbers[i]);
            uint64_t back = 99;
            assert_int_equal(v.type, types[t]);
            assert_true(value_number(&v, &back));
            assert_true(back == numbers[i]);
            assert_true(value_fits(&v, &arena, NULL));
        }
    struct value v = value_from_number(&arena, VALUE_QWORD, UINT64_MAX);
    assert_string_equal(printed(v), "18446744073709551615");
    v = value_from_number(&arena, VALUE_DWORD, 0x100000007);
    assert_string_equal(printed(v), "7");
}

static void text_ends_at_its_first_nul_or_where_the_bytes_do(void **state)
{
    (void)state;
    static const char bytes[] = "a\0b\0\0\0c\0";
    static const char *const expected[] = { "",   "",   "a",  "a", "ab",
                                            "ab", "ab", "ab", "ab" };
    for (uint32_t size = 0; size <= 8; size++) {
        /* On the heap, so that a sanitizer sees reading past the end. */
        char *copy = size ? malloc(size) : NULL;
        if (size)
            memcpy(copy, bytes, size);
        for (uint32_t type = 0; type < 14; type++) {
            struct value v = value(type, copy, size);
            if (type == VALUE_SZ || type == VALUE_EXPAND_SZ) {
                assert_string_equal(value_text(&v, &arena), expected[size]);
                assert_string_equal(printed(v), expected[size]);
            } else
                assert_null(value_text(&v, &arena));
        }
        free(copy);
    }
}

static void text_survives(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "a", "\xC3\xA9t\xC3\xA9",
                                         "\xF0\x9F\x98\x80", "x\xED\xA0\x80y" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct value v = value_from_text(&arena, VALUE_EXPAND_SZ, texts[i]);
        assert_int_equal(v.type, VALUE_EXPAND_SZ);
        assert_true(v.size >= 2 && v.size % 2 == 0);
        assert_memory_equal((const char *)v.data + v.size - 2, "\0", 2);
        assert_string_equal(value_text(&v, &arena), texts[i]);
        assert_true(value_fits(&v, &arena, NULL));
    }
}

/* The lines of a MULTI_SZ with these bytes, joined by "|". */
static const char *lines_of(const char *bytes, uint32_t size)
{
    char *copy = size ? malloc(size) : NULL;
    if (size)
        memcpy(copy, bytes, size);
    struct value v = value(VALUE_MULTI_SZ, copy, size);
    size_t n = 99;
    const char *const *lines = value_lines(&v, &arena, &n);
    assert_non_null(lines);
    assert_null(lines[n]);
    const char *joined = "", *shown = "";
    for (size_t i = 0; i < n; i++) {
        joined = arena_format(&arena, "%s%s|", joined, lines[i]);
        shown = arena_format(&arena, "%s%s%s", shown, i ? "; " : "", lines[i]);
    }
    assert_string_equal(printed(v), shown);
    free(copy);
    return joined;
}

static void lines_end_at_an_empty_one_or_where_the_bytes_do(void **state)
{
    (void)state;
    static const char bytes[] = "a\0b\0\0\0c\0\0\0\0\0d\0\0";
    static const char *const expected[] = { "",      "",      "a|",    "a|",
                                            "ab|",   "ab|",   "ab|",   "ab|",
                                            "ab|c|", "ab|c|", "ab|c|", "ab|c|",
                                            "ab|c|", "ab|c|", "ab|c|", "ab|c|" };
    for (uint32_t size = 0; size < 16; size++)
        assert_string_equal(lines_of(bytes, size), expected[size]);
    assert_string_equal(lines_of("\0\0a\0\0\0", 6), "");
    assert_string_equal(lines_of("\0\0", 2), "");
    size_t n = 99;
    for (uint32_t type = 0; type < 14; type++) {
        struct value v = value(type, bytes, 16);
        if (type != VALUE_MULTI_SZ)
            assert_null(value_lines(&v, &arena, &n));
    }
    assert_int_equal(n, 99);
}

static void lines_survive_but_for_empty_ones(void **state)
{
    (void)state;
    static const char *const lines[] = { "", "one", "", "tw\xC3\xB6", "", "" };
    size_t n = 99;
    struct value v = value_from_lines(&arena, lines, 6);
    assert_int_equal(v.size, 2 * (4 + 4 + 1));
    const char *const *back = value_lines(&v, &arena, &n);
    assert_int_equal(n, 2);
    assert_string_equal(back[0], "one");
    assert_string_equal(back[1], "tw\xC3\xB6");
    assert_null(back[2]);
    assert_true(value_fits(&v, &arena, NULL));
    v = value_from_lines(&arena, NULL, 0);
    assert_int_equal(v.size, 2);
    assert_non_null(value_lines(&v, &arena, &n));
    assert_int_equal(n, 0);
}

static void data_fits_its_type_or_says_why_not(void **state)
{
    (void)state;
    const char *why = "untouched";
    struct value v = value(VALUE_DWORD, "0123456789", 10);
    assert_false(value_fits(&v, &arena, NULL));
    assert_false(value_fits(&v, &arena, &why));
    assert_string_equal(why, "has 10 bytes, not 4");
    v = value(VALUE_QWORD, NULL, 0);
    assert_false(value_fits(&v, &arena, &why));
    assert_string_equal(why, "has 0 bytes, not 8");
    for (uint32_t type = 0; type < 14; type++)
        for (uint32_t size = 0; size <= 8; size++) {
            bool text =
                type == VALUE_SZ || type == VALUE_EXPAND_SZ || type == VALUE_MULTI_SZ;
            bool fits = text                                            ? size % 2 == 0
                        : type == VALUE_DWORD || type == VALUE_DWORD_BE ? size == 4
                        : type == VALUE_QWORD                           ? size == 8
                                                                        : true;
            v = value(type, "01234567", size);
            why = "untouched";
            assert_int_equal(value_fits(&v, &arena, &why), fits);
            if (fits)
                assert_string_equal(why, "untouched");
            else
                assert_memory_equal(why, "has ", 4);
        }
    v = value(VALUE_SZ, "abc", 3);
    assert_false(value_fits(&v, &arena, &why));
    assert_string_equal(why, "has an odd number of bytes (3)");
}

static void values_are_equal_byte_for_byte(void **state)
{
    (void)state;
    struct value a = value(VALUE_SZ, "a\0\0", 4), b = value(VALUE_SZ, "a\0\0", 4);
    assert_true(value_equal(&a, &b));
    b.type = VALUE_EXPAND_SZ;
    assert_false(value_equal(&a, &b));
    b = value(VALUE_SZ, "a\0\0", 2);
    assert_false(value_equal(&a, &b));
    b = value(VALUE_SZ, "A\0\0", 4);
    assert_false(value_equal(&a, &b));
    a = value(VALUE_NONE, NULL, 0);
    b = value(VALUE_NONE, "", 0);
    assert_true(value_equal(&a, &b));
}

static void nothing_and_unfit_data_are_printed_too(void **state)
{
    (void)state;
    for (uint32_t type = 0; type < 14; type++)
        assert_string_equal(printed(value(type, NULL, 0)), "");
    assert_string_equal(printed(value(VALUE_DWORD, "\1\2\3", 3)), "010203");
    assert_string_equal(printed(value(VALUE_QWORD, "\1\2\3\4", 4)), "01020304");
    assert_string_equal(printed(value(VALUE_BINARY, "\0\xFFz", 3)), "00ff7a");
    assert_string_equal(printed(value(99, "\x0A", 1)), "0a");
    assert_string_equal(printed(value(VALUE_DWORD, "\4\0\0", 4)), "4");
    /* It is appended, and a full buffer says so. */
    struct value four = value_from_number(&arena, VALUE_DWORD, 4);
    buffer_clear(&buffer);
    buffer_string(&buffer, "x=");
    value_print(&four, &buffer);
    assert_string_equal(buffer.data, "x=4");
    for (uint32_t type = 0; type < 14; type++) {
        struct buffer full;
        buffer_init(&full, 0);
        struct value v = value(type, "a\0b\0c\0\0", 8);
        value_print(&v, &full);
        assert_true(buffer_failed(&full));
        buffer_done(&full);
    }
}

static void text_over_the_limit_fails_the_arena(void **state)
{
    (void)state;
    size_t most = LIMIT_POL_DATA / 2 - 1; /* units beside the NUL */
    char *text = malloc(most + 2);
    memset(text, 'x', most + 1);
    text[most + 1] = '\0';
    const char *const lines[] = { text };

    struct value v = value_from_text(&arena, VALUE_SZ, text);
    assert_null(v.data);
    assert_int_equal(v.size, 0);
    assert_true(arena_failed(&arena));
    arena_done(&arena);
    v = value_from_lines(&arena, lines, 1);
    assert_null(v.data);
    assert_int_equal(v.size, 0);
    assert_true(arena_failed(&arena));
    arena_done(&arena);

    text[most] = '\0';
    v = value_from_text(&arena, VALUE_SZ, text);
    assert_int_equal(v.size, LIMIT_POL_DATA);
    assert_false(arena_failed(&arena));
    text[most - 1] = '\0'; /* the lines have a NUL more */
    v = value_from_lines(&arena, lines, 1);
    assert_int_equal(v.size, LIMIT_POL_DATA);
    assert_false(arena_failed(&arena));
    free(text);
}

static void without_memory_there_is_no_value(void **state)
{
    (void)state;
    static const char *const lines[] = { "a long line of text", "and another one" };
    const struct value multi = value_from_lines(&arena, lines, 2);
    for (size_t limit = 0; limit < 16; limit++) {
        struct arena small;
        struct value values[3];
        arena_init(&small, limit);
        values[0] = value_from_number(&small, VALUE_DWORD, 7);
        values[1] = value_from_text(&small, VALUE_SZ, "text");
        values[2] = value_from_lines(&small, lines, 2);
        for (size_t i = 0; i < 3; i++) {
            assert_null(values[i].data);
            assert_int_equal(values[i].size, 0);
            assert_string_equal(printed(values[i]), "");
        }
        assert_true(arena_failed(&small));
        arena_done(&small);
    }
    for (size_t limit = 0; limit < 80; limit += 16) {
        struct arena small;
        arena_init(&small, limit);
        size_t n = 99;
        assert_null(value_lines(&multi, &small, &n));
        assert_int_equal(n, 99);
        assert_true(arena_failed(&small));
        arena_done(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_type_has_the_name_of_the_registry, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_number_needs_its_size_and_its_type, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_number_survives, begin, end),
        cmocka_unit_test_setup_teardown(
            text_ends_at_its_first_nul_or_where_the_bytes_do, begin, end),
        cmocka_unit_test_setup_teardown(text_survives, begin, end),
        cmocka_unit_test_setup_teardown(lines_end_at_an_empty_one_or_where_the_bytes_do,
                                        begin, end),
        cmocka_unit_test_setup_teardown(lines_survive_but_for_empty_ones, begin, end),
        cmocka_unit_test_setup_teardown(data_fits_its_type_or_says_why_not, begin, end),
        cmocka_unit_test_setup_teardown(values_are_equal_byte_for_byte, begin, end),
        cmocka_unit_test_setup_teardown(nothing_and_unfit_data_are_printed_too, begin,
                                        end),
        cmocka_unit_test_setup_teardown(text_over_the_limit_fails_the_arena, begin,
                                        end),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_value, begin, end),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
