#ifndef GPCONF_ENGINE_UPDATE_CHOOSE_H
#define GPCONF_ENGINE_UPDATE_CHOOSE_H

#include "admx/catalogue.h"
#include "policies/statement.h"

/*
 * Choosing: what a person asks of local policy is checked and put into the bytes of
 * local.ini, or taken out of them. Pure: the file that is there is an argument, the file
 * that should be there the result. Who wins in the end is not known here.
 *
 *    WHAT           WORDS                    BECOMES
 *    update.mode    manual                   [update] mode = manual
 *    AutoUpdateCfg  enabled AUOptions=4      [policy AutoUpdateCfg] state, AUOptions
 *    Providers      Providers.1=apt          one entry of a list
 *    Providers      Providers=apt<LF>dnf     the whole list, one entry a line
 *
 * Rules:
 *  1. The very statements are lowered, with what the file says about the same policy
 *     already, before the file is touched: what the template does not allow is refused.
 *  2. ELEMENT=VALUE is all of an element: entries that it had before are replaced.
 *     ELEMENT.ENTRY=VALUE is that entry alone. Lists and texts of several lines take
 *     one entry for each line.
 *  3. A policy that is disabled has no options: they go, and none are taken.
 *     "not-configured" takes the policy out.
 *  4. A policy is found whatever it is called in the file, and keeps that name.
 *  5. What the file says already is not written again.
 *  6. What INI cannot carry is refused; the local GPO can.
 */
struct choose_request {
    const char
        *what; /* setting id, policy id, or a bare name that only one policy has */
    const char *const
        *words; /* set: the value, or [STATE] [ELEMENT=VALUE…]; unset: none
                                 or one ELEMENT[.ENTRY] */
    size_t n;
    bool user;       /* the user half of a policy that has both */
    bool is_unset;   /* take out instead */
    bool is_private; /* not everybody may read the file: its values are not shown */
};

struct chosen {
    int setting;                     /* in the settings table; -1: none */
    const struct cat_policy *policy; /* NULL: of a setting, or of no template */
    enum statement_half half;
    struct statement about; /* the setting, the policy, or its element or entry; without
                               text */
    struct statements said; /* what was asked for, with its lines in the new file; of an
                               unset nothing */
    struct statements gone; /* what the old file said about the same, with its lines */
    bool changed;           /* the new bytes differ */
    const void *bytes;      /* the new file */
    size_t size;
};

/* bytes NULL: there is no file yet. file is what diagnostics call it. Returns 0;
 * GPCONF_ESYNTAX when the file is damaged; GPCONF_ENOTFOUND when there is no such
 * setting, policy or element; GPCONF_ERANGE for a value or name that does not fit;
 * GPCONF_ENOMEM. Diagnostics say why, and that nothing was written. Owned by the arena,
 * borrows the request and the catalogue. */
int choose(const void *bytes, size_t size, const char *file,
           const struct choose_request *request, const struct catalogue *catalogue,
           struct arena *arena, struct diagnostics *diagnostics, struct chosen *ret);

/* Do the two speak of the same: the setting, or the policy under any of its names, its
 * half, element and entry? */
bool choose_same(const struct catalogue *catalogue, struct arena *arena,
                 const struct statement *a, const struct statement *b);

#endif
