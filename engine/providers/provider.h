#ifndef GPCONF_ENGINE_PROVIDERS_PROVIDER_H
#define GPCONF_ENGINE_PROVIDERS_PROVIDER_H

#include "base/diagnostic.h"
#include "base/machine.h"
#include "engine/change/change.h"

/*
 * A provider drives one update client; it is our Client-Side Extension. render alone
 * is pure, so a dry run, a test and an apply share it. Nothing a provider does may
 * cause a run of the client by itself.
 */
struct update_config;

/* What probe found out about the client on this machine. */
struct client {
    bool present;
    const char *version;         /* of the client; NULL unknown */
    const char *distribution;    /* os-release ID: "debian" */
    const char *codename;        /* VERSION_CODENAME */
    bool systemd_running;        /* else activation is pending */
    const char *orchestrator;    /* who else drives updates and makes us stand down */
    const char *const *updaters; /* every other updater that was seen; for status */
    size_t n_updaters;
};

/* What the client says when asked: its own view, key by key. A list's members come as
 * repeated keys, in order. */
struct view_entry {
    const char *key, *value;
};
struct view {
    struct view_entry *entries;
    size_t n, capacity;
};

struct provider {
    const char *name, *summary;

    /* Look at the machine; reads only. */
    int (*probe)(struct machine *machine, struct arena *arena,
                 struct diagnostics *diagnostics, struct client *ret);

    /* Add the files, with their claims, that make the client do as configured. Pure. */
    int (*render)(const struct update_config *config, const struct client *client,
                  struct arena *arena, struct diagnostics *diagnostics,
                  struct change *plan);

    /* Let the client parse the merged view: its live files with ours as staged. */
    int (*accept)(struct machine *machine, const struct client *client,
                  const struct change *plan, struct arena *arena,
                  struct diagnostics *diagnostics);

    /* Make the client take notice. Idempotent; repeated by recovery and after undo. */
    int (*activate)(struct machine *machine, const struct client *client,
                    const struct change *change, struct arena *arena,
                    struct diagnostics *diagnostics);

    /* Ask the client's own reader what it now sees. */
    int (*observe)(struct machine *machine, const struct client *client,
                   struct arena *arena, struct diagnostics *diagnostics,
                   struct view *ret);
};

#endif
