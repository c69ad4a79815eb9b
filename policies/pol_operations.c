/*
 * The other half of pol.h: records to operations and back. The table there is the
 * whole of it; what needs thought is the way back, where a list in any order becomes
 * one in canonical order with the same effect.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/utf16.h"
#include "policies/pol.h"

/* ---- records to operations ---- */

struct convert {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct name_table names;
    struct operations *to;
};

/* The key with the item appended, or the item alone when it is a whole path; NULL when
 * it has nothing but backslashes, and so names no key below this one. */
static const char *subkey(struct convert *c, const char *key, const char *item)
{
    item = name_key(c->arena, item);
    if (!item || !*item)
        return NULL;
    if (name_below(item, key))
        return item;
    const char *more = strchr(item, '\\');
    size_t first = strcspn(key, "\\");
    if (more && (size_t)(more - item) == first) {
        const char *root = arena_string_n(c->arena, key, first);
        if (root && name_below(item, root))
            return item;
    }
    return arena_format(c->arena, "%s\\%s", key, item);
}

/* One operation for each item of "A;B;C". Spaces before an item and empty items are
 * skipped, as Windows does; so is a key without a name. */
static void split(struct convert *c, const struct operation *like,
                  const struct pol_record *record)
{
    const char *text = value_text(&record->value, c->arena);
    if (!text) {
        diagnostics_add(c->diagnostics, SEVERITY_WARNING, "pol-directive-data",
                        like->origin, "'%s' of '%s' has no text as its data, ignoring",
                        record->name, record->key);
        return;
    }
    while (*text) {
        text += strspn(text, " ;");
        size_t size = strcspn(text, ";");
        const char *item = size ? arena_string_n(c->arena, text, size) : NULL;
        text += size;
        if (!item)
            continue;
        struct operation operation = *like;
        if (like->op == OP_DELETE)
            operation.name = name_intern(&c->names, item);
        else {
            const char *key = subkey(c, like->key, item);
            if (!key)
                continue;
            operation.key = name_intern(&c->names, key);
        }
        operations_add(c->to, c->arena, &operation);
    }
}

/* Is name the directive, with or without a dot behind it? */
static bool is_directive(const char *name, const char *directive)
{
    return name_starts(name, directive) && (name[strlen(directive)] == '\0' ||
                                            strcmp(name + strlen(directive), ".") == 0);
}

static void convert_directive(struct convert *c, struct operation operation,
                              const struct pol_record *record)
{
    const char *name = record->name;
    if (name_starts(name, "**soft.")) {
        operation.op = OP_SOFTSET;
        operation.name = name_intern(&c->names, name + strlen("**soft."));
        operation.value = record->value;
        operations_add(c->to, c->arena, &operation);
    } else if (name_starts(name, "**del.")) {
        operation.op = OP_DELETE;
        operation.name = name_intern(&c->names, name + strlen("**del."));
        operations_add(c->to, c->arena, &operation);
    } else if (is_directive(name, "**delvals")) {
        operation.op = OP_CLEARVALS;
        operations_add(c->to, c->arena, &operation);
    } else if (is_directive(name, "**deletevalues")) {
        operation.op = OP_DELETE;
        split(c, &operation, record);
    } else if (is_directive(name, "**deletekeys")) {
        operation.op = OP_DELKEY;
        split(c, &operation, record);
    } else if (name_starts(name, "**comment")) {
        /* Said to editors, not to us. */
    } else if (is_directive(name, "**securekey")) {
        diagnostics_add(c->diagnostics, SEVERITY_NOTE, "pol-securekey",
                        operation.origin,
                        "'%s' has no access rights on this system, ignoring '%s'",
                        record->key, name);
    } else {
        diagnostics_add(c->diagnostics, SEVERITY_WARNING, "pol-unknown-directive",
                        operation.origin, "unknown directive '%s' in '%s', ignoring",
                        name, record->key);
    }
}

static bool creates_key(const struct pol_record *record)
{
    return record->name[0] == '\0' && record->value.type == VALUE_NONE &&
           record->value.size == 0;
}

