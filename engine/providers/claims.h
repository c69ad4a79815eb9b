#ifndef GPCONF_ENGINE_PROVIDERS_CLAIMS_H
#define GPCONF_ENGINE_PROVIDERS_CLAIMS_H

#include "engine/providers/provider.h"

/*
 * Claims against what the client says: the same for every client. A key that is claimed
 * more than once is a list, and is in effect only when the client has its members in the
 * same order and no others. A claim without a value says that the client has nothing
 * there: the list is empty. Pure.
 */

/* One finding per claim of the files that are wanted, in their order; claims that are
 * FIDELITY_UNSUPPORTED make none. Returns 0 or GPCONF_ENOMEM. */
int claims_compare(const struct change *wanted, const struct view *view,
                   struct arena *arena, struct findings *ret);

#endif
