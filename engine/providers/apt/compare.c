#include "engine/providers/apt/compare.h"

#include <string.h>

#include "base/status.h"
#include "engine/providers/apt/compare_parts.h"
#include "engine/providers/claims.h"

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
    const struct view_entry *reload = unit ? compare_of_unit(c, unit, "reload") : NULL;
    if (!compare_asked(c, unit ? "units" : "apt")) {
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
        } else if (reload && strcmp(reload->value, "yes") == 0) {
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
        for (size_t n = 0; key && line && f->claim && (said = compare_entry(c, key, n));
             n++)
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
        compare_add(
            c, FINDING_ERROR, "origin", NULL, NULL,
            "the package unattended-upgrades is not installed, so nothing is installed "
            "automatically until 'apt-get install unattended-upgrades' was done");
        return;
    }
    if (!compare_asked(c, "origins")) {
        compare_add(
            c, FINDING_UNKNOWN, "origin", NULL, NULL,
            "unattended-upgrades could not be asked which sources it would use");
        return;
    }
    size_t matched = 0;
    const struct view_entry *pattern;
    for (size_t i = 0; (pattern = compare_entry(c, "origin", i)); i++)
        matched += compare_has(c, "origin-matched", pattern->value);
    const struct view_entry *first = compare_entry(c, "origin", 0);
    if (first && !compare_asked(c, "sources") && !c->client->systemd_running) {
        compare_add(
            c, FINDING_PENDING, "origin", first->value, NULL,
            "no list of packages was fetched yet, so which sources match is known once "
            "'apt-get update' was done");
        return;
    }
    if (matched == 0) {
        compare_add(
            c, FINDING_ERROR, "origin", first ? first->value : NULL, NULL,
            first ? "no source matches any of the allowed origins, so nothing would "
                    "ever be installed; 'apt-get update' fetches what they are matched "
                    "with, else update.allowed-origins must name other ones"
                  : "no origin is allowed, so nothing would ever be installed; "
                    "update.allowed-origins can name some");
        if (compare_asked(c, "sources"))
            blame_our_origins(c);
        return;
    }
    for (size_t i = 0; (pattern = compare_entry(c, "origin", i)); i++)
        compare_add(c, FINDING_IN_EFFECT, "origin", pattern->value, NULL,
                    compare_has(c, "origin-matched", pattern->value)
                        ? NULL
                        : "no source matches this origin now; others are matched");
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
    struct comparison c = { config, facts, client, view, arena, { 0 }, 0 };
    struct change own;
    int status = own_steps(wanted, arena, &own);
    if (!status)
        status = claims_compare(&own, view, arena, &c.found);
    if (status)
        return status;
    c.n_claims = c.found.n;
    for (size_t i = 0; i < c.n_claims; i++)
        temper(&c, &c.found.items[i]);
    refused_lines(&c);
    if (own.n_steps) { /* else nothing of this is ours to ask for */
        compare_timers(&c);
        compare_services(&c);
        compare_origins(&c);
    }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = c.found;
    return 0;
}
