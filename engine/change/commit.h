#ifndef GPCONF_ENGINE_CHANGE_COMMIT_H
#define GPCONF_ENGINE_CHANGE_COMMIT_H

#include "engine/change/carry.h"

/*
 * Committing: all of a change, or nothing of it. The steps have the numbers of the
 * protocol:
 *
 *     1 recover what a crash left behind
 *     2 plan
 *     3 write the journal                             txn.stage
 *     4 make folders, stage files
 *     5 wait for the disk
 *     6 let the clients accept the staged files
 *     7 the commit point                              txn.apply
 *     8 swap                                          (or txn.abort: swap back)
 *     9 wait for the disk, check the folders
 *    10 activate, observe, look again
 *    11 clean up                                      txn.clean
 *
 * Atomic is each file, not the set; therefore the order of the steps (change.h, gate).
 */

/* The change holds what is wanted; planning is done here, under the lock. Returns 0
 * with the change in effect and change->number set, or 0 with number 0 when there was
 * nothing to do. Otherwise nothing of it is in effect, unless the diagnostic
 * "change-unfinished" says that recovery will decide. GPCONF_ECLIENT (exit 6): a
 * client or a file refused. */
int change_commit(const struct lock *lock, struct change *change,
                  const struct change_table *table, struct arena *arena,
                  struct diagnostics *diagnostics);

#endif
