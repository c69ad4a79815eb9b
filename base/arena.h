#ifndef GPCONF_BASE_ARENA_H
#define GPCONF_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * An arena hands out memory that is all freed at once.
 *
 * Everything that is born together and dies together shares one arena: a
 * catalogue, an evaluation, a change. There is no per-object free, so there is
 * nothing to forget.
 *
 * Allocation failure is sticky. Every call after the first failure returns NULL
 * and arena_failed() stays true, so that a product is checked once, at its end.
 * A product that failed is thrown away whole: it is never a smaller result.
 */
struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* bytes handed out, padding included */
    size_t limit;               /* bytes; used never exceeds it */
    bool failed;
};

/* An empty arena that refuses to grow over limit bytes. Allocates nothing yet. */
void arena_init(struct arena *arena, size_t limit);

/* Free everything that came from the arena. A zeroed arena is fine. */
void arena_done(struct arena *arena);

/* Zeroed memory, aligned for any type, for n objects of size bytes each. A size
 * of 0 gives a valid pointer. Owned by the arena; NULL after a failure. */
void *arena_alloc(struct arena *arena, size_t n, size_t size);
#define arena_new(arena, type) ((type *)arena_alloc((arena), 1, sizeof(type)))
#define arena_array(arena, n, type) ((type *)arena_alloc((arena), (n), sizeof(type)))

/* Memory that is not zeroed, for bytes that are about to be read into it. */
void *arena_room(struct arena *arena, size_t size);

/* Copies. A NULL input gives NULL and is no failure. Owned by the arena. */
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
char *arena_string(struct arena *arena, const char *string);
char *arena_string_n(struct arena *arena, const char *bytes, size_t size);

/* Formatted text. Owned by the arena. */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_format_v(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Grow an array that lives in the arena so that it holds at least one more than
 * n objects; the old place is abandoned. Returns the array to go on with, or
 * NULL after a failure. *capacity is updated. */
void *arena_grow(struct arena *arena, void *array, size_t n, size_t size,
                 size_t *capacity);

bool arena_failed(const struct arena *arena);

#endif
