#include "engine/providers/apt/render.h"

#include <string.h>

#include "base/status.h"
#include "engine/providers/apt/render_parts.h"
#include "engine/providers/units.h"
#include "engine/update/settings.h"

#define PERIODIC "APT::Periodic::"

/* --- What the periodic job does ------------------------------------------------ */

/* Per mode: lists, downloads, installations. */
static const struct {
    const char *lists, *download, *install;
} modes[] = {
    [MODE_AUTOMATIC] = { "always", "0", "always" },
    [MODE_DOWNLOAD] = { "always", "always", "0" },
    [MODE_NOTIFY] = { "always", "0", "0" },
    [MODE_MANUAL] = { "0", "0", "0" },
};

/* A window that systemd's calendar cannot say stops installing: never outside it. */
static bool window_binds(const struct update_config *c)
{
    return config_counts(c, SETTING_WINDOW_TIME) && c->window_actions <= 1 &&
           config_counts(c, SETTING_MODE) && c->mode == MODE_AUTOMATIC;
}

static const char *install_interval(const struct apt_render *r, int *ret_setting,
                                    enum fidelity *ret_fidelity, const char **ret_why)
{
    const struct update_config *c = r->config;
    struct schedule window;
    *ret_setting = SETTING_MODE;
    *ret_fidelity = FIDELITY_EXACT;
    *ret_why = NULL;
    if (c->paused) {
        *ret_setting = SETTING_PAUSE_START;
        *ret_fidelity = FIDELITY_EMULATED;
        *ret_why =
            "updates are paused; gpconf takes this line back when the pause ends";
        return "0";
    }
    if (window_binds(c) && !schedule_window(c, &window)) {
        *ret_setting = SETTING_WINDOW_REPEAT;
        *ret_fidelity = FIDELITY_APPROXIMATE;
        *ret_why = "a timer cannot repeat like this, and nothing is installed outside "
                   "the window";
        return "0";
    }
    return config_counts(c, SETTING_MODE) ? modes[c->mode].install : NULL;
}

static void render_mode(struct apt_render *r)
{
    const struct update_config *c = r->config;
    int setting;
    enum fidelity fidelity;
    const char *why, *install = install_interval(r, &setting, &fidelity, &why);
    if (config_counts(c, SETTING_MODE)) {
        if (c->mode != MODE_MANUAL)
            apt_set(r, PERIODIC "Enable", "1", NO_SETTING, FIDELITY_EXACT, NULL);
        apt_set(r, PERIODIC "Update-Package-Lists", modes[c->mode].lists, SETTING_MODE,
                FIDELITY_EXACT, NULL);
        bool download = c->mode == MODE_DOWNLOAD;
        apt_set(r, PERIODIC "Download-Upgradeable-Packages", modes[c->mode].download,
                SETTING_MODE, download ? FIDELITY_APPROXIMATE : FIDELITY_EXACT,
                download
                    ? "apt downloads all upgrades, whatever the allowed origins and "
                      "excluded packages are"
                    : NULL);
    }
    if (install)
        apt_set(r, PERIODIC "Unattended-Upgrade", install, setting, fidelity, why);
    if (setting == SETTING_WINDOW_REPEAT)
        diagnostics_add(r->diagnostics, SEVERITY_WARNING, "apt-window",
                        (struct origin){ 0 },
                        "a maintenance window that repeats like this one cannot be a "
                        "timer, installing nothing automatically");
}

/* --- Timers and services ---------------------------------------------------------- */

static void unit_line(struct draft *draft, const char *unit, const char *key,
                      const char *value, int setting, enum fidelity fidelity,
                      const char *why)
{
    if (!value)
        return;
    draft_line(draft, "%s=%s", key, value);
    draft_claim(draft, arena_format(draft->arena, "%s:%s", unit, key), value, setting,
                fidelity, why);
}

#define CONF "etc/apt/apt.conf.d/99-gpconf.conf"
#define PRIVATE_CONF "etc/apt/apt.conf.d/99-gpconf.private.conf"
#define DROP_IN(unit) "etc/systemd/system/" unit ".d/50-gpconf.conf"

const char *const apt_files[] = { CONF,
                                  PRIVATE_CONF,
                                  DROP_IN("apt-daily.timer"),
                                  DROP_IN("apt-daily-upgrade.timer"),
                                  DROP_IN("apt-daily.service"),
                                  DROP_IN("apt-daily-upgrade.service"),
                                  NULL };

static const char *drop_in(const char *unit, struct arena *arena)
{
    return arena_format(arena, DROP_IN("%s"), unit);
}

