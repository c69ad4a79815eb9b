#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/diagnostic.h"
#include "base/limits.h"

static void a_message_keeps_its_origin_and_its_order(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct diagnostics list;
    diagnostics_init(&list, &arena);
    assert_null(list.first);
    diagnostics_add(&list, SEVERITY_WARNING, "a", origin_line("file.ini", 7),
                    "unknown key '%s', ignoring", "x");
    diagnostics_add(&list, SEVERITY_ERROR, "b", origin_record("Registry.pol", 3),
                    "%d%%", 5);
    diagnostics_add(&list, SEVERITY_NOTE, "c", origin_file(NULL), "fine");
    assert_int_equal(list.n, 3);
    assert_int_equal(list.errors, 1);
    assert_int_equal(list.warnings, 1);
    const struct diagnostic *d = list.first;
    assert_string_equal(d->code, "a");
    assert_string_equal(d->message, "unknown key 'x', ignoring");
    assert_string_equal(d->origin.file, "file.ini");
    assert_int_equal(d->origin.at, 7);
    assert_int_equal(d->origin.unit, ORIGIN_LINE);
    d = d->next;
    assert_string_equal(d->message, "5%");
    assert_int_equal(d->origin.at, 3);
    assert_int_equal(d->origin.unit, ORIGIN_RECORD);
    d = d->next;
    assert_int_equal(d->severity, SEVERITY_NOTE);
    assert_null(d->origin.file);
    assert_int_equal(d->origin.at, 0);
    assert_int_equal(d->origin.unit, ORIGIN_WHOLE);
    assert_null(d->next);
    assert_ptr_equal(d, list.last);
    arena_done(&arena);
}

static void without_a_list_nothing_happens(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct diagnostics list;
    diagnostics_init(&list, &arena);
    diagnostics_add(NULL, SEVERITY_ERROR, "a", origin_file("x"), "text");
    diagnostics_append(NULL, &list);
    diagnostics_append(&list, NULL);
    assert_int_equal(list.n, 0);
    arena_done(&arena);
}

static size_t length(const struct diagnostics *list)
{
    size_t n = 0;
    for (const struct diagnostic *d = list->first; d; d = d->next)
        n++;
    return n;
}

static void over_the_limit_they_are_counted_only(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 26);
    struct diagnostics list, copy;
    diagnostics_init(&list, &arena);
    diagnostics_init(&copy, &arena);
    for (unsigned i = 0; i < LIMIT_DIAGNOSTICS + 30; i++)
        diagnostics_add(&list, i % 3 == 0 ? SEVERITY_ERROR : SEVERITY_WARNING, "many",
                        origin_line("x", i), "one");
    assert_int_equal(list.n, LIMIT_DIAGNOSTICS + 30);
    assert_int_equal(list.errors, LIMIT_DIAGNOSTICS / 3 + 10 + 1);
    assert_int_equal(list.errors + list.warnings, list.n);
    assert_int_equal(length(&list), LIMIT_DIAGNOSTICS);
    assert_int_equal(list.last->origin.at, LIMIT_DIAGNOSTICS - 1);

    /* A copy counts the same. */
    diagnostics_append(&copy, &list);
    assert_int_equal(copy.n, list.n);
    assert_int_equal(copy.errors, list.errors);
    assert_int_equal(copy.warnings, list.warnings);
    assert_int_equal(length(&copy), LIMIT_DIAGNOSTICS);
    diagnostics_append(&copy, &list);
    assert_int_equal(copy.n, 2 * list.n);
    assert_int_equal(copy.errors, 2 * list.errors);
    assert_int_equal(length(&copy), LIMIT_DIAGNOSTICS);
    assert_false(arena_failed(&arena));
    arena_done(&arena);
}

static void a_copy_outlives_its_original(void **state)
{
    (void)state;
    struct arena first, second;
    arena_init(&first, 1 << 20);
    arena_init(&second, 1 << 20);
    struct diagnostics from, to;
    diagnostics_init(&from, &first);
    diagnostics_init(&to, &second);
    diagnostics_add(&to, SEVERITY_NOTE, "old", origin_file("a"), "first");
    diagnostics_add(&from, SEVERITY_ERROR, "new", origin_line("b", 2), "100%% %s",
                    "%n");
    diagnostics_add(&from, SEVERITY_ERROR, "new", origin_file(NULL), "third");
    diagnostics_append(&to, &from);
    arena_done(&first);
    assert_int_equal(to.n, 3);
    assert_int_equal(to.errors, 2);
    const struct diagnostic *d = to.first->next;
    assert_string_equal(d->message, "100% %n");
    assert_string_equal(d->origin.file, "b");
    assert_int_equal(d->origin.at, 2);
    assert_null(d->next->origin.file);
    assert_ptr_equal(d->next, to.last);
    arena_done(&second);
}

static void one_code_can_be_left_out_of_a_copy(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct diagnostics from, to;
    diagnostics_init(&from, &arena);
    diagnostics_init(&to, &arena);
    diagnostics_add(&from, SEVERITY_ERROR, "one", origin_file(NULL), "1");
    diagnostics_add(&from, SEVERITY_WARNING, "two", origin_file(NULL), "2");
    diagnostics_append_other(&to, &from, "one");
    assert_int_equal(to.n, 1);
    assert_int_equal(to.errors, 0);
    assert_int_equal(to.warnings, 1);
    assert_string_equal(to.first->code, "two");
    arena_done(&arena);
}

static void without_memory_the_arena_has_failed(void **state)
{
    (void)state;
    for (size_t limit = 0; limit <= 256; limit += 16) {
        struct arena arena;
        arena_init(&arena, limit);
        struct diagnostics list;
        diagnostics_init(&list, &arena);
        diagnostics_add(&list, SEVERITY_ERROR, "a", origin_file("x"), "%s",
                        "a message of some length");
        /* It counts even when it cannot be kept. */
        assert_int_equal(list.n, 1);
        assert_int_equal(list.errors, 1);
        assert_int_equal(list.first == NULL, arena_failed(&arena));
        if (list.first)
            assert_string_equal(list.first->message, "a message of some length");
        arena_done(&arena);
    }
}

static void a_severity_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(severity_name(SEVERITY_NOTE), "note");
    assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
    assert_string_equal(severity_name(SEVERITY_ERROR), "error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_keeps_its_origin_and_its_order),
        cmocka_unit_test(without_a_list_nothing_happens),
        cmocka_unit_test(over_the_limit_they_are_counted_only),
        cmocka_unit_test(a_copy_outlives_its_original),
        cmocka_unit_test(one_code_can_be_left_out_of_a_copy),
        cmocka_unit_test(without_memory_the_arena_has_failed),
        cmocka_unit_test(a_severity_has_a_name),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
