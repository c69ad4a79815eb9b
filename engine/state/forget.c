#include "base/limits.h"
#include "base/status.h"
#include "engine/state/translation.h"

/*
 * Not Configured. What a policy could have written goes, except what another configured
 * policy claims. A claimant must have something there that this policy could not have
 * written: without that it only reads the same values under another name, and two such
 * policies would protect each other for ever.
 */
struct forgetting {
    const struct catalogue *catalogue;
    const struct cat_policy *policy;
    const struct operations *operations;
    const struct state_view *view;
    struct reach reach;
    struct arena *scratch;
    uint8_t *claimants; /* by policy: what is known of it */
};
enum { UNKNOWN, CLAIMS, NO_CLAIM };

static bool has_more(const struct forgetting *f, const struct reach *theirs)
{
    for (size_t i = 0; i < f->operations->n; i++) {
        const struct operation *o = &f->operations->items[i];
        if (reach_has(theirs, o) && !reach_has(&f->reach, o))
            return true;
    }
    return false;
}

/* Is the other policy configured, and by more than what this one reaches? */
static bool is_claimant(struct forgetting *f, const struct cat_policy *other)
{
    size_t n;
    const struct cat_policy *policies = catalogue_policies(f->catalogue, &n);
    uint8_t *known = &f->claimants[other - policies];
    if (*known != UNKNOWN)
        return *known == CLAIMS;
    *known = NO_CLAIM;
    struct state state;
    struct reach reach;
    if (other == f->policy || other->duplicate_of != CAT_NONE ||
        !(other->class_ & f->policy->class_) ||
        reach_build(f->catalogue, other, f->scratch, &reach) < 0 ||
        state_read(f->catalogue, other, f->view, f->scratch, &state) < 0)
        return false;
    if (state.state != STATE_NOT_CONFIGURED && has_more(f, &reach))
        *known = CLAIMS;
    return *known == CLAIMS;
}

static bool is_claimed(struct forgetting *f, const struct operation *o)
{
    /* Who clears a key is who may write any value of it. */
    const char *name = o->name ? o->name : "";
    size_t n = catalogue_find_value(f->catalogue, o->key, name, NULL, 0);
    const struct cat_policy **found =
        arena_array(f->scratch, n, const struct cat_policy *);
    if (!found)
        return true;
    catalogue_find_value(f->catalogue, o->key, name, found, n);
    for (size_t i = 0; i < n; i++) {
        struct reach reach;
        if (is_claimant(f, found[i]) &&
            reach_build(f->catalogue, found[i], f->scratch, &reach) == 0 &&
            reach_has(&reach, o))
            return true;
    }
    return false;
}

static int forget(struct forgetting *f, struct operations *operations)
{
    size_t n;
    catalogue_policies(f->catalogue, &n);
    struct state_view *view;
    f->claimants = arena_array(f->scratch, n, uint8_t);
    bool *goes = arena_array(f->scratch, operations->n, bool);
    if (!f->claimants || !goes ||
        reach_build(f->catalogue, f->policy, f->scratch, &f->reach) < 0 ||
        state_view_build(operations, f->scratch, &view) < 0)
        return GPCONF_ENOMEM;
    f->view = view;
    f->operations = operations;
    for (size_t i = 0; i < operations->n; i++)
        goes[i] = reach_has(&f->reach, &operations->items[i]) &&
                  !is_claimed(f, &operations->items[i]);
    if (arena_failed(f->scratch))
        return GPCONF_ENOMEM;
    size_t kept = 0;
    for (size_t i = 0; i < operations->n; i++)
        if (!goes[i])
            operations->items[kept++] = operations->items[i];
    operations->n = kept;
    return 0;
}

int state_forget(const struct catalogue *catalogue, const struct cat_policy *policy,
                 struct arena *arena, struct operations *operations)
{
    (void)arena;
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    struct forgetting f = { .catalogue = catalogue,
                            .policy = policy,
                            .scratch = &scratch };
    int r = forget(&f, operations);
    arena_done(&scratch);
    return r;
}
