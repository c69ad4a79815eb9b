#include <string.h>

#include "base/registry/name.h"
#include "engine/state/translation.h"

const char *text_of(const struct translation *t, uint32_t offset)
{
    return catalogue_text(t->catalogue, offset);
}

const char *literal_text(const struct translation *t, const struct cat_literal *literal)
{
    const char *text = text_of(t, literal->text);
    return text ? text : "";
}

const struct operation *element_operation(const struct translation *t,
                                          const struct cat_element *e)
{
    if (!e->value_name)
        return NULL;
    return view_value(t->view, text_of(t, e->key), text_of(t, e->value_name));
}

bool sets_number(const struct operation *operation, uint64_t *ret)
{
    return view_is_set(operation) && operation->value.type != VALUE_DWORD_BE &&
           value_number(&operation->value, ret);
}

enum evidence evidence_of_absence(const struct operation *operation)
{
    bool deleted = operation && operation->op == OP_DELETE;
    return deleted ? EVIDENCE_DELETED : EVIDENCE_NONE;
}

bool literal_holds(const struct translation *t, uint32_t key, uint32_t name,
                   const struct cat_literal *literal)
{
    if (!name)
        return false;
    const struct operation *o = view_value(t->view, text_of(t, key), text_of(t, name));
    if (!o)
        return false;
    uint64_t number;
    const char *text;
    switch ((enum cat_literal_kind)literal->kind) {
    case CAT_LITERAL_ABSENT:
        return false;
    case CAT_LITERAL_DECIMAL:
    case CAT_LITERAL_LONG_DECIMAL:
        return sets_number(o, &number) && number == literal->number;
    case CAT_LITERAL_STRING:
        text = view_is_set(o) ? value_text(&o->value, t->scratch) : NULL;
        return text && name_equal(text, literal_text(t, literal));
    case CAT_LITERAL_DELETE:
        return o->op == OP_DELETE;
    }
    return false;
}

struct tally list_tally(const struct translation *t, const struct cat_list *list)
{
    struct tally tally = { .n = list->n };
    const struct cat_list_item *items = catalogue_list_items(t->catalogue);
    for (uint32_t i = 0; i < list->n; i++) {
        const struct cat_list_item *item = &items[list->first + i];
        tally.holding += literal_holds(t, item->key, item->value_name, &item->value);
    }
    return tally;
}

bool tally_whole(struct tally tally)
{
    return tally.n > 0 && tally.holding == tally.n;
}

int tally_compare(struct tally a, struct tally b)
{
    if (tally_whole(b) && (!tally_whole(a) || b.n > a.n))
        return -1;
    if (a.holding)
        return 1;
    return b.holding ? -1 : 0;
}

/* Disabling: is that value already what rules 1 and 2 made it? */
static bool is_own(const struct translation *t, const struct operation *operation)
{
    for (size_t i = t->start; i < t->own; i++) {
        const struct operation *o = &t->to->items[i];
        if (o->name && operation->name && name_equal(o->name, operation->name) &&
            name_equal(o->key, operation->key))
            return true;
    }
    return false;
}

void write_operation(struct translation *t, const struct operation *operation)
{
    if (is_own(t, operation))
        return;
    struct operation copy = *operation;
    copy.origin = t->origin;
    operations_add(t->to, t->arena, &copy);
}

void write_set(struct translation *t, const struct cat_element *e, struct value value)
{
    if (!e->value_name)
        return;
    struct operation operation = { .op = e->flags & CAT_SOFT ? OP_SOFTSET : OP_SET,
                                   .key = text_of(t, e->key),
                                   .name = text_of(t, e->value_name),
                                   .value = value };
    write_operation(t, &operation);
}

void write_delete(struct translation *t, uint32_t key, uint32_t name)
{
    if (!name)
        return;
    struct operation operation = { .op = OP_DELETE,
                                   .key = text_of(t, key),
                                   .name = text_of(t, name) };
    write_operation(t, &operation);
}

void write_literal(struct translation *t, uint32_t key, uint32_t name,
                   const struct cat_literal *literal)
{
    if (!name)
        return;
    struct operation operation = { .op = OP_SET,
                                   .key = text_of(t, key),
                                   .name = text_of(t, name) };
    switch ((enum cat_literal_kind)literal->kind) {
    case CAT_LITERAL_ABSENT:
        return;
    case CAT_LITERAL_DECIMAL:
        operation.value = value_from_number(t->arena, VALUE_DWORD, literal->number);
        break;
    case CAT_LITERAL_LONG_DECIMAL:
        operation.value = value_from_number(t->arena, VALUE_QWORD, literal->number);
        break;
    case CAT_LITERAL_STRING:
        operation.value = value_from_text(t->arena, VALUE_SZ, literal_text(t, literal));
        break;
    case CAT_LITERAL_DELETE:
        operation.op = OP_DELETE;
        break;
    }
    write_operation(t, &operation);
}

void write_list(struct translation *t, const struct cat_list *list)
{
    const struct cat_list_item *items = catalogue_list_items(t->catalogue);
    for (uint32_t i = 0; i < list->n; i++) {
        const struct cat_list_item *item = &items[list->first + i];
        write_literal(t, item->key, item->value_name, &item->value);
    }
}

void write_clear(struct translation *t, uint32_t key)
{
    struct operation clear = { .op = OP_CLEARVALS,
                               .key = text_of(t, key),
                               .origin = t->origin };
    size_t at = t->start;
    while (at < t->to->n && !name_equal(t->to->items[at].key, clear.key))
        at++;
    if (at < t->to->n && t->to->items[at].op == OP_CLEARVALS)
        return;
    operations_add(t->to, t->arena, &clear);
    if (arena_failed(t->arena))
        return;
    struct operation *place = &t->to->items[at];
    memmove(place + 1, place, (t->to->n - 1 - at) * sizeof *place);
    *place = clear;
    if (at < t->own)
        t->own++;
}
