#ifndef GPCONF_ENGINE_PROVIDERS_APT_APT_H
#define GPCONF_ENGINE_PROVIDERS_APT_APT_H

#include "engine/providers/provider.h"

/*
 * The provider of apt's periodic job and unattended-upgrades: Debian and its like. Its
 * verbs have a file each, beside this one.
 */
extern const struct provider apt_provider;

#endif
