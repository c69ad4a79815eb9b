#include "admx/reference.h"

#include "admx/catalogue.h"
#include "base/hash.h"
#include "base/registry/name.h"

struct reference {
    uint32_t ns, name, file, record;
    uint32_t next, folded_next; /* index + 1 */
};

void references_init(struct references *references, struct arena *arena,
                     const struct pool *pool)
{
    *references = (struct references){ .arena = arena, .pool = pool };
}

void references_add(struct references *references, uint32_t ns, uint32_t name,
                    uint32_t file, uint32_t record)
{
    references->entries =
        arena_grow(references->arena, references->entries, references->n,
                   sizeof *references->entries, &references->room);
    if (references->entries)
        references->entries[references->n++] = (struct reference){
            .ns = ns, .name = name, .file = file, .record = record
        };
}

static uint32_t *chain(const struct references *references, uint32_t ns, uint32_t name,
                       bool folded)
{
    uint32_t pair[2] = { ns, name };
    uint64_t hash = folded ? name_hash(pool_text(references->pool, name))
                           : hash_table(pair, sizeof pair);
    return &(folded ? references->folded_heads
                    : references->heads)[hash & references->mask];
}

static bool same(const struct references *references, const struct reference *entry,
                 uint32_t ns, uint32_t name, bool folded)
{
    if (entry->ns == ns && entry->name == name)
        return true;
    return folded &&
           name_equal(pool_text(references->pool, entry->name),
                      pool_text(references->pool, name)) &&
           name_equal(pool_text(references->pool, entry->ns),
                      pool_text(references->pool, ns));
}

/* Enter all, in order. A file's second record of one name never answers and stays out,
 * so a chain is not longer than there are files. */
static void fill(struct references *references, bool folded)
{
    uint32_t **heads = folded ? &references->folded_heads : &references->heads;
    *heads = arena_array(references->arena, references->mask + 1, uint32_t);
    if (!*heads)
        return;
    for (size_t i = 0; i < references->n; i++) {
        struct reference *entry = &references->entries[i];
        uint32_t *at = chain(references, entry->ns, entry->name, folded);
        bool known = false;
        while (*at && !known) {
            struct reference *other = &references->entries[*at - 1];
            known = other->file == entry->file &&
                    same(references, other, entry->ns, entry->name, folded);
            at = folded ? &other->folded_next : &other->next;
        }
        if (!known)
            *at = (uint32_t)i + 1;
    }
}

void references_seal(struct references *references)
{
    references->mask = 63;
    while (references->mask < references->n)
        references->mask = references->mask * 2 + 1;
    fill(references, false);
}

static const struct reference *look(const struct references *references, uint32_t ns,
                                    uint32_t name, uint32_t file, bool folded)
{
    const struct reference *first = NULL;
    uint32_t at = *chain(references, ns, name, folded);
    while (at) {
        const struct reference *entry = &references->entries[at - 1];
        if (same(references, entry, ns, name, folded)) {
            if (entry->file == file)
                return entry;
            if (!first)
                first = entry;
        }
        at = folded ? entry->folded_next : entry->next;
    }
    return first;
}

uint32_t references_find(struct references *references, uint32_t ns, uint32_t name,
                         uint32_t file, bool *ret_folded)
{
    const struct reference *found;
    if (!references->heads)
        return CAT_NONE;
    found = look(references, ns, name, file, false);
    *ret_folded = !found;
    if (!found && !references->folded_heads)
        fill(references, true);
    if (!found && references->folded_heads)
        found = look(references, ns, name, file, true);
    return found ? found->record : CAT_NONE;
}

uint32_t references_find_folded(struct references *references, uint32_t ns,
                                uint32_t name)
{
    if (references->heads && !references->folded_heads)
        fill(references, true);
    if (!references->folded_heads)
        return CAT_NONE;
    const struct reference *found = look(references, ns, name, CAT_NONE, true);
    return found ? found->record : CAT_NONE;
}
