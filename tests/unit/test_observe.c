#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/providers/apt/apt_config.h"
#include "engine/providers/apt/observe.h"
#include "engine/providers/apt/observe_parts.h"
#include "tests/unit/support.h"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 24);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* The values of a key, joined by '|'. */
static const char *values(const struct view *view, const char *key)
{
    const char *joined = "";
    for (size_t i = 0; i < view->n; i++)
        if (strcmp(view->entries[i].key, key) == 0 && *view->entries[i].value)
            joined = arena_format(&arena, "%s%s%s", joined, *joined ? "|" : "",
                                  view->entries[i].value);
    return joined;
}

static void members_of_a_list_repeat_its_key(void **state)
{
    (void)state;
    struct view view = { 0 };
    apt_config_entries("APT::Periodic::Enable=1\n"
                       "Unattended-Upgrade::Package-Blacklist=\n"
                       "Unattended-Upgrade::Package-Blacklist::=^a$\n"
                       "Unattended-Upgrade::Package-Blacklist::=x=y\n"
                       "no assignment\n",
                       &arena, &view);
    assert_string_equal(values(&view, "APT::Periodic::Enable"), "1");
    assert_string_equal(values(&view, "Unattended-Upgrade::Package-Blacklist"),
                        "^a$|x=y");
}

static void an_empty_assignment_takes_back(void **state)
{
    (void)state;
    struct view view = { 0 };
    observe_unit("a.timer", "/",
                 "# /lib/systemd/system/a.timer\n[Timer]\nOnCalendar=*-*-* 6,18:00\n"
                 "RandomizedDelaySec=12h\nPersistent=true\n\n"
                 "# /etc/systemd/system/a.timer.d/50.conf\n[Timer]\nOnCalendar=\n"
                 "OnCalendar = Tue *-*-08..14 03:00:00\nRandomizedDelaySec=0\n",
                 &arena, &view);
    assert_string_equal(values(&view, "a.timer:OnCalendar"), "Tue *-*-08..14 03:00:00");
    assert_string_equal(values(&view, "a.timer:RandomizedDelaySec"), "0");
    assert_string_equal(values(&view, "a.timer:Persistent"), "true");
}

/* The entry of a key that is said last, with who says it. */
static const char *from(const struct view *view, const char *key)
{
    const char *found = NULL;
    for (size_t i = 0; i < view->n; i++)
        if (strcmp(view->entries[i].key, key) == 0)
            found = view->entries[i].from;
    return found ? found : "nobody";
}

static void an_empty_assignment_takes_back_all_of_its_kind(void **state)
{
    (void)state;
    struct view view = { 0 };
    observe_unit("a.timer", "/root",
                 "# /root/lib/systemd/system/a.timer\n[Unit]\nOnFailure=b.service\n"
                 "[Timer]\nOnCalendar=daily\nOnBootSec=5min\n\n"
                 "# /root/etc/systemd/system/a.timer.d/60.conf\n# /elsewhere\n"
                 "[Timer]\nOnUnitActiveSec=\nnext=5\n",
                 &arena, &view);
    assert_string_equal(values(&view, "a.timer:OnCalendar"), "");
    assert_string_equal(values(&view, "a.timer:OnBootSec"), "");
    assert_string_equal(values(&view, "a.timer:OnFailure"), "b.service");
    assert_string_equal(values(&view, "a.timer:next"), ""); /* a key of ours */
    assert_string_equal(from(&view, "a.timer:OnCalendar"),
                        "etc/systemd/system/a.timer.d/60.conf:3");
    assert_string_equal(from(&view, "a.timer:OnFailure"),
                        "lib/systemd/system/a.timer:2");
}

