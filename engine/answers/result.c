#include "engine/answers/result.h"

#include <string.h>

#include "base/limits.h"
#include "base/status.h"
#include "engine/answers/policy.h"
#include "engine/state/report.h"
#include "engine/update/settings.h"

static bool has_value(const struct operation *op)
{
    return op->op == OP_SET || op->op == OP_SOFTSET;
}

bool result_hides(const struct operation *op)
{
    return has_value(op) &&
           (op->origin.is_private || settings_hides(op->key, op->name));
}

void result_operation(struct gpconf_answer *a, struct gpconf_node *to,
                      const struct operation *op)
{
    answer_text(a, to, "op", op_name(op->op));
    answer_text(a, to, "key", op->key);
    answer_text(a, to, "name", op->name);
    if (!has_value(op))
        return;
    const char *type = value_type_name(op->value.type);
    if (type)
        answer_text(a, to, "type", type);
    else
        answer_number(a, to, "type", op->value.type);
    if (result_hides(op))
        answer_bool(a, to, "redacted", true);
    else
        answer_value(a, to, "data", &op->value);
}

/* Is it a GPO that is looked at for itself, wherever it may be linked? */
static bool stands_alone(const struct layer *layer)
{
    return layer->gpo && !layer->gpo->is_local && !layer->container;
}

void result_origin(struct gpconf_answer *a, struct gpconf_node *to, const char *name,
                   const struct rsop *rsop, const struct contribution *contribution)
{
    const struct layer *layer = &rsop->layers[contribution->layer];
    const struct origin *origin = &contribution->operation->origin;
    struct gpconf_node *node = answer_object(a, to, name);
    if (!stands_alone(layer))
        answer_text(a, node, "layer", layer_kind_name(layer->kind));
    answer_text(a, node, "gpo", layer->gpo ? layer->gpo->id : NULL);
    answer_text(a, node, "name", layer->name);
    answer_text(a, node, "container", layer->container);
    if (layer->link_order)
        answer_number(a, node, "link", layer->link_order);
    if (layer->kind == LAYER_ENFORCED)
        answer_bool(a, node, "enforced", true);
    answer_text(a, node, "file", origin->file);
    if (origin->unit != ORIGIN_WHOLE)
        answer_number(a, node, origin->unit == ORIGIN_LINE ? "line" : "record",
                      origin->at);
}

/* --- GPOs ------------------------------------------------------------------- */

/* How many operations of a layer are in effect, of how many. */
static void count_layer(const struct evaluation *e, uint32_t layer, int64_t *ret_effect,
                        int64_t *ret_all)
{
    *ret_effect = *ret_all = 0;
    for (int half = 0; half < 2; half++) {
        const struct rsop *rsop = &e->rsop[half];
        for (size_t i = 0; i < rsop->n; i++)
            if (rsop->log[i].layer == layer) {
                *ret_all += 1;
                *ret_effect += rsop->log[i].fate == FATE_IN_EFFECT;
            }
    }
}

/* A layer none of whose operations is in effect is superseded. */
static void add_layer(struct gpconf_answer *a, struct gpconf_node *list,
                      const struct evaluation *e, uint32_t index)
{
    const struct layer *layer = &e->order.layers[index];
    int64_t effect, all;
    count_layer(e, index, &effect, &all);
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "id", layer->gpo ? layer->gpo->id : NULL);
    answer_text(a, row, "name", layer->name);
    answer_text(a, row, "state", all && !effect ? "superseded" : "applied");
    answer_text(a, row, "layer", layer_kind_name(layer->kind));
    answer_text(a, row, "container", layer->container);
    if (layer->link_order)
        answer_number(a, row, "link", layer->link_order);
    answer_bool(a, row, "enforced", layer->kind == LAYER_ENFORCED);
    if (layer->gpo) {
        answer_number(a, row, "version_machine", gpt_machine_version(&layer->gpo->gpt));
        answer_number(a, row, "version_user", gpt_user_version(&layer->gpo->gpt));
    }
    answer_number(a, row, "operations", all);
    answer_number(a, row, "operations_in_effect", effect);
    answer_origin(a, row, "origin", &layer->link);
}

