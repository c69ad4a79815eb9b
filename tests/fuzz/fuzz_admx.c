/*
 * Templates: an input is an ADMX file and, behind a line of five equals signs, its ADML.
 * Whatever they hold, a catalogue comes of it whose records refer only to what is there.
 */
#include "admx/catalogue.h"
#include "tests/fuzz/fuzz.h"

static const char marker[] = "\n=====\n";

/* Every byte of a text is read; the sanitizer sees a wild offset. */
static void look(const struct catalogue *c, uint32_t offset)
{
    const char *text = catalogue_text(c, offset);
    require(!text || strlen(text) < SIZE_MAX / 2);
}

static void look_literal(const struct catalogue *c, const struct cat_literal *literal)
{
    require(literal->kind <= CAT_LITERAL_DELETE);
    look(c, literal->text);
}

static void look_list(const struct catalogue *c, const struct cat_list *list)
{
    const struct cat_list_item *items = catalogue_list_items(c);
    for (uint32_t i = list->first; i < list->first + list->n; i++) {
        look(c, items[i].key);
        look(c, items[i].value_name);
        look_literal(c, &items[i].value);
    }
}

static void look_texts(const struct catalogue *c, const struct cat_texts *texts)
{
    for (uint32_t i = 0; i < texts->n; i++)
        look(c, catalogue_texts(c)[texts->first + i]);
}

static void look_element(const struct catalogue *c, const struct cat_policy *policy,
                         const struct cat_element *e)
{
    require(e->kind <= CAT_LIST && e->min_value <= e->max_value);
    require(catalogue_text(c, e->id) && catalogue_text(c, e->key));
    require((e->kind == CAT_LIST) == (e->value_name == 0));
    require(e->control == CAT_NONE ||
            e->control - policy->first_control < policy->n_controls);
    look(c, e->value_prefix);
    look_literal(c, &e->true_value);
    look_literal(c, &e->false_value);
    look_list(c, &e->true_list);
    look_list(c, &e->false_list);
    for (uint32_t i = 0; i < e->n_choices; i++) {
        const struct cat_choice *choice = &catalogue_choices(c)[e->first_choice + i];
        look(c, choice->text);
        look_literal(c, &choice->value);
        look_list(c, &choice->values);
    }
}

static void look_controls(const struct catalogue *c, const struct cat_policy *policy)
{
    const struct cat_control *control = catalogue_controls(c) + policy->first_control;
    for (uint32_t i = 0; i < policy->n_controls; i++, control++) {
        require(control->kind <= CAT_CONTROL_MULTI_TEXT);
        require(control->element == CAT_NONE ||
                control->element - policy->first_element < policy->n_elements);
        look(c, control->label);
        look(c, control->default_text);
        look_texts(c, &control->suggestions);
    }
}

static void look_policies(const struct catalogue *c)
{
    const struct cat_policy *found[2];
    size_t n, n_categories, n_supported, n_files;
    const struct cat_policy *p = catalogue_policies(c, &n);
    catalogue_categories(c, &n_categories);
    catalogue_supported(c, &n_supported);
    catalogue_files(c, &n_files);
    for (size_t i = 0; i < n; i++) {
        require(p[i].class_ >= CAT_MACHINE && p[i].class_ <= CAT_BOTH);
        require(p[i].category == CAT_NONE || p[i].category < n_categories);
        require(p[i].supported_on == CAT_NONE || p[i].supported_on < n_supported);
        require(p[i].duplicate_of == CAT_NONE || p[i].duplicate_of < i);
        require(p[i].file < n_files && p[i].line > 0);
        require(catalogue_text(c, p[i].title) && catalogue_text(c, p[i].key));
        look(c, p[i].help);
        look(c, p[i].client_extension);
        look_texts(c, &p[i].see_also);
        look_texts(c, &p[i].keywords);
        look_literal(c, &p[i].enabled_value);
        look_literal(c, &p[i].disabled_value);
        look_list(c, &p[i].enabled_list);
        look_list(c, &p[i].disabled_list);
        for (uint32_t e = 0; e < p[i].n_elements; e++)
            look_element(c, &p[i], &catalogue_elements(c)[p[i].first_element + e]);
        look_controls(c, &p[i]);
        require(catalogue_find_all(c, catalogue_text(c, p[i].name), found, 2) > 0);
        if (p[i].value_name)
            require(catalogue_find_value(c, catalogue_text(c, p[i].key),
                                         catalogue_text(c, p[i].value_name), found,
                                         2) > 0);
    }
}

static void look_rest(const struct catalogue *c)
{
    size_t n, n_products, n_supported;
    const struct cat_category *categories = catalogue_categories(c, &n);
    for (size_t i = 0; i < n; i++) {
        size_t steps = 0;
        look(c, categories[i].title);
        look(c, categories[i].help);
        look_texts(c, &categories[i].see_also);
        look_texts(c, &categories[i].keywords);
        for (uint32_t at = (uint32_t)i; at != CAT_NONE; at = categories[at].parent)
            require(at < n && ++steps <= n);
    }
    const struct cat_product *products = catalogue_products(c, &n_products);
    for (size_t i = 0; i < n_products; i++)
        require(products[i].parent == CAT_NONE || products[i].parent < i);
    const struct cat_supported *supported = catalogue_supported(c, &n_supported);
    for (size_t i = 0; i < n_supported; i++)
        for (uint32_t k = 0; k < supported[i].n_conditions; k++) {
            const struct cat_condition *condition =
                &catalogue_conditions(c)[supported[i].first_condition + k];
            require(condition->product == CAT_NONE || condition->product < n_products);
            require(condition->definition == CAT_NONE ||
                    condition->definition < n_supported);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *cut = memmem(data, size, marker, sizeof marker - 1);
    size_t admx_size = cut ? (size_t)(cut - data) : size;
    const uint8_t *adml = cut ? cut + sizeof marker - 1 : data + size;
    const struct template_file files[] = {
        { "a.admx", "a.admx", NULL, data, admx_size },
        { "en-US/a.adml", "a.adml", "en-US", adml, (size_t)(data + size - adml) },
    };
    struct arena arena;
    struct diagnostics diagnostics;
    struct catalogue *catalogue;

    arena_init(&arena, FUZZ_ARENA);
    diagnostics_init(&diagnostics, &arena);
    require(catalogue_build(files, 2, NULL, &diagnostics, &catalogue) == 0);
    look_policies(catalogue);
    look_rest(catalogue);
    catalogue_unref(catalogue);
    arena_done(&arena);
    return 0;
}
