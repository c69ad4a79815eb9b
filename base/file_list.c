#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file_open.h"
#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"

static int by_bytes(const void *a, const void *b)
{
    const struct directory_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* The kind of an entry. GPCONF_ENOTFOUND when it vanished meanwhile, or is a link that
 * leads nowhere or to where the caller may not look; whatever else keeps an entry from
 * being examined is an error, because a listing without it would look complete. */
static int kind_of(int fd, const struct dirent64 *d, enum file_check check,
                   enum file_kind *ret_kind)
{
    struct stat st;
    if (d->d_type == DT_REG || d->d_type == DT_DIR) {
        *ret_kind = d->d_type == DT_REG ? FILE_REGULAR : FILE_DIRECTORY;
        return 0;
    }
    if (fstatat(fd, d->d_name, &st, check == FILE_ANY ? 0 : AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ELOOP || errno == EACCES ? GPCONF_ENOTFOUND
                                                 : file_status(errno);
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
            return size ? file_status(errno) : 0;
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
    int opened =
        file_open_checked(fd, path, check, O_DIRECTORY, arena, &st, reterr_why);
    if (opened < 0)
        return opened;
    struct directory directory = { 0 };
    int status = read_entries(opened, check, arena, &directory);
    close(opened);
    if (status == GPCONF_ELIMIT) {
        char why[80];
        snprintf(why, sizeof why, "has more than %u entries", LIMIT_DIRECTORY);
        return file_because(status, arena, path, why, reterr_why);
    }
    if (status)
        return file_because(status, arena, path, gpconf_status_text(status),
                            reterr_why);
    if (directory.n)
        qsort(directory.entries, directory.n, sizeof *directory.entries, by_bytes);
    *ret = directory;
    return 0;
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