bool apt_install_schedule(const struct update_config *c, struct schedule *ret,
                          int *ret_setting)
{
    *ret_setting = SETTING_WINDOW_TIME;
    if (window_binds(c))
        return schedule_window(c, ret);
    *ret_setting = config_counts(c, SETTING_INSTALL_TIME)  ? SETTING_INSTALL_TIME
                   : config_counts(c, SETTING_INSTALL_DAY) ? SETTING_INSTALL_DAY
                                                           : SETTING_INSTALL_WEEKS;
    return schedule_install(c, ret);
}

/* Missed installations: Disabled says not to make up for them. */
static void render_persistent(struct apt_render *r, struct draft *draft,
                              const char *unit)
{
    const struct update_config *c = r->config;
    const struct decision *d = &c->decisions[SETTING_MISSED_INSTALL];
    if (config_counts(c, SETTING_MISSED_INSTALL))
        unit_line(
            draft, unit, "Persistent", "true", SETTING_MISSED_INSTALL,
            FIDELITY_APPROXIMATE,
            "a missed installation is made up for as soon as the timer starts, not "
            "after the given minutes");
    else if (d->source != BY_DEFAULT && d->is_off && config_counts(c, SETTING_MODE) &&
             c->mode == MODE_AUTOMATIC)
        unit_line(draft, unit, "Persistent", "false", SETTING_MISSED_INSTALL,
                  FIDELITY_EXACT, NULL);
}

/* What else of the schedule is in the one calendar line. */
static void claim_companions(struct draft *draft, const struct update_config *c,
                             const char *unit, const char *value, int setting)
{
    static const enum setting_index parts[] = { SETTING_INSTALL_DAY,
                                                SETTING_INSTALL_WEEKS };
    const char *key = arena_format(draft->arena, "%s:OnCalendar", unit);
    for (size_t i = 0; i < 2 && setting != SETTING_WINDOW_TIME; i++)
        if ((int)parts[i] != setting && config_counts(c, parts[i]))
            draft_claim(draft, key, value, (int)parts[i], FIDELITY_EXACT, NULL);
}

static void render_upgrade_timer(struct apt_render *r, struct change *plan)
{
    static const char unit[] = "apt-daily-upgrade.timer";
    const struct update_config *c = r->config;
    struct draft draft;
    struct schedule schedule;
    int setting;
    draft_init(&draft, r->config, r->arena);
    draft_line(&draft, "[Timer]");
    uint32_t empty = draft.line;
    if (apt_install_schedule(c, &schedule, &setting)) {
        const char *calendar = units_calendar(&schedule, r->arena);
        bool window = setting == SETTING_WINDOW_TIME;
        unit_line(&draft, unit, "OnCalendar", "", setting, FIDELITY_EXACT, NULL);
        unit_line(&draft, unit, "OnCalendar", calendar, setting,
                  window ? FIDELITY_APPROXIMATE : FIDELITY_EXACT,
                  window ? "an installation begins as the window opens; one that runs "
                           "when it closes is finished"
                         : NULL);
        claim_companions(&draft, c, unit, calendar, setting);
        unit_line(&draft, unit, "RandomizedDelaySec", "0", NO_SETTING, FIDELITY_EXACT,
                  NULL);
    }
    render_persistent(r, &draft, unit);
    if (config_counts(c, SETTING_WAKE))
        unit_line(&draft, unit, "WakeSystem", c->wake ? "true" : "false", SETTING_WAKE,
                  FIDELITY_EXACT, NULL);
    if (draft.line > empty)
        draft_finish(&draft, drop_in(unit, r->arena), "apt", "# ", 0644, GATE_NEUTRAL,
                     plan);
    else
        buffer_done(&draft.text);
}

/* The refresh is at least an hour old when the installation begins: it starts two hours
 * before and is spread over one at most. Every day, so that what is told between
 * installations is fresh as well. */
void apt_refresh_schedule(const struct schedule *install, struct schedule *ret)
{
    struct schedule daily = {
        SCHEDULE_ALL_WEEKDAYS, SCHEDULE_ALL_DAYS, false,
        SCHEDULE_ALL_MONTHS,   install->hour,     install->minute
    };
    units_earlier(&daily, 2, ret);
}

/* Hours of the clock, not a time since the last refresh: a monotonic timer that starts
 * anew (each apply does that) runs at once when it is overdue, and not at all when its
 * moment after the boot has passed. */
