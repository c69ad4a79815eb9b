#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/providers/apt/observe_parts.h"

#define DIVERSIONS "var/lib/dpkg/diversions"

static const char *const programs[] = { APT_JOB, APT_INSTALLER };
enum { N_PROGRAMS = sizeof programs / sizeof *programs };

/* dpkg keeps three lines for each file that it installs under another name: the file, the
 * other name, and the package that the diversion does not concern. */
static void read_diversions(const char *text, struct arena *arena, struct view *view)
{
    const char *line;
    for (unsigned number = 1; (line = observe_line(&text, arena)); number++)
        for (size_t i = 0; number % 3 == 1 && i < N_PROGRAMS; i++)
            if (*line == '/' && strcmp(line + 1, programs[i]) == 0)
                observe_add(view, arena, "diverted", programs[i],
                            arena_format(arena, DIVERSIONS ":%u", number));
}

int observe_programs(struct machine *machine, struct arena *arena, struct view *view)
{
    struct file file;
    for (size_t i = 0; i < N_PROGRAMS; i++)
        if (file_absent(machine->root_fd, programs[i]))
            observe_add(view, arena, "missing", programs[i], NULL);
    int status = file_read(machine->root_fd, DIVERSIONS, FILE_BENEATH, LIMIT_INI_FILE,
                           arena, &file, NULL);
    if (!status)
        read_diversions(file.bytes, arena, view);
    return status == GPCONF_ENOMEM ? status : 0; /* none, or nothing that dpkg reads */
}
