#ifndef GPCONF_ADMX_LINK_H
#define GPCONF_ADMX_LINK_H

#include "admx/admx.h"
#include "admx/block.h"
#include "admx/reference.h"
#include "admx/text.h"

/*
 * Many files become one catalogue. Each file is appended as soon as it is parsed, with
 * its texts, so that nothing of it has to be kept; what it says of other files waits
 * until all are there. A reference that leads nowhere is a warning and no more.
 */
/* A reference that waits for the other files. */
enum pending_kind {
    PENDING_PARENT,    /* of a category, to a category */
    PENDING_CATEGORY,  /* of a policy, to a category */
    PENDING_SUPPORTED, /* of a policy, to a definition */
    PENDING_CONDITION, /* of a definition, to a product or a definition */
};
struct pending {
    uint32_t kind, record;
    uint32_t ns, name; /* pool */
    uint32_t file, line;
};

struct linker {
    struct arena *arena; /* borrowed; owns what lasts until the end */
    struct diagnostics *diagnostics;
    struct pool pool;
    struct buffer tables[BLOCK_TABLES];
    struct references categories, definitions, products, policies;
    const char **paths; /* of the files, for diagnostics */
    size_t n_paths, paths_room;
    struct pending *pending;
    size_t n_pending, pending_room;
};

void linker_init(struct linker *linker, struct arena *arena,
                 struct diagnostics *diagnostics);
void linker_done(struct linker *linker);

/* Append a file. What admx and texts own may be freed afterwards. */
void linker_add(struct linker *linker, const struct admx *admx, struct texts *texts);

/* Resolve what files say of each other, and freeze. The linker is then of no more use.
 * Returns 0, GPCONF_ENOMEM or GPCONF_ELIMIT. */
int linker_finish(struct linker *linker, struct catalogue **ret);

#endif
