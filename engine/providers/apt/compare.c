#include "engine/providers/apt/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "engine/facts/facts.h"
#include "engine/providers/apt/observe.h"
#include "engine/providers/apt/render.h"
#include "engine/providers/claims.h"

static const char refresh_timer[] = "apt-daily.timer";
static const char upgrade_timer[] = "apt-daily-upgrade.timer";

struct comparison {
    const struct update_config *config;
    const struct facts *facts;
    const struct client *client;
    const struct view *view;
    struct arena *arena;
    struct findings found;
};

/* --- The view ---------------------------------------------------------------------- */

static const struct view_entry *entry(const struct comparison *c, const char *key,
                                      size_t nth)
{
    for (size_t i = 0; i < c->view->n; i++)
        if (strcmp(c->view->entries[i].key, key) == 0 && nth-- == 0)
            return &c->view->entries[i];
    return NULL;
}

static const char *of_unit(struct comparison *c, const char *unit, const char *what)
{
    const char *key = arena_format(c->arena, "%s:%s", unit, what);
    const struct view_entry *found = key ? entry(c, key, 0) : NULL;
    return found ? found->value : NULL;
}

static bool has(const struct comparison *c, const char *key, const char *value)
{
    const struct view_entry *e;
    for (size_t i = 0; (e = entry(c, key, i)); i++)
        if (strcmp(e->value, value) == 0)
            return true;
    return false;
}

static bool asked(const struct comparison *c, const char *reader)
{
    return has(c, "asked", reader);
}

static void add(struct comparison *c, enum finding_state state, const char *key,
                const char *seen, const char *why)
{
    struct finding *finding = claims_add(&c->found, c->arena);
    if (!finding)
        return;
    finding->state = state;
    finding->key = key;
    finding->seen = seen;
    finding->why = why;
}

/* --- Claims ------------------------------------------------------------------------- */

/* The unit of "apt-daily.timer:OnCalendar"; NULL for apt's keys. Owned by the arena. */
static const char *unit_of(const char *key, struct arena *arena)
{
    const char *colon = strchr(key, ':');
    if (!colon || colon[1] == ':')
        return NULL;
    return arena_string_n(arena, key, (size_t)(colon - key));
}

static void temper(struct comparison *c, struct finding *f)
{
    const char *unit = unit_of(f->key, c->arena);
    const char *reload = unit ? of_unit(c, unit, "reload") : NULL;
    if (!asked(c, unit ? "units" : "apt")) {
        *f =
            (struct finding){ .state = FINDING_UNKNOWN,
                              .claim = f->claim,
                              .file = f->file,
                              .key = f->key,
                              .why = unit ? "systemd-analyze is not installed here, so "
                                            "it cannot be asked"
                                          : "apt-config is not installed here, so it "
                                            "cannot be asked" };
    } else if (unit && f->state == FINDING_IN_EFFECT) {
        if (!c->client->systemd_running) {
            f->state = FINDING_PENDING;
            f->why = "systemd takes notice when it runs";
        } else if (reload && strcmp(reload, "yes") == 0) {
            f->state = FINDING_PENDING;
            f->why = "systemd has not read it yet; 'systemctl daemon-reload' makes it";
        }
    }
}

/* A line of ours that systemd does not take is as good as not written. */
static void refused_lines(struct comparison *c)
{
    for (size_t i = 0; i < c->found.n; i++) {
        struct finding *f = &c->found.items[i];
        const char *unit = unit_of(f->key, c->arena);
        const char *key = unit ? arena_format(c->arena, "%s:verify", unit) : NULL;
        const char *line =
            arena_format(c->arena, "/%s.d/50-gpconf.conf:%u:", unit ? unit : "",
                         f->claim ? f->claim->line : 0);
        const struct view_entry *said;
        for (size_t n = 0; key && line && f->claim && (said = entry(c, key, n)); n++)
            if (strstr(said->value, line)) {
                f->state = FINDING_ERROR;
                f->seen = said->value;
                f->why = "systemd does not take this line";
            }
    }
}

/* --- Sources -------------------------------------------------------------------------- */

static bool may_install(const struct comparison *c)
{
    return !config_counts(c->config, SETTING_MODE) || c->config->mode == MODE_AUTOMATIC;
}

/* When the origins are ours, the error is one of our lines, and a change that makes it
 * is taken back: rather the updates of before than none. */
