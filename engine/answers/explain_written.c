#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "base/suggest.h"
#include "engine/answers/change.h"
#include "engine/answers/explaining.h"
#include "engine/providers/clients.h"

/* What comes of it in the update clients, and what a client's own option is told. */

void explaining_applied(struct explaining *x, struct gpconf_node *to,
                        const struct step *step)
{
    struct ledger ledger;
    if (!x->plan.history)
        return;
    answer_bool(x->a, to, "applied", step->action == STEP_KEEP);
    if (step->action != STEP_KEEP &&
        !ledger_fold(x->plan.history, UINT64_MAX, &x->a->arena, &ledger) &&
        clients_step_drifted(&ledger, step))
        answer_bool(x->a, to, "drifted", true);
}

void explaining_claim(struct explaining *x, const struct step *step,
                      const struct claim *claim)
{
    struct gpconf_node *row = change_answer_claim(x->a, x->written, claim);
    answer_text(x->a, row, "file", step->target);
    answer_text(x->a, row, "owner", step->owner);
    if (claim->line)
        explaining_applied(x, row, step);
}

void explaining_written(struct explaining *x)
{
    const struct change *wanted = x->plan.wanted;
    if (!wanted || x->written)
        return;
    x->written = answer_list(x->a, x->a->data, "written");
    for (size_t i = 0; i < wanted->n_steps; i++)
        for (size_t k = 0; k < wanted->steps[i].n_claims; k++) {
            const struct claim *claim = &wanted->steps[i].claims[k];
            int index = claim->setting ? settings_find(claim->setting, NULL) : -1;
            if (index >= 0 && x->about[index])
                explaining_claim(x, &wanted->steps[i], claim);
        }
}

/* "Unattended-Upgrade::Package-Blacklist::" is how apt writes a member of that list. */
static const char *option_name(struct explaining *x, const char *what)
{
    size_t size = strlen(what);
    if (size > 2 && strcmp(what + size - 2, "::") == 0)
        return arena_string_n(&x->a->arena, what, size - 2);
    return what;
}

int explaining_option(struct explaining *x, const char *what)
{
    const struct change *wanted = x->plan.wanted;
    const char *option = option_name(x, what), *spelt = NULL;
    struct gpconf_answer *a = x->a;
    for (size_t i = 0; wanted && option && i < wanted->n_steps; i++)
        for (size_t k = 0; k < wanted->steps[i].n_claims; k++) {
            const struct claim *claim = &wanted->steps[i].claims[k];
            if (!claim->key || !name_equal(claim->key, option))
                continue;
            if (!spelt) {
                spelt = claim->key;
                answer_text(a, a->data, "about", "option");
                answer_text(a, a->data, "option", spelt);
                x->written = answer_list(a, a->data, "written");
                explaining_chain(x);
            }
            explaining_claim(x, &wanted->steps[i], claim);
            int index = claim->setting ? settings_find(claim->setting, NULL) : -1;
            if (index >= 0)
                explaining_add_setting(x, index);
        }
    return spelt ? 0 : GPCONF_ENOTFOUND;
}

const char *explaining_nearest_option(const struct explaining *x, const char *what)
{
    const struct change *wanted = x->plan.wanted;
    struct suggestion suggestion = suggest_start(what);
    for (size_t i = 0; wanted && i < wanted->n_steps; i++)
        for (size_t k = 0; k < wanted->steps[i].n_claims; k++)
            if (wanted->steps[i].claims[k].key)
                suggest_offer(&suggestion, wanted->steps[i].claims[k].key);
    return suggestion.best;
}
