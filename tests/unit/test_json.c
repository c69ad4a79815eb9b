#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "base/syntax/json.h"
#include "base/utf16.h"
#include "tests/unit/support.h"

static struct arena arena;
static struct buffer buffer;
static struct json_document document;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    buffer_init(&buffer, 1 << 20);
    document = (struct json_document){ 0 };
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_done(&buffer);
    arena_done(&arena);
    return 0;
}

/* Print a value and free it. */
static const char *printed(struct json *value)
{
    buffer_clear(&buffer);
    assert_int_equal(json_print(&document, value, &buffer), 0);
    json_free(value);
    return buffer.data;
}

static struct json *parsed(const char *text)
{
    struct json *value = NULL;
    int line = 0;
    const char *why = NULL;
    int status = json_parse(text, strlen(text), &arena, &value, &line, &why);
    if (status)
        fail_msg("line %d: %s", line, why);
    return value;
}

static void a_document_is_printed_in_the_order_it_was_built(void **state)
{
    (void)state;
    struct json *object = json_new_object(&document);
    json_add_text(&document, object, "z", "text");
    json_add_number(&document, object, "a", INT64_MIN);
    json_add_bool(&document, object, "yes", true);
    json_add_bool(&document, object, "no", false);
    json_add(&document, object, "nothing", json_new_null(&document));
    json_add_text(&document, object, "absent", NULL);
    struct json *array = json_new_array(&document);
    json_push(&document, array, json_new_number(&document, INT64_MAX));
    json_push(&document, array, json_new_object(&document));
    json_push(&document, array, json_new_array(&document));
    json_add(&document, object, "list", array);
    assert_int_equal(json_count(object), 6);
    assert_int_equal(json_count(array), 3);
    assert_string_equal(printed(object), "{\n"
                                         "  \"z\": \"text\",\n"
                                         "  \"a\": -9223372036854775808,\n"
                                         "  \"yes\": true,\n"
                                         "  \"no\": false,\n"
                                         "  \"nothing\": null,\n"
                                         "  \"list\": [\n"
                                         "    9223372036854775807,\n"
                                         "    {},\n"
                                         "    []\n"
                                         "  ]\n"
                                         "}\n");
}

static void a_scalar_is_a_document_of_its_own_when_printed(void **state)
{
    (void)state;
    assert_string_equal(printed(json_new_text(&document, "x")), "\"x\"\n");
    assert_string_equal(printed(json_new_bool(&document, false)), "false\n");
    assert_string_equal(printed(json_new_null(&document)), "null\n");
}

static void a_second_member_replaces_the_first(void **state)
{
    (void)state;
    struct json *object = json_new_object(&document);
    json_add_number(&document, object, "a", 1);
    json_add_number(&document, object, "b", 2);
    json_add_number(&document, object, "a", 3);
    assert_string_equal(printed(object), "{\n  \"a\": 3,\n  \"b\": 2\n}\n");
}

