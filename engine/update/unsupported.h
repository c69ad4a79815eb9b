#ifndef GPCONF_ENGINE_UPDATE_UNSUPPORTED_H
#define GPCONF_ENGINE_UPDATE_UNSUPPORTED_H

#include "engine/rsop/rsop.h"

/*
 * The registry values of update policies that become no setting, each with the reason.
 * Together with the settings table it covers every policy of Windows Update, so that a
 * GPO made for Windows is answered value by value and nothing is passed over in silence.
 */
struct unsupported {
    const char *key, *name;
    const char *why; /* to follow "because "; without a full stop */
};

/* Why the value becomes no setting; NULL when it is not one of these. */
const struct unsupported *unsupported_find(const char *key, const char *name);

/* A note for each of these values that policy sets. */
void unsupported_tell(const struct rsop *rsop, struct diagnostics *diagnostics);

#endif
