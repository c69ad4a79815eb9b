#include "tests/unit/change_fixture.h"

#include "engine/change/label.h"

static void what_we_label_is_ours(void **state)
{
    struct fixture *f = *state;
    const char *const leaders[] = { "// ", "# ", "; ", "" };
    for (size_t i = 0; i < 4; i++) {
        size_t size;
        char *text = label_add(leaders[i], "a=b\n", 4, &f->arena, &size);
        assert_memory_equal(text, leaders[i], strlen(leaders[i]));
        assert_string_equal(text + size - 4, "a=b\n");
        assert_int_equal(label_check(text, size), LABEL_OURS);
        text = label_add(leaders[i], "", 0, &f->arena, &size);
        assert_int_equal(label_check(text, size), LABEL_OURS);
    }
}

static void any_edit_of_the_rest_is_a_change(void **state)
{
    struct fixture *f = *state;
    size_t size;
    char *text = label_add("// ", "Key \"value\";\n", 13, &f->arena, &size);
    size_t line = strcspn(text, "\n") + 1;
    for (size_t i = line; i < size; i++) {
        text[i] ^= 1;
        assert_int_equal(label_check(text, size), LABEL_CHANGED);
        text[i] ^= 1;
    }
    for (size_t i = line; i < size; i++)
        assert_int_equal(label_check(text, i), LABEL_CHANGED);
    assert_int_equal(label_check(text, size), LABEL_OURS);
}

static void no_truncation_and_no_flip_is_ours(void **state)
{
    struct fixture *f = *state;
    size_t size;
    char *text = label_add("# ", "x\n", 2, &f->arena, &size);
    for (size_t i = 0; i < size; i++)
        assert_int_not_equal(label_check(text, i), LABEL_OURS);
    for (size_t i = 2; i < size; i++) {
        text[i] ^= 4;
        assert_int_not_equal(label_check(text, size), LABEL_OURS);
        text[i] ^= 4;
    }
}

static void other_files_are_foreign(void **state)
{
    (void)state;
    const char *const texts[] = { "", "\n", "# a comment\n", "gpconf\n",
                                  "123456789gpconf owns this file; its hash is \n" };
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(label_check(texts[i], strlen(texts[i])), LABEL_FOREIGN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_we_label_is_ours, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(any_edit_of_the_rest_is_a_change, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(no_truncation_and_no_flip_is_ours,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test(other_files_are_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
