#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/status.h"
#include "base/syntax/json.h"
#include "engine/answers/tree.h"

static struct gpconf_answer *sample(void)
{
    struct gpconf_answer *a = answer_new("sample", 0);
    assert_non_null(a);
    answer_text(a, a->data, "title", "a \xC0 b");
    answer_text(a, a->data, "absent", NULL);
    struct gpconf_node *list = answer_list(a, a->data, "numbers");
    for (int i = 1; i <= 3; i++)
        answer_number(a, list, NULL, i);
    answer_bool(a, a->data, "yes", true);
    answer_null(a, a->data, "nothing");
    diagnostics_add(&a->diagnostics, SEVERITY_WARNING, "sample-code",
                    origin_line("file.ini", 7), "odd, %s", "ignoring");
    struct gpconf_answer *ret = NULL;
    assert_int_equal(answer_finish(a, &ret), 0);
    return ret;
}

static void members_are_found_and_keep_their_order(void **state)
{
    (void)state;
    struct gpconf_answer *a = sample();
    const struct gpconf_node *data = gpconf_answer_data(a);
    assert_int_equal(gpconf_node_count(data), 4);
    assert_string_equal(gpconf_node_name(gpconf_node_first(data)), "title");
    const struct gpconf_node *numbers = gpconf_node_get(data, "numbers");
    int64_t want = 1;
    for (const struct gpconf_node *n = gpconf_node_first(numbers); n;
         n = gpconf_node_next(n))
        assert_int_equal(gpconf_node_number(n), want++);
    assert_int_equal(want, 4);
    assert_null(gpconf_node_get(data, "absent"));
    assert_int_equal(gpconf_node_kind(gpconf_node_get(data, "nothing")), GPCONF_NULL);
    gpconf_answer_unref(a);
}

static void questions_take_nothing_for_an_answer(void **state)
{
    (void)state;
    assert_int_equal(gpconf_node_kind(NULL), GPCONF_NULL);
    assert_null(gpconf_node_get(NULL, "x"));
    assert_null(gpconf_get_text(NULL, "x"));
    assert_int_equal(gpconf_node_number(NULL), 0);
    gpconf_answer_unref(NULL);
}

static void the_envelope_parses_strictly_and_says_the_same(void **state)
{
    (void)state;
    struct gpconf_answer *a = sample();
    char *text = NULL;
    size_t size = 0;
    assert_int_equal(gpconf_answer_json(a, &text, &size), 0);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct json *json = NULL;
    int line = 0;
    const char *why = NULL;
    assert_int_equal(json_parse(text, size, &arena, &json, &line, &why), 0);
    assert_string_equal(json_as_text(json_member(json, "kind")), "sample");
    assert_string_equal(json_as_text(json_member(json, "generated_at")),
                        "1970-01-01T00:00:00Z");
    const struct json *data = json_member(json, "data");
    assert_string_equal(json_as_text(json_member(data, "title")), "a \xEF\xBF\xBD b");
    assert_int_equal(json_count(json_member(data, "numbers")), 3);
    const struct json *d = json_item(json_member(json, "diagnostics"), 0);
    int64_t at = 0;
    assert_true(json_as_number(json_member(d, "line"), &at));
    assert_int_equal(at, 7);
    assert_string_equal(json_as_text(json_member(d, "message")), "odd, ignoring");
    json_free(json);
    arena_done(&arena);
    free(text);
    gpconf_answer_unref(a);
}

static void a_copy_needs_nothing_of_what_it_was_made_from(void **state)
{
    (void)state;
    struct gpconf_answer *from = sample(), *a = answer_new("copy", 0);
    assert_non_null(a);
    answer_copy(a, a->data, "inner", from->data);
    answer_copy(a, a->data, "absent", NULL);
    gpconf_answer_unref(from);
    assert_int_equal(gpconf_node_count(a->data), 1);
    const struct gpconf_node *inner = gpconf_node_get(a->data, "inner");
    assert_int_equal(gpconf_node_count(inner), 4);
    assert_int_equal(gpconf_node_count(gpconf_node_get(inner, "numbers")), 3);
    assert_int_equal(
        gpconf_node_number(gpconf_node_first(gpconf_node_get(inner, "numbers"))), 1);
    assert_true(gpconf_node_bool(gpconf_node_get(inner, "yes")));
    assert_non_null(strstr(gpconf_get_text(inner, "title"), " b"));
    gpconf_answer_unref(a);
}

static void an_answer_without_memory_is_no_answer(void **state)
{
    (void)state;
    struct gpconf_answer *a = answer_new("sample", 0);
    assert_non_null(a);
    a->arena.failed = true;
    answer_text(a, a->data, "x", "y");
    struct gpconf_answer *ret = NULL;
    assert_int_equal(answer_finish(a, &ret), GPCONF_ENOMEM);
    assert_null(ret);
}

static void registry_values_become_data(void **state)
{
    (void)state;
    struct gpconf_answer *a = answer_new("sample", 0);
    assert_non_null(a);
    struct value dword = value_from_number(&a->arena, VALUE_DWORD, 4);
    const char *const lines[] = { "one", "two" };
    struct value multi = value_from_lines(&a->arena, lines, 2);
    struct value odd = { .type = VALUE_DWORD, .size = 3, .data = "\x01\x02\x03" };
    answer_value(a, a->data, "dword", &dword);
    answer_value(a, a->data, "multi", &multi);
    answer_value(a, a->data, "odd", &odd);
    assert_int_equal(gpconf_node_number(gpconf_node_get(a->data, "dword")), 4);
    assert_int_equal(gpconf_node_count(gpconf_node_get(a->data, "multi")), 2);
    assert_string_equal(gpconf_get_text(a->data, "odd"), "010203");
    answer_unsigned(a, a->data, "huge", UINT64_MAX);
    assert_string_equal(gpconf_get_text(a->data, "huge"), "18446744073709551615");
    gpconf_answer_unref(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_and_keep_their_order),
        cmocka_unit_test(questions_take_nothing_for_an_answer),
        cmocka_unit_test(the_envelope_parses_strictly_and_says_the_same),
        cmocka_unit_test(a_copy_needs_nothing_of_what_it_was_made_from),
        cmocka_unit_test(an_answer_without_memory_is_no_answer),
        cmocka_unit_test(registry_values_become_data),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
