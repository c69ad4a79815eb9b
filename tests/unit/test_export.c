#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "base/utf16.h"
#include "policies/pol.h"
#include "tests/unit/bench.h"

/* That the files do on Windows what the policy files say is judged over random sets in
 * tests/system/export-test; here is what is kept out of them. */

static void put_pol(struct bench *b, const char *half, const struct operation *items,
                    size_t n)
{
    struct operations operations = { 0 };
    struct pol pol;
    struct buffer file;
    for (size_t i = 0; i < n; i++)
        operations_add(&operations, &b->arena, &items[i]);
    assert_int_equal(pol_from_operations(&operations, &b->arena, &pol, NULL), 0);
    buffer_init(&file, LIMIT_POL_FILE);
    assert_int_equal(pol_format(&pol, &file), 0);
    bench_put_n(
        b, arena_format(&b->arena, "etc/gpconf/policies/local/%s/Registry.pol", half),
        file.data, file.size);
    buffer_done(&file);
}

static int64_t number_of(const struct gpconf_answer *a, const char *name)
{
    return gpconf_node_number(gpconf_node_get(gpconf_answer_data(a), name));
}

/* How many diagnostics have this code and hold this text. */
static size_t named(const struct gpconf_answer *a, const char *code, const char *text)
{
    const struct gpconf_diagnostic *list;
    size_t n = gpconf_answer_diagnostics(a, &list), found = 0;
    for (size_t i = 0; i < n; i++)
        found += strcmp(list[i].code, code) == 0 && strstr(list[i].message, text);
    return found;
}

/* The exported file as UTF-8, or its operations as a policy file; owned by the arena. */
static const char *export_reg(struct bench *b, enum gpconf_class class_,
                              struct gpconf_answer **ret)
{
    void *bytes = NULL;
    size_t size = 0;
    assert_int_equal(
        gpconf_export(b->session, GPCONF_FORMAT_REG, class_, &bytes, &size, ret), 0);
    const char *text = utf16_decode(&b->arena, bytes, size, NULL);
    free(bytes);
    return text;
}

static struct operations export_pol(struct bench *b, struct gpconf_answer **ret)
{
    void *bytes = NULL;
    size_t size = 0;
    struct pol pol;
    struct operations operations;
    assert_int_equal(gpconf_export(b->session, GPCONF_FORMAT_POL, GPCONF_CLASS_MACHINE,
                                   &bytes, &size, ret),
                     0);
    assert_int_equal(pol_parse(bytes, size, NULL, &b->arena, &b->diagnostics, &pol), 0);
    pol_operations(&pol, NULL, &b->arena, &b->diagnostics, &operations);
    free(bytes);
    return operations;
}

static void a_machine_without_policy_exports_an_empty_file(void **state)
{
    struct bench *b = *state;
    struct gpconf_answer *a;
    assert_string_equal(export_reg(b, GPCONF_CLASS_MACHINE, &a),
                        "\xEF\xBB\xBFWindows Registry Editor Version 5.00\r\n\r\n");
    assert_int_equal(number_of(a, "operations"), 0);
    gpconf_answer_unref(a);
    assert_int_equal(export_pol(b, &a).n, 0);
    gpconf_answer_unref(a);
}

static void one_half_is_exported_and_the_other_is_counted(void **state)
{
    struct bench *b = *state;
    struct gpconf_answer *a;
    struct operation operation = { .op = OP_MKKEY, .key = "Software\\Machine" };
    put_pol(b, "Machine", &operation, 1);
    operation.key = "Software\\User";
    put_pol(b, "User", &operation, 1);
    const char *text = export_reg(b, GPCONF_CLASS_USER, &a);
    assert_non_null(strstr(text, "[HKEY_CURRENT_USER\\Software\\User]"));
    assert_null(strstr(text, "Software\\Machine"));
    assert_int_equal(number_of(a, "other_class"), 1);
    assert_int_equal(number_of(a, "left_out"), 0);
    gpconf_answer_unref(a);
    assert_string_equal(export_pol(b, &a).items[0].key, "Software\\Machine");
    gpconf_answer_unref(a);
}

