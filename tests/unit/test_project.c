#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/update/project.h"
#include "engine/update/settings.h"

#define WU "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate"
#define AU WU "\\AU"
#define MW WU "\\MaintenanceWindow"
#define UPDATE "Software\\Policies\\gpconf\\Update"

/* A test says what its layers hold, weakest first: the first is local policy. */
enum { MAX_LAYERS = 4 };
static struct arena arena;
static struct diagnostics diagnostics;
static struct operations machine[MAX_LAYERS];
static struct layer layers[MAX_LAYERS];
static size_t n_layers;
static uint32_t line;
static struct facts facts;
static struct rsop rsop;
static struct update_config c;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    memset(machine, 0, sizeof machine);
    memset(layers, 0, sizeof layers);
    n_layers = 0;
    line = 0;
    facts = (struct facts){ .now = civil_days(2026, 11, 24) * SECONDS_PER_DAY + 3600 };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void layer(enum layer_kind kind)
{
    layers[n_layers].kind = kind;
    layers[n_layers].name = kind == LAYER_LOCAL_POLICY ? "local policy" : "GPO";
    layers[n_layers].machine = &machine[n_layers];
    n_layers++;
}

static void add(enum op op, const char *key, const char *name, struct value value)
{
    struct operation operation = { op, key, name, value,
                                   origin_line(layers[n_layers - 1].name, ++line) };
    operations_add(&machine[n_layers - 1], &arena, &operation);
}

static void number(const char *key, const char *name, uint32_t value)
{
    add(OP_SET, key, name, value_from_number(&arena, VALUE_DWORD, value));
}

static void text(const char *key, const char *name, const char *value)
{
    add(OP_SET, key, name, value_from_text(&arena, VALUE_SZ, value));
}

static void remove_value(const char *key, const char *name)
{
    add(OP_DELETE, key, name, (struct value){ 0 });
}

static void project_with(const struct machine_limits *limits)
{
    struct order order = { .layers = layers, .n_layers = n_layers };
    assert_int_equal(rsop_merge(&order, RSOP_MACHINE, &arena, &rsop), 0);
    assert_int_equal(
        project_settings(&rsop, NULL, &facts, limits, &arena, &diagnostics, &c), 0);
}

static void project(void)
{
    project_with(NULL);
}

static void assert_source(enum setting_index index, enum source source)
{
    assert_int_equal(c.decisions[index].source, source);
}

static void nothing_said_is_all_defaults(void **state)
{
    (void)state;
    project();
    for (int i = 0; i < SETTING_COUNT; i++) {
        assert_source((enum setting_index)i, BY_DEFAULT);
        assert_false(config_counts(&c, (enum setting_index)i));
        assert_int_equal(c.decisions[i].contribution, NO_CONTRIBUTION);
    }
    assert_int_equal(c.mode, MODE_CLIENT);
    assert_int_equal(c.install_time, 3);
    assert_int_equal(c.reboot_with_users, 1);
    assert_true(c.valid_until == INT64_MAX);
    assert_int_equal(diagnostics.n, 0);
}

static void automatic(void)
{
    number(AU, "NoAutoUpdate", 0);
    number(AU, "AUOptions", 4);
}

static void a_schedule_is_read_field_by_field(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    automatic();
    number(AU, "ScheduledInstallDay", 3);
    number(AU, "ScheduledInstallTime", 5);
    number(AU, "ScheduledInstallSecondWeek", 1);
    number(AU, "ScheduledInstallThirdWeek", 0);
    project();
    assert_int_equal(c.mode, MODE_AUTOMATIC);
    assert_int_equal(c.install_day, 3);
    assert_int_equal(c.install_time, 5);
    assert_int_equal(c.install_weeks, 2);
    assert_true(config_counts(&c, SETTING_INSTALL_WEEKS));
    const struct decision *d = &c.decisions[SETTING_INSTALL_DAY];
    assert_source(SETTING_INSTALL_DAY, BY_POLICY);
    assert_int_equal(rsop.log[d->contribution].operation->origin.at, 3);
    assert_string_equal(rsop.slots[d->slot].name, "ScheduledInstallDay");
}

static void disabled_is_manual_whatever_the_options(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    automatic();
    layer(LAYER_OU);
    number(AU, "NoAutoUpdate", 1);
    project();
    assert_int_equal(c.mode, MODE_MANUAL);
    assert_int_equal(c.decisions[SETTING_MODE].contribution, 2);
}

