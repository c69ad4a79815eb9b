#include "engine/change/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/status.h"

enum { DEEPEST = 128 }; /* folders between a file and the root */

struct identity identity_file(const char *hash, uint32_t mode, uint32_t uid,
                              uint32_t gid)
{
    struct identity identity = {
        .kind = PLACE_FILE, .mode = mode & 07777, .uid = uid, .gid = gid
    };
    snprintf(identity.hash, sizeof identity.hash, "%s", hash);
    return identity;
}

bool identity_same(const struct identity *a, const struct identity *b)
{
    if (a->kind != b->kind || a->kind == PLACE_OTHER)
        return false;
    return a->kind == PLACE_ABSENT ||
           (strcmp(a->hash, b->hash) == 0 && a->mode == b->mode && a->uid == b->uid &&
            a->gid == b->gid);
}

const char *identity_text(const struct identity *identity, struct arena *arena)
{
    if (identity->kind != PLACE_FILE)
        return NULL;
    return arena_format(arena, "%s:%04o:%u:%u", identity->hash, identity->mode,
                        identity->uid, identity->gid);
}

bool identity_parse(const char *text, struct identity *ret)
{
    struct identity identity = { .kind = PLACE_FILE };
    int end = 0;
    if (!text) {
        *ret = (struct identity){ .kind = PLACE_ABSENT };
        return true;
    }
    if (strlen(text) < HASH_TEXT ||
        strspn(text, "0123456789abcdef") != (size_t)HASH_TEXT)
        return false;
    memcpy(identity.hash, text, HASH_TEXT);
    if (sscanf(text + HASH_TEXT, ":%o:%u:%u%n", &identity.mode, &identity.uid,
               &identity.gid, &end) != 3 ||
        text[HASH_TEXT + end])
        return false;
    *ret = identity;
    return true;
}

int place_split(const char *path, struct arena *arena, const char **ret_dir,
                const char **ret_name)
{
    for (const char *at = path;; at++) {
        size_t size = strcspn(at, "/");
        if (size == 0 || size > 255 || (size == 1 && *at == '.') ||
            (size == 2 && at[0] == '.' && at[1] == '.'))
            return GPCONF_EINVAL;
        if (!at[size])
            break;
        at += size;
    }
    const char *slash = strrchr(path, '/');
    const char *dir = arena_string_n(arena, path, slash ? (size_t)(slash - path) : 0);
    const char *name = arena_string(arena, slash ? slash + 1 : path);
    if (!dir || !name)
        return GPCONF_ENOMEM;
    *ret_dir = dir;
    *ret_name = name;
    return 0;
}

static int open_in_root(int root, const char *path, uint64_t flags)
{
    struct open_how how = {
        .flags = flags | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    long opened;
    do
        opened = syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof how);
    while (opened < 0 && (errno == EINTR || errno == EAGAIN));
    return (int)opened;
}

/* What is wrong with a folder's owner or mode; NULL when nothing is. */
static const char *distrust(const struct stat *st)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return "is owned by neither root nor you";
    if (st->st_mode & (S_IWGRP | S_IWOTH))
        return "can be written by its group or by others";
    return NULL;
}

static int refuse(struct diagnostics *diagnostics, const char *path, const char *why)
{
    diagnostics_add(diagnostics, SEVERITY_ERROR, "change-untrusted-folder",
                    origin_file(path), "the folder, or one above it, %s, not writing",
                    why);
    return GPCONF_EUNTRUSTED;
}

/* The folders by name from the root down: they hold the links that path goes through.
 */
static int check_way(int root, const char *path, struct diagnostics *diagnostics)
{
    char prefix[PATH_MAX];
    if (strlen(path) >= sizeof prefix)
        return refuse(diagnostics, path, "lies too deep");
    for (size_t length = 0;;) {
        memcpy(prefix, path, length);
        prefix[length] = '\0';
        int fd = open_in_root(root, prefix, O_PATH | O_DIRECTORY);
        if (fd < 0)
            return errno == ENOENT ? GPCONF_ENOTFOUND
                                   : place_fail_reading(diagnostics, path,
                                                        "opening the folder", errno);
        struct stat st;
        int failed = fstat(fd, &st);
        place_close(fd);
        const char *why = failed ? "cannot be examined" : distrust(&st);
        if (why)
            return refuse(diagnostics, path, why);
        if (!path[length])
            return 0;
        length += (length > 0);
        length += strcspn(path + length, "/");
    }
}

