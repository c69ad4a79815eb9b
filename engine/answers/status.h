#ifndef GPCONF_ENGINE_ANSWERS_STATUS_H
#define GPCONF_ENGINE_ANSWERS_STATUS_H

#include "engine/answers/evaluation.h"
#include "engine/answers/tree.h"
#include "engine/change/history.h"
#include "engine/change/mode.h"
#include "engine/providers/clients.h"

/* What is known beside the evaluation; a NULL is not known. */
struct status_machine {
    const struct mode_state *mode;
    const struct clients *clients; /* verified */
    const struct change *wanted;   /* that they were verified against */
    const struct history *history;
    const struct diagnostics *diagnostics; /* of all this, the evaluation's included */
};

/*
 * What updating comes to on this machine: every setting that somebody configured, its
 * value, who decided it and what waits in its shadow; the mode, what the update clients
 * make of it, the next runs, whether a restart is needed, and the problems, each with
 * the command that explains it.
 * With all, the settings that nobody configured are listed too.
 */
int status_answer(const struct evaluation *evaluation,
                  const struct status_machine *machine, bool all,
                  struct gpconf_answer **ret);

/* One setting by its id: data.setting. GPCONF_ENOTFOUND with data.suggestions[]. */
int status_setting(const struct evaluation *evaluation, const char *id,
                   struct gpconf_answer **ret);

/* What there is to tell about one setting, added to an object. */
void status_add(struct gpconf_answer *a, struct gpconf_node *to,
                const struct evaluation *evaluation, enum setting_index index);

/* Must the value that counts not be shown: is it sensitive, or not everybody's? */
bool status_hides(const struct evaluation *evaluation, enum setting_index index);

#endif
