#ifndef GPCONF_ENGINE_SESSION_H
#define GPCONF_ENGINE_SESSION_H

#include "engine/answers/evaluation.h"
#include "engine/gpconf.h"

/*
 * A session opens a root and runs the stations in order: read, parse, lower,
 * merge, project. It decides nothing itself. What it made is kept until a
 * setting changes.
 */
enum { TEMPLATE_FOLDERS_MOST = 8 };

struct gpconf {
    struct arena arena; /* the settings below */
    const char *root;
    const char *folders[TEMPLATE_FOLDERS_MOST]; /* of --templates, strongest first */
    size_t n_folders;
    const char *language;
    bool language_asked; /* by name: that nobody speaks it is told */
    bool has_now;
    int64_t now;
    const char *author; /* NULL: the caller */
    struct machine machine;
    bool is_open;
    struct evaluation *evaluation; /* NULL until the first question */
};

/* The evaluation, made at the first call. Borrowed until a setting changes. */
int session_evaluate(struct gpconf *session, const struct evaluation **ret);

/* The same for a plan or a change, which needs no whole evaluation (evaluation.h). It may
 * get one; else the first session_evaluate() after it evaluates anew, and what was
 * borrowed ends there, too. */
int session_evaluate_bare(struct gpconf *session, const struct evaluation **ret);

/* The evaluation that there would be if an input (snapshot.h) had these bytes, and all
 * else stayed. Borrows the session's own; freed with session_evaluation_free() before
 * that is forgotten. */
int session_overlay(struct gpconf *session, const char *path, const void *bytes,
                    size_t size, struct evaluation **ret);
void session_evaluation_free(struct evaluation *evaluation); /* NULL is fine */

/* Open the root, once; the first question does it. */
int session_open(struct gpconf *session);

/* Forget the evaluation: the next question reads the machine, and the clock, anew. */
void session_forget(struct gpconf *session);

/* Who changes the machine, for the history: as told, else the caller's user name or
 * number. Owned by the arena; NULL after a failed allocation. */
const char *session_author(const struct gpconf *session, struct arena *arena);

#endif
