#ifndef GPCONF_ENGINE_ANSWERS_PLAN_H
#define GPCONF_ENGINE_ANSWERS_PLAN_H

#include "engine/answers/tree.h"
#include "engine/providers/provider.h"

/*
 * What an apply would change: every file with what happens to it, its text and what
 * each line claims; and the settings that the client cannot follow, with the reason.
 */
/* change is planned; client is what probe found. diagnostics are copied. A NULL change
 * could not be planned: the answer has the diagnostics and no data. */
int plan_answer(const struct change *change, const struct client *client, int64_t now,
                const struct diagnostics *diagnostics, struct gpconf_answer **ret);

#endif
