#include "engine/update/settings.h"

#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "base/suggest.h"

#define WU "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate"
#define AU WU "\\AU"
#define MW WU "\\MaintenanceWindow"
#define DO "Software\\Policies\\Microsoft\\Windows\\DeliveryOptimization"
#define OWN "Software\\Policies\\gpconf"
#define UPDATE OWN "\\Update"

/* Words. The first word of a value is the one that is printed. */
static const struct choice modes[] = {
    { "automatic", NULL, 4, MODE_AUTOMATIC, false },
    { "download-only", NULL, 3, MODE_DOWNLOAD, false },
    { "notify", NULL, 2, MODE_NOTIFY, false },
    { "manual", NULL, 0, MODE_MANUAL, true },
    { 0 },
};
static const struct choice days[] = {
    { "every-day", NULL, 0, 0, false },
    { "sunday", NULL, 1, 1, false },
    { "monday", NULL, 2, 2, false },
    { "tuesday", NULL, 3, 3, false },
    { "wednesday", NULL, 4, 4, false },
    { "thursday", NULL, 5, 5, false },
    { "friday", NULL, 6, 6, false },
    { "saturday", NULL, 7, 7, false },
    { 0 },
};
static const struct choice hours[] = {
    { "automatic", NULL, INSTALL_TIME_AUTOMATIC, INSTALL_TIME_AUTOMATIC, false },
    { 0 },
};
static const struct choice weeks[] = {
    { "first", "ScheduledInstallFirstWeek", 0, 1 << 0, false },
    { "second", "ScheduledInstallSecondWeek", 0, 1 << 1, false },
    { "third", "ScheduledInstallThirdWeek", 0, 1 << 2, false },
    { "fourth", "ScheduledInstallFourthWeek", 0, 1 << 3, false },
    { "every", "ScheduledInstallEveryWeek", 0, WEEK_EVERY, false },
    { 0 },
};
static const struct choice optional[] = {
    { "with-features", NULL, 1, 1, false },
    { "automatic", NULL, 2, 2, false },
    { "selected", NULL, 3, 3, false },
    { 0 },
};
static const struct choice reboots[] = {
    { "never", NULL, 0, REBOOT_NEVER, false },
    { "when-needed", NULL, 1, REBOOT_NEEDED, false },
    { 0 },
};
static const struct choice services[] = {
    { "never", NULL, 0, SERVICES_NEVER, false },
    { "listed", NULL, 1, SERVICES_LISTED, false },
    { "all", NULL, 2, SERVICES_ALL, false },
    { 0 },
};
static const struct choice scopes[] = {
    { "all", NULL, 1, 1, false },
    { "listed", NULL, 2, 2, false },
    { 0 },
};
static const struct choice months[] = {
    { "january", "January", 0, 1 << 0, false },
    { "february", "February", 0, 1 << 1, false },
    { "march", "March", 0, 1 << 2, false },
    { "april", "April", 0, 1 << 3, false },
    { "may", "May", 0, 1 << 4, false },
    { "june", "June", 0, 1 << 5, false },
    { "july", "July", 0, 1 << 6, false },
    { "august", "August", 0, 1 << 7, false },
    { "september", "September", 0, 1 << 8, false },
    { "october", "October", 0, 1 << 9, false },
    { "november", "November", 0, 1 << 10, false },
    { "december", "December", 0, 1 << 11, false },
    { 0 },
};
static const struct choice actions[] = {
    { "download-install-restart", NULL, 0, 0, false },
    { "install-restart", NULL, 1, 1, false },
    { "restart", NULL, 2, 2, false },
    { 0 },
};
static const struct choice repeats[] = {
    { "once", NULL, 0, WINDOW_ONCE, false },
    { "daily", NULL, 1, WINDOW_DAILY, false },
    { "weekly", NULL, 2, WINDOW_WEEKLY, false },
    { "monthly", NULL, 3, WINDOW_MONTHLY, false },
    { 0 },
};
static const struct choice window_days[] = {
    { "sunday", "Sunday", 0, 1 << 0, false },
    { "monday", "Monday", 0, 1 << 1, false },
    { "tuesday", "Tuesday", 0, 1 << 2, false },
    { "wednesday", "Wednesday", 0, 1 << 3, false },
    { "thursday", "Thursday", 0, 1 << 4, false },
    { "friday", "Friday", 0, 1 << 5, false },
    { "saturday", "Saturday", 0, 1 << 6, false },
    { 0 },
};
static const struct choice monthly[] = {
    { "month-day", NULL, 0, 0, false },
    { "weekday", NULL, 1, 1, false },
    { 0 },
};
static const struct choice occurrences[] = {
    { "first", NULL, 1, 1, false }, { "second", NULL, 2, 2, false },
    { "third", NULL, 3, 3, false }, { "fourth", NULL, 4, 4, false },
    { "last", NULL, 5, 5, false },  { 0 },
};
static const struct choice weekdays[] = {
    { "sunday", NULL, 0, 0, false },   { "monday", NULL, 1, 1, false },
    { "tuesday", NULL, 2, 2, false },  { "wednesday", NULL, 3, 3, false },
    { "thursday", NULL, 4, 4, false }, { "friday", NULL, 5, 5, false },
    { "saturday", NULL, 6, 6, false }, { "weekdays", NULL, 7, 7, false },
    { "weekend", NULL, 8, 8, false },  { 0 },
};
static const struct choice reports[] = {
    { "always", NULL, 0, MAIL_ALWAYS, false },
    { "on-change", NULL, 1, MAIL_ON_CHANGE, false },
    { "only-on-error", NULL, 2, MAIL_ON_ERROR, false },
    { 0 },
};

