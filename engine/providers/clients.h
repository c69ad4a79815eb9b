#ifndef GPCONF_ENGINE_PROVIDERS_CLIENTS_H
#define GPCONF_ENGINE_PROVIDERS_CLIENTS_H

#include "engine/change/carry.h"
#include "engine/change/history.h"
#include "engine/facts/facts.h"
#include "engine/providers/provider.h"
#include "engine/update/config.h"

/*
 * The update clients of one machine, driven together. Everything else speaks to all of
 * them through this file and names none: a change is rendered by each, accepted,
 * activated and observed by those that it concerns.
 */

/* What an update client as a whole comes to, the better first. */
enum client_state {
    CLIENT_IDLE,        /* nothing is configured for it */
    CLIENT_IN_EFFECT,   /* it does what policy says */
    CLIENT_UNKNOWN,     /* its reader could not be asked for all of it */
    CLIENT_PENDING,     /* it takes notice when systemd runs */
    CLIENT_NOT_APPLIED, /* policy says something that was not written yet */
    CLIENT_DRIFTED,     /* it does something else than what was written */
    CLIENT_ERROR,       /* it cannot work like this, or does not answer */
    CLIENT_UNSUPPORTED, /* it is not installed, or somebody else drives it */
};

struct driven {
    const struct provider *provider;
    struct client client;
    struct findings findings; /* of the last observation */
    enum client_state state;  /* set by clients_verify() */
};

enum { CLIENTS_MOST = 8 };

struct clients {
    struct machine *machine;            /* borrowed */
    const struct update_config *config; /* borrowed; NULL before an evaluation */
    const struct facts *facts;          /* likewise */
    bool probed, observed;
    struct driven items[CLIENTS_MOST];
    size_t n;
};

/* Nothing is asked yet. Both are borrowed. */
void clients_init(struct clients *clients, struct machine *machine);

/* Look at the machine, once; what is found is owned by the arena. */
int clients_probe(struct clients *clients, struct arena *arena,
                  struct diagnostics *diagnostics);

/* Probe, and add the steps of every client. The change is then complete for all of
 * them: files of theirs that no step wants are taken back. Needs config. */
int clients_render(struct clients *clients, struct arena *arena,
                   struct diagnostics *diagnostics, struct change *change);

/* Ask each client what it now says, and compare that with what the change claims. An
 * unreadable answer is told and is the client's CLIENT_ERROR; the status is 0 all the
 * same, or GPCONF_ENOMEM. Needs config and facts. */
int clients_observe(struct clients *clients, const struct change *wanted,
                    struct arena *arena, struct diagnostics *diagnostics);

/* The state of each client, from its findings and from what lies on the disk. wanted is
 * rendered and planned; observes first when that was not done yet. */
int clients_verify(struct clients *clients, const struct history *history,
                   const struct change *wanted, struct arena *arena,
                   struct diagnostics *diagnostics);

/* Is this step one that somebody else has undone: what lies there is not what the
 * ledger says that we wrote? Otherwise a step that acts was not applied yet. */
bool clients_step_drifted(const struct ledger *ledger, const struct step *step);

/* "in-effect", "drifted", …, as programs read it; static. */
const char *client_state_name(enum client_state state);
const char *finding_state_name(enum finding_state state);

/* How a change reaches the clients. Borrows clients. */
void clients_table(struct clients *clients, struct change_table *ret);

#endif