static void drop_ins_count_by_their_names_wherever_they_lie(void **state)
{
    (void)state;
    struct view view = { 0 };
    /* In the order of the folders, as cat-config is asked for them. */
    observe_unit(
        "apt-daily-upgrade.timer", "/r",
        "# /r/usr/lib/systemd/system/apt-daily-upgrade.timer\n[Timer]\nA=own\n"
        "D=own\n\n# /r/etc/systemd/system/apt-daily-upgrade.timer.d/50.conf\n"
        "A=50\nB=50\nC=50\n\n"
        "# /r/usr/lib/systemd/system/apt-daily-upgrade.timer.d/70.conf\nE=lib\n"
        "# /r/etc/systemd/system/apt-daily-.timer.d/40.conf\nA=40\n"
        "# /r/etc/systemd/system/apt-.timer.d/60.conf\nB=60\n"
        "# Main configuration file systemd/system/timer not found\n"
        "# /r/etc/systemd/system/timer.d/99.conf\nC=99\n"
        "# /r/etc/systemd/system/apt-.timer.d/70.conf\nE=etc\n"
        "# /r/etc/systemd/system/timer.d/70.conf\nE=all\n"
        "# /r/etc/systemd/system/apt-daily.timer.d/99.conf\nD=another unit\n"
        "# /r/etc/systemd/system/apt-da-.timer.d/99.conf\nD=no part\n"
        "# /r/etc/systemd/system/apt-.service.d/99.conf\nD=another type\n"
        "# /r/etc/systemd/system/service.d/99.conf\nD=another type\n",
        &arena, &view);
    assert_string_equal(values(&view, "apt-daily-upgrade.timer:A"), "50");
    assert_string_equal(values(&view, "apt-daily-upgrade.timer:B"), "60");
    assert_string_equal(values(&view, "apt-daily-upgrade.timer:C"), "99");
    assert_string_equal(values(&view, "apt-daily-upgrade.timer:D"), "own");
    assert_string_equal(values(&view, "apt-daily-upgrade.timer:E"), "etc");
    assert_string_equal(from(&view, "apt-daily-upgrade.timer:C"),
                        "etc/systemd/system/timer.d/99.conf:1");
    assert_string_equal(values(&view, "apt-daily-upgrade.timer:file"),
                        "usr/lib/systemd/system/apt-daily-upgrade.timer");
}

static void apt_cannot_say_what_is_for_others_to_say(void **state)
{
    (void)state;
    struct view view = { 0 };
    apt_config_entries("origin-matched=x\na.timer:next::=5\nA::B=1\n", &arena, &view);
    assert_int_equal(view.n, 1);
}

static void runs_are_read_in_utc_and_in_order(void **state)
{
    (void)state;
    struct view view = { 0 };
    observe_calendar("a.timer",
                     "  Original form: Tue 03:00\n"
                     "    Next elapse: Tue 2026-10-13 03:00:00 CEST\n"
                     "       (in UTC): Tue 2026-10-13 01:00:00 UTC\n"
                     "       From now: 1 month left\n"
                     "       Iter. #2: Tue 2026-11-10 03:00:00 CET\n"
                     "       (in UTC): Tue 2026-11-10 02:00:00 UTC\n"
                     "    Next elapse: Sun 2026-10-11 00:00:00 UTC\n"
                     "    Next elapse: never\n",
                     &arena, &view);
    assert_string_equal(values(&view, "a.timer:next"),
                        "1791676800|1791853200|1794276000");
    view = (struct view){ 0 };
    observe_calendar("a.timer", /* as systemd 257 says it */
                     "    Next elapse: Tue 2026-10-13 01:00:00 UTC\n"
                     "       From now: 1 month left\n"
                     "   Iteration #2: Tue 2026-11-10 02:00:00 UTC\n"
                     "   Iteration #3: Tue 2026-12-08 03:00:00 CET\n"
                     "       (in UTC): Tue 2026-12-08 02:00:00 UTC\n",
                     &arena, &view);
    assert_string_equal(values(&view, "a.timer:next"),
                        "1791853200|1794276000|1796695200");
}

