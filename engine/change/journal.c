#include "engine/change/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/change/record.h"

#define TITLE "gpconf-txn 1"

static const char *const names[] = { "",          "txn.new",   "txn.stage",
                                     "txn.apply", "txn.abort", "txn.clean" };
static const char *const kinds[] = { "mkdir",  "create", "replace",
                                     "remove", "rmdir",  "call" };

const char *journal_name(enum journal_state state)
{
    return names[state];
}

size_t txn_dir(struct txn *txn, const char *path, struct arena *arena)
{
    for (size_t i = 0; i < txn->n_dirs; i++)
        if (strcmp(txn->dirs[i].path, path) == 0)
            return i;
    struct txn_dir *dirs =
        arena_grow(arena, txn->dirs, txn->n_dirs, sizeof *dirs, &txn->dirs_capacity);
    if (!dirs)
        return SIZE_MAX;
    txn->dirs = dirs;
    dirs[txn->n_dirs] = (struct txn_dir){ .path = path, .fd = -1 };
    return txn->n_dirs++;
}

struct txn_op *txn_add(struct txn *txn, struct arena *arena)
{
    struct txn_op *ops =
        arena_grow(arena, txn->ops, txn->n_ops, sizeof *ops, &txn->ops_capacity);
    if (!ops)
        return NULL;
    txn->ops = ops;
    ops[txn->n_ops] = (struct txn_op){ 0 };
    return &ops[txn->n_ops++];
}

void txn_owner(struct txn *txn, const char *owner, struct arena *arena)
{
    for (size_t i = 0; i < txn->n_owners; i++)
        if (strcmp(txn->owners[i], owner) == 0)
            return;
    const char **owners = arena_grow(arena, txn->owners, txn->n_owners, sizeof *owners,
                                     &txn->owners_capacity);
    if (!owners)
        return;
    txn->owners = owners;
    owners[txn->n_owners++] = owner;
}

int txn_open(struct txn *txn, int root, struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < txn->n_dirs; i++) {
        struct txn_dir *dir = &txn->dirs[i];
        struct stat st;
        if (dir->fd >= 0)
            continue;
        int fd = place_open(root, dir->path, diagnostics);
        if (fd == GPCONF_ENOTFOUND)
            continue;
        if (fd < 0)
            return fd;
        if (fstat(fd, &st) < 0) {
            int error = errno;
            place_close(fd);
            return place_fail_reading(diagnostics, dir->path, "examining the folder",
                                      error);
        }
        dir->fd = fd;
        dir->device = st.st_dev;
        dir->inode = st.st_ino;
    }
    return 0;
}

void txn_close(struct txn *txn)
{
    for (size_t i = 0; i < txn->n_dirs; i++) {
        place_close(txn->dirs[i].fd);
        txn->dirs[i].fd = -1;
    }
}

int txn_sync(const struct txn *txn)
{
    for (size_t i = 0; i < txn->n_dirs; i++)
        if (txn->dirs[i].fd >= 0 && fsync(txn->dirs[i].fd) < 0)
            return GPCONF_EIO;
    return 0;
}

void journal_print(const struct txn *txn, struct arena *arena, struct buffer *ret)
{
    record_begin(ret, TITLE);
    record_start(ret, "change");
    record_number(ret, txn->number);
    record_number(ret, (uint64_t)txn->at);
    record_word(ret, txn->verb);
    record_word(ret, txn->author);
    record_number(ret, txn->undoes);
    record_line(ret);
    for (size_t i = 0; i < txn->n_ops; i++) {
        const struct txn_op *op = &txn->ops[i];
        if (op->kind == TXN_CALL) {
            record_start(ret, "call");
            record_word(ret, op->owner);
            record_word(ret, op->name);
            record_word(ret, op->old_value);
            record_word(ret, op->new_value);
        } else {
            record_start(ret, "op");
            record_word(ret, kinds[op->kind]);
            record_word(ret, identity_text(&op->old, arena));
            record_word(ret, identity_text(&op->new, arena));
            record_word(ret, op->stage);
            record_word(ret, txn->dirs[op->dir].path);
            record_word(ret, op->name);
            record_word(ret, op->owner);
        }
        record_line(ret);
    }
    for (size_t i = 0; i < txn->n_owners; i++) {
        record_start(ret, "activate");
        record_word(ret, txn->owners[i]);
        record_line(ret);
    }
    record_seal(ret);
}

