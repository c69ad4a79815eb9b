#include "engine/answers/plan.h"

#include "base/status.h"
#include "engine/change/plan.h"

static const char *action_name(enum step_action action)
{
    static const char *const names[] = { "keep", "create", "replace", "remove" };
    return names[action];
}

static const char *fidelity_name(enum fidelity fidelity)
{
    static const char *const names[] = { "exact", "approximate", "emulated",
                                         "unsupported" };
    return names[fidelity];
}

static void add_claim(struct gpconf_answer *a, struct gpconf_node *list,
                      const struct claim *claim)
{
    struct gpconf_node *row = answer_object(a, list, NULL);
    if (claim->line)
        answer_number(a, row, "line", claim->line);
    answer_text(a, row, "key", claim->key);
    if (claim->sensitive)
        answer_bool(a, row, "redacted", true);
    else
        answer_text(a, row, "value", claim->value);
    answer_text(a, row, "setting", claim->setting);
    answer_text(a, row, "fidelity", fidelity_name(claim->fidelity));
    answer_text(a, row, "why", claim->why);
}

static void add_step(struct gpconf_answer *a, struct gpconf_node *list,
                     const struct step *step)
{
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "action", action_name(step->action));
    answer_text(a, row, "target", step->target);
    answer_text(a, row, "owner", step->owner);
    struct gpconf_node *claims = answer_list(a, row, "claims");
    for (size_t i = 0; i < step->n_claims; i++)
        add_claim(a, claims, &step->claims[i]);
}

int plan_answer(const struct change *change, const struct client *client, int64_t now,
                const struct diagnostics *diagnostics, struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("plan", now);
    if (!a)
        return GPCONF_ENOMEM;
    diagnostics_append(&a->diagnostics, diagnostics);
    if (!change)
        return answer_finish(a, ret);
    answer_number(a, a->data, "changes", (int64_t)plan_acts(change));
    struct gpconf_node *steps = answer_list(a, a->data, "steps");
    for (size_t i = 0; i < change->n_steps; i++)
        if (change->steps[i].kind == STEP_FILE)
            add_step(a, steps, &change->steps[i]);
    answer_text(a, a->data, "orchestrator", client->orchestrator);
    struct gpconf_node *updaters = answer_list(a, a->data, "updaters");
    for (size_t i = 0; i < client->n_updaters; i++)
        answer_text(a, updaters, NULL, client->updaters[i]);
    return answer_finish(a, ret);
}
