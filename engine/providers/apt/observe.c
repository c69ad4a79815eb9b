#include "engine/providers/apt/observe.h"

#include <string.h>
#include <strings.h>

#include "base/status.h"
#include "engine/providers/apt/observe_parts.h"

/* The units whose drop-ins we write. */
static const char *const units[] = { "apt-daily.timer", "apt-daily-upgrade.timer",
                                     "apt-daily.service", "apt-daily-upgrade.service" };

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

/* --- apt-config ----------------------------------------------------------------- */

/* Members of a list have names that end in "::". A key without "::" is nobody's claim,
 * and could be mistaken for one of the keys that are ours. */
void observe_dump(const char *text, struct arena *arena, struct view *view)
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

/* --- systemd-analyze cat-config ---------------------------------------------------- */

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

/* Each file is announced by a comment with its path; it must be one of the unit's. */
static const char *announced(const char *line, const char *unit)
{
    if (strncmp(line, "# /", 3) != 0)
        return NULL;
    const char *at = strstr(line, unit);
    while (at && at[-1] != '/')
        at = strstr(at + 1, unit);
    const char *rest = at ? at + strlen(unit) : NULL;
    return rest && (!*rest || strncmp(rest, ".d/", 3) == 0) ? line + 2 : NULL;
}

void observe_unit(const char *unit, const char *root, const char *text,
                  struct arena *arena, struct view *view)
{
    const char *line, *file = NULL;
    size_t base = strcmp(root, "/") == 0 ? 0 : strlen(root);
    for (uint32_t number = 1; (line = observe_line(&text, arena)); number++) {
        const char *path = announced(line, unit);
        if (path) {
            bool below = strncmp(path, root, base) == 0 && path[base] == '/';
            file = below ? path + base + 1 : path;
            number = 0;
            continue;
        }
        const char *equals = strchr(line, '=');
        if (!equals || *line < 'A' || *line > 'Z') /* as systemd's names begin */
            continue;
        const char *name = trimmed(arena, line, (size_t)(equals - line));
        const char *value = trimmed(arena, equals + 1, strlen(equals + 1));
        const char *key = name ? arena_format(arena, "%s:%s", unit, name) : NULL;
        const char *from = file ? arena_format(arena, "%s:%u", file, number) : NULL;
        if (!key || !value)
            return;
        if (!*value || kind(name) == LAST_COUNTS)
            take_back(view, unit, name, from);
        if (*value)
            observe_add(view, arena, key, value, from);
    }
}

/* --- unattended-upgrades ------------------------------------------------------------ */

/* Asks the client's own code which origins it resolves and whether a fetched Release
 * file matches each. It only reads. Prints "fetched" when there are any lists, "origin
 * PATTERN" and "matched PATTERN". Of an image's configuration it gets the two lists of
 * origins, which apt-config has read, and nothing else: the cache alone would run the
 * dpkg and the decompressors that an image names. */
static const char origins_script[] =
    "import importlib.machinery, importlib.util, os, subprocess, sys, warnings\n"
    "warnings.simplefilter('ignore')\n"
    "root = sys.argv[1]\n"
    "if root != '/':\n"
    "    fd = os.memfd_create('apt.conf')\n"
    "    os.write(fd, ('Dir \"%s\"; Dir::Etc::parts \"/dev/null\";'\n"
    "        'Dir::Etc::main \"/dev/null\";\\n' % root).encode())\n"
    "    os.environ['APT_CONFIG'] = '/proc/self/fd/%d' % fd\n"
    "import apt_pkg\n"
    "apt_pkg.init_config()\n"
    "if root != '/':\n"
    "    apt_pkg.config.set('Dir::State::status', root + '/var/lib/dpkg/status')\n"
    "    apt_pkg.config.set('Dir::Cache::pkgcache', '')\n"
    "    apt_pkg.config.set('Dir::Cache::srcpkgcache', '')\n"
    "    apt_pkg.config.set('APT::Architectures::', "
    "apt_pkg.config.find('APT::Architecture'))\n"
    "    for argument in sys.argv[4:]:\n"
    "        key, value = argument.split('=', 1)\n"
    "        apt_pkg.config.set(key + '::', value)\n"
    "    subprocess.check_output = lambda *a, **k: ''\n" /* lsb_release, of this machine */
    "apt_pkg.init_system()\n"
    "loader = importlib.machinery.SourceFileLoader('uu', "
    "'/usr/bin/unattended-upgrade')\n"
    "spec = importlib.util.spec_from_loader('uu', loader)\n"
    "uu = importlib.util.module_from_spec(spec)\n"
    "sys.dont_write_bytecode = True\n"
    "loader.exec_module(uu)\n"
    "if root != '/':\n" /* not what this machine is */
    "    uu.DISTRO_CODENAME = sys.argv[2]\n"
    "    uu.DISTRO_ID = sys.argv[3].capitalize()\n"
    "files = apt_pkg.Cache(None).file_list\n"
    "if any(f.archive != 'now' for f in files):\n" /* besides what is installed */
    "    print('fetched')\n"
    "for pattern in uu.get_allowed_origins():\n"
    "    print('origin ' + pattern)\n"
    "    if any(uu.match_whitelist_string(pattern, f) for f in files):\n"
    "        print('matched ' + pattern)\n";

void observe_origins(const char *text, struct arena *arena, struct view *view)
{
    const char *line;
    while ((line = observe_line(&text, arena))) {
        if (strncmp(line, "origin ", 7) == 0)
            observe_add(view, arena, "origin", line + 7, NULL);
        else if (strncmp(line, "matched ", 8) == 0)
            observe_add(view, arena, "origin-matched", line + 8, NULL);
        else if (strcmp(line, "fetched") == 0)
            observe_add(view, arena, "asked", "sources", NULL);
    }
}

