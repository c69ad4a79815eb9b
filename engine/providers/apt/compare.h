#ifndef GPCONF_ENGINE_PROVIDERS_APT_COMPARE_H
#define GPCONF_ENGINE_PROVIDERS_APT_COMPARE_H

#include "engine/providers/provider.h"

/*
 * What apt, unattended-upgrades and systemd say (observe.h) against what was wanted.
 * Claims are words; besides them the client must be able to do what they say:
 *
 *    KEY OF THE FINDING           IT IS NOT IN EFFECT WHEN
 *    origin                       no source matches: nothing would ever be installed
 *    UNIT:enabled, UNIT:active    it is switched off, masked or not running
 *    UNIT:next, UNIT:elapses      it runs at other times than our own schedule says
 *    UNIT:On…                     it has another occasion to run, which nobody claimed
 *    UNIT:Unit, UNIT:ExecStart    the timer starts another unit, the service not apt's job
 *    UNIT:Condition…, :Assert…    what somebody added holds the unit back
 *    a program                    it is not there, or not the package's
 *    UNIT:verify                  systemd does not take a line of ours
 *
 * What only a running systemd makes true or could tell is FINDING_PENDING, as are the
 * sources of a machine that does not run and never fetched a list; what a reader could
 * tell that is not installed is FINDING_UNKNOWN. An origin that nothing matches while
 * others are is in effect, with a word about it: what a distribution ships names some
 * that only other releases have. Pure.
 */
int apt_compare(const struct change *wanted, const struct update_config *config,
                const struct facts *facts, const struct client *client,
                const struct view *view, struct arena *arena, struct findings *ret);

#endif
