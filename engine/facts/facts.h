#ifndef GPCONF_ENGINE_FACTS_FACTS_H
#define GPCONF_ENGINE_FACTS_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/facts/zone.h"

/*
 * What the pure rooms may know about the world. The session fills it in.
 */
struct facts {
    int64_t now;             /* seconds since the epoch */
    const struct zone *zone; /* NULL: UTC */
    bool restart_needed;     /* packages asked for a restart of the machine */
    const char *const *restart_packages; /* which, as far as they said */
    size_t n_restart_packages;
};

#endif
