#include "engine/gpo/which.h"

#include "base/registry/name.h"
#include "base/status.h"
#include "base/suggest.h"

static struct which deployed(const struct gpo *gpo)
{
    return (struct which){ .id = gpo->id, .name = gpo->name, .gpo = gpo };
}

bool which_named(const struct store *store, const char *name, size_t at,
                 struct which *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < store->n_gpos; i++)
        if (name_equal(store->gpos[i].name, name) && n++ == at) {
            *ret = deployed(&store->gpos[i]);
            return true;
        }
    for (size_t i = 0; i < store->links.n_gpos; i++) {
        const struct link_gpo *known = &store->links.gpos[i];
        if (!known->name || !name_equal(known->name, name) ||
            store_gpo(store, known->gpo) || n++ != at)
            continue;
        *ret = (struct which){ .id = known->gpo, .name = known->name };
        return true;
    }
    return false;
}

/* A GUID that nothing is deployed for, as it is spelt and named elsewhere. */
static struct which not_deployed(const struct store *store, const char *guid)
{
    const struct link_gpo *known = links_gpo(&store->links, guid);
    struct which which = { .id = guid, .name = guid };
    if (known)
        which.id = which.name = known->gpo;
    if (known && known->name)
        which.name = known->name;
    return which;
}

int which_gpo(const struct store *store, const char *what, struct which *ret)
{
    struct which other;
    const struct gpo *gpo = store_gpo(store, what);
    if (gpo)
        *ret = deployed(gpo);
    else if (links_is_guid(what))
        *ret = not_deployed(store, what);
    else if (which_named(store, what, 1, &other))
        return GPCONF_ERANGE;
    else if (!which_named(store, what, 0, ret))
        return GPCONF_ENOTFOUND;
    return 0;
}

const char *which_meant(const struct store *store, const char *what)
{
    struct suggestion suggestion = suggest_start(what);
    for (size_t i = 0; i < store->n_gpos; i++)
        suggest_offer(&suggestion, store->gpos[i].name);
    for (size_t i = 0; i < store->links.n_gpos; i++)
        if (store->links.gpos[i].name)
            suggest_offer(&suggestion, store->links.gpos[i].name);
    return suggestion.best;
}
