#ifndef GPCONF_TESTS_UNIT_CATALOGUE_FIXTURE_H
#define GPCONF_TESTS_UNIT_CATALOGUE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "admx/catalogue.h"
#include "base/limits.h"

/* What the tests of a catalogue share: templates as texts, and the catalogue that is built
 * of them. */

enum { MOST_FILES = 16 };

struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct template_file files[MOST_FILES];
    size_t n;
    struct catalogue *c;
};

static inline int setup(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    arena_init(&fixture.arena, LIMIT_ARENA);
    diagnostics_init(&fixture.diagnostics, &fixture.arena);
    *state = &fixture;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    catalogue_unref(f->c);
    arena_done(&f->arena);
    return 0;
}

/* language NULL: an ADMX. */
static inline void add(struct fixture *f, const char *name, const char *language,
                       const char *text)
{
    assert_true(f->n < MOST_FILES);
    f->files[f->n++] = (struct template_file){
        .path = arena_format(&f->arena, "dir/%s%s%s", language ? language : "",
                             language && *language ? "/" : "", name),
        .name = name,
        .language = language,
        .bytes = text,
        .size = strlen(text),
    };
}

static inline void build(struct fixture *f, const char *language)
{
    catalogue_unref(f->c);
    f->c = NULL;
    diagnostics_init(&f->diagnostics, &f->arena);
    assert_int_equal(catalogue_build(f->files, f->n, language, &f->diagnostics, &f->c),
                     0);
}

static inline const char *text(const struct fixture *f, uint32_t offset)
{
    return catalogue_text(f->c, offset);
}

static inline size_t told(const struct fixture *f, const char *code, const char *file,
                          uint32_t line)
{
    size_t n = 0;
    for (const struct diagnostic *d = f->diagnostics.first; d; d = d->next)
        n += strcmp(d->code, code) == 0 && d->origin.file &&
             strcmp(d->origin.file, file) == 0 && d->origin.at == line;
    return n;
}

static inline const struct cat_policy *policy(const struct fixture *f, const char *name)
{
    const struct cat_policy *found;
    assert_int_equal(catalogue_find(f->c, name, &found), 0);
    return found;
}

#define ADMX(prefix, ns, more, inner)                                                  \
    "<policyDefinitions><policyNamespaces><target prefix='" prefix "' namespace='" ns  \
    "'/>" more "</policyNamespaces>" inner "</policyDefinitions>"
#define USING(prefix, ns) "<using prefix='" prefix "' namespace='" ns "'/>"
#define POLICIES(inner) "<policies>" inner "</policies>"
#define POLICY(name, attributes, inner)                                                \
    "\n<policy name='" name "' class='Machine' key='K' displayName='$(string." name    \
    ")' " attributes ">" inner "</policy>"
#define ADML(strings, presentations)                                                   \
    "<policyDefinitionResources><resources><stringTable>" strings                      \
    "</stringTable><presentationTable>" presentations                                  \
    "</presentationTable></resources></policyDefinitionResources>"
#define STRING(id, text) "<string id='" id "'>" text "</string>"

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
