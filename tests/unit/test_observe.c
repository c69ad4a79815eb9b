#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/providers/apt/observe.h"
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
        if (strcmp(view->entries[i].key, key) == 0)
            joined = arena_format(&arena, "%s%s%s", joined, *joined ? "|" : "",
                                  view->entries[i].value);
    return joined;
}

static void members_of_a_list_repeat_its_key(void **state)
{
    (void)state;
    struct view view = { 0 };
    observe_dump("APT::Periodic::Enable=1\n"
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
    observe_unit("a.timer",
                 "# /lib/systemd/system/a.timer\n[Timer]\nOnCalendar=*-*-* 6,18:00\n"
                 "RandomizedDelaySec=12h\nPersistent=true\n\n"
                 "# /etc/systemd/system/a.timer.d/50.conf\n[Timer]\nOnCalendar=\n"
                 "OnCalendar = Tue *-*-08..14 03:00:00\nRandomizedDelaySec=0\n",
                 &arena, &view);
    assert_string_equal(values(&view, "a.timer:OnCalendar"), "Tue *-*-08..14 03:00:00");
    assert_string_equal(values(&view, "a.timer:RandomizedDelaySec"), "0");
    assert_string_equal(values(&view, "a.timer:Persistent"), "true");
}

static void origins_are_told_apart_from_matches(void **state)
{
    (void)state;
    struct view view = { 0 };
    observe_origins("origin o=Debian\nmatched o=Debian\norigin o=None\nnoise\n", &arena,
                    &view);
    assert_string_equal(values(&view, "origin"), "o=Debian|o=None");
    assert_string_equal(values(&view, "origin-matched"), "o=Debian");
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
    assert_string_equal(values(&view, "apt-daily.timer:OnCalendar"), "daily");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(members_of_a_list_repeat_its_key),
        TEST(an_empty_assignment_takes_back),
        TEST(origins_are_told_apart_from_matches),
        TEST(an_image_is_read_by_this_machines_programs),
        TEST(a_broken_configuration_is_the_clients_refusal),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
