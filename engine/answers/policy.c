#include "engine/answers/policy.h"

#include <string.h>

#include "base/limits.h"
#include "base/status.h"
#include "base/suggest.h"
#include "engine/update/settings.h"

const char *policy_class_name(uint32_t cat_class)
{
    return cat_class == CAT_MACHINE ? "machine"
           : cat_class == CAT_USER  ? "user"
                                    : "both";
}

static const char *element_kind_name(uint32_t kind)
{
    static const char *const names[] = { "boolean",   "decimal", "longDecimal", "text",
                                         "multiText", "enum",    "list" };
    return names[kind];
}

/* Titles from the root category down. Depth is bounded: a cycle ends the path. */
static void add_category(struct gpconf_answer *a, struct gpconf_node *to,
                         const struct catalogue *catalogue, uint32_t category)
{
    enum { DEEPEST = 32 };
    size_t n;
    const struct cat_category *categories = catalogue_categories(catalogue, &n);
    uint32_t path[DEEPEST];
    size_t depth = 0;
    for (; category < n && depth < DEEPEST; category = categories[category].parent)
        path[depth++] = category;
    struct gpconf_node *list = answer_list(a, to, "category");
    while (depth)
        answer_text(a, list, NULL,
                    catalogue_text(catalogue, categories[path[--depth]].title));
}

void policy_identity(struct gpconf_answer *a, struct gpconf_node *to,
                     const struct catalogue *catalogue, const struct cat_policy *policy)
{
    size_t n;
    const struct cat_supported *supported = catalogue_supported(catalogue, &n);
    answer_text(a, to, "title", catalogue_text(catalogue, policy->title));
    add_category(a, to, catalogue, policy->category);
    if (policy->supported_on < n)
        answer_text(a, to, "supported_on",
                    catalogue_text(catalogue, supported[policy->supported_on].title));
}

static void add_list_value(struct gpconf_answer *a, struct gpconf_node *to,
                           const struct element_value *value)
{
    struct gpconf_node *list = answer_list(a, to, "value");
    for (size_t i = 0; i < value->n; i++) {
        struct gpconf_node *entry = answer_object(a, list, NULL);
        answer_text(a, entry, "name", value->entries[i].name);
        answer_text(a, entry, "data", value->entries[i].data);
    }
}

/* An enum says the raw value, with the item's text beside it. */
static void add_choice(struct gpconf_answer *a, struct gpconf_node *to,
                       const struct catalogue *catalogue, uint32_t choice)
{
    const struct cat_choice *c = &catalogue_choices(catalogue)[choice];
    switch ((enum cat_literal_kind)c->value.kind) {
    case CAT_LITERAL_DECIMAL:
    case CAT_LITERAL_LONG_DECIMAL:
        answer_unsigned(a, to, "value", c->value.number);
        break;
    case CAT_LITERAL_STRING:
        answer_text(a, to, "value", catalogue_text(catalogue, c->value.text));
        break;
    case CAT_LITERAL_DELETE:
    case CAT_LITERAL_ABSENT:
        answer_null(a, to, "value");
        break;
    }
    answer_text(a, to, "text", catalogue_text(catalogue, c->text));
}

static bool is_private(const struct contribution *c)
{
    return c && c->operation->origin.is_private;
}

static bool any_private(const struct rsop *rsop, const struct catalogue *catalogue,
                        const struct cat_list *list)
{
    const struct cat_list_item *items = catalogue_list_items(catalogue);
    for (uint32_t i = list->first; i < list->first + list->n; i++)
        if (is_private(rsop_decider(rsop, catalogue_text(catalogue, items[i].key),
                                    catalogue_text(catalogue, items[i].value_name))))
            return true;
    return false;
}

/* Must what the element is read from not be shown? */
static bool is_hidden(const struct rsop *rsop, const struct catalogue *catalogue,
                      const struct cat_element *element)
{
    const char *key = catalogue_text(catalogue, element->key);
    const char *name = catalogue_text(catalogue, element->value_name);
    if (settings_hides(key, name) ||
        any_private(rsop, catalogue, &element->true_list) ||
        any_private(rsop, catalogue, &element->false_list))
        return true;
    const struct cat_choice *choices = catalogue_choices(catalogue);
    for (uint32_t i = 0; element->kind == CAT_ENUM && i < element->n_choices; i++)
        if (any_private(rsop, catalogue, &choices[element->first_choice + i].values))
            return true;
    if (element->kind != CAT_LIST)
        return name && is_private(rsop_decider(rsop, key, name));
    size_t first, n;
    rsop_key(rsop, key, &first, &n);
    for (size_t i = first; i < first + n; i++)
        if (is_private(rsop_winner(rsop, &rsop->slots[i])))
            return true;
    return false;
}

