#include "admx/link.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/registry/name.h"

void linker_init(struct linker *linker, struct arena *arena,
                 struct diagnostics *diagnostics)
{
    *linker = (struct linker){ .arena = arena, .diagnostics = diagnostics };
    pool_init(&linker->pool, sizeof(struct block_header));
    for (unsigned i = 0; i < BLOCK_TABLES; i++)
        buffer_init(&linker->tables[i], LIMIT_CATALOGUE);
    references_init(&linker->categories, arena, &linker->pool);
    references_init(&linker->definitions, arena, &linker->pool);
    references_init(&linker->products, arena, &linker->pool);
    references_init(&linker->policies, arena, &linker->pool);
}

void linker_done(struct linker *linker)
{
    pool_done(&linker->pool);
    for (unsigned i = 0; i < BLOCK_TABLES; i++)
        buffer_done(&linker->tables[i]);
}

static uint32_t count(const struct linker *linker, enum block_table table)
{
    return (uint32_t)(linker->tables[table].size / block_record_size(table));
}

static void append(struct linker *linker, enum block_table table, const void *record)
{
    buffer_append(&linker->tables[table], record, block_record_size(table));
}

/* ---- References ---- */

/* The namespace of a prefix in a file; 0 when it is unknown. */
static uint32_t namespace_of(const struct admx *admx, const char *prefix, size_t size)
{
    for (int folded = 0; folded < 2; folded++) {
        int (*compare)(const char *, const char *, size_t) =
            folded ? strncasecmp : strncmp;
        if (strlen(admx->prefix) == size && compare(admx->prefix, prefix, size) == 0)
            return admx->ns;
        for (size_t i = 0; i < admx->n_usings; i++)
            if (strlen(admx->usings[i].prefix) == size &&
                compare(admx->usings[i].prefix, prefix, size) == 0)
                return admx->usings[i].ns;
    }
    return 0;
}

/* Remember that a record refers to "prefix:name" or "name". */
static void refer(struct linker *linker, const struct admx *admx,
                  enum pending_kind kind, uint32_t record, const char *reference,
                  uint32_t line)
{
    static const char space[] = " \t\r\n";
    if (!reference || !reference[strspn(reference, space)])
        return;
    struct origin origin = origin_line(admx->path, line);
    const char *colon = strchr(reference, ':');
    const char *name = colon ? colon + 1 : reference;
    size_t before = colon ? (size_t)(colon - reference) : 0;
    const char *prefix = reference + strspn(reference, space);
    while (before > 0 && strchr(space, reference[before - 1]))
        before--;
    before -= colon ? (size_t)(prefix - reference) : 0;
    name += strspn(name, space);
    size_t size = strlen(name);
    while (size > 0 && strchr(space, name[size - 1]))
        size--;
    if ((colon ? before + 1 : 0) + size != strlen(reference))
        diagnostics_add(linker->diagnostics, SEVERITY_NOTE, "admx-reference-blank",
                        origin, "blanks in the reference '%s', ignoring them",
                        reference);
    uint32_t ns = colon ? namespace_of(admx, prefix, before) : admx->ns;
    if (!ns) {
        diagnostics_add(
            linker->diagnostics, SEVERITY_WARNING, "admx-unknown-prefix", origin,
            "the prefix of '%s' is not declared, ignoring the reference", reference);
        return;
    }
    struct pending *pending =
        arena_grow(linker->arena, linker->pending, linker->n_pending,
                   sizeof *linker->pending, &linker->pending_room);
    linker->pending = pending;
    if (pending)
        pending[linker->n_pending++] = (struct pending){
            .kind = kind,
            .record = record,
            .ns = ns,
            .name = pool_intern(&linker->pool, name, size),
            .file = count(linker, BLOCK_FILES),
            .line = line,
        };
}

/* ---- One file ---- */

/* Texts of one record; range counts within the file, and afterwards in the table. */
static void add_texts(struct linker *linker, struct texts *texts,
                      const char *const *notes, uint32_t line, struct cat_texts *range)
{
    uint32_t first = count(linker, BLOCK_TEXTS);
    for (uint32_t i = 0; i < range->n; i++) {
        uint32_t text = texts_resolve(texts, notes[range->first + i], line);
        append(linker, BLOCK_TEXTS, &text);
    }
    range->first = first;
}

/* Nothing to show? Then the name is shown. */
static bool is_blank(const struct linker *linker, uint32_t text)
{
    const char *shown = pool_text(&linker->pool, text);
    return !shown[strspn(shown, " \t\r\n")];
}

