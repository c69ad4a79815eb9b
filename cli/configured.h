#ifndef GPCONF_CLI_CONFIGURED_H
#define GPCONF_CLI_CONFIGURED_H

#include <stdbool.h>

#include "engine/gpconf.h"

/*
 * What is configured, as text: the policies with the values of their elements, then the
 * registry values that no template explains. It is what the resultant set and one GPO
 * show alike.
 */

/* Print data.policies[] and data.values[] of a class ("machine", "user"; NULL: both
 * together). False when there is nothing. */
bool print_configured(const struct gpconf_node *data, const char *class_);

#endif