static void blame_our_origins(struct comparison *c)
{
    struct finding *error = &c->found.items[c->found.n - 1];
    for (size_t i = 0; i + 1 < c->found.n; i++) {
        const struct finding *f = &c->found.items[i];
        if (!f->claim || f->state != FINDING_IN_EFFECT || !*f->claim->value ||
            strcmp(f->claim->key, "Unattended-Upgrade::Origins-Pattern") != 0)
            continue;
        error->claim = f->claim;
        error->file = f->file;
        return;
    }
}

static void compare_origins(struct comparison *c)
{
    if (!may_install(c))
        return;
    if (!c->client->version) {
        add(c, FINDING_ERROR, "origin", NULL,
            "the package unattended-upgrades is not installed, so nothing is installed "
            "automatically until 'apt-get install unattended-upgrades' was done");
        return;
    }
    if (!asked(c, "origins")) {
        add(c, FINDING_UNKNOWN, "origin", NULL,
            "unattended-upgrades could not be asked which sources it would use");
        return;
    }
    size_t matched = 0;
    const struct view_entry *pattern;
    for (size_t i = 0; (pattern = entry(c, "origin", i)); i++)
        matched += has(c, "origin-matched", pattern->value);
    const struct view_entry *first = entry(c, "origin", 0);
    if (first && !asked(c, "sources") && !c->client->systemd_running) {
        add(c, FINDING_PENDING, "origin", first->value,
            "no list of packages was fetched yet, so which sources match is known once "
            "'apt-get update' was done");
        return;
    }
    if (matched == 0) {
        add(c, FINDING_ERROR, "origin", first ? first->value : NULL,
            first ? "no source matches any of the allowed origins, so nothing would "
                    "ever be installed; 'apt-get update' fetches what they are matched "
                    "with, else update.allowed-origins must name other ones"
                  : "no origin is allowed, so nothing would ever be installed; "
                    "update.allowed-origins can name some");
        if (asked(c, "sources"))
            blame_our_origins(c);
        return;
    }
    for (size_t i = 0; (pattern = entry(c, "origin", i)); i++)
        add(c, FINDING_IN_EFFECT, "origin", pattern->value,
            has(c, "origin-matched", pattern->value)
                ? NULL
                : "no source matches this origin now; others are matched");
}

/* --- Timers ---------------------------------------------------------------------------- */

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
    add(c, FINDING_DRIFTED, arena_format(c->arena, "%s:%s", unit, what), seen,
        arena_format(c->arena, "the timer should run at %s", moment(c, expected)));
}

static bool compare_next(struct comparison *c, const char *unit,
                         const int64_t *expected, size_t n)
{
    const char *key = arena_format(c->arena, "%s:next", unit);
    if (!key || !asked(c, "calendar"))
        return true; /* OnCalendar's own claims say what is not known */
    for (size_t i = 0; i < n; i++) {
        const struct view_entry *seen = entry(c, key, i);
        int64_t at = seen ? strtoll(seen->value, NULL, 10) : 0;
        if (seen && at == expected[i])
            continue;
        differs(c, unit, "next", seen ? moment(c, at) : NULL, expected[i]);
        return false;
    }
    add(c, c->client->systemd_running ? FINDING_IN_EFFECT : FINDING_PENDING, key,
        moment(c, expected[0]),
        c->client->systemd_running ? NULL : "the timer runs then if systemd does");
    return true;
}

/* A timer that spreads its runs elapses up to that much later, so only one that does
 * not is held to the minute. */
static void compare_elapse(struct comparison *c, const char *unit, int64_t expected)
{
    const char *spread = of_unit(c, unit, "RandomizedDelaySec");
    const char *elapses = of_unit(c, unit, "elapses");
    if (!elapses || !spread || strcmp(spread, "0") != 0)
        return;
    int64_t at = strtoll(elapses, NULL, 10);
    if (at < expected - 60 || at > expected + 60)
        differs(c, unit, "elapses", moment(c, at), expected);
    else
        add(c, FINDING_IN_EFFECT, arena_format(c->arena, "%s:elapses", unit),
            moment(c, at), NULL);
}

/* Any On… that nobody claimed is an occasion to run outside the schedule. */
static void compare_occasions(struct comparison *c, const char *unit, size_t n_claims)
{
    size_t size = strlen(unit);
    for (size_t i = 0; i < c->view->n; i++) {
        const struct view_entry *e = &c->view->entries[i];
        if (strncmp(e->key, unit, size) != 0 || e->key[size] != ':' || !*e->value ||
            !observe_is_occasion(e->key + size + 1))
            continue;
        bool claimed = false;
        for (size_t k = 0; k < n_claims && !claimed; k++)
            claimed = strcmp(c->found.items[k].key, e->key) == 0;
        if (claimed)
            continue; /* what it holds besides was found by the claims */
        add(c, FINDING_DRIFTED, e->key, e->value,
            "the timer has another occasion to run, which policy does not ask for");
        if (c->found.n)
            c->found.items[c->found.n - 1].by = e->from;
    }
}

