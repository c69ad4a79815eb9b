#include "engine/providers/apt/probe.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"

static const char *line_end(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end : line + strlen(line);
}

const char *probe_os_release(const char *text, const char *key, struct arena *arena)
{
    size_t length = strlen(key);
    for (const char *line = text; *line;) {
        const char *end = line_end(line);
        if (strncmp(line, key, length) == 0 && line[length] == '=') {
            const char *value = line + length + 1;
            size_t size = (size_t)(end - value);
            bool quoted = size >= 2 && (*value == '"' || *value == '\'') &&
                          value[size - 1] == *value;
            return arena_string_n(arena, value + quoted, size - (quoted ? 2 : 0));
        }
        line = *end ? end + 1 : end;
    }
    return NULL;
}

/* The value of a field within one paragraph of the status file. */
static const char *field(const char *paragraph, const char *end, const char *name,
                         size_t *ret_size)
{
    size_t length = strlen(name);
    for (const char *line = paragraph; line < end;) {
        const char *stop = line_end(line);
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            const char *value = line + length + 1;
            while (*value == ' ')
                value++;
            *ret_size = (size_t)(stop - value);
            return value;
        }
        line = *stop ? stop + 1 : end;
    }
    return NULL;
}

static bool ends_with(const char *text, size_t size, const char *suffix)
{
    size_t length = strlen(suffix);
    return size >= length && memcmp(text + size - length, suffix, length) == 0;
}

/* The empty line behind a paragraph; NULL at the end of the file, which is large: this
 * is several times as fast as strstr(). */
static const char *paragraph_end(const char *at)
{
    while ((at = strchr(at, '\n')) && at[1] != '\n')
        at++;
    return at;
}

/* Is the package spoken of? Its version, NULL when it is not installed. */
static bool find_package(const char *status, const char *package, struct arena *arena,
                         const char **ret_version)
{
    size_t length = strlen(package);
    for (const char *at = status; *at;) {
        const char *end = paragraph_end(at);
        const char *stop = end ? end + 1 : at + strlen(at);
        size_t size;
        const char *name = field(at, stop, "Package", &size);
        if (name && size == length && memcmp(name, package, length) == 0) {
            const char *state = field(at, stop, "Status", &size);
            bool installed = state && ends_with(state, size, " installed");
            const char *version = installed ? field(at, stop, "Version", &size) : NULL;
            *ret_version = version ? arena_string_n(arena, version, size) : NULL;
            return true;
        }
        at = end ? end + 2 : stop;
    }
    return false;
}

const char *probe_package_version(const char *status, const char *package,
                                  struct arena *arena)
{
    const char *version = NULL;
    return find_package(status, package, arena, &version) ? version : NULL;
}

/* Who may be updating this machine, and the file that gives it away. A foreign
 * orchestrator decides for the whole machine, so that we stand down. */
static const struct sign {
    const char *name, *directory, *prefix;
    bool orchestrates;
} signs[] = {
    { "Azure Linux Patch Extension", "var/lib/waagent",
      "Microsoft.CPlat.Core.LinuxPatchExtension", true },
    { "snapd", "usr/bin", "snap", false },
    { "PackageKit", "usr/libexec", "packagekitd", false },
    { "Cockpit software updates", "usr/share/cockpit", "packagekit", false },
    { "Google OS Config agent", "usr/bin", "google_osconfig_agent", false },
    { "Landscape client", "usr/bin", "landscape-client", false },
    { "cron-apt", "usr/sbin", "cron-apt", false },
    { "apticron", "usr/sbin", "apticron", false },
    { "aptdaemon", "usr/sbin", "aptd", false },
    { "GNOME Software", "usr/bin", "gnome-software", false },
    { "KDE Discover", "usr/bin", "plasma-discover", false },
    { "fwupd", "usr/bin", "fwupdmgr", false },
    { "flatpak", "usr/bin", "flatpak", false },
    { "Canonical Livepatch", "var/snap", "canonical-livepatch", false },
    { "Puppet agent", "opt/puppetlabs/bin", "puppet", false },
    { "Salt minion", "usr/bin", "salt-minion", false },
};
enum { N_SIGNS = sizeof signs / sizeof *signs };

