#ifndef GPCONF_ENGINE_UPDATE_GRANT_H
#define GPCONF_ENGINE_UPDATE_GRANT_H

#include "engine/rsop/rsop.h"

/*
 * Granted local policy: the part of local policy that a linked GPO hands back, with the
 * policy "Allow local overrides". Pure. It becomes a layer of its own, above the links
 * that are not enforced.
 *
 * Rules:
 *  1. Only what a linked GPO says counts: nobody grants anything to himself in local
 *     policy or in the local GPO.
 *  2. Scope 1 hands everything back, scope 2 the settings that are listed by their id.
 *  3. A setting takes the value with it that switches its policy on.
 *  4. The grant itself is never handed back.
 */

/* rsop is merged without the granted layer; local is local policy, lowered. The part
 * that is granted is appended to *ret, in its order. An id in the list that is no
 * setting is told, with the nearest one. Returns 0 or GPCONF_ENOMEM. */
int grant_select(const struct rsop *rsop, const struct operations *local,
                 struct arena *arena, struct diagnostics *diagnostics,
                 struct operations *ret);

#endif
