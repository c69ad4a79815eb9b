/*
 * INI files: what is read can be found, and setting a key to the value that it has, or
 * taking it out, leaves a file that says so.
 */
#include "base/registry/name.h"
#include "base/syntax/ini.h"
#include "tests/fuzz/fuzz.h"

static void edit(const void *bytes, size_t size, const struct ini_entry *entry,
                 struct arena *arena)
{
    struct buffer edited;
    struct ini again;
    const char *why = NULL;
    int status;

    buffer_init(&edited, FUZZ_ARENA);
    status = ini_set(bytes, size, entry->section, entry->key, entry->value, arena,
                     &edited, &why);
    if (status == 0) {
        const struct ini_entry *found;

        require(ini_parse(edited.data, edited.size, INI_STRICT, "again", arena, NULL,
                          &again) == 0);
        found = ini_find(&again, entry->section, entry->key);
        require(found && strcmp(found->value, entry->value) == 0);
    }
    buffer_done(&edited);

    buffer_init(&edited, FUZZ_ARENA);
    status = ini_unset(bytes, size, entry->section, entry->key, arena, &edited, &why);
    if (status == 0) {
        require(ini_parse(edited.data, edited.size, INI_STRICT, "again", arena, NULL,
                          &again) == 0);
        require(!ini_find(&again, entry->section, entry->key));
    }
    buffer_done(&edited);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct diagnostics diagnostics;
    struct ini ini;

    arena_init(&arena, FUZZ_ARENA);
    diagnostics_init(&diagnostics, &arena);
    if (ini_parse(data, size, INI_STRICT, "fuzz", &arena, &diagnostics, &ini) == 0) {
        require(diagnostics.errors == 0);
        for (size_t i = 0; i < ini.n; i++)
            require(ini_find(&ini, ini.entries[i].section, ini.entries[i].key) ==
                    &ini.entries[i]);
        if (ini.n > 0)
            edit(data, size, &ini.entries[ini.n / 2], &arena);
    } else {
        require(diagnostics.errors > 0);
    }
    ini_parse(data, size, INI_TOLERANT, "fuzz", &arena, &diagnostics, &ini);
    arena_done(&arena);
    return 0;
}
