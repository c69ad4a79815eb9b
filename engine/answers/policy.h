#ifndef GPCONF_ENGINE_ANSWERS_POLICY_H
#define GPCONF_ENGINE_ANSWERS_POLICY_H

#include "engine/answers/evaluation.h"
#include "engine/answers/tree.h"

/*
 * Answers about the policies of the templates: the list, a search, one policy whole,
 * and the pieces that other answers describe a policy with. The shapes are those of
 * the design's section 6.
 */

/* Every policy with its state: data.policies[]. */
int policy_list(const struct evaluation *evaluation, struct gpconf_answer **ret);

/* The policies in which every word occurs, best match first. */
int policy_search(const struct evaluation *evaluation, const char *words,
                  struct gpconf_answer **ret);

/* data.policy; or data.candidates with GPCONF_ERANGE, data.suggestions with
 * GPCONF_ENOTFOUND. */
int policy_show(const struct evaluation *evaluation, const char *name,
                struct gpconf_answer **ret);

/* The pieces of that: data.policy; data.candidates[], every policy that has the name;
 * and the name or id that a misspelt one is nearest to (borrowed from the catalogue;
 * NULL: none is near). */
int policy_describe(struct gpconf_answer *a, const struct evaluation *evaluation,
                    const struct cat_policy *policy);
void policy_candidates(struct gpconf_answer *a, const struct catalogue *catalogue,
                       const char *name);
const char *policy_nearest(const struct catalogue *catalogue, const char *name);

/* When there are no templates at all, say so: data.no_templates, and where they were
 * looked for among the diagnostics. So is a language that none of them has, and a file
 * that is left out as a whole. */
void policy_tell_templates(struct gpconf_answer *a,
                           const struct evaluation *evaluation);

/* One policy as a row of a list of policies; scratch holds what is needed meanwhile. */
int policy_row(struct gpconf_answer *a, struct gpconf_node *list,
               const struct evaluation *evaluation, const struct cat_policy *policy,
               struct arena *scratch);

/* Members that say which policy it is: id, title, category[], supported_on. */
void policy_identity(struct gpconf_answer *a, struct gpconf_node *to,
                     const struct catalogue *catalogue,
                     const struct cat_policy *policy);

/* elements[]: in the order of the presentation, with the values of a state (NULL:
 * without), then those that have no control. rsop is what the state was read from; it
 * knows which values are not shown. */
void policy_elements(struct gpconf_answer *a, struct gpconf_node *to,
                     const struct catalogue *catalogue, const struct rsop *rsop,
                     const struct cat_policy *policy, const struct state *state);

/* "machine", "user" or "both". */
const char *policy_class_name(uint32_t cat_class);

#endif
