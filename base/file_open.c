#include "base/file_open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/status.h"

enum { MOST_TRIES = 32 };

int file_status(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return GPCONF_ENOTFOUND;
    case EACCES:
    case EPERM:
        return GPCONF_EPERM;
    case ENOMEM:
        return GPCONF_ENOMEM;
    case EAGAIN: /* somebody holds a lease on it */
        return GPCONF_EBUSY;
    case ELOOP: /* a symbolic link */
    case EXDEV: /* leads out of the directory */
    case ENXIO: /* a socket */
        return GPCONF_EUNTRUSTED;
    default:
        return GPCONF_EIO;
    }
}

int file_because(int status, struct arena *arena, const char *path, const char *why,
                 const char **reterr_why)
{
    const char *text = reterr_why ? arena_format(arena, "%s: %s", path, why) : NULL;
    if (reterr_why)
        *reterr_why = text ? text : gpconf_status_text(GPCONF_ENOMEM);
    return status;
}

int file_because_errno(int error, struct arena *arena, const char *path,
                       const char **reterr_why)
{
    const char *why = error == ELOOP   ? "is or goes through a symbolic link"
                      : error == EXDEV ? "leads out of its folder"
                      : error == ENXIO ? "is no regular file"
                                       : strerror(error);
    return file_because(file_status(error), arena, path, why, reterr_why);
}

int file_open_beneath(int fd, const char *path, uint64_t flags)
{
    struct open_how how = {
        .flags = flags | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    /* EAGAIN: something was renamed on the way, or somebody holds a lease on the
     * file, for as long as they like. So not for ever. */
    long opened;
    int tries = 0;
    do
        opened = syscall(SYS_openat2, fd, path, &how, sizeof how);
    while (opened < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < MOST_TRIES)));
    return (int)opened;
}

static bool is_foreign(const struct stat *st)
{
    return st->st_uid != 0 && st->st_uid != geteuid();
}

/* What is wrong with the owner or mode; NULL when nothing is. */
static const char *distrust(const struct stat *st)
{
    if (is_foreign(st))
        return "is owned by neither root nor you";
    if (st->st_mode & (S_IWGRP | S_IWOTH) && !S_ISLNK(st->st_mode))
        return "can be written by its group or by others";
    return NULL;
}

/* Is the last component ".."? A way that is trusted step by step goes down only. */
static bool ends_in_dots(const char *path, size_t size)
{
    return size >= 2 && memcmp(path + size - 2, "..", 2) == 0 &&
           (size == 2 || path[size - 3] == '/');
}

/* Check the directory fd itself and every directory on the way to path, from the top
 * down: nobody who is not trusted can change a way of which all is trusted so far, so
 * that what each name is can be asked without holding the one above it open. */
static int check_parents(int fd, const char *path, struct arena *arena,
                         const char **reterr_why)
{
    if (*path == '/')
        return file_because_errno(EXDEV, arena, path, reterr_why);
    size_t length = 0;
    for (;;) {
        const char *prefix = length ? arena_string_n(arena, path, length) : "";
        if (!prefix)
            return file_because_errno(ENOMEM, arena, path, reterr_why);
        const char *shown = length ? prefix : ".";
        struct stat st;
        int error = 0;
        if (ends_in_dots(prefix, length))
            error = EXDEV;
        else if (fstatat(fd, prefix, &st,
                         AT_SYMLINK_NOFOLLOW | (length ? 0 : AT_EMPTY_PATH)))
            error = errno;
        else if (S_ISLNK(st.st_mode))
            error = ELOOP;
        else if (!S_ISDIR(st.st_mode))
            error = ENOTDIR;
        if (error)
            return file_because_errno(error, arena, shown, reterr_why);
        const char *why = distrust(&st);
        if (why)
            return file_because(GPCONF_EUNTRUSTED, arena, shown, why, reterr_why);
        const char *slash = strchr(path + length + (length > 0), '/');
        if (!slash)
            return 0;
        length = (size_t)(slash - path);
    }
}

bool file_distrust(int fd, const char *path, struct arena *arena, struct distrust *ret)
{
    size_t length = 0;
    for (;;) {
        const char *prefix = arena_string_n(arena, path, length);
        struct stat st;
        if (!prefix || fstatat(fd, prefix, &st,
                               AT_SYMLINK_NOFOLLOW | (length ? 0 : AT_EMPTY_PATH)))
            return false;
        if (distrust(&st)) {
            *ret = (struct distrust){ .path = length ? prefix : ".",
                                      .mode = st.st_mode & 07777,
                                      .uid = st.st_uid,
                                      .is_foreign = is_foreign(&st) };
            return true;
        }
        if (!path[length])
            return false;
        size_t start = length + (length > 0);
        length = start + strcspn(path + start, "/");
    }
}

int file_open_checked(int fd, const char *path, enum file_check check, int flags,
                      struct arena *arena, struct stat *ret_stat,
                      const char **reterr_why)
{
    if (check == FILE_TRUSTED) {
        int status = check_parents(fd, path, arena, reterr_why);
        if (status)
            return status;
    }
    /* O_NONBLOCK: a FIFO must not make us wait; it has no effect on files. */
    flags |= O_RDONLY | O_NONBLOCK;
    int opened;
    if (check == FILE_ANY)
        do
            opened = openat(fd, path, flags | O_CLOEXEC);
        while (opened < 0 && errno == EINTR);
    else
        opened = file_open_beneath(fd, path, (uint64_t)flags);
    if (opened < 0 && errno == ELOOP && check == FILE_ANY)
        return file_because(GPCONF_EIO, arena, path, strerror(ELOOP), reterr_why);
    if (opened < 0)
        return file_because_errno(errno, arena, path, reterr_why);
    if (fstat(opened, ret_stat) < 0) {
        int error = errno;
        close(opened);
        return file_because_errno(error, arena, path, reterr_why);
    }
    bool trusted = check == FILE_TRUSTED || check == FILE_INSIDE;
    const char *why = trusted ? distrust(ret_stat) : NULL;
    if (why) {
        close(opened);
        return file_because(GPCONF_EUNTRUSTED, arena, path, why, reterr_why);
    }
    return opened;
}

bool file_present(int fd, const char *path)
{
    int opened = file_open_beneath(fd, path, O_PATH | O_NOFOLLOW);
    if (opened >= 0)
        close(opened);
    return opened >= 0;
}

bool file_absent(int fd, const char *path)
{
    return !file_present(fd, path) && (errno == ENOENT || errno == ENOTDIR);
}

int file_open_folder(const char *path, struct arena *arena, int *ret_fd,
                     const char **reterr_why)
{
    struct stat st;
    int opened = file_open_checked(AT_FDCWD, path, FILE_ANY, O_DIRECTORY, arena, &st,
                                   reterr_why);
    if (opened < 0)
        return opened;
    *ret_fd = opened;
    return 0;
}
