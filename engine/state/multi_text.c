#include "engine/state/translation.h"

/*
 * Lines of text: a MULTI_SZ, which ends at its first empty line and so cannot hold one.
 * Empty lines are left out.
 */

static enum evidence read(const struct translation *t, const struct cat_element *e,
                          struct element_value *ret)
{
    const struct operation *o = element_operation(t, e);
    if (!view_is_set(o))
        return evidence_of_absence(o);
    ret->lines = value_lines(&o->value, t->arena, &ret->n);
    ret->is_set = ret->lines != NULL;
    return ret->is_set ? EVIDENCE_SET : EVIDENCE_NONE;
}

static int check(struct translation *t, const struct cat_element *e,
                 const struct element_value *value)
{
    size_t n = 0;
    for (size_t i = 0; i < value->n; i++) {
        size_t length = text_length(value->lines[i]);
        n += length > 0;
        if (e->max_length && length > e->max_length)
            return refuse(t, e, "state-too-long",
                          "has %zu characters in line %zu, more than the %u that its "
                          "template allows",
                          length, i + 1, e->max_length);
    }
    if (n == 0 && e->flags & CAT_REQUIRED)
        return refuse(t, e, "state-required", "is empty but required");
    if (e->max_strings && n > e->max_strings)
        return refuse(t, e, "state-too-many-lines",
                      "has %zu lines, more than the %u that its template allows", n,
                      e->max_strings);
    if (n < value->n)
        warn(t, e, "state-empty-line",
             "has %zu empty lines, which its value cannot hold", value->n - n);
    return 0;
}

static void enable(struct translation *t, const struct cat_element *e,
                   const struct element_value *value)
{
    const char **lines = arena_array(t->arena, value->n, const char *);
    if (!lines)
        return;
    size_t n = 0;
    for (size_t i = 0; i < value->n; i++)
        if (*value->lines[i])
            lines[n++] = value->lines[i];
    write_set(t, e, value_from_lines(t->arena, lines, n));
}

static void disable(struct translation *t, const struct cat_element *e)
{
    write_delete(t, e->key, e->value_name);
}

static int parse(struct translation *t, const struct cat_element *e, const char *entry,
                 const char *text, struct element_value *value)
{
    (void)entry;
    if (!*text && value->n == 0)
        return 0;
    const char **lines = arena_array(t->arena, value->n + 1, const char *);
    if (!lines)
        return 0;
    for (size_t i = 0; i < value->n; i++)
        lines[i] = value->lines[i];
    lines[value->n] = arena_string(t->arena, text);
    value->lines = lines;
    if (lines[value->n++])
        return check(t, e, value);
    return 0;
}

const struct element_kind multi_text_kind = { read, check, enable, disable, parse };