static void add_denied(struct gpconf_answer *a, struct gpconf_node *list,
                       const struct denied *denied)
{
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "id", denied->gpo);
    answer_text(a, row, "name", denied->name);
    answer_text(a, row, "state", "denied");
    answer_text(a, row, "reason", denial_name(denied->reason));
    answer_text(a, row, "reason_text", denial_text(denied->reason));
    answer_text(a, row, "container", denied->container);
    answer_text(a, row, "detail", denied->detail);
    answer_origin(a, row, "origin", &denied->link);
}

static void add_gpos(struct gpconf_answer *a, const struct evaluation *e)
{
    struct gpconf_node *list = answer_list(a, a->data, "gpos");
    for (size_t i = e->order.n_layers; i-- > 0;)
        add_layer(a, list, e, (uint32_t)i);
    for (size_t i = 0; i < e->order.n_denied; i++)
        add_denied(a, list, &e->order.denied[i]);
}

/* --- Policies --------------------------------------------------------------- */

/* The strongest contribution in effect on anything that the policy can write. */
static const struct contribution *decider(const struct evaluation *e, int half,
                                          const struct cat_policy *policy)
{
    const struct catalogue *c = e->catalogue;
    const struct rsop *rsop = &e->rsop[half];
    const struct contribution *best = NULL;
    if (policy->value_name)
        best = rsop_decider(rsop, catalogue_text(c, policy->key),
                            catalogue_text(c, policy->value_name));
    const struct cat_element *elements = catalogue_elements(c) + policy->first_element;
    for (uint32_t i = 0; i < policy->n_elements; i++) {
        const char *key = catalogue_text(c, elements[i].key);
        const char *name = catalogue_text(c, elements[i].value_name);
        const struct contribution *found = NULL;
        size_t first = 0, n = 0;
        if (elements[i].kind != CAT_LIST && name)
            found = rsop_decider(rsop, key, name);
        else
            rsop_key(rsop, key, &first, &n);
        for (size_t s = first; s < first + n && !found; s++)
            found = rsop_winner(rsop, &rsop->slots[s]);
        if (found && (!best || found->layer > best->layer))
            best = found;
    }
    const struct cat_list lists[] = { policy->enabled_list, policy->disabled_list };
    const struct cat_list_item *items = catalogue_list_items(c);
    for (size_t l = 0; l < 2; l++)
        for (uint32_t i = 0; i < lists[l].n; i++) {
            const struct cat_list_item *item = &items[lists[l].first + i];
            const struct contribution *found =
                rsop_decider(rsop, catalogue_text(c, item->key),
                             catalogue_text(c, item->value_name));
            if (found && (!best || found->layer > best->layer))
                best = found;
        }
    return best;
}

static void add_contradictions(struct gpconf_answer *a, struct gpconf_node *to,
                               const struct state *state)
{
    if (!state->n_contradictions)
        return;
    struct gpconf_node *list = answer_list(a, to, "contradicted_by");
    for (size_t i = 0; i < state->n_contradictions; i++)
        result_operation(a, answer_object(a, list, NULL), state->contradictions[i]);
}

static void add_policy(struct gpconf_answer *a, struct gpconf_node *list,
                       const struct evaluation *e, int half,
                       const struct cat_policy *policy, const struct state *state,
                       uint32_t alias_of)
{
    const struct catalogue *c = e->catalogue;
    size_t n;
    const struct cat_policy *policies = catalogue_policies(c, &n);
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "id", catalogue_text(c, policy->id));
    answer_text(a, row, "class", half == RSOP_MACHINE ? "machine" : "user");
    policy_identity(a, row, c, policy);
    answer_text(a, row, "state", policy_state_name(state->state));
    if (state->state == STATE_ENABLED)
        policy_elements(a, row, c, &e->rsop[half], policy, state);
    const struct contribution *origin = decider(e, half, policy);
    if (origin)
        result_origin(a, row, "origin", &e->rsop[half], origin);
    add_contradictions(a, row, state);
    if (alias_of < n)
        answer_text(a, row, "alias_of", catalogue_text(c, policies[alias_of].id));
}

