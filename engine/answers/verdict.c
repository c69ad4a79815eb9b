#include "engine/answers/verdict.h"

#include <string.h>

#include "base/registry/name.h"
#include "engine/answers/result.h"
#include "engine/answers/status.h"
#include "engine/update/lowering.h"
#include "engine/update/settings.h"

/* ---- the verdict ---- */

struct judge {
    const struct evaluation *after;
    const struct chosen *chosen;
    const char *file;
    struct arena *arena;
    struct verdict verdict;
};

/* Does what comes from there come from the lines that were asked for? */
static bool is_ours(const struct judge *j, const struct origin *origin)
{
    if (!origin->file || strcmp(origin->file, j->file) != 0)
        return false;
    for (size_t i = 0; i < j->chosen->said.n; i++)
        if (j->chosen->said.items[i].origin.at == origin->at)
            return true;
    return false;
}

static bool is_gpo(const struct rsop *rsop, const struct contribution *c)
{
    enum layer_kind kind = rsop->layers[c->layer].kind;
    return kind != LAYER_LOCAL_POLICY && kind != LAYER_GRANTED;
}

static bool same_value(const struct operation *a, const struct operation *b)
{
    if (a->op != b->op)
        return false;
    return (a->op != OP_SET && a->op != OP_SOFTSET) ||
           (a->value.type == b->value.type && a->value.size == b->value.size &&
            memcmp(a->value.data, b->value.data, a->value.size) == 0);
}

/* What decides instead of this contribution of ours; NULL when it does itself. */
static const struct contribution *beaten_by(const struct rsop *rsop,
                                            const struct contribution *c)
{
    if (c->operation->name)
        return rsop_decider(rsop, c->operation->key, c->operation->name);
    const struct contribution *by = &rsop->log[c->beaten_by];
    return c->fate != FATE_IN_EFFECT && is_gpo(rsop, by) ? by : NULL;
}

static void judge_contributions(struct judge *j)
{
    const struct rsop *rsop =
        &j->after->rsop[j->chosen->half == HALF_USER ? RSOP_USER : RSOP_MACHINE];
    for (size_t i = 0; i < rsop->n; i++) {
        const struct contribution *c = &rsop->log[i];
        if (!is_ours(j, &c->operation->origin))
            continue;
        const struct contribution *by = beaten_by(rsop, c);
        if (!by || is_ours(j, &by->operation->origin))
            continue;
        if (is_gpo(rsop, by))
            j->verdict.decided_by = by;
        else if (!same_value(c->operation, by->operation))
            j->verdict.overridden_by = &by->operation->origin;
    }
    int setting = j->chosen->setting;
    if (setting >= 0 && j->after->config.decisions[setting].source != BY_POLICY)
        j->verdict.decided_by = NULL;
}

/* Does the statement of a later file say it again, or switch the policy off? */
static bool overrides(const struct judge *j, const struct statement *later,
                      const struct statement *said)
{
    const struct catalogue *catalogue = j->after->catalogue;
    if (choose_same(catalogue, j->arena, later, said))
        return true;
    struct statement state = *said;
    state.element = state.entry = NULL;
    return said->element && !later->element && !name_equal(later->text, "enabled") &&
           choose_same(catalogue, j->arena, later, &state);
}

/* The statements of the files behind local.ini; for an unset, whatever is still said
 * about the same. */
static void judge_statements(struct judge *j)
{
    const struct statements *local = &j->after->store.local;
    const struct chosen *chosen = j->chosen;
    for (size_t i = 0; i < local->n; i++) {
        const struct statement *later = &local->items[i];
        if (!later->origin.file || strcmp(later->origin.file, j->file) == 0)
            continue;
        bool found = false;
        for (size_t s = 0; s < chosen->said.n && !found; s++)
            found = overrides(j, later, &chosen->said.items[s]);
        if (chosen->said.n == 0) {
            struct statement same = *later;
            same.element = chosen->about.element ? later->element : NULL;
            same.entry = chosen->about.entry ? later->entry : NULL;
            found = choose_same(j->after->catalogue, j->arena, &same, &chosen->about);
        }
        if (found)
            j->verdict.overridden_by = &later->origin;
    }
}

/* What keeps a setting from counting though the choice decides it. */
static void judge_settings(struct judge *j)
{
    const struct update_config *config = &j->after->config;
    const struct rsop *rsop = &j->after->rsop[RSOP_MACHINE];
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct decision *d = &config->decisions[i];
        j->verdict.decides[i] =
            d->contribution != NO_CONTRIBUTION &&
            is_ours(j, &rsop->log[d->contribution].operation->origin);
        if (!j->verdict.decides[i] || j->verdict.refused_by ||
            (!d->refused_by && !d->idle_by && !d->is_unfit))
            continue;
        j->verdict.why = d->why ? d->why : "its value cannot be used";
        j->verdict.refused_by = d->refused_by;
    }
}

