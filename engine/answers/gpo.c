#include "engine/answers/gpo.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/answers/result.h"
#include "engine/gpo/folder.h"
#include "engine/gpo/which.h"

static const char *state_name(enum input_state state)
{
    static const char *const names[] = {
        [INPUT_ABSENT] = "absent",
        [INPUT_GOOD] = "good",
        [INPUT_LAST_GOOD] = "last-good",
        [INPUT_DAMAGED] = "damaged",
    };
    return names[state];
}

/* --- One GPO ------------------------------------------------------------------ */

static void add_half(struct gpconf_answer *a, struct gpconf_node *to, const char *name,
                     const struct gpo_half *half, bool disabled)
{
    struct gpconf_node *node = answer_object(a, to, name);
    answer_text(a, node, "state", state_name(half->state));
    if (half->state == INPUT_LAST_GOOD)
        answer_number(a, node, "good_since", half->good_since);
    if (half->state != INPUT_ABSENT)
        answer_text(a, node, "file", half->file);
    answer_number(a, node, "operations", (int64_t)half->operations.n);
    answer_bool(a, node, "disabled", disabled);
}

static void add_gpo(struct gpconf_answer *a, struct gpconf_node *to,
                    const struct gpo *gpo, bool is_deployed,
                    const struct link_gpo *flags)
{
    answer_text(a, to, "id", gpo->id);
    answer_text(a, to, "name", gpo->name);
    answer_bool(a, to, "deployed", is_deployed);
    answer_number(a, to, "version_machine", gpt_machine_version(&gpo->gpt));
    answer_number(a, to, "version_user", gpt_user_version(&gpo->gpt));
    add_half(a, to, "machine", &gpo->machine, flags && flags->machine_disabled);
    add_half(a, to, "user", &gpo->user, flags && flags->user_disabled);
}

/* --- The list ----------------------------------------------------------------- */

void gpo_links(struct gpconf_answer *a, struct gpconf_node *to,
               const struct links *links, const char *id)
{
    struct gpconf_node *list = answer_list(a, to, "links");
    for (size_t c = 0; c < links->n_containers; c++) {
        const struct container *container = &links->containers[c];
        for (size_t i = 0; i < container->n_links; i++) {
            const struct link *link = &container->links[i];
            if (!name_equal(link->gpo, id))
                continue;
            struct gpconf_node *row = answer_object(a, list, NULL);
            answer_text(a, row, "container", container->name);
            answer_bool(a, row, "site", container->is_site);
            answer_number(a, row, "order", link->order);
            answer_bool(a, row, "enforced", link->enforced);
            answer_bool(a, row, "disabled", link->disabled);
            answer_origin(a, row, "origin", &link->origin);
        }
    }
}

/* Does it count on this machine, at least in one place, and where not? */
static void add_fate(struct gpconf_answer *a, struct gpconf_node *to,
                     const struct order *order, const char *id)
{
    bool counts = false;
    for (size_t i = 0; i < order->n_layers; i++)
        counts |= order->layers[i].gpo && name_equal(order->layers[i].gpo->id, id);
    answer_bool(a, to, "counts", counts);
    struct gpconf_node *list = answer_list(a, to, "denied");
    for (size_t i = 0; i < order->n_denied; i++) {
        const struct denied *denied = &order->denied[i];
        if (!name_equal(denied->gpo, id))
            continue;
        struct gpconf_node *row = answer_object(a, list, NULL);
        answer_text(a, row, "reason", denial_name(denied->reason));
        answer_text(a, row, "reason_text", denial_text(denied->reason));
        answer_text(a, row, "container", denied->container);
        answer_text(a, row, "detail", denied->detail);
    }
}

static void add_not_deployed(struct gpconf_answer *a, struct gpconf_node *list,
                             const struct evaluation *e, const char *id)
{
    const struct link_gpo *known = links_gpo(&e->store.links, id);
    struct gpconf_node *row = answer_object(a, list, NULL);
    answer_text(a, row, "id", id);
    answer_text(a, row, "name", known && known->name ? known->name : id);
    answer_bool(a, row, "deployed", false);
    gpo_links(a, row, &e->store.links, id);
    add_fate(a, row, &e->order, id);
}

static int by_id(const void *a, const void *b)
{
    return name_compare(*(const char *const *)a, *(const char *const *)b);
}

/* The GPOs that are only linked, each once. */
static void add_only_linked(struct gpconf_answer *a, struct gpconf_node *list,
                            const struct evaluation *e)
{
    const struct links *links = &e->store.links;
    const char **ids = NULL;
    size_t n = 0, capacity = 0;
    for (size_t c = 0; c < links->n_containers; c++)
        for (size_t i = 0; i < links->containers[c].n_links; i++) {
            const char *id = links->containers[c].links[i].gpo;
            if (store_gpo(&e->store, id))
                continue;
            ids = arena_grow(&a->arena, ids, n, sizeof *ids, &capacity);
            if (!ids)
                return;
            ids[n++] = id;
        }
    if (n)
        qsort(ids, n, sizeof *ids, by_id);
    for (size_t i = 0; i < n; i++)
        if (!i || !name_equal(ids[i], ids[i - 1]))
            add_not_deployed(a, list, e, ids[i]);
}

