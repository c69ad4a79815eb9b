#ifndef GPCONF_ADMX_WORD_H
#define GPCONF_ADMX_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/syntax/xml.h"

/*
 * The vocabulary of ADMX and ADML: the names of elements and attributes as numbers.
 * Words that name attributes come first, so that a set of them is a mask.
 *
 * Real files misspell attributes. One that is right but for its case is used, with a
 * note; one that is unknown is left out, with a warning.
 */
/* clang-format off */
#define WORD_ATTRIBUTES(X) \
    X(WORD_ID, "id") \
    X(WORD_KEY, "key") \
    X(WORD_REF, "ref") \
    X(WORD_NAME, "name") \
    X(WORD_CLASS, "class") \
    X(WORD_PREFIX, "prefix") \
    X(WORD_VALUE, "value") \
    X(WORD_SOFT, "soft") \
    X(WORD_REQUIRED, "required") \
    X(WORD_VALUE_NAME, "valueName") \
    X(WORD_DISPLAY_NAME, "displayName") \
    X(WORD_EXPLAIN_TEXT, "explainText") \
    X(WORD_PRESENTATION, "presentation") \
    X(WORD_CLIENT_EXTENSION, "clientExtension") \
    X(WORD_MIN_VALUE, "minValue") \
    X(WORD_MAX_VALUE, "maxValue") \
    X(WORD_MAX_LENGTH, "maxLength") \
    X(WORD_MAX_STRINGS, "maxStrings") \
    X(WORD_STORE_AS_TEXT, "storeAsText") \
    X(WORD_EXPANDABLE, "expandable") \
    X(WORD_ADDITIVE, "additive") \
    X(WORD_EXPLICIT_VALUE, "explicitValue") \
    X(WORD_VALUE_PREFIX, "valuePrefix") \
    X(WORD_DEFAULT_KEY, "defaultKey") \
    X(WORD_FILE_NAME, "fileName") \
    X(WORD_NAMESPACE, "namespace") \
    X(WORD_VERSION_INDEX, "versionIndex") \
    X(WORD_MIN_VERSION_INDEX, "minVersionIndex") \
    X(WORD_MAX_VERSION_INDEX, "maxVersionIndex") \
    X(WORD_REVISION, "revision") \
    X(WORD_SCHEMA_VERSION, "schemaVersion") \
    X(WORD_MIN_REQUIRED_REVISION, "minRequiredRevision") \
    X(WORD_FALLBACK_CULTURE, "fallbackCulture") \
    X(WORD_REF_ID, "refId") \
    X(WORD_NO_SORT, "noSort") \
    X(WORD_DEFAULT_ITEM, "defaultItem") \
    X(WORD_DEFAULT_VALUE, "defaultValue") \
    X(WORD_DEFAULT_CHECKED, "defaultChecked") \
    X(WORD_SPIN, "spin") \
    X(WORD_SPIN_STEP, "spinStep") \
    X(WORD_DEFAULT_HEIGHT, "defaultHeight")
#define WORD_ELEMENTS(X) \
    X(WORD_POLICY_DEFINITIONS, "policyDefinitions") \
    X(WORD_POLICY_NAMESPACES, "policyNamespaces") \
    X(WORD_TARGET, "target") \
    X(WORD_USING, "using") \
    X(WORD_SUPERSEDED_ADM, "supersededAdm") \
    X(WORD_RESOURCES, "resources") \
    X(WORD_SUPPORTED_ON, "supportedOn") \
    X(WORD_PRODUCTS, "products") \
    X(WORD_PRODUCT, "product") \
    X(WORD_MAJOR_VERSION, "majorVersion") \
    X(WORD_MINOR_VERSION, "minorVersion") \
    X(WORD_DEFINITIONS, "definitions") \
    X(WORD_DEFINITION, "definition") \
    X(WORD_OR, "or") \
    X(WORD_AND, "and") \
    X(WORD_RANGE, "range") \
    X(WORD_REFERENCE, "reference") \
    X(WORD_CATEGORIES, "categories") \
    X(WORD_CATEGORY, "category") \
    X(WORD_PARENT_CATEGORY, "parentCategory") \
    X(WORD_SEE_ALSO, "seeAlso") \
    X(WORD_KEYWORDS, "keywords") \
    X(WORD_ANNOTATION, "annotation") \
    X(WORD_POLICIES, "policies") \
    X(WORD_POLICY, "policy") \
    X(WORD_ENABLED_VALUE, "enabledValue") \
    X(WORD_DISABLED_VALUE, "disabledValue") \
    X(WORD_ENABLED_LIST, "enabledList") \
    X(WORD_DISABLED_LIST, "disabledList") \
    X(WORD_ELEMENTS, "elements") \
    X(WORD_BOOLEAN, "boolean") \
    X(WORD_DECIMAL, "decimal") \
    X(WORD_LONG_DECIMAL, "longDecimal") \
    X(WORD_TEXT, "text") \
    X(WORD_MULTI_TEXT, "multiText") \
    X(WORD_ENUM, "enum") \
    X(WORD_LIST, "list") \
    X(WORD_ITEM, "item") \
    X(WORD_VALUE_LIST, "valueList") \
    X(WORD_TRUE_VALUE, "trueValue") \
    X(WORD_FALSE_VALUE, "falseValue") \
    X(WORD_TRUE_LIST, "trueList") \
    X(WORD_FALSE_LIST, "falseList") \
    X(WORD_STRING, "string") \
    X(WORD_DELETE, "delete") \
    X(WORD_POLICY_DEFINITION_RESOURCES, "policyDefinitionResources") \
    X(WORD_DESCRIPTION, "description") \
    X(WORD_STRING_TABLE, "stringTable") \
    X(WORD_PRESENTATION_TABLE, "presentationTable") \
    X(WORD_CHECK_BOX, "checkBox") \
    X(WORD_DECIMAL_TEXT_BOX, "decimalTextBox") \
    X(WORD_LONG_DECIMAL_TEXT_BOX, "longDecimalTextBox") \
    X(WORD_TEXT_BOX, "textBox") \
    X(WORD_COMBO_BOX, "comboBox") \
    X(WORD_DROPDOWN_LIST, "dropdownList") \
    X(WORD_LIST_BOX, "listBox") \
    X(WORD_MULTI_TEXT_BOX, "multiTextBox") \
    X(WORD_LABEL, "label") \
    X(WORD_SUGGESTION, "suggestion") \
    X(WORD_DEFAULT, "default")
/* clang-format on */

enum word {
#define X(word, text) word,
    WORD_ATTRIBUTES(X) WORD_ATTRIBUTES_END,
    WORD_ELEMENTS_BEFORE = WORD_ATTRIBUTES_END - 1,
    WORD_ELEMENTS(X) WORD_UNKNOWN
#undef X
};

/* The word that these bytes spell; WORD_UNKNOWN. */
enum word word_find(const char *bytes, size_t size);

/* The spelling. */
const char *word_text(enum word word);

/* A set of attributes. */
#define WORD_BIT(word) (UINT64_C(1) << (word))

/* The attributes of one element, by word; NULL where absent. */
struct word_attributes {
    const struct xml_attribute *at[WORD_ATTRIBUTES_END];
};

/* Sort the attributes of a start tag. Those that are not in allowed are told about,
 * but those in ignored, which a template may have and we have no use for. */
void word_attributes(const struct xml_start *start, uint64_t allowed, uint64_t ignored,
                     const char *path, struct diagnostics *diagnostics,
                     struct word_attributes *ret);

#endif
