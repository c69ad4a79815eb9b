#include "engine/writer.h"

#include "base/limits.h"
#include "base/status.h"
#include "engine/change/recover.h"

static void tell(enum recovery what, struct diagnostics *diagnostics)
{
    static const char *const texts[] = {
        [RECOVERY_NOTHING] = NULL,
        [RECOVERY_FINISHED] = "a change that was interrupted has been finished",
        [RECOVERY_REVERTED] = "a change that was interrupted has been taken back",
        [RECOVERY_CLEANED] = NULL,
    };
    if (texts[what])
        diagnostics_add(diagnostics, SEVERITY_WARNING, "change-recovered",
                        origin_file(NULL), "%s, going on", texts[what]);
}

int writer_open(struct gpconf *session, const char *verb, int wait_ms,
                struct writer *ret)
{
    *ret = (struct writer){ .session = session };
    arena_init(&ret->arena, LIMIT_ARENA);
    diagnostics_init(&ret->diagnostics, &ret->arena);
    int status = session_open(session);
    if (status)
        return status;
    session_forget(session); /* its clock may be old */
    clients_init(&ret->clients, &session->machine);
    clients_table(&ret->clients, &ret->table);
    ret->change = (struct change){ .verb = verb,
                                   .owner = "gpconf",
                                   .at = session->machine.now,
                                   .author = session_author(session, &ret->arena) };
    const char *who = arena_format(&ret->arena, "gpconf %s", verb);
    if (!who || !ret->change.author)
        return GPCONF_ENOMEM;
    status = lock_take(session->machine.root_fd, who, wait_ms, &ret->diagnostics,
                       &ret->lock);
    if (status)
        return status;
    ret->is_locked = true;
    session_forget(session); /* it may be of a moment before the lock */
    enum recovery what;
    status = recover(&ret->lock, &ret->table, &ret->arena, &ret->diagnostics, &what);
    if (!status)
        tell(what, &ret->diagnostics);
    return status;
}

int writer_evaluate(struct writer *writer, const struct evaluation **ret)
{
    const struct evaluation *e;
    int status = session_evaluate_bare(writer->session, &e);
    if (status)
        return status;
    writer->clients.config = &e->config;
    writer->clients.facts = &e->facts;
    writer->change.inputs = snapshot_hash(&e->snapshot, &writer->arena);
    if (!writer->change.inputs)
        return GPCONF_ENOMEM;
    *ret = e;
    return 0;
}

int writer_commit(struct writer *writer)
{
    return change_commit(&writer->lock, &writer->change, &writer->table, &writer->arena,
                         &writer->diagnostics);
}

void writer_done(struct writer *writer)
{
    if (writer->is_locked)
        lock_drop(&writer->lock);
    session_forget(writer->session);
    arena_done(&writer->arena);
}