/* A name in a folder: nothing that could lead elsewhere. */
static bool is_name(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

static void parse_op(struct record *record, struct arena *arena, struct txn *txn)
{
    struct txn_op *op = txn_add(txn, arena);
    const char *kind = record_take_text(record);
    if (!op)
        return;
    while (op->kind < TXN_CALL && strcmp(kinds[op->kind], kind) != 0)
        op->kind++;
    bool good = op->kind < TXN_CALL;
    good &= identity_parse(record_take(record), &op->old);
    good &= identity_parse(record_take(record), &op->new);
    op->stage = record_take(record);
    op->dir = txn_dir(txn, record_take_text(record), arena);
    op->name = record_take_text(record);
    op->owner = record_take(record);
    bool is_folder = op->kind == TXN_MKDIR || op->kind == TXN_RMDIR;
    good &= is_name(op->name) && (is_folder ? !op->stage : !!op->stage) &&
            (!op->stage || is_name(op->stage));
    if (!good)
        record->bad = true;
}

static void parse_call(struct record *record, struct arena *arena, struct txn *txn)
{
    struct txn_op *op = txn_add(txn, arena);
    if (!op)
        return;
    op->kind = TXN_CALL;
    op->owner = record_take_text(record);
    op->name = record_take_text(record);
    op->old_value = record_take(record);
    op->new_value = record_take(record);
}

int journal_parse(const void *text, size_t size, struct arena *arena, struct txn *ret)
{
    struct record record;
    struct txn txn = { 0 };
    int status = record_open(text, size, TITLE, arena, &record);
    if (status)
        return status;
    for (const char *keyword; (keyword = record_next(&record));) {
        if (strcmp(keyword, "change") == 0) {
            txn.number = record_take_number(&record);
            txn.at = (int64_t)record_take_number(&record);
            txn.verb = record_take_text(&record);
            txn.author = record_take(&record);
            txn.undoes = record_take_number(&record);
        } else if (strcmp(keyword, "op") == 0) {
            parse_op(&record, arena, &txn);
        } else if (strcmp(keyword, "call") == 0) {
            parse_call(&record, arena, &txn);
        } else if (strcmp(keyword, "activate") == 0) {
            txn_owner(&txn, record_take_text(&record), arena);
        } else {
            record.bad = true;
        }
    }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    if (record_bad(&record) || !txn.verb)
        return GPCONF_EDAMAGED;
    *ret = txn;
    return 0;
}

static int move(const struct lock *lock, enum journal_state from, enum journal_state to)
{
    if (renameat2(lock->state, names[from], lock->state, names[to], RENAME_NOREPLACE) ==
        0)
        return 0;
    /* We hold the lock and there is no other journal; not every file system knows
     * NOREPLACE. */
    if (errno == EINVAL || errno == ENOSYS)
        return renameat(lock->state, names[from], lock->state, names[to]);
    return -1;
}

int journal_advance(const struct lock *lock, enum journal_state from,
                    enum journal_state to, bool *ret_moved)
{
    *ret_moved = move(lock, from, to) == 0;
    return *ret_moved ? fsync(lock->state) : -1;
}

int journal_remove(const struct lock *lock, enum journal_state state)
{
    if (unlinkat(lock->state, names[state], 0) < 0 && errno != ENOENT)
        return -1;
    return fsync(lock->state);
}

int journal_write(const struct lock *lock, const struct txn *txn, struct arena *arena,
                  struct diagnostics *diagnostics)
{
    struct buffer text;
    bool moved = false;
    buffer_init(&text, LIMIT_JOURNAL);
    journal_print(txn, arena, &text);
    if (buffer_failed(&text) || arena_failed(arena)) {
        buffer_done(&text);
        return GPCONF_ENOMEM;
    }
    int fd =
        place_file(lock->state, names[JOURNAL_NEW], O_WRONLY | O_CREAT | O_EXCL, 0600);
    bool good = fd >= 0 && place_write(fd, text.data, text.size) == 0 &&
                fsync(fd) == 0 &&
                journal_advance(lock, JOURNAL_NEW, JOURNAL_STAGE, &moved) == 0;
    int error = errno;
    place_close(fd);
    buffer_done(&text);
    if (good)
        return 0;
    if (fd >= 0)
        journal_remove(lock, moved ? JOURNAL_STAGE : JOURNAL_NEW);
    return place_fail(diagnostics, STATE_DIR "/txn.new", "writing the journal", error);
}

static int damaged(struct diagnostics *diagnostics, const char *name, const char *why)
{
    diagnostics_add(diagnostics, SEVERITY_ERROR, "change-journal-damaged",
                    origin_file(STATE_DIR),
                    "the journal %s %s; nothing is changed until it has been "
                    "repaired or moved away by hand",
                    name, why);
    return GPCONF_EDAMAGED;
}

bool journal_waits(int root)
{
    for (enum journal_state s = JOURNAL_STAGE; s <= JOURNAL_CLEAN; s++) {
        char path[64];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", STATE_DIR, names[s]);
        if (fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
            return true;
    }
    return false;
}

int journal_read(const struct lock *lock, struct arena *arena,
                 struct diagnostics *diagnostics, enum journal_state *ret_state,
                 struct txn *ret)
{
    enum journal_state state = JOURNAL_NONE;
    for (enum journal_state s = JOURNAL_NEW; s <= JOURNAL_CLEAN; s++) {
        struct stat st;
        if (fstatat(lock->state, names[s], &st, AT_SYMLINK_NOFOLLOW) < 0) {
            if (errno != ENOENT)
                return damaged(diagnostics, names[s], strerror(errno));
            continue;
        }
        if (!S_ISREG(st.st_mode))
            return damaged(diagnostics, names[s], "is no regular file");
        if (state)
            return damaged(diagnostics, names[s], "is not the only one");
        state = s;
    }
    if (state <= JOURNAL_NEW) {
        *ret_state = state;
        return 0;
    }
    struct file file;
    const char *why = "";
    int status = file_read(lock->state, names[state], FILE_TRUSTED, LIMIT_JOURNAL,
                           arena, &file, &why);
    if (status == GPCONF_ENOMEM)
        return status;
    if (status)
        return damaged(diagnostics, names[state], why);
    status = journal_parse(file.bytes, file.size, arena, ret);
    if (status == GPCONF_EDAMAGED)
        return damaged(diagnostics, names[state], "is not what we wrote");
    if (!status)
        *ret_state = state;
    return status;
}
