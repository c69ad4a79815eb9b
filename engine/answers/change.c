#include "engine/answers/change.h"

#include <string.h>

#include "base/status.h"

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

struct gpconf_node *change_answer_claim(struct gpconf_answer *a,
                                        struct gpconf_node *list,
                                        const struct claim *claim)
{
    struct gpconf_node *row = answer_object(a, list, NULL);
    if (claim->line)
        answer_number(a, row, "line", claim->line);
    answer_text(a, row, "key", claim->key);
    if (claim->sensitive)
        answer_bool(a, row, "redacted", true);
    else if (!claim->value && claim->fidelity != FIDELITY_UNSUPPORTED)
        answer_bool(a, row, "unset", true);
    else
        answer_text(a, row, "value", claim->value);
    answer_text(a, row, "setting", claim->setting);
    answer_text(a, row, "fidelity", fidelity_name(claim->fidelity));
    answer_text(a, row, "why", claim->why);
    return row;
}

static void add_step(struct gpconf_answer *a, struct gpconf_node *list,
                     const struct step *step, bool with_claims)
{
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "action",
                change_adopts(step)       ? "adopt"
                : step->kind == STEP_FILE ? action_name(step->action)
                                          : "set");
    answer_text(a, row, "target", step->target);
    answer_text(a, row, "owner", step->owner);
    struct gpconf_node *claims = with_claims ? answer_list(a, row, "claims") : NULL;
    for (size_t i = 0; with_claims && i < step->n_claims; i++)
        change_answer_claim(a, claims, &step->claims[i]);
}

/* Our own records (history, copies, the mode) are how a change is kept, not what it
 * does to the machine. */
static bool is_shown(const struct step *step)
{
    return step->kind != STEP_FILE || !history_is_state(step->target);
}

/* What an undo found changed by somebody. */
static void add_drifts(struct gpconf_answer *a, struct gpconf_node *to,
                       const struct change *change)
{
    struct gpconf_node *list = change->n_drifts ? answer_list(a, to, "drifts") : NULL;
    for (size_t i = 0; i < change->n_drifts; i++) {
        struct gpconf_node *row = answer_object(a, list, NULL);
        answer_text(a, row, "target", change->drifts[i].target);
        answer_text(a, row, "kept_as", change->drifts[i].aside);
    }
}

void change_answer_steps(struct gpconf_answer *a, struct gpconf_node *to,
                         const struct change *change)
{
    int64_t acts = 0;
    for (size_t i = 0; i < change->n_steps; i++)
        acts += is_shown(&change->steps[i]) && change_acts(&change->steps[i]);
    if (change->number)
        answer_unsigned(a, to, "change", change->number);
    add_drifts(a, to, change);
    answer_number(a, to, "changes", acts);
    struct gpconf_node *steps = answer_list(a, to, "steps");
    for (size_t i = 0; i < change->n_steps; i++)
        if (is_shown(&change->steps[i]))
            add_step(a, steps, &change->steps[i], true);
}

static const char *state_name(enum change_state state)
{
    static const char *const names[] = {
        [CHANGE_STAGED] = "planned",          [CHANGE_COMMITTED] = "unfinished",
        [CHANGE_PROVISIONAL] = "provisional", [CHANGE_KEPT] = "kept",
        [CHANGE_PARTLY] = "partly-undone",    [CHANGE_REVERTED] = "undone",
    };
    return names[state];
}

void change_answer_head(struct gpconf_answer *a, struct gpconf_node *to,
                        const struct change *change)
{
    answer_unsigned(a, to, "number", change->number);
    answer_text(a, to, "verb", change->verb);
    answer_number(a, to, "at", change->at);
    answer_text(a, to, "author", change->author);
    answer_text(a, to, "state", state_name(change->state));
    if (change->undoes)
        answer_unsigned(a, to, "undoes", change->undoes);
    if (change->undone_by)
        answer_unsigned(a, to, "undone_by", change->undone_by);
    if (change->mode)
        answer_text(a, to, "mode", change->mode);
    if (change->keeps)
        answer_unsigned(a, to, "keeps", change->keeps);
    if (change->keep_by)
        answer_number(a, to, "keep_by", change->keep_by);
}

/* In a list of changes only what local policy was told is told line by line. */
static bool is_told(const struct step *step)
{
    return step->n_claims && step->owner && strcmp(step->owner, "gpconf") == 0;
}

