#ifndef GPCONF_ADMX_REFERENCE_H
#define GPCONF_ADMX_REFERENCE_H

#include <stdbool.h>

#include "admx/pool.h"
#include "base/arena.h"

/*
 * What templates of different files can refer to by (namespace, name): categories, or
 * definitions, or products. All are entered, then the table is sealed, then they are
 * found: in the file that refers, else in the first file of the namespace, exactly,
 * else without case.
 */
struct references {
    struct arena *arena; /* borrowed; owns everything */
    const struct pool *pool;
    struct reference *entries;
    size_t n, room, mask;
    uint32_t *heads, *folded_heads;
};

void references_init(struct references *references, struct arena *arena,
                     const struct pool *pool);

/* ns and name are interned; record is the answer. Memory: ask the arena. */
void references_add(struct references *references, uint32_t ns, uint32_t name,
                    uint32_t file, uint32_t record);
void references_seal(struct references *references);

/* The record; CAT_NONE. *ret_folded: case had to be ignored. */
uint32_t references_find(struct references *references, uint32_t ns, uint32_t name,
                         uint32_t file, bool *ret_folded);

/* The same in any file and always without case: the first of them all. */
uint32_t references_find_folded(struct references *references, uint32_t ns,
                                uint32_t name);

#endif
