#include "admx/find.h"

#include <stdlib.h>
#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "base/utf16.h"

/* FNV-1a over the upper-cased code points. */
static uint32_t hash_name(const char *name)
{
    uint32_t hash = 2166136261u;
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        if (*c >= 0x80) {
            size_t at = 0, size = strlen((const char *)c);
            while (at < size) {
                unsigned code = utf8_next((const char *)c, size, &at);
                hash = (hash ^ name_upcase(code)) * 16777619u;
            }
            break;
        }
        hash = (hash ^ (*c >= 'a' && *c <= 'z' ? *c - 32u : *c)) * 16777619u;
    }
    return hash;
}

/* A list element stands for every value of its key. */
static uint32_t hash_value(uint32_t key_hash, const char *name)
{
    uint32_t hash = key_hash * 31u + (name ? hash_name(name) : 0x55555555u);
    return hash ^ hash >> 15;
}

/* ---- Making ---- */

struct index {
    struct buffer *heads, *links; /* uint32_t, struct block_link */
    uint32_t *tails;
    uint32_t mask;
};

static void index_init(struct index *index, size_t n, struct buffer *heads,
                       struct buffer *links)
{
    uint32_t zero = 0;
    *index = (struct index){ .heads = heads, .links = links, .mask = 63 };
    while (index->mask < n)
        index->mask = index->mask * 2 + 1;
    for (uint32_t i = 0; i <= index->mask; i++)
        buffer_append(heads, &zero, sizeof zero);
    index->tails = calloc(index->mask + 1, sizeof *index->tails);
    if (!index->tails)
        heads->failed = true;
}

static struct block_link *link_at(const struct index *index, uint32_t at)
{
    return (struct block_link *)(void *)index->links->data + at - 1;
}

static void index_add(struct index *index, uint32_t hash, uint32_t policy)
{
    struct block_link link = { .policy = policy };
    if (buffer_failed(index->heads) || buffer_failed(index->links))
        return;
    uint32_t *tail = &index->tails[hash & index->mask];
    if (*tail && link_at(index, *tail)->policy == policy)
        return;
    buffer_append(index->links, &link, sizeof link);
    uint32_t at = (uint32_t)(index->links->size / sizeof link);
    if (*tail)
        link_at(index, *tail)->next = at;
    else
        ((uint32_t *)(void *)index->heads->data)[hash & index->mask] = at;
    *tail = at;
}

/* What a policy writes, one after the other; the key's hash is remembered, since most
 * values of a policy lie in one key. */
struct writer {
    const char *text;
    const struct cat_element *elements;
    const struct cat_choice *choices;
    const struct cat_list_item *items;
    struct index *index;
    uint32_t policy, key, key_hash;
};

static void write_value(struct writer *w, uint32_t key, uint32_t name, bool any)
{
    if (key != w->key) {
        w->key = key;
        w->key_hash = hash_name(w->text + key);
    }
    index_add(w->index, hash_value(w->key_hash, any ? NULL : w->text + name),
              w->policy);
}

static void write_list(struct writer *w, const struct cat_list *list)
{
    for (uint32_t i = list->first; i < list->first + list->n; i++)
        write_value(w, w->items[i].key, w->items[i].value_name, false);
}

static void write_policy(struct writer *w, const struct cat_policy *policy)
{
    if (policy->value_name)
        write_value(w, policy->key, policy->value_name, false);
    write_list(w, &policy->enabled_list);
    write_list(w, &policy->disabled_list);
    for (uint32_t i = 0; i < policy->n_elements; i++) {
        const struct cat_element *e = &w->elements[policy->first_element + i];
        write_value(w, e->key, e->value_name, e->kind == CAT_LIST);
        write_list(w, &e->true_list);
        write_list(w, &e->false_list);
        for (uint32_t k = 0; k < e->n_choices; k++)
            write_list(w, &w->choices[e->first_choice + k].values);
    }
}

static const void *records(const struct buffer *table)
{
    return table->data;
}

void find_index(const char *text, struct buffer tables[BLOCK_TABLES])
{
    const struct cat_policy *policies = records(&tables[BLOCK_POLICIES]);
    size_t n = tables[BLOCK_POLICIES].size / sizeof *policies;
    size_t values = n + tables[BLOCK_ELEMENTS].size / sizeof(struct cat_element) +
                    tables[BLOCK_ITEMS].size / sizeof(struct cat_list_item);
    struct index names, writes;
    struct writer writer = {
        .text = text,
        .elements = records(&tables[BLOCK_ELEMENTS]),
        .choices = records(&tables[BLOCK_CHOICES]),
        .items = records(&tables[BLOCK_ITEMS]),
        .index = &writes,
    };
    index_init(&names, n, &tables[BLOCK_NAME_HEADS], &tables[BLOCK_NAME_LINKS]);
    index_init(&writes, values, &tables[BLOCK_VALUE_HEADS], &tables[BLOCK_VALUE_LINKS]);
    for (size_t i = 0; i < n; i++) {
        index_add(&names, hash_name(text + policies[i].name), (uint32_t)i);
        writer.policy = (uint32_t)i;
        write_policy(&writer, &policies[i]);
    }
    free(names.tails);
    free(writes.tails);
}

/* ---- Asking ---- */

struct walk {
    const struct block_link *links;
    const struct cat_policy *policies;
    uint32_t at;
};

