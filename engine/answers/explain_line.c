#include <stdlib.h>
#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "engine/answers/explaining.h"

/* FILE:LINE: a line of a client's file that is ours, or of what a person writes: local
 * policy, limits.ini, links.ini. */

/* A place as a person writes it. Names have no backslash, which registry values do. */
struct place_named {
    const char *file;
    bool is_whole; /* from the root of the system on, not only how it ends */
    uint32_t line;
};

static bool split(struct explaining *x, const char *what, struct place_named *ret)
{
    enum { DIGITS_MOST = 9 };
    const char *colon = strrchr(what, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    if (!digits || digits > DIGITS_MOST || colon[1 + digits] || colon == what ||
        strchr(what, '\\'))
        return false;
    const char *file = arena_string_n(&x->a->arena, what, (size_t)(colon - what));
    size_t root = strlen(x->e->root);
    while (root && x->e->root[root - 1] == '/')
        root--;
    if (!file)
        return false;
    bool below = root && strncmp(file, x->e->root, root) == 0 && file[root] == '/';
    ret->is_whole = below || *file == '/';
    file += below ? root : 0;
    file += strspn(file, "/");
    ret->file = file;
    ret->line = (uint32_t)strtoul(colon + 1, NULL, 10);
    return *file && ret->line;
}

/* Does the person mean this file? A bare name, or the end of a path, will do. */
static bool means(const struct place_named *place, const char *path)
{
    size_t size = strlen(path), tail = strlen(place->file);
    if (strcmp(path, place->file) == 0)
        return true;
    return !place->is_whole && tail < size && path[size - tail - 1] == '/' &&
           strcmp(path + size - tail, place->file) == 0;
}

static void begin(struct explaining *x, const char *file, uint32_t line)
{
    answer_text(x->a, x->a->data, "about", "line");
    answer_text(x->a, x->a->data, "file", file);
    answer_number(x->a, x->a->data, "line", line);
}

/* --- A client's file ------------------------------------------------------------ */

static uint32_t count_lines(const struct step *step)
{
    const char *text = step->after;
    uint32_t n = 0;
    for (size_t i = 0; i < step->after_size; i++)
        n += text[i] == '\n';
    return n;
}

static void explain_ours(struct explaining *x, const struct step *step, uint32_t line)
{
    struct gpconf_answer *a = x->a;
    begin(x, step->target, line);
    answer_text(a, a->data, "owner", step->owner);
    explaining_applied(x, a->data, step);
    answer_number(a, a->data, "lines", step->after ? count_lines(step) : 0);
    x->written = answer_list(a, a->data, "written");
    explaining_chain(x);
    for (size_t i = 0; i < step->n_claims; i++) {
        const struct claim *claim = &step->claims[i];
        if (claim->line != line)
            continue;
        explaining_claim(x, step, claim);
        int index = claim->setting ? settings_find(claim->setting, NULL) : -1;
        if (index >= 0)
            explaining_add_setting(x, index);
    }
}

/* --- Local policy --------------------------------------------------------------- */

bool explaining_is_at(const struct origin *origin, const char *file, uint32_t line)
{
    return origin->unit == ORIGIN_LINE && origin->at == line && origin->file &&
           strcmp(origin->file, file) == 0;
}

/* What became of the registry operations of a line. Returns false when it led to none;
 * *ret_why is NULL when one of them is in effect. */
static bool look_up(const struct evaluation *e, const char *file, uint32_t line,
                    const char **ret_why)
{
    const char *why = NULL;
    bool found = false, counts = false;
    for (int half = 0; half < 2; half++)
        for (size_t i = 0; i < e->rsop[half].n; i++) {
            const struct contribution *c = &e->rsop[half].log[i];
            if (!explaining_is_at(&c->operation->origin, file, line))
                continue;
            found = true;
            counts = counts || c->fate == FATE_IN_EFFECT;
            why = explaining_reason(&e->rsop[half], c);
        }
    *ret_why = counts ? NULL : why;
    return found;
}

/* What was wrong with a line; with line 0, with the file. */
static const char *told_of(const struct evaluation *e, const char *file, uint32_t line)
{
    for (const struct diagnostic *d = e->diagnostics.first; d; d = d->next)
        if (line ? d->severity != SEVERITY_NOTE &&
                       explaining_is_at(&d->origin, file, line)
                 : d->severity == SEVERITY_ERROR && d->origin.file &&
                       strcmp(d->origin.file, file) == 0)
            return d->message;
    return NULL;
}

static bool same_name(const char *a, const char *b)
{
    return a && b ? name_equal(a, b) : a == b;
}

/* Of several statements about one thing the last is taken: which line is it? Those about
 * a policy that are not taken never become registry operations. */
static const char *replaced_by(struct explaining *x, const struct statement *s)
{
    const struct statements *local = &x->e->store.local;
    const struct statement *last = NULL;
    for (size_t i = 0; i < local->n; i++) {
        const struct statement *other = &local->items[i];
        if (other->kind == s->kind && other->half == s->half &&
            name_equal(other->subject, s->subject) &&
            same_name(other->element, s->element) && same_name(other->entry, s->entry))
            last = other;
    }
    if (!last || explaining_is_at(&last->origin, s->origin.file, s->origin.at))
        return NULL;
    return arena_format(&x->a->arena, "%s:%u says otherwise", last->origin.file,
                        (unsigned)last->origin.at);
}

/* The setting that a statement is about; -1: a policy, or nothing known. */
static int setting_of(const struct statement *s)
{
    return s->kind == STATEMENT_SETTING ? settings_find(s->subject, NULL) : -1;
}

static void add_statement(struct explaining *x, struct gpconf_node *list,
                          const struct statement *s)
{
    struct gpconf_answer *a = x->a;
    int index = setting_of(s);
    const struct decision *d = index < 0 ? NULL : &x->e->config.decisions[index];
    const char *why;
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, s->kind == STATEMENT_SETTING ? "setting" : "policy",
                s->subject);
    answer_text(a, row, "element", s->element);
    answer_text(a, row, "entry", s->entry);
    if (s->origin.is_private || (index >= 0 && settings[index].is_sensitive))
        answer_bool(a, row, "redacted", true);
    else
        answer_text(a, row, "text", s->text);
    bool understood = look_up(x->e, s->origin.file, s->origin.at, &why);
    if (!understood)
        why = told_of(x->e, s->origin.file, s->origin.at);
    bool beaten = understood ? why != NULL : !why;
    const char *replaced = beaten ? replaced_by(x, s) : NULL;
    if (replaced)
        why = replaced;
    else if (understood && !why && d && (d->refused_by || d->idle_by || d->is_unfit))
        why = d->why ? d->why : "it has no effect on this machine";
    answer_bool(a, row, "counts", understood && !why);
    answer_text(a, row, "why", why);
}