void pol_operations(const struct pol *pol, const char *file, struct arena *arena,
                    struct diagnostics *diagnostics, struct operations *ret)
{
    struct operations operations = { 0 };
    struct convert c = { .arena = arena,
                         .diagnostics = diagnostics,
                         .to = &operations };
    name_table_init(&c.names, arena);
    operations_reserve(&operations, arena, pol->n); /* directives may make more */
    const char *written = NULL, *key = NULL;
    for (size_t i = 0; i < pol->n && !arena_failed(arena); i++) {
        const struct pol_record *record = &pol->records[i];
        if (record->key != written) {
            const char *bare = name_key(arena, record->key);
            key = bare ? name_intern(&c.names, bare) : NULL;
            written = record->key;
        }
        struct operation operation = {
            .op = creates_key(record) ? OP_MKKEY : OP_SET,
            .key = key,
            .origin = origin_record(file, (uint32_t)i + 1),
        };
        if (!key)
            break;
        if (name_starts(record->name, "**")) {
            convert_directive(&c, operation, record);
            continue;
        }
        if (operation.op == OP_SET) {
            operation.name = record->name;
            operation.value = record->value;
        }
        operations_add(&operations, arena, &operation);
    }
    *ret = operations;
}

/* ---- operations to records ---- */

/*
 * Operations sorted by key, then name, then their place in the list, so that all that
 * is said about one key or one value stands together.
 */
struct entry {
    const char *key, *name; /* name NULL: about the key itself */
    enum op op;
    size_t index;
};

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = name_compare_value(x->key, x->name, y->key, y->name);
    if (order == 0)
        order = x->index < y->index ? -1 : 1;
    return order;
}

/* All entries of one key. */
struct group {
    const char *key;
    size_t first, n;         /* entries */
    size_t cleared, deleted; /* 1 + index of the last CLEARVALS and DELKEY; 0: none */
};

struct fold {
    struct entry *entries;
    struct group *groups;
    size_t n, n_groups;
};

static bool make_groups(struct fold *fold, struct arena *arena)
{
    qsort(fold->entries, fold->n, sizeof *fold->entries, by_key);
    fold->groups = arena_array(arena, fold->n, struct group);
    if (!fold->groups)
        return false;
    struct group *group = NULL;
    for (size_t i = 0; i < fold->n; i++) {
        const struct entry *entry = &fold->entries[i];
        if (!group || !name_equal(group->key, entry->key)) {
            group = &fold->groups[fold->n_groups++];
            *group = (struct group){ .key = entry->key, .first = i };
        }
        group->n++;
        if (entry->op == OP_CLEARVALS)
            group->cleared = entry->index + 1;
        if (entry->op == OP_DELKEY)
            group->deleted = entry->index + 1;
    }
    return true;
}

static int by_group_key(const void *a, const void *b)
{
    return name_compare(a, ((const struct group *)b)->key);
}

/* 1 + index of the last operation that deletes this key with a key above it. */
static size_t deleted_above(const struct fold *fold, const char *key,
                            struct arena *arena)
{
    size_t deleted = 0;
    for (const char *slash = key; (slash = strchr(slash, '\\')); slash++) {
        const char *above = arena_string_n(arena, key, (size_t)(slash - key));
        const struct group *group = above ? bsearch(above, fold->groups, fold->n_groups,
                                                    sizeof *group, by_group_key)
                                          : NULL;
        if (group && group->deleted > deleted)
            deleted = group->deleted;
    }
    return deleted;
}

static bool about_value(enum op op)
{
    return op == OP_SET || op == OP_SOFTSET || op == OP_DELETE;
}

/*
 * Of the operations on one value, in their order: a SET or DELETE undoes all before
 * it; a SOFTSET counts only while nothing has set the value. Marks what stays.
 */
