#include "admx/template_store.h"

#include <string.h>
#include <strings.h>

#include "admx/text.h"
#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"

/* A folder of one language within a template folder; "" for the folder itself. */
struct language_folder {
    const struct template_folder *folder;
    const char *language, *path;
    struct directory directory;
    bool listed;
};

struct reading {
    const char *language;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct template_file *files;
    size_t n_files, files_room;
    struct language_folder *languages;
    size_t n_languages, languages_room;
};

/* "en", "pt-BR", "sr-Latn-RS": other folders hold no texts. */
static bool is_language(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return (n == 2 || n == 3) && (!name[n] || name[n] == '-' || name[n] == '_');
}

static bool has_extension(const char *name, const char *extension)
{
    size_t n = strlen(name), m = strlen(extension);
    return n > m && strcasecmp(name + n - m, extension) == 0;
}

static void complain(struct reading *r, const char *path, const char *why)
{
    diagnostics_add(
        r->diagnostics, SEVERITY_ERROR, "template-unreadable",
        origin_file(r->diagnostics ? arena_string(r->diagnostics->arena, path) : NULL),
        "%s, ignoring it", why ? why : "cannot be read");
}

static bool list(struct reading *r, const struct template_folder *folder,
                 const char *path, struct directory *ret)
{
    const char *why = NULL;
    int rc = file_list(folder->fd, path, folder->check, r->arena, ret, &why);
    if (rc && rc != GPCONF_ENOTFOUND)
        complain(r, path, why);
    return rc == 0;
}

static void read_one(struct reading *r, const struct template_folder *folder,
                     const char *path, const char *name, const char *language)
{
    struct file file;
    const char *why = NULL;
    int rc = file_read(folder->fd, path, folder->check, LIMIT_TEMPLATE_FILE, r->arena,
                       &file, &why);
    if (rc) {
        complain(r, path, why);
        return;
    }
    r->files =
        arena_grow(r->arena, r->files, r->n_files, sizeof *r->files, &r->files_room);
    if (r->files)
        r->files[r->n_files++] = (struct template_file){
            .path = path,
            .name = name,
            .language = language,
            .bytes = file.bytes,
            .size = file.size,
        };
}

static void add_language(struct reading *r, const struct template_folder *folder,
                         const char *language, const char *path)
{
    r->languages = arena_grow(r->arena, r->languages, r->n_languages,
                              sizeof *r->languages, &r->languages_room);
    if (r->languages)
        r->languages[r->n_languages++] = (struct language_folder){ .folder = folder,
                                                                   .language = language,
                                                                   .path = path };
}

static void read_folder(struct reading *r, const struct template_folder *folder)
{
    struct directory directory;
    if (!list(r, folder, folder->path, &directory))
        return;
    add_language(r, folder, "", folder->path);
    for (size_t i = 0; i < directory.n; i++) {
        const struct directory_entry *entry = &directory.entries[i];
        const char *path = file_join(r->arena, folder->path, entry->name);
        if (!path)
            return;
        /* Whatever has the name of a template and is none is told of when it is read. */
        if (has_extension(entry->name, ".admx"))
            read_one(r, folder, path, entry->name, NULL);
        else if (entry->kind == FILE_DIRECTORY && is_language(entry->name))
            add_language(r, folder, entry->name, path);
    }
}

/* The nearest come first; of equals, the folder that came first. */
static void sort_languages(struct reading *r)
{
    for (size_t i = 1; i < r->n_languages; i++) {
        struct language_folder moved = r->languages[i];
        size_t at = i;
        for (; at > 0 && text_compare(r->languages[at - 1].language, moved.language,
                                      r->language) > 0;
             at--)
            r->languages[at] = r->languages[at - 1];
        r->languages[at] = moved;
    }
}

/* Read every ADML of the ADMX in this folder: there may be two that differ in case. */
static bool read_texts(struct reading *r, struct language_folder *l, const char *stem,
                       size_t size)
{
    bool any = false;
    if (!l->listed) {
        l->listed = true;
        if (!list(r, l->folder, l->path, &l->directory))
            l->directory.n = 0;
    }
    for (size_t i = 0; i < l->directory.n; i++) {
        const struct directory_entry *entry = &l->directory.entries[i];
        if (strlen(entry->name) != size + 5 ||
            strncasecmp(entry->name, stem, size) != 0 ||
            strcasecmp(entry->name + size, ".adml") != 0)
            continue;
        const char *path = file_join(r->arena, l->path, entry->name);
        if (path)
            read_one(r, l->folder, path, entry->name, l->language);
        any = true;
    }
    return any;
}

static bool repeats(const struct reading *r, size_t admx)
{
    for (size_t i = 0; i < admx; i++)
        if (name_equal(r->files[i].name, r->files[admx].name))
            return true;
    return false;
}

int template_store_read(const struct template_folder *folders, size_t n,
                        const char *language, struct arena *arena,
                        struct diagnostics *diagnostics, struct template_file **ret,
                        size_t *ret_n)
{
    struct reading r = { .language = language,
                         .arena = arena,
                         .diagnostics = diagnostics };
    for (size_t i = 0; i < n; i++)
        read_folder(&r, &folders[i]);
    sort_languages(&r);
    size_t n_admx = catalogue_has_texts(language) ? r.n_files : 0;
    for (size_t i = 0; i < n_admx && !arena_failed(arena); i++) {
        const char *stem = r.files[i].name;
        bool any = false;
        if (repeats(&r, i))
            continue;
        for (size_t k = 0; k < r.n_languages; k++) {
            bool wanted = text_distance(r.languages[k].language, language) <= 3;
            if (wanted || !any)
                any = read_texts(&r, &r.languages[k], stem, strlen(stem) - 5) || any;
        }
    }
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = r.files;
    *ret_n = r.n_files;
    return 0;
}

const char *template_store_languages(const struct template_folder *folders, size_t n,
                                     struct arena *arena)
{
    const char *names = NULL;
    struct reading r = { .arena = arena };
    for (size_t i = 0; i < n; i++) {
        struct directory directory;
        if (!list(&r, &folders[i], folders[i].path, &directory))
            continue;
        for (size_t k = 0; k < directory.n; k++)
            if (directory.entries[k].kind == FILE_DIRECTORY &&
                is_language(directory.entries[k].name))
                add_language(&r, &folders[i], directory.entries[k].name, "");
    }
    sort_languages(&r);
    for (size_t i = 0; i < r.n_languages; i++) {
        const char *name = r.languages[i].language;
        if (i > 0 && name_equal(name, r.languages[i - 1].language))
            continue;
        names = names ? arena_format(arena, "%s, %s", names, name) : name;
    }
    return names;
}
