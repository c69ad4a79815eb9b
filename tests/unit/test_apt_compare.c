#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/facts/facts.h"
#include "engine/providers/apt/compare.h"
#include "engine/providers/apt/observe.h"
#include "engine/providers/apt/observe_parts.h"
#include "engine/providers/apt/render.h"
#include "engine/update/rules.h"
#include "tests/unit/bench.h"

/* Installations on the second Tuesday at three, as of 2026-11-24 00:00 UTC. */
enum { NOW = 1795478400 };
static const char *const runs[] = { "1796698800", "1799722800", "1802142000" };
static const char *const refreshes[] = { "1795482000", "1795568400", "1795654800" };

static struct update_config config;
static struct client client;
static struct facts facts;
static struct change wanted;
static struct view view;
static struct findings found;

static int set_up(void **state)
{
    int status = bench_set_up_root(state);
    struct bench *b = *state;
    config = (struct update_config){ .mode = MODE_AUTOMATIC,
                                     .install_day = 3,
                                     .install_time = 3,
                                     .install_weeks = 1 << 1 };
    static const enum setting_index configured[] = { SETTING_MODE, SETTING_INSTALL_DAY,
                                                     SETTING_INSTALL_TIME,
                                                     SETTING_INSTALL_WEEKS };
    for (size_t i = 0; i < 4; i++)
        config.decisions[configured[i]].source = BY_POLICY;
    client = (struct client){ .present = true,
                              .version = "2.9",
                              .distribution = "debian",
                              .codename = "bookworm",
                              .systemd_running = true };
    facts = (struct facts){ .now = NOW };
    wanted = (struct change){ 0 };
    view = (struct view){ 0 };
    found = (struct findings){ 0 };
    rules_apply(&config, &b->diagnostics);
    assert_int_equal(apt_render(&config, &client, &b->arena, &b->diagnostics, &wanted),
                     0);
    return status;
}

static void say(struct bench *b, const char *key, const char *value)
{
    observe_add(&view, &b->arena, key, value, NULL);
}

/* A machine where everything is as it was wanted. */
static void all_is_well(struct bench *b)
{
    static const char *const readers[] = { "apt", "units", "calendar", "origins",
                                           "sources" };
    static const char *const timers[] = { "apt-daily.timer",
                                          "apt-daily-upgrade.timer" };
    for (size_t i = 0; i < 5; i++)
        say(b, "asked", readers[i]);
    for (size_t i = 0; i < wanted.n_steps; i++)
        for (size_t k = 0; k < wanted.steps[i].n_claims; k++) {
            const struct claim *claim = &wanted.steps[i].claims[k];
            bool again = k && claim->line == wanted.steps[i].claims[k - 1].line;
            if (!again)
                say(b, claim->key, claim->value);
        }
    for (size_t i = 0; i < 2; i++) {
        say(b, arena_format(&b->arena, "%s:enabled", timers[i]), "enabled");
        say(b, arena_format(&b->arena, "%s:active", timers[i]), "active");
        say(b, arena_format(&b->arena, "%s:reload", timers[i]), "no");
        for (size_t n = 0; n < 3; n++)
            say(b, arena_format(&b->arena, "%s:next", timers[i]),
                i ? runs[n] : refreshes[n]);
    }
    say(b, "apt-daily-upgrade.timer:elapses", runs[0]);
    say(b, "origin", "o=Debian");
    say(b, "origin-matched", "o=Debian");
}

/* Say something else in place of what is said. NULL: say nothing. */
static void instead(const char *key, const char *value)
{
    size_t kept = 0;
    for (size_t i = 0; i < view.n; i++) {
        bool it = strcmp(view.entries[i].key, key) == 0;
        if (it && !value)
            continue;
        if (it)
            view.entries[i].value = value;
        view.entries[kept++] = view.entries[i];
    }
    view.n = kept;
}

static void silence(const char *reader)
{
    for (size_t i = 0; i < view.n; i++)
        if (strcmp(view.entries[i].key, "asked") == 0 &&
            strcmp(view.entries[i].value, reader) == 0)
            view.entries[i].value = "-";
}

static void compare(struct bench *b)
{
    assert_int_equal(
        apt_compare(&wanted, &config, &facts, &client, &view, &b->arena, &found), 0);
}