static void keep_of_value(const struct entry *entries, size_t n, size_t from,
                          bool *keep)
{
    const struct entry *base = NULL, *soft = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct entry *entry = &entries[i];
        if (entry->index + 1 <= from)
            continue;
        if (entry->op != OP_SOFTSET) {
            base = entry;
            soft = NULL;
        } else if (!soft && !(base && base->op == OP_SET)) {
            soft = entry;
        }
    }
    if (base)
        keep[base->index] = true;
    if (soft)
        keep[soft->index] = true;
}

static void keep_of_group(const struct fold *fold, const struct group *group,
                          struct arena *arena, bool *keep)
{
    size_t deleted = deleted_above(fold, group->key, arena);
    if (group->deleted > deleted) {
        deleted = group->deleted;
        keep[deleted - 1] = true;
    }
    size_t cleared = deleted;
    if (group->cleared > deleted) {
        cleared = group->cleared;
        keep[cleared - 1] = true;
    }
    const struct entry *entry = fold->entries + group->first, *end = entry + group->n;
    for (bool made = false; entry < end && !entry->name; entry++)
        if (entry->op == OP_MKKEY && entry->index + 1 > deleted && !made)
            made = keep[entry->index] = true;
    while (entry < end) {
        size_t n = 1;
        while (entry + n < end && name_equal(entry[n].name, entry->name))
            n++;
        keep_of_value(entry, n, cleared, keep);
        entry += n;
    }
}

/* How many UTF-16 units the text has. */
static size_t units(const char *text)
{
    size_t n = 0, size = strlen(text);
    for (size_t at = 0; at < size; n++)
        n += wtf8_next(text, size, &at) > 0xFFFF;
    return n;
}

static const char *prefix_of(enum op op)
{
    return op == OP_SOFTSET ? "**soft." : op == OP_DELETE ? "**del." : "";
}

bool pol_can_say(const struct operation *operation)
{
    if (units(operation->key) > LIMIT_KEY_UNITS)
        return false;
    if (operation->op == OP_DELKEY)
        return operation->key[0] && !strchr(operation->key, ';') &&
               operation->key[0] != ' ';
    if (!about_value(operation->op))
        return true;
    if (strlen(prefix_of(operation->op)) + units(operation->name) > LIMIT_NAME_UNITS)
        return false;
    struct pol_record record = { operation->key, operation->name, operation->value };
    return operation->op != OP_SET ||
           (!name_starts(operation->name, "**") && !creates_key(&record));
}

static struct pol_record to_record(const struct operation *operation,
                                   struct arena *arena)
{
    struct pol_record record = { .key = operation->key };
    switch (operation->op) {
    case OP_SET:
        record.name = operation->name;
        record.value = operation->value;
        break;
    case OP_SOFTSET:
        record.name =
            arena_format(arena, "%s%s", prefix_of(operation->op), operation->name);
        record.value = operation->value;
        break;
    case OP_DELETE:
        record.name =
            arena_format(arena, "%s%s", prefix_of(operation->op), operation->name);
        record.value = value_from_text(arena, VALUE_SZ, " ");
        break;
    case OP_CLEARVALS:
        record.name = "**delvals.";
        record.value = value_from_text(arena, VALUE_SZ, " ");
        break;
    case OP_DELKEY: {
        const char *last = strrchr(operation->key, '\\');
        size_t above = last ? (size_t)(last - operation->key) : 0;
        record.key = arena_string_n(arena, operation->key, above);
        record.name = "**DeleteKeys";
        record.value = value_from_text(arena, VALUE_SZ, operation->key);
        break;
    }
    case OP_MKKEY:
        record.name = "";
        break;
    }
    return record;
}

int pol_settle(const struct operations *operations, struct arena *arena,
               struct operations *ret)
{
    size_t n = operations->n;
    struct fold fold = { .entries = arena_array(arena, n, struct entry), .n = n };
    bool *keep = arena_array(arena, n, bool);
    struct operations settled = { .items = arena_array(arena, n, struct operation),
                                  .capacity = n };
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const struct operation *operation = &operations->items[i];
        const char *name = about_value(operation->op) ? operation->name : NULL;
        fold.entries[i] = (struct entry){ operation->key, name, operation->op, i };
    }
    if (!make_groups(&fold, arena))
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < fold.n_groups; i++)
        keep_of_group(&fold, &fold.groups[i], arena, keep);
    for (size_t i = 0; i < n; i++)
        if (keep[i])
            settled.items[settled.n++] = operations->items[i];
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = settled;
    return 0;
}

