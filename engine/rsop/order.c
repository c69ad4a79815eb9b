#include "engine/rsop/order.h"

#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"

/* The containers above the machine that links.ini mentions, the highest first: the
 * site, the domain, then the OUs down to the one that holds the machine. */
struct path {
    const struct container **containers;
    size_t n;
};

struct builder {
    const struct store *store;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct path path;
    bool *met; /* by index of store.gpos: a link to it was met */
    struct order order;
    size_t layer_capacity, denied_capacity;
};

/* A GPO at the place where it is met; what becomes of it is a layer or denials. */
struct place {
    enum layer_kind kind;
    const struct container *container; /* NULL for the local GPO */
    const struct link *link;           /* NULL for the local GPO */
};

static void add_layer(struct builder *b, const struct layer *layer)
{
    struct layer *layers = arena_grow(b->arena, b->order.layers, b->order.n_layers,
                                      sizeof *layers, &b->layer_capacity);
    if (!layers)
        return;
    b->order.layers = layers;
    layers[b->order.n_layers++] = *layer;
}

static void deny(struct builder *b, enum denial reason, const struct gpo *gpo,
                 const struct place *place, const char *detail)
{
    struct denied *denied = arena_grow(b->arena, b->order.denied, b->order.n_denied,
                                       sizeof *denied, &b->denied_capacity);
    if (!denied)
        return;
    struct denied entry = { .reason = reason, .detail = detail };
    if (place && place->link) {
        const struct link_gpo *known = links_gpo(&b->store->links, place->link->gpo);
        entry.gpo = place->link->gpo;
        entry.name = known && known->name ? known->name : place->link->gpo;
        entry.container = place->container->name;
        entry.link = place->link->origin;
    }
    if (gpo) {
        entry.gpo = gpo->id;
        entry.name = gpo->name;
    }
    b->order.denied = denied;
    denied[b->order.n_denied++] = entry;
}

static void add_local(struct builder *b, enum layer_kind kind, const char *name,
                      const struct local_policy *local)
{
    if (!local)
        return;
    struct layer layer = { .kind = kind, .name = name };
    if (local->machine && local->machine->n)
        layer.machine = local->machine;
    if (local->user && local->user->n)
        layer.user = local->user;
    if (layer.machine || layer.user)
        add_layer(b, &layer);
}

/* What counts of one half. NULL: nothing; a damaged half is told. */
static const struct operations *half_of(struct builder *b, const struct gpo *gpo,
                                        const struct gpo_half *half, bool disabled,
                                        const struct place *place)
{
    if (disabled)
        return NULL;
    if (half->state == INPUT_DAMAGED) {
        deny(b, DENIED_DAMAGED, gpo, place, half->file);
        return NULL;
    }
    return &half->operations;
}

/* A GPO that is neither disabled at its link nor blocked: its halves. */
static void add_gpo(struct builder *b, const struct gpo *gpo, const struct place *place)
{
    const struct link_gpo *flags = links_gpo(&b->store->links, gpo->id);
    bool no_machine = flags && flags->machine_disabled;
    bool no_user = flags && flags->user_disabled;
    if (no_machine && no_user) {
        deny(b, DENIED_BOTH_DISABLED, gpo, place, NULL);
        return;
    }
    if (no_machine)
        deny(b, DENIED_MACHINE_DISABLED, gpo, place, NULL);
    if (no_user)
        deny(b, DENIED_USER_DISABLED, gpo, place, NULL);

    struct layer layer = { .kind = place->kind, .gpo = gpo, .name = gpo->name };
    layer.machine = half_of(b, gpo, &gpo->machine, no_machine, place);
    layer.user = half_of(b, gpo, &gpo->user, no_user, place);
    bool damaged = (!layer.machine && !no_machine) || (!layer.user && !no_user);
    if ((!layer.machine || layer.machine->n == 0) &&
        (!layer.user || layer.user->n == 0)) {
        /* A damaged GPO was told already: nobody knows whether it is empty. */
        if (!damaged)
            deny(b, DENIED_EMPTY, gpo, place, NULL);
        return;
    }
    if (place->link) {
        layer.container = place->container->name;
        layer.is_site = place->container->is_site;
        layer.link_order = place->link->order;
        layer.link = place->link->origin;
    }
    add_layer(b, &layer);
}

static void add_link(struct builder *b, const struct place *place,
                     const struct container *blocked_by)
{
    const struct store *store = b->store;
    const struct gpo *gpo = store_gpo(store, place->link->gpo);
    if (gpo)
        b->met[gpo - store->gpos] = true;

    if (place->link->disabled) {
        deny(b, DENIED_LINK_DISABLED, gpo, place, NULL);
    } else if (blocked_by) {
        deny(b, DENIED_BLOCKED, gpo, place, blocked_by->name);
    } else if (!gpo) {
        deny(b, DENIED_NOT_DEPLOYED, NULL, place, NULL);
        diagnostics_add(
            b->diagnostics, SEVERITY_WARNING, "order-not-deployed", place->link->origin,
            "GPO '%s' is linked here but not deployed, ignoring", place->link->gpo);
    } else {
        add_gpo(b, gpo, place);
    }
}

