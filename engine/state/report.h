#ifndef GPCONF_ENGINE_STATE_REPORT_H
#define GPCONF_ENGINE_STATE_REPORT_H

#include "engine/state/state.h"

/*
 * Which policies Windows' reports would show. There, every value that a policy explains
 * is taken: policies that come later no longer see it, and of several that read the same
 * values only the first is shown. We show all of them; the others are marked as aliases
 * of the one that Windows shows, and leaving those out gives Windows' list.
 *
 * Rules:
 *  1. The order is: category paths descending, then titles ascending, without case.
 *  2. A configured policy takes everything within its reach that does not contradict it.
 *  3. A policy of which nothing is left is an alias of the one that took from it first.
 */

/* For each policy of the catalogue, by index, the index of the one that it is an alias of;
 * CAT_NONE for one that is shown, not configured, a duplicate or not of this half. The
 * array is owned by the arena. Returns 0 or GPCONF_ENOMEM. */
int report_aliases(const struct catalogue *catalogue, enum cat_class half,
                   const struct operations *operations, struct arena *arena,
                   uint32_t **ret_alias_of);

#endif
