#include <string.h>

#include "base/registry/name.h"
#include "engine/rsop/rsop.h"

/* The first slot whose key is not less than the first key_size bytes of key, or, when
 * behind, is greater. */
static size_t find_key(const struct rsop *rsop, const char *key, size_t key_size,
                       bool behind)
{
    size_t low = 0, high = rsop->n_slots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = name_compare_n(rsop->slots[middle].key, key, key_size);
        if (order < 0 || (behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The slot of the key itself, for the first key_size bytes of key; NULL. */
static const struct slot *find_key_itself(const struct rsop *rsop, const char *key,
                                          size_t key_size)
{
    size_t at = find_key(rsop, key, key_size, false);
    if (at == rsop->n_slots || rsop->slots[at].name)
        return NULL;
    const struct slot *slot = &rsop->slots[at];
    return name_compare_n(slot->key, key, key_size) == 0 ? slot : NULL;
}

void rsop_key(const struct rsop *rsop, const char *key, size_t *ret_first,
              size_t *ret_n)
{
    *ret_first = find_key(rsop, key, strlen(key), false);
    *ret_n = find_key(rsop, key, strlen(key), true) - *ret_first;
}

const struct slot *rsop_find(const struct rsop *rsop, const char *key, const char *name)
{
    if (!name)
        return find_key_itself(rsop, key, strlen(key));
    size_t low, n;
    rsop_key(rsop, key, &low, &n);
    size_t high = low + n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct slot *slot = &rsop->slots[middle];
        int order = slot->name ? name_compare(slot->name, name) : -1;
        if (order == 0)
            return slot;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct contribution *rsop_winner(const struct rsop *rsop, const struct slot *slot)
{
    for (uint32_t i = slot->n; i > 0; i--) {
        const struct contribution *c = &rsop->log[rsop->by_slot[slot->first + i - 1]];
        if (c->fate == FATE_IN_EFFECT)
            return c;
    }
    return NULL;
}

/* The contribution of this kind that is in effect on the key itself, or best if that is
 * stronger. */
static const struct contribution *stronger(const struct rsop *rsop, const char *key,
                                           size_t key_size, enum op op,
                                           const struct contribution *best)
{
    const struct slot *slot = find_key_itself(rsop, key, key_size);
    for (uint32_t i = slot ? slot->n : 0; i > 0; i--) {
        const struct contribution *c = &rsop->log[rsop->by_slot[slot->first + i - 1]];
        if (c->fate == FATE_IN_EFFECT && c->operation->op == op)
            return best && best > c ? best : c;
    }
    return best;
}

const struct contribution *rsop_decider(const struct rsop *rsop, const char *key,
                                        const char *name)
{
    const struct slot *slot = rsop_find(rsop, key, name);
    const struct contribution *best = slot ? rsop_winner(rsop, slot) : NULL;
    if (best || !rsop->sweeps)
        return best;

    size_t size = strlen(key);
    if (name)
        best = stronger(rsop, key, size, OP_CLEARVALS, NULL);
    best = stronger(rsop, key, size, OP_DELKEY, best);
    while (size > 0) {
        size--;
        if (key[size] == '\\' || size == 0)
            best = stronger(rsop, key, size, OP_DELKEY, best);
    }
    return best;
}

void rsop_operations(const struct rsop *rsop, struct arena *arena,
                     struct operations *ret)
{
    *ret = (struct operations){ 0 };
    size_t n = 0;
    for (size_t i = 0; i < rsop->n; i++)
        n += rsop->log[i].fate == FATE_IN_EFFECT;
    operations_reserve(ret, arena, n);
    for (size_t i = 0; i < rsop->n; i++)
        if (rsop->log[i].fate == FATE_IN_EFFECT)
            operations_add(ret, arena, rsop->log[i].operation);
}

const char *fate_name(enum fate fate)
{
    static const char *const names[] = { "in-effect", "outranked", "cleared",
                                         "soft-existed" };
    return names[fate];
}
