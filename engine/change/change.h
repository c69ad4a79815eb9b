#ifndef GPCONF_ENGINE_CHANGE_CHANGE_H
#define GPCONF_ENGINE_CHANGE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"

/*
 * A change is what an apply, a set, a deployment, a page of the menu or an undo does:
 * a list of steps, each with its before and after, recorded before it is done. Staged
 * it is the plan, committed the journal, kept the history entry and the way back; the
 * ledger of the files we own is the fold of the kept changes. There is no second way
 * to write. This header holds the noun; the verbs are in plan.h, commit.h, history.h.
 */

/* How well a line of a client's configuration does what the policy asks. */
enum fidelity {
    FIDELITY_EXACT,
    FIDELITY_APPROXIMATE,
    FIDELITY_EMULATED,
    FIDELITY_UNSUPPORTED
};

/* What a client should say once the change is in effect. File text, explain, verify
 * and labels all read claims. */
struct claim {
    const char *key;     /* the client's own name: "Unattended-Upgrade::Mail" */
    const char *value;   /* "": emptied, a list begins here with nothing in it; NULL
                            for an UNSUPPORTED policy value, and of local policy
                            for what was taken out */
    uint32_t line;       /* in the file of its step, from 1; 0: no line */
    const char *setting; /* "update.mode"; NULL: a companion of another claim */
    enum fidelity fidelity;
    bool sensitive;  /* history does not keep the value */
    const char *why; /* a sentence; NULL when EXACT needs none */
};

enum step_kind {
    STEP_FILE,    /* a whole file of ours below the root */
    STEP_COMMAND, /* a program with a compensation */
    STEP_CALL,    /* a call to a system interface: owner, setting, old, new */
};

/* Every prefix of a change must be no more permissive than before AND after: steps
 * that stop something come first, steps that allow something last. */
enum gate { GATE_CLOSES, GATE_NEUTRAL, GATE_OPENS };

/* What planning found that a file step has to do. */
enum step_action { STEP_KEEP, STEP_CREATE, STEP_REPLACE, STEP_REMOVE };

struct step {
    enum step_kind kind;
    enum gate gate;
    const char *target; /* FILE: path without a leading slash; else what it names */
    const char *owner;  /* provider or program: "apt" */
    const void *after;  /* content that is wanted; NULL: absent */
    size_t after_size;
    uint32_t mode, uid, gid; /* of a file that is wanted; every mode is one, 0 too */
    /* How planning proves that what lies at target may be replaced: NULL, it begins
     * with our label (label.h) or lies in a folder that is ours; else its content
     * hash is this one ("": there is none), because whoever made the step read it. */
    const char *expects;
    const struct claim *claims;
    size_t n_claims;
    /* Set by planning. */
    enum step_action action;
    const void *before; /* content that is there; NULL: absent */
    size_t before_size;
    uint32_t before_mode, before_uid, before_gid;
    char before_hash[HASH_TEXT + 1], after_hash[HASH_TEXT + 1]; /* "" : absent */
    /* It bears our label, and the ledger does not know it: the record was lost. One that
     * is kept all the same is put on record by the change (adopted). */
    bool is_unrecorded;
    const char *staged; /* set for accept: where the wanted file lies, like target */
};

enum change_state {
    CHANGE_STAGED,      /* a plan; nothing has been done */
    CHANGE_COMMITTED,   /* being carried out */
    CHANGE_PROVISIONAL, /* done, and reverted at keep_by unless kept */
    CHANGE_KEPT,        /* done */
    CHANGE_PARTLY,      /* taken back but for files that had drifted */
    CHANGE_REVERTED,    /* taken back */
};

/* A file that an undo found to be neither as the change had left it nor as before. */
struct drift {
    const char *target;
    const char *aside; /* put back all the same; what lay there is kept here. NULL: it
                          was left alone */
};

/* A file that an owner may have written, should the record of it be lost. */
struct trace {
    const char *target, *owner;
};

/* A folder that a change makes or removes. mode 0: not known, 0755 and whose it gets. */
struct change_folder {
    const char *path;
    uint32_t mode, uid, gid;
};

struct change {
    uint64_t number;     /* from 1, in the order of history; 0 before it is kept */
    int64_t at, keep_by; /* seconds since the epoch; keep_by 0: for good */
    enum change_state state;
    const char *author; /* user name or uid of the person */
    const char *verb;   /* "apply", "undo", "set", "deploy", … */
    const char *owner;  /* program whose calls these are: "gpconf" */
    const char *inputs; /* snapshot hash; NULL */
    uint64_t undoes;    /* number of the change that this one takes back; 0 */
    const char *mode;   /* that it leaves the machine in (mode.h); NULL: as it was */
    uint64_t undone_by; /* number of the newest change that took this one back; 0 */
    uint64_t keeps;     /* number of the provisional change that this one confirms; 0 */
    /* Owners whose files go when no step wants them any more; an apply names every
     * provider here, a set nobody. */
    const char *const *complete;
    size_t n_complete;
    /* Of those owners; one that no step wants goes, too, when it bears our label. */
    const struct trace *traces;
    size_t n_traces;
    bool overwrite; /* a file of ours that somebody edited is replaced, not refused */
    bool
        only_look; /* planned by whoever may not write: a folder may be closed to them */
    struct step *steps;
    size_t n_steps, capacity;
    struct change_folder *made; /* set by planning, undone with it */
    size_t n_made, made_capacity;
    /* Folders that it removes if they are empty, deepest last; how they are is set by
     * planning, or read from the history. */
    struct change_folder *unmade;
    size_t n_unmade, unmade_capacity;
    const struct change_folder *known; /* how folders were that it may have to make */
    size_t n_known;
    struct drift *drifts; /* of an undo */
    size_t n_drifts, drifts_capacity;
    size_t retain; /* history entries to keep; 0: LIMIT_HISTORY */
};

/* Append an empty step; zeroed, to be filled in. Owned by the arena; NULL after a
 * failed allocation. */
struct step *change_add(struct change *change, struct arena *arena,
                        enum step_kind kind);

/* Add a drift; both texts are borrowed. False: no memory. */
bool change_drift(struct change *change, struct arena *arena, const char *target,
                  const char *aside);

/* Does the step do nothing but put a file on record that is as it should be? */
bool change_adopts(const struct step *step);

/* Does the step do anything? */
bool change_acts(const struct step *step);

/* The step of a file, NULL when the change has none. */
struct step *change_find(const struct change *change, const char *target);

#endif