int pol_from_operations(const struct operations *operations, struct arena *arena,
                        struct pol *ret, size_t *reterr_bad)
{
    for (size_t i = 0; i < operations->n; i++)
        if (!pol_can_say(&operations->items[i])) {
            if (reterr_bad)
                *reterr_bad = i;
            return GPCONF_ERANGE;
        }
    struct operations settled;
    if (pol_settle(operations, arena, &settled))
        return GPCONF_ENOMEM;
    struct pol pol = { .records = arena_array(arena, settled.n, struct pol_record),
                       .capacity = settled.n };
    for (; pol.n < settled.n && pol.records; pol.n++)
        pol.records[pol.n] = to_record(&settled.items[pol.n], arena);
    pol_sort(&pol, arena);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = pol;
    return 0;
}

/* ---- lint ---- */

/* Tell of entries of one value: later ones count, earlier ones do not. */
static void lint_value(const struct entry *entries, size_t n,
                       const struct operations *operations, struct diagnostics *to)
{
    for (size_t i = 1; i < n; i++) {
        struct origin origin = operations->items[entries[i].index].origin;
        uint32_t before = operations->items[entries[i - 1].index].origin.at;
        if (before == origin.at)
            continue; /* one **deletevalues that names it twice */
        if (entries[i].op == OP_DELETE && entries[i - 1].op != OP_DELETE)
            diagnostics_add(to, SEVERITY_WARNING, "pol-directive-after-set", origin,
                            "'%s' in '%s' is deleted after record %u set it, obeying "
                            "the order",
                            entries[i].name, entries[i].key, before);
        else if (entries[i].op == entries[i - 1].op)
            diagnostics_add(to, SEVERITY_WARNING, "pol-duplicate", origin,
                            "'%s' in '%s' stands in record %u already, the %s counts",
                            entries[i].name, entries[i].key, before,
                            entries[i].op == OP_SOFTSET ? "first" : "later one");
    }
}

static void lint_group(const struct fold *fold, const struct group *group,
                       const struct operations *operations, struct diagnostics *to)
{
    const struct entry *entry = fold->entries + group->first, *end = entry + group->n;
    size_t undone = 0;
    bool found = false;
    while (entry < end && !entry->name)
        entry++;
    while (entry < end) {
        size_t n = 1;
        while (entry + n < end && name_equal(entry[n].name, entry->name))
            n++;
        lint_value(entry, n, operations, to);
        if (entry->op != OP_DELETE && entry->index + 1 < group->cleared && !found) {
            undone = entry->index;
            found = true;
        }
        entry += n;
    }
    if (found)
        diagnostics_add(to, SEVERITY_WARNING, "pol-directive-after-set",
                        operations->items[group->cleared - 1].origin,
                        "all values of '%s' are deleted after record %u set one, "
                        "obeying the order",
                        group->key, operations->items[undone].origin.at);
}

void pol_lint(const struct pol *pol, const char *file, struct arena *arena,
              struct diagnostics *diagnostics)
{
    struct operations operations;
    pol_operations(pol, file, arena, NULL, &operations);
    struct fold fold = { .n = operations.n };
    fold.entries = arena_array(arena, fold.n, struct entry);
    for (size_t i = 0; i < fold.n && fold.entries; i++) {
        const struct operation *operation = &operations.items[i];
        fold.entries[i] =
            (struct entry){ operation->key, operation->name, operation->op, i };
    }
    if (arena_failed(arena) || !make_groups(&fold, arena))
        return;
    for (size_t i = 0; i < fold.n_groups; i++)
        lint_group(&fold, &fold.groups[i], &operations, diagnostics);
}
