#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "base/suggest.h"
#include "engine/update/choosing.h"
#include "engine/update/lowering.h"
#include "engine/update/settings.h"

/* The words behind the setting or policy become statements. */

static int say(struct choosing *c, const char *element, const char *entry,
               const char *text)
{
    struct statement statement = { .kind = STATEMENT_POLICY,
                                   .half = c->ret->half,
                                   .subject = c->subject,
                                   .element = element,
                                   .entry = entry,
                                   .text = text,
                                   .origin.is_private = c->request->is_private };
    for (size_t i = 0; i < c->wanted.n; i++)
        if (choose_same(c->catalogue, c->arena, &c->wanted.items[i], &statement))
            return choosing_refuse(
                c, GPCONF_EINVAL, "choose-twice", "'%s%s%s' is given twice",
                element ? element : "the state", entry ? "." : "", entry ? entry : "");
    return choosing_add(c, &c->wanted, &statement) ? 0 : GPCONF_ENOMEM;
}

/* ELEMENT or ELEMENT.ENTRY. An id may hold a dot itself, so the whole is tried first.
 * The id is spelled as the template does. ret_e NULL: the template has none like it. */
static void read_name(struct choosing *c, const char *name, const char **ret_element,
                      const char **ret_entry, const struct cat_element **ret_e)
{
    const char *dot = strchr(name, '.');
    const char *first =
        dot && dot > name ? arena_string_n(c->arena, name, (size_t)(dot - name)) : name;
    *ret_element = first;
    *ret_entry = first == name ? NULL : dot + 1;
    *ret_e = NULL;
    const struct cat_policy *policy = c->ret->policy;
    const struct cat_element *elements = catalogue_elements(c->catalogue);
    for (uint32_t i = 0; first && policy && i < policy->n_elements; i++) {
        const struct cat_element *e = &elements[policy->first_element + i];
        const char *id = catalogue_text(c->catalogue, e->id);
        bool whole = name_equal(id, name);
        if (whole)
            *ret_entry = NULL;
        if (whole || name_equal(id, first)) {
            *ret_element = id;
            *ret_e = e;
        }
        if (whole)
            return;
    }
}

/* Is a statement of the file about this element, whichever entry? */
static bool is_of_element(struct choosing *c, const struct statement *s,
                          const struct cat_element *e)
{
    const char *entry;
    return s->element && choosing_is_about(c, s) &&
           lowering_element(c->catalogue, c->arena, c->ret->policy, s, &entry) ==
               (int)(e - catalogue_elements(c->catalogue) -
                     c->ret->policy->first_element);
}

/* What the file says of the element that is not among what is wanted from first on, in
 * that order, goes; and behind it all the rest, so that new lines stand in order. */
static void replace_element(struct choosing *c, const struct cat_element *e,
                            size_t first)
{
    size_t at = first;
    for (size_t i = 0; i < c->before.n; i++) {
        if (!is_of_element(c, &c->before.items[i], e))
            continue;
        if (at < c->wanted.n && choose_same(c->catalogue, c->arena, &c->before.items[i],
                                            &c->wanted.items[at])) {
            at++;
        } else {
            at = c->wanted.n;
            c->goes[i] = true;
        }
    }
}

/* All of an element that takes one entry for each line. */
static int say_lines(struct choosing *c, const char *element, const char *text)
{
    int status = 0;
    for (size_t line = 1; !status && text; line++) {
        size_t n = strcspn(text, "\n");
        size_t shown = n && text[n - 1] == '\r' && text[n] ? n - 1 : n;
        status = say(c, element, arena_format(c->arena, "%zu", line),
                     arena_string_n(c->arena, text, shown));
        text = text[n] ? text + n + 1 : NULL;
    }
    return status;
}

static int say_element(struct choosing *c, const char *word, const char *equals)
{
    const char *name = arena_string_n(c->arena, word, (size_t)(equals - word));
    const char *element, *entry, *text = equals + 1;
    const struct cat_element *e;
    size_t first = c->wanted.n;
    if (!name)
        return GPCONF_ENOMEM;
    read_name(c, name, &element, &entry, &e);
    if (!e || entry)
        return say(c, element, entry, text);
    bool lines = (e->kind == CAT_LIST && !(e->flags & CAT_EXPLICIT_VALUE)) ||
                 (e->kind == CAT_MULTI_TEXT && strchr(text, '\n'));
    int status = lines ? say_lines(c, element, text) : say(c, element, NULL, text);
    if (!status)
        replace_element(c, e, first);
    return status;
}

/* The policy as the file calls it; else by its name, where only it has that. */
static const char *call(const struct choosing *c)
{
    for (size_t i = c->before.n; i-- > 0;)
        if (choosing_is_about(c, &c->before.items[i]))
            return c->before.items[i].subject;
    const struct cat_policy *policy = c->ret->policy;
    bool bare = !strchr(c->request->what, ':');
    return catalogue_text(c->catalogue, bare ? policy->name : policy->id);
}

/* The policy's state as the file has it; NULL. */
static const char *state_there(const struct choosing *c)
{
    const char *state = NULL;
    for (size_t i = 0; i < c->before.n; i++)
        if (choosing_is_about(c, &c->before.items[i]) && !c->before.items[i].element)
            state = c->before.items[i].text;
    return state;
}

