#ifndef GPCONF_ENGINE_RSOP_RSOP_H
#define GPCONF_ENGINE_RSOP_RSOP_H

#include <stdbool.h>

#include "base/registry/operation.h"
#include "engine/rsop/order.h"

/*
 * The resultant set of policy of one half: every operation of every layer, in the
 * order of processing, each with its fate. It is a log with an index, not a map of
 * values: "why" is answered from it, and a stronger "delete" beats a weaker "set".
 *
 * Rules (contributions are met weakest first; one that was beaten stays beaten, by the
 * first that did it):
 *  1. SET and DELETE on (key, name) beat every earlier contribution to it.
 *  2. CLEARVALS on key clears every earlier contribution to any value of that key, and
 *     stays in effect itself: it still removes values that policy did not write. It
 *     outranks an earlier CLEARVALS on the same key.
 *  3. DELKEY does the same for the key and everything below it.
 *  4. SOFTSET beats nothing. It is in effect unless an earlier SET or SOFTSET on the
 *     same name is: then its fate is SOFT_EXISTED. An earlier DELETE, CLEARVALS or
 *     DELKEY stays in effect with it, because both are needed: the value goes, and then
 *     does not exist. (Whether the target has the value is not known here.)
 *  5. MKKEY is beaten only by a later DELKEY.
 *  6. Within one layer the same rules hold in record order.
 * So carrying out what is in effect, in log order, leaves every machine with the values
 * that carrying out the whole log would.
 */
enum fate {
    FATE_IN_EFFECT,
    FATE_OUTRANKED,    /* beaten on the same (key, name) */
    FATE_CLEARED,      /* beaten by CLEARVALS or DELKEY */
    FATE_SOFT_EXISTED, /* a soft set that found a value */
};

struct contribution {
    const struct operation *operation; /* borrowed from its layer */
    uint32_t layer;                    /* index into rsop.layers */
    uint32_t beaten_by; /* index into rsop.log; its own while in effect. Of a soft set
                           that existed: what it found */
    enum fate fate;
};

/* Everything that was said about one (key, name); name NULL: about the key itself. */
struct slot {
    const char *key, *name; /* the spelling of the strongest contribution */
    uint32_t first, n;      /* in rsop.by_slot, weakest first */
};

struct rsop {
    const struct layer *layers; /* borrowed */
    size_t n_layers;
    struct contribution *log; /* in processing order */
    size_t n;
    uint32_t *by_slot;  /* indexes into the log, grouped by slot */
    struct slot *slots; /* by key, then name, without case; the key itself first */
    size_t n_slots;
    bool sweeps; /* a CLEARVALS or DELKEY is in the log */
};

enum rsop_half { RSOP_MACHINE, RSOP_USER };

/* Merge one half of the layers. Owned by the arena, borrows the order and the
 * operations. Time grows as n log n. Returns 0 or GPCONF_ENOMEM. */
int rsop_merge(const struct order *order, enum rsop_half half, struct arena *arena,
               struct rsop *ret);

/* The slot of (key, name), without case; NULL when nothing was said. name may be NULL
 * for the key itself. */
const struct slot *rsop_find(const struct rsop *rsop, const char *key,
                             const char *name);

/* The contribution in effect on a slot, the strongest where there are several (rules 4
 * and 5); NULL when all were cleared. */
const struct contribution *rsop_winner(const struct rsop *rsop,
                                       const struct slot *slot);

/* The contribution that decides what (key, name) is: a winner on the slot, or else the
 * strongest CLEARVALS or DELKEY in effect on it, also when nothing was said about the
 * name itself. NULL when policy says nothing. */
const struct contribution *rsop_decider(const struct rsop *rsop, const char *key,
                                        const char *name);

/* The operations in effect, in an order in which they can be applied. */
void rsop_operations(const struct rsop *rsop, struct arena *arena,
                     struct operations *ret);

/* The slots of one key, without its subkeys: a range in rsop.slots, which begins with
 * the key itself if anything was said about it. */
void rsop_key(const struct rsop *rsop, const char *key, size_t *ret_first,
              size_t *ret_n);

/* "in-effect", "outranked", "cleared", "soft-existed". */
const char *fate_name(enum fate fate);

#endif
