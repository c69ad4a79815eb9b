#ifndef GPCONF_ENGINE_STATE_TRANSLATION_H
#define GPCONF_ENGINE_STATE_TRANSLATION_H

#include "engine/state/reach.h"
#include "engine/state/state.h"
#include "engine/state/view.h"

/*
 * What the files of this room share: one translation in progress, the template's
 * literals and lists in both directions, and the table of element kinds.
 */
struct translation {
    const struct catalogue *catalogue;
    const struct cat_policy *policy; /* NULL while text is parsed */
    struct arena *arena;             /* of the product */

    /* Reading. */
    const struct state_view *view;
    struct arena *scratch; /* for what does not outlive the reading */
    struct reach reach;

    /* Writing and parsing. */
    struct diagnostics *diagnostics;
    struct origin origin;
    struct operations *to;
    size_t start; /* in to: where this policy begins */
    size_t own;   /* in to: behind what rules 1 and 2 of writing wrote; disabling, what
                     stands there is left alone. 0: nothing is. */
};

enum evidence { EVIDENCE_NONE, EVIDENCE_DELETED, EVIDENCE_SET };

/* An element kind. Reading fills *ret, which is empty, and says what the element is
 * evidence of. Checking returns 0 or GPCONF_ERANGE and is done before enabling; the
 * value is set. Parsing is state_parse_element. */
struct element_kind {
    enum evidence (*read)(const struct translation *t, const struct cat_element *e,
                          struct element_value *ret);
    int (*check)(struct translation *t, const struct cat_element *e,
                 const struct element_value *value);
    void (*enable)(struct translation *t, const struct cat_element *e,
                   const struct element_value *value);
    void (*disable)(struct translation *t, const struct cat_element *e);
    int (*parse)(struct translation *t, const struct cat_element *e, const char *entry,
                 const char *text, struct element_value *value);
};
extern const struct element_kind boolean_kind, decimal_kind, text_kind, multi_text_kind,
    enum_kind, list_kind;
const struct element_kind *element_kind_of(const struct cat_element *e);

/* ---- reading (literal.c) ---- */

/* The text at an offset of the catalogue. */
const char *text_of(const struct translation *t, uint32_t offset);

/* Of a string literal, which may be empty. */
const char *literal_text(const struct translation *t,
                         const struct cat_literal *literal);

/* The operation on the element's value; NULL. */
const struct operation *element_operation(const struct translation *t,
                                          const struct cat_element *e);

/* Does the operation set a number, in a DWORD or a QWORD? NULL does not. */
bool sets_number(const struct operation *operation, uint64_t *ret);

/* EVIDENCE_DELETED when the operation is a delete. */
enum evidence evidence_of_absence(const struct operation *operation);

/* Does the view hold what this literal would have written there? Numbers in a DWORD or
 * QWORD, text without case, a delete by a delete of that very value. */
bool literal_holds(const struct translation *t, uint32_t key, uint32_t name,
                   const struct cat_literal *literal);

/* How much of a list holds. */
struct tally {
    uint32_t n, holding;
};
struct tally list_tally(const struct translation *t, const struct cat_list *list);
bool tally_whole(struct tally tally);

/* Which of two lists of one element holds? 1: a; -1: b; 0: neither. One item is enough,
 * but a list that holds whole goes before one that holds in part, and of two that hold
 * whole the longer goes before the shorter. Otherwise a goes first. */
int tally_compare(struct tally a, struct tally b);

/* ---- writing (literal.c) ---- */

void write_set(struct translation *t, const struct cat_element *e, struct value value);
void write_delete(struct translation *t, uint32_t key, uint32_t name);
void write_literal(struct translation *t, uint32_t key, uint32_t name,
                   const struct cat_literal *literal);
void write_list(struct translation *t, const struct cat_list *list);
void write_operation(struct translation *t, const struct operation *operation);

/* CLEARVALS, before whatever the policy wrote to that key already. */
void write_clear(struct translation *t, uint32_t key);

/* ---- telling (write.c) ---- */

/* Add an error that says the policy and the element, then the rest of the sentence.
 * Returns GPCONF_ERANGE. */
int refuse(struct translation *t, const struct cat_element *e, const char *code,
           const char *format, ...) __attribute__((format(printf, 4, 5)));
void warn(struct translation *t, const struct cat_element *e, const char *code,
          const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Append the operations of a state to t->to, unchecked. */
void translation_write(struct translation *t, const struct state *state);

/* Characters of a text as Windows counts them: UTF-16 units. */
size_t text_length(const char *text);

#endif
