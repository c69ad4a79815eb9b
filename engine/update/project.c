#include "engine/update/project.h"

#include <string.h>

#include "base/status.h"
#include "engine/update/projection.h"
#include "engine/update/rules.h"

/* --- limits.ini ----------------------------------------------------------------- */

static void refuse(struct projection *p, enum setting_index index,
                   const struct origin *line, const char *why)
{
    struct decision *d = &p->config->decisions[index];
    if (!config_counts(p->config, index))
        return;
    d->refused_by = line;
    d->why = why;
    diagnostics_add(p->diagnostics, SEVERITY_WARNING, "setting-refused", *line,
                    "%s is refused by this machine: %s, ignoring", settings[index].id,
                    why);
}

static bool in_hours(uint32_t hour, uint32_t from, uint32_t to)
{
    return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}

static void limit_restarts(struct projection *p, const struct machine_limits *limits,
                           const struct origin *line)
{
    struct update_config *c = p->config;
    c->has_restart_hours = true;
    c->restart_from = limits->restart_from;
    c->restart_to = limits->restart_to;
    const char *t = c->reboot_time;
    if (config_counts(c, SETTING_REBOOT_TIME) && t &&
        !in_hours((uint32_t)((t[0] - '0') * 10 + t[1] - '0'), c->restart_from,
                  c->restart_to))
        refuse(p, SETTING_REBOOT_TIME, line, "the time lies outside its restart hours");
    if (config_counts(c, SETTING_REBOOT_ALWAYS) && c->reboot_always) {
        /* The restart comes up to three hours after the installation begins. */
        uint32_t last = (c->install_time * 60 + c->reboot_delay) / 60 % 24;
        if (!config_counts(c, SETTING_INSTALL_TIME) || c->install_time > 23 ||
            !in_hours(c->install_time, c->restart_from, c->restart_to) ||
            !in_hours(last, c->restart_from, c->restart_to))
            refuse(
                p, SETTING_REBOOT_ALWAYS, line,
                "the restart after an installation may lie outside its restart hours");
    }
}

/* Origins of security updates say so: Debian-Security, jammy-security. */
static bool names_security(const struct config_list *origins)
{
    for (size_t i = 0; i < origins->n; i++)
        if (strcasestr(origins->items[i], "security"))
            return true;
    return false;
}

static void apply_limits(struct projection *p, const struct machine_limits *limits)
{
    struct update_config *c = p->config;
    /* The decisions outlive the caller's limits. */
    struct machine_limits *copy = arena_copy(p->arena, limits, sizeof *limits);
    if (!copy)
        return;
    if (copy->security_required) {
        const struct origin *line = &copy->security_origin;
        if (c->mode != MODE_AUTOMATIC)
            refuse(p, SETTING_MODE, line, "security updates are required");
        refuse(p, SETTING_EXCLUDED_PACKAGES, line,
               "an excluded package would miss its security updates");
        if (!names_security(&c->allowed_origins))
            refuse(p, SETTING_ALLOWED_ORIGINS, line,
                   "none of the origins is named as one of security updates");
    }
    if (copy->has_greatest_deferral) {
        const struct origin *line = &copy->deferral_origin;
        if (c->deferral > copy->greatest_deferral)
            refuse(p, SETTING_DEFERRAL, line,
                   "it is longer than the greatest deferral");
        if (copy->greatest_deferral < PAUSE_DAYS)
            refuse(p, SETTING_PAUSE_START, line,
                   "a pause of 35 days is longer than the greatest deferral");
    }
    if (copy->sources_fixed) {
        static const enum setting_index sources[] = {
            SETTING_ALLOWED_ORIGINS, SETTING_TARGET_RELEASE, SETTING_OTHER_PRODUCTS,
            SETTING_RECOMMENDED,     SETTING_OPTIONAL,       SETTING_PROXY
        };
        for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
            refuse(p, sources[i], &copy->sources_origin,
                   "where updates come from is fixed");
    }
    if (copy->has_restart_hours)
        limit_restarts(p, copy, &copy->restart_origin);
}

/* --- What depends on the time ------------------------------------------------------
 */

/* The instant at which a day begins; where midnight does not exist, the day's first. */
static int64_t day_begins(const struct zone *zone, int64_t day)
{
    int64_t instants[2];
    for (int64_t wall = day * SECONDS_PER_DAY;; wall += 900)
        if (zone_instants(zone, wall, instants) > 0)
            return instants[0];
}

static void until(struct update_config *c, int64_t instant)
{
    if (instant < c->valid_until)
        c->valid_until = instant;
}

static int part(const char *text, int digits)
{
    int number = 0;
    while (digits-- > 0)
        number = number * 10 + (*text++ - '0');
    return number;
}

static void place_in_time(struct update_config *c, const struct facts *facts)
{
    int64_t today = wall_day(zone_wall(facts->zone, facts->now));
    if (config_counts(c, SETTING_PAUSE_START) && c->pause_start) {
        const char *t = c->pause_start;
        int64_t first = civil_days(part(t, 4), part(t + 5, 2), part(t + 8, 2));
        int64_t begins = day_begins(facts->zone, first);
        int64_t ends = day_begins(facts->zone, first + PAUSE_DAYS);
        c->paused = facts->now >= begins && facts->now < ends;
        if (facts->now < ends)
            until(c, c->paused ? ends : begins);
    }
    if (config_counts(c, SETTING_REBOOTLESS_MONTHS)) {
        struct civil now = civil_from_days(today);
        c->rebootless_now = c->rebootless_months >> (now.month - 1) & 1;
        until(c, day_begins(facts->zone, civil_days(now.year, now.month, 1) +
                                             civil_month_days(now.year, now.month)));
    }
}

int project_settings(const struct rsop *rsop, const struct catalogue *catalogue,
                     const struct facts *facts, const struct machine_limits *limits,
                     struct arena *arena, struct diagnostics *diagnostics,
                     struct update_config *ret)
{
    struct update_config config = { .valid_until = INT64_MAX };
    struct projection p = { rsop, catalogue, arena, diagnostics, &config };
    for (int i = 0; i < SETTING_COUNT; i++)
        projection_setting(&p, (enum setting_index)i);
    if (limits)
        apply_limits(&p, limits);
    rules_apply(&config, diagnostics);
    place_in_time(&config, facts);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = config;
    return 0;
}
