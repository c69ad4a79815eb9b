#include "engine/update/rules.h"

#include "engine/update/settings.h"

static bool is_on(const struct update_config *c, enum setting_index setting,
                  uint32_t field)
{
    return config_counts(c, setting) && field;
}

static bool is_automatic(const struct update_config *c)
{
    return config_counts(c, SETTING_MODE) && c->mode == MODE_AUTOMATIC;
}

/* A restart after every installation, some minutes later. */
static bool restarts_always(const struct update_config *c)
{
    return is_on(c, SETTING_REBOOT_ALWAYS, c->reboot_always);
}

/* "No restart while users are logged on" is in force. */
static bool spares_users(const struct update_config *c)
{
    return config_counts(c, SETTING_REBOOT_WITH_USERS) && !c->reboot_with_users;
}

void rules_idle(struct update_config *config, enum setting_index setting,
                uint16_t number)
{
    struct decision *d = &config->decisions[setting];
    if (d->source == BY_DEFAULT || d->is_off || d->idle_by)
        return;
    d->idle_by = number;
    const struct rule *rule = rules_find(number);
    d->why = rule ? rule->text : NULL;
}

static void idle_all(struct update_config *c, uint16_t number,
                     const enum setting_index *which, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rules_idle(c, which[i], number);
}
#define IDLE(config, number, ...)                                                      \
    idle_all(config, number, (const enum setting_index[]){ __VA_ARGS__ },              \
             sizeof((const enum setting_index[]){ __VA_ARGS__ }) /                     \
                 sizeof(enum setting_index))

static void manual_idles_the_rest(struct update_config *c)
{
    if (config_counts(c, SETTING_MODE) && c->mode == MODE_MANUAL)
        IDLE(c, 1, SETTING_CHECK_INTERVAL, SETTING_REBOOT_WITH_USERS,
             SETTING_REBOOT_WARNING, SETTING_MISSED_INSTALL);
}

static void a_schedule_needs_automatic(struct update_config *c)
{
    if (!is_automatic(c))
        IDLE(c, 2, SETTING_INSTALL_DAY, SETTING_INSTALL_TIME, SETTING_INSTALL_WEEKS);
}

static void maintenance_replaces_the_schedule(struct update_config *c)
{
    if (is_on(c, SETTING_MAINTENANCE, c->maintenance))
        IDLE(c, 26, SETTING_INSTALL_DAY, SETTING_INSTALL_TIME, SETTING_INSTALL_WEEKS);
}

static void restart_details_need_automatic(struct update_config *c)
{
    if (!is_automatic(c))
        IDLE(c, 3, SETTING_REBOOT_WITH_USERS, SETTING_REBOOT_WARNING,
             SETTING_MISSED_INSTALL, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY,
             SETTING_MAINTENANCE);
}

static void sparing_users_idles_active_hours(struct update_config *c)
{
    if (spares_users(c))
        IDLE(c, 8, SETTING_ACTIVE_START, SETTING_ACTIVE_END);
}

static void sparing_users_idles_a_fixed_restart(struct update_config *c)
{
    if (spares_users(c))
        IDLE(c, 9, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY);
}

static void a_window_needs_its_start(struct update_config *c)
{
    if (config_counts(c, SETTING_WINDOW_DATE) && config_counts(c, SETTING_WINDOW_TIME))
        return;
    for (int i = SETTING_WINDOW_ACTIONS; i <= SETTING_WINDOW_WEEKDAY; i++)
        rules_idle(c, (enum setting_index)i, 18);
}

static void optional_decides_over_recommended(struct update_config *c)
{
    if (config_counts(c, SETTING_OPTIONAL))
        IDLE(c, 19, SETTING_RECOMMENDED);
}

static void a_list_of_origins_is_whole(struct update_config *c)
{
    if (config_counts(c, SETTING_ALLOWED_ORIGINS))
        IDLE(c, 20, SETTING_RECOMMENDED, SETTING_OPTIONAL, SETTING_OTHER_PRODUCTS);
}

static void mail_needs_an_address(struct update_config *c)
{
    if (!config_counts(c, SETTING_MAIL))
        IDLE(c, 21, SETTING_MAIL_REPORT, SETTING_MAIL_SENDER);
}

