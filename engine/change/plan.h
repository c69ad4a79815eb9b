#ifndef GPCONF_ENGINE_CHANGE_PLAN_H
#define GPCONF_ENGINE_CHANGE_PLAN_H

#include "engine/change/change.h"
#include "engine/change/history.h"

/*
 * Planning: wanted files and the ledger become actions (protocol step 2). It reads the
 * machine and writes nothing, so that "what would change" is the same code as a change.
 *
 * What may be replaced or removed is a regular file, not a link and no mount point, in
 * folders that nobody else can write, and provably ours: it begins with our label
 * (label.h), or lies below etc/gpconf or our state folder, or still is what the step
 * expects. Everything else is refused and named, all of it at once.
 *
 *    AT THE TARGET          WANTED         NOT WANTED
 *    nothing                create         keep
 *    ours, as it should be  keep           remove
 *    ours, another content  replace        remove
 *    ours, edited           refused (1)    kept, with a warning (1)
 *    foreign                refused        kept, with a warning
 *    no regular file        refused        kept, with a warning
 *
 * (1) change->overwrite: replaced or removed; what was there stays in the history.
 *
 * A file that bears our label and that the ledger does not know is ours all the same: a
 * lost record (a clone, /var rolled back or removed) is told, and the file is put on
 * record again, also where nothing of it changes.
 *
 * Order of the steps: folders, gates that close, neutral ones, gates that open,
 * history. Within one of these as they were added.
 */

/* Fill in what planning sets in the change; may be called again. Files that the ledger
 * gives to an owner in change->complete, and that no step wants, get a step. Returns 0;
 * GPCONF_ECLIENT (exit 6), GPCONF_EUNTRUSTED, GPCONF_EINVAL, GPCONF_EIO, GPCONF_EPERM
 * with diagnostics; GPCONF_ENOMEM. */
int plan_make(int root, const struct history *history, struct change *change,
              struct arena *arena, struct diagnostics *diagnostics);

/* The same for the steps from first on, which were added after plan_make(). */
int plan_more(int root, struct change *change, size_t first, struct arena *arena,
              struct diagnostics *diagnostics);

/* Does the target lie where everything is ours, whatever it begins with? */
bool plan_is_our_place(const char *target);

/* How many steps do something. */
size_t plan_acts(const struct change *change);

#endif