/* The worst that was found about a key. */
static const struct finding *finding(const char *key)
{
    static const int badness[] = { [FINDING_IN_EFFECT] = 0,
                                   [FINDING_PENDING] = 1,
                                   [FINDING_UNKNOWN] = 2,
                                   [FINDING_DRIFTED] = 3,
                                   [FINDING_ERROR] = 4 };
    const struct finding *worst = NULL;
    for (size_t i = 0; i < found.n; i++) {
        const struct finding *f = &found.items[i];
        if (strcmp(f->key, key) == 0 &&
            (!worst || badness[f->state] > badness[worst->state]))
            worst = f;
    }
    return worst;
}

static size_t count(enum finding_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < found.n; i++)
        n += found.items[i].state == state;
    return n;
}

/* The one thing that is wrong. */
static void assert_only(const char *key, enum finding_state state)
{
    const struct finding *it = finding(key);
    assert_non_null(it);
    assert_int_equal(it->state, state);
    assert_non_null(it->why);
    for (size_t i = 0; i < found.n; i++)
        if (found.items[i].state != FINDING_IN_EFFECT &&
            strcmp(found.items[i].key, key) != 0)
            fail_msg("%s: %s", found.items[i].key, found.items[i].why);
}

static void what_is_as_wanted_is_in_effect(void **state)
{
    all_is_well(*state);
    compare(*state);
    for (size_t i = 0; i < found.n; i++)
        if (found.items[i].state != FINDING_IN_EFFECT)
            fail_msg("%s: %s", found.items[i].key, found.items[i].why);
    assert_string_equal(finding("apt-daily-upgrade.timer:elapses")->seen,
                        "2026-12-08 03:00");
    assert_string_equal(finding("apt-daily-upgrade.timer:next")->seen,
                        "2026-12-08 03:00");
    assert_null(finding("origin")->why);
}

static void nothing_wanted_finds_nothing(void **state)
{
    wanted.n_steps = 0;
    compare(*state);
    assert_int_equal(found.n, 0);
}

static void steps_of_others_are_not_apts(void **state)
{
    all_is_well(*state);
    for (size_t i = 0; i < wanted.n_steps; i++)
        wanted.steps[i].owner = "dnf";
    compare(*state);
    assert_int_equal(found.n, 0);
}

static void no_matching_source_is_an_error(void **state)
{
    all_is_well(*state);
    instead("origin-matched", NULL);
    compare(*state);
    assert_only("origin", FINDING_ERROR);
    assert_non_null(strstr(finding("origin")->why, "apt-get update"));
    instead("origin", NULL);
    compare(*state);
    assert_only("origin", FINDING_ERROR);
    assert_null(finding("origin")->seen);
}

static void origins_of_ours_that_match_nothing_are_our_fault(void **state)
{
    static const char *const origins[] = { "origin=Nobody" };
    struct bench *b = *state;
    config.allowed_origins = (struct config_list){ origins, 1 };
    config.decisions[SETTING_ALLOWED_ORIGINS].source = BY_POLICY;
    wanted = (struct change){ 0 };
    assert_int_equal(apt_render(&config, &client, &b->arena, &b->diagnostics, &wanted),
                     0);
    all_is_well(b);
    instead("origin-matched", NULL);
    compare(b);
    assert_only("origin", FINDING_ERROR);
    assert_string_equal(finding("origin")->file, "etc/apt/apt.conf.d/99-gpconf.conf");
    assert_string_equal(finding("origin")->claim->setting, "update.allowed-origins");
    silence("sources"); /* nothing was fetched yet: who knows */
    compare(b);
    assert_null(finding("origin")->file);
}

static void an_image_without_lists_is_not_blamed(void **state)
{
    all_is_well(*state);
    instead("origin-matched", NULL);
    silence("sources");
    compare(*state);
    assert_only("origin", FINDING_ERROR);
    client.systemd_running = false;
    compare(*state);
    assert_int_equal(finding("origin")->state, FINDING_PENDING);
}

static void one_that_does_not_match_beside_one_that_does_is_told(void **state)
{
    all_is_well(*state);
    say(*state, "origin", "o=None");
    compare(*state);
    assert_int_equal(count(FINDING_IN_EFFECT), found.n);
    const struct finding *last = &found.items[found.n - 1];
    assert_string_equal(last->seen, "o=None");
    assert_non_null(last->why);
}

