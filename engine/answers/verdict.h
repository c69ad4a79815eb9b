#ifndef GPCONF_ENGINE_ANSWERS_VERDICT_H
#define GPCONF_ENGINE_ANSWERS_VERDICT_H

#include "engine/answers/evaluation.h"
#include "engine/answers/tree.h"
#include "engine/update/choose.h"

/*
 * What becomes of a choice of local policy: it is asked of an evaluation in which the
 * choice is made already. The choice is not decided by policy when it counts in a
 * granted layer, or when policy leaves the setting to local policy.
 */
struct verdict {
    const struct contribution *decided_by; /* by a GPO, in rsop[half]; NULL */
    const struct origin *overridden_by; /* a line of local policy that counts instead */
    const struct origin *refused_by;    /* the line of limits.ini that forbids it */
    const char *why; /* why it has no effect though nobody decides otherwise; NULL */
    bool decides[SETTING_COUNT]; /* the settings that the choice decides */
};

/* file is local.ini as its diagnostics call it. Pure but for the arena. */
struct verdict verdict_find(const struct evaluation *after, const struct chosen *chosen,
                            const char *file, struct arena *arena);

/* Add "what", "kind", "class", "element", "entry", "file", "said"[] and "gone"[], and of
 * a setting "setting" as gpconf_get() tells it. e is of the machine as it is after all;
 * the lines of what was said are told when it is stored. */
void verdict_answer_choice(struct gpconf_answer *a, const struct evaluation *e,
                           const struct chosen *chosen, const char *file,
                           bool is_stored);

/* Add "in_effect", and what is otherwise: "decided_by", "overridden_by", "refused_by",
 * "why". */
void verdict_answer(struct gpconf_answer *a, const struct evaluation *after,
                    const struct chosen *chosen, const struct verdict *verdict,
                    bool is_stored);

/* Must what the statement says not be shown: is the setting or the value sensitive, or
 * not everybody may read the file? */
bool verdict_hides(const struct catalogue *catalogue, const struct statement *statement,
                   struct arena *arena);

/* "update.mode", or "policy 'AutoUpdateCfg', element 'AUOptions'": for messages. */
const char *verdict_name(const struct statement *about, struct arena *arena);

/* Who decides, for messages: "the GPO 'Servers-Patching' (example.test/Servers, link
 * 1)". */
const char *verdict_decider(const struct evaluation *after, const struct chosen *chosen,
                            const struct verdict *verdict, struct arena *arena);

#endif
