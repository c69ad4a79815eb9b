#ifndef GPCONF_ENGINE_UPDATE_LOWERING_H
#define GPCONF_ENGINE_UPDATE_LOWERING_H

#include "base/suggest.h"
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

/* Which element of the policy a statement is about; -1. An id may hold the dot that
 * divides it from an entry: *ret_entry is what the entry is then (NULL: none). */
int lowering_element(const struct catalogue *catalogue, struct arena *arena,
                     const struct cat_policy *policy, const struct statement *s,
                     const char **ret_entry);

/* Offer every policy, by its name and by its id, to somebody who misspelt one. */
void lowering_offer(const struct catalogue *catalogue, struct suggestion *near);

/* The policies that a bare name may mean, for a message. Owned by the arena. */
const char *lowering_candidates(const struct catalogue *catalogue, const char *name,
                                struct arena *arena);

#endif
