#ifndef GPCONF_ENGINE_WRITER_H
#define GPCONF_ENGINE_WRITER_H

#include "engine/change/commit.h"
#include "engine/providers/clients.h"
#include "engine/session.h"

/*
 * A writer: a session that holds the lock and is about to change the machine. Whatever
 * a crash left behind has been finished or taken back before anything is looked at, so
 * that what it evaluates is what is there; and nobody else writes until it is done.
 *
 *     writer_open(); add steps to writer.change; writer_commit(); answer; writer_done()
 */
struct writer {
    struct gpconf *session; /* borrowed */
    struct arena arena;     /* owns what the change is made of */
    struct diagnostics diagnostics;
    struct lock lock;
    bool is_locked;
    struct clients clients;
    struct change_table table;
    struct change change; /* verb, owner, author and time are filled in */
};

/* Take the lock, waiting wait_ms for it, and recover. verb is static: "apply".
 * writer_done() is due whatever this returns, and the diagnostics are there. */
int writer_open(struct gpconf *session, const char *verb, int wait_ms,
                struct writer *ret);

/* The session's evaluation of the machine as it is now, borrowed until writer_done(),
 * for the clients too. */
int writer_evaluate(struct writer *writer, const struct evaluation **ret);

/* Plan and carry out the change; all of it, or nothing (change/commit.h). */
int writer_commit(struct writer *writer);

/* Let go of the lock and forget the evaluation, which is of the machine before. */
void writer_done(struct writer *writer);

#endif
