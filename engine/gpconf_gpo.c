#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "engine/answers/change.h"
#include "engine/answers/gpo.h"
#include "engine/gpo/deploy.h"
#include "engine/gpo/linking.h"
#include "engine/gpo/which.h"
#include "engine/writer.h"

/*
 * The public questions about GPOs, and the changes that bring, link and remove them.
 * Each change is decided under the lock, from an evaluation that was made under it.
 */

int gpconf_gpo_list(struct gpconf *session, struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : gpo_list(e, ret);
}

int gpconf_gpo_show(struct gpconf *session, const char *what,
                    struct gpconf_answer **ret)
{
    const struct evaluation *e;
    int status = session_evaluate(session, &e);
    return status ? status : gpo_show(e, what, ret);
}

/* --- A change ----------------------------------------------------------------- */

/* What a change of GPOs is decided from. */
struct doing {
    struct writer writer;
    const struct evaluation *e;
    struct which which;  /* the GPO that it is about; id NULL: nobody knows */
    const char *unknown; /* a text that no GPO fits, or several do */
    int unknown_status;
};

static int begin(struct doing *d, struct gpconf *session, const char *verb)
{
    *d = (struct doing){ 0 };
    int status = writer_open(session, verb, LOCK_WAIT, &d->writer);
    return status ? status : writer_evaluate(&d->writer, &d->e);
}

static int find(struct doing *d, const char *what)
{
    int status = which_gpo(&d->e->store, what, &d->which);
    if (status) {
        d->unknown = what;
        d->unknown_status = status;
    }
    return status;
}

__attribute__((format(printf, 4, 5))) static void
warn(struct doing *d, enum severity severity, const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_format_v(&d->writer.arena, format, arguments);
    va_end(arguments);
    diagnostics_add(&d->writer.diagnostics, severity, code, origin_file(NULL), "%s",
                    message ? message : gpconf_status_text(GPCONF_ENOMEM));
}

static int refuse(struct doing *d, int status, const char *message)
{
    warn(d, SEVERITY_ERROR, "gpo-refused", "%s, changing nothing", message);
    return status;
}

/* Commit what was planned without a fault, and answer: data of the change, "gpo" and
 * "links"[], those that the GPO had before. */
static int finish(struct doing *d, int status, const char *kind,
                  struct gpconf_answer **ret)
{
    struct writer *w = &d->writer;
    if (!status)
        status = writer_commit(w);
    if (status && !d->unknown && !w->diagnostics.errors)
        refuse(d, status, gpconf_status_text(status));
    struct gpconf_answer *a = change_answer(kind, &w->change, status,
                                            w->session->machine.now, &w->diagnostics);
    if (a && d->which.id) {
        struct gpconf_node *gpo = answer_object(a, a->data, "gpo");
        answer_text(a, gpo, "id", d->which.id);
        answer_text(a, gpo, "name", d->which.name);
        gpo_links(a, a->data, &d->e->store.links, d->which.id);
    }
    if (a && d->unknown)
        gpo_unknown(a, &d->e->store, d->unknown, d->unknown_status, "changing nothing");
    int answered = a ? answer_finish(a, ret) : GPCONF_ENOMEM;
    writer_done(w);
    return answered ? answered : status;
}

static int open_links(struct doing *d, struct linking *ret)
{
    struct writer *w = &d->writer;
    const char *shown =
        file_join(&w->arena, d->e->root, "etc/gpconf/policies/links.ini");
    return linking_open(&d->e->snapshot, shown, &w->arena, &w->diagnostics, ret);
}

/* --- Deploying ---------------------------------------------------------------- */

