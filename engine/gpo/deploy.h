#ifndef GPCONF_ENGINE_GPO_DEPLOY_H
#define GPCONF_ENGINE_GPO_DEPLOY_H

#include "engine/change/change.h"
#include "engine/gpo/folder.h"

/*
 * Deploying: steps that make a GPO's folder in the machine's store hold exactly what a
 * folder holds, and steps that take it away. Which steps is a function of the folder's
 * bytes and of what is deployed by that name; the change does the rest, all of it or
 * nothing.
 *
 * Rules:
 *  1. The folder in the store keeps the spelling it has; a new one is the GUID in
 *     capitals, or "local".
 *  2. Every file of the folder is a file there, in the spelling of folder.h. It can be
 *     read by whoever could read it before, and be written by root alone.
 *  3. What lies there and is not in the folder goes, folders with it. What is no file
 *     (a link) is told by planning, and stays.
 *  4. Of each half a last good copy is kept, since it has just been parsed whole; of a
 *     half that is gone the copy goes too. It would be believed again if the policy
 *     folder could not be read.
 */

/* What the store has by a name now. */
struct deployed {
    const char *id;     /* its folder's name; NULL: there is none */
    const char **files; /* relative to it; also what is neither file nor folder */
    size_t n_files, files_capacity;
    const char **folders; /* from the top down */
    size_t n_folders, folders_capacity;
};

/* Look for a GPO in the store below root, its id without case. Owned by the arena.
 * Returns 0, also when there is none; GPCONF_ERANGE when several folders have names
 * that differ by case alone, GPCONF_ELIMIT and others with a diagnostic. */
int deploy_look(int root, const char *id, struct arena *arena,
                struct diagnostics *diagnostics, struct deployed *ret);

/* Add the steps of rules 1 to 4. The folder's bytes are borrowed until the change is
 * committed. *ret_id is the name of the folder in the store. Returns 0 or
 * GPCONF_ENOMEM. */
int deploy_plan(const struct folder *folder, const char *id,
                const struct deployed *there, struct change *change,
                struct arena *arena, const char **ret_id);

/* Add the steps that take away what there is. Returns 0 or GPCONF_ENOMEM. */
int deploy_remove(const struct deployed *there, struct change *change,
                  struct arena *arena);

#endif
