#ifndef GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_H
#define GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_H

#include "engine/providers/provider.h"

/*
 * What the client now says, by its own readers and not by our reading of its files:
 * apt-config for apt's configuration, systemd-analyze for the merged units, and
 * unattended-upgrades' own code for the origins that it resolves. Of an image only the
 * configuration is read; the programs are this machine's.
 *
 *    KEY OF THE VIEW                  FROM
 *    Unattended-Upgrade::Mail         apt-config dump; members of a list repeat the key
 *    apt-daily.timer:OnCalendar       systemd-analyze cat-config, resets taken account of
 *    origin                           each pattern as unattended-upgrades resolves it
 *    origin-matched                   those that a fetched Release file matches
 */
int observe_apt(struct machine *machine, const struct client *client,
                struct arena *arena, struct diagnostics *diagnostics, struct view *ret);

/* The pieces, for tests: what a program printed becomes entries. */
void observe_dump(const char *text, struct arena *arena, struct view *view);
void observe_unit(const char *unit, const char *text, struct arena *arena,
                  struct view *view);
void observe_origins(const char *text, struct arena *arena, struct view *view);

#endif
