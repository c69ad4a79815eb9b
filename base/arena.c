#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_BLOCK = 4096,
    LARGEST_BLOCK = 256 * 1024,
    ALIGNMENT = _Alignof(max_align_t),
};

/* Under the address sanitizer, what was not handed out is poisoned: an object that is
 * overrun is seen even when its neighbour is an object of the same arena. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(POISONED)
#define POISONED
#endif
#ifdef POISONED
#include <sanitizer/asan_interface.h>
enum { GAP = ALIGNMENT }; /* bytes that stay poisoned behind each object */
#else
#define ASAN_POISON_MEMORY_REGION(memory, size) ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(memory, size) ((void)0)
enum { GAP = 0 };
#endif

struct arena_block {
    struct arena_block *next;
    size_t size, used; /* bytes of payload */
    max_align_t payload[];
};

void arena_init(struct arena *arena, size_t limit)
{
    *arena = (struct arena){ .limit = limit };
}

void arena_done(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    *arena = (struct arena){ .limit = arena->limit };
}

static void *fail(struct arena *arena)
{
    arena->failed = true;
    return NULL;
}

/* A new block of at least size bytes. Blocks double, so that small products stay
 * small and large ones need few calls; a large object gets a block of its own
 * behind the current one, whose rest stays in use. */
static struct arena_block *add_block(struct arena *arena, size_t size)
{
    size_t want = FIRST_BLOCK;
    if (arena->blocks)
        want = arena->blocks->size * 2;
    if (want > LARGEST_BLOCK)
        want = LARGEST_BLOCK;
    bool alone = size > want / 2;
    if (alone)
        want = size;

    struct arena_block *block = malloc(sizeof *block + want);
    if (!block)
        return NULL;
    block->size = want;
    block->used = 0;
    ASAN_POISON_MEMORY_REGION(block->payload, want);
    if (alone && arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

static void *allocate(struct arena *arena, size_t asked)
{
    size_t size = asked;
    /* No object is larger than half of what size_t counts: so none of the sums here
     * and in add_block() can wrap. */
    if (arena->failed || size > SIZE_MAX / 2)
        return fail(arena);
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size == 0)
        size = ALIGNMENT;
    if (size > arena->limit - arena->used)
        return fail(arena);

    struct arena_block *block = arena->blocks;
    if (!block || size + GAP > block->size - block->used) {
        block = add_block(arena, size + GAP);
        if (!block)
            return fail(arena);
    }
    void *memory = (char *)block->payload + block->used;
    block->used += size + GAP;
    arena->used += size;
    ASAN_UNPOISON_MEMORY_REGION(memory, asked);
    return memory;
}

void *arena_alloc(struct arena *arena, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        return fail(arena);
    void *memory = allocate(arena, n * size);
    if (memory)
        memset(memory, 0, n * size);
    return memory;
}

void *arena_room(struct arena *arena, size_t size)
{
    return allocate(arena, size);
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    if (!bytes)
        return NULL;
    void *copy = allocate(arena, size);
    if (copy && size)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_string_n(struct arena *arena, const char *bytes, size_t size)
{
    if (!bytes)
        return NULL;
    if (size == SIZE_MAX)
        return fail(arena);
    char *copy = allocate(arena, size + 1);
    if (copy) {
        memcpy(copy, bytes, size);
        copy[size] = '\0';
    }
    return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
    return string ? arena_string_n(arena, string, strlen(string)) : NULL;
}

char *arena_format_v(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    char *text = size < 0 ? fail(arena) : allocate(arena, (size_t)size + 1);
    if (text)
        vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_v(arena, format, arguments);
    va_end(arguments);
    return text;
}

void *arena_grow(struct arena *arena, void *array, size_t n, size_t size,
                 size_t *capacity)
{
    if (arena->failed)
        return NULL;
    if (n < *capacity)
        return array;
    size_t larger = *capacity ? *capacity * 2 : 8;
    if (larger <= n)
        larger = n + 1;
    /* What is copied needs no zeroing first. */
    if (size && larger > SIZE_MAX / size)
        return fail(arena);
    char *copy = allocate(arena, larger * size);
    if (!copy)
        return NULL;
    if (n)
        memcpy(copy, array, n * size);
    memset(copy + n * size, 0, (larger - n) * size);
    *capacity = larger;
    return copy;
}

bool arena_failed(const struct arena *arena)
{
    return arena->failed;
}
