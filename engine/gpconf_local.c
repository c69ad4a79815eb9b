#include "engine/gpconf.h"

#include <string.h>

#include "base/limits.h"
#include "base/status.h"
#include "engine/answers/verdict.h"
#include "engine/apply.h"
#include "engine/update/rules.h"
#include "engine/writer.h"

/*
 * gpconf set and unset: a change of local.ini. It is decided twice: first as anybody
 * may, without the lock, so that what is refused leaves no trace; then, under the lock,
 * on what is there by then.
 */

static const char target[] = "etc/gpconf/local.ini";

/* A wish, and what came of it when it was looked at last. */
struct wish {
    struct gpconf *session;
    struct choose_request request;
    bool keep;
    struct arena arena; /* owns what follows */
    struct diagnostics diagnostics;
    const struct evaluation *now;
    const struct input *input; /* local.ini, in now */
    bool is_chosen;            /* chosen, after and verdict are there */
    struct chosen chosen;
    struct evaluation *after; /* as if it were done */
    struct verdict verdict;
    uint64_t number; /* of the change; 0: none was made */
};

static void forget(struct wish *w)
{
    session_evaluation_free(w->after);
    w->after = NULL;
    w->is_chosen = false;
    arena_done(&w->arena);
}

static int refuse(struct wish *w, int status, const char *code, struct origin origin,
                  const char *what)
{
    diagnostics_add(&w->diagnostics, SEVERITY_ERROR, code, origin,
                    "%s, nothing was written",
                    what ? what : gpconf_status_text(status));
    return status;
}

/* May local.ini be written at all? */
static int check_inputs(struct wish *w)
{
    const struct diagnostics *told = &w->now->diagnostics;
    if (w->now->store.limits_damaged) {
        for (const struct diagnostic *d = told->first; d; d = d->next)
            if (d->severity == SEVERITY_ERROR)
                diagnostics_add(&w->diagnostics, d->severity, d->code, d->origin, "%s",
                                d->message);
        if (w->now->snapshot.is_refused)
            return GPCONF_ESYNTAX; /* what was told of the folder says it */
        return refuse(w, GPCONF_ESYNTAX, "set-limits", origin_file(NULL),
                      "limits.ini is damaged and must be mended first");
    }
    int status = w->input->status;
    if (status && status != GPCONF_ENOTFOUND)
        return refuse(w, status, "set-unreadable", origin_file(w->input->shown),
                      w->input->why);
    return 0;
}

/* Tell what has no effect, of what the choice decides and of what it idles. */
static void tell_idle(struct wish *w)
{
    bool only[SETTING_COUNT];
    for (int i = 0; i < SETTING_COUNT; i++)
        only[i] = w->verdict.decides[i] || w->after->config.decisions[i].idle_by !=
                                               w->now->config.decisions[i].idle_by;
    rules_tell(&w->after->config, only, &w->diagnostics);
}

/* What a plan would tell; as far as the inputs can be read. */
static int foretell(struct wish *w, struct clients *clients, const struct evaluation *e,
                    struct diagnostics *ret)
{
    struct change change = { 0 };
    diagnostics_init(ret, &w->arena);
    return apply_want(e, clients, &w->arena, ret, &change);
}

static bool holds(const struct diagnostics *list, const struct diagnostic *what)
{
    for (const struct diagnostic *d = list->first; d; d = d->next)
        if (strcmp(d->code, what->code) == 0 && strcmp(d->message, what->message) == 0)
            return true;
    return false;
}

/* Tell what a plan tells only since the choice: what a client cannot do, or does
 * otherwise. Refused and idle settings were told in other words. */
static int tell_news(struct wish *w)
{
    struct clients clients;
    struct diagnostics before, after, *d = &w->diagnostics;
    clients_init(&clients, &w->session->machine);
    int was = foretell(w, &clients, w->now, &before);
    int is = foretell(w, &clients, w->after, &after);
    if (was == GPCONF_ENOMEM || is == GPCONF_ENOMEM)
        return GPCONF_ENOMEM;
    for (const struct diagnostic *n = after.first; n && !was && !is; n = n->next)
        if (strcmp(n->code, RULES_IDLE) != 0 && !holds(&before, n) && !holds(d, n) &&
            !(w->verdict.refused_by && strcmp(n->code, "setting-refused") == 0))
            diagnostics_add(d, n->severity, n->code, n->origin, "%s", n->message);
    return 0;
}

