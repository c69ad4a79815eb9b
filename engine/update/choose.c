#include "engine/update/choose.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/update/choosing.h"
#include "engine/update/lowering.h"
#include "engine/update/settings.h"
#include "policies/local.h"

/* What a new file begins with. */
static const char beginning[] =
    "; Local policy of this machine: its own overrides of the defaults, read by "
    "gpconf.\n"
    "; 'gpconf set' and 'gpconf unset' edit it and keep what you write around it.\n";

int choosing_refuse(struct choosing *c, int status, const char *code,
                    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_format_v(c->arena, format, arguments);
    va_end(arguments);
    diagnostics_add(c->diagnostics, SEVERITY_ERROR, code, origin_file(NULL),
                    "%s, nothing was written",
                    message ? message : gpconf_status_text(status));
    return arena_failed(c->arena) ? GPCONF_ENOMEM : status;
}

bool choosing_add(struct choosing *c, struct statements *to,
                  const struct statement *statement)
{
    struct statement *items =
        arena_grow(c->arena, to->items, to->n, sizeof *items, &to->capacity);
    if (!items)
        return false;
    to->items = items;
    items[to->n++] = *statement;
    return true;
}

/* ---- what it is about ---- */

/* "mode" is most likely update.mode. */
static const char *setting_called(const char *word)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (name_equal(strchr(settings[i].id, '.') + 1, word))
            return settings[i].id;
    return NULL;
}

static int unknown(struct choosing *c)
{
    const char *what = c->request->what;
    struct suggestion near = suggest_start(what);
    for (int i = 0; i < SETTING_COUNT; i++)
        suggest_offer(&near, settings[i].id);
    lowering_offer(c->catalogue, &near);
    const char *best = setting_called(what);
    best = best ? best : near.best;
    return choosing_refuse(c, GPCONF_ENOTFOUND, "choose-unknown",
                           "there is no setting or policy '%s'%s%s%s", what,
                           best ? "; did you mean '" : "", best ? best : "",
                           best ? "'?" : "");
}

static int ambiguous(struct choosing *c)
{
    return choosing_refuse(
        c, GPCONF_ERANGE, "choose-ambiguous",
        "the name '%s' means several policies (%s)", c->request->what,
        lowering_candidates(c->catalogue, c->request->what, c->arena));
}

/* Find the setting or the policy. What only the file knows can still be taken out of
 * it, by the name that it has there. */
static int find_subject(struct choosing *c)
{
    const struct choose_request *request = c->request;
    c->ret->half = request->user ? HALF_USER : HALF_MACHINE;
    c->ret->setting = settings_find(request->what, NULL);
    if (c->ret->setting >= 0)
        return 0;
    int status = catalogue_find(c->catalogue, request->what, &c->ret->policy);
    if (status == GPCONF_ERANGE && !request->is_unset)
        return ambiguous(c);
    if (!status && c->ret->policy->class_ == CAT_USER)
        c->ret->half = HALF_USER;
    if (!status)
        return 0;
    c->ret->policy = NULL;
    if (request->is_unset)
        for (size_t i = 0; i < c->before.n; i++)
            if (name_equal(c->before.items[i].subject, request->what))
                return 0;
    return status == GPCONF_ERANGE ? ambiguous(c) : unknown(c);
}

static void set_about(struct choosing *c)
{
    const struct chosen *chosen = c->ret;
    struct statement about = { .kind = chosen->setting >= 0 ? STATEMENT_SETTING
                                                            : STATEMENT_POLICY,
                               .half = chosen->half,
                               .subject = c->request->what,
                               .origin.is_private = c->request->is_private };
    if (chosen->setting >= 0)
        about.subject = settings[chosen->setting].id;
    else if (chosen->policy)
        about.subject = catalogue_text(c->catalogue, chosen->policy->id);
    for (size_t i = 0; i < c->before.n && chosen->setting < 0 && !chosen->policy; i++)
        if (name_equal(c->before.items[i].subject, about.subject))
            about.kind = c->before.items[i].kind;
    c->ret->about = about;
}

/* ---- which statements are about the same ---- */

static const struct cat_policy *policy_of(const struct catalogue *catalogue,
                                          const struct statement *s)
{
    const struct cat_policy *policy = NULL;
    if (s->kind != STATEMENT_POLICY || catalogue_find(catalogue, s->subject, &policy))
        return NULL;
    return policy;
}

