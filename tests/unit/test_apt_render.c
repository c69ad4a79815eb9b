#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/process.h"
#include "engine/change/label.h"
#include "engine/providers/apt/render_parts.h"
#include "engine/update/grammar.h"
#include "engine/update/rules.h"
#include "support.h"

/* Each case is a configuration and the files that must come of it, below
 * tests/golden/apt/CASE. GPCONF_GOLDEN=write writes them anew; read the difference. */

static struct arena arena;
static struct diagnostics diagnostics;
static struct update_config c;
static struct client client;
static struct change plan;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 64 << 20);
    diagnostics_init(&diagnostics, &arena);
    c = (struct update_config){ .install_time = 3,
                                .reboot_with_users = 1,
                                .reboot_delay = 15 };
    client = (struct client){ .present = true,
                              .distribution = "debian",
                              .codename = "bookworm" };
    plan = (struct change){ 0 };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void configure(const enum setting_index *which, size_t n)
{
    for (size_t i = 0; i < n; i++)
        c.decisions[which[i]].source = BY_POLICY;
}
#define CONFIGURE(...)                                                                 \
    configure((const enum setting_index[]){ __VA_ARGS__ },                             \
              sizeof((const enum setting_index[]){ __VA_ARGS__ }) /                    \
                  sizeof(enum setting_index))

/* --- Comparing with the golden files -------------------------------------------- */

static char *golden_path(const char *name, const char *target)
{
    return arena_format(&arena, "%s/tests/golden/apt/%s%s%s", GPCONF_SOURCE_DIR, name,
                        *target ? "/" : "", target);
}

