#ifndef GPCONF_ENGINE_ANSWERS_EXPLAIN_H
#define GPCONF_ENGINE_ANSWERS_EXPLAIN_H

#include "engine/answers/evaluation.h"
#include "engine/answers/tree.h"

/*
 * Why: the chain of contributions to a setting (update.mode), or to a registry value
 * (KEY\NAME), the one in effect first, then those that lost to it, each with the
 * reason. GPCONF_ENOTFOUND with data.suggestions[] for what is neither.
 */
int explain_answer(const struct evaluation *evaluation, const char *what,
                   struct gpconf_answer **ret);

#endif
