#ifndef GPCONF_ENGINE_APPLY_H
#define GPCONF_ENGINE_APPLY_H

#include "engine/change/history.h"
#include "engine/providers/clients.h"
#include "engine/session.h"

/*
 * The stations behind the evaluation: what the clients should be told, and whether that
 * may be done at all. Looking (plan, verify, status) and doing (apply) share it, so that
 * what is shown is what would happen.
 */

/* Add to the change what policy wants of every client. The evaluation's diagnostics are
 * added. GPCONF_ESYNTAX: an input that nobody may guess at is damaged (limits.ini; or
 * links.ini or local policy of which no good copy was kept), so nothing may be written,
 * and the diagnostics say so. */
int apply_want(const struct evaluation *e, struct clients *clients, struct arena *arena,
               struct diagnostics *diagnostics, struct change *change);

/* Add the steps that keep a copy of every input that parsed whole, and those that remove
 * the copies of inputs that are gone. */
int apply_keep_inputs(int root, const struct evaluation *e, struct arena *arena,
                      struct change *change);

/* What an apply would do now, planned and not done, and the history that it is planned
 * against. Owned by the arena; clients is initialised here and borrows the session. */
struct applied_look {
    const struct evaluation *evaluation;
    struct clients clients;
    struct change change;
    struct history history;
    bool is_rendered; /* the change has its steps and claims, whether or not the rest
                         succeeded */
};
int apply_look(struct gpconf *session, bool force, struct arena *arena,
               struct diagnostics *diagnostics, struct applied_look *ret);

#endif
