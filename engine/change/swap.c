#include "engine/change/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/change/stage.h"

static bool not_supported(int error)
{
    return error == EINVAL || error == ENOSYS || error == ENOTSUP;
}

static bool is(int dir, const char *name, const struct identity *wanted,
               bool *reterr_failed)
{
    struct identity found;
    if (place_identity(dir, name, &found) == 0)
        return identity_same(&found, wanted);
    *reterr_failed = true;
    return false;
}

/* Rename without overwriting. A file system that cannot promise that gets a second
 * name first; the first is removed then. */
static int move(int dir, const char *from, const char *to)
{
    if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (!not_supported(errno))
        return -1;
    if (linkat(dir, from, dir, to, 0) < 0)
        return -1;
    return unlinkat(dir, from, 0);
}

static enum swap create(const struct txn_op *op, int dir)
{
    if (move(dir, op->stage, op->name) == 0)
        return SWAP_DONE;
    return errno == EEXIST ? SWAP_SURPRISE : SWAP_FAILED;
}

/* Without EXCHANGE: the old file gets a second name, then it is replaced. */
static enum swap replace_by_link(const struct txn_op *op, int dir)
{
    char old[STAGE_NAME];
    bool failed = false;
    stage_old_name(op, old);
    if (unlinkat(dir, old, 0) < 0 && errno != ENOENT)
        return SWAP_FAILED;
    if (linkat(dir, op->name, dir, old, 0) < 0)
        return errno == ENOENT ? SWAP_SURPRISE : SWAP_FAILED;
    if (!is(dir, old, &op->old, &failed))
        return failed ? SWAP_FAILED : SWAP_SURPRISE;
    return renameat(dir, op->stage, dir, op->name) < 0 ? SWAP_FAILED : SWAP_DONE;
}

static enum swap replace(const struct txn_op *op, int dir)
{
    bool failed = false;
    if (renameat2(dir, op->stage, dir, op->name, RENAME_EXCHANGE) < 0) {
        if (not_supported(errno))
            return replace_by_link(op, dir);
        return errno == ENOENT ? SWAP_SURPRISE : SWAP_FAILED;
    }
    if (is(dir, op->stage, &op->old, &failed))
        return SWAP_DONE;
    if (failed)
        return SWAP_FAILED;
    if (renameat2(dir, op->stage, dir, op->name, RENAME_EXCHANGE) < 0)
        return SWAP_FAILED;
    return SWAP_SURPRISE;
}

static enum swap take_away(const struct txn_op *op, int dir)
{
    bool failed = false;
    if (move(dir, op->name, op->stage) < 0)
        return errno == ENOENT ? SWAP_SURPRISE : SWAP_FAILED;
    if (is(dir, op->stage, &op->old, &failed))
        return SWAP_DONE;
    if (failed || move(dir, op->stage, op->name) < 0)
        return SWAP_FAILED;
    return SWAP_SURPRISE;
}

enum swap swap_forward(const struct txn *txn, const struct txn_op *op)
{
    int dir = txn->dirs[op->dir].fd;
    switch (op->kind) {
    case TXN_CREATE:
        return create(op, dir);
    case TXN_REPLACE:
        return replace(op, dir);
    case TXN_REMOVE:
        return take_away(op, dir);
    case TXN_MKDIR:
    case TXN_RMDIR:
    case TXN_CALL:
        break;
    }
    return SWAP_DONE;
}

/* What lies at the target, beside it, and at the old file's second name. */
struct scene {
    int dir;
    struct identity target, stage, old;
    char old_name[STAGE_NAME];
};

static bool is_file_op(const struct txn_op *op)
{
    return op->kind == TXN_CREATE || op->kind == TXN_REPLACE || op->kind == TXN_REMOVE;
}

static bool look(const struct txn *txn, const struct txn_op *op, struct scene *ret)
{
    struct scene scene = { .dir = txn->dirs[op->dir].fd };
    stage_old_name(op, scene.old_name);
    /* A folder that is gone holds nothing. */
    bool good =
        scene.dir < 0 || (place_identity(scene.dir, op->name, &scene.target) == 0 &&
                          place_identity(scene.dir, op->stage, &scene.stage) == 0 &&
                          place_identity(scene.dir, scene.old_name, &scene.old) == 0);
    *ret = scene;
    return good;
}

