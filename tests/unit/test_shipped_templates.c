#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "admx/catalogue.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/registry/name.h"
#include "engine/update/binding.h"

/* The templates that we ship, read as any other: a fault in them is ours. */

#define FOLDER GPCONF_SOURCE_DIR "/admx/PolicyDefinitions/"

static struct arena arena;
static struct diagnostics diagnostics;
static struct catalogue *english, *italian;

static void read_one(const char *path, const char *name, const char *language,
                     struct template_file *ret)
{
    struct file file;
    const char *why = NULL;
    if (file_read(AT_FDCWD, path, FILE_ANY, LIMIT_TEMPLATE_FILE, &arena, &file, &why))
        fail_msg("%s: %s", path, why);
    *ret = (struct template_file){ path, name, language, file.bytes, file.size };
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    /* One language at a time, so that none fills the gaps of the other. */
    struct template_file files[2];
    read_one(FOLDER "UpdateClient.admx", "UpdateClient.admx", NULL, &files[0]);
    read_one(FOLDER "en-US/UpdateClient.adml", "UpdateClient.adml", "en-US", &files[1]);
    if (catalogue_build(files, 2, "en-US", &diagnostics, &english))
        return -1;
    read_one(FOLDER "it-IT/UpdateClient.adml", "UpdateClient.adml", "it-IT", &files[1]);
    return catalogue_build(files, 2, "it-IT", &diagnostics, &italian);
}

static int teardown(void **state)
{
    (void)state;
    catalogue_unref(english);
    catalogue_unref(italian);
    arena_done(&arena);
    return 0;
}

static void nothing_about_them_is_worth_a_diagnostic(void **state)
{
    (void)state;
    for (const struct diagnostic *d = diagnostics.first; d; d = d->next)
        print_message("%s:%u: %s\n", d->origin.file, d->origin.at, d->message);
    assert_int_equal(diagnostics.n, 0);
}

/* Text that is there, and is no reference that found no string. */
static void has_text(const struct catalogue *c, uint32_t offset)
{
    const char *text = catalogue_text(c, offset);
    assert_non_null(text);
    assert_true(*text);
    assert_null(strstr(text, "$(string."));
}

static void every_policy_is_explained_in_both_languages(void **state)
{
    (void)state;
    size_t n, n_italian;
    const struct cat_policy *p = catalogue_policies(english, &n);
    const struct cat_policy *q = catalogue_policies(italian, &n_italian);
    assert_true(n >= 40);
    assert_int_equal(n, n_italian);
    for (size_t i = 0; i < n; i++) {
        has_text(english, p[i].title);
        has_text(english, p[i].help);
        has_text(italian, q[i].title);
        has_text(italian, q[i].help);
        assert_string_not_equal(catalogue_text(english, p[i].help),
                                catalogue_text(italian, q[i].help));
        assert_int_not_equal(p[i].category, CAT_NONE);
        assert_int_not_equal(p[i].supported_on, CAT_NONE);
        assert_int_equal(p[i].class_, CAT_MACHINE);
    }
}

/* Local policy names an element by its id; people know the value's name. */
static void every_element_has_a_labelled_control_and_its_value_s_name(void **state)
{
    (void)state;
    const struct catalogue *both[] = { english, italian };
    for (int l = 0; l < 2; l++) {
        const struct catalogue *c = both[l];
        size_t n;
        const struct cat_policy *p = catalogue_policies(c, &n);
        for (size_t i = 0; i < n; i++)
            for (uint32_t j = 0; j < p[i].n_elements; j++) {
                const struct cat_element *e =
                    &catalogue_elements(c)[p[i].first_element + j];
                assert_int_not_equal(e->control, CAT_NONE);
                has_text(c, catalogue_controls(c)[e->control].label);
                if (e->kind != CAT_LIST)
                    assert_string_equal(catalogue_text(c, e->id),
                                        catalogue_text(c, e->value_name));
            }
    }
}

/* What can be said must be possible to unsay, and to read back. */
static void enabled_and_disabled_write_different_things(void **state)
{
    (void)state;
    size_t n;
    const struct cat_policy *p = catalogue_policies(english, &n);
    for (size_t i = 0; i < n; i++) {
        if (p[i].value_name) {
            assert_int_equal(p[i].enabled_value.kind, CAT_LITERAL_DECIMAL);
            assert_int_equal(p[i].disabled_value.kind, CAT_LITERAL_DECIMAL);
            assert_true(p[i].enabled_value.number != p[i].disabled_value.number);
        } else {
            assert_true(p[i].n_elements > 0);
            assert_int_equal(p[i].enabled_list.n, p[i].disabled_list.n);
        }
    }
}

static void every_setting_has_a_policy_whose_range_a_client_can_carry(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct cat_policy *policy;
        const struct cat_element *e;
        if (!binding_find(english, &settings[i], &policy, &e))
            fail_msg("no policy for %s", settings[i].id);
        if (e && e->kind == CAT_DECIMAL) {
            assert_true(e->min_value >= settings[i].min);
            assert_true(e->max_value <= settings[i].max);
        }
        for (uint32_t j = 0; e && e->kind == CAT_ENUM && j < e->n_choices; j++) {
            const struct cat_choice *choice =
                &catalogue_choices(english)[e->first_choice + j];
            assert_int_equal(choice->value.kind, CAT_LITERAL_DECIMAL);
        }
    }
}