/* Tell what keeps the choice from counting, and what comes of it. */
static int tell(struct wish *w)
{
    const struct verdict *v = &w->verdict;
    struct diagnostics *d = &w->diagnostics;
    const char *name = verdict_name(&w->chosen.about, &w->arena);
    const char *done =
        w->chosen.changed ? "storing it all the same" : "leaving it as it is";
    if (v->decided_by && !w->keep) {
        diagnostics_add(d, SEVERITY_ERROR, "set-decided", origin_file(NULL),
                        "%s decides %s, nothing was written; with --keep the choice is "
                        "stored and waits",
                        verdict_decider(w->after, &w->chosen, v, &w->arena), name);
        return GPCONF_EPOLICY;
    }
    if (v->overridden_by && w->request.is_unset)
        diagnostics_add(d, SEVERITY_WARNING, "set-overridden", *v->overridden_by,
                        "%s is set here, too, and gpconf does not edit this file, "
                        "leaving it there",
                        name);
    else if (v->overridden_by)
        diagnostics_add(d, SEVERITY_WARNING, "set-overridden", *v->overridden_by,
                        "what is said here counts instead of %s in local.ini, %s", name,
                        done);
    if (v->refused_by)
        diagnostics_add(d, SEVERITY_WARNING, "set-refused", *v->refused_by,
                        "%s is refused by this machine: %s, %s", name, v->why, done);
    tell_idle(w);
    return tell_news(w);
}

/* Look at the machine as it is, and at what it would be. */
static int look(struct wish *w)
{
    arena_init(&w->arena, LIMIT_ARENA);
    diagnostics_init(&w->diagnostics, &w->arena);
    int status = session_evaluate(w->session, &w->now);
    if (status)
        return status;
    w->input = snapshot_input(&w->now->snapshot, INPUT_LOCAL, NULL);
    if (!w->input)
        return GPCONF_EINTERNAL;
    status = check_inputs(w);
    if (status)
        return status;
    const struct file *file = w->input->status ? NULL : &w->input->file;
    w->request.is_private = file && !(file->mode & 04);
    status =
        choose(file ? file->bytes : NULL, file ? file->size : 0, w->input->shown,
               &w->request, w->now->catalogue, &w->arena, &w->diagnostics, &w->chosen);
    if (!status)
        status = session_overlay(w->session, target, w->chosen.bytes, w->chosen.size,
                                 &w->after);
    if (status)
        return status;
    w->verdict = verdict_find(w->after, &w->chosen, w->input->shown, &w->arena);
    w->is_chosen = true;
    status = tell(w);
    return arena_failed(&w->arena) ? GPCONF_ENOMEM : status;
}

/* What the history shows of it: what was said, or taken out. */
static void claim(struct wish *w, struct step *step)
{
    bool unset = w->request.is_unset;
    const struct statements *about = unset ? &w->chosen.gone : &w->chosen.said;
    struct claim *list = arena_array(&w->arena, about->n, struct claim);
    for (size_t i = 0; list && i < about->n; i++) {
        const struct statement *s = &about->items[i];
        bool setting = s->kind == STATEMENT_SETTING;
        list[i] = (struct claim){
            .key = setting ? s->subject : verdict_name(s, &w->arena),
            .value = unset ? NULL : s->text,
            .line = unset ? 0 : s->origin.at,
            .setting = setting ? s->subject : NULL,
            .sensitive = !unset && verdict_hides(w->now->catalogue, s, &w->arena),
        };
    }
    step->claims = list;
    step->n_claims = list ? about->n : 0;
}

