#ifndef GPCONF_ENGINE_UPDATE_CONFIG_H
#define GPCONF_ENGINE_UPDATE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"

/*
 * What updating should look like on this machine: one flat struct in the middle,
 * between policies (many ways to say it) and update clients (many ways to do it).
 * Beside each field stands a decision that says where it comes from and whether it
 * counts. It holds no client's vocabulary, and a field that nobody configured holds its
 * fallback, which a client's own default may differ from: ask config_counts() before
 * using a field.
 */

/* One per row of the settings table, in the order in which they are shown. */
enum setting_index {
    SETTING_MODE,
    SETTING_INSTALL_DAY,
    SETTING_INSTALL_TIME,
    SETTING_INSTALL_WEEKS,
    SETTING_MAINTENANCE,
    SETTING_MISSED_INSTALL,
    SETTING_CHECK_INTERVAL,
    SETTING_ALLOWED_ORIGINS,
    SETTING_RECOMMENDED,
    SETTING_OPTIONAL,
    SETTING_OTHER_PRODUCTS,
    SETTING_EXCLUDED_PACKAGES,
    SETTING_EXCLUDE_DRIVERS,
    SETTING_TARGET_RELEASE,
    SETTING_DEFERRAL,
    SETTING_PAUSE_START,
    SETTING_REBOOT,
    SETTING_REBOOT_WITH_USERS,
    SETTING_REBOOT_TIME,
    SETTING_REBOOT_ALWAYS,
    SETTING_REBOOT_DELAY,
    SETTING_REBOOT_WARNING,
    SETTING_REBOOT_SPREAD,
    SETTING_ACTIVE_START,
    SETTING_ACTIVE_END,
    SETTING_ACTIVE_RANGE,
    SETTING_DEADLINE,
    SETTING_DEADLINE_GRACE,
    SETTING_DEADLINE_NO_REBOOT,
    SETTING_REBOOTLESS_MONTHS,
    SETTING_REBOOTLESS_HELD,
    SETTING_REBOOTLESS_EXPOSURE,
    SETTING_SERVICE_RESTARTS,
    SETTING_RESTARTABLE,
    SETTING_WINDOW_ACTIONS,
    SETTING_WINDOW_DATE,
    SETTING_WINDOW_TIME,
    SETTING_WINDOW_HOURS,
    SETTING_WINDOW_REPEAT,
    SETTING_WINDOW_EVERY_DAYS,
    SETTING_WINDOW_EVERY_WEEKS,
    SETTING_WINDOW_DAYS,
    SETTING_WINDOW_MONTHLY,
    SETTING_WINDOW_EVERY_MONTHS,
    SETTING_WINDOW_MONTH_DAY,
    SETTING_WINDOW_OCCURRENCE,
    SETTING_WINDOW_WEEKDAY,
    SETTING_MAIL,
    SETTING_MAIL_REPORT,
    SETTING_MAIL_SENDER,
    SETTING_BANDWIDTH,
    SETTING_BANDWIDTH_FOREGROUND,
    SETTING_PROXY,
    SETTING_METERED,
    SETTING_ON_BATTERY,
    SETTING_CART,
    SETTING_WAKE,
    SETTING_PROVIDERS,
    SETTING_REASSERT,
    SETTING_REFRESH_INTERVAL,
    SETTING_REFRESH_OFFSET,
    SETTING_LOCAL_OVERRIDES,
    SETTING_LOCAL_OVERRIDES_SCOPE,
    SETTING_LOCAL_OVERRIDES_LIST,
    SETTING_SIGNED,
    SETTING_LOCK_MENU,
    SETTING_LOCK_PAUSE,
    SETTING_COUNT
};

enum update_mode {
    MODE_CLIENT, /* nobody said: whatever the client does by itself */
    MODE_AUTOMATIC,
    MODE_DOWNLOAD,
    MODE_NOTIFY,
    MODE_MANUAL,
};
enum update_reboot { REBOOT_CLIENT, REBOOT_NEVER, REBOOT_NEEDED };
enum service_restarts { SERVICES_NEVER, SERVICES_LISTED, SERVICES_ALL };
enum mail_report { MAIL_ALWAYS, MAIL_ON_CHANGE, MAIL_ON_ERROR };
enum window_repeat { WINDOW_ONCE, WINDOW_DAILY, WINDOW_WEEKLY, WINDOW_MONTHLY };

enum {
    INSTALL_TIME_AUTOMATIC = 24, /* in install_time: the client chooses */
    WEEK_EVERY = 1 << 4,         /* in install_weeks; wins over bits 0 (first) to 3 */
    PAUSE_DAYS = 35,             /* how long a pause lasts from its start */
    NO_CONTRIBUTION = -1,
};

struct config_list {
    const char *const *items; /* in the order of their value names */
    size_t n;
};

enum source { BY_DEFAULT, BY_LOCAL, BY_POLICY };

