#include <string.h>
#include <strings.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "engine/state/state.h"
#include "engine/update/lowering.h"

/* Policies. What is said about one policy of one half is one piece of work. */
struct work {
    const struct cat_policy *policy;
    enum statement_half half;
    bool has_state;
    enum policy_state state;
    struct element_value *values; /* one per element of the policy */
    struct origin *origins;       /* of the last statement about each */
    struct origin origin;         /* of the state, else of the last element */
};
struct works {
    struct work *items;
    size_t n, capacity;
    uint32_t *of; /* per policy and half: index + 1 */
};

static const char *text(const struct lowering *l, uint32_t offset)
{
    const char *found = catalogue_text(l->catalogue, offset);
    return found ? found : "";
}

void lowering_offer(const struct catalogue *catalogue, struct suggestion *near)
{
    size_t n;
    const struct cat_policy *policies = catalogue_policies(catalogue, &n);
    for (size_t i = 0; i < n; i++) {
        suggest_offer(near, catalogue_text(catalogue, policies[i].name));
        suggest_offer(near, catalogue_text(catalogue, policies[i].id));
    }
}

const char *lowering_candidates(const struct catalogue *catalogue, const char *name,
                                struct arena *arena)
{
    enum { SHOWN = 4 };
    const struct cat_policy *found[SHOWN];
    size_t n = catalogue_find_all(catalogue, name, found, SHOWN);
    const char *names = "";
    for (size_t i = 0; i < n && i < SHOWN && names; i++)
        names = arena_format(arena, "%s%s%s", names, i ? ", " : "",
                             catalogue_text(catalogue, found[i]->id));
    if (names && n > SHOWN)
        names = arena_format(arena, "%s, …", names);
    return names ? names : "";
}

static void unknown_policy(struct lowering *l, const struct statement *s)
{
    struct suggestion near = suggest_start(s->subject);
    lowering_offer(l->catalogue, &near);
    diagnostics_add(l->diagnostics, SEVERITY_ERROR, "lower-unknown-policy", s->origin,
                    "no template defines a policy '%s'%s%s%s, ignoring", s->subject,
                    near.best ? "; did you mean '" : "", near.best ? near.best : "",
                    near.best ? "'?" : "");
}

static void ambiguous_policy(struct lowering *l, const struct statement *s)
{
    diagnostics_add(l->diagnostics, SEVERITY_ERROR, "lower-ambiguous-policy", s->origin,
                    "the name '%s' means several policies (%s), ignoring", s->subject,
                    lowering_candidates(l->catalogue, s->subject, l->arena));
}

static const struct cat_policy *find_policy(struct lowering *l,
                                            const struct statement *s)
{
    const struct cat_policy *policy = NULL;
    int r = catalogue_find(l->catalogue, s->subject, &policy);
    if (r == GPCONF_ERANGE) {
        ambiguous_policy(l, s);
        return NULL;
    }
    if (r < 0) {
        unknown_policy(l, s);
        return NULL;
    }
    uint32_t class = s->half == HALF_USER ? CAT_USER : CAT_MACHINE;
    if (policy->class_ & class)
        return policy;
    diagnostics_add(l->diagnostics, SEVERITY_ERROR, "lower-half", s->origin,
                    "policy '%s' is one of the %s half, ignoring", s->subject,
                    s->half == HALF_USER ? "machine" : "user");
    return NULL;
}

static struct work *work_of(struct lowering *l, struct works *works,
                            const struct cat_policy *policy, const struct statement *s)
{
    size_t n;
    const struct cat_policy *policies = catalogue_policies(l->catalogue, &n);
    uint32_t *slot =
        &works->of[2 * (size_t)(policy - policies) + (s->half == HALF_USER)];
    if (*slot)
        return &works->items[*slot - 1];
    works->items = arena_grow(l->arena, works->items, works->n, sizeof *works->items,
                              &works->capacity);
    struct work work = {
        .policy = policy,
        .half = s->half,
        .values = arena_array(l->arena, policy->n_elements, struct element_value),
        .origins = arena_array(l->arena, policy->n_elements, struct origin),
        .origin = s->origin,
    };
    if (!works->items || !work.values || !work.origins)
        return NULL;
    for (uint32_t i = 0; i < policy->n_elements; i++)
        work.values[i].element = policy->first_element + i;
    works->items[works->n++] = work;
    *slot = (uint32_t)works->n;
    return &works->items[works->n - 1];
}

static void lower_state(struct lowering *l, struct work *work,
                        const struct statement *s)
{
    for (enum policy_state state = STATE_NOT_CONFIGURED; state <= STATE_DISABLED;
         state++)
        if (!strcasecmp(policy_state_name(state), s->text)) {
            work->has_state = true;
            work->state = state;
            work->origin = s->origin;
            return;
        }
    diagnostics_add(l->diagnostics, SEVERITY_ERROR, "lower-state", s->origin,
                    "'%s' is no state of a policy (enabled, disabled, not-configured), "
                    "ignoring",
                    s->text);
}

