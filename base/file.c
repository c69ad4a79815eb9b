#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"

enum { MOST_TRIES = 32, SMALLEST_GROWTH = 4096, PIECE = 32 * 1024 };

static int from_errno(int error)
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

/* A failure and its sentence fragment: "PATH: WHY". Never NULL: there may be no
 * memory to say that there is no memory. */
static int because(int status, struct arena *arena, const char *path, const char *why,
                   const char **reterr_why)
{
    const char *text = reterr_why ? arena_format(arena, "%s: %s", path, why) : NULL;
    if (reterr_why)
        *reterr_why = text ? text : gpconf_status_text(GPCONF_ENOMEM);
    return status;
}

static int because_errno(int error, struct arena *arena, const char *path,
                         const char **reterr_why)
{
    const char *why = error == ELOOP   ? "is or goes through a symbolic link"
                      : error == EXDEV ? "leads out of its folder"
                      : error == ENXIO ? "is no regular file"
                                       : strerror(error);
    return because(from_errno(error), arena, path, why, reterr_why);
}

static int open_beneath(int fd, const char *path, uint64_t flags)
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

/* What is wrong with the owner or mode; NULL when nothing is. */
static const char *distrust(const struct stat *st)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
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
        return because_errno(EXDEV, arena, path, reterr_why);
    size_t length = 0;
    for (;;) {
        const char *prefix = length ? arena_string_n(arena, path, length) : "";
        if (!prefix)
            return because_errno(ENOMEM, arena, path, reterr_why);
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
            return because_errno(error, arena, shown, reterr_why);
        const char *why = distrust(&st);
        if (why)
            return because(GPCONF_EUNTRUSTED, arena, shown, why, reterr_why);
        const char *slash = strchr(path + length + (length > 0), '/');
        if (!slash)
            return 0;
        length = (size_t)(slash - path);
    }
}

/* Open path as the check demands; returns a descriptor or a negative status. */
static int open_checked(int fd, const char *path, enum file_check check, int flags,
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
        opened = open_beneath(fd, path, (uint64_t)flags);
    if (opened < 0 && errno == ELOOP && check == FILE_ANY)
        return because(GPCONF_EIO, arena, path, strerror(ELOOP), reterr_why);
    if (opened < 0)
        return because_errno(errno, arena, path, reterr_why);
    if (fstat(opened, ret_stat) < 0) {
        int error = errno;
        close(opened);
        return because_errno(error, arena, path, reterr_why);
    }
    bool trusted = check == FILE_TRUSTED || check == FILE_INSIDE;
    const char *why = trusted ? distrust(ret_stat) : NULL;
    if (why) {
        close(opened);
        return because(GPCONF_EUNTRUSTED, arena, path, why, reterr_why);
    }
    return opened;
}

/* A larger place for the bytes, with room for a NUL behind the capacity. */
static char *enlarge(struct arena *arena, const char *bytes, size_t size,
                     size_t *capacity)
{
    *capacity = *capacity < SMALLEST_GROWTH ? SMALLEST_GROWTH : *capacity * 2;
    char *larger = arena_room(arena, *capacity + 1);
    if (larger)
        memcpy(larger, bytes, size);
    return larger;
}

