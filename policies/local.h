#ifndef GPCONF_POLICIES_LOCAL_H
#define GPCONF_POLICIES_LOCAL_H

#include <stdbool.h>

#include "base/buffer.h"
#include "policies/statement.h"

/*
 * local.ini: local policy, in words. The file's bytes become statements, and a
 * statement can be put into the file or taken out of it again. What a statement means,
 * and whether its subject exists at all, is not known here.
 *
 *    [update]                          a setting: section and key with a dot between
 *    mode = automatic                  update.mode
 *
 *    [policy AutoUpdateCfg]            a policy of the machine half; [policy machine …] too
 *    state = enabled                   its state
 *    AutoUpdateMode = 4                an element
 *    List.1 = text                     an entry of a list element
 *
 *    [policy user NS:Name]             a policy of the user half
 *
 * An entry is what stands behind the first dot. An element id with a dot in it looks the
 * same: the engine, which knows the ids, puts it together again.
 *
 * Every section of one word is one of settings. The key "state" is a policy's state, in
 * any case.
 */

/* Read a file and append its statements. Returns 0, or a negative status with
 * diagnostics when anything in it cannot be read; then nothing was appended. */
int local_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
                struct diagnostics *diagnostics, struct statements *to);

/* Append the file's bytes with the statement in it, in place of one about the same; its
 * origin does not count. Comments and order stay. Negative status: the file is damaged,
 * or GPCONF_ERANGE when INI cannot carry it. Then nothing is appended and *reterr_why
 * (may be NULL) is a sentence fragment owned by the arena. */
int local_set(const void *bytes, size_t size, const struct statement *statement,
              struct arena *arena, struct buffer *to, const char **reterr_why);

/*
 * Append the file's bytes without what is said about the same:
 *
 *    a setting                  that setting
 *    an entry of an element     that entry
 *    an element                 the element with all of its entries
 *    a policy without element   its state and all elements: not configured
 *
 * GPCONF_ENOTFOUND when nothing is said.
 */
int local_unset(const void *bytes, size_t size, const struct statement *about,
                struct arena *arena, struct buffer *to, const char **reterr_why);

/* Are the two about the same setting, policy half, element and entry? Without case. */
bool local_same(const struct statement *a, const struct statement *b);

#endif
