#ifndef GPCONF_ENGINE_CHANGE_LOCK_H
#define GPCONF_ENGINE_CHANGE_LOCK_H

#include "base/diagnostic.h"

/*
 * The lock that every writer holds, and with it the state folder
 * <root>/var/lib/gpconf that it guards. flock() on a file that is never unlinked: the
 * kernel lets go of it when its holder dies, however it dies. Readers take no lock.
 *
 * A program started by a holder (a hook of ours) would wait for itself for ever; it is
 * refused at once.
 */
#define STATE_DIR "var/lib/gpconf"

/*    STATE_DIR/lock          this lock
 *    STATE_DIR/txn.*         the journal (journal.h)
 *    STATE_DIR/changes/      history and ledger (history.h)
 *    STATE_DIR/before/       contents that changes replaced (object.h)
 *    STATE_DIR/aside/        what a person should look at: contents that were in the
 * way STATE_DIR/mode          audit, enforcing or held (mode.h) STATE_DIR/last-good/
 * policy inputs that last parsed whole */

struct lock {
    int root;  /* borrowed */
    int state; /* descriptor of STATE_DIR */
    int file;  /* descriptor of the lock file, locked */
};

/* How long a writer waits, milliseconds. */
enum {
    LOCK_NO_WAIT = 0,           /* the daemon, which tries again later */
    LOCK_WAIT = 10000,          /* a person's program */
    LOCK_WAIT_RECOVERY = 60000, /* recovery at boot */
};

/* Take the lock; the state folder is made when it is missing. who names the caller to
 * those who wait: "gpconf apply". Returns 0; GPCONF_EBUSY with a diagnostic that names
 * the holder; another status with a diagnostic. */
int lock_take(int root, const char *who, int wait_ms, struct diagnostics *diagnostics,
              struct lock *ret);

/* Let go of it. Do not call it on a lock that was not taken. */
void lock_drop(struct lock *lock);

#endif
