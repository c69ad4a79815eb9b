#include "engine/change/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"
#include "base/status.h"
#include "engine/change/history.h"
#include "engine/change/object.h"

void stage_old_name(const struct txn_op *op, char ret[STAGE_NAME])
{
    snprintf(ret, STAGE_NAME, "%s~", op->stage);
}

/* The name is cut when it is long: a file name has 255 bytes at most. */
static const char *stage_name(const char *name, struct arena *arena)
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return NULL;
    return arena_format(arena, ".%.200s.gpconf-%016llx", name,
                        (unsigned long long)random);
}

static int add_folder(struct txn *txn, enum txn_kind kind,
                      const struct change_folder *folder, struct arena *arena)
{
    const char *dir, *name;
    int status = place_split(folder->path, arena, &dir, &name);
    if (status)
        return status;
    struct txn_op *op = txn_add(txn, arena);
    if (!op)
        return GPCONF_ENOMEM;
    op->kind = kind;
    op->dir = txn_dir(txn, dir, arena);
    op->name = name;
    op->folder = folder;
    return 0;
}

static int add_file(struct txn *txn, const struct step *step, struct arena *arena)
{
    static const enum txn_kind kinds[] = { TXN_CREATE, TXN_CREATE, TXN_REPLACE,
                                           TXN_REMOVE };
    const char *dir, *name;
    int status = place_split(step->target, arena, &dir, &name);
    struct txn_op *op = status ? NULL : txn_add(txn, arena);
    if (!op)
        return status ? status : GPCONF_ENOMEM;
    op->kind = kinds[step->action];
    op->dir = txn_dir(txn, dir, arena);
    op->name = name;
    op->owner = step->owner;
    op->step = step;
    op->stage = stage_name(name, arena);
    if (*step->before_hash)
        op->old = identity_file(step->before_hash, step->before_mode, step->before_uid,
                                step->before_gid);
    if (*step->after_hash)
        op->new = identity_file(step->after_hash, step->mode, step->uid, step->gid);
    if (!op->stage)
        return arena_failed(arena) ? GPCONF_ENOMEM : GPCONF_EINTERNAL;
    return 0;
}

static int add_call(struct txn *txn, const struct step *step, struct arena *arena)
{
    struct txn_op *op = txn_add(txn, arena);
    if (!op)
        return GPCONF_ENOMEM;
    op->kind = TXN_CALL;
    op->owner = step->owner;
    op->name = step->target;
    op->step = step;
    op->old_value = arena_string_n(arena, step->before, step->before_size);
    op->new_value = arena_string_n(arena, step->after, step->after_size);
    return 0;
}

int stage_prepare(const struct change *change, struct arena *arena, struct txn *ret)
{
    struct txn txn = { .number = change->number,
                       .undoes = change->undoes,
                       .at = change->at,
                       .verb = change->verb,
                       .author = change->author };
    int status = 0;
    for (size_t i = 0; !status && i < change->n_made; i++)
        status = add_folder(&txn, TXN_MKDIR, &change->made[i], arena);
    for (size_t i = 0; !status && i < change->n_steps; i++) {
        const struct step *step = &change->steps[i];
        if (step->kind != STEP_FILE)
            status = add_call(&txn, step, arena);
        else if (step->action != STEP_KEEP)
            status = add_file(&txn, step, arena);
        else
            continue;
        if (!status && step->owner && !history_is_state(step->target))
            txn_owner(&txn, step->owner, arena);
    }
    for (size_t i = 0; !status && i < change->n_unmade; i++)
        status = add_folder(&txn, TXN_RMDIR, &change->unmade[i], arena);
    if (!status && arena_failed(arena))
        status = GPCONF_ENOMEM;
    if (!status)
        *ret = txn;
    return status;
}

/* The security label and the access list of the old file. File systems without them,
 * and files that have none, are fine. */
static int copy_attributes(int dir, const char *name, int to)
{
    static const char *const attributes[] = { "security.selinux",
                                              "system.posix_acl_access" };
    char value[65536];
    int from = place_file(dir, name, O_RDONLY, 0), failed = from < 0;
    for (size_t i = 0; !failed && i < 2; i++) {
        ssize_t size = fgetxattr(from, attributes[i], value, sizeof value);
        if (size < 0)
            failed = errno != ENODATA && errno != ENOTSUP;
        else
            failed = fsetxattr(to, attributes[i], value, (size_t)size, 0) < 0;
    }
    place_close(from);
    return failed ? -1 : 0;
}

/* Owner before mode: changing the owner clears the set-id bits. The access list
 * before mode too: setting it changes the mode's group bits. */
