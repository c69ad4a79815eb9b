#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/state/translation.h"

/*
 * A number: decimal in a DWORD, longDecimal in a QWORD, either as text in an SZ where
 * the template says storeAsText.
 */

/* What the documentation names as the greatest number where a template names none. Real
 * templates rely on more, so it is only worth a warning. */
enum { DOCUMENTED_GREATEST = 9999 };

/* Digits and nothing else, decimal or after 0x; false when they are too many. */
static bool number_of(const char *text, uint64_t *ret)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    unsigned base = hexadecimal ? 16 : 10;
    uint64_t number = 0;
    if (!*digits)
        return false;
    for (; *digits; digits++) {
        const char *all = "0123456789abcdefABCDEF", *at = strchr(all, *digits);
        unsigned digit = (unsigned)(at - all);
        if (!at || (!hexadecimal && digit > 9))
            return false;
        digit -= digit > 15 ? 6 : 0;
        if (number > (UINT64_MAX - digit) / base)
            return false;
        number = number * base + digit;
    }
    *ret = number;
    return true;
}

static enum evidence read(const struct translation *t, const struct cat_element *e,
                          struct element_value *ret)
{
    const struct operation *o = element_operation(t, e);
    if (!view_is_set(o))
        return evidence_of_absence(o);
    ret->is_set = sets_number(o, &ret->number);
    const char *text = NULL;
    if (!ret->is_set && e->flags & CAT_STORE_AS_TEXT)
        text = value_text(&o->value, t->scratch);
    if (text)
        ret->is_set = number_of(text, &ret->number);
    return ret->is_set ? EVIDENCE_SET : EVIDENCE_NONE;
}

static uint64_t greatest(const struct cat_element *e)
{
    uint64_t fits = e->kind == CAT_DECIMAL ? UINT32_MAX : UINT64_MAX;
    return e->flags & CAT_MAX_DECLARED && e->max_value < fits ? e->max_value : fits;
}

static int check(struct translation *t, const struct cat_element *e,
                 const struct element_value *value)
{
    if (value->number < e->min_value || value->number > greatest(e))
        return refuse(t, e, "state-out-of-range",
                      "is %" PRIu64 ", not between %" PRIu64 " and %" PRIu64,
                      value->number, e->min_value, greatest(e));
    if (!(e->flags & CAT_MAX_DECLARED) && value->number > DOCUMENTED_GREATEST)
        warn(t, e, "state-large-number",
             "is %" PRIu64 ", more than %d, and its template names no greatest number",
             value->number, DOCUMENTED_GREATEST);
    return 0;
}

static void enable(struct translation *t, const struct cat_element *e,
                   const struct element_value *value)
{
    if (e->flags & CAT_STORE_AS_TEXT) {
        const char *text = arena_format(t->arena, "%" PRIu64, value->number);
        if (text)
            write_set(t, e, value_from_text(t->arena, VALUE_SZ, text));
        return;
    }
    enum value_type type = e->kind == CAT_DECIMAL ? VALUE_DWORD : VALUE_QWORD;
    write_set(t, e, value_from_number(t->arena, type, value->number));
}

static void disable(struct translation *t, const struct cat_element *e)
{
    write_delete(t, e->key, e->value_name);
}

static int parse(struct translation *t, const struct cat_element *e, const char *entry,
                 const char *text, struct element_value *value)
{
    (void)entry;
    if (number_of(text, &value->number))
        return check(t, e, value);
    return refuse(t, e, "state-not-number",
                  "is '%s', which is no number between %" PRIu64 " and %" PRIu64, text,
                  e->min_value, greatest(e));
}

const struct element_kind decimal_kind = { read, check, enable, disable, parse };
