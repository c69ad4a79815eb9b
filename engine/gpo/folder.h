#ifndef GPCONF_ENGINE_GPO_FOLDER_H
#define GPCONF_ENGINE_GPO_FOLDER_H

#include "base/diagnostic.h"
#include "base/file.h"
#include "engine/gpo/backup.h"
#include "policies/store.h"

/*
 * A GPO as a folder that a person has: what is deployed, and what is shown before. It
 * may be a GPT (gpt.ini, Machine/, User/), a backup of a GPO (whose GPT is in
 * DomainSysvol/GPO), or, to be shown only, one Registry.pol. The person named it, so it
 * may belong to anybody; what it holds is nobody's word: no link is followed in it, and
 * nothing but files and folders is accepted.
 *
 * Names are found without case. Where the store expects a name ("Machine",
 * "Registry.pol", "gpt.ini") the file has that spelling here; others keep their own.
 * Names that differ by case alone are refused: no one can say which is meant.
 */
struct folder_file {
    const char *path;  /* in the GPO, as the store spells it: "Machine/Registry.pol" */
    const char *shown; /* as the person knows it */
    struct file file;
};

struct folder {
    const char *path;          /* of the GPT, as the person knows it */
    const char *name;          /* of the folder itself; of a backup, the backup's */
    bool is_backup;            /* the GPT is in DomainSysvol/GPO */
    struct backup backup;      /* what a backup says about its GPO */
    struct folder_file *files; /* folder by folder, by the bytes of their names */
    size_t n, capacity;
    size_t bytes; /* of all of them */
};

/* FOLDER_POLICY: gpt.ini and each half's Registry.pol, and nothing else is looked at.
 * FOLDER_WHOLE: every file, to be deployed. */
enum folder_extent { FOLDER_POLICY, FOLDER_WHOLE };

/* Read it. Owned by the arena. Returns 0; GPCONF_ENOTFOUND, GPCONF_EPERM and others
 * when it cannot be read; GPCONF_EUNTRUSTED for a link, a device and the like;
 * GPCONF_ERANGE for a name that no GPO can have or that comes twice; GPCONF_ELIMIT;
 * GPCONF_ESYNTAX when there is nothing of a GPO in it. All with a diagnostic.
 * GPCONF_ENOMEM. */
int folder_read(const char *path, enum folder_extent extent, struct arena *arena,
                struct diagnostics *diagnostics, struct folder *ret);

/* One Registry.pol as a folder that holds nothing else. It is the user half when its
 * own folder is called User, else the machine half. Fails like folder_read(). */
int folder_read_pol(const char *path, struct arena *arena,
                    struct diagnostics *diagnostics, struct folder *ret);

/* The file with this path as the store spells it; NULL when there is none. */
const struct folder_file *folder_file(const struct folder *folder, const char *path);

/* Parse what it says. *ret is set whatever is returned, with a broken half as
 * INPUT_DAMAGED; it borrows the folder. Returns 0; GPCONF_ESYNTAX or GPCONF_ELIMIT
 * when a Registry.pol is broken, with diagnostics; GPCONF_ENOMEM. */
int folder_parse(const struct folder *folder, struct arena *arena,
                 struct diagnostics *diagnostics, struct gpo *ret);

/* A path in a GPO with the components that the store expects in its spelling. Owned by
 * the arena. */
const char *folder_canonical(const char *path, struct arena *arena);

#endif