/* All of ASCII, the edges of UTF-8, and what is no UTF-8. */
static struct json *awkward(void)
{
    struct json *array = json_new_array(&document);
    for (char c = 1; c < 0x7F; c++)
        json_push(&document, array, json_new_text_n(&document, &c, 1));
    static const char *const texts[] = {
        "",
        "\x7F",
        "\xC2\x80",
        "\xDF\xBF",
        "\xE2\x80\xA8",
        "\xEF\xBF\xBF",
        "</script>",
        "\xF4\x8F\xBF\xBF",
        "\\u0041",
        "\xED\xA0\x80",
        "\xFF\xC0",
        "a\xE2\x82",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_push(&document, array, json_new_text(&document, texts[i]));
    return array;
}

static void what_is_printed_can_be_parsed_again(void **state)
{
    (void)state;
    const char *first = arena_string(&arena, printed(awkward()));
    struct json *array = parsed(first);
    for (size_t i = 0; i < 0x7E; i++) {
        const char *text = json_as_text(json_item(array, i));
        assert_int_equal(strlen(text), 1);
        assert_int_equal(text[0], i + 1);
    }
    size_t n = json_count(array);
    assert_string_equal(json_as_text(json_item(array, n - 3)), "\xEF\xBF\xBD");
    assert_string_equal(json_as_text(json_item(array, n - 2)),
                        "\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(json_as_text(json_item(array, n - 1)),
                        "a\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(printed(array), first);
}

static void what_a_terminal_acts_on_is_escaped(void **state)
{
    (void)state;
    /* The edges of each range, by themselves and between other text. */
    static const unsigned first_last[][2] = { { 0x01, 0x1F },     { 0x7F, 0x9F },
                                              { 0x061C, 0x061C }, { 0x200E, 0x200F },
                                              { 0x202A, 0x202E }, { 0x2066, 0x2069 } };
    for (unsigned c = 1; c < 0x3000; c++) {
        if (c == '"' || c == '\\')
            continue; /* escaped for another reason */
        bool control = false;
        for (size_t i = 0; i < sizeof first_last / sizeof *first_last; i++)
            control |= c >= first_last[i][0] && c <= first_last[i][1];
        struct buffer text;
        buffer_init(&text, 64);
        utf8_append(&text, c);
        buffer_char(&text, 'x');
        utf8_append(&text, c);
        const char *shown = printed(json_new_text_n(&document, text.data, text.size));
        bool raw = strstr(shown, text.data) != NULL;
        if (raw == control)
            fail_msg("U+%04X is printed as %s", c, shown);
        buffer_done(&text);
    }
    assert_string_equal(
        printed(json_new_text(&document, "\xC2\x9B\xC3\xA9\xE2\x80\xAE")),
        "\"\\u009b\xC3\xA9\\u202e\"\n");
    struct json *object = json_new_object(&document);
    json_add_text(&document, object, "\x7F", "\xE2\x80\x93");
    assert_string_equal(printed(object), "{\n  \"\\u007f\": \"\xE2\x80\x93\"\n}\n");
}

static void python_reads_the_same(void **state)
{
    (void)state;
    struct json *array = awkward();
    size_t n = json_count(array);
    struct buffer expected;
    buffer_init(&expected, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        buffer_string(&expected, json_as_text(json_item(array, i)));
        buffer_char(&expected, '|');
    }
    char *dir = scratch_new();
    scratch_text(dir, "x.json", printed(array));
    char *path = scratch_path(dir, "x.json"), *command = NULL;
    assert_true(asprintf(&command,
                         "python3 -I -c 'import json, sys\n"
                         "for x in json.load(open(sys.argv[1], encoding=\"utf-8\")):\n"
                         "  sys.stdout.buffer.write((x + \"|\").encode())' '%s'",
                         path) > 0);
    size_t size;
    char *theirs = command_output(command, &size);
    free(command);
    free(path);
    scratch_remove(dir);
    if (theirs) {
        assert_int_equal(size, expected.size);
        assert_memory_equal(theirs, expected.data, size);
    }
    free(theirs);
    buffer_done(&expected);
    if (!theirs) {
        print_message("there is no python3\n");
        skip();
    }
}

static void a_nul_in_text_is_printed(void **state)
{
    (void)state;
    assert_string_equal(printed(json_new_text_n(&document, "a\0b", 3)),
                        "\"a\\u0000b\"\n");
    assert_string_equal(printed(json_new_text_n(&document, "\xFF\0", 2)),
                        "\"\xEF\xBF\xBD\\u0000\"\n");
    assert_string_equal(printed(json_new_text_n(&document, "abc", 0)), "\"\"\n");
}

static void a_key_that_is_no_utf8_is_repaired(void **state)
{
    (void)state;
    struct json *object = json_new_object(&document);
    json_add_number(&document, object, "bad\xFF", 1);
    json_add_number(&document, object, "\xED\xA0\x80", 2);
    json_add_number(&document, object, "", 3);
    assert_string_equal(printed(object), "{\n"
                                         "  \"bad\xEF\xBF\xBD\": 1,\n"
                                         "  \"\xEF\xBF\xBD\": 2,\n"
                                         "  \"\": 3\n"
                                         "}\n");
}

static void a_missing_part_fails_the_document_and_nothing_else(void **state)
{
    (void)state;
    struct json *object = json_new_object(&document);
    json_add(&document, object, "a", NULL);
    assert_true(document.failed);
    assert_int_equal(json_print(&document, object, &buffer), GPCONF_ENOMEM);
    assert_int_equal(buffer.size, 0);
    document.failed = false;
    json_push(&document, object, json_new_null(&document)); /* no array */
    assert_true(document.failed);
    document.failed = false;
    json_push(&document, NULL, json_new_null(&document));
    assert_true(document.failed);
    document.failed = false;
    json_add_number(&document, NULL, "a", 1);
    assert_true(document.failed);
    document.failed = false;
    struct json *array = json_new_array(&document);
    json_add_text(&document, array, "a", "no object");
    assert_true(document.failed);
    document.failed = false;
    json_push(&document, array, NULL);
    assert_true(document.failed);
    document.failed = false;
    assert_int_equal(json_print(&document, NULL, &buffer), GPCONF_ENOMEM);
    json_free(NULL);
    json_free(array);
    json_free(object);
}

static void a_full_buffer_fails_the_printing(void **state)
{
    (void)state;
    struct json *array = json_new_array(&document);
    json_push(&document, array, json_new_number(&document, 12345));
    const char expected[] = "[\n  12345\n]\n";
    for (size_t limit = 0; limit <= strlen(expected); limit++) {
        struct buffer small;
        buffer_init(&small, limit);
        assert_int_equal(json_print(&document, array, &small),
                         limit < strlen(expected) ? GPCONF_ENOMEM : 0);
        buffer_done(&small);
    }
    json_free(array);
}

static void questions_have_no_answer_for_another_kind(void **state)
{
    (void)state;
    struct json *object = parsed("{\"t\": \"x\", \"n\": -5, \"b\": true, \"r\": 1.5,"
                                 " \"l\": [1, 2], \"o\": {\"x\": null}}");
    static const char *const kinds[] = { "t", "n", "b", "r", "l", "o", "none" };
    for (size_t i = 0; i < 7; i++) {
        const struct json *value = json_member(object, kinds[i]);
        int64_t number = 99;
        bool truth = false;
        assert_int_equal(json_as_text(value) != NULL, i == 0);
        assert_int_equal(json_as_number(value, &number), i == 1);
        assert_int_equal(number, i == 1 ? -5 : 99);
        assert_int_equal(json_as_bool(value, &truth), i == 2);
        assert_int_equal(truth, i == 2);
        assert_int_equal(json_count(value), i == 4 ? 2 : i == 5 ? 1 : 0);
        assert_int_equal(json_item(value, 0) != NULL, i == 4);
        assert_int_equal(json_member(value, "x") != NULL, i == 5);
    }
    assert_null(json_item(json_member(object, "l"), 2));
    assert_null(json_member(object, NULL));
    json_free(object);
}

static int parse_fails(const char *text, size_t size, const char **ret_why)
{
    struct json *value = NULL;
    int line = -1;
    *ret_why = NULL;
    int status = json_parse(text, size, &arena, &value, &line, ret_why);
    assert_null(value);
    if (status) {
        assert_true(line >= 0);
        assert_non_null(*ret_why);
    }
    return status;
}

static void parsing_is_strict(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "x",
        "1",
        "\"text\"",
        "null",
        "[1] x",
        "[1][2]",
        "{\"a\":1,\"a\":2}",
        "[1,]",
        "{\"a\"}",
        "{a:1}",
        "['x']",
        "[\"\\u0000\"]",
        "[\"\xFF\"]",
        "[\"\xED\xA0\x80\"]",
        "[\"\\ud800\"]",
        "[9223372036854775808]",
        "[1e999]",
        "[01]",
        "[\"a\nb\"]",
        "\xEF\xBB\xBF[]",
        "[NaN]",
        "// no\n[]",
    };
    const char *why;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct json *value = NULL;
        int line = -1;
        if (json_parse(bad[i], strlen(bad[i]), &arena, &value, &line, &why) !=
            GPCONF_ESYNTAX)
            fail_msg("%s is taken", bad[i]);
    }
    assert_int_equal(parse_fails("[]\0", 3, &why), GPCONF_ESYNTAX);
    assert_int_equal(parse_fails(NULL, 0, &why), GPCONF_ESYNTAX);
    struct json *value;
    int line = 0;
    assert_int_equal(json_parse("[\n1,\n}", 6, &arena, &value, &line, &why),
                     GPCONF_ESYNTAX);
    assert_int_equal(line, 3);
}

