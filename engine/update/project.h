#ifndef GPCONF_ENGINE_UPDATE_PROJECT_H
#define GPCONF_ENGINE_UPDATE_PROJECT_H

#include "admx/catalogue.h"
#include "engine/facts/facts.h"
#include "engine/rsop/rsop.h"
#include "engine/update/config.h"
#include "policies/limits.h"

/*
 * Project the resultant set onto the update configuration: for each row of the settings
 * table, who decides, what it is, and whether it counts. Pure.
 *
 * Rules, for each setting:
 *  1. The value that is in effect decides. When it does not fit (type, range of the
 *     template or of the table, grammar) it still decides, and the setting is unfit: a
 *     weaker value is never used in its place.
 *  2. A policy that is Disabled, or deletes the value, decides that it is not set.
 *  3. The parts of a list are judged one by one; the unfit ones are left out and told.
 *  4. update.mode 5 of a GPO hands the choice to local policy.
 *  5. What limits.ini forbids keeps its decision and is refused by the line.
 *  6. Dependency rules come last (rules.h).
 */

/* catalogue and limits may be NULL. Owned by the arena. Returns 0 or GPCONF_ENOMEM. */
int project_settings(const struct rsop *rsop, const struct catalogue *catalogue,
                     const struct facts *facts, const struct machine_limits *limits,
                     struct arena *arena, struct diagnostics *diagnostics,
                     struct update_config *ret);

#endif
