#ifndef GPCONF_POLICIES_STORE_H
#define GPCONF_POLICIES_STORE_H

#include "policies/gpt.h"
#include "policies/limits.h"
#include "policies/links.h"
#include "policies/pol.h"
#include "policies/snapshot.h"
#include "policies/statement.h"

/*
 * The store: everything that has been configured on a machine, parsed from one
 * snapshot. It knows what each GPO says and whether its files were fit to be used;
 * it does not know who wins (engine/rsop).
 *
 * What a fault costs: a half whose file is broken or unreadable is taken from its
 * last good copy; without one the half is damaged, and the GPO is denied. The same
 * holds for local.ini and links.ini. A damaged limits.ini stops all writing. A file
 * that is not there is no fault and has no copy: nothing is configured by it.
 *
 * What comes from a file that not everybody may read has an origin that says so.
 *
 * Local policy is several files: each falls back to its own copy, and the state of the
 * whole is that of its worst.
 */
enum input_state {
    INPUT_ABSENT, /* there is no such file: nothing configured */
    INPUT_GOOD,
    INPUT_LAST_GOOD, /* the file is broken; the copy of the time it was whole is used */
    INPUT_DAMAGED,   /* broken, and no copy */
};

struct gpo_half {
    enum input_state state;
    int64_t good_since; /* of a last good copy: when it was taken, seconds */
    const char *file;   /* the Registry.pol as shown to a person */
    struct operations operations;
};

struct gpo {
    const char *id;   /* the folder's name: a GUID with braces, or "local" */
    const char *name; /* from links.ini, else gpt.ini, else the id */
    bool is_local;    /* the local GPO */
    struct gpt gpt;
    struct gpo_half machine, user;
};

struct store {
    struct gpo *gpos; /* by id, without case; the local GPO among them */
    size_t n_gpos;
    struct links links;
    enum input_state links_state;
    int64_t links_good_since;
    struct statements local; /* local.ini, then local.d in name order */
    enum input_state local_state;
    int64_t local_good_since;
    struct machine_limits limits;
    bool limits_damaged;
};

/* Parse all of a snapshot. Diagnostics name files and what follows. The store is
 * owned by the arena and borrows the snapshot's bytes. Returns 0 or GPCONF_ENOMEM. */
int store_parse(const struct snapshot *snapshot, struct arena *arena,
                struct diagnostics *diagnostics, struct store *ret);

/* Whether something that is there was neither whole nor had a copy. Said of a snapshot
 * whose kept copies were not read yet, it means that they are needed. */
bool store_is_damaged(const struct store *store);

/* Parse one Registry.pol into half->operations. Returns 0, or what pol_parse() returns,
 * and then there are none. */
int store_parse_half(const struct file *bytes, const char *file, struct arena *arena,
                     struct diagnostics *diagnostics, struct gpo_half *half);

/* The GPO with this id, without case; NULL when it is not deployed. */
const struct gpo *store_gpo(const struct store *store, const char *id);

#endif
