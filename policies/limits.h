#ifndef GPCONF_POLICIES_LIMITS_H
#define GPCONF_POLICIES_LIMITS_H

#include <stdbool.h>

#include "base/diagnostic.h"

/*
 * limits.ini: what any policy may NOT do to this machine. Root's alone; it is no
 * policy layer, so nothing overrides it. What it forbids is refused, with its line.
 *
 *    [limits]
 *    security updates = required    no policy may leave security updates out
 *    greatest deferral = 14         days a policy may hold updates back
 *    sources = fixed                policy may not change where updates come from
 *    restart hours = 22-05          policy may restart the machine only in these hours
 */
struct machine_limits {
    bool security_required;
    bool has_greatest_deferral;
    unsigned greatest_deferral; /* days, 0 to 365 */
    bool sources_fixed;
    bool has_restart_hours;
    unsigned restart_from, restart_to; /* hours, 0 to 23; may wrap midnight */
    struct origin security_origin, deferral_origin, sources_origin, restart_origin;
};

/* Read the file. Anything that is not understood makes it damaged: a negative status,
 * and the caller writes nothing at all. */
int limits_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
                 struct diagnostics *diagnostics, struct machine_limits *ret);

#endif
