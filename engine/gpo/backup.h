#ifndef GPCONF_ENGINE_GPO_BACKUP_H
#define GPCONF_ENGINE_GPO_BACKUP_H

#include "base/diagnostic.h"

/*
 * What a backup of a GPO, as Windows' tools make it, says about the GPO: bkupInfo.xml
 * beside DomainSysvol/. The backup's folder has a GUID of its own for a name, so this is
 * the only place that knows which GPO it is of.
 */
struct backup {
    const char *guid; /* of the GPO, with braces; NULL when it does not say */
    const char *name; /* of the GPO, as people know it; NULL */
};

/* Read the file. Never fails but for memory (arena): what cannot be read is a warning,
 * and then it says nothing. */
void backup_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
                  struct diagnostics *diagnostics, struct backup *ret);

#endif