static void render_interval(struct draft *draft, const char *unit, uint32_t hours)
{
    bool even = 24 % hours == 0;
    unit_line(draft, unit, "OnCalendar",
              arena_format(draft->arena, "*-*-* 00/%u:00:00", hours),
              SETTING_CHECK_INTERVAL, even ? FIDELITY_EXACT : FIDELITY_APPROXIMATE,
              even ? NULL : "the hours are counted anew from every midnight");
}

static void render_refresh_timer(struct apt_render *r, struct change *plan)
{
    static const char unit[] = "apt-daily.timer";
    const struct update_config *c = r->config;
    struct schedule install, refresh;
    int setting;
    bool scheduled = apt_install_schedule(c, &install, &setting);
    bool interval = config_counts(c, SETTING_CHECK_INTERVAL);
    if (!scheduled && !interval)
        return;
    struct draft draft;
    draft_init(&draft, r->config, r->arena);
    draft_line(&draft, "[Timer]");
    unit_line(&draft, unit, "OnCalendar", "", scheduled ? setting : NO_SETTING,
              FIDELITY_EXACT, NULL);
    if (interval)
        render_interval(&draft, unit, c->check_interval);
    if (scheduled) {
        apt_refresh_schedule(&install, &refresh);
        unit_line(
            &draft, unit, "OnCalendar", units_calendar(&refresh, r->arena), setting,
            FIDELITY_EXACT,
            "the lists are refreshed before the installation, which does not do it");
    }
    uint32_t spread = interval && c->check_interval < 5 ? c->check_interval * 12 : 60;
    unit_line(&draft, unit, "RandomizedDelaySec",
              arena_format(r->arena, "%umin", spread), NO_SETTING, FIDELITY_EXACT,
              NULL);
    draft_finish(&draft, drop_in(unit, r->arena), "apt", "# ", 0644, GATE_NEUTRAL,
                 plan);
}

static bool power(const struct update_config *c, int *ret_setting, bool *ret_on_battery)
{
    bool counts = config_counts(c, SETTING_ON_BATTERY);
    *ret_setting = counts ? SETTING_ON_BATTERY : SETTING_CART;
    *ret_on_battery = counts ? c->on_battery : c->cart;
    return counts || config_counts(c, SETTING_CART);
}

static void render_services(struct apt_render *r, struct change *plan)
{
    static const char *const units[] = { "apt-daily.service",
                                         "apt-daily-upgrade.service" };
    int setting;
    bool on_battery;
    if (!power(r->config, &setting, &on_battery))
        return;
    for (size_t i = 0; i < 2; i++) {
        struct draft draft;
        draft_init(&draft, r->config, r->arena);
        draft_line(&draft, "[Unit]");
        unit_line(&draft, units[i], "ConditionACPower", "", setting, FIDELITY_EXACT,
                  NULL);
        if (!on_battery)
            unit_line(&draft, units[i], "ConditionACPower", "true", setting,
                      FIDELITY_EXACT, NULL);
        draft_finish(&draft, drop_in(units[i], r->arena), "apt", "# ", 0644,
                     GATE_NEUTRAL, plan);
    }
}

/* --- The rest of apt.conf ------------------------------------------------------------
 */

static void render_mail(struct apt_render *r)
{
    static const char *const reports[] = { "always", "on-change", "only-on-error" };
    const struct update_config *c = r->config;
    if (!config_counts(c, SETTING_MAIL) || !c->mail)
        return;
    apt_set(r, "Unattended-Upgrade::Mail", c->mail, SETTING_MAIL, FIDELITY_EXACT, NULL);
    if (config_counts(c, SETTING_MAIL_REPORT))
        apt_set(r, "Unattended-Upgrade::MailReport", reports[c->mail_report],
                SETTING_MAIL_REPORT, FIDELITY_EXACT, NULL);
    if (config_counts(c, SETTING_MAIL_SENDER))
        apt_set(r, "Unattended-Upgrade::Sender", c->mail_sender, SETTING_MAIL_SENDER,
                FIDELITY_EXACT, NULL);
}

