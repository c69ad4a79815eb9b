#include "engine/apply.h"

#include "base/status.h"
#include "engine/change/keep.h"
#include "engine/change/plan.h"

/* limits.ini says what may never be done, links.ini and local policy what was decided:
 * an apply without them would take back what nobody took back. */
static int check_inputs(const struct evaluation *e, struct diagnostics *diagnostics)
{
    const struct store *store = &e->store;
    const char *what = store->limits_damaged                 ? "limits.ini"
                       : store->links_state == INPUT_DAMAGED ? "links.ini"
                       : store->local_state == INPUT_DAMAGED ? "local policy"
                                                             : NULL;
    if (!what)
        return 0;
    if (e->snapshot.is_refused)
        return GPCONF_ESYNTAX; /* what was told of the folder says it */
    diagnostics_add(diagnostics, SEVERITY_ERROR, "apply-damaged-input",
                    origin_file(NULL), "%s cannot be read, writing nothing until it is",
                    what);
    return GPCONF_ESYNTAX;
}

int apply_want(const struct evaluation *e, struct clients *clients, struct arena *arena,
               struct diagnostics *diagnostics, struct change *change)
{
    diagnostics_append(diagnostics, &e->diagnostics);
    clients->config = &e->config;
    clients->facts = &e->facts;
    int status = check_inputs(e, diagnostics);
    return status ? status : clients_render(clients, arena, diagnostics, change);
}

/* Did the input parse whole? */
static bool is_good(const struct store *store, const struct input *input)
{
    const struct gpo *gpo = input->gpo ? store_gpo(store, input->gpo) : NULL;
    switch (input->role) {
    case INPUT_LINKS:
        return store->links_state == INPUT_GOOD;
    case INPUT_LOCAL:
        return store->local_state == INPUT_GOOD;
    case INPUT_POL_MACHINE:
        return gpo && gpo->machine.state == INPUT_GOOD;
    case INPUT_POL_USER:
        return gpo && gpo->user.state == INPUT_GOOD;
    case INPUT_LIMITS:
    case INPUT_GPT:
    case INPUT_GPO:
        return false; /* of these no copy is kept */
    }
    return false;
}

int apply_keep_inputs(int root, const struct evaluation *e, struct arena *arena,
                      struct change *change)
{
    int status = keep_forget(root, &e->snapshot, change, arena);
    for (size_t i = 0; !status && i < e->snapshot.n; i++)
        if (is_good(&e->store, &e->snapshot.inputs[i]))
            status = keep_last_good(&e->snapshot.inputs[i], change, arena);
    return status;
}

int apply_look(struct gpconf *session, bool force, struct arena *arena,
               struct diagnostics *diagnostics, struct applied_look *ret)
{
    const struct evaluation *e;
    int status = session_evaluate_bare(session, &e);
    if (status)
        return status;
    int root = session->machine.root_fd;
    *ret = (struct applied_look){ .evaluation = e,
                                  .change = { .verb = "apply",
                                              .owner = "gpconf",
                                              .at = session->machine.now,
                                              .overwrite = force,
                                              .only_look = true } };
    clients_init(&ret->clients, &session->machine);
    status = apply_want(e, &ret->clients, arena, diagnostics, &ret->change);
    ret->is_rendered = !status;
    if (!status)
        status = history_read(root, arena, diagnostics, &ret->history);
    if (!status)
        status = plan_make(root, &ret->history, &ret->change, arena, diagnostics);
    return !status && arena_failed(arena) ? GPCONF_ENOMEM : status;
}