/* A setting counts only while its gate is on, and its policy must open that gate. */
static void every_gate_is_what_the_policy_of_the_setting_writes(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_gate *gate = &settings[i].gate;
        const struct cat_policy *p;
        const struct cat_element *e;
        if (!gate->name)
            continue;
        assert_true(binding_find(english, &settings[i], &p, &e));
        assert_true(name_equal(catalogue_text(english, p->key), gate->key));
        assert_non_null(catalogue_text(english, p->value_name));
        assert_true(name_equal(catalogue_text(english, p->value_name), gate->name));
        assert_true(p->enabled_value.number == gate->on);
        assert_true(p->disabled_value.number == gate->off);
    }
}

/* The help of a policy ends with the settings that it writes. */
static void the_help_names_the_settings(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct cat_policy *policy;
        const struct cat_element *e;
        assert_true(binding_find(english, &settings[i], &policy, &e));
        if (!strstr(catalogue_text(english, policy->help), settings[i].id))
            fail_msg("the help of %s does not name %s",
                     catalogue_text(english, policy->name), settings[i].id);
    }
}

/* The policy of Windows that writes the value of an element of ours, and that element;
 * false when this build of Windows has none. */
static bool windows_element(const struct catalogue *windows,
                            const struct cat_element *ours,
                            const struct cat_policy **ret,
                            const struct cat_element **ret_e)
{
    const char *key = catalogue_text(english, ours->key);
    const char *name = catalogue_text(english, ours->value_name);
    if (!name || !catalogue_find_value(windows, key, name, ret, 1))
        return false;
    *ret_e = binding_element(windows, *ret, key, name);
    return *ret_e != NULL;
}

static void elements_agree(const struct catalogue *windows, const struct cat_element *a,
                           const struct cat_element *b)
{
    const struct cat_choice *ours = catalogue_choices(english) + a->first_choice;
    const struct cat_choice *theirs = catalogue_choices(windows) + b->first_choice;
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->flags & CAT_REQUIRED, b->flags & CAT_REQUIRED);
    assert_int_equal(a->true_value.kind, b->true_value.kind);
    assert_int_equal(a->false_value.kind, b->false_value.kind);
    assert_int_equal(a->max_length, b->max_length);
    if (a->kind == CAT_DECIMAL) {
        assert_true(a->min_value == b->min_value);
        assert_true(a->max_value == b->max_value);
    }
    assert_int_equal(a->n_choices, b->n_choices);
    for (uint32_t i = 0; i < a->n_choices; i++) {
        bool found = false;
        for (uint32_t j = 0; j < b->n_choices; j++)
            found |= ours[i].value.number == theirs[j].value.number;
        assert_true(found);
    }
}

/* One GPO serves Windows and Linux servers only if both templates write the same. */
static void what_windows_has_too_is_written_as_windows_does(void **state)
{
    (void)state;
    static const char *const names[] = { "WindowsUpdate", "DeliveryOptimization" };
    struct template_file files[4];
    for (int i = 0; i < 2; i++) {
        const char *folder = GPCONF_SOURCE_DIR "/../shared/corpus/admx/win11-25h2-mxk";
        const char *admx = arena_format(&arena, "%s.admx", names[i]);
        const char *adml = arena_format(&arena, "%s.adml", names[i]);
        const char *path = file_join(&arena, folder, admx);
        if (access(path, R_OK)) {
            print_message("no corpus at %s, skipping\n", folder);
            skip();
        }
        read_one(path, admx, NULL, &files[2 * i]);
        path = arena_format(&arena, "%s/en-US/%s", folder, adml);
        read_one(path, adml, "en-US", &files[2 * i + 1]);
    }
    struct catalogue *windows;
    assert_int_equal(catalogue_build(files, 4, "en-US", NULL, &windows), 0);

    size_t n, elements = 0, values = 0;
    const struct cat_policy *p = catalogue_policies(english, &n), *q;
    for (size_t i = 0; i < n; i++) {
        const char *key = catalogue_text(english, p[i].key), *name;
        name = catalogue_text(english, p[i].value_name);
        if (name && catalogue_find_value(windows, key, name, &q, 1)) {
            assert_true(name_equal(catalogue_text(windows, q->value_name), name));
            assert_true(p[i].enabled_value.number == q->enabled_value.number);
            assert_true(p[i].disabled_value.number == q->disabled_value.number);
            values++;
        }
        const struct cat_element *e = catalogue_elements(english) + p[i].first_element;
        for (uint32_t j = 0; j < p[i].n_elements; j++) {
            const struct cat_element *theirs;
            if (!windows_element(windows, &e[j], &q, &theirs))
                continue;
            elements_agree(windows, &e[j], theirs);
            assert_int_equal(p[i].enabled_list.n, q->enabled_list.n);
            elements++;
        }
    }
    catalogue_unref(windows);
    assert_true(values >= 21);
    assert_true(elements >= 36);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_about_them_is_worth_a_diagnostic),
        cmocka_unit_test(every_policy_is_explained_in_both_languages),
        cmocka_unit_test(every_element_has_a_labelled_control_and_its_value_s_name),
        cmocka_unit_test(enabled_and_disabled_write_different_things),
        cmocka_unit_test(every_setting_has_a_policy_whose_range_a_client_can_carry),
        cmocka_unit_test(every_gate_is_what_the_policy_of_the_setting_writes),
        cmocka_unit_test(the_help_names_the_settings),
        cmocka_unit_test(what_windows_has_too_is_written_as_windows_does),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
