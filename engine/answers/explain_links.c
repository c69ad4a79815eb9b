#include <string.h>
#include <strings.h>

#include "base/registry/name.h"
#include "engine/answers/explaining.h"

/* A line of links.ini: where the machine stands, and what is linked there. */

static const char *name_of(const struct explaining *x, const char *id)
{
    const struct gpo *gpo = store_gpo(&x->e->store, id);
    const struct link_gpo *known = links_gpo(&x->e->store.links, id);
    return gpo ? gpo->name : known && known->name ? known->name : id;
}

/* What became of the link: its layer, and what was denied of it. */
static void add_fate(struct explaining *x, struct gpconf_node *means,
                     const struct container *container, const struct link *link)
{
    struct gpconf_answer *a = x->a;
    const struct order *order = &x->e->order;
    bool counts = false, denied = false;
    for (size_t i = 0; i < order->n_layers; i++)
        counts = counts || explaining_is_at(&order->layers[i].link, link->origin.file,
                                            link->origin.at);
    if (counts)
        answer_text(a, means, NULL, "It counts on this machine.");
    for (size_t i = 0; i < order->n_denied; i++) {
        const struct denied *d = &order->denied[i];
        if (!explaining_is_at(&d->link, link->origin.file, link->origin.at))
            continue;
        denied = true;
        answer_text(
            a, means, NULL,
            arena_format(&a->arena, "%s: %s%s%s.",
                         counts ? "Not all of it does" : "It does not count here",
                         denial_text(d->reason), d->detail ? ", " : "",
                         d->detail ? d->detail : ""));
    }
    if (!counts && !denied)
        answer_text(a, means, NULL,
                    arena_format(&a->arena,
                                 "It does not count here: this machine does not stand "
                                 "in %s.",
                                 container->name));
}

static void say_container(struct explaining *x, struct gpconf_node *means,
                          const struct ini_entry *entry,
                          const struct container *container, uint32_t line)
{
    struct gpconf_answer *a = x->a;
    const char *kind = container->is_site ? "the site " : "";
    if (!entry->key) {
        answer_text(a, means, NULL,
                    arena_format(&a->arena, "What is linked to %s%s follows.", kind,
                                 container->name));
        return;
    }
    for (size_t i = 0; i < container->n_links; i++) {
        const struct link *link = &container->links[i];
        if (link->origin.at != line)
            continue;
        answer_text(a, means, NULL,
                    arena_format(&a->arena, "It links %s to %s%s, link order %u%s%s.",
                                 name_of(x, link->gpo), kind, container->name,
                                 link->order, link->enforced ? ", enforced" : "",
                                 link->disabled ? ", disabled" : ""));
        add_fate(x, means, container, link);
        return;
    }
    answer_text(a, means, NULL,
                arena_format(&a->arena,
                             container->block_inheritance
                                 ? "What is linked above %s does not count in it, but "
                                   "for enforced links."
                                 : "What is linked above %s counts in it as well.",
                             container->name));
}

static void say_gpo(struct explaining *x, struct gpconf_node *means,
                    const struct ini_entry *entry, const struct link_gpo *gpo)
{
    struct gpconf_answer *a = x->a;
    const char *half = gpo->user_disabled && gpo->machine_disabled ? "Nothing"
                       : gpo->user_disabled                        ? "The user half"
                                                                   : "The machine half";
    if (!entry->key)
        answer_text(
            a, means, NULL,
            arena_format(&a->arena, "What is said of the GPO %s follows.", gpo->gpo));
    else if (name_equal(entry->key, "name"))
        answer_text(a, means, NULL,
                    arena_format(&a->arena, "The GPO %s is called %s here.", gpo->gpo,
                                 entry->value));
    else
        answer_text(a, means, NULL,
                    arena_format(&a->arena, "%s of %s %s, wherever it is linked.", half,
                                 name_of(x, gpo->gpo),
                                 *half == 'N' ? "counts" : "does not count"));
}

static void say_machine(struct explaining *x, struct gpconf_node *means,
                        const struct ini_entry *entry)
{
    const char *text = "Where this machine stands follows.";
    if (entry->key)
        text = arena_format(&x->a->arena,
                            name_equal(entry->key, "site")
                                ? "This machine is at the site %s."
                                : "This machine stands in the container %s, so what is "
                                  "linked to it and above it counts here.",
                            entry->value);
    answer_text(x->a, means, NULL, text);
}

void explaining_links(struct explaining *x, const struct input *input, uint32_t line)
{
    const struct links *links = &x->e->store.links;
    struct ini_entry entry;
    struct gpconf_node *means = answer_list(x->a, x->a->data, "means");
    explaining_chain(x);
    if (!explaining_entry(x, input, line, means, &entry))
        return;
    const char *name = strpbrk(entry.section, " \t");
    name = name ? name + strspn(name, " \t") : "";
    bool is_site = strncasecmp(entry.section, "site", 4) == 0;
    const struct container *container = links_container(links, name, is_site);
    const struct link_gpo *gpo = links_gpo(links, name);
    if (name_equal(entry.section, "machine"))
        say_machine(x, means, &entry);
    else if (container)
        say_container(x, means, &entry, container, line);
    else if (gpo)
        say_gpo(x, means, &entry, gpo);
}
