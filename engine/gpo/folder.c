#include "engine/gpo/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/utf16.h"
#include "policies/links.h"

struct reading {
    int fd; /* of the GPT; everything is read beneath it */
    enum folder_extent extent;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct folder *folder;
    size_t n_folders;
};

static const char gpt_ini[] = "gpt.ini";
static const char *const halves[] = { "Machine", "User" };
static const char registry_pol[] = "Registry.pol";

static int refuse(struct reading *r, int status, const char *path, const char *why)
{
    const char *shown = *path ? file_join(r->arena, r->folder->path, path)
                              : arena_string(r->arena, r->folder->path);
    why = file_reason(why, path);
    diagnostics_add(r->diagnostics, SEVERITY_ERROR, "gpo-folder", origin_file(shown),
                    "%s, %s nothing", why ? why : gpconf_status_text(status),
                    r->extent == FOLDER_POLICY ? "showing" : "changing");
    return status;
}

/* --- Names -------------------------------------------------------------------- */

/* Replace a component by the store's spelling, which has the same length. */
static bool spell(char *component, const char *name)
{
    size_t size = strcspn(component, "/");
    if (size != strlen(name) || name_compare_n(name, component, size) != 0)
        return false;
    memcpy(component, name, size);
    return true;
}

const char *folder_canonical(const char *path, struct arena *arena)
{
    char *copy = arena_string(arena, path);
    char *slash = copy ? strchr(copy, '/') : NULL;
    if (!copy)
        return NULL;
    if (!slash)
        spell(copy, gpt_ini);
    for (size_t i = 0; i < 2; i++)
        if (spell(copy, halves[i]) && slash && !strchr(slash + 1, '/'))
            spell(slash + 1, registry_pol);
    return copy;
}

/* Could a GPO have it? Windows, where GPOs are made, allows none of these. */
static const char *bad_name(const char *name)
{
    if (!utf8_valid(name, strlen(name)))
        return "its name is not UTF-8";
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F || *c == '\\')
            return "its name has a character that no file of a GPO can have";
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct directory_entry *x = a, *y = b;
    int order = name_compare(x->name, y->name);
    return order ? order : strcmp(x->name, y->name);
}

/* No two names of a folder are equal without case. */
static int check_names(struct reading *r, const char *path,
                       const struct directory *directory)
{
    struct directory_entry *sorted =
        arena_copy(r->arena, directory->entries, directory->n * sizeof *sorted);
    if (!sorted || directory->n < 2)
        return 0;
    qsort(sorted, directory->n, sizeof *sorted, by_name);
    for (size_t i = 1; i < directory->n; i++) {
        if (!name_equal(sorted[i - 1].name, sorted[i].name))
            continue;
        const char *why = arena_format(r->arena, "'%s' and '%s' differ only by case",
                                       sorted[i - 1].name, sorted[i].name);
        return refuse(r, GPCONF_ERANGE, path, why);
    }
    return 0;
}

/* --- Reading ------------------------------------------------------------------ */

static bool is_pol(const char *canonical)
{
    const char *slash = strchr(canonical, '/');
    return slash && strcmp(slash + 1, registry_pol) == 0;
}

/* Is it one of the files that say what the GPO's policy is? */
static bool is_policy(const char *canonical)
{
    return is_pol(canonical) || strcmp(canonical, gpt_ini) == 0;
}

static size_t limit_of(const char *canonical)
{
    return is_pol(canonical)      ? LIMIT_POL_FILE
           : is_policy(canonical) ? LIMIT_INI_FILE
                                  : LIMIT_CHANGE_FILE;
}

static int read_file(struct reading *r, const char *path, const char *canonical)
{
    struct folder *folder = r->folder;
    struct folder_file *files = arena_grow(r->arena, folder->files, folder->n,
                                           sizeof *files, &folder->capacity);
    const char *why = NULL;
    if (!files)
        return GPCONF_ENOMEM;
    if (folder->n == LIMIT_GPT_FILES)
        return refuse(r, GPCONF_ELIMIT, path, "the GPO has more than 4096 files");
    folder->files = files;
    struct folder_file *to = &files[folder->n];
    *to = (struct folder_file){ .path = canonical,
                                .shown = file_join(r->arena, folder->path, path) };
    int status = file_read(r->fd, path, FILE_BENEATH, limit_of(canonical), r->arena,
                           &to->file, &why);
    if (status)
        return refuse(r, status, path, why);
    folder->bytes += to->file.size;
    if (folder->bytes > LIMIT_GPT_BYTES)
        return refuse(r, GPCONF_ELIMIT, path,
                      "the GPO's files have more than 256 MiB altogether");
    folder->n++;
    return 0;
}

