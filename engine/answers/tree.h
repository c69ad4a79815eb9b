#ifndef GPCONF_ENGINE_ANSWERS_TREE_H
#define GPCONF_ENGINE_ANSWERS_TREE_H

#include <stdbool.h>

#include "base/diagnostic.h"
#include "base/registry/value.h"
#include "engine/gpconf.h"

/*
 * The answer tree: what a question comes back with. It is built once, in an arena of
 * its own, and never changed; text for people is printed from it by the programs and
 * JSON by gpconf_answer_json(), so the two cannot disagree. Member order is kept.
 *
 * Building never fails visibly: the arena's sticky failure is asked in answer_finish().
 * Every text is copied, so an answer needs nothing that it was made from.
 */
struct gpconf_node {
    const char *name; /* in an object; NULL in a list */
    struct gpconf_node *next, *first, *last;
    enum gpconf_kind kind;
    size_t n; /* children */
    union {
        const char *text;
        int64_t number;
        bool boolean;
    } u;
};

struct gpconf_answer {
    unsigned count; /* references */
    const char *kind;
    struct arena arena;
    struct diagnostics diagnostics;
    struct gpconf_diagnostic *published; /* the same as an array */
    size_t n_published;
    struct gpconf_node *data;
    int64_t generated_at; /* seconds since the epoch */
};

/* An answer with an empty object as its data. kind is static text. NULL: no memory. */
struct gpconf_answer *answer_new(const char *kind, int64_t now);

/* Check and hand over: 0 and *ret, or GPCONF_ENOMEM and the answer is freed. */
int answer_finish(struct gpconf_answer *answer, struct gpconf_answer **ret);

/* Add to an object (with a static name) or to a list (name NULL). A NULL parent or a
 * NULL text adds nothing: absent means unknown. */
struct gpconf_node *answer_object(struct gpconf_answer *a, struct gpconf_node *parent,
                                  const char *name);
struct gpconf_node *answer_list(struct gpconf_answer *a, struct gpconf_node *parent,
                                const char *name);
void answer_text(struct gpconf_answer *a, struct gpconf_node *parent, const char *name,
                 const char *text);
void answer_number(struct gpconf_answer *a, struct gpconf_node *parent,
                   const char *name, int64_t number);
/* A number above INT64_MAX, which JSON readers lose, is text. */
void answer_unsigned(struct gpconf_answer *a, struct gpconf_node *parent,
                     const char *name, uint64_t number);
void answer_bool(struct gpconf_answer *a, struct gpconf_node *parent, const char *name,
                 bool value);
void answer_null(struct gpconf_answer *a, struct gpconf_node *parent, const char *name);

/* A registry value as data: a number, text, a list of lines, or hexadecimal text. */
void answer_value(struct gpconf_answer *a, struct gpconf_node *parent, const char *name,
                  const struct value *value);

/* A copy of a node of another answer, with all that is in it. */
void answer_copy(struct gpconf_answer *a, struct gpconf_node *parent, const char *name,
                 const struct gpconf_node *node);

/* {"file", "line" or "record"}; nothing without a file. */
void answer_origin(struct gpconf_answer *a, struct gpconf_node *parent,
                   const char *name, const struct origin *origin);

#endif
