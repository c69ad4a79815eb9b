#include "admx/word.h"

#include <string.h>
#include <strings.h>

static const struct spelling {
    const char *text;
    size_t size;
} spellings[] = {
#define X(word, text) [word] = { text, sizeof text - 1 },
    WORD_ATTRIBUTES(X) WORD_ELEMENTS(X)
#undef X
};

/* The words of each length: every tag and attribute of every file is looked up. */
static const uint8_t of_2[] = { WORD_ID, WORD_OR, WORD_UNKNOWN };
static const uint8_t of_3[] = { WORD_KEY, WORD_REF, WORD_AND, WORD_UNKNOWN };
static const uint8_t of_4[] = { WORD_NAME, WORD_SOFT, WORD_SPIN, WORD_TEXT,
                                WORD_ENUM, WORD_LIST, WORD_ITEM, WORD_UNKNOWN };
static const uint8_t of_5[] = { WORD_CLASS, WORD_VALUE, WORD_REF_ID, WORD_USING,
                                WORD_RANGE, WORD_LABEL, WORD_UNKNOWN };
static const uint8_t of_6[] = { WORD_PREFIX, WORD_NO_SORT, WORD_TARGET, WORD_POLICY,
                                WORD_STRING, WORD_DELETE,  WORD_UNKNOWN };
static const uint8_t of_7[] = { WORD_PRODUCT, WORD_SEE_ALSO, WORD_BOOLEAN,
                                WORD_DECIMAL, WORD_TEXT_BOX, WORD_LIST_BOX,
                                WORD_DEFAULT, WORD_UNKNOWN };
static const uint8_t of_8[] = { WORD_REQUIRED,  WORD_MIN_VALUE, WORD_MAX_VALUE,
                                WORD_ADDITIVE,  WORD_FILE_NAME, WORD_REVISION,
                                WORD_SPIN_STEP, WORD_PRODUCTS,  WORD_CATEGORY,
                                WORD_KEYWORDS,  WORD_POLICIES,  WORD_ELEMENTS,
                                WORD_TRUE_LIST, WORD_CHECK_BOX, WORD_COMBO_BOX,
                                WORD_UNKNOWN };
static const uint8_t of_9[] = { WORD_VALUE_NAME, WORD_MAX_LENGTH, WORD_NAMESPACE,
                                WORD_RESOURCES,  WORD_REFERENCE,  WORD_MULTI_TEXT,
                                WORD_VALUE_LIST, WORD_TRUE_VALUE, WORD_FALSE_LIST,
                                WORD_UNKNOWN };
static const uint8_t of_10[] = { WORD_MAX_STRINGS, WORD_EXPANDABLE, WORD_DEFAULT_KEY,
                                 WORD_DEFINITION,  WORD_CATEGORIES, WORD_ANNOTATION,
                                 WORD_FALSE_VALUE, WORD_SUGGESTION, WORD_UNKNOWN };
static const uint8_t of_11[] = {
    WORD_DISPLAY_NAME, WORD_EXPLAIN_TEXT, WORD_STORE_AS_TEXT, WORD_VALUE_PREFIX,
    WORD_DEFAULT_ITEM, WORD_SUPPORTED_ON, WORD_DEFINITIONS,   WORD_ENABLED_LIST,
    WORD_LONG_DECIMAL, WORD_DESCRIPTION,  WORD_STRING_TABLE,  WORD_UNKNOWN
};
static const uint8_t of_12[] = { WORD_PRESENTATION,   WORD_VERSION_INDEX,
                                 WORD_DEFAULT_VALUE,  WORD_MAJOR_VERSION,
                                 WORD_MINOR_VERSION,  WORD_ENABLED_VALUE,
                                 WORD_DISABLED_LIST,  WORD_DROPDOWN_LIST,
                                 WORD_MULTI_TEXT_BOX, WORD_UNKNOWN };
static const uint8_t of_13[] = { WORD_EXPLICIT_VALUE, WORD_SCHEMA_VERSION,
                                 WORD_DEFAULT_HEIGHT, WORD_SUPERSEDED_ADM,
                                 WORD_DISABLED_VALUE, WORD_UNKNOWN };
static const uint8_t of_14[] = { WORD_DEFAULT_CHECKED, WORD_PARENT_CATEGORY,
                                 WORD_DECIMAL_TEXT_BOX, WORD_UNKNOWN };
static const uint8_t of_15[] = { WORD_CLIENT_EXTENSION, WORD_MIN_VERSION_INDEX,
                                 WORD_MAX_VERSION_INDEX, WORD_FALLBACK_CULTURE,
                                 WORD_UNKNOWN };