static void a_truncated_document_is_refused(void **state)
{
    (void)state;
    const char text[] =
        "{\"a\": [1, \"\xC3\xA9\\u00e9\\ud83d\\ude00\", true], \"b\": {}}";
    size_t size = strlen(text);
    for (size_t cut = 0; cut < size; cut++) {
        char *copy = malloc(cut + !cut);
        memcpy(copy, text, cut);
        const char *why;
        assert_int_equal(parse_fails(copy, cut, &why), GPCONF_ESYNTAX);
        free(copy);
    }
    json_free(parsed(text));
}

static void depth_is_bounded(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    char *text = malloc(2 * DEEP + 1);
    memset(text, '[', DEEP);
    memset(text + DEEP, ']', DEEP);
    const char *why;
    assert_int_equal(parse_fails(text, 2 * DEEP, &why), GPCONF_ESYNTAX);
    struct json *value = NULL;
    int line;
    assert_int_equal(json_parse(text + DEEP - 500, 1000, &arena, &value, &line, &why),
                     0);
    json_free(value);
    free(text);
}

static void without_memory_there_still_is_a_reason(void **state)
{
    (void)state;
    struct arena none;
    arena_init(&none, 0);
    struct json *value = NULL;
    int line = -1;
    const char *why = NULL;
    assert_int_equal(json_parse("[", 1, &none, &value, &line, &why), GPCONF_ESYNTAX);
    assert_string_equal(why, "out of memory");
    arena_done(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_document_is_printed_in_the_order_it_was_built,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_scalar_is_a_document_of_its_own_when_printed,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_second_member_replaces_the_first, begin, end),
        cmocka_unit_test_setup_teardown(what_is_printed_can_be_parsed_again, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_a_terminal_acts_on_is_escaped, begin, end),
        cmocka_unit_test_setup_teardown(python_reads_the_same, begin, end),
        cmocka_unit_test_setup_teardown(a_nul_in_text_is_printed, begin, end),
        cmocka_unit_test_setup_teardown(a_key_that_is_no_utf8_is_repaired, begin, end),
        cmocka_unit_test_setup_teardown(
            a_missing_part_fails_the_document_and_nothing_else, begin, end),
        cmocka_unit_test_setup_teardown(a_full_buffer_fails_the_printing, begin, end),
        cmocka_unit_test_setup_teardown(questions_have_no_answer_for_another_kind,
                                        begin, end),
        cmocka_unit_test_setup_teardown(parsing_is_strict, begin, end),
        cmocka_unit_test_setup_teardown(a_truncated_document_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(depth_is_bounded, begin, end),
        cmocka_unit_test_setup_teardown(without_memory_there_still_is_a_reason, begin,
                                        end),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