static int add_policies(struct gpconf_answer *a, struct gpconf_node *list,
                        const struct evaluation *e, int half, struct arena *scratch,
                        bool *configured)
{
    size_t n;
    const struct cat_policy *policies = catalogue_policies(e->catalogue, &n);
    enum cat_class class_ = half == RSOP_MACHINE ? CAT_MACHINE : CAT_USER;
    uint32_t *alias_of;
    int status =
        report_aliases(e->catalogue, class_, &e->effective[half], scratch, &alias_of);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++) {
        if (!(policies[i].class_ & class_) || policies[i].duplicate_of != CAT_NONE)
            continue;
        struct state state;
        status = state_read(e->catalogue, &policies[i], e->view[half], scratch, &state);
        if (status)
            return status;
        configured[i] = state.state != STATE_NOT_CONFIGURED;
        if (configured[i])
            add_policy(a, list, e, half, &policies[i], &state, alias_of[i]);
    }
    return 0;
}

/* --- Values that no configured policy explains -------------------------------- */

static bool explained(const struct evaluation *e, const struct operation *op,
                      const bool *configured)
{
    enum { MOST = 64 };
    const struct cat_policy *found[MOST];
    /* Clearing a key is what a list does; a list explains any value of its key. */
    const char *name = op->op == OP_CLEARVALS ? "" : op->name;
    if (!name)
        return false;
    size_t n = catalogue_find_value(e->catalogue, op->key, name, found, MOST);
    size_t n_policies;
    const struct cat_policy *policies = catalogue_policies(e->catalogue, &n_policies);
    for (size_t i = 0; i < n && i < MOST; i++)
        if (configured[found[i] - policies])
            return true;
    return false;
}

static void add_values(struct gpconf_answer *a, struct gpconf_node *list,
                       const struct evaluation *e, int half, const bool *configured)
{
    const struct rsop *rsop = &e->rsop[half];
    for (size_t s = 0; s < rsop->n_slots; s++) {
        const struct contribution *winner = rsop_winner(rsop, &rsop->slots[s]);
        if (!winner || explained(e, winner->operation, configured))
            continue;
        struct gpconf_node *row = answer_object(a, list, NULL);
        answer_text(a, row, "class", half == RSOP_MACHINE ? "machine" : "user");
        result_operation(a, row, winner->operation);
        result_origin(a, row, "origin", rsop, winner);
    }
}

int result_configured(struct gpconf_answer *a, const struct evaluation *e)
{
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    size_t n;
    catalogue_policies(e->catalogue, &n);
    struct gpconf_node *policies = answer_list(a, a->data, "policies");
    struct gpconf_node *values = answer_list(a, a->data, "values");
    int status = 0;
    for (int half = 0; half < 2 && !status; half++) {
        bool *configured = arena_array(&scratch, n, bool);
        if (!configured)
            status = GPCONF_ENOMEM;
        else
            status = add_policies(a, policies, e, half, &scratch, configured);
        if (!status)
            add_values(a, values, e, half, configured);
    }
    arena_done(&scratch);
    return status;
}

int result_answer(const struct evaluation *e, struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("result", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    diagnostics_append(&a->diagnostics, &e->diagnostics);
    answer_bool(a, a->data, "complete", evaluation_is_complete(e));
    add_gpos(a, e);
    int status = result_configured(a, e);
    if (status) {
        gpconf_answer_unref(a);
        return status;
    }
    return answer_finish(a, ret);
}
