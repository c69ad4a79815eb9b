#ifndef GPCONF_CLI_CLIENTS_H
#define GPCONF_CLI_CLIENTS_H

#include "cli/command.h"

/*
 * The update clients as text: what each comes to, and what it says differently. Status,
 * apply and verify show them alike.
 */

/* data.providers[], a paragraph each: its state, then what is not in effect. */
void print_clients(const struct invocation *invocation, const struct gpconf_node *data);

/* What all of them come to, the better first. */
enum clients_verdict {
    CLIENTS_GOOD, /* in effect, pending, or not driven */
    CLIENTS_UNKNOWN,
    CLIENTS_DIFFERENT, /* drifted, or not applied */
    CLIENTS_ERROR,
};
enum clients_verdict clients_verdict(const struct gpconf_node *data); /* NULL is fine */

#endif
