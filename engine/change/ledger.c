#include "engine/change/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/status.h"
#include "engine/change/lock.h"
#include "engine/change/record.h"

#define TITLE "gpconf-ledger 1"

static int by_target(const void *a, const void *b)
{
    const struct owned *x = a, *y = b;
    return strcmp(x->target, y->target);
}

static struct owned *find(const struct ledger *ledger, const char *target)
{
    const struct owned wanted = { .target = target };
    return ledger->n
               ? bsearch(&wanted, ledger->files, ledger->n, sizeof wanted, by_target)
               : NULL;
}

const struct owned *ledger_find(const struct ledger *ledger, const char *target)
{
    return find(ledger, target);
}

static void own(struct ledger *ledger, const struct owned *file, struct arena *arena)
{
    struct owned *known = find(ledger, file->target);
    if (known) {
        *known = *file;
        return;
    }
    struct owned *files =
        arena_grow(arena, ledger->files, ledger->n, sizeof *files, &ledger->capacity);
    if (!files)
        return;
    ledger->files = files;
    files[ledger->n++] = *file;
    qsort(files, ledger->n, sizeof *files, by_target);
}

static void disown(struct ledger *ledger, const char *target)
{
    struct owned *known = find(ledger, target);
    if (!known)
        return;
    size_t at = (size_t)(known - ledger->files);
    memmove(known, known + 1, (ledger->n - at - 1) * sizeof *known);
    ledger->n--;
}

int ledger_fold(const struct history *history, uint64_t number, struct arena *arena,
                struct ledger *ret)
{
    struct ledger ledger = { 0 };
    for (size_t i = 0; i < history->base.n; i++)
        own(&ledger, &history->base.files[i], arena);
    for (size_t i = 0; i < history->n && history->changes[i].number <= number; i++)
        for (size_t j = 0; j < history->changes[i].n_steps; j++) {
            const struct step *step = &history->changes[i].steps[j];
            if (step->kind != STEP_FILE || history_is_state(step->target))
                continue;
            if (!*step->after_hash) {
                disown(&ledger, step->target);
                continue;
            }
            const struct owned file = {
                .target = step->target,
                .owner = step->owner,
                .identity =
                    identity_file(step->after_hash, step->mode, step->uid, step->gid),
                .number = history->changes[i].number,
            };
            own(&ledger, &file, arena);
        }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = ledger;
    return 0;
}

void ledger_print(const struct ledger *ledger, uint64_t through, struct arena *arena,
                  struct buffer *ret)
{
    record_begin(ret, TITLE);
    record_start(ret, "through");
    record_number(ret, through);
    record_line(ret);
    for (size_t i = 0; i < ledger->n; i++) {
        const struct owned *file = &ledger->files[i];
        record_start(ret, "own");
        record_word(ret, file->target);
        record_word(ret, file->owner);
        record_word(ret, identity_text(&file->identity, arena));
        record_number(ret, file->number);
        record_line(ret);
    }
    record_seal(ret);
}

int ledger_parse(const void *text, size_t size, struct arena *arena,
                 struct history *history)
{
    struct record record;
    struct ledger ledger = { 0 };
    uint64_t through = 0;
    int status = record_open(text, size, TITLE, arena, &record);
    if (status)
        return status;
    for (const char *keyword; (keyword = record_next(&record));) {
        if (strcmp(keyword, "through") == 0) {
            through = record_take_number(&record);
        } else if (strcmp(keyword, "own") == 0) {
            struct owned file = { .target = record_take_text(&record),
                                  .owner = record_take(&record) };
            const char *identity = record_take_text(&record);
            if (!identity_parse(identity, &file.identity))
                record.bad = true;
            file.number = record_take_number(&record);
            if (!record_bad(&record))
                own(&ledger, &file, arena);
        } else {
            record.bad = true;
        }
    }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    if (record_bad(&record))
        return GPCONF_EDAMAGED;
    history->base = ledger;
    history->through = through;
    return 0;
}

/* A step for a file of our own state. */
static struct step *state_step(struct change *change, const char *name,
                               struct arena *arena)
{
    struct step *step = change_add(change, arena, STEP_FILE);
    if (!step)
        return NULL;
    step->target = arena_format(arena, STATE_DIR "/changes/%s", name);
    step->owner = "gpconf";
    step->mode = 0644;
    return step;
}

static void fill(struct step *step, struct buffer *text, struct arena *arena)
{
    if (step && !buffer_failed(text)) {
        step->after = arena_copy(arena, text->data, text->size);
        step->after_size = text->size;
    }
}

/* How many of the oldest entries are folded; a provisional change stays, with all
 * that came after it, because it may still be taken back by itself. */
static size_t count_foldable(const struct history *history, size_t retain)
{
    size_t n = history->n + 1 > retain ? history->n + 1 - retain : 0;
    for (size_t i = 0; i < n; i++)
        if (history->changes[i].state == CHANGE_PROVISIONAL)
            return i;
    return n < history->n ? n : history->n;
}

static int fold_old(const struct history *history, struct change *change,
                    struct arena *arena, struct buffer *text)
{
    size_t n = count_foldable(history, change->retain ? change->retain : LIMIT_HISTORY);
    struct ledger ledger;
    if (!n)
        return 0;
    uint64_t through = history->changes[n - 1].number;
    int status = ledger_fold(history, through, arena, &ledger);
    if (status)
        return status;
    ledger_print(&ledger, through, arena, text);
    fill(state_step(change, "ledger", arena), text, arena);
    for (size_t i = 0; i < n; i++)
        state_step(
            change,
            arena_format(arena, "%llu", (unsigned long long)history->changes[i].number),
            arena);
    return 0;
}

int history_append(const struct history *history, struct change *change,
                   struct arena *arena)
{
    struct buffer text;
    buffer_init(&text, LIMIT_JOURNAL);
    change->number = history_last(history) + 1;
    int status = fold_old(history, change, arena, &text);
    if (!status) {
        history_print(change, arena, &text);
        const char *name =
            arena_format(arena, "%llu", (unsigned long long)change->number);
        fill(name ? state_step(change, name, arena) : NULL, &text, arena);
    }
    if (!status && (buffer_failed(&text) || arena_failed(arena)))
        status = GPCONF_ENOMEM;
    buffer_done(&text);
    return status;
}