static void add_element_value(struct gpconf_answer *a, struct gpconf_node *to,
                              const struct catalogue *catalogue,
                              const struct rsop *rsop,
                              const struct cat_element *element,
                              const struct element_value *value)
{
    answer_text(a, to, "state", value->is_set ? "set" : "not-configured");
    if (!value->is_set)
        return;
    if (is_hidden(rsop, catalogue, element)) {
        answer_bool(a, to, "redacted", true);
        return;
    }
    struct gpconf_node *lines;
    switch ((enum cat_element_kind)element->kind) {
    case CAT_BOOLEAN:
        answer_bool(a, to, "value", value->boolean);
        break;
    case CAT_DECIMAL:
    case CAT_LONG_DECIMAL:
        answer_unsigned(a, to, "value", value->number);
        break;
    case CAT_TEXT:
        answer_text(a, to, "value", value->text);
        break;
    case CAT_MULTI_TEXT:
        lines = answer_list(a, to, "value");
        for (size_t i = 0; i < value->n; i++)
            answer_text(a, lines, NULL, value->lines[i]);
        break;
    case CAT_ENUM:
        add_choice(a, to, catalogue, value->choice);
        break;
    case CAT_LIST:
        add_list_value(a, to, value);
        break;
    }
}

static void add_list_traits(struct gpconf_answer *a, struct gpconf_node *to,
                            const struct catalogue *catalogue,
                            const struct cat_element *element)
{
    answer_bool(a, to, "additive", element->flags & CAT_ADDITIVE);
    answer_bool(a, to, "explicit_value", element->flags & CAT_EXPLICIT_VALUE);
    if (element->flags & CAT_VALUE_PREFIX)
        answer_text(a, to, "value_prefix",
                    catalogue_text(catalogue, element->value_prefix));
}

/* What may be chosen: the range of a number, the length of text, an enum's items. */
static void add_bounds(struct gpconf_answer *a, struct gpconf_node *to,
                       const struct catalogue *catalogue,
                       const struct cat_element *element)
{
    answer_bool(a, to, "required", element->flags & CAT_REQUIRED);
    bool number = element->kind == CAT_DECIMAL || element->kind == CAT_LONG_DECIMAL;
    if (number && element->flags & CAT_MAX_DECLARED) {
        answer_unsigned(a, to, "min", element->min_value);
        answer_unsigned(a, to, "max", element->max_value);
    }
    if (element->max_length)
        answer_number(a, to, "max_length", element->max_length);
    if (element->kind != CAT_ENUM)
        return;
    struct gpconf_node *choices = answer_list(a, to, "choices");
    for (uint32_t i = 0; i < element->n_choices; i++)
        add_choice(a, answer_object(a, choices, NULL), catalogue,
                   element->first_choice + i);
}

/* index is the element's place in the policy; rsop is what the state was read from. */
static void add_element(struct gpconf_answer *a, struct gpconf_node *list,
                        const struct catalogue *catalogue, const struct rsop *rsop,
                        const struct cat_policy *policy, uint32_t index,
                        const struct state *state, bool whole)
{
    const struct cat_element *element =
        &catalogue_elements(catalogue)[policy->first_element + index];
    struct gpconf_node *to = answer_object(a, list, NULL);
    answer_text(a, to, "id", catalogue_text(catalogue, element->id));
    answer_text(a, to, "kind", element_kind_name(element->kind));
    if (element->control != CAT_NONE)
        answer_text(
            a, to, "label",
            catalogue_text(catalogue,
                           catalogue_controls(catalogue)[element->control].label));
    if (!state || whole) {
        answer_text(a, to, "key", catalogue_text(catalogue, element->key));
        answer_text(a, to, "value_name",
                    catalogue_text(catalogue, element->value_name));
    }
    if (whole)
        add_bounds(a, to, catalogue, element);
    if (element->kind == CAT_LIST)
        add_list_traits(a, to, catalogue, element);
    if (state && state->state == STATE_ENABLED && index < state->n_elements)
        add_element_value(a, to, catalogue, rsop, element, &state->elements[index]);
}

