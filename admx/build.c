#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "admx/link.h"
#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"

/*
 * From the bytes of many files to a catalogue: which ADMX files count, which ADML
 * files belong to each, and then one file after the other, in the order of the names
 * of the ADMX files, with memory of its own that is freed behind it.
 */
struct entry {
    const struct template_file *file;
    const char *stem; /* the name without its extension */
    size_t added;
    unsigned distance; /* of an ADML's language to the one asked for */
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = name_compare(x->stem, y->stem);
    if (order)
        return order;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (x->file->language && y->file->language &&
        (order = strcasecmp(x->file->language, y->file->language)))
        return order;
    return x->added < y->added ? -1 : x->added > y->added;
}

static struct entry *sort_entries(const struct template_file *files, size_t n,
                                  const char *language, bool adml, struct arena *arena,
                                  size_t *ret_n)
{
    struct entry *entries = arena_array(arena, n, struct entry);
    size_t kept = 0;
    if (!entries)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const char *dot = strrchr(files[i].name, '.');
        size_t size = dot ? (size_t)(dot - files[i].name) : strlen(files[i].name);
        if (!files[i].language == adml)
            continue;
        entries[kept++] = (struct entry){
            .file = &files[i],
            .stem = arena_string_n(arena, files[i].name, size),
            .added = i,
            .distance = adml ? text_distance(files[i].language, language) : 0,
        };
    }
    if (arena_failed(arena))
        return NULL;
    if (kept)
        qsort(entries, kept, sizeof *entries, compare_entries);
    *ret_n = kept;
    return entries;
}

/* Diagnostics outlive the caller's files. */
static const char *lasting_path(const char *path, const struct diagnostics *diagnostics)
{
    return diagnostics ? arena_string(diagnostics->arena, path) : path;
}

static int add_file(struct linker *linker, const struct entry *admx_entry,
                    const struct entry *adml, size_t n_adml, bool has_texts)
{
    struct diagnostics *diagnostics = linker->diagnostics;
    const char *path = lasting_path(admx_entry->file->path, diagnostics);
    struct arena arena;
    struct admx admx;
    struct texts texts;
    arena_init(&arena, LIMIT_ARENA);
    const struct template_file **files =
        arena_array(&arena, n_adml, const struct template_file *);
    const char **paths = arena_array(&arena, n_adml, const char *);
    for (size_t i = 0; files && paths && i < n_adml; i++) {
        files[i] = adml[i].file;
        paths[i] = lasting_path(adml[i].file->path, diagnostics);
    }
    int rc = path && files && paths
                 ? admx_parse(admx_entry->file->bytes, admx_entry->file->size, path,
                              &arena, &linker->pool, diagnostics, &admx)
                 : GPCONF_ENOMEM;
    if (rc == 0) {
        texts_init(&texts, files, paths, n_adml, path, &arena, &linker->pool,
                   has_texts ? diagnostics : NULL);
        linker_add(linker, &admx, &texts);
        if (n_adml == 0 && has_texts)
            diagnostics_add(diagnostics, SEVERITY_WARNING, "admx-no-texts",
                            origin_file(path),
                            "no ADML file belongs to this, showing references");
    }
    if (arena_failed(&arena))
        rc = arena.used > LIMIT_ARENA / 2 ? GPCONF_ELIMIT : GPCONF_ENOMEM;
    else if (rc != GPCONF_ENOMEM)
        rc = 0; /* the file is left out, and that has been said */
    arena_done(&arena);
    return rc;
}

/* Of a file as its path tells: up to the last slash. */
static size_t folder_size(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

/* A folder may replace a file of a weaker one: the site's over the shipped one. Two
 * files of one folder that differ in case only are somebody's mistake. */
static void tell_duplicate(struct diagnostics *diagnostics,
                           const struct template_file *first,
                           const struct template_file *second)
{
    size_t n = folder_size(first->path);
    bool beside =
        n == folder_size(second->path) && memcmp(first->path, second->path, n) == 0;
    diagnostics_add(diagnostics, beside ? SEVERITY_WARNING : SEVERITY_NOTE,
                    "admx-duplicate-file",
                    origin_file(lasting_path(second->path, diagnostics)),
                    beside ? "'%s' beside it has the same name and comes first, "
                             "ignoring this one"
                           : "'%s' of a folder that comes first replaces it, ignoring "
                             "this one",
                    beside ? first->name : first->path);
}

static int add_files(struct linker *linker, const struct entry *admx, size_t n_admx,
                     const struct entry *adml, size_t n_adml, bool has_texts)
{
    size_t at = 0, first = 0;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n_admx; i++) {
        if (i > 0 && name_equal(admx[i].stem, admx[first].stem)) {
            tell_duplicate(linker->diagnostics, admx[first].file, admx[i].file);
            continue;
        }
        first = i;
        while (at < n_adml && name_compare(adml[at].stem, admx[i].stem) < 0)
            at++;
        size_t end = at;
        while (end < n_adml && name_equal(adml[end].stem, admx[i].stem))
            end++;
        rc = add_file(linker, &admx[i], adml + at, end - at, has_texts);
    }
    return rc;
}

int catalogue_build(const struct template_file *files, size_t n, const char *language,
                    struct diagnostics *diagnostics, struct catalogue **ret)
{
    struct arena arena;
    struct linker linker;
    size_t n_admx = 0, n_adml = 0;
    if (n > LIMIT_TEMPLATE_FILES) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "admx-limit", origin_file(NULL),
                        "there are too many template files (the limit is %u), ignoring "
                        "them all",
                        LIMIT_TEMPLATE_FILES);
        return GPCONF_ELIMIT;
    }
    arena_init(&arena, LIMIT_ARENA);
    linker_init(&linker, &arena, diagnostics);
    struct entry *admx = sort_entries(files, n, language, false, &arena, &n_admx);
    struct entry *adml = sort_entries(files, n, language, true, &arena, &n_adml);
    int rc = GPCONF_ENOMEM;
    if (admx && adml)
        rc = add_files(&linker, admx, n_admx, adml, n_adml,
                       catalogue_has_texts(language));
    if (rc == 0)
        rc = linker_finish(&linker, ret);
    linker_done(&linker);
    arena_done(&arena);
    return rc;
}
