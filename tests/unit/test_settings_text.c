#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/update/settings.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct setting_value parse(enum setting_index index, const char *text)
{
    struct setting_value value;
    const char *why = NULL;
    if (settings_parse(&settings[index], text, &arena, &value, &why) != 0)
        fail_msg("%s '%s' %s", settings[index].id, text, why);
    return value;
}

static void refused(enum setting_index index, const char *text, const char *reason)
{
    struct setting_value value;
    const char *why = NULL;
    assert_int_equal(settings_parse(&settings[index], text, &arena, &value, &why),
                     GPCONF_ERANGE);
    if (!strstr(why, reason))
        fail_msg("'%s' %s", text, why);
}

static void words_mean_states_and_numbers(void **state)
{
    (void)state;
    assert_int_equal(parse(SETTING_MODE, "automatic").number, 4);
    assert_true(parse(SETTING_MODE, "Manual").choice->is_disabled);
    assert_int_equal(parse(SETTING_INSTALL_DAY, "tuesday").number, 3);
    assert_int_equal(parse(SETTING_INSTALL_DAY, "3").number, 3);
    assert_int_equal(parse(SETTING_INSTALL_TIME, "03:00").number, 3);
    assert_int_equal(parse(SETTING_INSTALL_TIME, "3").number, 3);
    assert_int_equal(parse(SETTING_INSTALL_TIME, "automatic").number, 24);
}

static void booleans_are_written_as_the_registry_has_them(void **state)
{
    (void)state;
    assert_int_equal(parse(SETTING_METERED, "Yes").number, 1);
    assert_int_equal(parse(SETTING_METERED, "off").number, 0);
    assert_int_equal(parse(SETTING_REBOOT_WITH_USERS, "yes").number, 0);
    refused(SETTING_METERED, "maybe", "neither");
}

static void several_parts_are_separated(void **state)
{
    (void)state;
    assert_int_equal(parse(SETTING_INSTALL_WEEKS, "second ,FOURTH").number, 10);
    struct setting_value v = parse(SETTING_EXCLUDED_PACKAGES, "nginx, linux-image-*");
    assert_int_equal(v.list.n, 2);
    assert_string_equal(v.list.items[1], "linux-image-*");
    v = parse(SETTING_ALLOWED_ORIGINS, "origin=Debian,label=Debian; origin=Other");
    assert_int_equal(v.list.n, 2);
    assert_string_equal(v.list.items[0], "origin=Debian,label=Debian");
    refused(SETTING_EXCLUDED_PACKAGES, "nginx, (", "package");
    refused(SETTING_EXCLUDED_PACKAGES, "", "package");
    refused(SETTING_INSTALL_WEEKS, "fifth", "first, second");
}

static void what_is_out_of_range_says_the_range(void **state)
{
    (void)state;
    refused(SETTING_INSTALL_TIME, "25", "0 to 24");
    refused(SETTING_INSTALL_TIME, "03:30", "0 to 24");
    refused(SETTING_DEADLINE, "-1", "0 to 30");
    refused(SETTING_DEADLINE, "99999999999999999999", "0 to 30");
    refused(SETTING_MODE, "4", "automatic, download-only");
    refused(SETTING_PROXY, "http://u:p@x", "password");
}

static void what_is_printed_can_be_parsed_again(void **state)
{
    (void)state;
    static const char *const items[] = { "nginx", "apache2" };
    static const char *const origins[] = { "origin=A,label=B", "origin=C" };
    struct update_config c = { .mode = MODE_DOWNLOAD,
                               .install_day = 4,
                               .install_time = 24,
                               .install_weeks = 3,
                               .excluded_packages = { items, 2 },
                               .allowed_origins = { origins, 2 },
                               .deferral = 9,
                               .mail = "root" };
    static const struct {
        enum setting_index index;
        const char *text;
    } rows[] = {
        { SETTING_MODE, "download-only" },
        { SETTING_INSTALL_DAY, "wednesday" },
        { SETTING_INSTALL_TIME, "automatic" },
        { SETTING_INSTALL_WEEKS, "first, second" },
        { SETTING_EXCLUDED_PACKAGES, "nginx, apache2" },
        { SETTING_ALLOWED_ORIGINS, "origin=A,label=B; origin=C" },
        { SETTING_DEFERRAL, "9" },
        { SETTING_MAIL, "root" },
        { SETTING_METERED, "no" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(settings_print(&c, rows[i].index, &arena), rows[i].text);
        parse(rows[i].index, rows[i].text);
    }
    assert_null(settings_print(&c, SETTING_PROXY, &arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_mean_states_and_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(booleans_are_written_as_the_registry_has_them,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(several_parts_are_separated, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_out_of_range_says_the_range, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_printed_can_be_parsed_again, setup,
                                        teardown),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