#define FIELD(name) .offset = offsetof(struct update_config, name)
#define GATE(key, name, rule) .gate = { key, name, 1, 0, rule }
#define NUMBER(low, high, otherwise)                                                   \
    .kind = KIND_NUMBER, .min = (low), .max = (high), .fallback = (otherwise)
#define CHOICE(words, otherwise)                                                       \
    .kind = KIND_CHOICE, .choices = (words), .fallback = (otherwise)
#define TEXT(rules, like) .kind = KIND_TEXT, .grammar = (rules), .example = (like)
#define LIST(rules, like) .kind = KIND_LIST, .grammar = (rules), .example = (like)
#define BITS(words) .kind = KIND_BITS, .choices = (words)

/* A maintenance window's own switch is the date: the policy's value and its text
 * element have one name, so there is no gate to ask. */
const struct setting settings[SETTING_COUNT] = {
    [SETTING_MODE] = { "update.mode", CHOICE(modes, MODE_CLIENT), FIELD(mode),
                       .key = AU, .value_name = "AUOptions",
                       .gate = { AU, "NoAutoUpdate", 0, 1, 0 } },
    [SETTING_INSTALL_DAY] = { "update.install-day", NUMBER(0, 7, 0), FIELD(install_day),
                              .key = AU, .value_name = "ScheduledInstallDay",
                              .choices = days },
    [SETTING_INSTALL_TIME] = { "update.install-time", NUMBER(0, 24, 3),
                               FIELD(install_time), .key = AU,
                               .value_name = "ScheduledInstallTime", .choices = hours,
                               .unit = "hour" },
    [SETTING_INSTALL_WEEKS] = { "update.install-weeks", BITS(weeks),
                                FIELD(install_weeks), .key = AU,
                                .value_name = "ScheduledInstallEveryWeek" },
    [SETTING_MAINTENANCE] = { "update.during-maintenance", KIND_BOOL,
                              FIELD(maintenance), .key = AU,
                              .value_name = "AutomaticMaintenanceEnabled" },
    [SETTING_MISSED_INSTALL] = { "update.missed-install", NUMBER(1, 60, 1),
                                 FIELD(missed_install), .key = AU,
                                 .value_name = "RescheduleWaitTime",
                                 GATE(AU, "RescheduleWaitTimeEnabled", 17),
                                 .unit = "minutes" },
    [SETTING_CHECK_INTERVAL] = { "update.check-interval", NUMBER(1, 22, 22),
                                 FIELD(check_interval), .key = AU,
                                 .value_name = "DetectionFrequency",
                                 GATE(AU, "DetectionFrequencyEnabled", 17),
                                 .unit = "hours" },
    [SETTING_ALLOWED_ORIGINS] = { "update.allowed-origins",
                                  LIST(GRAMMAR_ORIGIN,
                                       "origin=Debian,codename=${distro_codename}"),
                                  FIELD(allowed_origins),
                                  .key = UPDATE "\\AllowedOrigins" },
    [SETTING_RECOMMENDED] = { "update.recommended", KIND_BOOL, FIELD(recommended),
                              .key = AU, .value_name = "IncludeRecommendedUpdates" },
    [SETTING_OPTIONAL] = { "update.optional", CHOICE(optional, 0), FIELD(optional),
                           .key = WU, .value_name = "AllowOptionalContent",
                           GATE(WU, "SetAllowOptionalContent", 14) },
    [SETTING_OTHER_PRODUCTS] = { "update.other-products", KIND_BOOL,
                                 FIELD(other_products), .key = AU,
                                 .value_name = "AllowMUUpdateService" },
    [SETTING_EXCLUDED_PACKAGES] = { "update.excluded-packages",
                                    LIST(GRAMMAR_PACKAGE, "linux-image-*"),
                                    FIELD(excluded_packages),
                                    .key = UPDATE "\\ExcludedPackages" },
    [SETTING_EXCLUDE_DRIVERS] = { "update.exclude-drivers", KIND_BOOL,
                                  FIELD(exclude_drivers), .key = WU,
                                  .value_name = "ExcludeWUDriversInQualityUpdate" },
    [SETTING_TARGET_RELEASE] = { "update.target-release",
                                 TEXT(GRAMMAR_CODENAME, "bookworm"),
                                 FIELD(target_release), .key = UPDATE,
                                 .value_name = "TargetRelease" },
    [SETTING_DEFERRAL] = { "update.deferral", NUMBER(0, 365, 0), FIELD(deferral),
                           .key = WU, .value_name = "DeferQualityUpdatesPeriodInDays",
                           GATE(WU, "DeferQualityUpdates", 12), .unit = "days" },
    [SETTING_PAUSE_START] = { "update.pause-start", TEXT(GRAMMAR_DATE, "2026-11-24"),
                              FIELD(pause_start), .key = WU,
                              .value_name = "PauseQualityUpdatesStartTime",
                              GATE(WU, "DeferQualityUpdates", 12) },
    [SETTING_REBOOT] = { "update.reboot", CHOICE(reboots, REBOOT_CLIENT), FIELD(reboot),
                         .key = UPDATE, .value_name = "Restart" },
    [SETTING_REBOOT_WITH_USERS] = { "update.reboot-with-users", KIND_BOOL,
                                    FIELD(reboot_with_users), .key = AU,
                                    .value_name = "NoAutoRebootWithLoggedOnUsers",
                                    .is_inverted = true },
    [SETTING_REBOOT_TIME] = { "update.reboot-time", TEXT(GRAMMAR_TIME, "03:30"),
                              FIELD(reboot_time), .key = UPDATE,
                              .value_name = "RestartTime" },
    [SETTING_REBOOT_ALWAYS] = { "update.reboot-always", KIND_BOOL, FIELD(reboot_always),
                                .key = AU,
                                .value_name = "AlwaysAutoRebootAtScheduledTime" },
    [SETTING_REBOOT_DELAY] = { "update.reboot-delay", NUMBER(15, 180, 15),
                               FIELD(reboot_delay), .key = AU,
                               .value_name = "AlwaysAutoRebootAtScheduledTimeMinutes",
                               GATE(AU, "AlwaysAutoRebootAtScheduledTime", 17),
                               .unit = "minutes" },
    [SETTING_REBOOT_WARNING] = { "update.reboot-warning", NUMBER(1, 30, 5),
                                 FIELD(reboot_warning), .key = AU,
                                 .value_name = "RebootWarningTimeout",
                                 GATE(AU, "RebootWarningTimeoutEnabled", 17),
                                 .unit = "minutes" },
    [SETTING_REBOOT_SPREAD] = { "update.reboot-spread", NUMBER(1, 1440, 30),
                                FIELD(reboot_spread), .key = UPDATE,
                                .value_name = "RestartSpread",
                                GATE(UPDATE, "RestartSpreadEnabled", 17),
                                .unit = "minutes" },
    [SETTING_ACTIVE_START] = { "update.active-hours-start", NUMBER(0, 23, 8),
                               FIELD(active_start), .key = WU,
                               .value_name = "ActiveHoursStart",
                               GATE(WU, "SetActiveHours", 17), .unit = "hour" },
    [SETTING_ACTIVE_END] = { "update.active-hours-end", NUMBER(0, 23, 17),
                             FIELD(active_end), .key = WU,
                             .value_name = "ActiveHoursEnd",
                             GATE(WU, "SetActiveHours", 17), .unit = "hour" },
    [SETTING_ACTIVE_RANGE] = { "update.active-hours-range", NUMBER(8, 18, 18),
                               FIELD(active_range), .key = WU,
                               .value_name = "ActiveHoursMaxRange",
                               GATE(WU, "SetActiveHoursMaxRange", 17),
                               .unit = "hours" },
    [SETTING_DEADLINE] = { "update.deadline", NUMBER(0, 30, 7), FIELD(deadline),
                           .key = WU,
                           .value_name = "ConfigureDeadlineForQualityUpdates",
                           GATE(WU, "SetComplianceDeadlineForQU", 17), .unit = "days" },
    [SETTING_DEADLINE_GRACE] = { "update.deadline-grace", NUMBER(0, 7, 2),
                                 FIELD(deadline_grace), .key = WU,
                                 .value_name = "ConfigureDeadlineGracePeriod",
                                 GATE(WU, "SetComplianceDeadlineForQU", 17),
                                 .unit = "days" },
    [SETTING_DEADLINE_NO_REBOOT] = { "update.deadline-no-reboot", KIND_BOOL,
                                     FIELD(deadline_no_reboot), .key = WU,
                                     .value_name = "ConfigureDeadlineNoAutoRebootFor"
                                                   "QualityUpdates",
                                     GATE(WU, "SetComplianceDeadlineForQU", 17) },
    [SETTING_REBOOTLESS_MONTHS] = { "update.rebootless-months", BITS(months),
                                    FIELD(rebootless_months),
                                    .key = UPDATE "\\RebootlessMonths",
                                    .value_name = "January",
                                    GATE(UPDATE "\\RebootlessMonths", "Enabled", 17) },
    [SETTING_REBOOTLESS_HELD] = { "update.rebootless-hold", KIND_BOOL,
                                  FIELD(rebootless_held),
                                  .key = UPDATE "\\RebootlessMonths",
                                  .value_name = "RestartNeeding", .fallback = 1,
                                  GATE(UPDATE "\\RebootlessMonths", "Enabled", 17) },
    [SETTING_REBOOTLESS_EXPOSURE] = { "update.rebootless-exposure", NUMBER(1, 120, 30),
                                      FIELD(rebootless_exposure),
                                      .key = UPDATE "\\RebootlessMonths",
                                      .value_name = "GreatestExposure",
                                      GATE(UPDATE "\\RebootlessMonths", "Enabled", 17),
                                      .unit = "days" },
    [SETTING_SERVICE_RESTARTS] = { "update.service-restarts",
                                   CHOICE(services, SERVICES_NEVER),
                                   FIELD(service_restarts), .key = UPDATE,
                                   .value_name = "ServiceRestarts",
                                   GATE(UPDATE, "ServiceRestartsEnabled", 17) },
    [SETTING_RESTARTABLE] = { "update.restartable-services",
                              LIST(GRAMMAR_UNIT, "nginx.service"), FIELD(restartable),
                              .key = UPDATE "\\RestartableServices",
                              GATE(UPDATE, "ServiceRestartsEnabled", 17) },
    [SETTING_WINDOW_ACTIONS] = { "update.window-actions", CHOICE(actions, 0),
                                 FIELD(window_actions), .key = MW,
                                 .value_name = "UpdateActions" },
    [SETTING_WINDOW_DATE] = { "update.window-start-date",
                              TEXT(GRAMMAR_DATE, "2026-11-24"), FIELD(window_date),
                              .key = MW, .value_name = "StartDate" },
    [SETTING_WINDOW_TIME] = { "update.window-start-time", TEXT(GRAMMAR_TIME, "23:30"),
                              FIELD(window_time), .key = MW,
                              .value_name = "StartTime" },
    [SETTING_WINDOW_HOURS] = { "update.window-duration", NUMBER(1, 24, 2),
                               FIELD(window_hours), .key = MW,
                               .value_name = "DurationHours", .unit = "hours" },
    [SETTING_WINDOW_REPEAT] = { "update.window-repeat", CHOICE(repeats, 0),
                                FIELD(window_repeat), .key = MW,
                                .value_name = "RepeatSchedule" },
    [SETTING_WINDOW_EVERY_DAYS] = { "update.window-every-days", NUMBER(1, 365, 1),
                                    FIELD(window_every_days), .key = MW,
                                    .value_name = "DailyFrequency", .unit = "days" },
    [SETTING_WINDOW_EVERY_WEEKS] = { "update.window-every-weeks", NUMBER(1, 52, 1),
                                     FIELD(window_every_weeks), .key = MW,
                                     .value_name = "WeeklyFrequency", .unit = "weeks" },
    [SETTING_WINDOW_DAYS] = { "update.window-days", BITS(window_days),
                              FIELD(window_days), .key = MW, .value_name = "Sunday" },
    [SETTING_WINDOW_MONTHLY] = { "update.window-monthly", CHOICE(monthly, 0),
                                 FIELD(window_monthly), .key = MW,
                                 .value_name = "MonthlySchedule" },
    [SETTING_WINDOW_EVERY_MONTHS] = { "update.window-every-months", NUMBER(1, 12, 1),
                                      FIELD(window_every_months), .key = MW,
                                      .value_name = "MonthsFrequency",
                                      .unit = "months" },
    [SETTING_WINDOW_MONTH_DAY] = { "update.window-month-day", NUMBER(1, 31, 1),
                                   FIELD(window_month_day), .key = MW,
                                   .value_name = "DayOfMonth" },
    [SETTING_WINDOW_OCCURRENCE] = { "update.window-occurrence", CHOICE(occurrences, 1),
                                    FIELD(window_occurrence), .key = MW,
                                    .value_name = "OccurrenceInMonth" },
    [SETTING_WINDOW_WEEKDAY] = { "update.window-weekday", CHOICE(weekdays, 0),
                                 FIELD(window_weekday), .key = MW,
                                 .value_name = "DayOfTheWeek" },
    [SETTING_MAIL] = { "update.mail", TEXT(GRAMMAR_MAIL, "root"), FIELD(mail),
                       .key = UPDATE, .value_name = "Mail" },
    [SETTING_MAIL_REPORT] = { "update.mail-report", CHOICE(reports, MAIL_ON_CHANGE),
                              FIELD(mail_report), .key = UPDATE,
                              .value_name = "MailReport" },
    [SETTING_MAIL_SENDER] = { "update.mail-sender", TEXT(GRAMMAR_MAIL, "root"),
                              FIELD(mail_sender), .key = UPDATE,
                              .value_name = "MailSender" },
    [SETTING_BANDWIDTH] = { "update.bandwidth-limit", NUMBER(0, UINT32_MAX, 0),
                            FIELD(bandwidth), .key = DO,
                            .value_name = "DOMaxBackgroundDownloadBandwidth",
                            .unit = "KB/s" },
    [SETTING_BANDWIDTH_FOREGROUND] = { "update.bandwidth-limit-foreground",
                                       NUMBER(0, UINT32_MAX, 0),
                                       FIELD(bandwidth_foreground), .key = DO,
                                       .value_name = "DOMaxForegroundDownloadBandwidth",
                                       .unit = "KB/s" },
    [SETTING_PROXY] = { "update.proxy",
                        TEXT(GRAMMAR_URL, "http://proxy.example.test:3128"),
                        FIELD(proxy), .key = UPDATE, .value_name = "Proxy",
                        .is_sensitive = true },
    [SETTING_METERED] = { "update.metered", KIND_BOOL, FIELD(metered), .key = WU,
                          .value_name =
                              "AllowAutoWindowsUpdateDownloadOverMeteredNetwork" },
    [SETTING_ON_BATTERY] = { "update.on-battery", KIND_BOOL, FIELD(on_battery),
                             .key = UPDATE, .value_name = "OnBattery" },
    [SETTING_CART] = { "update.charging-cart", KIND_BOOL, FIELD(cart), .key = WU,
                       .value_name = "SetEDURestart" },
    [SETTING_WAKE] = { "update.wake", KIND_BOOL, FIELD(wake), .key = WU,
                       .value_name = "AUPowerManagement" },
    [SETTING_PROVIDERS] = { "gpconf.providers", LIST(GRAMMAR_NAME, "apt"),
                            FIELD(providers), .key = OWN "\\Providers" },
    [SETTING_REASSERT] = { "gpconf.reassert", KIND_BOOL, FIELD(reassert), .key = OWN,
                           .value_name = "Reassert", .fallback = 1 },
    [SETTING_REFRESH_INTERVAL] = { "gpconf.refresh-interval", NUMBER(5, 64800, 90),
                                   FIELD(refresh_interval), .key = OWN,
                                   .value_name = "RefreshInterval", .unit = "minutes" },
    [SETTING_REFRESH_OFFSET] = { "gpconf.refresh-offset", NUMBER(0, 1440, 30),
                                 FIELD(refresh_offset), .key = OWN,
                                 .value_name = "RefreshOffset", .unit = "minutes" },
    [SETTING_LOCAL_OVERRIDES] = { "gpconf.local-overrides", KIND_BOOL,
                                  FIELD(local_overrides), .key = OWN,
                                  .value_name = "AllowLocalOverrides" },
    [SETTING_LOCAL_OVERRIDES_SCOPE] = { "gpconf.local-overrides-scope",
                                        CHOICE(scopes, 1), FIELD(overrides_scope),
                                        .key = OWN,
                                        .value_name = "AllowLocalOverridesScope",
                                        GATE(OWN, "AllowLocalOverrides", 17) },
    [SETTING_LOCAL_OVERRIDES_LIST] = { "gpconf.local-overrides-list",
                                       LIST(GRAMMAR_NAME, "update.reboot"),
                                       FIELD(overrides),
                                       .key = OWN "\\AllowLocalOverrides",
                                       GATE(OWN, "AllowLocalOverrides", 17) },
    [SETTING_SIGNED] = { "gpconf.require-signed-deployments", KIND_BOOL,
                         FIELD(require_signed), .key = OWN,
                         .value_name = "RequireSignedDeployments" },
    [SETTING_LOCK_MENU] = { "gpconf.lock-menu", KIND_BOOL, FIELD(lock_menu), .key = WU,
                            .value_name = "SetDisableUXWUAccess" },
    [SETTING_LOCK_PAUSE] = { "gpconf.lock-pause", KIND_BOOL, FIELD(lock_pause),
                             .key = WU, .value_name = "SetDisablePauseUXAccess" },
};

