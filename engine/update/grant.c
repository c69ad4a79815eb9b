#include "engine/update/grant.h"

#include "base/registry/name.h"
#include "base/status.h"
#include "engine/update/settings.h"

/* The contribution that sets (key, name), if a linked GPO makes it; NULL. */
static const struct contribution *linked(const struct rsop *rsop,
                                         const struct slot *slot)
{
    const struct contribution *c = slot ? rsop_winner(rsop, slot) : NULL;
    if (!c || (c->operation->op != OP_SET && c->operation->op != OP_SOFTSET))
        return NULL;
    switch (rsop->layers[c->layer].kind) {
    case LAYER_SITE:
    case LAYER_DOMAIN:
    case LAYER_OU:
    case LAYER_ENFORCED:
        return c;
    case LAYER_LOCAL_POLICY:
    case LAYER_LOCAL_GPO:
    case LAYER_GRANTED:
        break;
    }
    return NULL;
}

static uint64_t linked_number(const struct rsop *rsop, enum setting_index index)
{
    const struct setting *setting = &settings[index];
    const struct contribution *c =
        linked(rsop, rsop_find(rsop, setting->key, setting->value_name));
    uint64_t number = 0;
    return c && value_number(&c->operation->value, &number) ? number : 0;
}

static bool is_grant(int setting)
{
    return setting == SETTING_LOCAL_OVERRIDES ||
           setting == SETTING_LOCAL_OVERRIDES_SCOPE ||
           setting == SETTING_LOCAL_OVERRIDES_LIST;
}

/* Mark the listed settings. */
static void read_list(const struct rsop *rsop, struct arena *arena,
                      struct diagnostics *diagnostics, bool granted[SETTING_COUNT])
{
    size_t first, n;
    rsop_key(rsop, settings[SETTING_LOCAL_OVERRIDES_LIST].key, &first, &n);
    for (size_t i = first; i < first + n; i++) {
        const struct slot *slot = &rsop->slots[i];
        const struct contribution *c = slot->name ? linked(rsop, slot) : NULL;
        const char *id = c ? value_text(&c->operation->value, arena) : NULL;
        const char *near = NULL;
        int index = id ? settings_find(id, &near) : -1;
        if (index >= 0)
            granted[index] = true;
        else if (id && c->operation->origin.is_private)
            diagnostics_add(diagnostics, SEVERITY_WARNING, "grant-unknown-setting",
                            c->operation->origin,
                            "what is to be handed back is no setting, ignoring");
        else if (id)
            diagnostics_add(diagnostics, SEVERITY_WARNING, "grant-unknown-setting",
                            c->operation->origin,
                            "there is no setting '%s' to hand back%s%s%s, ignoring", id,
                            near ? "; did you mean '" : "", near ? near : "",
                            near ? "'?" : "");
    }
}

static bool is_granted(const struct operation *operation, bool everything,
                       const bool granted[SETTING_COUNT])
{
    bool any = everything;
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (!settings_uses(&settings[i], operation->key, operation->name))
            continue;
        if (is_grant(i))
            return false;
        any = any || granted[i];
    }
    return any;
}

int grant_select(const struct rsop *rsop, const struct operations *local,
                 struct arena *arena, struct diagnostics *diagnostics,
                 struct operations *ret)
{
    bool granted[SETTING_COUNT] = { false };
    if (linked_number(rsop, SETTING_LOCAL_OVERRIDES) != 1)
        return 0;
    uint64_t scope = linked_number(rsop, SETTING_LOCAL_OVERRIDES_SCOPE);
    if (scope == 2)
        read_list(rsop, arena, diagnostics, granted);
    for (size_t i = 0; i < local->n; i++)
        if (is_granted(&local->items[i], scope == 1, granted))
            operations_add(ret, arena, &local->items[i]);
    return arena_failed(arena) ? GPCONF_ENOMEM : 0;
}
