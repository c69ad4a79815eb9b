#ifndef GPCONF_ENGINE_RSOP_ORDER_H
#define GPCONF_ENGINE_RSOP_ORDER_H

#include "policies/store.h"

/*
 * Processing order: which GPOs count on this machine, and in which order. Pure.
 * [MS-GPOL] 3.2.5.1.5 (GPO search), 3.2.5.1.6 (filtering)
 *
 * Rules, weakest first; a later layer overwrites an earlier one, value by value:
 *  1. Local policy: what local.ini and local.d say, whole.
 *  2. The local GPO.
 *  3. Links of the site, then of the domain, then of each OU from the top down to
 *     the one that holds the machine. Within one container link order 1 is the
 *     strongest, so links are taken by descending order.
 *  4. Granted local policy: the part of 1 that a linked GPO hands back.
 *  5. Enforced links, the nearest container first, so that the highest wins; the site
 *     is the highest of all. Within one container as in 3.
 * Block inheritance of a container keeps out the links of rule 3 from above it, never
 * its own, never enforced ones, never the local GPO. A site has nothing above it.
 * A GPO linked twice counts twice; the stronger place wins by itself.
 *
 * The halves of a GPO count one by one: a half that is switched off or damaged is NULL
 * in its layer and told as denied. A GPO of which nothing counts has no layer.
 */
enum layer_kind {
    LAYER_LOCAL_POLICY,
    LAYER_LOCAL_GPO,
    LAYER_SITE,
    LAYER_DOMAIN,
    LAYER_OU,
    LAYER_GRANTED,
    LAYER_ENFORCED,
};

struct layer {
    enum layer_kind kind;
    const struct gpo *gpo;            /* NULL for local policy and its granted part */
    const char *name;                 /* as shown: the GPO's name, or "local policy" */
    const char *container;            /* where it is linked; NULL for the local ones */
    bool is_site;                     /* container is a site */
    unsigned link_order;              /* 1 the strongest; 0 for the local ones */
    struct origin link;               /* the line in links.ini */
    const struct operations *machine; /* NULL: this half does not count */
    const struct operations *user;
};

/* Why a linked GPO does not count, whole or in one half. */
enum denial {
    DENIED_LINK_DISABLED,
    DENIED_BLOCKED,          /* block inheritance below it */
    DENIED_MACHINE_DISABLED, /* its machine half is switched off */
    DENIED_USER_DISABLED,
    DENIED_BOTH_DISABLED,
    DENIED_DAMAGED,      /* a file is broken and there is no good copy */
    DENIED_NOT_DEPLOYED, /* linked, but no such folder */
    DENIED_EMPTY,        /* nothing configured in it */
    DENIED_NOT_LINKED,   /* deployed, but linked nowhere above this machine */
};
struct denied {
    enum denial reason;
    const char *gpo, *name, *container; /* container NULL when it is not linked */
    const char *detail; /* BLOCKED: the container that blocks, the nearest to the link;
                           DAMAGED: the file, one entry for each; else NULL */
    struct origin link; /* file NULL when it is not linked */
};

struct order {
    struct layer *layers; /* weakest first */
    size_t n_layers;
    struct denied *denied; /* rules 2, 3 and 5 as above, then what is not linked */
    size_t n_denied;
};

/* Local policy, or a part of it, lowered. A half may be empty or NULL. */
struct local_policy {
    const struct operations *machine, *user;
};

/* Work out the layers. local holds rule 1 and granted rule 4; NULL is an empty one. The
 * result is owned by the arena and borrows the store and both. Returns 0 or
 * GPCONF_ENOMEM. */
int order_build(const struct store *store, const struct local_policy *local,
                const struct local_policy *granted, struct arena *arena,
                struct diagnostics *diagnostics, struct order *ret);

/* "link-disabled", … for JSON, and a sentence fragment for people, after "denied: ". */
const char *denial_name(enum denial reason);
const char *denial_text(enum denial reason);
const char *layer_kind_name(enum layer_kind kind);

#endif
