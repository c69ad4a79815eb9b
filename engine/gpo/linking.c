#include "engine/gpo/linking.h"

#include <string.h>

#include "base/limits.h"
#include "base/status.h"
#include "engine/change/keep.h"

#define LINKS "etc/gpconf/policies/links.ini"

static int refuse(const struct linking *l, int status, const char *why)
{
    diagnostics_add(l->diagnostics, SEVERITY_ERROR, "links-not-edited",
                    origin_file(l->file), "%s, changing nothing",
                    why ? why : gpconf_status_text(status));
    return status;
}

int linking_open(const struct snapshot *snapshot, const char *shown,
                 struct arena *arena, struct diagnostics *diagnostics,
                 struct linking *ret)
{
    const struct input *input = snapshot_input(snapshot, INPUT_LINKS, NULL);
    struct linking l = { .arena = arena,
                         .diagnostics = diagnostics,
                         .file = input ? input->shown : shown,
                         .bytes = "" };
    if (input && input->status && input->status != GPCONF_ENOTFOUND)
        return refuse(&l, input->status, input->why);
    if (input && !input->status) {
        l.input = input;
        l.bytes = input->file.bytes;
        l.size = input->file.size;
    }
    struct links links;
    int status = links_parse(l.bytes, l.size, l.file, arena, diagnostics, &links);
    if (status)
        return refuse(&l, status, "is damaged and must be repaired first");
    *ret = l;
    return 0;
}

/* Go on with what an edit made, or tell why there is nothing. */
static int take(struct linking *l, int status, struct buffer *made, const char *why)
{
    void *bytes = NULL;
    size_t size = made->size;
    if (!status && size > LIMIT_INI_FILE) {
        status = GPCONF_ELIMIT;
        why = "would be larger than the limit of 1048576 bytes";
    }
    if (!status)
        bytes = arena_copy(l->arena, made->data ? made->data : "", size);
    buffer_done(made);
    if (status)
        return refuse(l, status, why);
    if (!bytes)
        return GPCONF_ENOMEM;
    l->bytes = bytes;
    l->size = size;
    return 0;
}

int linking_add(struct linking *l, const char *gpo, const struct link_place *place)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, (size_t)LIMIT_INI_FILE * 2);
    int status = links_add(l->bytes, l->size, gpo, place, l->arena, &to, &why);
    return take(l, status, &to, why);
}

int linking_remove(struct linking *l, const char *gpo, const char *container,
                   bool is_site)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, (size_t)LIMIT_INI_FILE * 2);
    int status =
        links_remove(l->bytes, l->size, gpo, container, is_site, l->arena, &to, &why);
    return take(l, status, &to, why);
}

int linking_place(struct linking *l, const char *container, bool is_site)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, (size_t)LIMIT_INI_FILE * 2);
    int status =
        links_place(l->bytes, l->size, container, is_site, l->arena, &to, &why);
    return take(l, status, &to, why);
}

int linking_name(struct linking *l, const char *gpo, const char *name)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, (size_t)LIMIT_INI_FILE * 2);
    int status = links_name(l->bytes, l->size, gpo, name, l->arena, &to, &why);
    return take(l, status, &to, why);
}

int linking_forget(struct linking *l, const char *gpo)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, (size_t)LIMIT_INI_FILE * 2);
    int status = links_forget(l->bytes, l->size, gpo, l->arena, &to, &why);
    return take(l, status, &to, why);
}

int linking_finish(const struct linking *l, struct change *change)
{
    size_t size = l->input ? l->input->file.size : 0;
    if (l->size == size &&
        memcmp(l->bytes, l->input ? l->input->file.bytes : "", size) == 0)
        return 0;
    struct step *step = change_add(change, l->arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = l->input ? l->input->path : LINKS;
    step->owner = "gpconf";
    step->after = l->bytes;
    step->after_size = l->size;
    step->mode = l->input ? l->input->file.mode : 0644;
    step->expects = l->input ? snapshot_input_hash(l->input, l->arena) : "";

    struct input now = { .role = INPUT_LINKS, .path = step->target };
    now.file = (struct file){ .bytes = arena_copy(l->arena, l->bytes, l->size),
                              .size = l->size,
                              .mode = step->mode };
    return now.file.bytes ? keep_last_good(&now, change, l->arena) : GPCONF_ENOMEM;
}
