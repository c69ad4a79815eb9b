#include "engine/state/view.h"

#include <stdlib.h>

#include "base/registry/name.h"
#include "base/status.h"

struct view_key {
    const char *key;
    size_t first, n; /* in values */
    const struct operation *cleared;
};

struct state_view {
    const struct operation **values; /* by key, then name; one of each */
    struct view_key *keys;
    size_t n_keys;
    const struct operation *first; /* of the list */
    const bool *hidden;            /* by index in the list; NULL: none is */
};

bool view_shows(const struct state_view *view, const struct operation *operation)
{
    return !view->hidden || !view->hidden[operation - view->first];
}

int view_without(const struct state_view *view, const bool *hidden, struct arena *arena,
                 struct state_view **ret)
{
    struct state_view *without = arena_copy(arena, view, sizeof *view);
    if (!without)
        return GPCONF_ENOMEM;
    without->hidden = hidden;
    *ret = without;
    return 0;
}

static int compare_names(const char *a, const char *b)
{
    return a == b ? 0 : name_compare(a, b);
}

/* By key, the key itself first, then by name, then as they come: they lie in one array.
 */
static int compare(const void *a, const void *b)
{
    const struct operation *const *at_x = a, *const *at_y = b;
    const struct operation *x = *at_x, *y = *at_y;
    int order = compare_names(x->key, y->key);
    if (order == 0 && x->name && y->name)
        order = compare_names(x->name, y->name);
    else if (order == 0)
        order = (x->name != NULL) - (y->name != NULL);
    if (order == 0)
        order = x < y ? -1 : x > y;
    return order;
}

static bool counts(const struct operation *operation)
{
    return operation->op != OP_MKKEY && operation->op != OP_DELKEY;
}

static void add(struct state_view *view, const struct operation *operation, size_t *n)
{
    struct view_key *key = view->n_keys ? &view->keys[view->n_keys - 1] : NULL;
    if (!key || compare_names(key->key, operation->key) != 0) {
        key = &view->keys[view->n_keys++];
        *key = (struct view_key){ .key = operation->key, .first = *n };
    }
    if (!operation->name) {
        key->cleared = operation;
        return;
    }
    if (key->n && compare_names(view->values[*n - 1]->name, operation->name) == 0) {
        view->values[*n - 1] = operation;
        return;
    }
    view->values[(*n)++] = operation;
    key->n++;
}

int state_view_build(const struct operations *operations, struct arena *arena,
                     struct state_view **ret)
{
    struct state_view *view = arena_new(arena, struct state_view);
    size_t n = 0;
    for (size_t i = 0; i < operations->n; i++)
        n += counts(&operations->items[i]);
    const struct operation **values = arena_array(arena, n, const struct operation *);
    struct view_key *keys = arena_array(arena, n, struct view_key);
    if (!view || !values || !keys)
        return GPCONF_ENOMEM;
    n = 0;
    for (size_t i = 0; i < operations->n; i++)
        if (counts(&operations->items[i]))
            values[n++] = &operations->items[i];
    if (n)
        qsort(values, n, sizeof *values, compare);

    *view = (struct state_view){ .values = values,
                                 .keys = keys,
                                 .first = operations->items };
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        add(view, values[i], &kept);
    *ret = view;
    return 0;
}

static const struct view_key *find_key(const struct state_view *view, const char *key)
{
    size_t low = 0, high = view->n_keys;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_names(view->keys[middle].key, key);
        if (order == 0)
            return &view->keys[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct operation *view_value(const struct state_view *view, const char *key,
                                   const char *name)
{
    const struct view_key *found = find_key(view, key);
    size_t low = found ? found->first : 0, high = found ? found->first + found->n : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_names(view->values[middle]->name, name);
        if (order == 0)
            return view_shows(view, view->values[middle]) ? view->values[middle] : NULL;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct operation *view_cleared(const struct state_view *view, const char *key)
{
    const struct view_key *found = find_key(view, key);
    const struct operation *cleared = found ? found->cleared : NULL;
    return cleared && view_shows(view, cleared) ? cleared : NULL;
}

const struct operation *const *view_key(const struct state_view *view, const char *key,
                                        size_t *ret_n)
{
    const struct view_key *found = find_key(view, key);
    *ret_n = found ? found->n : 0;
    return found ? view->values + found->first : NULL;
}

size_t view_count(const struct state_view *view)
{
    size_t n = 0;
    for (size_t i = 0; i < view->n_keys; i++)
        n += view->keys[i].n + (view->keys[i].cleared != NULL);
    return n;
}

bool view_is_set(const struct operation *operation)
{
    return operation && (operation->op == OP_SET || operation->op == OP_SOFTSET);
}
