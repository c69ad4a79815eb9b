#ifndef GPCONF_ENGINE_CHANGE_KEEP_H
#define GPCONF_ENGINE_CHANGE_KEEP_H

#include "engine/change/change.h"
#include "policies/snapshot.h"

/*
 * Keeping the last good copy of a policy input: when the input is damaged later, its
 * copy is believed instead. It is written as steps of a change like everything else,
 * but such steps are no history, and an undo does not touch them.
 */

/* Add the step that keeps this input, which has just parsed whole; none when inputs of
 * its role are not kept. A copy that is the same already stays, as planning any step
 * finds out. The bytes are borrowed until the change is committed. Returns 0 or
 * GPCONF_ENOMEM. */
int keep_last_good(const struct input *input, struct change *change,
                   struct arena *arena);

/* Add the steps that remove the copies of what is provably gone: the snapshot looked
 * into its folder, and it was not there. Kept, such a copy would be believed again as
 * soon as the folder could not be read. Returns 0 or GPCONF_ENOMEM. */
int keep_forget(int root, const struct snapshot *snapshot, struct change *change,
                struct arena *arena);

#endif
