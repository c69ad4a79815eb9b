#include "engine/providers/apt/observe_parts.h"

#include <string.h>

#include "base/status.h"

void observe_add(struct view *view, struct arena *arena, const char *key,
                 const char *value, const char *from)
{
    struct view_entry *entries =
        arena_grow(arena, view->entries, view->n, sizeof *entries, &view->capacity);
    if (!entries || !key || !value)
        return;
    view->entries = entries;
    entries[view->n++] = (struct view_entry){ key, value, from };
}

const char *observe_line(const char **text, struct arena *arena)
{
    if (!**text)
        return NULL;
    size_t size = strcspn(*text, "\n");
    const char *line = arena_string_n(arena, *text, size);
    *text += size + ((*text)[size] == '\n');
    return line;
}

const char *observe_key(struct arena *arena, const char *unit, const char *what)
{
    return arena_format(arena, "%s:%s", unit, what);
}

int observe_ask(struct machine *machine, const struct process *process,
                struct arena *arena, struct diagnostics *diagnostics,
                struct process_result *ret)
{
    const char *program = process->arguments[0];
    struct process reader = *process;
    reader.confined = machine->is_image;
    int status = machine->run(machine, &reader, arena, ret);
    if (status == GPCONF_ENOMEM || !status)
        return status;
    bool absent = status == GPCONF_ENOTFOUND;
    diagnostics_add(diagnostics, absent ? SEVERITY_WARNING : SEVERITY_ERROR,
                    absent ? "apt-reader-absent" : "apt-reader-failed",
                    origin_file(program), "%s, its view is not known",
                    gpconf_status_text(status));
    return absent ? status : GPCONF_ECLIENT;
}

/* The first line of what a program complained, for a diagnostic. */
static const char *complaint(const struct process_result *result, struct arena *arena)
{
    const char *text = *result->errors ? result->errors : result->output;
    const char *line = observe_line(&text, arena);
    return line ? line : "it said nothing";
}

int observe_ask_whole(struct machine *machine, const struct process *process,
                      struct arena *arena, struct diagnostics *diagnostics,
                      const char **ret)
{
    struct process_result result;
    int status = observe_ask(machine, process, arena, diagnostics, &result);
    *ret = NULL;
    if (status)
        return status == GPCONF_ENOTFOUND ? 0 : status;
    if (result.exit_status) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "apt-reader-refused",
                        origin_file(process->arguments[0]),
                        "exit status %d: %s, nothing is in effect", result.exit_status,
                        complaint(&result, arena));
        return GPCONF_ECLIENT;
    }
    *ret = result.output;
    return 0;
}