static const char *const states[] = { "enabled", "disabled", "not-configured" };
enum { N_STATES = sizeof states / sizeof *states };

/* A state as it is written; NULL when the word is none. */
static const char *state_named(const char *word)
{
    for (size_t i = 0; i < N_STATES; i++)
        if (name_equal(word, states[i]))
            return states[i];
    return NULL;
}

static int no_state(struct choosing *c, const char *word)
{
    struct suggestion near = suggest_start(word);
    for (size_t i = 0; i < N_STATES; i++)
        suggest_offer(&near, states[i]);
    return choosing_refuse(c, GPCONF_ERANGE, "choose-word",
                           "'%s' is neither a state (enabled, disabled, "
                           "not-configured) nor ELEMENT=VALUE%s%s%s",
                           word, near.best ? "; did you mean '" : "",
                           near.best ? near.best : "", near.best ? "'?" : "");
}

static int set_policy(struct choosing *c)
{
    const struct choose_request *request = c->request;
    const char *state = NULL;
    size_t at = 0;
    c->subject = call(c);
    if (!strchr(request->words[0], '=')) {
        state = state_named(request->words[at++]);
        if (!state)
            return no_state(c, request->words[0]);
    }
    bool off = state && state != states[0], none = state == states[2];
    if (off && request->n > 1)
        return choosing_refuse(c, GPCONF_EINVAL, "choose-idle",
                               "a policy that is %s has no options", state);
    for (size_t i = 0; i < c->before.n && off; i++)
        c->goes[i] = choosing_is_about(c, &c->before.items[i]) &&
                     (c->before.items[i].element || none);
    if (none)
        return 0;
    const char *there = state_there(c);
    if (!state && there && !name_equal(there, "enabled"))
        return choosing_refuse(c, GPCONF_ERANGE, "choose-idle",
                               "policy '%s' is %s here, and then its options have no "
                               "effect; say 'enabled' with them",
                               c->subject, there);
    int status = state ? say(c, NULL, NULL, state) : 0;
    for (; at < request->n && !status; at++) {
        const char *equals = strchr(request->words[at], '=');
        if (!equals)
            return no_state(c, request->words[at]);
        if (equals == request->words[at])
            return choosing_refuse(c, GPCONF_EINVAL, "choose-word",
                                   "a value stands behind ELEMENT=");
        status = say_element(c, request->words[at], equals);
    }
    return status;
}

int choosing_set(struct choosing *c)
{
    const struct choose_request *request = c->request;
    if (c->ret->setting < 0)
        return request->n ? set_policy(c)
                          : choosing_refuse(c, GPCONF_EINVAL, "choose-word",
                                            "a policy takes a state or ELEMENT=VALUE");
    if (request->n != 1)
        return choosing_refuse(c, GPCONF_EINVAL, "choose-word",
                               "a setting takes one value");
    struct statement statement = { .kind = STATEMENT_SETTING,
                                   .subject = settings[c->ret->setting].id,
                                   .text = request->words[0],
                                   .origin.is_private = request->is_private };
    return choosing_add(c, &c->wanted, &statement) ? 0 : GPCONF_ENOMEM;
}

/* ---- unset ---- */

static int unknown_element(struct choosing *c, const char *element)
{
    const struct cat_policy *policy = c->ret->policy;
    struct suggestion near = suggest_start(element);
    for (uint32_t i = 0; policy && i < policy->n_elements; i++)
        suggest_offer(
            &near, catalogue_text(
                       c->catalogue,
                       catalogue_elements(c->catalogue)[policy->first_element + i].id));
    return choosing_refuse(c, GPCONF_ENOTFOUND, "choose-element",
                           "policy '%s' has no element '%s'%s%s%s", c->request->what,
                           element, near.best ? "; did you mean '" : "",
                           near.best ? near.best : "", near.best ? "'?" : "");
}

int choosing_unset(struct choosing *c)
{
    const struct choose_request *request = c->request;
    const char *element = NULL, *entry = NULL;
    const struct cat_element *e = NULL;
    bool found = false;
    if (request->n > 1 || (request->n && c->ret->setting >= 0))
        return choosing_refuse(c, GPCONF_EINVAL, "choose-word",
                               c->ret->setting >= 0 ? "a setting has no elements"
                                                    : "one ELEMENT at a time");
    if (request->n)
        read_name(c, request->words[0], &element, &entry, &e);
    c->ret->about.element = element;
    c->ret->about.entry = entry;
    for (size_t i = 0; i < c->before.n; i++) {
        const struct statement *s = &c->before.items[i];
        if (!choosing_is_about(c, s))
            continue;
        struct statement about = *s;
        about.element = element;
        about.entry = entry ? entry : element ? s->entry : NULL;
        c->goes[i] =
            !element || (e && !entry ? is_of_element(c, s, e)
                                     : choose_same(c->catalogue, c->arena, s, &about));
        found = found || c->goes[i];
    }
    return element && !e && !found ? unknown_element(c, element) : 0;
}