static void compare_file(const char *name, const struct step *step)
{
    char *path = golden_path(name, step->target);
    const char *mode = getenv("GPCONF_GOLDEN");
    if (mode && !strcmp(mode, "write")) {
        /* apt.conf.d and the drop-in folders are flat: one folder per file. */
        char *folder = arena_string(&arena, path);
        for (char *slash = folder + 1; (slash = strchr(slash, '/')); slash++) {
            *slash = '\0';
            scratch_folder("/", folder + 1);
            *slash = '/';
        }
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fwrite(step->after, 1, step->after_size, file);
        fclose(file);
        return;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s: not expected:\n%s", path, (const char *)step->after);
    static char expected[65536];
    size_t n = fread(expected, 1, sizeof expected - 1, file);
    fclose(file);
    expected[n] = '\0';
    if (n != step->after_size || memcmp(expected, step->after, n))
        fail_msg("%s differs; it is now:\n%s", path, (const char *)step->after);
}

static size_t count_golden(const char *name)
{
    const char *arguments[] = { "/usr/bin/find", golden_path(name, ""), "-type", "f",
                                NULL };
    struct process process = { .arguments = arguments, .seconds = 10 };
    struct process_result result;
    if (process_run(&process, &arena, &result) != 0)
        return 0;
    size_t n = 0;
    for (const char *at = result.output; *at; at++)
        n += *at == '\n';
    return n;
}

/* Every claim names a line that says so. */
static void check_claims(const struct step *step)
{
    assert_int_equal(label_check(step->after, step->after_size), LABEL_OURS);
    for (size_t i = 0; i < step->n_claims; i++) {
        const struct claim *claim = &step->claims[i];
        assert_true((claim->fidelity == FIDELITY_UNSUPPORTED) == !claim->value);
        assert_true(claim->fidelity == FIDELITY_EXACT || claim->why);
        if (!claim->value)
            continue;
        const char *line = step->after;
        for (uint32_t n = 1; n < claim->line; n++)
            line = strchr(line, '\n') + 1;
        char *text = arena_string_n(&arena, line, strcspn(line, "\n"));
        const char *key = claim->key;
        const char *colon = strstr(key, ".timer:")     ? strstr(key, ":")
                            : strstr(key, ".service:") ? strstr(key, ":")
                                                       : NULL;
        if (!strstr(text, colon ? colon + 1 : key) || !strstr(text, claim->value))
            fail_msg("line %u is '%s', not %s %s", claim->line, text, claim->key,
                     claim->value);
    }
}

/* --- Outside judges --------------------------------------------------------------- */

static const char auto_upgrades[] = "APT::Periodic::Update-Package-Lists \"1\";\n"
                                    "APT::Periodic::Unattended-Upgrade \"1\";\n";
static const char shipped[] =
    "Unattended-Upgrade::Allowed-Origins {\n"
    "  \"Other:stable\";\n};\n"
    "Unattended-Upgrade::Origins-Pattern {\n"
    "  \"origin=Shipped\";\n};\n"
    "Unattended-Upgrade::Package-Blacklist { \"shipped\"; };\n"
    "Unattended-Upgrade::Update-Days { \"Mon\"; };\n";

static bool in_dump(const char *dump, const char *key, const char *value)
{
    return strstr(dump, arena_format(&arena, "\n%s \"%s\";\n", key, value)) ||
           strstr(dump, arena_format(&arena, "\n%s:: \"%s\";\n", key, value));
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

/* apt reads the file with the distribution's own beside it. */
static void apt_judges(const struct step *step)
{
    if (access("/usr/bin/apt-config", X_OK) != 0)
        return;
    char *root = scratch_new();
    scratch_text(root, "etc/apt/apt.conf.d/20auto-upgrades", auto_upgrades);
    scratch_text(root, "etc/apt/apt.conf.d/50unattended-upgrades", shipped);
    scratch_write(root, step->target, step->after, step->after_size);
    scratch_text(root, "apt.conf", arena_format(&arena, "Dir \"%s/\";\n", root));
    const char *arguments[] = { "/usr/bin/apt-config", "dump", NULL };
    const char *environment[] = { arena_format(&arena, "APT_CONFIG=%s/apt.conf", root),
                                  NULL };
    struct process process = { .arguments = arguments,
                               .environment = environment,
                               .seconds = 30 };
    struct process_result result;
    assert_int_equal(process_run(&process, &arena, &result), 0);
    if (result.exit_status != 0)
        fail_msg("apt-config: %s", result.errors);
    size_t patterns = 0, blacklist = 0;
    for (size_t i = 0; i < step->n_claims; i++) {
        const struct claim *claim = &step->claims[i];
        if (!claim->value || !*claim->value)
            continue; /* what was emptied is counted below */
        if (!in_dump(result.output, claim->key, claim->value))
            fail_msg("apt does not see %s \"%s\"", claim->key, claim->value);
        patterns += !!strstr(claim->key, "::Origins-Pattern");
        blacklist += !!strstr(claim->key, "::Package-Blacklist");
    }
    const char *text = step->after;
    if (patterns) {
        assert_int_equal(count(result.output, "Origins-Pattern::"), patterns);
        assert_int_equal(count(result.output, "Allowed-Origins::"), 0);
    }
    if (blacklist)
        assert_int_equal(count(result.output, "Package-Blacklist::"), blacklist);
    if (strstr(text, "#clear Unattended-Upgrade::Update-Days"))
        assert_int_equal(count(result.output, "Update-Days::"), 0);
    scratch_remove(root);
}

static void copy_unit(const char *root, const char *unit)
{
    static char text[8192];
    FILE *file = fopen(arena_format(&arena, "/lib/systemd/system/%s", unit), "r");
    if (!file)
        return;
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    scratch_write(root, arena_format(&arena, "etc/systemd/system/%s", unit), text, n);
}

/* systemd loads the units with our drop-ins and has nothing to say. */
static void systemd_judges(void)
{
    static const char *const units[] = { "apt-daily.timer", "apt-daily-upgrade.timer",
                                         "apt-daily.service",
                                         "apt-daily-upgrade.service" };
    if (access("/usr/bin/systemd-analyze", X_OK) != 0 ||
        access("/lib/systemd/system/apt-daily.timer", R_OK) != 0)
        return;
    char *root = scratch_new();
    size_t drop_ins = 0;
    for (size_t i = 0; i < 4; i++)
        copy_unit(root, units[i]);
    for (size_t i = 0; i < plan.n_steps; i++)
        if (!strncmp(plan.steps[i].target, "etc/systemd/", 12)) {
            scratch_write(root, plan.steps[i].target, plan.steps[i].after,
                          plan.steps[i].after_size);
            drop_ins++;
        }
    const char *environment[] = {
        arena_format(&arena, "SYSTEMD_UNIT_PATH=%s/etc/systemd/system:", root), NULL
    };
    for (size_t i = 0; drop_ins && i < 4; i++) {
        const char *arguments[] = {
            "/usr/bin/systemd-analyze", "verify", "--man=no",
            arena_format(&arena, "%s/etc/systemd/system/%s", root, units[i]), NULL
        };
        struct process process = { .arguments = arguments,
                                   .environment = environment,
                                   .seconds = 60 };
        struct process_result result;
        assert_int_equal(process_run(&process, &arena, &result), 0);
        if (result.exit_status != 0 || strstr(result.errors, "50-gpconf"))
            fail_msg("systemd-analyze verify %s: %s", units[i], result.errors);
    }
    scratch_remove(root);
}

static void render(const char *name, size_t files)
{
    rules_apply(&c, &diagnostics);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    if (plan.n_steps != files)
        fail_msg("%s: %zu files, not %zu", name, plan.n_steps, files);
    for (size_t i = 0; i < plan.n_steps; i++) {
        check_claims(&plan.steps[i]);
        compare_file(name, &plan.steps[i]);
        if (strstr(plan.steps[i].target, "apt.conf.d"))
            apt_judges(&plan.steps[i]);
    }
    if (files)
        assert_int_equal(count_golden(name), files);
    systemd_judges();
}

/* The claim of a key; that it was emptied does not count. */
static const struct claim *claim(const char *key)
{
    for (size_t i = 0; i < plan.n_steps; i++)
        for (size_t j = 0; j < plan.steps[i].n_claims; j++) {
            const struct claim *it = &plan.steps[i].claims[j];
            if (!strcmp(it->key, key) && (!it->value || *it->value))
                return it;
        }
    return NULL;
}

/* --- Cases --------------------------------------------------------------------------
 */

static void nothing_configured_writes_nothing(void **state)
{
    (void)state;
    render("nothing", 0);
    assert_int_equal(diagnostics.n, 0);
}

static void manual(void **state)
{
    (void)state;
    c.mode = MODE_MANUAL;
    CONFIGURE(SETTING_MODE, SETTING_INSTALL_DAY);
    render("manual", 1);
    assert_int_equal(plan.steps[0].gate, GATE_CLOSES);
}

static void notify(void **state)
{
    (void)state;
    c.mode = MODE_NOTIFY;
    c.check_interval = 20;
    CONFIGURE(SETTING_MODE, SETTING_CHECK_INTERVAL);
    render("notify", 2);
}

static void download_only(void **state)
{
    (void)state;
    c.mode = MODE_DOWNLOAD;
    c.bandwidth = 500;
    c.proxy = "http://proxy.example.test:3128";
    CONFIGURE(SETTING_MODE, SETTING_BANDWIDTH, SETTING_PROXY);
    render("download-only", 1);
    assert_int_equal(claim("APT::Periodic::Download-Upgradeable-Packages")->fidelity,
                     FIDELITY_APPROXIMATE);
}

static void second_tuesday(void **state)
{
    (void)state;
    static const char *const packages[] = { "linux-image-*", "libstdc++6", "nginx" };
    c.mode = MODE_AUTOMATIC;
    c.install_day = 3;
    c.install_weeks = 1 << 1;
    c.excluded_packages = (struct config_list){ packages, 3 };
    c.recommended = 0;
    c.reboot = REBOOT_NEEDED;
    c.mail = "root";
    c.mail_report = MAIL_ON_ERROR;
    CONFIGURE(SETTING_MODE, SETTING_INSTALL_DAY, SETTING_INSTALL_TIME,
              SETTING_INSTALL_WEEKS, SETTING_EXCLUDED_PACKAGES, SETTING_RECOMMENDED,
              SETTING_REBOOT, SETTING_MAIL, SETTING_MAIL_REPORT);
    render("second-tuesday", 3);
    assert_int_equal(plan.steps[0].gate, GATE_OPENS);
    assert_string_equal(claim("apt-daily-upgrade.timer:OnCalendar")->value,
                        "Tue *-*-08..14 03:00:00");
}

static void midnight_with_an_interval(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.install_time = 0;
    c.check_interval = 6;
    c.wake = 1;
    c.on_battery = 1;
    c.decisions[SETTING_MISSED_INSTALL].source = BY_POLICY;
    c.decisions[SETTING_MISSED_INSTALL].is_off = true;
    CONFIGURE(SETTING_MODE, SETTING_INSTALL_TIME, SETTING_CHECK_INTERVAL, SETTING_WAKE,
              SETTING_ON_BATTERY);
    render("midnight", 5);
    assert_string_equal(claim("apt-daily.timer:OnCalendar")->value, "*-*-* 00/6:00:00");
    assert_int_equal(claim("apt-daily.timer:OnCalendar")->fidelity, FIDELITY_EXACT);
}

static void an_automatic_time_keeps_the_distribution_s_timers(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.install_time = INSTALL_TIME_AUTOMATIC;
    CONFIGURE(SETTING_MODE, SETTING_INSTALL_DAY, SETTING_INSTALL_TIME);
    render("automatic-time", 1);
}

static void listed_origins_on_a_target_release(void **state)
{
    (void)state;
    static const char *const origins[] = {
        "origin=Debian,codename=${distro_codename}-security,label=Debian-Security",
        "site=apt.example.test"
    };
    c.allowed_origins = (struct config_list){ origins, 2 };
    c.target_release = "bookworm";
    CONFIGURE(SETTING_ALLOWED_ORIGINS, SETTING_TARGET_RELEASE);
    render("origins", 1);
}

static void active_hours_restart_at_their_end(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot = REBOOT_NEEDED;
    c.reboot_time = "12:30"; /* within the active hours */
    c.active_start = 8;
    c.active_end = 17;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT, SETTING_REBOOT_TIME, SETTING_ACTIVE_START,
              SETTING_ACTIVE_END);
    render("active-hours", 1);
    assert_string_equal(claim("Unattended-Upgrade::Automatic-Reboot-Time")->value,
                        "17:00");
}

static void a_fixed_restart_ignores_users(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot_always = 1;
    c.reboot_delay = 30;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY);
    render("fixed-restart", 1);
}

