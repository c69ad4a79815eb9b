#ifndef GPCONF_ENGINE_PROVIDERS_APT_PROBE_H
#define GPCONF_ENGINE_PROVIDERS_APT_PROBE_H

#include "engine/providers/provider.h"

/*
 * What is on this machine, as far as apt's part of it goes: the distribution, the
 * versions of apt and unattended-upgrades, whether systemd runs, and who else drives
 * updates. It reads files below the root and runs nothing.
 */
int probe_apt(struct machine *machine, struct arena *arena,
              struct diagnostics *diagnostics, struct client *ret);

/* The version of an installed package in the bytes of /var/lib/dpkg/status; NULL when
 * it is not installed. Owned by the arena. */
const char *probe_package_version(const char *status, const char *package,
                                  struct arena *arena);

/* The value of a key in the bytes of an os-release file, quotes removed; NULL when it
 * does not say. Owned by the arena. */
const char *probe_os_release(const char *text, const char *key, struct arena *arena);

#endif