static void render_network(struct apt_render *r)
{
    enum { LIMIT_MAX = INT32_MAX / 1024 }; /* apt counts bytes in an int */
    static const char *const schemes[] = { "http", "https" };
    const struct update_config *c = r->config;
    bool background = config_counts(c, SETTING_BANDWIDTH);
    int setting = background ? SETTING_BANDWIDTH : SETTING_BANDWIDTH_FOREGROUND;
    uint32_t limit = background ? c->bandwidth : c->bandwidth_foreground;
    bool limited = config_counts(c, (enum setting_index)setting);
    if (limited && limit > LIMIT_MAX) {
        apt_unsupported(r, (enum setting_index)setting,
                        "it is more than the 2097151 KB/s that apt can count, so there "
                        "is no limit");
        limited = false;
    }
    for (size_t i = 0; limited && i < 2; i++)
        apt_set(r, arena_format(r->arena, "Acquire::%s::Dl-Limit", schemes[i]),
                arena_format(r->arena, "%u", limit), setting, FIDELITY_APPROXIMATE,
                "apt has one limit, which holds for downloads by hand as well");
    for (size_t i = 0; config_counts(c, SETTING_PROXY) && i < 2; i++)
        apt_set(r, arena_format(r->arena, "Acquire::%s::Proxy", schemes[i]), c->proxy,
                SETTING_PROXY, FIDELITY_EXACT, NULL);
    if (config_counts(c, SETTING_METERED))
        apt_set(r, "Unattended-Upgrade::Skip-Updates-On-Metered-Connections",
                c->metered ? "false" : "true", SETTING_METERED, FIDELITY_APPROXIMATE,
                "unattended-upgrades only knows what NetworkManager tells it");
}

static void render_power(struct apt_render *r)
{
    int setting;
    bool on_battery;
    if (power(r->config, &setting, &on_battery))
        apt_set(r, "Unattended-Upgrade::OnlyOnACPower", on_battery ? "false" : "true",
                setting, FIDELITY_EXACT, NULL);
}

static void tell_unsupported(struct apt_render *r)
{
    const struct update_config *c = r->config;
    if (config_counts(c, SETTING_DEFERRAL) && c->deferral > 0)
        apt_unsupported(r, SETTING_DEFERRAL,
                        "gpconf does not keep when it first saw an update yet, so "
                        "updates are not held back");
    if (config_counts(c, SETTING_SERVICE_RESTARTS))
        apt_unsupported(r, SETTING_SERVICE_RESTARTS,
                        "gpconf does not configure needrestart yet, so services "
                        "restart as its own configuration says");
}

static void render_conf(struct apt_render *r, struct change *plan)
{
    const struct update_config *c = r->config;
    struct schedule schedule;
    int setting;
    draft_init(&r->conf, r->config, r->arena);
    draft_init(&r->private, r->config, r->arena);
    render_mode(r);
    if (apt_install_schedule(c, &schedule,
                             &setting)) /* another's days would cut ours */
        apt_clear(r, "Unattended-Upgrade::Update-Days", setting);
    apt_render_origins(r);
    apt_render_exclusions(r);
    apt_render_restart(r);
    render_power(r);
    render_mail(r);
    render_network(r);
    tell_unsupported(r);
    draft_give(&r->conf, &r->private); /* what has no line needs some file */
    bool opens =
        config_counts(c, SETTING_MODE) && c->mode == MODE_AUTOMATIC && !c->paused;
    enum gate gate = opens ? GATE_OPENS : GATE_CLOSES;
    draft_finish(&r->conf, CONF, "apt", "// ", 0644, gate, plan);
    draft_finish(&r->private, PRIVATE_CONF, "apt", "// ", 0600, gate, plan);
}

/* Does policy let us configure apt? */
static bool is_ours(const struct update_config *c)
{
    if (!config_counts(c, SETTING_PROVIDERS))
        return true;
    for (size_t i = 0; i < c->providers.n; i++)
        if (!strcmp(c->providers.items[i], "apt"))
            return true;
    return false;
}

int apt_render(const struct update_config *config, const struct client *client,
               struct arena *arena, struct diagnostics *diagnostics,
               struct change *plan)
{
    struct apt_render r = { config, client, arena, diagnostics, { 0 }, { 0 } };
    if (!is_ours(config)) {
        diagnostics_add(diagnostics, SEVERITY_WARNING, "apt-not-named",
                        (struct origin){ 0 },
                        "%s does not name apt, writing nothing for apt",
                        settings[SETTING_PROVIDERS].id);
        return 0;
    }
    if (client->orchestrator) {
        diagnostics_add(diagnostics, SEVERITY_WARNING, "apt-orchestrator",
                        (struct origin){ 0 },
                        "updates of this machine are driven by %s, writing nothing for "
                        "apt",
                        client->orchestrator);
        return 0;
    }
    render_conf(&r, plan);
    render_refresh_timer(&r, plan);
    render_upgrade_timer(&r, plan);
    render_services(&r, plan);
    return arena_failed(arena) ? GPCONF_ENOMEM : 0;
}