static int commit(struct wish *w, struct writer *writer)
{
    const struct evaluation *now;
    int status = writer_evaluate(writer, &now);
    if (status)
        return status;
    const struct input *input = w->input;
    struct step *step = change_add(&writer->change, &writer->arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->gate = GATE_NEUTRAL;
    step->target = target;
    step->owner = "gpconf";
    step->after = w->chosen.bytes;
    step->after_size = w->chosen.size;
    step->expects = snapshot_input_hash(input, &writer->arena); /* as it was read */
    step->mode = input->status ? 0644 : input->file.mode & 07777;
    step->uid = input->status ? 0 : input->file.uid;
    step->gid = input->status ? 0 : input->file.gid;
    claim(w, step);
    if (arena_failed(&w->arena))
        return GPCONF_ENOMEM;
    status = writer_commit(writer);
    w->number = writer->change.number;
    return status;
}

static struct gpconf_answer *answer(struct wish *w, int status, const char *kind,
                                    const struct diagnostics *writers)
{
    struct gpconf_answer *a = answer_new(kind, w->session->machine.now);
    if (!a)
        return NULL;
    diagnostics_append(&a->diagnostics, writers);
    diagnostics_append(&a->diagnostics, &w->diagnostics);
    bool stored = w->number || (w->is_chosen && !w->chosen.changed && !status);
    answer_bool(a, a->data, "changed", w->number != 0);
    answer_bool(a, a->data, "stored", stored && w->chosen.said.n);
    if (w->is_chosen)
        verdict_answer_choice(a, stored ? w->after : w->now, &w->chosen,
                              w->input->shown, stored);
    if (w->is_chosen)
        verdict_answer(a, w->after, &w->chosen, &w->verdict, stored);
    else
        answer_text(a, a->data, "what", w->request.what);
    if (w->number)
        answer_number(a, a->data, "change", (int64_t)w->number);
    return a;
}

/* Take what local policy is now to the update clients, and answer for both. */
static int apply(struct gpconf *session, unsigned flags, struct gpconf_answer *a)
{
    struct gpconf_answer *applied = NULL;
    int status = gpconf_apply(session, flags, &applied);
    if (applied) {
        answer_copy(a, a->data, "apply", applied->data);
        diagnostics_append(&a->diagnostics, &applied->diagnostics);
    }
    gpconf_answer_unref(applied);
    return status;
}

static int fulfil(struct gpconf *session, const struct choose_request *request,
                  unsigned flags, struct gpconf_answer **ret)
{
    if (flags & ~(unsigned)(GPCONF_SET_KEEP | GPCONF_SET_USER | GPCONF_SET_APPLY |
                            GPCONF_FORCE))
        return GPCONF_EINVAL;
    const char *verb = request->is_unset ? "unset" : "set";
    struct wish w = { .session = session,
                      .request = *request,
                      .keep = flags & GPCONF_SET_KEEP };
    struct writer writer;
    bool writing = false;
    int status = look(&w);
    if (!status && w.chosen.changed) {
        forget(&w);
        writing = true;
        status = writer_open(session, verb, LOCK_WAIT, &writer);
        int seen = look(&w);
        status = status ? status : seen;
        if (!status && w.chosen.changed)
            status = commit(&w, &writer);
    }
    struct gpconf_answer *a =
        answer(&w, status, verb, writing ? &writer.diagnostics : NULL);
    forget(&w);
    if (writing)
        writer_done(&writer);
    if (a && !status && flags & GPCONF_SET_APPLY)
        status = apply(session, flags & GPCONF_FORCE, a);
    int answered = a ? answer_finish(a, ret) : GPCONF_ENOMEM;
    return answered ? answered : status;
}

int gpconf_set(struct gpconf *session, const char *what, const char *const *words,
               size_t n, unsigned flags, struct gpconf_answer **ret)
{
    const struct choose_request request = {
        .what = what, .words = words, .n = n, .user = flags & GPCONF_SET_USER
    };
    return fulfil(session, &request, flags, ret);
}

int gpconf_unset(struct gpconf *session, const char *what, const char *element,
                 unsigned flags, struct gpconf_answer **ret)
{
    const struct choose_request request = { .what = what,
                                            .words = &element,
                                            .n = element != NULL,
                                            .user = flags & GPCONF_SET_USER,
                                            .is_unset = true };
    return fulfil(session, &request, flags, ret);
}