static void modes_have_their_numbers(void **state)
{
    static const struct {
        uint32_t options;
        enum update_mode mode;
    } rows[] = { { 2, MODE_NOTIFY },
                 { 3, MODE_DOWNLOAD },
                 { 4, MODE_AUTOMATIC },
                 { 7, MODE_DOWNLOAD },
                 { 1, MODE_MANUAL } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        layer(LAYER_DOMAIN);
        number(AU, "AUOptions", rows[i].options);
        project();
        assert_int_equal(c.mode, rows[i].mode);
        assert_true(config_counts(&c, SETTING_MODE));
        teardown(state);
        setup(state);
    }
}

static void mode_5_hands_the_choice_to_local_policy(void **state)
{
    (void)state;
    layer(LAYER_LOCAL_POLICY);
    number(AU, "AUOptions", 3);
    layer(LAYER_DOMAIN);
    number(AU, "NoAutoUpdate", 0);
    number(AU, "AUOptions", 5);
    project();
    assert_int_equal(c.mode, MODE_DOWNLOAD);
    assert_source(SETTING_MODE, BY_LOCAL);
    assert_non_null(c.decisions[SETTING_MODE].why);
}

/* A later file of local policy said manual, which deletes the number. */
static void a_local_choice_that_a_later_file_took_back_is_none(void **state)
{
    (void)state;
    layer(LAYER_LOCAL_POLICY);
    number(AU, "AUOptions", 4);
    remove_value(AU, "AUOptions");
    layer(LAYER_DOMAIN);
    number(AU, "AUOptions", 5);
    project();
    assert_false(config_counts(&c, SETTING_MODE));
    assert_int_equal(c.decisions[SETTING_MODE].shadowed, NO_CONTRIBUTION);
}

static void mode_5_without_a_local_choice_decides_nothing(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    number(AU, "AUOptions", 5);
    project();
    assert_false(config_counts(&c, SETTING_MODE));
    assert_int_equal(c.mode, MODE_CLIENT);
}

static void a_local_choice_that_a_gpo_decides_is_shadowed(void **state)
{
    (void)state;
    layer(LAYER_LOCAL_POLICY);
    number(AU, "ScheduledInstallDay", 1);
    number(WU, "ActiveHoursStart", 9);
    layer(LAYER_DOMAIN);
    automatic();
    number(AU, "ScheduledInstallDay", 2);
    project();
    assert_source(SETTING_INSTALL_DAY, BY_POLICY);
    assert_int_equal(c.decisions[SETTING_INSTALL_DAY].shadowed, 0);
    assert_source(SETTING_ACTIVE_START, BY_LOCAL);
    assert_int_equal(c.decisions[SETTING_ACTIVE_START].shadowed, NO_CONTRIBUTION);
}

static void a_granted_local_choice_is_local(void **state)
{
    (void)state;
    layer(LAYER_LOCAL_POLICY);
    number(AU, "AUOptions", 2);
    layer(LAYER_DOMAIN);
    number(AU, "AUOptions", 4);
    layer(LAYER_GRANTED);
    number(AU, "AUOptions", 2);
    project();
    assert_int_equal(c.mode, MODE_NOTIFY);
    assert_source(SETTING_MODE, BY_LOCAL);
}

static void an_unfit_value_decides_and_no_weaker_one_is_used(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    automatic();
    number(AU, "ScheduledInstallTime", 5);
    layer(LAYER_OU);
    number(AU, "ScheduledInstallTime", 99);
    text(AU, "ScheduledInstallDay", "Tuesday");
    project();
    assert_true(c.decisions[SETTING_INSTALL_TIME].is_unfit);
    assert_source(SETTING_INSTALL_TIME, BY_POLICY);
    assert_false(config_counts(&c, SETTING_INSTALL_TIME));
    assert_int_equal(c.install_time, 3); /* the fallback, not 5 */
    assert_true(c.decisions[SETTING_INSTALL_DAY].is_unfit);
    assert_int_equal(diagnostics.n, 2);
    assert_string_equal(diagnostics.last->code, "setting-unfit");
    assert_int_equal(diagnostics.last->origin.at, 4);
    assert_non_null(strstr(diagnostics.last->message, "update.install-time"));
}

static void a_deleted_value_is_decided_to_be_off(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    text(UPDATE, "Mail", "root");
    layer(LAYER_OU);
    remove_value(UPDATE, "Mail");
    project();
    assert_true(c.decisions[SETTING_MAIL].is_off);
    assert_source(SETTING_MAIL, BY_POLICY);
    assert_null(c.mail);
    assert_false(config_counts(&c, SETTING_MAIL));
}

