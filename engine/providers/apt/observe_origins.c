#include <string.h>
#include <strings.h>

#include "base/status.h"
#include "engine/providers/apt/observe_parts.h"

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
    "'/" APT_INSTALLER "')\n"
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
int observe_client(struct machine *machine, const struct client *client,
                   const char *root, struct arena *arena,
                   struct diagnostics *diagnostics, struct view *view)
{
    struct process process = { .arguments = origins_arguments(machine, client, root,
                                                              view, arena),
                               .input = origins_script,
                               .input_size = sizeof origins_script - 1,
                               .seconds = 60 };
    struct process_result result;
    const char *const probe[] = { "/" APT_INSTALLER, "--help", NULL };
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
    status = observe_ask_whole(machine, &process, arena, diagnostics, &text);
    if (!status && text) {
        observe_origins(text, arena, view);
        observe_add(view, arena, "asked", "origins", NULL);
    }
    return status;
}
