#ifndef GPCONF_ENGINE_ANSWERS_CHANGE_H
#define GPCONF_ENGINE_ANSWERS_CHANGE_H

#include "engine/answers/tree.h"
#include "engine/change/history.h"
#include "engine/providers/clients.h"

/*
 * Changes as answers: what would be done, what was done, and what all was done. A change
 * looks the same in each.
 */

/* Add to an object what a planned or committed change is: "change" (its number, when it
 * has one), "changes" (how many steps act; our own records do not count), "steps"[] with
 * action, target, owner and claims[], and of an undo that found files changed "drifts"[],
 * each with target and, when it was put back all the same, kept_as. */
void change_answer_steps(struct gpconf_answer *a, struct gpconf_node *to,
                         const struct change *change);

/* Add to a list what a line of a client's configuration claims: "line", "key", "value"
 * or "redacted" or (taken out of local policy) "unset", "setting", "fidelity", "why". Returns its node, for more; NULL: no
 * memory. */
struct gpconf_node *change_answer_claim(struct gpconf_answer *a,
                                        struct gpconf_node *list,
                                        const struct claim *claim);

/* Add to an object: "verb", "at", "local_time" is left to programs, "author", "state",
 * "undoes", "undone_by", "mode", "keeps", "keep_by". */
void change_answer_head(struct gpconf_answer *a, struct gpconf_node *to,
                        const struct change *change);

/* A new answer of a change that was tried: the diagnostics, and of a status of 0 what
 * change_answer_steps() adds. More may be added before answer_finish(). NULL: no
 * memory. */
struct gpconf_answer *change_answer(const char *kind, const struct change *change,
                                    int status, int64_t now,
                                    const struct diagnostics *diagnostics);

/* data.changes[], the newest first, each with its head, drifts[] and steps[]; number 0:
 * all, but with the claims of local policy alone. GPCONF_ENOTFOUND: there is no such change, and *ret says so. */
int change_history(const struct history *history, uint64_t number, int64_t now,
                   const struct diagnostics *diagnostics, struct gpconf_answer **ret);

/* Add "providers"[], each with name, version, state (when it was asked), files[] and
 * findings[] (all that are not in effect), "updaters"[] and "orchestrator". */
void change_answer_clients(struct gpconf_answer *a, struct gpconf_node *to,
                           const struct clients *clients, const struct change *wanted);

#endif
