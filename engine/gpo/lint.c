#include "engine/gpo/lint.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "admx/catalogue.h"
#include "admx/template_store.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "policies/gpt.h"
#include "policies/limits.h"
#include "policies/links.h"
#include "policies/local.h"
#include "policies/pol.h"

struct lint {
    const char *language;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct lint_result *result;
};

static void looked_at(struct lint *lint, const char *path)
{
    struct lint_result *r = lint->result;
    const char **files =
        arena_grow(lint->arena, r->files, r->n, sizeof *files, &r->capacity);
    if (!files)
        return;
    r->files = files;
    files[r->n++] = arena_string(lint->arena, path);
}

static bool ends_with(const char *name, const char *suffix)
{
    size_t a = strlen(name), b = strlen(suffix);
    return a >= b && name_equal(name + a - b, suffix);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The folder of a path; "." without one. */
static const char *folder_of(struct lint *lint, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    size_t size = slash == path ? 1 : (size_t)(slash - path);
    return arena_string_n(lint->arena, path, size);
}

/* --- Policy files ------------------------------------------------------------ */

static void lint_pol(struct lint *lint, const struct file *file)
{
    struct pol pol;
    if (pol_parse(file->bytes, file->size, file->path, lint->arena, lint->diagnostics,
                  &pol))
        return;
    struct operations operations = { 0 };
    pol_operations(&pol, file->path, lint->arena, lint->diagnostics, &operations);
}

static void lint_gpt(struct lint *lint, const struct file *file)
{
    struct gpt gpt;
    gpt_parse(file->bytes, file->size, file->path, lint->arena, lint->diagnostics,
              &gpt);
}

static void lint_links(struct lint *lint, const struct file *file)
{
    struct links links;
    links_parse(file->bytes, file->size, file->path, lint->arena, lint->diagnostics,
                &links);
}

static void lint_limits(struct lint *lint, const struct file *file)
{
    struct machine_limits limits;
    limits_parse(file->bytes, file->size, file->path, lint->arena, lint->diagnostics,
                 &limits);
}

static void lint_local(struct lint *lint, const struct file *file)
{
    struct statements statements = { 0 };
    local_parse(file->bytes, file->size, file->path, lint->arena, lint->diagnostics,
                &statements);
}

/* What a file is, by its name; the first row that fits. */
static const struct kind {
    const char *suffix;
    size_t limit;
    void (*look)(struct lint *lint, const struct file *file);
} kinds[] = {
    { ".pol", LIMIT_POL_FILE, lint_pol },
    { "gpt.ini", LIMIT_INI_FILE, lint_gpt },
    { "links.ini", LIMIT_INI_FILE, lint_links },
    { "limits.ini", LIMIT_INI_FILE, lint_limits },
    { ".ini", LIMIT_INI_FILE, lint_local },
};

static const struct kind *kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (ends_with(name, kinds[i].suffix))
            return &kinds[i];
    return NULL;
}

static void cannot_read(struct lint *lint, const char *path, const char *why)
{
    why = file_reason(why, path);
    diagnostics_add(lint->diagnostics, SEVERITY_ERROR, "lint-unreadable",
                    origin_file(arena_string(lint->arena, path)), "%s, not checked",
                    why ? why : "cannot be read");
}

static void lint_file(struct lint *lint, const struct kind *kind, const char *path)
{
    struct file file;
    const char *why = NULL;
    looked_at(lint, path);
    if (file_read(AT_FDCWD, path, FILE_ANY, kind->limit, lint->arena, &file, &why))
        cannot_read(lint, path, why);
    else
        kind->look(lint, &file);
}

/* --- Templates ---------------------------------------------------------------- */

/* Do the two names differ in their extension only? */
static bool same_stem(const char *a, const char *b)
{
    const char *dot_a = strrchr(a, '.'), *dot_b = strrchr(b, '.');
    size_t n = dot_a ? (size_t)(dot_a - a) : strlen(a);
    size_t m = dot_b ? (size_t)(dot_b - b) : strlen(b);
    return n == m && strncasecmp(a, b, n) == 0;
}

