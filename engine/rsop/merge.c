#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/rsop/alive.h"
#include "engine/rsop/rank.h"
#include "engine/rsop/rsop.h"

#define NOTHING UINT32_MAX

/* Slots from first to below end. */
struct range {
    uint32_t first, end;
};

/*
 * The replay keeps, for each slot, what is in effect on it so far: a list through
 * next[], the newest first. A key's own slot keeps its last CLEARVALS and DELKEY apart
 * from the list, which then holds MKKEY alone; so no list that a step walks grows
 * without being emptied by that step. Slots are sorted, so the values of a key, and
 * everything below it, are ranges of them; the alive set finds the slots in such a
 * range that still have something to clear. Every contribution is beaten at most once:
 * the steps together cost n log n.
 */
struct merge {
    struct rsop rsop;
    struct arena *scratch; /* freed at the end */
    struct ranks keys, names;
    uint32_t *key_rank;     /* by contribution */
    uint32_t *name_rank;    /* by contribution; 0: the key itself */
    uint32_t *slot_of;      /* by contribution */
    uint32_t *first_of_key; /* by key rank, and one more: the first slot */
    uint32_t *key_of_slot;  /* key rank, by slot */
    struct range *below;    /* by key rank: slots of the keys below it, once asked */
    uint32_t *head;         /* by slot; NOTHING */
    uint32_t *next;         /* by contribution; NOTHING */
    uint32_t *clears, *deletes; /* by slot: the CLEARVALS and DELKEY in effect */
    struct alive alive;
};

static const struct operations *half_of(const struct layer *layer, enum rsop_half half)
{
    return half == RSOP_MACHINE ? layer->machine : layer->user;
}

/* Every operation of every layer is looked at once, here. Its key and name become
 * numbers, and the numbers ranks; the key itself comes before its names. */
static int build_log(struct merge *m, const struct order *order, enum rsop_half half,
                     struct arena *arena)
{
    size_t n = 0;
    for (size_t i = 0; i < order->n_layers; i++) {
        const struct operations *operations = half_of(&order->layers[i], half);
        n += operations ? operations->n : 0;
    }
    if (n >= NOTHING)
        return GPCONF_ENOMEM;
    struct contribution *log = arena_array(arena, n, struct contribution);
    m->key_rank = arena_array(m->scratch, n, uint32_t);
    m->name_rank = arena_array(m->scratch, n, uint32_t);
    if (!log || ranks_init(&m->keys, m->scratch) || ranks_init(&m->names, m->scratch))
        return GPCONF_ENOMEM;
    n = 0;
    for (size_t i = 0; i < order->n_layers; i++) {
        const struct operations *operations = half_of(&order->layers[i], half);
        for (size_t j = 0; operations && j < operations->n; j++, n++) {
            const struct operation *operation = &operations->items[j];
            log[n] = (struct contribution){ .operation = operation,
                                            .layer = (uint32_t)i,
                                            .beaten_by = (uint32_t)n };
            m->rsop.sweeps |=
                operation->op == OP_CLEARVALS || operation->op == OP_DELKEY;
            m->key_rank[n] = ranks_number(&m->keys, operation->key);
            m->name_rank[n] =
                operation->name ? ranks_number(&m->names, operation->name) + 1 : 0;
        }
    }
    if (ranks_sort(&m->keys) || ranks_sort(&m->names))
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        m->key_rank[i] = m->keys.of[m->key_rank[i]];
        if (m->name_rank[i])
            m->name_rank[i] = m->names.of[m->name_rank[i] - 1] + 1;
    }
    m->rsop.layers = order->layers;
    m->rsop.n_layers = order->n_layers;
    m->rsop.log = log;
    m->rsop.n = n;
    return 0;
}

/* Stable: put the contributions listed in from (NULL: all as they come) into to,
 * ordered by their rank. */
static int sort_by(struct merge *m, const uint32_t *rank, size_t n_ranks,
                   const uint32_t *from, uint32_t *to)
{
    size_t n = m->rsop.n;
    uint32_t *start = arena_array(m->scratch, n_ranks + 1, uint32_t);
    if (!start)
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < n; i++)
        start[rank[i] + 1]++;
    for (size_t r = 0; r < n_ranks; r++)
        start[r + 1] += start[r];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = from ? from[i] : i;
        to[start[rank[at]]++] = at;
    }
    return 0;
}

