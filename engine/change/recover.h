#ifndef GPCONF_ENGINE_CHANGE_RECOVER_H
#define GPCONF_ENGINE_CHANGE_RECOVER_H

#include "engine/change/carry.h"

/*
 * Recovery: whatever a crash left behind becomes wholly the state before the change or
 * wholly the state after it (protocol step 1). Every writer runs it first, and a unit
 * runs it at boot. It may itself be killed, and run again.
 */
enum recovery {
    RECOVERY_NOTHING,  /* there was no journal */
    RECOVERY_FINISHED, /* the change is done now */
    RECOVERY_REVERTED, /* nothing of it is left */
    RECOVERY_CLEANED,  /* it had been decided; leftovers were removed */
};

/* Returns 0; GPCONF_EDAMAGED (exit 7) when the journal cannot be read or believed, and
 * nothing was touched; another status when it could not be finished and still waits. */
int recover(const struct lock *lock, const struct change_table *table,
            struct arena *arena, struct diagnostics *diagnostics,
            enum recovery *ret_what);

#endif