static void a_switched_off_policy_decides_its_options(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    number(WU, "DeferQualityUpdates", 1);
    number(WU, "DeferQualityUpdatesPeriodInDays", 9);
    layer(LAYER_OU);
    number(WU, "DeferQualityUpdates", 0);
    project();
    assert_true(c.decisions[SETTING_DEFERRAL].is_off);
    assert_int_equal(c.decisions[SETTING_DEFERRAL].contribution, 2);
    assert_int_equal(c.deferral, 0);
}

static void an_option_without_its_policy_is_idle(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    number(WU, "DeferQualityUpdatesPeriodInDays", 9);
    project();
    assert_int_equal(c.decisions[SETTING_DEFERRAL].idle_by, 12);
    assert_int_equal(c.deferral, 9);
    assert_false(config_counts(&c, SETTING_DEFERRAL));
}

static void senses_are_turned_where_windows_turns_them(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    automatic();
    number(AU, "NoAutoRebootWithLoggedOnUsers", 1);
    project();
    assert_int_equal(c.reboot_with_users, 0);
    assert_true(config_counts(&c, SETTING_REBOOT_WITH_USERS));
}

static void a_list_is_collected_in_the_order_of_its_numbers(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    text(UPDATE "\\ExcludedPackages", "10", "ten");
    text(UPDATE "\\ExcludedPackages", "2", "two");
    layer(LAYER_OU);
    text(UPDATE "\\ExcludedPackages", "3", "three");
    text(UPDATE "\\ExcludedPackages", "4", "not a package");
    project();
    assert_int_equal(c.excluded_packages.n, 3);
    assert_string_equal(c.excluded_packages.items[0], "two");
    assert_string_equal(c.excluded_packages.items[1], "three");
    assert_string_equal(c.excluded_packages.items[2], "ten");
    assert_true(config_counts(&c, SETTING_EXCLUDED_PACKAGES));
    assert_int_equal(diagnostics.n, 1);
    assert_int_equal(c.decisions[SETTING_EXCLUDED_PACKAGES].contribution, 3);
}

static void a_cleared_list_is_off(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    text(UPDATE "\\AllowedOrigins", "1", "origin=Debian");
    layer(LAYER_OU);
    add(OP_CLEARVALS, UPDATE "\\AllowedOrigins", NULL, (struct value){ 0 });
    project();
    assert_int_equal(c.allowed_origins.n, 0);
    assert_true(c.decisions[SETTING_ALLOWED_ORIGINS].is_off);
    assert_int_equal(c.decisions[SETTING_ALLOWED_ORIGINS].contribution, 1);
}

static void a_pause_ends_by_itself(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    number(WU, "DeferQualityUpdates", 1);
    text(WU, "PauseQualityUpdatesStartTime", "2026-11-01");
    project();
    int64_t end = civil_days(2026, 12, 6) * SECONDS_PER_DAY;
    assert_true(c.paused);
    assert_int_equal(c.valid_until, end);
    facts.now = end;
    project();
    assert_false(c.paused);
    assert_true(c.valid_until == INT64_MAX);
    facts.now = civil_days(2026, 10, 31) * SECONDS_PER_DAY;
    project();
    assert_false(c.paused);
    assert_int_equal(c.valid_until, facts.now + SECONDS_PER_DAY);
}

static void a_month_without_restarts_ends_with_the_month(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    number(UPDATE "\\RebootlessMonths", "Enabled", 1);
    number(UPDATE "\\RebootlessMonths", "November", 1);
    number(UPDATE "\\RebootlessMonths", "December", 0);
    project();
    assert_true(c.rebootless_now);
    assert_int_equal(c.valid_until, civil_days(2026, 12, 1) * SECONDS_PER_DAY);
    facts.now = c.valid_until;
    project();
    assert_false(c.rebootless_now);
}

static void a_window_that_is_switched_off_is_no_window(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    text(MW, "StartTime", "23:30");
    text(MW, "StartDate", "2026-11-01");
    layer(LAYER_OU);
    number(MW, "StartDate", 0);
    project();
    assert_true(c.decisions[SETTING_WINDOW_DATE].is_off);
    assert_int_equal(c.decisions[SETTING_WINDOW_TIME].idle_by, 18);
    assert_int_equal(diagnostics.n, 0);
}

