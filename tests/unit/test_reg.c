#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "base/utf16.h"
#include "policies/reg.h"
#include "tests/unit/bench.h"

/* What importing does is judged by another program, in tests/system/export-test; here is
 * how it is written. */

static const char header[] = "Windows Registry Editor Version 5.00\r\n\r\n";

static struct value value(struct bench *b, uint32_t type, const char *bytes,
                          size_t size)
{
    return (struct value){ type, (uint32_t)size, arena_copy(&b->arena, bytes, size) };
}

static struct value words(struct bench *b, const char *text)
{
    return value_from_text(&b->arena, VALUE_SZ, text);
}

/* The file without its byte order mark and header, as UTF-8. */
static const char *format(struct bench *b, const struct operation *items, size_t n,
                          size_t lost)
{
    struct operations operations = { 0 };
    struct buffer file;
    size_t found = 99;
    for (size_t i = 0; i < n; i++)
        operations_add(&operations, &b->arena, &items[i]);
    buffer_init(&file, LIMIT_REG_FILE);
    assert_int_equal(reg_format(&operations, REG_LOCAL_MACHINE, &b->arena,
                                &b->diagnostics, &file, &found),
                     0);
    assert_int_equal(found, lost);
    assert_int_equal(b->diagnostics.warnings, lost);
    assert_memory_equal(file.data, "\xFF\xFE", 2);
    const char *text = utf16_decode(&b->arena, file.data + 2, file.size - 2, NULL);
    buffer_done(&file);
    assert_memory_equal(text, header, sizeof header - 1);
    return text + sizeof header - 1;
}
#define FORMAT(b, lost, ...)                                                           \
    format(b, (const struct operation[]){ __VA_ARGS__ },                               \
           sizeof((const struct operation[]){ __VA_ARGS__ }) /                         \
               sizeof(struct operation),                                               \
           lost)

static const char *write_one(struct bench *b, const char *name, struct value data)
{
    static const char key[] = "[HKEY_LOCAL_MACHINE\\K]\r\n";
    const char *text =
        FORMAT(b, 0, { .op = OP_SET, .key = "K", .name = name, .value = data });
    assert_memory_equal(text, key, sizeof key - 1);
    return text + sizeof key - 1;
}

static void every_type_is_written_as_the_editor_writes_it(void **state)
{
    struct bench *b = *state;
    assert_string_equal(
        write_one(b, "n", value_from_number(&b->arena, VALUE_DWORD, 42)),
        "\"n\"=dword:0000002a\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_BINARY, "\1\xff", 2)),
                        "\"n\"=hex:01,ff\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_NONE, "", 0)),
                        "\"n\"=hex(0):\r\n\r\n");
    assert_string_equal(write_one(b, "n", value_from_number(&b->arena, VALUE_QWORD, 1)),
                        "\"n\"=hex(b):01,00,00,00,00,00,00,00\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, 0xFFFF0001, "\2", 1)),
                        "\"n\"=hex(ffff0001):02\r\n\r\n");
    assert_string_equal(
        write_one(b, "n", value_from_text(&b->arena, VALUE_EXPAND_SZ, "%")),
        "\"n\"=hex(2):25,00,00,00\r\n\r\n");
}

static void quotation_marks_and_backslashes_are_escaped(void **state)
{
    struct bench *b = *state;
    assert_string_equal(write_one(b, "a\\\"", words(b, "C:\\\"\xE2\x82\xAC\"")),
                        "\"a\\\\\\\"\"=\"C:\\\\\\\"\xE2\x82\xAC\\\"\"\r\n\r\n");
    assert_string_equal(write_one(b, "", words(b, "d")), "@=\"d\"\r\n\r\n");
    assert_string_equal(write_one(b, "@", words(b, "")), "\"@\"=\"\"\r\n\r\n");
}

static void text_that_is_no_single_line_keeps_its_bytes(void **state)
{
    struct bench *b = *state;
    assert_string_equal(write_one(b, "n", words(b, "\n")),
                        "\"n\"=hex(1):0a,00,00,00\r\n\r\n");
    assert_string_equal(write_one(b, "n", words(b, "\r")),
                        "\"n\"=hex(1):0d,00,00,00\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_SZ, "a\0", 2)),
                        "\"n\"=hex(1):61,00\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_SZ, "a\0\0", 3)),
                        "\"n\"=hex(1):61,00,00\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_SZ, "\0\0\0\0", 4)),
                        "\"n\"=hex(1):00,00,00,00\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_SZ, "", 0)),
                        "\"n\"=hex(1):\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_SZ, "\x01\xd8\0\0", 4)),
                        "\"n\"=hex(1):01,d8,00,00\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_SZ, "\x01\xdc\0\0", 4)),
                        "\"n\"=hex(1):01,dc,00,00\r\n\r\n");
    assert_string_equal(write_one(b, "n", words(b, "\xF0\x9F\x98\x80")),
                        "\"n\"=\"\xF0\x9F\x98\x80\"\r\n\r\n");
    assert_string_equal(write_one(b, "n", value(b, VALUE_DWORD, "\1\0", 2)),
                        "\"n\"=hex(4):01,00\r\n\r\n");
}

