#include "engine/gpo/deploy.h"

#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/change/keep.h"

#define POLICIES "etc/gpconf/policies"

/* --- What is there ------------------------------------------------------------ */

struct looking {
    int root;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct deployed *deployed;
    size_t prefix; /* of POLICIES/id/ */
};

static int refuse(const struct looking *l, int status, const char *path,
                  const char *why)
{
    why = file_reason(why, path);
    diagnostics_add(l->diagnostics, SEVERITY_ERROR, "gpo-store",
                    origin_file(arena_string(l->arena, path)), "%s, changing nothing",
                    why ? why : gpconf_status_text(status));
    return status;
}

static int note(const struct looking *l, const char *path, const char ***list,
                size_t *n, size_t *capacity)
{
    const char **grown = arena_grow(l->arena, *list, *n, sizeof *grown, capacity);
    if (!grown)
        return GPCONF_ENOMEM;
    *list = grown;
    grown[(*n)++] = path + l->prefix;
    return 0;
}

static int look_into(const struct looking *l, const char *path, unsigned depth)
{
    struct deployed *d = l->deployed;
    struct directory directory;
    const char *why = NULL;
    if (depth > LIMIT_GPT_DEPTH)
        return refuse(l, GPCONF_ELIMIT, path, "there are more than 16 nested folders");
    int status = file_list(l->root, path, FILE_BENEATH, l->arena, &directory, &why);
    if (status)
        return refuse(l, status, path, why);
    for (size_t i = 0; !status && i < directory.n; i++) {
        const struct directory_entry *entry = &directory.entries[i];
        const char *inner = file_join(l->arena, path, entry->name);
        if (!inner)
            return GPCONF_ENOMEM;
        if (d->n_files == LIMIT_GPT_FILES || d->n_folders == LIMIT_GPT_FOLDERS)
            return refuse(l, GPCONF_ELIMIT, inner,
                          "the GPO has more than 4096 files or 512 folders");
        if (entry->kind != FILE_DIRECTORY) {
            status = note(l, inner, &d->files, &d->n_files, &d->files_capacity);
            continue;
        }
        status = note(l, inner, &d->folders, &d->n_folders, &d->folders_capacity);
        if (!status)
            status = look_into(l, inner, depth + 1);
    }
    return status;
}

/* The folder of this name, without case; NULL when there is none. */
static int find(const struct looking *l, const char *id, const char **ret)
{
    struct directory directory;
    const char *why = NULL;
    *ret = NULL;
    int status = file_list(l->root, POLICIES, FILE_BENEATH, l->arena, &directory, &why);
    if (status == GPCONF_ENOTFOUND)
        return 0;
    if (status)
        return refuse(l, status, POLICIES, why);
    for (size_t i = 0; i < directory.n; i++) {
        if (!name_equal(directory.entries[i].name, id))
            continue;
        if (*ret)
            return refuse(l, GPCONF_ERANGE, POLICIES,
                          arena_format(l->arena, "'%s' and '%s' differ only by case",
                                       *ret, directory.entries[i].name));
        *ret = directory.entries[i].name;
    }
    return 0;
}

int deploy_look(int root, const char *id, struct arena *arena,
                struct diagnostics *diagnostics, struct deployed *ret)
{
    struct deployed deployed = { 0 };
    struct looking l = { root, arena, diagnostics, &deployed, 0 };
    int status = find(&l, id, &deployed.id);
    if (!status && deployed.id) {
        const char *path = file_join(arena, POLICIES, deployed.id);
        if (!path)
            return GPCONF_ENOMEM;
        l.prefix = strlen(path) + 1;
        status = look_into(&l, path, 0);
    }
    if (!status)
        *ret = deployed;
    return status;
}

/* --- Steps -------------------------------------------------------------------- */

struct planning {
    struct change *change;
    struct arena *arena;
    const char *home; /* POLICIES/id */
};

