#ifndef GPCONF_ADMX_CATALOGUE_H
#define GPCONF_ADMX_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"

/*
 * The catalogue: every policy that the templates of a machine define, linked and
 * frozen. It says what CAN be configured and knows nothing of what has been.
 *
 * It is one block of bytes. Records refer to each other by index into the tables
 * and to text by 32-bit offsets into the block, so the block can be written to a
 * file and mapped again as it is. An offset of 0 means "absent". Once frozen it is
 * never changed and may be read from any thread; it is counted (ref/unref).
 *
 * Text is in the language that was asked for, string by string falling back to
 * another region of the language, to en-US, and at last to the reference itself
 * ("$(string.X)"). Terms are those of the ADMX syntax reference.
 */
struct catalogue;

/* Absent index: no category, no control, no element. */
#define CAT_NONE UINT32_MAX

enum cat_class { CAT_MACHINE = 1, CAT_USER = 2, CAT_BOTH = 3 }; /* a set of halves */

/* A value that a template writes: <decimal>, <longDecimal>, <string>, <delete>. */
enum cat_literal_kind {
    CAT_LITERAL_ABSENT,
    CAT_LITERAL_DECIMAL,
    CAT_LITERAL_LONG_DECIMAL,
    CAT_LITERAL_STRING,
    CAT_LITERAL_DELETE,
};
struct cat_literal {
    uint32_t kind; /* enum cat_literal_kind */
    uint32_t text; /* of a string */
    uint64_t number;
};

/* enabledList, disabledList, trueList, falseList, valueList. */
struct cat_list {
    uint32_t first, n; /* in the table of list items; n is 0 when absent */
};
struct cat_list_item {
    uint32_t key; /* resolved: item, else defaultKey, else element, else policy */
    uint32_t value_name; /* text; "" is the key's default value */
    struct cat_literal value;
};

/* Texts of which there may be several. */
struct cat_texts {
    uint32_t first, n; /* in the table of texts */
};

/* One choice of an enumeration, in document order. */
struct cat_choice {
    uint32_t text; /* as shown */
    uint32_t line;
    struct cat_literal value;
    struct cat_list values; /* valueList */
};

enum cat_element_kind {
    CAT_BOOLEAN,
    CAT_DECIMAL,
    CAT_LONG_DECIMAL,
    CAT_TEXT,
    CAT_MULTI_TEXT,
    CAT_ENUM,
    CAT_LIST,
};
enum cat_element_flags {
    CAT_REQUIRED = 1 << 0,
    CAT_SOFT = 1 << 1,
    CAT_EXPANDABLE = 1 << 2,
    CAT_STORE_AS_TEXT = 1 << 3,
    CAT_ADDITIVE = 1 << 4,
    CAT_EXPLICIT_VALUE = 1 << 5,
    CAT_VALUE_PREFIX = 1 << 6, /* valuePrefix is there, perhaps "" */
    CAT_MAX_DECLARED = 1 << 7, /* maxValue is the template's, not the default */
};
struct cat_element {
    uint32_t kind;       /* enum cat_element_kind */
    uint32_t flags;      /* enum cat_element_flags */
    uint32_t id;         /* text */
    uint32_t key;        /* resolved: element, else policy */
    uint32_t value_name; /* text; of a list always 0 */
    uint32_t line;
    uint64_t min_value,
        max_value;         /* decimal, longDecimal; declared or default (0; all) */
    uint32_t max_length;   /* characters of text or one line; 0: none declared */
    uint32_t max_strings;  /* lines of multiText; 0: none declared */
    uint32_t value_prefix; /* text, with CAT_VALUE_PREFIX */
    uint32_t control;      /* in the table of controls; CAT_NONE without one */
    struct cat_literal true_value, false_value;
    struct cat_list true_list, false_list;
    uint32_t first_choice, n_choices;
};

/* A control of a presentation, or a line of static text, in presentation order. It
 * seeds an editor and is never applied. */
enum cat_control_kind {
    CAT_CONTROL_STATIC, /* <text> */
    CAT_CONTROL_CHECK_BOX,
    CAT_CONTROL_DECIMAL,
    CAT_CONTROL_LONG_DECIMAL,
    CAT_CONTROL_TEXT_BOX,
    CAT_CONTROL_COMBO_BOX,
    CAT_CONTROL_DROPDOWN_LIST,
    CAT_CONTROL_LIST_BOX,
    CAT_CONTROL_MULTI_TEXT,
};
struct cat_control {
    uint32_t kind;         /* enum cat_control_kind */
    uint32_t element;      /* index; CAT_NONE for static text and dangling refIds */
    uint32_t label;        /* text, white space folded; 0 without one */
    uint32_t default_text; /* textBox, comboBox; 0 without one */
    uint64_t
        default_number; /* decimal: the value; checkBox: 0 or 1; dropdown: an INDEX */
    uint32_t has_default, no_sort;
    struct cat_texts suggestions; /* comboBox */
};

