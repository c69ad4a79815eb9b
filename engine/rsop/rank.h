#ifndef GPCONF_ENGINE_RSOP_RANK_H
#define GPCONF_ENGINE_RSOP_RANK_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Numbers in place of names: the rank of a name is its place among the distinct names,
 * sorted and compared without case. Names repeat far more often than they differ, so
 * each is hashed once and only the distinct ones are ever sorted.
 */
#define RANK_NONE UINT32_MAX /* of a NULL among the names */

struct ranks {
    const char **names; /* by rank; the spelling that was met first; borrowed */
    size_t n;
};

/* Rank n names; ret_rank has room for n numbers. Memory, the table included, comes from
 * the arena. Returns 0 or GPCONF_ENOMEM. */
int ranks_build(const char *const *names, size_t n, struct arena *arena,
                uint32_t *ret_rank, struct ranks *ret);

#endif
