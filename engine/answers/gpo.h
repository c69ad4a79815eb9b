#ifndef GPCONF_ENGINE_ANSWERS_GPO_H
#define GPCONF_ENGINE_ANSWERS_GPO_H

#include "engine/answers/evaluation.h"
#include "engine/answers/tree.h"

/*
 * Answers about GPOs: which are deployed and linked here and whether they count, and
 * what one of them says by itself, deployed or not.
 */

/* data.machine {"container","site"}; data.gpos[], the deployed ones by id, then those
 * that are only linked:
 *
 *    {"id","name","deployed","version_machine","version_user","machine":{…},"user":{…},
 *     "links":[{"container","site","order","enforced","disabled","origin"}],"counts",
 *     "denied":[{"reason","reason_text","container","detail"}]}
 *
 * A half: {"state":"absent|good|last-good|damaged","good_since","file","operations",
 * "disabled"}. */
int gpo_list(const struct evaluation *evaluation, struct gpconf_answer **ret);

/* One GPO alone, by GUID, name, folder or Registry.pol: data.gpo as in the list, and
 * data.policies[] and values[] as in the result. A text that holds a slash is a path;
 * any other is a path when no GPO is called so. What a person named and is damaged is
 * GPCONF_ESYNTAX, and *ret has the other half. A name that several GPOs have is
 * GPCONF_ERANGE with data.candidates[]; an unknown one GPCONF_ENOTFOUND with
 * data.suggestions[]. */
int gpo_show(const struct evaluation *evaluation, const char *what,
             struct gpconf_answer **ret);

/* links[] of a GPO as in the list. */
void gpo_links(struct gpconf_answer *a, struct gpconf_node *to,
               const struct links *links, const char *id);

/* data.candidates[] or data.suggestions[] for a status of which_gpo(), and a diagnostic
 * that ends with "changing nothing" or the like. */
void gpo_unknown(struct gpconf_answer *a, const struct store *store, const char *what,
                 int status, const char *consequence);

#endif
