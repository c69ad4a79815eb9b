#ifndef GPCONF_ENGINE_FACTS_FACTS_H
#define GPCONF_ENGINE_FACTS_FACTS_H

#include "engine/facts/zone.h"

/*
 * What the pure rooms may know about the world. The session fills it in.
 */
struct facts {
    int64_t now;             /* seconds since the epoch */
    const struct zone *zone; /* NULL: UTC */
};

#endif