/* Build a catalogue of a folder's templates; only: of one name. Returns how many files
 * that were. */
static size_t lint_templates(struct lint *lint, const char *folder, const char *only)
{
    struct template_folder folders[] = { { AT_FDCWD, folder, FILE_ANY } };
    struct template_file *files = NULL;
    size_t n = 0, kept = 0;
    if (template_store_read(folders, 1, lint->language, lint->arena, lint->diagnostics,
                            &files, &n))
        return 0;
    for (size_t i = 0; i < n; i++)
        if (!only || same_stem(files[i].name, only)) {
            looked_at(lint, files[i].path);
            files[kept++] = files[i];
        }
    struct catalogue *catalogue = NULL;
    int status =
        catalogue_build(files, kept, lint->language, lint->diagnostics, &catalogue);
    if (status == GPCONF_ENOMEM)
        lint->arena->failed = true;
    else if (status)
        cannot_read(lint, folder, "is over a limit as a whole");
    catalogue_unref(catalogue);
    return kept;
}

/* A template that a person named, with what belongs to it. An ADML lies in the folder of
 * its language, or beside its ADMX. */
static void lint_template(struct lint *lint, const char *path)
{
    const char *name = base_name(path), *folder = folder_of(lint, path);
    bool adml = ends_with(name, ".adml");
    size_t errors = lint->diagnostics->errors;
    size_t n = folder && adml ? lint_templates(lint, folder_of(lint, folder), name) : 0;
    if (n == 0 && folder)
        n = lint_templates(lint, folder, name);
    if (n == 0 && lint->diagnostics->errors == errors)
        cannot_read(lint, path,
                    adml ? "there is no ADMX file that it belongs to"
                         : "does not exist");
}

/* --- Folders ------------------------------------------------------------------ */

/* The folder that a person named is fd; relative is this one as seen from there, path
 * as the person sees it. No link is followed to another folder: it may lead back here. */
static void lint_folder(struct lint *lint, int fd, const char *relative,
                        const char *path, unsigned depth)
{
    if (depth > LIMIT_LINT_DEPTH) {
        cannot_read(lint, path, "is nested too deeply");
        return;
    }
    struct directory list, *directory = &list;
    const char *why = NULL;
    if (file_list(fd, relative, FILE_BENEATH, lint->arena, &list, &why)) {
        cannot_read(lint, path, file_reason(why, relative));
        return;
    }
    bool templates = false;
    for (size_t i = 0; i < directory->n; i++) {
        const struct directory_entry *entry = &directory->entries[i];
        const char *inner = file_join(lint->arena, path, entry->name);
        const char *below = file_join(lint->arena, relative, entry->name);
        const struct kind *kind = kind_of(entry->name);
        if (!inner || !below)
            return;
        templates |= ends_with(entry->name, ".admx");
        if (entry->kind != FILE_DIRECTORY && kind)
            lint_file(lint, kind, inner);
        else if (entry->kind == FILE_DIRECTORY)
            lint_folder(lint, fd, below, inner, depth + 1);
    }
    if (templates)
        lint_templates(lint, path, NULL);
}

static void lint_path(struct lint *lint, const char *path)
{
    const char *name = base_name(path), *why = NULL;
    const struct kind *kind = kind_of(name);
    int fd;
    if (file_open_folder(path, lint->arena, &fd, &why) == 0) {
        lint_folder(lint, fd, ".", path, 0);
        close(fd);
    } else if (ends_with(name, ".admx") || ends_with(name, ".adml")) {
        lint_template(lint, path);
    } else if (kind) {
        lint_file(lint, kind, path);
    } else {
        cannot_read(lint, path,
                    "is no template (.admx, .adml), policy file (.pol), INI file or "
                    "folder");
    }
}

int lint_paths(const char *const *paths, size_t n, const char *language,
               struct arena *arena, struct diagnostics *diagnostics,
               struct lint_result *ret)
{
    struct lint_result result = { 0 };
    struct lint lint = { language, arena, diagnostics, &result };
    for (size_t i = 0; i < n && !arena_failed(arena); i++)
        lint_path(&lint, paths[i]);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = result;
    return 0;
}
