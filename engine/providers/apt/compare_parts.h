#ifndef GPCONF_ENGINE_PROVIDERS_APT_COMPARE_PARTS_H
#define GPCONF_ENGINE_PROVIDERS_APT_COMPARE_PARTS_H

#include "engine/facts/facts.h"
#include "engine/providers/apt/compare.h"
#include "engine/providers/apt/observe.h"
#include "engine/update/config.h"

/*
 * What those who compare share: the view, and what was found so far. Not for others.
 */
struct comparison {
    const struct update_config *config;
    const struct facts *facts;
    const struct client *client;
    const struct view *view;
    struct arena *arena;
    struct findings found;
    size_t n_claims; /* of found, those about the claims; they come first */
};

/* The nth entry of a key; NULL behind the last. */
const struct view_entry *compare_entry(const struct comparison *c, const char *key,
                                       size_t nth);

/* What UNIT:WHAT is, past all that was taken back; NULL: nothing. And in a word. */
const struct view_entry *compare_of_unit(struct comparison *c, const char *unit,
                                         const char *what);
const char *compare_said(const struct view_entry *entry);

bool compare_has(const struct comparison *c, const char *key, const char *value);
bool compare_asked(const struct comparison *c, const char *reader);

/* Did one of our lines claim something about the key? */
bool compare_is_claimed(const struct comparison *c, const char *key);

/* Add a finding that no claim makes; nothing is copied. by is who decides; NULL. */
void compare_add(struct comparison *c, enum finding_state state, const char *key,
                 const char *seen, const char *by, const char *why);

/* The rest of apt_compare(). Services come with what keeps a timer from starting them. */
void compare_timers(struct comparison *c);
void compare_services(struct comparison *c);

#endif
