#ifndef GPCONF_ENGINE_UPDATE_LOWER_H
#define GPCONF_ENGINE_UPDATE_LOWER_H

#include "admx/catalogue.h"
#include "base/registry/operation.h"
#include "policies/statement.h"

/*
 * Lowering: what a person said about policies and settings becomes what a policy file
 * would say about the registry. Pure. All of it goes through the state translator, so
 * values are held to the template.
 *
 * Rules:
 *  1. Of several statements about the same thing the last one counts, and if it cannot
 *     be lowered, none. What those before it write about a setting comes before, so that
 *     the merge knows what is overridden.
 *  2. A policy is written whole: its state and its elements together. Elements without a
 *     state mean Enabled; with Disabled they are told and left out.
 *  3. A setting is written alone: its own value, and the value that switches its policy
 *     on. What else the policy could write is left to weaker and stronger layers.
 *  4. Settings come after policies, and settings that are a policy's own value after
 *     those that only need it on, so that "no" is not undone by an option of it.
 *  5. A statement that cannot be lowered is told, with its line and, for a misspelt
 *     name, the nearest one; the others count.
 */

/* Append to the halves. Owned by the arena. Returns 0 or GPCONF_ENOMEM. */
int lower_statements(const struct statements *statements,
                     const struct catalogue *catalogue, struct arena *arena,
                     struct diagnostics *diagnostics, struct operations *machine,
                     struct operations *user);

#endif
