#ifndef GPCONF_ENGINE_PROVIDERS_UNITS_H
#define GPCONF_ENGINE_PROVIDERS_UNITS_H

#include "base/arena.h"
#include "engine/update/schedule.h"

/*
 * What two update clients share: their timers are systemd's. Here a schedule becomes a
 * calendar expression (systemd.time(7)). Pure.
 */

/* "Tue *-*-08..14 03:00:00". Owned by the arena; NULL when memory is out. */
const char *units_calendar(const struct schedule *schedule, struct arena *arena);

/* The schedule that comes hours earlier; when that is the day before, the weekdays
 * move with it. Returns false when it cannot be said (the days of a month would move
 * out of it): *ret is then the schedule without its days, every day at that hour. */
bool units_earlier(const struct schedule *schedule, uint32_t hours,
                   struct schedule *ret);

#endif
