#include "engine/session.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admx/template_store.h"
#include "admx/text.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/facts/collect.h"
#include "engine/update/grant.h"
#include "engine/update/lower.h"
#include "engine/update/project.h"

static const char site_templates[] = "etc/gpconf/PolicyDefinitions";
static const char shipped_templates[] = "usr/share/gpconf/PolicyDefinitions";

int gpconf_new(struct gpconf **ret)
{
    struct gpconf *session = calloc(1, sizeof *session);
    if (!session)
        return GPCONF_ENOMEM;
    arena_init(&session->arena, LIMIT_ARENA);
    session->root = "/";
    session->language = "en-US";
    *ret = session;
    return 0;
}

void session_evaluation_free(struct evaluation *e)
{
    if (!e)
        return;
    catalogue_unref(e->catalogue);
    arena_done(&e->arena);
    free(e);
}

void session_forget(struct gpconf *session)
{
    session_evaluation_free(session->evaluation);
    session->evaluation = NULL;
    if (session->is_open && !session->has_now)
        session->machine.now = time(NULL);
}

void gpconf_refresh(struct gpconf *session)
{
    session_forget(session);
}

/* A setting changed: what was opened and evaluated is not of it. */
static void start_over(struct gpconf *session)
{
    session_forget(session);
    if (session->is_open)
        machine_done(&session->machine);
    session->is_open = false;
}

void gpconf_free(struct gpconf *session)
{
    if (!session)
        return;
    start_over(session);
    arena_done(&session->arena);
    free(session);
}

/* A folder that a person names must be there, and is refused where it is named. */
static int check_folder(const char *directory)
{
    if (!directory || !*directory)
        return GPCONF_EINVAL;
    struct machine there;
    int status = machine_open(directory, &there);
    if (!status)
        machine_done(&there);
    return status;
}

int gpconf_set_root(struct gpconf *session, const char *directory)
{
    int status = check_folder(directory);
    if (status)
        return status;
    const char *copy = arena_string(&session->arena, directory);
    if (!copy)
        return GPCONF_ENOMEM;
    start_over(session);
    session->root = copy;
    return 0;
}

int gpconf_add_templates(struct gpconf *session, const char *directory)
{
    int status = check_folder(directory);
    if (status)
        return status;
    if (session->n_folders == TEMPLATE_FOLDERS_MOST)
        return GPCONF_ELIMIT;
    const char *copy = arena_string(&session->arena, directory);
    if (!copy)
        return GPCONF_ENOMEM;
    start_over(session);
    session->folders[session->n_folders++] = copy;
    return 0;
}

/* The tag of a language: "it-IT" for itself, and for "it_IT.UTF-8" or "it_IT@euro", as
 * systems write it; "C" and "POSIX" are the texts' own language. NULL: it is none. */
static const char *language_tag(const char *text, struct arena *arena)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t size = strcspn(text, ".@");
    if ((size == 1 && *text == 'C') || (size == 5 && strncmp(text, "POSIX", 5) == 0))
        return "en-US";
    if (size < 2 || size > 35 || strspn(text, allowed) < size)
        return NULL;
    char *tag = arena_string_n(arena, text, size);
    for (char *c = tag; c && *c; c++)
        *c = *c == '_' ? '-' : *c;
    return tag;
}

static int set_language(struct gpconf *session, const char *language, bool asked)
{
    const char *tag = language_tag(language ? language : "en-US", &session->arena);
    if (!tag)
        return arena_failed(&session->arena) ? GPCONF_ENOMEM : GPCONF_EINVAL;
    start_over(session);
    session->language = tag;
    session->language_asked = asked;
    return 0;
}

int gpconf_set_language(struct gpconf *session, const char *language)
{
    return set_language(session, language, true);
}

int gpconf_set_locale(struct gpconf *session, const char *locale)
{
    return set_language(session, locale, false);
}

int gpconf_set_now(struct gpconf *session, int64_t now)
{
    if (now < 0)
        return GPCONF_EINVAL;
    start_over(session);
    session->has_now = true;
    session->now = now;
    return 0;
}

