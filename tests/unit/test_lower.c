#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "engine/update/lower.h"
#include "engine/update/project.h"
#include "engine/update/settings.h"
#include "policies/local.h"
#include "tests/unit/bench.h"

#define WU "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate"
#define AU WU "\\AU"
#define UPDATE "Software\\Policies\\gpconf\\Update"

static struct arena arena;
static struct catalogue *catalogue;
static struct diagnostics diagnostics;
static struct operations machine, user;

static int load_templates(void **state)
{
    (void)state;
    catalogue = bench_shipped_catalogue();
    return 0;
}

static int drop_templates(void **state)
{
    (void)state;
    catalogue_unref(catalogue);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    machine = user = (struct operations){ 0 };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void lower(const char *ini)
{
    struct statements statements = { 0 };
    assert_int_equal(
        local_parse(ini, strlen(ini), "local.ini", &arena, &diagnostics, &statements),
        0);
    assert_int_equal(
        lower_statements(&statements, catalogue, &arena, &diagnostics, &machine, &user),
        0);
}

/* The last operation on a value; NULL. */
static const struct operation *last(const char *key, const char *name)
{
    for (size_t i = machine.n; i-- > 0;)
        if (name_equal(machine.items[i].key, key) && machine.items[i].name &&
            name_equal(machine.items[i].name, name))
            return &machine.items[i];
    return NULL;
}

static void sets(const char *key, const char *name, uint64_t number)
{
    const struct operation *o = last(key, name);
    uint64_t is = 0;
    if (!o || !value_number(&o->value, &is) || is != number)
        fail_msg("%s is not %llu", name, (unsigned long long)number);
}

static void clean(void)
{
    for (const struct diagnostic *d = diagnostics.first; d; d = d->next)
        fail_msg("%u: %s", d->origin.at, d->message);
}

static void told(const char *code, uint32_t line, const char *words)
{
    for (const struct diagnostic *d = diagnostics.first; d; d = d->next)
        if (!strcmp(d->code, code)) {
            assert_int_equal(d->origin.at, line);
            if (!strstr(d->message, words))
                fail_msg("%s", d->message);
            return;
        }
    fail_msg("%s is not told", code);
}

static void a_setting_writes_itself_and_its_switch_alone(void **state)
{
    (void)state;
    lower("[update]\nmode = automatic\ninstall-day = tuesday\ndeferral = 7\n");
    clean();
    sets(AU, "NoAutoUpdate", 0);
    sets(AU, "AUOptions", 4);
    sets(AU, "ScheduledInstallDay", 3);
    assert_int_equal(last(AU, "ScheduledInstallDay")->origin.at, 3);
    sets(WU, "DeferQualityUpdates", 1);
    sets(WU, "DeferQualityUpdatesPeriodInDays", 7);
    assert_null(last(AU, "ScheduledInstallTime")); /* required, but nobody said it */
    assert_int_equal(machine.n, 5);
    assert_int_equal(user.n, 0);
}

static void manual_is_the_policy_disabled(void **state)
{
    (void)state;
    lower("[update]\nmode = manual\n");
    clean();
    sets(AU, "NoAutoUpdate", 1);
    assert_int_equal(last(AU, "AUOptions")->op, OP_DELETE);
}

static void a_no_is_not_undone_by_an_option(void **state)
{
    (void)state;
    lower("[update]\nreboot-always = no\nreboot-delay = 30\nreboot-with-users = no\n");
    clean();
    sets(AU, "AlwaysAutoRebootAtScheduledTime", 0);
    sets(AU, "NoAutoRebootWithLoggedOnUsers", 1);
}

static void lists_and_bits_are_written_whole(void **state)
{
    (void)state;
    lower("[update]\nexcluded-packages = nginx, linux-image-*\n"
          "install-weeks = second, fourth\n");
    clean();
    assert_non_null(last(UPDATE "\\ExcludedPackages", "nginx"));
    assert_non_null(last(UPDATE "\\ExcludedPackages", "linux-image-*"));
    sets(AU, "ScheduledInstallSecondWeek", 1);
    sets(AU, "ScheduledInstallFourthWeek", 1);
}

/* Lower files in the order in which they are read; a file says a thing once. */
static void lower_files(const char *first, const char *second, const char *third)
{
    const char *files[] = { first, second, third };
    struct statements statements = { 0 };
    for (size_t i = 0; i < 3 && files[i]; i++)
        assert_int_equal(local_parse(files[i], strlen(files[i]),
                                     arena_format(&arena, "%zu.ini", i + 1), &arena,
                                     &diagnostics, &statements),
                         0);
    assert_int_equal(
        lower_statements(&statements, catalogue, &arena, &diagnostics, &machine, &user),
        0);
}

/* The files and lines that write a value, in order. */
static void written_by(const char *key, const char *name, const char *expected)
{
    const char *lines = "";
    for (size_t i = 0; i < machine.n; i++)
        if (name_equal(machine.items[i].key, key) && machine.items[i].name &&
            name_equal(machine.items[i].name, name))
            lines =
                arena_format(&arena, "%s%s:%u ", lines, machine.items[i].origin.file,
                             machine.items[i].origin.at);
    assert_string_equal(lines, expected);
}

static void what_a_later_statement_overrides_is_kept_before_it(void **state)
{
    (void)state;
    lower_files("[update]\nmode = notify\nexcluded-packages = a, b\nmail = root\n",
                "[update]\nexcluded-packages = b\nmode = manual\n",
                "[update]\nmode = automatic\n");
    written_by(AU, "AUOptions", "1.ini:2 2.ini:3 3.ini:2 ");
    written_by(AU, "NoAutoUpdate", "1.ini:2 2.ini:3 3.ini:2 ");
    written_by(UPDATE, "Mail", "1.ini:4 ");
    sets(AU, "AUOptions", 4);
    /* An entry that nothing overrides would count. */
    written_by(UPDATE "\\ExcludedPackages", "a", "");
    written_by(UPDATE "\\ExcludedPackages", "b", "1.ini:3 2.ini:2 ");
    assert_int_equal(diagnostics.n, 0);
}

static void what_cannot_be_read_hands_nothing_to_an_earlier_line(void **state)
{
    (void)state;
    lower_files("[update]\nmode = notify\n", "[update]\nmode = manul\n", NULL);
    assert_null(last(AU, "AUOptions"));
    assert_int_equal(diagnostics.n, 1);
    lower_files("[update]\nmode = manul\n", "[update]\nmode = notify\n", NULL);
    sets(AU, "AUOptions", 2);
    assert_int_equal(diagnostics.n, 2);
    assert_string_equal(diagnostics.last->origin.file, "1.ini");
}

static void the_last_statement_counts(void **state)
{
    (void)state;
    struct statements statements = { 0 };
    static const char *const files[] = { "[update]\nmode = automatic\n",
                                         "[Update]\nMODE = notify\n" };
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(local_parse(files[i], strlen(files[i]), "local.ini", &arena,
                                     &diagnostics, &statements),
                         0);
    assert_int_equal(
        lower_statements(&statements, catalogue, &arena, &diagnostics, &machine, &user),
        0);
    assert_int_equal(machine.n, 4); /* those of the first come first */
    sets(AU, "AUOptions", 2);
}

static void a_misspelt_setting_is_told_with_its_line(void **state)
{
    (void)state;
    lower("[update]\nmode = notify\ninstal-day = 3\n");
    told("lower-unknown-setting", 3, "did you mean 'update.install-day'?");
    sets(AU, "AUOptions", 2);
}

static void an_unfit_value_is_told_with_what_fits(void **state)
{
    (void)state;
    lower("[update]\nmode = sometimes\n");
    told("lower-value", 2, "automatic, download-only, notify, manual");
    assert_int_equal(machine.n, 0);
}

static void the_template_s_bounds_hold(void **state)
{
    (void)state;
    lower("[update]\ndeferral = 31\n"); /* Windows defers at most 30 days */
    assert_int_equal(machine.n, 0);
    assert_int_equal(diagnostics.first->origin.at, 2);
}

static void a_policy_is_written_whole_with_the_lines_of_its_parts(void **state)
{
    (void)state;
    lower("[policy AutoUpdateCfg]\nstate = enabled\nAUOptions = 4\n"
          "ScheduledInstallDay = 3\nScheduledInstallTime = 5\n");
    clean();
    sets(AU, "NoAutoUpdate", 0);
    sets(AU, "ScheduledInstallTime", 5);
    assert_int_equal(last(AU, "NoAutoUpdate")->origin.at, 2);
    assert_int_equal(last(AU, "ScheduledInstallTime")->origin.at, 5);
}

static void what_is_wrong_with_a_policy_is_told(void **state)
{
    (void)state;
    lower("[policy AutoUpdateCgf]\nstate = enabled\n");
    told("lower-unknown-policy", 2, "did you mean 'AutoUpdateCfg'?");
    teardown(state);
    setup(state);
    lower("[policy ActiveHours]\nstate = enabled\nActiveHourStart = 8\n");
    told("lower-unknown-element", 3, "did you mean 'ActiveHoursStart'?");
    teardown(state);
    setup(state);
    struct statement maybe = {
        STATEMENT_POLICY,           HALF_MACHINE, "OnBattery", NULL, NULL, "maybe",
        origin_line("local.ini", 2)
    };
    struct statements statements = { .items = &maybe, .n = 1 };
    assert_int_equal(
        lower_statements(&statements, catalogue, &arena, &diagnostics, &machine, &user),
        0);
    told("lower-state", 2, "enabled, disabled");
    teardown(state);
    setup(state);
    lower("[policy user OnBattery]\nstate = enabled\n");
    told("lower-half", 2, "machine half");
    assert_int_equal(user.n, 0);
    teardown(state);
    setup(state);
    lower("[policy Proxy]\nstate = disabled\nProxy = http://x\n");
    told("lower-idle-element", 3, "disabled");
    assert_int_equal(last(UPDATE, "Proxy")->op, OP_DELETE);
}

static void settings_come_after_policies(void **state)
{
    (void)state;
    lower("[update]\nmode = notify\n[policy AutoUpdateCfg]\nstate = enabled\n"
          "AUOptions = 4\nScheduledInstallDay = 3\nScheduledInstallTime = 5\n");
    sets(AU, "AUOptions", 2);
    sets(AU, "ScheduledInstallDay", 3);
}

/* What a person says is what the configuration says, for every setting. */
static void every_setting_comes_back_from_its_own_words(void **state)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = &settings[i];
        const char *text = s->kind == KIND_BOOL ? "yes" : s->example;
        if (s->choices)
            text = s->choices[0].word;
        else if (s->kind == KIND_NUMBER)
            text = arena_format(&arena, "%u", s->min);
        if (i == SETTING_BANDWIDTH || i == SETTING_BANDWIDTH_FOREGROUND)
            text = "100";
        const char *dot = strchr(s->id, '.');
        lower(arena_format(&arena, "[%.*s]\n%s = %s\n", (int)(dot - s->id), s->id,
                           dot + 1, text));
        clean();
        struct layer layer = { .kind = LAYER_LOCAL_POLICY,
                               .name = "local policy",
                               .machine = &machine };
        struct order order = { .layers = &layer, .n_layers = 1 };
        struct rsop rsop;
        struct facts facts = { 0 };
        struct update_config c;
        assert_int_equal(rsop_merge(&order, RSOP_MACHINE, &arena, &rsop), 0);
        assert_int_equal(
            project_settings(&rsop, catalogue, &facts, NULL, &arena, &diagnostics, &c),
            0);
        const char *back = settings_print(&c, (enum setting_index)i, &arena);
        if (!back || strcmp(back, text) || c.decisions[i].is_unfit ||
            c.decisions[i].source != BY_LOCAL)
            fail_msg("%s: '%s' came back as '%s'", s->id, text, back ? back : "");
        teardown(state);
        setup(state);
    }
}

