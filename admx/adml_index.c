#include "admx/adml_index.h"

#include <string.h>

#include "base/hash.h"
#include "base/registry/name.h"

/* Chains of records by the hash of their id; the second set of chains, without case,
 * is made when it is first asked for. */
struct adml_index {
    struct arena *arena;
    bool of_strings; /* else of presentations */
    size_t n, mask;
    uint32_t *heads, *next, *folded_heads, *folded_next;
};

static const char *id_at(const struct adml *adml, const struct adml_index *index,
                         size_t i)
{
    return index->of_strings ? adml->strings[i].id : adml->presentations[i].id;
}

static uint64_t hash_id(const char *id, bool folded)
{
    return folded ? name_hash(id) : hash_table(id, strlen(id));
}

static bool same_id(const char *a, const char *b, bool folded)
{
    return folded ? name_equal(a, b) : strcmp(a, b) == 0;
}

/* The record with the id, from chains that hold index + 1. */
static size_t look(const struct adml *adml, const struct adml_index *index,
                   const char *id, uint64_t hash, bool folded)
{
    const uint32_t *next = folded ? index->folded_next : index->next;
    uint32_t at = (folded ? index->folded_heads : index->heads)[hash & index->mask];
    while (at && !same_id(id_at(adml, index, at - 1), id, folded))
        at = next[at - 1];
    return at;
}

static void tell_duplicate(const struct adml *adml, const struct adml_index *index,
                           size_t i, struct diagnostics *diagnostics)
{
    uint32_t line =
        index->of_strings ? adml->strings[i].line : adml->presentations[i].line;
    diagnostics_add(diagnostics, SEVERITY_WARNING, "adml-duplicate",
                    origin_line(adml->path, line), "a second %s '%s', using the first",
                    index->of_strings ? "string" : "presentation",
                    id_at(adml, index, i));
}

/* Of records with one id only the first enters, so chains stay short. */
static bool fill(const struct adml *adml, struct adml_index *index, bool folded,
                 struct diagnostics *diagnostics)
{
    uint32_t *heads = arena_array(index->arena, index->mask + 1, uint32_t);
    uint32_t *next = arena_array(index->arena, index->n, uint32_t);
    if (!heads || !next)
        return false;
    if (folded) {
        index->folded_heads = heads;
        index->folded_next = next;
    } else {
        index->heads = heads;
        index->next = next;
    }
    for (size_t i = 0; i < index->n; i++) {
        const char *id = id_at(adml, index, i);
        uint64_t hash = hash_id(id, folded);
        if (look(adml, index, id, hash, folded)) {
            if (!folded)
                tell_duplicate(adml, index, i, diagnostics);
            continue;
        }
        next[i] = heads[hash & index->mask];
        heads[hash & index->mask] = (uint32_t)i + 1;
    }
    return true;
}

struct adml_index *adml_index_make(const struct adml *adml, bool of_strings,
                                   struct diagnostics *diagnostics)
{
    struct adml_index *index = arena_new(adml->arena, struct adml_index);
    if (!index)
        return NULL;
    index->arena = adml->arena;
    index->of_strings = of_strings;
    index->n = of_strings ? adml->n_strings : adml->n_presentations;
    index->mask = 15;
    while (index->mask < index->n)
        index->mask = index->mask * 2 + 1;
    return fill(adml, index, false, diagnostics) ? index : NULL;
}

/* Index + 1; 0 when there is none. */
static size_t find(const struct adml *adml, struct adml_index *index, const char *id)
{
    if (!index)
        return 0;
    size_t at = look(adml, index, id, hash_id(id, false), false);
    if (at || (!index->folded_heads && !fill(adml, index, true, NULL)))
        return at;
    return look(adml, index, id, hash_id(id, true), true);
}

struct adml_string *adml_string(const struct adml *adml, const char *id)
{
    size_t at = find(adml, adml->string_index, id);
    return at ? &adml->strings[at - 1] : NULL;
}

const struct adml_presentation *adml_presentation(const struct adml *adml,
                                                  const char *id)
{
    size_t at = find(adml, adml->presentation_index, id);
    return at ? &adml->presentations[at - 1] : NULL;
}
