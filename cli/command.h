#ifndef GPCONF_CLI_COMMAND_H
#define GPCONF_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/gpconf.h"

/*
 * A subcommand is a row of one table, which is also the help. Its function asks
 * the library one question, prints the answer and returns an exit status
 * (design: 0 done, 1 the answer is no, 2 usage, 3 input, 4 not permitted, 5
 * policy, 6 client, 7 internal, 8 busy).
 */
enum exit_status { EXIT_NO = 1, EXIT_USAGE = 2, EXIT_CLIENT = 6 };

struct option_row {
    const char *name;     /* "order", without dashes */
    const char *argument; /* "N" as shown in the help; NULL: a switch */
    const char *help;     /* one line; NULL: a hidden option */
};

enum { OPTIONS_MOST = 8 };

struct invocation {
    struct gpconf *session;
    const struct command *command;
    const char *const *operands;
    size_t n_operands;
    const char *values[OPTIONS_MOST]; /* of the command's options; "" for a switch */
    bool json, quiet, color;
    bool
        tells_errors; /* the command's text tells the errors, so standard error need not */
};

struct command {
    const char *name;     /* "policy list" */
    const char *operands; /* "[WORD…]" as shown; "" without */
    size_t least, most;   /* operands */
    const char
        *summary; /* one line of at most 58 columns, no full stop; NULL: hidden */
    const char *details; /* paragraphs for its own help, wrapped at 80 columns */
    const char *example; /* one line */
    const struct option_row *options; /* ends with a NULL name; may be NULL */
    int (*run)(struct invocation *invocation);
};

/* The value of one of the command's options: NULL when it was not given. */
const char *invocation_option(const struct invocation *invocation, const char *name);

/* Print an answer: as JSON with --json, else by print(); then its diagnostics.
 * Returns the exit status for the library's status; a failing one is explained.
 * The answer is freed. print may be NULL. */
int invocation_answer(struct invocation *invocation, int status,
                      struct gpconf_answer *answer,
                      void (*print)(const struct invocation *invocation,
                                    const struct gpconf_node *data));

/* On a terminal, say what is being done when it takes more than a second, until the
 * answer is printed. what is static: "applying". */
void invocation_progress(const struct invocation *invocation, const char *what);
void progress_stop(void);

/* An operand that is the number of a change: an exit status, 0 when it is. */
int cli_number(const char *text, uint64_t *ret);

/* The subcommands, one file each (policy.c holds its three). */
int cli_policy_list(struct invocation *invocation);
int cli_policy_search(struct invocation *invocation);
int cli_policy_show(struct invocation *invocation);
int cli_status(struct invocation *invocation);
int cli_get(struct invocation *invocation);
int cli_explain(struct invocation *invocation);
int cli_plan(struct invocation *invocation);
int cli_apply(struct invocation *invocation);
int cli_verify(struct invocation *invocation);
int cli_undo(struct invocation *invocation);
int cli_history(struct invocation *invocation);
int cli_enforce(struct invocation *invocation);
int cli_recover(struct invocation *invocation);
int cli_result(struct invocation *invocation);
int cli_lint(struct invocation *invocation);
int cli_gpo_list(struct invocation *invocation);
int cli_gpo_show(struct invocation *invocation);
int cli_set(struct invocation *invocation);
int cli_unset(struct invocation *invocation);
int cli_gpo_deploy(struct invocation *invocation);
int cli_gpo_link(struct invocation *invocation);
int cli_gpo_unlink(struct invocation *invocation);
int cli_gpo_remove(struct invocation *invocation);

#endif
