#include "policies/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/syntax/ini.h"

struct parse {
    const char *file;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct links *links;
    size_t containers_capacity, gpos_capacity;
    size_t *links_capacity; /* beside links->containers */
    size_t links_capacity_capacity, n_links;
    int status;
};

static void damage(struct parse *p, uint32_t line, const char *message)
{
    diagnostics_add(p->diagnostics, SEVERITY_ERROR, "links-syntax",
                    origin_line(p->file, line), "%s, not using this file",
                    message ? message : "");
    p->status = GPCONF_ESYNTAX;
}

bool links_is_guid(const char *text)
{
    static const char shape[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
    if (strlen(text) != sizeof shape - 1)
        return false;
    for (size_t i = 0; shape[i]; i++) {
        if (shape[i] == 'x' ? !strchr("0123456789abcdefABCDEF", text[i])
                            : text[i] != shape[i])
            return false;
    }
    return true;
}

/* Components with one slash between them. */
static bool is_container(const char *name)
{
    size_t size = strlen(name);
    return size && name[0] != '/' && name[size - 1] != '/' && !strstr(name, "//");
}

static bool is_yes(const char *text)
{
    return name_equal(text, "yes") || name_equal(text, "true") ||
           name_equal(text, "on") || name_equal(text, "1");
}

static bool is_no(const char *text)
{
    return name_equal(text, "no") || name_equal(text, "false") ||
           name_equal(text, "off") || name_equal(text, "0");
}

/* What follows the word and its spaces; NULL when the text begins otherwise. */
static const char *behind(const char *text, const char *word)
{
    size_t size = strlen(word);
    if (!name_starts(text, word) || (text[size] != ' ' && text[size] != '\t'))
        return NULL;
    return text + size + strspn(text + size, " \t");
}

const struct container *links_container(const struct links *links, const char *name,
                                        bool is_site)
{
    for (size_t i = 0; name && i < links->n_containers; i++)
        if (links->containers[i].is_site == is_site &&
            name_equal(links->containers[i].name, name))
            return &links->containers[i];
    return NULL;
}

const struct link_gpo *links_gpo(const struct links *links, const char *gpo)
{
    for (size_t i = 0; gpo && i < links->n_gpos; i++)
        if (name_equal(links->gpos[i].gpo, gpo))
            return &links->gpos[i];
    return NULL;
}

static struct container *add_container(struct parse *p, const char *name, bool is_site,
                                       uint32_t line)
{
    struct links *links = p->links;
    const struct container *known = links_container(links, name, is_site);
    if (known)
        return &links->containers[known - links->containers];
    struct container *containers =
        arena_grow(p->arena, links->containers, links->n_containers, sizeof *containers,
                   &p->containers_capacity);
    size_t *capacities = arena_grow(p->arena, p->links_capacity, links->n_containers,
                                    sizeof *capacities, &p->links_capacity_capacity);
    if (!containers || !capacities)
        return NULL;
    links->containers = containers;
    p->links_capacity = capacities;
    capacities[links->n_containers] = 0;
    containers[links->n_containers] = (struct container){
        .name = name, .is_site = is_site, .origin = origin_line(p->file, line)
    };
    return &containers[links->n_containers++];
}

static struct link_gpo *add_gpo(struct parse *p, const char *gpo, uint32_t line)
{
    struct links *links = p->links;
    const struct link_gpo *known = links_gpo(links, gpo);
    if (known)
        return &links->gpos[known - links->gpos];
    struct link_gpo *gpos = arena_grow(p->arena, links->gpos, links->n_gpos,
                                       sizeof *gpos, &p->gpos_capacity);
    if (!gpos)
        return NULL;
    links->gpos = gpos;
    gpos[links->n_gpos] =
        (struct link_gpo){ .gpo = gpo, .origin = origin_line(p->file, line) };
    return &gpos[links->n_gpos++];
}

/* "link 12": the number; 0 when it is none from 1 to LIMIT_LINKS. */
static unsigned read_order(const char *text)
{
    unsigned order = 0;
    if (*text == '0')
        return 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        order = order * 10 + (unsigned)(*text - '0');
        if (order > LIMIT_LINKS)
            return 0;
    }
    return *text ? 0 : order;
}

