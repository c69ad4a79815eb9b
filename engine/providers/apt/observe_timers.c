#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "engine/facts/zone.h"
#include "engine/providers/apt/observe_parts.h"

enum { RUNS = 3, EXPRESSIONS_MOST = 16 };

/* --- Moments ---------------------------------------------------------------------- */

/* "Tue 2026-10-13 01:00:00 UTC" or "@1790000000"; false for any other zone, and for
 * "never" and "n/a". */
static bool parse_moment(const char *text, int64_t *ret)
{
    int year, month, day, hour, minute, second, end = 0;
    while (*text == ' ')
        text++;
    if (*text == '@') {
        char *stop;
        *ret = strtoll(text + 1, &stop, 10);
        return stop > text + 1;
    }
    if (sscanf(text, "%*3[A-Z a-z] %4d-%2d-%2d %2d:%2d:%2d UTC%n", &year, &month, &day,
               &hour, &minute, &second, &end) != 6 ||
        !end)
        return false;
    *ret = civil_days(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 +
           second;
    return true;
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Of each run there is a line in UTC, its own or the one below it; the label of a later
 * run is "Iter. #2", in systemd 257 "Iteration #2". */
void observe_calendar(const char *unit, const char *text, struct arena *arena,
                      struct view *view)
{
    int64_t runs[RUNS * EXPRESSIONS_MOST];
    size_t n = 0;
    const char *line;
    while (n < RUNS * EXPRESSIONS_MOST && (line = observe_line(&text, arena))) {
        const char *colon = strstr(line, ": ");
        while (*line == ' ')
            line++;
        bool is_run = strncmp(line, "Next elapse:", 12) == 0 ||
                      strncmp(line, "Iter. #", 7) == 0 ||
                      strncmp(line, "Iteration #", 11) == 0 ||
                      strncmp(line, "(in UTC):", 9) == 0;
        if (colon && is_run && parse_moment(colon + 1, &runs[n]))
            n++;
    }
    qsort(runs, n, sizeof *runs, by_time);
    size_t told = 0;
    for (size_t i = 0; i < n && told < RUNS; i++) {
        if (i && runs[i] == runs[i - 1])
            continue;
        observe_add(view, arena, observe_key(arena, unit, "next"),
                    arena_format(arena, "%lld", (long long)runs[i]), NULL);
        told++;
    }
}

/* The name of the machine's zone, for TZ; UTC when it has none that can be named. An
 * image says what it likes, so only a name within the database counts. */
static const char *zone_name(const struct machine *machine, struct arena *arena)
{
    static const char database[] = "/zoneinfo/";
    char link[PATH_MAX];
    const char *name = machine->zone;
    if (!name) {
        ssize_t size =
            readlinkat(machine->root_fd, "etc/localtime", link, sizeof link - 1);
        link[size > 0 ? size : 0] = '\0';
        const char *at = strstr(link, database);
        name = at ? at + strlen(database) : "";
    }
    bool fits = isalpha((unsigned char)*name) && !strstr(name, "..");
    for (const char *at = name; *at && fits; at++)
        fits = isalnum((unsigned char)*at) || strchr("_+-/", *at);
    return fits ? arena_string(arena, name) : "UTC";
}

/* An expression that systemd does not take has no runs, as it has none in a timer. */
static int ask_calendar(struct machine *machine, const char *unit, const char *zone,
                        struct arena *arena, struct diagnostics *diagnostics,
                        struct view *view)
{
    const char *arguments[6 + EXPRESSIONS_MOST] = {
        "/usr/bin/systemd-analyze", "--iterations=3",
        arena_format(arena, "--base-time=@%lld", (long long)machine->now), "calendar",
        "--"
    };
    const char *const environment[] = { zone, NULL };
    const char *key = observe_key(arena, unit, "OnCalendar");
    size_t n = 5;
    for (size_t i = 0; key && i < view->n && n < 5 + EXPRESSIONS_MOST; i++)
        if (strcmp(view->entries[i].key, key) == 0 && *view->entries[i].value)
            arguments[n++] = view->entries[i].value;
    if (n == 5)
        return 0;
    struct process process = { .arguments = arguments,
                               .environment = environment,
                               .seconds = 30 };
    struct process_result result;
    int status = observe_ask(machine, &process, arena, diagnostics, &result);
    if (!status)
        observe_calendar(unit, result.output, arena, view);
    return status;
}

/* --- Whether they are started ---------------------------------------------------------- */

void observe_show(const char *unit, const char *text, struct arena *arena,
                  struct view *view)
{
    static const struct {
        const char *property, *what;
    } properties[] = { { "ActiveState=", "active" },
                       { "NeedDaemonReload=", "reload" } };
    static const char elapses[] = "NextElapseUSecRealtime=";
    const char *line;
    while ((line = observe_line(&text, arena))) {
        for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
            size_t size = strlen(properties[i].property);
            if (strncmp(line, properties[i].property, size) == 0)
                observe_add(view, arena, observe_key(arena, unit, properties[i].what),
                            line + size, NULL);
        }
        int64_t at;
        if (strncmp(line, elapses, strlen(elapses)) == 0 &&
            parse_moment(line + strlen(elapses), &at))
            observe_add(view, arena, observe_key(arena, unit, "elapses"),
                        arena_format(arena, "%lld", (long long)at), NULL);
    }
}

static int ask_show(struct machine *machine, const char *unit, struct arena *arena,
                    struct diagnostics *diagnostics, struct view *view)
{
    const char *const arguments[] = {
        "/usr/bin/systemctl", "show",
        "--property=ActiveState,NeedDaemonReload,NextElapseUSecRealtime", unit, NULL
    };
    const char *const environment[] = { "TZ=UTC", NULL };
    struct process process = { .arguments = arguments,
                               .environment = environment,
                               .seconds = 30 };
    struct process_result result;
    int status = observe_ask(machine, &process, arena, diagnostics, &result);
    if (!status && !result.exit_status)
        observe_show(unit, result.output, arena, view);
    return status;
}

int observe_timers(struct machine *machine, const struct client *client,
                   struct arena *arena, struct diagnostics *diagnostics,
                   struct view *view)
{
    const char *const *timers = observe_unit_names;
    const char *zone = arena_format(arena, "TZ=%s", zone_name(machine, arena));
    if (!zone)
        return GPCONF_ENOMEM;
    int status = 0;
    for (size_t i = 0; i < N_TIMERS && !status; i++)
        status = ask_calendar(machine, timers[i], zone, arena, diagnostics, view);
    if (!status)
        observe_add(view, arena, "asked", "calendar", NULL);
    for (size_t i = 0; i < N_TIMERS && !status && client->systemd_running; i++)
        status = ask_show(machine, timers[i], arena, diagnostics, view);
    return status;
}