static void sparing_users(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot_with_users = 0;
    c.reboot = REBOOT_NEEDED;
    c.reboot_warning = 10;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT, SETTING_REBOOT_WITH_USERS,
              SETTING_REBOOT_WARNING);
    render("sparing-users", 1);
}

static void a_pause_stops_installing_alone(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.pause_start = "2026-11-01";
    c.paused = true;
    CONFIGURE(SETTING_MODE, SETTING_PAUSE_START);
    render("pause", 1);
    assert_int_equal(plan.steps[0].gate, GATE_CLOSES);
}

static void a_month_without_restarts(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot = REBOOT_NEEDED;
    c.rebootless_months = 1 << 10;
    c.rebootless_now = true;
    c.rebootless_held = 1;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT, SETTING_REBOOTLESS_MONTHS);
    render("rebootless", 1);
    assert_string_equal(claim("Unattended-Upgrade::Automatic-Reboot")->value, "false");
}

static void a_weekly_window(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.window_date = "2026-11-01";
    c.window_time = "23:30";
    c.window_repeat = WINDOW_WEEKLY;
    c.window_every_weeks = 1;
    c.window_days = 1 << 6;
    CONFIGURE(SETTING_MODE, SETTING_WINDOW_DATE, SETTING_WINDOW_TIME);
    render("window", 3);
}

