#include "admx/admx.h"

#include <string.h>

#include "admx/parse.h"
#include "base/status.h"

/* ---- Names ---- */

/* A name that others refer to. */
static bool has_name(struct parse *parse, const struct xml_start *start,
                     const struct word_attributes *a)
{
    if (a->at[WORD_NAME])
        return true;
    parse_warn(parse, start, "admx-no-name", "a %.*s without a name, ignoring it",
               (int)start->name_size, start->name);
    return false;
}

/* ---- Namespaces ---- */

static bool start_target(struct parse *parse, const struct xml_start *start,
                         const struct word_attributes *a)
{
    if (parse->has_target || !a->at[WORD_NAMESPACE]) {
        parse_warn(parse, start, "admx-target", "%s, ignoring it",
                   parse->has_target ? "a second target"
                                     : "a target without a namespace");
        return false;
    }
    parse->has_target = true;
    parse->admx->ns = parse_text(parse, a->at[WORD_NAMESPACE]);
    if (a->at[WORD_PREFIX])
        parse->admx->prefix = parse_raw(parse, a->at[WORD_PREFIX]);
    return true;
}

static bool start_using(struct parse *parse, const struct xml_start *start,
                        const struct word_attributes *a)
{
    if (!a->at[WORD_NAMESPACE] || !a->at[WORD_PREFIX]) {
        parse_warn(parse, start, "admx-using",
                   "a using without prefix or namespace, ignoring it");
        return false;
    }
    struct admx_using *using = parse_add(parse->admx, usings);
    if (using) {
        using->prefix = parse_raw(parse, a->at[WORD_PREFIX]);
        using->ns = parse_text(parse, a->at[WORD_NAMESPACE]);
    }
    return true;
}

static bool start_superseded(struct parse *parse, const struct xml_start *start,
                             const struct word_attributes *a)
{
    (void)start;
    if (!parse->admx->superseded)
        parse->admx->superseded = parse_text(parse, a->at[WORD_FILE_NAME]);
    return true;
}

/* ---- Products and definitions ---- */

/* The index of the nearest open product or version one level up. */
static uint32_t open_product(const struct parse *parse, uint32_t levels)
{
    const struct admx *admx = parse->admx;
    if (levels == 0 || admx->n_products == 0)
        return CAT_NONE;
    /* The last record is the one above or a sibling; a sibling knows its parent. */
    uint32_t at = (uint32_t)admx->n_products - 1;
    for (;;) {
        uint32_t depth = 0;
        for (uint32_t up = at; admx->products[up].record.parent != CAT_NONE; depth++)
            up = admx->products[up].record.parent;
        if (depth < levels)
            return at;
        at = admx->products[at].record.parent;
    }
}

static bool start_product(struct parse *parse, const struct xml_start *start,
                          const struct word_attributes *a)
{
    uint64_t version = 0;
    uint32_t levels = 0;
    if (!has_name(parse, start, a))
        return false;
    for (unsigned i = 0; i < parse->depth; i++)
        levels +=
            parse->stack[i] == WORD_PRODUCT || parse->stack[i] == WORD_MAJOR_VERSION;
    uint32_t parent = open_product(parse, levels);
    parse_number(parse, start, a->at[WORD_VERSION_INDEX], UINT32_MAX - 1, &version);
    struct admx_product *product = parse_add(parse->admx, products);
    if (product) {
        product->record.id = parse_id(parse, a->at[WORD_NAME]);
        product->name = parse_text(parse, a->at[WORD_NAME]);
        product->record.parent = parent;
        product->record.version = (uint32_t)version;
        product->title = parse_raw(parse, a->at[WORD_DISPLAY_NAME]);
        product->line = start->line;
    }
    return true;
}

static bool start_definition(struct parse *parse, const struct xml_start *start,
                             const struct word_attributes *a)
{
    if (!has_name(parse, start, a))
        return false;
    struct admx_supported *supported = parse_add(parse->admx, supported);
    if (supported) {
        supported->record.id = parse_id(parse, a->at[WORD_NAME]);
        supported->name = parse_text(parse, a->at[WORD_NAME]);
        supported->record.line = start->line;
        supported->record.first_condition = (uint32_t)parse->admx->n_conditions;
        supported->title = parse_raw(parse, a->at[WORD_DISPLAY_NAME]);
    }
    return true;
}

static bool start_and(struct parse *parse, const struct xml_start *start,
                      const struct word_attributes *a)
{
    struct admx *admx = parse->admx;
    (void)start, (void)a;
    if (admx->n_supported)
        admx->supported[admx->n_supported - 1].record.all = 1;
    return true;
}