static void never_restarting_idles_how(struct update_config *c)
{
    if (config_counts(c, SETTING_REBOOT) && c->reboot == REBOOT_NEVER)
        IDLE(c, 22, SETTING_REBOOT_TIME, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY,
             SETTING_REBOOT_WARNING, SETTING_REBOOT_WITH_USERS, SETTING_REBOOT_SPREAD,
             SETTING_ACTIVE_START, SETTING_ACTIVE_END);
}

/* Nothing but update.reboot and update.reboot-always makes a client restart the machine.
 * Sparing users is left out: it also holds for what the client's own configuration
 * asks. */
static void restarting_must_be_asked_for(struct update_config *c)
{
    if (!config_counts(c, SETTING_REBOOT) && !restarts_always(c))
        IDLE(c, 27, SETTING_REBOOT_TIME, SETTING_REBOOT_WARNING, SETTING_REBOOT_SPREAD,
             SETTING_ACTIVE_START, SETTING_ACTIVE_END);
}

static void a_fixed_restart_has_no_time_of_day(struct update_config *c)
{
    if (restarts_always(c))
        IDLE(c, 28, SETTING_REBOOT_TIME, SETTING_REBOOT_WARNING, SETTING_ACTIVE_START,
             SETTING_ACTIVE_END);
}

static void a_window_decides_when_to_restart(struct update_config *c)
{
    if (config_counts(c, SETTING_WINDOW_TIME))
        IDLE(c, 29, SETTING_REBOOT_TIME);
}

/* Has active hours that the rules before left. */
static void active_hours_bind_the_restart_time(struct update_config *c)
{
    if (!config_counts(c, SETTING_ACTIVE_START) ||
        !config_counts(c, SETTING_REBOOT_TIME) || !c->reboot_time)
        return;
    uint32_t hour =
        (uint32_t)((c->reboot_time[0] - '0') * 10 + c->reboot_time[1] - '0');
    if ((hour + 24 - c->active_start) % 24 <
        (c->active_end + 24 - c->active_start) % 24)
        IDLE(c, 30, SETTING_REBOOT_TIME);
}

static void a_time_of_day_needs_no_minutes(struct update_config *c)
{
    if (config_counts(c, SETTING_REBOOT_TIME) ||
        config_counts(c, SETTING_ACTIVE_START) ||
        config_counts(c, SETTING_WINDOW_TIME) || c->has_restart_hours)
        IDLE(c, 31, SETTING_REBOOT_WARNING);
}

static void the_newer_of_two_decides(struct update_config *c)
{
    if (config_counts(c, SETTING_ON_BATTERY))
        IDLE(c, 23, SETTING_CART);
    if (config_counts(c, SETTING_BANDWIDTH))
        IDLE(c, 23, SETTING_BANDWIDTH_FOREGROUND);
}

static void active_hours_have_two_ends(struct update_config *c)
{
    bool start = config_counts(c, SETTING_ACTIVE_START);
    bool end = config_counts(c, SETTING_ACTIVE_END);
    uint32_t hours = (c->active_end + 24 - c->active_start) % 24;
    uint32_t most = config_counts(c, SETTING_ACTIVE_RANGE) ? c->active_range : 18;
    if (start != end || hours == 0)
        IDLE(c, 24, SETTING_ACTIVE_START, SETTING_ACTIVE_END);
    else if (start && hours > most)
        IDLE(c, 25, SETTING_ACTIVE_START, SETTING_ACTIVE_END);
}

/* In the order in which they are applied; rules that idle what others ask for first. A
 * text follows "has no effect: ". Told are those that a person who asked for both things
 * does not expect. */
