#include "engine/state/translation.h"

/* A line of text: SZ, or EXPAND_SZ where the template says expandable. */

/* The documented length where a template names none; only worth a warning. */
enum { DOCUMENTED_LENGTH = 1023 };

static enum evidence read(const struct translation *t, const struct cat_element *e,
                          struct element_value *ret)
{
    const struct operation *o = element_operation(t, e);
    if (!view_is_set(o))
        return evidence_of_absence(o);
    ret->text = value_text(&o->value, t->arena);
    ret->is_set = ret->text != NULL;
    return ret->is_set ? EVIDENCE_SET : EVIDENCE_NONE;
}

static int check(struct translation *t, const struct cat_element *e,
                 const struct element_value *value)
{
    size_t length = text_length(value->text);
    if (length == 0 && e->flags & CAT_REQUIRED)
        return refuse(t, e, "state-required", "is empty but required");
    if (e->max_length && length > e->max_length)
        return refuse(t, e, "state-too-long",
                      "has %zu characters, more than the %u that its template allows",
                      length, e->max_length);
    if (!e->max_length && length > DOCUMENTED_LENGTH)
        warn(t, e, "state-long-text",
             "has %zu characters, more than %d, and its template names no length",
             length, DOCUMENTED_LENGTH);
    if (length == 0)
        warn(t, e, "state-empty-text", "is empty");
    return 0;
}

static void enable(struct translation *t, const struct cat_element *e,
                   const struct element_value *value)
{
    enum value_type type = e->flags & CAT_EXPANDABLE ? VALUE_EXPAND_SZ : VALUE_SZ;
    write_set(t, e, value_from_text(t->arena, type, value->text));
}

static void disable(struct translation *t, const struct cat_element *e)
{
    write_delete(t, e->key, e->value_name);
}

static int parse(struct translation *t, const struct cat_element *e, const char *entry,
                 const char *text, struct element_value *value)
{
    (void)entry;
    value->text = arena_string(t->arena, text);
    return value->text ? check(t, e, value) : 0;
}

const struct element_kind text_kind = { read, check, enable, disable, parse };
