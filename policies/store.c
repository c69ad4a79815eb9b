#include "policies/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "policies/local.h"

struct parse {
    const struct snapshot *snapshot;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct store *store;
};

static const char *date(int64_t seconds, char to[32])
{
    struct tm utc;
    time_t when = (time_t)seconds;
    if (!gmtime_r(&when, &utc) || !strftime(to, 32, "%Y-%m-%d %H:%M UTC", &utc))
        return "an unknown time";
    return to;
}

/* Why an input could not be read, for a message that names it. */
static const char *reason(const struct input *input)
{
    const char *why = file_reason(input->why, input->path);
    return why ? why : gpconf_status_text(input->status);
}

/* What a folder's own diagnostic said is a note for each file in it. */
static enum severity severity_of(const struct input *input, enum severity severity)
{
    return input && input->is_told ? SEVERITY_NOTE : severity;
}

/*
 * What a fault costs, once for all inputs that have a kept copy: the file, else its
 * copy, else nothing. read() takes bytes into their place and returns 0 or a negative
 * status.
 */
static enum input_state
read_input(struct parse *p, const struct input *input,
           int (*read)(struct parse *p, const struct file *bytes, const char *file,
                       struct diagnostics *diagnostics, void *to),
           void *to, int64_t *good_since)
{
    if (!input || input->status == GPCONF_ENOTFOUND)
        return INPUT_ABSENT;
    if (input->status)
        diagnostics_add(p->diagnostics, severity_of(input, SEVERITY_ERROR),
                        "input-unreadable", origin_file(input->shown),
                        "%s, not using this file", reason(input));
    else if (!read(p, &input->file, input->shown, p->diagnostics, to))
        return INPUT_GOOD;
    const struct file *copy = &input->last_good;
    if (copy->bytes && !read(p, copy, input->shown, NULL, to)) {
        char when[32];
        *good_since = copy->modified_ns / 1000000000;
        diagnostics_add(p->diagnostics, severity_of(input, SEVERITY_WARNING),
                        "input-last-good", origin_file(input->shown),
                        "using the copy of %s", date(*good_since, when));
        return INPUT_LAST_GOOD;
    }
    return INPUT_DAMAGED;
}

/* Values of a file that not everybody may read are not shown to everybody. */
static bool is_private(const struct file *bytes)
{
    return !(bytes->mode & S_IROTH);
}

int store_parse_half(const struct file *bytes, const char *file, struct arena *arena,
                     struct diagnostics *diagnostics, struct gpo_half *half)
{
    struct pol pol;
    int status = pol_parse(bytes->bytes, bytes->size, file, arena, diagnostics, &pol);
    if (!status)
        pol_operations(&pol, file, arena, diagnostics, &half->operations);
    for (size_t i = 0; i < half->operations.n; i++)
        half->operations.items[i].origin.is_private = is_private(bytes);
    return status;
}

static int read_pol(struct parse *p, const struct file *bytes, const char *file,
                    struct diagnostics *diagnostics, void *to)
{
    return store_parse_half(bytes, file, p->arena, diagnostics, to);
}

static int read_links(struct parse *p, const struct file *bytes, const char *file,
                      struct diagnostics *diagnostics, void *to)
{
    return links_parse(bytes->bytes, bytes->size, file, p->arena, diagnostics, to);
}

static int read_local(struct parse *p, const struct file *bytes, const char *file,
                      struct diagnostics *diagnostics, void *to)
{
    struct statements *local = to;
    size_t before = local->n;
    int status =
        local_parse(bytes->bytes, bytes->size, file, p->arena, diagnostics, local);
    for (size_t i = before; i < local->n; i++)
        local->items[i].origin.is_private = is_private(bytes);
    return status;
}

/* In a folder that is not looked into: of a GPO that was kept, a half that was not was
 * not there. */
static bool was_absent(const struct parse *p, const struct input *input)
{
    enum input_role other =
        input->role == INPUT_POL_USER ? INPUT_POL_MACHINE : INPUT_POL_USER;
    const struct input *sibling = snapshot_input(p->snapshot, other, input->gpo);
    return input->is_told && !input->last_good.bytes && sibling &&
           sibling->last_good.bytes;
}

static void parse_half(struct parse *p, enum input_role role, const char *gpo,
                       struct gpo_half *half)
{
    const struct input *input = snapshot_input(p->snapshot, role, gpo);
    half->file = input ? input->shown : NULL;
    if (input && was_absent(p, input))
        return;
    half->state = read_input(p, input, read_pol, half, &half->good_since);
    if (half->state == INPUT_DAMAGED)
        diagnostics_add(p->diagnostics, severity_of(input, SEVERITY_ERROR),
                        "gpo-damaged", origin_file(half->file),
                        "no copy was kept from when it was whole, denying the GPO");
}