/* --- Running them -------------------------------------------------------------------- */

/* The first line of what a program complained, for a diagnostic. */
static const char *complaint(const struct process_result *result, struct arena *arena)
{
    const char *text = *result->errors ? result->errors : result->output;
    const char *line = observe_line(&text, arena);
    return line ? line : "it said nothing";
}

const char *const observe_apt_config[] = {
    "/usr/bin/apt-config",      "dump", "--format", "%F=%v%n", "-o",
    "APT::Architectures::=all", NULL
};
const char *const observe_apt_config_input[] = { "APT_CONFIG=/dev/stdin", "LANGUAGE=C",
                                                 NULL };

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

/* Ask for the whole answer. A reader that is not here leaves *ret NULL. */
static int ask(struct machine *machine, const struct process *process,
               struct arena *arena, struct diagnostics *diagnostics, const char **ret)
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

static int ask_apt(struct machine *machine, const char *root, struct arena *arena,
                   struct diagnostics *diagnostics, struct view *view)
{
    struct process process = { .arguments = observe_apt_config, .seconds = 30 };
    if (machine->is_image) {
        process.environment = observe_apt_config_input;
        process.input = arena_format(arena, "Dir \"%s\";\n", root);
        if (!process.input)
            return GPCONF_ENOMEM;
        process.input_size = strlen(process.input);
    }
    const char *text;
    int status = ask(machine, &process, arena, diagnostics, &text);
    if (!status && text) {
        observe_dump(text, arena, view);
        observe_add(view, arena, "asked", "apt", NULL);
        status = observe_culprits(machine, root, arena, diagnostics, view);
    }
    return status;
}

static int ask_systemd(struct machine *machine, const char *root, struct arena *arena,
                       struct diagnostics *diagnostics, struct view *view)
{
    const char *text = "";
    int status = 0;
    for (size_t i = 0; i < sizeof units / sizeof *units && !status && text; i++) {
        const char *const arguments[] = {
            "/usr/bin/systemd-analyze", arena_format(arena, "--root=%s", root),
            "cat-config", arena_format(arena, "systemd/system/%s", units[i]), NULL
        };
        struct process process = { .arguments = arguments, .seconds = 30 };
        status = ask(machine, &process, arena, diagnostics, &text);
        if (!status && text)
            observe_unit(units[i], root, text, arena, view);
    }
    if (!status && text)
        observe_add(view, arena, "asked", "units", NULL);
    return status;
}

/* What the origins are asked with: of an image its release, and "KEY=VALUE" for each
 * pattern of the view. NULL when memory is out. */
static const char *const *origins_arguments(const struct machine *machine,
                                            const struct client *client,
                                            const char *root, const struct view *view,
                                            struct arena *arena)
{
    static const char key[] = "Unattended-Upgrade::", *const lists[] = {
        "Allowed-Origins", "Origins-Pattern"
    };
    const char **arguments = arena_array(arena, view->n + 7, const char *);
    size_t n = 0;
    if (!arguments)
        return NULL;
    arguments[n++] = "/usr/bin/python3";
    arguments[n++] = "-I";
    arguments[n++] = "-";
    arguments[n++] = root;
    if (!machine->is_image)
        return arguments;
    bool release = client->codename && client->distribution;
    arguments[n++] = release ? client->codename : "";
    arguments[n++] = release ? client->distribution : "";
    for (size_t i = 0; i < view->n; i++) {
        const struct view_entry *e = &view->entries[i];
        const char *name = e->key + sizeof key - 1;
        if (strncasecmp(e->key, key, sizeof key - 1) == 0 && *e->value &&
            (strcasecmp(name, lists[0]) == 0 || strcasecmp(name, lists[1]) == 0))
            arguments[n++] = arena_format(arena, "%s=%s", e->key, e->value);
    }
    return arena_failed(arena) ? NULL : arguments;
}

/* Where the client itself is not installed its origins cannot be asked for; the
 * configuration still can, so that is told and is no failure. */
static int ask_client(struct machine *machine, const struct client *client,
                      const char *root, struct arena *arena,
                      struct diagnostics *diagnostics, struct view *view)
{
    struct process process = { .arguments = origins_arguments(machine, client, root,
                                                              view, arena),
                               .input = origins_script,
                               .input_size = sizeof origins_script - 1,
                               .seconds = 60 };
    struct process_result result;
    const char *const probe[] = { "/usr/bin/unattended-upgrade", "--help", NULL };
    struct process help = { .arguments = probe, .seconds = 30 };
    int status = process.arguments ? machine->run(machine, &help, arena, &result)
                                   : GPCONF_ENOMEM;
    if (status == GPCONF_ENOMEM)
        return status;
    if (status || result.exit_status) {
        diagnostics_add(
            diagnostics, SEVERITY_WARNING, "apt-origins-unknown", origin_file(probe[0]),
            "does not run here, the origins it would resolve are not known");
        return 0;
    }
    const char *text;
    status = ask(machine, &process, arena, diagnostics, &text);
    if (!status && text) {
        observe_origins(text, arena, view);
        observe_add(view, arena, "asked", "origins", NULL);
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
        status = ask_systemd(machine, root, arena, diagnostics, &view);
    if (!status)
        status = observe_timers(machine, client, root, arena, diagnostics, &view);
    if (!status)
        status = ask_client(machine, client, root, arena, diagnostics, &view);
    if (!status && arena_failed(arena))
        status = GPCONF_ENOMEM;
    if (!status)
        *ret = view;
    return status;
}