static void long_data_is_folded_as_the_editor_folds_it(void **state)
{
    struct bench *b = *state;
    char bytes[60] = { 0 };
    /* 8 columns and 23 bytes, then 2 columns and 25 bytes. */
    assert_string_equal(write_one(b, "n", value(b, VALUE_BINARY, bytes, 49)),
                        "\"n\"=hex:00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,"
                        "00,00,00,00,00,00,00,00,\\\r\n"
                        "  00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,"
                        "00,00,00,00,00,00,00,\\\r\n"
                        "  00\r\n\r\n");
    const char *whole = write_one(b, "n", value(b, VALUE_BINARY, bytes, 48));
    assert_null(strstr(whole + 90, "\\"));
    for (size_t length = 1; length <= 80; length++) {
        char name[81];
        memset(name, 'x', length);
        name[length] = '\0';
        const char *line = write_one(b, name, value(b, VALUE_BINARY, bytes, 60));
        for (bool first = true; *line; first = false) {
            size_t columns = strcspn(line, "\r");
            assert_true(columns <= 80 || (first && length > 69));
            line += columns + 2;
        }
    }
}

static void deleted_keys_come_first_and_later_operations_beat_them(void **state)
{
    struct bench *b = *state;
    struct value one = value_from_number(&b->arena, VALUE_DWORD, 1);
    assert_string_equal(
        FORMAT(b, 0, { .op = OP_SET, .key = "A", .name = "x", .value = one },
               { .op = OP_SET, .key = "B\\Sub", .name = "gone", .value = one },
               { .op = OP_DELKEY, .key = "B" },
               { .op = OP_DELETE, .key = "B", .name = "not there anyway" },
               { .op = OP_SET, .key = "b\\sub", .name = "y", .value = one },
               { .op = OP_DELETE, .key = "C", .name = "" },
               { .op = OP_DELETE, .key = "C", .name = "z" },
               { .op = OP_MKKEY, .key = "D" }),
        "[-HKEY_LOCAL_MACHINE\\B]\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\A]\r\n\"x\"=dword:00000001\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\b\\sub]\r\n\"y\"=dword:00000001\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\C]\r\n@=-\r\n\"z\"=-\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\D]\r\n\r\n");
}

static void entries_of_a_list_stand_in_the_order_of_their_numbers(void **state)
{
    struct bench *b = *state;
    struct value one = words(b, "x");
    assert_string_equal(
        FORMAT(b, 0, { .op = OP_SET, .key = "K", .name = "10", .value = one },
               { .op = OP_SET, .key = "K", .name = "2", .value = one }),
        "[HKEY_LOCAL_MACHINE\\K]\r\n\"2\"=\"x\"\r\n\"10\"=\"x\"\r\n\r\n");
}

static void a_soft_set_is_a_set_where_nothing_can_be(void **state)
{
    struct bench *b = *state;
    struct value one = value_from_number(&b->arena, VALUE_DWORD, 1);
    assert_string_equal(
        FORMAT(b, 0, { .op = OP_DELETE, .key = "A", .name = "N" },
               { .op = OP_SOFTSET, .key = "A", .name = "n", .value = one },
               { .op = OP_DELKEY, .key = "B" }, { .op = OP_CLEARVALS, .key = "B\\Sub" },
               { .op = OP_SOFTSET, .key = "B\\Sub", .name = "n", .value = one }),
        "[-HKEY_LOCAL_MACHINE\\B]\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\A]\r\n\"n\"=dword:00000001\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\B\\Sub]\r\n\"n\"=dword:00000001\r\n\r\n");
}

static void what_the_file_cannot_say_is_named(void **state)
{
    struct bench *b = *state;
    struct value one = value_from_number(&b->arena, VALUE_DWORD, 1);
    struct operation soft = { .op = OP_SOFTSET, .key = "K", .name = "n", .value = one };
    soft.origin = origin_record("Registry.pol", 7);
    assert_string_equal(FORMAT(b, 1, soft), "");
    assert_string_equal(b->diagnostics.last->code, "reg-cannot-say");
    assert_string_equal(b->diagnostics.last->message,
                        "a .reg file cannot say 'soft-set' of 'K\\n' (it depends on "
                        "what the machine has), leaving it out");
    assert_int_equal(b->diagnostics.last->origin.at, 7);
    bench_forget(b);
    assert_string_equal(
        FORMAT(b, 1, { .op = OP_CLEARVALS, .key = "K" },
               { .op = OP_SOFTSET, .key = "K", .name = "n", .value = one }),
        "[HKEY_LOCAL_MACHINE\\K]\r\n\"n\"=dword:00000001\r\n\r\n");
    bench_forget(b);
    assert_string_equal(
        FORMAT(b, 4, { .op = OP_SET, .key = "K", .name = "a\nb", .value = one },
               { .op = OP_MKKEY, .key = "K\rL" }, { .op = OP_DELKEY, .key = "M\n" },
               { .op = OP_DELKEY, .key = "" }),
        "");
}

static void a_file_over_its_limit_is_none(void **state)
{
    struct bench *b = *state;
    struct operation operation = { .op = OP_MKKEY, .key = "K" };
    struct operations operations = { &operation, 1, 1 };
    struct buffer file;
    size_t lost = 99;
    buffer_init(&file, 100);
    assert_int_equal(reg_format(&operations, REG_CURRENT_USER, &b->arena,
                                &b->diagnostics, &file, &lost),
                     GPCONF_ENOMEM);
    assert_int_equal(lost, 99);
    buffer_done(&file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_type_is_written_as_the_editor_writes_it),
        TEST(quotation_marks_and_backslashes_are_escaped),
        TEST(text_that_is_no_single_line_keeps_its_bytes),
        TEST(long_data_is_folded_as_the_editor_folds_it),
        TEST(deleted_keys_come_first_and_later_operations_beat_them),
        TEST(entries_of_a_list_stand_in_the_order_of_their_numbers),
        TEST(a_soft_set_is_a_set_where_nothing_can_be),
        TEST(what_the_file_cannot_say_is_named),
        TEST(a_file_over_its_limit_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
