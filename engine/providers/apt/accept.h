#ifndef GPCONF_ENGINE_PROVIDERS_APT_ACCEPT_H
#define GPCONF_ENGINE_PROVIDERS_APT_ACCEPT_H

#include "engine/providers/provider.h"

/*
 * Would the client take the change? Its own parsers read the merged view before a file
 * is renamed, and nothing is written for it: apt-config gets, on standard input, a text
 * that includes every file that apt would read, in apt's order, with the staged file in
 * the place of the live one.
 *
 *  1. The whole view is well formed. One broken file makes apt unusable, so whoever's
 *     it is, it is named and nothing changes.
 *  2. As far as our file apt says what the file claims. What a later file of somebody
 *     else makes of that is drift: it is told by observing, and refuses nothing.
 *  3. systemd understands each calendar expression and each time span.
 *  4. Python understands each pattern of unattended-upgrades, which would die of it.
 *
 * Where systemd-analyze or python3 is not installed, nobody runs what they would check.
 * Of apt.conf.d apt takes regular files, also behind links, by the bytes of their names;
 * then comes Dir::Etc::main.
 *
 * Returns 0, GPCONF_ECLIENT with a diagnostic that says why, or GPCONF_ENOMEM.
 */
int accept_apt(struct machine *machine, const struct client *client,
               const struct change *plan, struct arena *arena,
               struct diagnostics *diagnostics);

#endif