static void compare_state(struct comparison *c, const char *unit)
{
    const char *enabled = of_unit(c, unit, "enabled");
    const char *active = of_unit(c, unit, "active");
    const char *key =
        arena_format(c->arena, "%s:%s", unit,
                     active || !c->client->systemd_running ? "active" : "enabled");
    if (enabled && strncmp(enabled, "masked", 6) == 0)
        add(c, FINDING_ERROR, arena_format(c->arena, "%s:enabled", unit), enabled,
            arena_format(c->arena,
                         "the timer is masked, so it never runs; 'systemctl unmask %s' "
                         "and 'systemctl enable --now %s' bring it back",
                         unit, unit));
    else if (enabled && strcmp(enabled, "disabled") == 0)
        add(c, FINDING_ERROR, arena_format(c->arena, "%s:enabled", unit), enabled,
            arena_format(c->arena,
                         "the timer is switched off; 'systemctl enable --now %s' "
                         "switches it on",
                         unit));
    else if (enabled && strcmp(enabled, "not-found") == 0)
        add(c, FINDING_ERROR, arena_format(c->arena, "%s:enabled", unit), NULL,
            "the timer is not there; the package apt brings it");
    else if (!c->client->systemd_running)
        add(c, FINDING_PENDING, key, NULL, "systemd does not run, so no timer does");
    else if (!active)
        add(c, FINDING_UNKNOWN, key, NULL,
            "systemctl did not tell whether the timer waits for its time");
    else if (strcmp(active, "active") != 0)
        add(c, FINDING_ERROR, key, active,
            arena_format(c->arena,
                         "the timer is not started; 'systemctl start %s' starts it",
                         unit));
    else
        add(c, FINDING_IN_EFFECT, key, active, NULL);
}

/* schedule is NULL when the timer has other occasions of ours, or none (ours). */
static void compare_timer(struct comparison *c, const char *unit,
                          const struct schedule *schedule, bool ours, size_t n_claims)
{
    enum { RUNS = 3 };
    int64_t expected[RUNS];
    compare_state(c, unit);
    if (ours)
        compare_occasions(c, unit, n_claims);
    if (!schedule)
        return;
    size_t n = schedule_next(schedule, c->facts, expected, RUNS);
    if (n && compare_next(c, unit, expected, n))
        compare_elapse(c, unit, expected[0]);
}

static void compare_timers(struct comparison *c)
{
    const struct update_config *config = c->config;
    struct schedule install, refresh;
    int setting;
    size_t n_claims = c->found.n;
    if (!config_counts(config, SETTING_MODE) || config->mode == MODE_MANUAL)
        return;
    bool scheduled = apt_install_schedule(config, &install, &setting);
    bool interval = config_counts(config, SETTING_CHECK_INTERVAL);
    if (scheduled)
        apt_refresh_schedule(&install, &refresh);
    compare_timer(c, refresh_timer, scheduled && !interval ? &refresh : NULL,
                  scheduled || interval, n_claims);
    if (config->mode == MODE_AUTOMATIC)
        compare_timer(c, upgrade_timer, scheduled ? &install : NULL, scheduled,
                      n_claims);
}

/* The steps that are apt's. */
static int own_steps(const struct change *wanted, struct arena *arena,
                     struct change *ret)
{
    *ret = *wanted;
    ret->n_steps = 0;
    ret->steps = arena_array(arena, wanted->n_steps, struct step);
    for (size_t i = 0; ret->steps && i < wanted->n_steps; i++)
        if (wanted->steps[i].owner && strcmp(wanted->steps[i].owner, "apt") == 0)
            ret->steps[ret->n_steps++] = wanted->steps[i];
    return ret->steps ? 0 : GPCONF_ENOMEM;
}

int apt_compare(const struct change *wanted, const struct update_config *config,
                const struct facts *facts, const struct client *client,
                const struct view *view, struct arena *arena, struct findings *ret)
{
    struct comparison c = { config, facts, client, view, arena, { 0 } };
    struct change own;
    int status = own_steps(wanted, arena, &own);
    if (!status)
        status = claims_compare(&own, view, arena, &c.found);
    if (status)
        return status;
    for (size_t i = 0; i < c.found.n; i++)
        temper(&c, &c.found.items[i]);
    refused_lines(&c);
    if (own.n_steps) { /* else nothing of this is ours to ask for */
        compare_timers(&c);
        compare_origins(&c);
    }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = c.found;
    return 0;
}
