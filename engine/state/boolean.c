#include <strings.h>

#include "engine/state/translation.h"

/*
 * A check box. Checked it writes trueValue, else the number 1, then trueList; unchecked
 * falseValue, else it deletes its value, then falseList.
 *
 * Read back, the values decide where the template has them; the number 1 and a deleted
 * value stand in for them only where it has no list either. With lists alone, they
 * decide.
 */

static bool is_one(const struct operation *operation)
{
    uint64_t number;
    return sets_number(operation, &number) && number == 1;
}

static bool is_absent(const struct cat_literal *literal)
{
    return literal->kind == CAT_LITERAL_ABSENT;
}

static enum evidence read(const struct translation *t, const struct cat_element *e,
                          struct element_value *ret)
{
    const struct operation *o = element_operation(t, e);
    struct tally on = { 0 }, off = { 0 };
    bool checked = literal_holds(t, e->key, e->value_name, &e->true_value);
    bool unchecked = literal_holds(t, e->key, e->value_name, &e->false_value);
    if (is_absent(&e->true_value) && !e->true_list.n)
        checked = is_one(o);
    if (is_absent(&e->false_value) && !e->false_list.n)
        unchecked = o && o->op == OP_DELETE;
    if (!checked && !unchecked) {
        if (is_absent(&e->true_value))
            on = list_tally(t, &e->true_list);
        if (is_absent(&e->false_value))
            off = list_tally(t, &e->false_list);
        checked = tally_compare(on, off) > 0;
        unchecked = tally_compare(on, off) < 0;
    }
    ret->is_set = checked || unchecked;
    ret->boolean = checked;
    if (checked)
        return EVIDENCE_SET;
    return unchecked ? EVIDENCE_DELETED : evidence_of_absence(o);
}

static int check(struct translation *t, const struct cat_element *e,
                 const struct element_value *value)
{
    (void)t;
    (void)e;
    (void)value;
    return 0;
}

static void uncheck(struct translation *t, const struct cat_element *e)
{
    if (is_absent(&e->false_value))
        write_delete(t, e->key, e->value_name);
    else
        write_literal(t, e->key, e->value_name, &e->false_value);
    write_list(t, &e->false_list);
}

static void enable(struct translation *t, const struct cat_element *e,
                   const struct element_value *value)
{
    if (!value->boolean) {
        uncheck(t, e);
        return;
    }
    if (is_absent(&e->true_value))
        write_set(t, e, value_from_number(t->arena, VALUE_DWORD, 1));
    else
        write_literal(t, e->key, e->value_name, &e->true_value);
    write_list(t, &e->true_list);
}

static int parse(struct translation *t, const struct cat_element *e, const char *entry,
                 const char *text, struct element_value *value)
{
    static const char *const words[] = { "false", "true", "no", "yes",
                                         "off",   "on",   "0",  "1" };
    (void)entry;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0) {
            value->boolean = i % 2;
            return 0;
        }
    return refuse(t, e, "state-not-boolean", "is '%s', which is neither true nor false",
                  text);
}

const struct element_kind boolean_kind = { read, check, enable, uncheck, parse };
