#include "tests/unit/apt_compare_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_service_that_is_not_there_to_start_is_an_error),
        TEST(a_service_must_do_apts_job),
        TEST(a_timer_that_starts_another_unit_is_an_error),
        TEST(conditions_that_somebody_added_are_drift),
        TEST(a_program_that_is_not_the_packages_is_told),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
