#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "engine/providers/apt/observe_parts.h"

const char *const observe_unit_names[] = { "apt-daily.timer", "apt-daily-upgrade.timer",
                                           "apt-daily.service",
                                           "apt-daily-upgrade.service" };

/* --- What adds up in a unit ------------------------------------------------------------ */

bool observe_is_occasion(const char *name)
{
    size_t size = strlen(name);
    return strcmp(name, "OnCalendar") == 0 ||
           (strncmp(name, "On", 2) == 0 && size > 5 &&
            strcmp(name + size - 3, "Sec") == 0);
}

/* Settings that add up, until an empty assignment takes back all of their kind; of the
 * others the last assignment counts. systemd.timer(5), systemd.unit(5) */
enum kind { LAST_COUNTS, OCCASION, CONDITION, ASSERTION, ADDS_UP };
static enum kind kind(const char *name)
{
    if (observe_is_occasion(name))
        return OCCASION;
    if (strncmp(name, "Condition", 9) == 0)
        return CONDITION;
    if (strncmp(name, "Assert", 6) == 0)
        return ASSERTION;
    bool adds_up = strncmp(name, "Exec", 4) == 0 || strcmp(name, "Wants") == 0 ||
                   strcmp(name, "After") == 0;
    return adds_up ? ADDS_UP : LAST_COUNTS;
}

/* What was there leaves an empty value, which says who took it back. */
static void take_back(struct view *view, const char *unit, const char *name,
                      const char *from)
{
    size_t size = strlen(unit);
    enum kind all = kind(name);
    for (size_t i = 0; i < view->n; i++) {
        struct view_entry *e = &view->entries[i];
        if (strncmp(e->key, unit, size) != 0 || e->key[size] != ':')
            continue;
        const char *other = e->key + size + 1;
        bool same = all == LAST_COUNTS || all == ADDS_UP ? strcmp(other, name) == 0
                                                         : kind(other) == all;
        if (same) {
            e->value = "";
            e->from = from;
        }
    }
}

