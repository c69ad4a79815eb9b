#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <iconv.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/utf16.h"

/* glibc's iconv() is the judge. Returns the bytes that it writes, SIZE_MAX when it
 * refuses the text. */
static size_t judge(iconv_t converter, const void *from, size_t size, void *to,
                    size_t room)
{
    char *in = (char *)(uintptr_t)from, *out = to;
    size_t left = room;
    iconv(converter, NULL, NULL, NULL, NULL);
    if (iconv(converter, &in, &size, &out, &left) == (size_t)-1)
        return SIZE_MAX;
    return room - left;
}

static struct arena arena;
static struct buffer buffer;
static iconv_t to_utf8, to_utf32;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    buffer_init(&buffer, SIZE_MAX / 2);
    to_utf8 = iconv_open("UTF-8", "UTF-16LE");
    to_utf32 = iconv_open("UTF-32LE", "UTF-8");
    return (intptr_t)to_utf8 == -1 || (intptr_t)to_utf32 == -1;
}

static int end(void **state)
{
    (void)state;
    iconv_close(to_utf8);
    iconv_close(to_utf32);
    buffer_done(&buffer);
    arena_done(&arena);
    return 0;
}

/* Every code point from first to last but the surrogates, as UTF-16LE. */
static void put_range(unsigned first, unsigned last)
{
    for (unsigned c = first; c <= last; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        if (c >= 0x10000)
            buffer_u16le(&buffer, (uint16_t)(0xD7C0 + (c >> 10)));
        buffer_u16le(&buffer, (uint16_t)(c < 0x10000 ? c : 0xDC00 + c % 0x400));
    }
}

static void expect_the_judgement_on(unsigned first, unsigned last)
{
    buffer_clear(&buffer);
    put_range(first, last);
    size_t room = buffer.size * 2, size = 0;
    char *theirs = arena_alloc(&arena, 1, room);
    size_t their_size = judge(to_utf8, buffer.data, buffer.size, theirs, room);
    assert_int_not_equal(their_size, SIZE_MAX);
    char *ours = utf16_decode(&arena, buffer.data, buffer.size, &size);
    assert_non_null(ours);
    assert_int_equal(size, their_size);
    assert_int_equal(memcmp(ours, theirs, size), 0);
    assert_int_equal(ours[size], 0);
    assert_true(utf8_valid(ours, size));

    struct buffer back;
    buffer_init(&back, SIZE_MAX / 2);
    utf16_encode(&back, ours, size);
    assert_int_equal(back.size, buffer.size);
    assert_int_equal(memcmp(back.data, buffer.data, back.size), 0);

    /* The same text, one code point at a time. */
    buffer_clear(&back);
    size_t at = 0;
    for (unsigned c = first; c <= last; c++)
        if (c < 0xD800 || c > 0xDFFF) {
            assert_int_equal(utf8_next(ours, size, &at), c);
            utf8_append(&back, c);
        }
    assert_int_equal(at, size);
    assert_int_equal(back.size, size);
    assert_int_equal(memcmp(back.data, ours, size), 0);
    buffer_done(&back);
}

static void every_character_is_what_iconv_says(void **state)
{
    (void)state;
    expect_the_judgement_on(0, 0xFFFF);
    expect_the_judgement_on(0x10000, 0x10FFFF);
}

static const uint16_t units[] = { 0,      'A',    0x7F,   0x80,   0x7FF,
                                  0x800,  0xD7FF, 0xD800, 0xDBFF, 0xDC00,
                                  0xDFFF, 0xE000, 0xFFFD, 0xFFFF };
enum { UNITS = sizeof units / sizeof *units };

static void unpaired_surrogates_survive_in_any_company(void **state)
{
    (void)state;
    struct buffer back;
    buffer_init(&back, 1000);
    for (unsigned n = 0; n < UNITS * UNITS * UNITS * UNITS; n++) {
        if (n % 1000 == 0)
            arena_done(&arena);
        buffer_clear(&buffer);
        buffer_clear(&back);
        for (unsigned i = 0, rest = n; i < 4; i++, rest /= UNITS)
            buffer_u16le(&buffer, units[rest % UNITS]);
        size_t size;
        const char *text = utf16_decode(&arena, buffer.data, 8, &size);
        utf16_encode(&back, text, size);
        assert_int_equal(back.size, 8);
        assert_memory_equal(back.data, buffer.data, 8);
        /* It is valid exactly when iconv takes it. */
        char theirs[32];
        size_t their_size = judge(to_utf8, buffer.data, 8, theirs, sizeof theirs);
        assert_int_equal(utf8_valid(text, size), their_size != SIZE_MAX);
    }
    buffer_done(&back);
}

