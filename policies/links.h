#ifndef GPCONF_POLICIES_LINKS_H
#define GPCONF_POLICIES_LINKS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/diagnostic.h"

/*
 * links.ini: where this machine stands and which GPOs are linked there. It is what a
 * directory would say ([MS-GPOL] 2.2.2 gPLink and gPOptions), in a form a person
 * edits: one key per link, whose number is the link order, 1 the strongest.
 *
 *    [machine]                       container = example.test/Servers/Web
 *                                    site = Milan
 *    [site Milan]                    link 1 = {D4…}
 *    [container example.test]        link 1 = {A1…} enforced
 *    [container example.test/Servers] link 1 = {B2…}
 *                                    link 2 = {C3…} disabled
 *                                    block inheritance = no
 *    [gpo {B2…}]                     name = Servers-Patching
 *                                    disabled = user          (user | machine | both)
 *
 * A container is named by its components from the domain down, with slashes. Nothing
 * here is optional noise: a section, key or word that is not known damages the file,
 * since a misspelt link must not be a link that is gone.
 */
struct link {
    const char *gpo; /* GUID with braces, as written */
    unsigned order;  /* from 1, the strongest */
    bool enforced, disabled;
    struct origin origin;
};

struct container {
    const char *name; /* "example.test/Servers"; of a site its bare name */
    bool is_site, block_inheritance;
    struct link *links; /* by ascending order; equal orders are an error */
    size_t n_links;
    struct origin origin;
};

struct link_gpo {
    const char *gpo, *name; /* name may be NULL */
    bool user_disabled, machine_disabled;
    struct origin origin;
};

struct links {
    const char *machine_container, *machine_site; /* NULL when not said */
    struct container *containers;                 /* in file order */
    size_t n_containers;
    struct link_gpo *gpos;
    size_t n_gpos;
};

/* Read the file. Returns 0, or a negative status when it cannot be used: a damaged
 * links.ini never means "nothing linked". Names and GUIDs compare without case. */
int links_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
                struct diagnostics *diagnostics, struct links *ret);

/* The container or site of that name, without case; NULL when there is none. */
const struct container *links_container(const struct links *links, const char *name,
                                        bool is_site);
const struct link_gpo *links_gpo(const struct links *links, const char *gpo);

/* True for {8-4-4-4-12} hexadecimal digits with braces. */
bool links_is_guid(const char *text);

/*
 * Edit the file's bytes, keeping comments and order (base/syntax/ini.h). A damaged file
 * is not edited: its status is returned. Nothing is appended on failure; *reterr_why
 * (may be NULL) is a sentence fragment owned by the arena.
 */
struct link_place {
    const char *container; /* or the site's bare name */
    bool is_site;
    unsigned order; /* 1 the strongest; 0: the weakest, or where it is already */
    bool enforced, disabled;
};

/* Link a GPO. Links from that order on move one down. A GPO that is linked there
 * already takes the new order and words. GPCONF_ERANGE for what is no GUID or name. */
int links_add(const void *bytes, size_t size, const char *gpo,
              const struct link_place *place, struct arena *arena, struct buffer *to,
              const char **reterr_why);

/* Remove a link; those behind it move up. GPCONF_ENOTFOUND. */
int links_remove(const void *bytes, size_t size, const char *gpo, const char *container,
                 bool is_site, struct arena *arena, struct buffer *to,
                 const char **reterr_why);

/* Say where this machine stands: its container, or its site. */
int links_place(const void *bytes, size_t size, const char *container, bool is_site,
                struct arena *arena, struct buffer *to, const char **reterr_why);

/* Give a GPO a name. */
int links_name(const void *bytes, size_t size, const char *gpo, const char *name,
               struct arena *arena, struct buffer *to, const char **reterr_why);

/* Forget a GPO: its links everywhere, its name, and what is disabled of it. When
 * nothing is said about it, the bytes are the same. */
int links_forget(const void *bytes, size_t size, const char *gpo, struct arena *arena,
                 struct buffer *to, const char **reterr_why);

#endif
