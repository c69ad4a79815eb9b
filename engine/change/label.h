#ifndef GPCONF_ENGINE_CHANGE_LABEL_H
#define GPCONF_ENGINE_CHANGE_LABEL_H

#include <stddef.h>

#include "base/arena.h"

/*
 * The label: the first line of every file of ours in a client's folder. It names us
 * and holds the hash of the rest, and so proves that the file is ours, and unchanged,
 * without the ledger (which a cloned or rolled back machine has lost).
 *
 *    // gpconf owns this file; its hash is 51bc…9e (edit policy, not this file)
 *
 * Before it stands what begins a comment in the client's syntax: "// " for apt, "# "
 * for systemd and INI files.
 */
enum label {
    LABEL_OURS,    /* written by us, unchanged */
    LABEL_CHANGED, /* begins as ours does, but the rest is not what we wrote */
    LABEL_FOREIGN, /* somebody else's */
};

/* The body with its label in front. leader is at most 8 bytes, without a newline.
 * Owned by the arena and NUL-terminated; NULL after a failed allocation. */
char *label_add(const char *leader, const void *body, size_t size, struct arena *arena,
                size_t *ret_size);

/* Whose file is this? Any leader is understood. */
enum label label_check(const void *content, size_t size);

#endif
