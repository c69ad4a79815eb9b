#ifndef GPCONF_ENGINE_CHANGE_SWAP_H
#define GPCONF_ENGINE_CHANGE_SWAP_H

#include "engine/change/journal.h"
#include "engine/change/object.h"

/*
 * Swapping one file (protocol step 8) and swapping it back. Each is one rename, and the
 * file that comes out is looked at afterwards: if somebody wrote the target in between,
 * their file is what came out, and it goes back where it was.
 *
 * Nothing here allocates memory or reports: the caller does, when all is over.
 */
enum swap {
    SWAP_DONE,     /* it is as it should be */
    SWAP_SURPRISE, /* somebody else wrote there; theirs is in its place */
    SWAP_FAILED,   /* errno; where things are is not known */
};

/* For the first time: target and stage are as they were planned. */
enum swap swap_forward(const struct txn *txn, const struct txn_op *op);

/* Again, after a crash: by what is there. Idempotent. */
enum swap swap_again(const struct txn *txn, const struct txn_op *op);

/* Take it back, by what is there. Idempotent. SWAP_SURPRISE: somebody else's file was
 * found, and left; the old content was given this name in STATE_DIR/aside ("": none). */
enum swap swap_back(const struct lock *lock, const struct txn *txn,
                    const struct txn_op *op, char ret_aside[OBJECT_ASIDE]);

/* Is the target what the change wanted? SWAP_DONE or SWAP_SURPRISE. */
enum swap swap_check(const struct txn *txn, const struct txn_op *op);

#endif