/* The folders that really hold it, from the folder up to the root. */
static int check_holders(int root, int folder, const char *path,
                         struct diagnostics *diagnostics)
{
    struct stat top, st;
    if (fstat(root, &top) < 0)
        return place_fail_reading(diagnostics, path, "examining the root", errno);
    int fd = folder, status = 0;
    for (int depth = 0;; depth++) {
        const char *why = fstat(fd, &st) < 0 ? "cannot be examined" : distrust(&st);
        if (depth == DEEPEST)
            why = "lies too deep";
        if (why)
            status = refuse(diagnostics, path, why);
        if (why || (st.st_dev == top.st_dev && st.st_ino == top.st_ino))
            break;
        int up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (up < 0)
            status =
                place_fail_reading(diagnostics, path, "examining the folder", errno);
        if (fd != folder)
            place_close(fd);
        fd = up;
        if (up < 0)
            break;
    }
    if (fd != folder)
        place_close(fd);
    return status;
}

int place_open(int root, const char *dir, struct diagnostics *diagnostics)
{
    int status = check_way(root, dir, diagnostics);
    if (status)
        return status;
    int fd = open_in_root(root, dir, O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return errno == ENOENT
                   ? GPCONF_ENOTFOUND
                   : place_fail_reading(diagnostics, dir, "opening the folder", errno);
    status = check_holders(root, fd, dir, diagnostics);
    if (status) {
        place_close(fd);
        return status;
    }
    return fd;
}

int place_file(int dir, const char *name, int flags, mode_t mode)
{
    int fd;
    do
        fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static int hash_file(int fd, char ret[HASH_TEXT + 1])
{
    unsigned char piece[16384];
    struct hash_stream stream;
    hash_begin(&stream);
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        hash_add(&stream, piece, (size_t)n);
    }
    hash_end(&stream, ret);
    return 0;
}

int place_identity(int dir, const char *name, struct identity *ret)
{
    struct stat st;
    struct identity identity = { .kind = PLACE_OTHER };
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT)
            return GPCONF_EIO;
        identity.kind = PLACE_ABSENT;
        *ret = identity;
        return 0;
    }
    if (S_ISREG(st.st_mode) && !place_is_mount(dir, name)) {
        int fd = place_file(dir, name, O_RDONLY, 0);
        if (fd < 0 || fstat(fd, &st) < 0 || hash_file(fd, identity.hash) < 0) {
            place_close(fd);
            return GPCONF_EIO;
        }
        place_close(fd);
        identity.kind = PLACE_FILE;
        identity.mode = st.st_mode & 07777;
        identity.uid = st.st_uid;
        identity.gid = st.st_gid;
    }
    *ret = identity;
    return 0;
}

bool place_is_mount(int dir, const char *name)
{
    struct statx sx;
    return statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &sx) ==
               0 &&
           sx.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

int place_write(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size) {
        ssize_t n = write(fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

void place_close(int fd)
{
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
}

int place_status(enum place_access access, int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
        return GPCONF_EPERM;
    case ENOMEM:
        return GPCONF_ENOMEM;
    case ELOOP:
    case EXDEV:
        return GPCONF_EUNTRUSTED;
    case ENOENT:
    case ENOTDIR:
        return access == PLACE_WRITING ? GPCONF_EWRITE : GPCONF_ENOTFOUND;
    default:
        return access == PLACE_WRITING ? GPCONF_EWRITE : GPCONF_EIO;
    }
}

int place_fail(struct diagnostics *diagnostics, const char *path, const char *doing,
               int error)
{
    diagnostics_add(diagnostics, SEVERITY_ERROR, "change-not-written",
                    origin_file(path), "could not be written (%s): %s, stopping", doing,
                    error == EBUSY ? "something is mounted there" : strerror(error));
    return place_status(PLACE_WRITING, error);
}

int place_fail_reading(struct diagnostics *diagnostics, const char *path,
                       const char *doing, int error)
{
    diagnostics_add(diagnostics, SEVERITY_ERROR, "change-not-read", origin_file(path),
                    "%s: %s, stopping", doing, strerror(error));
    return place_status(PLACE_READING, error);
}