static int write_staged(const struct txn_op *op, int dir)
{
    const struct step *step = op->step;
    int fd = place_file(dir, op->stage, O_WRONLY | O_CREAT | O_EXCL, 0600);
    int failed = fd < 0 || fchown(fd, op->new.uid, op->new.gid) < 0 ||
                 (op->kind == TXN_REPLACE && copy_attributes(dir, op->name, fd) < 0) ||
                 fchmod(fd, op->new.mode) < 0 ||
                 place_write(fd, step->after, step->after_size) < 0 || fsync(fd) < 0;
    place_close(fd);
    return failed ? -1 : 0;
}

/* As it was, if it was there before; whatever the umask is. */
static int make_folder(const struct txn_op *op, int dir)
{
    const struct change_folder *folder = op->folder;
    if (mkdirat(dir, op->name, 0700) < 0)
        return errno == EEXIST ? 0 : -1;
    if (folder->mode && geteuid() == 0 &&
        fchownat(dir, op->name, folder->uid, folder->gid, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    return fchmodat(dir, op->name, folder->mode ? folder->mode : 0755, 0);
}

static int make_one(const struct lock *lock, struct txn *txn, const struct txn_op *op,
                    struct diagnostics *diagnostics)
{
    const struct txn_dir *dir = &txn->dirs[op->dir];
    int failed = 0;
    if (op->kind == TXN_RMDIR || op->kind == TXN_CALL)
        return 0;
    if (dir->fd < 0)
        return place_fail(diagnostics, dir->path, "opening the folder", ENOENT);
    if (op->kind == TXN_MKDIR) {
        failed = make_folder(op, dir->fd);
        if (!failed)
            return txn_open(txn, lock->root, diagnostics);
    }
    if (!failed && op->step && op->step->before)
        failed =
            object_keep(lock, op->old.hash, op->step->before, op->step->before_size);
    if (!failed && op->new.kind == PLACE_FILE)
        failed = write_staged(op, dir->fd);
    return failed ? place_fail(diagnostics, op->step ? op->step->target : dir->path,
                               "staging", errno)
                  : 0;
}

int stage_make(const struct lock *lock, struct txn *txn, struct change *change,
               struct arena *arena, struct diagnostics *diagnostics)
{
    /* 4 */
    int status = txn_open(txn, lock->root, diagnostics);
    for (size_t i = 0; !status && i < txn->n_ops; i++) {
        const struct txn_op *op = &txn->ops[i];
        status = make_one(lock, txn, op, diagnostics);
        if (status || !op->step || op->new.kind != PLACE_FILE)
            continue;
        struct step *step = change_find(change, op->step->target);
        if (step)
            step->staged = file_join(arena, txn->dirs[op->dir].path, op->stage);
    }
    if (status)
        return status;
    /* 5 */
    if (txn_sync(txn) != 0 || object_sync(lock) != 0)
        return place_fail(diagnostics, STATE_DIR, "writing the staged files out",
                          errno);
    return arena_failed(arena) ? GPCONF_ENOMEM : 0;
}

static int clear_one(const struct txn *txn, const struct txn_op *op)
{
    char old[STAGE_NAME];
    int dir = txn->dirs[op->dir].fd;
    if (dir < 0 || !op->stage)
        return 0;
    stage_old_name(op, old);
    if (unlinkat(dir, op->stage, 0) < 0 && errno != ENOENT)
        return -1;
    return unlinkat(dir, old, 0) < 0 && errno != ENOENT ? -1 : 0;
}

/* A folder that holds something stays, whoever put it there. */
static int clear_folder(const struct txn *txn, const struct txn_op *op)
{
    int dir = txn->dirs[op->dir].fd;
    if (dir < 0 || unlinkat(dir, op->name, AT_REMOVEDIR) == 0)
        return 0;
    return errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST || errno == EBUSY ||
                   errno == ENOTDIR
               ? 0
               : -1;
}

int stage_clear(struct txn *txn, struct diagnostics *diagnostics)
{
    int failed = 0, error = 0;
    for (size_t i = 0; i < txn->n_ops; i++)
        if (txn->ops[i].kind != TXN_CALL && clear_one(txn, &txn->ops[i]) < 0) {
            error = errno;
            failed = 1;
        }
    for (size_t i = txn->n_ops; !failed && i-- > 0;)
        if ((txn->ops[i].kind == TXN_MKDIR || txn->ops[i].kind == TXN_RMDIR) &&
            clear_folder(txn, &txn->ops[i]) < 0) {
            error = errno;
            failed = 1;
        }
    if (!failed && txn_sync(txn) != 0) {
        error = errno;
        failed = 1;
    }
    return failed ? place_fail(diagnostics, STATE_DIR, "removing staged files", error)
                  : 0;
}
