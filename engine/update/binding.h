#ifndef GPCONF_ENGINE_UPDATE_BINDING_H
#define GPCONF_ENGINE_UPDATE_BINDING_H

#include "admx/catalogue.h"
#include "engine/update/settings.h"

/*
 * Which policy writes a setting: found by key and value name, so that any template that
 * writes the same value is the same setting. Templates read first win.
 */

/* The policy of the machine half that writes the setting, and the element that does
 * (NULL: it is the policy's own value). Returns false when no template defines one. */
bool binding_find(const struct catalogue *catalogue, const struct setting *setting,
                  const struct cat_policy **ret, const struct cat_element **ret_e);

/* The element of a policy that writes (key, name), for a list element name NULL; NULL
 * when none does. */
const struct cat_element *binding_element(const struct catalogue *catalogue,
                                          const struct cat_policy *policy,
                                          const char *key, const char *name);

#endif