int settings_find(const char *id, const char **ret_near)
{
    struct suggestion near = suggest_start(id);
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (name_equal(settings[i].id, id))
            return i;
        suggest_offer(&near, settings[i].id);
    }
    if (ret_near)
        *ret_near = near.best;
    return -1;
}

static bool has_value(const struct setting *setting, const char *key, const char *name)
{
    if (setting->kind == KIND_LIST)
        return name_equal(setting->key, key);
    if (!name || !name_equal(setting->key, key))
        return false;
    if (setting->kind != KIND_BITS)
        return name_equal(setting->value_name, name);
    for (const struct choice *c = setting->choices; c->word; c++)
        if (name_equal(c->value_name, name))
            return true;
    return false;
}

static bool is_gate(const struct setting *setting, const char *key, const char *name)
{
    const struct setting_gate *gate = &setting->gate;
    return gate->name && name && name_equal(gate->key, key) &&
           name_equal(gate->name, name);
}

bool settings_uses(const struct setting *setting, const char *key, const char *name)
{
    return has_value(setting, key, name) || is_gate(setting, key, name);
}

int settings_of_value(const char *key, const char *name)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (has_value(&settings[i], key, name))
            return i;
    for (int i = 0; i < SETTING_COUNT; i++)
        if (is_gate(&settings[i], key, name))
            return i;
    return -1;
}

bool settings_hides(const char *key, const char *name)
{
    int index = name ? settings_of_value(key, name) : -1;
    return index >= 0 && settings[index].is_sensitive;
}
