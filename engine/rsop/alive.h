#ifndef GPCONF_ENGINE_RSOP_ALIVE_H
#define GPCONF_ENGINE_RSOP_ALIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * A set of the numbers below a bound that answers "the next one from here" quickly,
 * even where it is sparse: a bit for each number, above them a bit for each word that
 * is not empty, and so on up to one word.
 */
enum { ALIVE_LEVELS = 6 }; /* 64^6 is more than 32 bits can count */
struct alive {
    uint64_t *levels[ALIVE_LEVELS]; /* the numbers first; owned by the arena */
    unsigned n_levels;
};

/* An empty set for the numbers below bound. Returns 0 or GPCONF_ENOMEM. */
int alive_init(struct alive *alive, size_t bound, struct arena *arena);

void alive_add(struct alive *alive, size_t number);
void alive_remove(struct alive *alive, size_t number);

/* The smallest member from at on; end when there is none below end. */
size_t alive_next(const struct alive *alive, size_t at, size_t end);

#endif
