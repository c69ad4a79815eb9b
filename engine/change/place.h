#ifndef GPCONF_ENGINE_CHANGE_PLACE_H
#define GPCONF_ENGINE_CHANGE_PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/diagnostic.h"
#include "base/hash.h"

/*
 * Where a file of ours goes, and what lies there. A folder is opened once, below the
 * root, and everything else happens relative to its descriptor: no path is looked up
 * twice, so nobody can put another folder in its place between a check and its use.
 */

/* What lies at a name: content, mode and owner. Two equal identities are the same
 * file as far as a change is concerned. */
enum place_kind {
    PLACE_ABSENT,
    PLACE_FILE,  /* a regular file */
    PLACE_OTHER, /* a symbolic link, a directory, a mount point, a device */
};
struct identity {
    enum place_kind kind;
    char hash[HASH_TEXT + 1]; /* content hash; "" unless PLACE_FILE */
    uint32_t mode, uid, gid;  /* mode: permission bits */
};

/* A regular file with this content hash. */
struct identity identity_file(const char *hash, uint32_t mode, uint32_t uid,
                              uint32_t gid);
/* PLACE_OTHER equals nothing, not even itself. */
bool identity_same(const struct identity *a, const struct identity *b);

/* "hash:mode:uid:gid" with the mode in octal; NULL for PLACE_ABSENT. */
const char *identity_text(const struct identity *identity, struct arena *arena);
/* False when the text is none of ours. NULL is PLACE_ABSENT. */
bool identity_parse(const char *text, struct identity *ret);

/* Split "etc/apt/x" into its folder and name ("" and a name when there is no slash).
 * Refuses (GPCONF_EINVAL) absolute paths and empty, "." and ".." components. */
int place_split(const char *path, struct arena *arena, const char **ret_dir,
                const char **ret_name);

/* Open a folder below the root, which no magic link may leave. The folder, those
 * that hold it, and those on the way to it are owned by root or the caller and
 * writable by their owner alone. Returns a descriptor, or GPCONF_ENOTFOUND,
 * GPCONF_EUNTRUSTED or another status; all but ENOTFOUND with a diagnostic. Allocates
 * nothing but that. */
int place_open(int root, const char *dir, struct diagnostics *diagnostics);

/* What lies at a name in a folder; allocates nothing. Returns 0 or GPCONF_EIO. */
int place_identity(int dir, const char *name, struct identity *ret);

/* True when something is mounted on the name. */
bool place_is_mount(int dir, const char *name);

/* Open a file of a folder, not through a symbolic link; -1 and errno. */
int place_file(int dir, const char *name, int flags, mode_t mode);

/* Write all bytes; -1 and errno. */
int place_write(int fd, const void *bytes, size_t size);

/* Close a descriptor if it is one. errno stays. */
void place_close(int fd);

/* The status for an errno. Whatever stops a writing call, a full disk or a read-only one,
 * is the same to the caller: GPCONF_EWRITE, this file cannot be ours on this machine now;
 * but GPCONF_EPERM where another user could, and GPCONF_EUNTRUSTED for a link. */
enum place_access { PLACE_READING, PLACE_WRITING };
int place_status(enum place_access access, int error);

/* Report an errno of a writing call about a path, or of a reading one; returns
 * place_status() of it. */
int place_fail(struct diagnostics *diagnostics, const char *path, const char *doing,
               int error);
int place_fail_reading(struct diagnostics *diagnostics, const char *path,
                       const char *doing, int error);

#endif