/* Where the value of a setting comes from, and what keeps it from counting. */
struct decision {
    enum source source;
    uint32_t slot;        /* in rsop.slots; UINT32_MAX: none */
    int64_t contribution; /* that decides, in rsop.log; NO_CONTRIBUTION */
    int64_t shadowed; /* the local choice that waits, in rsop.log; NO_CONTRIBUTION */
    bool is_off;      /* decided to be not set: a policy is Disabled or deletes it */
    bool is_unfit;    /* decided, but the value cannot be used; why says so */
    bool is_private;  /* some of it comes from a file that not everybody may read */
    uint16_t idle_by; /* number of the dependency rule that idles it; 0: none */
    const char *why;  /* a sentence; NULL when there is nothing to explain */
    const struct origin *refused_by; /* the line of limits.ini; NULL */
};

/* Numbers are uint32_t so that one table can fill them; text is NULL when not set. */
struct update_config {
    uint32_t mode;           /* enum update_mode */
    uint32_t install_day;    /* 0 every day, 1 Sunday … 7 Saturday */
    uint32_t install_time;   /* hour 0 to 23, or INSTALL_TIME_AUTOMATIC */
    uint32_t install_weeks;  /* bits 0 to 3: first to fourth; WEEK_EVERY; 0 is every */
    uint32_t maintenance;    /* bool: install during the client's own maintenance */
    uint32_t missed_install; /* minutes after start-up; 0: at the next schedule */
    uint32_t check_interval; /* hours, 1 to 22 */

    struct config_list allowed_origins;
    uint32_t recommended;    /* bool */
    uint32_t optional;       /* 1 to 3; 0: no optional updates */
    uint32_t other_products; /* bool */
    struct config_list excluded_packages;
    uint32_t exclude_drivers; /* bool */
    const char *target_release;
    uint32_t deferral;       /* days */
    const char *pause_start; /* "2026-11-24", the zone's date */

    uint32_t reboot;                   /* enum update_reboot */
    uint32_t reboot_with_users;        /* bool */
    const char *reboot_time;           /* "03:30" */
    uint32_t reboot_always;            /* bool: at the scheduled time */
    uint32_t reboot_delay;             /* minutes, with reboot_always */
    uint32_t reboot_warning;           /* minutes */
    uint32_t reboot_spread;            /* minutes */
    uint32_t active_start, active_end; /* hour 0 to 23 */
    uint32_t active_range;             /* hours, 8 to 18 */
    uint32_t deadline, deadline_grace; /* days */
    uint32_t deadline_no_reboot;       /* bool */
    uint32_t rebootless_months;        /* bits 0 (January) to 11 */
    uint32_t rebootless_held;          /* bool: hold back what needs a restart */
    uint32_t rebootless_exposure;      /* days that a security update may be held */
    uint32_t service_restarts;         /* enum service_restarts */
    struct config_list restartable;    /* services */

    uint32_t
        window_actions; /* 0 download, install, restart; 1 the last two; 2 restart */
    const char *window_date, *window_time; /* "2026-11-24", "23:30" */
    uint32_t window_hours;
    uint32_t window_repeat; /* enum window_repeat */
    uint32_t window_every_days, window_every_weeks;
    uint32_t window_days;    /* bits 0 (Sunday) to 6 */
    uint32_t window_monthly; /* 0: a day of the month, 1: an nth weekday */
    uint32_t window_every_months, window_month_day;
    uint32_t window_occurrence; /* 1 to 4, 5 the last */
    uint32_t window_weekday; /* 0 Sunday … 6 Saturday, 7 weekdays, 8 weekend days */

    const char *mail;
    uint32_t mail_report; /* enum mail_report */
    const char *mail_sender;
    uint32_t bandwidth;            /* KB/s; 0 without limit */
    uint32_t bandwidth_foreground; /* KB/s; for downloads that somebody waits for */
    const char *proxy;
    uint32_t metered;    /* bool: also over metered connections */
    uint32_t on_battery; /* bool: also without mains power */
    uint32_t cart;       /* bool: the weaker form of on_battery */
    uint32_t wake;       /* bool: wake the machine for an installation */

    struct config_list providers;   /* names of the clients we drive; empty: all */
    uint32_t reassert;              /* bool: put drifted files back at each refresh */
    uint32_t refresh_interval;      /* minutes */
    uint32_t refresh_offset;        /* minutes that are added at most */
    uint32_t local_overrides;       /* bool: GPOs hand settings back */
    uint32_t overrides_scope;       /* 1 all settings, 2 those listed */
    struct config_list overrides;   /* setting ids */
    uint32_t require_signed;        /* bool */
    uint32_t lock_menu, lock_pause; /* bool */

    bool paused;            /* now lies within the pause */
    bool rebootless_now;    /* this month is one without restarts */
    bool has_restart_hours; /* limits.ini: restarts only from here to there */
    uint32_t restart_from, restart_to; /* hours, 0 to 23; may pass midnight */
    int64_t valid_until;               /* s since the epoch; INT64_MAX: input changes */
    struct decision decisions[SETTING_COUNT];
};

/* Is the setting configured, fit, allowed and not idle? */
static inline bool config_counts(const struct update_config *config,
                                 enum setting_index setting)
{
    const struct decision *d = &config->decisions[setting];
    return d->source != BY_DEFAULT && !d->is_off && !d->is_unfit && !d->idle_by &&
           !d->refused_by;
}

#endif
