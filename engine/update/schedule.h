#ifndef GPCONF_ENGINE_UPDATE_SCHEDULE_H
#define GPCONF_ENGINE_UPDATE_SCHEDULE_H

#include "engine/facts/facts.h"
#include "engine/update/config.h"

/*
 * When something runs: a set of days and a time on the wall. Week n of a month is its
 * days 7n-6 to 7n, so "Tuesday of the second week" is the second Tuesday; days counted
 * from the end give "the last". Pure, in any time zone.
 *
 * Rules where clocks change: a time that the wall does not show that day is skipped, a
 * time that it shows twice counts once, at the first.
 */
struct schedule {
    uint32_t weekdays; /* bits 0 (Sunday) to 6 */
    uint32_t days;     /* bits 1 to 31: days of the month */
    bool from_end;     /* days are counted from the end: bit 1 is the last day. systemd
                        * takes one range of them, up to 28 */
    uint32_t months;   /* bits 0 (January) to 11 */
    uint32_t hour, minute;
};

#define SCHEDULE_ALL_WEEKDAYS 0x7fu
#define SCHEDULE_ALL_DAYS 0xfffffffeu
#define SCHEDULE_ALL_MONTHS 0xfffu

/* When installations run. False: when the client likes (or never). */
bool schedule_install(const struct update_config *config, struct schedule *ret);

/* When the maintenance window opens. False: there is none, or it repeats in a way that
 * is no set of days (every third day, once). */
bool schedule_window(const struct update_config *config, struct schedule *ret);

/* The next runs after now, soonest first. Returns how many, at most n; fewer when none
 * are left within twenty years. */
size_t schedule_next(const struct schedule *schedule, const struct facts *facts,
                     int64_t *ret, size_t n);

#endif
