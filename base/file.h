#ifndef GPCONF_BASE_FILE_H
#define GPCONF_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Reading files and folders. This floor never writes; the only writer is
 * engine/change.
 *
 * A path is relative to a directory descriptor and cannot leave it: it is opened
 * with openat2 beneath that directory, and no component may be a symbolic or magic
 * link. "Trusted" reading also checks every directory on the way, and the file
 * itself: owned by root or by the caller, and writable by its owner alone.
 */

enum file_kind { FILE_REGULAR, FILE_DIRECTORY, FILE_OTHER };

enum file_check {
    FILE_ANY,     /* a person named it on the command line: any owner, links followed */
    FILE_BENEATH, /* beneath the descriptor, no links */
    FILE_TRUSTED, /* that, and owners and modes are checked from the descriptor down */
    FILE_INSIDE,  /* that, but of the last component alone: the folder it is in was
                     checked as FILE_TRUSTED by this process, so nobody else moves it */
};

struct file {
    const char *path; /* as asked for; owned by the arena */
    void *bytes;      /* NUL-terminated; owned by the arena */
    size_t size;      /* bytes, the NUL not counted */
    uint32_t mode, uid, gid;
    uint64_t device, inode;
    int64_t modified_ns; /* since the epoch; the nearest where it does not fit */
};

struct directory_entry {
    const char *name;
    enum file_kind kind;
};
struct directory {
    struct directory_entry *entries; /* sorted by the bytes of their names */
    size_t n;
};

/* Read a whole regular file of at most limit bytes. fd may be AT_FDCWD with
 * FILE_ANY. Returns 0; GPCONF_ENOTFOUND; GPCONF_EUNTRUSTED (also for a path that
 * leads out or through a link, and for anything but a regular file); GPCONF_ELIMIT
 * (too large); GPCONF_EPERM; GPCONF_EBUSY (another program's lease); GPCONF_EIO;
 * GPCONF_ENOMEM. For all of them *reterr_why, owned by the arena or static, names
 * the path that is wrong, which may be a folder on the way ("." is fd itself), and
 * what is wrong with it. reterr_why may be NULL. */
int file_read(int fd, const char *path, enum file_check check, size_t limit,
              struct arena *arena, struct file *ret, const char **reterr_why);

/* Who may not be trusted on the way to path, path included: the first that FILE_TRUSTED
 * refuses for its owner or mode. */
struct distrust {
    const char *path; /* "." is fd itself; owned by the arena */
    uint32_t mode, uid;
    bool is_foreign; /* its owner is wrong; else its mode is */
};

/* Find it, for a message that says how to mend it. False: there is none, or it cannot be
 * seen. */
bool file_distrust(int fd, const char *path, struct arena *arena, struct distrust *ret);

/* Go over a large file of paragraphs with empty lines between them, of which little is
 * wanted: each() gets a piece at a time, NUL-terminated, of one or more whole paragraphs,
 * and may end it by returning false. A piece is gone after the call. Returns and fails
 * like file_read(), without a reason; what each() found before a failure is not to be
 * used, because the file was not seen whole. */
int file_scan(int fd, const char *path, enum file_check check, size_t limit,
              struct arena *arena, bool (*each)(void *context, const char *text),
              void *context);

/* List a directory, without . and .. and without what stat() cannot see. Symbolic
 * links are FILE_OTHER unless FILE_ANY follows them. Fails like file_read();
 * GPCONF_ELIMIT is more than LIMIT_DIRECTORY entries. */
int file_list(int fd, const char *path, enum file_check check, struct arena *arena,
              struct directory *ret, const char **reterr_why);

/* Is there anything at path, beneath fd? What cannot be seen is not there. */
bool file_present(int fd, const char *path);

/* Is there provably nothing? A link on the way, or one that may not be gone, proves
 * nothing. */
bool file_absent(int fd, const char *path);

/* Open a folder that a person named, links followed, to read beneath it. The caller
 * closes *ret_fd. Fails like file_read(). */
int file_open_folder(const char *path, struct arena *arena, int *ret_fd,
                     const char **reterr_why);

/* What follows "PATH: " in a reason that these functions gave; the reason itself where
 * it does not begin so. For a message whose origin names the path. NULL is fine. */
const char *file_reason(const char *why, const char *path);

/* The entry whose name is equal without case (base/registry/name.h), NULL if there
 * is none. An exact match wins; of several others the first by bytes. */
const struct directory_entry *file_entry(const struct directory *directory,
                                         const char *name);

/* dir and name with one slash between them; owned by the arena. */
const char *file_join(struct arena *arena, const char *dir, const char *name);

#endif
