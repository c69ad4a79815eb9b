#include "engine/change/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/change/ledger.h"
#include "engine/change/lock.h"
#include "engine/change/record.h"
#include "engine/change/standing.h"

#define TITLE "gpconf-change 1"

static const char *const kinds[] = { "file", "command", "call" };
static const char *const gates[] = { "closes", "neutral", "opens" };
static const char *const actions[] = { "keep", "create", "replace", "remove" };
static const char *const fidelities[] = { "exact", "approximate", "emulated",
                                          "unsupported" };

bool history_is_state(const char *target)
{
    return strncmp(target, STATE_DIR "/", strlen(STATE_DIR "/")) == 0;
}

bool history_is_note(const char *target)
{
    return history_is_state(target) && strcmp(target, STATE_DIR "/mode") != 0;
}

static void print_step(struct buffer *ret, const struct step *step, struct arena *arena)
{
    const char *old, *new;
    if (step->kind == STEP_FILE) {
        struct identity before = identity_file(step->before_hash, step->before_mode,
                                               step->before_uid, step->before_gid);
        struct identity after =
            identity_file(step->after_hash, step->mode, step->uid, step->gid);
        old = *step->before_hash ? identity_text(&before, arena) : NULL;
        new = *step->after_hash ? identity_text(&after, arena) : NULL;
    } else {
        old = step->before;
        new = step->after;
    }
    record_start(ret, "step");
    record_word(ret, kinds[step->kind]);
    record_word(ret, gates[step->gate]);
    record_word(ret, actions[step->action]);
    record_word(ret, step->target);
    record_word(ret, step->owner);
    record_word(ret, old);
    record_word(ret, new);
    record_line(ret);
    for (size_t i = 0; i < step->n_claims; i++) {
        const struct claim *claim = &step->claims[i];
        record_start(ret, "claim");
        record_word(ret, claim->key);
        record_word(ret, claim->sensitive ? NULL : claim->value);
        record_number(ret, claim->line);
        record_word(ret, claim->setting);
        record_word(ret, fidelities[claim->fidelity]);
        record_word(ret, claim->why);
        record_number(ret, claim->sensitive);
        record_line(ret);
    }
}

void history_print(const struct change *change, struct arena *arena, struct buffer *ret)
{
    record_begin(ret, TITLE);
    record_start(ret, "change");
    record_number(ret, change->number);
    record_number(ret, (uint64_t)change->at);
    record_number(ret, (uint64_t)change->keep_by);
    record_word(ret, change->verb);
    record_word(ret, change->author);
    record_word(ret, change->owner);
    record_word(ret, change->inputs);
    record_number(ret, change->undoes);
    record_number(ret, change->keeps);
    record_line(ret);
    for (size_t i = 0; i < change->n_made; i++) {
        if (history_is_state(change->made[i].path))
            continue;
        record_start(ret, "made");
        record_word(ret, change->made[i].path);
        record_line(ret);
    }
    for (size_t i = 0; i < change->n_unmade; i++) {
        const struct change_folder *folder = &change->unmade[i];
        if (!folder->mode)
            continue;
        record_start(ret, "unmade");
        record_word(ret, folder->path);
        record_number(ret, folder->mode);
        record_number(ret, folder->uid);
        record_number(ret, folder->gid);
        record_line(ret);
    }
    if (change->mode) {
        record_start(ret, "mode");
        record_word(ret, change->mode);
        record_line(ret);
    }
    for (size_t i = 0; i < change->n_drifts; i++) {
        record_start(ret, "drift");
        record_word(ret, change->drifts[i].target);
        record_word(ret, change->drifts[i].aside);
        record_line(ret);
    }
    for (size_t i = 0; i < change->n_steps; i++)
        if (change_acts(&change->steps[i]) && !history_is_note(change->steps[i].target))
            print_step(ret, &change->steps[i], arena);
    record_seal(ret);
}

/* The index of the word in a table of n; n, and bad, when it is not there. */
static size_t take_choice(struct record *record, const char *const *table, size_t n)
{
    const char *word = record_take_text(record);
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i], word) == 0)
            return i;
    record->bad = true;
    return 0;
}

