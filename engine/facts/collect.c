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

static int collect_zone(struct machine *machine, struct arena *arena,
                        struct diagnostics *diagnostics, struct facts *facts)
{
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
                            gpconf_status_text(status));
    }
    facts->zone = zone;
    return 0;
}

static bool is_named(const char *const *names, size_t n, const char *name, size_t size)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(names[i]) == size && memcmp(names[i], name, size) == 0)
            return true;
    return false;
}

static void collect_restart(struct machine *machine, struct arena *arena,
                            struct facts *facts)
{
    enum { NAMES_MOST = 64 };
    struct file file;
    int root = machine->root_fd;
    facts->restart_needed = file_read(root, "run/reboot-required", FILE_BENEATH,
                                      LIMIT_RESTART_FILE, arena, &file, NULL) == 0;
    const char **names = arena_array(arena, NAMES_MOST, const char *);
    if (!names || !facts->restart_needed ||
        file_read(root, "run/reboot-required.pkgs", FILE_BENEATH, LIMIT_RESTART_FILE,
                  arena, &file, NULL) != 0)
        return;
    const char *at = file.bytes, *end = at + file.size;
    for (size_t size; at < end && facts->n_restart_packages < NAMES_MOST;
         at += size + 1) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size = (size_t)((stop ? stop : end) - at);
        if (size && !is_named(names, facts->n_restart_packages, at, size))
            names[facts->n_restart_packages++] = arena_string_n(arena, at, size);
        if (arena_failed(arena))
            break;
    }
    facts->restart_packages = names;
}

int facts_collect(struct machine *machine, struct arena *arena,
                  struct diagnostics *diagnostics, struct facts *ret)
{
    struct facts facts = { .now = machine->now };
    int status = collect_zone(machine, arena, diagnostics, &facts);
    if (status)
        return status;
    collect_restart(machine, arena, &facts);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = facts;
    return 0;
}
