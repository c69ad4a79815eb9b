#include "base/limits.h"
#include "base/status.h"
#include "engine/answers/change.h"
#include "engine/answers/explain.h"
#include "engine/answers/status.h"
#include "engine/apply.h"
#include "engine/change/journal.h"
#include "engine/change/mode.h"
#include "engine/change/plan.h"
#include "engine/change/recover.h"
#include "engine/change/undo.h"
#include "engine/gpconf.h"
#include "engine/writer.h"

/* The public functions about changes: what would be done, doing it, and taking it back. */

static int finish(struct gpconf_answer *a, int status, struct gpconf_answer **ret)
{
    int answered = a ? answer_finish(a, ret) : GPCONF_ENOMEM;
    return answered ? answered : status;
}

/* Who only looks cannot tell a change that is being made from one that was killed. */
static void tell_unfinished(const struct gpconf *session,
                            struct diagnostics *diagnostics)
{
    if (session->is_open && journal_waits(session->machine.root_fd))
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-unfinished",
                        origin_file(NULL),
                        "a change is being made, or was interrupted: 'gpconf recover' "
                        "and whatever writes next finish it or take it back, so what "
                        "is told here may not stay");
}

/* --- Looking -------------------------------------------------------------------------- */

/* What an apply would do; verify: and what the clients say now. */
static int look(struct gpconf *session, const char *kind, bool verify,
                struct gpconf_answer **ret)
{
    struct arena arena;
    struct diagnostics diagnostics;
    struct applied_look look = { 0 };
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    int status = apply_look(session, verify, &arena, &diagnostics, &look);
    tell_unfinished(session, &diagnostics);
    if (!status && verify)
        status = clients_verify(&look.clients, &look.history, &look.change, &arena,
                                &diagnostics);
    struct gpconf_answer *a =
        change_answer(kind, &look.change, status, session->machine.now, &diagnostics);
    if (a && !status)
        change_answer_clients(a, a->data, &look.clients, &look.change);
    arena_done(&arena);
    return finish(a, status, ret);
}

int gpconf_plan(struct gpconf *session, struct gpconf_answer **ret)
{
    return look(session, "plan", false, ret);
}

int gpconf_verify(struct gpconf *session, struct gpconf_answer **ret)
{
    return look(session, "verify", true, ret);
}

/* Whatever of the machine cannot be known is told, and the rest is shown. */
int gpconf_status(struct gpconf *session, int all, struct gpconf_answer **ret)
{
    struct arena arena;
    struct diagnostics diagnostics;
    struct applied_look look = { 0 };
    struct mode_state mode;
    struct status_machine machine = { .diagnostics = &diagnostics };
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    if (status)
        return status;
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    if (!mode_read(session->machine.root_fd, &arena, &diagnostics, &mode))
        machine.mode = &mode;
    status = apply_look(session, true, &arena, &diagnostics, &look);
    tell_unfinished(session, &diagnostics);
    if (!status)
        status = clients_verify(&look.clients, &look.history, &look.change, &arena,
                                &diagnostics);
    if (!status) {
        machine.clients = &look.clients;
        machine.wanted = &look.change;
        machine.history = &look.history;
    }
    status =
        status == GPCONF_ENOMEM ? status : status_answer(e, &machine, all != 0, ret);
    arena_done(&arena);
    return status;
}

/* Why policy says so is told, too, when what comes of it cannot be worked out. */
int gpconf_explain(struct gpconf *session, const char *what, struct gpconf_answer **ret)
{
    struct arena arena;
    struct diagnostics diagnostics;
    struct applied_look look = { 0 };
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    if (status)
        return status;
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    status = apply_look(session, true, &arena, &diagnostics, &look);
    const struct explain_plan plan = {
        .wanted = look.is_rendered ? &look.change : NULL,
        .history = status ? NULL : &look.history,
        .diagnostics = status || !evaluation_is_complete(e) ? &diagnostics : NULL,
    };
    status = status == GPCONF_ENOMEM ? status : explain_answer(e, &plan, what, ret);
    arena_done(&arena);
    return status;
}

int gpconf_history(struct gpconf *session, uint64_t number, struct gpconf_answer **ret)
{
    struct arena arena;
    struct diagnostics diagnostics;
    struct history history;
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    struct gpconf_answer *a = NULL;
    int status = session_open(session);
    tell_unfinished(session, &diagnostics);
    if (!status)
        status = history_read(session->machine.root_fd, &arena, &diagnostics, &history);
    if (!status) {
        status =
            change_history(&history, number, session->machine.now, &diagnostics, ret);
    } else {
        a = change_answer("history", NULL, status, session->machine.now, &diagnostics);
        status = finish(a, status, ret);
    }
    arena_done(&arena);
    return status;
}

/* --- Doing ----------------------------------------------------------------------------- */

