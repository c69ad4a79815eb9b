#ifndef GPCONF_ENGINE_PROVIDERS_APT_APT_CONFIG_H
#define GPCONF_ENGINE_PROVIDERS_APT_APT_CONFIG_H

#include "engine/providers/provider.h"

/*
 * apt's configuration in the words of apt-config: how it is asked, what it prints, and
 * which files are part of it.
 */

#define APT_CONFIG_PARTS "etc/apt/apt.conf.d"

/* How apt-config is asked for everything, and what it gets with a configuration on its
 * standard input. It asks dpkg, which the configuration names, for the architectures
 * where it has none; -o is read after every file, so it has one whatever they say or
 * clear. It loads messages, which are formats, from where the configuration says, in
 * any language but C. */
extern const char *const apt_config_dump[], *const apt_config_input[];

/* What it printed becomes entries of the view. Members of a list repeat its key. */
void apt_config_entries(const char *text, struct arena *arena, struct view *view);

/* Does apt read a file of this name in apt.conf.d? Those that end in .conf or have no
 * dot, made of letters, digits and "_-:.": ReadConfigDir() and apt.conf(5). */
bool apt_config_reads(const char *name);

#endif