int gpconf_set_author(struct gpconf *session, const char *author)
{
    enum { AUTHOR_MOST = 256 };
    if (!author || !*author || strlen(author) > AUTHOR_MOST)
        return GPCONF_EINVAL;
    const char *copy = arena_string(&session->arena, author);
    if (!copy)
        return GPCONF_ENOMEM;
    session->author = copy;
    return 0;
}

const char *session_author(const struct gpconf *session, struct arena *arena)
{
    char buffer[1024];
    struct passwd entry, *found = NULL;
    if (session->author)
        return arena_string(arena, session->author);
    if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        return arena_string(arena, entry.pw_name);
    return arena_format(arena, "%u", (unsigned)getuid());
}

int session_open(struct gpconf *session)
{
    if (session->is_open)
        return 0;
    int status = machine_open(session->root, &session->machine);
    if (status)
        return status;
    if (session->has_now)
        session->machine.now = session->now;
    session->is_open = true;
    return 0;
}

/* Without templates policies have no names, and nobody finds out why. */
static void tell_no_templates(const struct gpconf *session, struct evaluation *e)
{
    if (session->n_folders)
        diagnostics_add(&e->diagnostics, SEVERITY_WARNING, EVALUATION_NO_TEMPLATES,
                        origin_file(session->folders[0]),
                        "there is no template (ADMX), so no policy is known by name");
    else
        diagnostics_add(&e->diagnostics, SEVERITY_WARNING, EVALUATION_NO_TEMPLATES,
                        origin_file(NULL),
                        "there is no template (ADMX) in /%s or /%s below %s, so no "
                        "policy is known by name",
                        site_templates, shipped_templates, session->root);
}

/* A language that was asked for by name and that no template speaks. */
static void tell_no_language(const struct gpconf *session, struct evaluation *e,
                             const struct template_folder *folders, size_t n,
                             const struct template_file *files, size_t n_files)
{
    for (size_t i = 0; i < n_files; i++)
        if (files[i].language && *files[i].language &&
            text_distance(files[i].language, session->language) <= 1)
            return;
    const char *there = template_store_languages(folders, n, &e->arena);
    if (there)
        diagnostics_add(&e->diagnostics, SEVERITY_WARNING, EVALUATION_NO_LANGUAGE,
                        origin_file(NULL),
                        "no template has text in '%s', only in %s; using what is "
                        "nearest",
                        session->language, there);
}

/* Station: templates. Those of --templates are the person's own and may lie
 * anywhere; the machine's two folders are below its root and must be trusted.
 */
static int load_catalogue(struct gpconf *session, struct evaluation *e,
                          const char *language)
{
    struct template_folder folders[TEMPLATE_FOLDERS_MOST];
    size_t n = 0;
    for (; n < session->n_folders; n++)
        folders[n] =
            (struct template_folder){ AT_FDCWD, session->folders[n], FILE_ANY };
    if (n == 0) {
        int fd = session->machine.root_fd;
        if (!e->snapshot.is_refused)
            folders[n++] = (struct template_folder){ fd, site_templates, FILE_TRUSTED };
        folders[n++] = (struct template_folder){ fd, shipped_templates, FILE_TRUSTED };
    }
    struct arena bytes;
    arena_init(&bytes, LIMIT_ARENA);
    struct template_file *files = NULL;
    size_t n_files = 0;
    int status = template_store_read(folders, n, language, &bytes, &e->diagnostics,
                                     &files, &n_files);
    if (!status && n_files == 0)
        tell_no_templates(session, e);
    if (!status && n_files > 0 && session->language_asked &&
        catalogue_has_texts(language))
        tell_no_language(session, e, folders, n, files, n_files);
    if (!status)
        status =
            catalogue_build(files, n_files, language, &e->diagnostics, &e->catalogue);
    arena_done(&bytes);
    return status;
}

/* Stations: order the layers, and merge the machine's half. */
static int merge_machine(struct evaluation *e, const struct local_policy *local,
                         const struct local_policy *granted,
                         struct diagnostics *diagnostics)
{
    int status =
        order_build(&e->store, local, granted, &e->arena, diagnostics, &e->order);
    return status ? status : evaluation_merge(e, RSOP_MACHINE);
}

/* Stations: lower local policy, then merge. What linked GPOs hand back is known only
 * from a merge without it, so the machine's half may be merged twice. */
