#include "engine/update/binding.h"

#include "base/registry/name.h"

static bool text_equal(const struct catalogue *catalogue, uint32_t offset,
                       const char *text)
{
    const char *mine = catalogue_text(catalogue, offset);
    return mine && text && name_equal(mine, text);
}

const struct cat_element *binding_element(const struct catalogue *catalogue,
                                          const struct cat_policy *policy,
                                          const char *key, const char *name)
{
    const struct cat_element *e = catalogue_elements(catalogue) + policy->first_element;
    for (uint32_t i = 0; i < policy->n_elements; i++, e++) {
        if (!text_equal(catalogue, e->key, key))
            continue;
        if (name ? e->kind != CAT_LIST && text_equal(catalogue, e->value_name, name)
                 : e->kind == CAT_LIST)
            return e;
    }
    return NULL;
}

bool binding_find(const struct catalogue *catalogue, const struct setting *setting,
                  const struct cat_policy **ret, const struct cat_element **ret_e)
{
    enum { MAX = 16 };
    const struct cat_policy *found[MAX];
    /* A list element is asked for with any name: all names below its key are its. */
    size_t n = catalogue_find_value(catalogue, setting->key,
                                    setting->value_name ? setting->value_name : "1",
                                    found, MAX);
    for (size_t i = 0; i < n && i < MAX; i++) {
        const struct cat_policy *p = found[i];
        if (!(p->class_ & CAT_MACHINE) || p->duplicate_of != CAT_NONE)
            continue;
        const struct cat_element *e =
            binding_element(catalogue, p, setting->key, setting->value_name);
        if (!e &&
            !(setting->value_name && text_equal(catalogue, p->key, setting->key) &&
              text_equal(catalogue, p->value_name, setting->value_name)))
            continue;
        *ret = p;
        *ret_e = e;
        return true;
    }
    return false;
}