static void an_unpaired_surrogate_is_shown_as_a_replacement(void **state)
{
    (void)state;
    for (unsigned unit = 0xD800; unit <= 0xDFFF; unit++) {
        buffer_clear(&buffer);
        buffer_u16le(&buffer, (uint16_t)unit);
        size_t size, at = 0;
        const char *text = utf16_decode(&arena, buffer.data, 2, &size);
        assert_int_equal(size, 3);
        assert_false(utf8_valid(text, size));
        assert_int_equal(utf8_next(text, size, &at), 0xFFFD);
        assert_int_equal(at, 3);
        at = 0;
        assert_int_equal(wtf8_next(text, size, &at), unit);
        assert_int_equal(at, 3);
    }
}

static void an_odd_byte_is_dropped_and_nothing_is_read_beyond(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 8; size++) {
        char *bytes = malloc(size + !size);
        memcpy(bytes, "a\0=\xD8\0\xDE\xAC\x20", size); /* a, U+1F600, euro */
        size_t length = 99;
        const char *text = utf16_decode(&arena, bytes, size, &length);
        static const char *const expected[] = { "",
                                                "",
                                                "a",
                                                "a",
                                                "a\xED\xA0\xBD",
                                                "a\xED\xA0\xBD",
                                                "a\xF0\x9F\x98\x80",
                                                "a\xF0\x9F\x98\x80",
                                                "a\xF0\x9F\x98\x80\xE2\x82\xAC" };
        assert_string_equal(text, expected[size]);
        assert_int_equal(length, strlen(expected[size]));
        free(bytes);
    }
    assert_string_equal(utf16_decode(&arena, NULL, 0, NULL), "");
}

static void what_is_valid_is_what_iconv_says(void **state)
{
    (void)state;
    static const unsigned char bytes[] = { 0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                           0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
                                           0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1,
                                           0xF3, 0xF4, 0xF5, 0xF8, 0xFF };
    enum { BYTES = sizeof bytes };
    for (size_t size = 1; size <= 4; size++) {
        unsigned all = 1;
        for (size_t i = 0; i < size; i++)
            all *= BYTES;
        for (unsigned n = 0; n < all; n++) {
            char text[4], theirs[16];
            for (unsigned i = 0, rest = n; i < size; i++, rest /= BYTES)
                text[i] = (char)bytes[rest % BYTES];
            size_t their_size = judge(to_utf32, text, size, theirs, sizeof theirs);
            bool valid = utf8_valid(text, size);
            if (valid != (their_size != SIZE_MAX))
                fail_msg("%02x %02x %02x %02x (%zu): %d", text[0] & 255, text[1] & 255,
                         text[2] & 255, text[3] & 255, size, valid);
            size_t at = 0, points = 0;
            while (at < size) {
                size_t before = at;
                unsigned c = utf8_next(text, size, &at);
                assert_true(at > before && at <= size);
                assert_true(c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF));
                if (valid) {
                    uint32_t expected;
                    memcpy(&expected, theirs + 4 * points, 4);
                    assert_int_equal(c, expected);
                }
                points++;
            }
            if (valid)
                assert_int_equal(points * 4, their_size);
        }
    }
}

static void bytes_that_are_no_utf8_become_replacements(void **state)
{
    (void)state;
    utf16_encode(&buffer, "a\xFF\xE2\x82z", 5);
    assert_int_equal(buffer.size, 10);
    assert_memory_equal(buffer.data, "a\0\xFD\xFF\xFD\xFF\xFD\xFFz\0", 10);
    buffer_clear(&buffer);
    utf16_encode(&buffer, "a\0b", 3);
    assert_memory_equal(buffer.data, "a\0\0\0b\0", 6);
    utf16_encode(&buffer, NULL, 0);
    assert_int_equal(buffer.size, 6);
    assert_true(utf8_valid(NULL, 0));
}

static void without_memory_there_is_no_text(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 16);
    size_t size = 99;
    assert_null(utf16_decode(&small, "a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a",
                             32, &size));
    assert_int_equal(size, 99);
    assert_true(arena_failed(&small));
    arena_done(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_character_is_what_iconv_says, begin, end),
        cmocka_unit_test_setup_teardown(unpaired_surrogates_survive_in_any_company,
                                        begin, end),
        cmocka_unit_test_setup_teardown(an_unpaired_surrogate_is_shown_as_a_replacement,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            an_odd_byte_is_dropped_and_nothing_is_read_beyond, begin, end),
        cmocka_unit_test_setup_teardown(what_is_valid_is_what_iconv_says, begin, end),
        cmocka_unit_test_setup_teardown(bytes_that_are_no_utf8_become_replacements,
                                        begin, end),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_text, begin, end),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
