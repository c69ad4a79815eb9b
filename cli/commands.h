#ifndef GPCONF_CLI_COMMANDS_H
#define GPCONF_CLI_COMMANDS_H

#include "cli/command.h"

/*
 * The table of the subcommands. It is the help too, so that what a command is said to
 * do stands beside what it takes.
 */

/* The options that every command has; ends with a NULL name. */
enum { N_COMMON_OPTIONS = 9 };
extern const struct option_row common_options[N_COMMON_OPTIONS + 1];

/* What runs when no command is named. */
const struct command *commands_default(void);

/* The command that the words begin with, and how many words its name takes; NULL:
 * there is none. */
const struct command *commands_find(char *const *words, size_t n, size_t *ret_used);

/* Say on standard error that there is none, and which may be meant. Returns the exit
 * status. */
int commands_unknown(char *const *words, size_t n);

/* The help of the program, and of one command; on standard output. */
void commands_help(void);
void command_help(const struct command *command);

#endif
