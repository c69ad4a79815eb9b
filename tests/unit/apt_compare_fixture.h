#ifndef GPCONF_TESTS_UNIT_APT_COMPARE_FIXTURE_H
#define GPCONF_TESTS_UNIT_APT_COMPARE_FIXTURE_H

/* What apt and systemd say after an apply, to be changed by a test and compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
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

#define UPGRADE "apt-daily-upgrade.service"

static struct update_config config;
static struct client client;
static struct facts facts;
static struct change wanted;
static struct view view;
static struct findings found;

static inline int set_up(void **state)
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

static inline void say(struct bench *b, const char *key, const char *value)
{
    observe_add(&view, &b->arena, key, value, NULL);
}

/* A machine where everything is as it was wanted. */
static inline void all_is_well(struct bench *b)
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
static inline void instead(const char *key, const char *value)
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

static inline void silence(const char *reader)
{
    for (size_t i = 0; i < view.n; i++)
        if (strcmp(view.entries[i].key, "asked") == 0 &&
            strcmp(view.entries[i].value, reader) == 0)
            view.entries[i].value = "-";
}

static inline void compare(struct bench *b)
{
    assert_int_equal(
        apt_compare(&wanted, &config, &facts, &client, &view, &b->arena, &found), 0);
}

/* The worst that was found about a key; NULL. */
static inline const struct finding *find_finding(const char *key)
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

/* The same, where there must be something. */
static inline const struct finding *finding(const char *key)
{
    const struct finding *it = find_finding(key);
    if (it)
        return it;
    fail_msg("nothing was found about %s", key);
    abort();
}

static inline size_t count(enum finding_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < found.n; i++)
        n += found.items[i].state == state;
    return n;
}

/* The one thing that is wrong. */
static inline void assert_only(const char *key, enum finding_state state)
{
    const struct finding *it = finding(key);
    assert_int_equal(it->state, state);
    assert_non_null(it->why);
    for (size_t i = 0; i < found.n; i++)
        if (found.items[i].state != FINDING_IN_EFFECT &&
            strcmp(found.items[i].key, key) != 0)
            fail_msg("%s: %s", found.items[i].key, found.items[i].why);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, bench_tear_down)

#endif
