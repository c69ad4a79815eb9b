#ifndef GPCONF_ADMX_PARSE_H
#define GPCONF_ADMX_PARSE_H

#include "admx/admx.h"
#include "admx/word.h"
#include "base/limits.h"

/*
 * What the files of the ADMX reader share: admx.c knows the document, policy.c below it
 * what stands within a policy, and parse.c what both need. The schema is a table for each
 * element that says which children it may have, which attributes these have, and who
 * reads them.
 */
struct parse {
    struct admx *admx;
    struct pool *pool;
    struct diagnostics *diagnostics;
    uint8_t stack[LIMIT_XML_DEPTH + 1]; /* enum word of the open elements */
    unsigned depth;
    unsigned skipped; /* open elements that are being left out */
    bool has_target;

    struct cat_literal *literal; /* where the literal within the open element goes */
    struct cat_list *list;       /* where the items of the open list are counted */
    uint32_t list_key;           /* pool: key of items that name none */
    struct buffer text; /* of the <string>, <seeAlso> or <keywords> that is open */
};

struct rule {
    uint8_t word;              /* enum word: of the child */
    uint64_t allowed, ignored; /* its attributes */
    /* Returns false when the child and all in it are to be left out, having said why.
     * NULL when there is nothing to read. */
    bool (*start)(struct parse *parse, const struct xml_start *start,
                  const struct word_attributes *attributes);
};
struct rules {
    const struct rule *rules;
    size_t n;
};
#define RULES(table)                                                                   \
    {                                                                                  \
        table, sizeof table / sizeof *table                                            \
    }

/* The children of the elements within a policy; n is 0 for any other word. */
struct rules policy_rules(enum word parent);

/* A <policy>. */
bool policy_start(struct parse *parse, const struct xml_start *start,
                  const struct word_attributes *attributes);

/* The end of a <string>: its text is complete. */
void policy_end_string(struct parse *parse);

/* Append a zeroed record to one of the arrays of admx; NULL when memory is out. */
#define parse_add(admx, array)                                                         \
    ((void)((admx)->array =                                                            \
                arena_grow((admx)->arena, (admx)->array, (admx)->n_##array,            \
                           sizeof *(admx)->array, &(admx)->array##_room)),             \
     (admx)->array ? &(admx)->array[(admx)->n_##array++] : NULL)

/* The value of an attribute: a copy owned by the arena, or in the pool; NULL or 0
 * without the attribute. A key loses its outer backslashes. */
const char *parse_raw(struct parse *parse, const struct xml_attribute *attribute);
uint32_t parse_text(struct parse *parse, const struct xml_attribute *attribute);
uint32_t parse_key(struct parse *parse, const struct xml_attribute *attribute);

/* "namespace:name" in the pool, with the target namespace. */
uint32_t parse_id(struct parse *parse, const struct xml_attribute *name);

/* A number up to max. False when there is none or, said as a warning, a bad one. */
bool parse_number(struct parse *parse, const struct xml_start *start,
                  const struct xml_attribute *attribute, uint64_t max, uint64_t *ret);

/* true, false, 1 or 0; false when absent. */
bool parse_bool(struct parse *parse, const struct xml_start *start,
                const struct xml_attribute *attribute);

/* A <seeAlso> or <keywords>, of a policy or a category: its start, and its end, where its
 * text is complete. */
bool parse_note_start(struct parse *parse, const struct xml_start *start,
                      const struct word_attributes *attributes);
void parse_note_end(struct parse *parse, enum word word);

#define parse_warn(parse, start, code, ...)                                            \
    diagnostics_add((parse)->diagnostics, SEVERITY_WARNING, code,                      \
                    origin_line((parse)->admx->path, (start)->line), __VA_ARGS__)

#endif
