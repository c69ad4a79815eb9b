#include "engine/providers/apt/compare_parts.h"

#include <string.h>

#include "engine/providers/claims.h"

const struct view_entry *compare_entry(const struct comparison *c, const char *key,
                                       size_t nth)
{
    for (size_t i = 0; i < c->view->n; i++)
        if (strcmp(c->view->entries[i].key, key) == 0 && nth-- == 0)
            return &c->view->entries[i];
    return NULL;
}

const struct view_entry *compare_of_unit(struct comparison *c, const char *unit,
                                         const char *what)
{
    const char *key = arena_format(c->arena, "%s:%s", unit, what);
    const struct view_entry *entry, *last = NULL;
    for (size_t i = 0; key && (entry = compare_entry(c, key, i)); i++)
        if (*entry->value)
            last = entry;
    return last;
}

const char *compare_said(const struct view_entry *entry)
{
    return entry ? entry->value : NULL;
}

bool compare_has(const struct comparison *c, const char *key, const char *value)
{
    const struct view_entry *e;
    for (size_t i = 0; (e = compare_entry(c, key, i)); i++)
        if (strcmp(e->value, value) == 0)
            return true;
    return false;
}

bool compare_asked(const struct comparison *c, const char *reader)
{
    return compare_has(c, "asked", reader);
}

bool compare_is_claimed(const struct comparison *c, const char *key)
{
    for (size_t i = 0; i < c->n_claims; i++)
        if (strcmp(c->found.items[i].key, key) == 0)
            return true;
    return false;
}

void compare_add(struct comparison *c, enum finding_state state, const char *key,
                 const char *seen, const char *by, const char *why)
{
    struct finding *finding = claims_add(&c->found, c->arena);
    if (!finding)
        return;
    finding->state = state;
    finding->key = key;
    finding->seen = seen;
    finding->by = by;
    finding->why = why;
}
