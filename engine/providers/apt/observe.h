#ifndef GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_H
#define GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_H

#include "engine/providers/provider.h"

/*
 * What the client now says, by its own readers and not by our reading of its files:
 * apt-config for apt's configuration, systemd-analyze for the merged units, and
 * unattended-upgrades' own code for the origins that it resolves. Of an image only the
 * configuration is read; the programs are this machine's. What an image says may name
 * programs and files to load (Dir::Bin::dpkg, APT::Compressor, Dir::Locale): none is
 * run or loaded, see observe_apt_config, and its readers are confined (base/process.h).
 *
 *    KEY OF THE VIEW                  FROM
 *    Unattended-Upgrade::Mail         apt-config dump; members of a list repeat the key
 *    apt-daily.timer:OnCalendar       systemd-analyze cat-config, resets taken account of
 *    apt-daily.timer:next             systemd-analyze calendar of the merged OnCalendar,
 *                                     soonest first, seconds since the epoch
 *    apt-daily.timer:verify           what systemd-analyze verify complains about
 *    apt-daily.timer:enabled          systemctl is-enabled; "not-found"
 *    apt-daily.timer:active, :reload, where systemd runs: ActiveState, NeedDaemonReload,
 *                    :elapses         and the timer's own next run, s since the epoch
 *    origin                           each pattern as unattended-upgrades resolves it
 *    origin-matched                   those that a fetched Release file matches
 *    asked                            the readers that answered: apt, units, calendar,
 *                                     origins; one that is not installed is a warning.
 *                                     And sources, when any list was fetched
 *
 * systemd's names begin with a capital letter and apt's keys hold "::", so neither can
 * be mistaken for ours. A value that was taken back stays as an empty one, from whoever
 * took it back. Text is the client's: control characters and all.
 */
int observe_apt(struct machine *machine, const struct client *client,
                struct arena *arena, struct diagnostics *diagnostics, struct view *ret);

/* How apt-config is asked for everything, and what it gets with a configuration on its
 * standard input. It asks dpkg, which the configuration names, for the architectures
 * where it has none; -o is read after every file, so it has one whatever they say or
 * clear. It loads messages, which are formats, from where the configuration says, in
 * any language but C. */
extern const char *const observe_apt_config[], *const observe_apt_config_input[];

/* The pieces, for tests: what a program printed becomes entries. */
void observe_dump(const char *text, struct arena *arena, struct view *view);
void observe_unit(const char *unit, const char *root, const char *text,
                  struct arena *arena, struct view *view);
void observe_origins(const char *text, struct arena *arena, struct view *view);
/* Is this setting of a timer one that makes it run: OnCalendar=, OnBootSec=, …? */
bool observe_is_occasion(const char *name);

void observe_calendar(const char *unit, const char *text, struct arena *arena,
                      struct view *view);
void observe_show(const char *unit, const char *text, struct arena *arena,
                  struct view *view);
void observe_complaints(const char *text, struct arena *arena, struct view *view);

#endif
