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
 *
 * Rules of writing:
 *  1. The policy's own value, if it has one. Enabled: enabledValue, else the number 1.
 *     Disabled: disabledValue, else it is deleted.
 *  2. enabledList or disabledList, item by item.
 *  3. The elements in document order. Disabled deletes their values, clears the keys of
 *     lists and unchecks booleans as if false, but leaves alone what 1 and 2 wrote.
 *  4. A key that a list clears is cleared before anything else is written to it.
 *
 * Rules of reading, the first answer wins:
 *  1. The policy's own value. Enabled: enabledValue holds; with neither that nor an
 *     enabledList, the number 1. Disabled: disabledValue holds; with neither that nor a
 *     disabledList, it is deleted. If one of the values is defined and none holds, the
 *     policy is not configured, unless an element writes the same value.
 *  2. enabledList holds: Enabled; disabledList holds: Disabled. One item is enough.
 *  3. An element is set: Enabled; else one is deleted: Disabled. Data of the wrong type
 *     is no evidence.
 *  4. Where the state found so would not have written exactly what is there, but
 * Enabled with the elements as read, or Disabled, would have, it is that. So what was
 * written is read back where 1 to 3 alone go by a part of it.
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
    bool is_taken; /* read from what the enabled policy itself writes (rules 1 and 2 of
                      writing): Windows' reports then show it as not configured */
    bool boolean;  /* CAT_BOOLEAN */
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
    const struct operation **contradictions; /* within the policy's reach, but not of
                                                this state; borrowed, in file order */
    size_t n_contradictions;
};

/* The operations of a source, indexed so that the questions of reading are cheap. */
struct state_view;

/* Index operations as Windows' reports read a file: later ones override earlier ones on
 * the same name; a key that is cleared anywhere counts as cleared, and keeps its
 * values; a soft set counts as a set. Owned by the arena, borrows the operations.
 * Returns 0 or GPCONF_ENOMEM. */
int state_view_build(const struct operations *operations, struct arena *arena,
                     struct state_view **ret);

/* What state is this policy in? Owned by the arena. Returns 0 or GPCONF_ENOMEM. */
int state_read(const struct catalogue *catalogue, const struct cat_policy *policy,
               const struct state_view *view, struct arena *arena, struct state *ret);

/* Append the operations of a state. Elements that are not set write nothing, unless
 * they are required; those of a disabled policy are not looked at. Not Configured is no
 * operation: see state_forget. Values are held to the template: GPCONF_ERANGE, with a
 * diagnostic for each that names the element and its bounds; nothing is appended then.
 */
int state_write(const struct catalogue *catalogue, const struct cat_policy *policy,
                const struct state *state, struct origin origin, struct arena *arena,
                struct diagnostics *diagnostics, struct operations *ret);

/* Remove from a list every operation that this policy could have written and that no
 * other configured policy of the catalogue claims: Not Configured. A policy that has
 * nothing there but what this one could have written makes no claim: it is another name
 * for the same values. Returns 0 or GPCONF_ENOMEM. */
int state_forget(const struct catalogue *catalogue, const struct cat_policy *policy,
                 struct arena *arena, struct operations *operations);

/* Turn the text that a person wrote for an element into its value, adding to what is
 * there for list entries and for lines:
 *    boolean    true, yes, on, 1; false, no, off, 0; without case
 *    numbers    decimal, or hexadecimal with 0x
 *    enum       the item's raw value or its text; of several the last, as in reading
 *    text       as it is
 *    multiText  one line, never split; empty text on an empty value is no line
 *    list       one entry; entry (what follows the dot, NULL without) is its name where
 *               the template has explicitValue, and says the same name again to replace
 * Returns 0; GPCONF_ERANGE, with a diagnostic; GPCONF_ENOMEM. */
int state_parse_element(const struct catalogue *catalogue, const struct cat_element *e,
                        const char *entry, const char *text, struct origin origin,
                        struct arena *arena, struct diagnostics *diagnostics,
                        struct element_value *value);

/* "not-configured", "enabled", "disabled". */
const char *policy_state_name(enum policy_state state);

#endif
