#include "engine/update/lower.h"

#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "engine/state/state.h"
#include "engine/update/binding.h"
#include "engine/update/lowering.h"

/* Settings. Each becomes a state of its policy that is enough to be written, of which
 * only the setting's own operations are kept. */

/* A value that the template accepts for an element that nobody spoke of. */
static void fill(struct lowering *l, const struct cat_element *e,
                 struct element_value *value)
{
    static const struct list_entry entry = { "1", "1" };
    value->is_set = true;
    value->number = e->min_value;
    value->text = "x";
    value->choice = e->first_choice;
    value->entries = &entry;
    const char **lines = arena_array(l->arena, 1, const char *);
    if (lines)
        lines[0] = "x";
    value->lines = lines;
    value->n = 1;
}

static struct state new_state(struct lowering *l, const struct cat_policy *policy,
                              enum policy_state which)
{
    struct state state = { .state = which, .n_elements = policy->n_elements };
    state.elements = arena_array(l->arena, policy->n_elements, struct element_value);
    if (!state.elements)
        return (struct state){ .state = which };
    const struct cat_element *elements = catalogue_elements(l->catalogue);
    for (uint32_t i = 0; i < policy->n_elements; i++) {
        const struct cat_element *e = &elements[policy->first_element + i];
        state.elements[i].element = policy->first_element + i;
        if (which == STATE_ENABLED && e->flags & CAT_REQUIRED)
            fill(l, e, &state.elements[i]);
    }
    return state;
}

/* The choice of an enum that writes the number; CAT_NONE. */
static uint32_t find_choice(const struct catalogue *catalogue,
                            const struct cat_element *e, uint32_t number)
{
    const struct cat_choice *choices = catalogue_choices(catalogue);
    for (uint32_t i = e->first_choice; i < e->first_choice + e->n_choices; i++)
        if (choices[i].value.kind == CAT_LITERAL_DECIMAL &&
            choices[i].value.number == number)
            return i;
    return CAT_NONE;
}

static bool set_element(struct lowering *l, const struct cat_element *e,
                        const struct setting_value *from, struct element_value *to)
{
    *to = (struct element_value){ .element = to->element, .is_set = true };
    switch ((enum cat_element_kind)e->kind) {
    case CAT_BOOLEAN:
        to->boolean = from->number;
        return true;
    case CAT_DECIMAL:
    case CAT_LONG_DECIMAL:
        to->number = from->number;
        return true;
    case CAT_ENUM:
        to->choice = find_choice(l->catalogue, e, from->number);
        return to->choice != CAT_NONE;
    case CAT_TEXT:
        to->text = from->text;
        return from->text;
    case CAT_LIST: {
        struct list_entry *entries =
            arena_array(l->arena, from->list.n, struct list_entry);
        for (size_t i = 0; entries && i < from->list.n; i++)
            entries[i] =
                (struct list_entry){ from->list.items[i], from->list.items[i] };
        to->entries = entries;
        to->n = from->list.n;
        return true;
    }
    case CAT_MULTI_TEXT:
        break;
    }
    return false;
}

static void say(struct lowering *l, const struct statement *s, const char *code,
                const char *what)
{
    diagnostics_add(l->diagnostics, SEVERITY_ERROR, code, s->origin, "%s: %s, ignoring",
                    s->subject, what ? what : "cannot be read");
}

/* The state that says the value; false when the template offers no such value. */
static bool state_of(struct lowering *l, const struct setting *setting,
                     const struct cat_policy *policy, const struct cat_element *e,
                     const struct setting_value *value, struct state *ret)
{
    if (!e) { /* the policy's own value */
        uint64_t on = policy->enabled_value.kind == CAT_LITERAL_DECIMAL
                          ? policy->enabled_value.number
                          : 1;
        *ret =
            new_state(l, policy, value->number == on ? STATE_ENABLED : STATE_DISABLED);
        return true;
    }
    if (value->choice && value->choice->is_disabled) {
        *ret = new_state(l, policy, STATE_DISABLED);
        return true;
    }
    struct state state = new_state(l, policy, STATE_ENABLED);
    if (!state.elements)
        return true; /* memory is out; the product fails at its end */
    const struct cat_element *first =
        catalogue_elements(l->catalogue) + policy->first_element;
    bool fits = true;
    if (setting->kind == KIND_BITS)
        for (const struct choice *c = setting->choices; c->word; c++) {
            const struct cat_element *bit =
                binding_element(l->catalogue, policy, setting->key, c->value_name);
            struct setting_value one = { .number = !!(value->number & c->value) };
            fits =
                fits && bit && set_element(l, bit, &one, &state.elements[bit - first]);
        }
    else
        fits = set_element(l, e, value, &state.elements[e - first]);
    *ret = state;
    return fits;
}

