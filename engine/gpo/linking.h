#ifndef GPCONF_ENGINE_GPO_LINKING_H
#define GPCONF_ENGINE_GPO_LINKING_H

#include "engine/change/change.h"
#include "policies/links.h"
#include "policies/snapshot.h"

/*
 * Editing links.ini in a change: the edits of policies/links.h follow each other on the
 * bytes of a snapshot, and at the end there is one step. A file that is not there is an
 * empty one; one that cannot be read or is damaged is not edited, because whoever
 * repairs it must find what they wrote.
 */
struct linking {
    const struct input *input; /* borrowed from the snapshot; NULL: there is none */
    struct arena *arena;       /* borrowed; owns the bytes */
    struct diagnostics *diagnostics;
    const char *file; /* as a person knows it */
    const void *bytes;
    size_t size;
};

/* Begin with the links.ini of a snapshot. Returns 0; its status, or GPCONF_ESYNTAX,
 * with a diagnostic. shown names a file that is not there. */
int linking_open(const struct snapshot *snapshot, const char *shown,
                 struct arena *arena, struct diagnostics *diagnostics,
                 struct linking *ret);

/* The edits; each is done or, with a diagnostic and its status, not. */
int linking_add(struct linking *linking, const char *gpo,
                const struct link_place *place);
int linking_remove(struct linking *linking, const char *gpo, const char *container,
                   bool is_site);
int linking_place(struct linking *linking, const char *container, bool is_site);
int linking_name(struct linking *linking, const char *gpo, const char *name);
int linking_forget(struct linking *linking, const char *gpo);

/* Add the step that writes it, and the one that keeps its last good copy; none when
 * nothing has changed. Returns 0 or GPCONF_ENOMEM. */
int linking_finish(const struct linking *linking, struct change *change);

#endif
