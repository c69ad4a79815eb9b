#include "tests/unit/apt_compare_fixture.h"

/* The real readers, on a root that was written to as an apply would. */

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
    assert_null(find_finding("apt-daily.service:ConditionPathExists"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_real_readers_bear_an_apply_out),
        TEST(the_real_readers_tell_what_came_later),
        TEST(the_real_readers_tell_what_holds_a_service_back),
        TEST(systemd_counts_in_the_zone_of_the_root),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