static const uint8_t of_16[] = { WORD_POLICY_NAMESPACES, WORD_UNKNOWN };
static const uint8_t of_17[] = { WORD_POLICY_DEFINITIONS, WORD_PRESENTATION_TABLE,
                                 WORD_UNKNOWN };
static const uint8_t of_18[] = { WORD_LONG_DECIMAL_TEXT_BOX, WORD_UNKNOWN };
static const uint8_t of_19[] = { WORD_MIN_REQUIRED_REVISION, WORD_UNKNOWN };
static const uint8_t of_25[] = { WORD_POLICY_DEFINITION_RESOURCES, WORD_UNKNOWN };

static const uint8_t *const by_size[] = {
    [2] = of_2,   [3] = of_3,   [4] = of_4,   [5] = of_5,   [6] = of_6,
    [7] = of_7,   [8] = of_8,   [9] = of_9,   [10] = of_10, [11] = of_11,
    [12] = of_12, [13] = of_13, [14] = of_14, [15] = of_15, [16] = of_16,
    [17] = of_17, [18] = of_18, [19] = of_19, [25] = of_25,
};

enum word word_find(const char *bytes, size_t size)
{
    if (size >= sizeof by_size / sizeof *by_size || !by_size[size])
        return WORD_UNKNOWN;
    for (const uint8_t *w = by_size[size]; *w != WORD_UNKNOWN; w++)
        if (spellings[*w].text[0] == bytes[0] &&
            memcmp(spellings[*w].text, bytes, size) == 0)
            return (enum word) * w;
    return WORD_UNKNOWN;
}

const char *word_text(enum word word)
{
    return word < WORD_UNKNOWN ? spellings[word].text : "";
}

/* The allowed attribute that this would be if case did not matter. */
static enum word find_allowed(const struct xml_attribute *a, uint64_t allowed)
{
    for (unsigned w = 0; w < WORD_ATTRIBUTES_END; w++)
        if ((allowed & WORD_BIT(w)) && spellings[w].size == a->name_size &&
            strncasecmp(spellings[w].text, a->name, a->name_size) == 0)
            return (enum word)w;
    return WORD_UNKNOWN;
}

static void take_odd(const struct xml_start *start, const struct xml_attribute *a,
                     uint64_t allowed, uint64_t ignored, const char *path,
                     struct diagnostics *diagnostics, struct word_attributes *ret)
{
    struct origin origin = origin_line(path, start->line);
    enum word word = find_allowed(a, allowed | ignored);
    if (word < WORD_ATTRIBUTES_END && (ignored & WORD_BIT(word)))
        return;
    if (word == WORD_UNKNOWN) {
        diagnostics_add(diagnostics, SEVERITY_WARNING, "admx-unknown-attribute", origin,
                        "unknown attribute '%.*s' of '%.*s', ignoring",
                        (int)a->name_size, a->name, (int)start->name_size, start->name);
    } else if (ret->at[word]) {
        diagnostics_add(diagnostics, SEVERITY_WARNING, "admx-unknown-attribute", origin,
                        "attribute '%.*s' repeats '%s', ignoring", (int)a->name_size,
                        a->name, spellings[word].text);
    } else {
        diagnostics_add(diagnostics, SEVERITY_NOTE, "admx-attribute-case", origin,
                        "attribute '%.*s' should be spelt '%s', using it",
                        (int)a->name_size, a->name, spellings[word].text);
        ret->at[word] = a;
    }
}

void word_attributes(const struct xml_start *start, uint64_t allowed, uint64_t ignored,
                     const char *path, struct diagnostics *diagnostics,
                     struct word_attributes *ret)
{
    bool odd = false;
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < start->n; i++) {
        const struct xml_attribute *a = &start->attributes[i];
        enum word word = word_find(a->name, a->name_size);
        if (word < WORD_ATTRIBUTES_END && (allowed & WORD_BIT(word)))
            ret->at[word] = a;
        else
            odd = true;
    }
    /* A right spelling comes first, wherever it stands. */
    for (size_t i = 0; odd && i < start->n; i++) {
        const struct xml_attribute *a = &start->attributes[i];
        enum word word = word_find(a->name, a->name_size);
        if (word >= WORD_ATTRIBUTES_END || !((allowed | ignored) & WORD_BIT(word)))
            take_odd(start, a, allowed, ignored, path, diagnostics, ret);
    }
}
