#include "engine/providers/clients.h"

#include <string.h>

#include "base/status.h"
#include "engine/change/label.h"
#include "engine/providers/providers.h"

void clients_init(struct clients *clients, struct machine *machine)
{
    *clients = (struct clients){ .machine = machine };
    for (size_t i = 0; providers[i] && clients->n < CLIENTS_MOST; i++)
        clients->items[clients->n++].provider = providers[i];
}

int clients_probe(struct clients *clients, struct arena *arena,
                  struct diagnostics *diagnostics)
{
    int status = 0;
    for (size_t i = 0; !clients->probed && !status && i < clients->n; i++) {
        struct driven *d = &clients->items[i];
        status = d->provider->probe(clients->machine, arena, diagnostics, &d->client);
    }
    clients->probed |= !status;
    return status;
}

/* Every file that may be ours should the record be lost. */
static int add_traces(const struct clients *clients, struct arena *arena,
                      struct change *change)
{
    struct trace *traces = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < clients->n; i++) {
        const struct provider *provider = clients->items[i].provider;
        for (size_t k = 0; provider->files && provider->files[k]; k++) {
            struct trace *grown =
                arena_grow(arena, traces, n, sizeof *grown, &capacity);
            if (!grown)
                return GPCONF_ENOMEM;
            traces = grown;
            traces[n++] = (struct trace){ provider->files[k], provider->name };
        }
    }
    change->traces = traces;
    change->n_traces = n;
    return 0;
}

int clients_render(struct clients *clients, struct arena *arena,
                   struct diagnostics *diagnostics, struct change *change)
{
    const char **owners = arena_array(arena, CLIENTS_MOST, const char *);
    int status = owners ? clients_probe(clients, arena, diagnostics) : GPCONF_ENOMEM;
    size_t present = 0;
    for (size_t i = 0; !status && i < clients->n; i++) {
        const struct driven *d = &clients->items[i];
        owners[i] = d->provider->name;
        if (!d->client.present)
            continue;
        present++;
        status = d->provider->render(clients->config, &d->client, arena, diagnostics,
                                     change);
    }
    if (status)
        return status;
    if (!present)
        diagnostics_add(diagnostics, SEVERITY_WARNING, "client-absent",
                        origin_file(NULL),
                        "no update client that this version drives is installed (apt): "
                        "nothing to write");
    change->complete = owners;
    change->n_complete = clients->n;
    return add_traces(clients, arena, change);
}

static bool concerns(const struct change *change, const char *owner)
{
    for (size_t i = 0; i < change->n_steps; i++)
        if (change->steps[i].owner && strcmp(change->steps[i].owner, owner) == 0)
            return true;
    return false;
}

/* --- What they say --------------------------------------------------------------- */

static int observe(struct clients *clients, struct driven *d,
                   const struct change *wanted, struct arena *arena,
                   struct diagnostics *diagnostics)
{
    struct view view;
    d->findings = (struct findings){ 0 };
    d->state = CLIENT_IDLE;
    if (!d->client.present || d->client.orchestrator) {
        d->state = CLIENT_UNSUPPORTED;
        return 0;
    }
    if (!concerns(wanted, d->provider->name))
        return 0;
    int status =
        d->provider->observe(clients->machine, &d->client, arena, diagnostics, &view);
    if (!status)
        return d->provider->compare(wanted, clients->config, clients->facts, &d->client,
                                    &view, arena, &d->findings);
    d->state = CLIENT_ERROR; /* and the diagnostics say why */
    return status == GPCONF_ENOMEM ? status : 0;
}

int clients_observe(struct clients *clients, const struct change *wanted,
                    struct arena *arena, struct diagnostics *diagnostics)
{
    int status = clients_probe(clients, arena, diagnostics);
    for (size_t i = 0; !status && i < clients->n; i++)
        status = observe(clients, &clients->items[i], wanted, arena, diagnostics);
    clients->observed = !status;
    return status;
}

bool clients_step_drifted(const struct ledger *ledger, const struct step *step)
{
    const struct owned *owned = ledger_find(ledger, step->target);
    struct identity now = { .kind = PLACE_ABSENT };
    if (*step->before_hash)
        now = identity_file(step->before_hash, step->before_mode, step->before_uid,
                            step->before_gid);
    if (step->before && label_check(step->before, step->before_size) == LABEL_CHANGED)
        return true; /* an undo may have brought an edited file back */
    return owned && !identity_same(&now, &owned->identity);
}

static void worsen(struct driven *d, enum client_state state)
{
    if (state > d->state)
        d->state = state;
}

/* Does the finding only follow from a file that is not there as it should be? What keeps
 * the client from working at all does not. */
static bool is_consequence(const struct change *wanted, const struct finding *finding,
                           bool all_written)
{
    if (!finding->file)
        return !all_written && finding->state != FINDING_ERROR;
    const struct step *step = change_find(wanted, finding->file);
    return step && step->action != STEP_KEEP;
}

