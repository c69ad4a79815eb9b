#include "engine/rsop/rank.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/registry/name.h"
#include "base/status.h"

enum { FIRST_BITS = 6 };

/* Of a hash table: 0 is free, else a number and 1. */
struct rank_place {
    uint64_t hash;
    uint32_t number;
};

static size_t start_of(const struct rank_table *table, uint64_t hash)
{
    return (size_t)(hash >> (64 - table->bits));
}

static size_t mask_of(const struct rank_table *table)
{
    return ((size_t)1 << table->bits) - 1;
}

static bool init_table(struct rank_table *table, struct arena *arena)
{
    *table = (struct rank_table){ .bits = FIRST_BITS };
    table->places = arena_array(arena, (size_t)1 << FIRST_BITS, struct rank_place);
    return table->places != NULL;
}

/* Fill a free place. A table is at most half full; where it cannot grow the arena has
 * failed, which ends the numbering. */
static void insert(struct rank_table *table, struct rank_place *free,
                   struct rank_place place, struct arena *arena)
{
    *free = place;
    if (++table->n * 2 <= mask_of(table))
        return;
    struct rank_table larger = { .n = table->n, .bits = table->bits + 1 };
    larger.places = arena_array(arena, (size_t)1 << larger.bits, struct rank_place);
    if (!larger.places)
        return;
    for (size_t i = 0; i <= mask_of(table); i++) {
        if (!table->places[i].number)
            continue;
        size_t at = start_of(&larger, table->places[i].hash);
        while (larger.places[at].number)
            at = (at + 1) & mask_of(&larger);
        larger.places[at] = table->places[i];
    }
    *table = larger;
}

int ranks_init(struct ranks *ranks, struct arena *arena)
{
    /* Multiplying by a secret odd number scatters addresses as well as a hash would,
     * whatever the names, and never makes one of two. */
    *ranks = (struct ranks){ .arena = arena, .factor = hash_table("", 0) | 1 };
    return init_table(&ranks->by_address, arena) && init_table(&ranks->by_name, arena)
               ? 0
               : GPCONF_ENOMEM;
}

static uint32_t append(struct ranks *ranks, const char *name)
{
    const char **grown = arena_grow(ranks->arena, ranks->names, ranks->n, sizeof *grown,
                                    &ranks->capacity);
    if (!grown)
        return 0;
    ranks->names = grown;
    grown[ranks->n] = name;
    return (uint32_t)ranks->n++;
}

static uint32_t number_of_name(struct ranks *ranks, const char *name)
{
    uint64_t hash = name_hash(name);
    struct rank_table *table = &ranks->by_name;
    for (size_t i = start_of(table, hash);; i = (i + 1) & mask_of(table)) {
        struct rank_place *place = &table->places[i];
        if (!place->number) {
            uint32_t number = append(ranks, name);
            insert(table, place, (struct rank_place){ hash, number + 1 }, ranks->arena);
            return number;
        }
        if (place->hash == hash && name_equal(ranks->names[place->number - 1], name))
            return place->number - 1;
    }
}

/* Keys come interned, one pointer to a spelling, and folding a name costs much more
 * than looking at its address; so names are known by address first. Where the same
 * spelling has several addresses, that costs time only. */
uint32_t ranks_number(struct ranks *ranks, const char *name)
{
    uint64_t hash = (uint64_t)(uintptr_t)name * ranks->factor;
    struct rank_table *table = &ranks->by_address;
    for (size_t i = start_of(table, hash);; i = (i + 1) & mask_of(table)) {
        struct rank_place *place = &table->places[i];
        if (!place->number) {
            if (arena_failed(ranks->arena))
                return 0; /* a table that cannot grow takes no more */
            uint32_t number = number_of_name(ranks, name);
            insert(table, place, (struct rank_place){ hash, number + 1 }, ranks->arena);
            return number;
        }
        if (place->hash == hash)
            return place->number - 1;
    }
}

struct entry {
    const char *name;
    uint32_t number;
};

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return name_compare(x->name, y->name);
}

int ranks_sort(struct ranks *ranks)
{
    struct entry *sorted = arena_array(ranks->arena, ranks->n, struct entry);
    ranks->of = arena_array(ranks->arena, ranks->n, uint32_t);
    if (arena_failed(ranks->arena))
        return GPCONF_ENOMEM;
    for (uint32_t i = 0; i < ranks->n; i++)
        sorted[i] = (struct entry){ ranks->names[i], i };
    if (ranks->n)
        qsort(sorted, ranks->n, sizeof *sorted, compare);
    for (uint32_t i = 0; i < ranks->n; i++) {
        ranks->of[sorted[i].number] = i;
        ranks->names[i] = sorted[i].name;
    }
    return 0;
}
