#ifndef GPCONF_ENGINE_PROVIDERS_PROVIDERS_H
#define GPCONF_ENGINE_PROVIDERS_PROVIDERS_H

#include "engine/providers/provider.h"

/*
 * Every update client that can be driven. Nobody else names one: the session walks this
 * list, and a change says whose a step is by the provider's name.
 */

/* In the order in which they are asked; NULL behind the last. */
extern const struct provider *const providers[];

/* NULL: no provider has this name, which is compared to the letter. NULL is no name. */
const struct provider *providers_find(const char *name);

#endif