static void a_mode_that_installs_nothing_needs_no_source(void **state)
{
    all_is_well(*state);
    config.mode = MODE_NOTIFY;
    instead("origin-matched", NULL);
    compare(*state);
    assert_null(finding("origin"));
    assert_null(finding("apt-daily-upgrade.timer:active"));
    assert_non_null(finding("apt-daily.timer:active"));
}

static void without_the_client_nothing_is_installed(void **state)
{
    all_is_well(*state);
    client.version = NULL;
    compare(*state);
    assert_only("origin", FINDING_ERROR);
    assert_non_null(strstr(finding("origin")->why, "apt-get install"));
}

static void a_reader_that_is_absent_leaves_it_unknown(void **state)
{
    all_is_well(*state);
    silence("origins");
    compare(*state);
    assert_only("origin", FINDING_UNKNOWN);
    silence("apt");
    silence("units");
    compare(*state);
    assert_int_equal(finding("APT::Periodic::Enable")->state, FINDING_UNKNOWN);
    assert_int_equal(finding("apt-daily-upgrade.timer:OnCalendar")->state,
                     FINDING_UNKNOWN);
    assert_null(finding("APT::Periodic::Enable")->seen);
}

static void without_systemd_timers_are_pending_and_apt_is_not(void **state)
{
    all_is_well(*state);
    client.systemd_running = false;
    instead("apt-daily.timer:active", NULL);
    instead("apt-daily-upgrade.timer:active", NULL);
    instead("apt-daily-upgrade.timer:elapses", NULL);
    compare(*state);
    assert_int_equal(finding("APT::Periodic::Enable")->state, FINDING_IN_EFFECT);
    assert_int_equal(finding("apt-daily-upgrade.timer:OnCalendar")->state,
                     FINDING_PENDING);
    assert_int_equal(finding("apt-daily.timer:active")->state, FINDING_PENDING);
    assert_int_equal(finding("apt-daily-upgrade.timer:next")->state, FINDING_PENDING);
    assert_int_equal(count(FINDING_DRIFTED) + count(FINDING_ERROR), 0);
}

static void what_systemd_has_not_read_is_pending(void **state)
{
    all_is_well(*state);
    instead("apt-daily-upgrade.timer:reload", "yes");
    compare(*state);
    assert_int_equal(finding("apt-daily-upgrade.timer:OnCalendar")->state,
                     FINDING_PENDING);
    assert_int_equal(finding("apt-daily.timer:OnCalendar")->state, FINDING_IN_EFFECT);
}

