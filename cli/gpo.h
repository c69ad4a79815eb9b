#ifndef GPCONF_CLI_GPO_H
#define GPCONF_CLI_GPO_H

#include "cli/command.h"

/* What the subcommands of 'gpconf gpo' print alike. */

/* The name of a GPO, and its id where that is another text; one line. */
void print_gpo_head(const struct invocation *invocation, const struct gpconf_node *gpo);

/* Where it is linked; one line. */
void print_gpo_link(const struct gpconf_node *link);

/* The GPOs that an ambiguous name may mean, from data.candidates[]. */
void print_gpo_candidates(const struct gpconf_node *data);

#endif
