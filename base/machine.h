#ifndef GPCONF_BASE_MACHINE_H
#define GPCONF_BASE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/process.h"

/*
 * The machine that is looked at: everything that a pure function must not ask the
 * system for itself. A test fills one in by hand and so replaces the machine whole.
 */
struct machine {
    const char *root; /* the person's --root; "/" for this machine */
    int root_fd;      /* O_PATH descriptor of root; -1 before machine_open() */
    bool is_image;    /* root is not "/": its programs are never run */
    int64_t now;      /* seconds since the epoch, taken once (--now replaces it) */
    const char *zone; /* IANA name or ":" path for the TZ database; NULL: UTC */
    uint32_t caller;  /* effective user id */

    /* Run a program; process_run() except in tests. */
    int (*run)(struct machine *machine, const struct process *process,
               struct arena *arena, struct process_result *ret);
    void *context; /* for a replaced run */
};

/* Open root and take the time; root is borrowed. Returns 0; GPCONF_ENOTFOUND (or no
 * directory); GPCONF_EPERM; GPCONF_EIO. */
int machine_open(const char *root, struct machine *ret);
/* The absolute path of the root, for a program that takes no descriptor. Owned by the
 * arena; NULL when it has none (it was removed) or memory is out. */
const char *machine_path(const struct machine *machine, struct arena *arena);

void machine_done(struct machine *machine); /* a zeroed machine is not fine: fd 0 */

#endif
