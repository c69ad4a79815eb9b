#ifndef GPCONF_ENGINE_CHANGE_MODE_H
#define GPCONF_ENGINE_CHANGE_MODE_H

#include "base/diagnostic.h"
#include "engine/change/change.h"

/*
 * Whether this machine is written to without being asked. Kept in STATE_DIR/mode, one
 * word and a newline; it is written as a step of a change, like everything else.
 *
 *    audit               evaluate, show, report; a fresh installation
 *    enforcing           the daemon applies
 *    held audit          a change was taken back: the daemon waits for an apply by
 * hand, held enforcing      after which the mode is the second word
 */
enum mode { MODE_AUDIT, MODE_ENFORCING, MODE_HELD };

struct mode_state {
    enum mode mode;
    enum mode resumes; /* of MODE_HELD: AUDIT or ENFORCING; else the mode itself */
};

/* A missing file is audit. Returns 0; GPCONF_EDAMAGED, which nobody may take for
 * enforcing; GPCONF_EIO, GPCONF_EUNTRUSTED, GPCONF_ENOMEM. */
int mode_read(int root, struct arena *arena, struct diagnostics *diagnostics,
              struct mode_state *ret);

/* Add the step that sets it. */
int mode_step(struct change *change, struct mode_state mode, struct arena *arena);

/* Add the step that an undo needs (held), or an apply (no longer held); none when the
 * mode is right already. */
int mode_hold(int root, struct change *change, struct arena *arena,
              struct diagnostics *diagnostics);
int mode_resume(int root, struct change *change, struct arena *arena,
                struct diagnostics *diagnostics);

/* "audit", "enforcing" or "held". */
const char *mode_name(enum mode mode);

#endif
