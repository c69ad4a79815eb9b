#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/providers/apt/apt_config.h"
#include "engine/providers/apt/observe_parts.h"

/* Who has the last word in apt's configuration: the files behind ours are read one by
 * one by apt's own reader, each with all before it, and whatever a file changes was
 * decided by it. So a value, an addition and a #clear are found alike. */

#define FOLDER APT_CONFIG_PARTS
#define OURS "99-gpconf.conf"
enum { LATER_MOST = 32 }; /* files; behind that nobody is named */

/* "FILE:LINE" of the last line that holds the key's last part, or "FILE". */
static const char *place(struct machine *machine, const char *path, const char *key,
                         struct arena *arena)
{
    struct file file;
    const char *part = strstr(key, "::"), *line, *text;
    for (const char *next = part; next; next = strstr(next, "::"))
        part = next += 2;
    if (!part || file_read(machine->root_fd, path, FILE_BENEATH, LIMIT_INI_FILE, arena,
                           &file, NULL) != 0)
        return path;
    unsigned found = 0;
    text = file.bytes;
    for (unsigned number = 1; (line = observe_line(&text, arena)); number++)
        if (strcasestr(line, part))
            found = number;
    return found ? arena_format(arena, "%s:%u", path, found) : path;
}

/* The nth value of a key; NULL behind the last. */
static const char *value(const struct view *view, const char *key, size_t nth)
{
    for (size_t i = 0; i < view->n; i++)
        if (strcasecmp(view->entries[i].key, key) == 0 && *view->entries[i].value &&
            nth-- == 0)
            return view->entries[i].value;
    return NULL;
}

static bool has(const struct view *view, const char *key, const char *what)
{
    const char *it;
    for (size_t i = 0; (it = value(view, key, i)); i++)
        if (strcmp(it, what) == 0)
            return true;
    return false;
}

/* What of *after is not in before was added by the file; what of before is not in
 * *after, it took back. */
static void blame(struct machine *machine, const char *path, const struct view *before,
                  const struct view *after, struct arena *arena, struct view *view)
{
    for (size_t i = 0; i < view->n; i++) {
        struct view_entry *e = &view->entries[i];
        if (*e->value && has(after, e->key, e->value) && !has(before, e->key, e->value))
            e->from = place(machine, path, e->key, arena);
    }
    for (size_t i = 0; i < before->n; i++) {
        const struct view_entry *e = &before->entries[i];
        if (*e->value && !has(after, e->key, e->value))
            observe_add(view, arena, e->key, "", place(machine, path, e->key, arena));
    }
}

static int read_up_to(struct machine *machine, const char *text, struct arena *arena,
                      struct diagnostics *diagnostics, struct view *ret)
{
    struct process process = { .arguments = apt_config_dump,
                               .environment = apt_config_input,
                               .input = text,
                               .input_size = strlen(text),
                               .seconds = 30 };
    struct process_result result;
    int status = observe_ask(machine, &process, arena, diagnostics, &result);
    *ret = (struct view){ 0 };
    if (!status && result.exit_status)
        return GPCONF_ENOTFOUND;
    if (!status)
        apt_config_entries(result.output, arena, ret);
    return status;
}

int observe_culprits(struct machine *machine, const char *root, struct arena *arena,
                     struct diagnostics *diagnostics, struct view *view)
{
    struct directory folder;
    struct view before = { 0 }, after;
    const char *text =
        "Dir::Etc::parts \"/dev/null\";\nDir::Etc::main \"/dev/null\";\n";
    int status =
        file_list(machine->root_fd, FOLDER, FILE_BENEATH, arena, &folder, NULL);
    size_t n = 0;
    bool behind = false;
    for (size_t i = 0; !status && i <= folder.n && n <= LATER_MOST; i++) {
        const char *name = i < folder.n ? folder.entries[i].name : NULL;
        bool ours = name && strcmp(name, OURS) == 0;
        struct file main_file;
        if ((!behind && !ours) || (name && !apt_config_reads(name)) ||
            (!name && file_read(machine->root_fd, "etc/apt/apt.conf", FILE_BENEATH,
                                LIMIT_INI_FILE, arena, &main_file, NULL) != 0))
            continue;
        behind = true;
        const char *path = name ? file_join(arena, FOLDER, name) : "etc/apt/apt.conf";
        text = arena_format(arena, "%s#include \"%s/%s\";\n", text,
                            strcmp(root, "/") == 0 ? "" : root, path);
        if (!text || !path)
            return GPCONF_ENOMEM;
        status = read_up_to(machine, text, arena, diagnostics, &after);
        if (!status && n++)
            blame(machine, path, &before, &after, arena, view);
        before = after;
    }
    return status == GPCONF_ENOMEM || arena_failed(arena) ? GPCONF_ENOMEM : 0;
}