/* What the clients make of it: what is wanted, against the machine as it is now. */
static int verify_applied(struct writer *w, const struct evaluation *e)
{
    struct change wanted = { .overwrite = true };
    struct history history;
    int status = history_read(w->lock.root, &w->arena, &w->diagnostics, &history);
    if (!status)
        status = apply_want(e, &w->clients, &w->arena, NULL, &wanted);
    if (!status)
        status = plan_make(w->lock.root, &history, &wanted, &w->arena, NULL);
    if (!status)
        status =
            clients_verify(&w->clients, &history, &wanted, &w->arena, &w->diagnostics);
    return status;
}

/* *ret_verified is why a change that is done could not be verified; 0. */
static int apply(struct writer *w, bool force, int *ret_verified)
{
    const struct evaluation *e;
    w->change.overwrite = force;
    int status = writer_evaluate(w, &e);
    if (!status)
        status = apply_want(e, &w->clients, &w->arena, &w->diagnostics, &w->change);
    if (!status)
        status = apply_keep_inputs(w->lock.root, e, &w->arena, &w->change);
    if (!status)
        status = mode_resume(w->lock.root, &w->change, &w->arena, &w->diagnostics);
    if (!status)
        status = writer_commit(w);
    if (!status)
        *ret_verified = verify_applied(w, e);
    return status;
}

int gpconf_apply(struct gpconf *session, unsigned flags, struct gpconf_answer **ret)
{
    struct writer w;
    int verified = 0;
    if (flags & ~(unsigned)GPCONF_FORCE)
        return GPCONF_EINVAL;
    int status = writer_open(session, "apply", LOCK_WAIT, &w);
    if (!status)
        status = apply(&w, flags & GPCONF_FORCE, &verified);
    struct gpconf_answer *a =
        change_answer("apply", &w.change, status, session->machine.now, &w.diagnostics);
    if (a && !status)
        change_answer_clients(a, a->data, &w.clients, &w.change);
    writer_done(&w);
    return finish(a, status ? status : verified, ret);
}

int gpconf_undo(struct gpconf *session, uint64_t number, unsigned flags,
                struct gpconf_answer **ret)
{
    struct writer w;
    struct undo_result result = { 0 };
    if (flags & ~(unsigned)GPCONF_FORCE)
        return GPCONF_EINVAL;
    int status = writer_open(session, "undo", LOCK_WAIT, &w);
    const struct undo_options options = { .number = number,
                                          .force = flags & GPCONF_FORCE,
                                          .now = w.change.at,
                                          .author = w.change.author };
    if (!status)
        status = undo(&w.lock, &options, &w.table, &w.arena, &w.diagnostics, &result);
    struct gpconf_answer *a = change_answer("undo", result.change, status,
                                            session->machine.now, &w.diagnostics);
    if (a && !status) {
        answer_unsigned(a, a->data, "undone", result.undone);
        answer_number(a, a->data, "restored", (int64_t)result.restored);
        answer_number(a, a->data, "drifted", (int64_t)result.drifted);
        if (result.builder)
            answer_unsigned(a, a->data, "built_on_by", result.builder);
        if (result.undone_by)
            answer_unsigned(a, a->data, "undone_by", result.undone_by);
    }
    writer_done(&w);
    return finish(a, status, ret);
}

/* Where the machine is already there is nothing to record. */
static int enforce(struct writer *w, enum mode mode)
{
    struct mode_state now;
    int status = mode_read(w->lock.root, &w->arena, &w->diagnostics, &now);
    if (status && status != GPCONF_EDAMAGED)
        return status;
    if (!status && now.mode == mode)
        return 0;
    w->change.overwrite = true;
    status = mode_step(&w->change, (struct mode_state){ mode, mode }, &w->arena);
    return status ? status : writer_commit(w);
}

int gpconf_enforce(struct gpconf *session, int on, struct gpconf_answer **ret)
{
    struct writer w;
    enum mode mode = on ? MODE_ENFORCING : MODE_AUDIT;
    int status = writer_open(session, "enforce", LOCK_WAIT, &w);
    if (!status)
        status = enforce(&w, mode);
    struct gpconf_answer *a = change_answer("enforce", &w.change, status,
                                            session->machine.now, &w.diagnostics);
    if (a && !status)
        answer_text(a, a->data, "mode", mode_name(mode));
    writer_done(&w);
    return finish(a, status, ret);
}

int gpconf_recover(struct gpconf *session, int at_boot, struct gpconf_answer **ret)
{
    struct writer w;
    int status = writer_open(session, "recover", LOCK_WAIT_RECOVERY, &w);
    if (!status)
        status = undo_expired(&w.lock, w.change.at, at_boot != 0, &w.table, &w.arena,
                              &w.diagnostics);
    struct gpconf_answer *a = change_answer("recover", &w.change, status,
                                            session->machine.now, &w.diagnostics);
    writer_done(&w);
    return finish(a, status, ret);
}
