#include <stdlib.h>
#include <string.h>

#include "engine/providers/apt/compare_parts.h"
#include "engine/providers/apt/observe_parts.h"
#include "engine/providers/apt/render.h"

static const char refresh_timer[] = "apt-daily.timer";
static const char upgrade_timer[] = "apt-daily-upgrade.timer";

/* The wall time of an instant, for people. */
static const char *moment(struct comparison *c, int64_t instant)
{
    int64_t wall = zone_wall(c->facts->zone, instant), day = wall_day(wall);
    struct civil civil = civil_from_days(day);
    int second = (int)(wall - day * SECONDS_PER_DAY);
    return arena_format(c->arena, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month,
                        civil.day, second / 3600, second / 60 % 60);
}

static void differs(struct comparison *c, const char *unit, const char *what,
                    const char *seen, int64_t expected)
{
    compare_add(
        c, FINDING_DRIFTED, arena_format(c->arena, "%s:%s", unit, what), seen, NULL,
        arena_format(c->arena, "the timer should run at %s", moment(c, expected)));
}

static bool compare_next(struct comparison *c, const char *unit,
                         const int64_t *expected, size_t n)
{
    const char *key = arena_format(c->arena, "%s:next", unit);
    if (!key || !compare_asked(c, "calendar"))
        return true; /* OnCalendar's own claims say what is not known */
    for (size_t i = 0; i < n; i++) {
        const struct view_entry *seen = compare_entry(c, key, i);
        int64_t at = seen ? strtoll(seen->value, NULL, 10) : 0;
        if (seen && at == expected[i])
            continue;
        differs(c, unit, "next", seen ? moment(c, at) : NULL, expected[i]);
        return false;
    }
    compare_add(c, c->client->systemd_running ? FINDING_IN_EFFECT : FINDING_PENDING,
                key, moment(c, expected[0]), NULL,
                c->client->systemd_running ? NULL
                                           : "the timer runs then if systemd does");
    return true;
}

/* A timer that spreads its runs elapses up to that much later, so only one that does
 * not is held to the minute. */
static void compare_elapse(struct comparison *c, const char *unit, int64_t expected)
{
    const char *spread = compare_said(compare_of_unit(c, unit, "RandomizedDelaySec"));
    const char *elapses = compare_said(compare_of_unit(c, unit, "elapses"));
    if (!elapses || !spread || strcmp(spread, "0") != 0)
        return;
    int64_t at = strtoll(elapses, NULL, 10);
    if (at < expected - 60 || at > expected + 60)
        differs(c, unit, "elapses", moment(c, at), expected);
    else
        compare_add(c, FINDING_IN_EFFECT, arena_format(c->arena, "%s:elapses", unit),
                    moment(c, at), NULL, NULL);
}

/* Any On… that nobody claimed is an occasion to run outside the schedule; what a claimed
 * one holds besides was found by the claims. */
static void compare_occasions(struct comparison *c, const char *unit)
{
    size_t size = strlen(unit);
    for (size_t i = 0; i < c->view->n; i++) {
        const struct view_entry *e = &c->view->entries[i];
        if (strncmp(e->key, unit, size) == 0 && e->key[size] == ':' && *e->value &&
            observe_is_occasion(e->key + size + 1) && !compare_is_claimed(c, e->key))
            compare_add(c, FINDING_DRIFTED, e->key, e->value, e->from,
                        "the timer has another occasion to run, which policy does not "
                        "ask for");
    }
}

static void compare_state(struct comparison *c, const char *unit)
{
    const char *enabled = compare_said(compare_of_unit(c, unit, "enabled"));
    const char *active = compare_said(compare_of_unit(c, unit, "active"));
    const char *key =
        arena_format(c->arena, "%s:%s", unit,
                     active || !c->client->systemd_running ? "active" : "enabled");
    if (enabled && strncmp(enabled, "masked", 6) == 0)
        compare_add(
            c, FINDING_ERROR, arena_format(c->arena, "%s:enabled", unit), enabled,
            compare_said(compare_of_unit(c, unit, "file")),
            arena_format(c->arena,
                         "the timer is masked, so it never runs; 'systemctl unmask %s' "
                         "and 'systemctl enable --now %s' bring it back",
                         unit, unit));
    else if (enabled && strcmp(enabled, "disabled") == 0)
        compare_add(
            c, FINDING_ERROR, arena_format(c->arena, "%s:enabled", unit), enabled, NULL,
            arena_format(c->arena,
                         "the timer is switched off; 'systemctl enable --now %s' "
                         "switches it on",
                         unit));
    else if (enabled && strcmp(enabled, "not-found") == 0)
        compare_add(c, FINDING_ERROR, arena_format(c->arena, "%s:enabled", unit), NULL,
                    NULL, "the timer is not there; the package apt brings it");
    else if (!c->client->systemd_running)
        compare_add(c, FINDING_PENDING, key, NULL, NULL,
                    "systemd does not run, so no timer does");
    else if (!active)
        compare_add(c, FINDING_UNKNOWN, key, NULL, NULL,
                    "systemctl did not tell whether the timer waits for its time");
    else if (strcmp(active, "active") != 0)
        compare_add(
            c, FINDING_ERROR, key, active, NULL,
            arena_format(c->arena,
                         "the timer is not started; 'systemctl start %s' starts it",
                         unit));
    else
        compare_add(c, FINDING_IN_EFFECT, key, active, NULL, NULL);
}

/* schedule is NULL when the timer has other occasions of ours, or none (ours). */
static void compare_timer(struct comparison *c, const char *unit,
                          const struct schedule *schedule, bool ours)
{
    enum { RUNS = 3 };
    int64_t expected[RUNS];
    compare_state(c, unit);
    if (ours)
        compare_occasions(c, unit);
    if (!schedule)
        return;
    size_t n = schedule_next(schedule, c->facts, expected, RUNS);
    if (n && compare_next(c, unit, expected, n))
        compare_elapse(c, unit, expected[0]);
}

void compare_timers(struct comparison *c)
{
    const struct update_config *config = c->config;
    struct schedule install, refresh;
    int setting;
    if (!config_counts(config, SETTING_MODE) || config->mode == MODE_MANUAL)
        return;
    bool scheduled = apt_install_schedule(config, &install, &setting);
    bool interval = config_counts(config, SETTING_CHECK_INTERVAL);
    if (scheduled)
        apt_refresh_schedule(&install, &refresh);
    compare_timer(c, refresh_timer, scheduled && !interval ? &refresh : NULL,
                  scheduled || interval);
    if (config->mode == MODE_AUTOMATIC)
        compare_timer(c, upgrade_timer, scheduled ? &install : NULL, scheduled);
}
