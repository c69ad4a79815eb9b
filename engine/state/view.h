#ifndef GPCONF_ENGINE_STATE_VIEW_H
#define GPCONF_ENGINE_STATE_VIEW_H

#include "engine/state/state.h"

/*
 * The questions of reading, asked of a state_view. Keys and names compare without case.
 */

/* The last operation on a value: a SET, SOFTSET or DELETE; NULL when there is none. */
const struct operation *view_value(const struct state_view *view, const char *key,
                                   const char *name);

/* The CLEARVALS on a key; NULL when there is none. */
const struct operation *view_cleared(const struct state_view *view, const char *key);

/* The same view without the operations that hidden says, by their index in the list
 * that it was built from. hidden may change and is borrowed, and so is the view. */
int view_without(const struct state_view *view, const bool *hidden, struct arena *arena,
                 struct state_view **ret);
bool view_shows(const struct state_view *view, const struct operation *operation);

/* The last operations on the values of a key, by name; also those that are hidden.
 * Borrowed from the view. */
const struct operation *const *view_key(const struct state_view *view, const char *key,
                                        size_t *ret_n);

/* How many values and cleared keys there are. */
size_t view_count(const struct state_view *view);

/* Does the operation give a value, soft or not? NULL does not. */
bool view_is_set(const struct operation *operation);

#endif
