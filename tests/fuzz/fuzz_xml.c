/*
 * The door to libxml2: whatever the bytes, handlers see balanced elements and text that
 * can be read to its end; a refusal is exactly one error.
 */
#include "base/limits.h"
#include "base/syntax/xml.h"
#include "tests/fuzz/fuzz.h"

struct seen {
    size_t depth, deepest;
    volatile unsigned char sum; /* of every byte, so that every byte is read */
};

static void look(struct seen *seen, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        seen->sum = (unsigned char)(seen->sum + (unsigned char)text[i]);
}

static void start(void *context, const struct xml_start *start)
{
    struct seen *seen = context;

    require(start->name_size > 0 && start->line > 0);
    require(start->n <= LIMIT_XML_ATTRIBUTES);
    look(seen, start->name, start->name_size);
    for (size_t i = 0; i < start->n; i++) {
        look(seen, start->attributes[i].name, start->attributes[i].name_size);
        look(seen, start->attributes[i].value, start->attributes[i].value_size);
    }
    if (++seen->depth > seen->deepest)
        seen->deepest = seen->depth;
}

static void end(void *context)
{
    struct seen *seen = context;

    require(seen->depth > 0);
    seen->depth--;
}

static void text(void *context, const char *text, size_t size)
{
    look(context, text, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct xml_handler handler = { start, end, text };
    struct arena arena;
    struct diagnostics diagnostics;
    struct seen seen = { 0 };

    arena_init(&arena, FUZZ_ARENA);
    diagnostics_init(&diagnostics, &arena);
    if (xml_parse(data, size, LIMIT_TEMPLATE_FILE, "fuzz", &handler, &seen,
                  &diagnostics) == 0)
        require(seen.depth == 0 && seen.deepest > 0 && diagnostics.errors == 0);
    else
        require(diagnostics.errors == 1);
    require(seen.deepest <= LIMIT_XML_DEPTH);
    arena_done(&arena);
    return 0;
}
