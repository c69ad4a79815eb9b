#include "admx/catalogue.h"

#include <stdlib.h>

#include "admx/block.h"

size_t block_record_size(enum block_table table)
{
    static const size_t sizes[BLOCK_TABLES] = {
        [BLOCK_POLICIES] = sizeof(struct cat_policy),
        [BLOCK_ELEMENTS] = sizeof(struct cat_element),
        [BLOCK_CHOICES] = sizeof(struct cat_choice),
        [BLOCK_ITEMS] = sizeof(struct cat_list_item),
        [BLOCK_CONTROLS] = sizeof(struct cat_control),
        [BLOCK_TEXTS] = sizeof(uint32_t),
        [BLOCK_CATEGORIES] = sizeof(struct cat_category),
        [BLOCK_SUPPORTED] = sizeof(struct cat_supported),
        [BLOCK_CONDITIONS] = sizeof(struct cat_condition),
        [BLOCK_PRODUCTS] = sizeof(struct cat_product),
        [BLOCK_FILES] = sizeof(struct cat_file),
        [BLOCK_NAME_HEADS] = sizeof(uint32_t),
        [BLOCK_NAME_LINKS] = sizeof(struct block_link),
        [BLOCK_VALUE_HEADS] = sizeof(uint32_t),
        [BLOCK_VALUE_LINKS] = sizeof(struct block_link),
    };
    return sizes[table];
}

const void *block_table(const struct catalogue *c, enum block_table table,
                        size_t *ret_n)
{
    const struct block_header *header = (const void *)c->block;
    if (ret_n)
        *ret_n = header->tables[table].n;
    return c->block + header->tables[table].offset;
}

const struct cat_policy *catalogue_policies(const struct catalogue *c, size_t *ret_n)
{
    return block_table(c, BLOCK_POLICIES, ret_n);
}

const struct cat_element *catalogue_elements(const struct catalogue *c)
{
    return block_table(c, BLOCK_ELEMENTS, NULL);
}

const struct cat_choice *catalogue_choices(const struct catalogue *c)
{
    return block_table(c, BLOCK_CHOICES, NULL);
}

const struct cat_list_item *catalogue_list_items(const struct catalogue *c)
{
    return block_table(c, BLOCK_ITEMS, NULL);
}

const struct cat_control *catalogue_controls(const struct catalogue *c)
{
    return block_table(c, BLOCK_CONTROLS, NULL);
}

const uint32_t *catalogue_texts(const struct catalogue *c)
{
    return block_table(c, BLOCK_TEXTS, NULL);
}

const struct cat_category *catalogue_categories(const struct catalogue *c,
                                                size_t *ret_n)
{
    return block_table(c, BLOCK_CATEGORIES, ret_n);
}

const struct cat_supported *catalogue_supported(const struct catalogue *c,
                                                size_t *ret_n)
{
    return block_table(c, BLOCK_SUPPORTED, ret_n);
}

const struct cat_condition *catalogue_conditions(const struct catalogue *c)
{
    return block_table(c, BLOCK_CONDITIONS, NULL);
}

const struct cat_product *catalogue_products(const struct catalogue *c, size_t *ret_n)
{
    return block_table(c, BLOCK_PRODUCTS, ret_n);
}

const struct cat_file *catalogue_files(const struct catalogue *c, size_t *ret_n)
{
    return block_table(c, BLOCK_FILES, ret_n);
}

const char *catalogue_text(const struct catalogue *c, uint32_t offset)
{
    return offset ? (const char *)c->block + offset : NULL;
}

struct catalogue *catalogue_ref(struct catalogue *catalogue)
{
    atomic_fetch_add_explicit(&catalogue->references, 1, memory_order_relaxed);
    return catalogue;
}

void catalogue_unref(struct catalogue *catalogue)
{
    if (!catalogue ||
        atomic_fetch_sub_explicit(&catalogue->references, 1, memory_order_acq_rel) != 1)
        return;
    buffer_done(&catalogue->bytes);
    free(catalogue);
}
