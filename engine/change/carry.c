#include "engine/change/carry.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/status.h"
#include "engine/change/object.h"
#include "engine/change/stage.h"
#include "engine/change/swap.h"

static const char *path_of(const struct carry *c, const struct txn_op *op)
{
    const char *path = file_join(c->arena, c->txn->dirs[op->dir].path, op->name);
    return path ? path : op->name;
}

/* Report what stopped an operation, once memory may be allocated again. */
static int stopped(const struct carry *c, const struct txn_op *op, enum swap how,
                   int error)
{
    if (how == SWAP_FAILED)
        return place_fail(c->diagnostics, path_of(c, op), "replacing", error);
    diagnostics_add(c->diagnostics, SEVERITY_ERROR, "change-target-moved",
                    origin_file(path_of(c, op)),
                    "was written by somebody else meanwhile, changing nothing");
    return GPCONF_ECLIENT;
}

static int unfinished(const struct carry *c, int status)
{
    diagnostics_add(c->diagnostics, SEVERITY_ERROR, "change-unfinished",
                    origin_file(STATE_DIR),
                    "the change could neither be finished nor taken back; "
                    "\"gpconf recover\", or the next start, goes on with it");
    return status;
}

/* 9: what was swapped lies in the folders that their paths lead to. */
static int check_folders(const struct carry *c)
{
    for (size_t i = 0; i < c->txn->n_dirs; i++) {
        const struct txn_dir *dir = &c->txn->dirs[i];
        struct stat st;
        int fd = place_open(c->lock->root, dir->path, c->diagnostics);
        bool same = fd >= 0 && fstat(fd, &st) == 0 && st.st_dev == dir->device &&
                    st.st_ino == dir->inode;
        place_close(fd);
        if (same || (dir->fd < 0 && fd == GPCONF_ENOTFOUND))
            continue;
        diagnostics_add(c->diagnostics, SEVERITY_ERROR, "change-folder-moved",
                        origin_file(dir->path),
                        "the folder was replaced meanwhile, changing nothing");
        return GPCONF_ECLIENT;
    }
    return 0;
}

