#ifndef GPCONF_ENGINE_UPDATE_LOWERING_H
#define GPCONF_ENGINE_UPDATE_LOWERING_H

#include "engine/update/lower.h"

/*
 * What the files of lowering share: one lowering under way. Not for others.
 */
struct lowering {
    const struct statements *statements;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct operations *halves[2]; /* by enum statement_half */
};

/* The statements about policies, then those about settings. */
void lowering_policies(struct lowering *l);
void lowering_settings(struct lowering *l);

#endif