int lowering_element(const struct catalogue *catalogue, struct arena *arena,
                     const struct cat_policy *policy, const struct statement *s,
                     const char **ret_entry)
{
    const struct cat_element *e = catalogue_elements(catalogue) + policy->first_element;
    const char *whole =
        s->entry ? arena_format(arena, "%s.%s", s->element, s->entry) : NULL;
    for (uint32_t i = 0; i < policy->n_elements; i++) {
        const char *id = catalogue_text(catalogue, e[i].id);
        *ret_entry = s->entry;
        if (id && name_equal(id, s->element))
            return (int)i;
        *ret_entry = NULL;
        if (id && whole && name_equal(id, whole))
            return (int)i;
    }
    return -1;
}

static void lower_element(struct lowering *l, struct work *work,
                          const struct statement *s)
{
    const char *entry;
    const struct cat_element *first =
        catalogue_elements(l->catalogue) + work->policy->first_element;
    int at = lowering_element(l->catalogue, l->arena, work->policy, s, &entry);
    if (at < 0) {
        struct suggestion near = suggest_start(s->element);
        for (uint32_t i = 0; i < work->policy->n_elements; i++)
            suggest_offer(&near, text(l, first[i].id));
        diagnostics_add(l->diagnostics, SEVERITY_ERROR, "lower-unknown-element",
                        s->origin, "policy '%s' has no element '%s'%s%s%s, ignoring",
                        s->subject, s->element, near.best ? "; did you mean '" : "",
                        near.best ? near.best : "", near.best ? "'?" : "");
        return;
    }
    if (state_parse_element(l->catalogue, &first[at], entry, s->text, s->origin,
                            l->arena, l->diagnostics, &work->values[at]) < 0)
        return;
    work->origins[at] = s->origin;
    if (!work->has_state)
        work->origin = s->origin;
}

/* Each value is the fault or the merit of the line that says it. */
static void place_origins(struct lowering *l, const struct work *work,
                          struct operations *written)
{
    const struct cat_element *first =
        catalogue_elements(l->catalogue) + work->policy->first_element;
    for (size_t i = 0; i < written->n; i++) {
        struct operation *o = &written->items[i];
        for (uint32_t e = 0; e < work->policy->n_elements; e++) {
            if (!work->values[e].is_set || !name_equal(text(l, first[e].key), o->key))
                continue;
            if (first[e].kind == CAT_LIST
                    ? !name_equal(o->key, text(l, work->policy->key))
                    : o->name && name_equal(text(l, first[e].value_name), o->name))
                o->origin = work->origins[e];
        }
    }
}

static void finish(struct lowering *l, struct work *work)
{
    struct state state = { .state = work->has_state ? work->state : STATE_ENABLED,
                           .elements = work->values,
                           .n_elements = work->policy->n_elements };
    for (uint32_t i = 0; state.state != STATE_ENABLED && i < state.n_elements; i++)
        if (work->values[i].is_set)
            diagnostics_add(l->diagnostics, SEVERITY_WARNING, "lower-idle-element",
                            work->origins[i],
                            "an option of policy '%s' has no effect while its state is "
                            "%s, ignoring",
                            text(l, work->policy->id), policy_state_name(state.state));
    /* A value may be of any of the lines. */
    for (uint32_t i = 0; i < state.n_elements; i++)
        if (work->values[i].is_set && work->origins[i].is_private)
            work->origin.is_private = true;
    struct operations written = { 0 };
    if (state_write(l->catalogue, work->policy, &state, work->origin, l->arena,
                    l->diagnostics, &written) < 0)
        return;
    if (state.state == STATE_ENABLED)
        place_origins(l, work, &written);
    for (size_t i = 0; i < written.n; i++)
        operations_add(l->halves[work->half], l->arena, &written.items[i]);
}

void lowering_policies(struct lowering *l)
{
    size_t n;
    catalogue_policies(l->catalogue, &n);
    struct works works = { .of = arena_array(l->arena, 2 * n, uint32_t) };
    for (size_t i = 0; works.of && i < l->statements->n; i++) {
        const struct statement *s = &l->statements->items[i];
        const struct cat_policy *policy =
            s->kind == STATEMENT_POLICY ? find_policy(l, s) : NULL;
        struct work *work = policy ? work_of(l, &works, policy, s) : NULL;
        if (work && s->element)
            lower_element(l, work, s);
        else if (work)
            lower_state(l, work, s);
    }
    for (size_t i = 0; i < works.n; i++)
        finish(l, &works.items[i]);
}
