#ifndef GPCONF_ENGINE_ANSWERS_RESULT_H
#define GPCONF_ENGINE_ANSWERS_RESULT_H

#include "engine/answers/evaluation.h"
#include "engine/answers/tree.h"

/*
 * The resultant set as an answer (the counterpart of gpresult): the GPOs with what
 * became of them, the policies that are configured, and the registry values that no
 * template explains. Every one names the layer that decided.
 */
int result_answer(const struct evaluation *evaluation, struct gpconf_answer **ret);

/* policies[] and values[] of what an evaluation has merged. Of it, the catalogue, rsop,
 * effective and view are looked at. Returns 0 or GPCONF_ENOMEM. */
int result_configured(struct gpconf_answer *a, const struct evaluation *evaluation);

/* Must the operation's value not leave this machine's answers? */
bool result_hides(const struct operation *operation);

/* "op", "key", "name", and of a set "type" and "data", or "redacted" when the value must
 * not be shown: the setting is sensitive, or not everybody may read the file. */
void result_operation(struct gpconf_answer *a, struct gpconf_node *to,
                      const struct operation *operation);

/* {"layer" (of a GPO alone: absent),"gpo","name","container","link","enforced","file","record" or "line"}: who
 * said this contribution, and where. */
void result_origin(struct gpconf_answer *a, struct gpconf_node *to, const char *name,
                   const struct rsop *rsop, const struct contribution *contribution);

#endif
