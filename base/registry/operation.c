#include "base/registry/operation.h"

void operations_reserve(struct operations *list, struct arena *arena, size_t n)
{
    list->items = n ? arena_array(arena, n, struct operation) : NULL;
    list->capacity = list->items ? n : 0;
}

void operations_add(struct operations *list, struct arena *arena,
                    const struct operation *operation)
{
    struct operation *items =
        arena_grow(arena, list->items, list->n, sizeof *items, &list->capacity);
    if (!items)
        return;
    list->items = items;
    items[list->n++] = *operation;
}

const char *op_name(enum op op)
{
    static const char *const names[] = { "set",          "soft-set",   "delete",
                                         "clear-values", "delete-key", "create-key" };
    return names[op];
}