/* An element of a policy of local policy may be hidden for its value's sake. */
static bool is_hidden(const struct explaining *x, const struct statement *s)
{
    for (int half = 0; half < 2; half++)
        for (size_t i = 0; i < x->e->rsop[half].n; i++) {
            const struct operation *op = x->e->rsop[half].log[i].operation;
            if (explaining_is_at(&op->origin, s->origin.file, s->origin.at) &&
                settings_hides(op->key, op->name))
                return true;
        }
    return false;
}

static int explain_local(struct explaining *x, const struct input *input, uint32_t line)
{
    struct gpconf_answer *a = x->a;
    const struct statements *local = &x->e->store.local;
    int status = 0;
    begin(x, input->path, line);
    answer_text(a, a->data, "owner", "local policy");
    struct gpconf_node *says = answer_list(a, a->data, "says");
    for (size_t i = 0; i < local->n; i++) {
        struct statement s = local->items[i];
        if (!explaining_is_at(&s.origin, input->shown, line))
            continue;
        s.origin.is_private = s.origin.is_private || is_hidden(x, &s);
        add_statement(x, says, &s);
    }
    const char *why = told_of(x->e, input->shown, line);
    if (says && !says->n) {
        answer_text(a, a->data, "why", why);
        answer_text(a, a->data, "unreadable", told_of(x->e, input->shown, 0));
    }
    explaining_chain(x);
    for (size_t i = 0; i < local->n && !status; i++) {
        const struct cat_policy *policy;
        const struct statement *s = &local->items[i];
        if (!explaining_is_at(&s->origin, input->shown, line))
            continue;
        if (setting_of(s) >= 0)
            explaining_add_setting(x, setting_of(s));
        else if (!catalogue_find(x->e->catalogue, s->subject, &policy))
            status = explaining_add_policy(x, policy);
    }
    return status;
}

/* --- limits.ini and links.ini ----------------------------------------------------- */

