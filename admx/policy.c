#include <string.h>
#include <strings.h>

#include "admx/parse.h"

static struct admx_policy *last_policy(const struct parse *parse)
{
    const struct admx *admx = parse->admx;
    return admx->n_policies ? &admx->policies[admx->n_policies - 1] : NULL;
}

static struct cat_element *last_element(const struct parse *parse)
{
    const struct admx *admx = parse->admx;
    return admx->n_elements ? &admx->elements[admx->n_elements - 1] : NULL;
}

static struct admx_choice *last_choice(const struct parse *parse)
{
    const struct admx *admx = parse->admx;
    return admx->n_choices ? &admx->choices[admx->n_choices - 1] : NULL;
}

/* The nth open element from the inside, 0 the innermost. */
static enum word open_word(const struct parse *parse, unsigned n)
{
    return n < parse->depth ? (enum word)parse->stack[parse->depth - 1 - n]
                            : WORD_UNKNOWN;
}

/* ---- The policy ---- */

static uint32_t class_of(struct parse *parse, const struct xml_start *start,
                         const struct xml_attribute *a)
{
    static const struct {
        const char *text;
        uint32_t class_;
    } classes[] = { { "Machine", CAT_MACHINE },
                    { "User", CAT_USER },
                    { "Both", CAT_BOTH } };
    for (size_t i = 0; a && i < sizeof classes / sizeof *classes; i++)
        if (a->value_size == strlen(classes[i].text) &&
            strncasecmp(a->value, classes[i].text, a->value_size) == 0)
            return classes[i].class_;
    parse_warn(parse, start, "admx-bad-class",
               "the class '%.*s' is none of Machine, User and Both, reading it as Both",
               a ? (int)a->value_size : 0, a ? a->value : "");
    return CAT_BOTH;
}

bool policy_start(struct parse *parse, const struct xml_start *start,
                  const struct word_attributes *a)
{
    const struct xml_attribute *name = a->at[WORD_NAME];
    const struct xml_attribute *value_name = a->at[WORD_VALUE_NAME];
    struct admx *admx = parse->admx;
    if (!name || name->value_size == 0) {
        parse_warn(parse, start, "admx-no-name",
                   "a policy without a name, ignoring it");
        return false;
    }
    if (!a->at[WORD_KEY])
        parse_warn(parse, start, "admx-no-key",
                   "policy '%.*s' has no key, taking the root of the registry half",
                   (int)name->value_size, name->value);
    struct admx_policy *policy = parse_add(admx, policies);
    if (!policy)
        return false;
    struct cat_policy *record = &policy->record;
    record->id = parse_id(parse, name);
    record->name = parse_text(parse, name);
    record->ns = admx->ns;
    record->class_ = class_of(parse, start, a->at[WORD_CLASS]);
    record->key = a->at[WORD_KEY] ? parse_key(parse, a->at[WORD_KEY])
                                  : pool_intern(parse->pool, "", 0);
    /* Templates write valueName="" where a policy has elements alone. */
    if (value_name && value_name->value_size > 0)
        record->value_name = parse_text(parse, value_name);
    record->client_extension = parse_text(parse, a->at[WORD_CLIENT_EXTENSION]);
    record->line = start->line;
    record->duplicate_of = CAT_NONE;
    record->first_element = (uint32_t)admx->n_elements;
    policy->title = parse_raw(parse, a->at[WORD_DISPLAY_NAME]);
    policy->help = parse_raw(parse, a->at[WORD_EXPLAIN_TEXT]);
    policy->presentation = parse_raw(parse, a->at[WORD_PRESENTATION]);
    return true;
}

static bool start_parent(struct parse *parse, const struct xml_start *start,
                         const struct word_attributes *a)
{
    struct admx_policy *policy = last_policy(parse);
    (void)start;
    if (policy)
        policy->category = parse_raw(parse, a->at[WORD_REF]);
    return true;
}

static bool start_supported(struct parse *parse, const struct xml_start *start,
                            const struct word_attributes *a)
{
    struct admx_policy *policy = last_policy(parse);
    (void)start;
    if (policy)
        policy->supported_on = parse_raw(parse, a->at[WORD_REF]);
    return true;
}

