/*
 * The writer of links.ini: the edits that are declared in links.h. Each is a chain of
 * edits of base/syntax/ini.h on a copy, so a person's comments stay on their lines.
 */
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/syntax/ini.h"
#include "policies/links.h"

struct edit {
    struct arena *arena;
    const char **reterr_why;
    struct buffer bytes; /* as they are by now */
    struct links links;  /* of the bytes at the beginning, as ini is */
    struct ini ini;
    const struct container *container;
    const char *section; /* as the file spells it, or as it is to be written */
    int status;
};

static int refuse(struct edit *e, int status, const char *why)
{
    if (e->reterr_why)
        *e->reterr_why = why;
    e->status = status;
    return status;
}

/* Is the section about this subject, such as "site" "Milan"? Spaces and case differ. */
static bool names(const char *section, const char *word, const char *subject)
{
    size_t size = strlen(word);
    if (!name_starts(section, word) || !strchr(" \t", section[size]) || !section[size])
        return false;
    return name_equal(section + size + strspn(section + size, " \t"), subject);
}

static const char *word_of(bool is_site)
{
    return is_site ? "site" : "container";
}

/* Read the bytes, and find the section of a subject. */
static int begin(struct edit *e, const void *bytes, size_t size, const char *word,
                 const char *subject)
{
    struct diagnostics faults;
    diagnostics_init(&faults, e->arena);
    buffer_init(&e->bytes, (size_t)LIMIT_INI_FILE * 2);
    int status = links_parse(bytes, size, NULL, e->arena, &faults, &e->links);
    if (!status)
        status = ini_parse(bytes, size, INI_STRICT, NULL, e->arena, &faults, &e->ini);
    if (status)
        return refuse(e, status,
                      faults.first
                          ? arena_format(e->arena, "line %u: %s",
                                         faults.first->origin.at, faults.first->message)
                          : gpconf_status_text(status));
    e->section = arena_format(e->arena, "%s %s", word, subject);
    for (size_t i = 0; i < e->ini.n_sections; i++)
        if (names(e->ini.sections[i].name, word, subject))
            e->section = e->ini.sections[i].name;
    buffer_append(&e->bytes, bytes, size);
    return 0;
}

static const char *key_of(struct edit *e, unsigned order)
{
    return arena_format(e->arena, "link %u", order);
}

/* The key of an order as the file spells it ("Link  2"). */
static const char *written_key(struct edit *e, unsigned order)
{
    struct ini ini;
    const void *bytes = e->bytes.data ? e->bytes.data : "";
    const char *wanted = arena_format(e->arena, "%u", order);
    if (!wanted || !e->section ||
        ini_parse(bytes, e->bytes.size, INI_STRICT, NULL, e->arena, NULL, &ini))
        return NULL;
    for (size_t i = 0; i < ini.n; i++) {
        const char *key = ini.entries[i].key;
        size_t digits = strcspn(key, "0123456789");
        if (ini.entries[i].section && name_equal(ini.entries[i].section, e->section) &&
            name_starts(key, "link") && strcmp(key + digits, wanted) == 0)
            return key;
    }
    return NULL;
}

enum verb { VERB_SET, VERB_UNSET, VERB_RENAME, VERB_DROP };

/* One edit on the bytes: a key of the section gets a value, goes, or gets a name; or the
 * section goes, which has no key any more. */
static void edit_key(struct edit *e, enum verb verb, const char *key, const char *text)
{
    struct buffer next;
    if (e->status)
        return;
    buffer_init(&next, (size_t)LIMIT_INI_FILE * 2);
    const void *bytes = e->bytes.data;
    size_t size = e->bytes.size;
    if (!key || !text || !e->section)
        e->status = GPCONF_ENOMEM;
    else if (verb == VERB_SET)
        e->status =
            ini_set(bytes, size, e->section, key, text, e->arena, &next, e->reterr_why);
    else if (verb == VERB_UNSET)
        e->status =
            ini_unset(bytes, size, e->section, key, e->arena, &next, e->reterr_why);
    else if (verb == VERB_DROP)
        e->status = ini_drop(bytes, size, e->section, e->arena, &next, e->reterr_why);
    else
        e->status = ini_rename(bytes, size, e->section, key, text, e->arena, &next,
                               e->reterr_why);
    if (e->status) {
        buffer_done(&next);
        return;
    }
    buffer_done(&e->bytes);
    e->bytes = next;
}