static int read_folder(struct reading *r, const char *path, unsigned depth);

static int read_entry(struct reading *r, const char *above, unsigned depth,
                      const struct directory_entry *entry)
{
    const char *path = *above ? file_join(r->arena, above, entry->name) : entry->name;
    const char *canonical = path ? folder_canonical(path, r->arena) : NULL;
    if (!canonical)
        return GPCONF_ENOMEM;
    bool half = !*above && (strcmp(canonical, halves[0]) == 0 ||
                            strcmp(canonical, halves[1]) == 0);
    if (r->extent == FOLDER_POLICY && !half && !is_policy(canonical))
        return 0;
    const char *why = bad_name(entry->name);
    if (why)
        return refuse(r, GPCONF_ERANGE, path, why);
    if (half && entry->kind != FILE_DIRECTORY)
        return refuse(r, GPCONF_EUNTRUSTED, path,
                      "is no folder (a link is not followed)");
    if (is_policy(canonical) && entry->kind == FILE_DIRECTORY)
        return refuse(r, GPCONF_EUNTRUSTED, path, "is a folder, and not a file");
    if (entry->kind == FILE_DIRECTORY)
        return read_folder(r, path, depth + 1);
    if (entry->kind == FILE_REGULAR)
        return read_file(r, path, canonical);
    return refuse(r, GPCONF_EUNTRUSTED, path,
                  "is a link, a device or the like, which a GPO does not hold");
}

static int read_folder(struct reading *r, const char *path, unsigned depth)
{
    struct directory directory;
    const char *why = NULL;
    if (depth > LIMIT_GPT_DEPTH)
        return refuse(r, GPCONF_ELIMIT, path, "there are more than 16 nested folders");
    if (r->n_folders++ == LIMIT_GPT_FOLDERS)
        return refuse(r, GPCONF_ELIMIT, path, "the GPO has more than 512 folders");
    int status =
        file_list(r->fd, *path ? path : ".", FILE_BENEATH, r->arena, &directory, &why);
    if (status)
        return refuse(r, status, path, why);
    status = check_names(r, path, &directory);
    for (size_t i = 0; !status && i < directory.n; i++)
        status = read_entry(r, path, depth, &directory.entries[i]);
    return status;
}

/* --- Which folder ------------------------------------------------------------- */

static const char *last_name(const char *path, struct arena *arena)
{
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    const char *copy = arena_string_n(arena, path, size);
    const char *slash = copy ? strrchr(copy, '/') : NULL;
    return slash && slash[1] ? slash + 1 : copy;
}

/* The name as the person wrote it, or of the folder that "." or a link leads to. */
static const char *name_of(const char *path, struct arena *arena)
{
    const char *name = last_name(path, arena);
    char *real = name && !links_is_guid(name) ? realpath(path, NULL) : NULL;
    if (real)
        name = last_name(real, arena);
    free(real);
    return name;
}

/* What the backup says, which lies beside DomainSysvol. */
static void read_backup(struct reading *r)
{
    struct directory directory;
    const struct directory_entry *entry = NULL;
    struct file file;
    const char *why = NULL;
    if (file_list(r->fd, ".", FILE_BENEATH, r->arena, &directory, NULL) == 0)
        entry = file_entry(&directory, "bkupInfo.xml");
    if (!entry)
        return;
    const char *shown = file_join(r->arena, r->folder->path, entry->name);
    if (entry->kind != FILE_REGULAR)
        why = "is no regular file";
    else if (!file_read(r->fd, entry->name, FILE_BENEATH, LIMIT_INI_FILE, r->arena,
                        &file, &why))
        backup_parse(file.bytes, file.size, shown, r->arena, r->diagnostics,
                     &r->folder->backup);
    if (why)
        diagnostics_add(r->diagnostics, SEVERITY_WARNING, "gpo-backup",
                        origin_file(shown), "%s, going on without it",
                        file_reason(why, entry->name));
}