static struct walk walk_init(const struct catalogue *c, enum block_table heads,
                             uint32_t hash)
{
    size_t n;
    const uint32_t *head = block_table(c, heads, &n);
    struct walk walk = {
        .links = block_table(c, (enum block_table)(heads + 1), NULL),
        .policies = block_table(c, BLOCK_POLICIES, NULL),
        .at = head[hash & (uint32_t)(n - 1)],
    };
    return walk;
}

static const struct cat_policy *walk_next(struct walk *walk)
{
    if (!walk->at)
        return NULL;
    const struct block_link *link = &walk->links[walk->at - 1];
    walk->at = link->next;
    return &walk->policies[link->policy];
}

int catalogue_find(const struct catalogue *c, const char *name,
                   const struct cat_policy **ret)
{
    const char *colon = strrchr(name, ':');
    const char *bare = colon ? colon + 1 : name;
    const struct cat_policy *found = NULL, *policy;
    struct walk walk = walk_init(c, BLOCK_NAME_HEADS, hash_name(bare));
    while ((policy = walk_next(&walk))) {
        if (policy->duplicate_of != CAT_NONE)
            continue;
        if (colon ? !name_equal(catalogue_text(c, policy->id), name)
                  : !name_equal(catalogue_text(c, policy->name), name))
            continue;
        if (found)
            return GPCONF_ERANGE;
        found = policy;
    }
    if (!found)
        return GPCONF_ENOTFOUND;
    *ret = found;
    return 0;
}

size_t catalogue_find_all(const struct catalogue *c, const char *name,
                          const struct cat_policy **ret, size_t max)
{
    const struct cat_policy *policy;
    size_t n = 0, kept = 0;
    struct walk walk = walk_init(c, BLOCK_NAME_HEADS, hash_name(name));
    while ((policy = walk_next(&walk))) {
        size_t at = kept;
        if (!name_equal(catalogue_text(c, policy->name), name))
            continue;
        n++;
        /* By insertion: there are few, and the largest fall out at the end. */
        while (at > 0 && name_compare(catalogue_text(c, ret[at - 1]->id),
                                      catalogue_text(c, policy->id)) > 0)
            at--;
        if (at == max)
            continue;
        kept += kept < max;
        memmove(ret + at + 1, ret + at,
                (kept - at - 1) * sizeof(const struct cat_policy *));
        ret[at] = policy;
    }
    return n;
}

static bool is_value(const struct catalogue *c, const char *key, const char *name,
                     uint32_t its_key, uint32_t its_name)
{
    return name_equal(catalogue_text(c, its_name), name) &&
           name_equal(catalogue_text(c, its_key), key);
}

static bool in_list(const struct catalogue *c, const struct cat_list *list,
                    const char *key, const char *name)
{
    const struct cat_list_item *items = catalogue_list_items(c);
    for (uint32_t i = list->first; i < list->first + list->n; i++)
        if (is_value(c, key, name, items[i].key, items[i].value_name))
            return true;
    return false;
}

static bool element_writes(const struct catalogue *c, const struct cat_element *e,
                           const char *key, const char *name)
{
    const struct cat_choice *choices = catalogue_choices(c);
    if (e->kind == CAT_LIST)
        return name_equal(catalogue_text(c, e->key), key);
    if (is_value(c, key, name, e->key, e->value_name) ||
        in_list(c, &e->true_list, key, name) || in_list(c, &e->false_list, key, name))
        return true;
    for (uint32_t i = 0; i < e->n_choices; i++)
        if (in_list(c, &choices[e->first_choice + i].values, key, name))
            return true;
    return false;
}

static bool policy_writes(const struct catalogue *c, const struct cat_policy *policy,
                          const char *key, const char *name)
{
    const struct cat_element *elements = catalogue_elements(c);
    if ((policy->value_name &&
         is_value(c, key, name, policy->key, policy->value_name)) ||
        in_list(c, &policy->enabled_list, key, name) ||
        in_list(c, &policy->disabled_list, key, name))
        return true;
    for (uint32_t i = 0; i < policy->n_elements; i++)
        if (element_writes(c, &elements[policy->first_element + i], key, name))
            return true;
    return false;
}

/* A policy can stand in both chains, that of the value and that of all values of the
 * key, and more than once in each; both are in the order of policies. */
size_t catalogue_find_value(const struct catalogue *c, const char *key,
                            const char *name, const struct cat_policy **ret, size_t max)
{
    struct buffer folded;
    uint32_t key_hash;
    size_t n = 0;
    while (*key == '\\')
        key++;
    size_t size = strlen(key);
    while (size > 0 && key[size - 1] == '\\')
        size--;
    buffer_init(&folded, SIZE_MAX / 2);
    buffer_append(&folded, key, size);
    if (buffer_failed(&folded))
        return 0;
    key_hash = hash_name(folded.data);
    struct walk value = walk_init(c, BLOCK_VALUE_HEADS, hash_value(key_hash, name));
    struct walk any = walk_init(c, BLOCK_VALUE_HEADS, hash_value(key_hash, NULL));
    const struct cat_policy *a = walk_next(&value), *b = walk_next(&any), *last = NULL;
    while (a || b) {
        bool take_a = a && (!b || a <= b);
        const struct cat_policy *policy = take_a ? a : b;
        if (take_a)
            a = walk_next(&value);
        else
            b = walk_next(&any);
        if (policy == last)
            continue;
        last = policy;
        if (!policy_writes(c, policy, folded.data, name))
            continue;
        if (n < max)
            ret[n] = policy;
        n++;
    }
    buffer_done(&folded);
    return n;
}
