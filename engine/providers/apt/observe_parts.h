#ifndef GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_PARTS_H
#define GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_PARTS_H

#include "engine/providers/apt/observe.h"

/*
 * What those who ask apt's readers share. Not for others.
 */

/* An entry of the view; nothing is copied. from may be NULL. */
void observe_add(struct view *view, struct arena *arena, const char *key,
                 const char *value, const char *from);

/* The next line of text, without its end; NULL behind the last. Owned by the arena. */
const char *observe_line(const char **text, struct arena *arena);

/* Run a reader, whatever its exit status. Returns 0; GPCONF_ENOTFOUND, it is not here;
 * GPCONF_ECLIENT; GPCONF_ENOMEM. Told in a diagnostic. */
int observe_ask(struct machine *machine, const struct process *process,
                struct arena *arena, struct diagnostics *diagnostics,
                struct process_result *ret);

/* Name in view's entries the file behind ours that decides, down to the line. */
int observe_culprits(struct machine *machine, const char *root, struct arena *arena,
                     struct diagnostics *diagnostics, struct view *view);

/* The timers: their next runs, and whether they are switched on and started. */
int observe_timers(struct machine *machine, const struct client *client,
                   const char *root, struct arena *arena,
                   struct diagnostics *diagnostics, struct view *view);

#endif
