#include "engine/change/keep.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"

/* Whoever cannot read the input cannot read the copy. */
static uint32_t mode_of_copy(const struct file *input)
{
    return input->mode & 0755;
}

int keep_last_good(const struct input *input, struct change *change,
                   struct arena *arena)
{
    const struct file *now = &input->file;
    if (input->status || !now->bytes)
        return 0;
    const char *path = snapshot_last_good_path(input, arena);
    if (!path)
        return arena_failed(arena) ? GPCONF_ENOMEM : 0;
    struct step *step = change_add(change, arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = path;
    step->owner = "gpconf";
    step->after = now->bytes;
    step->after_size = now->size;
    step->mode = mode_of_copy(now);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static bool has(const char *const *paths, size_t n, const char *path)
{
    return n && bsearch(&path, paths, n, sizeof *paths, by_text);
}

static bool is_copy(const char *name)
{
    size_t size = strlen(name);
    return name[0] != '.' && size > 4 &&
           (strcmp(name + size - 4, ".ini") == 0 ||
            strcmp(name + size - 4, ".pol") == 0);
}

/* Where the copies lie of what is there, or may be, sorted. Below a policy folder that
 * cannot be listed the snapshot remembers the inputs, each with its status; for local.d
 * it has the folder. */
static const char **wanted_copies(const struct snapshot *snapshot, struct arena *arena,
                                  size_t *ret_n)
{
    const char **paths = arena_array(arena, snapshot->n + 1, const char *);
    size_t n = 0;
    for (size_t i = 0; paths && i < snapshot->n; i++) {
        const struct input *input = &snapshot->inputs[i];
        const char *path = input->status == GPCONF_ENOTFOUND
                               ? NULL
                               : snapshot_last_good_path(input, arena);
        if (path)
            paths[n++] = path;
    }
    if (n)
        qsort(paths, n, sizeof *paths, by_text);
    *ret_n = n;
    return paths;
}

int keep_forget(int root, const struct snapshot *snapshot, struct change *change,
                struct arena *arena)
{
    static const char local_d[] = SNAPSHOT_LAST_GOOD "/local.d";
    struct directory kept;
    size_t n;
    /* What cannot be listed is not believed either. */
    if (file_list(root, SNAPSHOT_LAST_GOOD, FILE_TRUSTED, arena, &kept, NULL))
        return arena_failed(arena) ? GPCONF_ENOMEM : 0;
    const char **wanted = wanted_copies(snapshot, arena, &n);
    if (!wanted)
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < kept.n; i++) {
        const char *name = kept.entries[i].name;
        const char *path = file_join(arena, SNAPSHOT_LAST_GOOD, name);
        if (!path)
            return GPCONF_ENOMEM;
        if (!is_copy(name) || has(wanted, n, path) ||
            (strncmp(name, "local.d.", 8) == 0 && has(wanted, n, local_d)))
            continue;
        struct step *step = change_add(change, arena, STEP_FILE);
        if (!step)
            return GPCONF_ENOMEM;
        step->target = path;
        step->owner = "gpconf";
    }
    return arena_failed(arena) ? GPCONF_ENOMEM : 0;
}
