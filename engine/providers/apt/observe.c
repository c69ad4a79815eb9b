#include "engine/providers/apt/observe.h"

#include <string.h>

#include "base/status.h"
#include "engine/providers/apt/apt_config.h"
#include "engine/providers/apt/observe_parts.h"

static int ask_apt(struct machine *machine, const char *root, struct arena *arena,
                   struct diagnostics *diagnostics, struct view *view)
{
    struct process process = { .arguments = apt_config_dump, .seconds = 30 };
    if (machine->is_image) {
        process.environment = apt_config_input;
        process.input = arena_format(arena, "Dir \"%s\";\n", root);
        if (!process.input)
            return GPCONF_ENOMEM;
        process.input_size = strlen(process.input);
    }
    const char *text;
    int status = observe_ask_whole(machine, &process, arena, diagnostics, &text);
    if (!status && text) {
        apt_config_entries(text, arena, view);
        observe_add(view, arena, "asked", "apt", NULL);
        status = observe_culprits(machine, root, arena, diagnostics, view);
    }
    return status;
}

int observe_apt(struct machine *machine, const struct client *client,
                struct arena *arena, struct diagnostics *diagnostics, struct view *ret)
{
    const char *root = machine_path(machine, arena);
    if (!root)
        return GPCONF_EIO;
    if (strpbrk(root, "\"\\\n;")) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "apt-root-name", origin_file(root),
                        "apt's configuration cannot name this folder, not verified");
        return GPCONF_ECLIENT;
    }
    struct view view = { 0 };
    int status = ask_apt(machine, root, arena, diagnostics, &view);
    if (!status)
        status = observe_units(machine, root, arena, diagnostics, &view);
    if (!status)
        status = observe_timers(machine, client, arena, diagnostics, &view);
    if (status == GPCONF_ENOTFOUND)
        status = 0; /* told, and known by what lacks */
    if (!status)
        status = observe_programs(machine, arena, &view);
    if (!status)
        status = observe_client(machine, client, root, arena, diagnostics, &view);
    if (!status && arena_failed(arena))
        status = GPCONF_ENOMEM;
    if (!status)
        *ret = view;
    return status;
}
