#ifndef GPCONF_ENGINE_PROVIDERS_CLAIMS_H
#define GPCONF_ENGINE_PROVIDERS_CLAIMS_H

#include "engine/providers/provider.h"

/*
 * Claims against what the client says: the same for every client. Pure.
 *
 * The claims of one key are a list, of one member as a rule, and the list is in effect
 * only when the client has its members in the same order and no others:
 *
 *  1. A claim with the empty value is where the list begins: whatever was there before
 *     is taken back. It is in effect when the client has no members but those that are
 *     claimed besides; with none claimed the list is empty.
 *  2. A member is in effect when the client has it, behind those claimed before it.
 *  3. A member of the client that nobody claimed has replaced a claimed one that is
 *     missing, or else it is held against the claim of rule 1, or without one against
 *     the last claim: one finding for each thing that is wrong, as far as that goes.
 *  4. Claims of one line with one key and value are one member; it does what several
 *     settings ask.
 *  5. The client's empty values are no members: "KEY=" of a list's parent, and an
 *     assignment that took back what came before (its entry says who did).
 *
 * Keys with "::" are apt's. They are equal whatever their case, and KEY::NAME is a
 * member of the list KEY as KEY:: is.
 */

/* One finding per claim of the files that are wanted, in their order; claims that are
 * FIDELITY_UNSUPPORTED make none. What is seen of a claim that is sensitive is as
 * sensitive. Returns 0 or GPCONF_ENOMEM. */
int claims_compare(const struct change *wanted, const struct view *view,
                   struct arena *arena, struct findings *ret);

/* Append a finding; zeroed, to be filled in. Owned by the arena; NULL after a failed
 * allocation. */
struct finding *claims_add(struct findings *findings, struct arena *arena);

#endif
