#ifndef GPCONF_ENGINE_STATE_REACH_H
#define GPCONF_ENGINE_STATE_REACH_H

#include "admx/catalogue.h"
#include "base/registry/operation.h"

/*
 * The reach of a policy: every value that any of its states could write, and the keys
 * that its list elements hold whole. What is within reach and not explained by the
 * state contradicts it; what is within reach is what Not Configured removes.
 */
struct reach_item {
    const char *key;
    const char *name; /* NULL: every value of the key, and clearing it */
};
struct reach {
    struct reach_item *items; /* by key, then name; without doubles */
    size_t n;
};

/* Owned by the arena, borrows the catalogue. Returns 0 or GPCONF_ENOMEM. */
int reach_build(const struct catalogue *catalogue, const struct cat_policy *policy,
                struct arena *arena, struct reach *ret);

/* Is this value written by name, not only as an entry of a list? */
bool reach_names(const struct reach *reach, const char *key, const char *name);

/* Could the policy have written this operation? */
bool reach_has(const struct reach *reach, const struct operation *operation);

#endif