struct gpconf_answer *change_answer(const char *kind, const struct change *change,
                                    int status, int64_t now,
                                    const struct diagnostics *diagnostics)
{
    struct gpconf_answer *a = answer_new(kind, now);
    if (!a)
        return NULL;
    diagnostics_append(&a->diagnostics, diagnostics);
    if (!status)
        change_answer_steps(a, a->data, change);
    return a;
}

int change_history(const struct history *history, uint64_t number, int64_t now,
                   const struct diagnostics *diagnostics, struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("history", now);
    if (!a)
        return GPCONF_ENOMEM;
    diagnostics_append(&a->diagnostics, diagnostics);
    struct gpconf_node *list = answer_list(a, a->data, "changes");
    for (size_t i = history->n; i-- > 0;) {
        const struct change *change = &history->changes[i];
        if (number && change->number != number)
            continue;
        struct gpconf_node *row = answer_object(a, list, NULL);
        change_answer_head(a, row, change);
        add_drifts(a, row, change);
        struct gpconf_node *steps = answer_list(a, row, "steps");
        for (size_t k = 0; k < change->n_steps; k++)
            if (is_shown(&change->steps[k]))
                add_step(a, steps, &change->steps[k],
                         number || is_told(&change->steps[k]));
    }
    bool found = !number || history_find(history, number);
    if (!found)
        diagnostics_add(&a->diagnostics, SEVERITY_ERROR, "history-no-such-change",
                        origin_file(NULL),
                        "there is no change %llu; 'gpconf history' lists them",
                        (unsigned long long)number);
    int status = answer_finish(a, ret);
    return status ? status : found ? 0 : GPCONF_ENOTFOUND;
}

/* --- Clients ------------------------------------------------------------------------ */

static void add_finding(struct gpconf_answer *a, struct gpconf_node *list,
                        const struct finding *finding)
{
    const struct claim *claim = finding->claim;
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "state", finding_state_name(finding->state));
    answer_text(a, row, "key", finding->key);
    answer_text(a, row, "file", finding->file);
    if (claim && claim->line)
        answer_number(a, row, "line", claim->line);
    if (claim && claim->sensitive)
        answer_bool(a, row, "redacted", true);
    else if (claim)
        answer_text(a, row, "value", claim->value);
    if (!claim || !claim->sensitive)
        answer_text(a, row, "seen", finding->seen);
    answer_text(a, row, "setting", claim ? claim->setting : NULL);
    answer_text(a, row, "by", finding->by);
    answer_text(a, row, "why", finding->why);
}

static void add_client(struct gpconf_answer *a, struct gpconf_node *list,
                       const struct driven *d, const struct change *wanted,
                       bool is_observed)
{
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "name", d->provider->name);
    answer_text(a, row, "version", d->client.version);
    if (is_observed)
        answer_text(a, row, "state", client_state_name(d->state));
    answer_bool(a, row, "installed", d->client.present);
    struct gpconf_node *files = answer_list(a, row, "files");
    for (size_t i = 0; i < wanted->n_steps; i++) {
        const struct step *step = &wanted->steps[i];
        if (step->owner && strcmp(step->owner, d->provider->name) == 0 && step->after)
            answer_text(a, files, NULL, step->target);
    }
    struct gpconf_node *findings = answer_list(a, row, "findings");
    for (size_t i = 0; i < d->findings.n; i++) /* what is as wanted needs a reason */
        if (d->findings.items[i].state != FINDING_IN_EFFECT || d->findings.items[i].why)
            add_finding(a, findings, &d->findings.items[i]);
}

void change_answer_clients(struct gpconf_answer *a, struct gpconf_node *to,
                           const struct clients *clients, const struct change *wanted)
{
    const char *orchestrator = NULL;
    struct gpconf_node *list = answer_list(a, to, "providers");
    for (size_t i = 0; i < clients->n; i++)
        add_client(a, list, &clients->items[i], wanted, clients->observed);
    list = answer_list(a, to, "updaters");
    for (size_t i = 0; i < clients->n; i++) {
        const struct client *client = &clients->items[i].client;
        for (size_t k = 0; i == 0 && k < client->n_updaters; k++)
            answer_text(a, list, NULL, client->updaters[k]);
        if (!orchestrator)
            orchestrator = client->orchestrator;
    }
    answer_text(a, to, "orchestrator", orchestrator);
}