/* Go on in a folder of this name, found without case. False when there is none. */
static bool enter(struct reading *r, const char *name)
{
    struct directory directory;
    const struct directory_entry *entry = NULL;
    if (file_list(r->fd, ".", FILE_BENEATH, r->arena, &directory, NULL) == 0)
        entry = file_entry(&directory, name);
    const char *path = entry ? file_join(r->arena, r->folder->path, entry->name) : NULL;
    if (!path)
        return false;
    int fd =
        openat(r->fd, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    close(r->fd);
    r->fd = fd;
    r->folder->path = path;
    return true;
}

/* Is anything of a GPO in it? An empty half is something: such a GPO says nothing. */
static bool is_gpt(int fd, struct arena *arena)
{
    struct directory directory;
    return file_list(fd, ".", FILE_BENEATH, arena, &directory, NULL) != 0 ||
           file_entry(&directory, gpt_ini) || file_entry(&directory, halves[0]) ||
           file_entry(&directory, halves[1]);
}

int folder_read(const char *path, enum folder_extent extent, struct arena *arena,
                struct diagnostics *diagnostics, struct folder *ret)
{
    struct folder folder = { .path = arena_string(arena, path),
                             .name = name_of(path, arena) };
    struct reading r = { .fd = -1,
                         .extent = extent,
                         .arena = arena,
                         .diagnostics = diagnostics,
                         .folder = &folder };
    const char *why = NULL;
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    int status = file_open_folder(path, arena, &r.fd, &why);
    if (status) {
        why = file_reason(why, path);
        return refuse(&r, status, "", why);
    }
    if (!is_gpt(r.fd, arena)) {
        read_backup(&r);
        folder.is_backup = enter(&r, "DomainSysvol") && enter(&r, "GPO");
    }
    if (!folder.is_backup && !is_gpt(r.fd, arena))
        status = refuse(&r, GPCONF_ESYNTAX, "",
                        "there is no gpt.ini, Machine or User in it, so it is no GPO");
    else
        status = read_folder(&r, "", 0);
    close(r.fd);
    if (!status && arena_failed(arena))
        status = GPCONF_ENOMEM;
    if (!status)
        *ret = folder;
    return status;
}

int folder_read_pol(const char *path, struct arena *arena,
                    struct diagnostics *diagnostics, struct folder *ret)
{
    const char *whole = arena_string(arena, path), *why = NULL;
    struct folder_file *file = arena_new(arena, struct folder_file);
    char *real = realpath(path, NULL);
    const char *slash = real ? strrchr(real, '/') : NULL;
    const char *above =
        slash ? arena_string_n(arena, real, (size_t)(slash - real)) : "";
    bool is_user = above && name_equal(last_name(above, arena), halves[1]);
    free(real);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    int status =
        file_read(AT_FDCWD, path, FILE_ANY, LIMIT_POL_FILE, arena, &file->file, &why);
    if (status) {
        why = file_reason(why, path);
        diagnostics_add(diagnostics, SEVERITY_ERROR, "gpo-folder", origin_file(whole),
                        "%s, showing nothing", why ? why : gpconf_status_text(status));
        return status;
    }
    file->path = is_user ? "User/Registry.pol" : "Machine/Registry.pol";
    file->shown = whole;
    *ret = (struct folder){ .path = whole,
                            .name = last_name(whole, arena),
                            .files = file,
                            .n = 1,
                            .capacity = 1,
                            .bytes = file->file.size };
    return arena_failed(arena) ? GPCONF_ENOMEM : 0;
}

const struct folder_file *folder_file(const struct folder *folder, const char *path)
{
    for (size_t i = 0; i < folder->n; i++)
        if (strcmp(folder->files[i].path, path) == 0)
            return &folder->files[i];
    return NULL;
}

/* --- Parsing ------------------------------------------------------------------ */

static int parse_half(const struct folder_file *from, struct arena *arena,
                      struct diagnostics *diagnostics, struct gpo_half *half)
{
    if (!from)
        return 0;
    half->file = from->shown;
    int status = store_parse_half(&from->file, from->shown, arena, diagnostics, half);
    half->state = status ? INPUT_DAMAGED : INPUT_GOOD;
    return status;
}

int folder_parse(const struct folder *folder, struct arena *arena,
                 struct diagnostics *diagnostics, struct gpo *ret)
{
    const char *guid = folder->backup.guid;
    struct gpo gpo = { .id = guid ? guid : folder->name };
    const struct folder_file *ini = folder_file(folder, gpt_ini);
    if (ini)
        gpt_parse(ini->file.bytes, ini->file.size, ini->shown, arena, diagnostics,
                  &gpo.gpt);
    gpo.name = folder->backup.name    ? folder->backup.name
               : gpo.gpt.display_name ? gpo.gpt.display_name
                                      : folder->name;
    int machine = parse_half(folder_file(folder, "Machine/Registry.pol"), arena,
                             diagnostics, &gpo.machine);
    int user = parse_half(folder_file(folder, "User/Registry.pol"), arena, diagnostics,
                          &gpo.user);
    *ret = gpo;
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    return machine ? machine : user;
}
