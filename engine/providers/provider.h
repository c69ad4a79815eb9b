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
struct facts;
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
    const char *from; /* "etc/apt/apt.conf.d/zz-local.conf:2"; NULL unknown */
};
struct view {
    struct view_entry *entries;
    size_t n, capacity;
};

/* How one claim, or what a client must fulfil besides (name it in key), turned out. */
enum finding_state {
    FINDING_IN_EFFECT,
    FINDING_DRIFTED, /* the client says something else */
    FINDING_PENDING, /* the client takes notice when systemd runs */
    FINDING_ERROR,   /* the client cannot work like this: no source matches */
    FINDING_UNKNOWN, /* its reader is not there to be asked */
};
struct finding {
    enum finding_state state;
    const struct claim *claim; /* NULL: no claim of ours */
    const char *file;          /* the step's target; NULL without a claim */
    const char *key;           /* the claim's, or what was found about */
    const char *seen;          /* what the client says; NULL: nothing */
    const char *by;  /* "etc/apt/apt.conf.d/zz-local.conf:2" decides instead */
    const char *why; /* a sentence; NULL when there is nothing to explain */
};
struct findings {
    struct finding *items;
    size_t n, capacity;
};

struct provider {
    const char *name, *summary;

    /* Every file that render may add a step for; ends with NULL. */
    const char *const *files;

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

    /* Do the client's words bear the claims out? Pure. What is wanted is a change as
     * render made it; more is found than claims where the client must do more than say
     * them (a source that matches, a timer that elapses when we say). */
    int (*compare)(const struct change *wanted, const struct update_config *config,
                   const struct facts *facts, const struct client *client,
                   const struct view *view, struct arena *arena, struct findings *ret);
};

#endif