static void parse_step(struct record *record, struct arena *arena,
                       struct change *change)
{
    struct step *step = change_add(change, arena, STEP_FILE);
    struct identity old = { 0 }, new = { 0 };
    if (!step)
        return;
    step->kind = (enum step_kind)take_choice(record, kinds, 3);
    step->gate = (enum gate)take_choice(record, gates, 3);
    step->action = (enum step_action)take_choice(record, actions, 4);
    step->is_unrecorded = step->action == STEP_KEEP;
    step->target = record_take_text(record);
    step->owner = record_take(record);
    const char *before = record_take(record), *after = record_take(record);
    if (step->kind != STEP_FILE) {
        step->before = before;
        step->before_size = before ? strlen(before) : 0;
        step->after = after;
        step->after_size = after ? strlen(after) : 0;
        return;
    }
    if (!identity_parse(before, &old) || !identity_parse(after, &new)) {
        record->bad = true;
        return;
    }
    memcpy(step->before_hash, old.hash, sizeof step->before_hash);
    memcpy(step->after_hash, new.hash, sizeof step->after_hash);
    step->before_mode = old.mode;
    step->before_uid = old.uid;
    step->before_gid = old.gid;
    step->mode = new.mode;
    step->uid = new.uid;
    step->gid = new.gid;
}

/* The claims of the last step so far; they are moved each time the array grows. */
struct claims {
    struct claim *items;
    size_t n, capacity;
};

static void parse_claim(struct record *record, struct arena *arena,
                        struct change *change, struct claims *claims)
{
    if (!change->n_steps) {
        record->bad = true;
        return;
    }
    struct claim *items =
        arena_grow(arena, claims->items, claims->n, sizeof *items, &claims->capacity);
    if (!items)
        return;
    claims->items = items;
    struct claim *claim = &items[claims->n++];
    *claim = (struct claim){ 0 };
    claim->key = record_take(record);
    claim->value = record_take(record);
    claim->line = record_take_u32(record);
    claim->setting = record_take(record);
    claim->fidelity = (enum fidelity)take_choice(record, fidelities, 4);
    claim->why = record_take(record);
    claim->sensitive = record_take_number(record) != 0;
    struct step *step = &change->steps[change->n_steps - 1];
    step->claims = items;
    step->n_claims = claims->n;
}

static void parse_change(struct record *record, struct change *change)
{
    change->number = record_take_number(record);
    change->at = (int64_t)record_take_number(record);
    change->keep_by = (int64_t)record_take_number(record);
    change->verb = record_take_text(record);
    change->author = record_take(record);
    change->owner = record_take(record);
    change->inputs = record_take(record);
    change->undoes = record_take_number(record);
    change->keeps = record_take_number(record);
}

static void parse_made(struct record *record, struct arena *arena,
                       struct change *change)
{
    struct change_folder *made = arena_grow(arena, change->made, change->n_made,
                                            sizeof *made, &change->made_capacity);
    if (!made)
        return;
    change->made = made;
    made[change->n_made++] = (struct change_folder){ .path = record_take_text(record) };
}

static void parse_unmade(struct record *record, struct arena *arena,
                         struct change *change)
{
    struct change_folder *unmade = arena_grow(arena, change->unmade, change->n_unmade,
                                              sizeof *unmade, &change->unmade_capacity);
    if (!unmade)
        return;
    change->unmade = unmade;
    struct change_folder *folder = &unmade[change->n_unmade++];
    folder->path = record_take_text(record);
    folder->mode = record_take_u32(record);
    folder->uid = record_take_u32(record);
    folder->gid = record_take_u32(record);
}

static void parse_drift(struct record *record, struct arena *arena,
                        struct change *change)
{
    const char *target = record_take_text(record);
    change_drift(change, arena, target, record_take(record));
}