/* Read to the end of the file, which may grow or shrink meanwhile. */
static int read_all(int fd, size_t expected, size_t limit, struct arena *arena,
                    struct file *file)
{
    size_t capacity = expected + 1, size = 0; /* one more, to see the end */
    char *bytes = arena_room(arena, capacity + 1);
    while (bytes) {
        ssize_t n = read(fd, bytes + size, capacity - size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return from_errno(errno);
        size += (size_t)n;
        if (size > limit)
            return GPCONF_ELIMIT;
        if (n == 0) {
            bytes[size] = '\0';
            file->bytes = bytes;
            file->size = size;
            return 0;
        }
        if (size == capacity)
            bytes = enlarge(arena, bytes, size, &capacity);
    }
    return GPCONF_ENOMEM;
}

/* Nanoseconds since the epoch. A file system can hold times that do not fit. */
static int64_t nanoseconds(struct timespec t)
{
    int64_t ns;
    if (__builtin_mul_overflow((int64_t)t.tv_sec, (int64_t)1000000000, &ns) ||
        __builtin_add_overflow(ns, (int64_t)t.tv_nsec, &ns))
        return t.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

int file_read(int fd, const char *path, enum file_check check, size_t limit,
              struct arena *arena, struct file *ret, const char **reterr_why)
{
    struct stat st;
    int opened = open_checked(fd, path, check, 0, arena, &st, reterr_why);
    if (opened < 0)
        return opened;
    struct file file = {
        .path = arena_string(arena, path),
        .mode = st.st_mode & 07777,
        .uid = st.st_uid,
        .gid = st.st_gid,
        .device = st.st_dev,
        .inode = st.st_ino,
        .modified_ns = nanoseconds(st.st_mtim),
    };
    int status = 0;
    if (!S_ISREG(st.st_mode))
        status =
            because(GPCONF_EUNTRUSTED, arena, path, "is no regular file", reterr_why);
    else if ((uint64_t)st.st_size > limit)
        status = GPCONF_ELIMIT;
    else
        status = read_all(opened, (size_t)st.st_size, limit, arena, &file);
    close(opened);
    if (!status && !file.path)
        status = GPCONF_ENOMEM;
    if (status == GPCONF_ELIMIT) {
        char why[80];
        snprintf(why, sizeof why, "is larger than the limit of %zu bytes", limit);
        because(status, arena, path, why, reterr_why);
    } else if (status && status != GPCONF_EUNTRUSTED)
        because(status, arena, path, gpconf_status_text(status), reterr_why);
    if (!status)
        *ret = file;
    return status;
}

/* How many of the bytes are whole paragraphs, with the empty lines behind them. */
static size_t whole_paragraphs(const char *bytes, size_t size)
{
    while (size >= 2 && (bytes[size - 1] != '\n' || bytes[size - 2] != '\n'))
        size--;
    return size >= 2 ? size : 0;
}

static int scan_all(int fd, size_t limit, struct arena *arena,
                    bool (*each)(void *context, const char *text), void *context)
{
    size_t capacity = PIECE, size = 0, total = 0;
    char *bytes = arena_room(arena, capacity + 1);
    while (bytes) {
        ssize_t n = read(fd, bytes + size, capacity - size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return from_errno(errno);
        size += (size_t)n;
        total += (size_t)n;
        if (total > limit)
            return GPCONF_ELIMIT;
        bytes[size] = '\0';
        size_t whole = n ? whole_paragraphs(bytes, size) : size;
        if (whole) {
            char next = bytes[whole];
            bytes[whole] = '\0';
            if (!each(context, bytes))
                return 0;
            bytes[whole] = next;
            size -= whole;
            memmove(bytes, bytes + whole, size);
        }
        if (n == 0)
            return 0;
        if (size == capacity)
            bytes = enlarge(arena, bytes, size, &capacity);
    }
    return GPCONF_ENOMEM;
}

int file_scan(int fd, const char *path, enum file_check check, size_t limit,
              struct arena *arena, bool (*each)(void *context, const char *text),
              void *context)
{
    struct stat st;
    int opened = open_checked(fd, path, check, 0, arena, &st, NULL);
    if (opened < 0)
        return opened;
    int status = !S_ISREG(st.st_mode) ? GPCONF_EUNTRUSTED
                 : (uint64_t)st.st_size > limit
                     ? GPCONF_ELIMIT
                     : scan_all(opened, limit, arena, each, context);
    close(opened);
    return status;
}

bool file_present(int fd, const char *path)
{
    int opened = open_beneath(fd, path, O_PATH | O_NOFOLLOW);
    if (opened >= 0)
        close(opened);
    return opened >= 0;
}

static int by_bytes(const void *a, const void *b)
{
    const struct directory_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* The kind of an entry. GPCONF_ENOTFOUND when it vanished meanwhile, or is a link that
 * leads nowhere; an entry that is there but cannot be examined is an error, because a
 * listing without it would look complete. */
static int kind_of(int fd, const struct dirent64 *d, enum file_check check,
                   enum file_kind *ret_kind)
{
    struct stat st;
    if (d->d_type == DT_REG || d->d_type == DT_DIR) {
        *ret_kind = d->d_type == DT_REG ? FILE_REGULAR : FILE_DIRECTORY;
        return 0;
    }
    if (fstatat(fd, d->d_name, &st, check == FILE_ANY ? 0 : AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ELOOP || errno == EACCES ? GPCONF_ENOTFOUND : from_errno(errno);
    *ret_kind = S_ISREG(st.st_mode)   ? FILE_REGULAR
                : S_ISDIR(st.st_mode) ? FILE_DIRECTORY
                                      : FILE_OTHER;
    return 0;
}

static int add_entry(int fd, const struct dirent64 *d, enum file_check check,
                     struct arena *arena, struct directory *directory, size_t *capacity)
{
    enum file_kind kind = FILE_OTHER;
    if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
        return 0;
    int status = kind_of(fd, d, check, &kind);
    if (status)
        return status == GPCONF_ENOTFOUND ? 0 : status;
    if (directory->n == LIMIT_DIRECTORY)
        return GPCONF_ELIMIT;
    struct directory_entry *entries =
        arena_grow(arena, directory->entries, directory->n, sizeof *entries, capacity);
    if (!entries)
        return GPCONF_ENOMEM;
    directory->entries = entries;
    entries[directory->n].kind = kind;
    entries[directory->n].name = arena_string(arena, d->d_name);
    return entries[directory->n++].name ? 0 : GPCONF_ENOMEM;
}

/* The kernel's own call: a stream asks four more questions, and a store of GPOs is many
 * small folders. */
static int read_entries(int fd, enum file_check check, struct arena *arena,
                        struct directory *directory)
{
    alignas(struct dirent64) char records[8192];
    size_t capacity = 0;
    for (;;) {
        ssize_t size = getdents64(fd, records, sizeof records);
        if (size <= 0)
            return size ? from_errno(errno) : 0;
        for (ssize_t at = 0; at < size;) {
            const struct dirent64 *d = (const void *)(records + at);
            int status = add_entry(fd, d, check, arena, directory, &capacity);
            if (status)
                return status;
            at += d->d_reclen;
        }
    }
}

int file_list(int fd, const char *path, enum file_check check, struct arena *arena,
              struct directory *ret, const char **reterr_why)
{
    struct stat st;
    int opened = open_checked(fd, path, check, O_DIRECTORY, arena, &st, reterr_why);
    if (opened < 0)
        return opened;
    struct directory directory = { 0 };
    int status = read_entries(opened, check, arena, &directory);
    close(opened);
    if (status == GPCONF_ELIMIT) {
        char why[80];
        snprintf(why, sizeof why, "has more than %u entries", LIMIT_DIRECTORY);
        return because(status, arena, path, why, reterr_why);
    }
    if (status)
        return because(status, arena, path, gpconf_status_text(status), reterr_why);
    if (directory.n)
        qsort(directory.entries, directory.n, sizeof *directory.entries, by_bytes);
    *ret = directory;
    return 0;
}

int file_open_folder(const char *path, struct arena *arena, int *ret_fd,
                     const char **reterr_why)
{
    struct stat st;
    int opened =
        open_checked(AT_FDCWD, path, FILE_ANY, O_DIRECTORY, arena, &st, reterr_why);
    if (opened < 0)
        return opened;
    *ret_fd = opened;
    return 0;
}

const char *file_reason(const char *why, const char *path)
{
    size_t size = strlen(path);
    if (why && strncmp(why, path, size) == 0 && strncmp(why + size, ": ", 2) == 0)
        return why + size + 2;
    return why;
}

const struct directory_entry *file_entry(const struct directory *directory,
                                         const char *name)
{
    const struct directory_entry *found = NULL;
    for (size_t i = 0; i < directory->n; i++) {
        const struct directory_entry *entry = &directory->entries[i];
        if (strcmp(entry->name, name) == 0)
            return entry;
        if (!found && name_equal(entry->name, name))
            found = entry;
    }
    return found;
}

/* Not by a format: one evaluation joins ten paths for each GPO. */
const char *file_join(struct arena *arena, const char *dir, const char *name)
{
    size_t size = strlen(dir), behind = strlen(name) + 1;
    size_t slash = size && dir[size - 1] != '/';
    char *joined = arena_room(arena, size + slash + behind);
    if (!joined)
        return NULL;
    memcpy(joined, dir, size);
    if (slash)
        joined[size] = '/';
    memcpy(joined + size + slash, name, behind);
    return joined;
}
