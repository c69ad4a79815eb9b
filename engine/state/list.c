#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "engine/state/translation.h"

/*
 * A list of entries, each a value of its own below one key. Unless it is additive, the
 * key is cleared first. The names are the entries' own (explicitValue), or numbers
 * behind a prefix (valuePrefix), or the same as the data.
 */

static bool is_explicit(const struct cat_element *e)
{
    return e->flags & CAT_EXPLICIT_VALUE;
}

static int by_place(const void *a, const void *b)
{
    const struct operation *const *x = a, *const *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The data as text; of a value that is no text, as a person reads it. */
static const char *data_of(const struct translation *t, const struct value *value)
{
    const char *text = value_text(value, t->arena);
    if (text)
        return text;
    struct buffer buffer;
    buffer_init(&buffer, LIMIT_POL_DATA * 3);
    value_print(value, &buffer);
    if (!buffer_failed(&buffer))
        text = arena_string_n(t->arena, buffer.data ? buffer.data : "", buffer.size);
    buffer_done(&buffer);
    return text;
}

/* Could the list have written this entry? */
static bool fits(const struct translation *t, const struct cat_element *e,
                 const struct operation *entry)
{
    if (is_explicit(e))
        return true;
    if (e->flags & CAT_VALUE_PREFIX) {
        const char *prefix = text_of(t, e->value_prefix);
        const char *name = entry->name;
        size_t size = prefix ? strlen(prefix) : 0;
        return (size == 0 || name_starts(name, prefix)) && strlen(name) > size &&
               strspn(name + size, "0123456789") == strlen(name + size);
    }
    const char *data = value_text(&entry->value, t->scratch);
    return data && name_equal(data, entry->name);
}

/* Where lists of a policy share a key, an entry is of the first that could have written
 * it, else of the first. */
static bool is_entry(const struct translation *t, const struct cat_element *e,
                     const struct operation *entry)
{
    const struct cat_element *elements =
        catalogue_elements(t->catalogue) + t->policy->first_element;
    const struct cat_element *first = NULL;
    for (uint32_t i = 0; i < t->policy->n_elements; i++) {
        const struct cat_element *other = &elements[i];
        if (other->kind != CAT_LIST || !name_equal(text_of(t, other->key), entry->key))
            continue;
        first = first ? first : other;
        if (fits(t, other, entry))
            return other == e;
    }
    return first == e;
}

/* The values of the key but those that the policy writes by name, in file order. */
static const struct operation **entries_of(const struct translation *t,
                                           const struct cat_element *e, size_t *ret_n)
{
    size_t n, kept = 0;
    const char *key = text_of(t, e->key);
    const struct operation *const *all = view_key(t->view, key, &n);
    const struct operation **entries =
        arena_array(t->scratch, n, const struct operation *);
    for (size_t i = 0; entries && i < n; i++)
        if (view_is_set(all[i]) && view_shows(t->view, all[i]) &&
            !reach_names(&t->reach, key, all[i]->name) && is_entry(t, e, all[i]))
            entries[kept++] = all[i];
    if (kept)
        qsort(entries, kept, sizeof *entries, by_place);
    *ret_n = kept;
    return entries;
}

static enum evidence read(const struct translation *t, const struct cat_element *e,
                          struct element_value *ret)
{
    const char *key = text_of(t, e->key);
    size_t n;
    const struct operation **operations = entries_of(t, e, &n);
    bool cleared = view_cleared(t->view, key) != NULL;
    if (n == 0) {
        /* In an enabled policy that is an empty list, unless empty says nothing. */
        ret->is_set = cleared && !(e->flags & CAT_ADDITIVE);
        return cleared ? EVIDENCE_DELETED : EVIDENCE_NONE;
    }
    struct list_entry *entries = arena_array(t->arena, n, struct list_entry);
    for (size_t i = 0; entries && i < n; i++) {
        if (is_explicit(e))
            entries[i].name = operations[i]->name;
        entries[i].data = data_of(t, &operations[i]->value);
    }
    ret->is_set = true;
    ret->entries = entries;
    ret->n = n;
    return EVIDENCE_SET;
}

/* The name that the entry at index gets. */
static const char *name_of(const struct translation *t, const struct cat_element *e,
                           const struct list_entry *entry, size_t index)
{
    if (is_explicit(e))
        return entry->name;
    if (e->flags & CAT_VALUE_PREFIX) {
        const char *prefix = text_of(t, e->value_prefix);
        return arena_format(t->arena, "%s%zu", prefix ? prefix : "", index + 1);
    }
    return entry->data;
}

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return name_compare(*x, *y);
}

static int check(struct translation *t, const struct cat_element *e,
                 const struct element_value *value)
{
    if (value->n == 0 && e->flags & CAT_REQUIRED)
        return refuse(t, e, "state-required", "is empty but required");
    const char **names = arena_array(t->arena, value->n, const char *);
    for (size_t i = 0; names && i < value->n; i++) {
        names[i] = name_of(t, e, &value->entries[i], i);
        if (!names[i] || !*names[i])
            return refuse(t, e, "state-no-name", "has an entry without a name (%zu)",
                          i + 1);
        /* It would become a directive of the policy file. */
        if (strncmp(names[i], "**", 2) == 0)
            return refuse(t, e, "state-directive",
                          "has an entry named '%s', and no name may begin with **",
                          names[i]);
    }
    if (!names)
        return 0;
    if (value->n)
        qsort(names, value->n, sizeof *names, by_name);
    for (size_t i = 1; i < value->n; i++)
        if (name_equal(names[i - 1], names[i]))
            return refuse(t, e, "state-double-name", "has two entries named '%s'",
                          names[i]);
    return 0;
}

static void enable(struct translation *t, const struct cat_element *e,
                   const struct element_value *value)
{
    if (!(e->flags & CAT_ADDITIVE))
        write_clear(t, e->key);
    enum value_type type = e->flags & CAT_EXPANDABLE ? VALUE_EXPAND_SZ : VALUE_SZ;
    for (size_t i = 0; i < value->n; i++) {
        const struct list_entry *entry = &value->entries[i];
        struct operation operation = { .op = OP_SET,
                                       .key = text_of(t, e->key),
                                       .name = name_of(t, e, entry, i) };
        operation.value = value_from_text(t->arena, type, entry->data);
        write_operation(t, &operation);
    }
}

static void disable(struct translation *t, const struct cat_element *e)
{
    write_clear(t, e->key);
}

static int parse(struct translation *t, const struct cat_element *e, const char *entry,
                 const char *text, struct element_value *value)
{
    if (is_explicit(e) && !entry)
        return refuse(t, e, "state-no-name",
                      "has an entry without a name ('%s'): each needs one", text);
    struct list_entry *entries = arena_array(t->arena, value->n + 1, struct list_entry);
    if (!entries)
        return 0;
    size_t at = value->n;
    for (size_t i = 0; i < value->n; i++) {
        entries[i] = value->entries[i];
        if (is_explicit(e) && name_equal(entries[i].name, entry))
            at = i;
    }
    if (is_explicit(e))
        entries[at].name = arena_string(t->arena, entry);
    entries[at].data = arena_string(t->arena, text);
    value->entries = entries;
    value->n += at == value->n;
    return arena_failed(t->arena) ? 0 : check(t, e, value);
}

const struct element_kind list_kind = { read, check, enable, disable, parse };