static void add_elements(struct gpconf_answer *a, struct gpconf_node *to,
                         const struct catalogue *catalogue, const struct rsop *rsop,
                         const struct cat_policy *policy, const struct state *state,
                         bool whole)
{
    struct gpconf_node *list = answer_list(a, to, "elements");
    const struct cat_control *controls = catalogue_controls(catalogue);
    const struct cat_element *elements = catalogue_elements(catalogue);
    for (uint32_t i = 0; i < policy->n_controls; i++) {
        const struct cat_control *control = &controls[policy->first_control + i];
        if (control->kind == CAT_CONTROL_STATIC) {
            struct gpconf_node *text = answer_object(a, list, NULL);
            answer_text(a, text, "kind", "static");
            answer_text(a, text, "label", catalogue_text(catalogue, control->label));
        } else if (control->element != CAT_NONE) {
            add_element(a, list, catalogue, rsop, policy,
                        control->element - policy->first_element, state, whole);
        }
    }
    for (uint32_t i = 0; i < policy->n_elements; i++)
        if (elements[policy->first_element + i].control == CAT_NONE)
            add_element(a, list, catalogue, rsop, policy, i, state, whole);
}

void policy_elements(struct gpconf_answer *a, struct gpconf_node *to,
                     const struct catalogue *catalogue, const struct rsop *rsop,
                     const struct cat_policy *policy, const struct state *state)
{
    add_elements(a, to, catalogue, rsop, policy, state, false);
}

/* The half that the policy is of; the machine's for both. */
static int half_of(const struct cat_policy *policy)
{
    return policy->class_ & CAT_MACHINE ? RSOP_MACHINE : RSOP_USER;
}

static int read_state(const struct evaluation *e, const struct cat_policy *policy,
                      struct arena *arena, struct state *ret)
{
    return state_read(e->catalogue, policy, e->view[half_of(policy)], arena, ret);
}

int policy_row(struct gpconf_answer *a, struct gpconf_node *list,
               const struct evaluation *e, const struct cat_policy *policy,
               struct arena *scratch)
{
    struct state state;
    int status = read_state(e, policy, scratch, &state);
    if (status)
        return status;
    const struct catalogue *c = e->catalogue;
    size_t n_files;
    const struct cat_file *files = catalogue_files(c, &n_files);
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "id", catalogue_text(c, policy->id));
    answer_text(a, row, "class", policy_class_name(policy->class_));
    policy_identity(a, row, c, policy);
    answer_text(a, row, "key", catalogue_text(c, policy->key));
    answer_text(a, row, "value_name", catalogue_text(c, policy->value_name));
    add_elements(a, row, c, NULL, policy, NULL, false);
    answer_text(a, row, "file", catalogue_text(c, files[policy->file].name));
    answer_number(a, row, "line", policy->line);
    answer_text(a, row, "state", policy_state_name(state.state));
    return 0;
}

/* Finish an answer, or give it up because of a status. */
static int conclude(struct gpconf_answer *a, int status, struct gpconf_answer **ret)
{
    if (status) {
        gpconf_answer_unref(a);
        return status;
    }
    return answer_finish(a, ret);
}

