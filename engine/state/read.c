#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/state/translation.h"

/* ---- which state ---- */

static bool is_absent(const struct cat_literal *literal)
{
    return literal->kind == CAT_LITERAL_ABSENT;
}

/* Is the element's value this one? */
static bool is_value_of(const struct translation *t, const struct cat_element *e,
                        uint32_t key, uint32_t name)
{
    return e->value_name && name &&
           name_equal(text_of(t, e->value_name), text_of(t, name)) &&
           name_equal(text_of(t, e->key), text_of(t, key));
}

/* Does an element write the value that the policy owns? */
static bool element_writes_own_value(const struct translation *t)
{
    const struct cat_policy *p = t->policy;
    const struct cat_element *elements = catalogue_elements(t->catalogue);
    for (uint32_t i = 0; i < p->n_elements; i++)
        if (is_value_of(t, &elements[p->first_element + i], p->key, p->value_name))
            return true;
    return false;
}

/* Rule 1 of reading. True when it decides. */
static bool read_own_value(const struct translation *t, enum policy_state *ret)
{
    const struct cat_policy *p = t->policy;
    if (!p->value_name)
        return false;
    const struct operation *o =
        view_value(t->view, text_of(t, p->key), text_of(t, p->value_name));
    bool enabled = literal_holds(t, p->key, p->value_name, &p->enabled_value);
    bool disabled = literal_holds(t, p->key, p->value_name, &p->disabled_value);
    uint64_t number;
    if (is_absent(&p->enabled_value) && !p->enabled_list.n)
        enabled = sets_number(o, &number) && number == 1;
    if (is_absent(&p->disabled_value) && !p->disabled_list.n)
        disabled = o && o->op == OP_DELETE;
    *ret = STATE_NOT_CONFIGURED;
    if (enabled)
        *ret = STATE_ENABLED;
    else if (disabled)
        *ret = STATE_DISABLED;
    if (enabled || disabled)
        return true;
    bool defined = !is_absent(&p->enabled_value) || !is_absent(&p->disabled_value);
    return defined && !element_writes_own_value(t);
}

/* Rule 2. */
static bool read_lists(const struct translation *t, enum policy_state *ret)
{
    bool enabled = list_tally(t, &t->policy->enabled_list).holding > 0;
    bool disabled = list_tally(t, &t->policy->disabled_list).holding > 0;
    if (enabled || disabled)
        *ret = enabled ? STATE_ENABLED : STATE_DISABLED;
    return enabled || disabled;
}

/* Read every element; rule 3 is what they are evidence of. */
static enum evidence read_elements(const struct translation *t,
                                   struct element_value *values)
{
    enum evidence evidence = EVIDENCE_NONE;
    for (uint32_t i = 0; i < t->policy->n_elements; i++) {
        uint32_t at = t->policy->first_element + i;
        const struct cat_element *e = &catalogue_elements(t->catalogue)[at];
        values[i].element = at;
        enum evidence one = element_kind_of(e)->read(t, e, &values[i]);
        if (one > evidence)
            evidence = one;
    }
    return evidence;
}

/* Rules 1 to 3. Elements are read in any case. */
static void read_state(const struct translation *t, struct state *state)
{
    uint32_t n = t->policy->n_elements;
    state->elements = arena_array(t->arena, n, struct element_value);
    if (!state->elements)
        return;
    state->n_elements = n;
    enum evidence evidence = read_elements(t, state->elements);
    if (read_own_value(t, &state->state) || read_lists(t, &state->state))
        return;
    if (evidence == EVIDENCE_SET)
        state->state = STATE_ENABLED;
    else if (evidence == EVIDENCE_DELETED)
        state->state = STATE_DISABLED;
}

/* Is the element's value one that enabling the policy writes without it? */
static bool is_taken(const struct translation *t, const struct cat_element *e)
{
    const struct cat_policy *p = t->policy;
    struct cat_literal one = { .kind = CAT_LITERAL_DECIMAL, .number = 1 };
    if (is_value_of(t, e, p->key, p->value_name) &&
        literal_holds(t, p->key, p->value_name,
                      is_absent(&p->enabled_value) ? &one : &p->enabled_value))
        return true;
    const struct cat_list_item *items = catalogue_list_items(t->catalogue);
    for (uint32_t i = 0; i < p->enabled_list.n; i++) {
        const struct cat_list_item *item = &items[p->enabled_list.first + i];
        if (is_value_of(t, e, item->key, item->value_name) &&
            literal_holds(t, item->key, item->value_name, &item->value))
            return true;
    }
    return false;
}

static void mark_taken(const struct translation *t, struct state *state)
{
    const struct cat_element *elements = catalogue_elements(t->catalogue);
    for (size_t i = 0; i < state->n_elements; i++) {
        struct element_value *value = &state->elements[i];
        value->is_taken = value->is_set && is_taken(t, &elements[value->element]);
    }
}

static void unset_elements(const struct translation *t, struct state *state)
{
    for (uint32_t i = 0; i < state->n_elements; i++)
        state->elements[i] =
            (struct element_value){ .element = t->policy->first_element + i };
}

/* ---- what contradicts it ---- */

/* Do two operations leave the same? A soft set counts as a set, a number is a number in
 * any type, text is text. */
