#include "engine/answers/tree.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/status.h"

struct gpconf_answer *answer_new(const char *kind, int64_t now)
{
    struct gpconf_answer *answer = calloc(1, sizeof *answer);
    if (!answer)
        return NULL;
    answer->count = 1;
    answer->kind = kind;
    answer->generated_at = now;
    arena_init(&answer->arena, LIMIT_ARENA);
    diagnostics_init(&answer->diagnostics, &answer->arena);
    answer->data = arena_new(&answer->arena, struct gpconf_node);
    if (answer->data)
        answer->data->kind = GPCONF_OBJECT;
    return answer;
}

static const char *unit_name(enum origin_unit unit)
{
    switch (unit) {
    case ORIGIN_LINE:
        return "line";
    case ORIGIN_RECORD:
        return "record";
    case ORIGIN_WHOLE:
        break;
    }
    return NULL;
}

/* The diagnostics as the array that the public header speaks of. */
static void publish(struct gpconf_answer *answer)
{
    size_t n = 0;
    for (const struct diagnostic *d = answer->diagnostics.first; d; d = d->next)
        n++;
    answer->published = arena_array(&answer->arena, n, struct gpconf_diagnostic);
    if (!answer->published)
        return;
    for (const struct diagnostic *d = answer->diagnostics.first; d; d = d->next)
        answer->published[answer->n_published++] = (struct gpconf_diagnostic){
            .severity = severity_name(d->severity),
            .code = d->code,
            .file = d->origin.file,
            .unit = unit_name(d->origin.unit),
            .at = d->origin.at,
            .message = d->message,
        };
}

int answer_finish(struct gpconf_answer *answer, struct gpconf_answer **ret)
{
    if (!answer)
        return GPCONF_ENOMEM;
    publish(answer);
    if (arena_failed(&answer->arena)) {
        gpconf_answer_unref(answer);
        return GPCONF_ENOMEM;
    }
    *ret = answer;
    return 0;
}

static struct gpconf_node *add(struct gpconf_answer *a, struct gpconf_node *parent,
                               const char *name, enum gpconf_kind kind)
{
    struct gpconf_node *node = parent ? arena_new(&a->arena, struct gpconf_node) : NULL;
    if (!node)
        return NULL;
    node->name = name;
    node->kind = kind;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->n++;
    return node;
}

struct gpconf_node *answer_object(struct gpconf_answer *a, struct gpconf_node *parent,
                                  const char *name)
{
    return add(a, parent, name, GPCONF_OBJECT);
}

struct gpconf_node *answer_list(struct gpconf_answer *a, struct gpconf_node *parent,
                                const char *name)
{
    return add(a, parent, name, GPCONF_LIST);
}

void answer_text(struct gpconf_answer *a, struct gpconf_node *parent, const char *name,
                 const char *text)
{
    struct gpconf_node *node = text ? add(a, parent, name, GPCONF_TEXT) : NULL;
    if (node)
        node->u.text = arena_string(&a->arena, text);
}

void answer_number(struct gpconf_answer *a, struct gpconf_node *parent,
                   const char *name, int64_t number)
{
    struct gpconf_node *node = add(a, parent, name, GPCONF_NUMBER);
    if (node)
        node->u.number = number;
}

void answer_unsigned(struct gpconf_answer *a, struct gpconf_node *parent,
                     const char *name, uint64_t number)
{
    if (number <= INT64_MAX)
        answer_number(a, parent, name, (int64_t)number);
    else
        answer_text(a, parent, name, arena_format(&a->arena, "%" PRIu64, number));
}

void answer_bool(struct gpconf_answer *a, struct gpconf_node *parent, const char *name,
                 bool value)
{
    struct gpconf_node *node = add(a, parent, name, GPCONF_BOOL);
    if (node)
        node->u.boolean = value;
}

void answer_null(struct gpconf_answer *a, struct gpconf_node *parent, const char *name)
{
    add(a, parent, name, GPCONF_NULL);
}