int history_parse(const void *text, size_t size, struct arena *arena,
                  struct change *ret)
{
    struct record record;
    struct change change = { 0 };
    struct claims claims = { 0 };
    int status = record_open(text, size, TITLE, arena, &record);
    if (status)
        return status;
    for (const char *keyword; (keyword = record_next(&record));) {
        if (strcmp(keyword, "change") == 0) {
            parse_change(&record, &change);
        } else if (strcmp(keyword, "made") == 0) {
            parse_made(&record, arena, &change);
        } else if (strcmp(keyword, "unmade") == 0) {
            parse_unmade(&record, arena, &change);
        } else if (strcmp(keyword, "mode") == 0) {
            change.mode = record_take_text(&record);
        } else if (strcmp(keyword, "drift") == 0) {
            parse_drift(&record, arena, &change);
        } else if (strcmp(keyword, "step") == 0) {
            parse_step(&record, arena, &change);
            claims = (struct claims){ 0 };
        } else if (strcmp(keyword, "claim") == 0) {
            parse_claim(&record, arena, &change, &claims);
        } else {
            record.bad = true;
        }
    }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    if (record_bad(&record) || !change.number)
        return GPCONF_EDAMAGED;
    *ret = change;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static int read_one(int root, const char *name, struct arena *arena,
                    struct diagnostics *diagnostics, struct history *history)
{
    const char *path = arena_format(arena, STATE_DIR "/changes/%s", name);
    const char *why = "is not what we wrote";
    struct file file;
    struct change change;
    if (!path)
        return GPCONF_ENOMEM;
    int status = file_read(root, path, FILE_TRUSTED, LIMIT_JOURNAL, arena, &file, &why);
    if (status == GPCONF_ENOTFOUND)
        return 0; /* it has been folded since the folder was listed */
    if (!status && strcmp(name, "ledger") == 0)
        status = ledger_parse(file.bytes, file.size, arena, history);
    else if (!status)
        status = history_parse(file.bytes, file.size, arena, &change);
    if (status) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-history-damaged",
                        origin_file(path), "%s, changing nothing", why);
        return status == GPCONF_ENOMEM ? status : GPCONF_EDAMAGED;
    }
    if (strcmp(name, "ledger") == 0)
        return 0;
    struct change *changes = arena_grow(arena, history->changes, history->n,
                                        sizeof *changes, &history->capacity);
    if (!changes)
        return GPCONF_ENOMEM;
    history->changes = changes;
    changes[history->n++] = change;
    return 0;
}

/* Remove from the list what the ledger has taken over: the change that folded it was
 * stopped before it came to the removals. */
static void drop_folded(struct history *history)
{
    size_t n = 0;
    for (size_t i = 0; i < history->n; i++)
        if (history->changes[i].number > history->through)
            history->changes[n++] = history->changes[i];
    history->n = n;
}

static int read_all(int root, struct arena *arena, struct diagnostics *diagnostics,
                    struct history *ret)
{
    struct history history = { 0 };
    struct directory names;
    const char *why = NULL;
    int status =
        file_list(root, STATE_DIR "/changes", FILE_TRUSTED, arena, &names, &why);
    if (status && status != GPCONF_ENOTFOUND) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-history-damaged",
                        origin_file(STATE_DIR "/changes"), "%s, changing nothing",
                        why ? why : gpconf_status_text(status));
        return status == GPCONF_ENOMEM ? status : GPCONF_EDAMAGED;
    }
    for (size_t i = 0; !status && i < names.n; i++) {
        const char *name = names.entries[i].name;
        /* Names with a dot in front are staged; they are not history yet. */
        if (*name == '.')
            continue;
        int failed = read_one(root, name, arena, diagnostics, &history);
        if (failed)
            return failed;
    }
    if (history.n)
        qsort(history.changes, history.n, sizeof *history.changes, by_number);
    drop_folded(&history);
    *ret = history;
    return 0;
}

/* The first change that is missing; 0 when none is. */
static uint64_t find_gap(const struct history *history)
{
    for (size_t i = 0; i < history->n; i++)
        if (history->changes[i].number != history->through + 1 + i)
            return history->through + 1 + i;
    return 0;
}

int history_read(int root, struct arena *arena, struct diagnostics *diagnostics,
                 struct history *ret)
{
    struct history history;
    uint64_t gap = 0;
    /* A reader has no lock: while it reads, a writer may fold old entries. */
    for (int tries = 0; tries < 3; tries++) {
        int status = read_all(root, arena, diagnostics, &history);
        if (status)
            return status;
        gap = find_gap(&history);
        if (!gap)
            break;
    }
    if (gap) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-history-damaged",
                        origin_file(STATE_DIR "/changes"),
                        "change %llu is missing, changing nothing",
                        (unsigned long long)gap);
        return GPCONF_EDAMAGED;
    }
    standing_find(&history);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = history;
    return 0;
}

const struct change *history_find(const struct history *history, uint64_t number)
{
    for (size_t i = 0; i < history->n; i++)
        if (history->changes[i].number == number)
            return &history->changes[i];
    return NULL;
}

uint64_t history_last(const struct history *history)
{
    return history->n ? history->changes[history->n - 1].number : history->through;
}
