#include "engine/rsop/rank.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/registry/name.h"
#include "base/status.h"

struct entry {
    const char *name;
    uint32_t number; /* in the order they were met */
};

/* Of a hash table: 0 is free, else a number and 1. */
struct place {
    uint64_t hash;
    uint32_t number;
};

struct table {
    struct place *places;
    size_t n, mask;
};

/*
 * Names come interned, one pointer to a spelling, and folding a name costs much more
 * than looking at its address; so spellings are known by address first. Where the same
 * spelling has several addresses, that costs time only.
 */
struct numbering {
    struct arena *arena;
    struct table by_address; /* numbers of spellings */
    struct entry *spellings; /* with the number of their name */
    struct table by_name;    /* numbers of names */
    struct entry *distinct;
    size_t spelling_capacity, distinct_capacity;
};

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return name_compare(x->name, y->name);
}

static bool init_table(struct table *table, struct arena *arena)
{
    *table = (struct table){ .mask = 63 };
    table->places = arena_array(arena, table->mask + 1, struct place);
    return table->places != NULL;
}

/* Fill a free place. A table is at most half full; where it cannot grow the arena has
 * failed, which ends the numbering. */
static void insert(struct table *table, struct place *free, struct place place,
                   struct arena *arena)
{
    *free = place;
    if (++table->n * 2 <= table->mask)
        return;
    size_t mask = table->mask * 2 + 1;
    struct place *larger = arena_array(arena, mask + 1, struct place);
    if (!larger)
        return;
    for (size_t i = 0; i <= table->mask; i++) {
        if (!table->places[i].number)
            continue;
        size_t at = (size_t)table->places[i].hash & mask;
        while (larger[at].number)
            at = (at + 1) & mask;
        larger[at] = table->places[i];
    }
    table->places = larger;
    table->mask = mask;
}

/* Append an entry. When memory is out nothing changes. */
static void append(struct entry **list, size_t n, size_t *capacity, struct entry entry,
                   struct arena *arena)
{
    struct entry *grown = arena_grow(arena, *list, n, sizeof *grown, capacity);
    if (!grown)
        return;
    *list = grown;
    grown[n] = entry;
}

static uint32_t number_of_name(struct numbering *numbering, const char *name)
{
    uint64_t hash = name_hash(name);
    struct table *table = &numbering->by_name;
    for (size_t i = (size_t)hash & table->mask;; i = (i + 1) & table->mask) {
        struct place *place = &table->places[i];
        if (!place->number) {
            uint32_t number = (uint32_t)table->n;
            append(&numbering->distinct, number, &numbering->distinct_capacity,
                   (struct entry){ name, number }, numbering->arena);
            insert(table, place, (struct place){ hash, number + 1 }, numbering->arena);
            return number;
        }
        if (place->hash == hash &&
            name_equal(numbering->distinct[place->number - 1].name, name))
            return place->number - 1;
    }
}

static uint32_t number_of(struct numbering *numbering, const char *name)
{
    uint64_t hash = hash_table(&name, sizeof name);
    struct table *table = &numbering->by_address;
    for (size_t i = (size_t)hash & table->mask;; i = (i + 1) & table->mask) {
        struct place *place = &table->places[i];
        if (!place->number) {
            size_t spelling = table->n;
            uint32_t number = number_of_name(numbering, name);
            append(&numbering->spellings, spelling, &numbering->spelling_capacity,
                   (struct entry){ name, number }, numbering->arena);
            insert(table, place, (struct place){ hash, (uint32_t)spelling + 1 },
                   numbering->arena);
            return number;
        }
        const struct entry *known = &numbering->spellings[place->number - 1];
        if (known->name == name)
            return known->number;
    }
}

int ranks_build(const char *const *names, size_t n, struct arena *arena,
                uint32_t *ret_rank, struct ranks *ret)
{
    struct numbering numbering = { .arena = arena };
    if (!init_table(&numbering.by_address, arena) ||
        !init_table(&numbering.by_name, arena))
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < n && !arena_failed(arena); i++)
        ret_rank[i] = names[i] ? number_of(&numbering, names[i]) : RANK_NONE;

    struct ranks ranks = { .n = numbering.by_name.n };
    uint32_t *rank_of = arena_array(arena, ranks.n, uint32_t);
    ranks.names = arena_array(arena, ranks.n, const char *);
    if (!rank_of || !ranks.names)
        return GPCONF_ENOMEM;
    if (ranks.n)
        qsort(numbering.distinct, ranks.n, sizeof *numbering.distinct, compare);
    for (size_t i = 0; i < ranks.n; i++) {
        rank_of[numbering.distinct[i].number] = (uint32_t)i;
        ranks.names[i] = numbering.distinct[i].name;
    }
    for (size_t i = 0; i < n; i++)
        if (ret_rank[i] != RANK_NONE)
            ret_rank[i] = rank_of[ret_rank[i]];
    *ret = ranks;
    return 0;
}
