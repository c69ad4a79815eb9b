#include "engine/providers/units.h"

#include "base/buffer.h"

static const char *const weekday_names[] = { "Sun", "Mon", "Tue", "Wed",
                                             "Thu", "Fri", "Sat" };

/* A set as systemd writes it: 01..07,15. Runs of two or more become ranges. */
static void print_set(struct buffer *to, uint32_t set, uint32_t first, uint32_t last)
{
    bool more = false;
    for (uint32_t i = first; i <= last; i++) {
        if (!(set >> i & 1))
            continue;
        uint32_t end = i;
        while (end < last && set >> (end + 1) & 1)
            end++;
        buffer_format(to, "%s%02u", more ? "," : "", i);
        if (end > i)
            buffer_format(to, "..%02u", end);
        more = true;
        i = end;
    }
}

static void print_weekdays(struct buffer *to, uint32_t weekdays)
{
    bool more = false;
    for (uint32_t i = 0; i < 7; i++)
        if (weekdays >> i & 1) {
            buffer_format(to, "%s%s", more ? "," : "", weekday_names[i]);
            more = true;
        }
    buffer_char(to, ' ');
}

const char *units_calendar(const struct schedule *schedule, struct arena *arena)
{
    struct buffer text;
    buffer_init(&text, 1024);
    if (schedule->weekdays != SCHEDULE_ALL_WEEKDAYS)
        print_weekdays(&text, schedule->weekdays);
    buffer_string(&text, "*-");
    if (schedule->months == SCHEDULE_ALL_MONTHS)
        buffer_char(&text, '*');
    else
        print_set(&text, schedule->months << 1, 1, 12);
    buffer_char(&text, schedule->from_end ? '~' : '-');
    if (schedule->days == SCHEDULE_ALL_DAYS)
        buffer_char(&text, '*');
    else
        print_set(&text, schedule->days, 1, 31);
    buffer_format(&text, " %02u:%02u:00", schedule->hour, schedule->minute);
    const char *copy =
        buffer_failed(&text) ? NULL : arena_string_n(arena, text.data, text.size);
    buffer_done(&text);
    if (!copy)
        arena->failed = true;
    return copy;
}

bool units_earlier(const struct schedule *schedule, uint32_t hours,
                   struct schedule *ret)
{
    *ret = *schedule;
    if (schedule->hour >= hours) {
        ret->hour -= hours;
        return true;
    }
    ret->hour += 24 - hours;
    ret->weekdays = (schedule->weekdays >> 1 | schedule->weekdays << 6) & 0x7f;
    if (schedule->days == SCHEDULE_ALL_DAYS && schedule->months == SCHEDULE_ALL_MONTHS)
        return true;
    ret->days = SCHEDULE_ALL_DAYS;
    ret->months = SCHEDULE_ALL_MONTHS;
    ret->from_end = false;
    return false;
}