int policy_list(const struct evaluation *e, struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("policy-list", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    diagnostics_append(&a->diagnostics, &e->diagnostics);
    struct gpconf_node *list = answer_list(a, a->data, "policies");
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    size_t n;
    const struct cat_policy *policies = catalogue_policies(e->catalogue, &n);
    int status = 0;
    for (size_t i = 0; i < n && !status; i++)
        status = policy_row(a, list, e, &policies[i], &scratch);
    arena_done(&scratch);
    return conclude(a, status, ret);
}

static void add_texts(struct gpconf_answer *a, struct gpconf_node *to, const char *name,
                      const struct catalogue *catalogue, const struct cat_texts *texts)
{
    struct gpconf_node *list = answer_list(a, to, name);
    for (uint32_t i = 0; i < texts->n; i++)
        answer_text(
            a, list, NULL,
            catalogue_text(catalogue, catalogue_texts(catalogue)[texts->first + i]));
}

static void add_whole(struct gpconf_answer *a, const struct evaluation *e,
                      const struct cat_policy *policy, const struct state *state)
{
    const struct catalogue *c = e->catalogue;
    size_t n_files;
    const struct cat_file *files = catalogue_files(c, &n_files);
    struct gpconf_node *to = answer_object(a, a->data, "policy");
    answer_text(a, to, "id", catalogue_text(c, policy->id));
    answer_text(a, to, "class", policy_class_name(policy->class_));
    policy_identity(a, to, c, policy);
    answer_text(a, to, "key", catalogue_text(c, policy->key));
    answer_text(a, to, "value_name", catalogue_text(c, policy->value_name));
    answer_text(a, to, "state", policy_state_name(state->state));
    add_elements(a, to, c, &e->rsop[half_of(policy)], policy, state, true);
    answer_text(a, to, "help", catalogue_text(c, policy->help));
    add_texts(a, to, "see_also", c, &policy->see_also);
    add_texts(a, to, "keywords", c, &policy->keywords);
    struct origin origin =
        origin_line(catalogue_text(c, files[policy->file].name), policy->line);
    answer_origin(a, to, "template", &origin);
}

int policy_describe(struct gpconf_answer *a, const struct evaluation *e,
                    const struct cat_policy *policy)
{
    struct state state;
    int status = read_state(e, policy, &a->arena, &state);
    if (!status)
        add_whole(a, e, policy, &state);
    return status;
}

enum { CANDIDATES_MOST = 32 };

void policy_candidates(struct gpconf_answer *a, const struct catalogue *c,
                       const char *name)
{
    const struct cat_policy *found[CANDIDATES_MOST];
    size_t n = catalogue_find_all(c, name, found, CANDIDATES_MOST);
    struct gpconf_node *list = answer_list(a, a->data, "candidates");
    for (size_t i = 0; i < n && i < CANDIDATES_MOST; i++) {
        struct gpconf_node *entry = answer_object(a, list, NULL);
        answer_text(a, entry, "id", catalogue_text(c, found[i]->id));
        answer_text(a, entry, "title", catalogue_text(c, found[i]->title));
    }
}

const char *policy_nearest(const struct catalogue *c, const char *name)
{
    struct suggestion suggestion = suggest_start(name);
    size_t n;
    const struct cat_policy *policies = catalogue_policies(c, &n);
    for (size_t i = 0; i < n; i++) {
        suggest_offer(&suggestion, catalogue_text(c, policies[i].name));
        suggest_offer(&suggestion, catalogue_text(c, policies[i].id));
    }
    return suggestion.best;
}

/* Is a template left out, whose policies nobody finds therefore? */
static bool is_lost_template(const struct diagnostic *d)
{
    static const char *const about[] = { "template-", "xml-", "admx-", "adml-" };
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if (strncmp(d->code, about[i], strlen(about[i])) == 0)
            return d->severity == SEVERITY_ERROR;
    return false;
}

void policy_tell_templates(struct gpconf_answer *a, const struct evaluation *e)
{
    for (const struct diagnostic *d = e->diagnostics.first; d; d = d->next) {
        bool none = strcmp(d->code, EVALUATION_NO_TEMPLATES) == 0;
        if (!none && strcmp(d->code, EVALUATION_NO_LANGUAGE) != 0 &&
            !is_lost_template(d))
            continue;
        if (none)
            answer_bool(a, a->data, "no_templates", true);
        struct origin origin = d->origin;
        origin.file = arena_string(&a->arena, d->origin.file);
        diagnostics_add(&a->diagnostics, d->severity, d->code, origin, "%s",
                        d->message);
    }
}

int policy_show(const struct evaluation *e, const char *name,
                struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("policy-show", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    policy_tell_templates(a, e);
    const struct cat_policy *policy;
    int found = catalogue_find(e->catalogue, name, &policy);
    int status = 0;
    if (found == GPCONF_ERANGE) {
        policy_candidates(a, e->catalogue, name);
    } else if (found == GPCONF_ENOTFOUND) {
        answer_text(a, answer_list(a, a->data, "suggestions"), NULL,
                    policy_nearest(e->catalogue, name));
    } else if (found == 0) {
        status = policy_describe(a, e, policy);
    } else {
        status = found;
    }
    status = conclude(a, status, ret);
    return status ? status : found;
}