static void values_of_a_private_file_are_in_no_message(void **state)
{
    (void)state;
    static const char ini[] = "[update]\ninstall-day = canary\n"
                              "[policy AutoUpdateCfg]\nScheduledInstallDay = canary\n"
                              "[policy DetectionFrequency]\n"
                              "DetectionFrequency = 97\n";
    for (int hidden = 0; hidden < 2; hidden++) {
        struct statements statements = { 0 };
        size_t shown = 0;
        diagnostics_init(&diagnostics, &arena);
        assert_int_equal(local_parse(ini, sizeof ini - 1, "local.ini", &arena,
                                     &diagnostics, &statements),
                         0);
        for (size_t i = 0; i < statements.n; i++)
            statements.items[i].origin.is_private = hidden;
        assert_int_equal(lower_statements(&statements, catalogue, &arena, &diagnostics,
                                          &machine, &user),
                         0);
        assert_true(diagnostics.errors >= 3);
        for (const struct diagnostic *d = diagnostics.first; d; d = d->next)
            shown += strstr(d->message, "canary") || strstr(d->message, " 97,");
        assert_int_equal(shown, hidden ? 0 : 3);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_setting_writes_itself_and_its_switch_alone),
        TEST(manual_is_the_policy_disabled),
        TEST(a_no_is_not_undone_by_an_option),
        TEST(lists_and_bits_are_written_whole),
        TEST(the_last_statement_counts),
        TEST(what_a_later_statement_overrides_is_kept_before_it),
        TEST(what_cannot_be_read_hands_nothing_to_an_earlier_line),
        TEST(a_misspelt_setting_is_told_with_its_line),
        TEST(an_unfit_value_is_told_with_what_fits),
        TEST(the_template_s_bounds_hold),
        TEST(a_policy_is_written_whole_with_the_lines_of_its_parts),
        TEST(what_is_wrong_with_a_policy_is_told),
        TEST(settings_come_after_policies),
        TEST(every_setting_comes_back_from_its_own_words),
        TEST(values_of_a_private_file_are_in_no_message),
    };
    return !!cmocka_run_group_tests(tests, load_templates, drop_templates);
}
