#include "engine/state/reach.h"

#include <stdlib.h>

#include "base/registry/name.h"
#include "base/status.h"

struct builder {
    const struct catalogue *catalogue;
    struct reach_item *items;
    size_t n; /* counted first, without items, then filled in */
};

static void add(struct builder *b, uint32_t key, uint32_t name)
{
    if (b->items)
        b->items[b->n] = (struct reach_item){ catalogue_text(b->catalogue, key),
                                              catalogue_text(b->catalogue, name) };
    b->n++;
}

static void add_list(struct builder *b, const struct cat_list *list)
{
    const struct cat_list_item *items = catalogue_list_items(b->catalogue);
    for (uint32_t i = 0; i < list->n; i++)
        add(b, items[list->first + i].key, items[list->first + i].value_name);
}

static void add_element(struct builder *b, const struct cat_element *e)
{
    /* A list has no value name: it reaches the whole key. */
    if (e->value_name || e->kind == CAT_LIST)
        add(b, e->key, e->kind == CAT_LIST ? 0 : e->value_name);
    add_list(b, &e->true_list);
    add_list(b, &e->false_list);
    const struct cat_choice *choices = catalogue_choices(b->catalogue);
    for (uint32_t i = 0; i < e->n_choices; i++)
        add_list(b, &choices[e->first_choice + i].values);
}

static void add_policy(struct builder *b, const struct cat_policy *policy)
{
    const struct cat_element *elements = catalogue_elements(b->catalogue);
    if (policy->value_name)
        add(b, policy->key, policy->value_name);
    add_list(b, &policy->enabled_list);
    add_list(b, &policy->disabled_list);
    for (uint32_t i = 0; i < policy->n_elements; i++)
        add_element(b, &elements[policy->first_element + i]);
}

/* Names in one key; NULL before all others. */
static int compare_names(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return name_compare(a, b);
}

static int compare(const void *a, const void *b)
{
    const struct reach_item *x = a, *y = b;
    int order = x->key == y->key ? 0 : name_compare(x->key, y->key);
    return order ? order : compare_names(x->name, y->name);
}

int reach_build(const struct catalogue *catalogue, const struct cat_policy *policy,
                struct arena *arena, struct reach *ret)
{
    struct builder b = { .catalogue = catalogue };
    add_policy(&b, policy);
    b.items = arena_array(arena, b.n, struct reach_item);
    if (!b.items)
        return GPCONF_ENOMEM;
    b.n = 0;
    add_policy(&b, policy);
    if (b.n)
        qsort(b.items, b.n, sizeof *b.items, compare);
    size_t n = 0;
    for (size_t i = 0; i < b.n; i++)
        if (n == 0 || compare(&b.items[n - 1], &b.items[i]) != 0)
            b.items[n++] = b.items[i];
    *ret = (struct reach){ b.items, n };
    return 0;
}

static bool has(const struct reach *reach, const char *key, const char *name)
{
    struct reach_item wanted = { key, name };
    return reach->n &&
           bsearch(&wanted, reach->items, reach->n, sizeof wanted, compare) != NULL;
}

bool reach_names(const struct reach *reach, const char *key, const char *name)
{
    return has(reach, key, name);
}

bool reach_has(const struct reach *reach, const struct operation *operation)
{
    if (operation->op == OP_MKKEY || operation->op == OP_DELKEY)
        return false;
    return has(reach, operation->key, NULL) ||
           (operation->name && has(reach, operation->key, operation->name));
}