static void a_timer_that_does_not_wait_is_an_error(void **state)
{
    static const struct {
        const char *key, *value, *advice;
    } cases[] = {
        { "apt-daily-upgrade.timer:enabled", "masked", "unmask" },
        { "apt-daily-upgrade.timer:enabled", "disabled", "enable --now" },
        { "apt-daily-upgrade.timer:enabled", "not-found", "package apt" },
        { "apt-daily-upgrade.timer:active", "inactive", "systemctl start" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        view.n = 0;
        all_is_well(*state);
        instead(cases[i].key, cases[i].value);
        compare(*state);
        assert_only(cases[i].key, FINDING_ERROR);
        assert_non_null(strstr(finding(cases[i].key)->why, cases[i].advice));
    }
    view.n = 0;
    all_is_well(*state);
    instead("apt-daily-upgrade.timer:active", NULL);
    compare(*state);
    assert_only("apt-daily-upgrade.timer:enabled", FINDING_UNKNOWN);
}

static void runs_at_other_times_are_drift(void **state)
{
    all_is_well(*state);
    instead("apt-daily-upgrade.timer:next", "1796702400");
    compare(*state);
    assert_only("apt-daily-upgrade.timer:next", FINDING_DRIFTED);
    assert_string_equal(finding("apt-daily-upgrade.timer:next")->seen,
                        "2026-12-08 04:00");
    assert_non_null(
        strstr(finding("apt-daily-upgrade.timer:next")->why, "2026-12-08 03:00"));
    instead("apt-daily-upgrade.timer:next", NULL);
    compare(*state);
    assert_only("apt-daily-upgrade.timer:next", FINDING_DRIFTED);
    assert_null(finding("apt-daily-upgrade.timer:next")->seen);
}

static void the_timers_own_next_run_is_held_to_the_minute(void **state)
{
    /* What the distribution's own file says is taken back by ours. */
    say(*state, "apt-daily-upgrade.timer:RandomizedDelaySec", "");
    all_is_well(*state);
    instead("apt-daily-upgrade.timer:elapses", "1796698740");
    compare(*state);
    assert_int_equal(count(FINDING_DRIFTED), 0);
    instead("apt-daily-upgrade.timer:elapses", "1796698739");
    compare(*state);
    assert_only("apt-daily-upgrade.timer:elapses", FINDING_DRIFTED);
}

static void another_occasion_to_run_is_drift(void **state)
{
    struct bench *b = *state;
    all_is_well(b);
    observe_add(&view, &b->arena, "apt-daily-upgrade.timer:OnBootSec", "1min",
                "etc/systemd/system/apt-daily-upgrade.timer.d/60.conf:2");
    say(b, "apt-daily-upgrade.timer:OnFailure", "x.service");
    compare(b);
    assert_only("apt-daily-upgrade.timer:OnBootSec", FINDING_DRIFTED);
    assert_string_equal(finding("apt-daily-upgrade.timer:OnBootSec")->by,
                        "etc/systemd/system/apt-daily-upgrade.timer.d/60.conf:2");
}

#define UPGRADE "apt-daily-upgrade.service"

static void a_service_that_is_not_there_to_start_is_an_error(void **state)
{
    struct bench *b = *state;
    all_is_well(b);
    say(b, UPGRADE ":file", "etc/systemd/system/" UPGRADE);
    say(b, UPGRADE ":enabled", "masked");
    compare(b);
    assert_only(UPGRADE ":enabled", FINDING_ERROR);
    assert_string_equal(finding(UPGRADE ":enabled")->by, "etc/systemd/system/" UPGRADE);
    assert_non_null(strstr(finding(UPGRADE ":enabled")->why, "nothing is installed"));
    instead(UPGRADE ":enabled", "not-found");
    compare(b);
    assert_only(UPGRADE ":enabled", FINDING_ERROR);
    config.mode = MODE_NOTIFY; /* what installs is not asked for */
    compare(b);
    assert_int_equal(count(FINDING_ERROR), 0);
}

static void a_service_must_do_apts_job(void **state)
{
    static const struct {
        const char *command;
        bool fits;
    } cases[] = {
        { "/usr/lib/apt/apt.systemd.daily install", true },
        { "/usr/lib/apt/apt.systemd.daily", true },
        { "-/usr/bin/nice /usr/lib/apt/apt.systemd.daily install", true },
        { "/usr/lib/apt/apt.systemd.daily update", false },
        { "/usr/lib/apt/apt.systemd.daily-not install", false },
        { "/bin/true", false },
    };
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        view.n = 0;
        all_is_well(b);
        observe_add(&view, &b->arena, UPGRADE ":ExecStart", cases[i].command, "x:3");
        compare(b);
        if (cases[i].fits) {
            assert_int_equal(count(FINDING_IN_EFFECT), found.n);
            continue;
        }
        assert_only(UPGRADE ":ExecStart", FINDING_DRIFTED);
        assert_string_equal(finding(UPGRADE ":ExecStart")->by, "x:3");
        assert_string_equal(finding(UPGRADE ":ExecStart")->seen, cases[i].command);
    }
    view.n = 0;
    all_is_well(b);
    observe_add(&view, &b->arena, UPGRADE ":ExecStart", "", "x:4"); /* taken back */
    compare(b);
    assert_only(UPGRADE ":ExecStart", FINDING_ERROR);
    assert_string_equal(finding(UPGRADE ":ExecStart")->by, "x:4");
}

static void a_timer_that_starts_another_unit_is_an_error(void **state)
{
    struct bench *b = *state;
    all_is_well(b);
    say(b, "apt-daily-upgrade.timer:Unit", UPGRADE);
    compare(b);
    assert_int_equal(count(FINDING_ERROR), 0);
    observe_add(&view, &b->arena, "apt-daily-upgrade.timer:Unit", "x.service", "x:2");
    compare(b);
    assert_only("apt-daily-upgrade.timer:Unit", FINDING_ERROR);
    assert_string_equal(finding("apt-daily-upgrade.timer:Unit")->by, "x:2");
}

