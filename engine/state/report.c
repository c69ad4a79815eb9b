#include "engine/state/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/state/reach.h"
#include "engine/state/view.h"

/* A configured policy, with what orders it. */
struct row {
    uint32_t policy;
    const char *path, *title;
};

struct report {
    const struct catalogue *catalogue;
    const struct operations *operations;
    const struct state_view *whole; /* of the operations */
    struct state_view *left;        /* the same without what was taken */
    bool *taken;                    /* by operation */
    uint32_t *taker;                /* by operation, once taken: the policy */
    struct row *rows;
    size_t n_rows, capacity;
    struct arena *scratch;
};

/* Titles from the root, with a slash between them. */
static const char *path_of(struct report *r, uint32_t category)
{
    size_t n;
    const struct cat_category *categories = catalogue_categories(r->catalogue, &n);
    const char *path = "";
    /* No path is longer than there are categories, even if parents went in circles. */
    for (size_t i = 0; path && category != CAT_NONE && i < n; i++) {
        const struct cat_category *c = &categories[category];
        const char *title = catalogue_text(r->catalogue, c->title);
        path = arena_format(r->scratch, *path ? "%s/%s" : "%s%s", title ? title : "",
                            path);
        category = c->parent;
    }
    return path;
}

static void add_row(struct report *r, uint32_t policy, const struct cat_policy *p)
{
    struct row *rows =
        arena_grow(r->scratch, r->rows, r->n_rows, sizeof *rows, &r->capacity);
    const char *path = path_of(r, p->category);
    const char *title = catalogue_text(r->catalogue, p->title);
    if (!rows || !path)
        return;
    r->rows = rows;
    rows[r->n_rows++] = (struct row){ policy, path, title ? title : "" };
}

/* Rule 1. The index makes the order total. */
static int compare(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = name_compare(y->path, x->path);
    if (order == 0)
        order = name_compare(x->title, y->title);
    if (order == 0)
        order = x->policy < y->policy ? -1 : x->policy > y->policy;
    return order;
}

static int by_place(const void *a, const void *b)
{
    const struct operation *const *x = a, *const *y = b;
    return *x < *y ? -1 : *x > *y;
}

static bool explains(const struct state *state, const struct operation *operation)
{
    return state->n_contradictions == 0 ||
           !bsearch(&operation, state->contradictions, state->n_contradictions,
                    sizeof operation, by_place);
}

/* Rule 2, for one operation; or, when not taking, who took it (the first found stays). */
static void meet(struct report *r, uint32_t policy, const struct state *state,
                 const struct operation *operation, bool take, uint32_t *taker)
{
    if (!operation || !explains(state, operation))
        return;
    size_t at = (size_t)(operation - r->operations->items);
    if (take && !r->taken[at]) {
        r->taken[at] = true;
        r->taker[at] = policy;
    } else if (!take && r->taken[at] && *taker == CAT_NONE) {
        *taker = r->taker[at];
    }
}

/* Go over what the state explains of a view: take it, or find who took from it. */
static int go_over(struct report *r, uint32_t policy, const struct state *state,
                   const struct state_view *view, bool take, uint32_t *taker)
{
    size_t n;
    struct reach reach;
    const struct cat_policy *p = &catalogue_policies(r->catalogue, &n)[policy];
    if (reach_build(r->catalogue, p, r->scratch, &reach) < 0)
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < reach.n; i++) {
        const struct reach_item *item = &reach.items[i];
        if (item->name) {
            meet(r, policy, state, view_value(view, item->key, item->name), take,
                 taker);
            continue;
        }
        const struct operation *const *values = view_key(view, item->key, &n);
        for (size_t j = 0; j < n; j++)
            if (view_shows(view, values[j]))
                meet(r, policy, state, values[j], take, taker);
        meet(r, policy, state, view_cleared(view, item->key), take, taker);
    }
    return 0;
}

static int find_configured(struct report *r, enum cat_class half)
{
    size_t n;
    const struct cat_policy *policies = catalogue_policies(r->catalogue, &n);
    struct arena arena;
    int result = 0;
    arena_init(&arena, LIMIT_ARENA);
    for (uint32_t i = 0; result == 0 && i < n; i++) {
        struct state state;
        if (!(policies[i].class_ & half) || policies[i].duplicate_of != CAT_NONE)
            continue;
        result = state_read(r->catalogue, &policies[i], r->whole, &arena, &state);
        if (result == 0 && state.state != STATE_NOT_CONFIGURED)
            add_row(r, i, &policies[i]);
    }
    arena_done(&arena);
    return result;
}

/* Rule 3, or 2, for one policy. */
static int show(struct report *r, uint32_t policy, uint32_t *alias_of)
{
    size_t n;
    const struct cat_policy *p = &catalogue_policies(r->catalogue, &n)[policy];
    struct state state;
    int result = state_read(r->catalogue, p, r->left, r->scratch, &state);
    if (result < 0)
        return result;
    if (state.state != STATE_NOT_CONFIGURED)
        return go_over(r, policy, &state, r->left, true, NULL);
    result = state_read(r->catalogue, p, r->whole, r->scratch, &state);
    return result < 0 ? result : go_over(r, policy, &state, r->whole, false, alias_of);
}

static int make(struct report *r, enum cat_class half, uint32_t *alias_of)
{
    struct state_view *whole;
    r->taken = arena_array(r->scratch, r->operations->n, bool);
    r->taker = arena_array(r->scratch, r->operations->n, uint32_t);
    if (!r->taken || !r->taker ||
        state_view_build(r->operations, r->scratch, &whole) < 0 ||
        view_without(whole, r->taken, r->scratch, &r->left) < 0)
        return GPCONF_ENOMEM;
    r->whole = whole;
    int result = find_configured(r, half);
    if (r->n_rows)
        qsort(r->rows, r->n_rows, sizeof *r->rows, compare);
    for (size_t i = 0; result == 0 && i < r->n_rows; i++)
        result = show(r, r->rows[i].policy, &alias_of[r->rows[i].policy]);
    return arena_failed(r->scratch) ? GPCONF_ENOMEM : result;
}

int report_aliases(const struct catalogue *catalogue, enum cat_class half,
                   const struct operations *operations, struct arena *arena,
                   uint32_t **ret_alias_of)
{
    size_t n;
    catalogue_policies(catalogue, &n);
    uint32_t *alias_of = arena_array(arena, n, uint32_t);
    if (!alias_of)
        return GPCONF_ENOMEM;
    memset(alias_of, 0xFF, n * sizeof *alias_of); /* CAT_NONE */
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    struct report report = { .catalogue = catalogue,
                             .operations = operations,
                             .scratch = &scratch };
    int result = make(&report, half, alias_of);
    arena_done(&scratch);
    if (result == 0)
        *ret_alias_of = alias_of;
    return result;
}