static void a_window_that_no_timer_can_say_installs_nothing(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.window_date = "2026-11-01";
    c.window_time = "23:30";
    c.window_repeat = WINDOW_DAILY;
    c.window_every_days = 3;
    CONFIGURE(SETTING_MODE, SETTING_WINDOW_DATE, SETTING_WINDOW_TIME);
    render("window-odd", 1);
    assert_string_equal(claim("APT::Periodic::Unattended-Upgrade")->value, "0");
    assert_string_equal(diagnostics.first->code, "apt-window");
}

/* --- What is not done is said --------------------------------------------------------
 */

static void what_apt_cannot_do_is_told(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.deferral = 7;
    c.bandwidth = 3000000;
    CONFIGURE(SETTING_MODE, SETTING_DEFERRAL, SETTING_BANDWIDTH, SETTING_DEADLINE,
              SETTING_DEADLINE_GRACE);
    rules_apply(&c, &diagnostics);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_int_equal(claim("update.deferral")->fidelity, FIDELITY_UNSUPPORTED);
    assert_int_equal(claim("update.deadline")->fidelity, FIDELITY_UNSUPPORTED);
    assert_int_equal(claim("update.deadline-grace")->fidelity, FIDELITY_UNSUPPORTED);
    assert_int_equal(claim("update.bandwidth-limit")->fidelity, FIDELITY_UNSUPPORTED);
    assert_null(claim("Acquire::http::Dl-Limit"));
    assert_int_equal(diagnostics.n, 3);
}

