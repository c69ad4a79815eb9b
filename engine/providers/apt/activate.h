#ifndef GPCONF_ENGINE_PROVIDERS_APT_ACTIVATE_H
#define GPCONF_ENGINE_PROVIDERS_APT_ACTIVATE_H

#include "engine/providers/provider.h"

/*
 * Make systemd take notice of drop-ins, without a run. apt's own file needs nothing: it
 * is read at every run. Idempotent, also after a kill half-way and after an undo.
 *
 * A timer that is Persistent and was last due before its stamp runs at once when it is
 * loaded or started, outside every window. So, for each timer of a drop-in that changed:
 *
 *  1. look whether it should run: it does, or it is enabled (a killed activation may
 *     have stopped it);
 *  2. stop it;
 *  3. touch its stamp, the one thing outside our files, by touch(1): one that is not
 *     there is left out, because systemd then begins with now by itself;
 *  4. load the units again;
 *  5. start those of 1. Whatever failed, they are started again; nothing is loaded
 *     when a timer could not be stopped or its stamp not be touched.
 *
 * One that an administrator disabled or masked is not started, and that is told.
 * Without a running systemd, or for an image, there is only a note: the next start of
 * the machine does it.
 *
 * Returns 0, GPCONF_ECLIENT with a diagnostic, or GPCONF_ENOMEM.
 */
int activate_apt(struct machine *machine, const struct client *client,
                 const struct change *change, struct arena *arena,
                 struct diagnostics *diagnostics);

#endif
