#include "engine/update/schedule.h"

/* Bits 7n-6 to 7n of the weeks whose bits (0 the first) are set. */
static uint32_t week_days(uint32_t weeks)
{
    uint32_t days = 0;
    for (uint32_t week = 0; week < 4; week++)
        if (weeks & 1u << week)
            days |= 0x7fu << (7 * week + 1);
    return days;
}

bool schedule_install(const struct update_config *config, struct schedule *ret)
{
    if (!config_counts(config, SETTING_MODE) || config->mode != MODE_AUTOMATIC)
        return false;
    bool day = config_counts(config, SETTING_INSTALL_DAY);
    bool time = config_counts(config, SETTING_INSTALL_TIME);
    bool weeks = config_counts(config, SETTING_INSTALL_WEEKS);
    if (!day && !time && !weeks)
        return false;
    if (time && config->install_time == INSTALL_TIME_AUTOMATIC)
        return false;
    struct schedule s = { SCHEDULE_ALL_WEEKDAYS, SCHEDULE_ALL_DAYS,    false,
                          SCHEDULE_ALL_MONTHS,   config->install_time, 0 };
    if (day && config->install_day > 0)
        s.weekdays = 1u << (config->install_day - 1);
    if (weeks && config->install_weeks && !(config->install_weeks & WEEK_EVERY))
        s.days = week_days(config->install_weeks);
    *ret = s;
    return true;
}

/* Every nth month from the one in which the window starts. */
static bool window_months(const struct update_config *config, uint32_t *ret)
{
    uint32_t every = config->window_every_months, months = 0, first = 0;
    if (12 % every != 0)
        return false;
    if (config->window_date)
        first = (uint32_t)(config->window_date[5] - '0') * 10 +
                (uint32_t)(config->window_date[6] - '0') - 1;
    for (uint32_t month = first % every; month < 12; month += every)
        months |= 1u << month;
    *ret = months;
    return true;
}

static bool window_monthly(const struct update_config *config, struct schedule *s)
{
    if (!window_months(config, &s->months))
        return false;
    if (config->window_monthly == 0) {
        s->days = 1u << config->window_month_day;
        return true;
    }
    uint32_t weekday = config->window_weekday;
    if (weekday > 6) {
        /* The first weekday of a month is one of three days: no set of days says so. */
        return false;
    }
    s->weekdays = 1u << weekday;
    s->from_end = config->window_occurrence == 5;
    s->days = week_days(s->from_end ? 1 : 1u << (config->window_occurrence - 1));
    return true;
}

bool schedule_window(const struct update_config *config, struct schedule *ret)
{
    if (!config_counts(config, SETTING_WINDOW_TIME) || !config->window_time)
        return false;
    const char *t = config->window_time;
    struct schedule s = { SCHEDULE_ALL_WEEKDAYS,
                          SCHEDULE_ALL_DAYS,
                          false,
                          SCHEDULE_ALL_MONTHS,
                          (uint32_t)((t[0] - '0') * 10 + t[1] - '0'),
                          (uint32_t)((t[3] - '0') * 10 + t[4] - '0') };
    bool fits = false;
    switch ((enum window_repeat)config->window_repeat) {
    case WINDOW_ONCE:
        break;
    case WINDOW_DAILY:
        fits = config->window_every_days == 1;
        break;
    case WINDOW_WEEKLY:
        fits = config->window_every_weeks == 1 && config->window_days;
        s.weekdays = config->window_days;
        break;
    case WINDOW_MONTHLY:
        fits = window_monthly(config, &s);
        break;
    }
    if (fits)
        *ret = s;
    return fits;
}

static bool day_matches(const struct schedule *schedule, int64_t day)
{
    struct civil c = civil_from_days(day);
    int of_month =
        schedule->from_end ? civil_month_days(c.year, c.month) - c.day + 1 : c.day;
    return schedule->weekdays >> c.weekday & 1 && schedule->days >> of_month & 1 &&
           schedule->months >> (c.month - 1) & 1;
}

size_t schedule_next(const struct schedule *schedule, const struct facts *facts,
                     int64_t *ret, size_t n)
{
    enum { HORIZON = 20 * 366 };
    int64_t today = wall_day(zone_wall(facts->zone, facts->now));
    size_t found = 0;
    for (int64_t day = today; day < today + HORIZON && found < n; day++) {
        if (!day_matches(schedule, day))
            continue;
        int64_t instants[2];
        int64_t wall =
            day * SECONDS_PER_DAY + schedule->hour * 3600 + schedule->minute * 60;
        if (zone_instants(facts->zone, wall, instants) > 0 && instants[0] > facts->now)
            ret[found++] = instants[0];
    }
    return found;
}