/* What apt cannot follow switches off nothing that it can (ADR 6). */
static void a_deadline_leaves_the_schedule(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.install_time = 3;
    CONFIGURE(SETTING_MODE, SETTING_INSTALL_TIME, SETTING_DEADLINE);
    rules_apply(&c, &diagnostics);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_string_equal(claim("apt-daily-upgrade.timer:OnCalendar")->value,
                        "*-*-* 03:00:00");
    assert_non_null(strstr(diagnostics.last->message, "keep their schedule"));
}

/* What is private where it comes from is so where it goes (ADR 7). */
static void a_private_value_is_in_no_file_that_all_may_read(void **state)
{
    (void)state;
    size_t found = 0;
    c.mail = "root";
    c.proxy = "http://canary.example.test:3128";
    CONFIGURE(SETTING_MAIL, SETTING_PROXY);
    c.decisions[SETTING_PROXY].is_private = true;
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_int_equal(plan.n_steps, 2);
    for (size_t i = 0; i < plan.n_steps; i++) {
        const struct step *step = &plan.steps[i];
        bool canary = memmem(step->after, step->after_size, "canary", 6) != NULL;
        assert_int_equal(step->mode, canary ? 0600 : 0644);
        check_claims(step);
        found += canary;
    }
    assert_int_equal(found, 1);
    assert_true(claim("Acquire::http::Proxy")->sensitive);
    assert_int_equal(plan.steps[0].mode, 0644);
}

static void an_idle_refused_or_unfit_setting_is_not_written(void **state)
{
    (void)state;
    struct origin line = origin_line("limits.ini", 2);
    c.mail = "root";
    c.proxy = "http://x";
    c.metered = 1;
    CONFIGURE(SETTING_MAIL, SETTING_PROXY, SETTING_METERED);
    c.decisions[SETTING_MAIL].is_unfit = true;
    c.decisions[SETTING_PROXY].refused_by = &line;
    c.decisions[SETTING_METERED].idle_by = 17;
    render("nothing", 0);
}

static void restart_hours_of_the_machine_move_the_restart(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot = REBOOT_NEEDED;
    c.has_restart_hours = true;
    c.restart_from = 22;
    c.restart_to = 5;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_string_equal(claim("Unattended-Upgrade::Automatic-Reboot-Time")->value,
                        "22:00");
}

static void without_an_hour_to_restart_there_is_no_restart(void **state)
{
    (void)state;
    c.mode = MODE_AUTOMATIC;
    c.reboot = REBOOT_NEEDED;
    c.has_restart_hours = true;
    c.restart_from = 9;
    c.restart_to = 12;
    c.active_start = 8;
    c.active_end = 17;
    CONFIGURE(SETTING_MODE, SETTING_REBOOT, SETTING_ACTIVE_START, SETTING_ACTIVE_END);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_string_equal(claim("Unattended-Upgrade::Automatic-Reboot")->value, "false");
    assert_string_equal(diagnostics.first->code, "apt-no-restart");
}

static void another_driver_or_a_list_without_apt_stands_us_down(void **state)
{
    (void)state;
    static const char *const providers[] = { "dnf" };
    c.mode = MODE_MANUAL;
    CONFIGURE(SETTING_MODE);
    client.orchestrator = "Azure";
    render("nothing", 0);
    assert_string_equal(diagnostics.first->code, "apt-orchestrator");
    client.orchestrator = NULL;
    c.providers = (struct config_list){ providers, 1 };
    CONFIGURE(SETTING_PROVIDERS);
    render("nothing", 0);
    assert_string_equal(diagnostics.last->code, "apt-not-named");
    assert_string_equal(diagnostics.last->message,
                        "gpconf.providers does not name apt, writing nothing for apt");
}

