#ifndef GPCONF_ENGINE_FACTS_COLLECT_H
#define GPCONF_ENGINE_FACTS_COLLECT_H

#include "base/diagnostic.h"
#include "base/machine.h"
#include "engine/facts/facts.h"

/*
 * Collecting the facts about a machine. The time zone is what /etc/localtime below the
 * root links to, read below that root; machine.zone replaces it. A machine without one
 * is in UTC, as the C library has it.
 *
 * That a restart is needed is what packages leave in /run/reboot-required, and which of
 * them in /run/reboot-required.pkgs (a name per line; a name may come several times).
 */
int facts_collect(struct machine *machine, struct arena *arena,
                  struct diagnostics *diagnostics, struct facts *ret);

#endif
