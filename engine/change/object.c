#include "engine/change/object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/change/history.h"
#include "engine/change/place.h"

static int open_room(const struct lock *lock, const char *name)
{
    return place_file(lock->state, name, O_RDONLY | O_DIRECTORY, 0);
}

int object_keep(const struct lock *lock, const char *hash, const void *bytes,
                size_t size)
{
    char unfinished[HASH_TEXT + 8];
    snprintf(unfinished, sizeof unfinished, "new-%s", hash);
    int dir = open_room(lock, "before");
    if (dir < 0)
        return GPCONF_EIO;
    if (faccessat(dir, hash, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        place_close(dir);
        return 0;
    }
    int fd = place_file(dir, unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    bool good = fd >= 0 && place_write(fd, bytes, size) == 0 && fsync(fd) == 0 &&
                renameat(dir, unfinished, dir, hash) == 0;
    place_close(fd);
    if (!good && fd >= 0) {
        int error = errno;
        unlinkat(dir, unfinished, 0);
        errno = error;
    }
    place_close(dir);
    return good ? 0 : GPCONF_EIO;
}

int object_sync(const struct lock *lock)
{
    int dir = open_room(lock, "before");
    int status = dir < 0 || fsync(dir) < 0 ? GPCONF_EIO : 0;
    place_close(dir);
    return status;
}

int object_read(int root, const char *hash, struct arena *arena, const void **ret_bytes,
                size_t *ret_size)
{
    struct file file;
    const char *why;
    char found[HASH_TEXT + 1];
    const char *path = arena_format(arena, STATE_DIR "/before/%s", hash);
    if (!path)
        return GPCONF_ENOMEM;
    int status =
        file_read(root, path, FILE_TRUSTED, LIMIT_CHANGE_FILE, arena, &file, &why);
    if (status)
        return status;
    hash_content(file.bytes, file.size, found);
    if (strcmp(found, hash) != 0)
        return GPCONF_EDAMAGED;
    *ret_bytes = file.bytes;
    *ret_size = file.size;
    return 0;
}

void object_aside_name(unsigned long long number, const char *target, unsigned nth,
                       char ret[OBJECT_ASIDE])
{
    enum { SHOWN = 200 };
    size_t size = strlen(target);
    const char *end = size > SHOWN ? target + size - SHOWN : target;
    int n = snprintf(ret, OBJECT_ASIDE, "%llu-%s", number, end);
    for (char *c = ret; (c = strchr(c, '/'));)
        *c = '%';
    if (nth)
        snprintf(ret + n, OBJECT_ASIDE - (size_t)n, ".%u", nth);
}

/* Is this content kept by that name? */
static bool is_kept(int dir, const char *name, const char *hash)
{
    struct identity found;
    return place_identity(dir, name, &found) == 0 && found.kind == PLACE_FILE &&
           strcmp(found.hash, hash) == 0;
}

int object_aside(const struct lock *lock, const char *hash, unsigned long long number,
                 const char *target, char ret_name[OBJECT_ASIDE])
{
    char shown[OBJECT_ASIDE];
    bool gone = false;
    int from = open_room(lock, "before"), to = open_room(lock, "aside");
    int failed = from < 0 || to < 0;
    for (unsigned nth = 0; !failed; nth++) {
        object_aside_name(number, target, nth, shown);
        int error = linkat(from, hash, to, shown, 0) < 0 ? errno : 0;
        gone = error == ENOENT;
        if (!error || gone || (error == EEXIST && is_kept(to, shown, hash)))
            break;
        errno = error;
        failed = error != EEXIST || nth == OBJECT_ASIDES;
    }
    if (!failed)
        failed = fsync(to);
    if (!failed)
        snprintf(ret_name, OBJECT_ASIDE, "%s", gone ? "" : shown);
    place_close(from);
    place_close(to);
    return failed ? -1 : 0;
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* The hashes that history may want back, sorted. */
static const char **wanted(const struct history *history, struct arena *arena,
                           size_t *ret_n)
{
    const char **hashes = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < history->n; i++)
        for (size_t j = 0; j < history->changes[i].n_steps; j++) {
            const struct step *step = &history->changes[i].steps[j];
            if (step->kind != STEP_FILE || !*step->before_hash)
                continue;
            const char **grown = arena_grow(arena, hashes, n, sizeof *grown, &capacity);
            if (!grown)
                return NULL;
            hashes = grown;
            hashes[n++] = step->before_hash;
        }
    if (n)
        qsort(hashes, n, sizeof *hashes, by_text);
    *ret_n = n;
    return hashes;
}

int object_sweep(const struct lock *lock, struct arena *arena,
                 struct diagnostics *diagnostics)
{
    static const char path[] = STATE_DIR "/before";
    struct history history;
    struct directory objects;
    const char *why = NULL;
    size_t n = 0;
    int status = file_list(lock->state, "before", FILE_BENEATH, arena, &objects, &why);
    if (status) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-not-swept",
                        origin_file(path), "%s, sweeping it later",
                        why ? why : gpconf_status_text(status));
        return status;
    }
    if (objects.n == 0)
        return 0;
    status = history_read(lock->root, arena, diagnostics, &history);
    if (status)
        return status;
    const char **hashes = wanted(&history, arena, &n);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    int dir = open_room(lock, "before");
    if (dir < 0)
        return place_fail(diagnostics, path, "opening the folder", errno);
    for (size_t i = 0; !status && i < objects.n; i++) {
        const char *name = objects.entries[i].name;
        if ((!n || !bsearch(&name, hashes, n, sizeof *hashes, by_text)) &&
            unlinkat(dir, name, 0) < 0 && errno != ENOENT)
            status = place_fail(diagnostics, path, "removing a copy", errno);
    }
    place_close(dir);
    return status;
}