static void a_value_that_would_break_apt_is_refused(void **state)
{
    (void)state;
    c.mail = "a\"; evil \"";
    c.proxy = "http://x\n";
    CONFIGURE(SETTING_MAIL, SETTING_PROXY);
    render("nothing", 0);
    assert_int_equal(diagnostics.errors, 3); /* mail, http and https */
    assert_non_null(strstr(diagnostics.first->message, "update.mail"));
}

static void exclusions_become_anchored_expressions(void **state)
{
    (void)state;
    assert_string_equal(apt_regex("nginx", &arena), "^nginx$");
    assert_string_equal(apt_regex("libstdc++6", &arena), "^libstdc\\+\\+6$");
    assert_string_equal(apt_regex("linux-image-*", &arena), "^linux-image-.*$");
    assert_string_equal(apt_regex("g?b.c", &arena), "^g.b\\.c$");
}

/* Ten thousand texts a grammar: each is refused, or apt reads back what was written. */
static void whatever_fits_a_grammar_apt_reads_back(void **state)
{
    (void)state;
    static const char alphabet[] = "abzAZ09.+-_~*?:/=,@ ${}()[]\\\"';#&%\n\t|^\xc3\xa9"
                                   "origin=Debian,codename=${distro_codename}";
    enum { ROUNDS = 10000, KEPT = 4000 };
    static const char *packages[KEPT], *origins[KEPT];
    uint32_t seed = 7;
    size_t n_packages = 0, n_origins = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char text[24], origin[32];
        size_t n = 1 + (size_t)i % 12;
        for (size_t at = 0; at < n; at++) {
            seed = seed * 1664525u + 1013904223u;
            text[at] = alphabet[(seed >> 10) % (sizeof alphabet - 1)];
        }
        text[n] = '\0';
        snprintf(origin, sizeof origin, "origin=%s", text);
        const char *why;
        if (n_packages < KEPT && grammar_fits(GRAMMAR_PACKAGE, text, &why))
            packages[n_packages++] = arena_string(&arena, text);
        if (n_origins < KEPT && grammar_fits(GRAMMAR_ORIGIN, origin, &why))
            origins[n_origins++] = arena_string(&arena, origin);
    }
    assert_true(n_packages > 100 && n_origins > 100);
    c.excluded_packages = (struct config_list){ packages, n_packages };
    c.allowed_origins = (struct config_list){ origins, n_origins };
    CONFIGURE(SETTING_EXCLUDED_PACKAGES, SETTING_ALLOWED_ORIGINS);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_int_equal(diagnostics.n, 0);
    assert_int_equal(plan.steps[0].n_claims, n_packages + n_origins + 3); /* emptied */
    check_claims(&plan.steps[0]);
    apt_judges(&plan.steps[0]);
}

static void an_unknown_distribution_keeps_its_origins(void **state)
{
    (void)state;
    client.distribution = "other";
    c.recommended = 1;
    CONFIGURE(SETTING_RECOMMENDED);
    render("nothing", 0);
    assert_string_equal(diagnostics.first->code, "apt-unsupported");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_configured_writes_nothing),
        TEST(manual),
        TEST(notify),
        TEST(download_only),
        TEST(second_tuesday),
        TEST(midnight_with_an_interval),
        TEST(an_automatic_time_keeps_the_distribution_s_timers),
        TEST(listed_origins_on_a_target_release),
        TEST(active_hours_restart_at_their_end),
        TEST(a_fixed_restart_ignores_users),
        TEST(sparing_users),
        TEST(a_pause_stops_installing_alone),
        TEST(a_month_without_restarts),
        TEST(a_weekly_window),
        TEST(a_window_that_no_timer_can_say_installs_nothing),
        TEST(what_apt_cannot_do_is_told),
        TEST(a_deadline_leaves_the_schedule),
        TEST(a_private_value_is_in_no_file_that_all_may_read),
        TEST(an_idle_refused_or_unfit_setting_is_not_written),
        TEST(restart_hours_of_the_machine_move_the_restart),
        TEST(without_an_hour_to_restart_there_is_no_restart),
        TEST(another_driver_or_a_list_without_apt_stands_us_down),
        TEST(a_value_that_would_break_apt_is_refused),
        TEST(exclusions_become_anchored_expressions),
        TEST(whatever_fits_a_grammar_apt_reads_back),
        TEST(an_unknown_distribution_keeps_its_origins),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