static const struct {
    struct rule rule;
    void (*apply)(struct update_config *c); /* NULL: applied elsewhere */
} rules[] = {
    { { 1, false, "nothing runs by itself while updating is manual (update.mode)" },
      manual_idles_the_rest },
    { { 22, false, "this machine is never restarted (update.reboot never)" },
      never_restarting_idles_how },
    { { 3, false, "update.mode asks for no automatic installations" },
      restart_details_need_automatic },
    { { 9, true,
        "restarts wait until nobody is logged on (update.reboot-with-users no), so "
        "none "
        "is at a fixed time" },
      sparing_users_idles_a_fixed_restart },
    { { 27, true,
        "nothing asks for restarts after updates; 'update.reboot = when-needed' does" },
      restarting_must_be_asked_for },
    { { 2, false, "only update.mode automatic installs by a schedule" },
      a_schedule_needs_automatic },
    { { 26, true,
        "updates are installed whenever the client does its own maintenance "
        "(update.during-maintenance)" },
      maintenance_replaces_the_schedule },
    { { 8, true,
        "restarts wait for nothing but that nobody is logged on "
        "(update.reboot-with-users no), so they may come within these hours" },
      sparing_users_idles_active_hours },
    { { 28, true,
        "every installation is followed by its restart (update.reboot-always), "
        "whatever "
        "the time of day" },
      a_fixed_restart_has_no_time_of_day },
    { { 24, true,
        "active hours need a start and another hour as their end, so restarts may come "
        "at any time" },
      active_hours_have_two_ends },
    { { 25, true,
        "the active hours are longer than allowed (18 hours, or "
        "update.active-hours-range), so restarts may come at any time" },
      NULL },
    { { 18, false,
        "a maintenance window needs update.window-start-date and "
        "update.window-start-time, so there is none" },
      a_window_needs_its_start },
    { { 29, true, "the maintenance window decides when to restart" },
      a_window_decides_when_to_restart },
    { { 30, true,
        "it lies within the active hours, so the restart waits for their end "
        "(update.active-hours-end)" },
      active_hours_bind_the_restart_time },
    { { 31, true,
        "the restart comes at a time of day, not some minutes after the installation" },
      a_time_of_day_needs_no_minutes },
    { { 20, false, "update.allowed-origins gives the whole list of origins" },
      a_list_of_origins_is_whole },
    { { 19, false,
        "update.optional is the newer setting of the same sense and decides" },
      optional_decides_over_recommended },
    { { 21, false, "no mail is sent: update.mail has no address" },
      mail_needs_an_address },
    { { 23, false, "a stronger setting of the same sense is configured and decides" },
      the_newer_of_two_decides },
    { { 12, false,
        "updates are neither deferred nor paused: the policy's own value "
        "DeferQualityUpdates is not 1" },
      NULL },
    { { 14, false, "the policy's own value SetAllowOptionalContent is not 1" }, NULL },
    { { 17, false,
        "the policy that holds it is not enabled: its own value is missing" },
      NULL },
};
enum { RULES = sizeof rules / sizeof *rules };

const struct rule *rules_find(uint16_t number)
{
    for (size_t i = 0; i < RULES; i++)
        if (rules[i].rule.number == number)
            return &rules[i].rule;
    return NULL;
}

/* --- What is told ------------------------------------------------------------------- */

/* "update.install-day, update.install-time and update.install-weeks" */
static const char *enumerate(const enum setting_index *which, size_t n,
                             struct arena *arena)
{
    const char *text = n ? settings[which[0]].id : NULL;
    for (size_t i = 1; text && i < n; i++)
        text = arena_format(arena, "%s%s%s", text, i + 1 < n ? ", " : " and ",
                            settings[which[i]].id);
    return text;
}

static void tell(const struct rule *rule, const struct update_config *c,
                 const bool *only, struct diagnostics *d)
{
    enum setting_index which[SETTING_COUNT];
    size_t n = 0;
    for (int i = 0; i < SETTING_COUNT; i++)
        if (c->decisions[i].idle_by == rule->number && (!only || only[i]))
            which[n++] = (enum setting_index)i;
    const char *names = enumerate(which, n, d->arena);
    if (names)
        diagnostics_add(d, SEVERITY_WARNING, RULES_IDLE, origin_file(NULL),
                        "%s %s no effect: %s", names, n > 1 ? "have" : "has",
                        rule->text);
}

void rules_tell(const struct update_config *config, const bool *only,
                struct diagnostics *diagnostics)
{
    for (size_t i = 0; diagnostics && i < RULES; i++)
        if (only || rules[i].rule.is_told)
            tell(&rules[i].rule, config, only, diagnostics);
}

/* What is not idle and yet does less than it says. */
static void tell_of_users(const struct update_config *c, struct diagnostics *d)
{
    if (spares_users(c) && !config_counts(c, SETTING_REBOOT) && !restarts_always(c))
        diagnostics_add(d, SEVERITY_WARNING, "update-restart-unasked",
                        origin_file(NULL),
                        "update.reboot-with-users only holds for restarts that the "
                        "client's own configuration asks for: update.reboot is not "
                        "set, so policy asks for none");
}

void rules_apply(struct update_config *config, struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < RULES; i++)
        if (rules[i].apply)
            rules[i].apply(config);
    rules_tell(config, NULL, diagnostics);
    tell_of_users(config, diagnostics);
}