static void add_printed(struct gpconf_answer *a, struct gpconf_node *parent,
                        const char *name, const struct value *value)
{
    struct buffer text;
    buffer_init(&text, LIMIT_POL_DATA * 3);
    value_print(value, &text);
    if (buffer_failed(&text))
        a->arena.failed = true;
    else
        answer_text(a, parent, name, text.data ? text.data : "");
    buffer_done(&text);
}

void answer_value(struct gpconf_answer *a, struct gpconf_node *parent, const char *name,
                  const struct value *value)
{
    uint64_t number;
    size_t n = 0;
    const char *const *lines = value_lines(value, &a->arena, &n);
    if (value_number(value, &number)) {
        answer_unsigned(a, parent, name, number);
    } else if (lines) {
        struct gpconf_node *list = answer_list(a, parent, name);
        for (size_t i = 0; i < n; i++)
            answer_text(a, list, NULL, lines[i]);
    } else {
        add_printed(a, parent, name, value);
    }
}

void answer_origin(struct gpconf_answer *a, struct gpconf_node *parent,
                   const char *name, const struct origin *origin)
{
    if (!origin->file)
        return;
    struct gpconf_node *node = answer_object(a, parent, name);
    answer_text(a, node, "file", origin->file);
    const char *unit = unit_name(origin->unit);
    if (unit)
        answer_number(a, node, unit, origin->at);
}

void answer_copy(struct gpconf_answer *a, struct gpconf_node *parent, const char *name,
                 const struct gpconf_node *node)
{
    struct gpconf_node *copy = node ? add(a, parent, name, node->kind) : NULL;
    if (!copy)
        return;
    copy->u = node->u;
    if (node->kind == GPCONF_TEXT)
        copy->u.text = arena_string(&a->arena, node->u.text);
    for (const struct gpconf_node *child = node->first; child; child = child->next)
        answer_copy(a, copy, child->name, child);
}

struct gpconf_answer *gpconf_answer_ref(struct gpconf_answer *answer)
{
    __atomic_add_fetch(&answer->count, 1, __ATOMIC_RELAXED);
    return answer;
}

void gpconf_answer_unref(struct gpconf_answer *answer)
{
    if (!answer || __atomic_sub_fetch(&answer->count, 1, __ATOMIC_ACQ_REL))
        return;
    arena_done(&answer->arena);
    free(answer);
}

const char *gpconf_answer_kind(const struct gpconf_answer *answer)
{
    return answer->kind;
}

const struct gpconf_node *gpconf_answer_data(const struct gpconf_answer *answer)
{
    return answer->data;
}

enum gpconf_kind gpconf_node_kind(const struct gpconf_node *node)
{
    return node ? node->kind : GPCONF_NULL;
}

const struct gpconf_node *gpconf_node_first(const struct gpconf_node *node)
{
    return node ? node->first : NULL;
}

const struct gpconf_node *gpconf_node_next(const struct gpconf_node *node)
{
    return node ? node->next : NULL;
}

const struct gpconf_node *gpconf_node_get(const struct gpconf_node *object,
                                          const char *name)
{
    for (const struct gpconf_node *n = gpconf_node_first(object); n; n = n->next)
        if (n->name && strcmp(n->name, name) == 0)
            return n;
    return NULL;
}

size_t gpconf_node_count(const struct gpconf_node *node)
{
    return node ? node->n : 0;
}

const char *gpconf_node_name(const struct gpconf_node *node)
{
    return node ? node->name : NULL;
}

const char *gpconf_node_text(const struct gpconf_node *node)
{
    return node && node->kind == GPCONF_TEXT ? node->u.text : NULL;
}

int64_t gpconf_node_number(const struct gpconf_node *node)
{
    return node && node->kind == GPCONF_NUMBER ? node->u.number : 0;
}

int gpconf_node_bool(const struct gpconf_node *node)
{
    return node && node->kind == GPCONF_BOOL && node->u.boolean;
}

const char *gpconf_get_text(const struct gpconf_node *object, const char *name)
{
    return gpconf_node_text(gpconf_node_get(object, name));
}

size_t gpconf_answer_diagnostics(const struct gpconf_answer *answer,
                                 const struct gpconf_diagnostic **ret)
{
    *ret = answer->published;
    return answer->n_published;
}
