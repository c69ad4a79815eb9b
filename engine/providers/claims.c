#include "engine/providers/claims.h"

#include <string.h>
#include <strings.h>

#include "base/status.h"

struct finding *claims_add(struct findings *findings, struct arena *arena)
{
    struct finding *items = arena_grow(arena, findings->items, findings->n,
                                       sizeof *items, &findings->capacity);
    if (!items)
        return NULL;
    findings->items = items;
    items[findings->n] = (struct finding){ .state = FINDING_UNKNOWN };
    return &items[findings->n++];
}

static bool same_key(const char *a, const char *b)
{
    return strstr(a, "::") ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

/* Is the entry the key's, or a named member of its list? */
static bool belongs(const struct view_entry *entry, const char *key)
{
    if (same_key(key, entry->key))
        return true;
    size_t size = strlen(key);
    return strstr(key, "::") && strncasecmp(entry->key, key, size) == 0 &&
           strncmp(entry->key + size, "::", 2) == 0 &&
           !strstr(entry->key + size + 2, "::");
}

/* The claims of one key, and what the client has there. */
struct list {
    struct finding **claimed; /* the members */
    size_t n_claimed;
    struct finding *clear; /* rule 1; NULL */
    const struct view_entry **seen;
    bool *used; /* of seen: a claim is about it */
    size_t n_seen;
    const char *taken_back_by; /* rule 5; NULL unknown */
};

static bool is_companion(const struct finding *a, const struct finding *b)
{
    return a->file == b->file && a->claim->line == b->claim->line &&
           strcmp(a->claim->value, b->claim->value) == 0;
}

static void judge(struct finding *finding, enum finding_state state,
                  const struct view_entry *seen, const char *why)
{
    finding->state = state;
    finding->seen = seen ? seen->value : NULL;
    finding->by = state != FINDING_IN_EFFECT && seen ? seen->from : NULL;
    finding->why = why;
}

/* Mark the entry with this value from the cursor on; n_seen when there is none. */
static size_t use(struct list *list, size_t from, const char *value)
{
    for (size_t i = from; i < list->n_seen; i++)
        if (!list->used[i] && strcmp(list->seen[i]->value, value) == 0) {
            list->used[i] = true;
            return i;
        }
    return list->n_seen;
}

static size_t next_unused(struct list *list, size_t from)
{
    while (from < list->n_seen && list->used[from])
        from++;
    return from;
}

/* Rule 2; false: something is missing. */
static bool find_in_order(struct list *list)
{
    bool whole = true;
    size_t cursor = 0;
    for (size_t i = 0; i < list->n_claimed; i++) {
        size_t at = use(list, cursor, list->claimed[i]->claim->value);
        if (at < list->n_seen) {
            judge(list->claimed[i], FINDING_IN_EFFECT, list->seen[at], NULL);
            cursor = at + 1;
        } else
            whole = false;
    }
    return whole;
}

/* Those that rule 2 left, first the ones that are only out of order. */
static void judge_missing(struct list *list)
{
    for (size_t i = 0; i < list->n_claimed; i++) {
        struct finding *f = list->claimed[i];
        size_t at;
        if (f->state != FINDING_IN_EFFECT &&
            (at = use(list, 0, f->claim->value)) < list->n_seen)
            judge(f, FINDING_DRIFTED, list->seen[at], "the client has it out of order");
    }
    for (size_t i = 0; i < list->n_claimed; i++) {
        struct finding *f = list->claimed[i];
        if (f->state == FINDING_IN_EFFECT || f->state == FINDING_DRIFTED)
            continue;
        size_t at = next_unused(list, 0);
        if (at < list->n_seen) {
            list->used[at] = true;
            judge(f, FINDING_DRIFTED, list->seen[at], "the client has another value");
        } else {
            judge(f, FINDING_DRIFTED, NULL, "the client does not have it");
            f->by = list->taken_back_by;
        }
    }
}

static void judge_list(struct list *list)
{
    if (!find_in_order(list))
        judge_missing(list);
    size_t extra = next_unused(list, 0);
    struct finding *blamed = list->clear           ? list->clear
                             : list->n_claimed > 0 ? list->claimed[list->n_claimed - 1]
                                                   : NULL;
    if (list->clear)
        judge(list->clear, FINDING_IN_EFFECT, NULL, NULL);
    if (extra < list->n_seen && blamed)
        judge(blamed, FINDING_DRIFTED, list->seen[extra],
              "the client has more than what is listed here");
}

static void follow(struct finding *finding, const struct finding *leader)
{
    const struct claim *claim = finding->claim;
    *finding = *leader;
    finding->claim = claim;
}

/* Everything about the key of one finding; the companions follow its verdict. */
static void judge_key(struct finding *first, struct finding *end,
                      const struct view *view, struct list *list)
{
    list->n_claimed = list->n_seen = 0;
    list->clear = NULL;
    list->taken_back_by = NULL;
    struct finding *member = NULL; /* the last; companions stand behind it */
    for (struct finding *f = first; f < end; f++) {
        if (!same_key(first->key, f->key) || (member && is_companion(member, f)))
            continue;
        if (!*f->claim->value)
            list->clear = f;
        else
            list->claimed[list->n_claimed++] = member = f;
    }
    for (size_t i = 0; i < view->n; i++) {
        const struct view_entry *entry = &view->entries[i];
        if (!belongs(entry, first->key))
            continue;
        if (*entry->value)
            list->seen[list->n_seen++] = entry;
        else if (entry->from)
            list->taken_back_by = entry->from;
    }
    memset(list->used, 0, list->n_seen * sizeof *list->used);
    judge_list(list);
    member = NULL;
    for (struct finding *f = first; f < end; f++) {
        if (!same_key(first->key, f->key))
            continue;
        if (!*f->claim->value)
            follow(f, list->clear);
        else if (member && is_companion(member, f))
            follow(f, member);
        else
            member = f;
    }
}

int claims_compare(const struct change *wanted, const struct view *view,
                   struct arena *arena, struct findings *ret)
{
    struct findings found = { 0 };
    for (size_t i = 0; i < wanted->n_steps; i++) {
        const struct step *step = &wanted->steps[i];
        for (size_t j = 0; j < step->n_claims; j++) {
            const struct claim *claim = &step->claims[j];
            if (claim->fidelity == FIDELITY_UNSUPPORTED || !claim->value)
                continue;
            struct finding *finding = claims_add(&found, arena);
            if (finding) {
                finding->claim = claim;
                finding->file = step->target;
                finding->key = claim->key;
            }
        }
    }
    struct list list = { .claimed = arena_array(arena, found.n, struct finding *),
                         .seen = arena_array(arena, view->n, const struct view_entry *),
                         .used = arena_array(arena, view->n, bool) };
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    /* Every key is judged at its first claim, and no judged claim stays UNKNOWN. */
    for (size_t i = 0; i < found.n; i++)
        if (found.items[i].state == FINDING_UNKNOWN)
            judge_key(&found.items[i], found.items + found.n, view, &list);
    *ret = found;
    return 0;
}
