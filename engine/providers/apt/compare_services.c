#include <string.h>

#include "engine/providers/apt/compare_parts.h"

/* A timer that fires does nothing by itself: it starts a service, and that a program.
 * Each of them can be masked, replaced or held back without the timer being any the
 * wiser. */

#define JOB "/" APT_JOB

static const struct service {
    const char *unit, *timer, *phase; /* the job's argument; without one it does both */
    const char *lost;                 /* what does not happen without it */
} services[] = {
    { "apt-daily.service", "apt-daily.timer", "update",
      "no list of packages is fetched" },
    { "apt-daily-upgrade.service", "apt-daily-upgrade.timer", "install",
      "nothing is installed" },
};

/* --- The unit ------------------------------------------------------------------------ */

/* Returns false when it cannot be started at all. */
static bool compare_presence(struct comparison *c, const struct service *s)
{
    const struct view_entry *file = compare_of_unit(c, s->unit, "file");
    const char *enabled = compare_said(compare_of_unit(c, s->unit, "enabled"));
    const char *key = arena_format(c->arena, "%s:enabled", s->unit);
    if (enabled && strncmp(enabled, "masked", 6) == 0)
        compare_add(c, FINDING_ERROR, key, enabled, compare_said(file),
                    arena_format(c->arena,
                                 "the service is masked, so %s although its timer "
                                 "fires; 'systemctl unmask %s' brings it back",
                                 s->lost, s->unit));
    else if (enabled && strcmp(enabled, "not-found") == 0)
        compare_add(c, FINDING_ERROR, key, NULL, NULL,
                    arena_format(c->arena,
                                 "the service is not there, so %s although its timer "
                                 "fires; the package apt brings it",
                                 s->lost));
    else
        return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\0';
}

/* Does a command name apt's job, whatever it is started through, with this phase? */
static bool does_the_job(const char *command, const char *phase)
{
    const char *at = strstr(command, JOB);
    if (!at || !is_blank(at[sizeof JOB - 1]))
        return false;
    at += sizeof JOB - 1;
    at += strspn(at, " \t");
    size_t size = strlen(phase);
    return !*at || (strncmp(at, phase, size) == 0 && is_blank(at[size]));
}

static void compare_command(struct comparison *c, const struct service *s)
{
    const char *key = arena_format(c->arena, "%s:ExecStart", s->unit);
    const struct view_entry *entry, *other = NULL, *taken = NULL;
    for (size_t i = 0; key && (entry = compare_entry(c, key, i)); i++) {
        if (does_the_job(entry->value, s->phase))
            return;
        *(*entry->value ? &other : &taken) = entry;
    }
    if (other)
        compare_add(c, FINDING_DRIFTED, key, other->value, other->from,
                    arena_format(c->arena,
                                 "the service runs something else than apt's own job "
                                 "(%s %s), so whether updates come is not known",
                                 JOB, s->phase));
    else if (taken || compare_of_unit(c, s->unit, "file"))
        compare_add(c, FINDING_ERROR, key, NULL, taken ? taken->from : NULL,
                    arena_format(c->arena, "the service runs nothing, so %s", s->lost));
}

/* --- What holds a unit back ------------------------------------------------------------ */

static bool is_condition(const char *name)
{
    return strncmp(name, "Condition", 9) == 0 || strncmp(name, "Assert", 6) == 0 ||
           strcmp(name, "ExecCondition") == 0;
}

/* What the distribution ships is not held against anybody; that the power must be on is
 * in its own units, and so in copies of them. */
static bool is_shipped(const struct view_entry *entry, const char *name)
{
    return strcmp(name, "ConditionACPower") == 0 || !entry->from ||
           strncmp(entry->from, "usr/lib/", 8) == 0 ||
           strncmp(entry->from, "lib/", 4) == 0;
}

static void compare_conditions(struct comparison *c, const char *unit)
{
    size_t size = strlen(unit);
    for (size_t i = 0; i < c->view->n; i++) {
        const struct view_entry *e = &c->view->entries[i];
        if (strncmp(e->key, unit, size) != 0 || e->key[size] != ':' || !*e->value)
            continue;
        const char *name = e->key + size + 1;
        if (is_condition(name) && !is_shipped(e, name) &&
            !compare_is_claimed(c, e->key))
            compare_add(c, FINDING_DRIFTED, e->key, e->value, e->from,
                        "the unit is held back while this does not hold, which policy "
                        "does not ask for");
    }
}

static void compare_start(struct comparison *c, const struct service *s)
{
    const struct view_entry *unit = compare_of_unit(c, s->timer, "Unit");
    if (unit && strcmp(unit->value, s->unit) != 0)
        compare_add(c, FINDING_ERROR, unit->key, unit->value, unit->from,
                    arena_format(c->arena,
                                 "the timer starts another unit than %s, so %s",
                                 s->unit, s->lost));
}

/* --- The programs ---------------------------------------------------------------------- */

static void compare_program(struct comparison *c, const char *path, const char *package,
                            const char *lost)
{
    const struct view_entry *entry;
    const char *diverted = NULL;
    for (size_t i = 0; (entry = compare_entry(c, "diverted", i)); i++)
        if (strcmp(entry->value, path) == 0)
            diverted = entry->from;
    if (compare_has(c, "missing", path))
        compare_add(c, FINDING_ERROR, path, NULL, diverted,
                    arena_format(c->arena,
                                 "the program is not there, so %s; 'apt-get install "
                                 "--reinstall %s' brings it back",
                                 lost, package));
    else if (diverted)
        compare_add(
            c, FINDING_DRIFTED, path, NULL, diverted,
            arena_format(c->arena,
                         "dpkg keeps the program of the package %s elsewhere, so "
                         "what runs in its place is not known; 'dpkg-divert "
                         "--list' names it",
                         package));
}

void compare_services(struct comparison *c)
{
    bool counts = config_counts(c->config, SETTING_MODE);
    if (!counts || c->config->mode == MODE_MANUAL)
        return;
    bool installs = c->config->mode == MODE_AUTOMATIC;
    for (size_t i = 0; i < (installs ? 2 : 1); i++) {
        const struct service *s = &services[i];
        compare_start(c, s);
        compare_conditions(c, s->timer);
        if (!compare_presence(c, s))
            continue;
        compare_command(c, s);
        compare_conditions(c, s->unit);
    }
    compare_program(c, APT_JOB, "apt",
                    installs ? "nothing is installed" : services[0].lost);
    if (installs && c->client->version)
        compare_program(c, APT_INSTALLER, "unattended-upgrades",
                        "nothing is installed");
}
