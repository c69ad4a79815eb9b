/*
 * local.ini, and with it the INI reader and editor: whatever the bytes, reading ends; and
 * each statement that was read can be written again and taken out again.
 */
#include "base/limits.h"
#include "base/status.h"
#include "base/syntax/ini.h"
#include "policies/local.h"
#include "tests/fuzz/fuzz.h"

/* What the bytes say last about the same; NULL when they say nothing. */
static const struct statement *said(const struct buffer *bytes,
                                    const struct statement *about, struct arena *arena)
{
    struct statements statements = { 0 };
    require(local_parse(bytes->data ? bytes->data : "", bytes->size, "again", arena,
                        NULL, &statements) == 0);
    for (size_t i = statements.n; i > 0; i--)
        if (local_same(&statements.items[i - 1], about))
            return &statements.items[i - 1];
    return NULL;
}

static void survives(const void *data, size_t size, const struct statement *statement,
                     struct arena *arena)
{
    struct buffer edited;
    buffer_init(&edited, LIMIT_INI_FILE * 2);
    int status = local_set(data, size, statement, arena, &edited, NULL);
    if (status == 0) {
        const struct statement *now = said(&edited, statement, arena);
        require(now && strcmp(now->text, statement->text) == 0);
    } else {
        /* UTF-16 is read but not edited; and a line may be as long as it can be. */
        require(status == GPCONF_ESYNTAX || (status == GPCONF_ERANGE && size > 400));
    }
    buffer_clear(&edited);
    status = local_unset(data, size, statement, arena, &edited, NULL);
    require(status == 0 ? said(&edited, statement, arena) == NULL
                        : status == GPCONF_ESYNTAX);
    buffer_done(&edited);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct diagnostics diagnostics;
    struct statements statements = { 0 };
    struct ini ini;
    arena_init(&arena, FUZZ_ARENA);
    diagnostics_init(&diagnostics, &arena);
    int status = local_parse(data, size, "fuzz", &arena, &diagnostics, &statements);
    require((status != 0) == (diagnostics.errors != 0));
    require(status == 0 || statements.n == 0);
    for (size_t i = 0; i < statements.n && i < 16; i++)
        survives(data, size, &statements.items[i], &arena);
    require(ini_parse(data, size, INI_TOLERANT, "fuzz", &arena, &diagnostics, &ini) ==
            0);
    arena_done(&arena);
    return 0;
}