static bool start_condition(struct parse *parse, const struct xml_start *start,
                            const struct word_attributes *a)
{
    struct admx *admx = parse->admx;
    uint64_t min = UINT32_MAX, max = UINT32_MAX;
    if (!a->at[WORD_REF]) {
        parse_warn(parse, start, "admx-no-ref", "a %.*s without a ref, ignoring it",
                   (int)start->name_size, start->name);
        return false;
    }
    parse_number(parse, start, a->at[WORD_MIN_VERSION_INDEX], UINT32_MAX - 1, &min);
    parse_number(parse, start, a->at[WORD_MAX_VERSION_INDEX], UINT32_MAX - 1, &max);
    struct admx_condition *condition = parse_add(admx, conditions);
    if (condition && admx->n_supported) {
        condition->record = (struct cat_condition){
            .product = CAT_NONE,
            .definition = CAT_NONE,
            .is_range = start->name_size == strlen("range"),
            .min_version = (uint32_t)min,
            .max_version = (uint32_t)max,
        };
        condition->ref = parse_raw(parse, a->at[WORD_REF]);
        condition->line = start->line;
        admx->supported[admx->n_supported - 1].record.n_conditions++;
    }
    return true;
}

/* ---- Categories ---- */

static bool start_category(struct parse *parse, const struct xml_start *start,
                           const struct word_attributes *a)
{
    if (!has_name(parse, start, a))
        return false;
    struct admx_category *category = parse_add(parse->admx, categories);
    if (category) {
        category->record.id = parse_id(parse, a->at[WORD_NAME]);
        category->name = parse_text(parse, a->at[WORD_NAME]);
        category->record.line = start->line;
        category->title = parse_raw(parse, a->at[WORD_DISPLAY_NAME]);
        category->help = parse_raw(parse, a->at[WORD_EXPLAIN_TEXT]);
    }
    return true;
}

static bool start_parent(struct parse *parse, const struct xml_start *start,
                         const struct word_attributes *a)
{
    struct admx *admx = parse->admx;
    (void)start;
    if (admx->n_categories)
        admx->categories[admx->n_categories - 1].parent =
            parse_raw(parse, a->at[WORD_REF]);
    return true;
}

/* ---- The schema, down to the policies ---- */

#define BIT WORD_BIT
static const struct rule in_document[] = {
    { WORD_POLICY_DEFINITIONS, 0, BIT(WORD_REVISION) | BIT(WORD_SCHEMA_VERSION), NULL },
};
static const struct rule in_root[] = {
    { WORD_POLICY_NAMESPACES, 0, 0, NULL },
    { WORD_SUPERSEDED_ADM, BIT(WORD_FILE_NAME), 0, start_superseded },
    { WORD_ANNOTATION, 0, 0, NULL },
    { WORD_RESOURCES, 0, BIT(WORD_MIN_REQUIRED_REVISION) | BIT(WORD_FALLBACK_CULTURE),
      NULL },
    { WORD_SUPPORTED_ON, 0, 0, NULL },
    { WORD_CATEGORIES, 0, 0, NULL },
    { WORD_POLICIES, 0, 0, NULL },
};
static const struct rule in_namespaces[] = {
    { WORD_TARGET, BIT(WORD_PREFIX) | BIT(WORD_NAMESPACE), 0, start_target },
    { WORD_USING, BIT(WORD_PREFIX) | BIT(WORD_NAMESPACE), 0, start_using },
};
static const struct rule in_supported_on[] = {
    { WORD_PRODUCTS, 0, 0, NULL },
    { WORD_DEFINITIONS, 0, 0, NULL },
};
#define VERSION (BIT(WORD_NAME) | BIT(WORD_DISPLAY_NAME) | BIT(WORD_VERSION_INDEX))
static const struct rule in_products[] = {
    { WORD_PRODUCT, BIT(WORD_NAME) | BIT(WORD_DISPLAY_NAME), 0, start_product },
};
static const struct rule in_product[] = {
    { WORD_MAJOR_VERSION, VERSION, 0, start_product },
};
static const struct rule in_major_version[] = {
    { WORD_MINOR_VERSION, VERSION, 0, start_product },
};
static const struct rule in_definitions[] = {
    { WORD_DEFINITION, BIT(WORD_NAME) | BIT(WORD_DISPLAY_NAME), 0, start_definition },
};
static const struct rule in_definition[] = {
    { WORD_OR, 0, 0, NULL },
    { WORD_AND, 0, 0, start_and },
};
#define RANGE                                                                          \
    (BIT(WORD_REF) | BIT(WORD_MIN_VERSION_INDEX) | BIT(WORD_MAX_VERSION_INDEX))