enum swap swap_again(const struct txn *txn, const struct txn_op *op)
{
    struct scene scene;
    if (!is_file_op(op))
        return SWAP_DONE;
    if (!look(txn, op, &scene))
        return SWAP_FAILED;
    bool is_new = identity_same(&scene.target, &op->new);
    bool is_old = identity_same(&scene.target, &op->old);
    /* Done; but if what came out is not what we expected, somebody wrote it just
     * before, and the crash came before we looked. */
    if (is_new)
        return op->kind == TXN_CREATE || scene.stage.kind == PLACE_ABSENT ||
                       identity_same(&scene.stage, &op->old)
                   ? SWAP_DONE
                   : SWAP_SURPRISE;
    bool is_ready = op->kind == TXN_REMOVE ? scene.stage.kind == PLACE_ABSENT
                                           : identity_same(&scene.stage, &op->new);
    return is_old && is_ready ? swap_forward(txn, op) : SWAP_SURPRISE;
}

enum swap swap_check(const struct txn *txn, const struct txn_op *op)
{
    struct scene scene;
    if (!is_file_op(op))
        return SWAP_DONE;
    if (!look(txn, op, &scene))
        return SWAP_FAILED;
    return identity_same(&scene.target, &op->new) ? SWAP_DONE : SWAP_SURPRISE;
}

/* Somebody else's file lies there: it stays. What we had found before goes where a
 * person can find it. */
static enum swap leave(const struct lock *lock, const struct txn *txn,
                       const struct txn_op *op, char ret_aside[OBJECT_ASIDE])
{
    char target[PATH_MAX];
    const char *dir = txn->dirs[op->dir].path;
    snprintf(target, sizeof target, "%s%s%s", dir, *dir ? "/" : "", op->name);
    if (op->old.kind == PLACE_FILE &&
        object_aside(lock, op->old.hash, (unsigned long long)txn->number, target,
                     ret_aside) < 0)
        return SWAP_FAILED;
    return SWAP_SURPRISE;
}

/* Put beside the target what we made; a second name of it may be there already. */
static enum swap uncreate(const struct txn_op *op, const struct scene *scene)
{
    bool failed = false;
    if (scene->stage.kind != PLACE_ABSENT && unlinkat(scene->dir, op->stage, 0) < 0)
        return SWAP_FAILED;
    if (move(scene->dir, op->name, op->stage) < 0)
        return SWAP_FAILED;
    if (is(scene->dir, op->stage, &op->new, &failed))
        return SWAP_DONE;
    if (failed || move(scene->dir, op->stage, op->name) < 0)
        return SWAP_FAILED;
    return SWAP_SURPRISE;
}

static enum swap unreplace(const struct lock *lock, const struct txn *txn,
                           const struct txn_op *op, const struct scene *scene,
                           char ret_aside[OBJECT_ASIDE])
{
    if (scene->stage.kind != PLACE_ABSENT) {
        if (renameat2(scene->dir, op->stage, scene->dir, op->name, RENAME_EXCHANGE) ==
            0)
            return SWAP_DONE;
        return not_supported(errno) &&
                       renameat(scene->dir, op->stage, scene->dir, op->name) == 0
                   ? SWAP_DONE
                   : SWAP_FAILED;
    }
    if (scene->old.kind != PLACE_ABSENT)
        return renameat(scene->dir, scene->old_name, scene->dir, op->name) < 0
                   ? SWAP_FAILED
                   : SWAP_DONE;
    return leave(lock, txn, op, ret_aside);
}

enum swap swap_back(const struct lock *lock, const struct txn *txn,
                    const struct txn_op *op, char ret_aside[OBJECT_ASIDE])
{
    struct scene scene;
    *ret_aside = '\0';
    if (!is_file_op(op))
        return SWAP_DONE;
    if (!look(txn, op, &scene))
        return SWAP_FAILED;
    bool is_new = identity_same(&scene.target, &op->new);
    if (identity_same(&scene.target, &op->old))
        return SWAP_DONE;
    if (op->kind == TXN_CREATE && is_new)
        return uncreate(op, &scene);
    if (op->kind == TXN_REPLACE && is_new)
        return unreplace(lock, txn, op, &scene, ret_aside);
    if (op->kind == TXN_REMOVE && is_new && scene.stage.kind != PLACE_ABSENT)
        return move(scene.dir, op->stage, op->name) < 0 ? SWAP_FAILED : SWAP_DONE;
    return leave(lock, txn, op, ret_aside);
}