/* Which GPO the folder becomes: as told, else as the backup or the folder is called. */
static const char *choose_id(struct doing *d,
                             const struct gpconf_gpo_deployment *deployment,
                             const struct folder *folder)
{
    if (deployment->as) {
        if (links_is_guid(deployment->as) || name_equal(deployment->as, "local"))
            return deployment->as;
        warn(d, SEVERITY_ERROR, "gpo-no-guid",
             "'%s' is no GUID with braces and not 'local', changing nothing",
             deployment->as);
        return NULL;
    }
    if (folder->backup.guid)
        return folder->backup.guid;
    if (links_is_guid(folder->name) && !folder->is_backup)
        return folder->name;
    warn(
        d, SEVERITY_ERROR, "gpo-no-guid",
        folder->is_backup
            ? "the backup '%s' does not say which GPO it is of; say it with --as "
              "{GUID}; changing nothing"
            : "the folder's name '%s' is no GUID with braces; say which GPO it is with "
              "--as {GUID} (or --as local); changing nothing",
        folder->name);
    return NULL;
}

/* The name that the deployment gives, or, where it has none yet, that the backup does:
 * a backup's gpt.ini does not have it. */
static int name_it(struct doing *d, const char *id, const char *name,
                   const char *backup_name, struct change *change)
{
    const struct store *store = &d->e->store;
    const struct link_gpo *known = links_gpo(&store->links, id);
    struct linking linking;
    if (name_equal(id, "local"))
        return name ? refuse(d, GPCONF_EINVAL, "the local GPO has no name of its own")
                    : 0;
    bool usable =
        store->links_state == INPUT_ABSENT || store->links_state == INPUT_GOOD;
    if (!name && (!backup_name || !usable || (known && known->name)))
        return 0;
    int status = open_links(d, &linking);
    if (status)
        return status;
    if (!name) /* nobody asked for it: if it cannot be written, it is told and left */
        linking.diagnostics = NULL;
    status = linking_name(&linking, id, name ? name : backup_name);
    if (status && !name) {
        warn(d, SEVERITY_WARNING, "gpo-unnamed",
             "links.ini cannot hold the name '%s', going on without it", backup_name);
        return 0;
    }
    d->which.name = name ? name : backup_name;
    return status ? status : linking_finish(&linking, change);
}

static int plan_deployment(struct doing *d,
                           const struct gpconf_gpo_deployment *deployment)
{
    struct writer *w = &d->writer;
    struct folder folder;
    struct deployed there;
    struct gpo gpo;
    int status = folder_read(deployment->folder, FOLDER_WHOLE, &w->arena,
                             &w->diagnostics, &folder);
    if (status)
        return status;
    const char *id = choose_id(d, deployment, &folder);
    if (!id)
        return GPCONF_EINVAL;
    if (!folder.n)
        return refuse(d, GPCONF_ESYNTAX, "there is no file in the folder");
    status = folder_parse(&folder, &w->arena, &w->diagnostics, &gpo);
    if (status)
        return refuse(d, status, "a damaged GPO is not deployed");
    status = deploy_look(w->session->machine.root_fd, id, &w->arena, &w->diagnostics,
                         &there);
    if (!status)
        status = deploy_plan(&folder, id, &there, &w->change, &w->arena, &id);
    if (status)
        return status;
    const struct link_gpo *known = links_gpo(&d->e->store.links, id);
    d->which.id = id;
    d->which.name = known && known->name   ? known->name
                    : gpo.gpt.display_name ? gpo.gpt.display_name
                                           : id;
    return name_it(d, id, deployment->name, folder.backup.name, &w->change);
}

int gpconf_gpo_deploy(struct gpconf *session,
                      const struct gpconf_gpo_deployment *deployment,
                      struct gpconf_answer **ret)
{
    struct doing d;
    int status = begin(&d, session, "deploy");
    if (!status)
        status = plan_deployment(&d, deployment);
    return finish(&d, status, "gpo-deploy", ret);
}

/* --- Linking ------------------------------------------------------------------ */

/* Is the container the machine's own, or above it? */
static bool is_above(const char *container, const char *machine)
{
    size_t size = strlen(container);
    return name_equal(container, machine) ||
           (strlen(machine) > size && machine[size] == '/' &&
            name_compare_n(container, machine, size) == 0);
}