static bool same_slot(const struct merge *m, uint32_t a, uint32_t b)
{
    return m->key_rank[a] == m->key_rank[b] && m->name_rank[a] == m->name_rank[b];
}

/* Order the contributions by key, name and time. Each run of one (key, name) is a slot;
 * returns how many there are. */
static int sort_log(struct merge *m, uint32_t *by_slot, size_t *ret_n_slots)
{
    size_t n = m->rsop.n;
    uint32_t *by_name = arena_array(m->scratch, n, uint32_t);
    if (!by_name || sort_by(m, m->name_rank, m->names.n + 1, NULL, by_name) < 0 ||
        sort_by(m, m->key_rank, m->keys.n, by_name, by_slot) < 0)
        return GPCONF_ENOMEM;
    size_t n_slots = 0;
    for (size_t i = 0; i < n; i++)
        n_slots += i == 0 || !same_slot(m, by_slot[i - 1], by_slot[i]);
    *ret_n_slots = n_slots;
    return 0;
}

static int build_slots(struct merge *m, struct arena *arena)
{
    size_t n = m->rsop.n, n_slots = 0;
    uint32_t *by_slot = arena_array(arena, n, uint32_t);
    if (!by_slot || sort_log(m, by_slot, &n_slots) < 0)
        return GPCONF_ENOMEM;
    struct slot *slots = arena_array(arena, n_slots, struct slot);
    m->slot_of = arena_array(m->scratch, n, uint32_t);
    m->key_of_slot = arena_array(m->scratch, n_slots, uint32_t);
    m->first_of_key = arena_array(m->scratch, m->keys.n + 1, uint32_t);
    if (!slots || arena_failed(m->scratch))
        return GPCONF_ENOMEM;

    /* The spelling is that of the last, the strongest, of each run: only those are
     * fetched from the operations, which lie all over memory. */
    uint32_t made = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = by_slot[i], key = m->key_rank[at];
        if (i == 0 || !same_slot(m, by_slot[i - 1], at)) {
            if (i == 0 || m->key_rank[by_slot[i - 1]] != key)
                m->first_of_key[key] = made;
            m->key_of_slot[made] = key;
            slots[made++].first = i;
        }
        slots[made - 1].n++;
        m->slot_of[at] = made - 1;
    }
    for (uint32_t i = 0; i < made; i++) {
        uint32_t last = by_slot[slots[i].first + slots[i].n - 1];
        slots[i].key = m->rsop.log[last].operation->key;
        slots[i].name = m->rsop.log[last].operation->name;
    }
    m->first_of_key[m->keys.n] = made;
    m->rsop.by_slot = by_slot;
    m->rsop.slots = slots;
    m->rsop.n_slots = n_slots;
    return 0;
}

static int init_replay(struct merge *m)
{
    size_t n = m->rsop.n, n_slots = m->rsop.n_slots;
    m->head = arena_array(m->scratch, n_slots, uint32_t);
    m->clears = arena_array(m->scratch, n_slots, uint32_t);
    m->deletes = arena_array(m->scratch, n_slots, uint32_t);
    m->next = arena_array(m->scratch, n, uint32_t);
    m->below = arena_array(m->scratch, m->keys.n, struct range);
    if (arena_failed(m->scratch))
        return GPCONF_ENOMEM;
    memset(m->head, 0xFF, n_slots * sizeof *m->head);
    memset(m->clears, 0xFF, n_slots * sizeof *m->clears);
    memset(m->deletes, 0xFF, n_slots * sizeof *m->deletes);
    for (size_t i = 0; i < m->keys.n; i++)
        m->below[i].first = NOTHING;
    return alive_init(&m->alive, n_slots, m->scratch);
}

static void beat(struct merge *m, uint32_t loser, uint32_t winner, enum fate fate)
{
    if (loser == NOTHING)
        return;
    m->rsop.log[loser].fate = fate;
    m->rsop.log[loser].beaten_by = winner;
}

static void push(struct merge *m, uint32_t slot, uint32_t i)
{
    m->next[i] = m->head[slot];
    m->head[slot] = i;
    alive_add(&m->alive, slot);
}

