#ifndef GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_PARTS_H
#define GPCONF_ENGINE_PROVIDERS_APT_OBSERVE_PARTS_H

#include "engine/providers/apt/observe.h"

/*
 * Those who ask apt's readers, a file each, and what they share. Nothing of theirs asks
 * observe_apt(), which asks them all. Not for others.
 */

/* An entry of the view; nothing is copied. from may be NULL. */
void observe_add(struct view *view, struct arena *arena, const char *key,
                 const char *value, const char *from);

/* "UNIT:WHAT", the key of what is known about a unit. Owned by the arena. */
const char *observe_key(struct arena *arena, const char *unit, const char *what);

/* The next line of text, without its end; NULL behind the last. Owned by the arena. */
const char *observe_line(const char **text, struct arena *arena);

/* Run a reader, whatever its exit status. Returns 0; GPCONF_ENOTFOUND, it is not here;
 * GPCONF_ECLIENT; GPCONF_ENOMEM. Told in a diagnostic. */
int observe_ask(struct machine *machine, const struct process *process,
                struct arena *arena, struct diagnostics *diagnostics,
                struct process_result *ret);

/* Ask for the whole answer. A reader that is not here leaves *ret NULL. */
int observe_ask_whole(struct machine *machine, const struct process *process,
                      struct arena *arena, struct diagnostics *diagnostics,
                      const char **ret);

/* Name in view's entries the file behind ours that decides, down to the line. */
int observe_culprits(struct machine *machine, const char *root, struct arena *arena,
                     struct diagnostics *diagnostics, struct view *view);

/* The timers and services whose drop-ins we write; N_UNITS of them, the timers first. */
extern const char *const observe_unit_names[];
enum { N_UNITS = 4, N_TIMERS = 2 };

/* The units: what their files come to, whether systemd takes them, and whether they are
 * switched on or masked. GPCONF_ENOTFOUND, told: systemd's readers are not here. */
int observe_units(struct machine *machine, const char *root, struct arena *arena,
                  struct diagnostics *diagnostics, struct view *view);

/* The timers: their next runs, and whether they are started. */
int observe_timers(struct machine *machine, const struct client *client,
                   struct arena *arena, struct diagnostics *diagnostics,
                   struct view *view);

/* The programs that the services run, and whether they are the packages' own. */
int observe_programs(struct machine *machine, struct arena *arena, struct view *view);

/* The origins that unattended-upgrades resolves, asked through its own code. */
int observe_client(struct machine *machine, const struct client *client,
                   const char *root, struct arena *arena,
                   struct diagnostics *diagnostics, struct view *view);

/* Is this setting of a timer one that makes it run: OnCalendar=, OnBootSec=, …? */
bool observe_is_occasion(const char *name);

/* The pieces: what a program printed becomes entries. A unit is put together from what
 * cat-config printed about it and about the drop-ins that it shares with others. */
void observe_unit(const char *unit, const char *root, const char *text,
                  struct arena *arena, struct view *view);
void observe_origins(const char *text, struct arena *arena, struct view *view);
void observe_calendar(const char *unit, const char *text, struct arena *arena,
                      struct view *view);
void observe_show(const char *unit, const char *text, struct arena *arena,
                  struct view *view);
void observe_complaints(const char *text, struct arena *arena, struct view *view);

#endif
