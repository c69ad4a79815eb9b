#include "admx/adml.h"

#include <string.h>
#include <strings.h>

#include "admx/adml_index.h"
#include "admx/word.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "base/status.h"

struct parse {
    struct adml *adml;
    struct diagnostics *diagnostics;
    uint8_t stack[LIMIT_XML_DEPTH + 1];
    unsigned depth, skipped;
    struct buffer text; /* of the innermost element that has one */
};

#define add(adml, array)                                                               \
    ((void)((adml)->array =                                                            \
                arena_grow((adml)->arena, (adml)->array, (adml)->n_##array,            \
                           sizeof *(adml)->array, &(adml)->array##_room)),             \
     (adml)->array ? &(adml)->array[(adml)->n_##array++] : NULL)

static void warn(struct parse *parse, const struct xml_start *start, const char *code,
                 const char *what, const char *then)
{
    diagnostics_add(parse->diagnostics, SEVERITY_WARNING, code,
                    origin_line(parse->adml->path, start->line), "%s '%.*s', %s", what,
                    (int)start->name_size, start->name, then);
}

static const char *copy(struct parse *parse, const struct xml_attribute *a)
{
    return a ? arena_string_n(parse->adml->arena, a->value, a->value_size) : NULL;
}

static bool is_true(const struct xml_attribute *a)
{
    return a && ((a->value_size == 4 && strncasecmp(a->value, "true", 4) == 0) ||
                 (a->value_size == 1 && *a->value == '1'));
}

/* NULL when there is nothing but white space. */
static const char *folded_text(struct parse *parse)
{
    if (parse->text.size == 0)
        return NULL;
    size_t size = xml_fold(parse->text.data, parse->text.size);
    const char *copied =
        size ? arena_string_n(parse->adml->arena, parse->text.data, size) : NULL;
    buffer_clear(&parse->text);
    return copied;
}

/* The same, but white space within stays: this is what a person might have typed. */
static const char *trimmed_text(struct parse *parse)
{
    static const char space[] = " \t\r\n";
    const char *text = parse->text.data;
    size_t size = parse->text.size;
    if (size == 0)
        return NULL;
    size_t skip = strspn(text, space);
    while (size > skip && strchr(space, text[size - 1]))
        size--;
    const char *copied =
        size > skip ? arena_string_n(parse->adml->arena, text + skip, size - skip)
                    : NULL;
    buffer_clear(&parse->text);
    return copied;
}

static struct adml_control *last_control(const struct parse *parse)
{
    const struct adml *adml = parse->adml;
    return adml->n_controls ? &adml->controls[adml->n_controls - 1] : NULL;
}

static bool start_string(struct parse *parse, const struct xml_start *start,
                         const struct word_attributes *a)
{
    if (!a->at[WORD_ID]) {
        warn(parse, start, "adml-no-id", "no id on", "ignoring it");
        return false;
    }
    struct adml_string *string = add(parse->adml, strings);
    if (string) {
        string->id = copy(parse, a->at[WORD_ID]);
        string->line = start->line;
    }
    buffer_clear(&parse->text);
    return string;
}

static bool start_presentation(struct parse *parse, const struct xml_start *start,
                               const struct word_attributes *a)
{
    if (!a->at[WORD_ID]) {
        warn(parse, start, "adml-no-id", "no id on", "ignoring it");
        return false;
    }
    struct adml_presentation *presentation = add(parse->adml, presentations);
    if (presentation) {
        presentation->id = copy(parse, a->at[WORD_ID]);
        presentation->line = start->line;
        presentation->first = (uint32_t)parse->adml->n_controls;
    }
    return presentation;
}

static void read_default(struct parse *parse, const struct xml_start *start,
                         const struct xml_attribute *a, struct adml_control *control)
{
    uint64_t number = 0;
    bool good = a->value_size > 0 && a->value_size < 20;
    for (size_t i = 0; good && i < a->value_size; i++) {
        good = a->value[i] >= '0' && a->value[i] <= '9';
        number = number * 10 + (unsigned)(a->value[i] - '0');
    }
    if (!good) {
        diagnostics_add(parse->diagnostics, SEVERITY_WARNING, "adml-bad-number",
                        origin_line(parse->adml->path, start->line),
                        "'%.*s' is no whole number, ignoring the default",
                        (int)a->value_size, a->value);
        return;
    }
    control->has_default = true;
    control->default_number = number;
}

static uint32_t kind_of(enum word word)
{
    switch ((unsigned)word) {
    case WORD_CHECK_BOX:
        return CAT_CONTROL_CHECK_BOX;
    case WORD_DECIMAL_TEXT_BOX:
        return CAT_CONTROL_DECIMAL;
    case WORD_LONG_DECIMAL_TEXT_BOX:
        return CAT_CONTROL_LONG_DECIMAL;
    case WORD_TEXT_BOX:
        return CAT_CONTROL_TEXT_BOX;
    case WORD_COMBO_BOX:
        return CAT_CONTROL_COMBO_BOX;
    case WORD_DROPDOWN_LIST:
        return CAT_CONTROL_DROPDOWN_LIST;
    case WORD_LIST_BOX:
        return CAT_CONTROL_LIST_BOX;
    case WORD_MULTI_TEXT_BOX:
        return CAT_CONTROL_MULTI_TEXT;
    default:
        return CAT_CONTROL_STATIC;
    }
}

static bool start_control(struct parse *parse, const struct xml_start *start,
                          const struct word_attributes *a)
{
    struct adml *adml = parse->adml;
    struct adml_presentation *presentation =
        &adml->presentations[adml->n_presentations - 1];
    uint32_t kind = kind_of(word_find(start->name, start->name_size));
    if (kind != CAT_CONTROL_STATIC && !a->at[WORD_REF_ID]) {
        warn(parse, start, "adml-no-ref", "no refId on", "ignoring it");
        return false;
    }
    if (presentation->n >= LIMIT_CONTROLS) {
        warn(parse, start, "adml-limit", "too many controls before", "ignoring it");
        return false;
    }
    struct adml_control *control = add(adml, controls);
    if (!control)
        return false;
    presentation->n++;
    control->kind = kind;
    control->line = start->line;
    control->ref = copy(parse, a->at[WORD_REF_ID]);
    control->no_sort = is_true(a->at[WORD_NO_SORT]);
    control->first_suggestion = (uint32_t)adml->n_suggestions;
    if (a->at[WORD_DEFAULT_VALUE])
        read_default(parse, start, a->at[WORD_DEFAULT_VALUE], control);
    if (a->at[WORD_DEFAULT_ITEM])
        read_default(parse, start, a->at[WORD_DEFAULT_ITEM], control);
    if (a->at[WORD_DEFAULT_CHECKED]) {
        control->has_default = true;
        control->default_number = is_true(a->at[WORD_DEFAULT_CHECKED]);
    }
    buffer_clear(&parse->text);
    return true;
}

static bool start_part(struct parse *parse, const struct xml_start *start,
                       const struct word_attributes *a)
{
    (void)start, (void)a;
    buffer_clear(&parse->text);
    return true;
}

static void end_suggestion(struct parse *parse, struct adml_control *control)
{
    const char *text = folded_text(parse);
    const char **suggestion = text ? add(parse->adml, suggestions) : NULL;
    if (suggestion) {
        *suggestion = text;
        control->n_suggestions++;
    }
}

/* The text of an element is complete. */
static void end_text(struct parse *parse, enum word word)
{
    struct adml *adml = parse->adml;
    struct adml_control *control = last_control(parse);
    const char *text;
    switch ((unsigned)word) {
    case WORD_STRING:
        text = parse->text.size ? parse->text.data : "";
        adml->strings[adml->n_strings - 1].size = parse->text.size;
        adml->strings[adml->n_strings - 1].text =
            arena_string_n(adml->arena, text, parse->text.size);
        break;
    case WORD_DEFAULT:
    case WORD_DEFAULT_VALUE:
        control->default_text = trimmed_text(parse);
        control->has_default = control->default_text;
        break;
    case WORD_SUGGESTION:
        end_suggestion(parse, control);
        break;
    case WORD_TEXT:
    case WORD_LABEL:
    case WORD_CHECK_BOX:
    case WORD_DECIMAL_TEXT_BOX:
    case WORD_LONG_DECIMAL_TEXT_BOX:
    case WORD_TEXT_BOX:
    case WORD_COMBO_BOX:
    case WORD_DROPDOWN_LIST:
    case WORD_LIST_BOX:
    case WORD_MULTI_TEXT_BOX:
        text = folded_text(parse);
        if (text && !control->label)
            control->label = text;
        break;
    default:
        break;
    }
}

/* ---- The schema ---- */

struct rule {
    uint8_t parent, word;
    uint64_t allowed, ignored;
    bool (*start)(struct parse *parse, const struct xml_start *start,
                  const struct word_attributes *attributes);
};

#define BIT WORD_BIT
static const struct rule rules[] = {
    /* The commonest first. */
    { WORD_STRING_TABLE, WORD_STRING, BIT(WORD_ID), 0, start_string },
    { WORD_PRESENTATION, WORD_TEXT, 0, BIT(WORD_NAME), start_control },
    { WORD_PRESENTATION, WORD_DROPDOWN_LIST,
      BIT(WORD_REF_ID) | BIT(WORD_NO_SORT) | BIT(WORD_DEFAULT_ITEM), 0, start_control },
    { WORD_PRESENTATION, WORD_CHECK_BOX, BIT(WORD_REF_ID) | BIT(WORD_DEFAULT_CHECKED),
      0, start_control },
    { WORD_PRESENTATION, WORD_TEXT_BOX, BIT(WORD_REF_ID), 0, start_control },
    { WORD_TEXT_BOX, WORD_LABEL, 0, 0, start_part },
    { WORD_TEXT_BOX, WORD_DEFAULT_VALUE, 0, 0, start_part },
    { WORD_PRESENTATION, WORD_DECIMAL_TEXT_BOX,
      BIT(WORD_REF_ID) | BIT(WORD_DEFAULT_VALUE), BIT(WORD_SPIN) | BIT(WORD_SPIN_STEP),
      start_control },
    { WORD_PRESENTATION, WORD_LONG_DECIMAL_TEXT_BOX,
      BIT(WORD_REF_ID) | BIT(WORD_DEFAULT_VALUE), BIT(WORD_SPIN) | BIT(WORD_SPIN_STEP),
      start_control },
    { WORD_PRESENTATION, WORD_LIST_BOX, BIT(WORD_REF_ID), 0, start_control },
    { WORD_PRESENTATION, WORD_MULTI_TEXT_BOX, BIT(WORD_REF_ID),
      BIT(WORD_DEFAULT_HEIGHT), start_control },
    { WORD_PRESENTATION, WORD_COMBO_BOX, BIT(WORD_REF_ID) | BIT(WORD_NO_SORT), 0,
      start_control },
    { WORD_COMBO_BOX, WORD_LABEL, 0, 0, start_part },
    { WORD_COMBO_BOX, WORD_DEFAULT, 0, 0, start_part },
    { WORD_COMBO_BOX, WORD_SUGGESTION, 0, 0, start_part },
    { WORD_PRESENTATION_TABLE, WORD_PRESENTATION, BIT(WORD_ID), 0, start_presentation },
    { WORD_UNKNOWN, WORD_POLICY_DEFINITION_RESOURCES, 0,
      BIT(WORD_REVISION) | BIT(WORD_SCHEMA_VERSION), NULL },
    { WORD_POLICY_DEFINITION_RESOURCES, WORD_DISPLAY_NAME, 0, 0, NULL },
    { WORD_POLICY_DEFINITION_RESOURCES, WORD_DESCRIPTION, 0, 0, NULL },
    { WORD_POLICY_DEFINITION_RESOURCES, WORD_ANNOTATION, 0, 0, NULL },
    { WORD_POLICY_DEFINITION_RESOURCES, WORD_RESOURCES, 0, 0, NULL },
    { WORD_RESOURCES, WORD_STRING_TABLE, 0, 0, NULL },
    { WORD_RESOURCES, WORD_PRESENTATION_TABLE, 0, 0, NULL },
};

static void on_start(void *context, const struct xml_start *start)
{
    struct parse *parse = context;
    static const struct word_attributes none;
    struct word_attributes attributes;
    const struct rule *rule = NULL;
    /* After a failure the arrays may be gone; the rest of the file is left out. */
    if (parse->skipped || arena_failed(parse->adml->arena)) {
        parse->skipped++;
        return;
    }
    unsigned parent = parse->depth ? parse->stack[parse->depth - 1] : WORD_UNKNOWN;
    enum word word = word_find(start->name, start->name_size);
    for (size_t i = 0; !rule && i < sizeof rules / sizeof *rules; i++)
        if (rules[i].parent == parent && rules[i].word == word)
            rule = &rules[i];
    if (!rule) {
        warn(parse, start, "admx-unknown-element", "unexpected element", "ignoring it");
        parse->skipped = 1;
        return;
    }
    if (start->n > 0)
        word_attributes(start, rule->allowed, rule->ignored, parse->adml->path,
                        parse->diagnostics, &attributes);
    if (rule->start && !rule->start(parse, start, start->n ? &attributes : &none))
        parse->skipped = 1;
    else
        parse->stack[parse->depth++] = (uint8_t)word;
}

static void on_end(void *context)
{
    struct parse *parse = context;
    if (parse->skipped)
        parse->skipped--;
    else if (parse->depth-- && !arena_failed(parse->adml->arena))
        end_text(parse, (enum word)parse->stack[parse->depth]);
}

static void on_text(void *context, const char *text, size_t size)
{
    struct parse *parse = context;
    /* What stands between the rows of a table is indentation. */
    if (!parse->skipped && parse->depth > 3)
        buffer_append(&parse->text, text, size);
}

int adml_parse(const void *bytes, size_t size, const char *path, struct arena *arena,
               struct diagnostics *diagnostics, struct adml *ret)
{
    static const struct xml_handler handler = { on_start, on_end, on_text };
    struct adml adml = { .arena = arena, .path = path };
    struct parse parse = { .adml = &adml, .diagnostics = diagnostics };

    buffer_init(&parse.text, LIMIT_TEMPLATE_FILE);
    int rc = xml_parse(bytes, size, LIMIT_TEMPLATE_FILE, path, &handler, &parse,
                       diagnostics);
    if (buffer_failed(&parse.text) || arena_failed(arena))
        rc = GPCONF_ENOMEM;
    buffer_done(&parse.text);
    if (rc)
        return rc;
    adml.string_index = adml_index_make(&adml, true, diagnostics);
    adml.presentation_index = adml_index_make(&adml, false, diagnostics);
    *ret = adml;
    return 0;
}
