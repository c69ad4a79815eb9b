#ifndef GPCONF_ADMX_POOL_H
#define GPCONF_ADMX_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/*
 * The texts of a catalogue while it is made, addressed by 32-bit offsets. They become
 * the front of the frozen block as they are, so the room for the block's header is
 * left free at the start and no text has the offset 0.
 *
 * Interned text is stored once, and then two texts are equal when their offsets are.
 */
struct pool {
    struct buffer text; /* sticky failure: memory or LIMIT_CATALOGUE */
    struct pool_slot *slots;
    size_t n, capacity; /* of slots */
    /* What was interned lately: templates repeat their keys and names item by item. */
    struct {
        uint32_t offset, size;
    } recent[256];
};

void pool_init(struct pool *pool, size_t header_size);
void pool_done(struct pool *pool);
bool pool_failed(const struct pool *pool);

/* Store text of size bytes, without NUL. 0 after a failure. */
uint32_t pool_add(struct pool *pool, const char *text, size_t size);

/* The same, but what is there already is found. */
uint32_t pool_intern(struct pool *pool, const char *text, size_t size);

/* The interned text if it is there, else 0. */
uint32_t pool_find(const struct pool *pool, const char *text, size_t size);

/* Borrowed until the next text is stored; "" for 0. */
const char *pool_text(const struct pool *pool, uint32_t offset);

#endif