int gpo_list(const struct evaluation *e, struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("gpo-list", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    const struct links *links = &e->store.links;
    diagnostics_append(&a->diagnostics, &e->diagnostics);
    struct gpconf_node *machine = answer_object(a, a->data, "machine");
    answer_text(a, machine, "container", links->machine_container);
    answer_text(a, machine, "site", links->machine_site);
    answer_text(a, a->data, "links_state", state_name(e->store.links_state));
    struct gpconf_node *list = answer_list(a, a->data, "gpos");
    for (size_t i = 0; i < e->store.n_gpos; i++) {
        const struct gpo *gpo = &e->store.gpos[i];
        struct gpconf_node *row = answer_object(a, list, NULL);
        add_gpo(a, row, gpo, true, links_gpo(links, gpo->id));
        gpo_links(a, row, links, gpo->id);
        add_fate(a, row, &e->order, gpo->id);
    }
    add_only_linked(a, list, e);
    return answer_finish(a, ret);
}

/* --- One alone ---------------------------------------------------------------- */

void gpo_unknown(struct gpconf_answer *a, const struct store *store, const char *what,
                 int status, const char *consequence)
{
    struct which which;
    if (status == GPCONF_ERANGE) {
        struct gpconf_node *list = answer_list(a, a->data, "candidates");
        for (size_t i = 0; which_named(store, what, i, &which); i++) {
            struct gpconf_node *row = answer_object(a, list, NULL);
            answer_text(a, row, "id", which.id);
            answer_text(a, row, "name", which.name);
        }
        diagnostics_add(&a->diagnostics, SEVERITY_ERROR, "gpo-ambiguous",
                        origin_file(NULL), "several GPOs are called '%s', %s", what,
                        consequence);
        return;
    }
    const char *near = which_meant(store, what);
    answer_text(a, answer_list(a, a->data, "suggestions"), NULL, near);
    diagnostics_add(&a->diagnostics, SEVERITY_ERROR, "gpo-unknown", origin_file(NULL),
                    "there is no GPO '%s'%s%s%s, %s", what,
                    near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "",
                    consequence);
}

/* The GPO as the only layer there is. */
static int add_alone(struct gpconf_answer *a, const struct evaluation *e,
                     const struct gpo *gpo)
{
    struct layer layer = { .kind = LAYER_LOCAL_GPO,
                           .gpo = gpo,
                           .name = gpo->name,
                           .machine = &gpo->machine.operations,
                           .user = &gpo->user.operations };
    struct evaluation alone = { .catalogue = e->catalogue, .root = e->root };
    alone.order = (struct order){ .layers = &layer, .n_layers = 1 };
    arena_init(&alone.arena, LIMIT_ARENA);
    int status = evaluation_merge(&alone, RSOP_MACHINE);
    if (!status)
        status = evaluation_finish(&alone);
    if (!status)
        status = result_configured(a, &alone);
    arena_done(&alone.arena);
    return status;
}

/* What is on disk, in the answer's own arena. */
static int read_path(struct gpconf_answer *a, const char *path, struct gpo *ret)
{
    struct folder folder;
    struct stat st;
    bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    int status = is_folder ? folder_read(path, FOLDER_POLICY, &a->arena,
                                         &a->diagnostics, &folder)
                           : folder_read_pol(path, &a->arena, &a->diagnostics, &folder);
    if (status)
        return status;
    answer_text(a, a->data, "path", folder.path);
    return folder_parse(&folder, &a->arena, &a->diagnostics, ret);
}

static bool is_path(const char *what)
{
    struct stat st;
    return strchr(what, '/') || stat(what, &st) == 0;
}

/* Find what is meant. A status of 0, or of a damaged half, leaves a GPO to be shown. */
static int find(struct gpconf_answer *a, const struct evaluation *e, const char *what,
                struct gpo *ret_read, const struct gpo **ret)
{
    struct which which = { 0 };
    int status = GPCONF_ENOTFOUND;
    *ret = NULL;
    if (!strchr(what, '/'))
        status = which_gpo(&e->store, what, &which);
    if (which.gpo) {
        *ret = which.gpo;
        return 0;
    }
    if (status == GPCONF_ERANGE || !is_path(what)) {
        status = status ? status : GPCONF_ENOTFOUND;
        gpo_unknown(a, &e->store, what, status, "showing nothing");
        return status;
    }
    ret_read->id = NULL;
    status = read_path(a, what, ret_read);
    if (ret_read->id)
        *ret = ret_read;
    return status;
}

int gpo_show(const struct evaluation *e, const char *what, struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("gpo-show", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    struct gpo read = { 0 };
    const struct gpo *gpo;
    int status = find(a, e, what, &read, &gpo), failed = 0;
    if (gpo) {
        bool is_deployed = gpo != &read;
        if (is_deployed)
            diagnostics_append(&a->diagnostics, &e->diagnostics);
        add_gpo(a, answer_object(a, a->data, "gpo"), gpo, is_deployed,
                is_deployed ? links_gpo(&e->store.links, gpo->id) : NULL);
        failed = add_alone(a, e, gpo);
    }
    if (failed) {
        gpconf_answer_unref(a);
        return failed;
    }
    failed = answer_finish(a, ret);
    return failed ? failed : status;
}
