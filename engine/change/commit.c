#include "engine/change/commit.h"

#include <string.h>

#include "base/status.h"
#include "engine/change/history.h"
#include "engine/change/plan.h"
#include "engine/change/recover.h"
#include "engine/change/stage.h"

/* A change whose only steps keep our own notes (last good copies) is no history. */
static bool is_history(const struct change *change)
{
    for (size_t i = 0; i < change->n_steps; i++) {
        const struct step *step = &change->steps[i];
        if (change_acts(step) &&
            (step->kind != STEP_FILE || !history_is_note(step->target)))
            return true;
    }
    return change->keeps || change->undoes;
}

static int check_calls(const struct change *change, const struct change_table *table,
                       struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < change->n_steps; i++)
        if (change->steps[i].kind != STEP_FILE && (!table->current || !table->call)) {
            diagnostics_add(diagnostics, SEVERITY_ERROR, "change-needs-owner",
                            origin_file(change->steps[i].target),
                            "nobody here can change this setting, changing nothing");
            return GPCONF_EINVAL;
        }
    return 0;
}

/* What an earlier attempt with the same change appended. */
static void drop_entries(struct change *change)
{
    static const char entries[] = STATE_DIR "/changes/";
    size_t n = 0;
    for (size_t i = 0; i < change->n_steps; i++)
        if (change->steps[i].kind != STEP_FILE ||
            strncmp(change->steps[i].target, entries, strlen(entries)) != 0)
            change->steps[n++] = change->steps[i];
    change->n_steps = n;
    change->number = 0;
}

/* 2 */
static int plan(const struct lock *lock, struct change *change, struct arena *arena,
                struct diagnostics *diagnostics)
{
    struct history history;
    int status = history_read(lock->root, arena, diagnostics, &history);
    drop_entries(change);
    if (!status)
        status = plan_make(lock->root, &history, change, arena, diagnostics);
    if (status || !is_history(change))
        return status;
    size_t first = change->n_steps;
    status = history_append(&history, change, arena);
    return status ? status : plan_more(lock->root, change, first, arena, diagnostics);
}

/* 3 to 6, and undone when one of them fails. */
static int prepare(struct carry *c, struct change *change)
{
    int status = journal_write(c->lock, c->txn, c->arena, c->diagnostics); /* 3 */
    if (status)
        return status;
    status = stage_make(c->lock, c->txn, change, c->arena, c->diagnostics); /* 4, 5 */
    if (!status && c->table->accept)                                        /* 6 */
        status = c->table->accept(c->table->context, change, c->arena, c->diagnostics);
    if (!status)
        return 0;
    carry_unstage(c);
    return status;
}

/* 3 to 11, of a change that is planned. */
static int carry_planned(struct carry *c, struct change *change)
{
    int status = stage_prepare(change, c->arena, c->txn);
    if (!status)
        status = prepare(c, change);
    if (!status)
        status = carry_out(c, JOURNAL_STAGE); /* 7 to 11 */
    txn_close(c->txn);
    return status;
}

int change_commit(const struct lock *lock, struct change *change,
                  const struct change_table *table, struct arena *arena,
                  struct diagnostics *diagnostics)
{
    static const struct change_table nobody = { 0 };
    enum recovery recovered;
    struct txn txn = { 0 };
    struct carry carry = { lock,       table ? table : &nobody, &txn, change, arena,
                           diagnostics };
    int status = recover(lock, table, arena, diagnostics, &recovered); /* 1 */
    if (!status)
        status = check_calls(change, carry.table, diagnostics);
    if (!status)
        status = plan(lock, change, arena, diagnostics); /* 2 */
    bool acts = !status && (plan_acts(change) || change->n_unmade);
    if (acts)
        status = carry_planned(&carry, change);
    if (status)
        change->number = 0; /* it is not in the history */
    else if (acts)
        change->state = change->keep_by ? CHANGE_PROVISIONAL : CHANGE_KEPT;
    return status;
}
