#ifndef GPCONF_POLICIES_SNAPSHOT_H
#define GPCONF_POLICIES_SNAPSHOT_H

#include "base/diagnostic.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/machine.h"

/*
 * A snapshot: every byte that an evaluation is about to believe, read once. All later
 * stations work on it and never look at the disk again, so an evaluation is of one
 * moment, can be repeated, and can be overlaid ("what if"). It is the daemon's watch
 * list and the inputs that history names, too.
 *
 * Every component below etc/gpconf/policies is found without case; two that differ by
 * case alone are refused, since nobody can say which is meant. Files are read with
 * FILE_TRUSTED; one that is refused stays in the snapshot with its status and reason.
 * So does one that is not there (GPCONF_ENOTFOUND): it is watched, and its absence is
 * part of the hash. GPOs over LIMIT_GPOS are named and not read (GPCONF_ELIMIT).
 *
 * When the policy folder itself cannot be listed, the GPOs are those of which a last
 * good copy was kept: a folder with a wrong mode must not read as "no policies". It is
 * told once, with what mends it, and not once for each file.
 */
#define SNAPSHOT_LAST_GOOD "var/lib/gpconf/last-good"

enum input_role {
    INPUT_LINKS,       /* /etc/gpconf/policies/links.ini */
    INPUT_LIMITS,      /* /etc/gpconf/limits.ini */
    INPUT_LOCAL,       /* /etc/gpconf/local.ini, then local.d by name */
    INPUT_GPT,         /* policies/<GPO>/gpt.ini */
    INPUT_POL_MACHINE, /* policies/<GPO>/Machine/Registry.pol */
    INPUT_POL_USER,
    INPUT_GPO, /* policies/<GPO>: the folder itself, without bytes */
};

struct input {
    enum input_role role;
    const char *gpo;   /* folder name of its GPO; NULL for the others */
    const char *path;  /* relative to the root, without a leading slash */
    const char *shown; /* as a person knows it: with the root in front */
    int status;        /* 0, or why it could not be read */
    const char *why;   /* sentence fragment for a status */
    bool is_told;      /* a diagnostic about a folder above it says it all */
    struct file file;  /* of status 0 */
    /* The copy kept from when this input last parsed whole, below
     * var/lib/gpconf/last-good/; bytes NULL when there is none, and before
     * snapshot_read_last_good(). */
    struct file last_good;
};

struct snapshot {
    struct arena *arena; /* borrowed; owns everything */
    struct input
        *inputs; /* by role, then GPO without case, then path; local.ini first */
    size_t n;
    bool is_refused; /* etc/gpconf: nothing in it is read, as was told */
};

/* Read all inputs below the machine's root. A missing folder is an empty one. Returns
 * 0 or GPCONF_ENOMEM; what could not be read stands in its input. */
int snapshot_read(struct machine *machine, struct arena *arena,
                  struct diagnostics *diagnostics, struct snapshot *ret);

/* Read the kept copy of every input that is there, readable or not: for whoever found
 * that one of them is no good. Copies are as many bytes as the inputs, and hardly ever
 * needed. What cannot be read is told and left out. */
void snapshot_read_last_good(struct machine *machine, struct diagnostics *diagnostics,
                             struct snapshot *snapshot);

/* The input of that role and, without case, GPO (NULL for the roles that have none).
 * The first of several; NULL when there is none. */
const struct input *snapshot_input(const struct snapshot *snapshot,
                                   enum input_role role, const char *gpo);

/* The snapshot with other bytes in the input at this path, as if its file held them;
 * mode and owner stay, and are those of a new file where there was none. Borrows from
 * the other snapshot, and the bytes. Returns 0; GPCONF_ENOTFOUND when the path is no
 * input; GPCONF_ENOMEM. */
int snapshot_overlay(const struct snapshot *snapshot, const char *path,
                     const void *bytes, size_t size, struct arena *arena,
                     struct snapshot *ret);

/* The content hash of an input, "" when there are no bytes; and one over paths, statuses
 * and content of all inputs, which says of what moment an evaluation was. Who only looks
 * needs neither. Owned by the arena; NULL when it has failed. */
const char *snapshot_input_hash(const struct input *input, struct arena *arena);
const char *snapshot_hash(const struct snapshot *snapshot, struct arena *arena);

/* Where the last good copy of an input is kept, relative to the root: a file in this
 * folder. NULL for the roles of which none is kept (limits.ini,
 * gpt.ini, the folder). Owned by the arena. */
const char *snapshot_last_good_path(const struct input *input, struct arena *arena);

#endif
