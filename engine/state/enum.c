#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/registry/name.h"
#include "engine/state/translation.h"

/*
 * A choice of items, each with a value and perhaps a valueList. An item matches when
 * its value or one entry of its valueList holds; of several the last counts. One that
 * holds whole, value and list, goes before those that hold in part.
 */

static const struct cat_choice *choice_at(const struct translation *t, uint32_t index)
{
    return &catalogue_choices(t->catalogue)[index];
}

static enum evidence read(const struct translation *t, const struct cat_element *e,
                          struct element_value *ret)
{
    bool whole_found = false;
    for (uint32_t i = 0; i < e->n_choices; i++) {
        const struct cat_choice *choice = choice_at(t, e->first_choice + i);
        bool has_value = choice->value.kind != CAT_LITERAL_ABSENT;
        bool value = literal_holds(t, e->key, e->value_name, &choice->value);
        struct tally list = list_tally(t, &choice->values);
        if (!value && !list.holding)
            continue;
        bool whole = value == has_value && list.holding == list.n;
        if (whole_found && !whole)
            continue;
        whole_found = whole;
        ret->is_set = true;
        ret->choice = e->first_choice + i;
    }
    return ret->is_set ? EVIDENCE_SET : evidence_of_absence(element_operation(t, e));
}

static int check(struct translation *t, const struct cat_element *e,
                 const struct element_value *value)
{
    if (value->choice - e->first_choice < e->n_choices)
        return 0;
    return refuse(t, e, "state-no-choice", "is none of its template's choices");
}

static void enable(struct translation *t, const struct cat_element *e,
                   const struct element_value *value)
{
    const struct cat_choice *choice = choice_at(t, value->choice);
    write_literal(t, e->key, e->value_name, &choice->value);
    write_list(t, &choice->values);
}

/* The lists of items are left alone, as other editors do. */
static void disable(struct translation *t, const struct cat_element *e)
{
    write_delete(t, e->key, e->value_name);
}

static bool is_raw(const struct translation *t, const struct cat_choice *choice,
                   const char *text)
{
    char number[24];
    switch ((enum cat_literal_kind)choice->value.kind) {
    case CAT_LITERAL_DECIMAL:
    case CAT_LITERAL_LONG_DECIMAL:
        snprintf(number, sizeof number, "%" PRIu64, choice->value.number);
        return strcmp(number, text) == 0;
    case CAT_LITERAL_STRING:
        return name_equal(literal_text(t, &choice->value), text);
    case CAT_LITERAL_ABSENT:
    case CAT_LITERAL_DELETE:
        break;
    }
    return false;
}

/* "2 (Notify for download), 3 (…)", for a message. */
static const char *choices_of(const struct translation *t, const struct cat_element *e)
{
    enum { SHOWN = 12 };
    struct buffer text;
    buffer_init(&text, 1 << 16);
    for (uint32_t i = 0; i < e->n_choices && i < SHOWN; i++) {
        const struct cat_choice *choice = choice_at(t, e->first_choice + i);
        const char *shown = text_of(t, choice->text);
        buffer_string(&text, i ? ", " : "");
        bool number = choice->value.kind == CAT_LITERAL_DECIMAL ||
                      choice->value.kind == CAT_LITERAL_LONG_DECIMAL;
        if (number)
            buffer_format(&text, "%" PRIu64 " (", choice->value.number);
        else if (choice->value.kind == CAT_LITERAL_STRING)
            buffer_format(&text, "%s (", literal_text(t, &choice->value));
        else
            buffer_string(&text, "(");
        buffer_string(&text, shown ? shown : "");
        buffer_char(&text, ')');
    }
    buffer_string(&text, e->n_choices > SHOWN ? ", …" : "");
    const char *copy =
        buffer_failed(&text) ? NULL : arena_string_n(t->arena, text.data, text.size);
    buffer_done(&text);
    return copy ? copy : "see its template";
}

static int parse(struct translation *t, const struct cat_element *e, const char *entry,
                 const char *text, struct element_value *value)
{
    (void)entry;
    /* A raw value goes before another item's text. */
    for (uint32_t i = e->n_choices; i > 0; i--) {
        value->choice = e->first_choice + i - 1;
        if (is_raw(t, choice_at(t, value->choice), text))
            return 0;
    }
    for (uint32_t i = e->n_choices; i > 0; i--) {
        value->choice = e->first_choice + i - 1;
        const char *shown = text_of(t, choice_at(t, value->choice)->text);
        if (shown && name_equal(shown, text))
            return 0;
    }
    return refuse(t, e, "state-no-choice",
                  "is '%s', which is none of its template's choices: %s", text,
                  choices_of(t, e));
}

const struct element_kind enum_kind = { read, check, enable, disable, parse };
