#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "engine/update/grammar.h"
#include "tests/unit/apt_render_fixture.h"

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
    assert_null(find_claim("Acquire::http::Dl-Limit"));
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

/* The only file there is has room for what apt cannot do. */
static void what_cannot_be_done_is_claimed_beside_private_values_only(void **state)
{
    (void)state;
    c.proxy = "http://canary.example.test:3128";
    c.deferral = 7;
    CONFIGURE(SETTING_PROXY, SETTING_DEFERRAL);
    c.decisions[SETTING_PROXY].is_private = true;
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    assert_int_equal(plan.n_steps, 1);
    assert_int_equal(plan.steps[0].mode, 0600);
    assert_int_equal(claim("update.deferral")->fidelity, FIDELITY_UNSUPPORTED);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_configured_writes_nothing),
        TEST(manual),
        TEST(notify),
        TEST(download_only),
        TEST(a_pause_stops_installing_alone),
        TEST(what_apt_cannot_do_is_told),
        TEST(a_deadline_leaves_the_schedule),
        TEST(a_private_value_is_in_no_file_that_all_may_read),
        TEST(what_cannot_be_done_is_claimed_beside_private_values_only),
        TEST(an_idle_refused_or_unfit_setting_is_not_written),
        TEST(another_driver_or_a_list_without_apt_stands_us_down),
        TEST(a_value_that_would_break_apt_is_refused),
        TEST(whatever_fits_a_grammar_apt_reads_back),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