/* What a person wrote, for a message; a message goes to logs and answers. */
static const char *quoted(struct lowering *l, const struct setting *setting,
                          const struct statement *s)
{
    return setting->is_sensitive || s->origin.is_private
               ? "the value"
               : arena_format(l->arena, "'%s'", s->text);
}

/* What one statement writes; false when that is nothing. */
static bool lower_setting(struct lowering *l, const struct setting *setting,
                          const struct statement *s, bool own_values,
                          struct operations *to)
{
    const struct cat_policy *policy;
    const struct cat_element *e;
    if (!binding_find(l->catalogue, setting, &policy, &e)) {
        if (!own_values)
            say(l, s, "lower-no-policy", "no template here has a policy for it");
        return false;
    }
    if (own_values != !e)
        return false;
    struct setting_value value;
    const char *why = NULL;
    int r = settings_parse(setting, s->text, l->arena, &value, &why);
    if (r < 0) {
        say(l, s, "lower-value",
            arena_format(l->arena, "%s %s", quoted(l, setting, s), why ? why : ""));
        return false;
    }
    struct state state;
    if (!state_of(l, setting, policy, e, &value, &state)) {
        say(l, s, "lower-value",
            arena_format(l->arena, "the template does not offer %s",
                         quoted(l, setting, s)));
        return false;
    }
    struct operations written = { 0 };
    if (state_write(l->catalogue, policy, &state, s->origin, l->arena, l->diagnostics,
                    &written) < 0)
        return false;
    for (size_t i = 0; i < written.n; i++)
        if (settings_uses(setting, written.items[i].key, written.items[i].name))
            operations_add(to, l->arena, &written.items[i]);
    return true;
}

static bool overrides(const struct operations *later, const struct operation *o)
{
    for (size_t i = 0; i < later->n; i++) {
        const struct operation *by = &later->items[i];
        if (name_equal(by->key, o->key) &&
            (by->op == OP_CLEARVALS ||
             (by->name && o->name && name_equal(by->name, o->name))))
            return true;
    }
    return false;
}

/* Rule 1. What an earlier statement wrote and the last one does not override (an entry
 * of a list that adds) would count beside it, so that is left out. */
static void lower_settings(struct lowering *l, int index, const struct statement *last,
                           bool own_values)
{
    struct operations *to = l->halves[HALF_MACHINE], counts = { 0 };
    if (!lower_setting(l, &settings[index], last, own_values, &counts))
        return;
    for (const struct statement *s = l->statements->items; s < last; s++) {
        struct operations earlier = { 0 };
        if (s->kind == STATEMENT_SETTING && settings_find(s->subject, NULL) == index)
            lower_setting(l, &settings[index], s, own_values, &earlier);
        for (size_t i = 0; i < earlier.n; i++)
            if (overrides(&counts, &earlier.items[i]))
                operations_add(to, l->arena, &earlier.items[i]);
    }
    for (size_t i = 0; i < counts.n; i++)
        operations_add(to, l->arena, &counts.items[i]);
}

void lowering_settings(struct lowering *l)
{
    const struct statement *last[SETTING_COUNT] = { 0 };
    for (size_t i = 0; i < l->statements->n; i++) {
        const struct statement *s = &l->statements->items[i];
        if (s->kind != STATEMENT_SETTING)
            continue;
        const char *near = NULL;
        int index = settings_find(s->subject, &near);
        if (index < 0)
            diagnostics_add(l->diagnostics, SEVERITY_ERROR, "lower-unknown-setting",
                            s->origin, "there is no setting '%s'%s%s%s, ignoring",
                            s->subject, near ? "; did you mean '" : "",
                            near ? near : "", near ? "'?" : "");
        else
            last[index] = s;
    }
    for (int own_values = 0; own_values < 2; own_values++)
        for (int i = 0; i < SETTING_COUNT; i++)
            if (last[i])
                lower_settings(l, i, last[i], own_values);
}

int lower_statements(const struct statements *statements,
                     const struct catalogue *catalogue, struct arena *arena,
                     struct diagnostics *diagnostics, struct operations *machine,
                     struct operations *user)
{
    struct lowering l = {
        statements, catalogue, arena, diagnostics, { machine, user }
    };
    lowering_policies(&l);
    lowering_settings(&l);
    return arena_failed(arena) ? GPCONF_ENOMEM : 0;
}
