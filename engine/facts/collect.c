#include "engine/facts/collect.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"

static const char zones[] = "usr/share/zoneinfo/";

/* The file of the zone database, relative to the root; NULL when there is none. A link
 * counts only when it leads into the database. */
static const char *zone_file(const struct machine *machine, struct arena *arena)
{
    char link[PATH_MAX];
    if (machine->zone)
        return arena_format(arena, "%s%s", zones, machine->zone);
    ssize_t size = readlinkat(machine->root_fd, "etc/localtime", link, sizeof link - 1);
    if (size <= 0)
        return NULL;
    link[size] = '\0';
    const char *at = strstr(link, zones);
    return at ? arena_string(arena, at) : NULL;
}

int facts_collect(struct machine *machine, struct arena *arena,
                  struct diagnostics *diagnostics, struct facts *ret)
{
    struct facts facts = { .now = machine->now };
    struct zone *zone = NULL;
    struct file file;
    const char *why = NULL, *path = zone_file(machine, arena);
    if (path) {
        int status = file_read(machine->root_fd, path, FILE_BENEATH, LIMIT_ZONE_FILE,
                               arena, &file, &why);
        if (!status)
            status = zone_parse(file.bytes, file.size, arena, &zone);
        if (status == GPCONF_ENOMEM)
            return status;
        if (status)
            diagnostics_add(diagnostics, SEVERITY_WARNING, "facts-zone",
                            origin_file(path), "the time zone %s, taking UTC",
                            status_text(status));
    }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    facts.zone = zone;
    *ret = facts;
    return 0;
}
