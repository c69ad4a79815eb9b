#ifndef GPCONF_ENGINE_GPO_LINT_H
#define GPCONF_ENGINE_GPO_LINT_H

#include "base/diagnostic.h"

/*
 * Lint: what is wrong with files that a person names, found by the very readers that
 * an evaluation uses. It looks at templates (ADMX with their ADML), policy files
 * (Registry.pol, gpt.ini) and our own INI files, alone or in folders, and changes
 * nothing. Findings are diagnostics.
 */
struct lint_result {
    const char **files; /* that were looked at, as shown */
    size_t n, capacity;
};

/* Look at paths, each a file or a folder (of templates, or of GPOs, to LINT_DEPTH
 * levels). What cannot be read is a finding too. Owned by the arena. Returns 0 or
 * GPCONF_ENOMEM. */
int lint_paths(const char *const *paths, size_t n, const char *language,
               struct arena *arena, struct diagnostics *diagnostics,
               struct lint_result *ret);

#endif
