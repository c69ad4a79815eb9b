#include "engine/providers/apt/render_parts.h"

/* Whether unattended-upgrades restarts the machine, and when. It restarts right after a
 * run, at a time of day, or after minutes; active hours and windows are reached by
 * choosing the time. */

#define REBOOT "Unattended-Upgrade::Automatic-Reboot"
#define REBOOT_AT "Unattended-Upgrade::Automatic-Reboot-Time"
#define REBOOT_USERS "Unattended-Upgrade::Automatic-Reboot-WithUsers"

static bool in_hours(uint32_t hour, uint32_t from, uint32_t to)
{
    return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}

static bool has_active_hours(const struct update_config *c)
{
    return config_counts(c, SETTING_ACTIVE_START) &&
           config_counts(c, SETTING_ACTIVE_END);
}

static bool may_restart(const struct update_config *c, uint32_t hour)
{
    if (has_active_hours(c) && in_hours(hour, c->active_start, c->active_end))
        return false;
    return !c->has_restart_hours || in_hours(hour, c->restart_from, c->restart_to);
}

/* A restart that only a window allows, on days that unattended-upgrades cannot tell. */
static bool window_is_daily(const struct update_config *c)
{
    return c->window_repeat == WINDOW_DAILY && c->window_every_days == 1;
}

struct moment {
    const char *time;
    int setting;
    enum fidelity fidelity;
    const char *why;
};

static bool hour_moment(struct apt_render *r, uint32_t hour, int setting,
                        const char *why, struct moment *ret)
{
    if (!may_restart(r->config, hour))
        return false;
    *ret = (struct moment){ arena_format(r->arena, "%02u:00", hour), setting,
                            FIDELITY_APPROXIMATE, why };
    return true;
}

/* The moment of a restart; false when no hour is allowed. Named times come first, then
 * the end of what forbids restarting. */
static bool choose_moment(struct apt_render *r, struct moment *ret)
{
    const struct update_config *c = r->config;
    bool named = config_counts(c, SETTING_REBOOT_TIME) && c->reboot_time;
    if (config_counts(c, SETTING_WINDOW_TIME)) {
        const char *t = c->window_time;
        uint32_t hour = (uint32_t)((t[0] - '0') * 10 + t[1] - '0');
        *ret = (struct moment){ t, SETTING_WINDOW_TIME, FIDELITY_APPROXIMATE,
                                "the restart comes as the window opens, on the day of "
                                "the installation or the next" };
        return window_is_daily(c) && may_restart(c, hour);
    }
    if (named) {
        uint32_t hour =
            (uint32_t)((c->reboot_time[0] - '0') * 10 + c->reboot_time[1] - '0');
        *ret = (struct moment){ c->reboot_time, SETTING_REBOOT_TIME, FIDELITY_EXACT,
                                NULL };
        if (may_restart(c, hour))
            return true;
    }
    if (has_active_hours(c) &&
        hour_moment(r, c->active_end, SETTING_ACTIVE_END,
                    "restarts wait for the end of the active hours, also those that "
                    "become due outside them",
                    ret))
        return true;
    if (has_active_hours(c) || c->has_restart_hours || named)
        return c->has_restart_hours &&
               hour_moment(r, c->restart_from, NO_SETTING,
                           "limits.ini allows restarts from this hour", ret);
    bool warned = config_counts(c, SETTING_REBOOT_WARNING);
    *ret =
        (struct moment){ arena_format(r->arena, "+%u", warned ? c->reboot_warning : 5),
                         warned ? SETTING_REBOOT_WARNING : NO_SETTING, FIDELITY_EXACT,
                         NULL };
    return true;
}

static void restart_users(struct apt_render *r)
{
    const struct update_config *c = r->config;
    if (config_counts(c, SETTING_REBOOT_WITH_USERS))
        apt_set(r, REBOOT_USERS, c->reboot_with_users ? "true" : "false",
                SETTING_REBOOT_WITH_USERS, FIDELITY_EXACT,
                c->reboot_with_users
                    ? NULL
                    : "every session counts, also idle ones over SSH or in tmux");
}

static void restart(struct apt_render *r, int asked_by)
{
    const struct update_config *c = r->config;
    struct moment moment = { 0 };
    bool fixed = config_counts(c, SETTING_REBOOT_ALWAYS) && c->reboot_always;
    if (fixed) {
        moment = (struct moment){ arena_format(r->arena, "+%u", c->reboot_delay),
                                  SETTING_REBOOT_DELAY, FIDELITY_EXACT, NULL };
    } else if (!choose_moment(r, &moment)) {
        apt_set(r, REBOOT, "false", asked_by, FIDELITY_APPROXIMATE,
                "there is no hour at which a restart is allowed");
        diagnostics_add(
            r->diagnostics, SEVERITY_WARNING, "apt-no-restart", (struct origin){ 0 },
            "active hours, window and limits.ini leave apt no time of day for a "
            "restart, not restarting");
        return;
    }
    apt_set(r, REBOOT, "true", asked_by, FIDELITY_EXACT, NULL);
    apt_set(r, REBOOT_AT, moment.time, moment.setting, moment.fidelity, moment.why);
    if (fixed)
        apt_set(r, REBOOT_USERS, "true", SETTING_REBOOT_ALWAYS, FIDELITY_EXACT, NULL);
}

/* Its parts are one thing to tell. */
static void tell_of_deadline(struct apt_render *r)
{
    static const enum setting_index parts[] = { SETTING_DEADLINE,
                                                SETTING_DEADLINE_GRACE,
                                                SETTING_DEADLINE_NO_REBOOT };
    static const char why[] =
        "gpconf does not keep the dates of updates yet, so nothing is forced: "
        "installations and restarts keep their schedule";
    bool told = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!config_counts(r->config, parts[i]))
            continue;
        if (told)
            draft_unsupported(&r->conf, (int)parts[i], why);
        else
            apt_unsupported(r, parts[i], why);
        told = true;
    }
}

void apt_render_restart(struct apt_render *r)
{
    const struct update_config *c = r->config;
    bool fixed = config_counts(c, SETTING_REBOOT_ALWAYS) && c->reboot_always;
    if (c->rebootless_now)
        apt_set(r, REBOOT, "false", SETTING_REBOOTLESS_MONTHS, FIDELITY_EMULATED,
                "this is a month without restarts");
    else if (config_counts(c, SETTING_REBOOT) && c->reboot == REBOOT_NEVER)
        apt_set(r, REBOOT, "false", SETTING_REBOOT, FIDELITY_EXACT, NULL);
    else if (config_counts(c, SETTING_REBOOT) || fixed)
        restart(r, fixed ? SETTING_REBOOT_ALWAYS : SETTING_REBOOT);
    else if (config_counts(c, SETTING_MODE) && c->mode == MODE_DOWNLOAD)
        return; /* nothing is installed, so nothing restarts */
    if (!fixed || c->rebootless_now)
        restart_users(r);
    if (config_counts(c, SETTING_REBOOT_SPREAD))
        apt_unsupported(r, SETTING_REBOOT_SPREAD,
                        "gpconf does not spread restarts yet, so all machines restart "
                        "at the same time");
    tell_of_deadline(r);
}
