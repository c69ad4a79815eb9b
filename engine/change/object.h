#ifndef GPCONF_ENGINE_CHANGE_OBJECT_H
#define GPCONF_ENGINE_CHANGE_OBJECT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/diagnostic.h"
#include "engine/change/lock.h"

/*
 * An object is a content that a change replaced or removed, kept under its hash in
 * STATE_DIR/before/ so that the change can be taken back. Readable by its owner alone:
 * the file it came from may have been. An object that no history entry names is swept.
 */

/* Keep a content. Durable after object_sync(). Returns 0 or a status with errno set. */
int object_keep(const struct lock *lock, const char *hash, const void *bytes,
                size_t size);
int object_sync(const struct lock *lock);

/* Read one back; its bytes have this hash. GPCONF_ENOTFOUND; GPCONF_EDAMAGED. */
int object_read(int root, const char *hash, struct arena *arena, const void **ret_bytes,
                size_t *ret_size);

/* The name in STATE_DIR/aside/, where a person finds it, of what lay at a target:
 * NUMBER-TARGET, with % for every slash and only the end of a long target. Nothing there
 * is ever overwritten: where another content has the name, the next one is tried. */
enum { OBJECT_ASIDE = 256, OBJECT_ASIDES = 100 };
void object_aside_name(unsigned long long number, const char *target, unsigned nth,
                       char ret[OBJECT_ASIDE]);

/* Give an object such a name, or find the one that it has already. Allocates nothing.
 * Returns 0, also when there is no such object (the name is "" then); -1 and errno. */
int object_aside(const struct lock *lock, const char *hash, unsigned long long number,
                 const char *target, char ret_name[OBJECT_ASIDE]);

/* Remove the objects that history does not name. Returns 0 or a status, with a
 * diagnostic; it may be repeated. */
int object_sweep(const struct lock *lock, struct arena *arena,
                 struct diagnostics *diagnostics);

#endif
