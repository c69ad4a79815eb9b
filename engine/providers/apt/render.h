#ifndef GPCONF_ENGINE_PROVIDERS_APT_RENDER_H
#define GPCONF_ENGINE_PROVIDERS_APT_RENDER_H

#include "engine/providers/provider.h"
#include "engine/update/schedule.h"

/*
 * What apt and unattended-upgrades read, from the update configuration. Pure.
 *
 *    FILE                                                   HOLDS
 *    etc/apt/apt.conf.d/99-gpconf.conf                      what to do
 *    etc/apt/apt.conf.d/99-gpconf.private.conf              that of it which comes from a
 *                                  file that not everybody may read, as closed as that
 *    etc/systemd/system/apt-daily.timer.d/50-gpconf.conf    when to refresh the lists
 *    …/apt-daily-upgrade.timer.d/50-gpconf.conf             when to install
 *    …/apt-daily{,-upgrade}.service.d/50-gpconf.conf        on battery or not
 *
 * A file without anything to say is not written, so that "not configured" gives the
 * distribution its own defaults back.
 *
 * Facts behind the lines (unattended-upgrades 2.9, apt 2.6):
 *  1. Intervals are counted in whole days whatever their unit, so only "always" lets
 *     the timer decide.
 *  2. Lists append across files: each list that is written is cleared first, and with
 *     Origins-Pattern the older Allowed-Origins, which is added to it.
 *  3. A list of patterns is Python's re.match: anchored at the start only.
 *  4. A quote within a value cannot be escaped, and one broken file makes apt unusable.
 *  5. The installing run never refreshes the lists: that must happen before it.
 *  6. Both services have ConditionACPower=, beside OnlyOnACPower.
 */
extern const char *const apt_files[]; /* all of the above; ends with NULL */

int apt_render(const struct update_config *config, const struct client *client,
               struct arena *arena, struct diagnostics *diagnostics,
               struct change *plan);

/* When the timers that are written run. False: when the distribution has them run.
 * ret_setting is the setting that decides, a setting_index. */
bool apt_install_schedule(const struct update_config *config, struct schedule *ret,
                          int *ret_setting);

/* The refresh of the lists before such an installation. */
void apt_refresh_schedule(const struct schedule *install, struct schedule *ret);

#endif