/* ---- Values and lists ---- */

/* Where the value of the innermost item goes; an item of an enum may hold others. */
static struct cat_literal *literal_of_item(const struct parse *parse)
{
    struct admx *admx = parse->admx;
    if (open_word(parse, 0) != WORD_ITEM)
        return NULL;
    if (open_word(parse, 1) == WORD_ENUM)
        return &admx->choices[admx->n_choices - 1].record.value;
    return &admx->items[admx->n_items - 1].value;
}

static bool start_value(struct parse *parse, const struct xml_start *start,
                        const struct word_attributes *a)
{
    struct admx_policy *policy = last_policy(parse);
    struct cat_element *element = last_element(parse);
    (void)a;
    if (!policy)
        return false;
    switch ((unsigned)word_find(start->name, start->name_size)) {
    case WORD_ENABLED_VALUE:
        parse->literal = &policy->record.enabled_value;
        break;
    case WORD_DISABLED_VALUE:
        parse->literal = &policy->record.disabled_value;
        break;
    case WORD_TRUE_VALUE:
        parse->literal = &element->true_value;
        break;
    case WORD_FALSE_VALUE:
        parse->literal = &element->false_value;
        break;
    default:
        parse->literal = literal_of_item(parse);
        break;
    }
    return parse->literal;
}

static bool start_literal(struct parse *parse, const struct xml_start *start,
                          const struct word_attributes *a)
{
    bool is_long = start->name_size == strlen("longDecimal");
    uint64_t number;
    if (open_word(parse, 0) == WORD_ITEM)
        parse->literal = literal_of_item(parse);
    switch ((unsigned)word_find(start->name, start->name_size)) {
    case WORD_DELETE:
        parse->literal->kind = CAT_LITERAL_DELETE;
        return true;
    case WORD_STRING:
        buffer_clear(&parse->text);
        return true;
    default:
        break;
    }
    if (!a->at[WORD_VALUE]) {
        parse_warn(parse, start, "admx-bad-number",
                   "a number without a value, ignoring it");
        return false;
    }
    if (!parse_number(parse, start, a->at[WORD_VALUE],
                      is_long ? UINT64_MAX : UINT32_MAX, &number))
        return false;
    parse->literal->kind = is_long ? CAT_LITERAL_LONG_DECIMAL : CAT_LITERAL_DECIMAL;
    parse->literal->number = number;
    return true;
}

void policy_end_string(struct parse *parse)
{
    parse->literal->kind = CAT_LITERAL_STRING;
    parse->literal->text = pool_intern(
        parse->pool, parse->text.data ? parse->text.data : "", parse->text.size);
}

static struct cat_list *list_of(const struct parse *parse, enum word word)
{
    struct admx_policy *policy = last_policy(parse);
    struct cat_element *element = last_element(parse);
    struct admx_choice *choice = last_choice(parse);
    switch ((unsigned)word) {
    case WORD_ENABLED_LIST:
        return policy ? &policy->record.enabled_list : NULL;
    case WORD_DISABLED_LIST:
        return policy ? &policy->record.disabled_list : NULL;
    case WORD_TRUE_LIST:
        return element ? &element->true_list : NULL;
    case WORD_FALSE_LIST:
        return element ? &element->false_list : NULL;
    default:
        return choice ? &choice->record.values : NULL;
    }
}

static bool start_list(struct parse *parse, const struct xml_start *start,
                       const struct word_attributes *a)
{
    enum word word = word_find(start->name, start->name_size);
    struct cat_list *list = list_of(parse, word);
    bool of_element = word != WORD_ENABLED_LIST && word != WORD_DISABLED_LIST;
    if (!list || (word == WORD_VALUE_LIST && open_word(parse, 1) != WORD_ENUM)) {
        parse_warn(parse, start, "admx-unknown-element",
                   "unexpected element '%.*s', ignoring it", (int)start->name_size,
                   start->name);
        return false;
    }
    if (list->n > 0) {
        parse_warn(parse, start, "admx-second-list", "a second %.*s, ignoring it",
                   (int)start->name_size, start->name);
        return false;
    }
    list->first = (uint32_t)parse->admx->n_items;
    parse->list = list;
    if (a->at[WORD_DEFAULT_KEY])
        parse->list_key = parse_key(parse, a->at[WORD_DEFAULT_KEY]);
    else if (of_element && last_element(parse))
        parse->list_key = last_element(parse)->key;
    else
        parse->list_key = last_policy(parse)->record.key;
    return true;
}