struct verdict verdict_find(const struct evaluation *after, const struct chosen *chosen,
                            const char *file, struct arena *arena)
{
    struct judge j = { after, chosen, file, arena, { 0 } };
    judge_contributions(&j);
    judge_statements(&j);
    if (chosen->half == HALF_MACHINE)
        judge_settings(&j);
    return j.verdict;
}

/* ---- the answer ---- */

bool verdict_hides(const struct catalogue *catalogue, const struct statement *s,
                   struct arena *arena)
{
    if (s->origin.is_private)
        return true;
    int setting = s->kind == STATEMENT_SETTING ? settings_find(s->subject, NULL) : -1;
    if (setting >= 0)
        return settings[setting].is_sensitive;
    const struct cat_policy *policy;
    const char *entry;
    if (!s->element || catalogue_find(catalogue, s->subject, &policy))
        return false;
    int at = lowering_element(catalogue, arena, policy, s, &entry);
    if (at < 0)
        return true; /* nobody knows what it is */
    const struct cat_element *e = &catalogue_elements(catalogue)[policy->first_element];
    return settings_hides(catalogue_text(catalogue, e[at].key),
                          catalogue_text(catalogue, e[at].value_name));
}

static void add_statements(struct gpconf_answer *a, const char *name,
                           const struct evaluation *e,
                           const struct statements *statements, bool lines)
{
    struct gpconf_node *list = answer_list(a, a->data, name);
    for (size_t i = 0; i < statements->n; i++) {
        const struct statement *s = &statements->items[i];
        struct gpconf_node *row = answer_object(a, list, NULL);
        answer_text(a, row, "element", s->element);
        answer_text(a, row, "entry", s->entry);
        if (verdict_hides(e->catalogue, s, &a->arena))
            answer_bool(a, row, "redacted", true);
        else
            answer_text(a, row, "value", s->text);
        if (lines)
            answer_number(a, row, "line", s->origin.at);
    }
}

void verdict_answer_choice(struct gpconf_answer *a, const struct evaluation *e,
                           const struct chosen *chosen, const char *file,
                           bool is_stored)
{
    struct gpconf_node *data = a->data;
    const struct statement *about = &chosen->about;
    bool setting = about->kind == STATEMENT_SETTING;
    answer_text(a, data, "what", about->subject);
    answer_text(a, data, "kind", setting ? "setting" : "policy");
    if (!setting)
        answer_text(a, data, "class", about->half == HALF_USER ? "user" : "machine");
    answer_text(a, data, "element", about->element);
    answer_text(a, data, "entry", about->entry);
    answer_text(a, data, "file", file);
    add_statements(a, "said", e, &chosen->said, is_stored);
    add_statements(a, "gone", e, &chosen->gone, true);
    if (chosen->setting >= 0)
        status_add(a, answer_object(a, data, "setting"), e,
                   (enum setting_index)chosen->setting);
}

void verdict_answer(struct gpconf_answer *a, const struct evaluation *after,
                    const struct chosen *chosen, const struct verdict *verdict,
                    bool is_stored)
{
    answer_bool(a, a->data, "in_effect",
                is_stored && !verdict->decided_by && !verdict->overridden_by &&
                    !verdict->why);
    if (verdict->decided_by)
        result_origin(
            a, a->data, "decided_by",
            &after->rsop[chosen->half == HALF_USER ? RSOP_USER : RSOP_MACHINE],
            verdict->decided_by);
    if (verdict->overridden_by)
        answer_origin(a, a->data, "overridden_by", verdict->overridden_by);
    if (verdict->refused_by)
        answer_origin(a, a->data, "refused_by", verdict->refused_by);
    answer_text(a, a->data, "why", verdict->why);
}

const char *verdict_name(const struct statement *about, struct arena *arena)
{
    const char *name = about->subject;
    if (about->kind == STATEMENT_POLICY)
        name = arena_format(arena, "%spolicy '%s'",
                            about->half == HALF_USER ? "user " : "", about->subject);
    if (name && about->element)
        name = arena_format(arena, "%s, element '%s%s%s'", name, about->element,
                            about->entry ? "." : "", about->entry ? about->entry : "");
    return name ? name : about->subject;
}

const char *verdict_decider(const struct evaluation *after, const struct chosen *chosen,
                            const struct verdict *verdict, struct arena *arena)
{
    const struct rsop *rsop =
        &after->rsop[chosen->half == HALF_USER ? RSOP_USER : RSOP_MACHINE];
    const struct layer *layer = &rsop->layers[verdict->decided_by->layer];
    const char *text =
        layer->container
            ? arena_format(arena, "the GPO '%s' (%s, link %u%s)", layer->name,
                           layer->container, layer->link_order,
                           layer->kind == LAYER_ENFORCED ? ", enforced" : "")
            : arena_format(arena, "the GPO '%s'", layer->name);
    return text ? text : layer->name;
}
