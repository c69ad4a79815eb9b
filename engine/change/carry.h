#ifndef GPCONF_ENGINE_CHANGE_CARRY_H
#define GPCONF_ENGINE_CHANGE_CARRY_H

#include "engine/change/journal.h"

/*
 * Carrying a journal out: protocol steps 8 to 11 and the abort. A commit and a recovery
 * run the same code; a recovery begins where the crash was and looks at what is there.
 */

/* How a change reaches what is not a file of ours. The session fills it in, so this
 * room does not know the providers. Every function may be NULL: it agrees. They return
 * 0 or a negative status, and say why in the diagnostics. */
struct change_table {
    void *context;

    /* 6: would the client accept the merged view with the staged files in it? Each step
     * says in staged where its file lies. */
    int (*accept)(void *context, const struct change *change, struct arena *arena,
                  struct diagnostics *diagnostics);

    /* 10: make the client of this owner take notice. Idempotent: also called by
     * recovery, and after the files were swapped back. */
    int (*activate)(void *context, const char *owner, const struct change *change,
                    struct arena *arena, struct diagnostics *diagnostics);

    /* 10: is the change in effect? Not called after an abort. */
    int (*observe)(void *context, const struct change *change, struct arena *arena,
                   struct diagnostics *diagnostics);

    /* Steps that are no files: what a setting is now (NULL: nothing), and setting it.
     * Without them a change with calls is refused, and a journal with calls waits for
     * the program that has them. */
    int (*current)(void *context, const char *owner, const char *setting,
                   struct arena *arena, const char **ret_value);
    int (*call)(void *context, const char *owner, const char *setting,
                const char *value, struct arena *arena,
                struct diagnostics *diagnostics);
};

struct carry {
    const struct lock *lock;
    const struct change_table *table; /* never NULL */
    struct txn *txn;
    const struct change *change; /* for the table; of a recovery, without contents */
    struct arena *arena;
    struct diagnostics *diagnostics;
};

/* 7 to 11, from JOURNAL_STAGE; or, by what is there, 8 to 11 from JOURNAL_APPLY, after
 * a crash. Returns 0 when the change is in effect. Otherwise it has aborted, all the
 * way, and returns why; when even that was not possible the journal stays for recovery,
 * and the diagnostic "change-unfinished" says so. */
int carry_out(struct carry *carry, enum journal_state from);

/* From JOURNAL_STAGE, when nothing was swapped: remove what was staged. */
int carry_unstage(struct carry *carry);

/* From JOURNAL_ABORT: swap back, 9, 10, 11. */
int carry_back(struct carry *carry);

/* 11, from JOURNAL_ABORT or JOURNAL_CLEAN. */
int carry_clean(struct carry *carry, enum journal_state from);

/* The change as the journal tells it. Owned by the arena. */
const struct change *carry_change(const struct txn *txn, struct arena *arena);

#endif