/* Is the statement of the file about the setting, or the policy and half, that was
 * asked for? */
bool choosing_is_about(const struct choosing *c, const struct statement *s)
{
    if (c->ret->setting >= 0)
        return s->kind == STATEMENT_SETTING &&
               name_equal(s->subject, settings[c->ret->setting].id);
    if (c->ret->policy)
        return s->half == c->ret->half && policy_of(c->catalogue, s) == c->ret->policy;
    return name_equal(s->subject, c->request->what) &&
           (s->kind == STATEMENT_SETTING || s->half == c->ret->half);
}

static bool same_word(const char *a, const char *b)
{
    return a && b ? name_equal(a, b) : a == b;
}

bool choose_same(const struct catalogue *catalogue, struct arena *arena,
                 const struct statement *a, const struct statement *b)
{
    if (local_same(a, b))
        return true;
    const struct cat_policy *policy = policy_of(catalogue, a);
    if (!policy || policy != policy_of(catalogue, b) || a->half != b->half ||
        !a->element != !b->element)
        return false;
    if (!a->element)
        return true;
    const char *entry, *other;
    int element = lowering_element(catalogue, arena, policy, a, &entry);
    return element >= 0 &&
           element == lowering_element(catalogue, arena, policy, b, &other) &&
           same_word(entry, other);
}

/* ---- the check ---- */

/* The message without what happens next, which is behind the last comma. */
static const char *fault(struct choosing *c, const char *message)
{
    const char *end = NULL;
    for (const char *at = message; (at = strstr(at, ", ")); at++)
        end = at;
    return end ? arena_string_n(c->arena, message, (size_t)(end - message)) : message;
}

/* Lower what the file would say about it. What cannot be lowered is refused; of what
 * stays after something was taken out, it is told. */
static int check(struct choosing *c)
{
    struct statements all = { 0 };
    struct diagnostics told;
    struct operations machine = { 0 }, user = { 0 };
    diagnostics_init(&told, c->arena);
    for (size_t i = 0; i < c->before.n; i++)
        if (c->ret->policy && choosing_is_about(c, &c->before.items[i]) && !c->goes[i])
            choosing_add(c, &all, &c->before.items[i]);
    for (size_t i = 0; i < c->wanted.n; i++)
        choosing_add(c, &all, &c->wanted.items[i]);
    int status = lower_statements(&all, c->catalogue, c->arena, &told, &machine, &user);
    if (status)
        return status;
    for (const struct diagnostic *d = told.first; d; d = d->next) {
        bool refused = d->severity == SEVERITY_ERROR && c->wanted.n;
        if (refused)
            status = GPCONF_ERANGE;
        const char *why = refused ? fault(c, d->message) : NULL;
        diagnostics_add(c->diagnostics, refused ? d->severity : SEVERITY_WARNING,
                        d->code, d->origin, "%s%s", why ? why : d->message,
                        why ? ", nothing was written" : "");
    }
    return status;
}

/* ---- the edit ---- */

static int cannot_carry(struct choosing *c, int status, const char *why)
{
    if (status != GPCONF_ERANGE)
        return choosing_refuse(c, status, "choose-edit", "%s: %s", c->file,
                               why ? why : gpconf_status_text(status));
    return choosing_refuse(c, status, "choose-ini",
                           "local.ini cannot carry that (%s); the local GPO can, "
                           "etc/gpconf/policies/local",
                           why ? why : gpconf_status_text(status));
}

/* Replace the bytes with what an edit made of them. */
static void take(struct choosing *c, struct buffer *edited)
{
    c->bytes = arena_copy(c->arena, edited->data ? edited->data : "", edited->size);
    c->size = edited->size;
}

static int edit(struct choosing *c, const struct statement *statement, bool out)
{
    const char *why = NULL;
    struct buffer edited;
    buffer_init(&edited, (size_t)LIMIT_INI_FILE * 2);
    int status =
        out ? local_unset(c->bytes, c->size, statement, c->arena, &edited, &why)
            : local_set(c->bytes, c->size, statement, c->arena, &edited, &why);
    if (!status)
        take(c, &edited);
    buffer_done(&edited);
    if (out && status == GPCONF_ENOTFOUND)
        return 0; /* it went with its element */
    return status ? cannot_carry(c, status, why) : 0;
}