/* The same, of the key of an order. */
static void step(struct edit *e, enum verb verb, unsigned order, const char *text)
{
    const char *key = e->status ? NULL : written_key(e, order);
    edit_key(e, verb, key ? key : key_of(e, order), text);
}

static const struct link *link_of(const struct edit *e, const char *gpo)
{
    for (size_t i = 0; e->container && i < e->container->n_links; i++)
        if (name_equal(e->container->links[i].gpo, gpo))
            return &e->container->links[i];
    return NULL;
}

static int finish(struct edit *e, struct buffer *to)
{
    struct links links;
    struct diagnostics faults;
    diagnostics_init(&faults, e->arena);
    if (!e->status && arena_failed(e->arena))
        refuse(e, GPCONF_ENOMEM, gpconf_status_text(GPCONF_ENOMEM));
    if (!e->status && links_parse(e->bytes.data ? e->bytes.data : "", e->bytes.size,
                                  NULL, e->arena, &faults, &links))
        refuse(e, GPCONF_ERANGE,
               faults.first ? faults.first->message
                            : gpconf_status_text(GPCONF_ERANGE));
    if (!e->status) {
        buffer_append(to, e->bytes.data, e->bytes.size);
        if (buffer_failed(to))
            refuse(e, GPCONF_ENOMEM, gpconf_status_text(GPCONF_ENOMEM));
    }
    buffer_done(&e->bytes);
    return e->status;
}

/* Move the orders from this on down by one, as far as they follow each other. */
static void move_down(struct edit *e, unsigned from)
{
    const struct container *c = e->container;
    size_t first = 0;
    while (c && first < c->n_links && c->links[first].order < from)
        first++;
    size_t end = first;
    unsigned next = from;
    for (; c && end < c->n_links && c->links[end].order == next; end++)
        next++;
    while (end > first) {
        unsigned order = c->links[--end].order;
        step(e, VERB_RENAME, order, key_of(e, order + 1));
    }
}

static void move_up(struct edit *e, unsigned removed)
{
    const struct container *c = e->container;
    unsigned next = removed + 1;
    for (size_t i = 0; i < c->n_links; i++) {
        if (c->links[i].order != next)
            continue;
        step(e, VERB_RENAME, next, key_of(e, next - 1));
        next++;
    }
}

static unsigned weakest(const struct container *container)
{
    return container && container->n_links
               ? container->links[container->n_links - 1].order
               : 0;
}

int links_add(const void *bytes, size_t size, const char *gpo,
              const struct link_place *place, struct arena *arena, struct buffer *to,
              const char **reterr_why)
{
    struct edit e = { .arena = arena, .reterr_why = reterr_why };
    if (!links_is_guid(gpo))
        return refuse(&e, GPCONF_ERANGE, "the GPO is no GUID with braces");
    if (begin(&e, bytes, size, word_of(place->is_site), place->container))
        return finish(&e, to);
    e.container = links_container(&e.links, place->container, place->is_site);
    const char *value =
        arena_format(arena, "%s%s%s", gpo, place->enforced ? " enforced" : "",
                     place->disabled ? " disabled" : "");
    const struct link *link = link_of(&e, gpo);
    unsigned order = place->order, last = weakest(e.container);
    if (link && (order == 0 || order == link->order)) {
        step(&e, VERB_SET, link->order, value);
        return finish(&e, to);
    }
    if (link) {
        /* Take it out first, then read again: the orders have moved. */
        struct buffer without;
        buffer_init(&without, (size_t)LIMIT_INI_FILE * 2);
        int status = links_remove(bytes, size, gpo, place->container, place->is_site,
                                  arena, &without, reterr_why);
        if (!status)
            status = links_add(without.data, without.size, gpo, place, arena, to,
                               reterr_why);
        buffer_done(&without);
        buffer_done(&e.bytes);
        return status;
    }
    if (order == 0 || order > last)
        order = last + 1;
    if (order > LIMIT_LINKS)
        refuse(&e, GPCONF_ELIMIT, "there are more than 10000 links");
    move_down(&e, order);
    step(&e, VERB_SET, order, value);
    return finish(&e, to);
}

