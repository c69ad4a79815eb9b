#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "engine/answers/explaining.h"
#include "engine/answers/result.h"
#include "engine/answers/status.h"
#include "engine/state/reach.h"

/* Who said what about a value, and why it counts or does not. */

const char *explaining_reason(const struct rsop *rsop, const struct contribution *c)
{
    const struct contribution *winner = &rsop->log[c->beaten_by];
    const struct layer *layer = &rsop->layers[c->layer];
    const struct layer *stronger = &rsop->layers[winner->layer];
    const char *file = c->operation->origin.file;
    const char *other = winner->operation->origin.file;
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
        return file && other && strcmp(file, other) != 0
                   ? "a later file of local policy says otherwise"
                   : "a later line of the same file says otherwise";
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

void explaining_chain(struct explaining *x)
{
    for (int half = 0; half < 2; half++)
        x->told[half] = arena_array(&x->a->arena, x->e->rsop[half].n, bool);
    x->chain = answer_list(x->a, x->a->data, "chain");
}

static void add_contribution(struct explaining *x, enum rsop_half half,
                             const struct contribution *c)
{
    const struct rsop *rsop = &x->e->rsop[half];
    size_t index = (size_t)(c - rsop->log);
    if (!x->told[half] || x->told[half][index])
        return;
    x->told[half][index] = true;
    struct gpconf_node *row = answer_object(x->a, x->chain, NULL);
    answer_text(x->a, row, "fate", fate_name(c->fate));
    answer_text(x->a, row, "class", half == RSOP_MACHINE ? "machine" : "user");
    result_operation(x->a, row, c->operation);
    result_origin(x->a, row, "origin", rsop, c);
    answer_text(x->a, row, "why", explaining_reason(rsop, c));
}

/* What removes a value without naming it decides as well, and stands first. */
static void add_value(struct explaining *x, enum rsop_half half, const char *key,
                      const char *name)
{
    const struct rsop *rsop = &x->e->rsop[half];
    const struct slot *slot = rsop_find(rsop, key, name);
    const struct contribution *decider = rsop_decider(rsop, key, name);
    if (decider && (!slot || decider != rsop_winner(rsop, slot)))
        add_contribution(x, half, decider);
    for (uint32_t i = slot ? slot->n : 0; i-- > 0;)
        add_contribution(x, half, &rsop->log[rsop->by_slot[slot->first + i]]);
}

void explaining_add(struct explaining *x, enum rsop_half half, const char *key,
                    const char *name)
{
    const struct rsop *rsop = &x->e->rsop[half];
    size_t first, n;
    add_value(x, half, key, name);
    if (name)
        return;
    rsop_key(rsop, key, &first, &n);
    for (size_t i = first; i < first + n; i++)
        add_value(x, half, key, rsop->slots[i].name);
}

void explaining_add_setting(struct explaining *x, int index)
{
    const struct setting *s = &settings[index];
    x->about[index] = true;
    if (s->kind == KIND_LIST)
        explaining_add(x, RSOP_MACHINE, s->key, NULL);
    else if (s->value_name && s->kind != KIND_BITS)
        explaining_add(x, RSOP_MACHINE, s->key, s->value_name);
    for (const struct choice *c = s->choices; c && c->word; c++)
        if (c->value_name)
            explaining_add(x, RSOP_MACHINE, s->key, c->value_name);
    if (s->gate.name)
        explaining_add(x, RSOP_MACHINE, s->gate.key, s->gate.name);
}

int explaining_add_policy(struct explaining *x, const struct cat_policy *policy)
{
    struct reach reach;
    int status = reach_build(x->e->catalogue, policy, &x->a->arena, &reach);
    if (status)
        return status;
    for (size_t i = 0; i < reach.n; i++) {
        const struct reach_item *item = &reach.items[i];
        if (policy->class_ & CAT_MACHINE)
            explaining_add(x, RSOP_MACHINE, item->key, item->name);
        if (policy->class_ & CAT_USER)
            explaining_add(x, RSOP_USER, item->key, item->name);
        for (int s = 0; s < SETTING_COUNT && policy->class_ & CAT_MACHINE; s++)
            if (settings_uses(&settings[s], item->key, item->name))
                x->about[s] = true;
    }
    return 0;
}

void explaining_state(struct explaining *x, int index)
{
    const struct decision *d = &x->e->config.decisions[index];
    struct gpconf_answer *a = x->a;
    answer_text(a, a->data, "setting", settings[index].id);
    if (status_hides(x->e, (enum setting_index)index))
        answer_bool(a, a->data, "redacted", true);
    else if (!d->is_off && !d->is_unfit)
        answer_text(
            a, a->data, "value",
            settings_print(&x->e->config, (enum setting_index)index, &a->arena));
    answer_text(a, a->data, "unit", settings[index].unit);
    answer_text(a, a->data, "state",
                d->source == BY_POLICY  ? "policy"
                : d->source == BY_LOCAL ? "local"
                                        : "default");
    if (!d->is_private || d->idle_by || d->refused_by || d->is_unfit)
        answer_text(a, a->data, "why", d->why);
}
