#include <stdlib.h>
#include <string.h>

#include "admx/find.h"
#include "admx/link.h"
#include "base/limits.h"
#include "base/status.h"

static void *records(struct linker *linker, enum block_table table, size_t *ret_n)
{
    *ret_n = linker->tables[table].size / block_record_size(table);
    return linker->tables[table].data;
}

/* ---- References ---- */

static struct origin origin_of(const struct linker *linker, const struct pending *p)
{
    return origin_line(p->file < linker->n_paths ? linker->paths[p->file] : NULL,
                       p->line);
}

static uint32_t find(struct linker *linker, struct references *references,
                     const struct pending *p)
{
    bool folded;
    uint32_t found = references_find(references, p->ns, p->name, p->file, &folded);
    if (found != CAT_NONE && folded)
        diagnostics_add(linker->diagnostics, SEVERITY_NOTE, "admx-reference-case",
                        origin_of(linker, p),
                        "the reference '%s' is right only without case, following it",
                        pool_text(&linker->pool, p->name));
    return found;
}

static void dangle(struct linker *linker, const struct pending *p, const char *code,
                   const char *what, const char *then)
{
    diagnostics_add(linker->diagnostics, SEVERITY_WARNING, code, origin_of(linker, p),
                    "%s '%s' is not defined in '%s', %s", what,
                    pool_text(&linker->pool, p->name), pool_text(&linker->pool, p->ns),
                    then);
}

static void resolve(struct linker *linker, const struct pending *p)
{
    size_t n;
    struct cat_policy *policies = records(linker, BLOCK_POLICIES, &n);
    struct cat_category *categories = records(linker, BLOCK_CATEGORIES, &n);
    struct cat_condition *conditions = records(linker, BLOCK_CONDITIONS, &n);
    switch ((enum pending_kind)p->kind) {
    case PENDING_PARENT:
        categories[p->record].parent = find(linker, &linker->categories, p);
        if (categories[p->record].parent == CAT_NONE)
            dangle(linker, p, "admx-dangling-category", "the parent category",
                   "ending the path here");
        break;
    case PENDING_CATEGORY:
        policies[p->record].category = find(linker, &linker->categories, p);
        if (policies[p->record].category == CAT_NONE)
            dangle(linker, p, "admx-dangling-category", "the category",
                   "showing the policy without one");
        break;
    case PENDING_SUPPORTED:
        policies[p->record].supported_on = find(linker, &linker->definitions, p);
        if (policies[p->record].supported_on == CAT_NONE)
            dangle(linker, p, "admx-dangling-supported", "the definition",
                   "showing the policy without it");
        break;
    case PENDING_CONDITION:
        conditions[p->record].product = find(linker, &linker->products, p);
        if (conditions[p->record].product == CAT_NONE &&
            !conditions[p->record].is_range)
            conditions[p->record].definition = find(linker, &linker->definitions, p);
        if (conditions[p->record].product == CAT_NONE &&
            conditions[p->record].definition == CAT_NONE)
            dangle(linker, p, "admx-dangling-product", "the product", "ignoring it");
        break;
    }
}

/* Cut the paths of categories that lead back to themselves. */
static void cut_circles(struct linker *linker)
{
    size_t n;
    struct cat_category *categories = records(linker, BLOCK_CATEGORIES, &n);
    uint32_t *seen = arena_array(linker->arena, n, uint32_t);
    if (!seen)
        return;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = i;
        while (seen[at] == 0) {
            uint32_t up = categories[at].parent;
            seen[at] = i + 1;
            if (up == CAT_NONE)
                break;
            if (seen[up] == i + 1) {
                diagnostics_add(linker->diagnostics, SEVERITY_WARNING, "admx-circle",
                                origin_line(linker->paths[categories[at].file],
                                            categories[at].line),
                                "category '%s' is above itself, ending the path here",
                                pool_text(&linker->pool, categories[at].id));
                categories[at].parent = CAT_NONE;
                break;
            }
            at = up;
        }
    }
}

/* The same for definitions, each of which may refer to many: the reference that leads
 * back to a definition on the way to it goes, so whoever follows them gets to an end. */