static const struct rule in_and_or[] = {
    { WORD_RANGE, RANGE, 0, start_condition },
    { WORD_REFERENCE, BIT(WORD_REF), 0, start_condition },
};
static const struct rule in_categories[] = {
    { WORD_CATEGORY, BIT(WORD_NAME) | BIT(WORD_DISPLAY_NAME) | BIT(WORD_EXPLAIN_TEXT),
      0, start_category },
};
static const struct rule in_category[] = {
    { WORD_PARENT_CATEGORY, BIT(WORD_REF), 0, start_parent },
    { WORD_SEE_ALSO, 0, 0, parse_note_start },
    { WORD_KEYWORDS, 0, 0, parse_note_start },
    { WORD_ANNOTATION, 0, 0, NULL },
};
static const struct rule in_policies[] = {
    { WORD_POLICY,
      BIT(WORD_NAME) | BIT(WORD_CLASS) | BIT(WORD_DISPLAY_NAME) |
          BIT(WORD_EXPLAIN_TEXT) | BIT(WORD_PRESENTATION) | BIT(WORD_KEY) |
          BIT(WORD_VALUE_NAME) | BIT(WORD_CLIENT_EXTENSION),
      0, policy_start },
};
static const struct rules children[WORD_UNKNOWN + 1] = {
    [WORD_UNKNOWN] = RULES(in_document),
    [WORD_POLICY_DEFINITIONS] = RULES(in_root),
    [WORD_POLICY_NAMESPACES] = RULES(in_namespaces),
    [WORD_SUPPORTED_ON] = RULES(in_supported_on),
    [WORD_PRODUCTS] = RULES(in_products),
    [WORD_PRODUCT] = RULES(in_product),
    [WORD_MAJOR_VERSION] = RULES(in_major_version),
    [WORD_DEFINITIONS] = RULES(in_definitions),
    [WORD_DEFINITION] = RULES(in_definition),
    [WORD_OR] = RULES(in_and_or),
    [WORD_AND] = RULES(in_and_or),
    [WORD_CATEGORIES] = RULES(in_categories),
    [WORD_CATEGORY] = RULES(in_category),
    [WORD_POLICIES] = RULES(in_policies),
};

/* ---- The walk ---- */

static const struct rule *rule_of(enum word parent, enum word word)
{
    struct rules rules = children[parent];
    if (rules.n == 0)
        rules = policy_rules(parent);
    for (size_t i = 0; i < rules.n; i++)
        if (rules.rules[i].word == word)
            return &rules.rules[i];
    return NULL;
}

static void on_start(void *context, const struct xml_start *start)
{
    struct parse *parse = context;
    static const struct word_attributes none;
    struct word_attributes attributes;
    /* After a failure the arrays may be gone; the rest of the file is left out. */
    if (parse->skipped || arena_failed(parse->admx->arena)) {
        parse->skipped++;
        return;
    }
    enum word parent =
        parse->depth ? (enum word)parse->stack[parse->depth - 1] : WORD_UNKNOWN;
    enum word word = word_find(start->name, start->name_size);
    const struct rule *rule = rule_of(parent, word);
    if (!rule) {
        parse_warn(parse, start, "admx-unknown-element",
                   "unexpected element '%.*s'%s%s, ignoring it", (int)start->name_size,
                   start->name, parse->depth ? " in " : "", word_text(parent));
        parse->skipped = 1;
        return;
    }
    if (start->n > 0)
        word_attributes(start, rule->allowed, rule->ignored, parse->admx->path,
                        parse->diagnostics, &attributes);
    if (rule->start && !rule->start(parse, start, start->n ? &attributes : &none)) {
        parse->skipped = 1;
        return;
    }
    parse->stack[parse->depth++] = (uint8_t)word;
}

static void on_end(void *context)
{
    struct parse *parse = context;
    if (parse->skipped) {
        parse->skipped--;
        return;
    }
    enum word word = (enum word)parse->stack[--parse->depth];
    if (arena_failed(parse->admx->arena) || buffer_failed(&parse->text))
        return;
    if (word == WORD_STRING)
        policy_end_string(parse);
    else if (word == WORD_SEE_ALSO || word == WORD_KEYWORDS)
        parse_note_end(parse, word);
}

static void on_text(void *context, const char *text, size_t size)
{
    struct parse *parse = context;
    enum word word =
        parse->depth ? (enum word)parse->stack[parse->depth - 1] : WORD_UNKNOWN;
    if (!parse->skipped &&
        (word == WORD_STRING || word == WORD_SEE_ALSO || word == WORD_KEYWORDS))
        buffer_append(&parse->text, text, size);
}

int admx_parse(const void *bytes, size_t size, const char *path, struct arena *arena,
               struct pool *pool, struct diagnostics *diagnostics, struct admx *ret)
{
    static const struct xml_handler handler = { on_start, on_end, on_text };
    struct admx admx = { .arena = arena, .path = path, .prefix = "" };
    struct parse parse = { .admx = &admx, .pool = pool, .diagnostics = diagnostics };

    admx.ns = pool_intern(pool, "", 0);
    buffer_init(&parse.text, LIMIT_TEMPLATE_FILE);
    int rc = xml_parse(bytes, size, LIMIT_TEMPLATE_FILE, path, &handler, &parse,
                       diagnostics);
    if (buffer_failed(&parse.text) || arena_failed(arena))
        rc = GPCONF_ENOMEM;
    buffer_done(&parse.text);
    if (rc)
        return rc;
    if (!parse.has_target)
        diagnostics_add(diagnostics, SEVERITY_WARNING, "admx-target", origin_file(path),
                        "no target namespace, using an empty one");
    *ret = admx;
    return 0;
}
