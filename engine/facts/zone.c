#include "engine/facts/zone.h"

#include <string.h>

#include "base/status.h"

/* A day of the POSIX rule that a TZif file ends with: when summer time begins or ends.
 */
enum rule_kind { RULE_JULIAN, RULE_ZERO_JULIAN, RULE_NTH_WEEKDAY };
struct rule_day {
    enum rule_kind kind;
    int day;         /* of the year; or the weekday */
    int month, week; /* of NTH_WEEKDAY; week 5 is the last */
    int32_t seconds; /* after midnight, wall time */
};
struct rule {
    bool is_there, has_summer;
    int32_t standard, summer; /* seconds east */
    struct rule_day from, to; /* of summer */
};

struct zone {
    size_t n;
    int64_t *at;      /* instants at which the offset changes */
    int32_t *offsets; /* seconds east, from at[i] on */
    int32_t first;    /* before all of them */
    struct rule rule; /* after all of them */
};

int64_t civil_days(int year, int month, int day)
{
    /* Years begin in March, so that the leap day is the last of a year. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil civil_from_days(int64_t days)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    struct civil c = { .month = (int)(m < 10 ? m + 3 : m - 9),
                       .day = (int)(of_year - (153 * m + 2) / 5 + 1) };
    c.year = (int)(y + era * 400) + (c.month <= 2);
    c.weekday = (int)(((days + 4) % 7 + 7) % 7);
    return c;
}

int civil_month_days(int year, int month)
{
    return (int)(month == 12
                     ? 31
                     : civil_days(year, month + 1, 1) - civil_days(year, month, 1));
}

int64_t wall_day(int64_t wall)
{
    return (wall >= 0 ? wall : wall - (SECONDS_PER_DAY - 1)) / SECONDS_PER_DAY;
}

/* --- The POSIX rule: CET-1CEST,M3.5.0,M10.5.0/3 ------------------------------ */

static bool rule_number(const char **text, int max, int *ret)
{
    int number = 0, digits = 0;
    for (; **text >= '0' && **text <= '9' && digits < 4; (*text)++, digits++)
        number = number * 10 + (**text - '0');
    *ret = number;
    return digits > 0 && number <= max;
}

static bool rule_time(const char **text, int32_t *ret)
{
    int sign = 1, h, m = 0, s = 0;
    if (**text == '-' || **text == '+')
        sign = *(*text)++ == '-' ? -1 : 1;
    if (!rule_number(text, 167, &h))
        return false;
    if (**text == ':' && ((*text)++, !rule_number(text, 59, &m)))
        return false;
    if (**text == ':' && ((*text)++, !rule_number(text, 59, &s)))
        return false;
    *ret = sign * (h * 3600 + m * 60 + s);
    return true;
}

static bool rule_name(const char **text)
{
    if (**text == '<') {
        const char *end = strchr(*text, '>');
        *text = end ? end + 1 : *text;
        return end;
    }
    const char *start = *text;
    while ((**text >= 'A' && **text <= 'Z') || (**text >= 'a' && **text <= 'z'))
        (*text)++;
    return *text - start >= 3;
}

static bool rule_day(const char **text, struct rule_day *ret)
{
    if (*(*text)++ != ',')
        return false;
    ret->seconds = 7200;
    if (**text == 'M') {
        (*text)++;
        ret->kind = RULE_NTH_WEEKDAY;
        if (!rule_number(text, 12, &ret->month) || *(*text)++ != '.' ||
            !rule_number(text, 5, &ret->week) || *(*text)++ != '.' ||
            !rule_number(text, 6, &ret->day) || ret->month < 1 || ret->week < 1)
            return false;
    } else {
        ret->kind = **text == 'J' ? RULE_JULIAN : RULE_ZERO_JULIAN;
        *text += **text == 'J';
        if (!rule_number(text, 365, &ret->day))
            return false;
    }
    if (**text != '/')
        return true;
    (*text)++;
    return rule_time(text, &ret->seconds);
}

/* An empty text is a zone without a rule: its last offset stays. */
static bool parse_rule(const char *text, struct rule *ret)
{
    if (!*text)
        return true;
    ret->is_there = true;
    if (!rule_name(&text) || !rule_time(&text, &ret->standard))
        return false;
    ret->standard = -ret->standard;
    if (!*text)
        return true;
    ret->has_summer = true;
    ret->summer = ret->standard + 3600;
    if (!rule_name(&text))
        return false;
    if (*text && *text != ',') {
        if (!rule_time(&text, &ret->summer))
            return false;
        ret->summer = -ret->summer;
    }
    return rule_day(&text, &ret->from) && rule_day(&text, &ret->to) && !*text;
}

/* The wall time at which a rule's day strikes in a year. */
static int64_t rule_wall(const struct rule_day *d, int year)
{
    int64_t day;
    if (d->kind == RULE_NTH_WEEKDAY) {
        day = civil_days(year, d->month, 1);
        day += (d->day - civil_from_days(day).weekday + 7) % 7 + 7 * (d->week - 1);
        if (day >= civil_days(year, d->month, 1) + civil_month_days(year, d->month))
            day -= 7;
    } else {
        bool leap = civil_month_days(year, 2) == 29;
        bool skip = d->kind == RULE_JULIAN && leap && d->day >= 60;
        day = civil_days(year, 1, 1) + d->day - (d->kind == RULE_JULIAN) + skip;
    }
    return day * SECONDS_PER_DAY + d->seconds;
}

static int32_t rule_offset(const struct rule *rule, int64_t instant)
{
    if (!rule->has_summer)
        return rule->standard;
    int year = civil_from_days(wall_day(instant + rule->standard)).year;
    int64_t from = rule_wall(&rule->from, year) - rule->standard;
    int64_t to = rule_wall(&rule->to, year) - rule->summer;
    bool summer =
        from < to ? instant >= from && instant < to : instant >= from || instant < to;
    return summer ? rule->summer : rule->standard;
}

/* --- TZif: RFC 9636, section 3 ------------------------------------------------ */

struct header {
    uint32_t isut, isstd, leap, time, type, chars;
};

static uint64_t big_endian(const unsigned char *bytes, size_t n)
{
    uint64_t number = 0;
    for (size_t i = 0; i < n; i++)
        number = number << 8 | bytes[i];
    return number;
}

enum { HEADER_SIZE = 44, COUNT_MAX = 65536 };

static bool read_header(const unsigned char *bytes, size_t size, struct header *ret)
{
    if (size < HEADER_SIZE || memcmp(bytes, "TZif", 4))
        return false;
    uint32_t counts[6];
    for (size_t i = 0; i < 6; i++) {
        counts[i] = (uint32_t)big_endian(bytes + 20 + 4 * i, 4);
        if (counts[i] > COUNT_MAX)
            return false;
    }
    *ret = (struct header){ counts[0], counts[1], counts[2],
                            counts[3], counts[4], counts[5] };
    return ret->type > 0;
}

static size_t block_size(const struct header *h, size_t width)
{
    return h->time * width + h->time + h->type * 6 + h->chars + h->leap * (width + 4) +
           h->isstd + h->isut;
}

static bool read_block(const unsigned char *bytes, const struct header *h, size_t width,
                       struct arena *arena, struct zone *zone)
{
    const unsigned char *types = bytes + h->time * width, *infos = types + h->time;
    zone->at = arena_array(arena, h->time, int64_t);
    zone->offsets = arena_array(arena, h->time, int32_t);
    if (arena_failed(arena))
        return false;
    zone->first = (int32_t)big_endian(infos, 4);
    zone->n = h->time;
    for (size_t i = 0; i < h->time; i++) {
        uint64_t at = big_endian(bytes + i * width, width);
        zone->at[i] = width == 4 ? (int32_t)(uint32_t)at : (int64_t)at;
        if (types[i] >= h->type || (i > 0 && zone->at[i] < zone->at[i - 1]))
            return false;
        zone->offsets[i] = (int32_t)big_endian(infos + 6 * types[i], 4);
    }
    return true;
}

static bool read_footer(const unsigned char *bytes, size_t size, struct arena *arena,
                        struct zone *zone)
{
    if (size < 2 || bytes[0] != '\n')
        return false;
    const unsigned char *end = memchr(bytes + 1, '\n', size - 1);
    if (!end)
        return false;
    const char *text =
        arena_string_n(arena, (const char *)bytes + 1, (size_t)(end - bytes) - 1);
    return text && parse_rule(text, &zone->rule);
}

int zone_parse(const void *bytes, size_t size, struct arena *arena, struct zone **ret)
{
    const unsigned char *p = bytes;
    struct header h;
    struct zone *zone = arena_new(arena, struct zone);
    if (!zone)
        return GPCONF_ENOMEM;
    if (!read_header(p, size, &h) || size - HEADER_SIZE < block_size(&h, 4))
        return GPCONF_ESYNTAX;
    bool fits;
    if (p[4] < '2') {
        fits = read_block(p + HEADER_SIZE, &h, 4, arena, zone);
    } else {
        size_t skip = HEADER_SIZE + block_size(&h, 4);
        p += skip;
        size -= skip;
        if (!read_header(p, size, &h) || size - HEADER_SIZE < block_size(&h, 8))
            return GPCONF_ESYNTAX;
        size_t used = HEADER_SIZE + block_size(&h, 8);
        fits = read_block(p + HEADER_SIZE, &h, 8, arena, zone) &&
               read_footer(p + used, size - used, arena, zone);
    }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    if (!fits)
        return GPCONF_ESYNTAX;
    *ret = zone;
    return 0;
}

static int32_t offset_at(const struct zone *zone, int64_t instant)
{
    if (!zone)
        return 0;
    if (zone->n == 0 || instant < zone->at[0])
        return zone->n == 0 && zone->rule.is_there ? rule_offset(&zone->rule, instant)
                                                   : zone->first;
    if (instant >= zone->at[zone->n - 1] && zone->rule.is_there)
        return rule_offset(&zone->rule, instant);
    size_t low = 0, high = zone->n; /* the last transition at or before the instant */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= instant)
            low = middle;
        else
            high = middle;
    }
    return zone->offsets[low];
}

int64_t zone_wall(const struct zone *zone, int64_t instant)
{
    return instant + offset_at(zone, instant);
}

int zone_instants(const struct zone *zone, int64_t wall, int64_t ret[2])
{
    /* Offsets change rarely, so those of the day before and after are all there are. */
    int32_t before = offset_at(zone, wall - SECONDS_PER_DAY);
    int32_t after = offset_at(zone, wall + SECONDS_PER_DAY);
    int n = 0;
    if (zone_wall(zone, wall - before) == wall)
        ret[n++] = wall - before;
    if (after != before && zone_wall(zone, wall - after) == wall)
        ret[n++] = wall - after;
    if (n == 2 && ret[1] < ret[0]) {
        int64_t first = ret[1];
        ret[1] = ret[0];
        ret[0] = first;
    }
    return n;
}