static int merge(struct evaluation *e)
{
    struct arena *arena = &e->arena;
    struct diagnostics *d = &e->diagnostics;
    struct operations *lowered = arena_array(arena, 3, struct operations);
    if (!lowered)
        return GPCONF_ENOMEM;
    struct operations *machine = &lowered[0], *user = &lowered[1], *part = &lowered[2];
    const struct local_policy local = { machine, user }, granted = { part, NULL };
    int status =
        lower_statements(&e->store.local, e->catalogue, arena, d, machine, user);
    if (!status)
        status = merge_machine(e, &local, NULL, d);
    if (!status)
        status = grant_select(&e->rsop[RSOP_MACHINE], machine, arena, d, part);
    if (!status && part->n)
        status = merge_machine(e, &local, &granted, NULL);
    return status || !e->is_whole ? status : evaluation_finish(e);
}

/* Station: parse. The kept copies are read when something is damaged, and then all is
 * parsed anew with them: what was said of the first time does not count. */
static int parse(struct gpconf *session, struct evaluation *e)
{
    struct diagnostics said;
    diagnostics_init(&said, &e->arena);
    int status = store_parse(&e->snapshot, &e->arena, &said, &e->store);
    if (status || !store_is_damaged(&e->store)) {
        diagnostics_append(&e->diagnostics, &said);
        return status;
    }
    snapshot_read_last_good(&session->machine, &e->diagnostics, &e->snapshot);
    return store_parse(&e->snapshot, &e->arena, &e->diagnostics, &e->store);
}

/* The stations behind the snapshot. */
static int run_stations(struct gpconf *session, struct evaluation *e)
{
    int status = parse(session, e);
    if (!status)
        status = merge(e);
    if (!status)
        status =
            facts_collect(&session->machine, &e->arena, &e->diagnostics, &e->facts);
    if (!status)
        status =
            project_settings(&e->rsop[RSOP_MACHINE], e->catalogue, &e->facts,
                             &e->store.limits, &e->arena, &e->diagnostics, &e->config);
    return !status && arena_failed(&e->arena) ? GPCONF_ENOMEM : status;
}

static struct evaluation *new_evaluation(const struct gpconf *session)
{
    struct evaluation *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    arena_init(&e->arena, LIMIT_ARENA);
    diagnostics_init(&e->diagnostics, &e->arena);
    e->root = session->root;
    e->now = session->machine.now;
    return e;
}

static int evaluate(struct gpconf *session, const char *language,
                    const struct evaluation **ret)
{
    int status = session_open(session);
    if (status)
        return status;
    struct evaluation *e = new_evaluation(session);
    if (!e)
        return GPCONF_ENOMEM;
    session->evaluation = e;
    e->is_whole = catalogue_has_texts(language);
    status = snapshot_read(&session->machine, &e->arena, &e->diagnostics, &e->snapshot);
    if (!status)
        status = load_catalogue(session, e, language);
    if (!status)
        status = run_stations(session, e);
    if (status)
        session_forget(session);
    else
        *ret = e;
    return status;
}

int session_evaluate(struct gpconf *session, const struct evaluation **ret)
{
    if (session->evaluation && !session->evaluation->is_whole)
        session_forget(session);
    if (!session->evaluation)
        return evaluate(session, session->language, ret);
    *ret = session->evaluation;
    return 0;
}

int session_evaluate_bare(struct gpconf *session, const struct evaluation **ret)
{
    if (!session->evaluation)
        return evaluate(session, CATALOGUE_NO_TEXTS, ret);
    *ret = session->evaluation;
    return 0;
}

int session_overlay(struct gpconf *session, const char *path, const void *bytes,
                    size_t size, struct evaluation **ret)
{
    const struct evaluation *base;
    int status = session_evaluate(session, &base);
    if (status)
        return status;
    struct evaluation *e = new_evaluation(session);
    if (!e)
        return GPCONF_ENOMEM;
    e->catalogue = catalogue_ref(base->catalogue);
    e->is_whole = base->is_whole;
    status =
        snapshot_overlay(&base->snapshot, path, bytes, size, &e->arena, &e->snapshot);
    if (!status)
        status = run_stations(session, e);
    if (status)
        session_evaluation_free(e);
    else
        *ret = e;
    return status;
}
