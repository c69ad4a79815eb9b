#include "engine/answers/explain.h"

#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/answers/result.h"
#include "engine/answers/status.h"
#include "engine/update/settings.h"

/* In words, why a contribution does not count. winner is the one that beat it. */
static const char *reason(const struct rsop *rsop, const struct contribution *c)
{
    const struct contribution *winner = &rsop->log[c->beaten_by];
    const struct layer *layer = &rsop->layers[c->layer];
    const struct layer *stronger = &rsop->layers[winner->layer];
    switch (c->fate) {
    case FATE_IN_EFFECT:
        return NULL;
    case FATE_SOFT_EXISTED:
        return "it only counts where nothing else is set";
    case FATE_CLEARED:
        return "a stronger layer removes every value of this key";
    case FATE_OUTRANKED:
        break;
    }
    if (c->layer == winner->layer)
        return "a later line of the same file says otherwise";
    if (layer->kind == LAYER_LOCAL_POLICY && stronger->kind == LAYER_GRANTED)
        return "the same choice counts as granted local policy";
    if (layer->kind == LAYER_LOCAL_POLICY)
        return "local policy is the weakest";
    if (stronger->kind == LAYER_ENFORCED)
        return "the other link is enforced";
    if (stronger->kind == LAYER_GRANTED)
        return "a linked GPO hands this setting back to local policy";
    if (layer->container && stronger->container &&
        name_equal(layer->container, stronger->container))
        return "its link order is weaker";
    return "farther from this machine";
}

static void add_contribution(struct gpconf_answer *a, struct gpconf_node *list,
                             const struct rsop *rsop, const struct contribution *c)
{
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "fate", fate_name(c->fate));
    result_operation(a, row, c->operation);
    result_origin(a, row, "origin", rsop, c);
    answer_text(a, row, "why", reason(rsop, c));
}

/* Everything that was said about one value, the strongest first; then what removes it
 * without naming it. */
static void add_value(struct gpconf_answer *a, struct gpconf_node *list,
                      const struct rsop *rsop, const char *key, const char *name)
{
    const struct slot *slot = rsop_find(rsop, key, name);
    const struct contribution *decider = rsop_decider(rsop, key, name);
    if (decider && (!slot || decider != rsop_winner(rsop, slot)))
        add_contribution(a, list, rsop, decider);
    for (uint32_t i = slot ? slot->n : 0; i-- > 0;)
        add_contribution(a, list, rsop, &rsop->log[rsop->by_slot[slot->first + i]]);
}

static void explain_setting(struct gpconf_answer *a, const struct evaluation *e,
                            int index)
{
    const struct setting *s = &settings[index];
    const struct rsop *rsop = &e->rsop[RSOP_MACHINE];
    const struct decision *d = &e->config.decisions[index];
    answer_text(a, a->data, "setting", s->id);
    if (status_hides(e, (enum setting_index)index))
        answer_bool(a, a->data, "redacted", true);
    else if (!d->is_off && !d->is_unfit)
        answer_text(a, a->data, "value",
                    settings_print(&e->config, (enum setting_index)index, &a->arena));
    answer_text(a, a->data, "unit", s->unit);
    answer_text(a, a->data, "state",
                d->source == BY_POLICY  ? "policy"
                : d->source == BY_LOCAL ? "local"
                                        : "default");
    answer_text(a, a->data, "why", d->why);
    struct gpconf_node *list = answer_list(a, a->data, "chain");
    if (s->value_name && s->kind != KIND_BITS)
        add_value(a, list, rsop, s->key, s->value_name);
    for (const struct choice *c = s->choices; c && c->word; c++)
        if (c->value_name)
            add_value(a, list, rsop, s->key, c->value_name);
    if (s->gate.name)
        add_value(a, list, rsop, s->gate.key, s->gate.name);
    size_t first = 0, n = 0;
    if (s->kind == KIND_LIST)
        rsop_key(rsop, s->key, &first, &n);
    for (size_t i = first; i < first + n; i++)
        add_value(a, list, rsop, s->key, rsop->slots[i].name);
}

/* KEY\NAME; the name is what stands behind the last backslash. */
static bool explain_value(struct gpconf_answer *a, const struct evaluation *e,
                          const char *what)
{
    const char *split = strrchr(what, '\\');
    if (!split || split == what)
        return false;
    const char *key = arena_string_n(&a->arena, what, (size_t)(split - what));
    if (!key)
        return false;
    struct gpconf_node *list = answer_list(a, a->data, "chain");
    for (int half = 0; half < 2; half++)
        add_value(a, list, &e->rsop[half], key, split + 1);
    answer_text(a, a->data, "state", list && list->n ? "policy" : "default");
    return true;
}

int explain_answer(const struct evaluation *e, const char *what,
                   struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("explain", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    const char *near = NULL;
    int index = settings_find(what, &near), found = 0;
    if (index >= 0) {
        explain_setting(a, e, index);
    } else if (!explain_value(a, e, what)) {
        answer_text(a, answer_list(a, a->data, "suggestions"), NULL, near);
        found = GPCONF_ENOTFOUND;
    }
    int status = answer_finish(a, ret);
    return status ? status : found;
}