/* "{GUID} enforced disabled" */
static void read_link(struct parse *p, struct container *container,
                      const struct ini_entry *entry, const char *order)
{
    struct link link = { .order = read_order(order),
                         .origin = origin_line(p->file, entry->line) };
    size_t size = strcspn(entry->value, " \t");
    link.gpo = arena_string_n(p->arena, entry->value, size);
    if (!link.gpo)
        return;
    if (!link.order)
        damage(p, entry->line, "a link order is a number from 1 to 10000");
    if (!links_is_guid(link.gpo))
        damage(p, entry->line,
               arena_format(p->arena, "'%s' is no GUID with braces", link.gpo));
    for (const char *word = entry->value + size; *(word += strspn(word, " \t"));) {
        size = strcspn(word, " \t");
        const char *copy = arena_string_n(p->arena, word, size);
        if (!copy)
            return;
        if (name_equal(copy, "enforced"))
            link.enforced = true;
        else if (name_equal(copy, "disabled"))
            link.disabled = true;
        else
            damage(p, entry->line,
                   arena_format(p->arena,
                                "a link is 'enforced' or 'disabled', not '%s'", copy));
        word += size;
    }
    if (p->n_links++ == LIMIT_LINKS) {
        damage(p, entry->line, "there are more than 10000 links");
        p->status = GPCONF_ELIMIT;
    }
    if (p->n_links > LIMIT_LINKS)
        return;
    size_t *capacity = &p->links_capacity[container - p->links->containers];
    struct link *links = arena_grow(p->arena, container->links, container->n_links,
                                    sizeof *links, capacity);
    if (!links)
        return;
    container->links = links;
    links[container->n_links++] = link;
}

static void read_container(struct parse *p, struct container *container,
                           const struct ini_entry *entry)
{
    const char *order = behind(entry->key, "link");
    if (order)
        read_link(p, container, entry, order);
    else if (!name_equal(entry->key, "block inheritance"))
        damage(p, entry->line, arena_format(p->arena, "unknown key '%s'", entry->key));
    else if (is_yes(entry->value) || is_no(entry->value))
        container->block_inheritance = is_yes(entry->value);
    else
        damage(p, entry->line, "block inheritance is yes or no");
}

static void read_gpo(struct parse *p, struct link_gpo *gpo,
                     const struct ini_entry *entry)
{
    const char *value = entry->value;
    if (name_equal(entry->key, "name")) {
        gpo->name = *value ? value : NULL;
    } else if (!name_equal(entry->key, "disabled")) {
        damage(p, entry->line, arena_format(p->arena, "unknown key '%s'", entry->key));
    } else {
        bool both = name_equal(value, "both");
        gpo->user_disabled = both || name_equal(value, "user");
        gpo->machine_disabled = both || name_equal(value, "machine");
        if (!gpo->user_disabled && !gpo->machine_disabled && !name_equal(value, "no"))
            damage(p, entry->line, "disabled is user, machine or both");
    }
}

static void read_machine(struct parse *p, const struct ini_entry *entry)
{
    if (name_equal(entry->key, "container")) {
        p->links->machine_container = entry->value;
        if (!is_container(entry->value))
            damage(p, entry->line, "a container is named such as example.test/Servers");
    } else if (name_equal(entry->key, "site") && *entry->value) {
        p->links->machine_site = entry->value;
    } else {
        damage(p, entry->line,
               arena_format(p->arena, "unknown key '%s' or no value", entry->key));
    }
}

/* What a section is about: its name as a container, a site or a GPO. */
enum subject {
    SUBJECT_NONE,
    SUBJECT_MACHINE,
    SUBJECT_SITE,
    SUBJECT_CONTAINER,
    SUBJECT_GPO
};