static int edit_all(struct choosing *c)
{
    int status = 0;
    for (size_t i = 0; i < c->before.n && !status; i++)
        if (c->goes[i])
            status = edit(c, &c->before.items[i], true);
    for (size_t i = 0; i < c->wanted.n && !status; i++)
        status = edit(c, &c->wanted.items[i], false);
    return status;
}

static int parse(struct choosing *c, struct diagnostics *diagnostics,
                 struct statements *to)
{
    int status = local_parse(c->bytes, c->size, c->file, c->arena, diagnostics, to);
    for (size_t i = 0; i < to->n; i++)
        to->items[i].origin.is_private = c->request->is_private;
    return status;
}

/* Read the new bytes: they must say what was asked for, and of the rest what the old
 * ones did. The lines of what was asked for are taken from there. */
static int read_back(struct choosing *c)
{
    struct statements after = { 0 };
    size_t kept = 0, found = 0;
    int status = parse(c, NULL, &after);
    for (size_t i = 0; i < c->before.n; i++)
        kept += !c->goes[i];
    for (size_t w = 0; w < c->wanted.n && !status; w++) {
        const struct statement *wanted = &c->wanted.items[w];
        for (size_t i = 0; i < c->before.n; i++)
            kept -= !c->goes[i] &&
                    choose_same(c->catalogue, c->arena, &c->before.items[i], wanted);
        for (size_t i = 0; i < after.n; i++)
            if (choose_same(c->catalogue, c->arena, &after.items[i], wanted) &&
                strcmp(after.items[i].text, wanted->text) == 0) {
                found++;
                choosing_add(c, &c->ret->said, &after.items[i]);
            }
    }
    if (arena_failed(c->arena))
        return GPCONF_ENOMEM;
    if (status || found != c->wanted.n || after.n != kept + found)
        return choosing_refuse(c, GPCONF_EINTERNAL, "choose-read-back",
                               "the edited file reads otherwise");
    return 0;
}

/* What the old file says and the new one does not. */
static void note_gone(struct choosing *c)
{
    for (size_t i = 0; i < c->before.n; i++) {
        const struct statement *old = &c->before.items[i];
        bool replaced = c->goes[i];
        for (size_t w = 0; w < c->wanted.n && !replaced; w++)
            replaced = choose_same(c->catalogue, c->arena, old, &c->wanted.items[w]) &&
                       strcmp(old->text, c->wanted.items[w].text) != 0;
        if (replaced)
            choosing_add(c, &c->ret->gone, old);
    }
}

static bool says_already(struct choosing *c, const struct statement *wanted)
{
    for (size_t i = 0; i < c->before.n; i++)
        if (!c->goes[i] &&
            choose_same(c->catalogue, c->arena, &c->before.items[i], wanted))
            return strcmp(c->before.items[i].text, wanted->text) == 0;
    return false;
}

int choose(const void *bytes, size_t size, const char *file,
           const struct choose_request *request, const struct catalogue *catalogue,
           struct arena *arena, struct diagnostics *diagnostics, struct chosen *ret)
{
    struct chosen chosen = { .setting = -1 };
    struct choosing c = { .request = request,
                          .catalogue = catalogue,
                          .file = file,
                          .arena = arena,
                          .diagnostics = diagnostics,
                          .bytes = bytes ? bytes : beginning,
                          .size = bytes ? size : sizeof beginning - 1,
                          .ret = &chosen };
    int status = parse(&c, diagnostics, &c.before);
    if (status)
        return choosing_refuse(&c, status, "choose-damaged",
                               "%s must be mended by hand first", file);
    c.goes = arena_array(arena, c.before.n, bool);
    if (!c.goes)
        return GPCONF_ENOMEM;
    status = find_subject(&c);
    if (!status)
        set_about(&c);
    if (!status)
        status = request->is_unset ? choosing_unset(&c) : choosing_set(&c);
    if (!status)
        status = check(&c);
    if (status)
        return status;
    note_gone(&c);
    bool same = !chosen.gone.n;
    for (size_t w = 0; w < c.wanted.n && same; w++)
        same = says_already(&c, &c.wanted.items[w]);
    chosen.changed = !same;
    status = same ? 0 : edit_all(&c);
    if (!status)
        status = read_back(&c);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    if (status)
        return status;
    chosen.bytes = c.bytes;
    chosen.size = c.size;
    *ret = chosen;
    return 0;
}