int links_remove(const void *bytes, size_t size, const char *gpo, const char *container,
                 bool is_site, struct arena *arena, struct buffer *to,
                 const char **reterr_why)
{
    struct edit e = { .arena = arena, .reterr_why = reterr_why };
    if (begin(&e, bytes, size, word_of(is_site), container))
        return finish(&e, to);
    e.container = links_container(&e.links, container, is_site);
    const struct link *link = link_of(&e, gpo);
    if (!link) {
        refuse(&e, GPCONF_ENOTFOUND, "the GPO is not linked there");
        return finish(&e, to);
    }
    step(&e, VERB_UNSET, link->order, "");
    move_up(&e, link->order);
    return finish(&e, to);
}

int links_place(const void *bytes, size_t size, const char *container, bool is_site,
                struct arena *arena, struct buffer *to, const char **reterr_why)
{
    struct edit e = { .arena = arena, .reterr_why = reterr_why };
    if (!begin(&e, bytes, size, "machine", "")) {
        e.section = "machine";
        edit_key(&e, VERB_SET, word_of(is_site), container);
    }
    return finish(&e, to);
}

int links_name(const void *bytes, size_t size, const char *gpo, const char *name,
               struct arena *arena, struct buffer *to, const char **reterr_why)
{
    struct edit e = { .arena = arena, .reterr_why = reterr_why };
    if (!links_is_guid(gpo))
        return refuse(&e, GPCONF_ERANGE, "the GPO is no GUID with braces");
    if (!begin(&e, bytes, size, "gpo", gpo))
        edit_key(&e, VERB_SET, "name", name);
    return finish(&e, to);
}

/* A link goes, and everything is read again: the orders have moved. */
static void unlink_one(struct edit *e, const struct container *container,
                       const char *gpo)
{
    struct buffer without;
    buffer_init(&without, (size_t)LIMIT_INI_FILE * 2);
    e->status = links_remove(e->bytes.data, e->bytes.size, gpo, container->name,
                             container->is_site, e->arena, &without, e->reterr_why);
    buffer_done(&e->bytes);
    e->bytes = without;
}

int links_forget(const void *bytes, size_t size, const char *gpo, struct arena *arena,
                 struct buffer *to, const char **reterr_why)
{
    struct edit e = { .arena = arena, .reterr_why = reterr_why };
    if (begin(&e, bytes, size, "gpo", gpo))
        return finish(&e, to);
    for (size_t i = 0; i < e.ini.n; i++) {
        e.section = e.ini.entries[i].section;
        if (names(e.section, "gpo", gpo))
            edit_key(&e, VERB_UNSET, e.ini.entries[i].key, "");
    }
    for (size_t i = 0; i < e.ini.n_sections; i++) {
        e.section = e.ini.sections[i].name;
        if (names(e.section, "gpo", gpo))
            edit_key(&e, VERB_DROP, "", "");
    }
    for (size_t i = 0; !e.status && i < e.links.n_containers; i++) {
        e.container = &e.links.containers[i];
        if (link_of(&e, gpo))
            unlink_one(&e, e.container, gpo);
    }
    return finish(&e, to);
}