static bool same_value(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Bring a setting from one value to the other, and read it back. */
static int call(const struct carry *c, const struct txn_op *op, const char *from,
                const char *to)
{
    const struct change_table *table = c->table;
    const char *now = NULL;
    if (!table->current || !table->call) {
        diagnostics_add(
            c->diagnostics, SEVERITY_ERROR, "change-needs-owner", origin_file(op->name),
            "only %s can change this setting; run it to finish the change", op->owner);
        return GPCONF_ECLIENT;
    }
    int status = table->current(table->context, op->owner, op->name, c->arena, &now);
    if (status || same_value(now, to))
        return status;
    if (!same_value(now, from)) {
        diagnostics_add(c->diagnostics, SEVERITY_ERROR, "change-target-moved",
                        origin_file(op->name),
                        "was set by somebody else meanwhile, leaving it");
        return GPCONF_ECLIENT;
    }
    status =
        table->call(table->context, op->owner, op->name, to, c->arena, c->diagnostics);
    if (!status)
        status = table->current(table->context, op->owner, op->name, c->arena, &now);
    if (!status && !same_value(now, to)) {
        diagnostics_add(c->diagnostics, SEVERITY_ERROR, "change-call-without-effect",
                        origin_file(op->name), "the new value did not stay");
        status = GPCONF_ECLIENT;
    }
    return status;
}

static int activate(const struct carry *c)
{
    int status = 0;
    for (size_t i = 0; c->table->activate && i < c->txn->n_owners; i++) {
        int failed = c->table->activate(c->table->context, c->txn->owners[i], c->change,
                                        c->arena, c->diagnostics);
        if (!status)
            status = failed;
    }
    return status;
}

/* 10: the steps that are no files, the clients, and a last look at the files. */
static int take_effect(const struct carry *c)
{
    int status = 0;
    for (size_t i = 0; !status && i < c->txn->n_ops; i++)
        if (c->txn->ops[i].kind == TXN_CALL)
            status = call(c, &c->txn->ops[i], c->txn->ops[i].old_value,
                          c->txn->ops[i].new_value);
    if (!status)
        status = activate(c);
    if (!status && c->table->observe)
        status =
            c->table->observe(c->table->context, c->change, c->arena, c->diagnostics);
    for (size_t i = 0; !status && i < c->txn->n_ops; i++) {
        enum swap how = swap_check(c->txn, &c->txn->ops[i]);
        if (how != SWAP_DONE)
            status = stopped(c, &c->txn->ops[i], how, errno);
    }
    return status;
}

/* 8 and 9. Nothing is allocated before the folders are on the disk. */
static int swap_all(const struct carry *c, bool again)
{
    struct txn *txn = c->txn;
    for (size_t i = 0; i < txn->n_ops; i++) {
        enum swap how =
            again ? swap_again(txn, &txn->ops[i]) : swap_forward(txn, &txn->ops[i]);
        if (how != SWAP_DONE)
            return stopped(c, &txn->ops[i], how, errno);
    }
    if (txn_sync(txn) != 0)
        return place_fail(c->diagnostics, STATE_DIR, "writing the folders out", errno);
    return check_folders(c);
}

/* 7 to 9 with signals blocked: a signal must not end us between two files. */
static int swap_blocked(const struct carry *c, enum journal_state from,
                        bool *ret_committed)
{
    sigset_t all, before;
    int status = 0;
    bool committed = true;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    if (from == JOURNAL_STAGE &&
        journal_advance(c->lock, JOURNAL_STAGE, JOURNAL_APPLY, &committed) < 0)
        status = place_fail(c->diagnostics, STATE_DIR, "advancing the journal", errno);
    if (!status)
        status = swap_all(c, from == JOURNAL_APPLY);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *ret_committed = committed;
    return status;
}

int carry_out(struct carry *c, enum journal_state from)
{
    bool committed, moved;
    int status = swap_blocked(c, from, &committed);
    if (!committed) {
        carry_unstage(c);
        return status;
    }
    if (!status)
        status = take_effect(c);
    /* What is not cleaned up now is cleaned up by whoever comes next; the change is
     * done all the same. */
    if (!status) {
        if (journal_advance(c->lock, JOURNAL_APPLY, JOURNAL_CLEAN, &moved) == 0 ||
            moved) {
            if (carry_clean(c, JOURNAL_CLEAN) != 0)
                diagnostics_add(c->diagnostics, SEVERITY_WARNING, "change-not-cleaned",
                                origin_file(STATE_DIR),
                                "the change is done; what is left beside the files "
                                "is removed later");
            return 0;
        }
        status = place_fail(c->diagnostics, STATE_DIR, "advancing the journal", errno);
    }
    if (journal_advance(c->lock, JOURNAL_APPLY, JOURNAL_ABORT, &moved) < 0 && !moved)
        return unfinished(c, status);
    carry_back(c);
    return status;
}

int carry_unstage(struct carry *c)
{
    int status = stage_clear(c->txn, c->diagnostics);
    if (!status)
        status = object_sweep(c->lock, c->arena, c->diagnostics);
    if (status)
        return status;
    if (journal_remove(c->lock, JOURNAL_STAGE) < 0)
        return place_fail(c->diagnostics, STATE_DIR, "removing the journal", errno);
    return 0;
}

int carry_back(struct carry *c)
{
    struct txn *txn = c->txn;
    int status = 0;
    for (size_t i = txn->n_ops; i-- > 0;) {
        const struct txn_op *op = &txn->ops[i];
        if (op->kind == TXN_CALL) {
            int failed = call(c, op, op->new_value, op->old_value);
            if (failed && (!c->table->current || !c->table->call))
                status = failed;
            continue;
        }
        char aside[OBJECT_ASIDE];
        enum swap how = swap_back(c->lock, txn, op, aside);
        if (how == SWAP_FAILED)
            status =
                place_fail(c->diagnostics, path_of(c, op), "putting it back", errno);
        if (how == SWAP_SURPRISE)
            diagnostics_add(
                c->diagnostics, SEVERITY_WARNING, "change-drifted",
                origin_file(path_of(c, op)),
                "was written by somebody else, leaving it%s%s",
                *aside ? "; what it replaced is kept as /" STATE_DIR "/aside/" : "",
                aside);
    }
    if (!status && txn_sync(txn) != 0)
        status =
            place_fail(c->diagnostics, STATE_DIR, "writing the folders out", errno);
    if (status)
        return unfinished(c, status);
    if (activate(c) != 0)
        diagnostics_add(c->diagnostics, SEVERITY_WARNING, "change-not-activated",
                        origin_file(NULL),
                        "the files are as they were, but a client did not take "
                        "notice of it, going on");
    return carry_clean(c, JOURNAL_ABORT);
}

int carry_clean(struct carry *c, enum journal_state from)
{
    bool moved = from == JOURNAL_CLEAN;
    if (!moved && journal_advance(c->lock, from, JOURNAL_CLEAN, &moved) < 0 && !moved)
        return place_fail(c->diagnostics, STATE_DIR, "advancing the journal", errno);
    /* From here on nothing can change what the change did; what cannot be removed now
     * is removed by whoever comes next. */
    int status = stage_clear(c->txn, c->diagnostics);
    if (!status)
        status = object_sweep(c->lock, c->arena, c->diagnostics);
    if (status)
        return status;
    if (journal_remove(c->lock, JOURNAL_CLEAN) < 0)
        return place_fail(c->diagnostics, STATE_DIR, "removing the journal", errno);
    return 0;
}

const struct change *carry_change(const struct txn *txn, struct arena *arena)
{
    static const enum step_action actions[] = { [TXN_CREATE] = STEP_CREATE,
                                                [TXN_REPLACE] = STEP_REPLACE,
                                                [TXN_REMOVE] = STEP_REMOVE };
    struct change *change = arena_new(arena, struct change);
    for (size_t i = 0; change && i < txn->n_ops; i++) {
        const struct txn_op *op = &txn->ops[i];
        if (op->kind == TXN_MKDIR || op->kind == TXN_RMDIR)
            continue;
        struct step *step = change_add(change, arena, STEP_FILE);
        if (!step)
            return NULL;
        step->owner = op->owner;
        if (op->kind == TXN_CALL) {
            step->kind = STEP_CALL;
            step->target = op->name;
            step->before = op->old_value;
            step->after = op->new_value;
            continue;
        }
        step->target = file_join(arena, txn->dirs[op->dir].path, op->name);
        step->action = actions[op->kind];
        memcpy(step->before_hash, op->old.hash, sizeof step->before_hash);
        memcpy(step->after_hash, op->new.hash, sizeof step->after_hash);
        step->mode = op->new.mode;
        step->uid = op->new.uid;
        step->gid = op->new.gid;
    }
    if (!change || arena_failed(arena))
        return NULL;
    change->number = txn->number;
    change->at = txn->at;
    change->verb = txn->verb;
    change->author = txn->author;
    change->undoes = txn->undoes;
    change->state = CHANGE_COMMITTED;
    return change;
}
