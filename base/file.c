#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_open.h"
#include "base/status.h"

enum { SMALLEST_GROWTH = 4096, PIECE = 32 * 1024 };

/* The bytes of a file as they come, in a place that grows: a reader takes some away, or
 * keeps them all. A NUL stands behind them. */
struct flow {
    int fd;
    size_t limit; /* of all bytes, those that were taken away too */
    struct arena *arena;
    char *bytes;
    size_t size, capacity, total;
};

/* A larger place for the bytes, with room for a NUL behind the capacity. */
static bool enlarge(struct flow *f, size_t capacity)
{
    char *larger = arena_room(f->arena, capacity + 1);
    if (!larger)
        return false;
    if (f->size)
        memcpy(larger, f->bytes, f->size);
    f->bytes = larger;
    f->capacity = capacity;
    return true;
}

/* Read on; the file may grow or shrink meanwhile. Returns 1, there may be more; 0 at the
 * end; a negative status. */
static int flow_on(struct flow *f)
{
    if (f->size == f->capacity &&
        !enlarge(f, f->capacity < SMALLEST_GROWTH ? SMALLEST_GROWTH : f->capacity * 2))
        return GPCONF_ENOMEM;
    ssize_t n;
    do
        n = read(f->fd, f->bytes + f->size, f->capacity - f->size);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return file_status(errno);
    f->size += (size_t)n;
    f->total += (size_t)n;
    f->bytes[f->size] = '\0';
    return f->total > f->limit ? GPCONF_ELIMIT : n > 0;
}

static int read_all(int fd, size_t expected, size_t limit, struct arena *arena,
                    struct file *file)
{
    struct flow flow = { .fd = fd, .limit = limit, .arena = arena };
    int more = enlarge(&flow, expected + 1) ? 1 : GPCONF_ENOMEM; /* to see the end */
    while (more > 0) {
        more = flow_on(&flow);
        /* A file in full had one more to give and did not: that is its end. */
        if (more > 0 && expected && flow.size == expected)
            more = 0;
    }
    if (more == 0) {
        file->bytes = flow.bytes;
        file->size = flow.size;
    }
    return more;
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
    int opened = file_open_checked(fd, path, check, 0, arena, &st, reterr_why);
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
        status = file_because(GPCONF_EUNTRUSTED, arena, path, "is no regular file",
                              reterr_why);
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
        file_because(status, arena, path, why, reterr_why);
    } else if (status && status != GPCONF_EUNTRUSTED)
        file_because(status, arena, path, gpconf_status_text(status), reterr_why);
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
    struct flow flow = { .fd = fd, .limit = limit, .arena = arena };
    int more = enlarge(&flow, PIECE) ? 1 : GPCONF_ENOMEM;
    while (more > 0 && (more = flow_on(&flow)) >= 0) {
        size_t whole = more ? whole_paragraphs(flow.bytes, flow.size) : flow.size;
        if (!whole)
            continue;
        char next = flow.bytes[whole];
        flow.bytes[whole] = '\0';
        if (!each(context, flow.bytes))
            return 0;
        flow.bytes[whole] = next;
        flow.size -= whole;
        memmove(flow.bytes, flow.bytes + whole, flow.size);
    }
    return more;
}

int file_scan(int fd, const char *path, enum file_check check, size_t limit,
              struct arena *arena, bool (*each)(void *context, const char *text),
              void *context)
{
    struct stat st;
    int opened = file_open_checked(fd, path, check, 0, arena, &st, NULL);
    if (opened < 0)
        return opened;
    int status = !S_ISREG(st.st_mode) ? GPCONF_EUNTRUSTED
                 : (uint64_t)st.st_size > limit
                     ? GPCONF_ELIMIT
                     : scan_all(opened, limit, arena, each, context);
    close(opened);
    return status;
}

const char *file_reason(const char *why, const char *path)
{
    size_t size = strlen(path);
    if (why && strncmp(why, path, size) == 0 && strncmp(why + size, ": ", 2) == 0)
        return why + size + 2;
    return why;
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
