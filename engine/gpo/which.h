#ifndef GPCONF_ENGINE_GPO_WHICH_H
#define GPCONF_ENGINE_GPO_WHICH_H

#include "policies/store.h"

/*
 * Which GPO is meant: people say a GUID, "local" for the local GPO, or a name that only
 * one GPO has. Names come from links.ini or gpt.ini and compare without case. A GPO may
 * be known without being deployed: a name or a link in links.ini is enough, and a GUID
 * always is.
 */
struct which {
    const char *id;        /* as its folder is called; else as links.ini or you say */
    const char *name;      /* the id when it has none */
    const struct gpo *gpo; /* NULL: not deployed */
};

/* Borrows the store and the text. Returns 0; GPCONF_ENOTFOUND; GPCONF_ERANGE when
 * several GPOs have this name. */
int which_gpo(const struct store *store, const char *what, struct which *ret);

/* The at-th of the GPOs with this name, from 0; false when there are not so many. */
bool which_named(const struct store *store, const char *name, size_t at,
                 struct which *ret);

/* The name that is nearest to a misspelt one; NULL when none is near. */
const char *which_meant(const struct store *store, const char *what);

#endif