static void a_timers_own_words_are_read(void **state)
{
    (void)state;
    struct view view = { 0 };
    observe_show("a.timer",
                 "ActiveState=active\nNeedDaemonReload=no\n"
                 "NextElapseUSecRealtime=Tue 2026-10-13 01:00:00 UTC\n",
                 &arena, &view);
    assert_string_equal(values(&view, "a.timer:active"), "active");
    assert_string_equal(values(&view, "a.timer:reload"), "no");
    assert_string_equal(values(&view, "a.timer:elapses"), "1791853200");
    view = (struct view){ 0 };
    observe_show("a.timer", "NextElapseUSecRealtime=@1791853200\n", &arena, &view);
    assert_string_equal(values(&view, "a.timer:elapses"), "1791853200");
    view = (struct view){ 0 };
    observe_show("a.timer", "NextElapseUSecRealtime=\nNextElapseUSecRealtime=n/a\n",
                 &arena, &view);
    assert_int_equal(view.n, 0);
}

static void complaints_about_other_units_are_left_out(void **state)
{
    (void)state;
    struct view view = { 0 };
    observe_complaints(
        "/r/etc/systemd/system/apt-daily.timer.d/60.conf:2: Failed to parse\n"
        "apt-daily.timer: Failed to create apt-daily.timer/start: no sysinit.target\n"
        "apt-daily-upgrade.timer: Timer unit lacks value setting. Refusing.\n"
        "/r/etc/systemd/system/other.service:2: Unknown key\n",
        &arena, &view);
    assert_int_equal(view.n, 2);
    assert_non_null(strstr(values(&view, "apt-daily.timer:verify"), "60.conf:2"));
    assert_non_null(strstr(values(&view, "apt-daily-upgrade.timer:verify"), "lacks"));
}

static void origins_are_told_apart_from_matches(void **state)
{
    (void)state;
    struct view view = { 0 };
    observe_origins("origin o=Debian\nmatched o=Debian\norigin o=None\nnoise\n", &arena,
                    &view);
    assert_string_equal(values(&view, "origin"), "o=Debian|o=None");
    assert_string_equal(values(&view, "origin-matched"), "o=Debian");
    assert_string_equal(values(&view, "asked"), "");
    observe_origins("fetched\n", &arena, &view);
    assert_string_equal(values(&view, "asked"), "sources");
}

/* The real readers, of a root that is not this machine's. */
static void an_image_is_read_by_this_machines_programs(void **state)
{
    (void)state;
    if (access("/usr/bin/apt-config", X_OK) ||
        access("/usr/bin/systemd-analyze", X_OK)) {
        print_message("apt-config or systemd-analyze is not installed, skipping\n");
        skip();
    }
    char *dir = scratch_new();
    scratch_text(dir, "etc/apt/apt.conf.d/20auto",
                 "APT::Periodic::Unattended-Upgrade \"7\";\n");
    static const char *const units[] = { "apt-daily.timer", "apt-daily-upgrade.timer",
                                         "apt-daily.service",
                                         "apt-daily-upgrade.service" };
    for (size_t i = 0; i < 4; i++)
        scratch_text(dir, arena_format(&arena, "usr/lib/systemd/system/%s", units[i]),
                     "[Timer]\nOnCalendar=daily\n");
    scratch_text(dir, "etc/systemd/system/timer.d/99-all.conf",
                 "[Timer]\nOnCalendar=\nOnCalendar=hourly\n");
    struct machine machine;
    assert_int_equal(machine_open(dir, &machine), 0);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, &arena);
    struct client client = { .present = true };
    struct view view;
    int status = observe_apt(&machine, &client, &arena, &diagnostics, &view);
    for (const struct diagnostic *d = diagnostics.first; d; d = d->next)
        if (d->severity == SEVERITY_ERROR)
            print_message("%s: %s\n", d->code, d->message);
    assert_int_equal(status, 0);
    assert_string_equal(values(&view, "APT::Periodic::Unattended-Upgrade"), "7");
    assert_string_equal(values(&view, "apt-daily.timer:OnCalendar"), "hourly");
    assert_string_equal(from(&view, "apt-daily.timer:OnCalendar"),
                        "etc/systemd/system/timer.d/99-all.conf:3");
    machine_done(&machine);
    scratch_remove(dir);
}

