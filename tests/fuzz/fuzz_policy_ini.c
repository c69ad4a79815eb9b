/*
 * The files of /etc/gpconf that people write, and gpt.ini: one input is read as each of
 * them. A link that is added is found, and is gone when it is removed.
 */
#include "policies/gpt.h"
#include "policies/limits.h"
#include "policies/links.h"
#include "policies/local.h"
#include "tests/fuzz/fuzz.h"

static const char *const gpo = "{31B2F340-016D-11D2-945F-00C04FB984F9}";
static const struct link_place place = { .container = "example.test", .order = 1 };

static size_t count(const struct buffer *file, struct arena *arena)
{
    struct links links;
    const struct container *container;
    size_t n = 0;

    require(links_parse(file->data, file->size, "again", arena, NULL, &links) == 0);
    container = links_container(&links, place.container, false);
    for (size_t i = 0; container && i < container->n_links; i++)
        n += strcmp(container->links[i].gpo, gpo) == 0;
    return n;
}

static void edit(const void *bytes, size_t size, struct arena *arena)
{
    struct buffer added, removed;
    const char *why;

    buffer_init(&added, FUZZ_ARENA);
    buffer_init(&removed, FUZZ_ARENA);
    if (links_add(bytes, size, gpo, &place, arena, &added, &why) == 0) {
        require(count(&added, arena) == 1);
        require(links_remove(added.data, added.size, gpo, place.container, false, arena,
                             &removed, &why) == 0);
        require(count(&removed, arena) == 0);
    }
    buffer_done(&added);
    buffer_done(&removed);
}

static void version(const void *bytes, size_t size, struct arena *arena)
{
    struct gpt gpt, again;
    struct buffer file;

    gpt_parse(bytes, size, "fuzz", arena, NULL, &gpt);
    buffer_init(&file, FUZZ_ARENA);
    gpt_format(&gpt, &file);
    gpt_parse(file.data, file.size, "again", arena, NULL, &again);
    require(gpt.version == again.version);
    buffer_done(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct links links;
    struct machine_limits limits;
    struct statements statements = { 0 };

    arena_init(&arena, FUZZ_ARENA);
    if (links_parse(data, size, "fuzz", &arena, NULL, &links) == 0)
        edit(data, size, &arena);
    if (limits_parse(data, size, "fuzz", &arena, NULL, &limits) == 0)
        require(limits.restart_from < 24 && limits.restart_to < 24);
    if (local_parse(data, size, "fuzz", &arena, NULL, &statements) < 0)
        require(statements.n == 0);
    version(data, size, &arena);
    arena_done(&arena);
    return 0;
}
