#include "engine/providers/apt/apt_config.h"

#include <string.h>

#include "engine/providers/apt/observe_parts.h"

const char *const apt_config_dump[] = {
    "/usr/bin/apt-config",      "dump", "--format", "%F=%v%n", "-o",
    "APT::Architectures::=all", NULL
};
const char *const apt_config_input[] = { "APT_CONFIG=/dev/stdin", "LANGUAGE=C", NULL };

/* Members of a list have names that end in "::". A key without "::" is nobody's claim,
 * and could be mistaken for one of the keys that are ours. */
void apt_config_entries(const char *text, struct arena *arena, struct view *view)
{
    const char *line;
    while ((line = observe_line(&text, arena))) {
        const char *equals = strchr(line, '=');
        if (!equals)
            continue;
        size_t size = (size_t)(equals - line);
        if (size > 2 && memcmp(equals - 2, "::", 2) == 0)
            size -= 2;
        const char *key = arena_string_n(arena, line, size);
        if (key && strstr(key, "::"))
            observe_add(view, arena, key, equals + 1, NULL);
    }
}

bool apt_config_reads(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_-:.";
    const char *dot = strrchr(name, '.');
    return *name && *name != '.' && name[strspn(name, letters)] == '\0' &&
           (!dot || strcmp(dot, ".conf") == 0);
}