/* A link that counts nowhere is no mistake, but a person should know. */
static void tell_place(struct doing *d, const struct gpconf_gpo_link *link)
{
    const struct links *links = &d->e->store.links;
    const char *word = link->is_site ? "site" : "container";
    const char *stands = link->is_site ? links->machine_site : links->machine_container;
    if (!d->which.gpo)
        warn(d, SEVERITY_WARNING, "link-not-deployed",
             "GPO '%s' is not deployed here, so the link does nothing until it is",
             d->which.name);
    if (link->here && stands && !name_equal(stands, link->container))
        warn(d, SEVERITY_WARNING, "link-moves-machine",
             "this machine stood in %s '%s' until now, and stands in '%s' from now on",
             word, stands, link->container);
    if (link->here)
        return;
    if (!stands)
        warn(d, SEVERITY_WARNING, "link-no-place",
             "nobody said in which %s this machine stands, so the link does not count "
             "here; add '%s = %s' below [machine] in links.ini, or link with --here",
             word, word, link->container);
    else if (link->is_site ? !name_equal(stands, link->container)
                           : !is_above(link->container, stands))
        warn(d, SEVERITY_WARNING, "link-elsewhere",
             "this machine stands in %s '%s', so the link does not count here", word,
             stands);
}

static int plan_link(struct doing *d, const struct gpconf_gpo_link *link)
{
    struct linking linking;
    struct link_place place = { .container = link->container,
                                .is_site = link->is_site != 0,
                                .order = link->order,
                                .enforced = link->enforced != 0,
                                .disabled = link->disabled != 0 };
    int status = find(d, link->gpo);
    if (!status && !links_is_guid(d->which.id))
        status = refuse(d, GPCONF_EINVAL,
                        "the local GPO counts by itself and is linked nowhere");
    if (!status)
        status = open_links(d, &linking);
    if (!status)
        status = linking_add(&linking, d->which.id, &place);
    if (!status && link->here)
        status = linking_place(&linking, link->container, place.is_site);
    if (!status)
        status = linking_finish(&linking, &d->writer.change);
    if (!status)
        tell_place(d, link);
    return status;
}

int gpconf_gpo_link(struct gpconf *session, const struct gpconf_gpo_link *link,
                    struct gpconf_answer **ret)
{
    struct doing d;
    int status = begin(&d, session, "link");
    if (!status)
        status = plan_link(&d, link);
    return finish(&d, status, "gpo-link", ret);
}

int gpconf_gpo_unlink(struct gpconf *session, const char *gpo, const char *container,
                      int is_site, struct gpconf_answer **ret)
{
    struct doing d;
    struct linking linking;
    int status = begin(&d, session, "unlink");
    if (!status)
        status = find(&d, gpo);
    if (!status)
        status = open_links(&d, &linking);
    if (!status)
        status = linking_remove(&linking, d.which.id, container, is_site != 0);
    if (!status)
        status = linking_finish(&linking, &d.writer.change);
    return finish(&d, status, "gpo-unlink", ret);
}

/* --- Removing ----------------------------------------------------------------- */

static int plan_removal(struct doing *d, const char *gpo)
{
    struct writer *w = &d->writer;
    struct deployed there;
    struct linking linking;
    int status = find(d, gpo);
    if (status)
        return status;
    status = deploy_look(w->session->machine.root_fd, d->which.id, &w->arena,
                         &w->diagnostics, &there);
    if (!status && !there.id)
        status = refuse(d, GPCONF_ENOTFOUND,
                        "this GPO is not deployed; 'gpconf gpo unlink' takes a link "
                        "away");
    if (!status)
        status = deploy_remove(&there, &w->change, &w->arena);
    if (status || name_equal(d->which.id, "local"))
        return status;
    status = open_links(d, &linking);
    if (!status)
        status = linking_forget(&linking, d->which.id);
    return status ? status : linking_finish(&linking, &w->change);
}

int gpconf_gpo_remove(struct gpconf *session, const char *gpo,
                      struct gpconf_answer **ret)
{
    struct doing d;
    int status = begin(&d, session, "remove");
    if (!status)
        status = plan_removal(&d, gpo);
    return finish(&d, status, "gpo-remove", ret);
}
