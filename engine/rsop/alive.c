#include "engine/rsop/alive.h"

#include "base/status.h"

int alive_init(struct alive *alive, size_t bound, struct arena *arena)
{
    *alive = (struct alive){ 0 };
    size_t words = bound;
    do {
        /* One bit more than needed: a place just behind the last is asked for, too. */
        words = words / 64 + 1;
        uint64_t *level = arena_array(arena, words, uint64_t);
        if (!level)
            return GPCONF_ENOMEM;
        alive->levels[alive->n_levels++] = level;
    } while (words > 1);
    return 0;
}

void alive_add(struct alive *alive, size_t number)
{
    for (unsigned i = 0; i < alive->n_levels; i++, number /= 64)
        alive->levels[i][number / 64] |= UINT64_C(1) << number % 64;
}

void alive_remove(struct alive *alive, size_t number)
{
    for (unsigned i = 0; i < alive->n_levels; i++, number /= 64) {
        uint64_t *word = &alive->levels[i][number / 64];
        *word &= ~(UINT64_C(1) << number % 64);
        if (*word)
            return;
    }
}

size_t alive_next(const struct alive *alive, size_t at, size_t end)
{
    if (at >= end)
        return end;
    /* Up until a word has a member at our place or behind it, ... */
    unsigned level = 0;
    uint64_t rest;
    while (!(rest = alive->levels[level][at / 64] >> at % 64)) {
        if (++level == alive->n_levels)
            return end;
        at = at / 64 + 1;
    }
    /* ... then down to its first member. */
    at += (size_t)__builtin_ctzll(rest);
    while (level-- > 0)
        at = at * 64 + (size_t)__builtin_ctzll(alive->levels[level][at]);
    return at < end ? at : end;
}