/* The Azure extension carries its version in its name, so that one is a prefix. */
static bool seen(struct machine *machine, const struct sign *sign)
{
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    struct directory directory;
    bool found = false;
    if (!sign->orchestrates) {
        const char *path = file_join(&scratch, sign->directory, sign->prefix);
        found = path && file_present(machine->root_fd, path);
    } else if (file_list(machine->root_fd, sign->directory, FILE_BENEATH, &scratch,
                         &directory, NULL) == 0) {
        for (size_t i = 0; i < directory.n && !found; i++)
            found = strncmp(directory.entries[i].name, sign->prefix,
                            strlen(sign->prefix)) == 0;
    }
    arena_done(&scratch);
    return found;
}

static void find_updaters(struct machine *machine, struct arena *arena,
                          struct client *client)
{
    const char **names = arena_array(arena, N_SIGNS, const char *);
    for (size_t i = 0; names && i < N_SIGNS; i++) {
        if (!seen(machine, &signs[i]))
            continue;
        names[client->n_updaters++] = signs[i].name;
        if (signs[i].orchestrates)
            client->orchestrator = signs[i].name;
    }
    client->updaters = names;
}

static const char *read_text(struct machine *machine, const char *path, size_t limit,
                             struct arena *arena)
{
    struct file file;
    int status =
        file_read(machine->root_fd, path, FILE_BENEATH, limit, arena, &file, NULL);
    return status == 0 ? file.bytes : NULL;
}

/* /etc/os-release is a link to /usr/lib/os-release, and links are not followed. */
static void read_distribution(struct machine *machine, struct arena *arena,
                              struct client *client)
{
    const char *text = read_text(machine, "etc/os-release", LIMIT_INI_FILE, arena);
    if (!text)
        text = read_text(machine, "usr/lib/os-release", LIMIT_INI_FILE, arena);
    if (!text)
        return;
    client->distribution = probe_os_release(text, "ID", arena);
    client->codename = probe_os_release(text, "VERSION_CODENAME", arena);
}

/* The packages that matter, as the status file is gone over. */
struct packages {
    struct arena *arena;
    bool apt_known, upgrades_known;
    const char *apt, *upgrades; /* their versions */
};

static bool look_for_packages(void *context, const char *status)
{
    struct packages *p = context;
    if (!p->apt_known)
        p->apt_known = find_package(status, "apt", p->arena, &p->apt);
    if (!p->upgrades_known)
        p->upgrades_known =
            find_package(status, "unattended-upgrades", p->arena, &p->upgrades);
    return !p->apt_known || !p->upgrades_known;
}

/* The file is large and two lines of it are wanted: it is not kept whole. */
static void read_packages(struct machine *machine, struct arena *arena,
                          struct client *client)
{
    struct packages packages = { .arena = arena };
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    if (file_scan(machine->root_fd, "var/lib/dpkg/status", FILE_BENEATH,
                  LIMIT_PACKAGE_STATUS, &scratch, look_for_packages, &packages) == 0) {
        client->present = packages.apt != NULL;
        client->version = packages.upgrades;
    }
    arena_done(&scratch);
}

int probe_apt(struct machine *machine, struct arena *arena,
              struct diagnostics *diagnostics, struct client *ret)
{
    struct client client = { 0 };
    read_distribution(machine, arena, &client);
    read_packages(machine, arena, &client);
    if (client.present && !client.version)
        diagnostics_add(
            diagnostics, SEVERITY_WARNING, "apt-no-unattended-upgrades",
            origin_file(NULL),
            "the package unattended-upgrades is not installed, nothing will "
            "be installed automatically until it is");

    struct directory running;
    client.systemd_running =
        !machine->is_image && file_list(machine->root_fd, "run/systemd/system",
                                        FILE_BENEATH, arena, &running, NULL) == 0;
    find_updaters(machine, arena, &client);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = client;
    return 0;
}