static void values_that_must_not_be_shown_are_left_out_and_named(void **state)
{
    struct bench *b = *state;
    struct gpconf_answer *a;
    const char *proxy = "Software\\Policies\\gpconf\\Update";
    struct value canary = value_from_text(&b->arena, VALUE_SZ, "canary");
    struct value open = value_from_text(&b->arena, VALUE_SZ, "open");
    const struct operation items[] = {
        { .op = OP_SET, .key = proxy, .name = "Proxy", .value = canary },
        { .op = OP_SET, .key = "Software\\K", .name = "n", .value = open },
    };
    put_pol(b, "Machine", items, 2);
    const char *text = export_reg(b, GPCONF_CLASS_MACHINE, &a);
    assert_null(strstr(text, "canary"));
    assert_non_null(strstr(text, "\"n\"=\"open\""));
    assert_int_equal(number_of(a, "left_out"), 1);
    assert_int_equal(named(a, "export-hidden", "Update\\Proxy', leaving it out"), 1);
    gpconf_answer_unref(a);
    struct operations operations = export_pol(b, &a);
    assert_int_equal(operations.n, 1);
    assert_string_equal(operations.items[0].name, "n");
    assert_int_equal(number_of(a, "left_out"), 1);
    gpconf_answer_unref(a);
}

static void values_of_a_file_that_not_everybody_may_read_are_left_out(void **state)
{
    struct bench *b = *state;
    struct gpconf_answer *a;
    struct value canary = value_from_text(&b->arena, VALUE_SZ, "canary");
    const struct operation items[] = {
        { .op = OP_SET, .key = "Software\\K", .name = "secret", .value = canary },
        { .op = OP_DELETE, .key = "Software\\K", .name = "gone" },
    };
    put_pol(b, "Machine", items, 2);
    assert_int_equal(
        chmod(bench_at(b, "etc/gpconf/policies/local/Machine/Registry.pol"), 0600), 0);
    const char *text = export_reg(b, GPCONF_CLASS_MACHINE, &a);
    assert_null(strstr(text, "canary"));
    assert_non_null(strstr(text, "\"gone\"=-"));
    assert_int_equal(named(a, "export-hidden", "K\\secret"), 1);
    gpconf_answer_unref(a);
}

static void what_a_format_cannot_say_is_counted_and_named(void **state)
{
    struct bench *b = *state;
    struct gpconf_answer *a;
    struct operation operation = { .op = OP_CLEARVALS, .key = "Software\\K" };
    put_pol(b, "Machine", &operation, 1);
    export_reg(b, GPCONF_CLASS_MACHINE, &a);
    assert_int_equal(number_of(a, "left_out"), 1);
    assert_int_equal(named(a, "reg-cannot-say", "'clear-values' of 'Software\\K'"), 1);
    gpconf_answer_unref(a);
    assert_int_equal(export_pol(b, &a).items[0].op, OP_CLEARVALS);
    assert_int_equal(number_of(a, "left_out"), 0);
    gpconf_answer_unref(a);
}

/* **DeleteValues may name a value that is too long to be named by **del. */
static void a_name_that_grows_over_its_limit_is_left_out_of_a_policy_file(void **state)
{
    struct bench *b = *state;
    struct gpconf_answer *a;
    char *name = arena_alloc(&b->arena, LIMIT_NAME_UNITS + 1, 1);
    memset(name, 'x', LIMIT_NAME_UNITS);
    struct pol_record record = { "Software\\K", "**DeleteValues",
                                 value_from_text(&b->arena, VALUE_SZ, name) };
    struct pol pol = { &record, 1, 1 };
    struct buffer file;
    buffer_init(&file, LIMIT_POL_FILE);
    assert_int_equal(pol_format(&pol, &file), 0);
    bench_put_n(b, "etc/gpconf/policies/local/Machine/Registry.pol", file.data,
                file.size);
    buffer_done(&file);
    assert_int_equal(export_pol(b, &a).n, 0);
    assert_int_equal(named(a, "pol-cannot-say", "'delete' of 'Software\\K\\xxx"), 1);
    assert_int_equal(number_of(a, "left_out"), 1);
    gpconf_answer_unref(a);
}

static void a_format_or_class_that_nobody_knows_is_refused(void **state)
{
    struct bench *b = *state;
    struct gpconf_answer *a = NULL;
    void *bytes = NULL;
    size_t size;
    assert_int_equal(gpconf_export(b->session, (enum gpconf_format)7,
                                   GPCONF_CLASS_MACHINE, &bytes, &size, &a),
                     GPCONF_EINVAL);
    assert_int_equal(gpconf_export(b->session, GPCONF_FORMAT_POL, (enum gpconf_class)7,
                                   &bytes, &size, &a),
                     GPCONF_EINVAL);
    assert_null(bytes);
    assert_null(a);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, bench_set_up_session, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_machine_without_policy_exports_an_empty_file),
        TEST(one_half_is_exported_and_the_other_is_counted),
        TEST(values_that_must_not_be_shown_are_left_out_and_named),
        TEST(values_of_a_file_that_not_everybody_may_read_are_left_out),
        TEST(what_a_format_cannot_say_is_counted_and_named),
        TEST(a_name_that_grows_over_its_limit_is_left_out_of_a_policy_file),
        TEST(a_format_or_class_that_nobody_knows_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
