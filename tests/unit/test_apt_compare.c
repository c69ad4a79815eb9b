#include "tests/unit/apt_compare_fixture.h"

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
    assert_null(find_finding("origin"));
    assert_null(find_finding("apt-daily-upgrade.timer:active"));
    assert_non_null(find_finding("apt-daily.timer:active"));
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
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
