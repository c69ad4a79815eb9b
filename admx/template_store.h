#ifndef GPCONF_ADMX_TEMPLATE_STORE_H
#define GPCONF_ADMX_TEMPLATE_STORE_H

#include "admx/catalogue.h"
#include "base/file.h"

/*
 * Template folders (PolicyDefinitions, "central store") read into memory:
 *
 *     UpdateClient.admx              every *.admx, case ignored
 *     en-US/UpdateClient.adml        in the folders of the languages that are wanted
 *     UpdateClient.adml              beside the ADMX: some vendors ship it so
 *
 * Wanted are the language asked for, other regions of it, and en-US. Only an ADMX
 * that has no ADML in any of them gets one from another language, the first by name.
 * None is wanted for the language CATALOGUE_NO_TEXTS.
 * This is the one file of this floor that touches a disk.
 */
struct template_folder {
    int fd; /* as in file_read() */
    const char *path;
    enum file_check check;
};

/* Read the folders, the strongest first. A folder that does not exist is empty; what
 * cannot be read is an error in diagnostics and left out. Everything is owned by the
 * arena. Returns 0 or GPCONF_ENOMEM. */
int template_store_read(const struct template_folder *folders, size_t n,
                        const char *language, struct arena *arena,
                        struct diagnostics *diagnostics, struct template_file **ret,
                        size_t *ret_n);

/* The languages of which the folders have any text, each once: "en-US, it-IT". NULL
 * when there is none, or no memory. Owned by the arena. */
const char *template_store_languages(const struct template_folder *folders, size_t n,
                                     struct arena *arena);

#endif