/* Files that are not as they should be, then what the client says. */
static void judge(struct driven *d, const struct ledger *ledger,
                  const struct change *wanted)
{
    static const enum client_state states[] = {
        [FINDING_IN_EFFECT] = CLIENT_IN_EFFECT, [FINDING_DRIFTED] = CLIENT_DRIFTED,
        [FINDING_PENDING] = CLIENT_PENDING,     [FINDING_ERROR] = CLIENT_ERROR,
        [FINDING_UNKNOWN] = CLIENT_UNKNOWN,
    };
    bool all_written = true;
    for (size_t i = 0; i < wanted->n_steps; i++) {
        const struct step *step = &wanted->steps[i];
        if (!step->owner || strcmp(step->owner, d->provider->name) != 0)
            continue;
        worsen(d, CLIENT_IN_EFFECT);
        if (step->action == STEP_KEEP)
            continue;
        all_written = false;
        worsen(d, clients_step_drifted(ledger, step) ? CLIENT_DRIFTED
                                                     : CLIENT_NOT_APPLIED);
    }
    size_t n = 0;
    for (size_t i = 0; i < d->findings.n; i++)
        if (!is_consequence(wanted, &d->findings.items[i], all_written)) {
            d->findings.items[n] = d->findings.items[i];
            worsen(d, states[d->findings.items[n++].state]);
        }
    d->findings.n = n;
}

int clients_verify(struct clients *clients, const struct history *history,
                   const struct change *wanted, struct arena *arena,
                   struct diagnostics *diagnostics)
{
    struct ledger ledger;
    int status = ledger_fold(history, UINT64_MAX, arena, &ledger);
    if (!status && !clients->observed)
        status = clients_observe(clients, wanted, arena, diagnostics);
    for (size_t i = 0; !status && i < clients->n; i++)
        if (clients->items[i].state < CLIENT_ERROR)
            judge(&clients->items[i], &ledger, wanted);
    return status;
}

const char *client_state_name(enum client_state state)
{
    static const char *const names[] = {
        [CLIENT_IDLE] = "not-configured",
        [CLIENT_IN_EFFECT] = "in-effect",
        [CLIENT_UNKNOWN] = "unknown",
        [CLIENT_PENDING] = "pending-activation",
        [CLIENT_NOT_APPLIED] = "not-applied",
        [CLIENT_DRIFTED] = "drifted",
        [CLIENT_ERROR] = "error",
        [CLIENT_UNSUPPORTED] = "unsupported",
    };
    return names[state];
}

const char *finding_state_name(enum finding_state state)
{
    static const char *const names[] = {
        [FINDING_IN_EFFECT] = "in-effect", [FINDING_DRIFTED] = "drifted",
        [FINDING_PENDING] = "pending",     [FINDING_ERROR] = "error",
        [FINDING_UNKNOWN] = "unknown",
    };
    return names[state];
}

/* --- The table of a change ----------------------------------------------------------- */

static int accept_all(void *context, const struct change *change, struct arena *arena,
                      struct diagnostics *diagnostics)
{
    struct clients *clients = context;
    int status = clients_probe(clients, arena, diagnostics);
    for (size_t i = 0; !status && i < clients->n; i++) {
        const struct driven *d = &clients->items[i];
        if (d->client.present && concerns(change, d->provider->name))
            status = d->provider->accept(clients->machine, &d->client, change, arena,
                                         diagnostics);
    }
    return status;
}

static int activate_one(void *context, const char *owner, const struct change *change,
                        struct arena *arena, struct diagnostics *diagnostics)
{
    struct clients *clients = context;
    int status = clients_probe(clients, arena, diagnostics);
    for (size_t i = 0; !status && i < clients->n; i++) {
        const struct driven *d = &clients->items[i];
        if (strcmp(d->provider->name, owner) == 0 && d->client.present)
            status = d->provider->activate(clients->machine, &d->client, change, arena,
                                           diagnostics);
    }
    return status;
}

static bool has_claims(const struct change *change)
{
    for (size_t i = 0; i < change->n_steps; i++)
        if (change->steps[i].n_claims)
            return true;
    return false;
}

/* What one of our own lines makes impossible stops the change. What others make of it
 * (a later file, a timer that is switched off) is told and does not. */
static int stops(const struct driven *d, struct diagnostics *diagnostics)
{
    int status = d->state == CLIENT_ERROR ? GPCONF_ECLIENT : 0;
    for (size_t i = 0; i < d->findings.n; i++) {
        const struct finding *f = &d->findings.items[i];
        if (f->state != FINDING_ERROR || !f->file)
            continue;
        diagnostics_add(diagnostics, SEVERITY_ERROR, "client-cannot",
                        origin_file(f->file), "%s: %s, taking the change back", f->key,
                        f->why ? f->why : "the client cannot work like this");
        status = GPCONF_ECLIENT;
    }
    return status;
}

/* A change without claims (an undo, a recovery) is not observed: there is nothing that
 * the client should say. */
static int observe_all(void *context, const struct change *change, struct arena *arena,
                       struct diagnostics *diagnostics)
{
    struct clients *clients = context;
    if (!has_claims(change) || !clients->config)
        return 0;
    int status = clients_observe(clients, change, arena, diagnostics);
    for (size_t i = 0; !status && i < clients->n; i++)
        status = stops(&clients->items[i], diagnostics);
    return status;
}

void clients_table(struct clients *clients, struct change_table *ret)
{
    *ret = (struct change_table){ .context = clients,
                                  .accept = accept_all,
                                  .activate = activate_one,
                                  .observe = observe_all };
}