static void conditions_that_somebody_added_are_drift(void **state)
{
    static const char *const keys[] = { UPGRADE ":ConditionPathExists",
                                        UPGRADE ":ExecCondition",
                                        "apt-daily.timer:AssertUser" };
    struct bench *b = *state;
    for (size_t i = 0; i < 3; i++) {
        view.n = 0;
        all_is_well(b);
        observe_add(&view, &b->arena, keys[i], "x", "etc/systemd/system/x:2");
        observe_add(&view, &b->arena, UPGRADE ":ConditionACPower", "true", "etc/y:2");
        observe_add(&view, &b->arena, UPGRADE ":ConditionUser", "z", "usr/lib/y:3");
        compare(b);
        assert_only(keys[i], FINDING_DRIFTED);
        assert_string_equal(finding(keys[i])->by, "etc/systemd/system/x:2");
    }
}

static void a_program_that_is_not_the_packages_is_told(void **state)
{
    static const char program[] = "usr/bin/unattended-upgrade";
    struct bench *b = *state;
    all_is_well(b);
    observe_add(&view, &b->arena, "diverted", program, "var/lib/dpkg/diversions:1");
    compare(b);
    assert_only(program, FINDING_DRIFTED);
    assert_string_equal(finding(program)->by, "var/lib/dpkg/diversions:1");
    say(b, "missing", program);
    compare(b);
    assert_only(program, FINDING_ERROR);
    assert_non_null(strstr(finding(program)->why, "--reinstall unattended-upgrades"));
    client.version = NULL; /* not installed: that is told once */
    compare(b);
    assert_only("origin", FINDING_ERROR);
    instead("missing", "usr/lib/apt/apt.systemd.daily");
    client.version = "2.9";
    config.mode = MODE_NOTIFY;
    compare(b);
    assert_only("usr/lib/apt/apt.systemd.daily", FINDING_ERROR);
}

static void a_line_of_ours_that_systemd_refuses_is_an_error(void **state)
{
    all_is_well(*state);
    say(*state, "apt-daily-upgrade.timer:verify",
        "/etc/systemd/system/apt-daily-upgrade.timer.d/50-gpconf.conf:4: Failed");
    compare(*state);
    assert_only("apt-daily-upgrade.timer:OnCalendar", FINDING_ERROR);
    assert_non_null(finding("apt-daily-upgrade.timer:OnCalendar")->file);
    /* Not of a line that another file's number names. */
    view.n = 0;
    all_is_well(*state);
    say(*state, "apt-daily-upgrade.timer:verify",
        "/etc/systemd/system/apt-daily-upgrade.timer.d/60.conf:4: Failed");
    compare(*state);
    assert_int_equal(count(FINDING_ERROR), 0);
}

/* --- The real readers, on a root that was written to as an apply would ---------------- */

static void write_root(struct bench *b)
{
    static const char *const units[] = { "apt-daily.timer", "apt-daily-upgrade.timer",
                                         "apt-daily.service",
                                         "apt-daily-upgrade.service" };
    for (size_t i = 0; i < 4; i++)
        bench_put(b, arena_format(&b->arena, "usr/lib/systemd/system/%s", units[i]),
                  i < 2 ? "[Unit]\nDescription=x\n[Timer]\nOnCalendar=*-*-* 6,18:00\n"
                          "RandomizedDelaySec=12h\nPersistent=true\n"
                          "[Install]\nWantedBy=timers.target\n"
                        : "[Unit]\nDescription=x\nConditionACPower=true\n[Service]\n"
                          "Type=oneshot\nExecStart=/usr/lib/apt/apt.systemd.daily\n");
    bench_put(b, "usr/lib/apt/apt.systemd.daily", "");
    bench_put(b, "usr/bin/unattended-upgrade", "");
    bench_put(b, "etc/apt/apt.conf.d/50shipped",
              "unattended-upgrade::update-days { \"Mon\"; };\n");
    for (size_t i = 0; i < wanted.n_steps; i++)
        bench_put_n(b, wanted.steps[i].target, wanted.steps[i].after,
                    wanted.steps[i].after_size);
    client.systemd_running = false;
    b->machine.now = NOW;
}

