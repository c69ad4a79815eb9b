#include "engine/providers/apt/observe.h"

#include <string.h>

#include "base/status.h"

/* The units whose drop-ins we write. */
static const char *const units[] = { "apt-daily.timer", "apt-daily-upgrade.timer",
                                     "apt-daily.service", "apt-daily-upgrade.service" };

static void add(struct view *view, struct arena *arena, const char *key,
                const char *value)
{
    struct view_entry *entries =
        arena_grow(arena, view->entries, view->n, sizeof *entries, &view->capacity);
    if (!entries || !key || !value)
        return;
    view->entries = entries;
    entries[view->n++] = (struct view_entry){ .key = key, .value = value };
}

/* The next line of text, without its end; NULL behind the last. */
static const char *next_line(const char **text, struct arena *arena)
{
    if (!**text)
        return NULL;
    size_t size = strcspn(*text, "\n");
    const char *line = arena_string_n(arena, *text, size);
    *text += size + ((*text)[size] == '\n');
    return line;
}

/* --- apt-config ----------------------------------------------------------------- */

/* Members of a list have names that end in "::". */
void observe_dump(const char *text, struct arena *arena, struct view *view)
{
    const char *line;
    while ((line = next_line(&text, arena))) {
        const char *equals = strchr(line, '=');
        if (!equals)
            continue;
        size_t size = (size_t)(equals - line);
        if (size > 2 && memcmp(equals - 2, "::", 2) == 0)
            size -= 2;
        add(view, arena, arena_string_n(arena, line, size), equals + 1);
    }
}

/* --- systemd-analyze cat-config ---------------------------------------------------- */

/* Settings that add up, until an empty assignment takes all of them back; of the
 * others the last assignment counts. systemd.timer(5), systemd.unit(5) */
static bool adds_up(const char *key)
{
    return strncmp(key, "On", 2) == 0 || strncmp(key, "Condition", 9) == 0 ||
           strncmp(key, "Assert", 6) == 0 || strncmp(key, "Exec", 4) == 0 ||
           strcmp(key, "Wants") == 0 || strcmp(key, "After") == 0;
}

