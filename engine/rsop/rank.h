#ifndef GPCONF_ENGINE_RSOP_RANK_H
#define GPCONF_ENGINE_RSOP_RANK_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Numbers in place of names: the rank of a name is its place among the distinct names,
 * sorted and compared without case. Names repeat far more often than they differ, so
 * each gets a number as it is met, and only the distinct ones are sorted, at the end.
 */
struct rank_place;
struct rank_table {
    struct rank_place *places;
    size_t n;
    unsigned bits; /* 2^bits places */
};

struct ranks {
    const char **names; /* by rank; the spelling that was met first; borrowed */
    uint32_t *of;       /* by number: the rank; NULL before ranks_sort() */
    size_t n;           /* distinct names */

    struct arena *arena; /* owns everything here */
    uint64_t factor;
    struct rank_table by_address, by_name;
    size_t capacity; /* of names, which is by number before ranks_sort() */
};

/* No names yet. Returns 0 or GPCONF_ENOMEM. */
int ranks_init(struct ranks *ranks, struct arena *arena);

/* The number of a name: 0 for the first, the same for all that are equal without case.
 * The name is borrowed and must stay where it is until the end. When memory is out the
 * arena has failed and the number means nothing. */
uint32_t ranks_number(struct ranks *ranks, const char *name);

/* Fill in of and sort names; no more numbers then. Returns 0 or GPCONF_ENOMEM. */
int ranks_sort(struct ranks *ranks);

#endif