static void observe_and_compare(struct bench *b)
{
    view = (struct view){ 0 };
    assert_int_equal(
        observe_apt(&b->machine, &client, &b->arena, &b->diagnostics, &view), 0);
    compare(b);
}

static bool readers_are_here(void)
{
    if (!access("/usr/bin/apt-config", X_OK) && !access("/usr/bin/systemctl", X_OK) &&
        !access("/usr/bin/systemd-analyze", X_OK))
        return true;
    print_message("apt-config or systemd is not installed, skipping\n");
    return false;
}

static void the_real_readers_bear_an_apply_out(void **state)
{
    struct bench *b = *state;
    if (!readers_are_here())
        skip();
    write_root(b);
    /* As 'systemctl enable' leaves them. */
    static const char *const timers[] = { "apt-daily.timer",
                                          "apt-daily-upgrade.timer" };
    bench_put(b, "etc/systemd/system/timers.target.wants/.keep", "");
    for (size_t i = 0; i < 2; i++) {
        const char *target =
            arena_format(&b->arena, "/usr/lib/systemd/system/%s", timers[i]);
        assert_int_equal(
            symlink(target, bench_at(b, arena_format(&b->arena,
                                                     "etc/systemd/system/"
                                                     "timers.target.wants/%s",
                                                     timers[i]))),
            0);
    }
    observe_and_compare(b);
    for (size_t i = 0; i < found.n; i++) {
        const struct finding *f = &found.items[i];
        if (strcmp(f->key, "origin") != 0 && f->state != FINDING_IN_EFFECT &&
            f->state != FINDING_PENDING)
            fail_msg("%s: %s (%s)", f->key, f->why, f->seen ? f->seen : "nothing");
    }
    assert_string_equal(finding("apt-daily-upgrade.timer:next")->seen,
                        "2026-12-08 03:00");
    assert_string_equal(finding("apt-daily.timer:next")->seen, "2026-11-24 01:00");
    assert_int_equal(finding("apt-daily-upgrade.timer:OnCalendar")->state,
                     FINDING_PENDING);
}

static void the_real_readers_tell_what_came_later(void **state)
{
    struct bench *b = *state;
    if (!readers_are_here())
        skip();
    write_root(b);
    bench_put(b, "etc/apt/apt.conf.d/zz-local",
              "// Days\nUnattended-Upgrade { update-days { \"Tue\"; }; };\n"
              "#clear APT::Periodic::Enable;\n");
    bench_put(b, "etc/apt/apt.conf.d/zz.ignored", "APT::Periodic::Enable \"0\";\n");
    bench_put(b, "etc/apt/apt.conf",
              "APT {\n Periodic {\n  Unattended-Upgrade \"0\";\n };\n};\n");
    bench_put(b, "etc/systemd/system/apt-daily-upgrade.timer.d/60-local.conf",
              "[Timer]\nOnCalendar=Mon 04:00\nOnBootSec=1min\n");
    bench_put(b, "etc/systemd/system/apt-daily.timer.d/60-local.conf",
              "[Timer]\nOnCalendar=nonsense\nRandomizedDelaySec=2h\n");
    observe_and_compare(b);
    assert_int_equal(finding("Unattended-Upgrade::Update-Days")->state,
                     FINDING_DRIFTED);
    assert_string_equal(finding("Unattended-Upgrade::Update-Days")->seen, "Tue");
    assert_string_equal(finding("Unattended-Upgrade::Update-Days")->by,
                        "etc/apt/apt.conf.d/zz-local:2");
    assert_string_equal(finding("APT::Periodic::Unattended-Upgrade")->by,
                        "etc/apt/apt.conf:3");
    assert_null(finding("APT::Periodic::Enable")->seen);
    assert_string_equal(finding("APT::Periodic::Enable")->by,
                        "etc/apt/apt.conf.d/zz-local:3");
    static const char by[] = "etc/systemd/system/apt-daily-upgrade.timer.d/"
                             "60-local.conf";
    const struct finding *calendar = finding("apt-daily-upgrade.timer:OnCalendar");
    assert_int_equal(calendar->state, FINDING_DRIFTED);
    assert_string_equal(calendar->by, arena_format(&b->arena, "%s:2", by));
    assert_string_equal(finding("apt-daily-upgrade.timer:OnBootSec")->by,
                        arena_format(&b->arena, "%s:3", by));
    assert_string_equal(finding("apt-daily-upgrade.timer:next")->seen,
                        "2026-11-30 04:00");
    assert_int_equal(finding("apt-daily.timer:enabled")->state, FINDING_ERROR);
    assert_string_equal(finding("apt-daily.timer:enabled")->seen, "disabled");
    assert_string_equal(finding("apt-daily.timer:RandomizedDelaySec")->seen, "2h");
}