static bool alike(const struct translation *t, const struct operation *a,
                  const struct operation *b)
{
    if (!view_is_set(a) || !view_is_set(b))
        return a->op == b->op;
    uint64_t x, y;
    if (sets_number(a, &x) && sets_number(b, &y))
        return x == y;
    const char *s = value_text(&a->value, t->scratch);
    const char *r = value_text(&b->value, t->scratch);
    if (s && r)
        return name_equal(s, r);
    size_t n, m;
    const char *const *lines = value_lines(&a->value, t->scratch, &n);
    const char *const *others = value_lines(&b->value, t->scratch, &m);
    if (!lines || !others)
        return value_equal(&a->value, &b->value);
    for (size_t i = 0; n == m && i < n; i++)
        if (strcmp(lines[i], others[i]) != 0)
            return false;
    return n == m;
}

/* Is it an entry of a list that the state shows, or the clearing that goes with it? */
static bool is_in_list(const struct translation *t, const struct state *state,
                       const struct operation *o)
{
    if (o->name && (!view_is_set(o) || reach_names(&t->reach, o->key, o->name)))
        return false;
    const struct cat_element *elements = catalogue_elements(t->catalogue);
    for (size_t i = 0; i < state->n_elements; i++) {
        const struct cat_element *e = &elements[state->elements[i].element];
        if (e->kind == CAT_LIST && state->elements[i].is_set &&
            name_equal(text_of(t, e->key), o->key))
            return true;
    }
    return false;
}

/* Everything in the view that is within the policy's reach, in file order. */
static const struct operation **present(const struct translation *t, size_t *ret_n)
{
    const struct operation **found = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < t->reach.n; i++) {
        const struct reach_item *item = &t->reach.items[i];
        const struct operation *one, *const *list = &one;
        size_t n_list = 1;
        if (item->name)
            one = view_value(t->view, item->key, item->name);
        else
            list = view_key(t->view, item->key, &n_list);
        for (size_t j = 0; j < n_list; j++) {
            found = arena_grow(t->scratch, found, n, sizeof *found, &capacity);
            if (found && list[j] && view_shows(t->view, list[j]))
                found[n++] = list[j];
        }
        one = item->name ? NULL : view_cleared(t->view, item->key);
        found = arena_grow(t->scratch, found, n, sizeof *found, &capacity);
        if (found && one)
            found[n++] = one;
    }
    *ret_n = found ? n : 0;
    return found;
}

static int by_place(const void *a, const void *b)
{
    const struct operation *const *x = a, *const *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Find what is present but not of a state. True when nothing is, and everything that
 * the state would have written is present. */
static bool compare(const struct translation *t, const struct state *state,
                    const struct operation *const *found, size_t n,
                    const struct operation **contradictions, size_t *ret_n)
{
    struct operations expected = { 0 };
    struct translation writing = { .catalogue = t->catalogue,
                                   .policy = t->policy,
                                   .arena = t->scratch,
                                   .to = &expected };
    struct state_view *view;
    *ret_n = 0;
    translation_write(&writing, state);
    if (state_view_build(&expected, t->scratch, &view) < 0)
        return false;
    size_t matched = 0;
    for (size_t i = 0; i < n; i++) {
        const struct operation *o = found[i];
        const struct operation *same =
            o->name ? view_value(view, o->key, o->name) : view_cleared(view, o->key);
        if (same && alike(t, o, same))
            matched++;
        else if (!is_in_list(t, state, o))
            contradictions[(*ret_n)++] = o;
    }
    return *ret_n == 0 && matched == view_count(view);
}

/* Rule 4, and what contradicts the state. */
static void weigh(const struct translation *t, struct state *state)
{
    size_t n, kept = 0, none;
    const struct operation **found = present(t, &n);
    if (n == 0)
        return;
    qsort(found, n, sizeof *found, by_place);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || found[i] != found[i - 1])
            found[kept++] = found[i];
    n = kept;

    const struct operation **contradictions =
        arena_array(t->arena, n, const struct operation *);
    const struct operation **ignored =
        arena_array(t->scratch, n, const struct operation *);
    if (!contradictions || !ignored)
        return;
    struct state other = *state;
    bool exact = compare(t, state, found, n, contradictions, &state->n_contradictions);
    static const enum policy_state others[] = { STATE_ENABLED, STATE_DISABLED };
    for (size_t i = 0; !exact && i < 2; i++) {
        other.state = others[i];
        exact =
            other.state != state->state && compare(t, &other, found, n, ignored, &none);
        if (exact) {
            state->state = other.state;
            state->n_contradictions = 0;
        }
    }
    state->contradictions = contradictions;
}

int state_read(const struct catalogue *catalogue, const struct cat_policy *policy,
               const struct state_view *view, struct arena *arena, struct state *ret)
{
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    struct translation t = { .catalogue = catalogue,
                             .policy = policy,
                             .arena = arena,
                             .view = view,
                             .scratch = &scratch };
    struct state state = { .state = STATE_NOT_CONFIGURED };
    if (reach_build(catalogue, policy, &scratch, &t.reach) == 0) {
        read_state(&t, &state);
        if (!arena_failed(arena) && !arena_failed(&scratch))
            weigh(&t, &state);
        if (state.state == STATE_ENABLED)
            mark_taken(&t, &state);
        else
            unset_elements(&t, &state);
    }
    bool failed = arena_failed(arena) || arena_failed(&scratch);
    arena_done(&scratch);
    if (failed)
        return GPCONF_ENOMEM;
    *ret = state;
    return 0;
}
