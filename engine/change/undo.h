#ifndef GPCONF_ENGINE_CHANGE_UNDO_H
#define GPCONF_ENGINE_CHANGE_UNDO_H

#include "engine/change/commit.h"
#include "engine/change/history.h"

/*
 * Undoing: a change that puts back what another one found. It is an ordinary change
 * with its own entry in the history, so it can be undone too.
 *
 * A file is put back only if it still is what that change wrote. One that is not has
 * drifted: it is named and left alone. Where a later change wrote it, that one must be
 * taken back first, and nothing at all is done. With force it is put back all the same if
 * it is provably ours (plan.h), edited or not, and what was there is kept in
 * STATE_DIR/aside.
 * Afterwards the machine is held (mode.h).
 */
struct undo_options {
    uint64_t number; /* 0: the newest change that can be and has not been taken back;
                        a newer one that cannot is named in a note */
    bool force;
    int64_t now;        /* seconds since the epoch */
    const char *author; /* as in struct change */
};

struct undo_result {
    uint64_t undone;       /* the number of the change that was taken back */
    size_t restored;       /* steps put back */
    size_t drifted;        /* files left alone */
    uint64_t builder;      /* the change that must be taken back first; 0 */
    uint64_t undone_by;    /* the change that had taken it back already; 0 */
    struct change *change; /* the change that did it; owned by the arena */
};

/* Returns 0, also when something was left alone, or the answer is no because of ret->builder
 * or ret->undone_by, all with diagnostics; GPCONF_ENOTFOUND when there is no such change;
 * GPCONF_EINVAL when it wrote no file; what change_commit() returns. With force and the
 * number of a change that was taken back, what had drifted then can still be. */
int undo(const struct lock *lock, const struct undo_options *options,
         const struct change_table *table, struct arena *arena,
         struct diagnostics *diagnostics, struct undo_result *ret);

/* Confirm a provisional change: it stays. */
int undo_not(const struct lock *lock, const struct undo_options *options,
             const struct change_table *table, struct arena *arena,
             struct diagnostics *diagnostics);

/* Take back, with force, every provisional change whose time is over; at boot every
 * one that nobody has confirmed. */
int undo_expired(const struct lock *lock, int64_t now, bool at_boot,
                 const struct change_table *table, struct arena *arena,
                 struct diagnostics *diagnostics);

#endif