static int take_away(const struct planning *p, const char *path)
{
    struct step *step = change_add(p->change, p->arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = path;
    step->owner = "gpconf";
    return path ? 0 : GPCONF_ENOMEM;
}

/* The deployed files that the folder does not have. */
static int take_away_files(const struct planning *p, const struct deployed *there,
                           const struct folder *folder)
{
    int status = 0;
    for (size_t i = 0; !status && i < there->n_files; i++)
        if (!folder || !folder_file(folder, there->files[i]))
            status = take_away(p, file_join(p->arena, p->home, there->files[i]));
    return status;
}

/* Does the folder have a file below this path? */
static bool holds(const struct folder *folder, const char *path)
{
    size_t size = strlen(path);
    for (size_t i = 0; folder && i < folder->n; i++)
        if (strncmp(folder->files[i].path, path, size) == 0 &&
            folder->files[i].path[size] == '/')
            return true;
    return false;
}

/* The deployed folders that nothing is left in; without a folder also their home. */
static int take_away_folders(const struct planning *p, const struct deployed *there,
                             const struct folder *folder)
{
    struct change_folder *unmade =
        arena_array(p->arena, there->n_folders + 1, struct change_folder);
    size_t n = 0;
    if (!unmade)
        return GPCONF_ENOMEM;
    if (!folder)
        unmade[n++].path = p->home;
    for (size_t i = 0; i < there->n_folders; i++)
        if (!holds(folder, there->folders[i]))
            unmade[n++].path = file_join(p->arena, p->home, there->folders[i]);
    p->change->unmade = unmade;
    p->change->n_unmade = n;
    return arena_failed(p->arena) ? GPCONF_ENOMEM : 0;
}

static uint32_t mode_of(const struct folder_file *file)
{
    return 0600 | (file->file.mode & 0044);
}

static int put(const struct planning *p, const struct folder_file *file)
{
    struct step *step = change_add(p->change, p->arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = file_join(p->arena, p->home, file->path);
    step->owner = "gpconf";
    step->after = file->file.bytes;
    step->after_size = file->file.size;
    step->mode = mode_of(file);
    return step->target ? 0 : GPCONF_ENOMEM;
}

/* Rule 4, for one half. */
static int keep_half(const struct planning *p, enum input_role role, const char *id,
                     const struct folder_file *file)
{
    struct input now = { .role = role, .gpo = id, .path = "Registry.pol" };
    if (!file)
        return take_away(p, snapshot_last_good_path(&now, p->arena));
    now.file = file->file;
    now.file.mode = mode_of(file);
    return keep_last_good(&now, p->change, p->arena);
}

/* Rule 1. */
static const char *spell(const char *id, const struct deployed *there,
                         struct arena *arena)
{
    if (there->id)
        return there->id;
    if (name_equal(id, "local"))
        return "local";
    char *copy = arena_string(arena, id);
    for (char *c = copy; c && *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    return copy;
}

int deploy_plan(const struct folder *folder, const char *id,
                const struct deployed *there, struct change *change,
                struct arena *arena, const char **ret_id)
{
    id = spell(id, there, arena);
    struct planning p = { change, arena, id ? file_join(arena, POLICIES, id) : NULL };
    if (!p.home)
        return GPCONF_ENOMEM;
    int status = 0;
    for (size_t i = 0; !status && i < folder->n; i++) /* 2 */
        status = put(&p, &folder->files[i]);
    if (!status) /* 3 */
        status = take_away_files(&p, there, folder);
    if (!status)
        status = take_away_folders(&p, there, folder);
    if (!status) /* 4 */
        status = keep_half(&p, INPUT_POL_MACHINE, id,
                           folder_file(folder, "Machine/Registry.pol"));
    if (!status)
        status =
            keep_half(&p, INPUT_POL_USER, id, folder_file(folder, "User/Registry.pol"));
    if (!status)
        *ret_id = id;
    return status;
}

int deploy_remove(const struct deployed *there, struct change *change,
                  struct arena *arena)
{
    struct planning p = { change, arena, file_join(arena, POLICIES, there->id) };
    if (!p.home)
        return GPCONF_ENOMEM;
    int status = take_away_files(&p, there, NULL);
    if (!status)
        status = take_away_folders(&p, there, NULL);
    if (!status)
        status = keep_half(&p, INPUT_POL_MACHINE, there->id, NULL);
    if (!status)
        status = keep_half(&p, INPUT_POL_USER, there->id, NULL);
    return status;
}