static struct machine_limits strict(void)
{
    return (struct machine_limits){
        .security_required = true,
        .has_greatest_deferral = true,
        .greatest_deferral = 14,
        .sources_fixed = true,
        .has_restart_hours = true,
        .restart_from = 22,
        .restart_to = 5,
        .security_origin = origin_line("limits.ini", 2),
        .deferral_origin = origin_line("limits.ini", 3),
        .sources_origin = origin_line("limits.ini", 4),
        .restart_origin = origin_line("limits.ini", 5),
    };
}

static void refused(enum setting_index index, uint32_t at)
{
    const struct decision *d = &c.decisions[index];
    if (!d->refused_by)
        fail_msg("%s is not refused", settings[index].id);
    assert_int_equal(d->refused_by->at, at);
    assert_int_equal(d->source, BY_POLICY);
    assert_false(config_counts(&c, index));
}

static void what_limits_forbid_keeps_its_decision(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    number(AU, "NoAutoUpdate", 1);
    number(WU, "DeferQualityUpdates", 1);
    number(WU, "DeferQualityUpdatesPeriodInDays", 15);
    text(WU, "PauseQualityUpdatesStartTime", "2026-11-01");
    text(UPDATE "\\ExcludedPackages", "1", "nginx");
    text(UPDATE, "TargetRelease", "bookworm");
    text(UPDATE, "Proxy", "http://proxy:3128");
    number(UPDATE, "Restart", 1);
    text(UPDATE, "RestartTime", "12:00");
    struct machine_limits limits = strict();
    project_with(&limits);
    refused(SETTING_MODE, 2);
    refused(SETTING_EXCLUDED_PACKAGES, 2);
    refused(SETTING_DEFERRAL, 3);
    refused(SETTING_PAUSE_START, 3);
    refused(SETTING_TARGET_RELEASE, 4);
    refused(SETTING_PROXY, 4);
    refused(SETTING_REBOOT_TIME, 5);
    assert_false(c.paused);
    assert_true(c.has_restart_hours);
    assert_int_equal(c.deferral, 15);
    assert_int_equal(diagnostics.n, 7);
    assert_string_equal(diagnostics.first->code, "setting-refused");
}

static void what_limits_allow_is_left_alone(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    automatic();
    number(WU, "DeferQualityUpdates", 1);
    number(WU, "DeferQualityUpdatesPeriodInDays", 14);
    number(UPDATE, "Restart", 1);
    text(UPDATE, "RestartTime", "04:59");
    struct machine_limits limits = strict();
    project_with(&limits);
    assert_true(config_counts(&c, SETTING_MODE));
    assert_true(config_counts(&c, SETTING_DEFERRAL));
    assert_true(config_counts(&c, SETTING_REBOOT_TIME));
    assert_int_equal(diagnostics.n, 0);
}

static void origins_must_name_security_where_it_is_required(void **state)
{
    (void)state;
    layer(LAYER_DOMAIN);
    text(UPDATE "\\AllowedOrigins", "1", "origin=Debian,label=Debian");
    struct machine_limits limits = { .security_required = true,
                                     .security_origin = origin_line("limits.ini", 2) };
    project_with(&limits);
    refused(SETTING_ALLOWED_ORIGINS, 2);
    text(UPDATE "\\AllowedOrigins", "2", "label=Debian-Security");
    project_with(&limits);
    assert_null(c.decisions[SETTING_ALLOWED_ORIGINS].refused_by);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_said_is_all_defaults),
        TEST(a_schedule_is_read_field_by_field),
        TEST(disabled_is_manual_whatever_the_options),
        TEST(modes_have_their_numbers),
        TEST(mode_5_hands_the_choice_to_local_policy),
        TEST(mode_5_without_a_local_choice_decides_nothing),
        TEST(a_local_choice_that_a_later_file_took_back_is_none),
        TEST(a_local_choice_that_a_gpo_decides_is_shadowed),
        TEST(a_granted_local_choice_is_local),
        TEST(an_unfit_value_decides_and_no_weaker_one_is_used),
        TEST(a_deleted_value_is_decided_to_be_off),
        TEST(a_switched_off_policy_decides_its_options),
        TEST(an_option_without_its_policy_is_idle),
        TEST(senses_are_turned_where_windows_turns_them),
        TEST(a_list_is_collected_in_the_order_of_its_numbers),
        TEST(a_cleared_list_is_off),
        TEST(a_pause_ends_by_itself),
        TEST(a_month_without_restarts_ends_with_the_month),
        TEST(a_window_that_is_switched_off_is_no_window),
        TEST(what_limits_forbid_keeps_its_decision),
        TEST(what_limits_allow_is_left_alone),
        TEST(origins_must_name_security_where_it_is_required),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