static void take_back(struct view *view, const char *key)
{
    size_t kept = 0;
    for (size_t i = 0; i < view->n; i++)
        if (strcmp(view->entries[i].key, key) != 0)
            view->entries[kept++] = view->entries[i];
    view->n = kept;
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

void observe_unit(const char *unit, const char *text, struct arena *arena,
                  struct view *view)
{
    const char *line;
    while ((line = next_line(&text, arena))) {
        const char *equals = strchr(line, '=');
        if (!equals || strchr("#;[", *line))
            continue;
        const char *name = trimmed(arena, line, (size_t)(equals - line));
        const char *value = trimmed(arena, equals + 1, strlen(equals + 1));
        const char *key = name ? arena_format(arena, "%s:%s", unit, name) : NULL;
        if (!key || !value)
            return;
        if (!*value || !adds_up(name))
            take_back(view, key);
        if (*value)
            add(view, arena, key, value);
    }
}

/* --- unattended-upgrades ------------------------------------------------------------ */

/* Asks the client's own code which origins it resolves and whether a fetched Release
 * file matches each. It only reads. Prints "origin PATTERN" and "matched PATTERN". */
static const char origins_script[] =
    "import importlib.machinery, importlib.util, os, sys, warnings\n"
    "warnings.simplefilter('ignore')\n"
    "root = sys.argv[1]\n"
    "if root != '/':\n"
    "    fd = os.memfd_create('apt.conf')\n"
    "    os.write(fd, ('Dir \"%s\";\\n' % root).encode())\n"
    "    os.environ['APT_CONFIG'] = '/proc/self/fd/%d' % fd\n"
    "import apt_pkg\n"
    "apt_pkg.init_config()\n"
    "if root != '/':\n"
    "    apt_pkg.config.set('Dir::State::status', root + '/var/lib/dpkg/status')\n"
    "    apt_pkg.config.set('Dir::Cache::pkgcache', '')\n"
    "    apt_pkg.config.set('Dir::Cache::srcpkgcache', '')\n"
    "apt_pkg.init_system()\n"
    "loader = importlib.machinery.SourceFileLoader('uu', "
    "'/usr/bin/unattended-upgrade')\n"
    "spec = importlib.util.spec_from_loader('uu', loader)\n"
    "uu = importlib.util.module_from_spec(spec)\n"
    "sys.dont_write_bytecode = True\n"
    "loader.exec_module(uu)\n"
    "files = apt_pkg.Cache(None).file_list\n"
    "for pattern in uu.get_allowed_origins():\n"
    "    print('origin ' + pattern)\n"
    "    if any(uu.match_whitelist_string(pattern, f) for f in files):\n"
    "        print('matched ' + pattern)\n";

void observe_origins(const char *text, struct arena *arena, struct view *view)
{
    const char *line;
    while ((line = next_line(&text, arena))) {
        if (strncmp(line, "origin ", 7) == 0)
            add(view, arena, "origin", line + 7);
        else if (strncmp(line, "matched ", 8) == 0)
            add(view, arena, "origin-matched", line + 8);
    }
}

/* --- Running them -------------------------------------------------------------------- */

/* The first line of what a program complained, for a diagnostic. */
static const char *complaint(const struct process_result *result, struct arena *arena)
{
    const char *text = *result->errors ? result->errors : result->output;
    const char *line = next_line(&text, arena);
    return line ? line : "it said nothing";
}

static int ask(struct machine *machine, const struct process *process,
               struct arena *arena, struct diagnostics *diagnostics, const char **ret)
{
    struct process_result result;
    const char *program = process->arguments[0];
    int status = machine->run(machine, process, arena, &result);
    if (status == GPCONF_ENOMEM)
        return status;
    if (status) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "apt-reader-failed",
                        origin_file(program), "%s, its view is not known",
                        status_text(status));
        return GPCONF_ECLIENT;
    }
    if (result.exit_status) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "apt-reader-refused",
                        origin_file(program),
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
    const char *const arguments[] = { "/usr/bin/apt-config", "dump", "--format",
                                      "%F=%v%n", NULL };
    const char *const environment[] = { "APT_CONFIG=/dev/stdin", NULL };
    struct process process = { .arguments = arguments, .seconds = 30 };
    if (machine->is_image) {
        process.environment = environment;
        process.input = arena_format(arena, "Dir \"%s\";\n", root);
        if (!process.input)
            return GPCONF_ENOMEM;
        process.input_size = strlen(process.input);
    }
    const char *text;
    int status = ask(machine, &process, arena, diagnostics, &text);
    if (!status)
        observe_dump(text, arena, view);
    return status;
}

static int ask_systemd(struct machine *machine, const char *root, const char *unit,
                       struct arena *arena, struct diagnostics *diagnostics,
                       struct view *view)
{
    const char *const arguments[] = {
        "/usr/bin/systemd-analyze", arena_format(arena, "--root=%s", root),
        "cat-config", arena_format(arena, "systemd/system/%s", unit), NULL
    };
    struct process process = { .arguments = arguments, .seconds = 30 };
    const char *text;
    int status = ask(machine, &process, arena, diagnostics, &text);
    if (!status)
        observe_unit(unit, text, arena, view);
    return status;
}

/* Where the client itself is not installed its origins cannot be asked for; the
 * configuration still can, so that is told and is no failure. */
static int ask_client(struct machine *machine, const char *root, struct arena *arena,
                      struct diagnostics *diagnostics, struct view *view)
{
    const char *const arguments[] = { "/usr/bin/python3", "-I", "-", root, NULL };
    struct process process = { .arguments = arguments,
                               .input = origins_script,
                               .input_size = sizeof origins_script - 1,
                               .seconds = 60 };
    struct process_result result;
    const char *const probe[] = { "/usr/bin/unattended-upgrade", "--help", NULL };
    struct process help = { .arguments = probe, .seconds = 30 };
    int status = machine->run(machine, &help, arena, &result);
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
    if (!status)
        observe_origins(text, arena, view);
    return status;
}

int observe_apt(struct machine *machine, const struct client *client,
                struct arena *arena, struct diagnostics *diagnostics, struct view *ret)
{
    (void)client;
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
    for (size_t i = 0; i < sizeof units / sizeof *units && !status; i++)
        status = ask_systemd(machine, root, units[i], arena, diagnostics, &view);
    if (!status)
        status = ask_client(machine, root, arena, diagnostics, &view);
    if (!status && arena_failed(arena))
        status = GPCONF_ENOMEM;
    if (!status)
        *ret = view;
    return status;
}
