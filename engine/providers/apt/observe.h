#ifndef GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_H
#define GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_H

#include "engine/providers/provider.h"

/* What apt's services run, below the root. */
#define APT_JOB "usr/lib/apt/apt.systemd.daily"
#define APT_INSTALLER "usr/bin/unattended-upgrade"

/*
 * What the client now says, by its own readers and not by our reading of its files:
 * apt-config for apt's configuration, systemd-analyze for the merged units, and
 * unattended-upgrades' own code for the origins that it resolves. Of an image only the
 * configuration is read; the programs are this machine's. What an image says may name
 * programs and files to load (Dir::Bin::dpkg, APT::Compressor, Dir::Locale): none is
 * run or loaded, see apt_config.h, and its readers are confined (base/process.h).
 *
 *    KEY OF THE VIEW                  FROM
 *    Unattended-Upgrade::Mail         apt-config dump; members of a list repeat the key
 *    apt-daily.timer:OnCalendar       systemd-analyze cat-config, merged as systemd does it
 *    apt-daily.timer:file             the unit's own file, which a drop-in only adds to
 *    apt-daily.timer:next             systemd-analyze calendar of the merged OnCalendar,
 *                                     soonest first, seconds since the epoch
 *    apt-daily.timer:verify           what systemd-analyze verify complains about
 *    apt-daily.timer:enabled          systemctl is-enabled; "masked", "not-found"
 *    apt-daily.timer:active, :reload, where systemd runs: ActiveState, NeedDaemonReload,
 *                    :elapses         and the timer's own next run, s since the epoch
 *    missing, diverted                a program that apt's job needs, as dpkg has it
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

#endif
