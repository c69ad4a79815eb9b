#ifndef GPCONF_CLI_CHANGE_H
#define GPCONF_CLI_CHANGE_H

#include "cli/command.h"

/* What an apply came to: its files, its number in the history, and what the clients say.
 * data is that of gpconf_apply(), also where it is a part of another answer. */
void print_apply(const struct invocation *invocation, const struct gpconf_node *data);

#endif
