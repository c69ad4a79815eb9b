#ifndef GPCONF_ENGINE_FACTS_ZONE_H
#define GPCONF_ENGINE_FACTS_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * A time zone, from the bytes of its file in the time zone database (TZif, RFC 9636).
 * The C library keeps the zone in global state and reads it from the environment; here
 * it is a value, so that what a schedule comes to is a function of its arguments.
 * A NULL zone is UTC. Leap seconds are not counted, as POSIX does.
 *
 * Two words: an instant is seconds since the epoch; a wall time is what a clock on the
 * wall shows, as the seconds since 1970-01-01 00:00 on that same wall.
 */
struct zone;

/* Parse TZif bytes of any version. Owned by the arena, copies what it needs. Returns 0,
 * GPCONF_ENOMEM or GPCONF_ESYNTAX. */
int zone_parse(const void *bytes, size_t size, struct arena *arena, struct zone **ret);

/* The wall time of an instant. */
int64_t zone_wall(const struct zone *zone, int64_t instant);

/* The instants at which the wall shows a time: 1; 0 in the gap when clocks go forward;
 * 2, the earlier first, when they go back. */
int zone_instants(const struct zone *zone, int64_t wall, int64_t ret[2]);

/* Days since 1970-01-01 and dates of the Gregorian calendar. */
struct civil {
    int year, month, day; /* 1 to 12, 1 to 31 */
    int weekday;          /* 0 Sunday to 6 Saturday */
};
int64_t civil_days(int year, int month, int day); /* day may be out of range */
struct civil civil_from_days(int64_t days);
int civil_month_days(int year, int month); /* 28 to 31 */

enum { SECONDS_PER_DAY = 86400 };

/* The wall time's day; rounds towards the past. */
int64_t wall_day(int64_t wall);

#endif