static void cut_definitions(struct linker *linker)
{
    struct visit {
        uint32_t next; /* of its conditions */
        uint32_t from; /* the definition that led here */
        enum { UNSEEN, ON_THE_WAY, DONE } state;
    };
    size_t n, n_conditions;
    struct cat_supported *definitions = records(linker, BLOCK_SUPPORTED, &n);
    struct cat_condition *conditions = records(linker, BLOCK_CONDITIONS, &n_conditions);
    struct visit *visits = arena_array(linker->arena, n, struct visit);
    for (uint32_t i = 0; visits && i < n; i++) {
        uint32_t at = i;
        if (visits[i].state != UNSEEN)
            continue;
        visits[i].from = CAT_NONE;
        while (at != CAT_NONE) {
            struct visit *visit = &visits[at];
            visit->state = ON_THE_WAY;
            if (visit->next == definitions[at].n_conditions) {
                visit->state = DONE;
                at = visit->from;
                continue;
            }
            struct cat_condition *condition =
                &conditions[definitions[at].first_condition + visit->next++];
            uint32_t to = condition->definition;
            if (to == CAT_NONE || visits[to].state == DONE)
                continue;
            if (visits[to].state == UNSEEN) {
                visits[to].from = at;
                at = to;
                continue;
            }
            condition->definition = CAT_NONE;
            diagnostics_add(
                linker->diagnostics, SEVERITY_WARNING, "admx-circle",
                origin_line(linker->paths[definitions[at].file], definitions[at].line),
                "definition '%s' refers to '%s', which refers to it, "
                "ignoring the reference",
                pool_text(&linker->pool, definitions[at].id),
                pool_text(&linker->pool, definitions[to].id));
        }
    }
}

static void mark_duplicates(struct linker *linker)
{
    size_t n;
    struct cat_policy *policies = records(linker, BLOCK_POLICIES, &n);
    for (uint32_t i = 0; i < n; i++) {
        struct cat_policy *policy = &policies[i];
        uint32_t first =
            references_find_folded(&linker->policies, policy->ns, policy->name);
        if (first == CAT_NONE || first == i)
            continue;
        policy->duplicate_of = first;
        diagnostics_add(linker->diagnostics, SEVERITY_WARNING, "admx-duplicate-policy",
                        origin_line(linker->paths[policy->file], policy->line),
                        "policy '%s' is already defined at %s:%u, which decides",
                        pool_text(&linker->pool, policy->id),
                        linker->paths[policies[first].file], policies[first].line);
    }
}

/* ---- Freezing ---- */

/* The tables go behind the texts, each one freed as soon as it is copied, so that
 * nothing is ever there twice. */
static void assemble(struct linker *linker)
{
    struct buffer *block = &linker->pool.text;
    struct block_header header = { .magic = "gpcat\1", .byte_order = 0x01020304 };
    static const char zeros[8];
    for (unsigned i = 0; i < BLOCK_TABLES; i++) {
        struct buffer *table = &linker->tables[i];
        buffer_append(block, zeros, (8 - block->size % 8) % 8);
        header.tables[i].offset = (uint32_t)block->size;
        header.tables[i].n =
            (uint32_t)(table->size / block_record_size((enum block_table)i));
        buffer_append(block, table->data, table->size);
        buffer_done(table);
    }
    header.size = (uint32_t)block->size;
    if (!buffer_failed(block))
        memcpy(block->data, &header, sizeof header);
}

/* Memory, or a limit? A buffer that failed early in its range met the former. */
static int why_failed(const struct linker *linker)
{
    size_t used = linker->pool.text.size;
    for (unsigned i = 0; i < BLOCK_TABLES; i++)
        used += linker->tables[i].size;
    bool limit = used > LIMIT_CATALOGUE / 2 || linker->arena->used > LIMIT_ARENA / 2;
    if (limit)
        diagnostics_add(linker->diagnostics, SEVERITY_ERROR, "admx-limit",
                        origin_file(NULL),
                        "the templates are too large together (the limit is %u bytes), "
                        "ignoring them all",
                        LIMIT_CATALOGUE);
    return limit ? GPCONF_ELIMIT : GPCONF_ENOMEM;
}

static bool failed(const struct linker *linker)
{
    bool bad = pool_failed(&linker->pool) || arena_failed(linker->arena);
    for (unsigned i = 0; i < BLOCK_TABLES; i++)
        bad = bad || buffer_failed(&linker->tables[i]);
    return bad;
}

int linker_finish(struct linker *linker, struct catalogue **ret)
{
    if (failed(linker))
        return why_failed(linker);
    references_seal(&linker->categories);
    references_seal(&linker->definitions);
    references_seal(&linker->products);
    references_seal(&linker->policies);
    for (size_t i = 0; i < linker->n_pending; i++)
        resolve(linker, &linker->pending[i]);
    cut_circles(linker);
    cut_definitions(linker);
    mark_duplicates(linker);
    find_index(linker->pool.text.data, linker->tables);
    if (failed(linker))
        return why_failed(linker);
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    assemble(linker);
    if (!catalogue || failed(linker)) {
        free(catalogue);
        return why_failed(linker);
    }
    atomic_init(&catalogue->references, 1);
    catalogue->bytes = linker->pool.text;
    catalogue->block = (const unsigned char *)catalogue->bytes.data;
    buffer_init(&linker->pool.text, LIMIT_CATALOGUE);
    *ret = catalogue;
    return 0;
}
