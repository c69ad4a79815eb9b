#include "engine/update/rules.h"

static bool is_on(const struct update_config *c, enum setting_index setting,
                  uint32_t field)
{
    return config_counts(c, setting) && field;
}

static bool is_automatic(const struct update_config *c)
{
    return config_counts(c, SETTING_MODE) && c->mode == MODE_AUTOMATIC;
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
    d->why = rules_find(number)->text;
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
    if (!is_automatic(c) || is_on(c, SETTING_MAINTENANCE, c->maintenance))
        IDLE(c, 2, SETTING_INSTALL_DAY, SETTING_INSTALL_TIME, SETTING_INSTALL_WEEKS);
}

static void restart_details_need_automatic(struct update_config *c)
{
    if (!is_automatic(c))
        IDLE(c, 3, SETTING_REBOOT_WITH_USERS, SETTING_REBOOT_WARNING,
             SETTING_MISSED_INSTALL, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY,
             SETTING_MAINTENANCE);
}

static void other_restart_policies_idle_active_hours(struct update_config *c)
{
    if (spares_users(c) || is_on(c, SETTING_REBOOT_ALWAYS, c->reboot_always))
        IDLE(c, 8, SETTING_ACTIVE_START, SETTING_ACTIVE_END);
}

static void sparing_users_idles_a_fixed_restart(struct update_config *c)
{
    if (spares_users(c))
        IDLE(c, 9, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY);
}

/* Windows also overrides the mode. A mode other than automatic is what somebody asked
 * for in so many words, so it stays and the conflict is told. */
static void a_deadline_idles_the_schedule(struct update_config *c)
{
    if (config_counts(c, SETTING_DEADLINE))
        IDLE(c, 11, SETTING_INSTALL_DAY, SETTING_INSTALL_TIME, SETTING_INSTALL_WEEKS,
             SETTING_MAINTENANCE, SETTING_REBOOT_ALWAYS, SETTING_REBOOT_DELAY);
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

/* In the order in which they are applied; rules that idle what others ask for first. */
static const struct {
    struct rule rule;
    void (*apply)(struct update_config *c); /* NULL: applied elsewhere */
} rules[] = {
    { { 1, "updating is manual, so nothing of it runs by itself" },
      manual_idles_the_rest },
    { { 22, "restarts are switched off, so how to restart does not matter" },
      never_restarting_idles_how },
    { { 3, "it needs scheduled installations (update.mode automatic)" },
      restart_details_need_automatic },
    { { 9, "no restart while users are logged on (update.reboot-with-users no) takes "
           "its effect" },
      sparing_users_idles_a_fixed_restart },
    { { 11,
        "a deadline (update.deadline) installs updates as soon as they are offered" },
      a_deadline_idles_the_schedule },
    { { 2, "it needs update.mode automatic, without update.during-maintenance" },
      a_schedule_needs_automatic },
    { { 8, "another restart policy (update.reboot-with-users no, or "
           "update.reboot-always) takes its effect; or its policy is not enabled" },
      other_restart_policies_idle_active_hours },
    { { 24, "active hours need a start and a different end" },
      active_hours_have_two_ends },
    { { 25, "the active hours are longer than allowed (update.active-hours-range)" },
      NULL },
    { { 18, "a maintenance window needs a start date and a start time" },
      a_window_needs_its_start },
    { { 20, "update.allowed-origins gives the whole list of origins" },
      a_list_of_origins_is_whole },
    { { 19, "update.optional is the newer setting of the same sense and decides" },
      optional_decides_over_recommended },
    { { 21, "no mail is sent: update.mail has no address" }, mail_needs_an_address },
    { { 23, "a stronger setting of the same sense is configured and decides" },
      the_newer_of_two_decides },
    { { 12, "updates are neither deferred nor paused: the policy's own value "
            "DeferQualityUpdates is not 1" },
      NULL },
    { { 14, "the policy's own value SetAllowOptionalContent is not 1" }, NULL },
    { { 17, "the policy that holds it is not enabled: its own value is missing" },
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

/* Rule 16: one path for restarts. Active hours, or a fixed restart, or sparing users.
 */
static void tell_conflicts(const struct update_config *c, struct diagnostics *d)
{
    struct origin nowhere = { 0 };
    bool hours = c->decisions[SETTING_ACTIVE_START].source != BY_DEFAULT &&
                 !c->decisions[SETTING_ACTIVE_START].is_off;
    const struct decision *always = &c->decisions[SETTING_REBOOT_ALWAYS];
    bool fixed = always->source != BY_DEFAULT && !always->is_off && c->reboot_always;
    bool users = c->decisions[SETTING_REBOOT_WITH_USERS].source != BY_DEFAULT &&
                 !c->decisions[SETTING_REBOOT_WITH_USERS].is_off &&
                 !c->reboot_with_users;
    if (hours + fixed + users > 1)
        diagnostics_add(
            d, SEVERITY_WARNING, "update-restart-conflict", nowhere,
            "active hours, a fixed restart time and sparing logged-on users "
            "exclude each other and %s are configured, using %s",
            hours && fixed && users ? "all three" : "two of them",
            users   ? "update.reboot-with-users"
            : fixed ? "update.reboot-always"
                    : "the active hours");
    if (config_counts(c, SETTING_DEADLINE) && config_counts(c, SETTING_MODE) &&
        c->mode != MODE_AUTOMATIC)
        diagnostics_add(d, SEVERITY_WARNING, "update-deadline-mode", nowhere,
                        "a deadline (update.deadline) asks for automatic installation, "
                        "but update.mode is another, keeping the mode");
}

void rules_apply(struct update_config *config, struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < RULES; i++)
        if (rules[i].apply)
            rules[i].apply(config);
    tell_conflicts(config, diagnostics);
}
