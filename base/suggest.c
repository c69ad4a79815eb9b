#include "base/suggest.h"

#include <string.h>

#include "base/registry/name.h"
#include "base/utf16.h"

enum { LONGEST = 96 }; /* code points; longer words get no suggestion */

/* The folded code points of a word; how many, LONGEST + 1 when there are more. */
static size_t fold(const char *word, unsigned ret[LONGEST])
{
    size_t size = strlen(word), n = 0;
    for (size_t at = 0; at < size; n++) {
        if (n == LONGEST)
            return LONGEST + 1;
        ret[n] = name_upcase(utf8_next(word, size, &at));
    }
    return n;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* The optimal string alignment distance: edits, where swapping two neighbours, the
 * commonest slip, is one edit. */
static size_t distance(const unsigned *a, size_t n, const unsigned *b, size_t m)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        above[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1,
                           above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1, row[j]);
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[m];
}

struct suggestion suggest_start(const char *word)
{
    return (struct suggestion){ .word = word, .distance = strlen(word) / 3 + 1 };
}

void suggest_offer(struct suggestion *suggestion, const char *candidate)
{
    unsigned a[LONGEST], b[LONGEST];
    size_t n = fold(suggestion->word, a), m = fold(candidate, b);
    if (n > LONGEST || m > LONGEST)
        return;
    size_t gap = n > m ? n - m : m - n;
    if (gap >= suggestion->distance)
        return;
    size_t d = distance(a, n, b, m);
    if (d < suggestion->distance) {
        suggestion->distance = d;
        suggestion->best = candidate;
    }
}