static void the_real_readers_tell_what_holds_a_service_back(void **state)
{
    struct bench *b = *state;
    if (!readers_are_here())
        skip();
    write_root(b);
    assert_int_equal(unlink(bench_at(b, "usr/bin/unattended-upgrade")), 0);
    bench_put(b, "var/lib/dpkg/diversions",
              "/usr/bin/x\n/usr/bin/unattended-upgrade\n:\n"
              "/usr/bin/unattended-upgrade\n/usr/bin/uu.real\n:\n");
    assert_int_equal(
        symlink("/dev/null", bench_at(b, "etc/systemd/system/apt-daily.service")), 0);
    bench_put(b, "etc/systemd/system/service.d/10-all.conf",
              "[Unit]\nConditionPathExists=/x\n");
    bench_put(b, "etc/systemd/system/apt-daily-.service.d/20-apt.conf",
              "[Service]\nExecStart=\nExecStart=/bin/true\n");
    observe_and_compare(b);
    assert_int_equal(finding("apt-daily.service:enabled")->state, FINDING_ERROR);
    assert_string_equal(finding("apt-daily.service:enabled")->by,
                        "etc/systemd/system/apt-daily.service");
    assert_null(finding("apt-daily.service:ConditionPathExists"));
    assert_string_equal(finding(UPGRADE ":ConditionPathExists")->by,
                        "etc/systemd/system/service.d/10-all.conf:2");
    assert_string_equal(finding(UPGRADE ":ExecStart")->by,
                        "etc/systemd/system/apt-daily-.service.d/20-apt.conf:3");
    assert_string_equal(finding("usr/bin/unattended-upgrade")->by,
                        "var/lib/dpkg/diversions:4");
}

static void systemd_counts_in_the_zone_of_the_root(void **state)
{
    struct bench *b = *state;
    if (!readers_are_here() || access("/usr/share/zoneinfo/Europe/Rome", R_OK))
        skip();
    write_root(b);
    assert_int_equal(
        symlink("/usr/share/zoneinfo/Europe/Rome", bench_at(b, "etc/localtime")), 0);
    observe_and_compare(b); /* our own facts are in UTC, so now they differ */
    assert_string_equal(finding("apt-daily-upgrade.timer:next")->seen,
                        "2026-12-08 02:00");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_as_wanted_is_in_effect),
        TEST(nothing_wanted_finds_nothing),
        TEST(steps_of_others_are_not_apts),
        TEST(no_matching_source_is_an_error),
        TEST(origins_of_ours_that_match_nothing_are_our_fault),
        TEST(an_image_without_lists_is_not_blamed),
        TEST(one_that_does_not_match_beside_one_that_does_is_told),
        TEST(a_mode_that_installs_nothing_needs_no_source),
        TEST(without_the_client_nothing_is_installed),
        TEST(a_reader_that_is_absent_leaves_it_unknown),
        TEST(without_systemd_timers_are_pending_and_apt_is_not),
        TEST(what_systemd_has_not_read_is_pending),
        TEST(a_timer_that_does_not_wait_is_an_error),
        TEST(runs_at_other_times_are_drift),
        TEST(the_timers_own_next_run_is_held_to_the_minute),
        TEST(another_occasion_to_run_is_drift),
        TEST(a_service_that_is_not_there_to_start_is_an_error),
        TEST(a_service_must_do_apts_job),
        TEST(a_timer_that_starts_another_unit_is_an_error),
        TEST(conditions_that_somebody_added_are_drift),
        TEST(a_program_that_is_not_the_packages_is_told),
        TEST(a_line_of_ours_that_systemd_refuses_is_an_error),
        TEST(the_real_readers_bear_an_apply_out),
        TEST(the_real_readers_tell_what_came_later),
        TEST(the_real_readers_tell_what_holds_a_service_back),
        TEST(systemd_counts_in_the_zone_of_the_root),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