static enum layer_kind kind_of(const struct container *container)
{
    if (container->is_site)
        return LAYER_SITE;
    return strchr(container->name, '/') ? LAYER_OU : LAYER_DOMAIN;
}

/* The links of one container by descending order: all that are enforced, or all that
 * are not. */
static void add_container(struct builder *b, size_t at, bool enforced)
{
    const struct container *container = b->path.containers[at];
    const struct container *blocked_by = NULL;
    for (size_t i = at + 1; i < b->path.n && !enforced && !blocked_by; i++)
        if (b->path.containers[i]->block_inheritance)
            blocked_by = b->path.containers[i];

    for (size_t i = container->n_links; i > 0; i--) {
        const struct link *link = &container->links[i - 1];
        struct place place = { enforced ? LAYER_ENFORCED : kind_of(container),
                               container, link };
        if (link->enforced == enforced)
            add_link(b, &place, blocked_by);
    }
}

static void add_to_path(struct builder *b, const char *name, bool is_site)
{
    const struct container *container =
        links_container(&b->store->links, name, is_site);
    if (container)
        b->path.containers[b->path.n++] = container;
}

/* "example.test/Servers/Web" stands below "example.test" and "example.test/Servers". */
static int find_path(struct builder *b)
{
    const struct links *links = &b->store->links;
    const char *machine = links->machine_container ? links->machine_container : "";
    size_t depth = 2;
    for (const char *c = machine; *c; c++)
        depth += *c == '/';
    b->path.containers = arena_array(b->arena, depth, const struct container *);
    char *prefix = arena_string(b->arena, machine);
    if (!b->path.containers || !prefix)
        return GPCONF_ENOMEM;

    if (links->machine_site)
        add_to_path(b, links->machine_site, true);
    for (size_t i = 0; machine[i]; i++) {
        bool ends = machine[i] != '/' && (machine[i + 1] == '/' || !machine[i + 1]);
        if (!ends)
            continue;
        prefix[i + 1] = '\0';
        add_to_path(b, prefix, false);
        prefix[i + 1] = machine[i + 1];
    }
    return 0;
}

static void add_local_gpo(struct builder *b)
{
    for (size_t i = 0; i < b->store->n_gpos; i++) {
        const struct gpo *gpo = &b->store->gpos[i];
        if (!gpo->is_local)
            continue;
        b->met[i] = true;
        struct place place = { .kind = LAYER_LOCAL_GPO };
        add_gpo(b, gpo, &place);
    }
}

int order_build(const struct store *store, const struct local_policy *local,
                const struct local_policy *granted, struct arena *arena,
                struct diagnostics *diagnostics, struct order *ret)
{
    struct builder b = { .store = store,
                         .arena = arena,
                         .diagnostics = diagnostics,
                         .met = arena_array(arena, store->n_gpos, bool) };
    if (!b.met || find_path(&b) != 0)
        return GPCONF_ENOMEM;

    /* The numbers are those of the rules in the header. */

    /* 1. Local policy. */
    add_local(&b, LAYER_LOCAL_POLICY, "local policy", local);

    /* 2. The local GPO. */
    add_local_gpo(&b);

    /* 3. Site, domain, OUs from the top down. */
    for (size_t i = 0; i < b.path.n; i++)
        add_container(&b, i, false);

    /* 4. Granted local policy. */
    add_local(&b, LAYER_GRANTED, "granted local policy", granted);

    /* 5. Enforced links, the nearest container first. */
    for (size_t i = b.path.n; i > 0; i--)
        add_container(&b, i - 1, true);

    for (size_t i = 0; i < store->n_gpos; i++)
        if (!b.met[i])
            deny(&b, DENIED_NOT_LINKED, &store->gpos[i], NULL, NULL);

    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = b.order;
    return 0;
}

static const struct {
    const char *name, *text;
} denials[] = {
    [DENIED_LINK_DISABLED] = { "link-disabled", "the link is disabled" },
    [DENIED_BLOCKED] = { "blocked", "a container below blocks inheritance" },
    [DENIED_MACHINE_DISABLED] = { "machine-disabled", "its machine half is disabled" },
    [DENIED_USER_DISABLED] = { "user-disabled", "its user half is disabled" },
    [DENIED_BOTH_DISABLED] = { "both-disabled", "both its halves are disabled" },
    [DENIED_DAMAGED] = { "damaged", "a file is damaged and no good copy is kept" },
    [DENIED_NOT_DEPLOYED] = { "not-deployed", "it is linked but not deployed" },
    [DENIED_EMPTY] = { "empty", "nothing is configured in it" },
    [DENIED_NOT_LINKED] = { "not-linked", "it is linked nowhere above this machine" },
};

const char *denial_name(enum denial reason)
{
    return denials[reason].name;
}

const char *denial_text(enum denial reason)
{
    return denials[reason].text;
}

const char *layer_kind_name(enum layer_kind kind)
{
    static const char *const names[] = {
        [LAYER_LOCAL_POLICY] = "local-policy",
        [LAYER_LOCAL_GPO] = "local-gpo",
        [LAYER_SITE] = "site",
        [LAYER_DOMAIN] = "domain",
        [LAYER_OU] = "ou",
        [LAYER_GRANTED] = "granted",
        [LAYER_ENFORCED] = "enforced",
    };
    return names[kind];
}