static bool start_choice(struct parse *parse, const struct xml_start *start,
                         const struct word_attributes *a)
{
    struct cat_element *element = last_element(parse);
    struct admx_choice *choice = parse_add(parse->admx, choices);
    if (!choice || !element)
        return false;
    choice->record.line = start->line;
    choice->text = parse_raw(parse, a->at[WORD_DISPLAY_NAME]);
    element->n_choices++;
    return true;
}

static bool start_item(struct parse *parse, const struct xml_start *start,
                       const struct word_attributes *a)
{
    if (!a->at[WORD_VALUE_NAME]) {
        parse_warn(parse, start, "admx-no-value-name",
                   "a list item without a valueName, ignoring it");
        return false;
    }
    struct cat_list_item *item = parse_add(parse->admx, items);
    if (!item)
        return false;
    item->key = a->at[WORD_KEY] ? parse_key(parse, a->at[WORD_KEY]) : parse->list_key;
    item->value_name = parse_text(parse, a->at[WORD_VALUE_NAME]);
    parse->list->n++;
    return true;
}

/* ---- Elements ---- */

static const struct kind {
    uint8_t word, kind;
    uint64_t max;
} kinds[] = {
    { WORD_BOOLEAN, CAT_BOOLEAN, 0 },
    { WORD_DECIMAL, CAT_DECIMAL, UINT32_MAX },
    { WORD_LONG_DECIMAL, CAT_LONG_DECIMAL, UINT64_MAX },
    { WORD_TEXT, CAT_TEXT, 0 },
    { WORD_MULTI_TEXT, CAT_MULTI_TEXT, 0 },
    { WORD_ENUM, CAT_ENUM, 0 },
    { WORD_LIST, CAT_LIST, 0 },
};

static const struct kind *kind_of(const struct xml_start *start)
{
    enum word word = word_find(start->name, start->name_size);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].word == word)
            return &kinds[i];
    return NULL;
}

static void read_limits(struct parse *parse, const struct xml_start *start,
                        const struct word_attributes *a, uint64_t max,
                        struct cat_element *element)
{
    uint64_t number;
    element->max_value = max;
    parse_number(parse, start, a->at[WORD_MIN_VALUE], max, &element->min_value);
    if (parse_number(parse, start, a->at[WORD_MAX_VALUE], max, &element->max_value))
        element->flags |= CAT_MAX_DECLARED;
    if (element->min_value > element->max_value) {
        parse_warn(parse, start, "admx-empty-range",
                   "minValue %llu is above maxValue %llu, ignoring both",
                   (unsigned long long)element->min_value,
                   (unsigned long long)element->max_value);
        element->min_value = 0;
        element->max_value = max;
        element->flags &= ~(uint32_t)CAT_MAX_DECLARED;
    }
    if (parse_number(parse, start, a->at[WORD_MAX_LENGTH], UINT32_MAX, &number))
        element->max_length = (uint32_t)number;
    if (parse_number(parse, start, a->at[WORD_MAX_STRINGS], UINT32_MAX, &number))
        element->max_strings = (uint32_t)number;
}

static uint32_t read_flags(struct parse *parse, const struct xml_start *start,
                           const struct word_attributes *a)
{
    static const struct {
        uint8_t word;
        uint32_t flag;
    } flags[] = {
        { WORD_REQUIRED, CAT_REQUIRED },
        { WORD_SOFT, CAT_SOFT },
        { WORD_EXPANDABLE, CAT_EXPANDABLE },
        { WORD_STORE_AS_TEXT, CAT_STORE_AS_TEXT },
        { WORD_ADDITIVE, CAT_ADDITIVE },
        { WORD_EXPLICIT_VALUE, CAT_EXPLICIT_VALUE },
    };
    uint32_t set = 0;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (parse_bool(parse, start, a->at[flags[i].word]))
            set |= flags[i].flag;
    return set;
}