static void parse_gpt(struct parse *p, struct gpo *gpo)
{
    const struct input *input = snapshot_input(p->snapshot, INPUT_GPT, gpo->id);
    if (!input || input->status == GPCONF_ENOTFOUND)
        return;
    if (input->status)
        diagnostics_add(p->diagnostics, severity_of(input, SEVERITY_WARNING),
                        "input-unreadable", origin_file(input->shown),
                        "%s, taking version 0", reason(input));
    else
        gpt_parse(input->file.bytes, input->file.size, input->shown, p->arena,
                  p->diagnostics, &gpo->gpt);
}

static void parse_gpos(struct parse *p)
{
    const struct snapshot *snapshot = p->snapshot;
    struct store *store = p->store;
    store->gpos = arena_array(p->arena, snapshot->n, struct gpo);
    for (size_t i = 0; store->gpos && i < snapshot->n; i++) {
        const struct input *input = &snapshot->inputs[i];
        if (input->role != INPUT_GPO)
            continue;
        struct gpo *gpo = &store->gpos[store->n_gpos++];
        gpo->id = input->gpo;
        gpo->is_local = name_equal(gpo->id, "local");
        parse_gpt(p, gpo);
        parse_half(p, INPUT_POL_MACHINE, gpo->id, &gpo->machine);
        parse_half(p, INPUT_POL_USER, gpo->id, &gpo->user);
        const struct link_gpo *named = links_gpo(&store->links, gpo->id);
        gpo->name = named && named->name    ? named->name
                    : gpo->gpt.display_name ? gpo->gpt.display_name
                                            : gpo->id;
    }
}

static void parse_links(struct parse *p)
{
    struct store *store = p->store;
    const struct input *input = snapshot_input(p->snapshot, INPUT_LINKS, NULL);
    store->links_state =
        read_input(p, input, read_links, &store->links, &store->links_good_since);
    if (store->links_state == INPUT_DAMAGED)
        diagnostics_add(p->diagnostics, severity_of(input, SEVERITY_ERROR),
                        "links-damaged", origin_file(input->shown),
                        "no copy was kept from when it was whole, nobody knows what "
                        "is linked to this machine");
}

static void parse_local(struct parse *p)
{
    struct store *store = p->store;
    for (size_t i = 0; i < p->snapshot->n; i++) {
        const struct input *input = &p->snapshot->inputs[i];
        if (input->role != INPUT_LOCAL)
            continue;
        int64_t since = 0;
        enum input_state state =
            read_input(p, input, read_local, &store->local, &since);
        if (state == INPUT_DAMAGED)
            diagnostics_add(p->diagnostics, severity_of(input, SEVERITY_ERROR),
                            "local-damaged", origin_file(input->shown),
                            "no copy was kept from when it was whole, going on without "
                            "this file");
        if (state == INPUT_LAST_GOOD &&
            (!store->local_good_since || since < store->local_good_since))
            store->local_good_since = since;
        if (state > store->local_state) /* the states grow worse in their order */
            store->local_state = state;
    }
}

static void parse_limits(struct parse *p)
{
    struct store *store = p->store;
    const struct input *input = snapshot_input(p->snapshot, INPUT_LIMITS, NULL);
    if (!input || input->status == GPCONF_ENOTFOUND)
        return;
    if (input->status)
        diagnostics_add(p->diagnostics, severity_of(input, SEVERITY_ERROR),
                        "input-unreadable", origin_file(input->shown),
                        "%s, writing nothing until it is read", reason(input));
    store->limits_damaged =
        input->status || limits_parse(input->file.bytes, input->file.size, input->shown,
                                      p->arena, p->diagnostics, &store->limits);
}

int store_parse(const struct snapshot *snapshot, struct arena *arena,
                struct diagnostics *diagnostics, struct store *ret)
{
    struct store store = { 0 };
    struct parse p = { .snapshot = snapshot,
                       .arena = arena,
                       .diagnostics = diagnostics,
                       .store = &store };
    parse_limits(&p);
    parse_local(&p);
    parse_links(&p);
    parse_gpos(&p); /* behind the links, which name them */
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = store;
    return 0;
}

bool store_is_damaged(const struct store *store)
{
    for (size_t i = 0; i < store->n_gpos; i++)
        if (store->gpos[i].machine.state == INPUT_DAMAGED ||
            store->gpos[i].user.state == INPUT_DAMAGED)
            return true;
    return store->links_state == INPUT_DAMAGED || store->local_state == INPUT_DAMAGED;
}

const struct gpo *store_gpo(const struct store *store, const char *id)
{
    size_t low = 0, high = store->n_gpos;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = name_compare(store->gpos[middle].id, id);
        if (order == 0)
            return &store->gpos[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
