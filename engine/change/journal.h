#ifndef GPCONF_ENGINE_CHANGE_JOURNAL_H
#define GPCONF_ENGINE_CHANGE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/diagnostic.h"
#include "engine/change/change.h"
#include "engine/change/lock.h"
#include "engine/change/place.h"

/*
 * The journal: what is about to be done, written once, before it is done. How far it
 * has come is the NAME of the file, so that going on needs no space on the disk:
 *
 *    NAME        WHAT IS TRUE                                RECOVERY
 *    txn.new     it is being written                         unlink it
 *    txn.stage   new files may lie beside their targets      unlink them
 *    txn.apply   targets are being swapped                   finish, or abort
 *    txn.abort   targets are being swapped back              swap back
 *    txn.clean   the targets are right                       unlink what is left beside
 * them
 *
 * Its text is a record (record.h) titled "gpconf-txn 1":
 *
 *    change NUMBER AT VERB AUTHOR UNDOES
 *    op KIND OLD NEW STAGE DIR NAME OWNER      one file; OLD and NEW are identities
 *    call OWNER SETTING OLD NEW                one step that is no file
 *    activate OWNER
 *
 * STAGE is the name beside the target where the new file waits and the old one goes.
 */
enum journal_state {
    JOURNAL_NONE,
    JOURNAL_NEW,
    JOURNAL_STAGE,
    JOURNAL_APPLY,
    JOURNAL_ABORT,
    JOURNAL_CLEAN,
};

enum txn_kind { TXN_MKDIR, TXN_CREATE, TXN_REPLACE, TXN_REMOVE, TXN_RMDIR, TXN_CALL };

struct txn_op {
    enum txn_kind kind;
    struct identity old, new;
    const char *stage;     /* of CREATE, REPLACE and REMOVE */
    size_t dir;            /* index of its folder */
    const char *name;      /* in the folder; of a CALL the setting */
    const char *owner;     /* provider or program */
    const char *old_value; /* of a CALL; NULL: there was none */
    const char *new_value;
    const struct change_folder *folder; /* that it makes or removes; NULL in recovery */
    const struct step
        *step; /* what it carries out; NULL in recovery, and for folders */
};

/* A folder in which something changes. */
struct txn_dir {
    const char *path; /* below the root */
    int fd;           /* -1: not open, or gone */
    uint64_t device, inode;
};

struct txn {
    uint64_t number, undoes;
    int64_t at;
    const char *verb, *author;
    struct txn_op *ops; /* in the order in which they are carried out */
    size_t n_ops, ops_capacity;
    struct txn_dir *dirs;
    size_t n_dirs, dirs_capacity;
    const char **owners; /* to be activated */
    size_t n_owners, owners_capacity;
};

/* Building: the folder's index, SIZE_MAX after a failed allocation; an empty op. */
size_t txn_dir(struct txn *txn, const char *path, struct arena *arena);
struct txn_op *txn_add(struct txn *txn, struct arena *arena);
void txn_owner(struct txn *txn, const char *owner, struct arena *arena);

/* Open the folders that are not open yet. One that is missing stays at -1. */
int txn_open(struct txn *txn, int root, struct diagnostics *diagnostics);
void txn_close(struct txn *txn);
/* fsync every open folder. Returns 0 or GPCONF_EIO with errno set. */
int txn_sync(const struct txn *txn);

/* The file name of a state, static. */
const char *journal_name(enum journal_state state);

/* Protocol step 3: write the journal and bring it to txn.stage, durably. */
int journal_write(const struct lock *lock, const struct txn *txn, struct arena *arena,
                  struct diagnostics *diagnostics);

/* Bring it from one state to the next, durably; allocates nothing. Returns 0, or -1
 * and errno; *ret_moved says whether the name changed although it is not durable. */
int journal_advance(const struct lock *lock, enum journal_state from,
                    enum journal_state to, bool *ret_moved);

/* Unlink it, durably. Returns 0, or -1 and errno. */
int journal_remove(const struct lock *lock, enum journal_state state);

/* Which journal there is, and what it says (of a state from JOURNAL_STAGE on). Any
 * doubt is GPCONF_EDAMAGED: nothing may be touched then. */
int journal_read(const struct lock *lock, struct arena *arena,
                 struct diagnostics *diagnostics, enum journal_state *ret_state,
                 struct txn *ret);

/* For readers, who take no lock: is there a journal that somebody is at, or that waits
 * for recovery? root is that of the machine. */
bool journal_waits(int root);

/* The text alone, for tests and for other readers. */
void journal_print(const struct txn *txn, struct arena *arena, struct buffer *ret);
int journal_parse(const void *text, size_t size, struct arena *arena, struct txn *ret);

#endif