static void beat_list(struct merge *m, uint32_t slot, uint32_t winner, enum fate fate)
{
    for (uint32_t i = m->head[slot]; i != NOTHING; i = m->next[i])
        beat(m, i, winner, fate);
    m->head[slot] = NOTHING;
}

/* Beat everything in a range of slots. */
static void clear_range(struct merge *m, struct range range, uint32_t winner)
{
    size_t at = range.first;
    while ((at = alive_next(&m->alive, at, range.end)) < range.end) {
        uint32_t slot = (uint32_t)at;
        beat_list(m, slot, winner, FATE_CLEARED);
        beat(m, m->clears[slot], winner, FATE_CLEARED);
        beat(m, m->deletes[slot], winner, FATE_CLEARED);
        m->clears[slot] = m->deletes[slot] = NOTHING;
        alive_remove(&m->alive, slot);
    }
}

/* The slots of the keys below a key, itself left out. Keys are sorted by code point, so
 * those that begin with "key\" are neighbours, though not of the key itself. */
static struct range below(struct merge *m, uint32_t key)
{
    struct range *known = &m->below[key];
    if (known->first != NOTHING)
        return *known;
    const char *tree = m->keys.names[key];
    uint32_t first = key + 1, end = (uint32_t)m->keys.n;
    if (*tree) {
        const char *prefix = arena_format(m->scratch, "%s\\", tree);
        if (!prefix)
            return (struct range){ 0, 0 };
        for (uint32_t high = end; first < high;) {
            uint32_t middle = first + (high - first) / 2;
            if (name_compare(m->keys.names[middle], prefix) < 0)
                first = middle + 1;
            else
                high = middle;
        }
        for (uint32_t low = first; low < end;) {
            uint32_t middle = low + (end - low) / 2;
            if (name_starts(m->keys.names[middle], prefix))
                low = middle + 1;
            else
                end = middle;
        }
    }
    *known = (struct range){ m->first_of_key[first], m->first_of_key[end] };
    return *known;
}

/* One contribution; the numbers are those of the rules in the header. */
static void replay(struct merge *m, uint32_t i)
{
    uint32_t slot = m->slot_of[i], key = m->key_of_slot[slot], earlier = m->head[slot];
    struct range values = { slot + 1, m->first_of_key[key + 1] };
    switch (m->rsop.log[i].operation->op) {
    case OP_SET:
    case OP_DELETE: /* 1 */
        beat_list(m, slot, i, FATE_OUTRANKED);
        push(m, slot, i);
        break;
    case OP_CLEARVALS: /* 2 */
        clear_range(m, values, i);
        beat(m, m->clears[slot], i, FATE_OUTRANKED);
        m->clears[slot] = i;
        alive_add(&m->alive, slot);
        break;
    case OP_DELKEY: /* 3 */
        beat(m, m->deletes[slot], i, FATE_OUTRANKED);
        m->deletes[slot] = NOTHING;
        clear_range(m, (struct range){ slot, values.end }, i);
        clear_range(m, below(m, key), i);
        m->deletes[slot] = i;
        alive_add(&m->alive, slot);
        break;
    case OP_SOFTSET: /* 4 */
        if (earlier != NOTHING && m->rsop.log[earlier].operation->op != OP_DELETE)
            beat(m, i, earlier, FATE_SOFT_EXISTED);
        else
            push(m, slot, i);
        break;
    case OP_MKKEY: /* 5 */
        push(m, slot, i);
        break;
    }
}

static int merge_all(struct merge *m, const struct order *order, enum rsop_half half,
                     struct arena *arena)
{
    int r = build_log(m, order, half, arena);
    if (r == 0)
        r = build_slots(m, arena);
    if (r == 0)
        r = init_replay(m);
    for (uint32_t i = 0; r == 0 && i < m->rsop.n; i++)
        replay(m, i);
    return r;
}

int rsop_merge(const struct order *order, enum rsop_half half, struct arena *arena,
               struct rsop *ret)
{
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    struct merge m = { .scratch = &scratch };
    int r = merge_all(&m, order, half, arena);
    if (r == 0 && (arena_failed(arena) || arena_failed(&scratch)))
        r = GPCONF_ENOMEM;
    arena_done(&scratch);
    if (r == 0)
        *ret = m.rsop;
    return r;
}