/* A line of a file that can be used. */
static bool find_entry(struct explaining *x, const struct input *input, uint32_t line,
                       struct ini_entry *ret)
{
    struct ini ini;
    if (ini_parse(input->file.bytes, input->file.size, INI_STRICT, NULL, &x->a->arena,
                  NULL, &ini))
        return false;
    for (size_t i = 0; i < ini.n_sections; i++)
        if (ini.sections[i].line == line) {
            *ret = (struct ini_entry){ .section = ini.sections[i].name, .line = line };
            return true;
        }
    for (size_t i = 0; i < ini.n; i++)
        if (ini.entries[i].line == line) {
            *ret = ini.entries[i];
            return true;
        }
    return false;
}

/* Why nothing in the file counts; what is wrong with the line itself comes first. Such a
 * file is used whole or not at all. */
static const char *damage_of(struct explaining *x, const char *file, uint32_t line)
{
    const char *why = NULL;
    for (const struct diagnostic *d = x->e->diagnostics.first; d; d = d->next) {
        if (d->severity != SEVERITY_ERROR || !d->origin.file ||
            strcmp(d->origin.file, file) != 0)
            continue;
        if (explaining_is_at(&d->origin, file, line))
            return d->message;
        if (!why && d->origin.unit == ORIGIN_LINE)
            why = arena_format(&x->a->arena, "line %u: %s", (unsigned)d->origin.at,
                               d->message);
    }
    return why;
}

bool explaining_entry(struct explaining *x, const struct input *input, uint32_t line,
                      struct gpconf_node *means, struct ini_entry *ret)
{
    const char *why = damage_of(x, input->shown, line);
    if (!why && find_entry(x, input, line, ret))
        return true;
    answer_text(
        x->a, means, NULL,
        why ? arena_format(&x->a->arena, "The file is damaged; %s.", why)
            : "It says nothing by itself: it is empty, a comment, or not there.");
    return false;
}

static void explain_bounds(struct explaining *x, const struct input *input,
                           uint32_t line)
{
    bool limits = input->role == INPUT_LIMITS;
    begin(x, input->path, line);
    answer_text(x->a, x->a->data, "owner", limits ? "limits" : "links");
    (limits ? explaining_limits : explaining_links)(x, input, line);
}

/* --- Which file ------------------------------------------------------------------- */

/* The files that are meant. Of several the answer lists the names. */
struct meant {
    const struct step *step;   /* the last one, or */
    const struct input *input; /* the last one */
    const char *first;
    struct gpconf_node *candidates;
    size_t n;
};

static void add_candidate(struct explaining *x, const struct meant *meant,
                          const char *path, uint32_t line)
{
    answer_text(x->a, answer_object(x->a, meant->candidates, NULL), "id",
                arena_format(&x->a->arena, "/%s:%u", path, (unsigned)line));
}

static bool meet(struct explaining *x, struct meant *meant,
                 const struct place_named *place, const char *path)
{
    if (!means(place, path))
        return false;
    meant->n++;
    if (meant->n == 1) {
        meant->first = path;
        return true;
    }
    if (meant->n == 2) {
        meant->candidates = answer_list(x->a, x->a->data, "candidates");
        add_candidate(x, meant, meant->first, place->line);
    }
    add_candidate(x, meant, path, place->line);
    return true;
}

static bool is_written_by_hand(enum input_role role)
{
    return role == INPUT_LOCAL || role == INPUT_LIMITS || role == INPUT_LINKS;
}

int explaining_line(struct explaining *x, const char *what)
{
    const struct change *wanted = x->plan.wanted;
    const struct snapshot *snapshot = &x->e->snapshot;
    struct place_named place;
    struct meant meant = { 0 };
    if (!split(x, what, &place))
        return GPCONF_ENOTFOUND;
    for (size_t i = 0; wanted && i < wanted->n_steps; i++) {
        const struct step *step = &wanted->steps[i];
        if (step->kind == STEP_FILE && !history_is_state(step->target) &&
            meet(x, &meant, &place, step->target))
            meant.step = step;
    }
    for (size_t i = 0; i < snapshot->n; i++)
        if (is_written_by_hand(snapshot->inputs[i].role) &&
            meet(x, &meant, &place, snapshot->inputs[i].path))
            meant.input = &snapshot->inputs[i];
    if (meant.n != 1)
        return meant.n ? GPCONF_ERANGE : GPCONF_ENOTFOUND;
    if (meant.input && meant.input->role == INPUT_LOCAL)
        return explain_local(x, meant.input, place.line);
    if (meant.input)
        explain_bounds(x, meant.input, place.line);
    else
        explain_ours(x, meant.step, place.line);
    return 0;
}

int explaining_foreign(struct explaining *x, const char *what)
{
    struct place_named place;
    if (split(x, what, &place))
        begin(x, place.file, place.line);
    return GPCONF_ENOTFOUND;
}