struct cat_policy {
    uint32_t id;               /* text, "namespace:name", the stable identity */
    uint32_t name;             /* text, the part behind the namespace */
    uint32_t ns;               /* text, the target namespace */
    uint32_t class_;           /* enum cat_class */
    uint32_t title, help;      /* text; help may be 0 */
    uint32_t key;              /* text, without outer backslashes */
    uint32_t value_name;       /* text; 0 when the policy has no value of its own,
                                  which is also what valueName="" means */
    uint32_t category;         /* index; CAT_NONE when the reference dangles */
    uint32_t supported_on;     /* index; CAT_NONE */
    uint32_t client_extension; /* text, a GUID; 0 */
    struct cat_texts see_also; /* what else to read: an address, another policy */
    struct cat_texts keywords; /* what people call it who search for it */
    uint32_t file, line;       /* file: index */
    uint32_t duplicate_of; /* index of the policy with this id that decides; CAT_NONE */
    struct cat_literal enabled_value, disabled_value;
    struct cat_list enabled_list, disabled_list;
    uint32_t first_element, n_elements; /* document order */
    uint32_t first_control, n_controls; /* presentation order */
};

struct cat_category {
    uint32_t id, title, help;            /* text */
    struct cat_texts see_also, keywords; /* as of a policy */
    uint32_t parent;                     /* index; CAT_NONE at the root */
    uint32_t file, line;
};

/* A supportedOn definition, flattened enough to be shown and tested later. Following
 * the definitions of its conditions never leads back to it. */
struct cat_supported {
    uint32_t id, title; /* text */
    uint32_t file, line;
    uint32_t first_condition, n_conditions;
    uint32_t all; /* <and>: every condition; else any */
};
struct cat_condition {
    uint32_t product;    /* index of the product; CAT_NONE */
    uint32_t definition; /* index of another definition; CAT_NONE */
    uint32_t is_range;   /* min and max hold for the versions below product */
    uint32_t min_version, max_version; /* index attributes; UINT32_MAX: open */
};
struct cat_product {
    uint32_t id, title;
    uint32_t parent;  /* index: product > majorVersion > minorVersion; CAT_NONE */
    uint32_t version; /* versionIndex; 0 for a product */
};

struct cat_file {
    uint32_t name;     /* text, the ADMX file as the person knows it, with its folder */
    uint32_t language; /* text, the folder that its strings came from; 0 without ADML;
                          "" for an ADML that lies beside the ADMX */
    uint32_t ns;       /* text */
    uint32_t superseded_adm; /* text, the first one; 0 */
};

/* The tables. Each returns the records and how many there are. Borrowed. */
const struct cat_policy *catalogue_policies(const struct catalogue *c, size_t *ret_n);
const struct cat_element *catalogue_elements(const struct catalogue *c);
const struct cat_choice *catalogue_choices(const struct catalogue *c);
const struct cat_list_item *catalogue_list_items(const struct catalogue *c);
const struct cat_control *catalogue_controls(const struct catalogue *c);
const uint32_t *catalogue_texts(const struct catalogue *c); /* each a text */
const struct cat_category *catalogue_categories(const struct catalogue *c,
                                                size_t *ret_n);
const struct cat_supported *catalogue_supported(const struct catalogue *c,
                                                size_t *ret_n);
const struct cat_condition *catalogue_conditions(const struct catalogue *c);
const struct cat_product *catalogue_products(const struct catalogue *c, size_t *ret_n);
const struct cat_file *catalogue_files(const struct catalogue *c, size_t *ret_n);

/* The text at an offset, UTF-8; NULL for 0. Borrowed. */
const char *catalogue_text(const struct catalogue *c, uint32_t offset);

/* The policy with this id ("namespace:name") or, when name is unqualified, the only
 * policy with that name; without case. Returns 0, GPCONF_ENOTFOUND, or GPCONF_ERANGE
 * when a bare name is ambiguous (*ret_n candidates from *ret in id order are then
 * found with catalogue_find_all). */
int catalogue_find(const struct catalogue *c, const char *name,
                   const struct cat_policy **ret);

/* Every policy with this bare name, in id order, duplicates included; at most max are
 * stored. Returns how many there are. */
size_t catalogue_find_all(const struct catalogue *c, const char *name,
                          const struct cat_policy **ret, size_t max);

/* Every policy that can write (key, name): as its own value, in a list, in an
 * element or, for a list element, any value of its key. In the order of policies,
 * duplicates included. Returns how many; at most max are stored. */
size_t catalogue_find_value(const struct catalogue *c, const char *key,
                            const char *name, const struct cat_policy **ret,
                            size_t max);

/* How a catalogue is made: the bytes of the ADMX and ADML files, read by the caller
 * (weakest folder last: of two ADMX files with one name, case ignored, the first
 * added decides and the second is left out). Nothing here opens a file. */
struct template_file {
    const char *path;     /* as shown to a person */
    const char *name;     /* base name, "UpdateClient.admx" */
    const char *language; /* NULL for an ADMX; the folder name for an ADML, "" when it
                             lies beside the ADMX without one */
    const void *bytes;    /* borrowed until the call returns */
    size_t size;
};

/* A language for who asks no person's question: no ADML is looked at, and texts stay
 * the references that the ADMX holds. */
#define CATALOGUE_NO_TEXTS ""
static inline bool catalogue_has_texts(const char *language)
{
    return !language || *language;
}

/* Parse and link. language is the one asked for, such as "it-IT" (NULL: en-US). What
 * is wrong with a file costs that file or that part and is told in diagnostics. The
 * caller owns one reference of *ret. Returns 0, GPCONF_ENOMEM or GPCONF_ELIMIT. */
int catalogue_build(const struct template_file *files, size_t n, const char *language,
                    struct diagnostics *diagnostics, struct catalogue **ret);

struct catalogue *catalogue_ref(struct catalogue *catalogue);
void catalogue_unref(struct catalogue *catalogue); /* NULL is fine */

#endif
