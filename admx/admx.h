#ifndef GPCONF_ADMX_ADMX_H
#define GPCONF_ADMX_ADMX_H

#include "admx/catalogue.h"
#include "admx/pool.h"
#include "base/arena.h"

/*
 * One ADMX file, parsed and not yet linked. Records are those of the catalogue, with
 * indexes that count within the file. What other files decide stands beside them as
 * it was written: "$(string.X)", "windows:System".
 *
 * Keys, names and values are in the pool; everything else is owned by the arena.
 */

struct admx_using {
    const char *prefix;
    uint32_t ns; /* pool */
};

struct admx_policy {
    struct cat_policy record;
    const char *title, *help, *presentation, *category, *supported_on; /* NULL */
};

struct admx_choice {
    struct cat_choice record;
    const char *text; /* NULL */
};

struct admx_category {
    struct cat_category record;
    uint32_t name; /* pool */
    const char *title, *help, *parent;
};

struct admx_product {
    struct cat_product record;
    uint32_t name; /* pool */
    const char *title;
    uint32_t line;
};

struct admx_supported {
    struct cat_supported record;
    uint32_t name; /* pool */
    const char *title;
};

struct admx_condition {
    struct cat_condition record;
    const char *ref;
    uint32_t line;
};

struct admx {
    struct arena *arena; /* borrowed */
    const char *path;
    uint32_t ns;         /* pool: the target namespace */
    const char *prefix;  /* of the target; "" without one */
    uint32_t superseded; /* pool: the first supersededAdm; 0 */

    struct admx_using *usings;
    struct admx_policy *policies;
    struct cat_element *elements; /* first_choice counts within the file */
    struct admx_choice *choices;
    struct cat_list_item *items;
    struct admx_category *categories;
    struct admx_product *products;
    struct admx_supported *supported;
    struct admx_condition *conditions;
    const char **see_also,
        **keywords; /* of policies and categories, one after another */
    size_t n_usings, n_policies, n_elements, n_choices, n_items, n_categories,
        n_products, n_supported, n_conditions, n_see_also, n_keywords;
    size_t usings_room, policies_room, elements_room, choices_room, items_room,
        categories_room, products_room, supported_room, conditions_room, see_also_room,
        keywords_room;
};

/* Parse the bytes of an ADMX file. path as in xml_parse(). Returns 0, or what
 * xml_parse() returns: the file is then of no use. Memory: ask arena and pool. */
int admx_parse(const void *bytes, size_t size, const char *path, struct arena *arena,
               struct pool *pool, struct diagnostics *diagnostics, struct admx *ret);

#endif