static void add_categories(struct linker *linker, const struct admx *admx,
                           struct texts *texts, uint32_t file)
{
    for (size_t i = 0; i < admx->n_categories; i++) {
        const struct admx_category *from = &admx->categories[i];
        struct cat_category category = from->record;
        uint32_t at = count(linker, BLOCK_CATEGORIES);
        category.title = texts_resolve(texts, from->title, category.line);
        if (is_blank(linker, category.title))
            category.title = from->name;
        category.help = texts_resolve(texts, from->help, category.line);
        add_texts(linker, texts, admx->see_also, category.line, &category.see_also);
        add_texts(linker, texts, admx->keywords, category.line, &category.keywords);
        category.parent = CAT_NONE;
        category.file = file;
        append(linker, BLOCK_CATEGORIES, &category);
        references_add(&linker->categories, admx->ns, from->name, file, at);
        refer(linker, admx, PENDING_PARENT, at, from->parent, category.line);
    }
}

static void add_supported(struct linker *linker, const struct admx *admx,
                          struct texts *texts, uint32_t file)
{
    uint32_t products = count(linker, BLOCK_PRODUCTS);
    uint32_t conditions = count(linker, BLOCK_CONDITIONS);
    for (size_t i = 0; i < admx->n_products; i++) {
        const struct admx_product *from = &admx->products[i];
        struct cat_product product = from->record;
        product.title =
            from->title ? texts_resolve(texts, from->title, from->line) : from->name;
        if (product.parent != CAT_NONE)
            product.parent += products;
        append(linker, BLOCK_PRODUCTS, &product);
        references_add(&linker->products, admx->ns, from->name, file,
                       products + (uint32_t)i);
    }
    for (size_t i = 0; i < admx->n_supported; i++) {
        const struct admx_supported *from = &admx->supported[i];
        struct cat_supported supported = from->record;
        uint32_t at = count(linker, BLOCK_SUPPORTED);
        supported.title = from->title
                              ? texts_resolve(texts, from->title, supported.line)
                              : from->name;
        supported.file = file;
        supported.first_condition += conditions;
        append(linker, BLOCK_SUPPORTED, &supported);
        references_add(&linker->definitions, admx->ns, from->name, file, at);
    }
    for (size_t i = 0; i < admx->n_conditions; i++) {
        append(linker, BLOCK_CONDITIONS, &admx->conditions[i].record);
        refer(linker, admx, PENDING_CONDITION, conditions + (uint32_t)i,
              admx->conditions[i].ref, admx->conditions[i].line);
    }
}

/* The element of the policy that a control shows: exactly, else without case. */
static uint32_t element_of(struct linker *linker, const struct cat_policy *policy,
                           const char *id)
{
    const struct cat_element *elements =
        (const void *)linker->tables[BLOCK_ELEMENTS].data;
    if (buffer_failed(&linker->tables[BLOCK_ELEMENTS]))
        return CAT_NONE;
    uint32_t exact = pool_find(&linker->pool, id, strlen(id));
    for (uint32_t i = policy->first_element;
         exact && i < policy->first_element + policy->n_elements; i++)
        if (elements[i].id == exact)
            return i;
    for (uint32_t i = policy->first_element;
         i < policy->first_element + policy->n_elements; i++)
        if (name_equal(pool_text(&linker->pool, elements[i].id), id))
            return i;
    return CAT_NONE;
}

static uint32_t intern(struct linker *linker, const char *text)
{
    return text ? pool_intern(&linker->pool, text, strlen(text)) : 0;
}

static void add_control(struct linker *linker, const struct cat_policy *policy,
                        const struct adml *adml, const struct adml_control *from)
{
    uint32_t at = count(linker, BLOCK_CONTROLS);
    struct cat_control control = {
        .kind = from->kind,
        .element = CAT_NONE,
        .label =
            from->label ? pool_add(&linker->pool, from->label, strlen(from->label)) : 0,
        .default_text = intern(linker, from->default_text),
        .default_number = from->default_number,
        .has_default = from->has_default,
        .no_sort = from->no_sort,
        .suggestions = { count(linker, BLOCK_TEXTS), from->n_suggestions },
    };
    for (uint32_t i = 0; i < from->n_suggestions; i++) {
        uint32_t text = intern(linker, adml->suggestions[from->first_suggestion + i]);
        append(linker, BLOCK_TEXTS, &text);
    }
    if (from->ref) {
        control.element = element_of(linker, policy, from->ref);
        if (control.element == CAT_NONE)
            diagnostics_add(linker->diagnostics, SEVERITY_WARNING,
                            "adml-dangling-control",
                            origin_line(adml->path, from->line),
                            "policy '%s' has no element '%s', showing an idle control",
                            pool_text(&linker->pool, policy->name), from->ref);
    }
    if (control.element != CAT_NONE &&
        !buffer_failed(&linker->tables[BLOCK_ELEMENTS])) {
        struct cat_element *element =
            (struct cat_element *)(void *)linker->tables[BLOCK_ELEMENTS].data +
            control.element;
        if (element->control == CAT_NONE)
            element->control = at;
    }
    append(linker, BLOCK_CONTROLS, &control);
}

