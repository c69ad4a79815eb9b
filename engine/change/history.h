#ifndef GPCONF_ENGINE_CHANGE_HISTORY_H
#define GPCONF_ENGINE_CHANGE_HISTORY_H

#include "engine/change/change.h"
#include "base/buffer.h"
#include "base/diagnostic.h"
#include "engine/change/place.h"

/*
 * History: the changes that were kept, one file each, STATE_DIR/changes/NUMBER. Such a
 * file is the last step of its own change, so it is there exactly when the change is.
 * Nothing is ever edited: that a change was taken back, or confirmed, is said by the
 * later change that did it.
 *
 * The ledger, what we own on this machine, is the fold of history. Old entries are
 * removed; what they left behind is folded into STATE_DIR/changes/ledger by the same
 * change that removes them, so the fold stays the same.
 *
 * Both are records (record.h). "gpconf-change 1":
 *
 *    change NUMBER AT KEEP_BY VERB AUTHOR OWNER INPUTS UNDOES KEEPS
 *    made FOLDER
 *    unmade FOLDER MODE UID GID                     as it was
 *    mode MODE                                      when it sets one
 *    drift TARGET ASIDE                             of an undo: change.h
 *    step KIND GATE ACTION TARGET OWNER OLD NEW     identities; of a call, values. keep:
 *                                                   the file was adopted (change.h)
 *    claim KEY VALUE LINE SETTING FIDELITY WHY      of the step above
 *
 * "gpconf-ledger 1":
 *
 *    through NUMBER
 *    own TARGET OWNER IDENTITY NUMBER
 */
struct owned {
    const char *target, *owner;
    struct identity identity; /* as we wrote it */
    uint64_t number;          /* of the change that did */
};
struct ledger {
    struct owned *files; /* sorted by target */
    size_t n, capacity;
};

struct history {
    struct change *changes; /* by number; their states are filled in */
    size_t n, capacity;
    uint64_t through;   /* changes up to this one are in base */
    struct ledger base; /* what they left behind */
};

/* Read all of it; takes no lock. GPCONF_EDAMAGED when an entry is not what we wrote, or
 * is missing. */
int history_read(int root, struct arena *arena, struct diagnostics *diagnostics,
                 struct history *ret);

/* NULL when there is none with this number. */
const struct change *history_find(const struct history *history, uint64_t number);

/* The number of the newest change; 0 when there is none. */
uint64_t history_last(const struct history *history);

/* What we own after the first changes up to number (UINT64_MAX: all). Owned by the
 * arena. Returns 0 or GPCONF_ENOMEM. */
int ledger_fold(const struct history *history, uint64_t number, struct arena *arena,
                struct ledger *ret);
const struct owned *ledger_find(const struct ledger *ledger, const char *target);

/* Give the planned change its number and append the steps that make it history: the
 * ledger and the removal of old entries when there are too many, and its own entry. */
int history_append(const struct history *history, struct change *change,
                   struct arena *arena);

/* The text of an entry, and back. */
void history_print(const struct change *change, struct arena *arena,
                   struct buffer *ret);
int history_parse(const void *text, size_t size, struct arena *arena,
                  struct change *ret);

/* Is this a file of our own state? It is no policy's and no client's. */
bool history_is_state(const char *target);

/* And one that no entry names, because it says where we are, not what was done? The
 * mode is not: it decides what is done next. */
bool history_is_note(const char *target);

#endif