static void a_broken_configuration_is_the_clients_refusal(void **state)
{
    (void)state;
    if (access("/usr/bin/apt-config", X_OK)) {
        print_message("apt-config is not installed, skipping\n");
        skip();
    }
    char *dir = scratch_new();
    scratch_text(dir, "etc/apt/apt.conf.d/50broken", "APT { \"\n");
    struct machine machine;
    assert_int_equal(machine_open(dir, &machine), 0);
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, &arena);
    struct client client = { .present = true };
    struct view view;
    assert_int_equal(observe_apt(&machine, &client, &arena, &diagnostics, &view),
                     GPCONF_ECLIENT);
    assert_string_equal(diagnostics.first->code, "apt-reader-refused");
    assert_non_null(strstr(diagnostics.first->message, "50broken"));
    machine_done(&machine);
    scratch_remove(dir);
}

/* Without what the kernel forbids a reader, so that it runs what it is told to. */
static int run_unconfined(struct machine *machine, const struct process *process,
                          struct arena *to, struct process_result *ret)
{
    (void)machine;
    struct process free_one = *process;
    assert_true(process->confined ||
                strcmp(process->arguments[0], "/usr/bin/unattended-upgrade") == 0);
    free_one.confined = false;
    return process_run(&free_one, to, ret);
}

static void no_reader_is_told_to_run_a_program_of_an_image(void **state)
{
    (void)state;
    if (access("/usr/bin/apt-config", X_OK)) {
        print_message("apt-config is not installed, skipping\n");
        skip();
    }
    char *dir = scratch_new();
    const char *mark = arena_format(&arena, "%s/mark", dir);
    scratch_text(dir, "etc/apt/apt.conf.d/99-gpconf.conf", "");
    scratch_text(dir, "etc/apt/apt.conf.d/99-later",
                 arena_format(&arena,
                              "Dir::Bin::dpkg \"/bin/sh\";\n"
                              "DPkg::Options { \"-c\"; \"id >>%s\"; };\n"
                              "#clear APT::Architectures;\n",
                              mark));
    scratch_text(dir, "var/lib/dpkg/status", "");
    struct machine machine;
    assert_int_equal(machine_open(dir, &machine), 0);
    machine.run = run_unconfined;
    struct diagnostics diagnostics;
    diagnostics_init(&diagnostics, &arena);
    struct client client = { .present = true };
    struct view view;
    assert_int_equal(observe_apt(&machine, &client, &arena, &diagnostics, &view), 0);
    assert_string_equal(values(&view, "Dir::Bin::dpkg"), "/bin/sh");
    assert_int_equal(access(mark, F_OK), -1);
    machine_done(&machine);
    scratch_remove(dir);
}

/* --- Readers that are not here, or say something else ------------------------------ */

static const char *absent, *failing; /* programs */
static unsigned asked_for;           /* those that were run */

static int run_said(struct machine *machine, const struct process *process,
                    struct arena *to, struct process_result *ret)
{
    (void)machine;
    const char *program = process->arguments[0], *output = "";
    asked_for++;
    if (absent && strstr(program, absent))
        return GPCONF_ENOTFOUND;
    if (failing && strstr(program, failing))
        return GPCONF_ELIMIT;
    if (strcmp(process->arguments[1], "show") == 0)
        output = "ActiveState=active\nNeedDaemonReload=yes\n"
                 "NextElapseUSecRealtime=Tue 2026-10-13 01:00:00 UTC\n";
    if (strstr(program, "systemctl") && strcmp(process->arguments[1], "show") != 0)
        output = "enabled\n";
    *ret = (struct process_result){ .output = arena_string(to, output),
                                    .errors = arena_string(to, "") };
    ret->output_size = strlen(output);
    return 0;
}

static int observe_said(const char *dir, struct diagnostics *diagnostics,
                        struct view *view)
{
    struct machine machine;
    struct client client = { .present = true, .systemd_running = true };
    diagnostics_init(diagnostics, &arena);
    assert_int_equal(machine_open(dir, &machine), 0);
    machine.run = run_said;
    asked_for = 0;
    int status = observe_apt(&machine, &client, &arena, diagnostics, view);
    machine_done(&machine);
    return status;
}

