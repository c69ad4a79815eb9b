#include "base/status.h"
#include "base/utf16.h"
#include "engine/state/translation.h"

const struct element_kind *element_kind_of(const struct cat_element *e)
{
    switch ((enum cat_element_kind)e->kind) {
    case CAT_BOOLEAN:
        return &boolean_kind;
    case CAT_DECIMAL:
    case CAT_LONG_DECIMAL:
        return &decimal_kind;
    case CAT_TEXT:
        return &text_kind;
    case CAT_MULTI_TEXT:
        return &multi_text_kind;
    case CAT_ENUM:
        return &enum_kind;
    case CAT_LIST:
        break;
    }
    return &list_kind;
}

static void tell(struct translation *t, const struct cat_element *e,
                 enum severity severity, const char *code, const char *consequence,
                 const char *format, va_list arguments)
    __attribute__((format(printf, 6, 0)));

static void tell(struct translation *t, const struct cat_element *e,
                 enum severity severity, const char *code, const char *consequence,
                 const char *format, va_list arguments)
{
    const char *what = t->origin.is_private
                           ? "has a value, not shown, that does not fit its template"
                           : arena_format_v(t->arena, format, arguments);
    if (!what)
        return;
    const char *id = text_of(t, e->id);
    if (t->policy)
        diagnostics_add(t->diagnostics, severity, code, t->origin,
                        "element '%s' of policy '%s' %s, %s", id ? id : "",
                        text_of(t, t->policy->id), what, consequence);
    else
        diagnostics_add(t->diagnostics, severity, code, t->origin,
                        "element '%s' %s, %s", id ? id : "", what, consequence);
}

int refuse(struct translation *t, const struct cat_element *e, const char *code,
           const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(t, e, SEVERITY_ERROR, code, t->policy ? "leaving the policy out" : "ignoring",
         format, arguments);
    va_end(arguments);
    return GPCONF_ERANGE;
}

void warn(struct translation *t, const struct cat_element *e, const char *code,
          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(t, e, SEVERITY_WARNING, code, "using it all the same", format, arguments);
    va_end(arguments);
}

size_t text_length(const char *text)
{
    size_t units = 0, at = 0, size = 0;
    while (text[size])
        size++;
    while (at < size)
        units += utf8_next(text, size, &at) > 0xFFFF ? 2 : 1;
    return units;
}

/* The value of an element; NULL when it is not set. */
static const struct element_value *value_of(const struct state *state, uint32_t element)
{
    for (size_t i = 0; i < state->n_elements; i++)
        if (state->elements[i].element == element && state->elements[i].is_set)
            return &state->elements[i];
    return NULL;
}

static int check_elements(struct translation *t, const struct state *state)
{
    int result = 0;
    const struct cat_element *elements = catalogue_elements(t->catalogue);
    for (uint32_t i = 0; i < t->policy->n_elements; i++) {
        uint32_t at = t->policy->first_element + i;
        const struct cat_element *e = &elements[at];
        const struct element_value *value = value_of(state, at);
        int r = 0;
        if (value)
            r = element_kind_of(e)->check(t, e, value);
        else if (e->flags & CAT_REQUIRED)
            r = refuse(t, e, "state-required", "is required but not set");
        if (r < 0)
            result = r;
    }
    return result;
}

static void write_enabled(struct translation *t, const struct state *state)
{
    const struct cat_policy *p = t->policy;
    /* 1. The policy's own value. */
    struct cat_literal one = { .kind = CAT_LITERAL_DECIMAL, .number = 1 };
    bool defined = p->enabled_value.kind != CAT_LITERAL_ABSENT;
    write_literal(t, p->key, p->value_name, defined ? &p->enabled_value : &one);

    /* 2. Its list. */
    write_list(t, &p->enabled_list);

    /* 3. The elements. */
    for (uint32_t i = 0; i < p->n_elements; i++) {
        const struct cat_element *e =
            &catalogue_elements(t->catalogue)[p->first_element + i];
        const struct element_value *value = value_of(state, p->first_element + i);
        if (value)
            element_kind_of(e)->enable(t, e, value);
    }
}

static void write_disabled(struct translation *t)
{
    const struct cat_policy *p = t->policy;
    /* 1. The policy's own value. */
    if (p->disabled_value.kind != CAT_LITERAL_ABSENT)
        write_literal(t, p->key, p->value_name, &p->disabled_value);
    else
        write_delete(t, p->key, p->value_name);

    /* 2. Its list. */
    write_list(t, &p->disabled_list);
    t->own = t->to->n;

    /* 3. The elements. */
    for (uint32_t i = 0; i < p->n_elements; i++) {
        const struct cat_element *e =
            &catalogue_elements(t->catalogue)[p->first_element + i];
        element_kind_of(e)->disable(t, e);
    }
    t->own = 0;
}

void translation_write(struct translation *t, const struct state *state)
{
    t->start = t->to->n;
    if (state->state == STATE_ENABLED)
        write_enabled(t, state);
    else if (state->state == STATE_DISABLED)
        write_disabled(t);
}

int state_write(const struct catalogue *catalogue, const struct cat_policy *policy,
                const struct state *state, struct origin origin, struct arena *arena,
                struct diagnostics *diagnostics, struct operations *ret)
{
    struct translation t = { .catalogue = catalogue,
                             .policy = policy,
                             .arena = arena,
                             .diagnostics = diagnostics,
                             .origin = origin,
                             .to = ret };
    int r = state->state == STATE_ENABLED ? check_elements(&t, state) : 0;
    if (r == 0)
        translation_write(&t, state);
    return arena_failed(arena) ? GPCONF_ENOMEM : r;
}

int state_parse_element(const struct catalogue *catalogue, const struct cat_element *e,
                        const char *entry, const char *text, struct origin origin,
                        struct arena *arena, struct diagnostics *diagnostics,
                        struct element_value *value)
{
    struct translation t = { .catalogue = catalogue,
                             .arena = arena,
                             .diagnostics = diagnostics,
                             .origin = origin };
    struct element_value parsed = *value;
    int r = element_kind_of(e)->parse(&t, e, entry, text, &parsed);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    if (r < 0)
        return r;
    parsed.element = (uint32_t)(e - catalogue_elements(catalogue));
    parsed.is_set = true;
    *value = parsed;
    return 0;
}

const char *policy_state_name(enum policy_state state)
{
    static const char *const names[] = { "not-configured", "enabled", "disabled" };
    return names[state];
}