static enum subject subject_of(const char *section, const char **ret_name)
{
    *ret_name = NULL;
    if (name_equal(section, "machine"))
        return SUBJECT_MACHINE;
    if ((*ret_name = behind(section, "site")))
        return SUBJECT_SITE;
    if ((*ret_name = behind(section, "container")) && is_container(*ret_name))
        return SUBJECT_CONTAINER;
    if ((*ret_name = behind(section, "gpo")) && links_is_guid(*ret_name))
        return SUBJECT_GPO;
    return SUBJECT_NONE;
}

static void read_entry(struct parse *p, const struct ini_entry *entry)
{
    const char *name;
    switch (subject_of(entry->section, &name)) {
    case SUBJECT_MACHINE:
        read_machine(p, entry);
        break;
    case SUBJECT_SITE:
    case SUBJECT_CONTAINER: {
        bool is_site = behind(entry->section, "site") != NULL;
        struct container *container = add_container(p, name, is_site, entry->line);
        if (container)
            read_container(p, container, entry);
        break;
    }
    case SUBJECT_GPO: {
        struct link_gpo *gpo = add_gpo(p, name, entry->line);
        if (gpo)
            read_gpo(p, gpo, entry);
        break;
    }
    case SUBJECT_NONE: /* told with its section */
        break;
    }
}

/* Sections count even when they are empty: they say that the thing is there. */
static void read_section(struct parse *p, const struct ini_section *section)
{
    const char *name;
    switch (subject_of(section->name, &name)) {
    case SUBJECT_MACHINE:
        break;
    case SUBJECT_SITE:
        add_container(p, name, true, section->line);
        break;
    case SUBJECT_CONTAINER:
        add_container(p, name, false, section->line);
        break;
    case SUBJECT_GPO:
        add_gpo(p, name, section->line);
        break;
    case SUBJECT_NONE:
        damage(p, section->line,
               arena_format(p->arena,
                            "a section is [machine], [site NAME], [container NAME] or "
                            "[gpo {GUID}], not '%s'",
                            section->name));
        break;
    }
}

static int by_order(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

static int by_gpo(const void *a, const void *b)
{
    return name_compare((*(const struct link *const *)a)->gpo,
                        (*(const struct link *const *)b)->gpo);
}

/* One order, one link; and a GPO is linked to a container once. */
static void check_container(struct parse *p, struct container *container)
{
    struct link *links = container->links;
    size_t n = container->n_links;
    const struct link **sorted = arena_array(p->arena, n, const struct link *);
    if (n < 2 || !sorted)
        return;
    qsort(links, n, sizeof *links, by_order);
    for (size_t i = 0; i < n; i++)
        sorted[i] = &links[i];
    for (size_t i = 1; i < n; i++)
        if (links[i].order == links[i - 1].order)
            damage(p, links[i].origin.at,
                   arena_format(p->arena, "link order %u stands in line %u already",
                                links[i].order, links[i - 1].origin.at));
    qsort(sorted, n, sizeof *sorted, by_gpo);
    for (size_t i = 1; i < n; i++)
        if (name_equal(sorted[i]->gpo, sorted[i - 1]->gpo))
            damage(p, sorted[i]->origin.at,
                   arena_format(p->arena, "%s is linked in line %u already",
                                sorted[i]->gpo, sorted[i - 1]->origin.at));
}

int links_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
                struct diagnostics *diagnostics, struct links *ret)
{
    struct ini ini;
    struct links links = { 0 };
    struct parse p = {
        .file = file, .arena = arena, .diagnostics = diagnostics, .links = &links
    };
    int status = ini_parse(bytes, size, INI_STRICT, file, arena, diagnostics, &ini);
    if (status)
        return status;
    for (size_t i = 0; i < ini.n_sections; i++)
        read_section(&p, &ini.sections[i]);
    for (size_t i = 0; i < ini.n; i++)
        read_entry(&p, &ini.entries[i]);
    for (size_t i = 0; i < links.n_containers; i++)
        check_container(&p, &links.containers[i]);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    if (!p.status)
        *ret = links;
    return p.status;
}