static void a_running_systemd_is_asked_about_each_timer(void **state)
{
    (void)state;
    char *dir = scratch_new();
    struct diagnostics diagnostics;
    struct view view;
    absent = failing = NULL;
    assert_int_equal(observe_said(dir, &diagnostics, &view), 0);
    assert_int_equal(diagnostics.n, 0);
    assert_string_equal(values(&view, "apt-daily.timer:active"), "active");
    assert_string_equal(values(&view, "apt-daily-upgrade.timer:reload"), "yes");
    assert_string_equal(values(&view, "apt-daily-upgrade.timer:elapses"), "1791853200");
    assert_string_equal(values(&view, "apt-daily-upgrade.service:enabled"), "enabled");
    assert_string_equal(values(&view, "asked"), "apt|units|calendar|origins");
    scratch_remove(dir);
}

static void a_reader_that_is_absent_is_told_once(void **state)
{
    static const struct {
        const char *program, *asked;
    } cases[] = {
        { "apt-config", "units|calendar|origins" },
        { "systemd-analyze", "apt|origins" },
        { "systemctl", "apt|units|origins" },
        { "python3", "apt|units|calendar" },
        { "unattended-upgrade", "apt|units|calendar" },
    };
    (void)state;
    char *dir = scratch_new();
    failing = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diagnostics diagnostics;
        struct view view;
        absent = cases[i].program;
        assert_int_equal(observe_said(dir, &diagnostics, &view), 0);
        assert_string_equal(values(&view, "asked"), cases[i].asked);
        assert_int_equal(diagnostics.n, 1);
        assert_int_equal(diagnostics.warnings, 1);
        assert_non_null(strstr(diagnostics.first->origin.file, cases[i].program));
    }
    scratch_remove(dir);
}

static void a_reader_that_does_not_answer_is_a_failure(void **state)
{
    static const char *const programs[] = { "apt-config", "systemd-analyze",
                                            "systemctl", "python3" };
    (void)state;
    char *dir = scratch_new();
    absent = NULL;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct diagnostics diagnostics;
        struct view view;
        failing = programs[i];
        assert_int_equal(observe_said(dir, &diagnostics, &view), GPCONF_ECLIENT);
        assert_string_equal(diagnostics.first->code, "apt-reader-failed");
    }
    scratch_remove(dir);
}

static void a_root_that_apt_cannot_name_is_refused(void **state)
{
    (void)state;
    char *dir = scratch_new();
    char *odd = scratch_path(dir, "a;b");
    struct diagnostics diagnostics;
    struct view view;
    absent = failing = NULL;
    assert_int_equal(mkdir(odd, 0755), 0);
    assert_int_equal(observe_said(odd, &diagnostics, &view), GPCONF_ECLIENT);
    assert_string_equal(diagnostics.first->code, "apt-root-name");
    assert_int_equal(asked_for, 0);
    free(odd);
    scratch_remove(dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(members_of_a_list_repeat_its_key),
        TEST(an_empty_assignment_takes_back),
        TEST(an_empty_assignment_takes_back_all_of_its_kind),
        TEST(drop_ins_count_by_their_names_wherever_they_lie),
        TEST(apt_cannot_say_what_is_for_others_to_say),
        TEST(runs_are_read_in_utc_and_in_order),
        TEST(a_timers_own_words_are_read),
        TEST(complaints_about_other_units_are_left_out),
        TEST(origins_are_told_apart_from_matches),
        TEST(an_image_is_read_by_this_machines_programs),
        TEST(a_broken_configuration_is_the_clients_refusal),
        TEST(no_reader_is_told_to_run_a_program_of_an_image),
        TEST(a_running_systemd_is_asked_about_each_timer),
        TEST(a_reader_that_is_absent_is_told_once),
        TEST(a_reader_that_does_not_answer_is_a_failure),
        TEST(a_root_that_apt_cannot_name_is_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