/* Can the element be had at all? Says why not. */
static bool acceptable(struct parse *parse, const struct xml_start *start,
                       const struct word_attributes *a, const struct kind *kind)
{
    const struct xml_attribute *id = a->at[WORD_ID];
    struct admx_policy *policy = last_policy(parse);
    if (!kind || !policy)
        return false;
    if (kind->kind == CAT_LIST && a->at[WORD_VALUE_NAME])
        parse_warn(parse, start, "admx-list-value-name",
                   "a list has no valueName, ignoring it");
    if (kind->kind != CAT_LIST && !a->at[WORD_VALUE_NAME]) {
        parse_warn(parse, start, "admx-no-value-name",
                   "element '%.*s' has no valueName, ignoring it",
                   id ? (int)id->value_size : 0, id ? id->value : "");
        return false;
    }
    if (policy->record.n_elements >= LIMIT_POLICY_ELEMENTS) {
        parse_warn(
            parse, start, "admx-limit",
            "a policy has too many elements (the limit is %u), ignoring this one",
            LIMIT_POLICY_ELEMENTS);
        return false;
    }
    if (!id)
        parse_warn(parse, start, "admx-no-id",
                   "an element without an id, which no presentation can show");
    return true;
}

static bool start_element(struct parse *parse, const struct xml_start *start,
                          const struct word_attributes *a)
{
    const struct kind *kind = kind_of(start);
    struct admx *admx = parse->admx;
    if (!acceptable(parse, start, a, kind))
        return false;
    struct admx_policy *policy = last_policy(parse);
    struct cat_element *element = parse_add(admx, elements);
    if (!element)
        return false;
    element->kind = kind->kind;
    element->flags = read_flags(parse, start, a);
    element->id = a->at[WORD_ID] ? parse_text(parse, a->at[WORD_ID])
                                 : pool_intern(parse->pool, "", 0);
    element->key =
        a->at[WORD_KEY] ? parse_key(parse, a->at[WORD_KEY]) : policy->record.key;
    if (kind->kind != CAT_LIST)
        element->value_name = parse_text(parse, a->at[WORD_VALUE_NAME]);
    element->line = start->line;
    read_limits(parse, start, a, kind->max, element);
    if (a->at[WORD_VALUE_PREFIX]) {
        element->value_prefix = parse_text(parse, a->at[WORD_VALUE_PREFIX]);
        element->flags |= CAT_VALUE_PREFIX;
    }
    if ((element->flags & CAT_VALUE_PREFIX) && (element->flags & CAT_EXPLICIT_VALUE)) {
        parse_warn(parse, start, "admx-list-both",
                   "explicitValue and valuePrefix exclude each other, ignoring "
                   "valuePrefix");
        element->flags &= ~(uint32_t)CAT_VALUE_PREFIX;
        element->value_prefix = 0;
    }
    element->control = CAT_NONE;
    element->first_choice = (uint32_t)admx->n_choices;
    policy->record.n_elements++;
    return true;
}

/* ---- The schema within a policy ---- */

#define BIT WORD_BIT
static const struct rule in_policy[] = {
    { WORD_PARENT_CATEGORY, BIT(WORD_REF), 0, start_parent },
    { WORD_SUPPORTED_ON, BIT(WORD_REF), 0, start_supported },
    { WORD_ENABLED_VALUE, 0, 0, start_value },
    { WORD_DISABLED_VALUE, 0, 0, start_value },
    { WORD_ENABLED_LIST, BIT(WORD_DEFAULT_KEY), 0, start_list },
    { WORD_DISABLED_LIST, BIT(WORD_DEFAULT_KEY), 0, start_list },
    { WORD_ELEMENTS, 0, 0, NULL },
    { WORD_SEE_ALSO, 0, 0, parse_note_start },
    { WORD_KEYWORDS, 0, 0, parse_note_start },
    { WORD_ANNOTATION, 0, 0, NULL },
};
#define NAMED (BIT(WORD_ID) | BIT(WORD_KEY) | BIT(WORD_VALUE_NAME))
#define NUMBER                                                                         \
    (BIT(WORD_MIN_VALUE) | BIT(WORD_MAX_VALUE) | BIT(WORD_REQUIRED) | BIT(WORD_SOFT) | \
     BIT(WORD_STORE_AS_TEXT))
