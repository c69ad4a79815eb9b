#ifndef GPCONF_ENGINE_CHANGE_STAGE_H
#define GPCONF_ENGINE_CHANGE_STAGE_H

#include "engine/change/journal.h"

/*
 * Staging: everything that can fail for lack of space, memory or permission is done
 * beside the targets before any of them is touched (protocol step 4). A staged file is
 * complete: content, owner, mode, and the label and access list of the file that it
 * will replace. Its name begins with a dot, because apt prints a notice for others.
 */

/* The operations of a planned change. Owned by the arena. */
int stage_prepare(const struct change *change, struct arena *arena, struct txn *ret);

/* Steps 4 and 5: make folders, write staged files, keep what they replace, and wait
 * until all of it is on the disk. Sets staged in the steps of change. */
int stage_make(const struct lock *lock, struct txn *txn, struct change *change,
               struct arena *arena, struct diagnostics *diagnostics);

/* Unlink what lies beside the targets and remove folders that are empty, durably; a
 * target is never touched. May be repeated. Allocates nothing but diagnostics. */
int stage_clear(struct txn *txn, struct diagnostics *diagnostics);

/* Where a file system without RENAME_EXCHANGE keeps the old file: STAGE and a tilde. */
enum { STAGE_NAME = 256 };
void stage_old_name(const struct txn_op *op, char ret[STAGE_NAME]);

#endif
