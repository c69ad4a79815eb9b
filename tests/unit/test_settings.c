#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/registry/name.h"
#include "engine/update/settings.h"

static void every_row_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = &settings[i];
        assert_non_null(s->id);
        assert_non_null(s->key);
        assert_true((s->kind == KIND_LIST) == (s->value_name == NULL));
        assert_true(s->kind != KIND_CHOICE || s->choices);
        assert_true(s->kind != KIND_BITS || s->choices);
        assert_true(s->kind != KIND_NUMBER || s->min <= s->max);
        bool is_text = s->kind == KIND_TEXT || s->kind == KIND_LIST;
        assert_true(is_text == (s->grammar != GRAMMAR_ANY));
        const char *why;
        assert_true(!is_text || grammar_fits(s->grammar, s->example, &why));
        assert_true(s->offset < offsetof(struct update_config, paused));
    }
}

static void no_two_rows_share_an_id_a_field_or_a_value(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++)
        for (int j = 0; j < i; j++) {
            const struct setting *a = &settings[i], *b = &settings[j];
            assert_false(name_equal(a->id, b->id));
            assert_true(a->offset != b->offset);
            if (a->value_name && b->value_name && name_equal(a->key, b->key))
                assert_false(name_equal(a->value_name, b->value_name));
        }
}

static void an_id_is_found_without_case(void **state)
{
    (void)state;
    assert_int_equal(settings_find("update.mode", NULL), SETTING_MODE);
    assert_int_equal(settings_find("Update.Install-Day", NULL), SETTING_INSTALL_DAY);
}

static void a_misspelt_id_gets_a_suggestion(void **state)
{
    (void)state;
    const char *near = NULL;
    assert_int_equal(settings_find("update.instal-day", &near), -1);
    assert_string_equal(near, "update.install-day");
    assert_int_equal(settings_find("colour", &near), -1);
    assert_null(near);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(no_two_rows_share_an_id_a_field_or_a_value),
        cmocka_unit_test(an_id_is_found_without_case),
        cmocka_unit_test(a_misspelt_id_gets_a_suggestion),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