#define EXTENSION BIT(WORD_CLIENT_EXTENSION)
static const struct rule in_elements[] = {
    { WORD_BOOLEAN, NAMED, EXTENSION | BIT(WORD_REQUIRED), start_element },
    { WORD_DECIMAL, NAMED | NUMBER, EXTENSION, start_element },
    { WORD_LONG_DECIMAL, NAMED | NUMBER, EXTENSION, start_element },
    { WORD_TEXT,
      NAMED | BIT(WORD_REQUIRED) | BIT(WORD_MAX_LENGTH) | BIT(WORD_EXPANDABLE) |
          BIT(WORD_SOFT),
      EXTENSION, start_element },
    { WORD_MULTI_TEXT,
      NAMED | BIT(WORD_REQUIRED) | BIT(WORD_MAX_LENGTH) | BIT(WORD_MAX_STRINGS) |
          BIT(WORD_SOFT),
      EXTENSION, start_element },
    { WORD_ENUM, NAMED | BIT(WORD_REQUIRED), EXTENSION, start_element },
    { WORD_LIST,
      NAMED | BIT(WORD_ADDITIVE) | BIT(WORD_EXPLICIT_VALUE) | BIT(WORD_VALUE_PREFIX) |
          BIT(WORD_EXPANDABLE),
      EXTENSION, start_element },
};
static const struct rule in_boolean[] = {
    { WORD_TRUE_VALUE, 0, 0, start_value },
    { WORD_FALSE_VALUE, 0, 0, start_value },
    { WORD_TRUE_LIST, BIT(WORD_DEFAULT_KEY), 0, start_list },
    { WORD_FALSE_LIST, BIT(WORD_DEFAULT_KEY), 0, start_list },
};
static const struct rule in_enum[] = {
    { WORD_ITEM, BIT(WORD_DISPLAY_NAME), 0, start_choice },
};
static const struct rule in_list[] = {
    { WORD_ITEM, BIT(WORD_KEY) | BIT(WORD_VALUE_NAME), 0, start_item },
};
/* An item's literal may also stand there without its <value>. */
#define LITERALS                                                                       \
    { WORD_DECIMAL, BIT(WORD_VALUE), 0, start_literal },                               \
        { WORD_LONG_DECIMAL, BIT(WORD_VALUE), 0, start_literal },                      \
        { WORD_STRING, 0, 0, start_literal }, { WORD_DELETE, 0, 0, start_literal },
static const struct rule in_value[] = { LITERALS };
static const struct rule in_item[] = { { WORD_VALUE, 0, 0, start_value },
                                       { WORD_VALUE_LIST, BIT(WORD_DEFAULT_KEY), 0,
                                         start_list },
                                       LITERALS };

static const struct rules children[WORD_UNKNOWN + 1] = {
    [WORD_POLICY] = RULES(in_policy),       [WORD_ELEMENTS] = RULES(in_elements),
    [WORD_BOOLEAN] = RULES(in_boolean),     [WORD_ENUM] = RULES(in_enum),
    [WORD_ENABLED_LIST] = RULES(in_list),   [WORD_DISABLED_LIST] = RULES(in_list),
    [WORD_TRUE_LIST] = RULES(in_list),      [WORD_FALSE_LIST] = RULES(in_list),
    [WORD_VALUE_LIST] = RULES(in_list),     [WORD_ITEM] = RULES(in_item),
    [WORD_ENABLED_VALUE] = RULES(in_value), [WORD_DISABLED_VALUE] = RULES(in_value),
    [WORD_TRUE_VALUE] = RULES(in_value),    [WORD_FALSE_VALUE] = RULES(in_value),
    [WORD_VALUE] = RULES(in_value),
};

struct rules policy_rules(enum word parent)
{
    return children[parent];
}