static const char *trimmed(struct arena *arena, const char *text, size_t size)
{
    while (size && (*text == ' ' || *text == '\t')) {
        text++;
        size--;
    }
    while (size && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    return arena_string_n(arena, text, size);
}

/* --- What their files come to --------------------------------------------------------- */

/* One file of a unit, as cat-config prints it behind a comment with its path. */
struct part {
    const char *path; /* below the root */
    const char *text, *end;
    const char *name; /* of a drop-in; NULL: the unit's own file */
    size_t rank;      /* of drop-ins of one name the lowest counts; systemd.unit(5) */
};

static const char *behind(const char *text, const char *start)
{
    size_t size = strlen(start);
    return strncmp(text, start, size) == 0 ? text + size : NULL;
}

/* Does a folder of drop-ins, NAME.d, count for the unit: its own, that of a part of its
 * name which ends in a dash, and that of all units of its type? How general it is. */
static bool counts_for(const char *name, size_t size, const char *unit, size_t *ret)
{
    const char *type = strrchr(unit, '.');
    size_t type_size = strlen(type);
    *ret = strlen(unit) - size;
    if (size == strlen(unit) && strncmp(name, unit, size) == 0)
        return true;
    if (size == type_size - 1 && strncmp(name, type + 1, size) == 0)
        return true;
    size_t stem = size > type_size ? size - type_size : 0;
    return stem && name[stem - 1] == '-' && strncmp(name, unit, stem) == 0 &&
           strncmp(name + stem, type, type_size) == 0;
}

/* Is this line of the text the path of a file that is part of the unit? A path of another
 * unit is told by part->path alone. */
static bool announces(const char *line, const char *root, const char *unit,
                      struct part *ret)
{
    static const char *const folders[] = { "etc/systemd/system/", "run/systemd/system/",
                                           "usr/local/lib/systemd/system/",
                                           "usr/lib/systemd/system/",
                                           "lib/systemd/system/" };
    enum { N_FOLDERS = sizeof folders / sizeof *folders, GENERAL_MOST = 256 };
    size_t base = strcmp(root, "/") == 0 ? 0 : strlen(root);
    *ret = (struct part){ 0 };
    if (strncmp(line, "# ", 2) != 0 || strncmp(line + 2, root, base) != 0 ||
        line[2 + base] != '/')
        return false;
    const char *path = line + 3 + base, *rest = NULL;
    size_t place = 0, general;
    while (place < N_FOLDERS && !(rest = behind(path, folders[place])))
        place++;
    if (!rest)
        return false;
    ret->path = path;
    if (strcmp(rest, unit) == 0)
        return true;
    const char *slash = strchr(rest, '/');
    if (!slash || slash - rest < 3 || strncmp(slash - 2, ".d", 2) != 0 ||
        !counts_for(rest, (size_t)(slash - rest) - 2, unit, &general))
        return false;
    bool of_type = !memchr(rest, '.', (size_t)(slash - rest) - 2);
    ret->name = slash + 1;
    ret->rank = ((of_type ? N_FOLDERS : 0) + place) * GENERAL_MOST + general;
    return true;
}

/* The parts of a unit, its own file first, then the drop-ins by their names, wherever
 * they lie. Of several of one name one counts, which stands for the others. */
static size_t collect(const char *unit, const char *root, const char *text,
                      struct arena *arena, struct part **ret)
{
    struct part *parts = NULL, *open = NULL;
    size_t n = 0, capacity = 0;
    while (*text) {
        const char *start = text, *line = observe_line(&text, arena);
        struct part part;
        if (!line)
            break;
        bool ours = announces(line, root, unit, &part);
        if (!part.path)
            continue;
        if (open)
            open->end = start;
        open = NULL;
        struct part *grown =
            ours ? arena_grow(arena, parts, n, sizeof *parts, &capacity) : NULL;
        if (!grown)
            continue;
        parts = grown;
        part.text = text;
        part.end = text + strlen(text);
        parts[n] = part;
        open = &parts[n++];
    }
    *ret = parts;
    return n;
}

static int by_name(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    int order = !x->name || !y->name ? (x->name != NULL) - (y->name != NULL)
                                     : strcmp(x->name, y->name);
    return order ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static void read_part(const char *unit, const struct part *part, struct arena *arena,
                      struct view *view)
{
    const char *text = part->text, *line;
    for (uint32_t number = 1; text < part->end && (line = observe_line(&text, arena));
         number++) {
        const char *equals = strchr(line, '=');
        if (!equals || *line < 'A' || *line > 'Z') /* as systemd's names begin */
            continue;
        const char *name = trimmed(arena, line, (size_t)(equals - line));
        const char *value = trimmed(arena, equals + 1, strlen(equals + 1));
        const char *key = name ? observe_key(arena, unit, name) : NULL;
        const char *from = arena_format(arena, "%s:%u", part->path, number);
        if (!key || !value)
            return;
        if (!*value || kind(name) == LAST_COUNTS)
            take_back(view, unit, name, from);
        if (*value)
            observe_add(view, arena, key, value, from);
    }
}

void observe_unit(const char *unit, const char *root, const char *text,
                  struct arena *arena, struct view *view)
{
    struct part *parts;
    size_t n = collect(unit, root, text, arena, &parts);
    if (n)
        qsort(parts, n, sizeof *parts, by_name);
    for (size_t i = 0; i < n; i++) {
        if (i && parts[i].name && parts[i - 1].name &&
            strcmp(parts[i].name, parts[i - 1].name) == 0)
            continue;
        if (!parts[i].name)
            observe_add(view, arena, observe_key(arena, unit, "file"), parts[i].path,
                        parts[i].path);
        read_part(unit, &parts[i], arena, view);
    }
}

/* cat-config knows a unit's own drop-ins only, so it is asked for the others as well. It
 * finds no main file there, which it says in a comment. */
static int ask_files(struct machine *machine, const char *root, struct arena *arena,
                     struct diagnostics *diagnostics, struct view *view)
{
    const char *const arguments[] = { "/usr/bin/systemd-analyze",
                                      arena_format(arena, "--root=%s", root),
                                      "cat-config",
                                      "systemd/system/apt-daily.timer",
                                      "systemd/system/apt-daily-upgrade.timer",
                                      "systemd/system/apt-daily.service",
                                      "systemd/system/apt-daily-upgrade.service",
                                      "systemd/system/apt-daily-.timer",
                                      "systemd/system/apt-.timer",
                                      "systemd/system/timer",
                                      "systemd/system/apt-daily-.service",
                                      "systemd/system/apt-.service",
                                      "systemd/system/service",
                                      NULL };
    struct process process = { .arguments = arguments, .seconds = 30 };
    const char *text;
    int status = observe_ask_whole(machine, &process, arena, diagnostics, &text);
    for (size_t i = 0; i < N_UNITS && !status && text; i++)
        observe_unit(observe_unit_names[i], root, text, arena, view);
    if (!status && text)
        observe_add(view, arena, "asked", "units", NULL);
    return status || text ? status : GPCONF_ENOTFOUND;
}

/* --- Whether they are taken and switched on ------------------------------------------ */

/* "PATH/apt-daily.timer.d/50.conf:3: what is wrong", and what makes systemd refuse the
 * whole unit. What else is missing in an image (the targets) is not about us. */
void observe_complaints(const char *text, struct arena *arena, struct view *view)
{
    const char *const *units = observe_unit_names;
    const char *line;
    while ((line = observe_line(&text, arena)))
        for (size_t i = 0; i < N_UNITS; i++) {
            const char *drop_in = arena_format(arena, "/%s.d/", units[i]);
            const char *start = arena_format(arena, "%s: ", units[i]);
            if (!drop_in || !start)
                return;
            if (strstr(line, drop_in) ||
                (strncmp(line, start, strlen(start)) == 0 && strstr(line, "Refusing")))
                observe_add(view, arena, observe_key(arena, units[i], "verify"), line,
                            NULL);
        }
}

/* The exit status says whether anything is wrong with any unit that these need. */
static int ask_verify(struct machine *machine, const char *root, struct arena *arena,
                      struct diagnostics *diagnostics, struct view *view)
{
    const char *const arguments[] = { "/usr/bin/systemd-analyze",
                                      arena_format(arena, "--root=%s", root),
                                      "--man=no",
                                      "verify",
                                      observe_unit_names[0],
                                      observe_unit_names[1],
                                      NULL };
    struct process process = { .arguments = arguments, .seconds = 60 };
    struct process_result result;
    int status = observe_ask(machine, &process, arena, diagnostics, &result);
    if (!status)
        observe_complaints(result.errors, arena, view);
    return status;
}

static int ask_enabled(struct machine *machine, const char *root, const char *unit,
                       struct arena *arena, struct diagnostics *diagnostics,
                       struct view *view)
{
    const char *const arguments[] = { "/usr/bin/systemctl",
                                      arena_format(arena, "--root=%s", root),
                                      "is-enabled", unit, NULL };
    struct process process = { .arguments = arguments, .seconds = 30 };
    struct process_result result;
    int status = observe_ask(machine, &process, arena, diagnostics, &result);
    if (status)
        return status;
    const char *output = result.output, *word = observe_line(&output, arena);
    if (!word && strstr(result.errors, "No such file"))
        word = "not-found";
    if (word)
        observe_add(view, arena, observe_key(arena, unit, "enabled"), word, NULL);
    return 0;
}

int observe_units(struct machine *machine, const char *root, struct arena *arena,
                  struct diagnostics *diagnostics, struct view *view)
{
    int status = ask_files(machine, root, arena, diagnostics, view);
    if (!status)
        status = ask_verify(machine, root, arena, diagnostics, view);
    for (size_t i = 0; i < N_UNITS && !status; i++)
        status =
            ask_enabled(machine, root, observe_unit_names[i], arena, diagnostics, view);
    return status;
}
