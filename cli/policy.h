#ifndef GPCONF_CLI_POLICY_H
#define GPCONF_CLI_POLICY_H

#include "engine/gpconf.h"

/* What other commands print as 'gpconf policy show' does. */

/* data.candidates[] behind an introduction that ends its line; nothing without. */
void print_candidates(const char *intro, const struct gpconf_node *data);

#endif
