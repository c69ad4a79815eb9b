#include "admx/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"

struct pool_slot {
    uint32_t hash, offset; /* offset 0: free */
};

void pool_init(struct pool *pool, size_t header_size)
{
    static const char zeros[64];
    *pool = (struct pool){ 0 };
    buffer_init(&pool->text, LIMIT_CATALOGUE);
    while (header_size > 0) {
        size_t size = header_size < sizeof zeros ? header_size : sizeof zeros;
        buffer_append(&pool->text, zeros, size);
        header_size -= size;
    }
}

void pool_done(struct pool *pool)
{
    buffer_done(&pool->text);
    free(pool->slots);
    *pool = (struct pool){ 0 };
}

bool pool_failed(const struct pool *pool)
{
    return buffer_failed(&pool->text);
}

uint32_t pool_add(struct pool *pool, const char *text, size_t size)
{
    size_t offset = pool->text.size;
    buffer_append(&pool->text, text, size);
    buffer_append(&pool->text, "", 1);
    return pool_failed(pool) ? 0 : (uint32_t)offset;
}

/* The slot that holds the text, or the free one where it belongs. */
static struct pool_slot *seek(const struct pool *pool, uint32_t hash, const char *text,
                              size_t size)
{
    for (size_t i = hash;; i++) {
        struct pool_slot *slot = &pool->slots[i & (pool->capacity - 1)];
        if (!slot->offset)
            return slot;
        const char *stored = pool->text.data + slot->offset;
        if (slot->hash == hash && strncmp(stored, text, size) == 0 && !stored[size])
            return slot;
    }
}

static bool grow(struct pool *pool)
{
    struct pool old = *pool;
    pool->capacity = old.capacity ? old.capacity * 2 : 1024;
    pool->slots = calloc(pool->capacity, sizeof *pool->slots);
    if (!pool->slots) {
        *pool = old;
        pool->text.failed = true;
        return false;
    }
    for (size_t i = 0; i < old.capacity; i++) {
        size_t at = old.slots[i].hash;
        if (!old.slots[i].offset)
            continue;
        while (pool->slots[at & (pool->capacity - 1)].offset)
            at++;
        pool->slots[at & (pool->capacity - 1)] = old.slots[i];
    }
    free(old.slots);
    return true;
}

/* A place among the recent texts; ends differ more than beginnings. */
static size_t recent_at(const struct pool *pool, const char *text, size_t size)
{
    uint32_t end = 0;
    memcpy(&end, text + size - (size < 4 ? size : 4), size < 4 ? size : 4);
    end = (end ^ (uint32_t)size * 0x85EBCA6Bu) * 0x9E3779B1u;
    return end >> 24 & (sizeof pool->recent / sizeof *pool->recent - 1);
}

uint32_t pool_intern(struct pool *pool, const char *text, size_t size)
{
    size_t at = recent_at(pool, text, size);
    uint32_t recent = pool->recent[at].offset;
    if (recent && pool->recent[at].size == size &&
        memcmp(pool->text.data + recent, text, size) == 0)
        return recent;
    if (pool_failed(pool) || (pool->n * 4 >= pool->capacity * 3 && !grow(pool)))
        return 0;
    uint32_t hash = (uint32_t)hash_table(text, size);
    struct pool_slot *slot = seek(pool, hash, text, size);
    if (!slot->offset) {
        slot->offset = pool_add(pool, text, size);
        slot->hash = hash;
        pool->n++;
    }
    pool->recent[at].offset = slot->offset;
    pool->recent[at].size = (uint32_t)size;
    return slot->offset;
}

uint32_t pool_find(const struct pool *pool, const char *text, size_t size)
{
    if (!pool->capacity)
        return 0;
    return seek(pool, (uint32_t)hash_table(text, size), text, size)->offset;
}

const char *pool_text(const struct pool *pool, uint32_t offset)
{
    return offset ? pool->text.data + offset : "";
}
