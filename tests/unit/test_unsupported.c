#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/syntax/json.h"
#include "engine/update/settings.h"
#include "engine/update/unsupported.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 16 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* Either a setting or listed with a reason, never both. */
static void check(const char *policy, const char *key, const char *name)
{
    int setting = settings_of_value(key, name);
    const struct unsupported *row = unsupported_find(key, name);
    if (setting < 0 && !row)
        fail_msg("%s: %s\\%s is neither a setting nor listed", policy, key, name);
    if (setting >= 0 && row)
        fail_msg("%s: %s is %s and listed as well", policy, name, settings[setting].id);
}

static void check_list(const char *policy, const struct json *list)
{
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *item = json_item(list, i);
        check(policy, json_as_text(json_item(item, 0)),
              json_as_text(json_item(item, 1)));
    }
}

static void every_policy_of_windows_update_is_answered(void **state)
{
    (void)state;
    static char text[1 << 20];
    FILE *file = fopen(
        GPCONF_SOURCE_DIR "/../shared/research/windows-update-policies.json", "r");
    if (!file) {
        print_message("the list of Windows' policies is not here\n");
        skip();
    }
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    struct json *policies;
    int line;
    const char *why;
    assert_int_equal(json_parse(text, n, &arena, &policies, &line, &why), 0);
    assert_true(json_count(policies) >= 47);
    for (size_t i = 0; i < json_count(policies); i++) {
        const struct json *policy = json_item(policies, i);
        const char *name = json_as_text(json_member(policy, "name"));
        const char *key = json_as_text(json_member(policy, "key"));
        const char *own = json_as_text(json_member(policy, "valueName"));
        if (own)
            check(name, key, own);
        check_list(name, json_member(policy, "enabledList"));
        check_list(name, json_member(policy, "disabledList"));
        const struct json *elements = json_member(policy, "elements");
        for (size_t e = 0; e < json_count(elements); e++) {
            const struct json *element = json_item(elements, e);
            const char *at = json_as_text(json_member(element, "key"));
            check(name, at ? at : key, json_as_text(json_member(element, "valueName")));
        }
    }
    json_free(policies);
}

#define WU "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate"

static void what_policy_sets_is_told_with_its_origin(void **state)
{
    (void)state;
    struct operations operations = { 0 };
    struct operation set = { .op = OP_SET,
                             .key = WU,
                             .name = "wuserver",
                             .value = value_from_text(&arena, VALUE_SZ, "http://wsus"),
                             .origin = origin_record("Registry.pol", 7) };
    operations_add(&operations, &arena, &set);
    set.op = OP_DELETE;
    set.name = "TargetGroup";
    operations_add(&operations, &arena, &set);
    struct layer layer = { .kind = LAYER_DOMAIN, .name = "x", .machine = &operations };
    struct order order = { .layers = &layer, .n_layers = 1 };
    struct rsop rsop;
    assert_int_equal(rsop_merge(&order, RSOP_MACHINE, &arena, &rsop), 0);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, &arena);
    unsupported_tell(&rsop, &diagnostics);
    assert_int_equal(diagnostics.n, 1);
    assert_int_equal(diagnostics.first->origin.at, 7);
    assert_non_null(strstr(diagnostics.first->message, "'WUServer' has no effect"));
}

static void values_belong_to_settings(void **state)
{
    (void)state;
    assert_int_equal(settings_of_value(WU "\\AU", "noautoupdate"), SETTING_MODE);
    assert_int_equal(settings_of_value(WU "\\AU", "ScheduledInstallThirdWeek"),
                     SETTING_INSTALL_WEEKS);
    assert_int_equal(
        settings_of_value("Software\\Policies\\gpconf\\Update\\ExcludedPackages", "x"),
        SETTING_EXCLUDED_PACKAGES);
    assert_int_equal(settings_of_value(WU, "SetActiveHours"), SETTING_ACTIVE_START);
    assert_int_equal(settings_of_value(WU, "NoSuchValue"), -1);
    assert_null(unsupported_find(WU, "NoSuchValue"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_policy_of_windows_update_is_answered,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_policy_sets_is_told_with_its_origin, setup,
                                        teardown),
        cmocka_unit_test(values_belong_to_settings),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
