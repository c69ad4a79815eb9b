#ifndef GPCONF_BASE_SUGGEST_H
#define GPCONF_BASE_SUGGEST_H

#include <stddef.h>

/*
 * "Did you mean": of the names that exist, the one that a misspelt word is nearest to,
 * by edit distance without case. Only near misses count: a third of the word's length
 * at most, so that nobody is sent somewhere absurd.
 */
struct suggestion {
    const char *word; /* borrowed */
    const char *best; /* borrowed from the candidates; NULL while none is near */
    size_t distance;  /* of best */
};

struct suggestion suggest_start(const char *word);
void suggest_offer(struct suggestion *suggestion, const char *candidate);

#endif
