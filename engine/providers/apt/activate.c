#include "engine/providers/apt/activate.h"

#include <string.h>

#include "base/status.h"

#define UNITS "etc/systemd/system/"

struct activate {
    struct machine *machine;
    struct arena *arena;
    struct diagnostics *diagnostics;
};

static const char *const timers[] = { "apt-daily.timer", "apt-daily-upgrade.timer" };
enum { N_TIMERS = sizeof timers / sizeof *timers };

/* Does the change touch a drop-in of this unit; of any, when unit is NULL? */
static bool touches(const struct change *change, const char *unit)
{
    for (size_t i = 0; i < change->n_steps; i++) {
        const struct step *step = &change->steps[i];
        if (step->kind != STEP_FILE || step->action == STEP_KEEP ||
            strncmp(step->target, UNITS, sizeof UNITS - 1) != 0)
            continue;
        const char *name = step->target + sizeof UNITS - 1;
        size_t size = unit ? strlen(unit) : 0;
        if (!unit ||
            (strncmp(name, unit, size) == 0 && strncmp(name + size, ".d/", 3) == 0))
            return true;
    }
    return false;
}

/* Run a program that says nothing when it succeeds. */
static int run(const struct activate *a, const char *const *arguments,
               struct process_result *ret)
{
    struct process process = { .arguments = arguments, .seconds = 60 };
    int status = a->machine->run(a->machine, &process, a->arena, ret);
    if (status == GPCONF_ENOMEM || (!status && ret->exit_status == 0))
        return status;
    const char *said = status ? gpconf_status_text(status) : ret->errors;
    diagnostics_add(a->diagnostics, SEVERITY_ERROR, "apt-activation",
                    origin_file(arguments[0]), "%s %s: %.*s, not activated",
                    arguments[1], arguments[2] ? arguments[2] : "",
                    (int)strcspn(said, "\n"), said);
    return GPCONF_ECLIENT;
}

static int systemctl(const struct activate *a, const char *verb, const char *unit)
{
    const char *const arguments[] = { "/usr/bin/systemctl", verb, unit, NULL };
    struct process_result result;
    return run(a, arguments, &result);
}

/* Is there a line that says this? */
static bool says(const char *text, const char *wanted)
{
    size_t size = strlen(wanted);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, wanted, size) == 0 && (!line[size] || line[size] == '\n'))
            return true;
    }
    return false;
}

/* 1. An activation that was killed left the timer stopped, so being active alone does
 * not decide. */
static int should_run(const struct activate *a, const char *timer, bool *ret)
{
    const char *const arguments[] = { "/usr/bin/systemctl", "show",
                                      "--property=LoadState,ActiveState,UnitFileState",
                                      timer, NULL };
    struct process_result result;
    int status = run(a, arguments, &result);
    if (status)
        return status;
    const char *text = result.output;
    bool masked = says(text, "LoadState=masked") ||
                  says(text, "UnitFileState=masked") ||
                  says(text, "UnitFileState=masked-runtime");
    *ret = !masked && !says(text, "LoadState=not-found") &&
           (says(text, "ActiveState=active") || says(text, "UnitFileState=enabled") ||
            says(text, "UnitFileState=enabled-runtime"));
    if (!*ret)
        diagnostics_add(a->diagnostics, SEVERITY_WARNING, "apt-timer-off",
                        origin_file(NULL),
                        "%s is switched off, leaving it so: it makes no automatic "
                        "updates until \"systemctl %s%s\"",
                        timer, masked ? "unmask " : "enable --now ", timer);
    return 0;
}

/* 3 */
static int touch(const struct activate *a, const char *timer)
{
    const char *stamp =
        arena_format(a->arena, "/var/lib/systemd/timers/stamp-%s", timer);
    const char *const arguments[] = { "/usr/bin/touch", "--no-create", stamp, NULL };
    struct process_result result;
    return stamp ? run(a, arguments, &result) : GPCONF_ENOMEM;
}

/* The first failure counts. */
static int both(int status, int other)
{
    return status ? status : other;
}

static int reload(const struct activate *a, const struct change *change)
{
    bool wanted[N_TIMERS] = { false };
    int status = 0;
    for (size_t i = 0; !status && i < N_TIMERS; i++) /* 1 */
        if (touches(change, timers[i]))
            status = should_run(a, timers[i], &wanted[i]);
    if (status)
        return status;
    for (size_t i = 0; !status && i < N_TIMERS; i++) { /* 2, 3 */
        if (!touches(change, timers[i]))
            continue;
        if (wanted[i])
            status = systemctl(a, "stop", timers[i]);
        if (!status)
            status = touch(a, timers[i]);
    }
    if (!status) /* 4 */
        status = systemctl(a, "daemon-reload", NULL);
    for (size_t i = 0; i < N_TIMERS; i++) /* 5 */
        if (wanted[i])
            status = both(status, systemctl(a, "start", timers[i]));
    return status;
}

int activate_apt(struct machine *machine, const struct client *client,
                 const struct change *change, struct arena *arena,
                 struct diagnostics *diagnostics)
{
    struct activate a = { machine, arena, diagnostics };
    if (!touches(change, NULL))
        return 0;
    if (machine->is_image || !client->systemd_running) {
        diagnostics_add(diagnostics, SEVERITY_NOTE, "apt-pending", origin_file(NULL),
                        "systemd does not run here: the timers change when the machine "
                        "starts");
        return 0;
    }
    int status = reload(&a, change);
    return status ? status : arena_failed(arena) ? GPCONF_ENOMEM : 0;
}
