#include "engine/answers/explain.h"

#include <string.h>

#include "base/status.h"
#include "engine/answers/explaining.h"
#include "engine/answers/policy.h"

static int about_setting(struct explaining *x, const char *what)
{
    int index = settings_find(what, NULL);
    if (index < 0)
        return GPCONF_ENOTFOUND;
    answer_text(x->a, x->a->data, "about", "setting");
    explaining_state(x, index);
    explaining_chain(x);
    explaining_add_setting(x, index);
    return 0;
}

static int about_policy(struct explaining *x, const char *what)
{
    const struct cat_policy *policy;
    int status = catalogue_find(x->e->catalogue, what, &policy);
    if (status == GPCONF_ERANGE)
        policy_candidates(x->a, x->e->catalogue, what);
    if (status)
        return status;
    answer_text(x->a, x->a->data, "about", "policy");
    status = policy_describe(x->a, x->e, policy);
    explaining_chain(x);
    return status ? status : explaining_add_policy(x, policy);
}

/* KEY\NAME; the name is what stands behind the last backslash. */
static int about_value(struct explaining *x, const char *what)
{
    const char *split = strrchr(what, '\\');
    if (!split || split == what)
        return GPCONF_ENOTFOUND;
    const char *key = arena_string_n(&x->a->arena, what, (size_t)(split - what));
    if (!key)
        return GPCONF_ENOMEM;
    answer_text(x->a, x->a->data, "about", "value");
    explaining_chain(x);
    for (int half = 0; half < 2; half++)
        explaining_add(x, (enum rsop_half)half, key, split + 1);
    answer_text(x->a, x->a->data, "state",
                x->chain && x->chain->n ? "policy" : "default");
    for (int i = 0; i < SETTING_COUNT; i++)
        x->about[i] = settings_uses(&settings[i], key, split + 1);
    return 0;
}

/* Nobody knows it: what is it near to? */
static int unknown(struct explaining *x, const char *what)
{
    struct gpconf_answer *a = x->a;
    const char *setting = NULL;
    explaining_foreign(x, what);
    if (!x->plan.wanted)
        answer_bool(a, a->data, "incomplete", true);
    settings_find(what, &setting);
    struct gpconf_node *list = answer_list(a, a->data, "suggestions");
    answer_text(a, list, NULL, setting);
    answer_text(a, list, NULL, policy_nearest(x->e->catalogue, what));
    answer_text(a, list, NULL, explaining_nearest_option(x, what));
    policy_tell_templates(a, x->e);
    return GPCONF_ENOTFOUND;
}

int explain_answer(const struct evaluation *e, const struct explain_plan *plan,
                   const char *what, struct gpconf_answer **ret)
{
    static int (*const meanings[])(struct explaining *, const char *) = {
        about_setting, about_policy, explaining_line, explaining_option, about_value,
    };
    struct explaining x = { .e = e, .plan = *plan };
    int found = GPCONF_ENOTFOUND;
    x.a = answer_new("explain", e->now);
    if (!x.a)
        return GPCONF_ENOMEM;
    diagnostics_append(&x.a->diagnostics, plan->diagnostics);
    for (size_t i = 0;
         found == GPCONF_ENOTFOUND && i < sizeof meanings / sizeof *meanings; i++)
        found = meanings[i](&x, what);
    if (found == GPCONF_ENOTFOUND)
        found = unknown(&x, what);
    if (!found) {
        explaining_written(&x);
        answer_bool(x.a, x.a->data, "complete", evaluation_is_complete(e));
    }
    int status = answer_finish(x.a, ret);
    return status ? status : found;
}
