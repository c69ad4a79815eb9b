#ifndef GPCONF_ENGINE_CHANGE_STANDING_H
#define GPCONF_ENGINE_CHANGE_STANDING_H

#include "engine/change/history.h"

/*
 * How the changes of a history stand today: kept, undone, undone in part, and what was
 * built on them. Nothing of it is written down; later changes say it.
 */

/* Fill in the state and undone_by of every change. */
void standing_find(struct history *history);

/* The newest change that wrote the target after this one did, and whose work there has
 * not been taken back: who takes this change back would take that work away, too. NULL
 * when there is none. */
const struct change *standing_builder(const struct history *history,
                                      const struct change *change, const char *target);

/* Has the change been taken back at the target already, and written there since by
 * somebody who is not to be disturbed? */
bool standing_is_past(const struct history *history, const struct change *change,
                      const char *target);

#endif
