#ifndef GPCONF_ENGINE_STATE_STATE_H
#define GPCONF_ENGINE_STATE_STATE_H

#include "admx/catalogue.h"
#include "base/registry/operation.h"

/*
 * The translator between the state of a policy, as an administrator knows it, and the
 * operations of a policy file. It is the only one, and it works both ways:
 *
 *    state_write   Enabled, AUOptions = 4   ->  SET NoAutoUpdate 0, SET AUOptions 4
 *    state_read    the operations           ->  Enabled, AUOptions = 4
 *
 * read(write(s)) == s for every state whose operations are distinct. Reading follows
 * the rules that Windows' own reports follow; what the state read would not have
 * written is kept beside it as what contradicts it. Pure. One file per element kind.
 */
enum policy_state { STATE_NOT_CONFIGURED, STATE_ENABLED, STATE_DISABLED };

/* An entry of a list element. name is NULL unless the element has explicitValue. */
struct list_entry {
    const char *name, *data;
};

/* The value of one element; which field counts follows from the element's kind. */
struct element_value {
    uint32_t element; /* index in the catalogue */
    bool is_set;
    bool boolean;                     /* CAT_BOOLEAN */
    uint64_t number;                  /* CAT_DECIMAL, CAT_LONG_DECIMAL */
    const char *text;                 /* CAT_TEXT */
    const char *const *lines;         /* CAT_MULTI_TEXT */
    uint32_t choice;                  /* CAT_ENUM: index in the catalogue's choices */
    const struct list_entry *entries; /* CAT_LIST, in order */
    size_t n;                         /* lines or entries */
};

struct state {
    enum policy_state state;
    struct element_value *elements; /* one per element of the policy, document order */
    size_t n_elements;
    const struct operation **contradictions; /* present, but not of this state */
    size_t n_contradictions;
};

/* The operations of a source, indexed so that the questions of reading are cheap. */
struct state_view;

/* Index operations; later ones override earlier ones as Windows' reports read a file
 * (windows-report rules, section 2). Owned by the arena, borrows the operations. */
int state_view_build(const struct operations *operations, struct arena *arena,
                     struct state_view **ret);

/* What state is this policy in? Owned by the arena. Returns 0 or GPCONF_ENOMEM. */
int state_read(const struct catalogue *catalogue, const struct cat_policy *policy,
               const struct state_view *view, struct arena *arena, struct state *ret);

/* Append the operations of a state. Elements that are not set write nothing, unless
 * they are required. Values are held to the template: GPCONF_ERANGE, with a diagnostic
 * that names the element and its bounds. */
int state_write(const struct catalogue *catalogue, const struct cat_policy *policy,
                const struct state *state, struct origin origin, struct arena *arena,
                struct diagnostics *diagnostics, struct operations *ret);

/* Remove from a list every operation that this policy could have written and that no
 * other configured policy of the catalogue claims: Not Configured. */
int state_forget(const struct catalogue *catalogue, const struct cat_policy *policy,
                 struct arena *arena, struct operations *operations);

/* Turn the text that a person wrote for an element into its value, adding to what is
 * there for list entries: numbers; true/false/yes/no/on/off; an enum's raw value or its
 * item's text; text; lines joined by "; " are not split (one statement per line entry).
 * GPCONF_ERANGE with a diagnostic. entry is what follows the dot, NULL without. */
int state_parse_element(const struct catalogue *catalogue, const struct cat_element *e,
                        const char *entry, const char *text, struct origin origin,
                        struct arena *arena, struct diagnostics *diagnostics,
                        struct element_value *value);

/* "not-configured", "enabled", "disabled". */
const char *policy_state_name(enum policy_state state);

#endif