static void add_elements(struct linker *linker, const struct admx *admx,
                         struct texts *texts, uint32_t items)
{
    uint32_t choices = count(linker, BLOCK_CHOICES);
    for (size_t i = 0; i < admx->n_items; i++)
        append(linker, BLOCK_ITEMS, &admx->items[i]);
    for (size_t i = 0; i < admx->n_choices; i++) {
        struct cat_choice choice = admx->choices[i].record;
        choice.text = texts_resolve(texts, admx->choices[i].text, choice.line);
        choice.values.first += items;
        append(linker, BLOCK_CHOICES, &choice);
    }
    for (size_t i = 0; i < admx->n_elements; i++) {
        struct cat_element element = admx->elements[i];
        element.first_choice += choices;
        element.true_list.first += items;
        element.false_list.first += items;
        append(linker, BLOCK_ELEMENTS, &element);
    }
}

static void add_policy(struct linker *linker, const struct admx *admx,
                       const struct admx_policy *from, struct texts *texts,
                       uint32_t elements, uint32_t items)
{
    struct cat_policy policy = from->record;
    const struct adml *adml;
    uint32_t at = count(linker, BLOCK_POLICIES);
    policy.title = texts_resolve(texts, from->title, policy.line);
    if (is_blank(linker, policy.title))
        policy.title = policy.name;
    policy.help = texts_resolve(texts, from->help, policy.line);
    add_texts(linker, texts, admx->see_also, policy.line, &policy.see_also);
    add_texts(linker, texts, admx->keywords, policy.line, &policy.keywords);
    policy.category = policy.supported_on = CAT_NONE;
    policy.file = count(linker, BLOCK_FILES);
    policy.enabled_list.first += items;
    policy.disabled_list.first += items;
    policy.first_element += elements;
    policy.first_control = count(linker, BLOCK_CONTROLS);
    const struct adml_presentation *presentation =
        texts_presentation(texts, from->presentation, policy.line, &adml);
    for (uint32_t i = 0; presentation && i < presentation->n; i++)
        add_control(linker, &policy, adml, &adml->controls[presentation->first + i]);
    policy.n_controls = count(linker, BLOCK_CONTROLS) - policy.first_control;
    append(linker, BLOCK_POLICIES, &policy);
    /* File 0 for all: of two policies with one id the first decides. */
    references_add(&linker->policies, policy.ns, policy.name, 0, at);
    refer(linker, admx, PENDING_CATEGORY, at, from->category, policy.line);
    refer(linker, admx, PENDING_SUPPORTED, at, from->supported_on, policy.line);
}

void linker_add(struct linker *linker, const struct admx *admx, struct texts *texts)
{
    uint32_t elements = count(linker, BLOCK_ELEMENTS);
    uint32_t items = count(linker, BLOCK_ITEMS);
    uint32_t file = count(linker, BLOCK_FILES);
    const char *language;

    linker->paths = arena_grow(linker->arena, linker->paths, linker->n_paths,
                               sizeof *linker->paths, &linker->paths_room);
    if (!linker->paths)
        return;
    linker->paths[linker->n_paths++] = admx->path;
    add_categories(linker, admx, texts, file);
    add_supported(linker, admx, texts, file);
    add_elements(linker, admx, texts, items);
    for (size_t i = 0; i < admx->n_policies && !pool_failed(&linker->pool); i++)
        add_policy(linker, admx, &admx->policies[i], texts, elements, items);
    language = texts_language(texts);
    struct cat_file record = {
        .name = intern(linker, admx->path),
        .language = intern(linker, language),
        .ns = admx->ns,
        .superseded_adm = admx->superseded,
    };
    append(linker, BLOCK_FILES, &record);
}
